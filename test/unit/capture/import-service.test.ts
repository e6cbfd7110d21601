import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { workersFor } from "../../../src/capture/import-share.js";
import { ImportQueue } from "../../../src/capture/import-queue.js";
import { ImportService, type ImportParts } from "../../../src/capture/import-service.js";
import { sourceIdentity } from "../../../src/capture/source-identity.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { loadConfig } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import type { SegmentInfo } from "../../../src/model/segment.js";
import type { CaptureCopy, ImportOptions, ImportResult, NativeCore } from "../../../src/native/types.js";
import { directoryLooks, streamIdentity } from "../../../src/packet-store/packet-store.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** A core that takes a file's first word as its identity, and can be told to fail or to wait. */
class ScriptedCore implements NativeCore {
  imports: ImportOptions[] = [];
  fail: Error | null = null;
  hold: Promise<void> | null = null;
  /** Whether what it copies is damaged. */
  isDamaged = false;
  started: () => void = () => {};
  /** Reports once more, as the core may after its result is known. */
  reportLate: () => void = () => {};

  fieldCatalogue(): string { return "{}"; }
  makeDirectory(): never { throw new Error("an import makes no directory for packets"); }
  checkPlaceFiles(): readonly [] { return []; }
  checkSettings(): never { throw new Error("settings are checked where a process starts"); }
  mergeSegments(): never { throw new Error("an import merges nothing"); }
  directionFinder(): never { throw new Error("an import asks for no directions"); }
  async identify(file: string) {
    const content = (await import("node:fs/promises")).readFile(file, "utf8");
    const [word = ""] = (await content).split(" ");
    if (word === "garbage") throw new LookbackError("CAPTURE_UNREADABLE", `${file}: not a capture`);
    const compressed = word === "gz" && !file.endsWith(".partial");
    return { stream: compressed ? "" : word.padEnd(32, "0"), compression: compressed ? "gzip" as const : "none" as const, bytes: (await content).length };
  }
  dissect(): never { throw new Error("an import prints no documents"); }
  async copyCapture(source: string, destination: string): Promise<CaptureCopy> {
    await copyFile(source, destination);
    return { bytes: 70, isDamaged: this.isDamaged };
  }
  async importStream(options: ImportOptions, signal: AbortSignal | null, onProgress: (p: { packets: number; bytes: number; totalBytes: number; sessions: number }) => void): Promise<ImportResult> {
    this.imports.push(options);
    this.started();
    onProgress({ packets: 5, bytes: 10, totalBytes: 100, sessions: 1 });
    this.reportLate = () => { onProgress({ packets: 7, bytes: 70, totalBytes: 70, sessions: 2 }); };
    if (this.hold !== null) {
      await Promise.race([this.hold, new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }))]);
      if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "cancelled");
    }
    if (this.fail !== null) throw this.fail;
    const segment: SegmentInfo = {
      path: `2026-01-01/${options.stream}.parquet`, day: "2026-01-01", level: 0, rows: 2, bytes: 10, firstMs: 1, minLastMs: 2, lastMs: 3, columns: ["id"],
      openRows: 0, totalPackets: 7, totalBytes: 70,
    };
    mkdirSync(path.join(options.segmentDirectory, segment.day), { recursive: true });
    writeFileSync(path.join(options.segmentDirectory, segment.path), "rows");
    return {
      format: "pcap", linkTypes: [1], packets: 7, fileBytes: 70, capturedBytes: 60, sessions: 2, firstPacketMs: Date.UTC(2026, 0, 1), lastPacketMs: 3,
      segments: [segment], warnings: [{ name: "truncated", count: 1, firstOffset: 60 }], counters: {},
    };
  }
  useSmallPages(): never { throw new Error("not here"); }
  keepRightsOverChangeOfUser(): never { throw new Error("not here"); }
  keepRightsToCapture(): never { throw new Error("not here"); }
  openLive(): never { throw new Error("not here"); }
  openStandardInput(): never { throw new Error("not here"); }
  readSegment(): never { throw new Error("not here"); }
}

let directory: string;
let catalogue: Catalogue;
let core: ScriptedCore;
let service: ImportService;
let storeError: Error | null;
/** What making room does; its answer is whether anything went. */
let makeRoom: ((directory: string) => boolean | Promise<boolean>) | null = null;
let now = 1000;

