import { LookbackError, type ErrorCode } from "../base/errors.js";
import { Expirations } from "./expirations.js";
import type { HeldInSpan } from "../index-store/shared-expiry.js";
import { messageOf, type ExecutorParts } from "./executor.js";
import type { SessionPlan } from "./plan.js";
import { dayStartMs } from "./session-policy.js";

/** What servers that share the index hold, and whether they still believe that this one expires. */
export interface HeldElsewhere {
  readonly held: readonly HeldInSpan[];
  readonly isOurs: () => boolean;
}

/** What a run did about old sessions. */
export interface SessionExpiryRun {
  readonly expired: readonly string[];
  readonly failed: readonly { readonly day: string; readonly code: ErrorCode; readonly reason: string }[];
}

/** Expires the days of a plan, oldest first; held rows stay, and those that other servers hold. A day that fails is reported and the others go on. */
export async function executeSessions(
  parts: ExecutorParts, plan: SessionPlan, signal: AbortSignal | null, elsewhere: HeldElsewhere = { held: [], isOurs: () => true },
): Promise<SessionExpiryRun> {
  const expired: string[] = [];
  const failed: SessionExpiryRun["failed"][number][] = [];
  const { holds, settings, audit } = parts.catalogue;
  const expirations = new Expirations(settings);
  for (const { day, startMs, endMs, rows, action, reason } of plan.items) {
    if (action !== "expire") continue;
    if (signal?.aborted) break;
    const isHeld = holds.active().some((hold) => hold.subject === "day" && isWithin(dayStartMs(hold.subjectId), startMs, endMs));
    const heldThere = elsewhere.held.filter((span) => span.startMs < endMs && span.endMs > startMs);
    if (isHeld || heldThere.some(({ whole }) => whole)) continue;
    try {
      if (!elsewhere.isOurs()) throw new LookbackError("CLUSTER_BUSY", "the other servers were not told in time that this run goes on, and may hold more by now; it is tried again");
      const keptThere = heldThere.flatMap(({ ids }) => ids.map(hexOf));
      const keep = (): readonly string[] => [...holds.sessionsBetween(startMs, endMs).map(hexOf), ...keptThere];
      await expirations.during({ startMs, endMs }, () => parts.store.expirePartition(day, keep));
      audit.add("service", "retention.expire-day", { day, rows, held: keep().length, reason });
      expired.push(day);
    } catch (error) {
      parts.logger.warn({ day, error }, "a day of sessions could not be expired");
      failed.push({ day, code: error instanceof LookbackError ? error.code : "INTERNAL", reason: messageOf(error) });
    }
    parts.progressed?.();
  }
  return { expired, failed };
}

const hexOf = (id: Uint8Array): string => Buffer.from(id).toString("hex");

/** Whether a moment lies in a span; null in none. */
export function isWithin(ms: number | null, startMs: number, endMs: number): boolean {
  return ms !== null && ms >= startMs && ms < endMs;
}
