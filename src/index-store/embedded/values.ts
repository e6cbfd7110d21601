import type { DuckDBUUIDValue, DuckDBValue } from "@duckdb/node-api";
import { LookbackError } from "../../base/errors.js";
import type { FieldValue } from "../../model/session.js";
import { duckdb } from "./duckdb.js";

const MAPPED = 0xffffn << 32n;

/** An address of 16 bytes as people write it: IPv4 dotted when mapped, else RFC 5952. */
export function addressText(address: bigint): string {
  if (address >> 32n === MAPPED >> 32n) {
    const v4 = Number(address & 0xffff_ffffn);
    return `${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.${v4 & 255}`;
  }
  const groups: string[] = [];
  for (let at = 7; at >= 0; at--) groups.push(Number((address >> BigInt(at * 16)) & 0xffffn).toString(16));
  // RFC 5952 section 4.2: the longest run of zeros, of two groups or more, the first of equal ones.
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
    start += length;
  }
  if (best.start < 0) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** The 128 bits of a UUID as an unsigned number. */
export function uuidNumber(value: DuckDBUUIDValue): bigint {
  return BigInt(`0x${value.toString().replaceAll("-", "")}`);
}

/** How UUIDs of a column are printed. */
export type UuidMeaning = "address" | "id";

/** A value of the engine as plain data. Whole numbers beyond 2^53 lose their last digits, as in any JSON. */
export function plainValue(value: DuckDBValue, uuid: UuidMeaning): FieldValue {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof duckdb().DuckDBUUIDValue) return uuid === "id" ? value.toString() : addressText(uuidNumber(value));
  if (value instanceof duckdb().DuckDBListValue) return value.items.map((item) => plainValue(item, uuid));
  if (value instanceof duckdb().DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, member]) => [name, plainValue(member, uuid)]));
  }
  throw new LookbackError("INTERNAL", `a column has values of an unexpected type: ${value.toString()}`);
}

/** A count or sum as a number; null is 0. */
export function countOf(value: DuckDBValue | undefined): number {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : 0;
}

/** A number or null. */
export function numberOrNull(value: DuckDBValue | undefined): number | null {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : null;
}

/** A text; INTERNAL when it is none. */
export function textOf(value: DuckDBValue | undefined): string {
  if (typeof value === "string") return value;
  if (value instanceof duckdb().DuckDBUUIDValue) return value.toString();
  throw new LookbackError("INTERNAL", "a column that holds text gave something else");
}

/** Bytes of a blob, empty when null. */
export function bytesOf(value: DuckDBValue | undefined): Uint8Array {
  return value instanceof duckdb().DuckDBBlobValue ? value.bytes : new Uint8Array(0);
}
