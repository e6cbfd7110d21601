import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { systemClock } from "../base/clock.js";
import type { Metrics } from "../http/metrics.js";

/** Milliseconds between two looks at the event loop. */
const RESOLUTION_MS = 20;

/** Adds what Prometheus clients usually say of a process, under the usual names. */
export function addProcessMetrics(metrics: Metrics, version: string): void {
  const startedSeconds = systemClock.nowMs() / 1000 - process.uptime();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  metrics.gauges("lookback_build_info", "1; the labels say which version runs.", () => [{ labels: { version, node: process.version }, value: 1 }]);
  metrics.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => startedSeconds);
  metrics.gauge("process_resident_memory_bytes", "Memory of the process that is in use.", () => process.memoryUsage.rss());
  metrics.gauge("process_open_fds", "Open file descriptors.", () => openDescriptors());
  metrics.counted("process_cpu_seconds_total", "Processor time used.", () => {
    const { user, system } = process.cpuUsage();
    return [{ labels: {}, value: (user + system) / 1e6 }];
  });
  metrics.gauge("nodejs_heap_size_used_bytes", "Memory of JavaScript objects.", () => process.memoryUsage().heapUsed);
  metrics.gauge("nodejs_eventloop_lag_p99_seconds", "99th percentile of how late the event loop is.", () => Math.max(0, delay.percentile(99) / 1e9 - RESOLUTION_MS / 1000));
}

/** Null where the host does not tell. */
function openDescriptors(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}
