import { systemClock } from "../../base/clock.js";
import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { LOSS, lossNote } from "../loss-note.js";
import { withNamedFields } from "../named-fields.js";
import { printCount, TimePrinter } from "../print-time.js";
import { printBytes } from "../progress.js";
import { isoTime, kindOf } from "../session-view.js";
import { table, tabSeparated, type Column } from "../table.js";
import { cut, printable } from "../terminal.js";
import { rangeOf } from "../time-options.js";
import { UsageError } from "../usage-error.js";

const METRICS = ["sessions", "packets", "bytes", "databytes"] as const;
type Metric = (typeof METRICS)[number];

/** Most buckets of `--by` and of a histogram. */
const MOST_BUCKETS = 10_000;
/** Characters of the longest bar. */
const LONGEST_BAR = 30;

const HEAD = "query ($expression: String, $range: TimeRange";
const ON = `{ aggregate(expression: $expression, timeRange: $range) { ${LOSS}`;
const TERMS = `${HEAD}, $field: String!, $metric: Metric!, $size: Int!) ${ON} completeUntil count terms(field: $field, metric: $metric, size: $size) { buckets { key sessions value } otherValue errorBound } } }`;
const CROSS = `${HEAD}, $fields: [String!]!, $metric: Metric!, $size: Int!) ${ON} completeUntil count crossTab(fields: $fields, metric: $metric, size: $size) { buckets { keys sessions value } otherValue errorBound } } }`;
const HISTOGRAM = `${HEAD}, $metric: Metric!, $interval: IntervalInput, $zone: String!) ${ON} histogram(metrics: [$metric], interval: $interval, timeZone: $zone) { interval { unit count } starts series { values } } } }`;
const NUMBERS = `${HEAD}, $field: String!, $percents: [Float!]!) ${ON} stats(field: $field) { count min max sum average } percentiles(field: $field, percents: $percents) { percent value } } }`;
const DISTINCT = `${HEAD}, $field: String!) ${ON} cardinality(field: $field) { value relativeError } } }`;

const PERCENTS = [5, 50, 95, 99];

