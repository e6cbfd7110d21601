import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

export type TaskOutcome = "running" | "ok" | "failed" | "interrupted";

/** One run of a scheduled task. Times are milliseconds since 1970. */
export interface TaskRun {
  readonly id: number;
  readonly task: string;
  /** The scheduled time that it answers. */
  readonly dueAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly outcome: TaskOutcome;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Row extends Omit<TaskRun, "details"> {
  readonly details: string;
}

const COLUMNS = "id, task, due_at AS dueAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs, outcome, details";
const runOf = (row: Row): TaskRun => ({ ...row, details: recordOf(row.details) });

/** Runs kept of each task; older ones go when a new one starts. */
const KEPT_RUNS = 1_000;

/** Table `task_runs`. */
export class TaskRuns {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Notes the start of a run and returns its id. */
  start(task: string, dueAtMs: number): number {
    const { lastInsertRowid } = this.#connection.prepare("INSERT INTO task_runs (task, due_at, started_at, outcome) VALUES (?, ?, ?, 'running')")
      .run(task, dueAtMs, this.#clock.nowMs());
    const id = Number(lastInsertRowid);
    this.#connection.prepare(
      "DELETE FROM task_runs WHERE task = ? AND id <= (SELECT id FROM task_runs WHERE task = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
    ).run(task, task, KEPT_RUNS);
    return id;
  }

  finish(id: number, outcome: Exclude<TaskOutcome, "running">, details: Readonly<Record<string, unknown>> = {}): void {
    this.#connection.prepare("UPDATE task_runs SET outcome = ?, details = ?, finished_at = ? WHERE id = ?")
      .run(outcome, JSON.stringify(details), this.#clock.nowMs(), id);
  }

  /** At start-up: runs that an ended process left open. Returns how many. */
  interruptOpen(): number {
    return this.#connection.prepare("UPDATE task_runs SET outcome = 'interrupted', finished_at = ? WHERE outcome = 'running'").run(this.#clock.nowMs()).changes;
  }

  /** The newest run of a task, or null. */
  last(task: string): TaskRun | null {
    return this.list(task, 1)[0] ?? null;
  }

  /** Runs of a task, newest first. */
  list(task: string, limit = 100): readonly TaskRun[] {
    return this.#connection.prepare<[string, number], Row>(`SELECT ${COLUMNS} FROM task_runs WHERE task = ? ORDER BY id DESC LIMIT ?`).all(task, limit).map(runOf);
  }
}
