import { readFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Agent as PlainAgent, request as plainRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import type { LocalEndpoint } from "../app/local-endpoint.js";
import { isDiskFull, LookbackError, systemErrorCode, type ErrorDetails } from "../base/errors.js";
import { Answer } from "./answer.js";
import type { Connection, RemoteService } from "./connection.js";
import type { Imports } from "./import-run.js";
import { ServedImports } from "./served-imports.js";
import { errorOf } from "./told-error.js";
import { UsageError } from "./usage-error.js";

/** Largest answer that is read into memory, in bytes. */
const LARGEST_ANSWER = 256 * 2 ** 20;
/** Longest wait for the service of this machine to say that it is there, in milliseconds. */
const PROBE_MS = 5_000;

/** Whose certificates are taken. */
interface TrustOptions {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
}

/** A service over HTTP, by bearer token. */
export class HttpConnection implements Connection {
  readonly kind: "remote" | "served";
  readonly place: string;
  /** Of the service on this machine. */
  readonly #dataDirectory: string | null;
  readonly #base: URL;
  readonly #token: string;
  readonly #signal: AbortSignal;
  readonly #agent: PlainAgent | TlsAgent;

  private constructor(dataDirectory: string | null, base: URL, token: string, trust: TrustOptions, signal: AbortSignal) {
    this.kind = dataDirectory === null ? "remote" : "served";
    this.#dataDirectory = dataDirectory;
    this.place = base.origin;
    this.#base = base;
    this.#token = token;
    this.#signal = signal;
    this.#agent = base.protocol === "https:" ? new TlsAgent({ keepAlive: true, ...trust }) : new PlainAgent({ keepAlive: true });
  }

  /** The service of a URL. BAD_INPUT for a URL that is none. */
  static remote({ url, token, caFile }: RemoteService, signal: AbortSignal): HttpConnection {
    return new HttpConnection(null, readUrl(url), token, caFile === null ? {} : { ca: readAuthority(caFile) }, signal);
  }

  /** The service that was announced on a data directory, or null when it does not answer to the owner's token. */
  static async served(endpoint: LocalEndpoint, dataDirectory: string, signal: AbortSignal): Promise<HttpConnection | null> {
    // Its certificate is for the names that others reach it by. Who may write the endpoint's file is who it is trusted for.
    const connection = new HttpConnection(dataDirectory, readUrl(endpoint.url), endpoint.token, { rejectUnauthorized: false }, signal);
    try {
      await connection.#post("{ __typename }", {}, AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]));
      return connection;
    } catch (error) {
      await connection.close();
      if (signal.aborted) throw new LookbackError("QUERY_CANCELLED", "cancelled", {}, { cause: error });
      // Left by a process that was killed: nothing listens, or somebody else does, who does not know the token.
      if (error instanceof LookbackError) return null;
      throw error;
    }
  }

  async ask(operation: string, variables: Readonly<Record<string, unknown>> = {}, signal = this.#signal): Promise<Answer> {
    return this.#post(operation, variables, signal);
  }

  async #post(operation: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Answer> {
    const body = JSON.stringify({ query: operation, variables });
    const response = await this.#send("/graphql", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" } }, body, signal);
    const text = await this.#textOf(response, signal);
    return readAnswer(text, response.statusCode ?? 0, this.place);
  }

  async download(url: string, target: string): Promise<void> {
    const response = await this.#send(url, { method: "GET" }, null, this.#signal);
    if (response.statusCode !== 200) {
      readAnswer(await this.#textOf(response, this.#signal), response.statusCode ?? 0, this.place);
      throw new LookbackError("UNAVAILABLE", `${this.place}: the file cannot be had: HTTP status ${response.statusCode ?? 0}`);
    }
    let isOurs = false;
    try {
      const file = await open(target, "wx", 0o600);
      isOurs = true;
      await pipeline(this.#received(response, this.#signal), file.createWriteStream());
    } catch (error) {
      response.destroy();
      if (isOurs) await rm(target, { force: true });
      throw error instanceof LookbackError ? error : unwritten(target, error);
    }
  }

  /** What arrives of an answer; throws UNREACHABLE where it breaks off, QUERY_CANCELLED where it was told to. */
  async *#received(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of response) if (Buffer.isBuffer(chunk)) yield chunk;
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  async #textOf(response: IncomingMessage, signal: AbortSignal): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.#received(response, signal)) {
      size += chunk.length;
      if (size > LARGEST_ANSWER) throw new LookbackError("LIMIT_EXCEEDED", `the answer of ${this.place} has more than ${LARGEST_ANSWER} bytes; ask for less`, { limit: LARGEST_ANSWER });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  /** Why a request failed: an interrupt, which ends the connection, or the network. */
  #failure(error: unknown, signal: AbortSignal): LookbackError {
    return signal.aborted && this.#signal.aborted ? new LookbackError("QUERY_CANCELLED", "cancelled", {}, { cause: error }) : unreachable(this.place, error);
  }

  get imports(): Imports {
    return new ServedImports(this, this.#dataDirectory, this.#signal);
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  #send(path: string, options: RequestOptions, body: string | null, signal: AbortSignal): Promise<IncomingMessage> {
    const target = new URL(path, this.#base);
    // A link of the answer must not take the token elsewhere.
    if (target.origin !== this.#base.origin) throw new LookbackError("UNAVAILABLE", `${this.place} names a file on ${target.origin}, which is another server`);
    const headers = { ...options.headers, authorization: `Bearer ${this.#token}`, ...(body === null ? {} : { "content-length": Buffer.byteLength(body) }) };
    const request = target.protocol === "https:" ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const sent = request(target, { ...options, headers, agent: this.#agent, signal }, resolve);
      sent.once("error", (error) => { reject(this.#failure(error, signal)); });
      sent.end(body ?? undefined);
    });
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new UsageError(`--url ${text.slice(0, 200)}: expected http://HOST:PORT or https://HOST:PORT`);
  }
  return url;
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LookbackError("BAD_INPUT", `--ca ${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, {}, { cause: error });
  }
}

function unreachable(place: string, error: unknown): LookbackError {
  const reason = systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error));
  return new LookbackError("UNREACHABLE", `${place} cannot be reached: ${reason}`, { url: place, reason }, { cause: error });
}

/** Why a file of this machine could not be written. */
function unwritten(target: string, error: unknown): LookbackError {
  const reason = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return new LookbackError("DISK_FULL", `${target} cannot be written: ${reason}; make room there, or name a file elsewhere`, { path: target }, { cause: error });
  return new LookbackError("UNAVAILABLE", `${target} cannot be written: ${reason}`, { path: target }, { cause: error });
}

/** The data of an answer, or its error: GraphQL's `errors`, or the server's `error`. */
function readAnswer(text: string, status: number, place: string): Answer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new LookbackError("UNAVAILABLE", `${place} is no Lookback service: it answers with HTTP status ${status} and no JSON`, { status }, { cause });
  }
  const failure = failureOf(body);
  if (failure !== null) throw failure;
  if (typeof body !== "object" || body === null || !("data" in body)) throw new LookbackError("UNAVAILABLE", `${place} is no Lookback service: HTTP status ${status}`, { status });
  return new Answer(body.data);
}

/** The error of a decoded answer, with its code where this version knows it, or null. */
export function failureOf(body: unknown): LookbackError | null {
  if (typeof body !== "object" || body === null) return null;
  const [first]: readonly unknown[] = "errors" in body && Array.isArray(body.errors) ? body.errors : "error" in body ? [body.error] : [];
  if (typeof first !== "object" || first === null || !("message" in first) || typeof first.message !== "string") return null;
  const extensions: unknown = "extensions" in first ? first.extensions : first;
  const code: unknown = typeof extensions === "object" && extensions !== null && "code" in extensions ? extensions.code : null;
  return errorOf(code, first.message, detailsOf(extensions));
}

function detailsOf(extensions: unknown): ErrorDetails {
  const details: unknown = typeof extensions === "object" && extensions !== null && "details" in extensions ? extensions.details : null;
  if (typeof details !== "object" || details === null) return {};
  const known: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null) known[name] = value;
  }
  return known;
}
