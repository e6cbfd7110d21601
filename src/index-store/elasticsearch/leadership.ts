import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import { ClusterLock, type ClusterState } from "./cluster-state.js";
import { mayPass } from "./cluster-errors.js";

/** Milliseconds that a leader leads without word. */
export const LEAD_MS = 35_000;
/** Milliseconds between two words. */
const WORD_MS = 10_000;
/** Milliseconds that a follower waits for the leadership before it gives its turn up: longer than a dead leader leads. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 5_000;

export interface LeadershipParts {
  readonly state: ClusterState;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Of several servers on one cluster one leads, and runs the tasks that change its indices. Another one takes over within a minute. */
export class Leadership {
  readonly #parts: LeadershipParts;
  readonly #lock: ClusterLock;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.#lock = new ClusterLock(parts.state, "leader", parts.clock, LEAD_MS);
  }

  /** Takes part from now on: leads if nobody does. */
  start(): void {
    this.#timer ??= setInterval(() => { void this.#word(); }, WORD_MS);
    this.#timer.unref();
    void this.#word();
  }

  async #word(): Promise<void> {
    try {
      await this.#lock.take({ signal: null, timeoutMs: WORD_MS });
    } catch (error) {
      if (!mayPass(error)) this.#parts.logger.warn({ error }, "the leadership of the cluster's tasks could not be asked for");
    }
  }

  /** Null when we lead, waiting for a leader that may be dead; else who leads. Throws when the cluster does not say. */
  async leads(signal: AbortSignal): Promise<string | null> {
    const { clock, wait } = this.#parts;
    const untilMs = clock.nowMs() + PATIENCE_MS;
    for (;;) {
      const leader = await this.#lock.take({ signal, timeoutMs: WORD_MS });
      if (leader === null || clock.nowMs() >= untilMs || signal.aborted) return leader;
      await wait(LOOK_MS, signal);
    }
  }

  /** Leaves: another server may lead at once. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    try {
      await this.#lock.release({ signal: null, timeoutMs: LOOK_MS });
    } catch (error) {
      // The cluster is away; the lock ends by itself.
      if (!mayPass(error)) throw error;
    }
  }
}
