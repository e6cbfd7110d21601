import { LookbackError, type ErrorCode } from "../base/errors.js";
import type { TaskRun } from "../catalogue/task-runs.js";

/** What a run has to tell; kept in the history. */
export type TaskDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What a run throws that did only a part of what it should: it has failed and is tried again, and what it did is kept beside that. */
export class PartlyDone extends LookbackError {
  constructor(code: ErrorCode, message: string, readonly done: TaskDetails) {
    super(code, message);
  }
}

/** A task that runs by the clock. Any folder may have one. */
export interface ScheduledTask {
  /** Unique; letters, digits and dashes. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** Minute, hour, day, month, weekday. */
  readonly cron: string;
  /** IANA zone, or `local` for the host's. */
  readonly timeZone: string;
  /**
   * Idempotent: a run that a crash ended is made up for. `signal` fires when the service stops. What may take more than minutes calls
   * `progressed` with each step that is done: a run that makes none for long is told to hang.
   */
  readonly run: (signal: AbortSignal, progressed: () => void) => Promise<TaskDetails>;
  /** What a run now would do, without doing it. Left out where a run changes nothing that anybody could want to know before. */
  readonly dryRun?: (signal: AbortSignal) => Promise<TaskDetails>;
}

/** A task as people see it. Times are milliseconds since 1970. */
export interface TaskStatus {
  readonly name: string;
  readonly description: string;
  readonly cron: string;
  /** IANA zone. */
  readonly timeZone: string;
  readonly running: boolean;
  /** Milliseconds since the run which goes on made its last progress, where that is ten times its interval and ten minutes at least: it hangs. Else null. */
  readonly hangsMs: number | null;
  /** Since when and by whom it is paused, or null. */
  readonly paused: { readonly sinceMs: number; readonly by: string } | null;
  /** When it runs next, a retry or another look whose turn it is included; null while it is paused, or when its schedule names no time. */
  readonly nextMs: number | null;
  /** Whether the next run is a retry after a failure. */
  readonly nextIsRetry: boolean;
  readonly last: TaskRun | null;
  /** The newest run that succeeded and left its turn to no other server, as far back as the history goes. */
  readonly lastOk: TaskRun | null;
  /** Failed runs since the last one that succeeded. */
  readonly failures: number;
  readonly canDryRun: boolean;
}
