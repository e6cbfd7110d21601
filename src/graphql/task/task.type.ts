import { Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { Failure } from "../import-job/import-job.type.js";
import { DateTimeScalar, JsonScalar } from "../scalar/scalars.js";

/** How a run of a task ended. */
export enum TaskOutcomeName {
  RUNNING = "running",
  OK = "ok",
  FAILED = "failed",
  INTERRUPTED = "interrupted",
}

registerEnumType(TaskOutcomeName, {
  name: "TaskOutcome",
  description: "How a run of a task ended.",
  valuesConfig: {
    RUNNING: { description: "It has not ended." },
    OK: { description: "It did what it is for." },
    FAILED: { description: "It failed; `error` says why." },
    INTERRUPTED: { description: "The service ended while it ran; it runs again at the next start." },
  },
});

/** Why a run of a task began. */
export enum TaskCauseName {
  SCHEDULE = "schedule",
  MISSED = "missed",
  RETRY = "retry",
  MANUAL = "manual",
}

registerEnumType(TaskCauseName, {
  name: "TaskCause",
  description: "Why a run of a task began.",
  valuesConfig: {
    SCHEDULE: { description: "Its time came." },
    MISSED: { description: "Its time came while the service was down." },
    RETRY: { description: "The run before failed, or was left to another server of the cluster." },
    MANUAL: { description: "Somebody asked for it." },
  },
});

/** One run of a task. */
@ObjectType("TaskRun", { simpleResolvers: true, description: "One run of a task." })
export class TaskRunView {
  @Field(() => ID, { description: "Identity of the run." })
  id!: string;

  @Field(() => DateTimeScalar, { description: "The scheduled time that it answers; of a manual run, when it began." })
  due!: number;

  @Field(() => DateTimeScalar, { description: "When it began." })
  started!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null while it runs." })
  finished!: number | null;

  @Field(() => Float, { nullable: true, description: "How long it took, in seconds; null while it runs." })
  seconds!: number | null;

  @Field(() => TaskOutcomeName, { description: "How it ended." })
  outcome!: TaskOutcomeName;

  @Field(() => TaskCauseName, { description: "Why it began." })
  cause!: TaskCauseName;

  @Field(() => String, { nullable: true, description: "Who asked for it; null when nobody did." })
  requestedBy!: string | null;

  @Field(() => Failure, { nullable: true, description: "Why it failed; null otherwise." })
  error!: Failure | null;

  @Field(() => JsonScalar, { description: "What it did, by name; which names there are depends on the task." })
  details!: unknown;
}

/** A task. */
@ObjectType("Task", { simpleResolvers: true, implements: Answer, description: "Something that the service does by the clock." })
export class TaskView extends Answer {
  @Field(() => ID, { description: "Name of the task." })
  name!: string;

  @Field(() => String, { description: "What it does." })
  description!: string;

  @Field(() => String, { description: "When it runs: minute, hour, day of month, month and day of week, as in cron." })
  schedule!: string;

  @Field(() => String, { description: "IANA zone of the schedule." })
  timeZone!: string;

  @Field(() => Boolean, { description: "Whether it runs now." })
  running!: boolean;

  @Field(() => Boolean, { description: "Whether somebody stopped it from running by the clock." })
  paused!: boolean;

  @Field(() => String, { nullable: true, description: "Who paused it; null when nobody did." })
  pausedBy!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Since when it is paused; null when it is not." })
  pausedSince!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it runs next; null while it is paused." })
  nextRun!: number | null;

  @Field(() => Boolean, { description: "Whether the next run is a retry: a task that failed is tried again after 1, 2, 4, … minutes, at most an hour." })
  nextIsRetry!: boolean;

  @Field(() => Int, { description: "Runs that failed since the last one that succeeded." })
  failures!: number;

  @Field(() => Boolean, { description: "Whether `taskDryRun` can say what it would do." })
  canDryRun!: boolean;

  @Field(() => TaskRunView, { nullable: true, description: "The newest run; null when it never ran." })
  lastRun!: TaskRunView | null;

  @Field(() => TaskRunView, { nullable: true, description: "The newest run that succeeded, and was left to no other server; null when the history holds none." })
  lastSuccess!: TaskRunView | null;
}

/** Every task. */
@ObjectType("TaskList", { simpleResolvers: true, implements: Answer, description: "Everything that the service does by the clock." })
export class TaskList extends Answer {
  @Field(() => [TaskView], { description: "The tasks." })
  tasks!: readonly TaskView[];
}

/** Runs of a task. */
@ObjectType("TaskRunList", { simpleResolvers: true, implements: Answer, description: "Runs of a task, newest first. The newest 1,000 of each task are kept." })
export class TaskRunList extends Answer {
  @Field(() => [TaskRunView], { description: "The runs." })
  runs!: readonly TaskRunView[];
}

/** A run that was asked for. */
@ObjectType("TaskRunAnswer", { simpleResolvers: true, implements: Answer, description: "A run that was asked for." })
export class TaskRunAnswer extends Answer {
  @Field(() => TaskRunView, { description: "The run." })
  run!: TaskRunView;
}

/** What a run would do. */
@ObjectType("TaskDryRun", { simpleResolvers: true, implements: Answer, description: "What a run of a task would do now. Nothing was done." })
export class TaskDryRunView extends Answer {
  @Field(() => ID, { description: "Name of the task." })
  name!: string;

  @Field(() => JsonScalar, { description: "What it would do, by name; `would` lists the first hundred things." })
  details!: unknown;
}
