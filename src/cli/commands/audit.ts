import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { TimePrinter } from "../print-time.js";
import { table, tabSeparated } from "../table.js";
import { rangeOf } from "../time-options.js";
import { UsageError } from "../usage-error.js";

const LOG = `query ($user: String, $action: String, $outcome: String, $address: String, $contains: String, $timeRange: TimeRange, $first: Int!, $before: ID) {
  auditLog(user: $user, action: $action, outcome: $outcome, address: $address, contains: $contains, timeRange: $timeRange, first: $first, before: $before) {
    next entries { id at user action address method outcome durationMs details }
  }
}`;

/** Most entries of one question. */
const PAGE = 1_000;
const MOST = 1_000_000;

/** Prints the audit log, newest first. */
export async function run(context: CommandContext): Promise<number> {
  const { operands: [contains], options, print, terminal } = context;
  const limit = Number(options["limit"] ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) throw new UsageError(`--limit is 1 to ${MOST}, not ${String(options["limit"]).slice(0, 40)}`);
  const asked = {
    user: options["user"] ?? null, action: options["action"] ?? null, outcome: options["outcome"] ?? null, address: options["address"] ?? null,
    contains: typeof contains === "string" ? contains : null, timeRange: rangeOf(options, Date.now()),
  };
  const connection = await context.connect("read");
  try {
    const times = new TimePrinter(options["utc"] === true);
    let before: string | null = null;
    let left = limit;
    let first = true;
    do {
      const page: Answer = (await connection.ask(LOG, { ...asked, first: Math.min(PAGE, left), before })).at("auditLog");
      const entries: readonly Answer[] = page.at("entries").list();
      left -= entries.length;
      before = page.at("next").orNull()?.text() ?? null;
      if (options["json"] === true) {
        for (const entry of entries) print(JSON.stringify(entry.value));
      } else {
        const rows = entries.map((entry) => [
          times.print(entry.at("at").time()), entry.at("user").text(), entry.at("address").orNull()?.text() ?? "", entry.at("action").text(), entry.at("outcome").text(),
          `${entry.at("durationMs").orNull()?.number() ?? ""}`, shown(entry.at("details").value),
        ]);
        const columns = [
          { title: `Time (${times.zone})` }, { title: "User" }, { title: "From" }, { title: "Action" }, { title: "Outcome" }, { title: "ms", align: "right" as const }, { title: "Details", least: 20 },
        ];
        const lines = terminal.forPeople ? table(columns, rows, terminal) : tabSeparated(rows);
        for (const line of terminal.forPeople && !first ? lines.slice(1) : lines) print(line);
      }
      first = false;
    } while (before !== null && left > 0);
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

/** Details as `name=value` pairs. */
function shown(details: unknown): string {
  if (typeof details !== "object" || details === null) return "";
  return Object.entries(details).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join(" ");
}