function build(workers = 1): ImportService {
  const parts: ImportParts = {
    native: core, catalogue, logger: silentLogger, clock: { nowMs: () => (now += 1000) },
    settings: { ...engineSettings(loadConfig({ file: null, node: "n1", environment: {}, workingDirectory: directory })), workers },
    segmentDirectory: path.join(directory, "sessions"), packetDirectory: path.join(directory, "packets"), fileNames: /\.pcap(\.gz)?$/, makeRoom: async (full) => (await makeRoom?.(full)) ?? false,
    store: {
      async commitSegments(commit, alongside) {
        if (storeError !== null) throw storeError;
        catalogue.transaction(() => {
          catalogue.segments.apply({ ...commit, superseded: [] });
          alongside?.();
        });
      },
    },
  };
  return new ImportService(parts);
}

beforeEach(async () => {
  directory = temporaryDirectory();
  for (const [name, content] of [["a.pcap", "aaaa 1"], ["b.pcap", "bbbb 1"], ["same.pcap", "aaaa 2"], ["bad.pcap", "garbage"], ["c.pcap.gz", "gz 1"]]) {
    writeFileSync(path.join(directory, name ?? ""), content ?? "");
  }
  catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => now });
  core = new ScriptedCore();
  storeError = null;
  service = build();
  await service.start();
});

async function run(paths: string[], copy = false) {
  const { jobs } = await service.submit(paths, { copy, workingDirectory: directory, requestedBy: "test" });
  return service.finished(jobs.map((job) => job.id));
}
const packets = () => (existsSync(path.join(directory, "packets")) ? readdirSync(path.join(directory, "packets")) : []);
const segments = () => (existsSync(path.join(directory, "sessions")) ? readdirSync(path.join(directory, "sessions"), { recursive: true }).filter((name) => String(name).endsWith(".parquet")) : []);

