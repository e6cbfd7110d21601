import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { ImportService } from "../../src/capture/import-service.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { ExportService } from "../../src/export/export-service.js";
import type { ExportRequest } from "../../src/export/export-request.js";
import { catalogueLookup } from "../../src/export/packet-files.js";
import { PacketHeads } from "../../src/export/packet-heads.js";
import { EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { SERVICE_SCOPE } from "../../src/model/access-scope.js";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME, type TimeRange } from "../../src/model/time-range.js";
import { loadNativeCore } from "../../src/native/native.js";
import { diskSpaceProbe, PacketReader, Tombstones } from "../../src/packet-store/packet-store.js";
import { check } from "../../src/query/check.js";
import { parse } from "../../src/query/parser.js";
import { RetentionService } from "../../src/retention/retention-service.js";
import { classicCapture, ngCapture, type TestPacket } from "../support/capture-bytes.js";
import { captureNames, corpus, corpusPath, saySkipped } from "../support/corpus.js";
import { EVERYTHING_REQUEST, serviceParts } from "../support/export-service-parts.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { readCapture, type ReadPacket } from "../support/read-capture.js";
import { noRetentionEvents } from "../../src/model/retention-event.js";
import { retentionRules } from "../support/retention-rules.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const clock = { nowMs: () => Date.now() };
const context = { scope: SERVICE_SCOPE, signal: null, timeoutMs: 60_000 };
const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Everything between a capture file and an exported one, on a fresh data directory. */
async function stack(configFile: string | null = null, workers: number | null = null) {
  const root = temporaryDirectory();
  const config = loadConfig({ file: configFile, node: "n1", environment: {}, workingDirectory: root });
  const [segmentDirectory, packetDirectory] = [path.join(root, "data", "sessions"), path.join(root, "data", "packets")];
  for (const directory of [segmentDirectory, packetDirectory]) mkdirSync(directory, { recursive: true });
  if (workers !== null) expect(engineSettings(config).workers).toBe(workers);
  const catalogue = openCatalogue(path.join(root, "data"), clock);
  const fields = packagedCatalogue();
  const store = await EmbeddedStore.open({ catalogue, fields, clock, logger: silentLogger, threads: 2 });
  const reader = new PacketReader();
  const lookup = catalogueLookup(catalogue.files);
  const imports = new ImportService({
    native: loadNativeCore(), catalogue, store, clock, logger: silentLogger, settings: engineSettings(config), segmentDirectory, packetDirectory, fileNames: config.values.offlineFilenameRegex,
  });
  const exports = new ExportService({
    ...serviceParts(path.join(root, "data"), catalogue.files), store, reader, probe: diskSpaceProbe, jobs: catalogue.exports, scopeOf: (user) => ({ ...SERVICE_SCOPE, user }), directory: path.join(root, "data", "exports"), clock,
  });
  const retention = new RetentionService({
    catalogue, store, reader, clock, logger: silentLogger, packetDirectories: [packetDirectory], tombstones: new Tombstones(path.join(root, "data", "tombstones"), [packetDirectory]),
    probe: async () => ({ freeBytes: 0, totalBytes: 1000 }), rules: retentionRules([packetDirectory], { freeSpace: { unit: "percent", value: 1 }, expireDays: 1 }), events: noRetentionEvents,
  });
  await imports.start();
  await exports.start();
  closing.push(() => catalogue.close(), () => store.close(), () => reader.close(), () => exports.stop(), () => imports.stop());
  const everyMatch = (text: string): CheckedExpression => check(parse(text), fields, { nowMs: clock.nowMs(), timeZone: "UTC" });
  return {
    root, catalogue, store, reader, lookup, retention, packetDirectory, everyMatch,
    async import(file: string, copy = false) {
      const { jobs } = await imports.submit([file], { copy, workingDirectory: root, requestedBy: "ann" });
      const done = await imports.finished(jobs.map((job) => job.id));
      expect(done.map((job) => job.state)).toEqual(["done"]);
      return done[0]?.fileId ?? 0;
    },
    async export(expression: CheckedExpression, range: TimeRange = ALL_TIME, more: Partial<ExportRequest> = {}) {
      const { id } = await exports.create({ ...EVERYTHING_REQUEST, expression, range, ...more }, { ...SERVICE_SCOPE, user: "ann" });
      await exports.idle();
      const view = exports.get(id, "ann");
      expect(view).toMatchObject({ state: "done" });
      const download = await exports.open(id, "ann");
      return { view, file: download.path, bytes: readFileSync(download.path), manifest: JSON.parse(readFileSync(download.manifestPath, "utf8")) };
    },
  };
}

