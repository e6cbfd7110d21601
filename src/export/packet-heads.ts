import type { PacketRef } from "../model/session.js";
import type { PacketReader } from "../packet-store/packet-store.js";
import type { AbsenceReason } from "./missing-packets.js";
import type { PacketFileLookup } from "./packet-files.js";

/** One packet of a session, from its record header. What cannot be read is null, and `missing` says why. */
export interface PacketDescription {
  readonly fileId: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number | null;
  /** Nanoseconds beyond `timeMs`. */
  readonly nanos: number;
  readonly originalLength: number | null;
  readonly capturedLength: number | null;
  /** Whether the packet is from the session's source; null: not known. */
  readonly fromSource: boolean | null;
  readonly missing: AbsenceReason | null;
}

/** Describes packets from their record headers, without their bytes. */
export class PacketHeads {
  readonly #reader: PacketReader;
  readonly #lookup: PacketFileLookup;

  constructor(reader: PacketReader, lookup: PacketFileLookup) {
    this.#reader = reader;
    this.#lookup = lookup;
  }

  /** One description for each position, in their order. The caller bounds their number. */
  async describe(refs: readonly PacketRef[], signal: AbortSignal | null): Promise<readonly PacketDescription[]> {
    const described: PacketDescription[] = [];
    for (let at = 0; at < refs.length; ) {
      const fileId = refs[at]?.fileId ?? 0;
      let end = at + 1;
      while (refs[end]?.fileId === fileId) end += 1;
      const batch = refs.slice(at, end);
      const found = this.#lookup(fileId);
      const read = "file" in found ? await this.#reader.heads(found.file, batch, signal) : [];
      batch.forEach(({ offset }, index) => {
        const one = read[index];
        if (one?.found) {
          const { seconds, nanoseconds, originalLength, capturedLength } = one.head;
          const timeMs = seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
          described.push({ fileId, offset, timeMs, nanos: nanoseconds % 1_000_000, originalLength, capturedLength, fromSource: null, missing: null });
        } else {
          const missing = one ? one.reason : "absent" in found ? found.absent : "file-unreadable";
          described.push({ fileId, offset, timeMs: null, nanos: 0, originalLength: null, capturedLength: null, fromSource: null, missing });
        }
      });
      at = end;
    }
    return described;
  }
}
