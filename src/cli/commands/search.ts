import { systemClock } from "../../base/clock.js";
import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import type { Connection } from "../connection.js";
import { EXIT } from "../exit-code.js";
import { LOSS, lossNote } from "../loss-note.js";
import { withNamedFields } from "../named-fields.js";
import { printCount, TimePrinter } from "../print-time.js";
import { chosenFields, overview, type NamedValues, type SessionView } from "../session-view.js";
import { table, tabSeparated } from "../table.js";
import { rangeOf, type AskedRange } from "../time-options.js";
import { UsageError } from "../usage-error.js";

/** What programs get that name no fields; its order is kept from release to release. */
const PLAIN_FIELDS = ["starttime", "stoptime", "protocols", "ip.src", "port.src", "ip.dst", "port.dst", "packets", "bytes"];
/** Most sessions of one command; more is an export's work. */
const MOST = 100_000;
/** Sessions of one page. */
const PAGE = 1_000;
/** Values of one page: what an operation may cost bounds them. */
const PAGE_VALUES = 100_000;

const SEARCH = `query ($expression: String, $range: TimeRange, $names: [String!]!, $first: Int!, $after: String, $order: [SessionOrder!], $count: Boolean!) {
  sessions(expression: $expression, timeRange: $range, first: $first, after: $after, order: $order) {
    completeUntil sensors { node state lastHeard } ${LOSS}
    nodes { id fields(names: $names) { name value } }
    pageInfo { hasNextPage endCursor }
    totalCount @include(if: $count) { value relation }
  }
}`;
const COUNT = `query ($expression: String, $range: TimeRange) { aggregate(expression: $expression, timeRange: $range) { count ${LOSS} } }`;

/** What one search asks for. */
interface Asked {
  readonly expression: string;
  readonly range: AskedRange | null;
  readonly order: readonly { readonly field: string; readonly direction: string }[] | null;
  readonly limit: number;
}

/** Prints sessions, newest first: a table on a terminal; else a line each with fields separated by tabs, or JSON lines. */
export async function run({ operands: [expression], options, connect, print, note, terminal }: CommandContext): Promise<number> {
  const asked: Asked = {
    expression: typeof expression === "string" ? expression : "", range: rangeOf(options, systemClock.nowMs()),
    order: orderOf(options["sort"]), limit: limitOf(options["limit"]),
  };
  const chosen = namesOf(options["fields"]);
  return withNamedFields([...(chosen ?? []), ...(asked.order ?? []).map(({ field }) => field)], () => printed(asked, chosen, { options, connect, print, note, terminal }));
}

