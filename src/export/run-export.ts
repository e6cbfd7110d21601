import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { IndexStore, ReadContext, SessionFilter } from "../index-store/index-store.js";
import type { PacketRef } from "../model/session.js";
import { syncDirectory, type PacketRead, type PacketReader, type SpaceProbe } from "../packet-store/packet-store.js";
import { fileHeader, FormatSurvey, recordLength, writeRecord, type CaptureFormat } from "./capture-format.js";
import { MissingPackets, type Absence } from "./missing-packets.js";
import type { PacketFileLookup } from "./packet-files.js";
import { RecordSorter, writeWhole, type SorterLimits } from "./record-sorter.js";

/** Positions handled together, and bytes of packets held together (a single larger packet is held alone). */
const BATCH_POSITIONS = 2048;
const BATCH_BYTES = 8 << 20;
/** Output gathered before a write. */
const WRITE_BYTES = 1 << 20;

/** Positions: file, offset, length; sorted by the first two, each once. */
const POSITION = { width: 3, keys: 2, unique: true };
/** Times: seconds, nanoseconds, file, offset, length; ties in time go by file, then offset. */
const TIMED = { width: 5, keys: 4, unique: false };

export interface ExportParts {
  readonly store: Pick<IndexStore, "streamPackets">;
  readonly reader: PacketReader;
  readonly lookup: PacketFileLookup;
  /** Measures the device of the export directory. */
  readonly probe: SpaceProbe;
  readonly sorter?: SorterLimits;
}

export interface ExportTask {
  readonly filter: SessionFilter;
  readonly context: ReadContext & { readonly signal: AbortSignal };
  readonly container: "auto" | "pcapng";
  /** `exports/`. */
  readonly directory: string;
  /** Name of the file without its ending. */
  readonly name: string;
  readonly description: string;
}

/** How far an export is. */
export interface ExportProgress {
  sessions: number;
  packets: number;
  bytes: number;
}

export interface ExportResult {
  readonly fileName: string;
  readonly sessions: number;
  /** Sessions that have no packet positions at all. */
  readonly sessionsWithoutPackets: number;
  readonly packets: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly format: CaptureFormat;
  readonly missingPackets: number;
  readonly missing: readonly Absence[];
}

/**
 * Writes exactly the packets of the matching sessions, each once, in order of time (ties by file, then offset), to
 * `<name>.pcap` or `<name>.pcapng`, and `<name>.json` beside it: what is in it, its SHA-256, and what is missing. The
 * same sessions and packet files give the same bytes.
 *
 * Memory is bounded whatever the number of packets: positions are sorted through temporary files, and packets are read
 * in batches. Three passes: positions by file; record headers, which tell time and link type; packets by time.
 *
 * Throws DISK_FULL, QUERY_CANCELLED and the store's errors; no file is left behind then.
 */
export async function runExport(parts: ExportParts, task: ExportTask, progress: ExportProgress): Promise<ExportResult> {
  const work = path.join(task.directory, `${task.name}.work`);
  await discardExport(task.directory, task.name);
  try {
    stopIfCancelled(task);
    await mkdir(work, { recursive: true, mode: 0o700 });
    const missing = new MissingPackets();
    const counts = { sessions: 0, sessionsWithoutPackets: 0 };
    const positions = await gatherPositions(parts, task, work, counts, progress);
    const survey = new FormatSurvey();
    const timed = await readTimes(parts, task, work, positions, survey, missing);
    const format = survey.decide(task.container);
    await checkRoom(parts.probe, task.directory, timed.capturedBytes + timed.packets * 32);
    const written = await writePackets(parts, task, work, timed.sorter, format, missing, progress);
    const fileName = `${task.name}.${format.container}`;
    const result: ExportResult = { fileName, ...counts, ...written, format, missingPackets: missing.total, missing: missing.list() };
    await writeManifest(task, result, missing.unlisted);
    await rename(path.join(work, "export.part"), path.join(task.directory, fileName));
    await rm(work, { recursive: true, force: true });
    await syncDirectory(task.directory);
    return result;
  } catch (error) {
    await discardExport(task.directory, task.name);
    const code = systemErrorCode(error);
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new LookbackError("DISK_FULL", `no room left for the export in ${task.directory}`, { directory: task.directory }, { cause: error });
    }
    throw error;
  }
}

