import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { EngineSettings, NativeCore } from "../native/types.js";
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
 * Indexes again what is on disk but in no row: packets after the last flush, and those of sessions that were open then.
 * Returns the position of the next packet. A second run finds nothing to do.
 */
export async function replayStream(
  parts: {
    readonly native: NativeCore; readonly catalogue: Catalogue; readonly store: Pick<IndexStore, "commitSegments">;
    readonly settings: EngineSettings; readonly segmentDirectory: string; readonly logger: Logger;
  },
  stream: string,
): Promise<number> {
  const { catalogue } = parts;
  const mark = catalogue.marks.get(stream);
  const files = catalogue.files.ofStream(stream);
  const end = Math.max(nextOrdinal(files), mark?.nextOrdinal ?? 0);
  const knownUntil = mark?.nextOrdinal ?? 0;
  const from = mark?.replayFromOrdinal ?? knownUntil;
  // Files that retention took had no open session, or were taken for want of room: nothing of them is left to index.
  const needed = unbroken(files.filter((file) => file.packets > 0 && file.firstOrdinal + file.packets > from));
  if (from >= end || needed.length === 0) return end;
  const result = await parts.native.importStream({
    files: needed.map((file) => ({ path: file.path, fileId: file.id })), stream, firstOrdinal: needed[0]?.firstOrdinal ?? 0, settings: parts.settings,
    segmentDirectory: parts.segmentDirectory, batchRows: ROWS_PER_SEGMENT, replay: { from, knownUntil, open: openOrdinals(catalogue, stream) },
    losses: catalogue.captureLedger.losses(parts.settings.node, needed[0]?.firstMs ?? 0),
  }, null, () => {});
  await parts.store.commitSegments({ add: result.segments, remove: [] }, () => {
    catalogue.marks.set({ stream, node: parts.settings.node, replayFromOrdinal: null, nextOrdinal: end, completeUntilMs: null });
    rememberOpen(catalogue, stream, Buffer.alloc(0));
  });
  parts.logger.info({ packets: end - from, sessions: result.sessions }, "indexed again what an interrupted capture left");
  return end;
}

/** The last files of a stream that follow each other: packets are counted from the first, so none may be missing in between. */
export function unbroken<T extends Pick<PacketFile, "firstOrdinal" | "packets">>(files: readonly T[]): readonly T[] {
  const gap = files.findLastIndex((file, at) => at > 0 && file.firstOrdinal !== (files[at - 1]?.firstOrdinal ?? 0) + (files[at - 1]?.packets ?? 0));
  return gap < 0 ? files : files.slice(gap);
}
