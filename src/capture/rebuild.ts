import { open } from "node:fs/promises";
import { LookbackError } from "../base/errors.js";
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
  /** Packet files that cannot be read, and why. */
  readonly unread: readonly UnreadFile[];
  /** Segments that stay damaged, because packets of their time are in such a file. */
  readonly left: readonly string[];
}

export interface UnreadFile {
  readonly path: string;
  readonly reason: string;
}

export interface RebuildParts {
  readonly native: NativeCore;
  readonly catalogue: Catalogue;
  readonly store: Pick<IndexStore, "health" | "commitSegments">;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  /** Whether to do without packet files that cannot be read: rows of theirs that damaged segments held are gone then. */
  readonly giveUp: boolean;
}

/**
 * Makes damaged segments again from the packet files of their time; rows whose packets are gone cannot come back. Rows
 * that other segments hold as well become visible once. Where a packet file cannot be read, the segments that may have rows of it stay
 * damaged, so that they can be made once it is back, unless the caller gives it up. The caller holds the roles of serving and capturing: nobody else
 * writes. A second run finds nothing damaged.
 */
export async function rebuildSegments(parts: RebuildParts): Promise<Rebuilt> {
  const { catalogue, store, giveUp } = parts;
  const { damaged: found } = await store.health();
  const reasons = new Map(found.map(({ path, reason }) => [path, reason]));
  // What else is damaged, an index of a cluster, is not made of packets here.
  const segments = catalogue.segments.live().filter(({ path }) => reasons.has(path));
  const damaged = segments.map(({ path }) => ({ path, reason: reasons.get(path) ?? "" }));
  if (damaged.length === 0) return { damaged, lostRows: 0, sessions: 0, files: [], changed: [], unread: [], left: [] };
  const listed = catalogue.files.list();
  const overlapping = runsOf(listed).filter((run) => run.some((file) => segments.some((segment) => overlaps(file, segment))));
  const runs: PacketFile[][] = [];
  const changed: string[] = [];
  for (const run of overlapping) {
    const others = await changedOf(run);
    changed.push(...others);
    if (others.length === 0) runs.push(run);
  }
  const made: SegmentInfo[] = [];
  const files: string[] = [];
  const unread: UnreadFile[] = [];
  const left = new Set<string>();
  let sessions = 0;
  for (const file of listed) {
    const later = segments.filter(({ lastMs }) => file.firstMs !== null && file.firstMs <= lastMs);
    if (file.state !== "writing" || !isOfAStream(file) || later.length === 0) continue;
    unread.push({ path: file.path, reason: "the capture that wrote it died, and none has closed it since: start one" });
    if (!giveUp) for (const segment of later) left.add(segment.path);
  }
  for (const run of runs) {
    const result = await readAgain(parts, run);
    made.push(...result.segments);
    files.push(...result.files);
    unread.push(...result.unread);
    sessions += result.sessions;
    if (result.unread.length === 0 || giveUp) continue;
    for (const segment of segments) if (run.some((file) => overlaps(file, segment))) left.add(segment.path);
  }
  // A segment is named by what it holds: one that was made again has taken the damaged one's place on disk already.
  const again = new Set(made.map(({ path }) => path));
  const unreadable = [...left].filter((path) => !again.has(path));
  await store.commitSegments({ add: made, remove: damaged.map(({ path }) => path).filter((path) => !again.has(path) && !left.has(path)), lost: { unreadable } });
  return { damaged, lostRows: segments.reduce((sum, { rows }) => sum + rows, 0), sessions, files, changed, unread, left: unreadable };
}

interface ReadAgain {
  readonly segments: readonly SegmentInfo[];
  readonly sessions: number;
  readonly files: readonly string[];
  readonly unread: readonly UnreadFile[];
}

/** Reads a run; where one of its files cannot be read, nothing of it, or, of one who gives up, the others. */
async function readAgain({ native, catalogue, settings, segmentDirectory, giveUp }: RebuildParts, run: readonly PacketFile[]): Promise<ReadAgain> {
  // A long run is not read up to one that is missing, for each of them.
  const unread = await unopenedOf(run);
  if (unread.length > 0 && !giveUp) return { segments: [], sessions: 0, files: [], unread };
  const unopened = new Set(unread.map(({ path }) => path));
  for (let rest = run.filter(({ path }) => !unopened.has(path)); ;) {
    const [first] = rest;
    if (first === undefined) return { segments: [], sessions: 0, files: [], unread };
    try {
      const { segments, sessions } = await native.importStream({
        files: rest.map((file) => ({ path: file.path, fileId: file.id, firstOrdinal: file.firstOrdinal })), stream: first.stream, settings: { ...settings, node: first.node }, segmentDirectory,
        batchRows: ROWS_PER_SEGMENT, replay: null, losses: first.storage === "own" ? catalogue.captureLedger.lossSpans(first.node, first.firstMs ?? 0) : null,
      }, null, () => {});
      return { segments, sessions, files: rest.map(({ path }) => path), unread };
    } catch (error) {
      if (!(error instanceof LookbackError) || error.code !== "CAPTURE_UNREADABLE") throw error;
      const failed = rest.find(({ path }) => path === error.details["path"]);
      if (failed === undefined) throw error;
      unread.push({ path: failed.path, reason: String(error.details["reason"] ?? error.message) });
      if (!giveUp) return { segments: [], sessions: 0, files: [], unread };
      rest = rest.filter((file) => file !== failed);
    }
  }
}

/** Files of a run that cannot be opened. */
async function unopenedOf(run: readonly PacketFile[]): Promise<UnreadFile[]> {
  const unopened: UnreadFile[] = [];
  for (const { path } of run) {
    try {
      await (await open(path)).close();
    } catch (error) {
      unopened.push({ path, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return unopened;
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
    if (file.state !== "complete" || file.packets === 0 || !isOfAStream(file)) continue;
    const last = runs.at(-1)?.at(-1);
    if (last?.stream === file.stream && last.id + 1 === file.id) runs.at(-1)?.push(file);
    else runs.push([file]);
  }
  return runs;
}

/** Copies of held packets are no capture: their sessions began elsewhere. Nor are files of imports that go on. */
function isOfAStream({ stream }: PacketFile): boolean {
  return /^[0-9a-f]{32}$/.test(stream);
}

function overlaps(file: PacketFile, segment: SegmentInfo): boolean {
  return (file.firstMs ?? 0) <= segment.lastMs && (file.lastMs ?? 0) >= segment.firstMs;
}
