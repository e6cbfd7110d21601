/** A typed client of the API. `operations.generated.ts` has operations to ask with; see README.md. */
import { errorIn, LookbackClientError } from "./client-error.js";
import { serverEvents, type ServerEvent } from "./server-events.js";
import type { TypedOperation } from "./typed-operation.js";

export { LookbackClientError } from "./client-error.js";
export type { TypedOperation } from "./typed-operation.js";
export * from "./operations.generated.js";

/** How a client reaches the service. */
export interface ClientOptions {
  /** Base URL of the service: `https://lookback.example`. */
  readonly url: string;
  /** Bearer token, of `createToken`. */
  readonly token: string;
  /** Attempts of a query beyond the first, when the service says that a later one may succeed; default 3. Changes are not repeated. */
  readonly retries?: number;
  /** Longest wait between two attempts in milliseconds; a longer one is an error at once. Default 30,000. */
  readonly longestWaitMs?: number;
  /** Instead of the global `fetch`, for a proxy or an own authority. */
  readonly fetch?: typeof fetch;
  /** Waits, no longer than until the signal aborts; for tests. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What the token may still spend, as of the newest answer. */
export interface ClientBudget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

interface Kept {
  readonly tag: string;
  /** What `data` was; the rest of the answer, such as the budget, was true then only. */
  readonly data: unknown;
}

/** Answers with a tag that are kept, to be asked about instead of read again. */
const MOST_KEPT = 100;

/** Asks operations of one service with one token. */
export class LookbackClient {
  readonly #options: ClientOptions;
  readonly #kept = new Map<string, Kept>();
  #budget: ClientBudget | null = null;

  /** Throws LookbackClientError with BAD_INPUT where the URL or the token can be none. */
  constructor(options: ClientOptions) {
    this.#options = options;
    const url = URL.canParse(options.url) ? new URL(options.url) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) throw new LookbackClientError("BAD_INPUT", `${JSON.stringify(options.url)} is no URL of a service; give one such as https://lookback.example`);
    if (url.username !== "" || url.password !== "") throw new LookbackClientError("BAD_INPUT", "the URL has a user or a password; give the service's alone, and a token");
    // What may stand in a header (RFC 9110, section 5.5). The token itself is not for logs.
    if (!/^[\x21-\x7e]+$/.test(options.token)) throw new LookbackClientError("BAD_INPUT", "the token is empty or has characters that no token has, such as a line's end; give it as createToken answered");
  }

  /** What the token may still spend, or null before the first answer and where nothing is bounded. */
  get budget(): ClientBudget | null {
    return this.#budget;
  }

