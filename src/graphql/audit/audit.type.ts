import { Field, ID, ObjectType } from "type-graphql";
import { Answer } from "../answer.js";
import { DateTimeScalar, JsonScalar, LongScalar } from "../scalar/scalars.js";

/** One line of the audit log. */
@ObjectType("AuditEntry", { simpleResolvers: true, description: "Something that somebody did." })
export class AuditLine {
  @Field(() => ID, { description: "Identity of the entry; later ones are larger." })
  id!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  at!: number;

  @Field(() => String, { description: "Who: a user's name, the name that a failed login gave, `(local)` for whoever owns the data directory, `service` for the service itself." })
  user!: string;

  @Field(() => String, { description: "What, the noun first: `session.search`, `packets.list`, `export.create`, `login.failed`, …" })
  action!: string;

  @Field(() => String, { nullable: true, description: "Where from; null for the command line and the service itself." })
  address!: string | null;

  @Field(() => String, { nullable: true, description: "By what credential: cookie, token, header or local." })
  method!: string | null;

  @Field(() => String, { description: "`ok`, or the code of the error." })
  outcome!: string;

  @Field(() => LongScalar, { nullable: true, description: "Milliseconds from the beginning of the operation to the entry." })
  durationMs!: number | null;

  @Field(() => JsonScalar, { description: "What was asked for, and counts of what was answered." })
  details!: unknown;
}

/** Part of the audit log. */
@ObjectType("AuditLog", { simpleResolvers: true, implements: Answer, description: "Part of the audit log." })
export class AuditLines extends Answer {
  @Field(() => [AuditLine], { description: "The entries, newest first." })
  entries!: readonly AuditLine[];

  @Field(() => ID, { nullable: true, description: "`before` of the next part; null when there is no more." })
  next!: string | null;
}
