import type { Clock } from "../base/clock.js";
import { captureState, type CaptureObservation, type CaptureState } from "../capture/capture-state.js";
import { interfaceAccounts, sessionAccount, type InterfaceAccount } from "../capture/live-account.js";
import type { LiveStatistics } from "../capture/live-statistics.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { Metrics, Sample } from "../http/metrics.js";
import { observeCapture } from "./capture-observation.js";

/** Why packets were lost, as the label `reason` says it. */
const LOSSES = [
  ["kernel", ({ droppedByKernel }) => droppedByKernel], ["interface", ({ droppedByInterface }) => droppedByInterface], ["queue", ({ lostToQueue }) => lostToQueue], ["disk", ({ lostToDisk }) => lostToDisk],
] as const satisfies readonly (readonly [string, (account: InterfaceAccount) => number | null])[];

/**
 * What the capture counted, as it told last. Totals only grow while a capture runs, and begin at 0 when one starts, as
 * `lookback_capture_start_timestamp_seconds` shows. What a source cannot know has no sample. Nothing when there was no capture.
 */
export function addCaptureMetrics(metrics: Metrics, catalogue: Pick<Catalogue, "settings" | "captureLedger" | "marks">, clock: Clock): void {
  let observed: CaptureObservation | null = null;
  // All metrics of one page are read in one go: they tell of the same moment, and the catalogue is asked once.
  const observe = (): CaptureObservation => {
    if (observed === null) queueMicrotask(() => { observed = null; });
    observed ??= observeCapture(catalogue, clock.nowMs());
    return observed;
  };
  const told = (samples: (statistics: LiveStatistics) => readonly Sample[]) => (): readonly Sample[] => {
    const { statistics } = observe();
    return statistics === null ? [] : samples(statistics);
  };
  const perInterface = (samples: (account: InterfaceAccount, labels: { readonly node: string; readonly interface: string }) => readonly Sample[]) =>
    told(({ node, interface: pushedFrom, sources }) => interfaceAccounts(sources, pushedFrom).flatMap((account) => samples(account, { node, interface: account.name })));
  const total = (name: string, help: string, value: (account: InterfaceAccount) => number): void => {
    metrics.counted(name, `${help} Since the capture started.`, perInterface((account, labels) => [{ labels, value: value(account) }]));
  };
  total("lookback_capture_received_packets_total", "Packets that are accounted for: stored, left out by a rule, seen twice, or lost.", ({ received }) => received);
  total("lookback_capture_stored_packets_total", "Packets in packet files.", ({ stored }) => stored);
  total("lookback_capture_packets_by_rule_total", "Packets indexed and not stored, because dontSaveBPFs or pcapWriteMethod says so.", ({ byRule }) => byRule);
  total("lookback_capture_malformed_packets_total", "Packets, stored or left out by a rule, with a damaged header.", ({ malformed }) => malformed);
  total("lookback_capture_cut_packets_total", "Packets cut at the snap length.", ({ cut }) => cut);
  total("lookback_capture_duplicate_packets_total", "Packets seen twice on the loopback interface, kept once.", ({ duplicate }) => duplicate);
  metrics.counted("lookback_capture_lost_packets_total", "Packets lost, by reason: dropped by the kernel, lost by the interface, our queue was full, not written to the disk. Reasons that a source cannot know are left out. Since the capture started.",
    perInterface((account, labels) => LOSSES.flatMap(([reason, count]) => {
      const value = count(account);
      return value === null ? [] : [{ labels: { ...labels, reason }, value }];
    })));
  const perSource = (name: string, help: string, value: (source: LiveStatistics["sources"][number]) => number): void => {
    metrics.counted(name, `${help} Since the capture started.`, told(({ node, interface: pushedFrom, sources }) => {
      const sums = new Map<string, number>();
      for (const source of sources) {
        const from = source.interface === "" ? pushedFrom : source.interface;
        sums.set(from, (sums.get(from) ?? 0) + value(source));
      }
      return [...sums].map(([from, sum]) => ({ labels: { node, interface: from }, value: sum }));
    }));
  };
  perSource("lookback_capture_bytes_total", "Captured bytes of packets that were taken, stored or not.", ({ bytes }) => bytes);
  perSource("lookback_capture_interface_down_total", "Times the interface went down while it was captured, by each socket that reads it.", ({ wentDown }) => wentDown);
  perSource("lookback_capture_damaged_blocks_total", "Blocks of the kernel's ring that were not as promised, and places of standard input that could not be read: what they held is lost uncounted.", ({ damagedBlocks }) => damagedBlocks);
  addProcess(metrics, observe, told);
  metrics.gauges("lookback_capture_complete_until_lag_seconds", "How far completeUntil of each sensor is behind the clock: 0 after it was stopped in order. It grows while a capture is dead.", () => {
    const nowMs = clock.nowMs();
    return catalogue.marks.ofNodes().map(({ node, completeUntilMs }) => ({ labels: { node }, value: Math.max(0, nowMs - (completeUntilMs ?? nowMs)) / 1000 }));
  });
}

/** What is of the capture as a whole, not of an interface. */
function addProcess(metrics: Metrics, observe: () => CaptureObservation, told: (samples: (statistics: LiveStatistics) => readonly Sample[]) => () => readonly Sample[]): void {
  metrics.counted("lookback_capture_lost_sessions_total", "Closed sessions that the index found no room for; their packets are stored. Since the capture started.",
    told(({ node, counters, openSessions }) => [{ labels: { node }, value: sessionAccount(counters, openSessions).lost }]));
  metrics.gauges("lookback_capture_open_sessions", "Sessions that are open in the capture.", told(({ node, openSessions }) => [{ labels: { node }, value: openSessions }]));
  metrics.gauges("lookback_capture_failed_directories", "Packet directories that take nothing.", told(({ node, failedDirectories }) => [{ labels: { node }, value: failedDirectories.length }]));
  metrics.gauges("lookback_capture_start_timestamp_seconds", "When the capture started whose totals these are.", told(({ node, startedMs }) => [{ labels: { node }, value: startedMs / 1000 }]));
  metrics.gauges("lookback_capture_statistics_age_seconds", "Time since the capture told its totals: 15 seconds at most while it runs.", () => {
    const { statistics, nowMs } = observe();
    return statistics === null ? [] : [{ labels: { node: statistics.node }, value: Math.max(0, nowMs - statistics.updatedMs) / 1000 }];
  });
  const state = (value: (kind: CaptureState["kind"]) => boolean) => (): readonly Sample[] => {
    const observed = observe();
    return observed.run === null ? [] : [{ labels: { node: observed.run.node }, value: value(captureState(observed).kind) ? 1 : 0 }];
  };
  metrics.gauges("lookback_capture_up", "1 while the capture runs, else 0.", state((kind) => kind === "running"));
  metrics.gauges("lookback_capture_wanted", "0 while the capture was stopped on purpose, else 1.", state((kind) => kind !== "stopped"));
}
