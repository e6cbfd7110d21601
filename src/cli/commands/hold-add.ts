import { systemClock } from "../../base/clock.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { printCount } from "../print-time.js";
import { printBytes } from "../progress.js";
import { rangeOf, untilOf } from "../time-options.js";
import { UsageError } from "../usage-error.js";

const HOLD = `mutation ($expression: String!, $range: TimeRange, $reason: String!, $until: DateTime) {
  holdSessions(expression: $expression, timeRange: $range, reason: $reason, until: $until) { id sessions packets bytes until }
}`;

/** Keeps the sessions that match now, with their packets, from retention. */
export async function run({ operands: [expression], options, connect, print }: CommandContext): Promise<number> {
  const reason = options["reason"];
  if (typeof reason !== "string") throw new UsageError("--reason: say why, for people who want to delete");
  const range = rangeOf(options, systemClock.nowMs());
  if (typeof expression !== "string" || (expression.trim() === "" && range === null)) throw new UsageError("name the sessions by an expression, or by a time range as well where that is '' (--start 0: all of them)");
  const until = options["until"] === undefined ? null : untilOf("--until", String(options["until"]), systemClock.nowMs());
  const connection = await connect("change");
  try {
    const hold = (await connection.ask(HOLD, { expression, range, reason, until })).at("holdSessions");
    const end = hold.at("until").orNull();
    if (options["json"] === true) print(JSON.stringify(hold.value));
    else print(`hold ${hold.at("id").number()}: ${printCount(hold.at("sessions").number())} sessions, ${printCount(hold.at("packets").number())} packets (${printBytes(hold.at("bytes").number())}), ${end === null ? "until it is released" : `until ${new Date(end.time()).toISOString()}`}`);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
