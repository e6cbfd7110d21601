import { closeSync, existsSync, fstatSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { takeRole } from "../../../src/catalogue/role-lock.js";
import { measureCore, type CoreSpeed, type CoreSpeedParts } from "../../../src/cli/doctor/core-speed.js";
import { repeatCapture } from "../../../src/cli/doctor/repeated-capture.js";
import { openNameless, rateCheck, rateFindings, trustedRate, writeSpeed } from "../../../src/cli/doctor/speed-checks.js";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import { loadNativeCore } from "../../../src/native/native.js";
import type { LiveEngine, LiveFlush, LiveOptions } from "../../../src/native/types.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const EXAMPLE = readFileSync("examples/first-look.pcap");
const EXAMPLE_PACKETS = 284;
const configOf = (directory: string, packetThreads = 1) =>
  loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory, overrides: { dataDir: directory, packetThreads: String(packetThreads), interface: "no-such0" } });

describe("a capture that is repeated", () => {
  it("has as many times the packets and the sessions, of hosts of their own", async () => {
    const directory = temporaryDirectory();
    const sessionsOf = async (copies: number) => {
      const file = path.join(directory, `${copies}.pcap`);
      writeFileSync(file, repeatCapture(EXAMPLE, copies));
      const { packets, sessions } = await loadNativeCore().importStream({
        files: [{ path: file, fileId: 1, firstOrdinal: 0 }], stream: "0".repeat(32), settings: engineSettings(configOf(directory)), segmentDirectory: directory, batchRows: 4096, replay: null, losses: null,
      }, null, () => {});
      return [packets, sessions];
    };
    // ARP names hosts elsewhere in its packets: all copies are one session.
    expect(await sessionsOf(1)).toEqual([EXAMPLE_PACKETS, 25]);
    expect(await sessionsOf(7)).toEqual([EXAMPLE_PACKETS * 7, 24 * 7 + 1]);
    expect(repeatCapture(EXAMPLE, 1)).toEqual(EXAMPLE);
  });

  it("is of a whole file of a kind that is understood", () => {
    expect(() => repeatCapture(EXAMPLE, 0)).toThrow("0 copies of a capture: 1 to 65535 can be made");
    expect(() => repeatCapture(EXAMPLE.subarray(0, -1), 2)).toThrow(/is cut off in the packet at \d+/);
    expect(() => repeatCapture(EXAMPLE.subarray(0, 30), 2)).toThrow("is cut off in the packet at 24");
    expect(() => repeatCapture(Buffer.from("no capture at all, by any measure"), 2)).toThrow("only a classic pcap file");
  });
});

