import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import { counted } from "../counted.js";
import { EXIT } from "../exit-code.js";
import { printCount } from "../print-time.js";
import { printBytes } from "../progress.js";
import { table, tabSeparated, type Column } from "../table.js";
import { UsageError } from "../usage-error.js";

const MEMBERS = "{ name expression days maxBytes sessions bytes createdBy created }";
const LIST = `{ retentionClasses { classes ${MEMBERS} } }`;
const SET = `mutation ($name: String!, $expression: String!, $days: Float!, $maxBytes: Long) { setRetentionClass(name: $name, expression: $expression, days: $days, maxBytes: $maxBytes) ${MEMBERS} }`;
const REMOVE = `mutation ($name: String!) { removeRetentionClass(name: $name) ${MEMBERS} }`;
const COLUMNS: readonly Column[] = [
  { title: "class" }, { title: "days", align: "right" }, { title: "at most", align: "right" }, { title: "sessions", align: "right" }, { title: "bytes", align: "right" }, { title: "by" }, { title: "expression", least: 12 },
];

/** Prints the classes. */
export function list(context: CommandContext): Promise<number> {
  return asked(context, "read", LIST, {}, (answer) => answer.at("retentionClasses").at("classes").list());
}

/** Adds or changes a class and prints it. */
export function set(context: CommandContext): Promise<number> {
  const { operands: [name, expression], options } = context;
  const days = numberOf("--days", options["days"]);
  if (days === null) throw new UsageError("--days: say how long its sessions are kept");
  const gib = numberOf("--max-size", options["maxSize"]);
  return asked(context, "change", SET, { name, expression, days, maxBytes: gib === null ? null : Math.round(gib * 2 ** 30) }, (answer) => [answer.at("setRetentionClass")]);
}

/** Removes a class and says so; `--json` prints it as it was. */
export function remove(context: CommandContext): Promise<number> {
  const { note, options } = context;
  return asked(context, "change", REMOVE, { name: context.operands[0] }, (answer) => {
    const removed = answer.at("removeRetentionClass");
    if (options["json"] === true) return [removed];
    note(`Removed ${removed.at("name").text()}, which held ${counted(removed.at("sessions").number(), "session")} (${removed.at("expression").text()}).`);
    return [];
  });
}

async function asked(
  { options, connect, print, terminal }: CommandContext, access: "read" | "change", operation: string, variables: Readonly<Record<string, unknown>>, found: (answer: Answer) => readonly Answer[],
): Promise<number> {
  const connection = await connect(access);
  try {
    const classes = found(await connection.ask(operation, variables));
    if (options["json"] === true) {
      for (const one of classes) print(JSON.stringify(one.value));
      return EXIT.ok;
    }
    const size = (bytes: number): string => (terminal.forPeople ? printBytes(bytes) : String(bytes));
    const rows = classes.map((one) => {
      const most = one.at("maxBytes").orNull();
      return [
        one.at("name").text(), String(one.at("days").number()), most === null ? "-" : size(most.number()), terminal.forPeople ? printCount(one.at("sessions").number()) : String(one.at("sessions").number()),
        size(one.at("bytes").number()), one.at("createdBy").text(), one.at("expression").text(),
      ];
    });
    if (rows.length > 0 || access === "read") for (const line of terminal.forPeople ? table(COLUMNS, rows, terminal) : tabSeparated(rows)) print(line);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function numberOf(flag: string, given: unknown): number | null {
  if (given === undefined) return null;
  const text = String(given);
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text)) throw new UsageError(`${flag} ${text.slice(0, 40)}: expected a number`);
  return Number(text);
}
