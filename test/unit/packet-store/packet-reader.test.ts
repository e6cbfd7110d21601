import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, closeSync, constants, openSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Timer } from "../../../src/base/clock.js";
import { loadNativeCore } from "../../../src/native/native.js";
import { PacketReader as Reader, streamIdentity, type PacketFile, type PositionChunk } from "../../../src/packet-store/packet-store.js";
import { ngInterface, ngTime } from "../../../src/packet-store/record-layout.js";
import { classicCapture, ngCapture, type BuiltCapture, type TestInterface, type TestPacket } from "../../support/capture-bytes.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const opened: Reader[] = [];

class PacketReader extends Reader {
  constructor(after?: Timer) {
    super(after);
    opened.push(this);
  }
}

afterEach(() => Promise.all(opened.splice(0).map((reader) => reader.close())));

const packet = (seconds: number, nanoseconds: number, text: string, more: Partial<TestPacket> = {}): TestPacket => ({ seconds, nanoseconds, data: Buffer.from(text), ...more });

function refsOf(capture: BuiltCapture, fileId = 1) {
  return capture.positions.map((position) => ({ fileId, ...position }));
}

function stored(capture: Pick<BuiltCapture, "bytes">, name = "a.pcap") {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, capture.bytes);
  return { fileId: 1, path: file, own: true } as const;
}

/** A capture of a user, as it was indexed; at most 384 KiB. */
function foreign(capture: Pick<BuiltCapture, "bytes">, fileId = 1) {
  const bytes = capture.bytes.length;
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes));
  const stream = createHash("sha256").update("lookback stream 1").update(size).update(capture.bytes).digest("hex").slice(0, 32);
  return { ...stored(capture), fileId, own: false, indexed: { stream, bytes } } as const;
}

async function readAll(capture: BuiltCapture) {
  const reader = new PacketReader();
  const read = await reader.packets(stored(capture), refsOf(capture));
  await reader.close();
  return read.map((one) => {
    if (!one.found) return one.reason;
    const { seconds, nanoseconds, linkType, originalLength, finerThanMicroseconds } = one.head;
    return { seconds, nanoseconds, linkType, originalLength, finerThanMicroseconds, text: one.bytes.toString() };
  });
}

describe("classic pcap", () => {
  for (const bigEndian of [false, true]) {
    for (const nanosecond of [false, true]) {
      it(`reads ${bigEndian ? "big" : "little"}-endian ${nanosecond ? "ns" : "µs"}`, async () => {
        const capture = classicCapture([packet(10, 123_456_789, "one"), packet(11, 5000, "second", { originalLength: 90 })], { bigEndian, nanosecond, linkType: 113 });
        expect(await readAll(capture)).toEqual([
          { seconds: 10, nanoseconds: nanosecond ? 123_456_789 : 123_456_000, linkType: 113, originalLength: 3, finerThanMicroseconds: nanosecond, text: "one" },
          { seconds: 11, nanoseconds: 5000, linkType: 113, originalLength: 90, finerThanMicroseconds: nanosecond, text: "second" },
        ]);
      });
    }
  }

  it("answers headers alone without bytes", async () => {
    const capture = classicCapture([packet(10, 0, "x".repeat(5000))]);
    const [read] = await new PacketReader().heads(stored(capture), refsOf(capture));
    expect(read).toMatchObject({ found: true, head: { capturedLength: 5000 } });
    expect(read?.found && read.bytes.length).toBe(0);
  });

  it("refuses positions that are no records, and answers the others", async () => {
    const capture = classicCapture([packet(1, 0, "aaaa"), packet(2, 0, "bbbb")]);
    const [first, second] = refsOf(capture);
    if (!first || !second) throw new Error("two packets");
    const read = await new PacketReader().packets(stored(capture), [
      first, { ...second, offset: second.offset - 2 }, { ...second, length: 21 }, { ...second, offset: 1e9 }, { ...second, offset: -4 }, { ...second, length: 2 ** 40 }, second,
    ]);
    expect(read.map((one) => (one.found ? one.bytes.toString() : one.reason))).toEqual(["aaaa", "not-a-record", "not-a-record", "beyond-end", "not-a-record", "not-a-record", "bbbb"]);
  });

  it("says that a truncated record is beyond the end", async () => {
    const capture = classicCapture([packet(1, 0, "aaaa"), packet(2, 0, "bbbb")]);
    const file = stored(capture);
    truncateSync(file.path, capture.bytes.length - 1);
    const read = await new PacketReader().packets(file, refsOf(capture));
    expect(read.map((one) => (one.found ? one.bytes.toString() : one.reason))).toEqual(["aaaa", "beyond-end"]);
  });
});

