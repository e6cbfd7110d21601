import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import { answered } from "../answer.js";
import { bounded, boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import { RetentionForecastAnswer, WhatIfInput, type WhatIfView } from "./forecast.type.js";

/** Most packets that a bound can keep of a session: no session has more. */
const MOST_PACKETS = 1_000_000;

/** Forecasts. */
@Resolver()
export class ForecastResolver {
  @Query(() => RetentionForecastAnswer, {
    complexity: ({ args }) => 200 + (Array.isArray(args["whatIf"]) ? args["whatIf"].length * 400 : 0),
    description: "How many days of packets and sessions there are and will be, when the disk is full, and what keeping fewer packets would gain.",
  })
  async retentionForecast(
    @Arg("whatIf", () => [WhatIfInput], { defaultValue: [], description: "Bounds to ask about, at most 10." }) asked: readonly WhatIfInput[],
    @Ctx() context: RequestContext,
  ): Promise<RetentionForecastAnswer> {
    const { forecasts } = context.services;
    if (forecasts === null) throw new LookbackError("UNAVAILABLE", "this process makes no forecasts; ask the one that serves");
    const requests = boundedList("whatIf", asked, LIMITS.whatIfs).map(({ expression, firstPackets }) => ({
      text: expression, firstPackets: bounded("firstPackets", firstPackets, 1, MOST_PACKETS), expression: expression.trim() === "" ? { node: "everything" as const } : context.compile(expression),
    }));
    const made = await forecasts.forecast();
    const whatIf: WhatIfView[] = [];
    for (const { text, ...request } of requests) {
      const { savedPercent, days, gainedDays } = await forecasts.whatIf(made, request, context.read);
      whatIf.push({ expression: text, firstPackets: request.firstPackets, savedPercent, days, gainedDays });
    }
    const { bytesPerDay, capacityBytes, fullMs, backtest, ...packets } = made.packets;
    const { rowsPerDay, bytesPerDay: indexBytes, bytesThen, daysNow, days } = made.sessions;
    return {
      ...answered(context),
      packets: { ...packets, bytesPerDay: Math.round(bytesPerDay), capacityBytes: Math.round(capacityBytes), full: fullMs, error: backtest },
      sessions: { daysNow, days, bytesPerDay: Math.round(indexBytes), sessionsPerDay: Math.round(rowsPerDay), bytesThen: bytesThen === null ? null : Math.round(bytesThen) },
      whatIf,
    };
  }
}
