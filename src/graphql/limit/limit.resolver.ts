import { Ctx, Query, Resolver } from "type-graphql";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { API_LIMITS } from "../limits.js";
import { LimitList } from "./limit.type.js";

/** Bounds of the API. */
@Resolver()
export class LimitResolver {
  @Query(() => LimitList, { description: "Every bound of the API, so that a program need not meet it first." })
  limits(@Ctx() context: RequestContext): LimitList {
    const timeout = { name: "queryTimeout", value: context.services.queryTimeoutMs, unit: "milliseconds", help: "Longest run of a question to the store" };
    return { ...answered(context), limits: [...API_LIMITS, timeout] };
  }
}
