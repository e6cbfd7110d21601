import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Timer } from "../../../src/base/clock.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { ExportState } from "../../../src/catalogue/exports.js";
import { signDownload, verifyDownload } from "../../../src/export/download-link.js";
import { ExportService, type ExportServiceParts } from "../../../src/export/export-service.js";
import type { ExportRequest } from "../../../src/export/export-request.js";
import { catalogueLookup } from "../../../src/export/packet-files.js";
import { PacketHeads } from "../../../src/export/packet-heads.js";
import { decodeRequest, encodeRequest } from "../../../src/export/stored-request.js";
import { SERVICE_SCOPE, type AccessScope } from "../../../src/model/access-scope.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { PacketReader } from "../../../src/packet-store/packet-store.js";
import { classicCapture } from "../../support/capture-bytes.js";
import { EVERYTHING_REQUEST, partialStore, serviceParts } from "../../support/export-service-parts.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const everything = { ...EVERYTHING_REQUEST, query: "all" };
const scopeOf = (user: string): AccessScope => ({ ...SERVICE_SCOPE, user });
const clock = { now: 1_000_000, nowMs: () => clock.now };

let root: string;
let catalogue: Catalogue;
let reader: PacketReader;
const capture = classicCapture([{ seconds: 1, nanoseconds: 0, data: Buffer.from("a") }, { seconds: 2, nanoseconds: 0, data: Buffer.from("b") }]);

beforeEach(() => {
  root = temporaryDirectory();
  catalogue = openCatalogue(root, clock);
  reader = new PacketReader();
  const file = path.join(root, "a.pcap");
  writeFileSync(file, capture.bytes);
  catalogue.files.add({ node: "n", path: file, displayName: file, stream: "0".repeat(32), storage: "own", state: "complete", format: "pcap" });
});

afterEach(async () => {
  await reader.close();
  catalogue.close();
});

function service(more: Partial<ExportServiceParts> = {}) {
  return new ExportService({
    ...serviceParts(root, catalogue.files), store: partialStore({ async *streamPackets() { yield [{ id: "1", firstPacketMs: 0, lastPacketMs: 0, final: true, packets: capture.positions.map((position) => ({ fileId: 1, ...position })) }]; } }),
    reader, jobs: catalogue.exports, scopeOf, directory: path.join(root, "exports"), clock, ...more,
  });
}

/** A store whose stream waits until the returned function is called or the read is aborted. */
function slowStore() {
  let release = (): void => {};
  let start = (): void => {};
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const started = new Promise<void>((resolve) => { start = resolve; });
  const store = partialStore({
    async *streamPackets(_filter, context) {
      start();
      await Promise.race([gate, new Promise((_, reject) => context.signal?.addEventListener("abort", () => reject(new LookbackError("QUERY_CANCELLED", "gone"))))]);
      yield [];
    },
  });
  return { store, started, release: () => release() };
}

