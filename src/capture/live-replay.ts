import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { Replay } from "../catalogue/replays.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { EngineSettings, ImportResult, NativeCore } from "../native/types.js";
import { directoryLooks } from "../packet-store/packet-store.js";
import { nextOrdinal } from "./live-files.js";

/** Rows per segment that a replay writes. */
const ROWS_PER_SEGMENT = 8_192;

/** A file of this name says that packet files which are missing beside it are gone for good. */
const GONE_MARK = ".lookback-gone";
/** Files from before the crash that are looked for in the directory of a missing one, the latest. */
const MOST_WITNESSES = 64;

const openKey = (stream: string): string => `live.open.${stream}`;

/** Notes which sessions were open, as the core encodes them; runs in the transaction of the mark. */
export function rememberOpen(catalogue: Catalogue, stream: string, open: Buffer): void {
  catalogue.settings.set(openKey(stream), open.toString("base64"));
}

function openOrdinals(catalogue: Catalogue, stream: string): Buffer {
  return Buffer.from(catalogue.settings.get(openKey(stream)) ?? "", "base64");
}

/**
 * Notes what a capture that died left on disk and in no row: packets after the last flush, and those of sessions that were open then.
 * Returns the position of the next packet. A second call notes nothing more.
 */
export function noteReplay(catalogue: Catalogue, stream: string, node: string): number {
  return catalogue.transaction(() => {
    const mark = catalogue.marks.get(stream);
    const files = catalogue.files.ofStream(stream);
    const end = Math.max(nextOrdinal(files), mark?.nextOrdinal ?? 0);
    const knownUntil = mark?.nextOrdinal ?? 0;
    const from = mark?.replayFromOrdinal ?? knownUntil;
    const [first] = filesBetween(files, from, end);
    if (from >= end || first === undefined) return end;
    catalogue.replays.add({
      stream, node, fromOrdinal: from, knownUntilOrdinal: knownUntil, untilOrdinal: end, open: openOrdinals(catalogue, stream), completeUntilMs: mark?.completeUntilMs ?? first.firstMs ?? 0,
    });
    catalogue.marks.set({ stream, node, replayFromOrdinal: null, nextOrdinal: end, completeUntilMs: null });
    rememberOpen(catalogue, stream, Buffer.alloc(0));
    return end;
  });
}

/** What replays need. */
export interface ReplayParts {
  readonly native: NativeCore;
  readonly catalogue: Catalogue;
  readonly store: Pick<IndexStore, "commitSegments">;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  readonly logger: Logger;
}

/**
 * Indexes again what was noted of a stream, the oldest first, on one thread: a capture goes on beside it. What is done when the
 * signal comes, or something fails, stays done, and what is not stays noted. A listed file that is gone is passed over, with a warning.
 * Throws DISK_FULL and UNAVAILABLE (nothing tells whether a missing file is gone or its mount is away, or a directory does not answer) for what may pass,
 * CAPTURE_UNREADABLE.
 */
export async function runReplays(parts: ReplayParts, stream: string, signal: AbortSignal): Promise<void> {
  for (const replay of parts.catalogue.replays.ofStream(stream)) {
    let files = filesOf(parts, replay);
    while (!(await run(parts, replay, files, signal))) files = filesOf(parts, replay);
  }
}

/** Files that retention took had no open session, or were taken for want of room: nothing of them is left to index. */
function filesOf({ catalogue }: ReplayParts, { stream, fromOrdinal: from, untilOrdinal: until }: Replay): readonly PacketFile[] {
  return filesBetween(catalogue.files.ofStream(stream), from, until);
}

