import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";

/** What a credential may still spend. */
export interface Budget {
  /** Cost units a minute. */
  readonly limit: number;
  /** Units that are left now. */
  readonly remaining: number;
  /** Seconds until all of it is there again. */
  readonly resetSeconds: number;
}

interface Account {
  readonly left: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;
/** Credentials that are remembered; beyond, those that have spent longest ago are forgotten, and begin anew. */
const MOST_ACCOUNTS = 10_000;

/**
 * What operations may cost in a minute, for each token and login apart: a bucket that holds a minute's units and fills
 * evenly. Forgotten at a restart.
 */
export class CostBudgets {
  readonly #clock: Clock;
  readonly #limit: () => number;
  /** In order of last use. */
  readonly #accounts = new Map<string, Account>();

  /** `limit` is asked each time, in units a minute; 0 bounds nothing. */
  constructor(clock: Clock, limit: () => number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes `cost` units of a credential. Null when nothing is bounded. Throws RATE_LIMITED, with the wait, when they are not there. */
  spend(credential: string, cost: number): Budget | null {
    const limit = this.#limit();
    if (limit === 0) return null;
    const now = this.#clock.nowMs();
    const account = this.#accounts.get(credential);
    // A clock that was set back must not take anything away.
    const filled = account === undefined ? limit : Math.min(limit, account.left + (limit * Math.max(0, now - account.atMs)) / MINUTE_MS);
    // What costs more than a minute's units would never be allowed, so a full bucket is enough for it.
    const needed = Math.min(cost, limit);
    if (filled < needed) {
      const retryAfterSeconds = Math.max(1, Math.ceil(((needed - filled) * 60) / limit));
      throw new LookbackError("RATE_LIMITED", `this operation costs ${cost} units, and ${Math.floor(filled)} of ${limit} a minute are left; try again in ${retryAfterSeconds} s`, {
        limit, remaining: Math.floor(filled), cost, retryAfterSeconds,
      });
    }
    const left = filled - needed;
    this.#accounts.delete(credential);
    this.#accounts.set(credential, { left, atMs: now });
    for (const oldest of this.#accounts.keys()) {
      if (this.#accounts.size <= MOST_ACCOUNTS) break;
      this.#accounts.delete(oldest);
    }
    return { limit, remaining: Math.floor(left), resetSeconds: Math.ceil(((limit - left) * 60) / limit) };
  }
}