const START = 1_767_000_000;
const web = (flow: number): TestPacket[] =>
  httpExchange({ source: `10.0.0.${flow}`, destination: "192.0.2.1", sourcePort: 40_000 + flow, destinationPort: 80 }, `host${flow}.example.com`, "/").map((data, at) => ({ seconds: START + at, nanoseconds: flow * 1000 + 123, data }));
const ntp = (flow: number): TestPacket[] =>
  [0, 1, 2].map((at) => ({ seconds: START + 2 * at, nanoseconds: flow * 1000, data: udpFrame({ source: `10.0.0.${flow}`, destination: "192.0.2.9", sourcePort: 50_000 + flow, destinationPort: 9999 }, Buffer.from(`datagram ${flow} ${at}`)) }));

function inOrder(packets: readonly TestPacket[]): TestPacket[] {
  return packets.toSorted((left, right) => left.seconds - right.seconds || left.nanoseconds - right.nanoseconds);
}

function asRead(packets: readonly TestPacket[], nanosecond: boolean, linkType = 1): ReadPacket[] {
  return inOrder(packets).map(({ seconds, nanoseconds, data }) => ({
    seconds: BigInt(seconds), nanoseconds: nanosecond ? nanoseconds : Math.floor(nanoseconds / 1000) * 1000, linkType, originalLength: data.length, data: data.toString("latin1"),
  }));
}

