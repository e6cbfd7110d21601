import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IndexStore, SessionPackets } from "../../../src/index-store/index-store.js";
import type { PacketFileLookup } from "../../../src/export/packet-files.js";
import { runExport, type ExportParts } from "../../../src/export/run-export.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { classicCapture, ngCapture, type BuiltCapture, type TestPacket } from "../../support/capture-bytes.js";
import { readCapture } from "../../support/read-capture.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const ROOM = () => Promise.resolve({ freeBytes: 1e12, totalBytes: 1e12 });

function storeOf(sessions: readonly SessionPackets[], perBatch = 3): Pick<IndexStore, "streamPackets"> {
  return {
    async *streamPackets() {
      for (let at = 0; at < sessions.length; at += perBatch) yield sessions.slice(at, at + perBatch);
    },
  };
}

/** Writes captures as files 1, 2, …; each inner list of `sessions` names packets as [file, index]. */
function setUp(captures: readonly BuiltCapture[], sessions: readonly (readonly [number, number])[][], more: Partial<ExportParts> = {}) {
  const root = temporaryDirectory();
  const directory = path.join(root, "exports");
  mkdirSync(directory);
  const lookup: PacketFileLookup = (fileId) => {
    const file = path.join(root, `${fileId}.pcap`);
    return captures[fileId - 1] ? { file: { fileId, path: file, own: true } } : { absent: "file-unknown", path: null };
  };
  captures.forEach((capture, index) => writeFileSync(path.join(root, `${index + 1}.pcap`), capture.bytes));
  const rows = sessions.map((packets, index) => ({
    id: String(index), firstPacketMs: 0, lastPacketMs: 0, final: true,
    packets: packets.map(([fileId, packet]) => ({ fileId, ...(captures[fileId - 1]?.positions[packet] ?? { offset: 24 + packet, length: 20 }) })),
  }));
  const parts: ExportParts = { store: storeOf(rows), reader: new PacketReader(), lookup, probe: ROOM, ...more };
  const abort = new AbortController();
  const run = (container: "auto" | "pcapng" = "auto") => runExport(parts, {
    filter: { expression: { node: "everything" }, range: ALL_TIME }, context: { scope: SERVICE_SCOPE, signal: abort.signal, timeoutMs: 60_000 },
    container, directory, name: "e", description: "test",
  }, { sessions: 0, packets: 0, bytes: 0 }).finally(() => parts.reader.close());
  return { root, directory, run, abort };
}

const at = (seconds: number, nanoseconds: number, text: string, more: Partial<TestPacket> = {}): TestPacket => ({ seconds, nanoseconds, data: Buffer.from(text), ...more });

