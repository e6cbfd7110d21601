import { Expirations } from "./expirations.js";
import { messageOf, type ExecutorParts } from "./executor.js";
import type { SessionPlan } from "./plan.js";
import { dayStartMs } from "./session-policy.js";

/** Expires the days of a plan, oldest first; held rows stay. A day that fails is reported and the others go on. */
export async function executeSessions(
  parts: ExecutorParts, plan: SessionPlan, signal: AbortSignal | null,
): Promise<{ readonly expired: readonly string[]; readonly failed: readonly { day: string; reason: string }[] }> {
  const expired: string[] = [];
  const failed: { day: string; reason: string }[] = [];
  const { holds, settings, audit } = parts.catalogue;
  const expirations = new Expirations(settings);
  for (const { day, startMs, endMs, rows, action, reason } of plan.items) {
    if (action !== "expire") continue;
    if (signal?.aborted) break;
    const isHeld = holds.active().some((hold) => hold.subject === "day" && isWithin(dayStartMs(hold.subjectId), startMs, endMs));
    if (isHeld) continue;
    try {
      const keep = (): readonly string[] => holds.sessionsBetween(startMs, endMs).map((id) => Buffer.from(id).toString("hex"));
      await expirations.during({ startMs, endMs }, () => parts.store.expirePartition(day, keep));
      audit.add("service", "retention.expire-day", { day, rows, held: keep().length, reason });
      expired.push(day);
    } catch (error) {
      parts.logger.warn({ day, error }, "a day of sessions could not be expired");
      failed.push({ day, reason: messageOf(error) });
    }
  }
  return { expired, failed };
}

function isWithin(ms: number | null, startMs: number, endMs: number): boolean {
  return ms !== null && ms >= startMs && ms < endMs;
}
