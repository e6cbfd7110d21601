import type { ExportRecord, ExportState } from "../catalogue/exports.js";
import { EXPORT_FORMATS, type ExportFormat } from "./export-request.js";
import type { ExportProgress } from "./run-export.js";

export type { ExportState } from "../catalogue/exports.js";

/** One export as its owner sees it. Times are milliseconds since 1970. */
export interface ExportView {
  readonly id: string;
  readonly user: string;
  readonly state: ExportState;
  /** What was asked for, as text. */
  readonly query: string;
  /** The format that was asked for. */
  readonly format: ExportFormat;
  readonly wholeConnections: boolean;
  readonly createdMs: number;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  /** When the file goes, or null while it is not made. */
  readonly expiresMs: number | null;
  /** Part done, 0 to 1; null while it is not known. */
  readonly progress: number | null;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  /** Packets whose file or record is not there any more. */
  readonly missingPackets: number;
  /** The format of the file, which is pcapng where classic pcap was asked for and cannot hold the packets; null until there is one. */
  readonly fileFormat: ExportFormat | null;
  readonly sha256: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Whether nothing more happens to an export, expiry aside. */
export function isFinished(state: ExportState): boolean {
  return state !== "queued" && state !== "running";
}

/** A row as its owner sees it; `live` is the progress while it runs. */
export function viewOf(job: ExportRecord, live: ExportProgress | null): ExportView {
  const { query, format, wholeConnections } = job.request;
  const now = live ?? job;
  return {
    id: job.id, user: job.owner, state: job.state, query: typeof query === "string" ? query : "", format: formatOf(format) ?? "pcap", wholeConnections: wholeConnections === true,
    createdMs: job.createdAtMs, startedMs: job.startedAtMs, finishedMs: job.finishedAtMs, expiresMs: job.expiresAtMs,
    progress: job.state === "done" || job.state === "expired" ? 1 : live === null || live.totalPackets === 0 ? null : Math.min(1, live.packets / live.totalPackets),
    sessions: now.sessions, packets: now.packets, bytes: now.bytes, missingPackets: job.missingPackets,
    fileFormat: job.fileName === null ? null : formatOf(job.fileName.slice(job.fileName.lastIndexOf(".") + 1)),
    sha256: job.sha256,
    error: job.errorCode === null ? null : { code: job.errorCode, message: job.errorMessage ?? "" },
  };
}

/** The format of a name, or null. */
export function formatOf(name: unknown): ExportFormat | null {
  return EXPORT_FORMATS.find((one) => one === name) ?? null;
}
