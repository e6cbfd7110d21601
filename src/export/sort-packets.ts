import { LookbackError } from "../base/errors.js";
import type { PacketRef } from "../model/session.js";
import type { PacketFile, PacketRead, PacketReader, RecordBatch } from "../packet-store/packet-store.js";
import { FormatSurvey, recordLength, writeRecord, type CaptureFormat } from "./capture-format.js";
import { batchBytes, countPositions, MAX_ACTIVE, type MergeFile } from "./merge-files.js";
import { MissingPackets } from "./missing-packets.js";
import type { OutputBuffer } from "./output-buffer.js";
import type { PositionSorter } from "./position-sorter.js";
import { RecordSorter, type SorterLimits } from "./record-sorter.js";

/** Positions handled together, and bytes of packets held together (a single larger packet is held alone). */
const BATCH_POSITIONS = 2048;
const BATCH_BYTES = 8 << 20;
/** Times: seconds, nanoseconds, file, offset, length; ties in time go by file, then offset. */
const TIMED = { width: 5, keys: 4, unique: false };

export interface SortParts {
  readonly reader: Pick<PacketReader, "stream" | "packets">;
  readonly positions: PositionSorter;
  readonly files: readonly PacketFile[];
  /** Where runs go that do not fit in memory. */
  readonly work: string;
  readonly sorter?: SorterLimits;
  readonly signal: AbortSignal;
}

/** What reading every record told. */
export interface Survey {
  readonly format: FormatSurvey;
  readonly missing: MissingPackets;
  /** Packets that can be read, and the bytes captured of them. */
  readonly packets: number;
  readonly capturedBytes: number;
  /** The files with the time of their first packet, when they can be merged as they are; else null. */
  readonly mergeable: readonly MergeFile[] | null;
}

/** What is done with records. */
interface RecordUse {
  /** Each file, before its records. */
  readonly file?: (file: PacketFile) => void;
  /** Each record by its place in the batch. */
  readonly record: (fileId: number, batch: RecordBatch, at: number) => void;
  readonly batchEnd?: () => Promise<void>;
}

/** Reads every record of the files once, in order of file and offset; what cannot be read is counted. */
async function readAll(parts: SortParts, missing: MissingPackets, use: RecordUse): Promise<void> {
  for (const file of parts.files) {
    const stream = await parts.reader.stream(file, () => parts.positions.positionsOf(file.fileId), batchBytes(0), parts.signal);
    use.file?.(file);
    if (typeof stream === "string") {
      const { count, first } = await countPositions(parts.positions, file.fileId);
      missing.missFile(file.fileId, file.path, stream, count, first);
      continue;
    }
    try {
      while (await stream.records.next()) {
        const { batch } = stream.records;
        for (const { offset, reason } of batch.misses) missing.miss(file.fileId, file.path, reason, offset);
        for (let at = 0; at < batch.count; at += 1) use.record(file.fileId, batch, at);
        await use.batchEnd?.();
      }
    } finally {
      await stream.end();
    }
  }
}

/** Reads every record to learn the format, and whether each file is in order of time. */
export async function surveyFiles(parts: SortParts): Promise<Survey> {
  const format = new FormatSurvey();
  const spans = new Map<number, { first: readonly [number, number]; last: readonly [number, number] }>();
  let inOrder = true;
  let packets = 0;
  let capturedBytes = 0;
  let last: readonly [number, number] | null = null;
  const missing = new MissingPackets();
  await readAll(parts, missing, {
    file: () => { last = null; },
    record: (fileId, batch, at) => {
      const here = [batch.seconds[at] ?? 0, batch.nanoseconds[at] ?? 0] as const;
      const captured = batch.captured[at] ?? 0;
      format.count(batch.linkTypes[at] ?? 0, batch.fine[at] === 1, captured, here[0]);
      packets += 1;
      capturedBytes += captured;
      if (last !== null && isEarlier(here, last)) inOrder = false;
      last = here;
      const span = spans.get(fileId);
      if (span === undefined) spans.set(fileId, { first: here, last: here });
      else span.last = here;
    },
  });
  const files = parts.files.map((file) => {
    const [seconds, nanoseconds] = spans.get(file.fileId)?.first ?? [Number.NEGATIVE_INFINITY, 0];
    return { file, seconds, nanoseconds };
  });
  return { format, missing, packets, capturedBytes, mergeable: inOrder && mostAtOnce([...spans.values()]) < MAX_ACTIVE ? files : null };
}

