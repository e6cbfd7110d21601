import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import { loadNativeCore } from "../../../src/native/native.js";
import type { EngineSettings } from "../../../src/native/types.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { udpFrame } from "../../support/frames.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const native = loadNativeCore();
const directory = temporaryDirectory();
const settings = (overrides: Parameters<typeof loadConfig>[0]["overrides"] = {}): EngineSettings =>
  engineSettings(loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory, overrides }));

describe("readTruncatedPackets", () => {
  it("takes cut packets without a warning, and no other warning away; without it they are taken and told", async () => {
    const data = udpFrame({ source: "10.2.0.1", destination: "192.0.2.3", sourcePort: 42_000, destinationPort: 9 }, Buffer.from("payload"));
    const { bytes } = classicCapture([{ seconds: 20, nanoseconds: 0, data, originalLength: 1400 }, { seconds: 21, nanoseconds: 0, data }]);
    const file = path.join(directory, "cut.pcap");
    writeFileSync(file, bytes.subarray(0, bytes.length - 1));
    const imported = async (given: string): Promise<readonly [number, readonly string[]]> => {
      const { packets, warnings } = await native.importStream({
        files: [{ path: file, fileId: 1, firstOrdinal: 0 }], stream: "0".repeat(32), settings: settings({ readTruncatedPackets: given }), segmentDirectory: directory, batchRows: 100, replay: null, losses: null,
      }, null, () => { /* nobody waits */ });
      return [packets, warnings.map(({ name }) => name)];
    };
    expect(await imported("false")).toEqual([1, ["packet-cut-by-snaplen", "truncated-record"]]);
    expect(await imported("true")).toEqual([1, ["truncated-record"]]);
  });
});
