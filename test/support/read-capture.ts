/** Reads a whole capture that an export wrote, in file order: a reader of its own, so that writer and reader cannot err together. */
export interface ReadPacket {
  readonly seconds: bigint;
  readonly nanoseconds: number;
  readonly linkType: number;
  readonly originalLength: number;
  readonly data: string;
}

export function readCapture(bytes: Buffer): { readonly container: "pcap" | "pcapng"; readonly resolution: "us" | "ns"; readonly packets: readonly ReadPacket[] } {
  return bytes.readUInt32LE(0) === 0x0a0d0d0a ? readNg(bytes) : readClassic(bytes);
}

function readClassic(bytes: Buffer) {
  const magic = bytes.readUInt32LE(0);
  if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) throw new Error(`magic ${magic.toString(16)}`);
  if (bytes.readUInt16LE(4) !== 2 || bytes.readUInt16LE(6) !== 4) throw new Error("version");
  const ns = magic === 0xa1b23c4d;
  const linkType = bytes.readUInt32LE(20);
  const packets: ReadPacket[] = [];
  let at = 24;
  while (at < bytes.length) {
    const captured = bytes.readUInt32LE(at + 8);
    if (captured > bytes.readUInt32LE(16)) throw new Error("beyond the snapshot length");
    packets.push({
      seconds: BigInt(bytes.readUInt32LE(at)), nanoseconds: bytes.readUInt32LE(at + 4) * (ns ? 1 : 1000), linkType,
      originalLength: bytes.readUInt32LE(at + 12), data: bytes.subarray(at + 16, at + 16 + captured).toString("latin1"),
    });
    at += 16 + captured;
  }
  if (at !== bytes.length) throw new Error("the last record is cut");
  return { container: "pcap" as const, resolution: ns ? ("ns" as const) : ("us" as const), packets };
}

function readNg(bytes: Buffer) {
  const interfaces: { linkType: number; perSecond: bigint; offset: bigint }[] = [];
  const packets: ReadPacket[] = [];
  let at = 0;
  while (at < bytes.length) {
    const kind = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.readUInt32LE(at + length - 4) !== length || length % 4 !== 0) throw new Error(`block at ${at}`);
    if (kind === 1) {
      let perSecond = 1_000_000n;
      let offset = 0n;
      for (let option = at + 16; option < at + length - 4; ) {
        const [code, size] = [bytes.readUInt16LE(option), bytes.readUInt16LE(option + 2)];
        if (code === 0) break;
        if (code === 9) perSecond = 10n ** BigInt(bytes.readUInt8(option + 4));
        if (code === 14) offset = bytes.readBigInt64LE(option + 4);
        option += 4 + Math.ceil(size / 4) * 4;
      }
      interfaces.push({ linkType: bytes.readUInt16LE(at + 8), perSecond, offset });
    } else if (kind === 6) {
      const one = interfaces[bytes.readUInt32LE(at + 8)];
      if (!one) throw new Error("no such interface");
      const ticks = (BigInt(bytes.readUInt32LE(at + 12)) << 32n) | BigInt(bytes.readUInt32LE(at + 16));
      const captured = bytes.readUInt32LE(at + 20);
      packets.push({
        seconds: ticks / one.perSecond + one.offset, nanoseconds: Number((ticks % one.perSecond) * (1_000_000_000n / one.perSecond)), linkType: one.linkType,
        originalLength: bytes.readUInt32LE(at + 24), data: bytes.subarray(at + 28, at + 28 + captured).toString("latin1"),
      });
    }
    at += length;
  }
  return { container: "pcapng" as const, resolution: interfaces[0]?.perSecond === 1_000_000n ? ("us" as const) : ("ns" as const), packets };
}
