import { open, mkdir, type FileHandle } from "node:fs/promises";
import { endianness } from "node:os";
import path from "node:path";
import type { PacketVisitor } from "../index-store/index-store.js";
import type { PacketRef } from "../model/session.js";
import type { PositionChunk } from "../packet-store/packet-store.js";
import { MinHeap } from "./min-heap.js";
import { writeWhole } from "./record-sorter.js";

/** Positions held in memory, 8 bytes each; beyond, they go to a run on disk. */
const RUN_POSITIONS = 1 << 19;
/** Positions of a chunk that is handed out. */
const CHUNK_POSITIONS = 4096;
/** Bytes that all read buffers of one file's runs have together. */
const MERGE_BYTES = 2 << 20;
/** Bits of a packed word that hold a record's length; the rest hold its offset. */
const LENGTH_BITS = 25;
const OFFSET_STEP = 2 ** (32 - LENGTH_BITS);
const LENGTH_MASK = 2 ** LENGTH_BITS - 1;
/** First offset that a position cannot have: 512 GiB. */
const OFFSET_END = 2 ** 39;
/** Which half of a 64-bit word comes first in memory. */
const [LOW, HIGH] = endianness() === "LE" ? [0, 1] : [1, 0];

/** Positions of one packet file: how many were added, and the bytes of their records. */
export interface FileExtent {
  readonly fileId: number;
  /** Positions added, repetitions included. */
  readonly positions: number;
  readonly bytes: number;
  readonly longest: number;
  /** The first position in the file. */
  readonly first: PacketRef;
}

interface Gathered {
  words: Uint32Array;
  held: number;
  positions: number;
  bytes: number;
  longest: number;
  first: number;
  firstLength: number;
}

/** A sorted stretch of one file's words in a run on disk: both in words of 64 bits. */
interface Stretch {
  readonly handle: FileHandle;
  readonly start: number;
  readonly count: number;
}

/**
 * Sorts packet positions by file and offset, each once, in bounded memory. A position is one 64-bit word, offset before
 * length, so that the engine's own sort of numbers does the work; what does not fit goes to temporary files.
 */
export class PositionSorter {
  readonly #directory: string;
  readonly #runPositions: number;
  readonly #files = new Map<number, Gathered>();
  readonly #stretches = new Map<number, Stretch[]>();
  readonly #handles: FileHandle[] = [];
  #held = 0;
  readonly #unusable = new Map<number, { fileId: number; offset: number; packets: number }>();

  constructor(directory: string, runPositions = RUN_POSITIONS) {
    this.#directory = directory;
    this.#runPositions = runPositions;
  }

  /** Adds positions. Call `spill` whenever it is full, and `close` at the end, whatever happens. */
  add(refs: readonly PacketRef[]): void {
    for (const { fileId, offset, length } of refs) this.addOne(fileId, offset, length);
  }

  /** Adds one position. */
  readonly addOne: PacketVisitor = (fileId, offset, length) => {
    if (!(offset >= 0 && offset < OFFSET_END && length > 0 && length <= LENGTH_MASK)) {
      const known = this.#unusable.get(fileId) ?? { fileId, offset, packets: 0 };
      this.#unusable.set(fileId, known);
      known.packets += 1;
      return;
    }
    let file = this.#files.get(fileId);
    if (file === undefined) {
      file = { words: new Uint32Array(128), held: 0, positions: 0, bytes: 0, longest: 0, first: Number.POSITIVE_INFINITY, firstLength: 0 };
      this.#files.set(fileId, file);
    }
    if (file.held * 2 === file.words.length) {
      const larger = new Uint32Array(file.words.length * 2);
      larger.set(file.words);
      file.words = larger;
    }
    const at = file.held * 2;
    file.words[at + HIGH] = Math.floor(offset / OFFSET_STEP);
    file.words[at + LOW] = ((offset % OFFSET_STEP) * 2 ** LENGTH_BITS) + length;
    file.held += 1;
    file.positions += 1;
    file.bytes += length;
    if (length > file.longest) file.longest = length;
    if (offset < file.first) {
      file.first = offset;
      file.firstLength = length;
    }
    this.#held += 1;
  };

  /** Whether as many positions are held as should be. */
  get isFull(): boolean {
    return this.#held >= this.#runPositions;
  }

