import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { noteReplay, rememberOpen, runReplays } from "../../../src/capture/live-replay.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import { loadNativeCore } from "../../../src/native/native.js";
import type { ImportOptions, ImportResult } from "../../../src/native/types.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const STREAM = "a".repeat(32);

/** Lists a file of ten packets or fewer, which lies on disk, in a catalogue. */
function addFile(catalogue: Catalogue, id: number, firstOrdinal: number, packets: number): string {
  const file = path.join(catalogue.directory, `${id}.pcap`);
  writeFileSync(file, "packets");
  catalogue.files.add({ id, node: "n1", path: file, displayName: `${id}`, stream: STREAM, storage: "own", state: "complete", format: "pcap", linkTypes: [1], bytes: 1, packets, firstMs: id * 1000, lastMs: id * 1000 + 999, firstOrdinal });
  return file;
}

const RESULT: ImportResult = { format: "pcap", linkTypes: [1], packets: 10, fileBytes: 1, capturedBytes: 1, sessions: 1, firstPacketMs: 1, lastPacketMs: 2, segments: [], warnings: [], counters: {} };

/** Runs what is noted; `read` is what the core does when it is asked for the `at`th time. */
function replayWith(catalogue: Catalogue, read: (options: ImportOptions, at: number) => Promise<ImportResult>): { readonly over: Promise<void>; readonly asked: readonly ImportOptions[] } {
  const asked: ImportOptions[] = [];
  const native = { ...loadNativeCore(), importStream: (options: ImportOptions): Promise<ImportResult> => read(options, asked.push(options) - 1) };
  const settings = { ...engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: catalogue.directory })), workers: 4 };
  const over = runReplays({
    native, catalogue, settings, segmentDirectory: "/s", logger: silentLogger, store: { commitSegments: (_, alongside) => { alongside?.(); return Promise.resolve(); } },
  }, STREAM, new AbortController().signal);
  return { over, asked };
}

describe("a replay that was noted", () => {
  it("reads the files up to where the next capture began, on one thread, and knows of losses of its node", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    addFile(catalogue, 1, 0, 10);
    addFile(catalogue, 2, 10, 10);
    const span = { interface: "a", fromMs: 2000, received: 1, stored: 0, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 1, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false };
    catalogue.captureLedger.add({ ...span, node: "n1", untilMs: 2500 });
    catalogue.captureLedger.add({ ...span, node: "n2", untilMs: 9000 });
    catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: 12, nextOrdinal: 15, completeUntilMs: 1500 });
    rememberOpen(catalogue, STREAM, Buffer.from("open"));
    expect(noteReplay(catalogue, STREAM, "n1")).toBe(20);
    expect(noteReplay(catalogue, STREAM, "n1")).toBe(20);
    // The next capture writes meanwhile.
    addFile(catalogue, 3, 20, 5);
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect(asked).toMatchObject([{
      files: [{ fileId: 2, firstOrdinal: 10 }], settings: { workers: 1 }, replay: { from: 12, knownUntil: 15, open: Buffer.from("open") }, losses: [{ fromMs: 2000, untilMs: 2500 }],
    }]);
    expect(catalogue.replays.all()).toEqual([]);
    catalogue.close();
  });

  it("reads what is before a file that is gone, and what is behind it", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    for (const id of [1, 3]) addFile(catalogue, id, (id - 1) * 10, 10);
    noteReplay(catalogue, STREAM, "n1");
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId, firstOrdinal }) => [fileId, firstOrdinal]))).toEqual([[[1, 0], [3, 20]]]);
    catalogue.close();
  });

  it("goes on with what is left when retention takes files that it has not come to", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    for (const id of [1, 2, 3, 4]) addFile(catalogue, id, (id - 1) * 10, 10);
    noteReplay(catalogue, STREAM, "n1");
    const { over, asked } = replayWith(catalogue, (_, at) => {
      if (at === 0) for (const id of [1, 2]) catalogue.files.update(id, { state: "gone" });
      if (at === 1) catalogue.files.update(3, { state: "gone" });
      return at < 2 ? Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "no such file")) : Promise.resolve(RESULT);
    });
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[1, 2, 3, 4], [3, 4], [4]]);
    expect(catalogue.replays.all()).toEqual([]);
    catalogue.close();
  });

  it("is left as it was when a file of it cannot be read, or is not there and still listed", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    addFile(catalogue, 1, 0, 10);
    const second = addFile(catalogue, 2, 10, 10);
    noteReplay(catalogue, STREAM, "n1");
    const damaged = replayWith(catalogue, () => Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "no capture")));
    await expect(damaged.over).rejects.toMatchObject({ code: "CAPTURE_UNREADABLE" });
    expect(damaged.asked).toHaveLength(1);
    rmSync(second);
    const away = replayWith(catalogue, () => Promise.resolve(RESULT));
    await expect(away.over).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining(second) });
    expect(away.asked).toEqual([]);
    expect(catalogue.replays.all()).toHaveLength(1);
    catalogue.close();
  });
});
