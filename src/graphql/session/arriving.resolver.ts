import { GraphQLResolveInfo } from "graphql";
import { Args, ArgsType, Ctx, Field, Info, ObjectType, Resolver, Root, Subscription } from "type-graphql";
import { Answer, answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { SessionFilterInput } from "../filter/filter.input.js";
import { sessionFilterOf } from "../filter/session-filter.js";
import type { Arrived } from "../../index-store/arrivals.js";
import { LongScalar } from "../scalar/scalars.js";
import { selectionAt, selectionOf } from "../selection.js";
import { Projection } from "./project.js";
import { fieldsByName, needsPacketFiles, sessionOf, shapeFor } from "./session-rows.js";
import { watchCost } from "./session-cost.js";
import { Session } from "./session.type.js";

/** Sessions told at once, at most; there is one answer a second. */
const MOST_TOLD = 100;

/** Which sessions to tell of. */
@ArgsType()
export class SessionsArrivingArgs {
  @Field(() => String, { nullable: true, description: "A search expression; with `filter` both must hold. Nothing, or empty: every session." })
  expression?: string | null;

  @Field(() => SessionFilterInput, { nullable: true, description: "A filter as an object." })
  filter?: SessionFilterInput | null;
}

/** Sessions of one second. */
@ObjectType("SessionsArriving", { simpleResolvers: true, implements: Answer, description: "Sessions that arrived within about a second. A session that goes on is told again with its next row, under the same id." })
export class SessionsArriving extends Answer {
  @Field(() => [Session], { description: "At most 100 of them, newest last packet first." })
  sessions!: readonly Session[];

  @Field(() => LongScalar, { description: "Matching sessions that arrived and are not in the list: more than 100 in a second, or more than a slow reader is told. Ask `sessions` for them." })
  more!: number;
}

/** Matching rows of segments that arrived, or why they could not be looked for. */
type ArrivedMatches =
  | { readonly kind: "found"; readonly segments: readonly string[]; readonly total: number; readonly leftOut: boolean }
  | { readonly kind: "failed"; readonly error: unknown };

/** What arrives and matches. What is wrong with the request is thrown at once, before anything is streamed. */
function matches(args: SessionsArrivingArgs, context: RequestContext): AsyncGenerator<ArrivedMatches> {
  sessionFilterOf(args, context);
  return matching(args, context.services.arrivals.subscribe(context.user.name, context.signal), context);
}

/** Nothing is told of a second without a match. A search that fails is told as the error of one answer; the next may not. */
async function* matching(args: SessionsArrivingArgs, arrivals: AsyncIterable<Arrived>, context: RequestContext): AsyncGenerator<ArrivedMatches> {
  for await (const { segments, leftOut } of arrivals) {
    try {
      context.renew();
      const { total } = await context.services.store.search({ ...sessionFilterOf(args, context), segments, fields: [], order: [], limit: 1, after: null, countTotal: true }, context.read);
      if ((total?.value ?? 0) > 0 || leftOut) yield { kind: "found", segments, total: total?.value ?? 0, leftOut };
    } catch (error) {
      if (context.signal.aborted) return;
      yield { kind: "failed", error };
    }
  }
}

/** Sessions as they arrive. */
@Resolver()
export class SessionsArrivingResolver {
  @Subscription(() => SessionsArriving, {
    complexity: watchCost(MOST_TOLD),
    subscribe: ({ args, context }: { readonly args: SessionsArrivingArgs; readonly context: RequestContext }) => matches(args, context),
    description: "Sessions that match, as they arrive: captured live, with those that are open after `openSessionFlush`, or imported. At most 10 of a user at a time.",
  })
  async sessionsArriving(@Root() found: ArrivedMatches, @Args(() => SessionsArrivingArgs) args: SessionsArrivingArgs, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<SessionsArriving> {
    if (found.kind === "failed") throw found.error;
    const selected = selectionAt(selectionOf(info), "sessions");
    const projection = new Projection(shapeFor(context), selected, [...fieldsByName(selected, context), ...needsPacketFiles(selected)]);
    const { rows } = await context.services.store.search({
      ...sessionFilterOf(args, context), segments: found.segments, fields: projection.fields, order: [{ field: context.field("stoptime"), direction: "desc" }], limit: MOST_TOLD, after: null, countTotal: false,
    }, context.read);
    return {
      ...answered(context),
      sessions: rows.map((row) => sessionOf(row.id, projection.row(row.values), { kind: "row", values: row.values })),
      more: Math.max(0, found.total - rows.length) + (found.leftOut ? 1 : 0),
    };
  }
}
