import { describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { noteReplay, rememberOpen, runReplays, unbroken } from "../../../src/capture/live-replay.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import { loadNativeCore } from "../../../src/native/native.js";
import type { ImportOptions, ImportResult } from "../../../src/native/types.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

it("a replay begins behind the last file that is missing in between", () => {
  const file = (firstOrdinal: number, packets: number) => ({ firstOrdinal, packets });
  expect(unbroken([])).toEqual([]);
  expect(unbroken([file(5, 3), file(8, 2), file(10, 1)])).toEqual([file(5, 3), file(8, 2), file(10, 1)]);
  expect(unbroken([file(0, 5), file(8, 2), file(10, 1)])).toEqual([file(8, 2), file(10, 1)]);
  expect(unbroken([file(0, 5), file(8, 2), file(11, 1)])).toEqual([file(11, 1)]);
});

describe("a replay that was noted", () => {
  it("reads the files up to where the next capture began, on one thread, and knows of losses of its node", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const stream = "a".repeat(32);
    const file = (id: number, firstOrdinal: number, packets: number) =>
      catalogue.files.add({ id, node: "n1", path: `/p/${id}`, displayName: `${id}`, stream, storage: "own", state: "complete", format: "pcap", linkTypes: [1], bytes: 1, packets, firstMs: id * 1000, lastMs: id * 1000 + 999, firstOrdinal });
    file(1, 0, 10);
    file(2, 10, 10);
    const span = { interface: "a", fromMs: 2000, received: 1, stored: 0, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 1, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false };
    catalogue.captureLedger.add({ ...span, node: "n1", untilMs: 2500 });
    catalogue.captureLedger.add({ ...span, node: "n2", untilMs: 9000 });
    catalogue.marks.set({ stream, node: "n1", replayFromOrdinal: 12, nextOrdinal: 15, completeUntilMs: 1500 });
    rememberOpen(catalogue, stream, Buffer.from("open"));
    expect(noteReplay(catalogue, stream, "n1")).toBe(20);
    expect(noteReplay(catalogue, stream, "n1")).toBe(20);
    // The next capture writes meanwhile.
    file(3, 20, 5);
    const asked: ImportOptions[] = [];
    const native = {
      ...loadNativeCore(),
      importStream(options: ImportOptions): Promise<ImportResult> {
        asked.push(options);
        return Promise.resolve({ format: "pcap", linkTypes: [1], packets: 10, fileBytes: 1, capturedBytes: 1, sessions: 1, firstPacketMs: 1, lastPacketMs: 2, segments: [], warnings: [], counters: {} });
      },
    };
    const settings = { ...engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: catalogue.directory })), workers: 4 };
    await runReplays({
      native, catalogue, settings, segmentDirectory: "/s", logger: silentLogger, store: { commitSegments: (_, alongside) => { alongside?.(); return Promise.resolve(); } },
    }, stream, new AbortController().signal);
    expect(asked).toMatchObject([{
      files: [{ fileId: 2, firstOrdinal: 10 }], settings: { workers: 1 }, replay: { from: 12, knownUntil: 15, open: Buffer.from("open") }, losses: [{ fromMs: 2000, untilMs: 2500 }],
    }]);
    expect(catalogue.replays.all()).toEqual([]);
    catalogue.close();
  });
});
