import { Field, Float, ID, ObjectType, registerEnumType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";

/** Where an import is. */
export enum ImportStateName {
  QUEUED = "queued",
  RUNNING = "running",
  DONE = "done",
  FAILED = "failed",
  ALREADY_IMPORTED = "already",
}

registerEnumType(ImportStateName, {
  name: "ImportState",
  description: "Where an import is.",
  valuesConfig: {
    QUEUED: { description: "Waits for those before it." },
    RUNNING: { description: "Reads the capture." },
    DONE: { description: "Its sessions can be found." },
    FAILED: { description: "Nothing of it is in the index; `error` says why (QUERY_CANCELLED: a user ended it)." },
    ALREADY_IMPORTED: { description: "The same capture was imported before; nothing changed." },
  },
});

/** An error as data. */
@ObjectType("Failure", { simpleResolvers: true, description: "Why something failed." })
export class Failure {
  @Field(() => String, { description: "Stable error code." })
  code!: string;

  @Field(() => String, { description: "What happened, and the way out." })
  message!: string;
}

/** A condition met while reading. */
@ObjectType("ImportWarning", { simpleResolvers: true, description: "A condition that was met while reading a capture." })
export class ImportWarningView {
  @Field(() => String, { description: "Name of the condition." })
  name!: string;

  @Field(() => LongScalar, { description: "How often." })
  count!: number;

  @Field(() => LongScalar, { nullable: true, description: "Byte offset in the decompressed capture where it was met first; null when it has none." })
  firstOffset!: number | null;
}

/** One capture being imported. */
@ObjectType("ImportJob", { simpleResolvers: true, implements: Answer, description: "One capture being imported." })
export class ImportJobView extends Answer {
  @Field(() => ID, { description: "Identity of the job." })
  id!: string;

  @Field(() => String, { description: "The capture's path; `-` is standard input." })
  path!: string;

  @Field(() => ImportStateName, { description: "Where the import is." })
  state!: ImportStateName;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  submitted!: number;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it began; null while it waits." })
  started!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null until then." })
  finished!: number | null;

  @Field(() => LongScalar, { description: "Packets read." })
  packets!: number;

  @Field(() => LongScalar, { description: "Bytes read of the source." })
  bytes!: number;

  @Field(() => LongScalar, { description: "Size of the source in bytes; 0: not known." })
  totalBytes!: number;

  @Field(() => Float, { nullable: true, description: "Part done, 0 to 1; null while the size is not known." })
  progress!: number | null;

  @Field(() => LongScalar, { description: "Sessions found." })
  sessions!: number;

  @Field(() => Failure, { nullable: true, description: "Why it failed; null otherwise." })
  error!: Failure | null;

  @Field(() => [ImportWarningView], { description: "Conditions met while reading." })
  warnings!: readonly ImportWarningView[];
}

/** A path that became no job. */
@ObjectType("RefusedPath", { simpleResolvers: true, description: "A path that cannot be imported." })
export class RefusedPath {
  @Field(() => String, { description: "The path." })
  path!: string;

  @Field(() => Failure, { description: "Why it cannot be imported." })
  error!: Failure;
}

/** What a request to import became. */
@ObjectType("ImportSubmission", { simpleResolvers: true, implements: Answer, description: "What a request to import became." })
export class ImportSubmission extends Answer {
  @Field(() => [ImportJobView], { description: "A job per capture; directories stand for the captures in them." })
  jobs!: readonly ImportJobView[];

  @Field(() => [RefusedPath], { description: "Paths that became no job." })
  refused!: readonly RefusedPath[];
}

/** Imports. */
@ObjectType("ImportJobList", { simpleResolvers: true, implements: Answer, description: "Imports, newest first." })
export class ImportJobList extends Answer {
  @Field(() => [ImportJobView], { description: "The jobs." })
  jobs!: readonly ImportJobView[];
}
