import { rm } from "node:fs/promises";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { IndexStore, ReadContext, StreamRequest } from "../index-store/index-store.js";
import type { PacketFile, PacketReader } from "../packet-store/packet-store.js";
import { fileHeader, FormatSurvey, type CaptureFormat } from "./capture-format.js";
import { mergeFiles, NeedsSorting, type MergeFile } from "./merge-files.js";
import { MissingPackets } from "./missing-packets.js";
import type { OutputBuffer } from "./output-buffer.js";
import { tooLarge } from "./output-buffer.js";
import type { PacketFileLookup } from "./packet-files.js";
import { PositionSorter, type FileExtent } from "./position-sorter.js";
import type { SorterLimits } from "./record-sorter.js";
import { SpanFinder, type SessionSpan } from "./session-span.js";
import { surveyFiles, writeSorted, type SortParts } from "./sort-packets.js";

/** Bytes of the file header, and of each packet's record beyond its own, that are allowed for before the format is known. */
const HEADER_BYTES = 24;
const RECORD_BYTES = 32;
/**
 * Most times that positions are gathered. Retention moves held packets into another file before it deletes theirs, and what was
 * gathered before that points to the old one.
 */
const MOST_GATHERINGS = 3;

export interface CaptureParts {
  readonly store: Pick<IndexStore, "streamPositions">;
  readonly reader: Pick<PacketReader, "stream" | "layout" | "heads" | "packets">;
  readonly lookup: PacketFileLookup;
  /** Numbers of the files that retention has deleted by now. */
  readonly goneFiles: () => readonly number[];
  readonly sorter?: SorterLimits & { readonly runPositions?: number };
}

export interface CaptureTask {
  readonly request: StreamRequest;
  readonly context: ReadContext & { readonly signal: AbortSignal };
  /** "pcapng" always; "auto": classic pcap where it can hold the packets. */
  readonly container: "auto" | "pcapng";
  readonly maxBytes: number;
  /** A directory for temporary files, made when one is needed; the caller removes it. */
  readonly work: string;
}

/** How far the writing is. */
export interface CaptureProgress {
  sessions: number;
  /** Packets written, of `totalPackets` once that is known. */
  packets: number;
  totalPackets: number;
  bytes: number;
}

/** One packet file of which packets were asked for. */
export interface CaptureSource {
  readonly fileId: number;
  /** Positions in it, and the bytes of their records. */
  readonly packets: number;
  readonly bytes: number;
}

export interface CaptureResult {
  readonly sessions: number;
  /** Sessions that have no packet positions at all. */
  readonly sessionsWithoutPackets: number;
  /** The time of the sessions, with or without packets; null when there are none. */
  readonly span: SessionSpan | null;
  readonly packets: number;
  readonly bytes: number;
  readonly format: CaptureFormat;
  readonly missing: MissingPackets;
  readonly sources: readonly CaptureSource[];
}

/** Where the capture goes. */
export interface CaptureTarget {
  /** Called before anything is written, with how many bytes there will be at most; throws when that cannot be. */
  readonly expect?: (bytes: number) => Promise<void>;
  /** A new output. A second call, only where `canRestart`, means that what the first one took is void. */
  readonly open: (format: CaptureFormat) => Promise<OutputBuffer>;
  /**
   * Whether what was written can be taken back. It allows to merge files in the hope that each is in order of time, which
   * nearly all are; without it they are read once more to make sure.
   */
  readonly canRestart: boolean;
}

/**
 * Writes the packets of sessions as a capture, each once, in order of time (ties by file, then offset). The same sessions
 * and packet files give the same bytes. Memory is bounded whatever the number of packets.
 *
 * First the positions, sorted by file and offset. Then one pass over the files, merged by time; only where a file is not in
 * order of time itself, or is pcapng and tells link types packet by packet, there are more. Where retention deleted a file
 * meanwhile, all that is done once more: before anything is written, or later where the target can restart.
 *
 * Throws QUERY_CANCELLED, LIMIT_EXCEEDED and the errors of the store and of the target.
 */
