import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { LookbackError } from "../../base/errors.js";
import { DAY_MS, utcDay } from "../../base/utc-day.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { SegmentChange } from "../../catalogue/segments.js";
import type { Field } from "../../model/field.js";
import type { SegmentInfo } from "../../model/segment.js";
import type { SessionDocument, SessionRow } from "../../model/session.js";
import { SERVICE_SCOPE } from "../../model/access-scope.js";
import { ALL_TIME } from "../../model/time-range.js";
import type {
  ByteBudget, CardinalityResult, ConnectionsRequest, ConnectionsResult, DataNode, HistogramRequest, HistogramResult, IndexStore, PacketMove, Partition, PlannedMerge, PlannedPlacement, ReadContext, RowsRequest,
  SearchRequest,
  SearchResult, SegmentCommit, SessionFilter, SessionPackets, SessionPositions, StatsRequest, StatsResult, StoreAbilities, StreamRequest, TermsRequest, TermsResult,
} from "../index-store.js";
import { requireTags } from "../request-checks.js";
import { cardinality, connections, stats, terms } from "./aggregate.js";
import { byteBudget } from "./byte-budget.js";
import type { CompactionParts } from "./compaction.js";
import { Documents } from "./documents.js";
import { Engine, UNLIMITED, type EngineOptions } from "./engine.js";
import { histogram, HistogramCache } from "./histogram.js";
import { LiveSet } from "./live-set.js";
import { Merging } from "./merging.js";
import type { EmbeddedStoreOptions } from "./options.js";
import { FieldShapes } from "./field-shapes.js";
import { QueryPlan, TagsNeeded, testsTags, type PlanParts } from "./query-plan.js";
import { removeWritten, writeMoved } from "./row-moves.js";
import { count, search } from "./search.js";
import { faultOf, removeOrphans } from "../segment-files.js";
import { parquet } from "./source.js";
import { isRowId, Parameters, quoted } from "./statement.js";
import type { StoredRow } from "../stored-row.js";
import { writeStored } from "./stored-rows.js";
import { streamIds, streamPackets, streamPositions, streamRows, type StreamPlan } from "./streams.js";
import { countOf } from "./values.js";
import { OpenRows, type GoingOn } from "./open-rows.js";
import { findRevealed, lossOf } from "./lost-rows.js";
import { findSuperseded } from "./versions.js";
import { rowIdBytes } from "../row-id.js";

const MEBIBYTE = 1 << 20;
/** Queries that run at once. Each that runs occupies a thread of libuv, as each stream does: `ops/build/entry.cjs` has enough of them. */
const QUERIES = 4;
/**
 * Streams that are read at once: more than downloads there may be (`ExportStreams`), so that retention and export jobs find one
 * while all readers of downloads are slow.
 */
const STREAMS = 24;
/** Threads of libuv that the embedded store may occupy at once. */
export const MOST_STORE_THREADS = QUERIES + STREAMS;
/** Tries of a commit that another process's commits overtake. */
const COMMIT_TRIES = 20;

/** The index over Parquet segments in the data directory, read by an in-process DuckDB. */
export class EmbeddedStore implements IndexStore {
  readonly abilities: StoreAbilities = { exactPercentiles: true, exactCardinality: true };
  readonly #catalogue: Catalogue;
  readonly #engine: Engine;
  readonly #live: LiveSet;
  readonly #parts: PlanParts;
  readonly #documents: Documents;
  readonly #compaction: CompactionParts;
  readonly #merging: Merging;
  readonly #openRows: OpenRows;
  readonly #histograms = new HistogramCache();
  #arrived: { readonly revision: number; readonly paths: readonly string[] } | null = null;
  #commits: Promise<unknown> = Promise.resolve();

