import type { CaptureCondition, CaptureDown, CaptureLoss } from "../model/retention-event.js";
import type { CaptureRun } from "./capture-run.js";
import { SILENT_MS, type LiveStatistics } from "./live-statistics.js";

/** Time that a capture must run, in milliseconds, until it counts as up again: one that ends as soon as it began is down. */
const SETTLED_MS = 10_000;

/** What is known of the capture of a data directory. */
export interface CaptureObservation {
  /** The newest run, or null when nothing was ever captured. */
  readonly run: CaptureRun | null;
  /** What the capture of the run's node told last, in this run or an earlier one. */
  readonly statistics: LiveStatistics | null;
  /** What each interface lost in the last minute; those that lost something. */
  readonly losses: readonly InterfaceLoss[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Packets that an interface lost. */
export interface InterfaceLoss extends Pick<CaptureLoss, "lostToKernel" | "lostToInterface" | "lostToQueue" | "lostToDisk"> {
  readonly node: string;
  readonly interface: string;
}

/**
 * How a capture is. `settled`: it has run for so long that an earlier failure is over. `again`: it was started after one
 * that was not stopped.
 */
export type CaptureState =
  | { readonly kind: "never" }
  | { readonly kind: "stopped"; readonly run: CaptureRun }
  | { readonly kind: "starting"; readonly run: CaptureRun; readonly again: boolean }
  | { readonly kind: "running"; readonly run: CaptureRun; readonly settled: boolean }
  | { readonly kind: "down"; readonly run: CaptureRun; readonly reason: string; readonly silentSeconds: number };

/** How the capture is, by its note of the run and by when it told its statistics last. */
export function captureState({ run, statistics, nowMs }: Omit<CaptureObservation, "losses">): CaptureState {
  if (run === null) return { kind: "never" };
  if (run.endedMs !== null && run.failure === null) return { kind: "stopped", run };
  const heardMs = Math.max(run.wantedSinceMs, statistics?.updatedMs ?? run.wantedSinceMs);
  const silentSeconds = Math.max(0, Math.round((nowMs - heardMs) / 1000));
  if (run.failure !== null) return { kind: "down", run, reason: run.failure, silentSeconds };
  // A time far in the future is of a clock that was set back: nothing was heard since.
  const isRecent = (ms: number): boolean => Math.abs(nowMs - ms) <= SILENT_MS;
  const tells = statistics !== null && statistics.startedMs >= run.startedMs;
  if (tells && isRecent(statistics.updatedMs)) return { kind: "running", run, settled: statistics.updatedMs - run.startedMs >= SETTLED_MS };
  // What an earlier run told, or the first of several starts: starting over and over is no sign of life.
  if (isRecent(run.wantedSinceMs) || (statistics !== null && isRecent(statistics.updatedMs))) return { kind: "starting", run, again: run.startedMs !== run.wantedSinceMs };
  return { kind: "down", run, reason: tells ? `nothing was heard of it for ${silentSeconds} s` : `it was started and nothing was heard of it since; it captured nothing for ${silentSeconds} s`, silentSeconds };
}

/** What names the capture of a run in events and words: `node/eth0,eth1`. */
export function subjectOf({ node, interface: interfaces }: Pick<CaptureRun, "node" | "interface">): string {
  return `${node}/${interfaces}`;
}

/** What holds of the capture at this moment and should be told. */
export function captureConditions(observed: CaptureObservation): readonly CaptureCondition[] {
  const state = captureState(observed);
  // Where nothing is to be captured, no directory has to take anything.
  const wanted = state.kind !== "never" && state.kind !== "stopped";
  return [
    ...(state.kind === "down" ? [downOf(state)] : []),
    ...observed.losses.map((loss): CaptureLoss => {
      const { lostToKernel, lostToInterface, lostToQueue, lostToDisk } = loss;
      return {
        kind: "capture-loss", subject: subjectOf(loss), lostPackets: lostToKernel + lostToInterface + lostToQueue + lostToDisk, lostToKernel, lostToInterface, lostToQueue, lostToDisk,
      };
    }),
    ...(wanted ? (observed.statistics?.failedDirectories ?? []) : []).map(({ directory, reason }) => ({ kind: "packet-directory-failed" as const, subject: directory, reason })),
  ];
}

function downOf({ run, reason, silentSeconds }: Extract<CaptureState, { kind: "down" }>): CaptureDown {
  return { kind: "capture-down", subject: subjectOf(run), reason, silentSeconds };
}

/** Whether it is open yet whether the capture is up: then nothing that was told of it is over. */
export function isUndecided(state: CaptureState): boolean {
  return state.kind === "starting" || (state.kind === "running" && !state.settled);
}
