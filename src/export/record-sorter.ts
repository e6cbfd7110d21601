import { open, mkdir, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";

/** Records in one run in memory: small enough that sorting one does not hold up the event loop. */
const RUN_RECORDS = 16_384;
/** Runs merged at once; more are first merged to fewer. Bounds open files and read buffers. */
const MERGE_RUNS = 64;
/** Records of a read buffer per run, and of a chunk handed out. */
const CHUNK_RECORDS = 2048;

export interface SorterShape {
  /** Numbers in a record. */
  readonly width: number;
  /** How many of the first numbers are the sort key, compared in order. */
  readonly keys: number;
  /** Whether of records with equal keys only one is kept. */
  readonly unique: boolean;
}

export interface SorterLimits {
  readonly runRecords: number;
  readonly mergeRuns: number;
}

/**
 * Sorts any number of fixed-width records of numbers in bounded memory: one run plus one read buffer for each merged run;
 * what does not fit goes to temporary files in `directory`. Records may be added in any order; the result does not
 * depend on it, as long as equal keys mean equal records.
 */
export class RecordSorter {
  readonly #directory: string;
  readonly #name: string;
  readonly #shape: SorterShape;
  readonly #limits: SorterLimits;
  readonly #buffer: Float64Array;
  #buffered = 0;
  #runs: string[] = [];
  #made = 0;

  constructor(directory: string, name: string, shape: SorterShape, limits: SorterLimits = { runRecords: RUN_RECORDS, mergeRuns: MERGE_RUNS }) {
    this.#directory = directory;
    this.#name = name;
    this.#shape = shape;
    this.#limits = limits;
    this.#buffer = new Float64Array(limits.runRecords * shape.width);
  }

  /** Adds whole records, one after the other. */
  async add(records: Float64Array): Promise<void> {
    const { width } = this.#shape;
    const whole = Math.floor(records.length / width);
    for (let at = 0; at < whole; ) {
      const fits = Math.min(whole - at, this.#limits.runRecords - this.#buffered);
      this.#buffer.set(records.subarray(at * width, (at + fits) * width), this.#buffered * width);
      this.#buffered += fits;
      at += fits;
      if (this.#buffered === this.#limits.runRecords) await this.#spill();
    }
  }

  /** All records in order, in chunks that are valid until the next one is asked for. Call once. */
  async *sorted(): AsyncGenerator<Float64Array> {
    if (this.#runs.length === 0) {
      const run = sortRun(this.#buffer.subarray(0, this.#buffered * this.#shape.width), this.#shape);
      yield* chunksOf(run, this.#shape.width);
      return;
    }
    if (this.#buffered > 0) await this.#spill();
    while (this.#runs.length > this.#limits.mergeRuns) {
      const first = this.#runs.splice(0, this.#limits.mergeRuns);
      const target = this.#newRun();
      await writeRun(target, mergeRuns(first, this.#shape));
      for (const run of first) await unlink(run);
      this.#runs.push(target);
    }
    yield* mergeRuns(this.#runs, this.#shape);
  }

  async #spill(): Promise<void> {
    const run = sortRun(this.#buffer.subarray(0, this.#buffered * this.#shape.width), this.#shape);
    await mkdir(this.#directory, { recursive: true });
    const target = this.#newRun();
    this.#runs.push(target);
    await writeRun(target, chunksOf(run, this.#shape.width));
    this.#buffered = 0;
  }

  #newRun(): string {
    this.#made += 1;
    return path.join(this.#directory, `${this.#name}-${this.#made}.run`);
  }
}

function compare(left: Float64Array, leftAt: number, right: Float64Array, rightAt: number, keys: number): number {
  for (let key = 0; key < keys; key += 1) {
    const difference = (left[leftAt + key] ?? 0) - (right[rightAt + key] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sorted copy, or the run itself where it is in order already, as positions of one file usually are. */
function sortRun(run: Float64Array, shape: SorterShape): Float64Array {
  const { width, keys } = shape;
  const count = run.length / width;
  let inOrder = true;
  for (let at = 1; at < count && inOrder; at += 1) {
    const order = compare(run, (at - 1) * width, run, at * width, keys);
    inOrder = shape.unique ? order < 0 : order <= 0;
  }
  if (inOrder) return run;
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) order[at] = at;
  order.sort((left, right) => compare(run, left * width, run, right * width, keys));
  const sorted = new Float64Array(run.length);
  let kept = 0;
  for (const from of order) {
    const record = run.subarray(from * width, (from + 1) * width);
    if (shape.unique && kept > 0 && compare(sorted, (kept - 1) * width, record, 0, keys) === 0) continue;
    sorted.set(record, kept * width);
    kept += 1;
  }
  return sorted.subarray(0, kept * width);
}

function* chunksOf(run: Float64Array, width: number): Generator<Float64Array> {
  const size = CHUNK_RECORDS * width;
  for (let at = 0; at < run.length; at += size) yield run.subarray(at, at + size);
}

async function writeRun(file: string, chunks: Iterable<Float64Array> | AsyncIterable<Float64Array>): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const chunk of chunks) await writeWhole(handle, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  } finally {
    await handle.close();
  }
}

/** Writes all of `bytes` at `position`, or where the handle stands; a short write goes on until the system says why. */
export async function writeWhole(handle: FileHandle, bytes: Buffer, position: number | null = null): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, position === null ? null : position + at)).bytesWritten;
}

class RunCursor {
  readonly buffer: Float64Array;
  at = 0;
  #filled = 0;
  #offset = 0;

  constructor(readonly handle: FileHandle, readonly width: number) {
    this.buffer = new Float64Array(CHUNK_RECORDS * width);
  }

  /** Makes the next record current; false at the end. */
  async advance(): Promise<boolean> {
    this.at += this.width;
    if (this.at < this.#filled) return true;
    return this.refill();
  }

  async refill(): Promise<boolean> {
    const bytes = Buffer.from(this.buffer.buffer);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled, this.#offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#offset += filled;
    this.#filled = Math.floor(filled / (8 * this.width)) * this.width;
    this.at = 0;
    return this.#filled > 0;
  }

  /** Whether the next `advance` stays in the buffer. */
  get hasBuffered(): boolean {
    return this.at + this.width < this.#filled;
  }
}

async function* mergeRuns(files: readonly string[], shape: SorterShape): AsyncGenerator<Float64Array> {
  const { width, keys } = shape;
  const handles: FileHandle[] = [];
  try {
    const heap: RunCursor[] = [];
    const before = (left: RunCursor, right: RunCursor): boolean => compare(left.buffer, left.at, right.buffer, right.at, keys) < 0;
    const sink = (from: number): void => {
      for (let at = from; ; ) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          const candidate = heap[child];
          const present = heap[least];
          if (candidate && present && before(candidate, present)) least = child;
        }
        const [top, below] = [heap[at], heap[least]];
        if (least === at || !top || !below) return;
        heap[at] = below;
        heap[least] = top;
        at = least;
      }
    };
    for (const file of files) {
      const handle = await open(file, "r");
      handles.push(handle);
      const cursor = new RunCursor(handle, width);
      if (await cursor.refill()) heap.push(cursor);
    }
    for (let at = heap.length >> 1; at >= 0; at -= 1) sink(at);
    const out = new Float64Array(CHUNK_RECORDS * width);
    const last = new Float64Array(width);
    let any = false;
    let filled = 0;
    for (let top = heap[0]; top; top = heap[0]) {
      if (!shape.unique || !any || compare(last, 0, top.buffer, top.at, keys) !== 0) {
        const record = top.buffer.subarray(top.at, top.at + width);
        out.set(record, filled);
        last.set(record);
        any = true;
        filled += width;
      }
      if (top.hasBuffered) top.at += width;
      else if (!(await top.advance())) {
        const end = heap.pop();
        if (end && end !== top) heap[0] = end;
      }
      sink(0);
      if (filled === out.length) {
        yield out;
        filled = 0;
      }
    }
    if (filled > 0) yield out.subarray(0, filled);
  } finally {
    for (const handle of handles) await handle.close();
  }
}