async function printed(asked: Asked, chosen: readonly string[] | null, { options, connect, print, note, terminal }: Pick<CommandContext, "options" | "connect" | "print" | "note" | "terminal">): Promise<number> {
  const tell = (loss: string | null): void => { if (loss !== null) note(loss); };
  const connection = await connect("read");
  try {
    if (options["count"] === true) {
      const answer = (await connection.ask(COUNT, { expression: asked.expression, range: asked.range })).at("aggregate");
      print(String(answer.at("count").number()));
      tell(lossNote(answer));
      return EXIT.ok;
    }
    if (options["json"] === true) {
      const names = chosen ?? PLAIN_FIELDS;
      const { loss } = await eachPage(connection, asked, names, false, (rows) => {
        for (const { id, values } of rows) print(JSON.stringify({ id, ...Object.fromEntries(values) }));
      });
      tell(loss);
    } else if (terminal.forPeople) {
      const times = new TimePrinter(options["utc"] === true);
      tell(await printTable(connection, asked, chosen === null ? overview(times) : chosenFields(chosen, times), times, { print, note, terminal }));
    } else {
      const view = chosenFields(chosen ?? PLAIN_FIELDS, null);
      const { loss } = await eachPage(connection, asked, view.names, false, (rows) => {
        for (const line of tabSeparated(rows.map((row) => view.row(row.values)))) print(line);
      });
      tell(loss);
    }
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** Prints the table and what there is to say of it; what was lost is returned. */
async function printTable(
  connection: Connection, asked: Asked, view: SessionView, times: TimePrinter, { print, note, terminal }: Pick<CommandContext, "print" | "note" | "terminal">,
): Promise<string | null> {
  const shown: (readonly string[])[] = [];
  const last = await eachPage(connection, asked, view.names, true, (rows) => {
    for (const { values } of rows) shown.push(view.row(values));
  });
  if (shown.length > 0) for (const line of table(view.columns, shown, terminal)) print(line);
  const { total, completeUntil } = last;
  const silent = last.silent.map(({ node, heardMs }) => `${node} has been silent since ${times.print(heardMs)}`).join(", ");
  const all = total === null || total === shown.length ? printCount(shown.length) : `${printCount(shown.length)} of ${printCount(total)}`;
  const more = total !== null && total > shown.length ? `; --limit shows more, up to ${printCount(MOST)}` : "";
  note(terminal.dim(`${all} session${(total ?? shown.length) === 1 ? "" : "s"} (times are ${times.zone})${completeUntil === null ? "" : `, complete until ${times.print(completeUntil)}${silent === "" ? "" : `: ${silent}`}`}${more}`));
  if (shown.length === 0 && asked.range !== null) note(terminal.dim(await outsideRange(connection, asked, times)));
  return last.loss;
}

/** What there is at other times, for somebody whose time range has nothing. */
async function outsideRange(connection: Connection, asked: Asked, times: TimePrinter): Promise<string> {
  let newest: unknown = null;
  await eachPage(connection, { ...asked, range: null, order: null, limit: 1 }, ["stoptime"], false, ([row]) => { newest = row?.values.get("stoptime") ?? null; });
  return typeof newest === "number" ? `outside the time range there are some: the newest ended ${times.print(newest)}` : "there are none at other times either";
}

/** A sensor that died, and when it was last heard of, in milliseconds since 1970. */
interface SilentSensor {
  readonly node: string;
  readonly heardMs: number;
}

interface Row {
  readonly id: string;
  readonly values: NamedValues;
}

/** Reads pages until the limit; the count of all that match comes with the first one when `count` is set. */
async function eachPage(
  connection: Connection, { expression, range, order, limit }: Asked, names: readonly string[], count: boolean, use: (rows: readonly Row[]) => void,
): Promise<{ readonly total: number | null; readonly completeUntil: number | null; readonly silent: readonly SilentSensor[]; readonly loss: string | null }> {
  let silent: readonly SilentSensor[] = [];
  let [after, left, total, completeUntil, loss]: [string | null, number, number | null, number | null, string | null] = [null, limit, null, null, null];
  do {
    const first = Math.min(left, PAGE, Math.max(1, Math.floor(PAGE_VALUES / names.length)));
    const page = (await connection.ask(SEARCH, { expression, range, names, order, first, after, count: count && after === null })).at("sessions");
    if (after === null) {
      total = count ? (page.at("totalCount").orNull()?.at("value").number() ?? null) : null;
      completeUntil = page.at("completeUntil").orNull()?.time() ?? null;
      silent = page.at("sensors").list().filter((sensor) => sensor.at("state").text() === "SILENT").map((sensor) => ({ node: sensor.at("node").text(), heardMs: sensor.at("lastHeard").time() }));
      loss = lossNote(page);
    }
    const rows = page.at("nodes").list().map(rowOf);
    use(rows);
    left -= rows.length;
    const info = page.at("pageInfo");
    after = rows.length > 0 && info.at("hasNextPage").flag() ? info.at("endCursor").text() : null;
  } while (after !== null && left > 0);
  return { total, completeUntil, silent, loss };
}

function rowOf(node: Answer): Row {
  const values = new Map(node.at("fields").list().map((field) => [field.at("name").text(), field.at("value").value]));
  return { id: node.at("id").text(), values };
}

function namesOf(given: unknown): readonly string[] | null {
  if (given === undefined) return null;
  const names = [...new Set(String(given).split(",").map((name) => name.trim()).filter((name) => name !== ""))];
  if (names.length === 0) throw new UsageError("--fields names no field; `lookback fields` lists them");
  return names;
}

/** `bytes` or `bytes:asc`, separated by commas. */
function orderOf(given: unknown): Asked["order"] {
  if (given === undefined) return null;
  return String(given).split(",").map((part) => {
    // A document path has a colon of its own.
    const { field, direction = "desc" } = /^(?<field>(?:db:)?[^:]+)(?::(?<direction>asc|desc))?$/.exec(part.trim())?.groups ?? {};
    if (field === undefined) {
      throw new UsageError(`--sort ${String(given).slice(0, 80)}: expected FIELD or FIELD:asc, separated by commas`);
    }
    return { field, direction: direction.toUpperCase() };
  });
}

function limitOf(given: unknown): number {
  const limit = given === undefined ? 100 : Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new UsageError(`--limit ${String(given).slice(0, 40)}: allowed: 1 to ${MOST}`, "LIMIT_EXCEEDED", { limit: MOST });
  return limit;
}