describe("jobs", () => {
  it("run from queued to done, and lead to the file", async () => {
    const exports = service();
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    const view = exports.get(id, "ann");
    expect(view).toMatchObject({ state: "done", sessions: 1, packets: 2, format: "pcap", fileFormat: "pcap", missingPackets: 0, query: "all", progress: 1, error: null });
    const download = await exports.open(id, "ann");
    expect(readFileSync(download.path).equals(capture.bytes)).toBe(true);
    expect(download).toMatchObject({ sha256: view?.sha256, bytes: view?.bytes });
    expect(exports.list("ann", 10).map((one) => one.id)).toEqual([id]);
  });

  it("are seen by their owner alone", async () => {
    const exports = service();
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect(exports.get(id, "bob")).toBeNull();
    expect(exports.list("bob", 10)).toEqual([]);
    expect(exports.cancel(id, "bob")).toBeNull();
    expect(() => exports.link(id, "bob")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
    await expect(exports.open(id, "bob")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("run again after a stop, with the rights of that moment, and give the same bytes", async () => {
    const slow = slowStore();
    const first = service({ store: slow.store });
    await first.start();
    const { id } = await first.create(everything, scopeOf("ann"));
    await slow.started;
    await first.stop();
    expect(catalogue.exports.get(id)?.state).toBe("running");
    expect(readdirSync(path.join(root, "exports"))).toEqual([]);
    const users: string[] = [];
    const second = service({ scopeOf: (user) => { users.push(user); return scopeOf(user); } });
    await second.start();
    await second.idle();
    expect(users).toEqual(["ann"]);
    expect(readFileSync((await second.open(id, "ann")).path).equals(capture.bytes)).toBe(true);
  });

  it("leave no partial file of an ended process, and no file of nobody", async () => {
    const directory = path.join(root, "exports");
    const orphan = "11111111-2222-3333-4444-555555555555";
    mkdirSync(path.join(directory, `${orphan}.work`), { recursive: true });
    writeFileSync(path.join(directory, `${orphan}.pcap`), "half");
    writeFileSync(path.join(directory, "notes.txt"), "not ours");
    await service().start();
    expect(readdirSync(directory)).toEqual(["notes.txt"]);
  });

  it("fail with the code of what went wrong", async () => {
    const exports = service({ probe: () => Promise.resolve({ freeBytes: 0, totalBytes: 9 }) });
    await exports.start();
    const full = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect(exports.get(full.id, "ann")).toMatchObject({ state: "failed", error: { code: "DISK_FULL" } });
    const barred = service({ scopeOf: () => { throw new LookbackError("FORBIDDEN", "not any more"); } });
    await barred.start();
    const { id } = await barred.create(everything, scopeOf("ann"));
    await barred.idle();
    expect(barred.get(id, "ann")).toMatchObject({ state: "failed", error: { code: "FORBIDDEN" } });
    const broken = service({ store: partialStore({ streamPackets() { throw new Error("secret path"); } }) });
    await broken.start();
    const third = await broken.create(everything, scopeOf("ann"));
    await broken.idle();
    expect(broken.get(third.id, "ann")?.error).toEqual({ code: "INTERNAL", message: "the export failed; the service's log says why" });
  });

  it("can be cancelled, queued or running", async () => {
    const slow = slowStore();
    const exports = service({ store: slow.store });
    await exports.start();
    const running = await exports.create(everything, scopeOf("ann"));
    const queued = await exports.create(everything, scopeOf("ann"));
    await slow.started;
    expect(exports.cancel(queued.id, "ann")?.state).toBe("cancelled");
    expect(exports.cancel(running.id, "ann")?.state).toBe("cancelled");
    await exports.idle();
    expect(catalogue.exports.list(null).map((one) => one.state)).toEqual(["cancelled", "cancelled"]);
    expect(readdirSync(path.join(root, "exports"))).toEqual([]);
  });

  it("that failed are made again on request, with the same bytes", async () => {
    let room = 0;
    const exports = service({ probe: () => Promise.resolve({ freeBytes: room, totalBytes: 1e9 }) });
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect(exports.get(id, "ann")).toMatchObject({ state: "failed", error: { code: "DISK_FULL" } });
    expect(readdirSync(path.join(root, "exports"))).toEqual([]);
    expect(exports.retry(id, "bob")).toBeNull();
    room = 1e9;
    clock.now += 60_000;
    expect(exports.retry(id, "ann")).toMatchObject({ state: "queued", error: null });
    await exports.idle();
    const download = await exports.open(id, "ann");
    expect(readFileSync(download.path).equals(capture.bytes)).toBe(true);
    // It has the rights of its user at this time, whenever it was asked for.
    expect(download.startedMs).toBe(clock.now);
    expect(() => exports.retry(id, "ann")).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
  });

  it("are deleted with their files, queued, running or done", async () => {
    const exports = service();
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect(await exports.delete(id, "bob")).toBe(false);
    expect(readdirSync(path.join(root, "exports")).sort()).toEqual([`${id}.pcap`, `${id}.pcap.manifest.json`]);
    expect(await exports.delete(id, "ann")).toBe(true);
    expect([readdirSync(path.join(root, "exports")), exports.get(id, "ann")]).toEqual([[], null]);
    const slow = slowStore();
    const busy = service({ store: slow.store });
    await busy.start();
    const running = await busy.create(everything, scopeOf("ann"));
    const queued = await busy.create(everything, scopeOf("ann"));
    await slow.started;
    expect(await Promise.all([busy.delete(running.id, "ann"), busy.delete(queued.id, "ann")])).toEqual([true, true]);
    await busy.idle();
    expect([busy.list("ann", 10), readdirSync(path.join(root, "exports"))]).toEqual([[], []]);
  });

  it("asked for again under the same key are the same job, for a day", async () => {
    const exports = service();
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"), "case-7");
    expect((await exports.create(everything, scopeOf("ann"), "case-7")).id).toBe(id);
    expect((await exports.create(everything, scopeOf("bob"), "case-7")).id).not.toBe(id);
    await exports.idle();
    clock.now += 24 * 3_600_000;
    expect((await exports.create(everything, scopeOf("ann"), "case-7")).id).not.toBe(id);
    await exports.idle();
  });

  it("tell every change, and that they are ready", async () => {
    const ready: unknown[] = [];
    const exports = service({ events: { raise: (event) => { ready.push(event); }, clear() {}, lasting: () => [] } });
    await exports.start();
    const events = exports.events(null);
    const { id } = await exports.create(everything, scopeOf("ann"));
    const states: string[] = [];
    for await (const view of events) {
      states.push(view.state);
      if (view.state === "done") break;
    }
    expect(states.at(-1)).toBe("done");
    expect(ready).toMatchObject([{ kind: "export-ready", subject: id, user: "ann", packets: 2 }]);
  });

  it("are estimated from the index alone", async () => {
    const exports = service({ maxBytes: 60 });
    rmSync(path.join(root, "a.pcap"));
    const context = { scope: scopeOf("ann"), signal: null, timeoutMs: 1000 };
    expect(await exports.estimate(everything, context)).toEqual({ sessions: 1, packets: 2, bytes: capture.bytes.length, missingPackets: 0, incompleteSessions: 0, maxBytes: 60, tooLarge: false });
    expect(await exports.estimate({ ...everything, maxBytes: 57 }, context)).toMatchObject({ maxBytes: 57, tooLarge: true });
    catalogue.files.update(1, { state: "gone" });
    expect(await exports.estimate(everything, context)).toMatchObject({ sessions: 1, packets: 0, missingPackets: 2, incompleteSessions: 1 });
  });

  it("are limited per user", async () => {
    const slow = slowStore();
    const exports = service({ store: slow.store, limits: { openPerUser: 1 } });
    await exports.start();
    await exports.create(everything, scopeOf("ann"));
    await expect(exports.create(everything, scopeOf("ann"))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await exports.create(everything, scopeOf("bob"));
    slow.release();
    await exports.idle();
  });

  it("expire: first the file, much later the row", async () => {
    const exports = service({ limits: { keepMs: 1000, keepRowMs: 5000 } });
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    const { path: file } = await exports.open(id, "ann");
    clock.now += 999;
    expect(await exports.expire()).toBe(0);
    clock.now += 1;
    await expect(exports.open(id, "ann")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await exports.expire()).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect(exports.get(id, "ann")?.state).toBe("expired");
    clock.now += 5000;
    expect(await exports.expire()).toBe(0);
    expect(exports.get(id, "ann")).toBeNull();
  });

  it("run again once the catalogue takes changes again, by themselves or with the next request", async () => {
    const timers = new Set<() => void>();
    const timer: Timer = (run, ms) => {
      expect(ms).toBe(15_000);
      timers.add(run);
      return () => timers.delete(run);
    };
    const { exports: jobs } = catalogue;
    const move = jobs.move.bind(jobs);
    let refused: readonly ExportState[] = ["done", "failed"];
    jobs.move = (id, state, change) => {
      if (refused.includes(state)) throw new LookbackError("DISK_FULL", "no room for the catalogue");
      move(id, state, change);
    };
    const exports = service({ timer });
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect([exports.get(id, "ann")?.state, readdirSync(path.join(root, "exports")), timers.size]).toEqual(["running", [], 1]);
    const pass = async (): Promise<unknown> => {
      for (const run of timers) {
        timers.delete(run);
        run();
      }
      await exports.idle();
      return exports.get(id, "ann")?.state;
    };
    refused = ["done", "failed", "queued"];
    timers.clear();
    await exports.create(everything, scopeOf("bob"));
    await exports.idle();
    expect([exports.get(id, "ann")?.state, timers.size]).toEqual(["running", 1]);
    refused = [];
    expect(await pass()).toBe("done");
    expect(readFileSync((await exports.open(id, "ann")).path).equals(capture.bytes)).toBe(true);
    expect(catalogue.exports.counts()).toEqual([{ state: "done", exports: 2 }]);
    // A catalogue that cannot be read ends the queue no more than one that cannot be written.
    expect(timers.size).toBe(0);
    const inState = jobs.inState.bind(jobs);
    const { id: next } = await exports.create(everything, scopeOf("ann"));
    jobs.inState = () => { throw new LookbackError("UNAVAILABLE", "the catalogue is locked"); };
    await exports.idle();
    expect(timers.size).toBe(1);
    jobs.inState = inState;
    await pass();
    expect(exports.get(next, "ann")?.state).toBe("done");
    // Stopped, it is left to the next start.
    refused = ["done", "failed"];
    await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    expect(timers.size).toBe(1);
    await exports.stop();
    expect(timers.size).toBe(0);
    expect(catalogue.exports.counts()).toContainEqual({ state: "running", exports: 1 });
  });

  it("keep their file when nobody can be told that it is there", async () => {
    const { exports: jobs } = catalogue;
    const [get, move] = [jobs.get.bind(jobs), jobs.move.bind(jobs)];
    jobs.move = (id, state, change) => {
      move(id, state, change);
      if (state === "done") jobs.get = () => { throw new LookbackError("UNAVAILABLE", "the catalogue is locked"); };
    };
    const logged: string[] = [];
    const exports = service({
      events: { raise: () => { throw new LookbackError("DISK_FULL", "no room for the catalogue"); }, clear() {}, lasting: () => [] },
      logger: { ...silentLogger, error: (_fields, message) => { logged.push(message); } }, timer: () => () => {},
    });
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    jobs.get = get;
    expect(exports.get(id, "ann")?.state).toBe("done");
    expect(readFileSync((await exports.open(id, "ann")).path).equals(capture.bytes)).toBe(true);
    expect(logged.filter((message) => message.startsWith("the state of an export could not be read"))).toHaveLength(1);
  });

  it("do not expire once they are made again while others do", async () => {
    const full = { freeBytes: 0, totalBytes: 9 };
    let space = full;
    const exports = service({ limits: { keepMs: 1000, keepRowMs: 5000 }, probe: () => Promise.resolve(space) });
    await exports.start();
    const ids: string[] = [];
    for (let at = 0; at < 2; at += 1) {
      ids.push((await exports.create(everything, scopeOf("ann"))).id);
      await exports.idle();
      clock.now += 1;
    }
    const [first = "", second = ""] = ids;
    space = { freeBytes: 1e9, totalBytes: 1e9 };
    clock.now += 1000;
    const whole = async (id: string) => readFileSync((await exports.open(id, "ann")).path).equals(capture.bytes);
    // The second waits for the files of the first to go; the first is made again while they do.
    const expiring = exports.expire();
    expect([exports.get(first, "ann")?.state, exports.get(second, "ann")?.state]).toEqual(["expired", "failed"]);
    for (const id of ids) expect(exports.retry(id, "ann")).toMatchObject({ state: "queued" });
    expect(await expiring).toBe(1);
    await exports.idle();
    expect([await whole(first), await whole(second)]).toEqual([true, true]);
    // So is one of which the row is to go.
    clock.now += 1000;
    await exports.expire();
    clock.now += 5000;
    const forgetting = exports.expire();
    exports.retry(first, "ann");
    await forgetting;
    await exports.idle();
    expect(await whole(first)).toBe(true);
    expect(exports.get(second, "ann")).toBeNull();
  });
});

describe("links", () => {
  it("hold for one user and one export until they expire", async () => {
    const exports = service({ limits: { linkMs: 1000 } });
    await exports.start();
    const { id } = await exports.create(everything, scopeOf("ann"));
    await exports.idle();
    const link = new URL(exports.link(id, "ann"), "http://localhost");
    expect(link.pathname).toBe(`/api/exports/${id}/download`);
    const signature = link.searchParams.get("signature") ?? "";
    const grant = { exportId: id, user: link.searchParams.get("user") ?? "", expiresMs: Number(link.searchParams.get("expires")) };
    expect((await exports.openLink(grant, signature)).id).toBe(id);
    for (const altered of [{ ...grant, user: "bob" }, { ...grant, exportId: `${id}x` }, { ...grant, expiresMs: grant.expiresMs + 1 }]) {
      await expect(exports.openLink(altered, signature)).rejects.toMatchObject({ code: "LINK_INVALID" });
    }
    await expect(exports.openLink(grant, `${signature}A`)).rejects.toMatchObject({ code: "LINK_INVALID" });
    await expect(exports.openLink(grant, "")).rejects.toMatchObject({ code: "LINK_INVALID" });
    clock.now += 1000;
    await expect(exports.openLink(grant, signature)).rejects.toMatchObject({ code: "LINK_INVALID" });
  });

  it("do not mix up parts, and depend on the key", () => {
    const key = Buffer.alloc(32, 1);
    const signature = signDownload(key, { exportId: "ab", user: "c", expiresMs: 5 });
    expect(() => verifyDownload(key, { exportId: "ab", user: "c", expiresMs: 5 }, signature, 4)).not.toThrow();
    expect(() => verifyDownload(key, { exportId: "a", user: "bc", expiresMs: 5 }, signature, 4)).toThrow();
    expect(() => verifyDownload(Buffer.alloc(32, 2), { exportId: "ab", user: "c", expiresMs: 5 }, signature, 4)).toThrow();
  });
});

describe("stored requests", () => {
  const fields = packagedCatalogue();
  const field = fields.byPath("source.ip");
  const view = fields.derived.find((one) => one.view !== null);
  if (!field || !view) throw new Error("the catalogue has fields and views");
  const request: ExportRequest = {
    range: { startMs: 1, endMs: null, bounding: "either" }, query: "x", format: "ndjson", wholeConnections: true, maxBytes: 5, fields: [field, view],
    expression: { node: "and", items: [
      { node: "or", items: [{ node: "not", item: { node: "everything" } }, { node: "ids", ids: ["a"] }, { node: "packetsAvailable", value: true }, { node: "file", matches: [{ kind: "exact", value: "f" }], fileIds: [1] }, { node: "file", matches: [], fileIds: null }] },
      { node: "field", field, test: { test: "address", mode: "any", matches: [{ low: "00", high: null, port: 80 }] } },
      { node: "field", field: view, test: { test: "text", mode: "all", matches: [{ kind: "wildcard", pattern: "a*" }, { kind: "regex", pattern: "b" }, { kind: "phrase", words: ["c", "d"] }] } },
      { node: "field", field, test: { test: "number", mode: "any", ranges: [{ low: Number.NEGATIVE_INFINITY, high: 3 }, { low: 4, high: Number.POSITIVE_INFINITY }] } },
      { node: "field", field, test: { test: "order", op: "<=", value: 3 } }, { node: "field", field, test: { test: "addressOrder", op: ">", value: "00" } },
      { node: "field", field, test: { test: "boolean", value: false } }, { node: "field", field, test: { test: "exists" } },
    ] },
  };
  it("come back as they were", () => {
    expect(decodeRequest(JSON.parse(JSON.stringify(encodeRequest(request))), fields)).toEqual(request);
  });
  it("are refused when damaged or when a field is gone", () => {
    expect(() => decodeRequest({}, fields)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    const gone = { ...encodeRequest(request), expression: { node: "field", path: "no.such", view: null, test: { test: "exists" } } };
    expect(() => decodeRequest(gone, fields)).toThrow(/no\.such/);
  });
});

it("packet heads tell time and length, or why they cannot", async () => {
  const heads = new PacketHeads(reader, catalogueLookup(catalogue.files), { directionFinder: () => { throw new Error("no direction is asked for"); } });
  const [first] = capture.positions;
  if (!first) throw new Error("two packets");
  expect(await heads.describe([{ fileId: 1, ...first }, { fileId: 9, ...first }, { fileId: 1, offset: 25, length: 20 }, { fileId: -1, ...first }], null, null)).toEqual([
    { fileId: 1, offset: 24, timeMs: 1000, nanos: 0, originalLength: 1, capturedLength: 1, fromSource: null, missing: null },
    { fileId: 9, offset: 24, timeMs: null, nanos: 0, originalLength: null, capturedLength: null, fromSource: null, missing: "file-unknown" },
    { fileId: 1, offset: 25, timeMs: null, nanos: 0, originalLength: null, capturedLength: null, fromSource: null, missing: "not-a-record" },
    { fileId: -1, offset: 24, timeMs: null, nanos: 0, originalLength: null, capturedLength: null, fromSource: null, missing: "other-node" },
  ]);
});
