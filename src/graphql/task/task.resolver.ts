import { Arg, Ctx, Extensions, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { ScheduledTaskRun, ScheduledTaskView, Tasks } from "../services.js";
import { TaskCauseName, TaskDryRunView, TaskList, TaskOutcomeName, TaskRunAnswer, TaskRunList, TaskRunView, TaskView } from "./task.type.js";

const OUTCOMES: Readonly<Record<ScheduledTaskRun["outcome"], TaskOutcomeName>> = {
  running: TaskOutcomeName.RUNNING, ok: TaskOutcomeName.OK, failed: TaskOutcomeName.FAILED, interrupted: TaskOutcomeName.INTERRUPTED,
};
const CAUSES: Readonly<Record<ScheduledTaskRun["cause"], TaskCauseName>> = {
  schedule: TaskCauseName.SCHEDULE, missed: TaskCauseName.MISSED, retry: TaskCauseName.RETRY, manual: TaskCauseName.MANUAL,
};

function tasksOf(context: RequestContext): Tasks {
  context.require("operate");
  const { tasks } = context.services;
  if (tasks === null) throw new LookbackError("UNAVAILABLE", "nothing runs tasks here; ask the process that serves");
  return tasks;
}

function runOf(run: ScheduledTaskRun): TaskRunView {
  const { code, reason, ...details } = run.details;
  const failed = run.outcome === "failed";
  return {
    id: String(run.id), due: run.dueAtMs, started: run.startedAtMs, finished: run.finishedAtMs,
    seconds: run.finishedAtMs === null ? null : Math.max(0, run.finishedAtMs - run.startedAtMs) / 1000,
    outcome: OUTCOMES[run.outcome], cause: CAUSES[run.cause], requestedBy: run.requestedBy,
    error: failed ? { code: typeof code === "string" ? code : "INTERNAL", message: typeof reason === "string" ? reason : "" } : null,
    details: failed ? details : run.details,
  };
}

function viewOf(task: ScheduledTaskView, context: RequestContext): TaskView {
  return {
    ...answered(context),
    name: task.name, description: task.description, schedule: task.cron, timeZone: task.timeZone, running: task.running,
    paused: task.paused !== null, pausedBy: task.paused?.by ?? null, pausedSince: task.paused?.sinceMs ?? null,
    nextRun: task.nextMs, nextIsRetry: task.nextIsRetry, failures: task.failures, canDryRun: task.canDryRun,
    lastRun: task.last === null ? null : runOf(task.last), lastSuccess: task.lastOk === null ? null : runOf(task.lastOk),
  };
}

const NAME = { description: "Name of the task." };

/** What the service does by the clock. */
@Resolver()
export class TaskResolver {
  @Query(() => TaskList, { complexity: 50, description: "Everything that the service does by the clock, with its newest run and its next." })
  tasks(@Ctx() context: RequestContext): TaskList {
    const tasks = tasksOf(context);
    return { ...answered(context), tasks: tasks.status().map((task) => viewOf(task, context)) };
  }

  @Query(() => TaskView, { nullable: true, complexity: 10, description: "One task; null when there is none of that name." })
  task(@Arg("name", () => ID, NAME) name: string, @Ctx() context: RequestContext): TaskView | null {
    const task = tasksOf(context).task(name);
    return task === null ? null : viewOf(task, context);
  }

  @Query(() => TaskRunList, { complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0), description: "Runs of a task, newest first. NOT_FOUND when there is no such task." })
  taskRuns(
    @Arg("name", () => ID, NAME) name: string,
    @Arg("first", () => Int, { defaultValue: 50, description: "Runs in the list, 1 to 1000." }) first: number,
    @Arg("before", () => ID, { nullable: true, description: "Only runs older than this one." }) before: string | null | undefined,
    @Ctx() context: RequestContext,
  ): TaskRunList {
    const tasks = tasksOf(context);
    if (tasks.task(name) === null) throw new LookbackError("NOT_FOUND", `no task ${JSON.stringify(name.slice(0, 64))}`);
    const than = before === null || before === undefined ? null : Number(before);
    if (than !== null && !Number.isSafeInteger(than)) throw new LookbackError("BAD_INPUT", `before: ${JSON.stringify(String(before).slice(0, 40))} is no id of a run`);
    return { ...answered(context), runs: tasks.history(name, bounded("first", first, 1, LIMITS.pageSize), than).map(runOf) };
  }

  @Query(() => TaskDryRunView, { complexity: 500, description: "What a run of a task would do now, without doing it." })
  async taskDryRun(@Arg("name", () => ID, NAME) name: string, @Ctx() context: RequestContext): Promise<TaskDryRunView> {
    const details = await tasksOf(context).dryRun(name, context.signal);
    return { ...answered(context), name, details };
  }

  @Mutation(() => TaskRunAnswer, { complexity: 500, description: "Runs a task now, paused or not. Returns at once unless told to wait; a task never runs beside itself (LIMIT_EXCEEDED)." })
  async runTask(
    @Arg("name", () => ID, NAME) name: string,
    @Arg("wait", () => Boolean, { defaultValue: false, description: "Answer when the run has ended." }) wait: boolean,
    @Ctx() context: RequestContext,
  ): Promise<TaskRunAnswer> {
    const tasks = tasksOf(context);
    const { run, ended } = tasks.runNow(name, context.user.name);
    context.audit("task.run", { task: name, run: run.id });
    if (wait) await ended;
    const [latest = run] = wait ? tasks.history(name, 1, run.id + 1) : [];
    return { ...answered(context), run: runOf(latest) };
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => TaskView, { complexity: 20, description: "Stops a task from running by the clock, until it is resumed; a restart does not resume it." })
  pauseTask(@Arg("name", () => ID, NAME) name: string, @Ctx() context: RequestContext): TaskView {
    const paused = tasksOf(context).pause(name, context.user.name);
    context.audit("task.pause", { task: name });
    return viewOf(paused, context);
  }

  @Extensions({ idempotency: { repeatable: true } })
  @Mutation(() => TaskView, { complexity: 20, description: "Lets a task run by the clock again; what it missed is made up for once." })
  resumeTask(@Arg("name", () => ID, NAME) name: string, @Ctx() context: RequestContext): TaskView {
    const resumed = tasksOf(context).resume(name, context.user.name);
    context.audit("task.resume", { task: name });
    return viewOf(resumed, context);
  }
}
