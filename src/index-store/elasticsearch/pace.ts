/** Bounds of a bulk request in bytes of JSON. */
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Requests on the way at once. */
const MOST_REQUESTS = 3;
/** A request that is answered faster may be larger, one that is slower must be smaller. */
const FAST_MS = 500;
const SLOW_MS = 5_000;
/** Waits between tries: they double from the first to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * How much is sent at once. Both size and number grow while the cluster answers fast and shrink by half when it is slow
 * or says that it has too much to do.
 */
export class Pace {
  #bytes: number;
  #requests = 2;
  #failures = 0;

  /** `bytes`: size of the first request. */
  constructor(bytes: number) {
    this.#bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, bytes));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Notes a request that was taken after this many milliseconds. */
  taken(ms: number): void {
    this.#failures = 0;
    if (ms < FAST_MS) {
      this.#bytes = Math.min(MOST_BYTES, Math.round(this.#bytes * 1.25));
      this.#requests = Math.min(MOST_REQUESTS, this.#requests + 1);
    } else if (ms > SLOW_MS) {
      this.#bytes = Math.max(LEAST_BYTES, Math.round(this.#bytes / 2));
      this.#requests = Math.max(1, this.#requests - 1);
    }
  }

  /** Notes that something was refused for now. Returns the milliseconds to wait before the next try. */
  refused(): number {
    this.#bytes = Math.max(LEAST_BYTES, Math.round(this.#bytes / 2));
    this.#requests = 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    return wait;
  }
}
