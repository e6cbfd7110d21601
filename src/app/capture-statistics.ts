import { interfaceAccounts, sessionAccount } from "../capture/live-account.js";
import { loadStatistics } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { CaptureSourceView, CaptureStatistics } from "../graphql/services.js";

/** What the live capture of a node counted, by interface, as the capture process left it in the catalogue at its last flush. */
export function captureStatistics(catalogue: Pick<Catalogue, "settings">, node: string): CaptureStatistics {
  return {
    sources() {
      const found = loadStatistics(catalogue.settings, node);
      if (found === null) return [];
      const { startedMs, timestampSource } = found;
      return interfaceAccounts(found.sources, found.interface).map((account): CaptureSourceView => {
        const sources = found.sources.filter((source) => source.interface === account.name || source.interface === "");
        return {
          ...account, node, startedMs, timestampSource, readers: sources.length, packets: account.stored, bytes: sources.reduce((total, { bytes }) => total + bytes, 0),
          droppedByUs: account.lostToQueue + account.lostToDisk,
        };
      });
    },
    sessions() {
      const found = loadStatistics(catalogue.settings, node);
      if (found === null) return null;
      return sessionAccount(found.counters, found.openSessions);
    },
    counters: () => loadStatistics(catalogue.settings, node)?.counters ?? {},
  };
}