/** Indexes files of a replay; false when fewer of them are listed, or there, since, and nothing was done. */
async function run(parts: ReplayParts, replay: Replay, files: readonly PacketFile[], signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const { catalogue, logger } = parts;
  const { stream, fromOrdinal: from, untilOrdinal: until, knownUntilOrdinal: knownUntil } = replay;
  const done = (): void => { catalogue.replays.remove(replay); };
  let there: readonly PacketFile[] = [];
  let result: ImportResult | null = null;
  try {
    there = await filesThere(parts, replay, files);
    const [first] = there;
    if (first !== undefined) result = await parts.native.importStream({
      files: there.map((file) => ({ path: file.path, fileId: file.id, firstOrdinal: file.firstOrdinal })), stream, settings: { ...parts.settings, workers: 1 },
      segmentDirectory: parts.segmentDirectory, batchRows: ROWS_PER_SEGMENT, replay: { from, knownUntil, open: replay.open }, losses: catalogue.captureLedger.lossSpans(replay.node, first.firstMs ?? 0),
    }, signal, () => {});
  } catch (error) {
    if (!(error instanceof LookbackError) || !["CAPTURE_UNREADABLE", "UNAVAILABLE"].includes(error.code)) throw error;
    // Each is opened when its turn comes: retention may have taken it before.
    if (filesOf(parts, replay).length < files.length || (await filesThere(parts, replay, files)).length < there.length) return false;
    throw error;
  }
  if (result === null) done();
  else await parts.store.commitSegments({ add: result.segments, remove: [] }, done);
  const present = new Set(there);
  for (const file of files.filter((one) => !present.has(one))) {
    logger.warn({ path: file.path, packets: file.firstOrdinal + file.packets - Math.max(from, file.firstOrdinal) }, "a packet file that an interrupted capture left is gone: its packets are in no session but those that had ended");
  }
  if (result === null) return true;
  const wanted = there.reduce((sum, file) => sum + file.packets, 0);
  // Reading them again would give no more.
  if (result.packets < wanted) logger.warn({ packets: wanted - result.packets, warnings: result.warnings }, "packets of an interrupted capture cannot be read: they are in no session; their files are damaged");
  logger.info({ packets: until - from, sessions: result.sessions }, "indexed again what an interrupted capture left");
  return true;
}

/**
 * Those of a replay's files that are there, or cannot be looked at for another reason than that they are not: who reads them tells it. One is
 * gone when it is missing while another one from before the crash is there in its directory, or when somebody said so (`GONE_MARK`): what a
 * capture writes since proves nothing, for it may lie where a mount is away. Throws UNAVAILABLE where nothing tells, or a directory does not answer.
 */
async function filesThere({ catalogue }: ReplayParts, { stream, untilOrdinal: until }: Replay, files: readonly PacketFile[]): Promise<readonly PacketFile[]> {
  const missing = new Map<string, PacketFile[]>();
  for (const file of files) {
    if (!(await isMissing(file))) continue;
    const directory = path.dirname(file.path);
    const beside = missing.get(directory) ?? [];
    beside.push(file);
    missing.set(directory, beside);
  }
  if (missing.size === 0) return files;
  const captured = catalogue.files.ofStream(stream).filter((file) => file.firstOrdinal < until);
  const gone = new Set<PacketFile>();
  for (const [directory, some] of missing) {
    const before = captured.filter((file) => path.dirname(file.path) === directory).slice(-MOST_WITNESSES);
    const [{ path: one } = { path: directory }] = some;
    if (!(await isAnyThere([path.join(directory, GONE_MARK), ...before.map((file) => file.path)]))) {
      throw new LookbackError("UNAVAILABLE", `${one}: the packet file is not there, nor is any other that was captured into ${directory} before; mount its disk again, or, when it is gone for good, put an empty file ${GONE_MARK} there: its packets are passed over then`, { path: one });
    }
    // A mount that was back before its directory was looked into has them.
    for (const file of some) if (await isMissing(file)) gone.add(file);
  }
  return files.filter((file) => !gone.has(file));
}

async function isAnyThere(paths: readonly string[]): Promise<boolean> {
  for (const one of paths) {
    try {
      await directoryLooks.stat(one);
      return true;
    } catch (error) {
      if (error instanceof LookbackError) throw error;
    }
  }
  return false;
}

async function isMissing({ path: file }: PacketFile): Promise<boolean> {
  try {
    await directoryLooks.stat(file);
    return false;
  } catch (error) {
    if (error instanceof LookbackError) throw error;
    return systemErrorCode(error) === "ENOENT";
  }
}

/** The files with packets in `[from, until)`; some between may be gone, each has its packets' numbers. A capture begins a file, so none goes beyond `until`. */
function filesBetween(files: readonly PacketFile[], from: number, until: number): readonly PacketFile[] {
  return files.filter((file) => file.packets > 0 && file.firstOrdinal + file.packets > from && file.firstOrdinal < until);
}
