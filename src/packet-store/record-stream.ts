import type { FileHandle } from "node:fs/promises";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import { classicRecordInto, MAX_RECORD_BYTES, recordScratch, type ClassicLayout, type RecordFault, type RecordHead } from "./record-layout.js";

/** Positions in a file, ascending: the first `count` items of both lists. */
export interface PositionChunk {
  readonly offsets: Float64Array;
  readonly lengths: Uint32Array;
  readonly count: number;
}

/** Why nothing can be had from an open file. */
export type StreamFault = "file-unreadable" | "file-changed";

/** A position whose record could not be read. */
export interface RecordMiss {
  readonly offset: number;
  readonly reason: RecordFault | StreamFault;
}

/** What a stream reads from: an open file and how its records are decoded. */
export interface StreamedFile {
  readonly handle: FileHandle;
  /** Set for a classic file, whose records tell themselves. */
  readonly classic: ClassicLayout | null;
  /** Decodes a record of any other file. */
  readonly decode: (bytes: Buffer, offset: number, length: number) => RecordHead | RecordFault | Promise<RecordHead | RecordFault>;
  /** Why what was read until now is of no use, or null; null itself where nobody else writes the file. */
  readonly fault: (() => Promise<StreamFault | null>) | null;
}

/** Bytes of a batch for each record that it may have: records are on average larger. */
const BYTES_PER_RECORD = 256;
const LEAST_RECORDS = 64;
/** Reads of a batch that run at once. */
const PARALLEL_READS = 8;
/** Bytes beside the records that a read may have: a hole is read over only while reads are mostly records. */
const WASTE = 0.3;
const SMALL_HOLE = 256;

/** One read that serves neighbouring records. */
interface Span {
  readonly offset: number;
  readonly at: number;
  length: number;
  useful: number;
}

/** A batch of records in order of offset. Arrays are by record; only the first `count` items mean something. */
export class RecordBatch {
  bytes: Buffer;
  count = 0;
  /** Most records that it holds. */
  readonly room: number;
  readonly offsets: Float64Array;
  /** Bytes of the whole record. */
  readonly lengths: Uint32Array;
  readonly seconds: Float64Array;
  readonly nanoseconds: Uint32Array;
  /** Where the record begins in `bytes`. */
  readonly records: Uint32Array;
  /** Where the packet begins in `bytes`. */
  readonly packets: Uint32Array;
  readonly captured: Uint32Array;
  readonly originals: Uint32Array;
  readonly linkTypes: Uint32Array;
  /** 1 where the source's clock has digits below a microsecond. */
  readonly fine: Uint8Array;
  /** Positions that hold no record. */
  misses: RecordMiss[] = [];
  readonly planned: { readonly offsets: Float64Array; readonly lengths: Uint32Array; readonly at: Uint32Array; count: number };
  spans: Span[] = [];

  constructor(bytes: number) {
    const room = Math.max(LEAST_RECORDS, Math.floor(bytes / BYTES_PER_RECORD));
    const words = (): Uint32Array => new Uint32Array(room);
    this.bytes = Buffer.allocUnsafeSlow(bytes);
    this.room = room;
    this.offsets = new Float64Array(room);
    this.seconds = new Float64Array(room);
    [this.lengths, this.nanoseconds, this.records, this.packets, this.captured, this.originals, this.linkTypes] = [words(), words(), words(), words(), words(), words(), words()];
    this.fine = new Uint8Array(room);
    this.planned = { offsets: new Float64Array(room), lengths: words(), at: words(), count: 0 };
  }
}

/**
 * Reads the records of a file in order of offset, in batches, one ahead of the one in use. Holds two batches of
 * `batchBytes`, or of one record where that is larger. Every byte is read once, and little between records.
 */
export class RecordStream {
  readonly #file: StreamedFile;
  readonly #positions: AsyncIterator<PositionChunk>;
  readonly #signal: AbortSignal | null;
  readonly #batchBytes: number;
  readonly #head = recordScratch();
  #current: RecordBatch;
  #other: RecordBatch;
  #ahead: Promise<boolean> | null = null;
  #chunk: PositionChunk | null = null;
  #at = 0;
  /** Bytes read from the file so far. */
  bytesRead = 0;

  constructor(file: StreamedFile, positions: AsyncIterator<PositionChunk>, batchBytes: number, signal: AbortSignal | null) {
    this.#file = file;
    this.#positions = positions;
    this.#batchBytes = batchBytes;
    this.#signal = signal;
    this.#current = new RecordBatch(batchBytes);
    this.#other = new RecordBatch(batchBytes);
  }

  get batch(): RecordBatch {
    return this.#current;
  }

