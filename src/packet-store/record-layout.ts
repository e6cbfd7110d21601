/**
 * Record headers of classic pcap (draft-ietf-opsawg-pcap) and blocks of pcapng (draft-ietf-opsawg-pcapng), decoded from
 * bytes that are at hand. The rules are those of `native/crates/pcapfile`: what the core indexed reads back the same.
 */

const BILLION = 1_000_000_000n;
const I64_MAX = 0x7fff_ffff_ffff_ffffn;

/** Longest record that is believed, with its header; a longer one is garbage. */
export const MAX_RECORD_BYTES = (16 << 20) + 64;

/** Time of a packet: whole seconds since 1970 (may be negative) and nanoseconds 0 to 999,999,999. */
export interface PacketTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** A record header, and where the packet's bytes are in the record. */
export interface RecordHead extends PacketTime {
  readonly capturedLength: number;
  readonly originalLength: number;
  readonly linkType: number;
  /** Whether the source's clock has digits below a microsecond. */
  readonly finerThanMicroseconds: boolean;
  /** Offset of the packet's first byte from the start of the record. */
  readonly skip: number;
}

/** Why a position holds no packet that can be handed out. */
export type RecordFault = "beyond-end" | "not-a-record";

/** What a classic file's header says of all its records. */
export interface ClassicLayout {
  readonly format: "pcap";
  readonly bigEndian: boolean;
  readonly nanosecond: boolean;
  readonly recordHeader: number;
  readonly linkType: number;
}

/** One interface of a pcapng section. */
export interface NgInterface {
  readonly linkType: number;
  /** 0 for none. */
  readonly snaplen: number;
  /** Clock ticks in a second. */
  readonly unitsPerSecond: bigint;
  readonly offsetSeconds: bigint;
  /** A tick is not a whole number of microseconds. */
  readonly finerThanMicroseconds: boolean;
  /** Ticks in a second and nanoseconds in a tick where both are whole and the offset is none, else 0: the usual clocks, without big integers. */
  readonly wholeUnits: number;
  readonly tickNanoseconds: number;
}

function interfaceOf(linkType: number, snaplen: number, unitsPerSecond: bigint, offsetSeconds: bigint): NgInterface {
  const isUsual = offsetSeconds === 0n && unitsPerSecond >= 1000n && BILLION % unitsPerSecond === 0n;
  return {
    linkType, snaplen, unitsPerSecond, offsetSeconds, finerThanMicroseconds: 1_000_000n % unitsPerSecond !== 0n,
    wholeUnits: isUsual ? Number(unitsPerSecond) : 0, tickNanoseconds: isUsual ? Number(BILLION / unitsPerSecond) : 0,
  };
}

/** Whether packets of both read alike. */
export function isSameInterface(one: NgInterface, other: NgInterface): boolean {
  return one.linkType === other.linkType && one.snaplen === other.snaplen && one.unitsPerSecond === other.unitsPerSecond && one.offsetSeconds === other.offsetSeconds;
}

export const CLASSIC_HEADER_BYTES = 24;
/** Bytes of a classic record before its packet: seconds, fraction, captured length, original length, 32 bits each. */
export const CLASSIC_RECORD_BYTES = 16;
export const NG_SECTION = 0x0a0d0d0a;
export const NG_INTERFACE = 1;
export const NG_OLD_PACKET = 2;
export const NG_SIMPLE_PACKET = 3;
export const NG_ENHANCED_PACKET = 6;
/** Bytes of a packet block before its packet, the longest of the three kinds. */
export const NG_PACKET_HEAD_BYTES = 28;


/** A 32-bit word in the file's byte order; the caller has checked that it is there. */
export function word(bytes: Buffer, at: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
}

function half(bytes: Buffer, at: number, bigEndian: boolean): number {
  return bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
}

/** The header of a classic file, or null when these first bytes are none. Kuznetzov's variant is known too. */
export function classicLayout(head: Buffer): ClassicLayout | null {
  if (head.length < CLASSIC_HEADER_BYTES) return null;
  for (const bigEndian of [true, false]) {
    const magic = word(head, 0, bigEndian);
    if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d && magic !== 0xa1b2cd34) continue;
    return {
      format: "pcap",
      bigEndian,
      nanosecond: magic === 0xa1b23c4d,
      recordHeader: magic === 0xa1b2cd34 ? 24 : CLASSIC_RECORD_BYTES,
      linkType: word(head, 20, bigEndian) & 0xffff,
    };
  }
  return null;
}

/** Whether a file that starts with these bytes is pcapng. */
export function isNg(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === NG_SECTION;
}

/** A record header that is filled again and again: millions of records need no objects of their own. */
export type RecordScratch = { -readonly [K in keyof RecordHead]: RecordHead[K] };

export function recordScratch(): RecordScratch {
  return { seconds: 0, nanoseconds: 0, capturedLength: 0, originalLength: 0, linkType: 0, finerThanMicroseconds: false, skip: 0 };
}

/** Decodes a classic record header at the start of `bytes`; `length` is what the position says the whole record has. */
export function classicRecord(layout: ClassicLayout, bytes: Buffer, length: number): RecordHead | RecordFault {
  const head = recordScratch();
  return classicRecordInto(layout, bytes, 0, bytes.length, length, head) ?? head;
}

