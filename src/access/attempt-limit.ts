import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";

/** Failures that cost nothing; from the next on each doubles the wait. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After this long without a failure a key is forgotten. */
const FORGET_MS = 60 * 60_000;
/** Most keys remembered; beyond, the one that failed longest ago goes. */
const MAX_KEYS = 10_000;

interface Failures {
  count: number;
  lastMs: number;
}

/** Slows down guessing: after five failures under a key (a user name, an address) each further try waits twice as long. */
export class AttemptLimit {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws RATE_LIMITED with `retryAfterSeconds` while one of the keys must wait. */
  check(keys: readonly string[]): void {
    const now = this.#clock.nowMs();
    let wait = 0;
    for (const key of keys) {
      const failures = this.#failures.get(key);
      if (failures === undefined || failures.count < FREE_FAILURES) continue;
      if (now - failures.lastMs > FORGET_MS) continue;
      const penalty = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, failures.count - FREE_FAILURES));
      wait = Math.max(wait, failures.lastMs + penalty - now);
    }
    if (wait <= 0) return;
    const seconds = Math.ceil(wait / 1_000);
    throw new LookbackError("RATE_LIMITED", `too many failed logins; try again in ${seconds} s`, { retryAfterSeconds: seconds });
  }

  /** Notes a failed attempt under each key. */
  failed(keys: readonly string[]): void {
    const now = this.#clock.nowMs();
    for (const key of keys) {
      const before = this.#failures.get(key);
      const count = before === undefined || now - before.lastMs > FORGET_MS ? 1 : before.count + 1;
      // Set again at the end: the map's order is the order of the last failure.
      this.#failures.delete(key);
      this.#failures.set(key, { count, lastMs: now });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_KEYS) break;
      this.#failures.delete(key);
    }
  }

  /** Forgets the failures of the first key (the user), and takes back the last one of the others, after a success. */
  succeeded([user, ...others]: readonly string[]): void {
    if (user !== undefined) this.#failures.delete(user);
    for (const key of others) {
      const failures = this.#failures.get(key);
      if (failures === undefined) continue;
      if (failures.count <= 1) this.#failures.delete(key);
      else failures.count -= 1;
    }
  }

  /** Keys remembered. */
  get size(): number {
    return this.#failures.size;
  }
}
