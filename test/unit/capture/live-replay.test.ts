import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger, type Logger } from "../../../src/base/logger.js";
import { noteGivenUp } from "../../../src/capture/live-files.js";
import { noteReplay, rememberOpen, runReplays } from "../../../src/capture/live-replay.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import { loadNativeCore } from "../../../src/native/native.js";
import type { ImportOptions, ImportResult } from "../../../src/native/types.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const STREAM = "a".repeat(32);

/** Lists a file of ten packets or fewer, which lies on disk, in a catalogue. */
function addFile(catalogue: Catalogue, id: number, firstOrdinal: number, packets: number, directory = path.join(catalogue.directory, "packets")): string {
  const file = path.join(directory, `${id}.pcap`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, "packets");
  catalogue.files.add({ id, node: "n1", path: file, displayName: `${id}`, stream: STREAM, storage: "own", state: "complete", format: "pcap", linkTypes: [1], bytes: 1, packets, firstMs: id * 1000, lastMs: id * 1000 + 999, firstOrdinal, directoryInode: directoryInode(directory) });
  return file;
}

const RESULT: ImportResult = { format: "pcap", linkTypes: [1], packets: 10, fileBytes: 1, capturedBytes: 1, sessions: 1, firstPacketMs: 1, lastPacketMs: 2, segments: [], warnings: [], counters: {} };

