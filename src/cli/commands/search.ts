import { withLifecycle } from "../../app/lifecycle.js";
import { LocalQuery } from "../../app/local-query.js";
import { openLog } from "../../app/log.js";
import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldValue } from "../../model/session.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

const USUAL_FIELDS = "starttime,stoptime,protocols,ip.src,port.src,ip.dst,port.dst,packets,bytes";
/** Most sessions of one command; more is an export's work. */
const MOST = 2000;

/** Prints sessions, newest first: a line each, fields separated by tabs, or JSON lines. */
export async function run({ operands: [expression], options, config: configOf, print }: CommandContext): Promise<number> {
  const config = await configOf();
  const limit = limitOf(options["limit"]);
  const logger = openLog(config, "search");
  const { query, stop } = await withLifecycle(logger, async (lifecycle) => ({ query: await LocalQuery.open(config, logger, lifecycle) }));
  const abort = new AbortController();
  const cancel = (): void => { abort.abort(); };
  process.once("SIGINT", cancel);
  try {
    const { store } = query.parts;
    const filter = query.filter(typeof expression === "string" ? expression : "", timeOf("--start", options["start"]), timeOf("--end", options["end"]));
    if (options["count"] === true) {
      print(String(await store.count(filter, query.context(abort.signal))));
      return EXIT.ok;
    }
    const names = String(options["fields"] ?? USUAL_FIELDS).split(",").map((name) => name.trim()).filter((name) => name !== "");
    const fields = names.map((name) => query.field(name));
    const { rows } = await store.search({ ...filter, fields, order: [{ field: query.field("stoptime"), direction: "desc" }], limit, after: null, countTotal: false }, query.context(abort.signal));
    for (const row of rows) {
      const values = fields.map((field) => row.values.get(field.path) ?? null);
      if (options["json"] === true) print(JSON.stringify({ id: row.id, ...Object.fromEntries(names.map((name, at) => [name, values[at] ?? null])) }));
      else print(values.map((value, at) => text(value, fields[at])).join("\t"));
    }
    return EXIT.ok;
  } finally {
    process.off("SIGINT", cancel);
    await stop();
  }
}

function limitOf(given: unknown): number {
  const limit = given === undefined ? 100 : Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new LookbackError("LIMIT_EXCEEDED", `--limit ${String(given)}: allowed: 1 to ${MOST}`, { limit: MOST });
  return limit;
}

/** Seconds since 1970, or ISO 8601, in milliseconds; null when not given. */
function timeOf(flag: string, given: unknown): number | null {
  if (given === undefined) return null;
  const time = /^\d+(\.\d+)?$/.test(String(given)) ? Number(given) * 1000 : Date.parse(String(given));
  if (Number.isNaN(time)) throw new LookbackError("TIME_RANGE_INVALID", `${flag} ${String(given)}: expected ISO 8601 or seconds since 1970`);
  return time;
}

function text(value: FieldValue, field: Field | undefined): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return value.map((item: FieldValue) => text(item, field)).join(",");
  if (field?.kind === "seconds" && typeof value === "number") return new Date(value).toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value).replace(/[\t\n\r]/g, " ");
}
