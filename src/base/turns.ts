import { systemTimer, type Timer } from "./clock.js";
import { LookbackError } from "./errors.js";

/** One run of a subject: `over` when it ended, or was given up. */
interface Turn {
  readonly over: Promise<void>;
  isLate: boolean;
}

/**
 * Runs about a subject (a directory, say) that may never answer: one at a time for each, and none while an earlier one that was given up
 * goes on. Whatever it waits for keeps at most one of the few threads that all files are read with.
 */
export class Turns {
  readonly #limitMs: number;
  readonly #timer: Timer;
  readonly #turns = new Map<string, Turn>();

  /** A run is given up after `limitMs` milliseconds. */
  constructor(limitMs: number, timer: Timer = systemTimer) {
    this.#limitMs = limitMs;
    this.#timer = timer;
  }

  /** Waits for the subject's turn and runs. Throws UNAVAILABLE where the run, or one before it, does not answer. */
  async run<Found>(subject: string, begin: () => Promise<Found>): Promise<Found> {
    for (let before = this.#turns.get(subject); before !== undefined; before = this.#turns.get(subject)) {
      if (before.isLate) throw this.#silence(subject);
      await before.over;
    }
    let end = (): void => {};
    const turn: Turn = { over: new Promise((resolve) => { end = resolve; }), isLate: false };
    this.#turns.set(subject, turn);
    const callOff = this.#timer(() => {
      turn.isLate = true;
      end();
    }, this.#limitMs);
    const run = begin().finally(() => {
      callOff();
      this.#turns.delete(subject);
      end();
    });
    // Nobody waits any more for what one that was given up fails with.
    run.catch(() => {});
    await turn.over;
    if (turn.isLate) throw this.#silence(subject);
    return run;
  }

  #silence(subject: string): LookbackError {
    return new LookbackError("UNAVAILABLE", `${subject} does not answer within ${this.#limitMs / 1000} s; look at its disk or mount`, { subject });
  }
}