describe("an import", () => {
  it("goes on when its progress finds no room in the catalogue", async () => {
    const { jobs } = catalogue;
    const update = jobs.update.bind(jobs);
    let refused = 0;
    jobs.update = (id, change) => {
      if (change.packets === 5) throw new Error(`database or disk is full (${(refused += 1)})`);
      update(id, change);
    };
    expect(await run(["a.pcap"])).toMatchObject([{ state: "done", packets: 7 }]);
    expect(refused).toBe(1);
  });

  it("is over when the core reports once more, though the catalogue is closed by then", async () => {
    expect(await run(["a.pcap"])).toMatchObject([{ state: "done" }]);
    await service.stop();
    catalogue.close();
    expect(core.reportLate).not.toThrow();
  });

  it("knows a capture that grows by its identity and size of one moment", async () => {
    const file = path.join(directory, "a.pcap");
    const identify = core.identify.bind(core);
    core.identify = async (name) => {
      const found = await identify(name);
      appendFileSync(file, "more");
      return { ...found, bytes: readFileSync(file).length };
    };
    expect(await run(["a.pcap"])).toMatchObject([{ state: "done" }]);
    const [{ stream, bytes } = { stream: "", bytes: 0 }] = catalogue.files.list();
    expect(bytes).toBeGreaterThan(6);
    const handle = await open(file);
    expect(await streamIdentity(handle, bytes)).toBe(stream);
    await handle.close();
    expect(core.imports).toMatchObject([{ stream }]);
  });

  it("in place makes file, segments and the end of the job visible, and copies nothing", async () => {
    expect(await run(["a.pcap"])).toMatchObject([{ state: "done", packets: 7, sessions: 2, bytes: 70, requestedBy: "test", warnings: [{ name: "truncated", firstOffset: 60 }] }]);
    expect(catalogue.files.list()).toMatchObject([{ path: path.join(directory, "a.pcap"), storage: "in-place", state: "complete", stream: "aaaa".padEnd(32, "0"), packets: 7, node: "n1" }]);
    expect(catalogue.segments.live()).toHaveLength(1);
    expect(packets()).toEqual([]);
  });
  it("of a compressed file or with copy makes a packet file of ours, named by node, day and number; file == sees the given path", async () => {
    await run(["c.pcap.gz"]);
    await run(["a.pcap"], true);
    const files = catalogue.files.list();
    expect(files.map((file) => [file.storage, path.basename(file.path), path.basename(file.displayName)])).toEqual([
      ["own", `n1-260101-${String(files[0]?.id).padStart(8, "0")}.pcap`, "c.pcap.gz"], ["own", `n1-260101-${String(files[1]?.id).padStart(8, "0")}.pcap`, "a.pcap"],
    ]);
    expect(packets().sort()).toEqual(files.map((file) => path.basename(file.path)).sort());
    expect(files.map((file) => file.directoryInode)).toEqual([1, 2].map(() => directoryInode(path.join(directory, "packets"))));
  });
  it("of a compressed file that is damaged keeps what was whole, and tells", async () => {
    core.isDamaged = true;
    const damage = { name: "damaged-compression", count: 1, firstOffset: 70 };
    expect(await run(["c.pcap.gz"])).toMatchObject([{ state: "done", packets: 7, warnings: [damage, { name: "truncated", firstOffset: 60 }] }]);
    expect((await run(["b.pcap"]))[0]?.warnings).not.toContainEqual(damage);
  });
  it("of the same capture again, under any name, changes nothing and says so", async () => {
    await run(["a.pcap"]);
    expect(await run(["same.pcap"])).toMatchObject([{ state: "already", errorCode: "CAPTURE_ALREADY_IMPORTED", fileId: null }]);
    expect(await run(["same.pcap"], true)).toMatchObject([{ state: "already" }]);
    expect(catalogue.files.list()).toHaveLength(1);
    expect(packets()).toEqual([]);
  });
  it("of a capture whose packets expired takes it again where somebody names it, and not where only new ones count", async () => {
    await run(["a.pcap"], true);
    const [file] = catalogue.files.list();
    catalogue.files.update(file?.id ?? 0, { state: "gone" });
    expect(catalogue.jobs.imported(path.join(directory, "a.pcap"))?.source).toBe(sourceIdentity(statSync(path.join(directory, "a.pcap"), { bigint: true })));
    const { jobs } = await service.submit(["same.pcap"], { copy: true, workingDirectory: directory, requestedBy: "test", onlyNew: true });
    expect(await service.finished(jobs.map(({ id }) => id))).toMatchObject([{ state: "already" }]);
    expect(await run(["same.pcap"], true)).toMatchObject([{ state: "done" }]);
  });
  it("of a capture that was imported where it lies, and is missed since, takes it again also then", async () => {
    await run(["a.pcap"]);
    catalogue.files.update(catalogue.files.list()[0]?.id ?? 0, { state: "gone" });
    const { jobs } = await service.submit(["a.pcap"], { copy: false, workingDirectory: directory, requestedBy: "test", onlyNew: true });
    expect(await service.finished(jobs.map(({ id }) => id))).toMatchObject([{ state: "done" }]);
  });
  it("of a bad file fails, names it, and the others go on", async () => {
    const jobs = await run(["."]);
    expect(jobs.map((job) => [path.basename(job.path), job.state, job.errorCode])).toEqual([
      ["a.pcap", "done", null], ["b.pcap", "done", null], ["bad.pcap", "failed", "CAPTURE_UNREADABLE"], ["c.pcap.gz", "done", null], ["same.pcap", "already", "CAPTURE_ALREADY_IMPORTED"],
    ]);
    expect(catalogue.files.list().every((file) => file.state === "complete")).toBe(true);
  });
  it("of another capture at a path that was imported marks the old packets gone", async () => {
    await run(["a.pcap"]);
    writeFileSync(path.join(directory, "a.pcap"), "new 1");
    expect(await run(["a.pcap"])).toMatchObject([{ state: "done" }]);
    expect(catalogue.files.list().map((file) => file.state)).toEqual(["gone", "complete"]);
  });
});

