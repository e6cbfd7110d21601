import type { Answer } from "../answer.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { printCount } from "../print-time.js";
import { printBytes } from "../progress.js";
import { UsageError } from "../usage-error.js";

const FORECAST = `query ($whatIf: [WhatIfInput!]!) {
  retentionForecast(whatIf: $whatIf) {
    packets { daysNow days boundBy bytesPerDay averagedDays capacityBytes full error { samples meanErrorPercent worstErrorPercent } }
    sessions { daysNow days bytesPerDay sessionsPerDay bytesThen }
    whatIf { expression firstPackets savedPercent days gainedDays }
  }
}`;
const BOUNDS: Readonly<Record<string, string>> = { room: "by the room on the device (freeSpaceG)", "total-size": "by pcapMaxSizeG", age: "by pcapMaxAgeDays" };

/** Prints how long packets and sessions will be kept, and what keeping fewer packets would gain. */
export async function run({ options, connect, print }: CommandContext): Promise<number> {
  const whatIf = whatIfOf(options["keep"], options["of"]);
  const connection = await connect("read");
  try {
    const made = (await connection.ask(FORECAST, { whatIf })).at("retentionForecast");
    if (options["json"] === true) print(JSON.stringify(made.value));
    else for (const line of lines(made)) print(line);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

function whatIfOf(keep: unknown, of: unknown): readonly { readonly expression: string; readonly firstPackets: number }[] {
  if (keep === undefined) {
    if (of !== undefined) throw new UsageError("--of says of which sessions --keep packets are kept; give both");
    return [];
  }
  const firstPackets = Number(keep);
  if (!Number.isInteger(firstPackets) || firstPackets < 1) throw new UsageError(`--keep ${String(keep).slice(0, 40)}: expected a number of packets from 1`);
  return [{ expression: of === undefined ? "" : String(of), firstPackets }];
}

const days = (value: Answer | null): string => (value === null ? "none" : value.number() >= 36_500 ? "more than 100 years" : `${value.number().toFixed(1)} days`);

function* lines(made: Answer): Generator<string> {
  const [packets, sessions] = [made.at("packets"), made.at("sessions")];
  const averaged = packets.at("averagedDays").number();
  const rate = `${printBytes(packets.at("bytesPerDay").number())} a day (${averaged === 0 ? "of today so far" : `average of ${averaged} days`})`;
  yield `packets: ${days(packets.at("daysNow").orNull())} now; ${rate}`;
  const forecastDays = packets.at("days").orNull();
  if (forecastDays === null) yield "  nothing is written, so nothing is forecast";
  else yield `  ${days(forecastDays)} will be kept in ${printBytes(packets.at("capacityBytes").number())}, bounded ${BOUNDS[packets.at("boundBy").orNull()?.text() ?? ""] ?? "by nothing"}`;
  const full = packets.at("full").orNull();
  if (full !== null) yield `  the oldest go from ${new Date(full.time()).toISOString()} on`;
  const error = packets.at("error").orNull();
  yield error === null
    ? "  how far off such forecasts are is known after two complete days"
    : `  such forecasts were off by ${error.at("meanErrorPercent").number().toFixed(0)}% on average, ${error.at("worstErrorPercent").number().toFixed(0)}% at worst (${error.at("samples").number()} days compared)`;
  const then = sessions.at("bytesThen").orNull();
  const kept = sessions.at("days").orNull();
  yield `sessions: ${days(sessions.at("daysNow").orNull())} now; ${printCount(sessions.at("sessionsPerDay").number())} and ${printBytes(sessions.at("bytesPerDay").number())} of index a day`;
  yield kept === null ? "  kept as long as there is room (expireDays and sessionMaxSizeG are unset)" : `  ${days(kept)} will be kept${then === null ? "" : `, in ${printBytes(then.number())}`}`;
  for (const one of made.at("whatIf").list()) {
    const expression = one.at("expression").text();
    const gained = one.at("gainedDays").orNull();
    yield `keep ${printCount(one.at("firstPackets").number())} packets of each session${expression === "" ? "" : ` of ${expression}`}: ${one.at("savedPercent").number().toFixed(1)}% of the bytes less${gained === null ? "" : `, ${gained.number() < 0 ? "" : "+"}${gained.number().toFixed(1)} days`}`;
  }
}
