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
 * signal comes, or something fails, stays done, and what is not stays noted. Throws DISK_FULL and UNAVAILABLE (a listed file is not
 * there, or does not answer) for what may pass, CAPTURE_UNREADABLE.
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

/** Indexes files of a replay; false when fewer of them are listed since, and nothing was done. */
async function run(parts: ReplayParts, replay: Replay, files: readonly PacketFile[], signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const { catalogue, logger } = parts;
  const { stream, fromOrdinal: from, untilOrdinal: until, knownUntilOrdinal: knownUntil } = replay;
  const done = (): void => { catalogue.replays.remove(replay); };
  const [first] = files;
  if (first === undefined) {
    done();
    return true;
  }
  let result: ImportResult;
  try {
    await requireThere(files);
    result = await parts.native.importStream({
      files: files.map((file) => ({ path: file.path, fileId: file.id, firstOrdinal: file.firstOrdinal })), stream, settings: { ...parts.settings, workers: 1 },
      segmentDirectory: parts.segmentDirectory, batchRows: ROWS_PER_SEGMENT, replay: { from, knownUntil, open: replay.open }, losses: catalogue.captureLedger.lossSpans(replay.node, first.firstMs ?? 0),
    }, signal, () => {});
  } catch (error) {
    if (!(error instanceof LookbackError) || !["CAPTURE_UNREADABLE", "UNAVAILABLE"].includes(error.code)) throw error;
    // Each is opened when its turn comes: retention may have taken it before.
    if (filesOf(parts, replay).length < files.length) return false;
    await requireThere(files);
    throw error;
  }
  await parts.store.commitSegments({ add: result.segments, remove: [] }, done);
  const wanted = files.reduce((sum, file) => sum + file.packets, 0);
  // Reading them again would give no more.
  if (result.packets < wanted) logger.warn({ packets: wanted - result.packets, warnings: result.warnings }, "packets of an interrupted capture cannot be read: they are in no session; their files are damaged");
  logger.info({ packets: until - from, sessions: result.sessions }, "indexed again what an interrupted capture left");
  return true;
}

/**
 * Throws UNAVAILABLE when a file is not there, or does not answer. It is on its way out, or its mount is away; which it is
 * retention finds out, and lists those that are gone no more.
 */
async function requireThere(files: readonly PacketFile[]): Promise<void> {
  for (const { path } of files) {
    try {
      await directoryLooks.stat(path);
    } catch (error) {
      if (error instanceof LookbackError) throw error;
      // Whatever else is wrong with it is told by who reads it.
      if (systemErrorCode(error) === "ENOENT") throw new LookbackError("UNAVAILABLE", `${path}: the packet file is not there; mount its directory again, or let retention find that it is gone`, { path }, { cause: error });
    }
  }
}

/** The files with packets in `[from, until)`; some between may be gone, each has its packets' numbers. A capture begins a file, so none goes beyond `until`. */
function filesBetween(files: readonly PacketFile[], from: number, until: number): readonly PacketFile[] {
  return files.filter((file) => file.packets > 0 && file.firstOrdinal + file.packets > from && file.firstOrdinal < until);
}
