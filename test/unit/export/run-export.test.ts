import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import type { SessionPackets } from "../../../src/index-store/index-store.js";
import { catalogueLookup, type PacketFileLookup } from "../../../src/export/packet-files.js";
import type { ExportRequest } from "../../../src/export/export-request.js";
import { noProgress, runExport, type ExportParts } from "../../../src/export/run-export.js";
import { ExportStreams } from "../../../src/export/stream-export.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { classicCapture, ngCapture, type BuiltCapture, type TestPacket } from "../../support/capture-bytes.js";
import { EVERYTHING_REQUEST, partialStore, plainParts } from "../../support/export-service-parts.js";
import { readCapture } from "../../support/read-capture.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

function storeOf(sessions: readonly SessionPackets[], perBatch = 3) {
  return partialStore({
    async *streamPackets() {
      for (let at = 0; at < sessions.length; at += perBatch) yield sessions.slice(at, at + perBatch);
    },
  });
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
  const reader = new PacketReader();
  const parts: ExportParts = { ...plainParts(root), store: storeOf(rows), reader, lookup, ...more };
  const abort = new AbortController();
  const run = (request: Partial<ExportRequest> = {}, other: Partial<ExportParts> = {}) => runExport({ ...parts, ...other }, {
    request: { ...EVERYTHING_REQUEST, ...request }, context: { scope: SERVICE_SCOPE, signal: abort.signal, timeoutMs: 60_000 },
    directory, name: "e", requestedMs: 1000, asOfMs: 2000, completeUntilMs: null,
  }, noProgress()).finally(() => reader.close());
  const manifest = (): Readonly<Record<string, any>> => JSON.parse(readFileSync(path.join(directory, readdirSync(directory).find((name) => name.endsWith(".manifest.json")) ?? ""), "utf8")); // oxlint-disable-line no-explicit-any -- a test reads what it asked for
  return { root, directory, run, abort, manifest, parts };
}

const at = (seconds: number, nanoseconds: number, text: string, more: Partial<TestPacket> = {}): TestPacket => ({ seconds, nanoseconds, data: Buffer.from(text), ...more });

