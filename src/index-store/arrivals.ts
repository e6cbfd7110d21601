import { LookbackError } from "../base/errors.js";
import { guarded } from "../base/guarded.js";
import type { Logger } from "../base/logger.js";
import type { IndexStore } from "./index-store.js";

/** Time between two looks for rows that arrived. */
const LOOK_MS = 1000;
/** Segments that wait for one reader at most; what comes beyond is left out and said to be. */
const MOST_WAITING = 1000;
/** Readers of one user at a time: each costs queries a second. */
const MOST_OF_A_USER = 10;

/** Rows that arrived since the last time. */
export interface Arrived {
  /** Names of the segments that hold them, for `SearchRequest.segments`. */
  readonly segments: readonly string[];
  /** Whether more arrived than a reader that is slow is told. */
  readonly leftOut: boolean;
}

/**
 * Tells readers which segments arrived. The store is looked at once a second, by one timer whatever the number of
 * readers, and not at all when there is none. Rows that a merge of segments took up within that second are not told.
 */
export class Arrivals {
  readonly #store: Pick<IndexStore, "arrivedSegments">;
  readonly #every: (look: () => void) => () => void;
  readonly #look: () => void;
  readonly #readers = new Set<Reader>();
  #known: ReadonlySet<string> = new Set();
  #stop: (() => void) | null = null;

  /** `every` calls once a second until its result is called. */
  constructor(store: Pick<IndexStore, "arrivedSegments">, logger: Logger, every: (look: () => void) => () => void = everySecond) {
    this.#store = store;
    this.#every = every;
    this.#look = guarded(() => { this.#tellArrived(); }, logger, "segments that arrived could not be looked up; they are told when they can be");
  }

  /** What arrives from now on, until the signal. Throws LIMIT_EXCEEDED for a user with too many, UNAVAILABLE where the store cannot tell. */
  subscribe(user: string, signal: AbortSignal | null): AsyncIterableIterator<Arrived> {
    if ([...this.#readers].filter((reader) => reader.user === user).length >= MOST_OF_A_USER) {
      throw new LookbackError("LIMIT_EXCEEDED", `a user watches ${MOST_OF_A_USER} searches for sessions that arrive at a time; end some`, { limit: MOST_OF_A_USER });
    }
    const present = this.#store.arrivedSegments();
    if (present === null) throw new LookbackError("UNAVAILABLE", "sessions in a search cluster are not told as they arrive; ask for the newest again and again instead");
    if (this.#readers.size === 0) {
      this.#known = new Set(present);
      this.#stop = this.#every(this.#look);
    }
    const reader = new Reader(user, () => { this.#leave(reader); });
    this.#readers.add(reader);
    if (signal?.aborted === true) reader.end();
    else signal?.addEventListener("abort", () => { reader.end(); }, { once: true });
    return reader;
  }

  #tellArrived(): void {
    const present = this.#store.arrivedSegments() ?? [];
    const fresh = present.filter((path) => !this.#known.has(path));
    this.#known = new Set(present);
    if (fresh.length > 0) for (const reader of this.#readers) reader.push(fresh);
  }

  #leave(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#stop?.();
    this.#stop = null;
  }
}

function everySecond(look: () => void): () => void {
  const timer = setInterval(look, LOOK_MS).unref();
  return () => { clearInterval(timer); };
}

class Reader implements AsyncIterableIterator<Arrived> {
  readonly #onEnd: () => void;
  #waiting: string[] = [];
  #leftOut = false;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(readonly user: string, onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(paths: readonly string[]): void {
    const room = MOST_WAITING - this.#waiting.length;
    this.#leftOut ||= paths.length > room;
    this.#waiting.push(...paths.slice(0, Math.max(0, room)));
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<Arrived>> {
    while (!this.#ended && this.#waiting.length === 0) {
      await new Promise<void>((resolve) => { this.#wake = resolve; });
      this.#wake = null;
    }
    if (this.#ended) return { done: true, value: undefined };
    const value = { segments: this.#waiting, leftOut: this.#leftOut };
    [this.#waiting, this.#leftOut] = [[], false];
    return { done: false, value };
  }

  return(): Promise<IteratorResult<Arrived>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
