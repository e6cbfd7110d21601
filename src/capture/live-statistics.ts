import type { SourceLedger } from "../native/types.js";
import type { FailedDirectory } from "./failed-directories.js";
import type { TimestampSource } from "./packet-source.js";

/** A capture tells what it counted every 15 seconds at least; one that has been silent for longer than this, in milliseconds, has ended. */
export const SILENT_MS = 60_000;

/** What a live capture counted since it started; each packet that arrived is in exactly one of the packet counts. */
export interface LiveStatistics {
  readonly node: string;
  readonly interface: string;
  readonly timestampSource: TimestampSource;
  readonly startedMs: number;
  readonly updatedMs: number;
  /** Packets in packet files. */
  readonly packets: number;
  readonly bytes: number;
  /** Packets lost because our queue was full or the disk took nothing. */
  readonly droppedByUs: number;
  /** Packets the kernel dropped; null: the source cannot know. */
  readonly droppedByKernel: number | null;
  readonly openSessions: number;
  /** What each source did; several sockets of one interface are several sources. */
  readonly sources: readonly SourceLedger[];
  /** Why packets or rows cannot be stored at present, or null. */
  readonly failure: string | null;
  /** Packet directories that failed, and took nothing since. */
  readonly failedDirectories: readonly FailedDirectory[];
  readonly counters: Readonly<Record<string, number>>;
}

/** Key under which the catalogue keeps the statistics of a node's capture, for processes that serve. */
const keyOf = (node: string): string => `live.statistics.${node}`;

/** Where statistics are kept. */
interface Settings {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export function saveStatistics(settings: Settings, statistics: LiveStatistics): void {
  settings.set(keyOf(statistics.node), JSON.stringify(statistics));
}

/** The statistics of a node's capture, running or ended, or null when it never captured. */
export function loadStatistics(settings: Settings, node: string): LiveStatistics | null {
  const stored = settings.get(keyOf(node));
  if (stored === null) return null;
  const parsed: unknown = JSON.parse(stored);
  // Written by saveStatistics of this or an earlier version; a shape that is not known counts as none.
  return isStatistics(parsed) ? parsed : null;
}

function isStatistics(value: unknown): value is LiveStatistics {
  return typeof value === "object" && value !== null && "node" in value && "interface" in value && "packets" in value && "counters" in value && "failedDirectories" in value && "sources" in value && Array.isArray(value.sources) && value.sources.every((source: unknown) => typeof source === "object" && source !== null && "byRule" in source);
}
