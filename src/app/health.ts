import { stat } from "node:fs/promises";
import path from "node:path";
import { systemClock, type Clock } from "../base/clock.js";
import { systemErrorCode } from "../base/errors.js";
import { captureConditions, captureState, subjectOf, type CaptureObservation } from "../capture/capture-state.js";
import { HealthChecks, type CheckResult } from "../http/health.js";
import { isInside } from "../packet-store/packet-store.js";
import type { SegmentInfo } from "../model/segment.js";
import type { RetentionService } from "../retention/retention-service.js";
import type { Scheduler } from "../scheduler/scheduler.js";
import { describeCondition, type RetentionWatch } from "../watching/retention-watch.js";
import { observeCapture } from "./capture-observation.js";
import type { Core, Directories } from "./core.js";
import type { Shipping } from "../graphql/services.js";
import { freeSpaceConflicts, storageTroubles } from "./retention.js";
import { shippingOf } from "./shipping.js";
import { tryWriting } from "../packet-store/try-writing.js";

/** Names of things that one detail lists; the count beside them is of all. */
const MOST_NAMED = 20;
/** Longest wait for the store, in milliseconds: less than a check may take, so that what the store says is told. */
const STORE_PATIENCE_MS = 4_000;

/** What health is read from. */
export interface HealthSources {
  readonly core: Core;
  readonly scheduler: Pick<Scheduler, "status">;
  readonly watch: Pick<RetentionWatch, "conditions">;
  readonly retention: Pick<RetentionService, "unmeasured">;
  /** By default the host's. */
  readonly clock?: Clock;
}

/** What the service needs to answer, and what somebody should look after. */
export function healthChecks({ core, scheduler, watch, retention, clock = systemClock }: HealthSources): HealthChecks {
  const { config, catalogue, store, cluster, directories } = core;
  const sessionsDisk = `the disk or mount of ${directories.sessions}`;
  const checks = new HealthChecks();
  checks.add("catalogue", "the catalogue", () => Promise.resolve({ ok: true, detail: `${catalogue.segments.live().length} segments` }));
  checks.add("segments", sessionsDisk, async () => {
    const damaged = await missingSegments(catalogue.segments.live(), directories.sessions);
    return verdict(damaged, "every segment is there", (names) => `missing or cut: ${names}; \`lookback rebuild\` makes them again`);
  });
  checks.add("store", cluster === null ? sessionsDisk : "the search cluster", async () => {
    const extent = await store.extent(STORE_PATIENCE_MS);
    return { ok: true, detail: extent === null ? "no sessions" : `sessions from ${new Date(extent.firstMs).toISOString()} to ${new Date(extent.lastMs).toISOString()}` };
  });
  const shipping = shippingOf(config, catalogue);
  if (shipping !== null) checks.watch("shipping", "the catalogue", () => Promise.resolve(shippingCheck(shipping)));
  checks.watch("capture", "the catalogue", () => Promise.resolve(captureCheck(observeCapture(catalogue, clock.nowMs()))));
  checks.watch("disk", "the disk or mount of a directory that is written to", () => diskCheck(directories, config.storageOf(config.node).directories));
  checks.watch("retention", "the disk or mount of a packet directory", async () => retentionCheck(watch, retention, storageTroubles(core), await freeSpaceConflicts(core)));
  checks.watch("tasks", "the catalogue", () => Promise.resolve(taskCheck(scheduler)));
  return checks;
}

/** A capture that is down, loses packets, or has a directory that takes nothing. One that was never started or was stopped is fine. */
function captureCheck(observed: CaptureObservation): CheckResult {
  const state = captureState(observed);
  const wrong = captureConditions(observed).map(describeCondition);
  if (state.kind === "never") return verdict(wrong, "no capture was ever started", (names) => names);
  const subject = subjectOf(state.run);
  if (state.kind === "starting" && state.again) wrong.unshift(`the capture of ${subject} starts again after it ended by itself`);
  const words = { stopped: "was stopped", starting: "is starting", running: "runs and loses nothing", down: "is down" } as const;
  return verdict(wrong, `the capture of ${subject} ${words[state.kind]}`, (names) => names);
}

