import { LookbackError, type ErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { Replay } from "../catalogue/replays.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { EngineSettings, ImportResult, NativeCore } from "../native/types.js";
import { awayError, directoryLooks } from "../packet-store/packet-store.js";
import { closeGivenUp, MOST_UNCOUNTED, streamEnd } from "./live-files.js";

/** Rows per segment that a replay writes. */
const ROWS_PER_SEGMENT = 8_192;

/** What a note meets that says nothing of those after it. */
const PASSED_OVER: readonly ErrorCode[] = ["CAPTURE_UNREADABLE", "UNAVAILABLE"];

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
    const { next, uncounted } = streamEnd(catalogue, stream);
    const knownUntil = mark?.nextOrdinal ?? 0;
    const from = Math.min(mark?.replayFromOrdinal ?? knownUntil, uncounted === null ? Infinity : uncounted.firstOrdinal + uncounted.packets);
    const [first] = filesBetween(files, from, next);
    if (from >= next || first === undefined) return next;
    catalogue.replays.add({
      stream, node, fromOrdinal: from, knownUntilOrdinal: knownUntil, untilOrdinal: next, open: openOrdinals(catalogue, stream), completeUntilMs: mark?.completeUntilMs ?? first.firstMs ?? 0,
    });
    catalogue.marks.set({ stream, node, replayFromOrdinal: null, nextOrdinal: next, completeUntilMs: null });
    rememberOpen(catalogue, stream, Buffer.alloc(0));
    return next;
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
  /** Notes, by their ends, that met a damaged file since the process began: they are not tried again. */
  readonly damaged: Set<number>;
}

/**
 * Indexes again what was noted of a stream, the oldest first, on one thread: a capture goes on beside it. What is done when the
 * signal comes, or something fails, stays done, and what is not stays noted; what cannot be read now does not hold up what came later.
 * A listed file that is gone is passed over, with a warning. Throws DISK_FULL and UNAVAILABLE (a file's mount is away, or a directory does
 * not answer) for what may pass, and CAPTURE_UNREADABLE where nothing may. What meets a damaged file is logged, and passed over from then on.
 */
export async function runReplays(parts: ReplayParts, stream: string, signal: AbortSignal): Promise<void> {
  const failures: LookbackError[] = [];
  for (const replay of parts.catalogue.replays.ofStream(stream)) {
    if (parts.damaged.has(replay.untilOrdinal)) continue;
    try {
      let files = filesOf(parts, replay);
      while (!(await run(parts, replay, files, signal))) files = filesOf(parts, replay);
    } catch (error) {
      if (signal.aborted || !(error instanceof LookbackError) || !PASSED_OVER.includes(error.code)) throw error;
      failures.push(error);
      if (error.code !== "CAPTURE_UNREADABLE") continue;
      parts.damaged.add(replay.untilOrdinal);
      parts.logger.error({ error: error.message, fromOrdinal: replay.fromOrdinal }, "what an interrupted capture left is in a damaged file: it is tried again at the next start");
    }
  }
  // What may pass is tried again.
  const failure = failures.find(({ code }) => code === "UNAVAILABLE") ?? failures[0];
  if (failure !== undefined) throw failure;
}

/** Files that retention took had no open session, or were taken for want of room: nothing of them is left to index. */
function filesOf({ catalogue }: ReplayParts, { stream, fromOrdinal: from, untilOrdinal: until }: Replay): readonly PacketFile[] {
  return filesBetween(catalogue.files.ofStream(stream), from, until);
}

/** Indexes files of a replay; false when fewer of them are listed, or there, since, and nothing was done. */
async function run(parts: ReplayParts, replay: Replay, files: readonly PacketFile[], signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const { catalogue, logger } = parts;
  const { stream, fromOrdinal: from, knownUntilOrdinal: knownUntil } = replay;
  const done = (): void => { catalogue.replays.remove(replay); };
  let there: readonly PacketFile[] = [];
  let result: ImportResult | null = null;
  try {
    there = await filesThere(files);
    await closeGivenUp(parts, stream, there);
    const [first] = there;
    if (first !== undefined) result = await parts.native.importStream({
      files: there.map((file) => ({ path: file.path, fileId: file.id, firstOrdinal: file.firstOrdinal })), stream, settings: { ...parts.settings, workers: 1 },
      segmentDirectory: parts.segmentDirectory, batchRows: ROWS_PER_SEGMENT, replay: { from, knownUntil, open: replay.open }, losses: catalogue.captureLedger.lossSpans(replay.node, first.firstMs ?? 0),
    }, signal, () => {});
  } catch (error) {
    if (!(error instanceof LookbackError) || !PASSED_OVER.includes(error.code)) throw error;
    // Each is opened when its turn comes: retention may have taken it before.
    if (filesOf(parts, replay).length < files.length || (await filesThere(files)).length < there.length) return false;
    throw error;
  }
  if (result === null) done();
  else await parts.store.commitSegments({ add: result.segments, remove: [] }, done);
  const present = new Set(there);
  for (const file of files.filter((one) => !present.has(one))) {
    logger.warn({ path: file.path, packets: file.firstOrdinal + file.packets - Math.max(from, file.firstOrdinal) }, "a packet file that an interrupted capture left is gone: its packets, and those of sessions that began in it, are in no session but those that had ended");
  }
  if (result === null) return true;
  const wanted = there.reduce((sum, file) => sum + file.packets, 0);
  // Reading them again would give no more.
  if (result.packets < wanted) logger.warn({ packets: wanted - result.packets, warnings: result.warnings }, "packets of an interrupted capture cannot be read: they are in no session; their files are damaged");
  logger.info({ packets: result.packets, sessions: result.sessions }, "indexed again what an interrupted capture left");
  return true;
}

/**
 * Those of a replay's files that are not gone; what cannot be looked at for another reason than that it is not there, who reads it tells.
 * Throws UNAVAILABLE where one is away, or a directory does not answer.
 */
async function filesThere(files: readonly PacketFile[]): Promise<readonly PacketFile[]> {
  const there: PacketFile[] = [];
  for (const file of files) {
    const found = await directoryLooks.whereIs(file);
    if (found === "away") throw awayError(file);
    if (found === "there") there.push(file);
  }
  return there;
}

/**
 * The files with packets in `[from, until)`; some between may be gone, each has its packets' numbers. A capture begins a file, so none goes
 * beyond `until`. One that could not be counted may have any that fit before the next one.
 */
function filesBetween(files: readonly PacketFile[], from: number, until: number): readonly PacketFile[] {
  return files.filter((file, at) => {
    const room = (files[at + 1]?.firstOrdinal ?? Infinity) - file.firstOrdinal;
    const packets = file.state === "writing" ? Math.max(file.packets, Math.min(room, MOST_UNCOUNTED)) : file.packets;
    return packets > 0 && file.firstOrdinal + packets > from && file.firstOrdinal < until;
  });
}
