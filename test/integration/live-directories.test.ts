import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { observeCapture } from "../../src/app/capture-observation.js";
import { silentLogger } from "../../src/base/logger.js";
import { CaptureRunRecord } from "../../src/capture/capture-run.js";
import { captureConditions } from "../../src/capture/capture-state.js";
import { LiveService } from "../../src/capture/live-service.js";
import type { PacketListener } from "../../src/capture/packet-source.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { loadNativeCore } from "../../src/native/native.js";
import { udpFrame } from "../support/frames.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

it("a packet directory that goes away while others take its packets is told of to whoever serves", async () => {
  const clock = { now: Date.UTC(2026, 0, 2), nowMs: () => clock.now };
  const directory = temporaryDirectory();
  const [there, gone] = ["there", "gone"].map((name) => path.join(directory, name));
  if (there === undefined || gone === undefined) throw new Error("two directories");
  const catalogue = openCatalogue(directory, clock);
  const settings = engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: directory }));
  let listener: PacketListener = () => {};
  const run = new CaptureRunRecord({ settings: catalogue.settings, clock, logger: silentLogger, node: "n1", interfaces: "test0" });
  const live = new LiveService({
    native: loadNativeCore(), catalogue, clock, nowNs: () => BigInt(clock.now) * 1_000_000n, logger: silentLogger, settings,
    segmentDirectory: path.join(directory, "sessions"), packetDirectories: [there, gone], directoryChoice: "round-robin",
    // Each batch closes the file of the one before it.
    snapLength: 16_384, keepPackets: true, dontSave: [], giveUpRights: false, maxFileBytes: 1, maxFileSeconds: 0, openRowsAfterSeconds: 10,
    store: {
      commitSegments: (commit, alongside) => {
        catalogue.transaction(() => {
          catalogue.segments.apply({ ...commit, superseded: [] });
          alongside?.();
        });
        return Promise.resolve();
      },
    },
    onDiskFull: () => {},
    input: {
      kind: "pushed",
      open: (onPacket) => {
        listener = onPacket;
        return Promise.resolve({ interface: "test0", linkType: 1, timestampSource: "arrival", snapLength: 65_535, kernelDrops: () => null, close: () => {} });
      },
    },
  });
  const frame = udpFrame({ source: "10.0.0.1", destination: "192.0.2.1", sourcePort: 4000, destinationPort: 9 }, Buffer.from("x"));
  /** Three packets, each in a file of its own; what is to be told then. */
  const packets = async (): Promise<readonly unknown[]> => {
    for (let sent = 0; sent < 3; sent += 1) {
      listener(frame, frame.length);
      await live.flush();
      clock.now += 1000;
    }
    return captureConditions(observeCapture(catalogue, clock.now));
  };
  await live.start();
  expect(await packets()).toEqual([]);
  rmSync(gone, { recursive: true });
  writeFileSync(gone, "in its place");
  const [condition, ...others] = await packets();
  expect([condition, others]).toEqual([{ kind: "packet-directory-failed", subject: gone, reason: expect.stringMatching(/gone\/.*\.pcap: Not a directory/) }, []]);
  expect(observeCapture(catalogue, clock.now).statistics).toMatchObject({ packets: 6, droppedByUs: 0, failure: null });

  // One that takes nothing while there is no other costs packets.
  rmSync(there, { recursive: true });
  await live.flush();
  const lost = await packets();
  expect(lost).toEqual(expect.arrayContaining([{ kind: "capture-loss", subject: "n1/test0", lostPackets: 3, lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 3 }]));
  await live.stop();
  run.end();
  expect(captureConditions(observeCapture(catalogue, clock.now + 3_600_000))).toEqual([]);
  catalogue.close();
});
