import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { nearestNames } from "../base/nearest-name.js";
import { LEFT_TO, type TaskCause, type TaskRun, type TaskRuns } from "../catalogue/task-runs.js";
import { nextOccurrence, parseCron, zoneName, type CronSchedule } from "./cron-schedule.js";
import { dueAt, retryAtMs, type TaskHistory } from "./due.js";
import { PartlyDone, type ScheduledTask, type TaskDetails, type TaskStatus } from "./task.js";
import { halfMinutes, nodeCronTicker, type Heartbeat, type Ticker } from "./ticker.js";

/** A run that goes on. */
interface Running {
  ended: Promise<void>;
  /** When it last got on, or began. */
  progressedMs: number;
}

interface Registered {
  readonly task: ScheduledTask;
  readonly schedule: CronSchedule;
  readonly zone: string;
  running: Running | null;
}

export interface SchedulerParts {
  readonly runs: Pick<TaskRuns, "start" | "finish" | "get" | "last" | "lastOk" | "since" | "standForLeft" | "list" | "interruptOpen" | "paused" | "pause" | "resume">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ticker?: Ticker;
  readonly heartbeat?: Heartbeat;
}

/** Told of every run that ended. */
export type RunListener = (task: string, outcome: "ok" | "failed" | "interrupted", seconds: number) => void;

/** A run that was started, and its end. */
export interface StartedRun {
  readonly run: TaskRun;
  /** Resolves when it ended, however it did. */
  readonly ended: Promise<void>;
}

/** Interruptions in a row that are made up for at once; what ends the process more often waits like a failure. */
const FREE_INTERRUPTIONS = 2;
/** Intervals of its schedule, and milliseconds at least, from which on a run that makes no progress is taken to hang. */
const HANGING_INTERVALS = 10;
const HANGING_MS = 600_000;

