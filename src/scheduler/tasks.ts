import type { Clock } from "../base/clock.js";
import type { ExportService } from "../export/export-service.js";
import type { IndexStore, PlannedMerge } from "../index-store/index-store.js";
import type { SessionExpiryRun } from "../retention/expiry.js";
import type { RetentionService } from "../retention/retention-service.js";
import { PartlyDone, type ScheduledTask, type TaskDetails } from "./task.js";

export interface TaskParts {
  readonly retention: Pick<RetentionService, "enforcePackets" | "expireSessions" | "packetPlan" | "sessionPlan">;
  readonly store: Pick<IndexStore, "optimise" | "partitions" | "planMerges">;
  readonly exports: Pick<ExportService, "expire" | "due">;
  readonly clock: Clock;
}

/** Most names of files, days or exports that a dry run lists; the count beside them is of all. */
const MOST_LISTED = 100;

/** Merges as a dry run tells them. */
function mergesOf(merges: readonly PlannedMerge[]): TaskDetails {
  return {
    merges: merges.length, segments: merges.reduce((sum, { segments }) => sum + segments, 0), rows: merges.reduce((sum, { rows }) => sum + rows, 0),
    bytes: merges.reduce((sum, { bytes }) => sum + bytes, 0), would: merges.slice(0, MOST_LISTED).map(({ day, segments, reason }) => `merge ${segments} segments of ${day} (${reason})`),
  };
}

/** Days and reasons that the message of a failed expiry names. */
const MOST_DAYS_NAMED = 5;
const MOST_REASONS_NAMED = 3;

/** What a run did that expired days of sessions. Throws when some of them stay: with the code of the first, its days by reason. */
function expiryOf({ expired, failed }: SessionExpiryRun): TaskDetails {
  const details = { expired, failed: failed.map((one) => `${one.day}: ${one.reason}`) };
  const [first] = failed;
  if (first === undefined) return details;
  const days = new Map<string, string[]>();
  for (const { day, reason } of failed) days.set(reason, [...(days.get(reason) ?? []), day]);
  const named = [...days].slice(0, MOST_REASONS_NAMED).map(([reason, those]) => {
    const more = those.length > MOST_DAYS_NAMED ? ` and ${those.length - MOST_DAYS_NAMED} more` : "";
    return `${those.slice(0, MOST_DAYS_NAMED).join(", ")}${more}: ${reason}`;
  });
  const others = days.size > MOST_REASONS_NAMED ? "; the details of the run have the others" : "";
  throw new PartlyDone(first.code, `${failed.length} of ${expired.length + failed.length} days of sessions that are older than they should be stay, and are tried again: ${named.join("; ")}${others}`, details);
}

/** Days that are over and have more than one segment, in order. */
async function daysToMerge({ store, clock }: Pick<TaskParts, "store" | "clock">): Promise<readonly string[]> {
  const today = new Date(clock.nowMs()).toISOString().slice(0, 10);
  return (await store.partitions()).filter(({ day, segments }) => segments > 1 && day < today).map(({ day }) => day);
}

/** The task of a cluster: indices of an age get the nodes and copies that are wanted for it. */
export function placementTask(store: Pick<IndexStore, "place" | "planPlacement">): ScheduledTask {
  return {
    name: "placement", description: "Moves older indices of the cluster to other nodes, and sets their number of copies.", cron: "1 5 * * *", timeZone: "local",
    run: async (signal) => ({ changed: await store.place(signal) }),
    dryRun: async () => {
      const items = await store.planPlacement();
      return {
        indices: items.length, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
        would: items.slice(0, MOST_LISTED).map(({ index, reason, settings }) => `set ${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(", ")} of ${index} (${reason})`),
      };
    },
  };
}

/** The tasks of the service. A module that needs another adds it to this list, or registers it where `app` is put together. */
export function serviceTasks({ retention, store, exports, clock }: TaskParts): readonly ScheduledTask[] {
  return [
    {
      name: "packet-retention", description: "Deletes the oldest of our packet files when a device has less free than freeSpaceG.", cron: "* * * * *", timeZone: "UTC",
      run: async (signal, progressed) => {
        const run = await retention.enforcePackets(signal, progressed);
        return {
          deleted: run.deleted, deletedBytes: run.deletedBytes, shortfallBytes: run.shortfallBytes, stuck: run.stuckTombstones,
          failed: run.outcomes.filter((one) => one.outcome === "failed").map((one) => one.path), unmeasured: run.unmeasured.map((one) => one.directory),
        };
      },
      dryRun: async () => {
        const { devices } = await retention.packetPlan();
        const going = devices.flatMap((device) => device.items.filter((item) => item.action === "delete"));
        return {
          files: going.length, bytes: going.reduce((sum, item) => sum + item.bytes, 0), shortfallBytes: devices.reduce((sum, device) => sum + device.shortfallBytes, 0),
          would: going.slice(0, MOST_LISTED).map((item) => `delete ${item.path} (${item.reason})`),
        };
      },
    },
    {
      name: "session-expiry", description: "Removes days of sessions older than expireDays.", cron: "1 4 * * *", timeZone: "local",
      run: async (signal, progressed) => expiryOf(await retention.expireSessions(signal, progressed)),
      dryRun: async () => {
        const going = (await retention.sessionPlan()).items.filter((item) => item.action === "expire");
        return {
          days: going.length, rows: going.reduce((sum, item) => sum + item.rows, 0), bytes: going.reduce((sum, item) => sum + item.bytes, 0),
          would: going.slice(0, MOST_LISTED).map((item) => `expire ${item.day} (${item.reason})`),
        };
      },
    },
    {
      name: "compaction", description: "Merges small segments of sessions.", cron: "*/5 * * * *", timeZone: "UTC",
      run: async (signal, progressed) => ({ replaced: await store.optimise(null, signal, progressed) }),
      dryRun: async () => mergesOf(await store.planMerges(null)),
    },
    {
      name: "daily-compaction", description: "Merges each day of sessions that is over as far as it goes.", cron: "31 4 * * *", timeZone: "local",
      run: async (signal, progressed) => {
        let replaced = 0;
        for (const day of await daysToMerge({ store, clock })) {
          if (signal.aborted) break;
          replaced += await store.optimise(day, signal, progressed);
        }
        return { replaced };
      },
      dryRun: async () => {
        const merges: PlannedMerge[] = [];
        for (const day of await daysToMerge({ store, clock })) merges.push(...(await store.planMerges(day)));
        return mergesOf(merges);
      },
    },
    {
      name: "export-expiry", description: "Removes exported files whose time is over.", cron: "*/10 * * * *", timeZone: "UTC",
      run: async () => ({ expired: await exports.expire() }),
      dryRun: async () => {
        const due = exports.due();
        return { exports: due.length, bytes: due.reduce((sum, one) => sum + one.bytes, 0), would: due.slice(0, MOST_LISTED).map((one) => `remove the file of export ${one.id}`) };
      },
    },
  ];
}
