import cron from "node-cron";
import { systemClock, systemTimer, type Timer } from "../base/clock.js";

/** Calls `tick` at the times of a cron expression until the returned function is called. */
export type Ticker = (expression: string, timeZone: string, tick: () => void) => () => Promise<void>;

/** Calls `beat` again and again, whatever the clock says, until the returned function is called. */
export type Heartbeat = (beat: () => void) => () => void;

/** Longest wait in one piece, in milliseconds: the clock may be set meanwhile. */
const MOST_WAIT_MS = 30_000;
const BEAT_MS = 30_000;

/**
 * node-cron says when the times are, by the host's clock; the wait is ours. Its own goes on to the time it once expected when the
 * clock is set back, and walks through all that were missed, which blocks, when it is set ahead. Keeps no process alive.
 */
export function nodeCronTicker(timer: Timer = systemTimer): Ticker {
  return (expression, timeZone, tick) => {
    const task = cron.createTask(expression, () => {}, { timezone: timeZone });
    let callOff = (): void => {};
    const wait = (): void => {
      const nowMs = systemClock.nowMs();
      const nextMs = task.getNextRuns(1)[0]?.getTime() ?? Number.POSITIVE_INFINITY;
      callOff = timer(() => {
        const isDue = systemClock.nowMs() >= nextMs;
        wait();
        if (isDue) tick();
      }, Math.max(0, Math.min(nextMs - nowMs, MOST_WAIT_MS)));
    };
    wait();
    return async () => {
      callOff();
      await task.destroy();
    };
  };
}

/** Twice a minute. Keeps no process alive. */
export const halfMinutes: Heartbeat = (beat) => {
  const timer = setInterval(beat, BEAT_MS).unref();
  return () => { clearInterval(timer); };
};
