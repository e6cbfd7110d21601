import { systemClock, type Clock } from "../base/clock.js";
import { Metrics, type Sample } from "../http/metrics.js";
import { diskSpaceProbe, measureSpace, type SpaceMeasurement } from "../packet-store/packet-store.js";
import type { PacketRules } from "../retention/plan.js";
import { deviceTarget } from "../retention/policy.js";
import type { RetentionService } from "../retention/retention-service.js";
import type { Scheduler } from "../scheduler/scheduler.js";
import { EVENT_KINDS } from "../watching/watched-event.js";
import type { RetentionWatch } from "../watching/retention-watch.js";
import { addCaptureMetrics } from "./capture-metrics.js";
import type { Core } from "./core.js";
import { freeSpaceConflicts, presentRules } from "./retention.js";
import { shippingOf } from "./shipping.js";
import { addProcessMetrics } from "./process-metrics.js";

/** How long a measurement of the devices is used again, in milliseconds: each starts a process. */
const SPACE_KEPT_MS = 10_000;

/** What metrics are read from. */
export interface MetricSources {
  readonly core: Core;
  readonly scheduler: Pick<Scheduler, "status" | "observe">;
  readonly watch: Pick<RetentionWatch, "conditions">;
  readonly version: string;
  readonly retention: Pick<RetentionService, "totals" | "unmeasured">;
  /** By default the host's. */
  readonly clock?: Clock;
}

/** Every metric that is read from the parts; the server adds those of its requests. */
export function metricsOf({ core, scheduler, watch, version, retention, clock = systemClock }: MetricSources): Metrics {
  const metrics = new Metrics();
  addProcessMetrics(metrics, version);
  addCaptureMetrics(metrics, core.catalogue, clock);
  addStoreMetrics(metrics, core);
  addDeviceMetrics(metrics, core, retention);
  addShippingMetrics(metrics, core);
  addTaskMetrics(metrics, scheduler);
  addRetentionMetrics(metrics, core, retention);
  metrics.gauges("lookback_retention_conditions", "Conditions that last, by kind: see the subscription retention.", () => {
    const conditions = watch.conditions();
    return EVENT_KINDS.filter((kind) => kind !== "export-ready").map((kind) => ({ labels: { kind }, value: conditions.filter((one) => one.kind === kind).length }));
  });
  metrics.gauges("lookback_webhook_deliveries", "Deliveries of kept events to webhooks, by state.", () =>
    (["waiting", "delivered", "given-up"] as const).map((state) => ({ labels: { state }, value: core.catalogue.retentionEvents.count(state) })));
  return metrics;
}

function addStoreMetrics(metrics: Metrics, { catalogue }: Core): void {
  const segments = () => catalogue.segments.live();
  metrics.gauge("lookback_sessions", "Session rows in live segments.", () => segments().reduce((sum, { rows }) => sum + rows, 0));
  metrics.gauge("lookback_segments", "Live segments.", () => segments().length);
  metrics.gauge("lookback_index_bytes", "Bytes of live segments.", () => segments().reduce((sum, { bytes }) => sum + bytes, 0));
  metrics.gauges("lookback_packet_files", "Packet files that are there, by who keeps them.", () => catalogue.files.totals().map(({ storage, files }) => ({ labels: { storage }, value: files })));
  metrics.gauges("lookback_packet_bytes", "Bytes of packet files that are there, by who keeps them.", () => catalogue.files.totals().map(({ storage, bytes }) => ({ labels: { storage }, value: bytes })));
  metrics.gauges("lookback_oldest_packet_age_seconds", "Age of the earliest packet that is there, by who keeps it.", () =>
    catalogue.files.totals().flatMap(({ storage, firstMs }) => (firstMs === null ? [] : [{ labels: { storage }, value: (systemClock.nowMs() - firstMs) / 1000 }])));
  metrics.gauge("lookback_import_jobs_queued", "Imports that wait.", () => catalogue.jobs.inState("queued").length);
  metrics.gauges("lookback_exports", "Exports by state.", () => catalogue.exports.counts().map(({ state, exports }) => ({ labels: { state }, value: exports })));
}

function addShippingMetrics(metrics: Metrics, { config, catalogue }: Core): void {
  const shipping = shippingOf(config, catalogue);
  if (shipping === null) return;
  metrics.gauge("lookback_ship_queue_sessions", "Sessions that wait for the cluster.", () => shipping.status().queue.rows);
  metrics.gauge("lookback_ship_queue_bytes", "Bytes of segments that wait for the cluster.", () => shipping.status().queue.bytes);
  metrics.gauge("lookback_ship_budget_bytes", "Bytes of segments that may wait for the cluster.", () => shipping.status().budgetBytes);
  metrics.gauge("lookback_ship_refused_sessions", "Sessions that the cluster refused, kept as dead letters.", () => shipping.status().queue.deadRows);
  metrics.gauge("lookback_ship_sessions_per_second", "Sessions shipped a second, lately.", () => shipping.status().rate);
  metrics.gauge("lookback_shipper_up", "1 while a shipper runs, else 0.", () => (shipping.status().running ? 1 : 0));
}