export async function writeCapture(parts: CaptureParts, task: CaptureTask, target: CaptureTarget, progress: CaptureProgress): Promise<CaptureResult> {
  const missed = new Set<number>();
  for (let gathering = 1; ; gathering += 1) {
    const gone = new Set(parts.goneFiles());
    const work = path.join(task.work, `gathered-${gathering}`);
    const positions = new PositionSorter(work, parts.sorter?.runPositions);
    try {
      Object.assign(progress, { sessions: 0, packets: 0, totalPackets: 0, bytes: 0 } satisfies CaptureProgress);
      const counts = await gather(parts, task, positions, progress);
      const extents = positions.files();
      progress.totalPackets = extents.reduce((sum, extent) => sum + extent.positions, 0);
      const isStale = (missing: MissingPackets): boolean => gathering < MOST_GATHERINGS && deletedSince(parts.lookup, { gone, missed }, missing);
      const result = await writeFiles(parts, { ...task, work }, target, progress, { positions, extents, counts, isStale });
      if (result !== null) return result;
    } finally {
      await positions.close();
    }
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Whether packets are missing because retention deleted their file after `gone` was known, or is about to note that it did: a file
 * of ours that is not at its place is taken for that once, and is among `missed` then.
 */
function deletedSince(lookup: PacketFileLookup, before: { readonly gone: ReadonlySet<number>; readonly missed: Set<number> }, missing: MissingPackets): boolean {
  let deleted = false;
  for (const [fileId, reason] of missing.files()) {
    const found = lookup(fileId);
    if ("absent" in found) deleted ||= found.absent === "file-gone" && !before.gone.has(fileId);
    else if (found.file.own && reason === "file-missing" && !before.missed.has(fileId)) {
      before.missed.add(fileId);
      deleted = true;
    }
  }
  return deleted;
}

type Counts = Pick<CaptureResult, "sessions" | "sessionsWithoutPackets" | "span">;

/** What is to be written, and whether what is missing of it may be somewhere else by now. */
interface Gathering {
  readonly positions: PositionSorter;
  readonly extents: readonly FileExtent[];
  readonly counts: Counts;
  readonly isStale: (missing: MissingPackets) => boolean;
}

async function gather(parts: CaptureParts, task: CaptureTask, positions: PositionSorter, progress: CaptureProgress): Promise<Counts> {
  let sessionsWithoutPackets = 0;
  const found = new SpanFinder();
  for await (const sessions of parts.store.streamPositions(task.request, task.context)) {
    stopIfCancelled(task);
    for (const session of sessions) {
      progress.sessions += 1;
      found.see(session.firstPacketMs, session.lastPacketMs);
      if (session.tell(positions.addOne) === 0) sessionsWithoutPackets += 1;
      if (positions.isFull) await positions.spill();
    }
  }
  return { sessions: progress.sessions, sessionsWithoutPackets, span: found.span };
}

/** Null when the positions have to be gathered again. */
async function writeFiles(
  parts: CaptureParts, task: CaptureTask, target: CaptureTarget, progress: CaptureProgress, { positions, extents, counts, isStale }: Gathering,
): Promise<CaptureResult | null> {
  const { signal } = task.context;
  const files: PacketFile[] = [];
  const absent: ((missing: MissingPackets) => void)[] = [];
  for (const extent of extents) {
    const found = parts.lookup(extent.fileId);
    if ("file" in found) files.push(found.file);
    else absent.push((missing) => { missing.missFile(extent.fileId, found.path, found.absent, extent.positions, extent.first.offset); });
  }
  const known = new MissingPackets();
  for (const note of absent) note(known);
  if (isStale(known)) return null;
  const present = new Set(files.map(({ fileId }) => fileId));
  const there = extents.filter(({ fileId }) => present.has(fileId));
  const sorting: SortParts = { reader: parts.reader, positions, files, work: task.work, signal, ...(parts.sorter === undefined ? {} : { sorter: parts.sorter }) };
  const write = async (format: CaptureFormat, body: (missing: MissingPackets, out: OutputBuffer) => Promise<number>): Promise<CaptureResult | null> => {
    const missing = new MissingPackets();
    for (const note of absent) note(missing);
    for (const { fileId, offset, packets } of positions.unusable()) missing.missFile(fileId, null, "not-a-record", packets, offset);
    const out = await target.open(format);
    await out.write(fileHeader(format));
    const packets = await body(missing, out);
    await out.finish();
    progress.bytes = out.bytes;
    if (target.canRestart && isStale(missing)) return null;
    return { ...counts, packets, bytes: out.bytes, format, missing, sources: extents.map((extent) => ({ fileId: extent.fileId, packets: extent.positions, bytes: extent.bytes })) };
  };
  const merge = (format: CaptureFormat, merged: readonly MergeFile[]): Promise<CaptureResult | null> => write(format, (missing, out) => mergeFiles({
    reader: parts.reader, positions, files: merged, format, missing, signal,
    onProgress: (packets) => { progress.packets = packets; progress.bytes = out.bytes; },
  }, out));

  const plain = target.canRestart ? await plainFiles(parts, files, there) : null;
  if (plain !== null) {
    if (isStale(plain.missing)) return null;
    const format = plain.survey.decide(task.container);
    const overhead = format.container === "pcap" ? 0 : RECORD_BYTES - 16 + 3;
    await expectBytes(task, target, HEADER_BYTES + there.reduce((sum, { positions: count, bytes }) => sum + bytes + count * overhead, 0));
    try {
      return await merge(format, plain.files);
    } catch (error) {
      if (!(error instanceof NeedsSorting)) throw error;
    }
  }
  const survey = await surveyFiles(sorting);
  if (isStale(survey.missing)) return null;
  const format = survey.format.decide(task.container);
  await expectBytes(task, target, HEADER_BYTES + survey.capturedBytes + survey.packets * (format.container === "pcap" ? 16 : RECORD_BYTES + 3));
  if (survey.mergeable !== null) return merge(format, survey.mergeable);
  return write(format, (missing, out) => writeSorted(sorting, format, missing, out, (packets) => { progress.packets = packets; progress.bytes = out.bytes; }));
}

async function expectBytes(task: CaptureTask, target: CaptureTarget, bytes: number): Promise<void> {
  if (bytes > task.maxBytes) throw tooLarge(task.maxBytes, bytes);
  await target.expect?.(bytes);
}

interface PlainFiles {
  readonly survey: FormatSurvey;
  readonly missing: MissingPackets;
  readonly files: readonly MergeFile[];
}

/** The format that the headers of the files promise, and the time of each first packet; null when a file is pcapng. */
async function plainFiles(parts: CaptureParts, files: readonly PacketFile[], extents: readonly FileExtent[]): Promise<PlainFiles | null> {
  const survey = new FormatSurvey();
  const missing = new MissingPackets();
  const merged: MergeFile[] = [];
  const byId = new Map(extents.map((extent) => [extent.fileId, extent]));
  for (const file of files) {
    const extent = byId.get(file.fileId);
    const layout = await parts.reader.layout(file);
    if (typeof layout !== "string" && layout.format === "pcapng") return null;
    if (extent !== undefined && typeof layout === "string") missing.missFile(file.fileId, file.path, layout, extent.positions, extent.first.offset);
    if (extent === undefined || typeof layout === "string") {
      merged.push({ file, seconds: Number.NEGATIVE_INFINITY, nanoseconds: 0 });
      continue;
    }
    survey.seeFile(layout, extent.longest);
    const [first] = await parts.reader.heads(file, [extent.first]);
    // A first record that cannot be read says nothing about the others.
    merged.push(first?.found === true ? { file, seconds: first.head.seconds, nanoseconds: first.head.nanoseconds } : { file, seconds: Number.NEGATIVE_INFINITY, nanoseconds: 0 });
  }
  return { survey, missing, files: merged };
}

function stopIfCancelled(task: CaptureTask): void {
  if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
}
