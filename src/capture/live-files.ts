import { open, readdir, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { isDiskFull, LookbackError, systemErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import type { LiveFile, NativeCore } from "../native/types.js";
import { packetFileOfList, parsePacketFileName } from "../packet-store/packet-file-name.js";
import { CLASSIC_HEADER_BYTES, CLASSIC_RECORD_BYTES } from "../packet-store/record-layout.js";
import { BRING_BACK, directoryLooks, whereIs, type Whereabouts } from "../packet-store/packet-store.js";
import { writingError } from "../packet-store/try-writing.js";
import { FileNumbers } from "./file-numbers.js";

/** Longest packet that a record of ours can hold; a length beyond it is no length. */
const LONGEST_PACKET = 262_144;
const CHUNK = 1 << 20;
/** Packets that a file which could not be counted has at most: more than fit into one. */
export const MOST_UNCOUNTED = 2 ** 32;
const givenUpKey = (stream: string): string => `live.givenUp.${stream}`;

/** Longest wait for one answer of a disk before its packet directory is passed over, in milliseconds. */
const ANSWER_MS = 5000;

/** Why a directory cannot be written, by the system's word for it. */
const WHY_NOT: Readonly<Record<string, string>> = { EACCES: "this user has no right to write there", EPERM: "this user has no right to write there", EROFS: "it is mounted read-only" };

/** Files of a stream that were given up and not heard of since, by number. */
function givenUpFiles(settings: Catalogue["settings"], stream: string): ReadonlySet<number> {
  return new Set((settings.get(givenUpKey(stream)) ?? "").split(",").filter((id) => id !== "").map(Number));
}

/** Notes which files were given up, and which are written no more; in the transaction that lists them. */
export function noteGivenUp(settings: Catalogue["settings"], stream: string, files: readonly Pick<LiveFile, "fileId" | "givenUp">[]): void {
  const noted = givenUpFiles(settings, stream);
  const now = new Set(noted);
  for (const { fileId, givenUp } of files) {
    if (givenUp) now.add(fileId);
    else now.delete(fileId);
  }
  if (now.size > 0 || noted.size > 0) settings.set(givenUpKey(stream), [...now].join(","));
}

/** Longest that a flush waits for a disk to tell which directory a new file is in, in milliseconds. */
const SIGHT_MS = 1_000;

/** The inodes of the directories of files for which none is noted yet, by the files' numbers, as far as their disks tell. */
export async function directoryInodesOf(listed: Pick<Catalogue["files"], "get">, files: readonly Pick<LiveFile, "fileId" | "path">[]): Promise<ReadonlyMap<number, string>> {
  const inodes = new Map<number, string>();
  for (const { fileId, path: file } of files) {
    if ((listed.get(fileId)?.directoryInode ?? null) !== null) continue;
    const inode = await directoryLooks.directoryInodeOf(file, SIGHT_MS);
    if (inode !== null) inodes.set(fileId, inode);
  }
  return inodes;
}

/** A disk has not answered in time. What it was asked goes on waiting. */
class Unanswered extends Error {}

/** What disks are asked, each for a limited time: one that does not answer is not asked again. */
export class PacketDisks {
  readonly #logger: Logger;
  readonly #answerMs: number;
  readonly #silent = new Set<string>();
  #failed = false;

  constructor(logger: Logger, answerMs = ANSWER_MS) {
    this.#logger = logger;
    this.#answerMs = answerMs;
  }

  /** Whether every directory that was asked has answered, and with no error. */
  get allAnswered(): boolean {
    return this.#silent.size === 0 && !this.#failed;
  }

  /** What `work` in `directory` comes to. Throws what it throws, or that the disk does not answer. */
  async ask<T>(directory: string, work: () => Promise<T>): Promise<T> {
    if (this.#silent.has(directory)) throw new Unanswered("its disk does not answer");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#silent.add(directory);
        reject(new Unanswered(`its disk did not answer within ${this.#answerMs / 1000} s`));
      }, this.#answerMs);
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      this.#failed ||= systemErrorCode(error) !== "ENOENT";
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Makes a directory if it is not there; why it cannot be used, or null. On a thread of the core: those of Node, of which there are four, are
   * not to wait for disks that never answer.
   */
  make(native: Pick<NativeCore, "makeDirectory">, directory: string): string | null {
    const refusal = native.makeDirectory(directory, this.#answerMs);
    if (refusal !== null) {
      this.#silent.add(directory);
      this.#logger.error({ directory, error: refusal }, "a packet directory cannot be used and is passed over; packets go to another one");
    }
    return refusal;
  }

  /** Where a file of a capture that ended is; away where its disk does not answer. */
  async whereIs(file: PacketFile): Promise<Whereabouts> {
    const directory = path.dirname(file.path);
    try {
      const found = await this.ask(directory, () => whereIs(file));
      if (found === "away") {
        this.#failed = true;
        this.#logger.error({ path: file.path }, `a packet file of a capture that ended is not there, and neither is the directory that it was in; ${BRING_BACK}`);
      }
      return found;
    } catch (error) {
      this.tell(directory, error, "a packet file of a capture that ended cannot be looked at; it is closed at a next start that can");
      return "away";
    }
  }

  /** Says what comes of an answer that is none, or an error. */
  tell(directory: string, error: unknown, what: string): void {
    this.#logger.error({ directory, error: error instanceof Error ? error.message : String(error) }, what);
  }
}

/** Makes the packet directories that are not there. One that cannot be is passed over as long as another can. Throws UNAVAILABLE. */
export function makeDirectories(native: Pick<NativeCore, "makeDirectory">, directories: readonly string[], disks: PacketDisks): void {
  const refusals = directories.map((directory) => disks.make(native, directory)).filter((refusal) => refusal !== null);
  if (refusals.length === directories.length) throw new LookbackError("UNAVAILABLE", `no packet directory can be used: ${refusals.join("; ")}; pcapDir names them`, { directories });
}

/**
 * Whether this process may write in one packet directory at least; which, is found out with each file. Without one it would lose every
 * packet until somebody looks. A full disk is no reason: room is made while packets are captured.
 *
 * @throws LookbackError CONFIG_INVALID when this user has no right to, UNAVAILABLE when a directory cannot be written for another reason.
 */
export async function requireWritable(directories: readonly string[], disks: PacketDisks): Promise<void> {
  const refusals: { readonly reason: string; readonly isRight: boolean }[] = [];
  for (const directory of directories) {
    try {
      // Not through to the device: one that is busy at this moment is no reason to capture nothing.
      const error = await disks.ask(directory, () => writingError(directory, { toDevice: false }));
      if (error === null || isDiskFull(error)) return;
      const code = systemErrorCode(error);
      refusals.push({ reason: `${directory}: ${WHY_NOT[code ?? ""] ?? (error instanceof Error ? error.message : String(error))}`, isRight: code === "EACCES" || code === "EPERM" });
    } catch (error) {
      refusals.push({ reason: `${directory}: ${error instanceof Error ? error.message : String(error)}`, isRight: false });
    }
  }
  const uid = process.getuid?.() ?? "unknown";
  throw new LookbackError(
    refusals.every(({ isRight }) => isRight) ? "CONFIG_INVALID" : "UNAVAILABLE",
    `no packet directory can be written: ${refusals.map(({ reason }) => reason).join("; ")}; give it to the user that captures (uid ${uid}), or name another with pcapDir`, { key: "pcapDir", directories },
  );
}

/** Names in a directory; none of one that does not answer, which is passed over when packets are written, too. */
async function namesIn(directory: string, disks: PacketDisks): Promise<readonly string[]> {
  try {
    return await disks.ask(directory, () => readdir(directory));
  } catch (error) {
    disks.tell(directory, error, "a packet directory does not answer; what an interrupted capture left there is not listed until the next start");
    return [];
  }
}

/**
 * Lists what a capture that died left on disk: its files end at their last whole record, and those it had not committed
 * yet are added. Afterwards every file of the stream is complete, its packets counted, but for those on a disk that does not
 * answer or fails, or is away: they wait for the next start.
 */
export async function adoptFiles(
  parts: { readonly catalogue: Catalogue; readonly packetDirectories: readonly string[]; readonly settings: { readonly node: string }; readonly logger: Logger },
  stream: string,
  disks: PacketDisks,
): Promise<void> {
  const { catalogue, settings: { node }, logger } = parts;
  const givenUp = givenUpFiles(catalogue.settings, stream);
  for (const file of catalogue.files.ofStream(stream)) {
    if (file.state !== "writing") continue;
    if ((await disks.whereIs(file)) === "away") continue;
    // What a disk took too late is in the next file.
    await closeFile(parts, stream, file, givenUp.has(file.id) ? 0 : Infinity, disks);
  }
  for (const { fileId, file } of await unlistedFiles(parts, stream, disks)) {
    const whole = await endOf(file, CLASSIC_HEADER_BYTES, Infinity, disks);
    if (whole === "unreadable") continue;
    if (whole === null || whole.packets === 0) {
      await disks.ask(path.dirname(file), () => unlink(file)).catch((error: unknown) => {
        if (systemErrorCode(error) !== "ENOENT") disks.tell(path.dirname(file), error, "a packet file without packets cannot be removed");
      });
    } else if (catalogue.files.get(fileId) === null) {
      catalogue.files.add({
        id: fileId, node, path: file, displayName: file, stream, storage: "own", state: "complete", format: "pcap", linkTypes: [whole.linkType],
        bytes: whole.bytes, packets: whole.packets, firstMs: whole.firstMs, lastMs: whole.lastMs, firstOrdinal: streamEnd(catalogue, stream).next, directoryInode: await directoryLooks.directoryInodeOf(file),
      });
      logger.warn({ path: file, packets: whole.packets }, "listed a packet file of a capture that ended before it did");
    } else {
      logger.error({ path: file, packets: whole.packets }, "a packet file has the number of another one and is not listed");
    }
  }
}

type Closing = Pick<Parameters<typeof adoptFiles>[0], "catalogue" | "logger">;

/** Closes a file that a capture left open, at its last whole record, with at most `most` packets more than are listed; false of one that cannot be read now. */
async function closeFile({ catalogue, logger }: Closing, stream: string, file: PacketFile, most: number, disks: PacketDisks): Promise<boolean> {
  const tail = await endOf(file.path, Math.max(file.bytes, CLASSIC_HEADER_BYTES), most, disks);
  if (tail === "unreadable") return false;
  if (tail === null) {
    catalogue.files.update(file.id, { state: "gone" });
    logger.warn({ path: file.path, packets: file.packets }, "a packet file of a capture that ended without closing it is gone, or has no head");
    return true;
  }
  const directoryInode = file.directoryInode ?? await directoryLooks.directoryInodeOf(file.path);
  noteGivenUp(catalogue.settings, stream, [{ fileId: file.id, givenUp: false }]);
  catalogue.files.update(file.id, { directoryInode, state: "complete", bytes: tail.bytes, packets: file.packets + tail.packets, lastMs: tail.lastMs ?? file.lastMs });
  logger.warn({ path: file.path, packets: tail.packets }, "closed a packet file of a capture that ended without closing it");
  return true;
}

/**
 * Closes those of some files that were given up and are there again: what their disk took too late is in the file after each, and must not be
 * read twice. Throws UNAVAILABLE where one cannot be read now.
 */
export async function closeGivenUp(parts: Closing, stream: string, files: readonly PacketFile[]): Promise<void> {
  const givenUp = givenUpFiles(parts.catalogue.settings, stream);
  const disks = new PacketDisks(parts.logger);
  for (const file of files) {
    if (file.state !== "writing" || !givenUp.has(file.id)) continue;
    if (!(await closeFile(parts, stream, file, 0, disks))) throw new LookbackError("UNAVAILABLE", `${file.path}: the packet file cannot be closed now`, { path: file.path });
  }
}

/** Packet files of a stream that are in no list, in the order in which they were written. */
async function unlistedFiles(
  { catalogue, packetDirectories, settings: { node } }: Pick<Parameters<typeof adoptFiles>[0], "catalogue" | "packetDirectories" | "settings">,
  stream: string,
  disks: PacketDisks,
): Promise<readonly { readonly fileId: number; readonly file: string }[]> {
  const numbers = new FileNumbers(catalogue, stream);
  const found: { readonly fileId: number; readonly file: string }[] = [];
  const newest = new Map(catalogue.files.ofStream(stream).map((file) => [path.dirname(file.path), file]));
  for (const directory of packetDirectories) {
    // Where a mount is away there may be more that nobody listed.
    const listed = newest.get(path.resolve(directory));
    if (listed !== undefined) await disks.whereIs(listed);
    const names = await namesIn(directory, disks);
    await removeLonelyLists(directory, names, node, disks);
    for (const name of names) {
      const parsed = parsePacketFileName(name);
      if (parsed?.node !== node || !numbers.mayBeOurs(parsed.fileId) || catalogue.files.get(parsed.fileId) !== null) continue;
      found.push({ fileId: parsed.fileId, file: path.join(directory, name) });
    }
  }
  return found.sort((a, b) => a.fileId - b.fileId);
}

/** As `endAtWholeRecord`; "unreadable" of a file that may be there and cannot be read now. */
async function endOf(file: string, offset: number, most: number, disks: PacketDisks): Promise<Records | null | "unreadable"> {
  const directory = path.dirname(file);
  try {
    return await endAtWholeRecord(file, offset, most, (work) => disks.ask(directory, work));
  } catch (error) {
    disks.tell(directory, error, "a packet file of a capture that ended cannot be read; it is closed at a next start that can");
    return "unreadable";
  }
}

/** Removes lists of interfaces whose packets were deleted; `names` are those of the directory's files. One that cannot be removed stays for the next start. */
async function removeLonelyLists(directory: string, names: readonly string[], node: string, disks: PacketDisks): Promise<void> {
  const there = new Set(names);
  for (const name of names) {
    const packets = packetFileOfList(name);
    if (packets === null || parsePacketFileName(packets)?.node !== node || there.has(packets)) continue;
    await disks.ask(directory, () => unlink(path.join(directory, name))).catch((error: unknown) => { disks.tell(directory, error, "a list of interfaces whose packets were deleted cannot be removed"); });
  }
}

/** Where a stream goes on. */
export interface StreamEnd {
  /** Position of the next packet; behind a file that could not be counted, after all that it may have. */
  readonly next: number;
  /**
   * The last file, where a capture that died left in it what nobody could count; else null. What a file that was given up got too late counts
   * as lost, and is in the one after it where there is one.
   */
  readonly uncounted: PacketFile | null;
}

/** Where a stream goes on, by its files and its mark. */
export function streamEnd({ files, marks, settings }: Pick<Catalogue, "files" | "marks" | "settings">, stream: string): StreamEnd {
  const known = marks.get(stream)?.nextOrdinal ?? 0;
  const last = files.lastOfStream(stream);
  const end = last === null ? 0 : last.firstOrdinal + last.packets;
  const uncounted = last?.state === "writing" && end >= known && !givenUpFiles(settings, stream).has(last.id) ? last : null;
  return { next: Math.max(known, end) + (uncounted === null ? 0 : MOST_UNCOUNTED), uncounted };
}

/** What the records from an offset on come to. */
interface Records {
  readonly packets: number;
  readonly bytes: number;
  readonly linkType: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

/** Does one thing with a disk, for a limited time. */
type Ask = <T>(work: () => Promise<T>) => Promise<T>;

/** Counts the whole records from `offset` (a record's start), at most `most`, and cuts what is left; null when there is no such file, or it has no head. Throws what the disk says otherwise. */
async function endAtWholeRecord(file: string, offset: number, most: number, ask: Ask): Promise<Records | null> {
  let handle: FileHandle;
  try {
    handle = await ask(() => open(file, "r+"));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
  try {
    const header = Buffer.alloc(CLASSIC_HEADER_BYTES);
    const { bytesRead } = await ask(() => handle.read(header, 0, CLASSIC_HEADER_BYTES, 0));
    if (bytesRead < CLASSIC_HEADER_BYTES) return null;
    const { size } = await ask(() => handle.stat());
    const records = await walk(handle, offset, size, most, header.readUInt32LE(0) === 0xa1b23c4d ? 1e6 : 1e3, ask);
    if (records.bytes < size) {
      await ask(() => handle.truncate(records.bytes));
      await ask(() => handle.sync());
    }
    return { ...records, linkType: header.readUInt32LE(20) & 0xffff };
  } finally {
    // Of a disk that does not answer, it ends when that does.
    void handle.close().catch(() => {});
  }
}

async function walk(handle: FileHandle, start: number, size: number, most: number, perMs: number, ask: Ask): Promise<Omit<Records, "linkType">> {
  const chunk = Buffer.alloc(CHUNK);
  let [at, packets, chunkStart, chunkLength] = [start, 0, 0, 0];
  let [firstMs, lastMs]: [number | null, number | null] = [null, null];
  while (at + CLASSIC_RECORD_BYTES <= size && packets < most) {
    if (at < chunkStart || at + CLASSIC_RECORD_BYTES > chunkStart + chunkLength) {
      chunkStart = at;
      const from = at;
      chunkLength = (await ask(() => handle.read(chunk, 0, CHUNK, from))).bytesRead;
      if (chunkLength < CLASSIC_RECORD_BYTES) break;
    }
    const record = at - chunkStart;
    // What a loss of power leaves of blocks that were never written: the core reads no further, either.
    if (chunk.subarray(record, record + CLASSIC_RECORD_BYTES).every((byte) => byte === 0)) break;
    const length = chunk.readUInt32LE(record + 8);
    if (length > LONGEST_PACKET || at + CLASSIC_RECORD_BYTES + length > size) break;
    const ms = chunk.readUInt32LE(record) * 1000 + Math.floor(chunk.readUInt32LE(record + 4) / perMs);
    firstMs ??= ms;
    lastMs = Math.max(lastMs ?? ms, ms);
    packets++;
    at += CLASSIC_RECORD_BYTES + length;
  }
  return { packets, bytes: Math.min(at, size), firstMs, lastMs };
}
