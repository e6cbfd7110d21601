import type { PacketRef } from "../model/session.js";
import type { MissingReason } from "../packet-store/packet-store.js";

/** Why an export lacks packets of a file: what the reader found, that the file was deleted or was never known, or that another node has them. */
export type AbsenceReason = MissingReason | "file-gone" | "file-unknown" | "other-node";

/** Packets of one file that an export lacks for one reason. */
export interface Absence {
  /** Below 0 all files of one node that is not of this data directory. */
  readonly fileId: number;
  readonly path: string | null;
  readonly reason: AbsenceReason;
  readonly packets: number;
  /** Offset of the first of them. */
  readonly firstOffset: number;
}

/** Most files and reasons listed one by one; packets beyond are counted. */
const LISTED = 1000;
/** Most single positions that are remembered, so that their sessions can be named. */
const POSITIONS = 100_000;

/** Counts packets that could not be exported, lists them by file and reason, and knows which they were. */
export class MissingPackets {
  readonly #listed = new Map<string, { fileId: number; path: string | null; reason: AbsenceReason; packets: number; firstOffset: number }>();
  readonly #absentFiles = new Map<number, AbsenceReason>();
  readonly #offsets = new Map<number, Set<number>>();
  #remembered = 0;
  #total = 0;
  #unlisted = 0;

  /** One packet of a file that is there. */
  miss(fileId: number, path: string | null, reason: AbsenceReason, offset: number): void {
    this.#count(fileId, path, reason, 1, offset);
    if (this.#remembered >= POSITIONS) return;
    const offsets = this.#offsets.get(fileId) ?? new Set<number>();
    this.#offsets.set(fileId, offsets);
    if (offsets.has(offset)) return;
    offsets.add(offset);
    this.#remembered += 1;
  }

  /** All packets of a file that is not there. */
  missFile(fileId: number, path: string | null, reason: AbsenceReason, packets: number, firstOffset: number): void {
    this.#absentFiles.set(fileId, reason);
    this.#count(fileId, path, reason, packets, firstOffset);
  }

  #count(fileId: number, path: string | null, reason: AbsenceReason, packets: number, offset: number): void {
    this.#total += packets;
    const key = `${fileId} ${reason}`;
    const known = this.#listed.get(key);
    if (known) {
      known.packets += packets;
      known.firstOffset = Math.min(known.firstOffset, offset);
    } else if (this.#listed.size < LISTED) this.#listed.set(key, { fileId, path, reason, packets, firstOffset: offset });
    else this.#unlisted += packets;
  }

  get total(): number {
    return this.#total;
  }

  /** Packets missing from files beyond the listed ones. */
  get unlisted(): number {
    return this.#unlisted;
  }

  /** Whether a packet is among the missing. Of single ones in files that are there, the first 100,000 are known. */
  has({ fileId, offset }: PacketRef): boolean {
    return this.#absentFiles.has(fileId) || this.#offsets.get(fileId)?.has(offset) === true;
  }

  /** Files that are not there, with the reason, and files that are there of which packets are missing (those that `has` knows). */
  *files(): Generator<readonly [fileId: number, reason: AbsenceReason | null]> {
    yield* this.#absentFiles;
    for (const fileId of this.#offsets.keys()) yield [fileId, null];
  }

  list(): readonly Absence[] {
    return [...this.#listed.values()].sort((left, right) => left.fileId - right.fileId || (left.reason < right.reason ? -1 : 1));
  }
}
