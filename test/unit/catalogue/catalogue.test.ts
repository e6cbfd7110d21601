import { randomFillSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCatalogue, openCatalogueAsIs, openImportsAsTheyAre } from "../../../src/catalogue/catalogue.js";
import type { SegmentInfo } from "../../../src/model/segment.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const clock = { nowMs: () => 1_700_000_000_000 };
const segment = (path: string): SegmentInfo => ({
  path, day: "2023-11-14", level: 0, rows: 2, bytes: 100, firstMs: 1, minLastMs: 2, lastMs: 3, columns: ["id", "node"], openRows: 0, totalPackets: 4, totalBytes: 5,
});
const capture = { node: "n", path: "/c/a.pcap", displayName: "/c/a.pcap", stream: "00", storage: "in-place", state: "writing", format: "pcap" } as const;

describe("the catalogue", () => {
  it("makes an import visible in one step", () => {
    const directory = temporaryDirectory();
    const catalogue = openCatalogue(directory, clock);
    const jobId = catalogue.jobs.add({ path: "/c/a.pcap", mode: "in-place", requestedBy: "ada" });
    const fileId = catalogue.files.add(capture);
    catalogue.commitImport({
      fileId, file: { packets: 4, linkTypes: [1] }, jobId, job: { sessions: 2 },
      segments: { add: [segment("d/0.parquet")], remove: [], superseded: [] },
    });
    catalogue.close();
    const again = openCatalogue(directory, clock);
    expect(again.files.get(fileId)).toMatchObject({ state: "complete", packets: 4, linkTypes: [1] });
    expect(again.jobs.get(jobId)).toMatchObject({ state: "done", fileId, sessions: 2, finishedAtMs: 1_700_000_000_000 });
    expect(again.segments.live()).toEqual([segment("d/0.parquet")]);
    again.close();
  });

  it("makes nothing of an import visible when part of it fails", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    const fileId = catalogue.files.add(capture);
    expect(() => catalogue.commitImport({
      fileId, file: { packets: 4 }, jobId: null, job: {},
      segments: { add: [segment("d/0.parquet")], remove: [], superseded: [{ segment: "none", ids: [new Uint8Array(16)] }] },
    })).toThrow("FOREIGN KEY");
    expect(catalogue.files.get(fileId)?.state).toBe("writing");
    expect(catalogue.segments.live()).toEqual([]);
    catalogue.close();
  });

  it("lets other processes see a commit", () => {
    const directory = temporaryDirectory();
    const reader = openCatalogue(directory, clock);
    const writer = openCatalogue(directory, clock);
    const before = reader.dataVersion();
    expect(reader.dataVersion()).toBe(before);
    writer.settings.set("a", "b");
    expect(reader.dataVersion()).not.toBe(before);
    expect(reader.settings.get("a")).toBe("b");
    reader.close();
    writer.close();
  });

  it("lists a path once until its file is gone", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    const first = catalogue.files.add(capture);
    expect(() => catalogue.files.add(capture)).toThrow("UNIQUE");
    catalogue.files.update(first, { state: "gone" });
    const second = catalogue.files.add(capture);
    expect(second).toBeGreaterThan(first);
    expect(catalogue.files.availableIds()).toEqual([second]);
    expect(catalogue.files.nextId()).toBe(second + 1);
    catalogue.close();
  });

  it("keeps the last edit of a row's tag", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    const row = new Uint8Array(16).fill(7);
    expect(catalogue.tags.edit([row], ["a", "b"], [])).toBe(1);
    expect(catalogue.tags.edit([row], ["a"], [])).toBe(0);
    const before = catalogue.tags.revision();
    expect(catalogue.tags.edit([row], [], ["a"])).toBe(1);
    expect(catalogue.tags.revision()).not.toBe(before);
    expect([...catalogue.tags.all()].map(({ tag, removed }) => [tag, removed])).toEqual([["a", true], ["b", false]]);
    catalogue.close();
  });

  it("takes credentials away with their user", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    expect(catalogue.users.add({ name: "Ada", passwordHash: "x", role: "viewer", hiddenFields: ["tags"] })).toBe(true);
    expect(catalogue.users.add({ name: "ada", passwordHash: "y", role: "viewer" })).toBe(false);
    const hash = new Uint8Array(32).fill(1);
    catalogue.tokens.add({ id: "t", user: "Ada", name: "n", hash, scopes: ["read"], expiresAtMs: null });
    catalogue.logins.add({ hash, user: "ada", address: null, expiresAtMs: clock.nowMs() + 1 });
    expect(catalogue.users.get("ADA")).toMatchObject({ name: "Ada", hiddenFields: ["tags"], enabled: true });
    expect(catalogue.tokens.find(hash)?.user).toBe("Ada");
    expect(catalogue.logins.find(hash)).not.toBeNull();
    catalogue.users.remove("ada");
    expect(catalogue.tokens.find(hash)).toBeNull();
    expect(catalogue.logins.find(hash)).toBeNull();
    catalogue.close();
  });

  it("finds no expired credentials", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    catalogue.users.add({ name: "ada", passwordHash: "x", role: "viewer" });
    const hash = new Uint8Array(32).fill(1);
    catalogue.tokens.add({ id: "t", user: "ada", name: "n", hash, scopes: ["read"], expiresAtMs: clock.nowMs() });
    catalogue.logins.add({ hash, user: "ada", address: null, expiresAtMs: clock.nowMs() });
    expect(catalogue.tokens.find(hash)).toBeNull();
    expect(catalogue.logins.find(hash)).toBeNull();
    expect(catalogue.logins.removeExpired()).toBe(1);
    catalogue.close();
  });

  it("keeps runs, exports, holds, marks and the audit log", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    const run = catalogue.taskRuns.start("compaction", 5);
    expect(catalogue.taskRuns.interruptOpen()).toBe(1);
    catalogue.taskRuns.finish(run, "ok", { merged: 3 });
    expect(catalogue.taskRuns.last("compaction")).toMatchObject({ outcome: "ok", details: { merged: 3 }, dueAtMs: 5 });
    catalogue.exports.add({ id: "e", owner: "ada", request: { expression: "x" }, expiresAtMs: 10 });
    catalogue.exports.move("e", "done", { packets: 3, fileName: "e.pcap" });
    expect(catalogue.exports.get("e")).toMatchObject({ state: "done", packets: 3, request: { expression: "x" }, finishedAtMs: clock.nowMs() });
    expect(catalogue.exports.due(10).map(({ id }) => id)).toEqual(["e"]);
    expect(catalogue.exports.list("bob")).toEqual([]);
    const hold = catalogue.holds.add({ subject: "file", subjectId: "1", reason: "case 7", createdBy: "ada" });
    expect(catalogue.holds.active()).toHaveLength(1);
    expect(catalogue.holds.release(hold)).toBe(true);
    expect(catalogue.holds.active()).toHaveLength(0);
    catalogue.marks.set({ stream: "s", node: "n", replayFromOrdinal: 4, nextOrdinal: 9, completeUntilMs: 100 });
    catalogue.marks.set({ stream: "s", node: "n", replayFromOrdinal: null, nextOrdinal: 12, completeUntilMs: 200 });
    expect(catalogue.marks.get("s")).toEqual({ stream: "s", node: "n", replayFromOrdinal: null, nextOrdinal: 12, completeUntilMs: 200 });
    expect(catalogue.marks.completeUntilMs()).toBe(200);
    catalogue.audit.add("ada", "export", { id: "e" });
    expect(catalogue.audit.list()).toMatchObject([{ user: "ada", action: "export", details: { id: "e" } }]);
    expect(catalogue.settings.secret("links")).toEqual(catalogue.settings.secret("links"));
    catalogue.close();
  });

  it("queues a segment again of which the cluster got no row, and no other", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    const { shipments } = catalogue;
    const queued = (): readonly string[] => shipments.queued(10).map(({ path }) => path).sort();
    const [whole, part, unreadable] = ["d/0.parquet", "d/1.parquet", "d/2.parquet"].map(segment);
    const all = [whole, part, unreadable].flatMap((one) => one ?? []);
    expect(shipments.queue(all)).toHaveLength(3);
    shipments.shipped("d/0.parquet", 0);
    shipments.shipped("d/1.parquet", 1);
    shipments.shipped("d/2.parquet", 2);
    expect(queued()).toEqual([]);
    expect(shipments.queue(all)).toEqual([unreadable]);
    expect(queued()).toEqual(["d/2.parquet"]);
    expect(shipments.waiting()).toMatchObject({ deadRows: 1 });
    catalogue.close();
  });

  it("is readable by its owner only", () => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    expect(statSync(catalogue.path).mode & 0o077).toBe(0);
    catalogue.close();
  });

  it.each([["no database", 0], ["a broken page", 4096]])("names a damaged file: %s", (_what, from) => {
    const directory = temporaryDirectory();
    openCatalogue(directory, clock).close();
    const path = join(directory, "catalogue.sqlite");
    const content = readFileSync(path);
    randomFillSync(content, from, 4096);
    writeFileSync(path, content);
    expect(() => openCatalogue(directory, clock)).toThrow(expect.objectContaining({ code: "STORE_DAMAGED", message: expect.stringContaining(path) }));
  });

  it("tells of imports without a look through the whole file, also while another process has it open", () => {
    const directory = temporaryDirectory();
    expect(() => openImportsAsTheyAre(directory, clock)).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
    const catalogue = openCatalogue(directory, clock);
    const id = catalogue.jobs.add({ path: "/c/a.pcap", mode: "in-place", requestedBy: "ada" });
    catalogue.jobs.move(id, "running");
    catalogue.jobs.move(id, "done");
    const imported = (): unknown => {
      const imports = openImportsAsTheyAre(directory, clock);
      const found = imports.jobs.imported("/c/a.pcap");
      imports.close();
      return found;
    };
    expect(imported()).toEqual({ startedAtMs: clock.nowMs(), source: null });
    for (let entry = 0; entry < 100; entry += 1) catalogue.audit.add("ada", "test", { entry, text: "x".repeat(500) });
    catalogue.close();
    expect(imported()).toEqual({ startedAtMs: clock.nowMs(), source: null });
    // Of a file that is damaged elsewhere, too: nobody looked there.
    const content = readFileSync(catalogue.path);
    randomFillSync(content, content.length - 4096, 4096);
    writeFileSync(catalogue.path, content);
    expect(() => openCatalogueAsIs(directory, clock)).toThrow(expect.objectContaining({ code: "STORE_DAMAGED" }));
    expect(imported()).toEqual({ startedAtMs: clock.nowMs(), source: null });
    writeFileSync(catalogue.path, "no database".repeat(1_000));
    expect(imported).toThrow(expect.objectContaining({ code: "STORE_DAMAGED" }));
  });
});