  /** Makes the next batch the current one; false at the end. Throws QUERY_CANCELLED when the signal has fired. */
  async next(): Promise<boolean> {
    const found = await (this.#ahead ?? this.#load(this.#other));
    [this.#current, this.#other] = [this.#other, this.#current];
    this.#ahead = found ? this.#load(this.#other) : Promise.resolve(false);
    // Its failure is met by whoever asks for it.
    this.#ahead.catch(() => {});
    return found;
  }

  /** Waits for the read that is under way, so that the file may be closed. */
  async end(): Promise<void> {
    await this.#ahead?.catch(() => false);
    await this.#positions.return?.();
  }

  async #load(batch: RecordBatch): Promise<boolean> {
    if (this.#signal?.aborted) throw new LookbackError("QUERY_CANCELLED", "reading packets was cancelled");
    if (!(await this.#plan(batch))) return false;
    const unread = await this.#readSpans(batch);
    batch.count = 0;
    batch.misses = [];
    const { planned, bytes } = batch;
    const { classic, fault } = this.#file;
    // While the records are decoded, unless that reads on in the file.
    const early = classic === null ? undefined : fault?.();
    early?.catch(() => {});
    for (let index = 0; index < planned.count; index += 1) {
      const offset = planned.offsets[index] ?? 0;
      const length = planned.lengths[index] ?? 0;
      const at = planned.at[index] ?? 0;
      let end = at + length;
      if (unread.size > 0) {
        const span = spanAt(batch.spans, at);
        const got = span === undefined ? undefined : unread.get(span);
        if (got === "file-unreadable") {
          batch.misses.push({ offset, reason: got });
          continue;
        }
        if (span !== undefined && got !== undefined) end = Math.max(at, Math.min(end, span.at + got));
      }
      const decoded = this.#decode(bytes, offset, at, end, length);
      // Awaiting each of millions of records costs more than decoding it.
      const head = decoded instanceof Promise ? await decoded : decoded;
      if (typeof head === "string") batch.misses.push({ offset, reason: head });
      else if (end < at + length) batch.misses.push({ offset, reason: "beyond-end" });
      else put(batch, head, offset, length, at);
    }
    const reason = (await (early ?? fault?.())) ?? null;
    if (reason !== null) {
      batch.count = 0;
      batch.misses = Array.from(planned.offsets.subarray(0, planned.count), (offset) => ({ offset, reason }));
    }
    return true;
  }

  #decode(bytes: Buffer, offset: number, at: number, end: number, length: number): RecordHead | RecordFault | Promise<RecordHead | RecordFault> {
    const { classic, decode } = this.#file;
    if (classic === null) return decode(bytes.subarray(at, end), offset, length);
    return classicRecordInto(classic, bytes, at, end, length, this.#head) ?? this.#head;
  }

  /** Chooses the next records and the reads that serve them; false when there are none. */
  async #plan(batch: RecordBatch): Promise<boolean> {
    const { planned } = batch;
    planned.count = 0;
    batch.spans = [];
    let used = 0;
    let span: Span | null = null;
    while (planned.count < batch.room) {
      if (this.#chunk === null || this.#at === this.#chunk.count) {
        const { done, value } = await this.#positions.next();
        this.#at = 0;
        this.#chunk = done === true ? null : value;
        if (this.#chunk === null) break;
      }
      const offset = this.#chunk.offsets[this.#at] ?? 0;
      // A length that no record has is not read; the record then does not agree with it.
      const length = this.#chunk.lengths[this.#at] ?? 0;
      const need: number = Math.min(length, MAX_RECORD_BYTES);
      const joined: boolean = span !== null && offset >= span.offset && worthReading(span, offset, need);
      const start: number = joined && span !== null ? span.at + (offset - span.offset) : used;
      if (start + need > this.#batchBytes && planned.count > 0) break;
      if (joined && span !== null) {
        span.length = Math.max(span.length, offset + need - span.offset);
        span.useful += need;
      } else {
        span = { offset, at: used, length: need, useful: need };
        batch.spans.push(span);
      }
      used = span.at + span.length;
      planned.offsets[planned.count] = offset;
      planned.lengths[planned.count] = length;
      planned.at[planned.count] = start;
      planned.count += 1;
      this.#at += 1;
    }
    if (used > batch.bytes.length) batch.bytes = Buffer.allocUnsafeSlow(used);
    else if (batch.bytes.length > this.#batchBytes && used <= this.#batchBytes) batch.bytes = Buffer.allocUnsafeSlow(this.#batchBytes);
    return planned.count > 0;
  }

  /** Reads every span; what could not be read whole is in the answer, with the bytes that were. */
  async #readSpans(batch: RecordBatch): Promise<Map<Span, number | "file-unreadable">> {
    const unread = new Map<Span, number | "file-unreadable">();
    const { spans, bytes } = batch;
    let next = 0;
    const work = async (): Promise<void> => {
      for (let span = spans[next++]; span !== undefined; span = spans[next++]) {
        let filled = 0;
        try {
          while (filled < span.length) {
            const { bytesRead } = await this.#file.handle.read(bytes, span.at + filled, span.length - filled, span.offset + filled);
            if (bytesRead === 0) break;
            filled += bytesRead;
          }
          if (filled < span.length) unread.set(span, filled);
        } catch (error) {
          if (systemErrorCode(error) === null) throw error;
          unread.set(span, "file-unreadable");
        }
        this.bytesRead += filled;
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, spans.length) }, work));
    return unread;
  }
}

/** Whether a read from `span.offset` with `useful` bytes of records should go on to `need` bytes at `offset`. */
export function worthReading(span: Pick<Span, "offset" | "useful">, offset: number, need: number): boolean {
  const length = offset + need - span.offset;
  const hole = length - span.useful - need;
  return hole <= SMALL_HOLE || hole <= length * WASTE;
}

function spanAt(spans: readonly Span[], at: number): Span | undefined {
  let low = 0;
  for (let high = spans.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return spans[low - 1];
}

function put(batch: RecordBatch, head: RecordHead, offset: number, length: number, at: number): void {
  const index = batch.count;
  batch.offsets[index] = offset;
  batch.lengths[index] = length;
  batch.seconds[index] = head.seconds;
  batch.nanoseconds[index] = head.nanoseconds;
  batch.records[index] = at;
  batch.packets[index] = at + head.skip;
  batch.captured[index] = head.capturedLength;
  batch.originals[index] = head.originalLength;
  batch.linkTypes[index] = head.linkType;
  batch.fine[index] = head.finerThanMicroseconds ? 1 : 0;
  batch.count = index + 1;
}