describe("an export", () => {
  it("writes the packets of the sessions in order of time, ties by file and offset, each once", async () => {
    const one = classicCapture([at(10, 0, "1a"), at(12, 5000, "1b"), at(9, 0, "1c"), at(12, 5000, "1d"), at(50, 0, "not asked for")]);
    const two = classicCapture([at(11, 0, "2a", { originalLength: 99 }), at(12, 5000, "2b")], { bigEndian: true });
    const { directory, run, manifest } = setUp([one, two], [[[2, 1], [2, 0]], [[1, 3], [1, 2], [1, 1], [1, 0]], [[1, 0]]]);
    const result = await run();
    const bytes = readFileSync(path.join(directory, "e.pcap"));
    const read = readCapture(bytes);
    expect(read.packets.map((packet) => packet.data)).toEqual(["1c", "1a", "2a", "1b", "1d", "2b"]);
    expect(read.packets[2]).toMatchObject({ originalLength: 99 });
    expect(read).toMatchObject({ container: "pcap", resolution: "us" });
    expect(result).toMatchObject({ fileName: "e.pcap", sessions: 3, packets: 6, bytes: bytes.length, missingPackets: 0, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect(readdirSync(directory).sort()).toEqual(["e.pcap", "e.pcap.manifest.json"]);
    expect(manifest()).toMatchObject({ lookbackManifest: 2, file: { name: "e.pcap", format: "pcap", sha256: result.sha256, bytes: bytes.length }, packets: 6, sessions: 3, capture: { container: "pcap", linkTypes: [1], note: null } });
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
    // From 2106 on, of pcapng in order and out of order, and of classic pcap with a fraction of more than a second.
    const late = 2 ** 32;
    const times = [late + 9, late + 10, 9_000_000_000].map((seconds, index) => at(seconds, 123_456_789, `${index}`));
    const fine = [{ linkType: 1, resolution: 9 }];
    const classic = classicCapture([at(late - 1, 0, "last"), at(late - 1, 1_500_000_000, "0")]);
    for (const capture of [ngCapture(fine, times), ngCapture(fine, times.toReversed()), classic]) {
      const one = setUp([capture], [capture.positions.map((_, index) => [1, index] as const)]);
      expect(await one.run()).toMatchObject({ fileName: "e.pcapng", missingPackets: 0 });
      const expected = capture === classic ? [[BigInt(late - 1), 0, "last"], [BigInt(late), 500_000_000, "0"]] : times.map(({ seconds }, index) => [BigInt(seconds), 123_456_789, `${index}`]);
      expect(readCapture(readFileSync(path.join(one.directory, "e.pcapng"))).packets.map(({ seconds, nanoseconds, data }) => [seconds, nanoseconds, data])).toEqual(expected);
    }
  });

  it("counts and lists what is missing, and writes the rest", async () => {
    const good = classicCapture([at(1, 0, "there"), at(2, 0, "cut off")]);
    const { root, directory, run, manifest } = setUp([good], [[[1, 0], [1, 1], [7, 0], [7, 1]], []]);
    writeFileSync(path.join(root, "1.pcap"), good.bytes.subarray(0, good.bytes.length - 1));
    const result = await run();
    expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets.map((packet) => packet.data)).toEqual(["there"]);
    expect(result).toMatchObject({ sessions: 2, packets: 1, missingPackets: 3 });
    expect(manifest()["missing"]).toMatchObject({ packets: 3, sessions: [{ id: "0", packets: 4, missing: 3 }], sessionsUnlisted: 0, sessionsWithoutPackets: 1 });
    expect(manifest()["missing"].files).toEqual([
      { fileId: 1, path: path.join(root, "1.pcap"), reason: "beyond-end", packets: 1, firstOffset: good.positions[1]?.offset },
      { fileId: 7, path: null, reason: "file-unknown", packets: 2, firstOffset: 24 },
    ]);
  });

  it("says whose packets those of another node are, all of its files as one", async () => {
    const { run, manifest } = setUp([classicCapture([at(1, 0, "here")])], [[[1, 0]], [[-1, 0], [-1, 0], [-1, 7]]], {
      lookup: catalogueLookup({ get: () => null }), describeFile: (fileId) => (fileId === -1 ? { node: "north", name: null, stream: null, fileBytes: null } : null),
    });
    expect(await run()).toMatchObject({ sessions: 2, packets: 0, missingPackets: 4 });
    expect(manifest()["missing"]).toMatchObject({
      files: [{ fileId: -1, path: null, reason: "other-node", packets: 3, firstOffset: 24 }, { fileId: 1, reason: "file-unknown" }], sessions: [{ id: "0", missing: 1 }, { id: "1", packets: 3, missing: 3 }],
    });
    expect(manifest()["sources"]).toMatchObject([{ fileId: -1, node: "north", packets: 3 }, { fileId: 1, node: null }]);
  });

  it("says why classic pcap became pcapng, and always is pcapng when that is asked for", async () => {
    const mixed = ngCapture([{ linkType: 113 }, { linkType: 1 }], [at(4, 0, "sll"), at(5, 0, "eth", { interface: 1 })]);
    const both = setUp([mixed], [[[1, 0], [1, 1]]]);
    expect(await both.run()).toMatchObject({ fileName: "e.pcapng" });
    expect(both.manifest()["capture"]).toMatchObject({ container: "pcapng", note: expect.stringContaining("2") });
    const plain = setUp([classicCapture([at(4, 0, "a")])], [[[1, 0]]]);
    expect(await plain.run({ format: "pcapng" })).toMatchObject({ fileName: "e.pcapng" });
    expect(readCapture(readFileSync(path.join(plain.directory, "e.pcapng")))).toMatchObject({ container: "pcapng", packets: [{ data: "a" }] });
    expect(plain.manifest()["capture"].note).toBeNull();
  });

  it("is refused with its size when it would be larger than it may", async () => {
    const { directory, run } = setUp([classicCapture([at(1, 0, "x".repeat(100))])], [[[1, 0]]]);
    await expect(run({ maxBytes: 139 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: 139, needed: 140 } });
    expect(readdirSync(directory)).toEqual([]);
    const own = setUp([classicCapture([at(1, 0, "x".repeat(100))])], [[[1, 0]]], { maxBytes: 50 });
    await expect(own.run({ maxBytes: 1000 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: 50 } });
    const fits = setUp([classicCapture([at(1, 0, "x".repeat(100))])], [[[1, 0]]]);
    expect(await fits.run({ maxBytes: 140 })).toMatchObject({ bytes: 140 });
  });

  it("holds packets larger than its buffers", async () => {
    const large = "y".repeat(3 << 20);
    const { directory, run } = setUp([classicCapture([at(1, 0, "a"), at(2, 0, large), at(3, 0, "b")], { bigEndian: true }), classicCapture([at(1, 5000, large)])], [[[1, 0], [1, 1], [1, 2], [2, 0]]]);
    await run();
    expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets.map(({ data }) => data.length)).toEqual([1, large.length, large.length, 1]);
  });

  it("merges any number of files that overlap in time", async () => {
    const captures = Array.from({ length: 300 }, (_, file) => classicCapture([at(1, file * 1000, `first of ${file}`), at(2, file * 1000, `second of ${file}`)]));
    const { directory, run } = setUp(captures, captures.map((_, file) => [[file + 1, 0], [file + 1, 1]] as const));
    expect(await run()).toMatchObject({ packets: 600, missingPackets: 0 });
    const data = readCapture(readFileSync(path.join(directory, "e.pcap"))).packets.map((packet) => packet.data);
    expect(data).toEqual(["first", "second"].flatMap((word) => captures.map((_, file) => `${word} of ${file}`)));
  });

  it("reads a file to its end that is deleted meanwhile", async () => {
    const packets = Array.from({ length: 4000 }, (_, index) => at(index, 0, `packet ${index}`.padEnd(1000, ".")));
    const reader = new PacketReader();
    let deleted = false;
    const { root, directory, run } = setUp([classicCapture(packets)], [packets.map((_, index) => [1, index] as const)], {
      reader: {
        layout: (file) => reader.layout(file), heads: (file, refs) => reader.heads(file, refs), packets: (file, refs, signal) => reader.packets(file, refs, signal),
        stream: async (file, positions, bytes, signal) => {
          const stream = await reader.stream(file, positions, bytes, signal);
          unlinkSync(path.join(root, "1.pcap"));
          await reader.forget(1);
          deleted = true;
          return stream;
        },
      },
    });
    expect(await run()).toMatchObject({ packets: 4000, missingPackets: 0 });
    expect(deleted).toBe(true);
    expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets).toHaveLength(4000);
    await reader.close();
  });

  describe("beside retention, which copies held packets out of a file and deletes it", () => {
    type Moment = "gathered" | "lookedUp" | "opened" | "renamed";
    /** Files 1 (both packets, then moved to file 2) and 3; file 1 goes at a moment. */
    const moving = (moment: Moment | "before", bystander = classicCapture([at(3, 0, "c")])) => {
      const held = classicCapture([at(1, 0, "a"), at(2, 0, "b")]);
      const kept = classicCapture([at(1, 0, "a"), at(2, 0, "b")], { nanosecond: true });
      const one = setUp([held, kept, bystander], []);
      const reader = new PacketReader();
      let gatherings = 0;
      let deleted = false;
      const remove = async (): Promise<void> => {
        if (deleted) return;
        deleted = true;
        unlinkSync(path.join(one.root, "1.pcap"));
        await reader.forget(1);
      };
      const store = partialStore({
        async *streamPackets() {
          const packets = (deleted || moment === "before" ? kept : held).positions.map((position) => ({ fileId: deleted ? 2 : 1, ...position }));
          const third = bystander.positions.map((position) => ({ fileId: 3, ...position }));
          yield [{ id: "0", firstPacketMs: 0, lastPacketMs: 0, final: true, packets: [...packets, ...third] }];
          if (moment === "gathered") await remove();
        },
      });
      const isGone = (): boolean => moment === "before" || (deleted && moment !== "renamed");
      const more: Partial<ExportParts> = {
        store: { ...store, streamPositions: (...given) => { gatherings += 1; return store.streamPositions(...given); } }, goneFiles: () => (isGone() ? [1] : []),
        lookup: (fileId) => (fileId === 1 && isGone() ? { absent: "file-gone", path: "1" } : { file: { fileId, path: path.join(one.root, `${fileId}.pcap`), own: true } }),
        reader: {
          layout: async (file) => {
            if (moment === "lookedUp" || moment === "renamed") await remove();
            return reader.layout(file);
          },
          heads: (file, refs) => reader.heads(file, refs), packets: (file, refs, signal) => reader.packets(file, refs, signal),
          stream: async (file, positions, bytes, signal) => {
            if (moment !== "before") await remove();
            return reader.stream(file, positions, bytes, signal);
          },
        },
      };
      const texts = (file: Buffer) => readCapture(file).packets.map(({ data }) => data);
      return { ...one, more, texts, gatherings: () => gatherings, close: () => reader.close() };
    };

    for (const moment of ["gathered", "lookedUp", "opened", "renamed"] as const) {
      it(`has the packets of the copy, when it is deleted once it was ${moment}`, async () => {
        const one = moving(moment);
        expect(await one.run({}, one.more)).toMatchObject({ packets: 3, missingPackets: 0, sessions: 1 });
        expect(one.gatherings()).toBe(2);
        expect(one.texts(readFileSync(path.join(one.directory, "e.pcap")))).toEqual(["a", "b", "c"]);
        expect(one.manifest()["missing"]).toMatchObject({ packets: 0, files: [], sessions: [] });
        expect(readdirSync(one.directory).sort()).toEqual(["e.pcap", "e.pcap.manifest.json"]);
        await one.close();
      });
    }

    it("streams the packets of the copy", async () => {
      for (const moment of ["gathered", "opened"] as const) {
        const one = moving(moment, ngCapture([{ linkType: 1 }], [at(3, 0, "c")]));
        const pieces: Buffer[] = [];
        let begun = 0;
        const sent = await new ExportStreams({ ...one.parts, ...one.more }, one.directory).send(EVERYTHING_REQUEST, { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 60_000 }, {
          begin: () => { begun += 1; }, write: (bytes) => { pieces.push(Buffer.from(bytes)); return Promise.resolve(); },
        });
        expect([sent, begun, one.texts(Buffer.concat(pieces))]).toMatchObject([{ packets: 3, missingPackets: 0 }, 1, ["a", "b", "c"]]);
        await one.close();
      }
    });

    it("looks once for packets that are gone for good", async () => {
      const gone = moving("before");
      expect(await gone.run({}, gone.more)).toMatchObject({ packets: 1, missingPackets: 2 });
      expect(gone.gatherings()).toBe(1);
      await gone.close();
      // A file that is not where it should be may be on its way out: that is believed once.
      const lost = setUp([classicCapture([at(1, 0, "a")]), classicCapture([at(2, 0, "b")])], [[[1, 0], [2, 0]]]);
      unlinkSync(path.join(lost.root, "1.pcap"));
      let gatherings = 0;
      const { streamPositions } = lost.parts.store;
      const counted: ExportParts["store"] = { ...lost.parts.store, streamPositions: (...given) => { gatherings += 1; return streamPositions(...given); } };
      expect(await lost.run({}, { store: counted })).toMatchObject({ packets: 1, missingPackets: 1 });
      expect(lost.manifest()["missing"].files).toMatchObject([{ fileId: 1, reason: "file-missing" }]);
      expect(gatherings).toBe(2);
    });
  });

  it("is streamed as the same bytes", async () => {
    const captures = [classicCapture([at(1, 0, "a"), at(3, 0, "c")]), ngCapture([{ linkType: 1, resolution: 9 }], [at(2, 7, "b")]), classicCapture([at(9, 0, "z"), at(4, 0, "d")])];
    const { root, directory, run, parts } = setUp(captures, [[[1, 0], [1, 1], [2, 0], [3, 0], [3, 1]]]);
    await run();
    const pieces: Buffer[] = [];
    const reader = new PacketReader();
    const streams = new ExportStreams({ ...parts, reader }, directory);
    const begun: string[] = [];
    const sent = await streams.send(EVERYTHING_REQUEST, { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 60_000 }, {
      begin: ({ format }) => { begun.push(format); },
      write: (bytes) => { pieces.push(Buffer.from(bytes)); return Promise.resolve(); },
    });
    await reader.close();
    expect([begun, sent]).toMatchObject([["pcap"], { packets: 5, sessions: 1, missingPackets: 0 }]);
    expect(Buffer.concat(pieces).equals(readFileSync(path.join(directory, "e.pcap")))).toBe(true);
    expect(readdirSync(directory).sort()).toEqual(["e.pcap", "e.pcap.manifest.json"]);
    expect(readdirSync(root)).toContain("signing-key.pem");
  });

  it("is streamed with the number of packets that it lacks, told before the first byte", async () => {
    const capture = classicCapture([at(1, 0, "a"), at(2, 0, "b")]);
    const { root, directory, parts } = setUp([capture, capture, capture], [[[1, 0], [1, 1], [2, 0], [2, 1], [3, 0], [4, 0], [4, 1], [4, 2]]]);
    unlinkSync(path.join(root, "2.pcap"));
    writeFileSync(path.join(root, "3.pcap"), capture.bytes.subarray(0, 30));
    const reader = new PacketReader();
    const streams = new ExportStreams({ ...parts, reader }, directory);
    const begun: unknown[] = [];
    const send = (request: ExportRequest) => streams.send(request, { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 60_000 }, {
      begin: ({ missingPackets }) => { begun.push(missingPackets); }, write: () => Promise.resolve(),
    });
    expect(await send(EVERYTHING_REQUEST)).toMatchObject({ packets: 2, missingPackets: 6 });
    await send({ ...EVERYTHING_REQUEST, format: "csv", fields: [] });
    await reader.close();
    expect(begun).toEqual([6, null]);
  });

  it.each(["pcap", "csv", "ndjson", "parquet"] as const)("is streamed as %s only once there are bytes: what fails before them is an error and no half file", async (format) => {
    const fields = ["id", "node"].flatMap((name) => packagedCatalogue().byPath(name) ?? []);
    let fails = true;
    const read = async function* (): AsyncGenerator<never[]> {
      if (fails) throw new LookbackError("QUERY_TIMEOUT", "took too long");
      yield [];
    };
    const { parts, directory } = setUp([], [], { store: partialStore({ streamRows: read, streamPackets: read }) });
    const streams = new ExportStreams(parts, directory);
    const seen: string[] = [];
    const send = () => streams.send({ ...EVERYTHING_REQUEST, format, fields }, { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 60_000 }, {
      begin: (what) => { seen.push(what.format); }, write: () => { seen.push("bytes"); return Promise.resolve(); },
    });
    await expect(send()).rejects.toMatchObject({ code: "QUERY_TIMEOUT" });
    expect(seen).toEqual([]);
    fails = false;
    await send();
    // Of no rows there is not a byte of NDJSON, and an answer all the same.
    expect(seen).toEqual(format === "ndjson" ? [format] : [format, "bytes"]);
  });

  it("ends when its reader takes nothing any more, and lets go of the store", async () => {
    const fields = ["id", "node"].flatMap((path) => packagedCatalogue().byPath(path) ?? []);
    let isOpen = false;
    let timers = 0;
    let late = (): void => {};
    const store = partialStore({
      async *streamRows() {
        isOpen = true;
        try {
          for (let at = 0; ; at += 1) yield [{ id: String(at), values: new Map([["node", "x".repeat(60_000)]]) }];
        } finally {
          isOpen = false;
        }
      },
    });
    const { parts, directory } = setUp([], [], { store });
    const streams = new ExportStreams(parts, directory, (isLate, ms) => {
      expect(ms).toBe(60_000);
      timers += 1;
      late = isLate;
      return () => { timers -= 1; };
    });
    let writes = 0;
    const sent = streams.send({ ...EVERYTHING_REQUEST, format: "csv", fields }, { scope: SERVICE_SCOPE, signal: new AbortController().signal, timeoutMs: 60_000 }, {
      begin: () => {},
      write: (bytes) => {
        writes += 1;
        // One that takes a little in time is slow, and goes on.
        expect(bytes.length).toBeLessThanOrEqual(65_536);
        if (writes < 3) return Promise.resolve();
        setImmediate(() => { late(); });
        return new Promise(() => {});
      },
    });
    await expect(sent).rejects.toMatchObject({ code: "QUERY_CANCELLED", message: expect.stringContaining("60 s") });
    expect([isOpen, timers, writes]).toEqual([false, 0, 3]);
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
      const asked: string[] = [];
      const makeRoom = (full: string): Promise<boolean> => {
        asked.push(full);
        execFileSync("mount", ["-o", "remount,size=16m", full]);
        return Promise.resolve(true);
      };
      expect(await run({}, { makeRoom })).toMatchObject({ packets: 64, missingPackets: 0 });
      expect(asked).toEqual([directory]);
      expect(readCapture(readFileSync(path.join(directory, "e.pcap"))).packets).toHaveLength(64);
    } finally {
      execFileSync("umount", [directory]);
    }
  });

  it("asks for room once where the device fills up, and is DISK_FULL only when none comes", async () => {
    const positions = classicCapture([at(1, 0, "a")]);
    const full = (): LookbackError => new LookbackError("DISK_FULL", "no room left for the query's temporary files");
    const tried = async (fills: number, room: boolean, abort = false, error: () => LookbackError = full): Promise<{ asked: number; outcome: string }> => {
      let [left, asked] = [fills, 0];
      const one = setUp([positions], [[[1, 0]]]);
      const { streamPositions } = one.parts.store;
      const store = { ...one.parts.store, streamPositions: (...given: Parameters<typeof streamPositions>) => { if (left-- > 0) throw error(); return streamPositions(...given); } };
      const outcome = await one.run({}, { store, makeRoom: () => { asked += 1; if (abort) one.abort.abort(); return Promise.resolve(room); } }).then(({ packets }) => `${packets} packets`, (failure: unknown) => (failure instanceof LookbackError ? failure.code : String(failure)));
      return { asked, outcome };
    };
    expect(await tried(1, true)).toEqual({ asked: 1, outcome: "1 packets" });
    expect(await tried(1, false)).toEqual({ asked: 1, outcome: "DISK_FULL" });
    expect(await tried(2, true)).toEqual({ asked: 1, outcome: "DISK_FULL" });
    expect(await tried(1, true, true)).toEqual({ asked: 1, outcome: "QUERY_CANCELLED" });
    // Nothing is deleted for an export that would not have fit at its beginning.
    expect(await tried(1, true, false, () => new LookbackError("DISK_FULL", "too large", { neededBytes: 9 }))).toEqual({ asked: 0, outcome: "DISK_FULL" });
  });

  it("is the sorted set of the packets asked for, whatever the sources, the batches and the memory", async () => {
    const packet = fc.record({ seconds: fc.nat(5), nanoseconds: fc.nat(3).map((value) => value * 1000), data: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => Buffer.from(bytes)) });
    const capture = fc.tuple(fc.array(packet, { maxLength: 30 }), fc.constantFrom("le", "be", "ng"), fc.boolean()).map(([given, kind, inOrder]) => ({ packets: inOrder ? given.toSorted((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds) : given, kind })).map(({ packets, kind }) => ({
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
      const small = setUp(captures.map(({ built }) => built), sessions, { sorter: { runRecords, mergeRuns: 2, runPositions: runRecords } });
      await small.run();
      const bytes = readFileSync(path.join(small.directory, "e.pcap"));
      expect(readCapture(bytes).packets.map((one) => one.data)).toEqual(asked.map((one) => one.data));
      const again = setUp(captures.map(({ built }) => built), sessions.toReversed());
      await again.run();
      expect(readFileSync(path.join(again.directory, "e.pcap")).equals(bytes)).toBe(true);
    }), { numRuns: 40 });
  });
});
