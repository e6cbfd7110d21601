import type { Clock } from "../base/clock.js";
import type { HourlyJoin, HourlyStatistics } from "../catalogue/hourly-statistics.js";
import type { TaskRuns } from "../catalogue/task-runs.js";

/** What an interface counted since it started capturing. */
export interface InterfaceCounts {
  readonly node: string;
  readonly name: string;
  /** Tells one start of the capture from the next; milliseconds since 1970. */
  readonly startedMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly droppedByUs: number;
  /** Null: the source does not know. */
  readonly droppedByKernel: number | null;
}

/** What is measured, beside what is counted. */
export interface Measured {
  readonly devices: readonly { readonly directory: string; readonly freeBytes: number; readonly totalBytes: number }[];
  readonly packets: readonly { readonly storage: string; readonly files: number; readonly bytes: number }[];
  readonly index: { readonly rows: number; readonly bytes: number };
}

export interface RollupParts {
  readonly hours: HourlyStatistics;
  readonly runs: Pick<TaskRuns, "endedBetween">;
  /** Where the counts of the last look are kept. */
  readonly settings: { get(key: string): string | null; set(key: string, value: string): void };
  /** Makes the changes of `body` one step. */
  readonly transaction: (body: () => void) => void;
  readonly interfaces: () => readonly InterfaceCounts[];
  readonly measure: () => Promise<Measured>;
  readonly clock: Clock;
}

const HOUR_MS = 3_600_000;
/** How long an hour is kept. */
const KEPT_MS = 400 * 24 * HOUR_MS;
/** Interfaces and devices that a look is about; more are left out. */
const MOST_SUBJECTS = 200;
const KEY = "statistics.lastLook";

/** Counts by interface at the last look. */
interface LastLook {
  readonly atMs: number;
  readonly interfaces: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Rolls counters and measurements up into rows per hour, which are kept for 400 days. What was counted since the last look
 * belongs to the hour of this look, so the edges of hours are as sharp as looks are frequent. A capture that started anew
 * begins at zero; what it counted between its last flush and its end is lost to the statistics, not to the capture.
 */
export class StatisticsRollup {
  readonly #parts: RollupParts;

  constructor(parts: RollupParts) {
    this.#parts = parts;
  }

  /** What a look now would roll up. Changes nothing. */
  async plan(): Promise<{ readonly hour: string; readonly interfaces: number; readonly devices: number; readonly expired: number }> {
    const { hours, clock } = this.#parts;
    const { devices } = await this.#parts.measure();
    const now = clock.nowMs();
    return { hour: new Date(now - (now % HOUR_MS)).toISOString(), interfaces: Math.min(MOST_SUBJECTS, this.#parts.interfaces().length), devices: devices.length, expired: hours.countBefore(now - KEPT_MS) };
  }

  /** One look. */
  async run(): Promise<{ readonly interfaces: number; readonly devices: number; readonly expired: number }> {
    const { hours, runs, settings, transaction, clock } = this.#parts;
    const measured = await this.#parts.measure();
    const interfaces = this.#parts.interfaces().slice(0, MOST_SUBJECTS);
    const now = clock.nowMs();
    const hourMs = now - (now % HOUR_MS);
    let expired = 0;
    transaction(() => {
      const last = lastLook(settings.get(KEY));
      const put = (subject: string, measure: string, value: number, join: HourlyJoin): void => {
        if (Number.isFinite(value) && (join !== "add" || value !== 0)) hours.put({ hourMs, subject, measure, value }, join);
      };
      const counts: Record<string, Record<string, number>> = {};
      for (const one of interfaces) {
        const subject = `interface:${one.node}/${one.name}`;
        const counted = { startedMs: one.startedMs, packets: one.packets, bytes: one.bytes, droppedByUs: one.droppedByUs, ...(one.droppedByKernel === null ? {} : { droppedByKernel: one.droppedByKernel }) };
        const before = last?.interfaces[subject];
        const same = before?.["startedMs"] === one.startedMs;
        for (const [measure, value] of Object.entries(counted)) {
          if (measure !== "startedMs") put(subject, measure, Math.max(0, value - (same ? (before[measure] ?? 0) : 0)), "add");
        }
        counts[subject] = counted;
      }
      for (const { directory, freeBytes, totalBytes } of measured.devices.slice(0, MOST_SUBJECTS)) {
        put(`device:${directory}`, "freeBytes", freeBytes, "replace");
        put(`device:${directory}`, "leastFreeBytes", freeBytes, "least");
        put(`device:${directory}`, "totalBytes", totalBytes, "replace");
      }
      for (const { storage, files, bytes } of measured.packets) {
        put(`packets:${storage}`, "files", files, "replace");
        put(`packets:${storage}`, "bytes", bytes, "replace");
      }
      put("index", "rows", measured.index.rows, "replace");
      put("index", "bytes", measured.index.bytes, "replace");
      // A clock that was set back must not make runs count twice.
      for (const ended of last === null || last.atMs > now ? [] : runs.endedBetween(last.atMs, now)) {
        put(`task:${ended.task}`, "runs", ended.runs, "add");
        put(`task:${ended.task}`, "failed", ended.failed, "add");
        put(`task:${ended.task}`, "seconds", ended.milliseconds / 1000, "add");
      }
      settings.set(KEY, JSON.stringify({ atMs: now, interfaces: counts } satisfies LastLook));
      expired = hours.expire(now - KEPT_MS);
    });
    return { interfaces: interfaces.length, devices: measured.devices.length, expired };
  }
}

/** What the last look left; a shape of another version counts as none. */
function lastLook(stored: string | null): LastLook | null {
  if (stored === null) return null;
  const parsed: unknown = JSON.parse(stored);
  if (typeof parsed !== "object" || parsed === null || !("atMs" in parsed && "interfaces" in parsed)) return null;
  const { atMs, interfaces } = parsed;
  if (typeof atMs !== "number" || typeof interfaces !== "object" || interfaces === null) return null;
  const known: Record<string, Record<string, number>> = {};
  for (const [subject, counts] of Object.entries(interfaces)) {
    if (typeof counts === "object" && counts !== null) known[subject] = Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  }
  return { atMs, interfaces: known };
}