/**
 * Runs tasks when they are due. It ticks at each task's times and twice a minute besides, by no clock, so that a tick which is
 * lost (a suspended host, a clock that jumped) is made up for. Tasks run beside each other, never beside themselves.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #tasks = new Map<string, Registered>();
  #stopTicks: (() => Promise<void> | void)[] = [];
  #abort = new AbortController();
  #listener: RunListener = () => {};

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Adds a task; before `start`. Throws CONFIG_INVALID for a schedule or zone that is none, BAD_INPUT for a name that is taken. */
  register(task: ScheduledTask): void {
    if (this.#tasks.has(task.name) || !/^[a-z0-9-]{1,64}$/.test(task.name)) throw new LookbackError("BAD_INPUT", `task name "${task.name}" is taken or not allowed`, { name: task.name });
    this.#tasks.set(task.name, { task, schedule: parseCron(task.cron), zone: zoneName(task.timeZone), running: null });
  }

  /** Tells `listener` of every run that ends from now on. */
  observe(listener: RunListener): void {
    this.#listener = listener;
  }

  /** Notes runs that an ended process left open, runs what is due or was missed, and starts ticking. */
  start(): void {
    this.#abort = new AbortController();
    const interrupted = this.#parts.runs.interruptOpen();
    if (interrupted > 0) this.#parts.logger.warn({ interrupted }, "tasks were interrupted when the service last ended");
    this.tick();
    const { ticker = nodeCronTicker(), heartbeat = halfMinutes } = this.#parts;
    this.#stopTicks.push(heartbeat(() => this.tick()));
    const times = new Map<string, { readonly expression: string; readonly zone: string }>();
    for (const { task, zone } of this.#tasks.values()) times.set(`${task.cron} ${zone}`, { expression: task.cron, zone });
    for (const { expression, zone } of times.values()) this.#stopTicks.push(ticker(expression, zone, () => this.tick()));
  }

  /** Runs every task that is due now and not paused. Returns their names. */
  tick(): readonly string[] {
    const started: string[] = [];
    for (const registered of this.#tasks.values()) {
      const { name } = registered.task;
      if (this.#abort.signal.aborted || registered.running !== null) continue;
      try {
        if (this.#parts.runs.paused(name) !== null) continue;
        const due = dueAt(registered.schedule, registered.zone, this.#historyOf(registered), this.#parts.clock.nowMs());
        if (due === null) continue;
        this.#begin(registered, due.dueMs, due.cause, null);
        started.push(name);
      } catch (error) {
        this.#parts.logger.error({ task: name, error }, "a task could not be looked up or begun");
      }
    }
    return started;
  }

  /** Starts a task now, whatever its schedule, paused or not. Throws NOT_FOUND for an unknown name, LIMIT_EXCEEDED while it runs, SHUTTING_DOWN. */
  runNow(name: string, requestedBy: string | null = null): StartedRun {
    const registered = this.#find(name);
    if (this.#abort.signal.aborted) throw new LookbackError("SHUTTING_DOWN", "the service is stopping");
    if (registered.running !== null) throw new LookbackError("LIMIT_EXCEEDED", `task ${name} is running; a task never runs beside itself`, { name });
    return this.#begin(registered, this.#parts.clock.nowMs(), "manual", requestedBy);
  }

  /** What a run of a task would do now. Throws NOT_FOUND for an unknown name, UNAVAILABLE when the task cannot tell. */
  async dryRun(name: string, signal: AbortSignal): Promise<TaskDetails> {
    const { task } = this.#find(name);
    if (task.dryRun === undefined) throw new LookbackError("UNAVAILABLE", `task ${name} cannot say beforehand what it would do`, { name });
    return task.dryRun(signal);
  }

  /** Stops a task from running by the clock, also after a restart. Throws NOT_FOUND for an unknown name. */
  pause(name: string, by: string): TaskStatus {
    const registered = this.#find(name);
    this.#parts.runs.pause(name, by);
    this.#parts.logger.info({ task: name, by }, "task paused");
    return this.#statusOf(registered);
  }

  /** Lets a task run by the clock again; what it missed is made up for once. Throws NOT_FOUND for an unknown name. */
  resume(name: string, by: string): TaskStatus {
    const registered = this.#find(name);
    this.#parts.runs.resume(name);
    this.#parts.logger.info({ task: name, by }, "task resumed");
    return this.#statusOf(registered);
  }

  /** The tasks, as they stand. */
  status(): readonly TaskStatus[] {
    return [...this.#tasks.values()].map((registered) => this.#statusOf(registered));
  }

  /** One task, or null. */
  task(name: string): TaskStatus | null {
    const registered = this.#tasks.get(name);
    return registered === undefined ? null : this.#statusOf(registered);
  }

  /** Runs of a task, newest first; those with an id below `before` when it is given. */
  history(name: string, limit: number, before: number | null = null): readonly TaskRun[] {
    return this.#parts.runs.list(name, limit, before);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map(async (registered) => registered.running?.ended));
  }

  /** Stops ticking, asks running tasks to stop, and waits for them. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const stopTick of this.#stopTicks.splice(0)) await stopTick();
    await this.idle();
  }

  #find(name: string): Registered {
    const registered = this.#tasks.get(name);
    if (registered !== undefined) return registered;
    const known = [...this.#tasks.keys()];
    const [near = null] = nearestNames(name, known, 1);
    throw new LookbackError("NOT_FOUND", `no task ${JSON.stringify(name.slice(0, 64))}${near === null ? `; there are ${known.join(", ")}` : `; did you mean ${near}?`}`, { known });
  }

  #historyOf(registered: Registered): TaskHistory {
    const { runs } = this.#parts;
    const { name } = registered.task;
    const last = runs.last(name);
    const interrupted = last?.outcome === "interrupted" ? runs.since(name, "interrupted") : 0;
    // A run that was interrupted answered nothing: the time it was for is due again. A task that ends the process each
    // time must not do so at every start, so after some it counts as failed.
    const again = last?.outcome === "interrupted" && interrupted <= FREE_INTERRUPTIONS;
    return {
      lastDueMs: last === null ? null : again ? last.dueAtMs - 1 : last.dueAtMs,
      running: registered.running !== null,
      failures: last === null || last.outcome === "ok" ? 0 : runs.since(name, "failed") + Math.max(0, interrupted - FREE_INTERRUPTIONS),
      lastFinishedMs: last?.finishedAtMs ?? null,
      wasLeft: last?.outcome === "ok" && last.details[LEFT_TO] !== undefined,
    };
  }

  #statusOf(registered: Registered): TaskStatus {
    const { task, schedule, zone, running } = registered;
    const { runs, clock } = this.#parts;
    const now = clock.nowMs();
    const paused = runs.paused(task.name);
    const scheduled = nextOccurrence(schedule, zone, now);
    const history = this.#historyOf(registered);
    const retry = running === null ? retryAtMs(history) : null;
    const isSooner = paused === null && retry !== null && (scheduled === null || retry < scheduled);
    return {
      name: task.name, description: task.description, cron: task.cron, timeZone: zone, running: running !== null, hangsMs: running === null ? null : hangsMs(registered, running, now), paused,
      nextMs: paused !== null ? null : isSooner ? Math.max(retry, now) : scheduled, nextIsRetry: isSooner && history.wasLeft !== true,
      last: runs.last(task.name), lastOk: runs.lastOk(task.name), failures: history.failures ?? 0, canDryRun: task.dryRun !== undefined,
    };
  }

  #begin(registered: Registered, dueMs: number, cause: TaskCause, requestedBy: string | null): StartedRun {
    const { runs } = this.#parts;
    const { name } = registered.task;
    const id = runs.start(name, dueMs, cause, requestedBy);
    const run = runs.get(id);
    if (run === null) throw new LookbackError("INTERNAL", `the run of ${name} that was noted is not there`);
    const { clock } = this.#parts;
    const running: Running = { ended: Promise.resolve(), progressedMs: clock.nowMs() };
    registered.running = running;
    running.ended = this.#run(registered.task, id, () => { running.progressedMs = clock.nowMs(); }).finally(() => { registered.running = null; });
    return { run, ended: running.ended };
  }

  async #run(task: ScheduledTask, id: number, progressed: () => void): Promise<void> {
    const { logger } = this.#parts;
    const started = process.hrtime.bigint();
    const seconds = (): number => Number(process.hrtime.bigint() - started) / 1e9;
    try {
      const details = await task.run(this.#abort.signal, progressed);
      this.#finish(task.name, id, "ok", details, seconds());
      logger.debug({ task: task.name, seconds: seconds(), ...details }, "task done");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const code = error instanceof LookbackError ? error.code : "INTERNAL";
      const done = error instanceof PartlyDone ? error.done : {};
      this.#finish(task.name, id, "failed", { ...done, code, reason: reason.slice(0, 1000) }, seconds());
      if (!this.#abort.signal.aborted) logger.error({ task: task.name, error }, "task failed");
    }
  }

  #finish(name: string, id: number, outcome: "ok" | "failed", details: TaskDetails, seconds: number): void {
    const { runs, logger } = this.#parts;
    const shown = this.#abort.signal.aborted ? "interrupted" : outcome;
    try {
      this.#listener(name, shown, seconds);
      runs.finish(id, shown, details);
      if (shown === "ok" && details[LEFT_TO] !== undefined) runs.standForLeft({ id, task: name });
    } catch (error) {
      logger.error({ task: name, error }, "the history of a task could not be written");
    }
  }
}

function hangsMs({ schedule, zone }: Registered, { progressedMs }: Running, nowMs: number): number | null {
  const next = nextOccurrence(schedule, zone, nowMs);
  const after = next === null ? null : nextOccurrence(schedule, zone, next);
  const interval = next === null || after === null ? Number.POSITIVE_INFINITY : after - next;
  const still = nowMs - progressedMs;
  return still >= Math.max(HANGING_MS, HANGING_INTERVALS * interval) ? still : null;
}
