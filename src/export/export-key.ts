import { createHash } from "node:crypto";

/** How long an export is found again by the key of its request, in milliseconds. */
export const KEYED_MS = 24 * 3_600_000;

/** The id of an export that was asked for under a key of its user: a UUID of version 8 (RFC 9562) of their hash. */
export function keyedId(user: string, key: string): string {
  const hex = createHash("sha256").update(`lookback export\0${user.length}\0${user}\0${key}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