  /** Positions that no record can be at, by file: how many, and one of them. */
  unusable(): readonly { readonly fileId: number; readonly offset: number; readonly packets: number }[] {
    return [...this.#unusable.values()];
  }

  /** Every file that has positions, by number. */
  files(): readonly FileExtent[] {
    return [...this.#files].map(([fileId, { positions, bytes, longest, first, firstLength }]) => ({ fileId, positions, bytes, longest, first: { fileId, offset: first, length: firstLength } }))
      .sort((left, right) => left.fileId - right.fileId);
  }

  /** Positions of a file in ascending order. A chunk is valid until the next one is asked for; may be called again. */
  async *positionsOf(fileId: number): AsyncGenerator<PositionChunk> {
    const file = this.#files.get(fileId);
    if (file === undefined) return;
    const offsets = new Float64Array(CHUNK_POSITIONS);
    const lengths = new Uint32Array(CHUNK_POSITIONS);
    let count = 0;
    let last = -1;
    const put = (high: number, low: number): void => {
      const offset = high * OFFSET_STEP + (low >>> LENGTH_BITS);
      if (offset === last) return;
      last = offset;
      offsets[count] = offset;
      lengths[count] = low & LENGTH_MASK;
      count += 1;
    };
    const words = sorted(file);
    const stretches = this.#stretches.get(fileId) ?? [];
    if (stretches.length === 0) {
      for (let at = 0; at < words.length; at += 2) {
        put(words[at + HIGH] ?? 0, words[at + LOW] ?? 0);
        if (count < CHUNK_POSITIONS) continue;
        yield { offsets, lengths, count };
        count = 0;
      }
    } else {
      const heap = new MinHeap<WordCursor>(isBefore);
      const buffer = Math.max(64, Math.floor(MERGE_BYTES / 8 / stretches.length));
      const inMemory = new WordCursor(words, null, 0);
      if (inMemory.isThere) heap.push(inMemory);
      for (const stretch of stretches) {
        const cursor = new WordCursor(new Uint32Array(buffer * 2), stretch, buffer);
        if (await cursor.refill()) heap.push(cursor);
      }
      for (let top = heap.top; top !== undefined; top = heap.top) {
        put(top.high, top.low);
        if (top.step() || (await top.refill())) heap.sink();
        else heap.pop();
        if (count < CHUNK_POSITIONS) continue;
        yield { offsets, lengths, count };
        count = 0;
      }
    }
    if (count > 0) yield { offsets, lengths, count };
  }

  /** Closes the runs; whoever made the directory removes it. */
  async close(): Promise<void> {
    for (const handle of this.#handles.splice(0)) await handle.close();
  }

  /** Writes what is held to disk. */
  async spill(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const handle = await open(path.join(this.#directory, `positions-${this.#handles.length}.run`), "wx+", 0o600);
    this.#handles.push(handle);
    let start = 0;
    for (const [fileId, file] of [...this.#files].sort(([left], [right]) => left - right)) {
      if (file.held === 0) continue;
      const words = sorted(file);
      await writeWhole(handle, Buffer.from(words.buffer, words.byteOffset, words.byteLength));
      const stretches = this.#stretches.get(fileId) ?? [];
      this.#stretches.set(fileId, [...stretches, { handle, start, count: file.held }]);
      start += file.held;
      file.held = 0;
      // A store of many files would keep the largest buffer of each.
      file.words = new Uint32Array(128);
    }
    this.#held = 0;
  }
}

/** The words of a file in ascending order, sorted in place. */
function sorted(file: Gathered): Uint32Array {
  const words = file.words.subarray(0, file.held * 2);
  new BigUint64Array(words.buffer, words.byteOffset, file.held).sort();
  return words;
}

function isBefore(left: WordCursor, right: WordCursor): boolean {
  return left.high < right.high || (left.high === right.high && left.low < right.low);
}

/** Reads words one after the other, from memory or from a stretch on disk. */
class WordCursor {
  readonly #words: Uint32Array;
  readonly #stretch: Stretch | null;
  readonly #room: number;
  #at = 0;
  #end: number;
  #read = 0;
  high = 0;
  low = 0;

  constructor(words: Uint32Array, stretch: Stretch | null, room: number) {
    this.#words = words;
    this.#stretch = stretch;
    this.#room = room;
    this.#end = stretch === null ? words.length : 0;
    this.#take();
  }

  get isThere(): boolean {
    return this.#at < this.#end;
  }

  /** The next word, when it is at hand. */
  step(): boolean {
    this.#at += 2;
    return this.#take();
  }

  /** The next words of the stretch; false at its end. */
  async refill(): Promise<boolean> {
    const stretch = this.#stretch;
    if (stretch === null || this.#read === stretch.count) return false;
    const count = Math.min(this.#room, stretch.count - this.#read);
    const bytes = Buffer.from(this.#words.buffer, 0, count * 8);
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await stretch.handle.read(bytes, filled, bytes.length - filled, (stretch.start + this.#read) * 8 + filled);
      if (bytesRead === 0) throw new Error("a run of positions is shorter than it was written");
      filled += bytesRead;
    }
    this.#read += count;
    this.#at = 0;
    this.#end = count * 2;
    return this.#take();
  }

  #take(): boolean {
    if (this.#at >= this.#end) return false;
    this.high = this.#words[this.#at + HIGH] ?? 0;
    this.low = this.#words[this.#at + LOW] ?? 0;
    return true;
  }
}