describe("pcapng", () => {
  const interfaces: TestInterface[] = [
    { linkType: 1 }, { linkType: 101, resolution: 9 }, { linkType: 113, resolution: 0x80 | 20 }, { linkType: 1, resolution: 6, offsetSeconds: 1000n }, { linkType: 1, resolution: 10 },
  ];
  for (const bigEndian of [false, true]) {
    for (const lateInterfaces of [false, true]) {
      it(`reads ${bigEndian ? "big" : "little"}-endian blocks with interfaces ${lateInterfaces ? "in between" : "first"}`, async () => {
        const capture = ngCapture(interfaces, [
          packet(1_700_000_000, 123_456_000, "micro"), packet(1_700_000_001, 123_456_789, "nano", { interface: 1 }),
          packet(1_700_000_002, 500_000_000, "binary", { interface: 2 }), packet(1_700_000_003, 7000, "offset", { interface: 3 }),
          packet(1_700_000_004, 1, "pico", { interface: 4 }), packet(0, 0, "simple", { block: "simple" }), packet(1_700_000_005, 9000, "old", { block: "old", interface: 1 }),
        ], { bigEndian, lateInterfaces });
        expect(await readAll(capture)).toEqual([
          { seconds: 1_700_000_000, nanoseconds: 123_456_000, linkType: 1, originalLength: 5, finerThanMicroseconds: false, text: "micro" },
          { seconds: 1_700_000_001, nanoseconds: 123_456_789, linkType: 101, originalLength: 4, finerThanMicroseconds: true, text: "nano" },
          { seconds: 1_700_000_002, nanoseconds: 500_000_000, linkType: 113, originalLength: 6, finerThanMicroseconds: true, text: "binary" },
          { seconds: 1_700_000_003, nanoseconds: 7000, linkType: 1, originalLength: 6, finerThanMicroseconds: false, text: "offset" },
          { seconds: 1_700_000_004, nanoseconds: 1, linkType: 1, originalLength: 4, finerThanMicroseconds: true, text: "pico" },
          { seconds: 1_700_000_004, nanoseconds: 1, linkType: 1, originalLength: 6, finerThanMicroseconds: false, text: "simple" },
          { seconds: 1_700_000_005, nanoseconds: 9000, linkType: 101, originalLength: 3, finerThanMicroseconds: true, text: "old" },
        ]);
      });
    }
  }

  it("reads several sections of different byte order, in any order of asking", async () => {
    const first = ngCapture([{ linkType: 1 }], [packet(5, 0, "little")]);
    const second = ngCapture([{ linkType: 101 }], [packet(6, 0, "big"), packet(0, 0, "bare", { block: "simple" })], { bigEndian: true, start: first.bytes.length });
    const reader = new PacketReader();
    const file = stored({ bytes: Buffer.concat([first.bytes, second.bytes]) });
    const refs = [...refsOf(second), ...refsOf(first)];
    const read = await reader.packets(file, refs);
    expect(read.map((one) => one.found && [one.head.linkType, one.head.seconds, one.bytes.toString()])).toEqual([[101, 6, "big"], [101, 6, "bare"], [1, 5, "little"]]);
    const together = await Promise.all(refs.map((ref) => reader.packets(file, [ref])));
    expect(together.flat().every((one) => one.found)).toBe(true);
  });

  it("refuses blocks that hold no packet", async () => {
    const capture = ngCapture([{ linkType: 1 }], [packet(5, 0, "data")]);
    const read = await new PacketReader().packets(stored(capture), [{ fileId: 1, offset: 0, length: 28 }, { fileId: 1, offset: 28, length: 20 }]);
    expect(read.map((one) => one.found || one.reason)).toEqual(["not-a-record", "not-a-record"]);
  });
});

describe("pcapng time", () => {
  it("is exact for any clock and any 64-bit count of ticks", () => {
    const body = (resolution: number) => Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, resolution, 0, 0, 0]);
    fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 40n })), (resolution, ticks) => {
      const from = ngInterface(body(resolution), false);
      const { seconds, nanoseconds } = ngTime(Number(ticks >> 32n), Number(ticks & 0xffffffffn), from);
      const ns = (ticks * 1_000_000_000n) / from.unitsPerSecond;
      const most = 2n ** 63n - 1n;
      expect(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)).toBe(ns > most ? most : ns);
    }), { numRuns: 2000 });
  });
});

