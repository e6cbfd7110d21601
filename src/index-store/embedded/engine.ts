import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult, DuckDBValue } from "@duckdb/node-api";
import { mkdirSync } from "node:fs";
import { LookbackError } from "../../base/errors.js";
import type { ReadContext } from "../index-store.js";
import { Connections, type Taker } from "./connections.js";
import { asPattern, literal, type Statement } from "./statement.js";
import { duckdb } from "./duckdb.js";

export interface EngineOptions {
  /** Bytes that all queries together may hold; beyond, they spill. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** Where queries spill, and how much. */
  readonly temporaryDirectory: string;
  readonly temporaryBytes: number;
  /** The only other directory that the engine may read and write. */
  readonly dataDirectory: string;
  /** Queries that run at once. */
  readonly connections: number;
  /** Streams that are read at once, beside the queries: each lasts as long as its reader takes. */
  readonly streams: number;
  /** Whether what was read of segments is kept for further queries, until `memoryBytes` are full of it. */
  readonly caches: boolean;
}

/** Rows of a batch that a stream hands out. */
const SLICE_ROWS = 256;

/** How often a query that must stop is told so: one interrupt can fall between two steps and be lost. */
const INTERRUPT_EVERY_MS = 20;

/** Limits of one run: who may stop it and when it must end. */
export type RunLimits = Pick<ReadContext, "signal" | "timeoutMs">;

/** No limit, for the service's own work. */
export const UNLIMITED: RunLimits = { signal: null, timeoutMs: Infinity };

/**
 * One in-memory DuckDB with a bounded number of connections. It may read and write the sessions directory and its own
 * temporary one and nothing else, and loads no extensions. A query is interrupted when its signal aborts or its time is over.
 */
export class Engine {
  readonly #options: EngineOptions;
  /** Null until a first query needs it. */
  #starting: Promise<DuckDBInstance> | null = null;
  #instance: DuckDBInstance | null = null;
  readonly #queries: Connections<DuckDBConnection>;
  /** Apart from those of queries, or a few readers that are slow would keep all of them. */
  readonly #streams: Connections<DuckDBConnection>;
  #closed = false;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#queries = new Connections(() => this.#connect(), options.connections);
    this.#streams = new Connections(() => this.#connect(), options.streams);
  }

  /** Makes the directories. DuckDB itself is started by the first query: an import or a capture asks nothing. */
  static open(options: EngineOptions): Engine {
    mkdirSync(options.temporaryDirectory, { recursive: true, mode: 0o700 });
    mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
    return new Engine(options);
  }

  async #started(): Promise<DuckDBInstance> {
    if (this.#instance !== null) return this.#instance;
    this.#starting ??= this.#launch(this.#options);
    try {
      this.#instance = await this.#starting;
    } catch (error) {
      this.#starting = null;
      throw error;
    }
    if (this.#closed) {
      this.#instance?.closeSync();
      throw new LookbackError("SHUTTING_DOWN", "the store is closed");
    }
    return this.#instance;
  }

  async #launch(options: EngineOptions): Promise<DuckDBInstance> {
    const instance = await duckdb().DuckDBInstance.create(":memory:", {
      threads: String(options.threads),
      memory_limit: `${Math.ceil(options.memoryBytes / 1_000_000)}MB`,
      temp_directory: options.temporaryDirectory,
      max_temp_directory_size: `${Math.ceil(options.temporaryBytes / 1_000_000)}MB`,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      // Set by itself beyond 64 processors, with a call that the services' filters refuse; the system places threads as well.
      pin_threads: "off",
    });
    const connection = await instance.connect();
    // Segments never change, so what was read of them stays true.
    await connection.run(`SET GLOBAL parquet_metadata_cache = ${options.caches}`);
    // The system's page cache has the same bytes; a second copy takes the memory of queries, and was no faster.
    await connection.run("SET GLOBAL enable_external_file_cache = false");
    // What may be read is compared with the pattern as it is written, before it becomes names of files.
    const allowed = [options.dataDirectory, options.temporaryDirectory, asPattern(options.dataDirectory)];
    await connection.run(`SET allowed_directories = [${[...new Set(allowed)].map(literal).join(", ")}]`);
    await connection.run("SET allow_community_extensions = false");
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    connection.closeSync();
    return instance;
  }

  /** All rows of a statement, each an array in order of the columns. */
  async rows(statement: Statement, limits: RunLimits): Promise<DuckDBValue[][]> {
    return this.use(limits, async (connection) => {
      const result = await connection.run(statement.sql, { ...statement.values }, { ...statement.types });
      return result.getRows();
    });
  }

  /**
   * Lends a connection to `body` and interrupts whatever runs on it when the limits say so. Throws QUERY_CANCELLED,
   * QUERY_TIMEOUT, QUERY_MEMORY, DISK_FULL; RATE_LIMITED when too many queries wait.
   */
  async use<T>(limits: RunLimits, body: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const stop = new Stop(limits);
    try {
      const connection = await this.#queries.take(stop);
      try {
        stop.interrupts(connection);
        return await body(connection);
      } catch (error) {
        throw stop.reason ?? engineError(error);
      } finally {
        stop.end();
        this.#queries.give(connection);
      }
    } finally {
      stop.end();
    }
  }

  /** Rows of a statement in chunks as they are made. The connection is held until the iteration ends. */
  async *stream(statement: Statement, limits: RunLimits): AsyncGenerator<DuckDBValue[][]> {
    const stop = new Stop(limits);
    const connection = await this.#streams.take(stop).catch((error: unknown) => {
      stop.end();
      throw error;
    });
    try {
      stop.interrupts(connection);
      const result: DuckDBResult = await connection.stream(statement.sql, { ...statement.values }, { ...statement.types });
      for (;;) {
        const chunk = await result.fetchChunk();
        if (stop.reason !== null) throw stop.reason;
        if (chunk === null || chunk.rowCount === 0) return;
        yield* slicesOf(chunk);
      }
    } catch (error) {
      throw stop.reason ?? engineError(error);
    } finally {
      stop.end();
      // A result that was not read to its end would block the connection's next query.
      connection.interrupt();
      this.#streams.discard(connection);
    }
  }

  async #connect(): Promise<DuckDBConnection> {
    const instance = await this.#started();
    return instance.connect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queries.close();
    this.#streams.close();
    this.#instance?.closeSync();
  }
}

