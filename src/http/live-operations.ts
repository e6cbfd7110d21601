import type { ExecutionResult } from "graphql";
import type { AccessService } from "../access/access-service.js";
import type { Principal } from "../access/user.js";
import { LookbackError } from "../base/errors.js";
import { guarded } from "../base/guarded.js";
import type { Logger } from "../base/logger.js";
import { toGraphQLError } from "../graphql/errors.js";

/** Milliseconds between two looks for logins and tokens that expired, or were ended by another process. */
const LOOK_MS = 1_000;
/** Longest wait for operations to tell their clients that the service stops, in milliseconds. */
const FAREWELL_MS = 1_000;
/** Most operations of one user on streaming transports at a time. */
const MAX_PER_USER = 100;

/** One operation that goes on after its request began. */
export interface LiveOperation {
  readonly principal: Principal;
  /** Aborts with UNAUTHENTICATED when the login, the token or the user's rights are no longer what they were, with SHUTTING_DOWN when the service stops. */
  readonly signal: AbortSignal;
  /** The operation is over. */
  end(): void;
}

/** The operations on streaming transports: each ends when what let it in does. */
export class LiveOperations {
  readonly #access: Pick<AccessService, "stillHolds" | "onChange">;
  readonly #operations = new Set<{ readonly principal: Principal; readonly abort: AbortController }>();
  readonly #timer: NodeJS.Timeout;
  readonly #forget: () => void;
  readonly #lookers: (() => void)[] = [];
  #stopping = false;
  #onEmpty: () => void = () => {};

  constructor(access: Pick<AccessService, "stillHolds" | "onChange">, logger: Logger) {
    this.#access = access;
    const look = guarded(() => { this.#endStale(); }, logger, "whether logins still hold could not be looked up; operations go on until it can be");
    this.#timer = setInterval(look, LOOK_MS).unref();
    this.#forget = access.onChange(look);
  }

  /** Begins an operation of a user. LIMIT_EXCEEDED when the user has too many, SHUTTING_DOWN when the service stops. */
  begin(principal: Principal): LiveOperation {
    if (this.#stopping) throw stoppingError();
    const { name } = principal.user;
    let count = 0;
    for (const other of this.#operations) if (other.principal.user.name === name) count += 1;
    if (count >= MAX_PER_USER) throw new LookbackError("LIMIT_EXCEEDED", `a user runs ${MAX_PER_USER} operations on streams at once; end some`, { limit: MAX_PER_USER });
    const operation = { principal, abort: new AbortController() };
    this.#operations.add(operation);
    return { principal, signal: operation.abort.signal, end: () => { this.#end(operation); } };
  }

  /** The results of an operation for as long as what let it in holds; then one with the error, and no more. */
  async *whileAllowed<R extends ExecutionResult>(results: AsyncIterable<R>, { principal, signal, end }: LiveOperation): AsyncGenerator<R | ExecutionResult> {
    const iterator = results[Symbol.asyncIterator]();
    // One waiter at a time; a race with one long promise would gather a reaction per result.
    let wake = (): void => {};
    const onAbort = (): void => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        const next = await new Promise<IteratorResult<R> | null>((resolve, reject) => {
          wake = () => resolve(null);
          if (signal.aborted) resolve(null);
          else iterator.next().then(resolve, reject);
        });
        // Looked at for each result: another process may have ended the login a moment ago.
        if (next === null || !this.#access.stillHolds(principal)) {
          const reason: unknown = signal.aborted ? signal.reason : null;
          yield { errors: [toGraphQLError(reason instanceof LookbackError ? reason : endedError())] };
          return;
        }
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      end();
      // Not waited for: what waits for its next event ends when its signal aborts.
      void iterator.return?.();
    }
  }

  /** Ends every operation because the service stops, and lets none begin; resolves when their clients were told, within a second. */
  async endAll(): Promise<void> {
    this.#stopping = true;
    if (this.#operations.size === 0) return;
    const empty = new Promise<void>((resolve) => { this.#onEmpty = resolve; });
    for (const { abort } of this.#operations) abort.abort(stoppingError());
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([empty, new Promise<void>((resolve) => { timer = setTimeout(resolve, FAREWELL_MS); })]);
    clearTimeout(timer);
  }

  /** Calls `look` whenever logins, tokens or rights may have ended or changed: after the operations that they let in have been told. */
  onLook(look: () => void): void {
    this.#lookers.push(look);
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#forget();
  }

  #end(operation: { readonly principal: Principal; readonly abort: AbortController }): void {
    this.#operations.delete(operation);
    if (this.#operations.size === 0) this.#onEmpty();
  }

  #endStale(): void {
    for (const operation of this.#operations) {
      if (this.#access.stillHolds(operation.principal)) continue;
      this.#end(operation);
      operation.abort.abort(endedError());
    }
    for (const look of this.#lookers) look();
  }
}

function stoppingError(): LookbackError {
  return new LookbackError("SHUTTING_DOWN", "the service is stopping");
}

function endedError(): LookbackError {
  return new LookbackError("UNAUTHENTICATED", "the login or token has ended, or its rights have changed; log in and subscribe again");
}
