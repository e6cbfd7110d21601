import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { SegmentInfo } from "../model/segment.js";
import type { EngineSettings, NativeCore } from "../native/types.js";
import { isIntact } from "../packet-store/packet-store.js";
import { ROWS_PER_SEGMENT } from "./import-service.js";

/** What a rebuild found and did. */
export interface Rebuilt {
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
  /** Rows that the damaged segments had, and rows that the packets gave. */
  readonly lostRows: number;
  readonly sessions: number;
  /** Packet files that were read again. */
  readonly files: readonly string[];
  /** Captures imported in place over which another one was written: their rows cannot come back. */
  readonly changed: readonly string[];
}

export interface RebuildParts {
  readonly native: NativeCore;
  readonly catalogue: Catalogue;
  readonly store: Pick<IndexStore, "health" | "commitSegments">;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
}

/**
 * Makes damaged segments again from the packet files of their time; rows whose packets are gone cannot come back. Rows
 * that other segments hold as well become visible once. The caller holds the roles of serving and capturing: nobody else
 * writes. A second run finds nothing damaged.
 */
export async function rebuildSegments(parts: RebuildParts): Promise<Rebuilt> {
  const { catalogue, store, native, settings, segmentDirectory } = parts;
  const { damaged: found } = await store.health();
  const reasons = new Map(found.map(({ path, reason }) => [path, reason]));
  // What else is damaged, an index of a cluster, is not made of packets here.
  const segments = catalogue.segments.live().filter(({ path }) => reasons.has(path));
  const damaged = segments.map(({ path }) => ({ path, reason: reasons.get(path) ?? "" }));
  if (damaged.length === 0) return { damaged, lostRows: 0, sessions: 0, files: [], changed: [] };
  const overlapping = runsOf(catalogue.files.list()).filter((run) => run.some((file) => segments.some((segment) => overlaps(file, segment))));
  const runs: PacketFile[][] = [];
  const changed: string[] = [];
  for (const run of overlapping) {
    const others = await changedOf(run);
    changed.push(...others);
    if (others.length === 0) runs.push(run);
  }
  const made: SegmentInfo[] = [];
  let sessions = 0;
  for (const run of runs) {
    const [first] = run;
    if (first === undefined) continue;
    const result = await native.importStream({
      files: run.map((file) => ({ path: file.path, fileId: file.id, firstOrdinal: file.firstOrdinal })), stream: first.stream, settings: { ...settings, node: first.node }, segmentDirectory,
      batchRows: ROWS_PER_SEGMENT, replay: null, losses: first.storage === "own" ? catalogue.captureLedger.lossSpans(first.node, first.firstMs ?? 0) : null,
    }, null, () => {});
    made.push(...result.segments);
    sessions += result.sessions;
  }
  // A segment is named by what it holds: one that was made again has taken the damaged one's place on disk already.
  const again = new Set(made.map(({ path }) => path));
  await store.commitSegments({ add: made, remove: damaged.map(({ path }) => path).filter((path) => !again.has(path)) });
  return { damaged, lostRows: segments.reduce((sum, { rows }) => sum + rows, 0), sessions, files: runs.flat().map(({ path }) => path), changed };
}

/** Paths of a run's files that hold another capture than the one that was indexed; one that cannot be opened is told of when it is read. */
async function changedOf(run: readonly PacketFile[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { storage, path, stream, bytes } of run) {
    if (storage === "in-place" && !(await isIntact(path, { stream, bytes }).catch(() => true))) changed.push(path);
  }
  return changed;
}

/**
 * The files that were read or written in one go, which is what sessions span: an imported file alone, files of live
 * capture as far as their numbers follow one another. A capture that starts leaves one out.
 */
function runsOf(files: readonly PacketFile[]): PacketFile[][] {
  const runs: PacketFile[][] = [];
  for (const file of [...files].sort((a, b) => (a.stream === b.stream ? a.firstOrdinal - b.firstOrdinal || a.id - b.id : a.stream < b.stream ? -1 : 1))) {
    // Copies of held packets are no capture: their sessions began elsewhere.
    if (file.state !== "complete" || file.packets === 0 || !/^[0-9a-f]{32}$/.test(file.stream)) continue;
    const last = runs.at(-1)?.at(-1);
    if (last?.stream === file.stream && last.id + 1 === file.id) runs.at(-1)?.push(file);
    else runs.push([file]);
  }
  return runs;
}

function overlaps(file: PacketFile, segment: SegmentInfo): boolean {
  return (file.firstMs ?? 0) <= segment.lastMs && (file.lastMs ?? 0) >= segment.firstMs;
}
