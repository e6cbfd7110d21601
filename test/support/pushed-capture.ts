import path from "node:path";
import { silentLogger } from "../../src/base/logger.js";
import { CaptureRunRecord } from "../../src/capture/capture-run.js";
import { LiveService } from "../../src/capture/live-service.js";
import type { PacketListener } from "../../src/capture/packet-source.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { loadConfig } from "../../src/config/config.js";
import { engineSettings } from "../../src/config/engine-settings.js";
import { loadNativeCore } from "../../src/native/native.js";
import { udpFrame } from "./frames.js";

/** A capture by the real core whose packets a test pushes, and whose clock it holds. */
export interface PushedCapture {
  readonly catalogue: Catalogue;
  readonly live: LiveService;
  readonly run: CaptureRunRecord;
  readonly clock: { now: number; readonly nowMs: () => number };
  /** Packets of one flow, each followed by a flush and a second. */
  packets(count: number): Promise<void>;
}

/** A capture of node `n1`, interface `test0`, below `directory`, into `packetDirectories`. */
export function pushedCapture(directory: string, packetDirectories: readonly string[], maxFileBytes: number, maxFileSeconds = 0): PushedCapture {
  const clock = { now: Date.UTC(2026, 0, 2), nowMs: () => clock.now };
  const catalogue = openCatalogue(directory, clock);
  const settings = engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: directory }));
  let listener: PacketListener = () => {};
  const run = new CaptureRunRecord({ settings: catalogue.settings, clock, logger: silentLogger, node: "n1", interfaces: "test0" });
  const live = new LiveService({
    native: loadNativeCore(), catalogue, clock, nowNs: () => BigInt(clock.now) * 1_000_000n, logger: silentLogger, settings,
    segmentDirectory: path.join(directory, "sessions"), packetDirectories, directoryChoice: "round-robin",
    snapLength: 16_384, keepPackets: true, dontSave: [], giveUpRights: false, maxFileBytes, maxFileSeconds, openRowsAfterSeconds: 10,
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
  return {
    catalogue, live, run, clock,
    packets: async (count) => {
      for (let sent = 0; sent < count; sent += 1) {
        listener(frame, frame.length);
        await live.flush();
        clock.now += 1000;
      }
    },
  };
}
