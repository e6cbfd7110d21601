import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { systemTimer, type Timer } from "../base/clock.js";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { PacketRef } from "../model/session.js";
import { NgIndex, type NgContext } from "./ng-index.js";
import { RecordStream, worthReading, type PositionChunk, type StreamFault } from "./record-stream.js";
import {
  CLASSIC_HEADER_BYTES, classicLayout, classicRecord, isNg, MAX_RECORD_BYTES, NG_PACKET_HEAD_BYTES, NG_SIMPLE_PACKET,
  ngRecord, word, type ClassicLayout, type RecordFault, type RecordHead,
} from "./record-layout.js";
import { intactStream, type IndexedStream } from "./stream-identity.js";

interface LocatedFile {
  readonly fileId: number;
  readonly path: string;
}

/** A file that we wrote: never reached through a symbolic link, and changed by nobody else. */
interface OwnFile extends LocatedFile {
  readonly own: true;
}

/** A user's file, who may write another capture to its path. */
interface ForeignFile extends LocatedFile {
  readonly own: false;
  /** What the positions in the index are of. */
  readonly indexed: IndexedStream;
}

/** A packet file to read from, as the catalogue knows it. */
export type PacketFile = OwnFile | ForeignFile;

/** Why a packet cannot be read: the file as a whole, or its record. */
export type MissingReason = "file-missing" | "file-unreadable" | "file-changed" | "not-a-capture" | RecordFault;

/** The answer for one position: header and, when asked for, the packet's bytes. */
export type PacketRead =
  | { readonly found: true; readonly head: RecordHead; readonly bytes: Buffer }
  | { readonly found: false; readonly reason: MissingReason };

/** Largest single read. */
const READ_BYTES = 1 << 20;
/** Largest hole between headers that is read over instead of seeking: a page. */
const HEAD_HOLE_BYTES = 4096;
/** Files kept open when nothing reads them, and for how many milliseconds: one that its user deletes keeps its space as long. */
const IDLE_HANDLES = 32;
const IDLE_MS = 10_000;
/** A pipe or a device that lies where a file was is opened without waiting for it, to see that it is none. */
const FOR_READING = constants.O_RDONLY | constants.O_NONBLOCK;
const NO_BYTES = Buffer.alloc(0);

/** What a file's header says; a pcapng file says it in its blocks. */
export type FileLayout = { readonly format: "pcapng" } | Pick<ClassicLayout, "format" | "bigEndian" | "nanosecond" | "recordHeader" | "linkType">;

/** A stream of records that is open. */
export interface OpenStream {
  readonly records: RecordStream;
  readonly layout: FileLayout;
  /** Lets go of the file. */
  end(): Promise<void>;
}

/** How a file was when it was last found to be the one that was indexed. */
interface FileState {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

interface OpenFile {
  readonly fileId: number;
  readonly handle: FileHandle;
  readonly layout: ClassicLayout | NgIndex;
  /** Null for a file of ours. */
  indexed: IndexedStream | null;
  intactAt: FileState | null;
  users: number;
  forgotten: boolean;
  /** Keeps an idle file from being closed. */
  keep: () => void;
}

/**
 * Reads packets by position. Neighbouring records are read together; memory is one read plus the records of a call. A
 * record is handed out only when its header agrees with the position and, of a file that others may write, when after the
 * read the file is still the one that was indexed: what was appended to it since does not matter. Safe for concurrent calls.
 */
export class PacketReader {
  readonly #open = new Map<number, OpenFile>();
  readonly #opening = new Set<{ readonly fileId: number; forgotten: boolean }>();
  readonly #after: Timer;

  constructor(after: Timer = systemTimer) {
    this.#after = after;
  }

  /** Headers only, in the order of `refs`, which is best ascending by offset. */
  heads(file: PacketFile, refs: readonly PacketRef[], signal: AbortSignal | null = null): Promise<PacketRead[]> {
    return this.#records(file, refs, false, signal);
  }

  /**
   * Headers and bytes, in the order of `refs`. The caller bounds the sum of their lengths: that much is held. Throws
   * QUERY_CANCELLED when the signal fires; every other trouble is in the answers.
   */
  packets(file: PacketFile, refs: readonly PacketRef[], signal: AbortSignal | null = null): Promise<PacketRead[]> {
    return this.#records(file, refs, true, signal);
  }

  /** How a file's records look, or why it cannot be read. */
  async layout(file: PacketFile): Promise<FileLayout | MissingReason> {
    const opened = await this.#acquire(file);
    if (typeof opened === "string") return opened;
    await this.#release(opened);
    return layoutFacts(opened.layout);
  }