/** Watches a run's limits. Once there is a `reason`, the run must end with it. */
class Stop implements Taker {
  reason: LookbackError | null = null;
  onStop: ((reason: LookbackError) => void) | null = null;
  #connection: DuckDBConnection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #repeat: NodeJS.Timeout | null = null;
  readonly #signal: AbortSignal | null;
  readonly #aborted = (): void => this.#stop(new LookbackError("QUERY_CANCELLED", "the query was cancelled"));

  constructor({ signal, timeoutMs }: RunLimits) {
    this.#signal = signal;
    if (signal?.aborted === true) this.#aborted();
    else signal?.addEventListener("abort", this.#aborted, { once: true });
    if (Number.isFinite(timeoutMs)) {
      this.#timer = setTimeout(() => {
        this.#stop(new LookbackError("QUERY_TIMEOUT", `the query ran longer than ${timeoutMs} ms; narrow the time range`, { limit: timeoutMs }));
      }, timeoutMs);
    }
  }

  interrupts(connection: DuckDBConnection): void {
    this.#connection = connection;
    if (this.reason !== null) this.#interrupt();
  }

  #stop(reason: LookbackError): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.onStop?.(reason);
    this.#interrupt();
  }

  #interrupt(): void {
    if (this.#connection === null || this.#repeat !== null) return;
    this.#connection.interrupt();
    this.#repeat = setInterval(() => this.#connection?.interrupt(), INTERRUPT_EVERY_MS);
  }

  end(): void {
    this.#connection = null;
    this.onStop = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#repeat !== null) clearInterval(this.#repeat);
    this.#signal?.removeEventListener("abort", this.#aborted);
  }
}

/** Rows of a chunk in smaller batches: values become objects only when they are needed, and die young. */
function* slicesOf(chunk: DuckDBDataChunk): Generator<DuckDBValue[][]> {
  const columns = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
  for (let start = 0; start < chunk.rowCount; start += SLICE_ROWS) {
    const end = Math.min(chunk.rowCount, start + SLICE_ROWS);
    const rows: DuckDBValue[][] = [];
    for (let row = start; row < end; row++) rows.push(columns.map((column) => column.getItem(row)));
    yield rows;
  }
}

/** DuckDB's errors that a user can do something about, as ours. */
function engineError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LookbackError) return error;
  if (error.message.startsWith("Out of Memory Error")) {
    const full = /max_temp_directory_size|No space left/.test(error.message);
    return new LookbackError(full ? "DISK_FULL" : "QUERY_MEMORY", "the query needs more memory than it may use; narrow the time range or ask for fewer buckets", {}, { cause: error });
  }
  // RE2 says so of a regular expression whose program needs more memory than it allows one.
  if (/pattern too large/.test(error.message)) {
    return new LookbackError("EXPRESSION_TOO_LARGE", "a regular expression, or a phrase, is too large for the index; use a shorter one, or smaller repetitions", {}, { cause: error });
  }
  if (/No space left on device/.test(error.message)) return new LookbackError("DISK_FULL", "no room left for the query's temporary files or the segment", {}, { cause: error });
  return error;
}
