import { appendFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { LiveService } from "../../src/capture/live-service.js";
import { loadStatistics } from "../../src/capture/live-statistics.js";
import type { PacketListener } from "../../src/capture/packet-source.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { loadNativeCore } from "../../src/native/native.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const START_MS = Date.UTC(2026, 0, 2);
const STREAM = "0123456789abcdef0123456789abcdef";

interface Packet { readonly atMs: number; readonly frame: Buffer }

/** Overlapping HTTP and UDP flows over three minutes; some are open at any moment. */
function traffic(): Packet[] {
  const packets: Packet[] = [];
  for (let flow = 0; flow < 40; flow++) {
    const ends = { source: `10.0.0.${flow + 1}`, destination: "192.0.2.1", sourcePort: 40_000 + flow, destinationPort: 80 };
    const begin = START_MS + flow * 4000;
    httpExchange(ends, `host${flow}.example.com`, `/${flow}`).forEach((frame, at) => packets.push({ atMs: begin + at * 900, frame }));
    for (let at = 0; at < 4; at++) packets.push({ atMs: begin + at * 5000 + 7, frame: udpFrame({ ...ends, destinationPort: 9999 }, Buffer.from(`payload ${flow} ${at}`)) });
  }
  return packets.sort((a, b) => a.atMs - b.atMs);
}

/** One capture process: what it captures comes from the test, and a crash is that nobody closes it. */
class Process {
  readonly catalogue: Catalogue;
  readonly service: LiveService;
  #listener: PacketListener = () => {};
  #nowMs: number;
  /** Whether the catalogue takes nothing. */
  isFull = false;
  /** What a replay waits for before it commits. */
  replayMayCommit: Promise<unknown> = Promise.resolve();

  constructor(readonly directory: string, maxFileBytes: number, startMs = START_MS, packets = "packets") {
    this.#nowMs = startMs;
    const catalogue = (): Catalogue => this.catalogue;
    const isFull = (): boolean => this.isFull;
    const mayCommit = (): Promise<unknown> => this.replayMayCommit;
    const clock = { nowMs: () => this.#nowMs };
    this.catalogue = openCatalogue(directory, clock);
    this.catalogue.settings.getOrMake("live.stream.n1", () => STREAM);
    this.service = new LiveService({
      native: loadNativeCore(), catalogue: this.catalogue, clock, nowNs: () => BigInt(this.#nowMs) * 1_000_000n, logger: silentLogger,
      settings: engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: directory })),
      segmentDirectory: path.join(directory, "sessions"), packetDirectories: [path.join(directory, packets)], directoryChoice: "round-robin",
      snapLength: 16_384, keepPackets: true, dontSave: [], giveUpRights: false, maxFileBytes, maxFileSeconds: 0, openRowsAfterSeconds: 10,
      store: {
        async commitSegments(commit, alongside) {
          if (commit.goesOn !== true) await mayCommit();
          catalogue().transaction(() => {
            catalogue().segments.apply({ ...commit, superseded: [] });
            alongside?.();
            // What was done in a transaction that fails is undone.
            if (isFull()) throw new LookbackError("DISK_FULL", "no room for the catalogue", { path: "catalogue.sqlite" });
          });
        },
      },
      onDiskFull: () => {},
      input: {
        kind: "pushed",
        open: async (onPacket) => {
          this.#listener = onPacket;
          return { interface: "test0", linkType: 1, timestampSource: "arrival", snapLength: 65_535, kernelDrops: () => null, close: () => {} };
        },
      },
    });
  }

  send(packets: readonly Packet[]): void {
    for (const { atMs, frame } of packets) {
      this.#nowMs = atMs;
      this.#listener(frame, frame.length);
    }
  }

  /** Ends the process as kill -9 does, as far as one process can do it to itself. */
  crash(): void {
    this.service.flush = () => Promise.resolve();
    this.catalogue.close();
  }
}