/** Runs what is noted; `read` is what the core does when it is asked for the `at`th time. `warned` are the packet files that are warned of, and their packets. */
function replayWith(catalogue: Catalogue, read: (options: ImportOptions, at: number) => Promise<ImportResult>, damaged = new Set<number>()): { readonly over: Promise<void>; readonly asked: readonly ImportOptions[]; readonly warned: readonly unknown[] } {
  const warned: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (facts) => { if (typeof facts === "object" && "path" in facts) warned.push(facts); } };
  const asked: ImportOptions[] = [];
  const native = { ...loadNativeCore(), importStream: (options: ImportOptions): Promise<ImportResult> => read(options, asked.push(options) - 1) };
  const settings = { ...engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: catalogue.directory })), workers: 4 };
  const over = runReplays({
    native, catalogue, settings, segmentDirectory: "/s", logger, damaged, store: { commitSegments: (_, alongside) => { alongside?.(); return Promise.resolve(); } },
  }, STREAM, new AbortController().signal);
  return { over, asked, warned };
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

  it("is left as it was when a file of it cannot be read", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    addFile(catalogue, 1, 0, 10);
    addFile(catalogue, 2, 10, 10);
    noteReplay(catalogue, STREAM, "n1");
    const damaged = replayWith(catalogue, () => Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "no capture")));
    await expect(damaged.over).rejects.toMatchObject({ code: "CAPTURE_UNREADABLE" });
    expect(damaged.asked).toHaveLength(1);
    expect(catalogue.replays.all()).toHaveLength(1);
    catalogue.close();
  });

  it("passes over listed files that are gone, also while it runs, and warns of each once with its packets", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const [first = "", , third = ""] = [1, 2, 3, 4].map((id) => addFile(catalogue, id, (id - 1) * 10, 10));
    catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: 4, nextOrdinal: 15, completeUntilMs: 1500 });
    noteReplay(catalogue, STREAM, "n1");
    rmSync(first);
    const { over, asked, warned } = replayWith(catalogue, (_, at) => {
      if (at > 0) return Promise.resolve(RESULT);
      rmSync(third);
      return Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "no such file"));
    });
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[2, 3, 4], [2, 4]]);
    expect(warned).toEqual([{ path: first, packets: 6 }, { path: third, packets: 10 }]);
    expect(catalogue.replays.all()).toEqual([]);
    catalogue.close();
  });

  it("waits where its directory is another one, whatever was captured there, until somebody says that what came before is gone", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1_700_000_000_000 });
    const away = addFile(catalogue, 1, 0, 10);
    const directory = path.dirname(away);
    renameSync(directory, `${directory}.away`);
    // What was captured beside it in the meantime, before the crash and since, is in another directory of the name.
    addFile(catalogue, 2, 10, 10);
    noteReplay(catalogue, STREAM, "n1");
    addFile(catalogue, 3, 20, 10);
    const mark = path.join(directory, ".lookback-gone");
    for (const markedS of [null, 1_699_999_999]) {
      // A mark from before it was captured is of others.
      if (markedS !== null) {
        writeFileSync(mark, "");
        utimesSync(mark, markedS, markedS);
      }
      const waiting = replayWith(catalogue, () => Promise.resolve(RESULT));
      await expect(waiting.over).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining(".lookback-gone") });
      expect(catalogue.replays.all()).toHaveLength(1);
    }
    utimesSync(mark, 1_700_000_001, 1_700_000_001);
    const { over, asked, warned } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect([asked.map(({ files }) => files.map(({ fileId }) => fileId)), warned]).toEqual([[[2]], [{ path: away, packets: 10 }]]);
    expect(catalogue.replays.all()).toEqual([]);
    catalogue.close();
  });

  it("holds up none that was noted later, and what may pass is told", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const mount = path.join(catalogue.directory, "mount");
    for (const [id, directory] of [[1, undefined], [2, mount], [3, undefined]] as const) {
      addFile(catalogue, id, (id - 1) * 10, 10, directory);
      noteReplay(catalogue, STREAM, "n1");
    }
    renameSync(mount, `${mount}.away`);
    const { over, asked } = replayWith(catalogue, (_, at) => (at === 0 ? Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "damaged")) : Promise.resolve(RESULT)));
    await expect(over).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[1], [3]]);
    expect(catalogue.replays.all().map(({ untilOrdinal }) => untilOrdinal)).toEqual([10, 20]);
    catalogue.close();
  });

  it("that met a damaged file is not tried again while another one waits", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const mount = path.join(catalogue.directory, "mount");
    for (const [id, directory] of [[1, undefined], [2, mount]] as const) {
      addFile(catalogue, id, (id - 1) * 10, 10, directory);
      noteReplay(catalogue, STREAM, "n1");
    }
    renameSync(mount, `${mount}.away`);
    const damaged = new Set<number>();
    const fail = () => Promise.reject(new LookbackError("CAPTURE_UNREADABLE", "damaged"));
    await expect(replayWith(catalogue, fail, damaged).over).rejects.toMatchObject({ code: "UNAVAILABLE" });
    renameSync(`${mount}.away`, mount);
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT), damaged);
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[2]]);
    catalogue.close();
  });

  it("has nothing of a file that was given up but what is counted, be it the last one or not", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    addFile(catalogue, 1, 0, 10);
    catalogue.files.update(1, { state: "writing" });
    noteGivenUp(catalogue.settings, STREAM, [{ fileId: 1, givenUp: true }]);
    catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: null, nextOrdinal: 10, completeUntilMs: 2500 });
    expect([noteReplay(catalogue, STREAM, "n1"), catalogue.replays.all()]).toEqual([10, []]);
    addFile(catalogue, 2, 10, 10);
    catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: 12, nextOrdinal: 15, completeUntilMs: 2500 });
    noteReplay(catalogue, STREAM, "n1");
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[2]]);
    catalogue.close();
  });

  it("closes a file that was given up, where it is counted to, before it reads it", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const { bytes } = classicCapture([1, 2, 3].map((seconds) => ({ seconds, nanoseconds: 0, data: Buffer.alloc(60) })));
    const file = addFile(catalogue, 1, 0, 1);
    writeFileSync(file, bytes);
    catalogue.files.update(1, { state: "writing", bytes: 24 + 76 });
    noteGivenUp(catalogue.settings, STREAM, [{ fileId: 1, givenUp: true }]);
    addFile(catalogue, 2, 1, 9);
    noteReplay(catalogue, STREAM, "n1");
    const sizes: number[] = [];
    await replayWith(catalogue, () => {
      sizes.push(statSync(file).size);
      return Promise.resolve(RESULT);
    }).over;
    expect([sizes, catalogue.files.get(1)?.state]).toEqual([[24 + 76], "complete"]);
    catalogue.close();
  });

  it("has all of a file that could not be counted, in front of what is captured since", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    addFile(catalogue, 1, 0, 10);
    addFile(catalogue, 2, 10, 5);
    catalogue.files.update(2, { state: "writing" });
    // All that was counted is in rows, and no session was open.
    catalogue.marks.set({ stream: STREAM, node: "n1", replayFromOrdinal: null, nextOrdinal: 15, completeUntilMs: 2500 });
    const next = noteReplay(catalogue, STREAM, "n1");
    expect(next).toBe(15 + 2 ** 32);
    expect(noteReplay(catalogue, STREAM, "n1")).toBe(next);
    addFile(catalogue, 3, next, 10);
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect(asked).toMatchObject([{ files: [{ fileId: 2, firstOrdinal: 10 }], replay: { from: 15, knownUntil: 15 } }]);
    catalogue.close();
  });

  it("waits for the mount of a file whose directory is missing or empty, though others have theirs", async () => {
    const catalogue = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const [mount, away] = [path.join(catalogue.directory, "mount"), path.join(catalogue.directory, "away")];
    addFile(catalogue, 1, 0, 10);
    const second = addFile(catalogue, 2, 10, 10, mount);
    noteReplay(catalogue, STREAM, "n1");
    renameSync(mount, away);
    for (const make of [() => {}, () => { mkdirSync(mount); }]) {
      make();
      const waiting = replayWith(catalogue, () => Promise.resolve(RESULT));
      await expect(waiting.over).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringMatching(`^${second}: .*${mount} is not the directory that it was in;`) });
      expect([waiting.asked, waiting.warned]).toEqual([[], []]);
      expect(catalogue.replays.all()).toHaveLength(1);
    }
    rmSync(mount, { recursive: true });
    renameSync(away, mount);
    const { over, asked } = replayWith(catalogue, () => Promise.resolve(RESULT));
    await over;
    expect(asked.map(({ files }) => files.map(({ fileId }) => fileId))).toEqual([[1, 2]]);
    catalogue.close();
  });
});
