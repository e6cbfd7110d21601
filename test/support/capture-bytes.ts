/** Builds capture files for tests: classic pcap and pcapng, both byte orders, with the position of every packet. */

export interface TestPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly data: Buffer;
  readonly originalLength?: number;
  /** Interface of a pcapng packet. */
  readonly interface?: number;
  readonly block?: "enhanced" | "simple" | "old";
}

export interface BuiltCapture {
  readonly bytes: Buffer;
  readonly positions: readonly { readonly offset: number; readonly length: number }[];
}

class Words {
  readonly #parts: Buffer[] = [];
  length = 0;
  constructor(readonly bigEndian: boolean) {}
  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    if (this.bigEndian) bytes.writeUInt32BE(value >>> 0);
    else bytes.writeUInt32LE(value >>> 0);
    return this.raw(bytes);
  }
  u16(value: number): this {
    const bytes = Buffer.alloc(2);
    if (this.bigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return this.raw(bytes);
  }
  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    this.length += bytes.length;
    return this;
  }
  padded(bytes: Buffer): this {
    return this.raw(bytes).raw(Buffer.alloc((4 - (bytes.length % 4)) % 4));
  }
  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export function classicCapture(packets: readonly TestPacket[], options: { bigEndian?: boolean; nanosecond?: boolean; linkType?: number } = {}): BuiltCapture {
  const { bigEndian = false, nanosecond = false, linkType = 1 } = options;
  const out = new Words(bigEndian).u32(nanosecond ? 0xa1b23c4d : 0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0).u32(262_144).u32(linkType);
  const positions: { offset: number; length: number }[] = [];
  for (const packet of packets) {
    positions.push({ offset: out.length, length: 16 + packet.data.length });
    out.u32(packet.seconds).u32(nanosecond ? packet.nanoseconds : Math.floor(packet.nanoseconds / 1000));
    out.u32(packet.data.length).u32(packet.originalLength ?? packet.data.length).raw(packet.data);
  }
  return { bytes: out.done(), positions };
}

export interface TestInterface {
  readonly linkType: number;
  /** Raw `if_tsresol` byte; left out for microseconds. */
  readonly resolution?: number;
  readonly offsetSeconds?: bigint;
  readonly snaplen?: number;
}

function block(kind: number, body: Buffer, bigEndian: boolean): Buffer {
  const length = 12 + body.length;
  return new Words(bigEndian).u32(kind).u32(length).raw(body).u32(length).done();
}

function unitsOf(resolution: number | undefined): bigint {
  if (resolution === undefined) return 1_000_000n;
  return (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
}

/** One section; call again and concatenate for several. Interface blocks come first unless `lateInterfaces` puts one before each packet that needs it. */
export function ngCapture(interfaces: readonly TestInterface[], packets: readonly TestPacket[], options: { bigEndian?: boolean; lateInterfaces?: boolean; start?: number } = {}): BuiltCapture {
  const { bigEndian = false, lateInterfaces = false, start = 0 } = options;
  const out = new Words(bigEndian);
  out.raw(block(0x0a0d0d0a, new Words(bigEndian).u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff).done(), bigEndian));
  let declared = 0;
  const declare = (upTo: number): void => {
    for (; declared < upTo; declared += 1) {
      const one = interfaces[declared];
      if (!one) return;
      const body = new Words(bigEndian).u16(one.linkType).u16(0).u32(one.snaplen ?? 0);
      if (one.resolution !== undefined) body.u16(9).u16(1).padded(Buffer.from([one.resolution]));
      if (one.offsetSeconds !== undefined) {
        const value = Buffer.alloc(8);
        if (bigEndian) value.writeBigInt64BE(one.offsetSeconds);
        else value.writeBigInt64LE(one.offsetSeconds);
        body.u16(14).u16(8).raw(value);
      }
      out.raw(block(1, body.u16(0).u16(0).done(), bigEndian));
      // A block nobody knows between the others must be stepped over.
      out.raw(block(0x0bad, Buffer.alloc(8), bigEndian));
    }
  };
  if (!lateInterfaces) declare(interfaces.length);
  const positions: { offset: number; length: number }[] = [];
  for (const packet of packets) {
    const number = packet.interface ?? 0;
    declare(number + 1);
    const one = interfaces[number];
    const seconds = BigInt(packet.seconds) - (one?.offsetSeconds ?? 0n);
    const ticks = ((seconds * 1_000_000_000n + BigInt(packet.nanoseconds)) * unitsOf(one?.resolution)) / 1_000_000_000n;
    const high = Number(ticks >> 32n);
    const low = Number(ticks & 0xffffffffn);
    const original = packet.originalLength ?? packet.data.length;
    let built: Buffer;
    if (packet.block === "simple") built = block(3, new Words(bigEndian).u32(original).padded(packet.data).done(), bigEndian);
    else if (packet.block === "old") built = block(2, new Words(bigEndian).u16(number).u16(0).u32(high).u32(low).u32(packet.data.length).u32(original).padded(packet.data).done(), bigEndian);
    else built = block(6, new Words(bigEndian).u32(number).u32(high).u32(low).u32(packet.data.length).u32(original).padded(packet.data).done(), bigEndian);
    positions.push({ offset: start + out.length, length: built.length });
    out.raw(built);
  }
  return { bytes: out.done(), positions };
}
