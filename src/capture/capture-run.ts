import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";

/** Key under which the catalogue keeps the newest run; one process at a time captures into a data directory. */
const KEY = "capture.run";

/** A run of the process that captures into a data directory. Times are milliseconds since 1970. */
export interface CaptureRun {
  readonly node: string;
  /** Interfaces, separated by commas; those that are wanted until they are open. */
  readonly interface: string;
  readonly startedMs: number;
  /** When it was first started since a capture was last stopped on purpose: since then packets should be captured. */
  readonly wantedSinceMs: number;
  /** When it ended; null while it runs, or when it ended without a word. */
  readonly endedMs: number | null;
  /** Why it ended, or is about to; null when it was told to, or there was nothing more to capture. */
  readonly failure: string | null;
}

/** Where the run is kept. */
interface Settings {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** The newest run of a capture, or null when there was none, or none of a version that keeps it. */
export function loadRun(settings: Pick<Settings, "get">): CaptureRun | null {
  const stored = settings.get(KEY);
  if (stored === null) return null;
  const parsed: unknown = JSON.parse(stored);
  // Written by a CaptureRunRecord of this or another version; a shape that is not known counts as none.
  return isRun(parsed) ? parsed : null;
}

/** Notes that nothing is to be captured here: a run that has ended by an error counts as one that was stopped. One that may go on stays as it is. */
export function settleFailedRun(settings: Settings): void {
  const run = loadRun(settings);
  if (run !== null && run.endedMs !== null && run.failure !== null) settings.set(KEY, JSON.stringify({ ...run, failure: null } satisfies CaptureRun));
}

function isRun(value: unknown): value is CaptureRun {
  return typeof value === "object" && value !== null && "node" in value && typeof value.node === "string" && "interface" in value && typeof value.interface === "string"
    && "startedMs" in value && typeof value.startedMs === "number" && "wantedSinceMs" in value && typeof value.wantedSinceMs === "number"
    && "endedMs" in value && (value.endedMs === null || typeof value.endedMs === "number") && "failure" in value && (value.failure === null || typeof value.failure === "string");
}

export interface CaptureRunParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly node: string;
  /** Those that are wanted, separated by commas. */
  readonly interfaces: string;
}

/**
 * Notes in the catalogue that a capture was started, and how it ended, so that one that is dead can be told from one that
 * was stopped. The caller holds the capture role. What cannot be noted (the device may be full) ends no capture.
 */
export class CaptureRunRecord {
  readonly #parts: CaptureRunParts;
  #run: CaptureRun;

  constructor(parts: CaptureRunParts) {
    this.#parts = parts;
    const before = loadRun(parts.settings);
    const now = parts.clock.nowMs();
    const wasStopped = before === null || (before.endedMs !== null && before.failure === null);
    this.#run = { node: parts.node, interface: parts.interfaces, startedMs: now, wantedSinceMs: wasStopped ? now : before.wantedSinceMs, endedMs: null, failure: null };
    this.#save();
  }

  /** The interfaces are open. */
  captures(interfaces: string): void {
    this.#run = { ...this.#run, interface: interfaces };
    this.#save();
  }

  /** It cannot go on, and will end. Of several reasons the first counts. */
  failed(error: unknown): void {
    if (this.#run.failure !== null) return;
    this.#run = { ...this.#run, failure: error instanceof Error ? error.message : String(error) };
    this.#save();
  }

  /** The process ends. */
  end(): void {
    this.#run = { ...this.#run, endedMs: this.#parts.clock.nowMs() };
    this.#save();
  }

  #save(): void {
    try {
      this.#parts.settings.set(KEY, JSON.stringify(this.#run));
    } catch (error) {
      this.#parts.logger.warn({ error: error instanceof Error ? error.message : String(error) }, "how the capture began or ended could not be noted; whoever serves may take it for dead");
    }
  }
}
