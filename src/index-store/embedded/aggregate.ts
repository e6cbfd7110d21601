import type { Field } from "../../model/field.js";
import type {
  CardinalityResult, ConnectionsRequest, ConnectionsResult, Metric, ReadContext, StatsRequest, StatsResult, TermsRequest, TermsResult,
} from "../index-store.js";
import { requireLinks, requireNumbers, requirePercentiles, requireTerms } from "../request-checks.js";
import { isIdField } from "./columns.js";
import type { Engine } from "./engine.js";
import type { QueryPlan } from "./query-plan.js";
import { Parameters } from "./statement.js";
import { countOf, numberOrNull, plainValue } from "./values.js";

/** What a metric adds up, over a session's row. */
export const METRIC_SQL: Readonly<Record<Metric, string>> = {
  sessions: "1::BIGINT",
  packets: `"network.packets"`,
  bytes: `"network.bytes"`,
  databytes: `"totDataBytes"`,
};

const meaning = (field: Field): "id" | "address" => (isIdField(field) ? "id" : "address");

/** One row for each combination of a session's distinct values of the fields, as k0, k1, … beside the metrics. */
function combinations(plan: QueryPlan, fields: readonly Field[], metrics: readonly Metric[], parameters: Parameters): string {
  const values = metrics.map((metric) => `${METRIC_SQL[metric]} AS m_${metric}`);
  const operands = fields.map((field) => plan.operand(field));
  const keys = operands.map(({ sql, many }, at) => {
    if (!many) return `${sql} AS k${at}`;
    // A set holds each value once; lists, and what several objects hold, may repeat.
    const field = fields[at];
    return field?.shape === "set" && field.object === "" ? `${sql} AS l${at}` : `list_distinct(${sql}) AS l${at}`;
  });
  let sql = `SELECT ${[...keys, ...values].join(", ")} FROM ${plan.from(fields)} WHERE ${plan.where(parameters)}`;
  // One list a step: lists unnested side by side would be zipped, not combined.
  operands.forEach(({ many }, at) => {
    if (many) sql = `SELECT * EXCLUDE (l${at}), unnest(l${at}) AS k${at} FROM (${sql})`;
  });
  return sql;
}

const allPresent = (fields: readonly Field[]): string => fields.map((_, at) => `k${at} IS NOT NULL`).join(" AND ");

export async function terms(engine: Engine, plan: QueryPlan, request: TermsRequest, context: ReadContext): Promise<TermsResult> {
  requireTerms(request);
  for (const field of request.fields) plan.requireVisible(field);
  if (plan.isEmpty) return { buckets: [], otherValue: 0, errorBound: 0 };
  const parameters = new Parameters();
  const keys = request.fields.map((_, at) => `k${at}`).join(", ");
  const rows = await engine.rows(
    parameters.statement(
      `WITH g AS MATERIALIZED (SELECT ${keys}, count(*) AS sessions, sum(m_${request.metric})::BIGINT AS value
         FROM (${combinations(plan, request.fields, [request.metric], parameters)}) WHERE ${allPresent(request.fields)} GROUP BY ${keys})
       SELECT (SELECT sum(value)::BIGINT FROM g), sessions, value, ${keys} FROM g ORDER BY value DESC, ${keys} LIMIT ${request.size}`,
    ), context,
  );
  const meanings = request.fields.map(meaning);
  const buckets = rows.map(([, sessions, value, ...found]) => ({
    keys: found.map((key, at) => plainValue(key, meanings[at] ?? "address")), sessions: countOf(sessions), value: countOf(value),
  }));
  const shown = buckets.reduce((sum, { value }) => sum + value, 0);
  return { buckets, otherValue: countOf(rows[0]?.[0]) - shown, errorBound: 0 };
}

/** Values of all matching sessions, lists taken apart. */
function valuesOf(plan: QueryPlan, field: Field, parameters: Parameters): string {
  const { sql, many } = plan.operand(field);
  return `SELECT ${many ? `unnest(${sql})` : sql} AS v FROM ${plan.from([field])} WHERE ${plan.where(parameters)}`;
}

export async function stats(engine: Engine, plan: QueryPlan, request: StatsRequest, context: ReadContext): Promise<StatsResult> {
  requirePercentiles(request);
  plan.requireVisible(request.field);
  requireNumbers(request.field);
  const none = request.percentiles.map((percent) => ({ percent, value: null }));
  if (plan.isEmpty) return { count: 0, min: null, max: null, sum: 0, average: null, percentiles: none };
  const parameters = new Parameters();
  const quantiles = request.percentiles.map((percent) => `quantile_cont(v, ${parameters.float(percent / 100)})::DOUBLE`);
  const selected = ["count(v)", "min(v)", "max(v)", "sum(v)::DOUBLE", "avg(v)", ...quantiles];
  const [row = []] = await engine.rows(parameters.statement(`SELECT ${selected.join(", ")} FROM (${valuesOf(plan, request.field, parameters)})`), context);
  const [count, min, max, sum, average, ...percentiles] = row;
  return {
    count: countOf(count), min: numberOrNull(min), max: numberOrNull(max), sum: countOf(sum), average: numberOrNull(average),
    percentiles: request.percentiles.map((percent, at) => ({ percent, value: numberOrNull(percentiles[at]) })),
  };
}

export async function cardinality(engine: Engine, plan: QueryPlan, field: Field, context: ReadContext): Promise<CardinalityResult> {
  plan.requireVisible(field);
  if (plan.isEmpty) return { value: 0, relativeError: 0 };
  const parameters = new Parameters();
  const [row] = await engine.rows(parameters.statement(`SELECT count(DISTINCT v) FROM (${valuesOf(plan, field, parameters)})`), context);
  return { value: countOf(row?.[0]), relativeError: 0 };
}

export async function connections(engine: Engine, plan: QueryPlan, request: ConnectionsRequest, context: ReadContext): Promise<ConnectionsResult> {
  requireLinks(request);
  const fields = [request.sourceField, request.destinationField];
  for (const field of fields) plan.requireVisible(field);
  if (plan.isEmpty) return { links: [], truncated: false };
  const parameters = new Parameters();
  const metrics = ["packets", "bytes", "databytes"] as const;
  const sums = metrics.map((metric) => `sum(m_${metric})::BIGINT`).join(", ");
  const rows = await engine.rows(
    parameters.statement(
      `SELECT k0, k1, count(*) AS sessions, ${sums} FROM (${combinations(plan, fields, metrics, parameters)})
       WHERE ${allPresent(fields)} GROUP BY k0, k1 HAVING count(*) >= ${parameters.integer(Math.max(1, request.minimumSessions))}
       ORDER BY sessions DESC, k0, k1 LIMIT ${request.limit + 1}`,
    ), context,
  );
  const links = rows.slice(0, request.limit).map(([source = null, destination = null, sessions, packets, bytes, databytes]) => ({
    source: String(plainValue(source, meaning(request.sourceField))),
    destination: String(plainValue(destination, meaning(request.destinationField))),
    sessions: countOf(sessions), packets: countOf(packets), bytes: countOf(bytes), databytes: countOf(databytes),
  }));
  return { links, truncated: rows.length > request.limit };
}
