import { mkdir, open, readdir, unlink, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { PacketFile } from "../catalogue/packet-files.js";
import { packetFileOfList, parsePacketFileName } from "../packet-store/packet-file-name.js";

/** File numbers taken at a time. The engine numbers its files itself, so that rotation does not wait for the catalogue. */
const FILE_NUMBERS = 100_000;
/** Bytes of a pcap file before its first record, and of a record before its packet (draft-ietf-opsawg-pcap §4, §5). */
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Longest packet that a record of ours can hold; a length beyond it is no length. */
const LONGEST_PACKET = 262_144;
const CHUNK = 1 << 20;

const blockKey = (stream: string): string => `live.files.${stream}`;

/** Takes numbers for the files of a stream, and notes them, so that a file nobody listed yet is known by its number. */
export function reserveFiles(catalogue: Catalogue, stream: string): number {
  return catalogue.transaction(() => {
    const first = catalogue.files.reserve(FILE_NUMBERS);
    catalogue.settings.set(blockKey(stream), String(first));
    return first;
  });
}

/** Makes the packet directories that are not there. One that cannot be is passed over as long as another can. Throws UNAVAILABLE. */
export async function makeDirectories(directories: readonly string[], logger: Logger): Promise<void> {
  const refusals: string[] = [];
  for (const directory of directories) {
    try {
      await mkdir(directory, { recursive: true });
    } catch (error) {
      refusals.push(`${directory}: ${error instanceof Error ? error.message : String(error)}`);
      logger.error({ directory, error: refusals.at(-1) }, "a packet directory cannot be used and is passed over; packets go to another one");
    }
  }
  if (refusals.length === directories.length) throw new LookbackError("UNAVAILABLE", `no packet directory can be used: ${refusals.join("; ")}; pcapDir names them`, { directories });
}

/** Names in a directory; none of one that does not answer, which is passed over when packets are written, too. */
async function namesIn(directory: string, logger: Logger): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    logger.error({ directory, error: error instanceof Error ? error.message : String(error) }, "a packet directory does not answer; what an interrupted capture left there is not listed until the next start");
    return [];
  }
}

/**
 * Lists what a capture that died left on disk: its files end at their last whole record, and those it had not committed
 * yet are added. Afterwards every file of the stream is complete, its packets counted.
 */
export async function adoptFiles(
  parts: { readonly catalogue: Catalogue; readonly packetDirectories: readonly string[]; readonly settings: { readonly node: string }; readonly logger: Logger },
  stream: string,
): Promise<void> {
  const { catalogue, packetDirectories, settings: { node }, logger } = parts;
  for (const file of catalogue.files.ofStream(stream)) {
    if (file.state !== "writing") continue;
    const tail = await endAtWholeRecord(file.path, Math.max(file.bytes, FILE_HEADER));
    if (tail === null) {
      catalogue.files.update(file.id, { state: "gone" });
      continue;
    }
    catalogue.files.update(file.id, { state: "complete", bytes: tail.bytes, packets: file.packets + tail.packets, lastMs: tail.lastMs ?? file.lastMs });
    logger.warn({ path: file.path, packets: tail.packets }, "closed a packet file of a capture that ended without closing it");
  }
  const first = Number(catalogue.settings.get(blockKey(stream)));
  const found: { readonly fileId: number; readonly file: string }[] = [];
  for (const directory of packetDirectories) {
    const names = await namesIn(directory, logger);
    await removeLonelyLists(directory, names, node);
    for (const name of first === 0 ? [] : names) {
      const parsed = parsePacketFileName(name);
      if (parsed?.node !== node || parsed.fileId < first || parsed.fileId >= first + FILE_NUMBERS || catalogue.files.get(parsed.fileId) !== null) continue;
      found.push({ fileId: parsed.fileId, file: path.join(directory, name) });
    }
  }
  for (const { fileId, file } of found.sort((a, b) => a.fileId - b.fileId)) {
    const whole = await endAtWholeRecord(file, FILE_HEADER);
    if (whole === null) continue;
    catalogue.files.add({
      id: fileId, node, path: file, displayName: file, stream, storage: "own", state: "complete", format: "pcap", linkTypes: [whole.linkType],
      bytes: whole.bytes, packets: whole.packets, firstMs: whole.firstMs, lastMs: whole.lastMs, firstOrdinal: nextOrdinal(catalogue.files.ofStream(stream)),
    });
    logger.warn({ path: file, packets: whole.packets }, "listed a packet file of a capture that ended before it did");
  }
}

/** Removes lists of interfaces whose packets were deleted; `names` are those of the directory's files. */
async function removeLonelyLists(directory: string, names: readonly string[], node: string): Promise<void> {
  const there = new Set(names);
  for (const name of names) {
    const packets = packetFileOfList(name);
    if (packets !== null && parsePacketFileName(packets)?.node === node && !there.has(packets)) await unlink(path.join(directory, name));
  }
}

/** Position in the stream of the packet after the last one that is on disk. */
export function nextOrdinal(files: readonly PacketFile[]): number {
  const last = files.at(-1);
  return last === undefined ? 0 : last.firstOrdinal + last.packets;
}

/** What the records from an offset on come to. */
interface Records {
  readonly packets: number;
  readonly bytes: number;
  readonly linkType: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

/** Counts the whole records from `offset` (a record's start) and cuts what is left; null when there is no such file. */
async function endAtWholeRecord(file: string, offset: number): Promise<Records | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, "r+");
  } catch {
    return null;
  }
  try {
    const header = Buffer.alloc(FILE_HEADER);
    const { bytesRead } = await handle.read(header, 0, FILE_HEADER, 0);
    if (bytesRead < FILE_HEADER) return null;
    const { size } = await handle.stat();
    const records = await walk(handle, offset, size, header.readUInt32LE(0) === 0xa1b23c4d ? 1e6 : 1e3);
    if (records.bytes < size) {
      await handle.truncate(records.bytes);
      await handle.sync();
    }
    return { ...records, linkType: header.readUInt32LE(20) & 0xffff };
  } finally {
    await handle.close();
  }
}

async function walk(handle: FileHandle, start: number, size: number, perMs: number): Promise<Omit<Records, "linkType">> {
  const chunk = Buffer.alloc(CHUNK);
  let [at, packets, chunkStart, chunkLength] = [start, 0, 0, 0];
  let [firstMs, lastMs]: [number | null, number | null] = [null, null];
  while (at + RECORD_HEADER <= size) {
    if (at < chunkStart || at + RECORD_HEADER > chunkStart + chunkLength) {
      chunkStart = at;
      chunkLength = (await handle.read(chunk, 0, CHUNK, at)).bytesRead;
      if (chunkLength < RECORD_HEADER) break;
    }
    const record = at - chunkStart;
    const length = chunk.readUInt32LE(record + 8);
    if (length > LONGEST_PACKET || at + RECORD_HEADER + length > size) break;
    const ms = chunk.readUInt32LE(record) * 1000 + Math.floor(chunk.readUInt32LE(record + 4) / perMs);
    firstMs ??= ms;
    lastMs = Math.max(lastMs ?? ms, ms);
    packets++;
    at += RECORD_HEADER + length;
  }
  return { packets, bytes: Math.min(at, size), firstMs, lastMs };
}
