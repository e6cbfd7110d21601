import { lastOccurrence, type CronSchedule } from "./cron-schedule.js";

/** What is known of a task when it is asked whether it is due. */
export interface TaskHistory {
  /** The scheduled time that the newest run answered, or null when the task never ran. */
  readonly lastDueMs: number | null;
  /** Whether a run of it is going on. */
  readonly running: boolean;
}

/** The scheduled time that a run now would answer, and whether that time passed unanswered for more than a minute. */
export interface Due {
  readonly dueMs: number;
  readonly missed: boolean;
}

/** Ticks come once a minute: what is answered within two was not missed. */
const MISSED_AFTER_MS = 120_000;
/** How far ahead of the clock a history may be. */
const FUTURE_MS = 120_000;

/**
 * Whether a task is due at `nowMs`: its latest scheduled time has not been answered. However many times passed, one run
 * answers them. A task that never ran is due at once. A history from the future is not believed: after a clock was set
 * back, tasks go on by the clock there is. Pure.
 */
export function dueAt(schedule: CronSchedule, timeZone: string, history: TaskHistory, nowMs: number): Due | null {
  if (history.running) return null;
  const latest = lastOccurrence(schedule, timeZone, nowMs);
  if (history.lastDueMs === null || history.lastDueMs > nowMs + FUTURE_MS) return { dueMs: latest ?? nowMs, missed: false };
  if (latest === null || latest <= history.lastDueMs) return null;
  return { dueMs: latest, missed: nowMs - latest >= MISSED_AFTER_MS };
}
