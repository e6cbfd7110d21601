import { messageOf, type ExecutorParts } from "./executor.js";
import type { SessionPlan } from "./plan.js";
import { DAY_MS, dayStartMs } from "./session-policy.js";

/** Expires the days of a plan, oldest first; held rows stay. A day that fails is reported and the others go on. */
export async function executeSessions(
  parts: ExecutorParts, plan: SessionPlan, signal: AbortSignal | null,
): Promise<{ readonly expired: readonly string[]; readonly failed: readonly { day: string; reason: string }[] }> {
  const expired: string[] = [];
  const failed: { day: string; reason: string }[] = [];
  for (const { day, rows, action, reason } of plan.items) {
    if (action !== "expire") continue;
    if (signal?.aborted) break;
    const { holds } = parts.catalogue;
    if (holds.active().some((hold) => hold.subject === "day" && hold.subjectId === day)) continue;
    const startMs = dayStartMs(day);
    if (startMs === null) continue;
    try {
      const keep = holds.sessionsBetween(startMs, startMs + DAY_MS).map((id) => Buffer.from(id).toString("hex"));
      await parts.store.expirePartition(day, keep);
      parts.catalogue.audit.add("service", "retention.expire-day", { day, rows, held: keep.length, reason });
      expired.push(day);
    } catch (error) {
      parts.logger.warn({ day, error }, "a day of sessions could not be expired");
      failed.push({ day, reason: messageOf(error) });
    }
  }
  return { expired, failed };
}
