import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from "graphql";
import { isIP } from "node:net";
import { isoTimeMs } from "../../base/iso-time.js";

function invalid(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

function shownValue(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}

const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;

/** A 64-bit integer as JSON carries it: a number while that is exact, else decimal text. */
function printLong(value: unknown): number | string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (typeof value === "bigint" && value >= MIN_LONG && value <= MAX_LONG) {
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
  }
  throw new GraphQLError(`${shownValue(typeof value === "bigint" ? value.toString() : value)} is no 64-bit integer`);
}

function readLong(value: unknown): number {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw invalid(`Long takes a whole number within ±(2^53-1), not ${shownValue(value)}`);
}

/** 64-bit integers. */
export const LongScalar = new GraphQLScalarType<number, number | string>({
  name: "Long",
  description: "A whole number of 64 bits. Printed as a JSON number while it is exact there (within ±(2^53-1)), else as decimal text. As an argument: a number, or decimal text, within ±(2^53-1).",
  serialize: printLong,
  parseValue: readLong,
  parseLiteral(node: ValueNode): number {
    if (node.kind === Kind.INT || node.kind === Kind.STRING) return readLong(node.value.length > 16 ? node.value : Number(node.value));
    throw invalid("Long takes a whole number");
  },
});

/** 1970 and 2262: what 64 bits of nanoseconds reach. */
const FIRST_MS = 0;
const LAST_MS = 9_223_372_036_854;
/** ISO 8601 with a date; a time needs `Z` or an offset, so that its meaning does not depend on the server's zone. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

function readTime(value: unknown): number {
  let ms = Number.NaN;
  if (typeof value === "number") ms = value;
  else if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) ms = Number(value);
  else if (typeof value === "string" && ISO.test(value)) ms = isoTimeMs(value) ?? Number.NaN;
  if (!Number.isFinite(ms)) {
    throw invalid(`DateTime takes ISO 8601 with a zone (2026-11-24T08:00:00Z), of a day that there is, or milliseconds since 1970, not ${shownValue(value)}`);
  }
  if (ms < FIRST_MS || ms > LAST_MS) {
    throw new GraphQLError(`a time is between 1970 and 2262, not ${shownValue(value)}`, { extensions: { code: "TIME_RANGE_INVALID" } });
  }
  return Math.trunc(ms);
}

/** Points in time; milliseconds since 1970 inside. */
export const DateTimeScalar = new GraphQLScalarType<number, string | number>({
  name: "DateTime",
  description: "A point in time from 1970 to 2262. Printed as ISO 8601 in UTC with milliseconds; a time of a capture outside what ISO prints (a forged date in a certificate, say) is printed as milliseconds since 1970. As an argument: ISO 8601 with `Z` or an offset, a bare date (UTC), or milliseconds since 1970.",
  serialize(value: unknown): string | number {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new GraphQLError(`${shownValue(value)} is no time`);
    return Math.abs(value) <= 8.64e15 ? new Date(value).toISOString() : value;
  },
  parseValue: readTime,
  parseLiteral(node: ValueNode): number {
    if (node.kind === Kind.INT) return readTime(Number(node.value));
    if (node.kind === Kind.STRING) return readTime(node.value);
    throw invalid("DateTime takes text or a number");
  },
});

function readAddress(value: unknown): string {
  if (typeof value === "string" && isIP(value) !== 0) return value;
  throw invalid(`Address takes an IPv4 or IPv6 address, not ${shownValue(value)}`);
}

/** IPv4 and IPv6 addresses. */
export const AddressScalar = new GraphQLScalarType<string, string>({
  name: "Address",
  description: "An IPv4 or IPv6 address as text, IPv6 in the form of RFC 5952.",
  serialize(value: unknown): string {
    if (typeof value === "string") return value;
    throw new GraphQLError(`${shownValue(value)} is no address`);
  },
  parseValue: readAddress,
  parseLiteral(node: ValueNode): string {
    return readAddress(node.kind === Kind.STRING ? node.value : null);
  },
});

/** Values whose type depends on the field asked for. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: "JSON",
  description: "A value whose type depends on what is asked for: null, text, number, boolean, a list or an object of these.",
  serialize: (value: unknown) => value,
  parseValue: (value: unknown) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables),
});

function readFilterValue(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  throw invalid(`a filter compares with text, a number or a boolean, not ${shownValue(value)}`);
}

/** What a field is compared with. */
export const FilterValueScalar = new GraphQLScalarType<string | number | boolean, string | number | boolean>({
  name: "FilterValue",
  description: "Text, a number or a boolean that a field is compared with. Addresses, times and numbers may be given as text, as in a search expression.",
  serialize: readFilterValue,
  parseValue: readFilterValue,
  parseLiteral: (node: ValueNode, variables) => readFilterValue(valueFromASTUntyped(node, variables)),
});
