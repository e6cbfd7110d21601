import { estimate, USUAL_TRAFFIC } from "../../retention/estimate.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Prints what disk and index a load needs, with the arithmetic; needs no data. */
export function run({ options, print }: CommandContext): Promise<number> {
  const days = numberOf("--days", options["days"], null);
  const made = estimate({
    bitsPerSecond: rateOf(options["rate"]), days,
    packetBytes: numberOf("--packet-bytes", options["packetBytes"], USUAL_TRAFFIC.packetBytes),
    sessionBytes: numberOf("--session-bytes", options["sessionBytes"], USUAL_TRAFFIC.sessionBytes),
    rowBytes: numberOf("--row-bytes", options["rowBytes"], USUAL_TRAFFIC.rowBytes),
    sessionDays: numberOf("--session-days", options["sessionDays"], days),
    freePercent: numberOf("--free", typeof options["free"] === "string" ? options["free"].replace(/%$/, "") : options["free"], 5),
  });
  if (options["json"] === true) print(JSON.stringify(made));
  else for (const line of made.lines) print(line);
  return Promise.resolve(EXIT.ok);
}

/** `500M`, `500Mbit/s` or `10G`: bits a second, in powers of ten as link speeds are. */
function rateOf(given: unknown): number {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)(?:bit(?:\/s)?|bps)?$/i.exec(String(given ?? ""));
  const unit = UNITS[match?.[2]?.toLowerCase() ?? "none"];
  if (match === null || unit === undefined || Number(match[1]) === 0) {
    throw new UsageError(`--rate ${given === undefined ? "is missing" : String(given).slice(0, 40)}: expected the average load in bits a second, such as 500M or 2.5G`);
  }
  return Number(match[1]) * unit;
}

function numberOf(flag: string, given: unknown, usual: number | null): number {
  if (given === undefined && usual !== null) return usual;
  const text = String(given ?? "");
  if (!/^\d{1,12}(\.\d{1,6})?$/.test(text)) throw new UsageError(`${flag} ${given === undefined ? "is missing" : text.slice(0, 40)}: expected a number`);
  return Number(text);
}
