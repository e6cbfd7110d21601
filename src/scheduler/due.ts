import { lastOccurrence, type CronSchedule } from "./cron-schedule.js";

/** What is known of a task when it is asked whether it is due. Times are milliseconds since 1970. */
export interface TaskHistory {
  /** The scheduled time that the newest run answered, or null when the task never ran. */
  readonly lastDueMs: number | null;
  /** Whether a run of it is going on. */
  readonly running: boolean;
  /** Failed runs since the last one that succeeded. */
  readonly failures?: number;
  /** When the newest run ended, or null. */
  readonly lastFinishedMs?: number | null;
  /** Whether the newest run left its turn to another server, which may have failed or ended since. */
  readonly wasLeft?: boolean;
}

/** The scheduled time that a run now would answer, and why it runs. */
export interface Due {
  readonly dueMs: number;
  /** `missed`: the time passed unanswered for more than two minutes. `retry`: the run before failed, or was left to another server. */
  readonly cause: "schedule" | "missed" | "retry";
}

/** Ticks come once a minute: what is answered within two was not missed. */
const MISSED_AFTER_MS = 120_000;
/** How far ahead of the clock a history may be. */
const FUTURE_MS = 120_000;
/** Wait before the first retry, doubled with every failure up to the longest. */
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 3_600_000;

/** How long after its `failures`th failure in a row a task is tried again: 1, 2, 4, … minutes, at most an hour. */
export function retryDelayMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 30), LONGEST_RETRY_MS);
}

/** When a task that failed is tried again, or one that was left to another server looks whose turn it is by now, whatever its schedule; null else. */
export function retryAtMs({ failures = 0, lastFinishedMs = null, wasLeft = false }: TaskHistory): number | null {
  if (lastFinishedMs === null || (failures === 0 && !wasLeft)) return null;
  return lastFinishedMs + (failures > 0 ? retryDelayMs(failures) : LONGEST_RETRY_MS);
}

/**
 * Whether a task is due at `nowMs`: its latest scheduled time has not been answered, or its run failed and the wait is
 * over. However many times passed, one run answers them. A task that never ran is due at once. A history from the future
 * is not believed: after a clock was set back, tasks go on by the clock there is. Pure.
 */
export function dueAt(schedule: CronSchedule, timeZone: string, history: TaskHistory, nowMs: number): Due | null {
  if (history.running) return null;
  const latest = lastOccurrence(schedule, timeZone, nowMs);
  const { lastDueMs } = history;
  if (lastDueMs === null || lastDueMs > nowMs + FUTURE_MS) return { dueMs: latest ?? nowMs, cause: "schedule" };
  if (latest !== null && latest > lastDueMs) return { dueMs: latest, cause: nowMs - latest >= MISSED_AFTER_MS ? "missed" : "schedule" };
  const retry = retryAtMs(history);
  if (retry === null) return null;
  // A wait longer than any there is was measured by another clock.
  return nowMs >= retry || retry > nowMs + LONGEST_RETRY_MS + FUTURE_MS ? { dueMs: lastDueMs, cause: "retry" } : null;
}
