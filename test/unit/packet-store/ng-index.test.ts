import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NgIndex } from "../../../src/packet-store/ng-index.js";
import { ngCapture, type BuiltCapture, type TestPacket } from "../../support/capture-bytes.js";

/** An index over bytes in memory, and how many it has read. */
function indexed(bytes: Buffer) {
  const counted = { read: 0 };
  const index = new NgIndex((offset, length) => {
    const part = bytes.subarray(offset, offset + length);
    counted.read += part.length;
    return Promise.resolve(part);
  });
  return { index, counted };
}

const simple = (text = "x"): TestPacket => ({ seconds: 0, nanoseconds: 0, data: Buffer.from(text), block: "simple" });
const timed = (seconds: number): TestPacket => ({ seconds, nanoseconds: 0, data: Buffer.from("timed") });

describe("an index of a pcapng file", () => {
  it("reads a file of simple packets about twice, whatever their number, for two readers at once too", async () => {
    const capture = ngCapture([{ linkType: 1 }], Array.from({ length: 60_000 }, (_, at) => (at % 1000 === 0 ? timed(at) : simple("y".repeat(60)))));
    expect(capture.bytes.length).toBeGreaterThan(4 << 20);
    const { index, counted } = indexed(capture.bytes);
    const readers = [0, 20_000].map(async (first) => {
      for (const [at, { offset }] of capture.positions.slice(first).entries()) {
        const place = first + at;
        if (place % 1000 === 0) continue;
        const { seconds } = await index.timeBefore(offset);
        if (seconds !== place - (place % 1000)) throw new Error(`packet ${place} is of ${seconds}`);
      }
    });
    await Promise.all(readers);
    expect(counted.read).toBeLessThan(4 * capture.bytes.length);
  });

  it("reads a file once to learn the sections of all its packets in order", async () => {
    const capture = ngCapture([{ linkType: 1 }], Array.from({ length: 30_000 }, (_, at) => timed(at)));
    const { index, counted } = indexed(capture.bytes);
    for (const { offset } of capture.positions) expect(index.knownContextAt(offset) ?? (await index.contextAt(offset))).toMatchObject({ bigEndian: false });
    expect(counted.read).toBeLessThan(1.5 * capture.bytes.length);
  });

  it("answers as a fresh one, in whatever order it is asked", async () => {
    const packet = fc.oneof(fc.nat(1000).map(timed), fc.nat(40).map((length) => simple("z".repeat(length + 1))));
    const section = fc.record({ packets: fc.array(packet, { maxLength: 12 }), bigEndian: fc.boolean(), lateInterfaces: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(section, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(1000), { maxLength: 40 }), fc.nat(60), async (sections, order, cut) => {
      let bytes = Buffer.alloc(0);
      const offsets: number[] = [];
      for (const { packets, bigEndian, lateInterfaces } of sections) {
        const built = ngCapture([{ linkType: 1 }], packets, { bigEndian, lateInterfaces, start: bytes.length });
        bytes = Buffer.concat([bytes, built.bytes]);
        offsets.push(...built.positions.map(({ offset }) => offset));
      }
      if (offsets.length === 0) return;
      const file = bytes.subarray(0, Math.max(0, bytes.length - cut));
      const { index } = indexed(file);
      for (const pick of order) {
        const offset = offsets[pick % offsets.length] ?? 0;
        expect(await index.timeBefore(offset)).toEqual(await indexed(file).index.timeBefore(offset));
        const [here, fresh] = [await index.contextAt(offset), await indexed(file).index.contextAt(offset)];
        expect(here?.bigEndian).toBe(fresh?.bigEndian);
      }
    }), { numRuns: 100 });
  });

  it("ends where there are more sections or interfaces than it keeps, and keeps equal interfaces once", async () => {
    const last = ({ bytes, positions }: BuiltCapture, times: number) => (times - 1) * bytes.length + (positions[0]?.offset ?? 0);
    const small = ngCapture([{ linkType: 1 }], [timed(1)]);
    const sections = indexed(Buffer.concat([...Array.from({ length: 65_536 }, () => small.bytes), ngCapture([{ linkType: 1 }], [timed(2)], { bigEndian: true }).bytes])).index;
    expect([await sections.contextAt(last(small, 65_536)), await sections.contextAt(last(small, 65_537))]).toMatchObject([{ bigEndian: false }, null]);
    expect(await sections.timeBefore(last(small, 65_537))).toEqual({ seconds: 1, nanoseconds: 0 });
    const large = ngCapture(Array.from({ length: 65_536 }, (_, at) => ({ linkType: at % 1000 })), [timed(1)]);
    const { index } = indexed(Buffer.concat(Array.from({ length: 5 }, () => large.bytes)));
    const contexts = [];
    for (let times = 1; times <= 5; times += 1) contexts.push(await index.contextAt(last(large, times)));
    expect(contexts.map((context) => context?.interfaces.length ?? null)).toEqual([65_536, 65_536, 65_536, 65_536, null]);
    expect(new Set(contexts.flatMap((context) => context?.interfaces ?? [])).size).toBe(65_536);
  });

  it("goes on behind blocks that the core steps over or reads, however long, and ends where it does", async () => {
    const block = (kind: number, length: number, body: Buffer = Buffer.alloc(0)): Buffer => {
      const bytes = Buffer.alloc(length);
      for (const [value, at] of [[kind, 0], [length, 4], [length, length - 4]] as const) bytes.writeUInt32LE(value, at);
      body.copy(bytes, 8);
      return bytes;
    };
    const interfaceOf = (linkType: number, length: number): Buffer => block(1, length, Buffer.from([linkType, 0, 0, 0]));
    const first = ngCapture([{ linkType: 1 }], [timed(1)]).bytes;
    const secrets = block(10, 17 << 20);
    const rest = [secrets, interfaceOf(101, 2 << 20), interfaceOf(113, 16 << 20), interfaceOf(127, 20)];
    const front = Buffer.concat([first, ...rest]);
    const { index } = indexed(Buffer.concat([front, block(6, 32)]));
    expect((await index.contextAt(front.length))?.interfaces.map(({ linkType }) => linkType)).toEqual([1, 101, 113, 127]);
    expect(await index.timeBefore(front.length)).toEqual({ seconds: 1, nanoseconds: 0 });
    for (const kind of [1, 2, 3, 6]) {
      const garbage = block(kind, (16 << 20) + 4);
      const ended = indexed(Buffer.concat([first, garbage, block(6, 32)])).index;
      expect(await ended.contextAt(first.length + garbage.length), `kind ${kind}`).toBeNull();
    }
  });

  it("finds what was appended after it came to the end of what there was", async () => {
    const [first, whole] = [2, 3].map((count) => ngCapture([{ linkType: 1 }], Array.from({ length: count }, (_, at) => timed(at))));
    let bytes = first?.bytes ?? Buffer.alloc(0);
    const index = new NgIndex((offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)));
    expect(await index.contextAt(first?.positions[0]?.offset ?? 0)).not.toBeNull();
    bytes = whole?.bytes ?? bytes;
    expect(await index.contextAt(whole?.positions[2]?.offset ?? 0)).toMatchObject({ interfaces: [{ linkType: 1 }] });
  });
});