function isEarlier(left: readonly [number, number], right: readonly [number, number]): boolean {
  return left[0] < right[0] || (left[0] === right[0] && left[1] < right[1]);
}

/** Most spans that hold one moment. */
function mostAtOnce(spans: readonly { readonly first: readonly [number, number]; readonly last: readonly [number, number] }[]): number {
  const order = (left: readonly [number, number], right: readonly [number, number]): number => left[0] - right[0] || left[1] - right[1];
  const starts = spans.map(({ first }) => first).sort(order);
  const ends = spans.map(({ last }) => last).sort(order);
  let most = 0;
  let ended = 0;
  starts.forEach((start, begun) => {
    for (let end = ends[ended]; end !== undefined && isEarlier(end, start); end = ends[ended]) ended += 1;
    most = Math.max(most, begun + 1 - ended);
  });
  return most;
}

/**
 * Writes the packets in order of time, ties by file and offset, whatever the order in their files: all positions are sorted
 * by time through temporary files, then packets are read in batches. Slower than a merge, with the same output. Returns the
 * number of packets.
 */
export async function writeSorted(parts: SortParts, format: CaptureFormat, missing: MissingPackets, out: OutputBuffer, onProgress: (packets: number) => void): Promise<number> {
  const sorter = new RecordSorter(parts.work, "time", TIMED, parts.sorter);
  let timed: number[] = [];
  await readAll(parts, missing, {
    record: (fileId, batch, at) => { timed.push(batch.seconds[at] ?? 0, batch.nanoseconds[at] ?? 0, fileId, batch.offsets[at] ?? 0, batch.lengths[at] ?? 0); },
    batchEnd: async () => {
      await sorter.add(Float64Array.from(timed));
      timed = [];
    },
  });
  return writeInOrder(parts, sorter, format, missing, out, onProgress);
}

async function writeInOrder(parts: SortParts, sorter: RecordSorter, format: CaptureFormat, missing: MissingPackets, out: OutputBuffer, onProgress: (packets: number) => void): Promise<number> {
  const files = new Map(parts.files.map((file) => [file.fileId, file]));
  let packets = 0;
  let batch: PacketRef[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    if (parts.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
    for (const one of await readByFile(parts, files, batch, missing)) {
      if (!one?.found) continue;
      const need = recordLength(format, one.bytes.length);
      const record = Buffer.allocUnsafe(need);
      writeRecord(format, one.head, one.bytes, record, 0);
      await out.write(record);
      packets += 1;
    }
    onProgress(packets);
    batch = [];
    held = 0;
  };
  for await (const chunk of sorter.sorted()) {
    for (let at = 0; at < chunk.length; at += TIMED.width) {
      const ref = { fileId: chunk[at + 2] ?? 0, offset: chunk[at + 3] ?? 0, length: chunk[at + 4] ?? 0 };
      if (batch.length >= BATCH_POSITIONS || (batch.length > 0 && held + ref.length > BATCH_BYTES)) await flush();
      batch.push(ref);
      held += ref.length;
    }
  }
  await flush();
  return packets;
}

/** Packets of a batch in its order, each file read in order of offset. */
async function readByFile(parts: SortParts, files: ReadonlyMap<number, PacketFile>, batch: readonly PacketRef[], missing: MissingPackets): Promise<(PacketRead | undefined)[]> {
  const order = batch.map((_, index) => index).sort((left, right) => {
    const [one, other] = [batch[left], batch[right]];
    return one && other ? one.fileId - other.fileId || one.offset - other.offset : 0;
  });
  const answers: (PacketRead | undefined)[] = [];
  for (let at = 0; at < order.length; ) {
    const fileId = batch[order[at] ?? 0]?.fileId ?? 0;
    let end = at + 1;
    while (end < order.length && batch[order[end] ?? 0]?.fileId === fileId) end += 1;
    const indexes = order.slice(at, end);
    const refs = indexes.flatMap((index) => batch[index] ?? []);
    const file = files.get(fileId);
    const read = file === undefined ? [] : await parts.reader.packets(file, refs, parts.signal);
    read.forEach((one, place) => {
      if (!one.found) missing.miss(fileId, file?.path ?? null, one.reason, refs[place]?.offset ?? 0);
      answers[indexes[place] ?? 0] = one;
    });
    at = end;
  }
  return answers;
}
