import { Ctx, Query, Resolver } from "type-graphql";
import { answered } from "../answer.js";
import { RequestContext } from "../context.js";
import { ShippingInfo } from "./shipping.type.js";

/** The way of sessions to a search cluster. */
@Resolver()
export class ShippingResolver {
  @Query(() => ShippingInfo, { nullable: true, complexity: 20, description: "Sessions on their way to the search cluster; null where the index is in the data directory." })
  shipping(@Ctx() context: RequestContext): ShippingInfo | null {
    const status = context.services.shipping?.status();
    if (status === undefined) return null;
    const { queue, lastError } = status;
    return {
      ...answered(context), running: status.running, waitingSessions: queue.rows, waitingSegments: queue.segments, waitingBytes: queue.bytes, budgetBytes: status.budgetBytes,
      waitingSince: queue.oldestMs, refusedSessions: queue.deadRows, shippedSessions: status.shippedRows, rate: status.rate, etaSeconds: status.etaSeconds,
      lastError: lastError === null ? null : { code: lastError.code, message: lastError.message, at: lastError.atMs },
    };
  }
}