/** Removes whatever there is of an export: its file, its manifest, its temporary files. */
export async function discardExport(directory: string, name: string): Promise<void> {
  for (const ending of ["pcap", "pcapng", "json"]) await rm(path.join(directory, `${name}.${ending}`), { force: true });
  await rm(path.join(directory, `${name}.work`), { recursive: true, force: true });
}

async function gatherPositions(
  parts: ExportParts, task: ExportTask, work: string, counts: { sessions: number; sessionsWithoutPackets: number }, progress: ExportProgress,
): Promise<RecordSorter> {
  const sorter = new RecordSorter(work, "position", POSITION, parts.sorter);
  for await (const sessions of parts.store.streamPackets(task.filter, task.context)) {
    stopIfCancelled(task);
    for (const session of sessions) {
      counts.sessions += 1;
      if (session.packets.length === 0) counts.sessionsWithoutPackets += 1;
      const records = new Float64Array(session.packets.length * POSITION.width);
      session.packets.forEach(({ fileId, offset, length }, index) => records.set([fileId, offset, length], index * POSITION.width));
      await sorter.add(records);
    }
    progress.sessions = counts.sessions;
  }
  return sorter;
}

async function readTimes(
  parts: ExportParts, task: ExportTask, work: string, positions: RecordSorter, survey: FormatSurvey, missing: MissingPackets,
): Promise<{ readonly sorter: RecordSorter; readonly packets: number; readonly capturedBytes: number }> {
  const sorter = new RecordSorter(work, "time", TIMED, parts.sorter);
  let packets = 0;
  let capturedBytes = 0;
  for await (const chunk of positions.sorted()) {
    const refs = refsOf(chunk, POSITION.width, 0);
    const heads = await readRefs(parts, refs, missing, (file, batch) => parts.reader.heads(file, batch, task.context.signal));
    const records = new Float64Array(refs.length * TIMED.width);
    let filled = 0;
    refs.forEach((ref, index) => {
      const read = heads[index];
      if (!read?.found) return;
      survey.see(read.head);
      records.set([read.head.seconds, read.head.nanoseconds, ref.fileId, ref.offset, ref.length], filled);
      filled += TIMED.width;
      packets += 1;
      capturedBytes += read.head.capturedLength;
    });
    await sorter.add(records.subarray(0, filled));
  }
  return { sorter, packets, capturedBytes };
}

async function writePackets(
  parts: ExportParts, task: ExportTask, work: string, sorter: RecordSorter, format: CaptureFormat, missing: MissingPackets, progress: ExportProgress,
): Promise<{ packets: number; bytes: number; sha256: string }> {
  const handle = await open(path.join(work, "export.part"), "wx", 0o600);
  try {
    const out = new HashedFile(handle);
    await out.write(fileHeader(format));
    let packets = 0;
    let batch: PacketRef[] = [];
    let held = 0;
    const flush = async (): Promise<void> => {
      stopIfCancelled(task);
      const read = await readByFile(parts, task, batch, missing);
      for (const one of read) {
        if (!one?.found) continue;
        const record = Buffer.allocUnsafe(recordLength(format, one.bytes.length));
        writeRecord(format, one.head, one.bytes, record, 0);
        await out.write(record);
        packets += 1;
      }
      progress.packets = packets;
      progress.bytes = out.bytes;
      batch = [];
      held = 0;
    };
    for await (const chunk of sorter.sorted()) {
      for (const ref of refsOf(chunk, TIMED.width, 2)) {
        if (batch.length >= BATCH_POSITIONS || (batch.length > 0 && held + ref.length > BATCH_BYTES)) await flush();
        batch.push(ref);
        held += ref.length;
      }
    }
    await flush();
    const sha256 = await out.finish();
    return { packets, bytes: out.bytes, sha256 };
  } finally {
    await handle.close();
  }
}

