import { isoTimeMs } from "../base/iso-time.js";
import { DAY_MS, utcDay } from "../base/utc-day.js";
import { targetBytes } from "./policy.js";
import type { PartitionFact, SessionFacts, SessionPlan, SessionPlanItem, SessionRules } from "./plan.js";

/** Start of a UTC day, or null when the text is none. */
export function dayStartMs(day: string): number | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? isoTimeMs(day) : null;
}

/**
 * Which days of sessions go: those whose last moment lies `expireDays` whole days or more in the past (Arkime's
 * `expire daily N`: today and the N days before it stay), then the oldest until the index is small enough and the data nodes have
 * enough room; what a day takes is taken to be spread over the nodes that are short. Today and days to come never go. Of a day
 * that expires the held rows stay; one that is held whole, or has no others, stays as it is. Pure.
 */
export function planSessions(facts: SessionFacts, rules: SessionRules): SessionPlan {
  let excess = rules.maxBytes === null ? 0 : facts.partitions.reduce((sum, { bytes }) => sum + bytes, 0) - rules.maxBytes;
  const { nodeFreeSpace } = rules;
  let short = nodeFreeSpace === null ? 0 : facts.nodes.reduce((sum, { freeBytes, totalBytes }) => sum + Math.max(0, targetBytes(nodeFreeSpace, totalBytes) - freeBytes), 0);
  const items = facts.partitions
    .toSorted((left, right) => (left.day < right.day ? -1 : 1))
    .map((partition): SessionPlanItem => {
      const { day, startMs, endMs, rows, bytes, hold, heldRows, holds } = partition;
      const reason = reasonOf(partition, facts.nowMs, rules.expireDays, excess > 0, short > 0);
      const expires = reason === "older-than-expire-days" || reason === "over-index-size" || reason === "nodes-full";
      // Rows are taken as equally large: how large the held ones are is known once they are written.
      const freed = !expires ? 0 : rows === 0 ? bytes : bytes * (1 - Math.min(1, heldRows / rows));
      excess -= freed;
      short -= freed;
      return { day, startMs, endMs, rows, bytes, action: expires ? "expire" : "keep", reason, heldRows: expires ? heldRows : 0, holds: reason === "held" || (expires && heldRows > 0) ? holds : [], note: reason === "held" ? hold : null };
    });
  return { expireDays: rules.expireDays, items, excessBytes: Math.max(0, Math.round(excess)), shortfallBytes: Math.max(0, Math.round(short)), blocked: blockedDays(items) };
}

/** Days that holds keep, summed by hold. */
function blockedDays(items: readonly SessionPlanItem[]): SessionPlan["blocked"] {
  const blocked = new Map<number, { items: number; bytes: number }>();
  for (const { reason, holds, bytes } of items) {
    if (reason !== "held") continue;
    for (const hold of holds) {
      const entry = blocked.get(hold) ?? { items: 0, bytes: 0 };
      blocked.set(hold, { items: entry.items + 1, bytes: entry.bytes + bytes });
    }
  }
  return [...blocked].map(([hold, found]) => ({ hold, ...found })).toSorted((left, right) => left.hold - right.hold);
}

function reasonOf({ day, rows, hold, heldRows }: PartitionFact, nowMs: number, expireDays: number | null, isOver: boolean, isShort: boolean): SessionPlanItem["reason"] {
  const startMs = dayStartMs(day);
  if (startMs === null) return "not-a-day";
  const isOld = expireDays !== null && startMs + DAY_MS + expireDays * DAY_MS <= nowMs;
  const today = dayStartMs(utcDay(nowMs)) ?? nowMs;
  const bounded = expireDays !== null || isOver || isShort;
  if (bounded && startMs === today) return "today";
  if (bounded && startMs > today) return "future";
  if (!isOld && !isOver && !isShort) return expireDays === null ? "no-expire-days" : "young";
  if (hold !== null || (rows > 0 && heldRows >= rows)) return "held";
  if (isOld) return "older-than-expire-days";
  return isOver ? "over-index-size" : "nodes-full";
}
