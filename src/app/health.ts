import { HealthChecks } from "../http/health.js";
import { Metrics } from "../http/metrics.js";
import type { Core } from "./core.js";

/** Readiness: what the service needs to answer. */
export function healthChecks({ catalogue, store }: Core): HealthChecks {
  const checks = new HealthChecks();
  checks.add("catalogue", () => Promise.resolve({ ok: true, detail: `${catalogue.segments.live().length} segments` }));
  checks.add("store", async () => {
    const { ok, damaged } = await store.health();
    return { ok, detail: ok ? "every segment is there" : damaged.map(({ path, reason }) => `${path}: ${reason}`).join("; ") };
  });
  return checks;
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
