import cron from "node-cron";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { TaskRun, TaskRuns } from "../catalogue/task-runs.js";
import { parseCron, zoneName, type CronSchedule } from "./cron-schedule.js";
import { dueAt } from "./due.js";

/** What a run has to tell; kept in the history. */
export type TaskDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

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
  /** Idempotent: a run that a crash ended is made up for. `signal` fires when the service stops. */
  readonly run: (signal: AbortSignal) => Promise<TaskDetails>;
}

/** A task as people see it. */
export interface TaskStatus {
  readonly name: string;
  readonly description: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly running: boolean;
  readonly last: TaskRun | null;
}

/** Calls `tick` at the times of a cron expression until the returned function is called. */
export type Ticker = (expression: string, timeZone: string, tick: () => void) => () => Promise<void>;

/** node-cron. It does not keep the process alive. */
export const nodeCronTicker: Ticker = (expression, timeZone, tick) => {
  const task = cron.schedule(expression, () => tick(), { timezone: timeZone, unref: true, suppressMissedWarning: true });
  return async () => {
    await task.destroy();
  };
};

interface Registered {
  readonly task: ScheduledTask;
  readonly schedule: CronSchedule;
  readonly zone: string;
  running: Promise<void> | null;
}

export interface SchedulerParts {
  readonly runs: Pick<TaskRuns, "start" | "finish" | "last" | "list" | "interruptOpen">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ticker?: Ticker;
}

/**
 * Runs tasks when they are due. It ticks at each task's times and every minute besides, so that a tick which is lost (a
 * suspended host, a clock that jumped) is made up for. Tasks run beside each other, never beside themselves.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #tasks = new Map<string, Registered>();
  #stopTicks: (() => Promise<void>)[] = [];
  #abort = new AbortController();

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Adds a task; before `start`. Throws CONFIG_INVALID for a schedule or zone that is none, BAD_INPUT for a name that is taken. */
  register(task: ScheduledTask): void {
    if (this.#tasks.has(task.name) || !/^[a-z0-9-]{1,64}$/.test(task.name)) throw new LookbackError("BAD_INPUT", `task name "${task.name}" is taken or not allowed`, { name: task.name });
    this.#tasks.set(task.name, { task, schedule: parseCron(task.cron), zone: zoneName(task.timeZone), running: null });
  }

  /** Notes runs that an ended process left open, runs what is due or was missed, and starts ticking. */
  start(): void {
    this.#abort = new AbortController();
    const interrupted = this.#parts.runs.interruptOpen();
    if (interrupted > 0) this.#parts.logger.warn({ interrupted }, "tasks were interrupted when the service last ended");
    this.tick();
    const ticker = this.#parts.ticker ?? nodeCronTicker;
    const times = new Map([["* * * * * UTC", { expression: "* * * * *", zone: "UTC" }]]);
    for (const { task, zone } of this.#tasks.values()) times.set(`${task.cron} ${zone}`, { expression: task.cron, zone });
    for (const { expression, zone } of times.values()) this.#stopTicks.push(ticker(expression, zone, () => this.tick()));
  }

  /** Runs every task that is due now. Returns their names. */
  tick(): readonly string[] {
    const started: string[] = [];
    for (const registered of this.#tasks.values()) {
      if (this.#abort.signal.aborted || registered.running !== null) continue;
      try {
        const { runs, clock } = this.#parts;
        const last = runs.last(registered.task.name);
        // A run that was interrupted answered nothing: the time it was for is due again, once.
        const lastDueMs = last?.outcome === "interrupted" ? last.dueAtMs - 1 : (last?.dueAtMs ?? null);
        const due = dueAt(registered.schedule, registered.zone, { lastDueMs, running: false }, clock.nowMs());
        if (due === null) continue;
        started.push(registered.task.name);
        registered.running = this.#run(registered, due.dueMs, due.missed).finally(() => { registered.running = null; });
      } catch (error) {
        this.#parts.logger.error({ task: registered.task.name, error }, "a task could not be looked up");
      }
    }
    return started;
  }

  /** Runs a task now, whatever its schedule. Throws NOT_FOUND for an unknown name, LIMIT_EXCEEDED while it runs. */
  async runNow(name: string): Promise<void> {
    const registered = this.#tasks.get(name);
    if (!registered) throw new LookbackError("NOT_FOUND", `no task "${name.slice(0, 64)}"`, { known: [...this.#tasks.keys()] });
    if (registered.running !== null) throw new LookbackError("LIMIT_EXCEEDED", `task ${name} is running`, { name });
    registered.running = this.#run(registered, this.#parts.clock.nowMs(), false).finally(() => { registered.running = null; });
    await registered.running;
  }

  /** The tasks and their newest runs. */
  status(): readonly TaskStatus[] {
    return [...this.#tasks.values()].map(({ task, zone, running }) => ({
      name: task.name, description: task.description, cron: task.cron, timeZone: zone, running: running !== null, last: this.#parts.runs.last(task.name),
    }));
  }

  /** Runs of a task, newest first. */
  history(name: string, limit: number): readonly TaskRun[] {
    return this.#parts.runs.list(name, limit);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map(async (registered) => registered.running));
  }

  /** Stops ticking, asks running tasks to stop, and waits for them. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const stopTick of this.#stopTicks.splice(0)) await stopTick();
    await this.idle();
  }

  async #run(registered: Registered, dueMs: number, missed: boolean): Promise<void> {
    const { runs, logger, clock } = this.#parts;
    const { task } = registered;
    const startedMs = clock.nowMs();
    try {
      const id = runs.start(task.name, dueMs);
      try {
        const details = await task.run(this.#abort.signal);
        runs.finish(id, this.#abort.signal.aborted ? "interrupted" : "ok", { ...details, missed });
        logger.debug({ task: task.name, ms: clock.nowMs() - startedMs, ...details }, "task done");
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const code = error instanceof LookbackError ? error.code : "INTERNAL";
        runs.finish(id, this.#abort.signal.aborted ? "interrupted" : "failed", { code, reason: reason.slice(0, 1000), missed });
        logger.error({ task: task.name, error }, "task failed");
      }
    } catch (error) {
      logger.error({ task: task.name, error }, "the history of a task could not be written");
    }
  }
}
