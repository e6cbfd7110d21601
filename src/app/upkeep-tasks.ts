import { noRetentionEvents, type RetentionEvents } from "../model/retention-event.js";
import type { PacketReader } from "../packet-store/packet-store.js";
import { ForecastService } from "../retention/forecast-service.js";
import type { RetentionService } from "../retention/retention-service.js";
import type { ScheduledTask } from "../scheduler/task.js";
import type { Core } from "./core.js";
import { forecastParts } from "./retention.js";

/** Tasks of retention beside those that delete packets and sessions. */
export function upkeepTasks(core: Omit<Core, "native">, retention: Pick<RetentionService, "expireAudit" | "auditPlan">, reader: PacketReader, events: RetentionEvents): readonly ScheduledTask[] {
  const forecasts = (told: RetentionEvents): ForecastService => new ForecastService(forecastParts(core, reader, told));
  return [
    {
      name: "audit-expiry", description: "Removes entries of the audit log that are older than auditDays.", cron: "41 4 * * *", timeZone: "local",
      run: async () => ({ expired: await retention.expireAudit() }),
      dryRun: () => Promise.resolve({ entries: retention.auditPlan().entries }),
    },
    {
      name: "forecast", description: "Tells operators when packets or sessions will be kept for fewer days than forecastWarnDays.", cron: "17 * * * *", timeZone: "UTC",
      run: async () => detailsOf(await forecasts(events).watch()),
      dryRun: async () => detailsOf(await forecasts(noRetentionEvents).forecast()),
    },
  ];
}

function detailsOf({ packets, sessions }: Awaited<ReturnType<ForecastService["forecast"]>>): Record<string, number | null> {
  const rounded = (days: number | null): number | null => (days === null ? null : Math.round(days * 10) / 10);
  return { packetDays: rounded(packets.days), sessionDays: rounded(sessions.days), bytesPerDay: Math.round(packets.bytesPerDay), errorPercent: rounded(packets.backtest?.meanErrorPercent ?? null) };
}
