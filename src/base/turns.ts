import { systemTimer, type Timer } from "./clock.js";
import { LookbackError } from "./errors.js";

/** One run of a subject: `over` when it ended. Those who wait at most `lateAfterMs` have given it up. */
interface Turn {
  readonly over: Promise<void>;
  lateAfterMs: number;
}

/**
 * Runs about a subject (a directory, say) that may never answer: one at a time for each, and none while an earlier one that was given up
 * goes on. Whatever it waits for keeps at most one of the few threads that all files are read with.
 */
export class Turns {
  readonly #limitMs: number;
  readonly #timer: Timer;
  readonly #turns = new Map<string, Turn>();

  /** A run is given up after `limitMs` milliseconds, unless it says otherwise. */
  constructor(limitMs: number, timer: Timer = systemTimer) {
    this.#limitMs = limitMs;
    this.#timer = timer;
  }

  /** Waits for the subject's turn and runs. Throws UNAVAILABLE where the run, or one before it, does not answer within `limitMs` milliseconds. */
  async run<Found>(subject: string, begin: () => Promise<Found>, limitMs = this.#limitMs): Promise<Found> {
    for (let before = this.#turns.get(subject); before !== undefined; before = this.#turns.get(subject)) {
      if (before.lateAfterMs >= limitMs) throw silence(subject, limitMs);
      await this.#wait(subject, before, limitMs);
    }
    let end = (): void => {};
    const turn: Turn = { over: new Promise((resolve) => { end = resolve; }), lateAfterMs: 0 };
    this.#turns.set(subject, turn);
    const run = begin().finally(() => {
      this.#turns.delete(subject);
      end();
    });
    // Nobody waits any more for what one that was given up fails with.
    run.catch(() => {});
    await this.#wait(subject, turn, limitMs);
    return run;
  }

  /** Whether a run of the subject goes on that was given up after at least `limitMs` milliseconds. */
  isLate(subject: string, limitMs: number): boolean {
    return (this.#turns.get(subject)?.lateAfterMs ?? 0) >= limitMs;
  }

  async #wait(subject: string, turn: Turn, limitMs: number): Promise<void> {
    let callOff = (): void => {};
    const isLate = await new Promise<boolean>((resolve) => {
      // Where this process was busy the answer may have come: it is taken in first.
      callOff = this.#timer(() => { setImmediate(() => { resolve(true); }); }, limitMs);
      void turn.over.then(() => { resolve(false); });
    });
    callOff();
    if (!isLate) return;
    turn.lateAfterMs = Math.max(turn.lateAfterMs, limitMs);
    throw silence(subject, limitMs);
  }
}

/** That a subject does not answer. */
export function silence(subject: string, limitMs: number): LookbackError {
  return new LookbackError("UNAVAILABLE", `${subject} does not answer within ${limitMs / 1000} s; look at its disk or mount`, { subject });
}
