import type { MissingReason } from "../packet-store/packet-store.js";

/** Why an export lacks packets of a file: what the reader found, or that the file was deleted or was never known. */
export type AbsenceReason = MissingReason | "file-gone" | "file-unknown";

/** Packets of one file that an export lacks for one reason. */
export interface Absence {
  readonly fileId: number;
  readonly path: string | null;
  readonly reason: AbsenceReason;
  readonly packets: number;
  /** Offset of the first of them. */
  readonly firstOffset: number;
}

/** Most files and reasons listed one by one; packets beyond are counted. */
const LISTED = 1000;

/** Counts packets that could not be exported, and lists them by file and reason. */
export class MissingPackets {
  readonly #listed = new Map<string, { fileId: number; path: string | null; reason: AbsenceReason; packets: number; firstOffset: number }>();
  #total = 0;
  #unlisted = 0;

  miss(fileId: number, path: string | null, reason: AbsenceReason, offset: number): void {
    this.#total += 1;
    const key = `${fileId} ${reason}`;
    const known = this.#listed.get(key);
    if (known) {
      known.packets += 1;
      known.firstOffset = Math.min(known.firstOffset, offset);
    } else if (this.#listed.size < LISTED) this.#listed.set(key, { fileId, path, reason, packets: 1, firstOffset: offset });
    else this.#unlisted += 1;
  }

  get total(): number {
    return this.#total;
  }

  /** Packets missing from files beyond the listed ones. */
  get unlisted(): number {
    return this.#unlisted;
  }

  list(): readonly Absence[] {
    return [...this.#listed.values()].sort((left, right) => left.fileId - right.fileId || (left.reason < right.reason ? -1 : 1));
  }
}
