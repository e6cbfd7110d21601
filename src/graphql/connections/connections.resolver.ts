import { Args, ArgsType, Ctx, Field, Int, Query, Resolver } from "type-graphql";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { SearchArgs } from "../filter/search.args.js";
import { sessionFilterOf } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { Connections } from "./connections.type.js";

/** Which links are wanted. */
@ArgsType()
export class ConnectionsArgs extends SearchArgs {
  @Field(() => String, { defaultValue: "ip.src", description: "Search name of the field at the start of a link." })
  sourceField!: string;

  @Field(() => String, { defaultValue: "ip.dst", description: "Search name of the field at the end of a link." })
  destinationField!: string;

  @Field(() => Int, { defaultValue: 100, description: "Links, 1 to 10000." })
  first!: number;

  @Field(() => Int, { defaultValue: 1, description: "Least sessions of a link." })
  minimumSessions!: number;
}

/** Who talks to whom. */
@Resolver()
export class ConnectionsResolver {
  @Query(() => Connections, {
    complexity: ({ args, childComplexity }) => 100 + (typeof args["first"] === "number" ? (Math.max(0, args["first"]) * childComplexity) / 20 : 0),
    description: "Who talks to whom: pairs of values of two fields with their traffic.",
  })
  async connections(@Args(() => ConnectionsArgs) args: ConnectionsArgs, @Ctx() context: RequestContext): Promise<Connections> {
    context.require("search");
    const filter = sessionFilterOf(args, context);
    const found = await context.services.store.connections({
      ...filter,
      sourceField: context.field(args.sourceField),
      destinationField: context.field(args.destinationField),
      limit: bounded("first", args.first, 1, LIMITS.links),
      minimumSessions: bounded("minimumSessions", args.minimumSessions, 1, Number.MAX_SAFE_INTEGER),
    }, context.read);
    return { ...answered(context, filter.range), ...found };
  }
}
