import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { IndexStore, ReadContext } from "../index-store/index-store.js";
import type { Field } from "../model/field.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { RangeLoss } from "../model/range-loss.js";
import { syncDirectory, type SpaceProbe } from "../packet-store/packet-store.js";
import type { CaptureFormat } from "./capture-format.js";
import { EXPORT_FORMATS, isCapture, type ExportRequest } from "./export-request.js";
import { HashedFile } from "./hashed-file.js";
import { incompleteSessions } from "./incomplete-sessions.js";
import { signManifest, type ManifestFacts, type ManifestSource } from "./manifest.js";
import type { SessionSpan } from "./session-span.js";
import type { SigningKey } from "./signing-key.js";
import { encodeExpression } from "./stored-request.js";
import { columnName } from "./table-columns.js";
import { writeCapture, type CaptureParts, type CaptureProgress, type CaptureSource } from "./write-capture.js";
import { writeTable } from "./write-table.js";

/** Most packet files listed in a manifest. */
const SOURCES_LISTED = 10_000;

export interface ExportParts extends CaptureParts {
  readonly store: Pick<IndexStore, "streamPackets" | "streamPositions" | "streamRows">;
  /** Measures the device of the export directory. */
  readonly probe: SpaceProbe;
  readonly signingKey: SigningKey;
  /** What the catalogue knows of packet files, for manifests. */
  readonly describeFile: (fileId: number) => Pick<ManifestSource, "node" | "name" | "stream" | "fileBytes"> | null;
  /** What live captures lost in a time, for manifests. */
  readonly lossIn: (span: SessionSpan) => RangeLoss;
  readonly fields: Pick<FieldCatalogue, "byPath">;
  /** The server's own limit, in bytes. */
  readonly maxBytes: number;
  /** Version of this software. */
  readonly version: string;
  /** Asks for room where a write failed for want of it; the answer says whether there is more now. Unset: nobody can make any. */
  readonly makeRoom?: (directory: string) => Promise<boolean>;
}

export interface ExportTask {
  readonly request: ExportRequest;
  readonly context: ReadContext & { readonly signal: AbortSignal };
  /** `exports/`. */
  readonly directory: string;
  /** Name of the file without its ending. */
  readonly name: string;
  /** What its manifest calls it where that is not `<name>.<format>`. */
  readonly fileName?: string;
  /** When it was asked for, and the moment that it is of; milliseconds since 1970. */
  readonly requestedMs: number;
  readonly asOfMs: number;
  readonly completeUntilMs: number | null;
}

/** How far an export is. */
export type ExportProgress = CaptureProgress;

/** No progress yet. */
export function noProgress(): ExportProgress {
  return { sessions: 0, packets: 0, totalPackets: 0, bytes: 0 };
}

export interface ExportResult {
  readonly fileName: string;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly missingPackets: number;
  /** null for tables. */
  readonly capture: CaptureFormat | null;
}

/**
 * Writes an export to `<name>.<format>` and its signed manifest to `<name>.<format>.manifest.json`. The same sessions and
 * packet files give the same bytes; memory is bounded whatever their number. Where the device fills up meanwhile, retention is
 * asked for room once, and the export begins anew.
 *
 * Throws DISK_FULL, LIMIT_EXCEEDED, QUERY_CANCELLED and the store's errors; no file is left behind then.
 */
export async function runExport(parts: ExportParts, task: ExportTask, progress: ExportProgress): Promise<ExportResult> {
  try {
    return await attempt(parts, task, progress);
  } catch (error) {
    if (!metFullDevice(error) || task.context.signal.aborted || !((await parts.makeRoom?.(task.directory)) ?? false)) throw error;
    Object.assign(progress, noProgress());
    return attempt(parts, task, progress);
  }
}

/** Whether a write met a full device. That there is too little room to begin with asks nobody to delete packets for a copy of them. */
function metFullDevice(error: unknown): boolean {
  return error instanceof LookbackError && error.code === "DISK_FULL" && error.details["neededBytes"] === undefined;
}

async function attempt(parts: ExportParts, task: ExportTask, progress: ExportProgress): Promise<ExportResult> {
  const work = path.join(task.directory, `${task.name}.work`);
  await discardExport(task.directory, task.name);
  try {
    if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
    await mkdir(work, { recursive: true, mode: 0o700 });
    const part = path.join(work, "export.part");
    const handle = await open(part, "wx", 0o600);
    const file = new HashedFile(handle);
    let done: Written;
    try {
      done = isCapture(task.request.format) ? await capture(parts, task, work, file, progress) : await table(parts, task, file, progress);
      await handle.sync();
    } finally {
      await file.close();
      await handle.close();
    }
    const fileName = `${task.name}.${done.extension}`;
    await writeManifest(parts, task, done, fileName);
    await rename(part, path.join(task.directory, fileName));
    await rm(work, { recursive: true, force: true });
    await syncDirectory(task.directory);
    const { sessions, packets, bytes, sha256 } = done;
    return { fileName, sessions, packets, bytes, sha256, missingPackets: done.missing.packets, capture: done.capture };
  } catch (error) {
    await discardExport(task.directory, task.name);
    const code = systemErrorCode(error);
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new LookbackError("DISK_FULL", `no room left for the export in ${task.directory}; free some space and ask for it again (retryExport)`, { directory: task.directory }, { cause: error });
    }
    throw error;
  }
}

/** The manifest of an export's file. */
export function manifestName(fileName: string): string {
  return `${fileName}.manifest.json`;
}

