import { Arg, Args, Ctx, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { askedSessions, queryText } from "../filter/asked-sessions.js";
import { SearchArgs } from "../filter/search.args.js";
import { chosenSessions } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { DateTimeScalar, LongScalar } from "../scalar/scalars.js";
import type { Holds } from "../services.js";
import { HoldList, HoldView } from "./hold.type.js";

type HoldSummary = ReturnType<Holds["list"]>[number];

function holdsOf({ services: { holds } }: RequestContext): Holds {
  if (holds === null) throw new LookbackError("UNAVAILABLE", "this process keeps no holds; ask the one that serves");
  return holds;
}

function viewOf({ subjectId, createdAtMs, untilMs, releasedAtMs, ...hold }: HoldSummary, context: RequestContext): HoldView {
  return { ...answered(context), ...hold, description: subjectId, created: createdAtMs, until: untilMs, released: releasedAtMs };
}

/** Holds. */
@Resolver()
export class HoldResolver {
  @Query(() => HoldList, { complexity: 200, description: "Holds in force, newest first; with `ended`, those that are over, too." })
  holds(
    @Arg("first", () => Int, { defaultValue: 100, description: "Holds in the list, 1 to 1000." }) first: number,
    @Arg("before", () => LongScalar, { nullable: true, description: "Only holds numbered below this." }) before: number | null | undefined,
    @Arg("ended", () => Boolean, { defaultValue: false, description: "Whether those that are over are listed, too." }) ended: boolean,
    @Ctx() context: RequestContext,
  ): HoldList {
    const limit = bounded("first", first, 1, LIMITS.pageSize);
    const found = holdsOf(context).list(limit + 1, before ?? null, ended);
    const holds = found.slice(0, limit).map((hold) => viewOf(hold, context));
    return { ...answered(context), holds, next: found.length > limit ? (holds.at(-1)?.id ?? null) : null };
  }

  @Mutation(() => HoldView, { complexity: 500, description: "Keeps sessions, named by ids or by a search, with their packets, from retention. It covers the sessions that are found now, not later ones; their rows outlive their day, and their packets are copied out of files that are deleted." })
  async holdSessions(
    @Arg("reason", () => String, { description: "Why, for people who want to delete; 1 to 1000 characters." }) reason: string,
    @Arg("until", () => DateTimeScalar, { nullable: true, description: "When it ends by itself; left out: when somebody releases it." }) until: number | null | undefined,
    @Arg("ids", () => [ID], { nullable: true, description: "Identities of the sessions, at most 10000; instead of a search." }) ids: string[] | null | undefined,
    @Args(() => SearchArgs) search: SearchArgs,
    @Ctx() context: RequestContext,
  ): Promise<HoldView> {
    const filter = chosenSessions(ids, search, context);
    const description = queryText(ids, search).slice(0, LIMITS.expressionLength);
    const hold = await holdsOf(context).create({ filter, description, reason, untilMs: until ?? null, user: context.user.name }, context.read);
    context.audit("hold.create", { hold: hold.id, ...askedSessions(ids, search), reason: hold.reason.slice(0, 1_000), sessions: hold.sessions, until: until ?? null });
    return viewOf(hold, context);
  }

  @Mutation(() => HoldView, { complexity: 100, description: "Ends a hold. What it kept goes when its turn comes." })
  releaseHold(@Arg("id", () => LongScalar, { description: "Number of the hold." }) id: number, @Ctx() context: RequestContext): HoldView {
    const hold = holdsOf(context).release(id);
    if (hold === null) throw new LookbackError("NOT_FOUND", `there is no hold ${id} that is in force`, { hold: id });
    context.audit("hold.release", { hold: id, reason: hold.reason.slice(0, 1_000) });
    return viewOf(hold, context);
  }
}
