import { systemClock } from "../base/clock.js";
import { diskSpaceProbe, measureSpace } from "../packet-store/packet-store.js";
import type { ScheduledTask } from "../scheduler/task.js";
import { StatisticsRollup } from "../watching/statistics-rollup.js";
import { captureStatistics } from "./capture-statistics.js";
import type { Core } from "./core.js";

const DAY_MS = 86_400_000;
/** Seconds of a capture in which nothing was lost are kept one by one for this long; the hours have their sums. */
const QUIET_SPANS_KEPT_MS = 7 * DAY_MS;
/** Those with a loss: as long as hours are kept. */
const SPANS_KEPT_MS = 400 * DAY_MS;

/** The task that rolls statistics up into hours. */
export function statisticsTask({ config, catalogue, store, directories }: Omit<Core, "native">): ScheduledTask {
  const rollup = new StatisticsRollup({
    hours: catalogue.hourlyStatistics, runs: catalogue.taskRuns, settings: catalogue.settings, clock: systemClock,
    transaction: (body) => { catalogue.transaction(body); },
    interfaces: () => captureStatistics(catalogue, config.node).sources(),
    measure: async () => {
      const { devices } = await measureSpace([...config.storageOf(config.node).directories, directories.data], diskSpaceProbe);
      const partitions = await store.partitions();
      return {
        devices: devices.flatMap(({ directories: [directory = ""], freeBytes, totalBytes }) => ({ directory, freeBytes, totalBytes })), packets: catalogue.files.totals(),
        index: { rows: partitions.reduce((sum, { rows }) => sum + rows, 0), bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0) },
      };
    },
  });
  return {
    name: "statistics", description: "Rolls counters and measurements up into hours, which are kept for 400 days.", cron: "*/5 * * * *", timeZone: "UTC",
    run: async () => {
      const spans = catalogue.captureLedger.expire(systemClock.nowMs() - QUIET_SPANS_KEPT_MS, systemClock.nowMs() - SPANS_KEPT_MS);
      catalogue.unknownDrops.expire(systemClock.nowMs() - SPANS_KEPT_MS);
      return { ...await rollup.run(), spans };
    },
    dryRun: () => rollup.plan(),
  };
}
