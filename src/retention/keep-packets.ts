import { open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { HeldSession } from "../catalogue/holds.js";
import { fileHeader, FormatSurvey, recordLength, writeRecord, type CaptureFormat } from "../export/capture-format.js";
import type { IndexStore, SessionPackets } from "../index-store/index-store.js";
import { SERVICE_SCOPE } from "../model/access-scope.js";
import type { PacketRef } from "../model/session.js";
import { ALL_TIME } from "../model/time-range.js";
import { directoryInodeOf, directoryLooks, packetFileName, syncDirectory, type DirectoryLooks, type PacketFile, type PacketReader, type Tombstones } from "../packet-store/packet-store.js";
import type { Progressed } from "./progress.js";
import { rowIdBytes, rowIdOf } from "../index-store/row-id.js";

/** Sessions whose packets one file of kept packets takes at most, and their packets (more only of a single session). */
const SESSIONS_PER_PASS = 10_000;
const PACKETS_PER_PASS = 1_000_000;
/** Sessions looked up together. */
export const LOOK_UP = 500;
/** Packets read and written together, by number and bytes (a single larger one alone). */
const BATCH_PACKETS = 2048;
const BATCH_BYTES = 8 << 20;
/** Bytes of a copy that are written before they are made durable: what is left for the end takes no minutes. */
const SYNC_BYTES = 256 << 20;
/** Longest look-up of held sessions, in milliseconds. */
const TIMEOUT_MS = 60_000;
/** Key under which the catalogue notes the copy that is being written, and those that could not be removed. */
const COPYING = "retention.copying";
/** Copies that are noted at most; with so many that cannot be removed, no more are made. */
const MOST_NOTED = 64;

export interface KeepParts {
  readonly catalogue: Pick<Catalogue, "files" | "holds" | "settings">;
  readonly store: Pick<IndexStore, "streamPackets" | "movePackets">;
  readonly reader: Pick<PacketReader, "heads" | "packets">;
  /** Does each step on the disk. */
  readonly tombstones: Pick<Tombstones, "change">;
  /** Looks at packet directories; by default those of the process. */
  readonly looks?: Pick<DirectoryLooks, "silence">;
  /** Told of each step on the disk and of each batch of sessions that was looked up. */
  readonly progressed?: Progressed;
}

/** Streams of copies begin so; they are in no capture and are never replayed. */
export const COPY_STREAM = "kept";

/** Whether a file was made of held packets that were copied out of another. */
export function isKeptCopy(file: { readonly stream: string }): boolean {
  return file.stream.startsWith(COPY_STREAM);
}

/** Held sessions by id, in batches. Throws what the store throws: nothing is deleted on half the facts. */
export async function* heldSessions(store: KeepParts["store"], ids: readonly Uint8Array[], signal: AbortSignal | null): AsyncGenerator<readonly SessionPackets[]> {
  for (let at = 0; at < ids.length; at += LOOK_UP) {
    const some = ids.slice(at, at + LOOK_UP).map(rowIdOf);
    yield* store.streamPackets({ expression: { node: "ids", ids: some }, range: ALL_TIME }, { scope: SERVICE_SCOPE, signal, timeoutMs: TIMEOUT_MS });
  }
}

/** What the catalogue keeps of a held session: where its packets are, summed by file. Those of another node are no files here. */
export function heldSession({ id, firstPacketMs, lastPacketMs, final, packets }: SessionPackets): HeldSession {
  const files = new Map<number, { fileId: number; packets: number; bytes: number }>();
  for (const { fileId, length } of packets) {
    if (fileId < 0) continue;
    const sum = files.get(fileId) ?? { fileId, packets: 0, bytes: 0 };
    sum.packets += 1;
    sum.bytes += length;
    files.set(fileId, sum);
  }
  return { id: rowIdBytes(id), firstMs: firstPacketMs, lastMs: lastPacketMs, settled: final, packets: [...files.values()] };
}

/**
 * Copies the packets of held sessions out of a file that is about to be deleted, into files of their own, and lets the sessions
 * point there. Each pass writes one file, makes it durable, and commits rows and catalogue in one step: a crash leaves at most a
 * file that nobody points to, which `removeStrayCopies` knows of. Packets that cannot be read stay where they were and are lost with
 * the file. Returns the bytes written. Throws DISK_FULL, and UNAVAILABLE when a held session may still get packets or
 * the disk does not answer.
 */
export async function copyHeldOut(parts: KeepParts, file: PacketFile & { readonly node: string }, signal: AbortSignal | null): Promise<number> {
  let bytes = 0;
  for (;;) {
    const ids = parts.catalogue.holds.sessionsInFile(file.fileId, SESSIONS_PER_PASS);
    if (ids.length === 0) return bytes;
    const sessions: SessionPackets[] = [];
    let packets = 0;
    const found = new Set<string>();
    for await (const batch of heldSessions(parts.store, ids, signal)) {
      parts.progressed?.();
      for (const session of batch) {
        found.add(session.id.replaceAll("-", ""));
        if (!session.final) throw new LookbackError("UNAVAILABLE", `the held session ${session.id} may still get packets`, { session: session.id });
        sessions.push(session);
        packets += session.packets.length;
      }
      if (packets >= PACKETS_PER_PASS) break;
    }
    if (packets < PACKETS_PER_PASS) forgetLost(parts, file.fileId, ids.filter((id) => !found.has(Buffer.from(id).toString("hex"))));
    if (sessions.length > 0) bytes += await copyPass(parts, file, sessions, signal);
  }
}

/** Rows that are not in the store any more keep nothing. */
function forgetLost({ catalogue }: KeepParts, fileId: number, ids: readonly Uint8Array[]): void {
  if (ids.length > 0) catalogue.holds.forgetPackets(fileId, ids);
}

async function copyPass(parts: KeepParts, file: PacketFile & { readonly node: string }, sessions: readonly SessionPackets[], signal: AbortSignal | null): Promise<number> {
  const { catalogue, store, reader } = parts;
  const onDisk: OnDisk = async (begin) => {
    const done = await parts.tombstones.change(file.path, begin);
    parts.progressed?.();
    return done;
  };
  const refs = new Map<number, PacketRef>();
  for (const { packets } of sessions) for (const ref of packets) if (ref.fileId === file.fileId) refs.set(ref.offset, ref);
  const ordered = [...refs.values()].sort((left, right) => left.offset - right.offset);
  const survey = new FormatSurvey();
  const times = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
  const readable: PacketRef[] = [];
  for (let at = 0; at < ordered.length; at += BATCH_PACKETS) {
    const batch = ordered.slice(at, at + BATCH_PACKETS);
    (await onDisk(() => reader.heads(file, batch, signal))).forEach((read, index) => {
      const ref = batch[index];
      if (!read.found || ref === undefined) return;
      survey.see(read.head);
      readable.push(ref);
      const ms = read.head.seconds * 1000 + Math.floor(read.head.nanoseconds / 1_000_000);
      times.firstMs = Math.min(times.firstMs, ms);
      times.lastMs = Math.max(times.lastMs, ms);
    });
  }
  if (readable.length === 0) {
    catalogue.holds.describe(sessions.map((session) => heldSession({ ...session, packets: session.packets.filter((ref) => ref.fileId !== file.fileId) })));
    return 0;
  }
  const format = survey.decide("auto");
  const fileId = catalogue.files.reserve(1);
  const directory = path.dirname(file.path);
  const target = path.join(directory, packetFileName(file.node, times.firstMs, fileId).replace(/\.pcap$/, `.kept.${format.container}`));
  const partial = `${target}.partial`;
  const { failed: [stuck] } = await removeStrayCopies(parts, directory);
  const noted = notedCopies(catalogue);
  if (noted.length >= MOST_NOTED) throw stuck?.error ?? new LookbackError("UNAVAILABLE", `${noted.length} unfinished copies of held packets cannot be removed, such as ${noted[0] ?? ""}: look at their disks`, { path: noted[0] ?? "" });
  noteCopies(catalogue, [...noted, target]);
  try {
    const { places, bytes } = await writeKept(reader, onDisk, file, readable, format, partial, signal);
    await onDisk(() => rename(partial, target));
    await onDisk(() => syncDirectory(directory));
    const directoryInode = await onDisk(() => directoryInodeOf(target));
    const moved = sessions.map((session) => ({ ...session, packets: session.packets.map((ref) => (ref.fileId === file.fileId ? movedRef(ref, fileId, places) : ref)) }));
    await store.movePackets(moved.map(({ id, packets }) => ({ id, packets })), () => {
      catalogue.files.add({
        id: fileId, node: file.node, path: target, displayName: target, stream: `${COPY_STREAM}${String(fileId).padStart(28, "0")}`, storage: "own", state: "complete",
        format: format.container, linkTypes: format.linkTypes, bytes, packets: readable.length, firstMs: times.firstMs, lastMs: times.lastMs, directoryInode,
      });
      noteCopies(catalogue, notedCopies(catalogue).filter((one) => one !== target));
      // What could not be read is not held any more: it is lost with the file.
      catalogue.holds.describe(moved.map((session) => heldSession({ ...session, packets: session.packets.filter((ref) => ref.fileId !== file.fileId) })));
    });
    return bytes;
  } catch (error) {
    // It may come from after the commit, when rows point to the copy already. What cannot be removed stays noted.
    await removeCopy(parts, target).catch(() => {});
    const code = systemErrorCode(error);
    if (code === "ENOSPC" || code === "EDQUOT") throw new LookbackError("DISK_FULL", `no room to copy held packets out of ${file.path}`, { path: file.path }, { cause: error });
    throw error;
  }
}

function movedRef(ref: PacketRef, fileId: number, places: ReadonlyMap<number, { readonly offset: number; readonly length: number }>): PacketRef {
  const place = places.get(ref.offset);
  return place === undefined ? ref : { fileId, ...place };
}

/** One step on the disk of the file. Throws UNAVAILABLE where that does not answer. */
type OnDisk = <Done>(begin: () => Promise<Done>) => Promise<Done>;

/** Writes packets to a new file, durably. Returns where each is by its offset in the old one. */
async function writeKept(
  reader: KeepParts["reader"], onDisk: OnDisk, file: PacketFile, refs: readonly PacketRef[], format: CaptureFormat, target: string, signal: AbortSignal | null,
): Promise<{ places: ReadonlyMap<number, { readonly offset: number; readonly length: number }>; bytes: number }> {
  const places = new Map<number, { offset: number; length: number }>();
  const handle = await onDisk(() => open(target, "w", 0o600));
  try {
    let at = await onDisk(() => append(handle, fileHeader(format), 0));
    let durable = 0;
    for (let from = 0; from < refs.length; ) {
      let end = from;
      let held = 0;
      while (end < refs.length && end - from < BATCH_PACKETS && (end === from || held + (refs[end]?.length ?? 0) <= BATCH_BYTES)) {
        held += refs[end]?.length ?? 0;
        end += 1;
      }
      const batch = refs.slice(from, end);
      const records: Buffer[] = [];
      let next = at;
      (await onDisk(() => reader.packets(file, batch, signal))).forEach((read, index) => {
        const ref = batch[index];
        if (!read.found || ref === undefined) return;
        const record = Buffer.allocUnsafe(recordLength(format, read.bytes.length));
        writeRecord(format, read.head, read.bytes, record, 0);
        places.set(ref.offset, { offset: next, length: record.length });
        records.push(record);
        next += record.length;
      });
      const begin = at;
      at = await onDisk(() => append(handle, Buffer.concat(records), begin));
      if (at - durable >= SYNC_BYTES) {
        await onDisk(() => handle.sync());
        durable = at;
      }
      from = end;
    }
    await onDisk(() => handle.sync());
    return { places, bytes: at };
  } finally {
    // What was written is durable by now, or given up. Where the disk is silent it is closed when that answers.
    await onDisk(() => handle.close()).catch(() => { handle.close().catch(() => {}); });
  }
}

async function append(handle: FileHandle, bytes: Buffer, at: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  return at + bytes.length;
}

/** Copies that were begun and may be strays, by path. An older version noted one, as it is. */
function notedCopies({ settings }: Pick<Catalogue, "settings">): readonly string[] {
  const text = settings.get(COPYING) ?? "";
  if (text === "" || !text.startsWith("[")) return text === "" ? [] : [text];
  const noted: unknown = JSON.parse(text);
  return Array.isArray(noted) ? noted.filter((one) => typeof one === "string") : [];
}

function noteCopies({ settings }: Pick<Catalogue, "settings">, targets: readonly string[]): void {
  settings.set(COPYING, targets.length === 0 ? "" : JSON.stringify(targets));
}

/** What knows of copies that may be strays, and removes them. */
type StrayParts = Pick<KeepParts, "tombstones" | "looks"> & { readonly catalogue: Pick<Catalogue, "files" | "settings"> };

/** Removes a noted copy unless rows point to it. Returns whether none did. Throws the system's error: it stays noted then. */
async function removeCopy({ catalogue, tombstones }: StrayParts, target: string): Promise<boolean> {
  const isListed = catalogue.files.atPath(target) !== null;
  await tombstones.change(target, () => rm(`${target}.partial`, { force: true }));
  if (!isListed) await tombstones.change(target, () => rm(target, { force: true }));
  noteCopies(catalogue, notedCopies(catalogue).filter((one) => one !== target));
  return !isListed;
}

/**
 * Removes copies that a crash or an error left before anything pointed to them; with `directory`, those in it. One that cannot be removed
 * stays noted, for the next start or the next copy in its directory; so does one whose directory does not answer.
 */
export async function removeStrayCopies(
  parts: StrayParts, directory: string | null,
): Promise<{ readonly removed: readonly string[]; readonly failed: readonly { readonly path: string; readonly error: unknown }[] }> {
  const removed: string[] = [];
  const failed: { path: string; error: unknown }[] = [];
  const { looks = directoryLooks } = parts;
  const noted = notedCopies(parts.catalogue).filter((target) => directory === null || path.dirname(target) === directory);
  const silences = new Map(await Promise.all([...new Set(noted.map((target) => path.dirname(target)))].map(async (one) => [one, await looks.silence(one)] as const)));
  for (const target of noted) {
    try {
      const silence = silences.get(path.dirname(target)) ?? null;
      if (silence !== null) throw silence;
      if (await removeCopy(parts, target)) removed.push(target);
    } catch (error) {
      failed.push({ path: target, error });
    }
  }
  return { removed, failed };
}
