import type { PacketRef } from "../model/session.js";
import type { DirectionFinder, NativeCore, SessionEnds } from "../native/types.js";
import type { PacketRead, PacketReader } from "../packet-store/packet-store.js";
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
  /** Whether the packet is from the session's source; null: it is gone, or of neither end. */
  readonly fromSource: boolean | null;
  readonly missing: AbsenceReason | null;
}

/** Most bytes of packets held at once to find directions. */
const BATCH_BYTES = 4 << 20;
/** Link type, original length and captured length of a packet, as the core takes them. */
const PACKET_HEADER = 12;
/** What the core says of a packet's sender. */
const FROM_SOURCE = 1;
const FROM_DESTINATION = 2;

/** Gives the packets of a session to the core, which says who sent each. */
class Senders {
  readonly #finder: DirectionFinder;
  /** Places in the answer of the packets given. */
  readonly #places: number[] = [];

  constructor(finder: DirectionFinder) {
    this.#finder = finder;
  }

  /** Takes packets that were read; `at` is the place of the first. */
  take(packets: readonly PacketRead[], at: number): void {
    const parts: Buffer[] = [];
    packets.forEach((packet, index) => {
      if (!packet.found) return;
      const header = Buffer.alloc(PACKET_HEADER);
      header.writeUInt32LE(packet.head.linkType, 0);
      header.writeUInt32LE(packet.head.originalLength, 4);
      header.writeUInt32LE(packet.bytes.length, 8);
      parts.push(header, packet.bytes);
      this.#places.push(at + index);
    });
    this.#finder.push(Buffer.concat(parts));
  }

  /** Whether each packet is from the source, by place; places that are not there are not known. */
  fromSource(): ReadonlyMap<number, boolean> {
    const known = new Map<number, boolean>();
    this.#finder.senders().forEach((sender, index) => {
      const place = this.#places[index];
      if (place !== undefined && (sender === FROM_SOURCE || sender === FROM_DESTINATION)) known.set(place, sender === FROM_SOURCE);
    });
    return known;
  }
}

/** End of the run of refs from `at` that lie in one file and together hold no more than `BATCH_BYTES`, one at least. */
function batchEnd(refs: readonly PacketRef[], at: number): number {
  let bytes = refs[at]?.length ?? 0;
  let end = at + 1;
  for (; refs[end]?.fileId === refs[at]?.fileId && end < refs.length; end += 1) {
    bytes += refs[end]?.length ?? 0;
    if (bytes > BATCH_BYTES) break;
  }
  return end;
}

/** Describes packets from their record headers, and who sent each from the packet itself. */
export class PacketHeads {
  readonly #reader: PacketReader;
  readonly #lookup: PacketFileLookup;
  readonly #native: Pick<NativeCore, "directionFinder">;

  constructor(reader: PacketReader, lookup: PacketFileLookup, native: Pick<NativeCore, "directionFinder">) {
    this.#reader = reader;
    this.#lookup = lookup;
    this.#native = native;
  }

  /**
   * One description for each position, in their order. The caller bounds their number. `ends` are the ends of the
   * session whose packets they are; without them no packet has a direction, and none is read beyond its header.
   */
  async describe(refs: readonly PacketRef[], ends: SessionEnds | null, signal: AbortSignal | null): Promise<readonly PacketDescription[]> {
    const described: PacketDescription[] = [];
    const senders = ends === null ? null : new Senders(this.#native.directionFinder(ends));
    for (let at = 0; at < refs.length; ) {
      const end = batchEnd(refs, at);
      const batch = refs.slice(at, end);
      const found = this.#lookup(batch[0]?.fileId ?? 0);
      const read = "file" in found ? await (senders === null ? this.#reader.heads(found.file, batch, signal) : this.#reader.packets(found.file, batch, signal)) : [];
      senders?.take(read, at);
      batch.forEach(({ fileId, offset }, index) => {
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
    const known = senders?.fromSource();
    return known === undefined ? described : described.map((packet, at) => ({ ...packet, fromSource: known.get(at) ?? null }));
  }
}
