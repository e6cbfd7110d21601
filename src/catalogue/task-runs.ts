import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

export type TaskOutcome = "running" | "ok" | "failed" | "interrupted";

/** Why a run began: its time came, its time came while nothing ran, the run before failed, or a person asked. */
export type TaskCause = "schedule" | "missed" | "retry" | "manual";

/** One run of a scheduled task. Times are milliseconds since 1970. */
export interface TaskRun {
  readonly id: number;
  readonly task: string;
  /** The scheduled time that it answers; of a run that a person asked for, when it began. */
  readonly dueAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly outcome: TaskOutcome;
  readonly cause: TaskCause;
  /** Who asked for it, or null. */
  readonly requestedBy: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

interface Row extends Omit<TaskRun, "details"> {
  readonly details: string;
}

const COLUMNS = "id, task, due_at AS dueAtMs, started_at AS startedAtMs, finished_at AS finishedAtMs, outcome, cause, requested_by AS requestedBy, details";
const runOf = (row: Row): TaskRun => ({ ...row, details: recordOf(row.details) });

/** The detail of a run that left its turn to another server, and says to which. It has not failed, and looks again whose turn it is. */
export const LEFT_TO = "skipped";

/** Runs kept of each task; older ones go when a new one starts. */
const KEPT_RUNS = 1_000;

/** Tables `task_runs` and `task_pauses`. */
export class TaskRuns {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Notes the start of a run and returns its id. */
  start(task: string, dueAtMs: number, cause: TaskCause = "schedule", requestedBy: string | null = null): number {
    const { lastInsertRowid } = this.#connection.prepare("INSERT INTO task_runs (task, due_at, started_at, outcome, cause, requested_by) VALUES (?, ?, ?, 'running', ?, ?)")
      .run(task, dueAtMs, this.#clock.nowMs(), cause, requestedBy);
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

  /** A run, or null. */
  get(id: number): TaskRun | null {
    const row = this.#connection.prepare<[number], Row>(`SELECT ${COLUMNS} FROM task_runs WHERE id = ?`).get(id);
    return row === undefined ? null : runOf(row);
  }

  /** The newest run of a task, or null. */
  last(task: string): TaskRun | null {
    return this.list(task, 1)[0] ?? null;
  }

  /** The newest run of a task that succeeded and left its turn to nobody, or null when the history holds none. */
  lastOk(task: string): TaskRun | null {
    const row = this.#connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM task_runs WHERE task = ? AND outcome = 'ok' AND json_extract(details, '$.${LEFT_TO}') IS NULL ORDER BY id DESC LIMIT 1`).get(task);
    return row === undefined ? null : runOf(row);
  }

  /** Lets a run that left its turn to another server stand for those right before it that did so, too, but for those that a person asked for: they come every hour, and would push others out. */
  standForLeft({ id, task }: Pick<TaskRun, "id" | "task">): void {
    this.#connection.prepare(
      `DELETE FROM task_runs WHERE task = ? AND cause <> 'manual' AND id < ? AND id > coalesce(
         (SELECT max(id) FROM task_runs WHERE task = ? AND id < ? AND (outcome <> 'ok' OR json_extract(details, '$.${LEFT_TO}') IS NULL)), 0)`,
    ).run(task, id, task, id);
  }

  /** Runs of a task with an outcome that are newer than the last one that succeeded. */
  since(task: string, outcome: "failed" | "interrupted"): number {
    const row = this.#connection.prepare<[string, string, string], { found: number }>(
      "SELECT count(*) AS found FROM task_runs WHERE task = ? AND outcome = ? AND id > coalesce((SELECT max(id) FROM task_runs WHERE task = ? AND outcome = 'ok'), 0)",
    ).get(task, outcome, task);
    return row?.found ?? 0;
  }

  /** Runs of a task, newest first; those with an id below `before` when it is given. */
  list(task: string, limit = 100, before: number | null = null): readonly TaskRun[] {
    return this.#connection.prepare<[string, number, number], Row>(`SELECT ${COLUMNS} FROM task_runs WHERE task = ? AND id < ? ORDER BY id DESC LIMIT ?`)
      .all(task, before ?? Number.MAX_SAFE_INTEGER, limit).map(runOf);
  }

  /** Runs that ended in `(fromMs, toMs]`, by task. */
  endedBetween(fromMs: number, toMs: number): readonly { readonly task: string; readonly runs: number; readonly failed: number; readonly milliseconds: number }[] {
    return this.#connection.prepare<[number, number], { task: string; runs: number; failed: number; milliseconds: number }>(
      `SELECT task, count(*) AS runs, sum(outcome = 'failed') AS failed, sum(max(0, finished_at - started_at)) AS milliseconds
         FROM task_runs WHERE finished_at > ? AND finished_at <= ? GROUP BY task ORDER BY task`,
    ).all(fromMs, toMs);
  }

  /** Since when and by whom a task is paused, or null. */
  paused(task: string): { readonly sinceMs: number; readonly by: string } | null {
    return this.#connection.prepare<[string], { sinceMs: number; by: string }>("SELECT paused_at AS sinceMs, paused_by AS \"by\" FROM task_pauses WHERE task = ?").get(task) ?? null;
  }

  /** Stops a task from running by the clock until `resume`; one that is paused stays as it is. */
  pause(task: string, by: string): void {
    this.#connection.prepare("INSERT INTO task_pauses (task, paused_by, paused_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(task, by, this.#clock.nowMs());
  }

  /** Lets a task run by the clock again; fine when it is not paused. */
  resume(task: string): void {
    this.#connection.prepare("DELETE FROM task_pauses WHERE task = ?").run(task);
  }
}