describe("a failure", () => {
  it.each([
    [new LookbackError("DISK_FULL", "full"), "DISK_FULL"], [Object.assign(new Error("write"), { code: "ENOSPC" }), "DISK_FULL"], [new Error("odd"), "INTERNAL"],
  ])("of the core leaves nothing: %s", async (error, code) => {
    core.fail = error;
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "failed", errorCode: code, fileId: null }]);
    expect([catalogue.files.list(), catalogue.segments.live(), packets()]).toEqual([[], [], []]);
  });
  it("for want of room is tried once more when room could be made", async () => {
    const asked: string[] = [];
    makeRoom = (full) => { asked.push(full); return asked.length > 1; };
    storeError = new LookbackError("DISK_FULL", "full");
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "failed", errorCode: "DISK_FULL" }]);
    expect(core.imports).toHaveLength(1);
    // Room is made now, and the second try fails for good: no third.
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "failed", errorCode: "DISK_FULL" }]);
    expect(core.imports).toHaveLength(3);
    makeRoom = () => { storeError = null; return true; };
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "done" }]);
    expect(asked).toEqual([path.join(directory, "packets"), path.join(directory, "packets")]);
    makeRoom = null;
  });
  it("that the catalogue cannot note is taken up again when the queue is looked at next", async () => {
    const release = vi.spyOn(ImportQueue.prototype, "releaseFile").mockImplementationOnce(() => { throw Object.assign(new Error("full"), { code: "SQLITE_FULL" }); });
    core.fail = new Error("of the disk");
    const { jobs } = await service.submit(["a.pcap"], { copy: false, workingDirectory: directory, requestedBy: "test" });
    const [id = ""] = jobs.map((job) => job.id);
    while (release.mock.calls.length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(service.job(id)?.state).toBe("running");
    release.mockRestore();
    core.fail = null;
    const finished = service.finished([id]);
    service.wake();
    expect(await finished).toMatchObject([{ state: "done" }]);
  });
  it("of the commit removes segments and copy, and the next import goes on", async () => {
    storeError = Object.assign(new Error("full"), { code: "SQLITE_FULL" });
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "failed", errorCode: "DISK_FULL" }]);
    expect([catalogue.files.list(), segments(), packets()]).toEqual([[], [], []]);
    storeError = null;
    expect(await run(["a.pcap"], true)).toMatchObject([{ state: "done" }]);
  });
});

describe("cancelling and stopping", () => {
  const startHeld = async (paths: string[]) => {
    const started = new Promise<void>((resolve) => { core.started = resolve; });
    core.hold = new Promise(() => {});
    const { jobs } = await service.submit(paths, { copy: false, workingDirectory: directory, requestedBy: "test" });
    await started;
    return jobs.map((job) => job.id);
  };
  it("cancel ends a running and a queued job", async () => {
    const [running = "", queued = ""] = await startHeld(["a.pcap", "b.pcap"]);
    service.cancel(queued);
    service.cancel(running);
    expect(await service.finished([running, queued])).toMatchObject([{ state: "failed", errorCode: "QUERY_CANCELLED" }, { state: "failed", errorCode: "QUERY_CANCELLED" }]);
    expect(service.cancel("none")).toBeNull();
    expect(catalogue.files.list()).toEqual([]);
  });
  it("stop puts the running job back, and the next start runs it", async () => {
    const [id = ""] = await startHeld(["a.pcap"]);
    await service.stop();
    expect(service.job(id)).toMatchObject({ state: "queued", fileId: null });
    await expect(service.submit(["b.pcap"], { copy: false, workingDirectory: directory, requestedBy: "test" })).rejects.toMatchObject({ code: "SHUTTING_DOWN" });
    core.hold = null;
    service = build();
    await service.start();
    expect(await service.finished([id])).toMatchObject([{ state: "done" }]);
  });
  it("a job that a dead process left running is run again with the same file number, its remains removed", async () => {
    const id = catalogue.jobs.add({ path: path.join(directory, "a.pcap"), mode: "copy", requestedBy: "test" });
    const fileId = catalogue.files.add({ node: "n1", path: `import:${id}`, displayName: "a", stream: "", storage: "own", state: "writing", format: "" });
    catalogue.jobs.move(id, "running", { fileId });
    mkdirSync(path.join(directory, "packets"));
    for (const name of [`import-${fileId}.partial`, `n1-260101-${String(fileId).padStart(8, "0")}.pcap`, "n1-260101-00000099.pcap"]) writeFileSync(path.join(directory, "packets", name), "half");
    service = build();
    await service.start();
    expect(await service.finished([id])).toMatchObject([{ state: "done", fileId }]);
    expect(packets().sort()).toEqual([`n1-260101-${String(fileId).padStart(8, "0")}.pcap`, "n1-260101-00000099.pcap"]);
  });
  it("standard input of a dead process is a failure, not a wait", async () => {
    const id = catalogue.jobs.add({ path: "-", mode: "in-place", requestedBy: "test" });
    catalogue.jobs.move(id, "running");
    service = build();
    await service.start();
    expect(service.job(id)).toMatchObject({ state: "failed", errorCode: "CAPTURE_UNREADABLE" });
  });
});

