import type { FileLayout, OpenStream, PacketFile, PacketReader, RecordBatch } from "../packet-store/packet-store.js";
import { copyRecord, recordLength, type CaptureFormat } from "./capture-format.js";
import { MinHeap } from "./min-heap.js";
import type { MissingPackets } from "./missing-packets.js";
import type { OutputBuffer } from "./output-buffer.js";
import type { PositionSorter } from "./position-sorter.js";

/** Files that overlap in time and are read at once; each holds at least two batches of the smallest size. */
export const MAX_ACTIVE = 256;
/** Bytes of a file's batch: the share of all that are read, within these bounds. */
const MOST_BATCH = 256 << 10;
const LEAST_BATCH = 32 << 10;
const ALL_BATCHES = 4 << 20;
/** First second that a record of classic pcap cannot state. */
const PCAP_SECONDS_END = 2 ** 32;

/** Bytes of a batch of one more file. */
export function batchBytes(active: number): number {
  return Math.max(LEAST_BATCH, Math.min(MOST_BATCH, Math.floor(ALL_BATCHES / (active + 1))));
}

/** A file to merge, and no later than when its first packet is. */
export interface MergeFile {
  readonly file: PacketFile;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Files are not in order of time within themselves, or too many overlap: their packets have to be sorted. */
export class NeedsSorting extends Error {
  override readonly name = "NeedsSorting";
}

export interface MergeParts {
  readonly reader: Pick<PacketReader, "stream">;
  readonly positions: PositionSorter;
  readonly files: readonly MergeFile[];
  readonly format: CaptureFormat;
  readonly missing: MissingPackets;
  readonly signal: AbortSignal;
  /** Told the packets written so far, now and then. */
  readonly onProgress: (packets: number) => void;
}

/**
 * Writes the packets of files in order of time, ties by file and offset. Every file is read once, in its own order; only
 * files whose times overlap are open at the same time. Runs of packets whose records are as the output's are copied as they
 * are. Returns the number of packets. Throws NeedsSorting, with part of the output written, when the files do not allow it.
 */
export async function mergeFiles(parts: MergeParts, out: OutputBuffer): Promise<number> {
  const pending = [...parts.files].sort((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds || left.file.fileId - right.file.fileId);
  const heap = new MinHeap<FileCursor>(isBefore);
  const open = new Set<FileCursor>();
  let next = 0;
  let packets = 0;
  try {
    for (;;) {
      for (let file = pending[next]; file !== undefined && (heap.top === undefined || !isLater(file, heap.top)); file = pending[next]) {
        next += 1;
        if (open.size >= MAX_ACTIVE) throw new NeedsSorting("too many files overlap in time");
        const cursor = await FileCursor.open(parts, file, batchBytes(open.size));
        if (cursor === null) continue;
        open.add(cursor);
        if (await cursor.load()) heap.push(cursor);
        else await close(open, cursor);
      }
      const cursor = heap.top;
      if (cursor === undefined) return packets;
      const rival = heap.second;
      const newcomer = pending[next];
      const isFirst = (): boolean => (rival === undefined || !isBefore(rival, cursor)) && (newcomer === undefined || isLater(newcomer, cursor));
      let there = true;
      do {
        const need = recordLength(parts.format, cursor.captured);
        if (!out.hasRoom(need)) {
          await out.flush();
          parts.onProgress(packets);
        }
        if (need > out.size) {
          const record = Buffer.alloc(need);
          cursor.write(parts.format, record, 0);
          await out.write(record);
          packets += 1;
          there = cursor.step();
        } else if (cursor.isCopied) {
          packets += cursor.copyRun(out, isFirst);
          there = cursor.isThere;
        } else {
          out.fill(need, (into, at) => { cursor.write(parts.format, into, at); });
          packets += 1;
          there = cursor.step();
        }
        if (!there) there = await cursor.load();
      } while (there && isFirst());
      if (there) heap.sink();
      else {
        heap.pop();
        await close(open, cursor);
      }
    }
  } finally {
    for (const cursor of open) await cursor.end();
    parts.onProgress(packets);
  }
}

async function close(open: Set<FileCursor>, cursor: FileCursor): Promise<void> {
  open.delete(cursor);
  await cursor.end();
}

function isBefore(left: FileCursor, right: FileCursor): boolean {
  return left.seconds < right.seconds ||
    (left.seconds === right.seconds && (left.nanoseconds < right.nanoseconds || (left.nanoseconds === right.nanoseconds && left.fileId < right.fileId)));
}

/** Whether a file begins after a packet, so that it need not be open yet. */
function isLater(file: MergeFile, cursor: FileCursor): boolean {
  return file.seconds > cursor.seconds ||
    (file.seconds === cursor.seconds && (file.nanoseconds > cursor.nanoseconds || (file.nanoseconds === cursor.nanoseconds && file.file.fileId > cursor.fileId)));
}

/** Stands at one packet of a file. */
class FileCursor {
  readonly fileId: number;
  readonly #path: string;
  readonly #stream: OpenStream;
  readonly #missing: MissingPackets;
  readonly #copies: boolean;
  readonly #secondsEnd: number;
  #batch: RecordBatch;
  #at = 0;
  seconds = Number.NEGATIVE_INFINITY;
  nanoseconds = 0;
  captured = 0;

  private constructor(parts: MergeParts, file: PacketFile, stream: OpenStream) {
    this.fileId = file.fileId;
    this.#path = file.path;
    this.#stream = stream;
    this.#missing = parts.missing;
    this.#batch = stream.records.batch;
    this.#copies = hasRecordsOf(parts.format, stream.layout);
    this.#secondsEnd = parts.format.container === "pcap" ? PCAP_SECONDS_END : Number.POSITIVE_INFINITY;
  }

  /** Opens a file; null when it cannot be read, its packets being counted as missing. */
  static async open(parts: MergeParts, { file }: MergeFile, bytes: number): Promise<FileCursor | null> {
    const stream = await parts.reader.stream(file, () => parts.positions.positionsOf(file.fileId), bytes, parts.signal);
    if (typeof stream !== "string") return new FileCursor(parts, file, stream);
    const { count, first } = await countPositions(parts.positions, file.fileId);
    parts.missing.missFile(file.fileId, file.path, stream, count, first);
    return null;
  }

  /** Whether it stands at a packet of its batch. */
  get isThere(): boolean {
    return this.#at < this.#batch.count;
  }

  /** Whether the record at hand is, byte for byte, what the output has. */
  get isCopied(): boolean {
    return this.#copies && this.#batch.bytes.readUInt32LE(this.#batch.records[this.#at] ?? 0) === this.seconds;
  }

  write(format: CaptureFormat, into: Buffer, at: number): void {
    const { bytes, packets, originals, linkTypes } = this.#batch;
    const from = packets[this.#at] ?? 0;
    const facts = { seconds: this.seconds, nanoseconds: this.nanoseconds, originalLength: originals[this.#at] ?? 0, linkType: linkTypes[this.#at] ?? 0 };
    copyRecord(format, facts, bytes, from, from + this.captured, into, at);
  }

  /** Copies this record and those after it that lie next to it, as long as there is room and `isFirst` holds. Stands after them then. */
  copyRun(out: OutputBuffer, isFirst: () => boolean): number {
    const { bytes, records } = this.#batch;
    const from = records[this.#at] ?? 0;
    let end = from;
    let count = 0;
    do {
      end += 16 + this.captured;
      count += 1;
    } while (this.step() && records[this.#at] === end && out.hasRoom(end + 16 + this.captured - from) && this.isCopied && isFirst());
    out.put(bytes, from, end);
    return count;
  }

  /** To the next packet of the batch; false at its end. Throws NeedsSorting when it is earlier. */
  step(): boolean {
    this.#at += 1;
    if (!this.isThere) return false;
    this.#stand();
    return true;
  }

  /** To the first packet of the next batch; false at the end of the file. */
  async load(): Promise<boolean> {
    while (await this.#stream.records.next()) {
      this.#batch = this.#stream.records.batch;
      for (const { offset, reason } of this.#batch.misses) this.#missing.miss(this.fileId, this.#path, reason, offset);
      this.#at = 0;
      if (this.#batch.count === 0) continue;
      this.#stand();
      return true;
    }
    return false;
  }

  end(): Promise<void> {
    return this.#stream.end();
  }

  #stand(): void {
    const seconds = this.#batch.seconds[this.#at] ?? 0;
    const nanoseconds = this.#batch.nanoseconds[this.#at] ?? 0;
    if (seconds < this.seconds || (seconds === this.seconds && nanoseconds < this.nanoseconds)) throw new NeedsSorting("a file is not in order of time");
    if (seconds >= this.#secondsEnd) throw new NeedsSorting("a time is beyond what the file's header promises");
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.captured = this.#batch.captured[this.#at] ?? 0;
  }
}

/** Whether records of a file with this layout are those of the output. */
function hasRecordsOf(format: CaptureFormat, layout: FileLayout): boolean {
  return format.container === "pcap" && layout.format === "pcap" && !layout.bigEndian && layout.recordHeader === 16 && layout.nanosecond === format.nanosecond;
}

/** How many positions a file has, each counted once, and the first. */
export async function countPositions(positions: PositionSorter, fileId: number): Promise<{ readonly count: number; readonly first: number }> {
  let count = 0;
  let first = 0;
  for await (const chunk of positions.positionsOf(fileId)) {
    if (count === 0) first = chunk.offsets[0] ?? 0;
    count += chunk.count;
  }
  return { count, first };
}