/** Sessions that wait for the cluster: too many, refused ones, or nobody who ships. */
function shippingCheck(shipping: Shipping): CheckResult {
  const { queue, budgetBytes, nearlyFull, running, lastError } = shipping.status();
  const wrong = [
    ...(nearlyFull ? [`${queue.bytes} bytes of at most ${budgetBytes} wait for the cluster`] : []),
    ...(queue.deadRows > 0 ? [`the cluster refused ${queue.deadRows} sessions; lookback ship --retry tries them again`] : []),
    ...(running ? [] : ["no shipper runs; start lookback ship"]),
    ...(lastError === null ? [] : [`${lastError.code}: ${lastError.message}`]),
  ];
  return verdict(wrong, `${queue.rows} sessions wait for the cluster`, (names) => names);
}

/** Writes to each directory, as capture, imports, exports and the catalogue must be able to. */
async function diskCheck(directories: Directories, packetDirectories: readonly string[]): Promise<CheckResult> {
  // Directories below the data directory are made when they are needed; one elsewhere that is missing is not mounted.
  const written = [...new Set([directories.data, directories.packets, ...packetDirectories, directories.sessions, directories.exports])];
  const failing = (await Promise.all(written.map(async (directory) => {
    if (isInside(directories.data, directory) && await stat(directory).then(() => false, (error: unknown) => systemErrorCode(error) === "ENOENT")) return [];
    const reason = await tryWriting(directory);
    return reason === null ? [] : [`${directory}: ${reason}`];
  }))).flat();
  return verdict(failing, "every directory can be written", (names) => names);
}

/**
 * Targets that cannot be reached, sections that do not read, and directories in which nothing can be deleted. Low forecasts, holds that block, rules that disagree and files in
 * directories that nobody named are told, but are nothing that is broken.
 */
function retentionCheck(watch: Pick<RetentionWatch, "conditions">, { unmeasured }: Pick<RetentionService, "unmeasured">, { unread, outside }: ReturnType<typeof storageTroubles>, conflicts: readonly string[]): CheckResult {
  const short = watch.conditions().filter(({ kind }) => kind === "target-unreachable");
  const odd = [...outside, ...conflicts];
  // One that is not there is told by the check of disks where something is to be written there.
  const blind = unmeasured.filter(({ isAbsent = false }) => !isAbsent).map(({ directory, reason }) => `nothing is deleted in ${directory}: ${reason}`);
  return verdict([...unread, ...blind, ...short.map(describeCondition)], ["every device has the free space it should have", ...odd].join("; "), (names) => [names, ...odd].join("; "));
}

function taskCheck(scheduler: Pick<Scheduler, "status">): CheckResult {
  const tasks = scheduler.status();
  const paused = tasks.filter((task) => task.paused !== null).map((task) => task.name);
  const failing = tasks.filter((task) => task.failures > 0).map(({ name, failures, last }) => {
    const reason = last?.outcome === "failed" && typeof last.details["reason"] === "string" ? `: ${last.details["reason"]}` : "";
    return `${name} failed ${failures === 1 ? "once" : `${failures} times`}${reason}`;
  });
  const hanging = tasks.flatMap(({ name, hangsMs }) => (hangsMs === null ? [] : [`${name} runs and has made no progress for ${Math.floor(hangsMs / 60_000)} minutes: look at the disks and mounts that it works on`]));
  return verdict([...failing, ...hanging], paused.length === 0 ? "no task fails" : `no task fails; paused: ${paused.join(", ")}`, (names) => names);
}

function verdict(wrong: readonly string[], good: string, bad: (names: string) => string): CheckResult {
  if (wrong.length === 0) return { ok: true, detail: good };
  const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : "";
  return { ok: false, detail: bad(wrong.slice(0, MOST_NAMED).join("; ") + more) };
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