  /**
   * The answer of a query or mutation. Throws LookbackClientError with the code of its first error, and UNREACHABLE where there is
   * none: what a mutation was to change may then be changed. A query that may succeed later is tried again, after the wait that the
   * service names. The signal ends the request and the wait with its reason.
   */
  async ask<Data, Variables>(operation: TypedOperation<Data, Variables>, variables: Variables, signal?: AbortSignal): Promise<Data> {
    const { retries = 3, longestWaitMs = 30_000, wait = sleep } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(operation, variables, signal);
      } catch (error) {
        if (!(error instanceof LookbackClientError) || !error.retryable || operation.kind !== "query" || attempt >= retries) throw error;
        const named = error.details["retryAfterSeconds"];
        const ms = typeof named === "number" ? named * 1_000 : 250 * 2 ** attempt;
        if (ms > longestWaitMs) throw error;
        await wait(ms, signal);
        signal?.throwIfAborted();
      }
    }
  }

  /**
   * The events of a subscription, by server-sent events, until it ends or the loop over them does. Throws UNREACHABLE where the
   * connection ends before the subscription: what happened since was not told.
   */
  async *subscribe<Data, Variables>(operation: TypedOperation<Data, Variables>, variables: Variables, signal?: AbortSignal): AsyncGenerator<Data, void> {
    const response = await this.#request(`${this.#base}/graphql/stream`, {
      method: "POST", headers: { ...this.#headers, accept: "text/event-stream" }, body: JSON.stringify({ query: operation.text, variables, operationName: operation.name }), ...(signal ? { signal } : {}),
    });
    if (!response.ok || response.body === null) throw errorIn(await this.#bodyOf(response, signal)) ?? new LookbackClientError("INTERNAL", `the service answered ${response.status}`);
    for await (const { name, data } of this.#eventsOf(response.body, signal)) {
      if (name === "complete") return;
      if (name !== "next") continue;
      yield this.#dataOf<Data>(JSON.parse(data));
    }
    throw this.#cutOff("it ended");
  }

  async *#eventsOf(body: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<ServerEvent, void> {
    try {
      yield* serverEvents(body);
    } catch (error) {
      // What fetch makes of a connection that breaks.
      if (error instanceof TypeError && signal?.aborted !== true) throw this.#cutOff(error.message);
      throw error;
    }
  }

  #cutOff(reason: string): LookbackClientError {
    return new LookbackClientError("UNREACHABLE", `the connection to ${this.#base} was lost before the subscription was over (${reason}); subscribe again`, { retryable: true });
  }

  /**
   * What a path of the service has, such as an export's `downloadUrl`; `from` goes on behind that many bytes, and is UNAVAILABLE
   * for a path that does not answer ranges, as `/api/sessions.*` do not.
   */
  async download(path: string, from = 0, signal?: AbortSignal): Promise<Response> {
    const url = new URL(path, `${this.#base}/`);
    // A token goes to no other service, whatever an answer says.
    if (url.origin !== new URL(this.#base).origin) throw new LookbackClientError("BAD_INPUT", `${path} is no path of ${this.#base}`);
    const headers = { ...this.#headers, ...(from > 0 ? { range: `bytes=${from}-` } : {}) };
    const response = await this.#request(url, { headers, ...(signal ? { signal } : {}) });
    if (!response.ok) throw errorIn(await this.#bodyOf(response, signal)) ?? new LookbackClientError("INTERNAL", `the service answered ${response.status}`);
    if (from > 0 && response.status !== 206) {
      await response.body?.cancel();
      throw new LookbackClientError("UNAVAILABLE", `${path} cannot be had from byte ${from} on: the service answered ${response.status} and all of it; ask from 0`, { details: { path, from } });
    }
    return response;
  }

  async #request(url: string | URL, init: RequestInit): Promise<Response> {
    try {
      return await (this.#options.fetch ?? fetch)(url, init);
    } catch (error) {
      throw this.#unreachable(error, init.signal);
    }
  }

  async #bodyOf(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
    const text = await response.text().catch((error: unknown) => { throw this.#unreachable(error, signal); });
    try {
      return JSON.parse(text);
    } catch {
      throw new LookbackClientError("INTERNAL", `the service answered ${response.status} and no JSON; is it Lookback?`);
    }
  }

  /** What fetch makes of a connection that is refused or breaks is a TypeError, whose cause tells the reason in Node.js. */
  #unreachable(error: unknown, signal: AbortSignal | null | undefined): unknown {
    if (!(error instanceof TypeError) || signal?.aborted === true) return error;
    const reason = error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
    return new LookbackClientError("UNREACHABLE", `${this.#base} does not answer (${reason}); check the URL, and that the service runs`, { retryable: true });
  }

  get #base(): string {
    return this.#options.url.replace(/\/+$/, "");
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#options.token}`, "content-type": "application/json" };
  }

  async #once<Data, Variables>({ name, kind, text, sha256 }: TypedOperation<Data, Variables>, variables: Variables, signal: AbortSignal | undefined): Promise<Data> {
    const request = { operationName: name, variables, extensions: { persistedQuery: { version: 1, sha256Hash: sha256 } } };
    const key = JSON.stringify([sha256, variables]);
    try {
      // A mutation is sent whole: it must not be asked for twice.
      return await this.#send<Data>(kind === "query" ? request : { ...request, query: text }, key, signal);
    } catch (error) {
      if (!(error instanceof LookbackClientError) || error.code !== "PERSISTED_QUERY_NOT_FOUND") throw error;
      return this.#send<Data>({ ...request, query: text }, key, signal);
    }
  }

  async #send<Data>(request: object, key: string, signal: AbortSignal | undefined): Promise<Data> {
    const kept = this.#kept.get(key);
    const response = await this.#request(`${this.#base}/graphql`, {
      method: "POST", headers: { ...this.#headers, ...(kept === undefined ? {} : { "if-none-match": kept.tag }) }, body: JSON.stringify(request), ...(signal ? { signal } : {}),
    });
    if (response.status === 304 && kept !== undefined) return kept.data as Data;
    const body = await this.#bodyOf(response, signal);
    const tag = response.headers.get("etag");
    const data = this.#dataOf<Data>(body);
    if (tag !== null) {
      this.#kept.delete(key);
      this.#kept.set(key, { tag, data });
      for (const oldest of this.#kept.keys()) {
        if (this.#kept.size <= MOST_KEPT) break;
        this.#kept.delete(oldest);
      }
    }
    return data;
  }

  /** The data of an answer; the type is what the operation was generated for. */
  #dataOf<Data>(body: unknown): Data {
    const error = errorIn(body);
    if (typeof body !== "object" || body === null) throw new LookbackClientError("INTERNAL", "the service's answer is no JSON object");
    if ("extensions" in body) this.#note(body.extensions);
    if (error !== null) throw error;
    if (!("data" in body) || body.data === null || body.data === undefined) throw new LookbackClientError("INTERNAL", "the service's answer holds no data");
    return body.data as Data;
  }

  #note(extensions: unknown): void {
    if (typeof extensions !== "object" || extensions === null || !("budget" in extensions)) return;
    const { budget } = extensions;
    if (typeof budget !== "object" || budget === null || !("limit" in budget && "remaining" in budget && "resetSeconds" in budget)) return;
    const { limit, remaining, resetSeconds } = budget;
    if (typeof limit === "number" && typeof remaining === "number" && typeof resetSeconds === "number") this.#budget = { limit, remaining, resetSeconds };
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end);
  });
}
