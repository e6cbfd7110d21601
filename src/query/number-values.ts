import type { FieldKind } from "../model/field.js";

/** A closed range of numbers; a single value has equal ends. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

/** IP protocol numbers by the words that Arkime takes for them (IANA Protocol Numbers). */
const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1], ["igmp", 2], ["tcp", 6], ["udp", 17], ["gre", 47], ["esp", 50], ["icmp6", 58], ["icmpv6", 58], ["ospf", 89], ["pim", 103], ["sctp", 132],
]);

/** Words that stand for numbers of the field at `path`; null where there are none. */
export function numberWords(path: string): ReadonlyMap<string, number> | null {
  return path === "ipProtocol" ? PROTOCOL_NUMBERS : null;
}

const INTEGER = String.raw`-?\d+`;
const DECIMAL = String.raw`-?(?:\d+(?:\.\d*)?|\.\d+)`;

function toNumber(text: string, integer: boolean): number | null {
  const value = Number(text);
  if (!Number.isFinite(value)) return null;
  // A whole number that a double cannot tell from its neighbours would match the wrong sessions.
  return integer && !Number.isSafeInteger(value) ? null : value;
}

/** A number, or `a-b` with both ends included; null when the text is neither, reversed, or beyond 2^53. */
export function numberRange(text: string, kind: Extract<FieldKind, "integer" | "float">): NumberRange | null {
  const integer = kind === "integer";
  const number = integer ? INTEGER : DECIMAL;
  const parts = new RegExp(`^(${number})(?:-(${number}))?$`).exec(text.trim());
  if (parts === null) return null;
  const low = toNumber(parts[1] ?? "", integer);
  const high = parts[2] === undefined ? low : toNumber(parts[2], integer);
  return low === null || high === null || high < low ? null : { low, high };
}