describe("several workers", () => {
  /** Steps take milliseconds; a machine with much to do may take longer. */
  const PATIENCE = { timeout: 10_000 };

  /** A service of so many workers, whose imports go on until they are let go, and what it reads, by file and workers. */
  async function several(workers: number, sizes: Readonly<Record<string, number>>) {
    for (const [name, size] of Object.entries(sizes)) writeFileSync(path.join(directory, name), `${name.slice(0, 1)} `.padEnd(size, "x"));
    await service.stop();
    const holds = new Map<string, () => void>();
    const read = core.importStream.bind(core);
    core.importStream = async (options, signal, onProgress) => {
      const [file] = options.files;
      await new Promise<void>((resolve) => { holds.set(path.basename(file?.path ?? ""), resolve); signal?.addEventListener("abort", () => { resolve(); }); });
      signal?.throwIfAborted();
      return read(options, signal, onProgress);
    };
    const begun: string[] = [];
    service = build(workers);
    const importing = core.importStream;
    core.importStream = (options, signal, onProgress) => {
      begun.push(`${path.basename(options.files[0]?.path ?? "")} ${options.settings.workers}`);
      return importing(options, signal, onProgress);
    };
    await service.start();
    const { jobs } = await service.submit(Object.keys(sizes), { copy: false, workingDirectory: directory, requestedBy: "test" });
    const letGo = async (name: string, isOver = true): Promise<void> => {
      await vi.waitFor(() => { expect([...holds.keys()]).toContain(name); }, PATIENCE);
      holds.get(name)?.();
      holds.delete(name);
      if (isOver) await vi.waitFor(() => { expect(["done", "already", "failed"]).toContain(service.job(jobs[Object.keys(sizes).indexOf(name)]?.id ?? "")?.state); }, PATIENCE);
    };
    return { begun, letGo, ids: jobs.map(({ id }) => id), begins: (...expected: string[]) => vi.waitFor(() => { expect(begun).toEqual(expected); }, PATIENCE) };
  }

  it("read captures of one size side by side, and one that is as large as the rest with all", async () => {
    const { letGo, begins, ids } = await several(2, { "1.pcap": 100, "2.pcap": 100, "3.pcap": 1_000, "4.pcap": 10 });
    await begins("1.pcap 1", "2.pcap 1");
    await letGo("2.pcap");
    // It would have one worker for long, while the other one had nothing to do.
    await begins("1.pcap 1", "2.pcap 1");
    await letGo("1.pcap");
    await begins("1.pcap 1", "2.pcap 1", "3.pcap 2");
    await letGo("3.pcap");
    await letGo("4.pcap");
    expect(await service.finished(ids)).toMatchObject(ids.map(() => ({ state: "done" })));
    expect(catalogue.files.list().filter(({ state }) => state === "complete")).toHaveLength(4);
  });

  it("take the same capture once", async () => {
    const { letGo, begins, ids } = await several(3, { "1.pcap": 100, "1-again.pcap": 100, "2.pcap": 100 });
    await begins("1.pcap 1", "2.pcap 1");
    await letGo("1.pcap");
    await letGo("2.pcap");
    expect((await service.finished(ids)).map(({ state }) => state)).toEqual(["done", "already", "done"]);
  });

  it("go on with one that waits for all of them where the last one ends while its size is looked at", async () => {
    const sizeOf = vi.spyOn(directoryLooks, "sizeOf");
    try {
      const { letGo, begins, ids } = await several(2, { "1.pcap": 100, "2.pcap": 100, "3.pcap": 10_000 });
      await begins("1.pcap 1", "2.pcap 1");
      let tell = (): void => {};
      sizeOf.mockReturnValueOnce(new Promise((resolve) => { tell = () => { resolve(10_000); }; }));
      const looks = sizeOf.mock.calls.length;
      await letGo("1.pcap");
      await vi.waitFor(() => { expect(sizeOf.mock.calls.length).toBeGreaterThan(looks); }, PATIENCE);
      await letGo("2.pcap");
      tell();
      await begins("1.pcap 1", "2.pcap 1", "3.pcap 2");
      await letGo("3.pcap");
      expect((await service.finished(ids)).map(({ state }) => state)).toEqual(["done", "done", "done"]);
    } finally {
      sizeOf.mockRestore();
    }
  });

  it("ask for no further sizes where a directory does not answer", async () => {
    const sizeOf = vi.spyOn(directoryLooks, "sizeOf").mockRejectedValue(new LookbackError("UNAVAILABLE", "it does not answer"));
    try {
      const { begins } = await several(2, { "1.pcap": 100, "2.pcap": 100, "3.pcap": 100 });
      await begins("1.pcap 1", "2.pcap 1");
      // One for each of the two that began.
      expect(sizeOf.mock.calls.length).toBeLessThanOrEqual(2);
    } finally {
      sizeOf.mockRestore();
    }
  });

  it("all read one whose size nobody knows, where nothing else is to be read", async () => {
    const sizeOf = vi.spyOn(directoryLooks, "sizeOf").mockRejectedValue(new Error("a pipe"));
    try {
      const { begins } = await several(3, { "1.pcap": 100 });
      await begins("1.pcap 3");
    } finally {
      sizeOf.mockRestore();
    }
  });

  it("have room made once where all find none meanwhile", async () => {
    let made = 0;
    let free = (): void => {};
    makeRoom = () => {
      made += 1;
      return new Promise((resolve) => { free = () => { resolve(true); }; });
    };
    const names = ["1.pcap", "2.pcap", "3.pcap"];
    const { begun, begins, ids, letGo } = await several(3, Object.fromEntries(names.map((name) => [name, 100])));
    await begins("1.pcap 1", "2.pcap 1", "3.pcap 1");
    core.fail = new LookbackError("DISK_FULL", "full");
    for (const name of names) await letGo(name, false);
    await vi.waitFor(() => { expect(ids.map((id) => service.job(id)?.fileId)).toEqual([null, null, null]); }, PATIENCE);
    core.fail = null;
    free();
    await vi.waitFor(() => { expect([...begun].sort()).toEqual(names.flatMap((name) => [`${name} 1`, `${name} 1`])); }, PATIENCE);
    for (const name of names) await letGo(name);
    expect([made, (await service.finished(ids)).map(({ state }) => state)]).toEqual([1, ["done", "done", "done"]]);
    makeRoom = null;
  });

  it("read what lies at one path one after the other, so that the newest stays", async () => {
    const again = await several(2, { "2.pcap": 100, "3.pcap": 100 });
    await again.begins("2.pcap 1", "3.pcap 1");
    await again.letGo("3.pcap");
    writeFileSync(path.join(directory, "2.pcap"), "newer ".padEnd(100, "x"));
    const { jobs: [newer] } = await service.submit(["2.pcap"], { copy: false, workingDirectory: directory, requestedBy: "test" });
    await vi.waitFor(() => { expect(service.job(newer?.id ?? "")?.state).toBe("running"); }, PATIENCE);
    await again.letGo("2.pcap");
    await again.begins("2.pcap 1", "3.pcap 1", "2.pcap 1");
    await again.letGo("2.pcap", false);
    expect(await service.finished([newer?.id ?? ""])).toMatchObject([{ state: "done" }]);
    expect(catalogue.files.atPath(path.join(directory, "2.pcap"))?.stream).toMatch(/^newer/);
  });

  it("take a capture that comes meanwhile, and leave all in the queue where they stop", async () => {
    const { begins, ids } = await several(2, { "1.pcap": 100, "2.pcap": 100 });
    await begins("1.pcap 1", "2.pcap 1");
    service.cancel(ids[0] ?? "");
    await vi.waitFor(() => { expect(service.job(ids[0] ?? "")?.errorCode).toBe("QUERY_CANCELLED"); }, PATIENCE);
    const { jobs: [late] } = await service.submit(["b.pcap"], { copy: false, workingDirectory: directory, requestedBy: "test" });
    await begins("1.pcap 1", "2.pcap 1", "b.pcap 1");
    await service.stop();
    expect([ids[1] ?? "", late?.id ?? ""].map((id) => service.job(id)?.state)).toEqual(["queued", "queued"]);
  });

  it("are shared by bytes", () => {
    const cases: readonly (readonly [number, readonly number[], number, number])[] = [[1, [3], 4, 4], [1, [], 4, 4], [3, [1], 8, 8], [3, [1], 8, 4], [0, [0], 4, 4], [1, [999], 4, 1]];
    expect(cases.map((one) => workersFor(...one))).toEqual([1, 4, 6, 0, 1, 1]);
  });
});

describe("events", () => {
  it("reach every reader, and a slow one sees the last state", async () => {
    const slow = service.events();
    await run(["a.pcap"]);
    const seen = await slow.next();
    expect(seen.value).toMatchObject({ state: "done" });
    await slow.return?.();
    expect((await slow.next()).done).toBe(true);
  });
  it("end with the signal and with the service", async () => {
    const abort = new AbortController();
    const [first, second] = [service.events(abort.signal), service.events()];
    abort.abort();
    expect((await first.next()).done).toBe(true);
    await service.stop();
    expect((await second.next()).done).toBe(true);
  });
});
