import { loadStatistics } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { CaptureSourceView, CaptureStatistics } from "../graphql/services.js";
import type { SourceLedger } from "../native/types.js";

/** What the live capture of a node counted, by interface, as the capture process left it in the catalogue at its last flush. */
export function captureStatistics(catalogue: Pick<Catalogue, "settings">, node: string): CaptureStatistics {
  return {
    sources() {
      const found = loadStatistics(catalogue.settings, node);
      if (found === null) return [];
      const { startedMs, timestampSource } = found;
      const names = [...new Set(found.sources.map((source) => source.interface))];
      return names.map((name): CaptureSourceView => {
        const sources = found.sources.filter((source) => source.interface === name);
        const sum = (count: (source: SourceLedger) => number): number => sources.reduce((total, source) => total + count(source), 0);
        const known = (count: (source: SourceLedger) => number | null): number | null => (sources.every((source) => count(source) === null) ? null : sum((source) => count(source) ?? 0));
        const stored = sum((source) => source.stored);
        const byRule = sum((source) => source.byRule);
        const duplicate = sum((source) => source.duplicate);
        const lostToQueue = sum((source) => source.lostToQueue);
        const lostToDisk = sum((source) => source.lostToDisk);
        const droppedByKernel = known((source) => source.droppedByKernel);
        // Sockets of one interface see the same counter of the interface.
        const droppedByInterface = known((source) => (source === sources[0] ? source.droppedByInterface : null));
        return {
          node, name: name === "" ? found.interface : name, startedMs, timestampSource, readers: sources.length, packets: stored, bytes: sum((source) => source.bytes),
          received: stored + byRule + duplicate + lostToQueue + lostToDisk + (droppedByKernel ?? 0) + (droppedByInterface ?? 0), stored, byRule, malformed: sum((source) => source.malformed), duplicate, droppedByKernel, droppedByInterface,
          cut: sum((source) => source.cut), lostToQueue, lostToDisk, droppedByUs: lostToQueue + lostToDisk,
        };
      });
    },
    sessions() {
      const found = loadStatistics(catalogue.settings, node);
      if (found === null) return null;
      const count = (name: string): number => found.counters[`sessions.${name}`] ?? 0;
      return { closed: count("saved"), indexed: count("indexed"), byRule: count("byRule"), lost: count("indexLost"), open: found.openSessions };
    },
    counters: () => loadStatistics(catalogue.settings, node)?.counters ?? {},
  };
}