function addDeviceMetrics(metrics: Metrics, core: Core, retention: MetricSources["retention"]): void {
  const { catalogue, directories } = core;
  // Read each time: a reload may have changed them.
  const rules = (): PacketRules => presentRules(core, catalogue.files.nodes()).rules.packets;
  let newest: { readonly atMs: number; readonly measured: Promise<SpaceMeasurement> } | null = null;
  const space = (): Promise<SpaceMeasurement> => {
    const now = systemClock.nowMs();
    if (newest === null || Math.abs(now - newest.atMs) >= SPACE_KEPT_MS) {
      newest = { atMs: now, measured: measureSpace([...rules().storage.map(({ directory }) => directory), directories.data, directories.exports], diskSpaceProbe) };
    }
    return newest.measured;
  };
  const perDevice = (value: (device: SpaceMeasurement["devices"][number]) => number) => async (): Promise<readonly Sample[]> =>
    (await space()).devices.flatMap((device) => device.directories.map((directory) => ({ labels: { directory }, value: value(device) })));
  metrics.gauges("lookback_device_free_bytes", "Free bytes of the device that a directory is on.", perDevice(({ freeBytes }) => freeBytes));
  metrics.gauges("lookback_device_size_bytes", "Size of the device that a directory is on.", perDevice(({ totalBytes }) => totalBytes));
  const ofPackets = (value: (freeBytes: number, target: number) => number) => async (): Promise<readonly Sample[]> => {
    const now = rules();
    const kept = new Set(now.storage.map(({ directory }) => directory));
    return (await space()).devices.flatMap((device) => {
      const target = deviceTarget({ ...device, pendingFiles: 0, pendingBytes: 0, writesFail: false }, now);
      return device.directories.filter((directory) => kept.has(directory)).map((directory) => ({ labels: { directory }, value: value(device.freeBytes, target) }));
    });
  };
  metrics.gauges("lookback_retention_target_bytes", "Free bytes that freeSpaceG asks for.", ofPackets((_free, target) => target));
  metrics.gauges("lookback_retention_target_reached", "1 while as much is free as freeSpaceG asks for, else 0.", ofPackets((free, target) => (free >= target ? 1 : 0)));
  metrics.gauge("lookback_free_space_conflicts", "Devices whose packet directories want different freeSpaceG: the larger is kept.", async () => (await freeSpaceConflicts(core)).length);
  metrics.gauge("lookback_directories_unmeasured", "Directories whose device cannot be measured, that do not answer, or in which nobody can see what is being deleted, so that nothing is deleted there.", async () =>
    new Set([...(await space()).unmeasured, ...retention.unmeasured].map(({ directory }) => directory)).size);
}

function addRetentionMetrics(metrics: Metrics, { catalogue }: Core, { totals }: MetricSources["retention"]): void {
  const counted = (name: string, help: string, value: () => number): void => { metrics.counted(name, help, () => [{ labels: {}, value: value() }]); };
  counted("lookback_retention_deleted_files_total", "Packet files that retention deleted.", () => totals.files);
  counted("lookback_retention_deleted_bytes_total", "Bytes of packet files that retention deleted.", () => totals.bytes);
  counted("lookback_retention_copied_bytes_total", "Bytes of held packets that were copied out of files which went.", () => totals.keptBytes);
  counted("lookback_retention_failed_deletions_total", "Deletions of packet files that failed, or are not finished.", () => totals.failures);
  counted("lookback_retention_expired_days_total", "Days of sessions that expired.", () => totals.days);
  metrics.gauges("lookback_forecast_days", "Days that packets and sessions will be kept at the recent rate, as forecast in the last hour.", () => {
    const { details = {} } = catalogue.taskRuns.lastOk("forecast") ?? {};
    return ([["packets", details["packetDays"]], ["sessions", details["sessionDays"]]] as const).flatMap(([of, days]) => (typeof days === "number" ? [{ labels: { of }, value: days }] : []));
  });
  metrics.gauges("lookback_holds", "Holds in force, by what they hold.", () => {
    const active = catalogue.holds.active();
    return (["session", "day", "file"] as const).map((subject) => ({ labels: { subject }, value: active.filter((hold) => hold.subject === subject).length }));
  });
  metrics.gauge("lookback_held_packet_bytes", "Bytes of packets of held sessions.", () => [...catalogue.holds.packetsByFile().values()].reduce((sum, { bytes }) => sum + bytes, 0));
}

function addTaskMetrics(metrics: Metrics, scheduler: MetricSources["scheduler"]): void {
  const runs = metrics.counter("lookback_task_runs_total", "Runs of tasks that ended, by outcome.");
  const duration = metrics.duration("lookback_task_seconds", "Time that runs of tasks take.");
  scheduler.observe((task, outcome, seconds) => {
    runs({ task, outcome });
    duration({ task }, seconds);
  });
  const perTask = (name: string, help: string, value: (task: ReturnType<Scheduler["status"]>[number]) => number | null): void => {
    metrics.gauges(name, help, () => scheduler.status().flatMap((task) => {
      const found = value(task);
      return found === null ? [] : [{ labels: { task: task.name }, value: found }];
    }));
  };
  perTask("lookback_task_failures", "Failed runs since the last one that succeeded.", (task) => task.failures);
  perTask("lookback_task_paused", "1 while the task does not run by the clock.", (task) => (task.paused === null ? 0 : 1));
  perTask("lookback_task_running", "1 while the task runs.", (task) => (task.running ? 1 : 0));
  perTask("lookback_task_last_run_timestamp_seconds", "When the newest run began.", (task) => (task.last === null ? null : task.last.startedAtMs / 1000));
  perTask("lookback_task_last_success_timestamp_seconds", "When the newest run that succeeded, and was left to no other server, ended.", (task) => (task.lastOk?.finishedAtMs == null ? null : task.lastOk.finishedAtMs / 1000));
  perTask("lookback_task_next_run_timestamp_seconds", "When the task runs next.", (task) => (task.nextMs === null ? null : task.nextMs / 1000));
}