/** Top values of fields, a histogram over time, statistics of a number, or how many values there are. */
export async function run(context: CommandContext): Promise<number> {
  const { operands: [expression], options, connect } = context;
  const asked = { expression: typeof expression === "string" ? expression : "", range: rangeOf(options, systemClock.nowMs()) };
  const kinds = ["by", "histogram", "stats", "distinct"].filter((name) => options[name] !== undefined);
  if (kinds.length > 1) throw new UsageError(`${kinds.map((name) => `--${name}`).join(" and ")}: ask for one of them`);
  const [metric, size, fields] = [metricOf(options["metric"]), sizeOf(options["size"]), namesOf(options["by"] ?? "protocols")];
  const interval = options["histogram"] === undefined ? null : intervalOf(options["histogram"]);
  const named = [...fields, ...["stats", "distinct"].flatMap((name) => (options[name] === undefined ? [] : [String(options[name])]))];
  const connection = await connect("read");
  try {
    const ask = async (operation: string, more: Readonly<Record<string, unknown>>): Promise<Answer> => {
      const answer = (await withNamedFields(named, () => connection.ask(operation, { ...asked, ...more }))).at("aggregate");
      const loss = lossNote(answer);
      if (loss !== null) context.note(loss);
      return answer;
    };
    if (options["histogram"] !== undefined) await printHistogram(context, ask, metric, interval);
    else if (options["stats"] !== undefined) await printNumbers(context, ask, String(options["stats"]));
    else if (options["distinct"] !== undefined) await printDistinct(context, ask, String(options["distinct"]));
    else await printTop(context, ask, { fields, metric, size });
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

type Ask = (operation: string, more: Readonly<Record<string, unknown>>) => Promise<Answer>;

/** Which values are asked for. */
interface Top {
  readonly fields: readonly string[];
  readonly metric: Metric;
  readonly size: number;
}

async function printTop({ options, print, note, terminal }: CommandContext, ask: Ask, { fields, metric, size }: Top): Promise<void> {
  const [field = ""] = fields;
  const answer = fields.length === 1 ? await ask(TERMS, { field, metric: metric.toUpperCase(), size }) : await ask(CROSS, { fields, metric: metric.toUpperCase(), size });
  const found = answer.at(fields.length === 1 ? "terms" : "crossTab");
  const buckets = found.at("buckets").list().map((bucket) => ({
    keys: fields.length === 1 ? [bucket.at("key").text()] : bucket.at("keys").list().map((key) => key.text()), sessions: bucket.at("sessions").number(), value: bucket.at("value").number(),
  }));
  const shownKeys = fields.map(keyPrinter);
  const [count, other, error] = [answer.at("count").number(), found.at("otherValue").number(), found.at("errorBound").number()];
  if (options["json"] === true) {
    print(JSON.stringify({ fields, metric, count, buckets, otherValue: other, errorBound: error }));
  } else if (terminal.forPeople) {
    const most = Math.max(...buckets.map((bucket) => bucket.value), 1);
    const columns: Column[] = [
      ...fields.map((title) => ({ title, least: 12 })), ...(metric === "sessions" ? [] : [{ title: "sessions", align: "right" as const }]), { title: metric, align: "right" }, { title: "" },
    ];
    const shown = (value: number): string => (metric === "sessions" || metric === "packets" ? printCount(value) : printBytes(value));
    for (const line of table(columns, buckets.map(({ keys, sessions, value }) => [...keys.map((key, at) => shownKeys[at]?.(key) ?? key), ...(metric === "sessions" ? [] : [printCount(sessions)]), shown(value), bar(value, most)]), terminal)) print(line);
    const rest = other > 0 ? `; ${shown(other)} ${metric} in other values (--size shows more)` : "";
    note(terminal.dim(`${printCount(count)} sessions match${rest}${error > 0 ? `; each value may be up to ${printCount(error)} too small` : ""}`));
  } else {
    for (const line of tabSeparated(buckets.map(({ keys, sessions, value }) => [...keys.map((key, at) => shownKeys[at]?.(key) ?? key), String(sessions), ...(metric === "sessions" ? [] : [String(value)])]))) print(line);
  }
}

async function printHistogram({ options, print, note, terminal }: CommandContext, ask: Ask, metric: Metric, interval: Interval | null): Promise<void> {
  const utc = options["utc"] === true || !terminal.forPeople;
  const zone = utc ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = (await ask(HISTOGRAM, { metric: metric.toUpperCase(), interval, zone })).at("histogram");
  const starts = found.at("starts").list().map((start) => start.number());
  const values = found.at("series").list()[0]?.at("values").list().map((value) => value.number()) ?? [];
  const { unit, count } = { unit: found.at("interval").at("unit").text().toLowerCase(), count: found.at("interval").at("count").number() };
  if (options["json"] === true) {
    print(JSON.stringify({ metric, interval: { unit, count }, timeZone: zone, starts, values }));
  } else if (terminal.forPeople) {
    const times = new TimePrinter(utc);
    const most = Math.max(...values, 1);
    for (const [at, start] of starts.entries()) {
      const value = values[at] ?? 0;
      print(cut(`${times.print(start).slice(0, unit === "second" || unit === "minute" || unit === "hour" ? 19 : 10)}  ${printCount(value).padStart(printCount(most).length)}  ${bar(value, most)}`, terminal.columns));
    }
    note(terminal.dim(`${metric} per ${count === 1 ? unit : `${count} ${unit}s`} (times are ${times.zone})`));
  } else {
    for (const [at, start] of starts.entries()) print(`${new Date(start).toISOString()}\t${values[at] ?? 0}`);
  }
}

async function printNumbers({ options, print }: CommandContext, ask: Ask, field: string): Promise<void> {
  const answer = await ask(NUMBERS, { field, percents: PERCENTS });
  const stats = answer.at("stats");
  const numbers = {
    count: stats.at("count").number(), min: stats.at("min").orNull()?.number() ?? null, max: stats.at("max").orNull()?.number() ?? null,
    sum: stats.at("sum").number(), average: stats.at("average").orNull()?.number() ?? null,
  };
  const percentiles = answer.at("percentiles").list().map((one) => ({ percent: one.at("percent").number(), value: one.at("value").orNull()?.number() ?? null }));
  if (options["json"] === true) {
    print(JSON.stringify({ field, ...numbers, percentiles }));
    return;
  }
  const time = kindOf(field) === "seconds";
  const plain = (value: number | null): string => (value === null ? "-" : String(Math.round(value * 1_000) / 1_000));
  const shown = (value: number | null): string => (time && value !== null ? isoTime(value) : plain(value));
  // A sum of points in time says nothing.
  for (const [name, value] of Object.entries(numbers)) if (!(time && name === "sum")) print(`${name}\t${name === "count" ? plain(value) : shown(value)}`);
  for (const { percent, value } of percentiles) print(`p${percent}\t${shown(value)}`);
}

async function printDistinct({ options, print }: CommandContext, ask: Ask, field: string): Promise<void> {
  const found = (await ask(DISTINCT, { field })).at("cardinality");
  const [value, error] = [found.at("value").number(), found.at("relativeError").number()];
  if (options["json"] === true) print(JSON.stringify({ field, distinct: value, relativeError: error }));
  else print(`${value}${error > 0 ? `\t± ${(error * 100).toFixed(1)} %` : ""}`);
}

/** Keys of a field of times are milliseconds; people and scripts read ISO 8601. */
function keyPrinter(field: string): (key: string) => string {
  return kindOf(field) === "seconds" ? (key) => (key === "" ? "" : isoTime(Number(key))) : (key) => key;
}

/** A bar for a value, in eighths of a character. */
function bar(value: number, most: number): string {
  const eighths = Math.round((value / most) * LONGEST_BAR * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "");
}

function namesOf(given: unknown): string[] {
  const names = String(given).split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (names.length === 0 || names.length > 4) throw new UsageError(`--by ${printable(String(given)).slice(0, 80)}: expected one to four fields, separated by commas`);
  return names;
}

function metricOf(given: unknown): Metric {
  const metric = METRICS.find((name) => name === String(given ?? "sessions"));
  if (metric === undefined) throw new UsageError(`--metric ${String(given).slice(0, 40)}: allowed: ${METRICS.join(", ")}`);
  return metric;
}

function sizeOf(given: unknown): number {
  const size = given === undefined ? 20 : Number(given);
  if (!Number.isInteger(size) || size < 1 || size > MOST_BUCKETS) throw new UsageError(`--size ${String(given).slice(0, 40)}: allowed: 1 to ${MOST_BUCKETS}`, "LIMIT_EXCEEDED", { limit: MOST_BUCKETS });
  return size;
}

const UNITS: Readonly<Record<string, string>> = { s: "SECOND", min: "MINUTE", m: "MINUTE", h: "HOUR", d: "DAY", w: "WEEK", mo: "MONTH" };

/** The width of a histogram's buckets, as the API has it. */
interface Interval {
  readonly unit: string;
  readonly count: number;
}

/** `15m` as the API has it; null lets the service choose. */
function intervalOf(given: unknown): Interval | null {
  if (given === true) return null;
  const match = /^(\d{1,6})([a-z]+)$/.exec(String(given));
  const unit = UNITS[match?.[2] ?? ""];
  if (match === null || unit === undefined) throw new UsageError(`--histogram ${String(given).slice(0, 40)}: expected a number and s, m, h, d, w or mo, such as 15m`);
  return { unit, count: Number(match[1]) };
}