/** What the rows of a data directory say, whichever segments hold them; latest version of each. */
async function rows(catalogue: Catalogue): Promise<unknown[]> {
  const segments = catalogue.segments.live().map((segment) => path.join(catalogue.directory, "sessions", segment.path));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const result = await connection.runAndReadAll(
    `SELECT id::VARCHAR AS id, firstPacket, lastPacket, "source.port", "network.packets", "network.bytes" FROM read_parquet([${segments.map((file) => `'${file}'`).join(",")}], union_by_name = true)
     QUALIFY row_number() OVER (PARTITION BY id ORDER BY "rowVersion" DESC) = 1 ORDER BY id`);
  return result.getRowsJson();
}

describe("live capture", () => {
  it("stopped in order leaves complete files, all sessions and marks that need no replay", async () => {
    const process = new Process(temporaryDirectory(), 1 << 30);
    await process.service.start();
    process.send(traffic());
    await process.service.flush();
    await process.service.stop();
    // The source cannot know what the kernel dropped: said of all the time that it captured, and of no other.
    const { startedMs, updatedMs } = loadStatistics(process.catalogue.settings, "n1") ?? { startedMs: 0, updatedMs: 0 };
    expect(updatedMs).toBeGreaterThan(startedMs);
    expect([[startedMs, startedMs], [updatedMs, null], [null, startedMs - 1], [updatedMs + 1, null]].map(([from, until]) => process.catalogue.unknownDrops.touch(from ?? null, until ?? null))).toEqual([true, true, false, false]);
    expect(process.catalogue.files.list()).toMatchObject([{ state: "complete", storage: "own", packets: traffic().length, stream: STREAM, linkTypes: [1] }]);
    expect(await rows(process.catalogue)).toHaveLength(80);
    expect(process.catalogue.marks.get(STREAM)).toMatchObject({ replayFromOrdinal: null, nextOrdinal: traffic().length, completeUntilMs: null });
    expect(loadStatistics(process.catalogue.settings, "n1")).toMatchObject({ packets: traffic().length, droppedByUs: 0, droppedByKernel: null, timestampSource: "arrival", interface: "test0" });
    expect(loadStatistics(process.catalogue.settings, "n2")).toBeNull();
  });

  it("commits what the catalogue had no room for once it has, and counts each packet once", async () => {
    const packets = traffic();
    const process = new Process(temporaryDirectory(), 5000);
    await process.service.start();
    for (let at = 0; at < packets.length; at += 25) {
      // Twice for several flushes: with a mark before, and to the end but for the last commit.
      process.isFull = (at > 50 && at < 150) || at > 200;
      process.send(packets.slice(at, at + 25));
      await process.service.flush();
    }
    process.isFull = false;
    await process.service.stop();
    expect(await rows(process.catalogue)).toHaveLength(80);
    expect(process.catalogue.files.list().reduce((sum, file) => sum + file.packets, 0)).toBe(packets.length);
    expect(process.catalogue.files.list().every(({ state }) => state === "complete")).toBe(true);
    const spans = process.catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 1000);
    expect(spans.reduce((sum, { stored }) => sum + stored, 0)).toBe(packets.length);
    expect(process.catalogue.marks.get(STREAM)).toMatchObject({ replayFromOrdinal: null, nextOrdinal: packets.length });
  });

  it("captures while what a crash left is indexed, is complete only when that is done, and goes on with it after another crash", async () => {
    const packets = traffic();
    const [first, second] = [Math.floor(packets.length * 0.4), Math.floor(packets.length * 0.7)];
    const atMs = (at: number): number => packets[at]?.atMs ?? 0;
    const directory = temporaryDirectory();
    const killed = new Process(directory, 1 << 30);
    await killed.service.start();
    killed.send(packets.slice(0, first));
    await killed.service.flush();
    const completeMs = killed.catalogue.marks.completeUntilMs() ?? 0;
    killed.crash();

    const again = new Process(directory, 1 << 30, atMs(first));
    again.replayMayCommit = new Promise(() => {});
    await again.service.start();
    again.send(packets.slice(first, second));
    await again.service.flush();
    expect(again.catalogue.files.list().reduce((sum, file) => sum + file.packets, 0)).toBe(second);
    expect(again.catalogue.marks.get(STREAM)?.completeUntilMs).toBeGreaterThan(completeMs);
    expect(again.catalogue.marks.completeUntilMs()).toBe(completeMs);
    again.crash();

    const last = new Process(directory, 1 << 30, atMs(second));
    await last.service.start();
    expect(last.catalogue.replays.all()).toMatchObject([{ untilOrdinal: first }, { fromOrdinal: expect.any(Number), untilOrdinal: second }]);
    last.send(packets.slice(second));
    await last.service.replayed;
    expect(last.catalogue.replays.all()).toEqual([]);
    await last.service.stop();
    expect(last.catalogue.marks.completeUntilMs()).toBeNull();
    // Sessions end at a crash, so there are more of them; each packet is in one.
    const found = (await rows(last.catalogue)) as string[][];
    expect(found.length).toBeGreaterThan(80);
    expect(found.reduce((sum, row) => sum + Number(row[4]), 0)).toBe(packets.length);
  });

  it("indexes what a crash left once there is room for it", async () => {
    const packets = traffic();
    const cut = Math.floor(packets.length * 0.5);
    const directory = temporaryDirectory();
    const killed = new Process(directory, 1 << 30);
    await killed.service.start();
    killed.send(packets.slice(0, cut));
    await killed.service.flush();
    killed.crash();

    const again = new Process(directory, 1 << 30, packets[cut]?.atMs);
    again.replayMayCommit = Promise.reject(new LookbackError("DISK_FULL", "no room for segments", { path: "sessions" }));
    again.replayMayCommit.catch(() => {});
    await again.service.start();
    await again.service.replayed;
    expect(again.catalogue.replays.all()).toHaveLength(1);
    again.replayMayCommit = Promise.resolve();
    await again.service.flush();
    await again.service.replayed;
    expect(again.catalogue.replays.all()).toHaveLength(1);
    // Some tens of seconds later.
    again.send(packets.slice(cut));
    await again.service.flush();
    await again.service.replayed;
    expect(again.catalogue.replays.all()).toEqual([]);
    await again.service.stop();
    expect(((await rows(again.catalogue)) as string[][]).reduce((sum, row) => sum + Number(row[4]), 0)).toBe(packets.length);
  });

  it.each([["all", null], ["those that are not gone", 1]] as const)("indexes what a crash left once its files are there again, %s", async (_, gone) => {
    const packets = traffic();
    const cut = Math.floor(packets.length * 0.5);
    const directory = temporaryDirectory();
    const killed = new Process(directory, 5000);
    await killed.service.start();
    for (let at = 0; at < cut; at += 25) {
      killed.send(packets.slice(at, Math.min(at + 25, cut)));
      await killed.service.flush();
    }
    // As if no session had ended: all files are needed.
    killed.catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: 0, nextOrdinal: cut, completeUntilMs: START_MS });
    killed.crash();

    const listed = openCatalogue(directory, { nowMs: () => START_MS });
    const files = listed.files.list();
    listed.close();
    expect(files.length).toBeGreaterThan(3);
    // The one that was written when it died among them.
    expect(files.at(-1)?.state).toBe("writing");
    if (gone !== null) rmSync(files[gone]?.path ?? "");
    const [mount, away] = [path.join(directory, "packets"), path.join(directory, "away")];
    renameSync(mount, away);
    const again = new Process(directory, 1 << 30, packets[cut]?.atMs, "more-packets");
    await again.service.start();
    await again.service.replayed;
    expect(again.catalogue.replays.all()).toHaveLength(1);
    renameSync(away, mount);
    again.send(packets.slice(cut));
    await again.service.flush();
    await again.service.replayed;
    expect(again.catalogue.replays.all()).toEqual([]);
    await again.service.stop();
    expect(again.catalogue.marks.completeUntilMs()).toBeNull();
    const indexed = ((await rows(again.catalogue)) as string[][]).reduce((sum, row) => sum + Number(row[4]), 0);
    if (gone === null) expect(indexed).toBe(packets.length);
    else expect(indexed).toBeGreaterThan(packets.length / 2);
  });

  it("takes packets and tells its account while a flush runs", async () => {
    const process = new Process(temporaryDirectory(), 1 << 30);
    await process.service.start();
    const packets = traffic();
    // More than one batch, so that packets are pushed at once; the flush waits for the disk meanwhile.
    const many = Array.from({ length: 200 }, () => packets).flat();
    const flushes: Promise<void>[] = [];
    for (let at = 0; at < many.length; at += 2000) {
      flushes.push(process.service.flush());
      process.send(many.slice(at, at + 2000));
      expect(process.service.account()?.total.lost).toBe(0);
    }
    await Promise.all(flushes);
    await process.service.stop();
    expect(process.catalogue.files.list().reduce((sum, file) => sum + file.packets, 0)).toBe(many.length);
    expect(process.service.account()).toBeNull();
  });

  it.each([[0.3, 1 << 30, 1], [0.5, 2000, 1], [0.8, 5000, 1], [0.97, 1 << 30, 1], [0.8, 5000, 0.4]])("killed after %f of the packets, files of %i bytes, no room for the catalogue after %f of those: the rows equal those of an uninterrupted run", async (share, maxFileBytes, roomShare) => {
    const packets = traffic();
    const whole = new Process(temporaryDirectory(), maxFileBytes);
    await whole.service.start();
    whole.send(packets);
    await whole.service.stop();

    const cut = Math.floor(packets.length * share);
    const directory = temporaryDirectory();
    const killed = new Process(directory, maxFileBytes);
    await killed.service.start();
    for (let at = 0; at < cut; at += 25) {
      killed.isFull = at > roomShare * cut;
      killed.send(packets.slice(at, Math.min(at + 25, cut)));
      await killed.service.flush();
    }
    killed.crash();
    // Half a record, as a write that was cut leaves it.
    const newest = readdirSync(path.join(directory, "packets")).sort().at(-1) ?? "";
    appendFileSync(path.join(directory, "packets", newest), Buffer.from("0011223344", "hex"));

    const cutMs = packets[cut - 1]?.atMs ?? 0;
    const restarted = new Process(directory, maxFileBytes, cutMs + 500);
    await restarted.service.start();
    await restarted.service.replayed;
    const listed = restarted.catalogue.files.list();
    expect(listed.every((file) => file.state === "complete" && statSync(file.path).size === file.bytes)).toBe(true);
    expect(listed.reduce((sum, file) => sum + file.packets, 0)).toBe(cut);
    // Sessions that were open at the cut end there; every other one is as if nothing had happened.
    const expected = (await rows(whole.catalogue)) as string[][];
    const found = new Map(((await rows(restarted.catalogue)) as string[][]).map((row) => [row[0], row]));
    for (const row of expected) {
      const [id, first, last] = row;
      if (Number(last) <= cutMs) expect(found.get(id ?? "")).toEqual(row);
      else if (Number(first) <= cutMs) expect(Number(found.get(id ?? "")?.[2])).toBeLessThanOrEqual(cutMs);
      else expect(found.has(id ?? "")).toBe(false);
      found.delete(id ?? "");
    }
    expect([...found.keys()]).toEqual([]);
    expect(restarted.catalogue.marks.get(STREAM)).toMatchObject({ replayFromOrdinal: null, nextOrdinal: cut });
    restarted.send(packets.slice(cut));
    await restarted.service.stop();
    expect(restarted.catalogue.files.list().reduce((sum, file) => sum + file.packets, 0)).toBe(packets.length);
    const spans = restarted.catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 1000);
    expect(spans.reduce((sum, { stored }) => sum + stored, 0)).toBe(packets.length);
    expect(spans.filter(({ uncounted }) => uncounted)).toHaveLength(1);
    expect([restarted.catalogue.captureLedger.uncountedIn(cutMs + 1, cutMs + 400), whole.catalogue.captureLedger.uncountedIn(null, null)]).toEqual([true, false]);
  });
});
