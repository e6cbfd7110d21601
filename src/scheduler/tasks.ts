import type { ExportService } from "../export/export-service.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { RetentionService } from "../retention/retention-service.js";
import type { ScheduledTask } from "./scheduler.js";

export interface TaskParts {
  readonly retention: Pick<RetentionService, "enforcePackets" | "expireSessions">;
  readonly store: Pick<IndexStore, "optimise" | "partitions">;
  readonly exports: Pick<ExportService, "expire">;
}

/** The tasks of the service. A module that needs another adds it to this list, or registers it where `app` is put together. */
export function serviceTasks({ retention, store, exports }: TaskParts): readonly ScheduledTask[] {
  return [
    {
      name: "packet-retention", description: "Deletes the oldest of our packet files when a device has less free than freeSpaceG.", cron: "* * * * *", timeZone: "UTC",
      run: async (signal) => {
        const run = await retention.enforcePackets(signal);
        return {
          deleted: run.deleted, deletedBytes: run.deletedBytes, shortfallBytes: run.shortfallBytes, stuck: run.stuckTombstones,
          failed: run.outcomes.filter((one) => one.outcome === "failed").map((one) => one.path), unmeasured: run.unmeasured.map((one) => one.directory),
        };
      },
    },
    {
      name: "session-expiry", description: "Removes days of sessions older than expireDays.", cron: "1 4 * * *", timeZone: "local",
      run: async (signal) => {
        const { expired, failed } = await retention.expireSessions(signal);
        return { expired, failed: failed.map((one) => `${one.day}: ${one.reason}`) };
      },
    },
    {
      name: "compaction", description: "Merges small segments of sessions.", cron: "*/5 * * * *", timeZone: "UTC",
      run: async (signal) => ({ replaced: await store.optimise(null, signal) }),
    },
    {
      name: "daily-compaction", description: "Merges each day of sessions as far as it goes.", cron: "31 4 * * *", timeZone: "local",
      run: async (signal) => {
        let replaced = 0;
        for (const { day, segments } of await store.partitions()) {
          if (signal.aborted) break;
          if (segments > 1) replaced += await store.optimise(day, signal);
        }
        return { replaced };
      },
    },
    {
      name: "export-expiry", description: "Removes exported files whose time is over.", cron: "*/10 * * * *", timeZone: "UTC",
      run: async () => ({ expired: await exports.expire() }),
    },
  ];
}