/** As `classicRecord`, at `at` of bytes that end at `end`, into `head`; null when there is no fault. */
export function classicRecordInto(layout: ClassicLayout, bytes: Buffer, at: number, end: number, length: number, head: RecordScratch): RecordFault | null {
  const { bigEndian, recordHeader } = layout;
  if (end - at < recordHeader) return "beyond-end";
  const capturedLength = word(bytes, at + 8, bigEndian);
  if (recordHeader + capturedLength !== length) return "not-a-record";
  // A fraction of a second or more is garbage in the source; it is carried over as the core does.
  const fraction = word(bytes, at + 4, bigEndian);
  const perSecond = layout.nanosecond ? 1_000_000_000 : 1_000_000;
  head.seconds = word(bytes, at, bigEndian) + Math.floor(fraction / perSecond);
  head.nanoseconds = (fraction % perSecond) * (layout.nanosecond ? 1 : 1000);
  head.capturedLength = capturedLength;
  head.originalLength = word(bytes, at + 12, bigEndian);
  head.linkType = layout.linkType;
  head.finerThanMicroseconds = layout.nanosecond;
  head.skip = recordHeader;
  return null;
}

/** Reads an interface block's body (after type and length). Options that do not fit end the list. */
export function ngInterface(body: Buffer, bigEndian: boolean): NgInterface {
  if (body.length < 8) return interfaceOf(0, 0, 1_000_000n, 0n);
  let unitsPerSecond = 1_000_000n;
  let offsetSeconds = 0n;
  for (let at = 8; at + 4 <= body.length; ) {
    const code = half(body, at, bigEndian);
    const length = half(body, at + 2, bigEndian);
    const value = body.subarray(at + 4, at + 4 + length);
    if (code === 0 || value.length < length) break;
    const [resolution] = value;
    if (code === 9 && resolution !== undefined) {
      const units = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
      unitsPerSecond = units > 0xffff_ffff_ffff_ffffn ? BILLION : units;
    } else if (code === 14 && length === 8) {
      offsetSeconds = bigEndian ? value.readBigInt64BE(0) : value.readBigInt64LE(0);
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return interfaceOf(half(body, 0, bigEndian), word(body, 4, bigEndian), unitsPerSecond, offsetSeconds);
}

/** Ticks of an interface's clock as time. */
export function ngTime(high: number, low: number, from: NgInterface): PacketTime {
  if (from.wholeUnits > 0) {
    // Long division of the 64 bits in digits of 16: every step is exact in a double.
    let seconds = 0;
    let rest = 0;
    for (const digit of [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff]) {
      const part = rest * 65_536 + digit;
      const quotient = Math.floor(part / from.wholeUnits);
      rest = part - quotient * from.wholeUnits;
      seconds = seconds * 65_536 + quotient;
    }
    // Later times end at the largest that 64 bits of nanoseconds hold, below.
    if (seconds < 9_000_000_000) return { seconds, nanoseconds: rest * from.tickNanoseconds };
  }
  let ns = (((BigInt(high) << 32n) | BigInt(low)) * BILLION) / from.unitsPerSecond;
  if (ns > I64_MAX) ns = I64_MAX;
  ns += from.offsetSeconds * BILLION;
  if (ns > I64_MAX) ns = I64_MAX;
  if (ns < -I64_MAX - 1n) ns = -I64_MAX - 1n;
  let seconds = ns / BILLION;
  let rest = ns % BILLION;
  if (rest < 0n) {
    rest += BILLION;
    seconds -= 1n;
  }
  return { seconds: Number(seconds), nanoseconds: Number(rest) };
}

/**
 * Decodes a packet block at the start of `bytes` (its first `NG_PACKET_HEAD_BYTES` or more). `interfaces` are those of
 * its section; `before` is the time of the packet before it, which a simple packet takes.
 */
export function ngRecord(
  interfaces: readonly NgInterface[], bigEndian: boolean, bytes: Buffer, length: number, before: PacketTime | null,
): RecordHead | RecordFault {
  if (bytes.length < 16) return "beyond-end";
  if (word(bytes, 4, bigEndian) !== length || length < 16) return "not-a-record";
  const kind = word(bytes, 0, bigEndian);
  if (kind === NG_SIMPLE_PACKET) {
    const [from] = interfaces;
    if (!from || before === null) return "not-a-record";
    const originalLength = word(bytes, 8, bigEndian);
    let capturedLength = Math.min(originalLength, length - 16);
    if (from.snaplen > 0) capturedLength = Math.min(capturedLength, from.snaplen);
    return { ...before, capturedLength, originalLength, linkType: from.linkType, finerThanMicroseconds: from.finerThanMicroseconds, skip: 12 };
  }
  if (kind !== NG_ENHANCED_PACKET && kind !== NG_OLD_PACKET) return "not-a-record";
  if (bytes.length < NG_PACKET_HEAD_BYTES) return "beyond-end";
  const from = interfaces[kind === NG_OLD_PACKET ? half(bytes, 8, bigEndian) : word(bytes, 8, bigEndian)];
  const capturedLength = word(bytes, 20, bigEndian);
  if (!from || capturedLength > length - NG_PACKET_HEAD_BYTES - 4) return "not-a-record";
  return {
    ...ngTime(word(bytes, 12, bigEndian), word(bytes, 16, bigEndian), from),
    capturedLength,
    originalLength: word(bytes, 24, bigEndian),
    linkType: from.linkType,
    finerThanMicroseconds: from.finerThanMicroseconds,
    skip: NG_PACKET_HEAD_BYTES,
  };
}