/** Removes whatever there is of an export: its file, its manifest, its temporary files. */
export async function discardExport(directory: string, name: string): Promise<void> {
  for (const format of EXPORT_FORMATS) {
    await rm(path.join(directory, `${name}.${format}`), { force: true });
    await rm(path.join(directory, manifestName(`${name}.${format}`)), { force: true });
  }
  await rm(path.join(directory, `${name}.work`), { recursive: true, force: true });
}

interface Written {
  readonly extension: string;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly capture: CaptureFormat | null;
  readonly sources: readonly CaptureSource[];
  readonly missing: ManifestFacts["missing"];
  readonly span: SessionSpan | null;
}

function limitOf(parts: ExportParts, task: ExportTask): number {
  return Math.min(parts.maxBytes, task.request.maxBytes ?? Number.POSITIVE_INFINITY);
}

async function capture(parts: ExportParts, task: ExportTask, work: string, file: HashedFile, progress: ExportProgress): Promise<Written> {
  const { request, context } = task;
  const maxBytes = limitOf(parts, task);
  let expected = 0;
  const result = await writeCapture(parts, { request, context, container: request.format === "pcapng" ? "pcapng" : "auto", maxBytes, work }, {
    canRestart: true,
    expect: (bytes) => {
      expected = bytes;
      return checkRoom(parts.probe, task.directory, bytes);
    },
    open: () => file.restart(maxBytes, expected),
  }, progress);
  const incomplete = await incompleteSessions(parts.store, request, context, result.missing);
  return {
    extension: result.format.container, sessions: result.sessions, packets: result.packets, bytes: result.bytes, sha256: await file.digest(), capture: result.format, sources: result.sources, span: result.span,
    missing: {
      packets: result.missing.total, files: result.missing.list(), packetsUnlisted: result.missing.unlisted,
      sessions: incomplete.listed, sessionsUnlisted: incomplete.unlisted, sessionsWithoutPackets: result.sessionsWithoutPackets,
    },
  };
}

async function table(parts: ExportParts, task: ExportTask, file: HashedFile, progress: ExportProgress): Promise<Written> {
  const { request, context } = task;
  if (isCapture(request.format)) throw new LookbackError("INTERNAL", "a capture is no table");
  const out = await file.restart(limitOf(parts, task));
  const times = { first: timeField(parts, "firstPacket"), last: timeField(parts, "lastPacket") };
  const { sessions, span } = await writeTable(parts.store, { request, context, format: request.format, fields: request.fields, times }, out, progress);
  return {
    extension: request.format, sessions, packets: 0, bytes: out.bytes, sha256: await file.digest(), capture: null, sources: [], span,
    missing: { packets: 0, files: [], packetsUnlisted: 0, sessions: [], sessionsUnlisted: 0, sessionsWithoutPackets: 0 },
  };
}

function timeField({ fields }: Pick<ExportParts, "fields">, name: string): Field {
  const field = fields.byPath(name);
  if (field === null) throw new LookbackError("INTERNAL", `the field catalogue has no ${name}`);
  return field;
}

/** An early answer where the device cannot hold the file; the write itself still meets a device that fills up meanwhile. */
async function checkRoom(probe: SpaceProbe, directory: string, neededBytes: number): Promise<void> {
  const { freeBytes } = await probe(directory);
  if (freeBytes < neededBytes) {
    throw new LookbackError("DISK_FULL", `the export needs about ${neededBytes} bytes; ${directory} has ${freeBytes} free; free some and ask for it again (retryExport)`, { directory, neededBytes, freeBytes });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

async function writeManifest(parts: ExportParts, task: ExportTask, done: Written, fileName: string): Promise<void> {
  const { request, context: { scope } } = task;
  const narrowed = scope.forcedExpression !== null || scope.oldestMs !== null || scope.hiddenFields.size > 0;
  const facts: ManifestFacts = {
    file: { name: task.fileName ?? fileName, format: done.extension, bytes: done.bytes, sha256: done.sha256 },
    request: {
      query: request.query, expression: encodeExpression(request.expression),
      range: { start: isoOrNull(request.range.startMs), end: isoOrNull(request.range.endMs), bounding: request.range.bounding },
      packets: request.wholeConnections ? "WHOLE_CONNECTION" : "MATCHING_PART", format: request.format, maxBytes: request.maxBytes, fields: request.fields.map(columnName),
      user: scope.user, at: iso(task.requestedMs),
    },
    narrowed,
    asOf: iso(task.asOfMs), completeUntil: isoOrNull(task.completeUntilMs), sessions: done.sessions, packets: done.packets,
    capture: done.capture === null ? null : {
      container: done.capture.container, linkTypes: done.capture.linkTypes, timestampResolution: done.capture.nanosecond ? "nanosecond" : "microsecond",
      note: request.format === "pcap" && done.capture.container === "pcapng" ? noteOf(done.capture) : null,
    },
    sources: done.sources.slice(0, SOURCES_LISTED).map((source) => ({ ...(parts.describeFile(source.fileId) ?? { node: null, name: null, stream: null, fileBytes: null }), ...source })),
    sourcesUnlisted: Math.max(0, done.sources.length - SOURCES_LISTED),
    missing: done.missing,
    losses: narrowed || done.span === null ? null : { start: iso(done.span.startMs), end: iso(done.span.endMs), ...parts.lossIn(done.span) },
    software: { name: "Lookback", version: parts.version },
  };
  const handle = await open(path.join(task.directory, manifestName(fileName)), "w", 0o600);
  try {
    await handle.writeFile(signManifest(facts, parts.signingKey));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Why classic pcap was asked for and pcapng came. */
function noteOf(format: CaptureFormat): string {
  if (format.linkTypes.length > 1) return `classic pcap holds one link type; the packets have ${format.linkTypes.length}, so this is pcapng`;
  return "classic pcap holds times from 1970 to 2106; the packets have others, so this is pcapng";
}
