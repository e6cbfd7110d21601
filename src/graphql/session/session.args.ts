import { ArgsType, Field, Int } from "type-graphql";
import { SearchArgs } from "../filter/search.args.js";
import { SessionOrderInput } from "./session.type.js";

/** Sessions in a page when none is named. */
export const DEFAULT_PAGE = 50;

/** A page of sessions. */
@ArgsType()
export class SessionsArgs extends SearchArgs {
  @Field(() => [SessionOrderInput], { nullable: true, description: "Order, at most 4 keys; left out: newest last packet first. Ties are in order of id." })
  order?: SessionOrderInput[] | null;

  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: "Sessions in the page, 1 to 1000." })
  first!: number;

  @Field(() => String, { nullable: true, description: "Cursor of the session after which the page begins." })
  after?: string | null;
}
