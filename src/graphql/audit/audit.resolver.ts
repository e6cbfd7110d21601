import { Args, ArgsType, Ctx, Field, ID, Int, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { timeRangeOf } from "../filter/session-filter.js";
import { TimeRangeInput } from "../filter/search.args.js";
import { LIMITS } from "../limits.js";
import { AuditLines } from "./audit.type.js";

/** Which entries are wanted. */
@ArgsType()
export class AuditArgs {
  @Field(() => String, { nullable: true, description: "Only of this user." })
  user?: string | null;

  @Field(() => String, { nullable: true, description: "Only this action, or those that begin with it: `export` finds `export.create`." })
  action?: string | null;

  @Field(() => String, { nullable: true, description: "Only with this outcome: `ok`, or a code." })
  outcome?: string | null;

  @Field(() => String, { nullable: true, description: "Only from this address." })
  address?: string | null;

  @Field(() => String, { nullable: true, description: "Only with this text in the details, in any letter case." })
  contains?: string | null;

  @Field(() => TimeRangeInput, { nullable: true, description: "Only of this time; `bounding` does not matter." })
  timeRange?: TimeRangeInput | null;

  @Field(() => Int, { defaultValue: 100, description: "Entries, 1 to 1000." })
  first!: number;

  @Field(() => ID, { nullable: true, description: "Only entries older than the one of this id." })
  before?: string | null;
}

/** The audit log. */
@Resolver()
export class AuditResolver {
  @Query(() => AuditLines, {
    complexity: ({ args, childComplexity }) => 20 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0),
    description: "What was done, by whom and from where, newest first; for administrators. Searches appear within a second, everything else at once.",
  })
  auditLog(@Args(() => AuditArgs) { first, before, timeRange, ...filter }: AuditArgs, @Ctx() context: RequestContext): AuditLines {
    const limit = bounded("first", first, 1, LIMITS.pageSize);
    const older = before === null || before === undefined ? null : Number(before);
    if (older !== null && !(Number.isSafeInteger(older) && older > 0)) throw new LookbackError("BAD_INPUT", `before: ${JSON.stringify(String(before).slice(0, 40))} is no id of an entry`);
    const { startMs, endMs } = timeRangeOf(timeRange);
    const found = context.services.access.searchAudit({ ...filter, fromMs: startMs, untilMs: endMs, before: older }, limit + 1);
    const entries = found.slice(0, limit).map(({ id, atMs, ...entry }) => ({ ...entry, id: String(id), at: atMs }));
    return { ...answered(context), entries, next: found.length > limit ? (entries[entries.length - 1]?.id ?? null) : null };
  }
}
