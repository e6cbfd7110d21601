import type { RecordHead } from "../packet-store/packet-store.js";

/** Snapshot length stated by an export; larger packets raise it. */
const SNAPLEN = 262_144;
const U32 = 2 ** 32;

/**
 * What an exported file looks like. One link type: classic pcap. Several, or a time that classic pcap cannot state (before
 * 1970, after 2106): pcapng, with one interface for each link type in ascending order. Times are in nanoseconds when any
 * packet comes from a source whose clock is finer than a microsecond, else in microseconds: nothing is cut off either way.
 */
export interface CaptureFormat {
  readonly container: "pcap" | "pcapng";
  readonly linkTypes: readonly number[];
  readonly nanosecond: boolean;
  readonly snaplen: number;
  /** Whole seconds that pcapng's interfaces add to every time; below 0 only when a packet is from before 1970. */
  readonly offsetSeconds: number;
}

/** Gathers over all packets what `CaptureFormat` depends on; bounded by the number of link types. */
export class FormatSurvey {
  readonly #linkTypes = new Set<number>();
  #nanosecond = false;
  #snaplen = SNAPLEN;
  #least = 0;
  #most = 0;

  /** One packet, by its header. */
  see(head: RecordHead): void {
    this.count(head.linkType, head.finerThanMicroseconds, head.capturedLength, head.seconds);
  }

  /** One packet. */
  count(linkType: number, finerThanMicroseconds: boolean, capturedLength: number, seconds: number): void {
    this.#linkTypes.add(linkType);
    this.#nanosecond ||= finerThanMicroseconds;
    if (capturedLength > this.#snaplen) this.#snaplen = capturedLength;
    if (seconds < this.#least) this.#least = seconds;
    if (seconds > this.#most) this.#most = seconds;
  }

  /** Packets of a classic file, which its header describes; their times are in the range of classic pcap. */
  seeFile(layout: { readonly linkType: number; readonly nanosecond: boolean; readonly recordHeader: number }, longestRecord: number): void {
    this.count(layout.linkType, layout.nanosecond, longestRecord - layout.recordHeader, 0);
  }

  /** The format; `container` "auto" decides as the type says, "pcapng" forces pcapng. */
  decide(container: "auto" | "pcapng"): CaptureFormat {
    const linkTypes = [...this.#linkTypes].sort((left, right) => left - right);
    // A file without packets states Ethernet.
    if (linkTypes.length === 0) linkTypes.push(1);
    const classic = container === "auto" && linkTypes.length === 1 && this.#least >= 0 && this.#most < U32;
    return { container: classic ? "pcap" : "pcapng", linkTypes, nanosecond: this.#nanosecond, snaplen: this.#snaplen, offsetSeconds: this.#least };
  }
}

/** Bytes before the first packet. */
export function fileHeader(format: CaptureFormat): Buffer {
  if (format.container === "pcap") {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(format.nanosecond ? 0xa1b23c4d : 0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(format.snaplen, 16);
    header.writeUInt32LE(format.linkTypes[0] ?? 1, 20);
    return header;
  }
  const section = Buffer.alloc(28);
  section.writeUInt32LE(0x0a0d0d0a, 0);
  section.writeUInt32LE(28, 4);
  section.writeUInt32LE(0x1a2b3c4d, 8);
  section.writeUInt16LE(1, 12);
  // The length of the section is not stated.
  section.fill(0xff, 16, 24);
  section.writeUInt32LE(28, 24);
  return Buffer.concat([section, ...format.linkTypes.map((linkType) => interfaceBlock(format, linkType))]);
}

function interfaceBlock(format: CaptureFormat, linkType: number): Buffer {
  const withOffset = format.offsetSeconds !== 0;
  const length = 20 + 8 + (withOffset ? 12 : 0) + 4;
  const block = Buffer.alloc(length);
  block.writeUInt32LE(1, 0);
  block.writeUInt32LE(length, 4);
  block.writeUInt16LE(linkType, 8);
  block.writeUInt32LE(format.snaplen, 12);
  // if_tsresol, then if_tsoffset, then the end of options.
  block.writeUInt16LE(9, 16);
  block.writeUInt16LE(1, 18);
  block.writeUInt8(format.nanosecond ? 9 : 6, 20);
  if (withOffset) {
    block.writeUInt16LE(14, 24);
    block.writeUInt16LE(8, 26);
    block.writeBigInt64LE(BigInt(format.offsetSeconds), 28);
  }
  block.writeUInt32LE(length, length - 4);
  return block;
}

/** Bytes of a packet's record in the file, packet included. */
export function recordLength(format: CaptureFormat, capturedLength: number): number {
  return format.container === "pcap" ? 16 + capturedLength : 32 + Math.ceil(capturedLength / 4) * 4;
}

/** What a record's header says. */
export type RecordFacts = Pick<RecordHead, "seconds" | "nanoseconds" | "originalLength" | "linkType">;

/** Writes a packet's record at `at` of `out`, which has room for `recordLength`. */
export function writeRecord(format: CaptureFormat, head: RecordFacts, packet: Buffer, out: Buffer, at: number): void {
  copyRecord(format, head, packet, 0, packet.length, out, at);
}

/** Writes the record of the packet `source[from..to]` at `at` of `out`, which has room for `recordLength`. */
export function copyRecord(format: CaptureFormat, head: RecordFacts, source: Buffer, from: number, to: number, out: Buffer, at: number): void {
  const fraction = format.nanosecond ? head.nanoseconds : Math.floor(head.nanoseconds / 1000);
  const captured = to - from;
  if (format.container === "pcap") {
    out.writeUInt32LE(head.seconds, at);
    out.writeUInt32LE(fraction, at + 4);
    out.writeUInt32LE(captured, at + 8);
    out.writeUInt32LE(head.originalLength, at + 12);
    source.copy(out, at + 16, from, to);
    return;
  }
  const length = recordLength(format, captured);
  const ticks = BigInt(head.seconds - format.offsetSeconds) * (format.nanosecond ? 1_000_000_000n : 1_000_000n) + BigInt(fraction);
  out.writeUInt32LE(6, at);
  out.writeUInt32LE(length, at + 4);
  out.writeUInt32LE(Math.max(0, format.linkTypes.indexOf(head.linkType)), at + 8);
  out.writeUInt32LE(Number((ticks >> 32n) & 0xffffffffn), at + 12);
  out.writeUInt32LE(Number(ticks & 0xffffffffn), at + 16);
  out.writeUInt32LE(captured, at + 20);
  out.writeUInt32LE(head.originalLength, at + 24);
  source.copy(out, at + 28, from, to);
  out.fill(0, at + 28 + captured, at + length - 4);
  out.writeUInt32LE(length, at + length - 4);
}