  private constructor(options: EmbeddedStoreOptions, engine: Engine, directory: string) {
    const { catalogue, fields } = options;
    this.#catalogue = catalogue;
    this.#engine = engine;
    this.#live = new LiveSet(catalogue, engine, directory, options.logger, options.maintains ?? true);
    this.#parts = {
      fields, shapes: new FieldShapes(fields), fileOf: (path) => this.#live.fileOf(path),
      goneFiles: options.goneFiles ?? (() => catalogue.files.goneIds()),
    };
    this.#documents = new Documents(fields);
    this.#openRows = new OpenRows(engine, catalogue, this.#parts.fileOf);
    this.#compaction = { catalogue, engine, live: this.#live, directory, shapes: this.#parts.shapes };
    this.#merging = new Merging(this.#compaction, options.clock);
  }

  /** Opens the store of the catalogue's data directory and deletes what retired segments an earlier run left. */
  static async open(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
    const directory = options.segmentDirectory ?? join(options.catalogue.directory, "sessions");
    const temporary = options.temporaryDirectory ?? join(options.catalogue.directory, "spill");
    const settings: EngineOptions = {
      memoryBytes: options.memoryBytes ?? Math.min(4096 * MEBIBYTE, Math.max(256 * MEBIBYTE, totalmem() / 4)),
      threads: options.threads === undefined || options.threads === 0 ? availableParallelism() : options.threads,
      temporaryDirectory: temporary,
      temporaryBytes: options.temporaryBytes ?? 16_384 * MEBIBYTE,
      dataDirectory: directory,
      connections: options.concurrency ?? QUERIES,
      streams: STREAMS,
      caches: options.caches ?? true,
    };
    const engine = Engine.open(settings);
    const store = new EmbeddedStore(options, engine, directory);
    if (options.removeOrphans !== undefined && options.removeOrphans !== "none") {
      const removed = removeOrphans(options.catalogue, directory, options.removeOrphans);
      if (removed.length > 0) options.logger.info({ removed }, `removed ${removed.length} segments that were never committed`);
    }
    store.#live.unlinkRetired();
    return store;
  }

  async commitSegments(commit: SegmentCommit, alongside?: () => void): Promise<void> {
    const done = this.#commits.then(() => this.#commit(commit, alongside));
    this.#commits = done.catch(() => undefined);
    return done;
  }

  async #commit(commit: SegmentCommit, alongside: (() => void) | undefined): Promise<void> {
    const { segments } = this.#catalogue;
    const removed = new Set(commit.remove);
    const unreadable = commit.lost?.unreadable ?? [];
    for (let tries = 0; tries < COMMIT_TRIES; tries++) {
      const revision = segments.revision();
      const known = new Set(segments.live().map(({ path }) => path));
      const add = commit.add.filter(({ path }) => !known.has(path));
      const found = await this.#live.withSegments(async (live): Promise<GoingOn & Pick<SegmentChange, "revealed">> => {
        const others = live.filter(({ path }) => !removed.has(path) && !unreadable.includes(path));
        if (commit.goesOn === true) return this.#openRows.follow(add, others);
        const superseded = await findSuperseded(this.#engine, segments, add, others, this.#parts.fileOf);
        const revealed = commit.lost === undefined ? [] : await findRevealed(this.#engine, segments, lossOf(commit, live, add), this.#parts.fileOf);
        return { superseded, revealed, settle: () => { if (revealed.length > 0) this.#live.forgetHidden(); } };
      });
      const committed = this.#catalogue.transaction(() => {
        if (segments.revision() !== revision) return false;
        segments.apply({ add, remove: commit.remove, superseded: found.superseded, revealed: found.revealed ?? [] });
        alongside?.();
        return true;
      });
      if (committed) {
        found.settle();
        this.#live.unlinkRetired();
        return;
      }
    }
    throw new LookbackError("STORE_DAMAGED", `the live set changed during each of ${COMMIT_TRIES} tries to commit`);
  }

  async changeTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<number> {
    requireTags(ids, add, remove);
    const { tags } = this.#catalogue;
    const rows = ids.map(rowIdBytes);
    const before = tags.revision();
    const changed = tags.edit(rows, add, remove);
    if (changed > 0) this.#live.noteTagEdit(before, tags.revision(), rows);
    return changed;
  }

  search(request: SearchRequest, context: ReadContext): Promise<SearchResult> {
    return this.#read(request, context, (plan) => search(this.#engine, onlyOf(plan, request.segments), request, context, this.#parts.fileOf));
  }

  arrivedSegments(): readonly string[] {
    const revision = this.#catalogue.segments.revision();
    if (this.#arrived?.revision !== revision) {
      this.#arrived = { revision, paths: this.#catalogue.segments.live().filter(({ level }) => level === 0).map(({ path }) => path) };
    }
    return this.#arrived.paths;
  }

  count(filter: SessionFilter, context: ReadContext): Promise<number> {
    return this.#read(filter, context, (plan) => count(this.#engine, plan, context));
  }

  async get(id: string, context: ReadContext): Promise<SessionDocument | null> {
    if (!isRowId(id)) return null;
    return this.#read({ expression: { node: "ids", ids: [id] }, range: ALL_TIME }, context, async (plan) => {
      if (plan.isEmpty) return null;
      const tags = this.#parts.fields.byPath("tags");
      const parameters = new Parameters();
      // Flat columns repeat what lists of objects have.
      const flat = [...plan.columns.names].filter((name) => (this.#parts.fields.byPath(name)?.object ?? "") !== "").map(quoted);
      const statement = parameters.statement(`SELECT *${flat.length === 0 ? "" : ` EXCLUDE (${flat.join(", ")})`} FROM ${plan.from(tags === null ? [] : [tags])} WHERE ${plan.where(parameters)} LIMIT 1`);
      const [row] = await this.#engine.use(context, async (connection) => {
        const result = await connection.run(statement.sql, { ...statement.values }, { ...statement.types });
        return result.getRowObjects();
      });
      return row === undefined ? null : this.#documents.document(row, (field) => plan.maySee(field));
    }, true);
  }

  terms(request: TermsRequest, context: ReadContext): Promise<TermsResult> {
    return this.#read(request, context, (plan) => terms(this.#engine, plan, request, context));
  }

  histogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult> {
    return this.#read(request, context, (plan) => histogram(this.#engine, plan, request, context, this.#histograms, this.#parts.fileOf));
  }

  stats(request: StatsRequest, context: ReadContext): Promise<StatsResult> {
    return this.#read(request, context, (plan) => stats(this.#engine, plan, request, context));
  }

  cardinality(request: SessionFilter & { readonly field: Field }, context: ReadContext): Promise<CardinalityResult> {
    return this.#read(request, context, (plan) => cardinality(this.#engine, plan, request.field, context));
  }

  connections(request: ConnectionsRequest, context: ReadContext): Promise<ConnectionsResult> {
    return this.#read(request, context, (plan) => connections(this.#engine, plan, request, context));
  }

  streamPackets(request: StreamRequest, context: ReadContext): AsyncIterable<readonly SessionPackets[]> {
    return this.#stream(request, context, (plans) => streamPackets(this.#engine, plans, context));
  }

  streamPositions(request: StreamRequest, context: ReadContext): AsyncIterable<readonly SessionPositions[]> {
    return this.#stream(request, context, (plans) => streamPositions(this.#engine, plans, context));
  }

  streamRows(request: RowsRequest, context: ReadContext): AsyncIterable<readonly SessionRow[]> {
    return this.#stream(request, context, (plans) => streamRows(this.#engine, plans, request, context));
  }

  streamIds(filter: SessionFilter, context: ReadContext): AsyncIterable<readonly string[]> {
    return this.#stream(filter, context, ({ plan }) => streamIds(this.#engine, plan, context));
  }

  async #read<T>(filter: SessionFilter, context: ReadContext, body: (plan: QueryPlan) => Promise<T>, withTags = testsTags(filter, context)): Promise<T> {
    try {
      return await this.#readOnce(filter, context, body, withTags);
    } catch (error) {
      if (withTags || !(error instanceof TagsNeeded)) throw error;
      return this.#readOnce(filter, context, body, true);
    }
  }

  async #readOnce<T>(filter: SessionFilter, context: ReadContext, body: (plan: QueryPlan) => Promise<T>, withTags: boolean): Promise<T> {
    return this.#live.with(async (snapshot) => {
      const plan = QueryPlan.of(this.#parts, snapshot, filter, context);
      try {
        return await body(plan);
      } catch (error) {
        throw this.#damageIn(plan, error);
      }
    }, withTags);
  }

  async *#stream<T>(request: StreamRequest, context: ReadContext, body: (plans: StreamPlan) => AsyncIterable<T>, withTags = testsTags(request, context)): AsyncGenerator<T> {
    try {
      yield* this.#streamOnce(request, context, body, withTags);
    } catch (error) {
      // Its statement is made before its first row.
      if (withTags || !(error instanceof TagsNeeded)) throw error;
      yield* this.#streamOnce(request, context, body, true);
    }
  }

  async *#streamOnce<T>(request: StreamRequest, context: ReadContext, body: (plans: StreamPlan) => AsyncIterable<T>, withTags: boolean): AsyncGenerator<T> {
    const snapshot = await this.#live.acquire(withTags);
    const plan = QueryPlan.of(this.#parts, snapshot, request, context);
    const whole = request.wholeConnections === true ? QueryPlan.of(this.#parts, snapshot, { expression: { node: "everything" }, range: ALL_TIME }, context) : null;
    try {
      yield* body({ plan, whole });
    } catch (error) {
      throw this.#damageIn(whole ?? plan, error);
    } finally {
      snapshot.release();
    }
  }

  /** An error of the engine as STORE_DAMAGED when a segment that it read is the cause; others unchanged. */
  #damageIn(plan: QueryPlan, error: unknown): unknown {
    if (!(error instanceof Error) || error instanceof LookbackError || error instanceof TagsNeeded) return error;
    for (const segment of plan.segments) {
      const file = this.#live.fileOf(segment.path);
      const reason = faultOf(file, segment) ?? (error.message.includes(file) ? error.message : null);
      if (reason !== null) {
        return new LookbackError("STORE_DAMAGED", `the segment ${file} is damaged: ${reason}`, { path: segment.path, reason }, { cause: error });
      }
    }
    return error;
  }

  async partitions(): Promise<readonly Partition[]> {
    const hidden = this.#catalogue.segments.supersededCounts();
    const days = new Map<string, { day: string; startMs: number; endMs: number; rows: number; bytes: number; segments: number }>();
    for (const segment of this.#catalogue.segments.live()) {
      const startMs = Date.parse(segment.day);
      const partition = days.get(segment.day) ?? { day: segment.day, startMs, endMs: startMs + DAY_MS, rows: 0, bytes: 0, segments: 0 };
      partition.rows += segment.rows - (hidden.get(segment.path) ?? 0);
      partition.bytes += segment.bytes;
      partition.segments += 1;
      days.set(segment.day, partition);
    }
    return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }

  async expirePartition(day: string, keep: () => readonly string[] = () => []): Promise<void> {
    const isWhole = this.#catalogue.transaction(() => {
      if (keep().length > 0) return false;
      const remove = this.#catalogue.segments.live().filter((segment) => segment.day === day).map(({ path }) => path);
      if (remove.length > 0) this.#catalogue.segments.apply({ add: [], remove, superseded: [] });
      return true;
    });
    if (!isWhole) await this.#merging.reduce(day, keep);
    await this.#live.with(() => Promise.resolve());
    this.#live.unlinkRetired();
  }

  async movePackets(moves: readonly PacketMove[], alongside?: () => void): Promise<void> {
    const written = await this.#live.with((snapshot) => {
      const filter = { expression: { node: "ids", ids: moves.map(({ id }) => id) }, range: ALL_TIME } as const;
      const plan = QueryPlan.of(this.#parts, snapshot, filter, { scope: SERVICE_SCOPE, ...UNLIMITED });
      return writeMoved(this.#compaction, snapshot, plan.segments, moves, UNLIMITED);
    });
    try {
      await this.commitSegments({ add: written, remove: [] }, alongside);
    } catch (error) {
      removeWritten(this.#compaction, written);
      throw error;
    }
  }

  /** Adds rows of another store, in one step with `alongside`. Those that are there in the same version or an earlier one are replaced. */
  async addStored(rows: readonly StoredRow[], alongside: () => void): Promise<void> {
    const byDay = new Map<string, StoredRow[]>();
    for (const row of rows) {
      const day = utcDay(row.lastMs);
      const ofDay = byDay.get(day) ?? [];
      ofDay.push(row);
      byDay.set(day, ofDay);
    }
    const written: SegmentInfo[] = [];
    try {
      for (const [day, ofDay] of byDay) written.push(await writeStored(this.#compaction, this.#parts.fields, day, ofDay, UNLIMITED));
      await this.commitSegments({ add: written, remove: [] }, alongside);
    } catch (error) {
      removeWritten(this.#compaction, written);
      throw error;
    }
  }

  byteBudget(request: SessionFilter & { readonly firstPackets: number }, context: ReadContext): Promise<ByteBudget> {
    return this.#read(request, context, (plan) => byteBudget(this.#engine, plan, request.firstPackets, context));
  }

  optimise(day: string | null, signal: AbortSignal | null, progressed?: () => void): Promise<number> {
    return this.#merging.optimise(day, signal, progressed);
  }

  /** A data directory has no other nodes: packets' retention looks after its device. */
  planPlacement(): Promise<readonly PlannedPlacement[]> {
    return Promise.resolve([]);
  }

  place(): Promise<number> {
    return Promise.resolve(0);
  }

  dataNodes(): Promise<readonly DataNode[]> {
    return Promise.resolve([]);
  }

  planMerges(day: string | null): Promise<readonly PlannedMerge[]> {
    return this.#merging.plan(day);
  }

  async extent(): Promise<{ readonly firstMs: number; readonly lastMs: number } | null> {
    const segments = this.#catalogue.segments.live();
    if (segments.length === 0) return null;
    return { firstMs: Math.min(...segments.map(({ firstMs }) => firstMs)), lastMs: Math.max(...segments.map(({ lastMs }) => lastMs)) };
  }

  async health(): Promise<{ readonly ok: boolean; readonly damaged: readonly { readonly path: string; readonly reason: string }[] }> {
    const damaged = await this.#live.with(async (snapshot) => {
      const found: { path: string; reason: string }[] = [];
      for (const segment of snapshot.segments) {
        const reason = faultOf(this.#live.fileOf(segment.path), segment) ?? (await this.#contentFault(segment));
        if (reason !== null) found.push({ path: segment.path, reason });
      }
      return found;
    });
    return { ok: damaged.length === 0, damaged };
  }

  /** What is wrong with a segment's description of itself, or null. */
  async #contentFault(segment: SegmentInfo): Promise<string | null> {
    try {
      const [row] = await this.#engine.rows(
        new Parameters().statement(`SELECT count(*), count(DISTINCT id) FROM ${parquet([this.#live.fileOf(segment.path)])}`), UNLIMITED,
      );
      const rows = countOf(row?.[0]);
      if (rows !== segment.rows) return `the file has ${rows} rows instead of ${segment.rows}`;
      return countOf(row?.[1]) === rows ? null : "the file has rows with one id";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#commits, this.#merging.settled()]);
    this.#engine.close();
  }
}

/** Opens the embedded store of a data directory. Throws when a directory cannot be made or the engine does not start. */
export function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  return EmbeddedStore.open(options);
}

/** A plan over the segments of these names only; undefined: over all. */
function onlyOf(plan: QueryPlan, paths: readonly string[] | undefined): QueryPlan {
  if (paths === undefined) return plan;
  const wanted = new Set(paths);
  return plan.over(plan.segments.filter(({ path }) => wanted.has(path)));
}