  /**
   * Opens a file to read the records at ascending positions. The file stays open, also when it is deleted meanwhile, until
   * the caller calls `end`. Holds twice `batchBytes`.
   */
  async stream(file: PacketFile, positions: () => AsyncIterator<PositionChunk>, batchBytes: number, signal: AbortSignal | null): Promise<OpenStream | MissingReason> {
    const opened = await this.#acquire(file);
    if (typeof opened === "string") return opened;
    const { handle, layout } = opened;
    const decodeAt = (bytes: Buffer, offset: number, length: number): ReturnType<typeof decode> => decode(layout, bytes, { fileId: file.fileId, offset, length });
    const records = new RecordStream(
      { handle, classic: layout instanceof NgIndex ? null : layout, decode: decodeAt, fault: opened.indexed === null ? null : () => faultOf(opened) }, positions(), batchBytes, signal,
    );
    return {
      records, layout: layoutFacts(layout),
      end: async () => {
        await records.end();
        await this.#release(opened);
      },
    };
  }

  /** Lets go of a file that is being deleted, so that its space is freed; reads that run finish first. */
  async forget(fileId: number): Promise<void> {
    for (const one of this.#opening) if (one.fileId === fileId) one.forgotten = true;
    const file = this.#open.get(fileId);
    if (!file) return;
    file.forgotten = true;
    file.keep();
    this.#open.delete(fileId);
    if (file.users === 0) await file.handle.close();
  }

  /** Closes every file. */
  async close(): Promise<void> {
    const opening = [...this.#opening].map(({ fileId }) => fileId);
    await Promise.all([...this.#open.keys(), ...opening].map((fileId) => this.forget(fileId)));
  }

  async #records(file: PacketFile, refs: readonly PacketRef[], whole: boolean, signal: AbortSignal | null): Promise<PacketRead[]> {
    if (refs.length === 0) return [];
    const opened = await this.#acquire(file);
    if (typeof opened === "string") return refs.map(() => ({ found: false, reason: opened }));
    try {
      const answers: PacketRead[] = [];
      for (let at = 0; at < refs.length; ) {
        if (signal?.aborted) throw new LookbackError("QUERY_CANCELLED", "reading packets was cancelled");
        const end = runEnd(refs, at, whole);
        await readRun(opened, refs.slice(at, end), whole, answers);
        at = end;
      }
      const fault = await faultOf(opened);
      return fault === null ? answers : refs.map(() => ({ found: false, reason: fault }));
    } finally {
      await this.#release(opened);
    }
  }

  async #acquire(file: PacketFile): Promise<OpenFile | MissingReason> {
    const known = this.#open.get(file.fileId);
    if (known) {
      // Order of the map is order of use, for eviction.
      this.#open.delete(file.fileId);
      this.#open.set(file.fileId, known);
      return this.#intact(use(known));
    }
    const opening = { fileId: file.fileId, forgotten: false };
    this.#opening.add(opening);
    let handle: FileHandle | null = null;
    try {
      handle = await open(file.path, FOR_READING | (file.own ? constants.O_NOFOLLOW : 0));
      const layout = (await handle.stat()).isFile() ? await layoutOf(handle) : null;
      if (layout === null) {
        await handle.close();
        return "not-a-capture";
      }
      const raced = this.#open.get(file.fileId);
      if (raced) {
        use(raced);
        await handle.close().catch(() => {});
        return this.#intact(raced);
      }
      const { forgotten } = opening;
      const opened: OpenFile = { fileId: file.fileId, handle, layout, indexed: file.own ? null : file.indexed, intactAt: null, users: 1, forgotten, keep: () => {} };
      if (!forgotten) this.#open.set(file.fileId, opened);
      await this.#evict();
      return this.#intact(opened);
    } catch (error) {
      await handle?.close().catch(() => {});
      const code = systemErrorCode(error);
      if (code === null) throw error;
      return code === "ENOENT" || code === "ENOTDIR" ? "file-missing" : "file-unreadable";
    } finally {
      this.#opening.delete(opening);
    }
  }

  /** A file in use, or why it cannot be any more; then it is opened anew when it is asked for again. */
  async #intact(file: OpenFile): Promise<OpenFile | MissingReason> {
    const fault = await faultOf(file);
    if (fault === null) return file;
    file.forgotten = true;
    if (this.#open.get(file.fileId) === file) this.#open.delete(file.fileId);
    await this.#release(file);
    return fault;
  }

  async #release(file: OpenFile): Promise<void> {
    file.users -= 1;
    if (file.users > 0) return;
    if (file.forgotten) await file.handle.close();
    else file.keep = this.#after(() => { this.forget(file.fileId).catch(() => {}); }, IDLE_MS);
  }

  async #evict(): Promise<void> {
    for (const [fileId, file] of this.#open) {
      if (this.#open.size <= IDLE_HANDLES) return;
      if (file.users === 0) await this.forget(fileId);
    }
  }
}

/** Counts a user, before anything is awaited: an idle file may be closed. */
function use(file: OpenFile): OpenFile {
  file.users += 1;
  file.keep();
  return file;
}

/**
 * Why what was read from a file is not what was indexed; null when it is. Its content is only looked at when the file was
 * written since that was last done.
 */
async function faultOf(file: OpenFile): Promise<StreamFault | null> {
  const { handle, indexed, intactAt } = file;
  if (indexed === null) return null;
  try {
    const { size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
    if (intactAt !== null && size === intactAt.size && mtimeNs === intactAt.mtimeNs && ctimeNs === intactAt.ctimeNs) return null;
    const intact = await intactStream(handle, Number(size), indexed);
    if (intact === null) return "file-changed";
    file.indexed = intact;
    file.intactAt = { size, mtimeNs, ctimeNs };
    return null;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return "file-unreadable";
  }
}

function layoutFacts(layout: ClassicLayout | NgIndex): FileLayout {
  return layout instanceof NgIndex ? { format: "pcapng" } : layout;
}

async function layoutOf(handle: FileHandle): Promise<ClassicLayout | NgIndex | null> {
  const head = await readRange(handle, 0, CLASSIC_HEADER_BYTES);
  return isNg(head) ? new NgIndex((offset, length) => readRange(handle, offset, length)) : classicLayout(head);
}

/** Up to `length` bytes; fewer only at the end of the file. */
async function readRange(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Bytes of a record that this call needs. */
function needed(ref: PacketRef, whole: boolean): number {
  return whole ? ref.length : Math.min(ref.length, NG_PACKET_HEAD_BYTES);
}

function isBelievable(ref: PacketRef): boolean {
  return Number.isSafeInteger(ref.offset) && ref.offset >= 0 && ref.length >= 16 && ref.length <= MAX_RECORD_BYTES;
}

/** End of the run of refs from `at` that one read serves. */
function runEnd(refs: readonly PacketRef[], at: number, whole: boolean): number {
  const first = refs[at];
  if (!first || !isBelievable(first)) return at + 1;
  let reach = first.offset + needed(first, whole);
  let useful = needed(first, whole);
  let end = at + 1;
  for (; end < refs.length; end += 1) {
    const ref = refs[end];
    if (!ref || !isBelievable(ref) || ref.offset < first.offset) break;
    const need = needed(ref, whole);
    const near = whole ? worthReading({ offset: first.offset, useful }, ref.offset, need) : ref.offset <= reach + HEAD_HOLE_BYTES;
    const next = Math.max(reach, ref.offset + need);
    if (!near || next - first.offset > READ_BYTES) break;
    reach = next;
    useful += need;
  }
  return end;
}

async function readRun(file: OpenFile, refs: readonly PacketRef[], whole: boolean, answers: PacketRead[]): Promise<void> {
  const [first] = refs;
  if (!first) return;
  if (!isBelievable(first)) {
    answers.push({ found: false, reason: "not-a-record" });
    return;
  }
  const reach = refs.reduce((most, ref) => Math.max(most, ref.offset + needed(ref, whole)), 0);
  let read: Buffer;
  try {
    read = await readRange(file.handle, first.offset, reach - first.offset);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    for (const _ of refs) answers.push({ found: false, reason: "file-unreadable" });
    return;
  }
  for (const ref of refs) {
    const from = ref.offset - first.offset;
    const bytes = read.subarray(from, from + needed(ref, whole));
    const decoded = decode(file.layout, bytes, ref);
    // Awaiting each of millions of records costs more than decoding it.
    const head = decoded instanceof Promise ? await decoded : decoded;
    if (typeof head === "string") answers.push({ found: false, reason: head });
    else if (!whole) answers.push({ found: true, head, bytes: NO_BYTES });
    else if (bytes.length < ref.length) answers.push({ found: false, reason: "beyond-end" });
    else answers.push({ found: true, head, bytes: bytes.subarray(head.skip, head.skip + head.capturedLength) });
  }
}

/** A record's header; a promise only where the file must be read further to know it. */
function decode(layout: ClassicLayout | NgIndex, bytes: Buffer, ref: PacketRef): RecordHead | RecordFault | Promise<RecordHead | RecordFault> {
  if (!(layout instanceof NgIndex)) return classicRecord(layout, bytes, ref.length);
  const context = layout.knownContextAt(ref.offset);
  return context === undefined ? layout.contextAt(ref.offset).then((found) => decodeNg(layout, found, bytes, ref)) : decodeNg(layout, context, bytes, ref);
}

function decodeNg(layout: NgIndex, context: NgContext | null, bytes: Buffer, ref: PacketRef): RecordHead | RecordFault | Promise<RecordHead | RecordFault> {
  if (!context) return "beyond-end";
  const { interfaces, bigEndian } = context;
  const isSimple = bytes.length >= 8 && word(bytes, 0, bigEndian) === NG_SIMPLE_PACKET;
  if (!isSimple) return ngRecord(interfaces, bigEndian, bytes, ref.length, null);
  return layout.timeBefore(ref.offset).then((before) => ngRecord(interfaces, bigEndian, bytes, ref.length, before));
}