/** Packets of a batch in its order, each file read in order of offset. */
async function readByFile(parts: ExportParts, task: ExportTask, batch: readonly PacketRef[], missing: MissingPackets): Promise<(PacketRead | undefined)[]> {
  const order = batch.map((_, index) => index).sort((left, right) => {
    const [one, other] = [batch[left], batch[right]];
    return one && other ? one.fileId - other.fileId || one.offset - other.offset : 0;
  });
  const refs = order.flatMap((index) => batch[index] ?? []);
  const read = await readRefs(parts, refs, missing, (file, some) => parts.reader.packets(file, some, task.context.signal));
  const answers: (PacketRead | undefined)[] = [];
  order.forEach((index, at) => { answers[index] = read[at]; });
  return answers;
}

/** Reads refs that are grouped by file; absent files and faulty records are counted as missing. */
async function readRefs(
  parts: ExportParts, refs: readonly PacketRef[], missing: MissingPackets,
  read: (file: Parameters<PacketReader["heads"]>[0], batch: readonly PacketRef[]) => Promise<PacketRead[]>,
): Promise<(PacketRead | undefined)[]> {
  const answers: (PacketRead | undefined)[] = [];
  for (let at = 0; at < refs.length; ) {
    const fileId = refs[at]?.fileId ?? 0;
    let end = at + 1;
    while (refs[end]?.fileId === fileId) end += 1;
    const batch = refs.slice(at, end);
    const found = parts.lookup(fileId);
    if ("absent" in found) {
      for (const ref of batch) {
        missing.miss(fileId, found.path, found.absent, ref.offset);
        answers.push(undefined);
      }
    } else {
      (await read(found.file, batch)).forEach((one, index) => {
        if (!one.found) missing.miss(fileId, found.file.path, one.reason, batch[index]?.offset ?? 0);
        answers.push(one);
      });
    }
    at = end;
  }
  return answers;
}

function refsOf(chunk: Float64Array, width: number, from: number): PacketRef[] {
  const refs: PacketRef[] = [];
  for (let at = from; at < chunk.length; at += width) refs.push({ fileId: chunk[at] ?? 0, offset: chunk[at + 1] ?? 0, length: chunk[at + 2] ?? 0 });
  return refs;
}

function stopIfCancelled(task: ExportTask): void {
  if (task.context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
}

/** An early answer where the device cannot hold the file; the write itself still meets a device that fills up meanwhile. */
async function checkRoom(probe: SpaceProbe, directory: string, neededBytes: number): Promise<void> {
  const { freeBytes } = await probe(directory);
  if (freeBytes < neededBytes) {
    throw new LookbackError("DISK_FULL", `the export needs about ${neededBytes} bytes; ${directory} has ${freeBytes} free`, { directory, neededBytes, freeBytes });
  }
}

async function writeManifest(task: ExportTask, result: ExportResult, unlisted: number): Promise<void> {
  const { format, ...counts } = result;
  const manifest = {
    lookbackExport: 1, description: task.description, ...counts, missingUnlisted: unlisted,
    container: format.container, linkTypes: format.linkTypes, timestampResolution: format.nanosecond ? "nanosecond" : "microsecond",
  };
  const handle = await open(path.join(task.directory, `${task.name}.json`), "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gathers writes, and hashes what is written. */
class HashedFile {
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #parts: Buffer[] = [];
  #held = 0;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    this.bytes += bytes.length;
    if (this.#held >= WRITE_BYTES) await this.#flush();
  }

  /** Everything is on disk when this returns the SHA-256 in hex. */
  async finish(): Promise<string> {
    await this.#flush();
    await this.#handle.sync();
    return this.#hash.digest("hex");
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    this.#hash.update(bytes);
    await writeWhole(this.#handle, bytes);
  }
}
