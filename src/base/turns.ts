import { systemTimer, type Timer } from "./clock.js";
import { LookbackError } from "./errors.js";

/** Somebody who waits at most so long for a run of a subject: for its answer who began it, all others for its end. */
interface Waiter {
  readonly limitMs: number;
  readonly begin: () => void;
  readonly giveUp: () => void;
}

/** A subject of which a run goes on, and those whose turn comes after it. */
interface Line {
  runner: Waiter;
  /** Those who wait at most so long have given the run up. */
  lateAfterMs: number;
  /** Whose turn is next: from the end of `leaving`, then from the beginning of `arriving`. */
  leaving: Waiter[];
  arriving: Waiter[];
  /** How many in the line wait so many milliseconds. */
  readonly limits: Map<number, number>;
  /** Calls off the timers of the run. All who wait as long share one, or each end of a run would cost as much as its line is long. */
  readonly timers: Map<number, () => void>;
}

/**
 * Runs about a subject (a directory, say) that may never answer: one at a time for each, in the order in which they are asked for, and none
 * while an earlier one that was given up goes on. Whatever it waits for keeps at most one of the few threads that all files are read with.
 */
export class Turns {
  readonly #limitMs: number;
  readonly #timer: Timer;
  readonly #lines = new Map<string, Line>();

  /** A run is given up after `limitMs` milliseconds, unless it says otherwise. */
  constructor(limitMs: number, timer: Timer = systemTimer) {
    this.#limitMs = limitMs;
    this.#timer = timer;
  }

  /**
   * Waits for the subject's turn and runs. Throws UNAVAILABLE where the run, or one before it, does not answer within `limitMs` milliseconds;
   * the line before it may take longer than that.
   */
  run<Found>(subject: string, begin: () => Promise<Found>, limitMs = this.#limitMs): Promise<Found> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        limitMs,
        // The turn is over before whoever asked knows: nobody waits any more for what one that was given up fails with.
        begin: () => {
          void (async () => begin())().finally(() => { this.#end(subject); }).then(resolve, reject);
        },
        giveUp: () => { reject(silence(subject, limitMs)); },
      };
      const line = this.#lines.get(subject);
      if (line === undefined) {
        const made: Line = { runner: waiter, lateAfterMs: 0, leaving: [], arriving: [], limits: new Map(), timers: new Map() };
        this.#lines.set(subject, made);
        this.#begin(made, waiter);
      } else if (line.lateAfterMs >= limitMs) {
        waiter.giveUp();
      } else {
        line.arriving.push(waiter);
        line.limits.set(limitMs, (line.limits.get(limitMs) ?? 0) + 1);
        this.#time(line, limitMs);
      }
    });
  }

  /** Whether a run of the subject goes on that was given up after at least `limitMs` milliseconds. */
  isLate(subject: string, limitMs: number): boolean {
    return (this.#lines.get(subject)?.lateAfterMs ?? 0) >= limitMs;
  }

  #begin(line: Line, runner: Waiter): void {
    line.runner = runner;
    line.lateAfterMs = 0;
    this.#time(line, runner.limitMs);
    for (const limitMs of line.limits.keys()) this.#time(line, limitMs);
    runner.begin();
  }

  #end(subject: string): void {
    const line = this.#lines.get(subject);
    if (line === undefined) return;
    for (const callOff of line.timers.values()) callOff();
    line.timers.clear();
    if (line.leaving.length === 0) [line.leaving, line.arriving] = [line.arriving.reverse(), []];
    const next = line.leaving.pop();
    if (next === undefined) {
      this.#lines.delete(subject);
      return;
    }
    const others = (line.limits.get(next.limitMs) ?? 1) - 1;
    if (others === 0) line.limits.delete(next.limitMs);
    else line.limits.set(next.limitMs, others);
    this.#begin(line, next);
  }

  /** Gives the present run up for all who wait `limitMs` milliseconds, unless it ends before. */
  #time(line: Line, limitMs: number): void {
    if (line.timers.has(limitMs)) return;
    const callOff = this.#timer(() => {
      // Where this process was busy the answer may have come: it is taken in first.
      setImmediate(() => {
        if (line.timers.get(limitMs) === callOff) giveUp(line, limitMs);
      });
    }, limitMs);
    line.timers.set(limitMs, callOff);
  }
}

function giveUp(line: Line, limitMs: number): void {
  line.timers.get(limitMs)?.();
  line.timers.delete(limitMs);
  line.lateAfterMs = Math.max(line.lateAfterMs, limitMs);
  const late = [line.runner, ...line.leaving, ...line.arriving].filter((waiter) => waiter.limitMs <= limitMs);
  line.leaving = line.leaving.filter((waiter) => waiter.limitMs > limitMs);
  line.arriving = line.arriving.filter((waiter) => waiter.limitMs > limitMs);
  for (const limit of line.limits.keys()) if (limit <= limitMs) line.limits.delete(limit);
  for (const waiter of late) waiter.giveUp();
}

/** That a subject does not answer. */
export function silence(subject: string, limitMs: number): LookbackError {
  return new LookbackError("UNAVAILABLE", `${subject} does not answer within ${limitMs / 1000} s; look at its disk or mount`, { subject });
}