describe("the speed of the core", () => {
  const PER_RUN = EXAMPLE_PACKETS * 256;
  /** A core that needs so many milliseconds a push in each of its runs, and is full every third time. */
  class Core {
    nowMs = 0;
    opened: LiveOptions[] = [];
    closed = 0;
    /** What each run took. */
    taken: { packets: number; ms: number }[] = [];
    largest = 0;
    constructor(readonly pushMs: (run: number, workers: number) => number, readonly full = (calls: number) => calls % 3 === 0) {}

    openLive(options: LiveOptions): LiveEngine {
      const run = this.opened.push(options) - 1;
      if (!existsSync(options.segmentDirectory)) throw new Error("there is no directory for the rows");
      this.taken.push({ packets: 0, ms: 0 });
      let calls = 0;
      const never = (): never => { throw new Error("not for measuring"); };
      return {
        linkType: 1, flush: never, ledgers: never, moreFileIds: never, stopSources: never,
        push: (batch) => {
          calls += 1;
          if (this.full(calls)) return 0;
          const ms = this.pushMs(run, options.settings.workers);
          this.nowMs += ms;
          this.largest = Math.max(this.largest, batch.length);
          let packets = 0;
          for (let at = 0; at < batch.length; packets++) at += 16 + batch.readUInt32LE(at + 8);
          const taken = this.taken[run] ?? { packets: 0, ms: 0 };
          this.taken[run] = { packets: taken.packets + packets, ms: taken.ms + ms };
          return packets;
        },
        close: () => {
          this.closed += 1;
          return Promise.resolve<LiveFlush>({
            files: [], segments: [], mark: null, completeUntilMs: null, nextOrdinal: 0, openSessions: 0, writeFailure: null, refusals: [], notDurable: [], counters: { "sessions.opened": PER_RUN / 12 },
          });
        },
      };
    }

    measure(workers: number, directory: string): Promise<CoreSpeed> {
      const parts: CoreSpeedParts = {
        native: { openLive: (options) => this.openLive(options) }, settings: engineSettings(configOf(directory)), workers, capture: EXAMPLE, directory, clock: { nowMs: () => 1 }, elapsedMs: () => this.nowMs,
        pause: () => Promise.resolve(),
      };
      return measureCore(parts);
    }
  }
  const rateOf = (core: Core, run: number): number => (core.taken[run]?.packets ?? 0) / (core.taken[run]?.ms ?? 0) * 1000;

  it("is that of the middle of three runs after the first, by one worker and by all", async () => {
    const directory = temporaryDirectory();
    // The first run of each kind is slow, as are one of one worker and one of all.
    const core = new Core((run, workers) => ([5, 1, 0.5, 2][run % 4] ?? 0) / workers);
    const speed = await core.measure(4, directory);
    expect(core.opened.map(({ settings, keepPackets }) => [settings.workers, keepPackets])).toEqual([1, 1, 1, 1, 4, 4, 4, 4].map((workers) => [workers, false]));
    expect(core.taken[1]?.packets).toBe(PER_RUN);
    expect(core.largest).toBeLessThanOrEqual(128 << 10);
    expect(speed).toMatchObject({ workers: 4, sessionPackets: 12 });
    expect(speed.packetBytes).toBeCloseTo(110_373 / EXAMPLE_PACKETS, 6);
    expect(speed.byOne).toBeCloseTo(rateOf(core, 1), 3);
    expect(speed.byAll).toBeCloseTo(rateOf(core, 5), 3);
    expect(speed.byAll).toBeCloseTo(4 * speed.byOne, 3);
    expect([core.closed, readdirSync(directory)]).toEqual([8, []]);
  });

  it("of one worker is measured once, and a slow core for a while only", async () => {
    const core = new Core(() => 100);
    const speed = await core.measure(1, temporaryDirectory());
    expect(core.opened).toHaveLength(4);
    expect(speed.byAll).toBe(speed.byOne);
    expect(core.taken.map(({ ms }) => ms)).toEqual([400, 400, 400, 400]);
    expect(speed.byOne).toBeCloseTo(rateOf(core, 0), 3);
  });

  it("is not told of a core that takes nothing or fails, and nothing stays behind", async () => {
    const directory = temporaryDirectory();
    const stuck = new Core(() => 0, () => { stuck.nowMs += 1; return true; });
    await expect(stuck.measure(1, directory)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const failing = new Core(() => { throw new Error("broken"); });
    await expect(failing.measure(1, directory)).rejects.toThrow("broken");
    expect([failing.closed, readdirSync(directory)]).toEqual([1, []]);
  });
});

describe("measuring a disk", () => {
  it("leaves nothing behind, however it ends", () => {
    const directory = temporaryDirectory();
    const descriptor = openNameless(directory);
    writeSync(descriptor, "measured");
    expect([fstatSync(descriptor).size, readdirSync(directory)]).toEqual([8, []]);
    closeSync(descriptor);
  });

  it("does not take the disk from a capture that runs", async () => {
    const directory = temporaryDirectory();
    const config = configOf(directory);
    const capture = takeRole(directory, "capture");
    const skipped = [{ verdict: "skip", detail: `${path.join(directory, "packets")} was not measured by writing: a capture runs, and might lose packets by it` }];
    expect([await writeSpeed.run(config), await trustedRate.run(config)]).toEqual([skipped, skipped]);
    capture.release();
    expect((await writeSpeed.run(config))[0]?.detail).not.toContain("a capture runs");
  });
});

describe("the rate that a host can be trusted with", () => {
  const MB = 1e6;
  const core: CoreSpeed = { byOne: 1_000_000, byAll: 1_800_000, workers: 2, packetBytes: 400, sessionPackets: 12 };
  const of = (more: Partial<Parameters<typeof rateFindings>[0]>) => rateFindings({ disk: 4000 * MB, hash: 4000 * MB, workers: 2, core, link: null, spare: 0, ...more });

  it("in bytes is the least of what disk, hashing and packets allow, at a size of packets", () => {
    expect(of({ disk: 200 * MB })[0]).toEqual({ verdict: "ok", detail: "1.1 Gbit/s without a pause can be trusted to this host at 400 bytes a packet; the disk decides (an estimate: 70 % of the disk's 1.6 Gbit/s, 60 % of MD5's 32.0 Gbit/s a processor)" });
    expect(of({ hash: 250 * MB })[0]?.detail).toContain("2.4 Gbit/s without a pause can be trusted to this host at 400 bytes a packet; hashing of bodies decides");
    expect(of({})[0]?.detail).toContain("2.9 Gbit/s without a pause can be trusted to this host at 400 bytes a packet; the number of packets decides");
  });

  it("in packets is half of what the core takes, in all and by one worker", () => {
    expect(of({})[1]).toEqual({ verdict: "ok", detail: "900,000 packets/s, however small, can be trusted to it by 2 workers, 500,000 packets/s to one alone (50 % of the 1,800,000 packets/s that the core was measured to take at 12 packets a session)" });
    expect(of({ core: { ...core, byOne: 123_456, byAll: 123_456, workers: 1 }, spare: 3, workers: 1 })[1]?.detail)
      .toBe("61,000 packets/s, however small, can be trusted to it by 1 worker (50 % of the 120,000 packets/s that the core was measured to take at 12 packets a session); packetThreads=4 would use the other processors");
  });

  it("is compared with what the interfaces can bring, in bytes and in the smallest packets", () => {
    const [bytes, packets] = of({ link: 1250 * MB, spare: 2 });
    expect(bytes).toMatchObject({ verdict: "warn", detail: expect.stringContaining("the interfaces can bring 10.0 Gbit/s"), advice: expect.stringContaining("packetThreads=4, a faster disk") });
    expect(packets?.detail).toContain("the interfaces can bring 14,000,000 packets/s of the smallest size");
    const slow = of({ link: 12.5 * MB });
    expect([slow[0]?.verdict, slow[1]?.detail.includes("interfaces")]).toEqual(["ok", false]);
  });

  it("says why packets were not measured", () => {
    expect(of({ core: "a capture runs", disk: 200 * MB })).toMatchObject([{ verdict: "ok", detail: expect.stringMatching(/^1\.1 Gbit\/s without a pause can be trusted to this host; the disk decides/) }, { verdict: "skip", detail: "packets a second were not measured: a capture runs" }]);
  });

  it("is measured with the workers that will be there: packetThreads, and one processor left", async () => {
    const asked = async (packetThreads: number, processors: number) => {
      const workers: number[] = [];
      const check = rateCheck({ writing: () => 4000 * MB, hashing: () => 4000 * MB, core: (_, count) => { workers.push(count); return Promise.resolve({ ...core, workers: count }); }, processors });
      const findings = await check.run(configOf(temporaryDirectory(), packetThreads));
      return [workers, findings[1]?.detail.match(/packetThreads=\d+/)?.[0] ?? null];
    };
    expect([await asked(1, 8), await asked(4, 2), await asked(4, 1), await asked(7, 8), await asked(24, 64)]).toEqual([[[1], "packetThreads=7"], [[1], null], [[1], null], [[7], null], [[24], null]]);
    const slow = { verdict: "skip", detail: "too little free space" } as const;
    expect(await rateCheck({ writing: () => slow, hashing: () => 1, core: () => Promise.resolve(core), processors: 1 }).run(configOf(temporaryDirectory()))).toEqual([slow]);
  });
});