describe("files", () => {
  it("names what is wrong with a file", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    const reader = new PacketReader();
    const reasonOf = async (file: PacketFile) => {
      const [read] = await reader.packets(file, refsOf(capture));
      return read?.found === false ? read.reason : "found";
    };
    const good = stored(capture);
    const link = path.join(path.dirname(good.path), "link.pcap");
    symlinkSync(good.path, link);
    expect(await reasonOf({ fileId: 2, path: `${good.path}.absent`, own: true })).toBe("file-missing");
    expect(await reasonOf({ fileId: 3, path: path.dirname(good.path), own: true })).toBe("not-a-capture");
    expect(await reasonOf({ ...stored({ bytes: Buffer.from("no capture at all, but long enough") }), fileId: 4 })).toBe("not-a-capture");
    expect(await reasonOf({ fileId: 5, path: link, own: true })).toBe("file-unreadable");
    expect(await reasonOf({ ...foreign(capture, 6), path: link })).toBe("found");
  });

  it("gives nothing of a user's capture that another one was written over, before or after it was opened", async () => {
    const capture = classicCapture([packet(1, 0, "old1"), packet(2, 0, "old2")]);
    const other = classicCapture([packet(8, 0, "new1"), packet(9, 0, "new2")]).bytes;
    const file = foreign(capture);
    const reader = new PacketReader();
    const read = async () => (await reader.packets(file, refsOf(capture))).map((one) => (one.found ? one.bytes.toString() : one.reason));
    expect(await read()).toEqual(["old1", "old2"]);
    writeFileSync(file.path, other);
    expect(await read()).toEqual(["file-changed", "file-changed"]);
    expect(await reader.heads(file, refsOf(capture).slice(0, 1))).toEqual([{ found: false, reason: "file-changed" }]);
    expect(await reader.layout(file)).toBe("file-changed");
    writeFileSync(file.path, capture.bytes);
    expect(await read()).toEqual(["old1", "old2"]);
    truncateSync(file.path, capture.bytes.length - 1);
    expect(await read()).toEqual(["file-changed", "file-changed"]);
  });

  it("reads of a user's capture what was indexed when more was appended, and when it was moved aside while it was read", async () => {
    const capture = classicCapture([packet(1, 0, "old1"), packet(2, 0, "old2")]);
    const file = foreign(capture);
    const reader = new PacketReader();
    const read = async () => (await reader.packets(file, refsOf(capture))).map((one) => (one.found ? one.bytes.toString() : one.reason));
    appendFileSync(file.path, classicCapture([packet(3, 0, "more")]).bytes.subarray(24));
    expect(await read()).toEqual(["old1", "old2"]);
    appendFileSync(file.path, classicCapture([packet(4, 0, "again")]).bytes.subarray(24));
    expect(await read()).toEqual(["old1", "old2"]);
    renameSync(file.path, `${file.path}.1`);
    writeFileSync(file.path, classicCapture([packet(8, 0, "new1"), packet(9, 0, "new2")]).bytes);
    expect(await read()).toEqual(["old1", "old2"]);
    await reader.forget(1);
    expect(await read()).toEqual(["file-changed", "file-changed"]);
  });

  it("reads of a damaged capture of which only the sound bytes were noted", async () => {
    const sound = classicCapture([packet(1, 0, "good")]);
    const file = foreign({ bytes: Buffer.concat([sound.bytes, Buffer.alloc(100)]) });
    const noted = { ...file, indexed: { ...file.indexed, bytes: sound.bytes.length } };
    expect(await new PacketReader().heads(noted, refsOf(sound))).toMatchObject([{ found: true }]);
  });

  it("streams nothing of a user's capture from the moment on that another one is written over it", async () => {
    const packets = (text: string) => classicCapture(Array.from({ length: 1200 }, (_, at) => packet(at, 0, text.padEnd(300, "."))));
    const capture = packets("old");
    const file = foreign(capture);
    const positions = async function* (): AsyncGenerator<PositionChunk> {
      yield { offsets: Float64Array.from(capture.positions, ({ offset }) => offset), lengths: Uint32Array.from(capture.positions, ({ length }) => length), count: capture.positions.length };
    };
    const stream = await new PacketReader().stream(file, positions, 64 << 10, null);
    if (typeof stream === "string") throw new Error(stream);
    const { records } = stream;
    const texts = new Set<string>();
    const reasons = new Set<string>();
    let [found, missed] = [0, 0];
    while (await records.next()) {
      const { batch } = records;
      for (let at = 0; at < batch.count; at += 1) texts.add(batch.bytes.toString("latin1", batch.packets[at], (batch.packets[at] ?? 0) + 3));
      for (const { reason } of batch.misses) reasons.add(reason);
      found += batch.count;
      missed += batch.misses.length;
      writeFileSync(file.path, packets("new").bytes);
    }
    await stream.end();
    expect([[...texts], [...reasons], found + missed, found > 0]).toEqual([["old"], ["file-changed"], 1200, true]);
  });

  it("knows a capture by the core's identity, of any length", async () => {
    const native = loadNativeCore();
    const content = Buffer.alloc(3_000_001, Buffer.from(Array.from({ length: 251 }, (_, at) => at)));
    classicCapture([]).bytes.copy(content);
    for (const length of [24, 4095, 393_215, 393_216, 393_217, 397_313, 1_000_003, 3_000_001]) {
      const { path: name } = stored({ bytes: content.subarray(0, length) });
      const handle = await open(name);
      expect(await streamIdentity(handle, length)).toBe((await native.identify(name)).stream);
      expect(await streamIdentity(handle, length + 1)).toBeNull();
      await handle.close();
    }
  });

  it("lets go of a forgotten file and finds it gone", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    const file = stored(capture);
    const reader = new PacketReader();
    expect((await reader.packets(file, refsOf(capture)))[0]?.found).toBe(true);
    rmSync(file.path);
    expect((await reader.packets(file, refsOf(capture)))[0]?.found).toBe(true);
    await reader.forget(1);
    expect((await reader.packets(file, refsOf(capture)))[0]).toEqual({ found: false, reason: "file-missing" });
  });

  /** Descriptors of this process that are of a file at, or once at, a path. */
  const descriptorsOf = (file: string) => readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith(file) ? [name] : [];
    } catch {
      return [];
    }
  });

  it("keeps no file open that was forgotten while it was being opened, and reads it to the end", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    for (const letGo of ["forget", "close"] as const) {
      const file = stored(capture);
      const reader = new PacketReader();
      const reading = reader.packets(file, refsOf(capture));
      await (letGo === "forget" ? reader.forget(1) : reader.close());
      expect(await reading).toMatchObject([{ found: true }]);
      expect(descriptorsOf(file.path)).toEqual([]);
    }
  });

  it("closes a file that nothing reads for ten seconds, and not while something does", async () => {
    const timers = new Set<() => void>();
    const reader = new PacketReader((run, ms) => {
      expect(ms).toBe(10_000);
      timers.add(run);
      return () => timers.delete(run);
    });
    const capture = classicCapture([packet(1, 0, "a")]);
    const file = stored(capture);
    const pass = async () => {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
      await new Promise(setImmediate);
      return descriptorsOf(file.path).length;
    };
    const read = () => reader.packets(file, refsOf(capture));
    await read();
    const again = read();
    expect([timers.size, await pass()]).toEqual([0, 1]);
    await again;
    expect(timers.size).toBe(1);
    rmSync(file.path);
    await expect.poll(pass).toBe(0);
    expect(await read()).toEqual([{ found: false, reason: "file-missing" }]);
    expect(timers.size).toBe(0);
  });

  it("waits for no pipe that lies where a capture was", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    const file = foreign(capture);
    rmSync(file.path);
    execFileSync("mkfifo", [file.path]);
    const reading = new PacketReader().heads(file, refsOf(capture));
    try {
      expect(await Promise.race([reading, new Promise((resolve) => { setTimeout(resolve, 2000, "waits").unref(); })])).toEqual([{ found: false, reason: "not-a-capture" }]);
    } finally {
      closeSync(openSync(file.path, constants.O_RDWR | constants.O_NONBLOCK));
    }
  });

  it("stops when cancelled", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    await expect(new PacketReader().packets(stored(capture), refsOf(capture), AbortSignal.abort())).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });

  it("reads more files than it keeps open", async () => {
    const capture = classicCapture([packet(1, 0, "a")]);
    const directory = temporaryDirectory();
    const reader = new PacketReader();
    for (let fileId = 1; fileId <= 80; fileId += 1) {
      const file = path.join(directory, `${fileId}.pcap`);
      writeFileSync(file, capture.bytes);
      expect((await reader.packets({ fileId, path: file, own: true }, refsOf(capture)))[0]?.found).toBe(true);
    }
    await reader.close();
  });

  it("never throws, hangs or over-reads on damaged files", async () => {
    const captures = [
      classicCapture([packet(1, 0, "aaaa"), packet(2, 0, "bbbb")]),
      ngCapture([{ linkType: 1, resolution: 9 }, { linkType: 1, offsetSeconds: 5n }], [packet(1, 0, "aaaa"), packet(2, 0, "b", { interface: 1 }), packet(0, 0, "c", { block: "simple" })]),
    ];
    await fc.assert(fc.asyncProperty(
      fc.constantFrom(...captures), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400),
      async (capture, changes, cut) => {
        const bytes = Buffer.from(capture.bytes);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const file = stored({ bytes: cut > 300 ? bytes : bytes.subarray(0, cut) });
        const reader = new PacketReader();
        const refs = refsOf(capture);
        const read = await reader.packets(file, refs);
        await reader.close();
        expect(read).toHaveLength(refs.length);
        for (const one of read) if (one.found) expect(one.bytes).toHaveLength(one.head.capturedLength);
      },
    ), { numRuns: 300 });
  });
});
