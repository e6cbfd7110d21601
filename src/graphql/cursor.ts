import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { LookbackError } from "../base/errors.js";
import type { SearchAfter } from "../index-store/index-store.js";

const MAC_BYTES = 16;
/** Longest cursor that is looked at. Sort values are bounded by the store's column values in practice. */
const MAX_CURSOR = 16_384;

/** Hash of what a cursor belongs to: the query's arguments, in any JSON form that is the same for the same query. */
export function queryHash(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

/**
 * Makes and reads page cursors. A cursor is `payload.mac`: base64url of the JSON `[queryHash, id, …sort values]`, and
 * the first 16 bytes of its HMAC-SHA-256, so that a client can neither read a meaning into it nor change it unnoticed.
 */
export class CursorSeal {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update("cursor\0").update(payload).digest().subarray(0, MAC_BYTES);
  }

  /** The cursor of a position in the query of `hash`. */
  seal(hash: string, at: SearchAfter): string {
    const payload = Buffer.from(JSON.stringify([hash, at.id, ...at.values])).toString("base64url");
    return `${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** The position of a cursor. CURSOR_INVALID when it was altered or belongs to another query. */
  open(hash: string, cursor: string, sortKeys: number): SearchAfter {
    const dot = cursor.indexOf(".");
    if (cursor.length > MAX_CURSOR || dot < 0) throw altered();
    const payload = cursor.slice(0, dot);
    const mac = Buffer.from(cursor.slice(dot + 1), "base64url");
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.#mac(payload))) throw altered();
    const parts: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    if (!Array.isArray(parts)) throw altered();
    const [made, id, ...values] = parts as readonly unknown[];
    if (made !== hash) throw new LookbackError("CURSOR_INVALID", "this cursor belongs to another query: expression, filter, time range and order must stay the same from page to page");
    if (typeof id !== "string" || values.length !== sortKeys || !values.every(isSortValue)) throw altered();
    return { id, values };
  }
}

function isSortValue(value: unknown): value is number | string | null {
  return value === null || typeof value === "number" || typeof value === "string";
}

function altered(): LookbackError {
  return new LookbackError("CURSOR_INVALID", "this is no cursor of this server, or it was altered");
}
