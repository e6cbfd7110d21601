import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Float, Info, Int, Query, Resolver, Root } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import type { SessionFilter } from "../../index-store/index-store.js";
import type { Field } from "../../model/field.js";
import { payloadText } from "../../model/payload-text.js";
import type { FieldValue } from "../../model/session.js";
import { answered } from "../answer.js";
import { bounded, boundedList } from "../bounded.js";
import { RequestContext } from "../context.js";
import { SearchArgs } from "../filter/search.args.js";
import { sessionFilterOf } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { LongScalar } from "../scalar/scalars.js";
import { rootNameOf } from "../selection.js";
import { Aggregation, Cardinality, CrossTab, Histogram, HistogramTime, IntervalInput, MetricName, Percentile, Stats, Terms } from "./aggregate.type.js";
import { checkInterval, chosenInterval, fits, spanMs } from "./interval.js";

/** What a question that scans the store costs, whatever it returns. */
const QUESTION = 100;

function bucketCost({ args }: { readonly args: Record<string, unknown> }): number {
  return QUESTION + (typeof args["size"] === "number" ? Math.max(0, args["size"]) / 20 : 0);
}

function keyText(field: Field, stored: FieldValue | undefined): string {
  const value = payloadText(field, stored ?? null);
  return typeof value === "string" ? value : value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A field whose values are numbers or times. BAD_INPUT otherwise. */
function numeric(name: string, context: RequestContext): Field {
  const field = context.field(name);
  if (field.kind === "integer" || field.kind === "float" || field.kind === "seconds") return field;
  throw new LookbackError("BAD_INPUT", `${name} is no number (${field.kind}); statistics need one`, { field: name });
}

/**
 * Milliseconds that buckets by a time can span: of the whole store, which is known, where that is short `enough`, else of the
 * sessions that match, which takes a question. A reader who sees a part of the store is not told how far the rest reaches.
 */
async function spanOf(filter: SessionFilter, time: Field, context: RequestContext, enough: (span: number) => boolean): Promise<number> {
  const { store } = context.services;
  if (!context.isNarrowed) {
    const span = spanMs(filter.range, await store.extent());
    if (enough(span) || filter.expression.node === "everything") return span;
  }
  const { min, max } = await store.stats({ ...filter, field: time, percentiles: [] }, context.read);
  return min === null || max === null ? 0 : max - min;
}

function checkZone(timeZone: string): string {
  try {
    // Throws RangeError for a zone that the host's time zone data lacks.
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch (cause) {
    throw new LookbackError("BAD_INPUT", `${JSON.stringify(timeZone.slice(0, 60))} is no IANA time zone; one is "Europe/Berlin"`, {}, { cause });
  }
}

/** Answers about all sessions that match. */
@Resolver(() => Aggregation)
export class AggregateResolver {
  @Query(() => Aggregation, { description: "Answers about all sessions that match: top values, histograms, numbers. Each member is one question to the store." })
  aggregate(@Args(() => SearchArgs) args: SearchArgs, @Ctx() context: RequestContext): Aggregation {
    context.require("search");
    const filter = sessionFilterOf(args, context);
    return Object.assign(new Aggregation(), answered(context, filter.range), { filter_: filter });
  }

  @FieldResolver(() => LongScalar, { complexity: QUESTION, description: "How many sessions match." })
  async count(@Root() { filter_: filter }: Aggregation, @Ctx() context: RequestContext, @Info() info: GraphQLResolveInfo): Promise<number> {
    const count = await context.services.store.count(filter, context.read);
    context.noteCount(rootNameOf(info), { sessions: count });
    return count;
  }

  @FieldResolver(() => Terms, { complexity: bucketCost, description: "The values of a field with the largest metric." })
  async terms(
    @Root() { filter_: filter }: Aggregation,
    @Arg("field", () => String, { description: "Search name of the field, or `db:` and its document path." }) name: string,
    @Arg("metric", () => MetricName, { defaultValue: MetricName.SESSIONS, description: "What to order by and add up." }) metric: MetricName,
    @Arg("size", () => Int, { defaultValue: 20, description: "Buckets, 1 to 10000." }) size: number,
    @Ctx() context: RequestContext,
  ): Promise<Terms> {
    bounded("size", size, 1, LIMITS.buckets);
    const field = context.field(name);
    const found = await context.services.store.terms({ ...filter, fields: [field], metric, size }, context.read);
    return { ...found, buckets: found.buckets.map(({ keys, sessions, value }) => ({ key: keyText(field, keys[0]), sessions, value })) };
  }

  @FieldResolver(() => CrossTab, { complexity: (options) => bucketCost(options) * 2, description: "The combinations of values of two to four fields with the largest metric." })
  async crossTab(
    @Root() { filter_: filter }: Aggregation,
    @Arg("fields", () => [String], { description: "Two to four search names." }) names: string[],
    @Arg("metric", () => MetricName, { defaultValue: MetricName.SESSIONS, description: "What to order by and add up." }) metric: MetricName,
    @Arg("size", () => Int, { defaultValue: 100, description: "Buckets, 1 to 10000." }) size: number,
    @Ctx() context: RequestContext,
  ): Promise<CrossTab> {
    bounded("size", size, 1, LIMITS.buckets);
    bounded("the number of fields", names.length, 2, LIMITS.crossTabFields);
    const fields = names.map((name) => context.field(name));
    const found = await context.services.store.terms({ ...filter, fields, metric, size }, context.read);
    return { ...found, fields: names, buckets: found.buckets.map(({ keys, sessions, value }) => ({ keys: fields.map((field, at) => keyText(field, keys[at])), sessions, value })) };
  }

  @FieldResolver(() => Histogram, { complexity: QUESTION, description: "Metrics over time." })
  async histogram(
    @Root() { filter_: filter }: Aggregation,
    @Arg("interval", () => IntervalInput, { nullable: true, description: "Width of the buckets; left out: chosen to give up to some 200." }) interval: IntervalInput | null | undefined,
    @Arg("timeZone", () => String, { defaultValue: "UTC", description: "IANA time zone that calendar units follow." }) timeZone: string,
    @Arg("metrics", () => [MetricName], { defaultValue: [MetricName.SESSIONS], description: "What to measure." }) metrics: MetricName[],
    @Arg("on", () => HistogramTime, { defaultValue: HistogramTime.LAST_PACKET, description: "The time that decides a session's bucket." }) on: HistogramTime,
    @Ctx() context: RequestContext,
  ): Promise<Histogram> {
    const { store } = context.services;
    const wanted = [...new Set(metrics)];
    bounded("the number of metrics", wanted.length, 1, 4);
    const asked = interval === null || interval === undefined ? null : { unit: interval.unit, count: bounded("interval.count", interval.count, 1, 10_000) };
    const time = context.field(on === HistogramTime.FIRST_PACKET ? "starttime" : "stoptime");
    const span = await spanOf(filter, time, context, (whole) => asked === null || fits(asked, whole, wanted.length));
    const width = asked ?? chosenInterval(span);
    checkInterval(width, span, wanted.length);
    const zone = checkZone(timeZone);
    const found = await store.histogram({ ...filter, interval: width, timeZone: zone, metrics: wanted, on }, context.read);
    // The store's units are the enum's values.
    return {
      interval: { unit: width.unit as Histogram["interval"]["unit"], count: width.count },
      timeZone: zone,
      starts: found.startsMs,
      series: wanted.map((metric, at) => ({ metric, values: found.values[at] ?? [] })),
    };
  }

  @FieldResolver(() => Stats, { complexity: QUESTION, description: "Count, smallest, largest, sum and mean of a numeric or time field." })
  stats(
    @Root() { filter_: filter }: Aggregation,
    @Arg("field", () => String, { description: "Search name of a numeric or time field." }) name: string,
    @Ctx() context: RequestContext,
  ): Promise<Stats> {
    return context.services.store.stats({ ...filter, field: numeric(name, context), percentiles: [] }, context.read);
  }

  @FieldResolver(() => [Percentile], { complexity: QUESTION * 2, description: "Percentiles of a numeric or time field." })
  async percentiles(
    @Root() { filter_: filter }: Aggregation,
    @Arg("field", () => String, { description: "Search name of a numeric or time field." }) name: string,
    @Arg("percents", () => [Float], { defaultValue: [50, 95, 99], description: "Percentages, 0 to 100, at most 20." }) percents: number[],
    @Ctx() context: RequestContext,
  ): Promise<readonly Percentile[]> {
    for (const percent of boundedList("percents", percents, LIMITS.percentiles)) {
      if (!(percent >= 0 && percent <= 100)) throw new LookbackError("LIMIT_EXCEEDED", `a percentage is 0 to 100, not ${percent}`, { limit: 100 });
    }
    const found = await context.services.store.stats({ ...filter, field: numeric(name, context), percentiles: percents }, context.read);
    return found.percentiles;
  }

  @FieldResolver(() => Cardinality, { complexity: QUESTION * 2, description: "How many different values a field has." })
  cardinality(
    @Root() { filter_: filter }: Aggregation,
    @Arg("field", () => String, { description: "Search name of the field." }) name: string,
    @Ctx() context: RequestContext,
  ): Promise<Cardinality> {
    return context.services.store.cardinality({ ...filter, field: context.field(name) }, context.read);
  }
}