describe("an export", () => {
  it("writes the packets of the sessions in order of time, ties by file and offset, each once", async () => {
    const one = classicCapture([at(10, 0, "1a"), at(12, 5000, "1b"), at(9, 0, "1c"), at(12, 5000, "1d"), at(50, 0, "not asked for")]);
    const two = classicCapture([at(11, 0, "2a", { originalLength: 99 }), at(12, 5000, "2b")], { bigEndian: true });
    const { directory, run } = setUp([one, two], [[[2, 1], [2, 0]], [[1, 3], [1, 2], [1, 1], [1, 0]], [[1, 0]]]);
    const result = await run();
    const bytes = readFileSync(path.join(directory, "e.pcap"));
    const read = readCapture(bytes);
    expect(read.packets.map((packet) => packet.data)).toEqual(["1c", "1a", "2a", "1b", "1d", "2b"]);
    expect(read.packets[2]).toMatchObject({ originalLength: 99 });
    expect(read).toMatchObject({ container: "pcap", resolution: "us" });
    expect(result).toMatchObject({ fileName: "e.pcap", sessions: 3, packets: 6, bytes: bytes.length, missingPackets: 0, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect(readdirSync(directory).sort()).toEqual(["e.json", "e.pcap"]);
    expect(JSON.parse(readFileSync(path.join(directory, "e.json"), "utf8"))).toMatchObject({ lookbackExport: 1, sha256: result.sha256, packets: 6, linkTypes: [1] });
  });

  it("keeps nanoseconds when any source has them", async () => {
    const { directory, run } = setUp([classicCapture([at(1, 2000, "us")]), classicCapture([at(1, 2001, "ns")], { nanosecond: true })], [[[1, 0], [2, 0]]]);
    await run();
    const read = readCapture(readFileSync(path.join(directory, "e.pcap")));
    expect(read).toMatchObject({ container: "pcap", resolution: "ns", packets: [{ nanoseconds: 2000, data: "us" }, { nanoseconds: 2001, data: "ns" }] });
  });

  it("writes pcapng for several link types", async () => {
    const mixed = ngCapture([{ linkType: 113 }, { linkType: 1, resolution: 9 }], [at(5, 0, "sll"), at(4, 123, "eth", { interface: 1 })]);
    const { directory, run } = setUp([mixed], [[[1, 0], [1, 1]]]);
    expect(await run()).toMatchObject({ fileName: "e.pcapng" });
    expect(readCapture(readFileSync(path.join(directory, "e.pcapng")))).toEqual({
      container: "pcapng", resolution: "ns", packets: [
        { seconds: 4n, nanoseconds: 123, linkType: 1, originalLength: 3, data: "eth" }, { seconds: 5n, nanoseconds: 0, linkType: 113, originalLength: 3, data: "sll" },
      ],
    });
  });

  it("writes pcapng for times that classic pcap cannot state", async () => {
    const old = ngCapture([{ linkType: 1, offsetSeconds: -100_000n }], [at(-99_999, 7000, "before 1970"), at(3, 0, "after")]);
    const { directory, run } = setUp([old], [[[1, 1], [1, 0]]]);
    await run();
    expect(readCapture(readFileSync(path.join(directory, "e.pcapng"))).packets).toMatchObject([{ seconds: -99_999n, nanoseconds: 7000, data: "before 1970" }, { seconds: 3n, data: "after" }]);
  });

  it("counts and lists what is missing, and writes the rest", async () => {
    const good = classicCapture([at(1, 0, "there"), at(2, 0, "cut off")]);
    const { root, directory, run } = setUp([good], [[[1, 0], [1, 1], [7, 0], [7, 1]], []]);
    writeFileSync(path.join(root, "1.pcap"), good.bytes.subarray(0, good.bytes.length - 1));
    const result = await run();
    expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets.map((packet) => packet.data)).toEqual(["there"]);
    expect(result).toMatchObject({ sessions: 2, sessionsWithoutPackets: 1, packets: 1, missingPackets: 3 });
    expect(result.missing).toEqual([
      { fileId: 1, path: path.join(root, "1.pcap"), reason: "beyond-end", packets: 1, firstOffset: good.positions[1]?.offset },
      { fileId: 7, path: null, reason: "file-unknown", packets: 2, firstOffset: 24 },
    ]);
  });

  it("of nothing is an empty capture", async () => {
    const { directory, run } = setUp([], []);
    expect(await run()).toMatchObject({ packets: 0, sessions: 0 });
    expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets).toEqual([]);
  });

  it("leaves nothing behind when cancelled or out of room", async () => {
    const capture = classicCapture([at(1, 0, "a")]);
    const cancelled = setUp([capture], [[[1, 0]]]);
    cancelled.abort.abort();
    await expect(cancelled.run()).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(readdirSync(cancelled.directory)).toEqual([]);
    const full = setUp([capture], [[[1, 0]]], { probe: () => Promise.resolve({ freeBytes: 3, totalBytes: 9 }) });
    await expect(full.run()).rejects.toMatchObject({ code: "DISK_FULL", details: { freeBytes: 3 } });
    expect(readdirSync(full.directory)).toEqual([]);
  });

  it("ends with DISK_FULL when the device fills up while it writes", async () => {
    const packets = Array.from({ length: 64 }, (_, index) => at(index, 0, "x".repeat(60_000)));
    const { directory, run } = setUp([classicCapture(packets)], [packets.map((_, index) => [1, index] as const)]);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory], { stdio: "ignore" });
    } catch {
      console.log("skipped: a small tmpfs cannot be mounted here");
      return;
    }
    try {
      await expect(run()).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      execFileSync("umount", [directory]);
    }
  });

  it("is the sorted set of the packets asked for, whatever the sources, the batches and the memory", async () => {
    const packet = fc.record({ seconds: fc.nat(5), nanoseconds: fc.nat(3).map((value) => value * 1000), data: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => Buffer.from(bytes)) });
    const capture = fc.tuple(fc.array(packet, { maxLength: 30 }), fc.constantFrom("le", "be", "ng")).map(([packets, kind]) => ({
      packets, built: kind === "ng" ? ngCapture([{ linkType: 1 }], packets) : classicCapture(packets, { bigEndian: kind === "be" }),
    }));
    await fc.assert(fc.asyncProperty(fc.array(capture, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat(1000)), fc.integer({ min: 1, max: 5 }), async (captures, choice, runRecords) => {
      const sessions = Array.from({ length: 8 }, (): [number, number][] => []);
      const asked: { seconds: number; nanoseconds: number; fileId: number; offset: number; data: string }[] = [];
      captures.forEach(({ packets, built }, file) => packets.forEach((one, index) => {
        const pick = choice.next().value ?? 0;
        if (pick % 3 === 0) return;
        sessions[pick % 8]?.push([file + 1, index]);
        asked.push({ seconds: one.seconds, nanoseconds: one.nanoseconds, fileId: file + 1, offset: built.positions[index]?.offset ?? 0, data: one.data.toString("latin1") });
      }));
      asked.sort((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds || left.fileId - right.fileId || left.offset - right.offset);
      const small = setUp(captures.map(({ built }) => built), sessions, { sorter: { runRecords, mergeRuns: 2 } });
      await small.run();
      const bytes = readFileSync(path.join(small.directory, "e.pcap"));
      expect(readCapture(bytes).packets.map((one) => one.data)).toEqual(asked.map((one) => one.data));
      const again = setUp(captures.map(({ built }) => built), sessions.toReversed());
      await again.run();
      expect(readFileSync(path.join(again.directory, "e.pcap")).equals(bytes)).toBe(true);
    }), { numRuns: 40 });
  });
});
