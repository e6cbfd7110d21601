import { loadStatistics } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { CaptureStatistics } from "../graphql/services.js";

/** What the live capture of a node counted, as the capture process left it in the catalogue at its last flush. */
export function captureStatistics(catalogue: Pick<Catalogue, "settings">, node: string): CaptureStatistics {
  return {
    sources() {
      const found = loadStatistics(catalogue.settings, node);
      if (found === null) return [];
      const { interface: name, startedMs, packets, bytes, droppedByKernel, droppedByUs, timestampSource } = found;
      return [{ node, name, startedMs, packets, bytes, droppedByKernel, droppedByUs, timestampSource }];
    },
    counters: () => loadStatistics(catalogue.settings, node)?.counters ?? {},
  };
}
