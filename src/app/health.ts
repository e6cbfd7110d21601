import { stat } from "node:fs/promises";
import path from "node:path";
import { HealthChecks } from "../http/health.js";
import { Metrics } from "../http/metrics.js";
import type { SegmentInfo } from "../model/segment.js";
import type { Core } from "./core.js";

/** Readiness: what the service needs to answer. */
export function healthChecks({ catalogue, store, directories }: Core): HealthChecks {
  const checks = new HealthChecks();
  checks.add("catalogue", () => Promise.resolve({ ok: true, detail: `${catalogue.segments.live().length} segments` }));
  checks.add("segments", async () => {
    const damaged = await missingSegments(catalogue.segments.live(), directories.sessions);
    return { ok: damaged.length === 0, detail: damaged.length === 0 ? "every segment is there" : `missing or cut: ${damaged.slice(0, 20).join(", ")}` };
  });
  checks.add("store", async () => {
    const extent = await store.extent();
    return { ok: true, detail: extent === null ? "no sessions" : `sessions from ${new Date(extent.firstMs).toISOString()} to ${new Date(extent.lastMs).toISOString()}` };
  });
  return checks;
}

/** Segments whose file is not there or has another size. Reading them whole is for `lookback rebuild`; a probe must be cheap. */
async function missingSegments(segments: readonly SegmentInfo[], directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (const segment of segments) {
    const found = await stat(path.join(directory, segment.path)).catch(() => null);
    if (found?.size !== segment.bytes) missing.push(segment.path);
  }
  return missing;
}

/** Gauges that are read from the catalogue. */
export function metricsOf({ catalogue }: Core): Metrics {
  const metrics = new Metrics();
  const segments = () => catalogue.segments.live();
  metrics.gauge("lookback_sessions", "Session rows in live segments.", () => segments().reduce((sum, { rows }) => sum + rows, 0));
  metrics.gauge("lookback_segments", "Live segments.", () => segments().length);
  metrics.gauge("lookback_index_bytes", "Bytes of live segments.", () => segments().reduce((sum, { bytes }) => sum + bytes, 0));
  metrics.gauge("lookback_packet_files", "Packet files that can be read.", () => catalogue.files.availableIds().length);
  metrics.gauge("lookback_import_jobs_queued", "Imports that wait.", () => catalogue.jobs.inState("queued").length);
  return metrics;
}