function tcpdumpLines(file: string): number | null {
  try {
    return execFileSync("tcpdump", ["-n", "-r", file], { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 }).toString().trimEnd().split("\n").filter((line) => line !== "").length;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

describe("from capture to export", () => {
  it("writes exactly the packets of the sessions that match, from several files, in order of time", async () => {
    const one = await stack();
    const files = [
      classicCapture(inOrder([...web(1), ...web(2), ...ntp(1)])).bytes,
      classicCapture(inOrder([...web(3), ...ntp(2)]), { bigEndian: true, nanosecond: true }).bytes,
      ngCapture([{ linkType: 1, resolution: 9 }], inOrder([...web(4), ...ntp(3)])).bytes,
    ];
    for (const [index, bytes] of files.entries()) {
      const file = path.join(one.root, `${index}.pcap`);
      writeFileSync(file, bytes);
      await one.import(file, index === 1);
    }
    const udp = await one.export(one.everyMatch("port.dst == 9999"));
    expect(readCapture(udp.bytes)).toEqual({ container: "pcap", resolution: "ns", packets: asRead([...ntp(1), ...ntp(2), ...ntp(3)], true) });
    expect(udp.view).toMatchObject({ sessions: 3, packets: 9, missingPackets: 0 });
    const micro = await one.export(one.everyMatch("ip.src == 10.0.0.2 && port.dst == 80"));
    expect(readCapture(micro.bytes).resolution).toBe("us");
    const host = await one.export(one.everyMatch("host.http == host3.example.com"));
    expect(readCapture(host.bytes).packets).toEqual(asRead(web(3), true));
    const none = await one.export(one.everyMatch("port.dst == 1"));
    expect(readCapture(none.bytes).packets).toEqual([]);
    const lines = tcpdumpLines(udp.file);
    if (lines === null) saySkipped("reading the export with tcpdump", "it is not installed");
    else expect(lines).toBe(9);
    const again = await one.export(one.everyMatch("port.dst == 9999"));
    expect(again.bytes.equals(udp.bytes)).toBe(true);
  });

  it("gives the same bytes whatever the number of workers that imported", async () => {
    const flows = Array.from({ length: 24 }, (_, at) => at + 1);
    // Two files that overlap in time, one of them in nanoseconds: ties and conversions are part of it.
    const files = [
      classicCapture(inOrder(flows.flatMap((flow) => (flow % 2 === 0 ? web(flow) : ntp(flow))))).bytes,
      classicCapture(inOrder(flows.flatMap((flow) => (flow % 2 === 0 ? ntp(flow) : web(flow)))), { nanosecond: true }).bytes,
    ];
    const made: { readonly sha256: unknown; readonly bytes: Buffer; readonly facts: unknown }[][] = [];
    for (const workers of [1, 2, 4]) {
      const settings = path.join(temporaryDirectory(), "config.ini");
      writeFileSync(settings, `[default]\npacketThreads=${workers}\n`);
      const one = await stack(settings, workers);
      for (const [index, bytes] of files.entries()) {
        const file = path.join(one.root, `${index}.pcap`);
        writeFileSync(file, bytes);
        await one.import(file);
      }
      const answers = [];
      for (const [text, format] of [["port.dst == 9999", "pcap"], ["port.dst == 80", "pcap"], ["port.dst == 80", "pcapng"]] as const) {
        const { view, bytes, manifest } = await one.export(one.everyMatch(text), ALL_TIME, { format });
        answers.push({ sha256: view?.sha256, bytes, facts: { sessions: manifest.sessions, packets: manifest.packets, capture: manifest.capture, missing: manifest.missing } });
      }
      made.push(answers);
    }
    const [first] = made;
    expect(readCapture(first?.[0]?.bytes ?? Buffer.alloc(0)).packets).toEqual(asRead(flows.flatMap((flow) => ntp(flow)), true));
    for (const other of made.slice(1)) {
      for (const [at, answer] of other.entries()) {
        expect(answer.bytes.equals(first?.[at]?.bytes ?? Buffer.alloc(0))).toBe(true);
        expect({ ...answer, bytes: null }).toEqual({ ...first?.[at], bytes: null });
      }
    }
  });

  it("writes pcapng for sessions of different link types", async () => {
    const one = await stack();
    const raw = ntp(2).map((packet) => ({ ...packet, data: packet.data.subarray(14), interface: 1 }));
    const file = path.join(one.root, "mixed.pcapng");
    writeFileSync(file, ngCapture([{ linkType: 1 }, { linkType: 101 }], inOrder([...ntp(1), ...raw])).bytes);
    await one.import(file);
    const both = await one.export(one.everyMatch("port.dst == 9999"));
    expect(both.file.endsWith(".pcapng")).toBe(true);
    const found = readCapture(both.bytes);
    expect(found.packets.filter((packet) => packet.linkType === 1)).toEqual(asRead(ntp(1), false));
    expect(found.packets.filter((packet) => packet.linkType === 101).map((packet) => packet.data)).toEqual(raw.map((packet) => packet.data.toString("latin1")));
    // tcpdump refuses pcapng whose interfaces differ in link type; of one type it must read what we write.
    const rawOnly = await one.export(one.everyMatch("ip.src == 10.0.0.2"));
    expect(rawOnly.file.endsWith(".pcap")).toBe(true);
    const lines = tcpdumpLines(rawOnly.file);
    if (lines !== null) expect(lines).toBe(3);
  });

  it("is told what retention deleted: the export lists it, the sessions say so, the original stays", async () => {
    const one = await stack();
    const originals: string[] = [];
    for (const flow of [1, 2]) {
      const file = path.join(one.root, `${flow}.pcap`);
      originals.push(file);
      writeFileSync(file, classicCapture(ntp(flow)).bytes);
      await one.import(file, true);
    }
    const inPlace = path.join(one.root, "mine.pcap");
    writeFileSync(inPlace, classicCapture(ntp(3)).bytes);
    await one.import(inPlace);
    expect(readdirSync(one.packetDirectory)).toHaveLength(2);
    const available = (value: boolean) => one.store.count({ expression: { node: "packetsAvailable", value }, range: ALL_TIME }, context);
    expect([await available(true), await available(false)]).toEqual([3, 0]);
    const heads = new PacketHeads(one.reader, one.lookup, loadNativeCore());
    const run = await one.retention.enforcePackets(null);
    expect(run.outcomes).toMatchObject([{ outcome: "deleted", fileId: 1 }]);
    expect(readdirSync(one.packetDirectory)).toHaveLength(1);
    expect([...originals, inPlace].map((file) => readFileSync(file).length > 0)).toEqual([true, true, true]);
    expect([await available(true), await available(false)]).toEqual([2, 1]);
    const after = await one.export(one.everyMatch("port.dst == 9999"));
    expect(after.view).toMatchObject({ sessions: 3, packets: 6, missingPackets: 3 });
    expect(after.manifest.missing).toMatchObject({ packets: 3, files: [{ fileId: 1, reason: "file-gone", packets: 3 }], sessions: [{ packets: 3, missing: 3 }] });
    expect(await heads.describe([{ fileId: 1, offset: 24, length: 60 }], null, null)).toMatchObject([{ missing: "file-gone" }]);
  });
});

describe("a capture that was imported in place", () => {
  const ring = (source: string) => classicCapture([0, 1, 2].map((at) => ({ seconds: START + at, nanoseconds: 0, data: udpFrame({ source, destination: "192.0.2.9", sourcePort: 50_000, destinationPort: 9999 }, Buffer.from(`datagram ${at}`)) }))).bytes;
  const head = [{ fileId: 1, offset: 24, length: 16 + 42 + "datagram 0".length }];

  it("gives no packets of another one that was written over it: they are missing, and told so", async () => {
    const one = await stack();
    const heads = new PacketHeads(one.reader, one.lookup, loadNativeCore());
    const file = path.join(one.root, "ring.pcap");
    writeFileSync(file, ring("10.1.1.1"));
    await one.import(file);
    expect(await heads.describe(head, null, null)).toMatchObject([{ missing: null }]);
    writeFileSync(file, ring("10.9.9.9"));
    const { view, bytes, manifest } = await one.export(one.everyMatch("ip.src == 10.1.1.1"));
    expect(readCapture(bytes).packets).toEqual([]);
    expect(view).toMatchObject({ sessions: 1, packets: 0, missingPackets: 3 });
    expect(manifest.missing).toMatchObject({ packets: 3, files: [{ fileId: 1, path: file, reason: "file-changed", packets: 3, firstOffset: 24 }], sessions: [{ packets: 3, missing: 3 }] });
    expect(await heads.describe(head, null, null)).toMatchObject([{ missing: "file-changed" }]);
    await one.import(file);
    const now = await one.export(one.everyMatch("port.dst == 9999"));
    expect(now.manifest).toMatchObject({ packets: 3, missing: { packets: 3, files: [{ fileId: 1, reason: "file-gone" }] } });
  });

  it("gives its packets when it grew, and when it ended in the middle of a record or in zeros", async () => {
    for (const end of [Buffer.alloc(0), Buffer.from("half a rec"), Buffer.alloc(500)]) {
      const one = await stack();
      const file = path.join(one.root, "ring.pcap");
      writeFileSync(file, Buffer.concat([ring("10.1.1.1"), end]));
      await one.import(file);
      writeFileSync(file, Buffer.alloc(300, 7), { flag: "a" });
      const { view } = await one.export(one.everyMatch("ip.src == 10.1.1.1"));
      expect(view).toMatchObject({ packets: 3, missingPackets: 0 });
      // With the stream it says which capture that was.
      expect(one.catalogue.files.get(1)).toMatchObject({ bytes: ring("10.1.1.1").length + end.length });
    }
  });
});

describe("the conformance corpus", () => {
  it.skipIf(corpus === null)("exports what it imported: every packet that has a position once, unchanged", async () => {
    const one = await stack(corpusPath("config.ini"));
    const mismatches: string[] = [];
    let exported = 0;
    for (const name of captureNames()) {
      const source = readFileSync(corpusPath("pcap", `${name}.pcap`));
      const fileId = await one.import(corpusPath("pcap", `${name}.pcap`)).catch(() => null);
      if (fileId === null) continue;
      const expression: CheckedExpression = { node: "file", matches: [], fileIds: [fileId] };
      const { bytes, view } = await one.export(expression);
      const packets = readCapture(bytes).packets;
      exported += packets.length;
      const known = new Map<string, number>();
      for (const packet of sourcePackets(source)) known.set(packet, (known.get(packet) ?? 0) + 1);
      for (const packet of packets) {
        const key = `${packet.seconds} ${packet.nanoseconds} ${packet.originalLength} ${packet.data}`;
        const left = known.get(key) ?? 0;
        if (left === 0) mismatches.push(`${name}: a packet that the source has not`);
        known.set(key, left - 1);
      }
      const total = [...known.values()].reduce((sum, count) => sum + count, 0);
      if (view?.missingPackets !== 0) mismatches.push(`${name}: ${view?.missingPackets} missing`);
      // Of an ESP session only the first packet has a position, as the corpus expects.
      if (total !== 0 && !["IKEv1", "IKEv2", "ah-esp", "wireshark-esp"].includes(name)) mismatches.push(`${name}: ${total} packets of ${packets.length + total} in no session`);
    }
    expect(exported).toBeGreaterThan(0);
    process.stdout.write(`corpus: ${exported} packets exported\n`);
    expect(mismatches).toEqual([]);
  });
});

/** Packets of a classic capture of either byte order, or of pcapng, as the comparison keys above. */
function sourcePackets(bytes: Buffer): string[] {
  const little = bytes.length >= 4 && [0xa1b2c3d4, 0xa1b23c4d, 0x0a0d0d0a].includes(bytes.readUInt32LE(0));
  if (little) return readCapture(bytes).packets.map((packet) => `${packet.seconds} ${packet.nanoseconds} ${packet.originalLength} ${packet.data}`);
  const found: string[] = [];
  const scale = bytes.readUInt32BE(0) === 0xa1b23c4d ? 1 : 1000;
  for (let at = 24; at + 16 <= bytes.length; ) {
    const captured = bytes.readUInt32BE(at + 8);
    found.push(`${bytes.readUInt32BE(at)} ${bytes.readUInt32BE(at + 4) * scale} ${bytes.readUInt32BE(at + 12)} ${bytes.subarray(at + 16, at + 16 + captured).toString("latin1")}`);
    at += 16 + captured;
  }
  return found;
}
