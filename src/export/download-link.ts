import { createHmac, timingSafeEqual } from "node:crypto";
import { LookbackError } from "../base/errors.js";

/** What a link allows: one user, one export, until a time in milliseconds since 1970. */
export interface DownloadGrant {
  readonly exportId: string;
  readonly user: string;
  readonly expiresMs: number;
}

/** Longest signature text that is looked at. */
const MAX_TEXT = 512;

/**
 * Signs what a link allows with HMAC-SHA-256. Each part is preceded by its length, so that no two grants sign the same
 * bytes. Returned as base64url.
 */
export function signDownload(key: Buffer, grant: DownloadGrant): string {
  const mac = createHmac("sha256", key).update("lookback-download-1\0");
  for (const part of [grant.exportId, grant.user, String(grant.expiresMs)]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    mac.update(length).update(bytes);
  }
  return mac.digest("base64url");
}

/** How far the clock may have been set back since a link was made, in milliseconds. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Throws LINK_INVALID unless `signature` is that of the grant and the grant still holds at `nowMs`. No link is made for longer
 * than `longestMs`: one that is, was made by a clock that has been set back since. Takes the same time for any wrong one.
 */
export function verifyDownload(key: Buffer, grant: DownloadGrant, signature: string, nowMs: number, longestMs = Number.POSITIVE_INFINITY): void {
  const expected = Buffer.from(signDownload(key, grant));
  const given = Buffer.from(signature.slice(0, MAX_TEXT));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new LookbackError("LINK_INVALID", "this link was altered, or was made for another user or export");
  }
  if (grant.expiresMs - nowMs > longestMs + CLOCK_SKEW_MS) {
    throw new LookbackError("LINK_INVALID", "this link was made at a time that has not come yet: the clock was set back; ask for a new one", { expiresMs: grant.expiresMs });
  }
  if (nowMs >= grant.expiresMs) throw new LookbackError("LINK_INVALID", "this link has expired; ask for a new one", { expiredMs: grant.expiresMs });
}

/** Path and query of a download: `/api/exports/<id>/download?expires=<ms>&user=<name>&signature=<base64url>`. */
export function downloadPath(key: Buffer, grant: DownloadGrant): string {
  const query = new URLSearchParams({ expires: String(grant.expiresMs), user: grant.user, signature: signDownload(key, grant) });
  return `/api/exports/${encodeURIComponent(grant.exportId)}/download?${query}`;
}
