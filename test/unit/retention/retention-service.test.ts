import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { Partition, SessionPackets } from "../../../src/index-store/index-store.js";
import { OwnDirectory, REAL_FILES, Tombstones, type TombstoneFiles } from "../../../src/packet-store/packet-store.js";
import { noRetentionEvents, type RetentionEvent } from "../../../src/model/retention-event.js";
import { RetentionService, type RetentionParts } from "../../../src/retention/retention-service.js";
import { hangingFiles } from "../../support/hanging-files.js";
import { retentionRules, type RulesInput } from "../../support/retention-rules.js";
import { directoryInode } from "../../support/directory-inode.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";
import { daySpan } from "../../support/day-span.js";

const DAY = 86_400_000;
const TOTAL = 10_000;
const HELD = "01010101-0101-0101-0101-010101010101";

/** Holds a session that was open then, so that it is looked up again. */
function holdOpenSession(catalogue: Catalogue): void {
  const hold = catalogue.holds.add({ subject: "session", subjectId: "one session", reason: "case 7", createdBy: "ann" });
  catalogue.holds.addSessions(hold, [{ id: Buffer.alloc(16, 1), firstMs: 0, lastMs: 0, settled: false, packets: [] }]);
}

interface FileSpec {
  readonly bytes: number;
  readonly storage?: "own" | "in-place";
  readonly state?: "complete" | "writing";
  readonly locked?: boolean;
  readonly node?: string;
  readonly firstMs?: number;
  /** A link inside the directory that leads elsewhere, or a file of ours that lies elsewhere; else it is where it should be. */
  readonly place?: "link" | "outside" | "own";
  /** Somebody holds the whole file. */
  /** Nobody noted the directory that it is in. */
  readonly unseen?: boolean;
  readonly held?: boolean;
}

/** A data directory with packet files on a pretended device of `TOTAL` bytes that holds nothing else. */
function world(files: readonly FileSpec[], options: { rules?: RulesInput; sessions?: readonly SessionPackets[]; partitions?: readonly Partition[]; nowMs?: number } = {}) {
  const root = temporaryDirectory();
  const packets = path.join(root, "packets");
  const tombs = path.join(root, "tombstones");
  mkdirSync(packets);
  mkdirSync(path.join(root, "user"));
  const clock = { nowMs: () => options.nowMs ?? 0 };
  const catalogue = openCatalogue(root, clock);
  const paths = files.map((spec, index) => {
    const id = index + 1;
    const name = `n-260101-${String(id).padStart(8, "0")}.pcap`;
    const file = path.join(spec.storage === "in-place" || spec.place === "outside" ? path.join(root, "user") : packets, name);
    if (spec.place === "link" && spec.storage !== "in-place") symlinkSync(path.join(root, "user", `${name}.precious`), file);
    writeFileSync(file, "x".repeat(spec.bytes));
    catalogue.files.add({
      id, node: spec.node ?? "n", path: file, displayName: file, stream: String(id).padStart(32, "0"), storage: spec.storage ?? "own", state: spec.state ?? "complete",
      format: "pcap", locked: spec.locked ?? false, bytes: spec.bytes, packets: 1, firstMs: spec.firstMs ?? id * 1000, lastMs: (spec.firstMs ?? id * 1000) + 500, directoryInode: spec.unseen === true ? null : directoryInode(path.dirname(file)),
    });
    if (spec.held === true) catalogue.holds.add({ subject: "file", subjectId: String(id), reason: "case 7", createdBy: "ann" });
    return file;
  });
  const usedIn = (folder: string): number => (existsSync(folder) ? readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0) : 0);
  const free = (): number => TOTAL - usedIn(packets) - usedIn(tombs);
  const expired: string[] = [];
  const forgotten: number[] = [];
  const service = (more: Partial<RetentionParts> = {}, operations: TombstoneFiles = REAL_FILES) => new RetentionService({
    catalogue, tombstones: new Tombstones(tombs, [packets], operations), packetDirectories: [packets], clock, logger: silentLogger,
    probe: () => Promise.resolve({ freeBytes: free(), totalBytes: TOTAL }),
    store: {
      partitions: () => Promise.resolve(options.partitions ?? []), planMerges: () => Promise.resolve([]), planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]),
      expirePartition: (day, keep = () => []) => { expired.push([day, ...keep()].join(" ")); return Promise.resolve(); },
      async *streamPackets() { yield options.sessions ?? []; },
      movePackets: () => Promise.resolve(),
    },
    reader: { forget: (fileId) => { forgotten.push(fileId); return Promise.resolve(); }, heads: () => Promise.resolve([]), packets: () => Promise.resolve([]) },
    rules: retentionRules([packets], { freeSpace: { unit: "percent", value: 50 }, ...options.rules }), events: noRetentionEvents, ...more,
  });
  const there = (): number[] => paths.flatMap((file, index) => (existsSync(file) ? [index + 1] : []));
  const gone = (): number[] => catalogue.files.list().filter((row) => row.state === "gone").map((row) => row.id);
  return { root, packets, tombs, catalogue, paths, free, service, there, gone, expired, forgotten };
}

/** Events as the watch keeps them: what was told since it was last asked, and the conditions that last. */
function heard() {
  const told: string[] = [];
  const lasting = new Set<string>();
  const events = {
    raise: (event: RetentionEvent) => {
      const key = `${event.kind} ${event.subject}`;
      if (!lasting.has(key)) told.push(event.kind === "hold-blocks" ? `${key}: ${event.items} (${event.bytes})` : key);
      lasting.add(key);
    },
    clear: (kind: string, subject: string) => { if (lasting.delete(`${kind} ${subject}`)) told.push(`over ${kind} ${subject}`); },
    lasting: (kind: string) => [...lasting].filter((key) => key.startsWith(`${kind} `)).map((key) => key.slice(kind.length + 1)),
  };
  return { events, lasting, news: () => told.splice(0) };
}

describe("making room", () => {
  it("deletes the oldest until the target is met, marks them gone, and says so in the audit", async () => {
    const { catalogue, free, service, there, gone, forgotten, tombs } = world([{ bytes: 3000 }, { bytes: 1500 }, { bytes: 1500 }, { bytes: 1000 }]);
    expect(free()).toBe(3000);
    const run = await service().enforcePackets(null);
    expect(run).toMatchObject({ deleted: 1, deletedBytes: 3000, shortfallBytes: 0, stuckTombstones: 0 });
    expect(there()).toEqual([2, 3, 4]);
    expect(gone()).toEqual([1]);
    expect(forgotten).toEqual([1]);
    expect(readdirSync(tombs)).toEqual([]);
    expect(catalogue.audit.list()).toMatchObject([{ user: "service", action: "retention.delete-file", details: { file: 1, bytes: 3000, reason: "oldest" } }]);
    expect(await service().enforcePackets(null)).toMatchObject({ deleted: 0 });
    catalogue.close();
  });

  it("tells of each file, also those who wait for their own run, until that ends", async () => {
    const partitions = ["1970-01-01", "1970-01-02"].map((day) => ({ ...daySpan(day), rows: 5, bytes: 10, segments: 1 }));
    const { catalogue, service } = world([{ bytes: 2000 }, { bytes: 2000 }, { bytes: 2000 }, { bytes: 2000 }], { partitions, nowMs: 40 * DAY, rules: { expireDays: 1 } });
    const told: string[] = [];
    const tell = (step: string): void => { if (told.at(-1) !== step) told.push(step); };
    const one = service({}, { ...REAL_FILES, rename: async (from, to) => { await REAL_FILES.rename(from, to); tell(path.basename(from)); } });
    const days: string[] = [];
    await Promise.all([one.enforcePackets(null), one.enforcePackets(null, () => { tell("step"); }), one.expireSessions(null, () => { days.push("step"); })]);
    expect(told).toEqual(["step", "n-260101-00000001.pcap", "step", "n-260101-00000002.pcap", "step"]);
    const steps = days.length;
    await one.expireSessions(null);
    expect([steps > 4, days.length]).toEqual([true, steps]);
    catalogue.close();
  });

  it("prints the plan that it would carry out", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }]);
    const plan = await service().packetPlan();
    expect(plan.devices[0]?.items).toMatchObject([{ fileId: 1, action: "delete", reason: "oldest" }, { fileId: 2, action: "keep", reason: "newest" }]);
    expect(there()).toEqual([1, 2]);
    catalogue.close();
  });

  it("leaves alone what it must, and reports what stays short", async () => {
    const { catalogue, paths, service, there } = world([
      { bytes: 1000, storage: "in-place" }, { bytes: 2000, locked: true }, { bytes: 2000, state: "writing" }, { bytes: 2000 }, { bytes: 1000 }, { bytes: 500, node: "other" }, { bytes: 1000 },
    ], { sessions: [{ id: HELD, firstPacketMs: 0, lastPacketMs: 9, final: true, packets: [{ fileId: 5, offset: 24, length: 900 }] }] });
    holdOpenSession(catalogue);
    const run = await service().enforcePackets(null);
    expect(there()).toEqual([1, 2, 3, 5, 6, 7]);
    expect(run.shortfallBytes).toBe(5000 - 1500 - 2000);
    expect(readFileSync(paths[0] ?? "", "utf8")).toHaveLength(1000);
    catalogue.close();
  });

  it("keeps files of held files and days", async () => {
    const { catalogue, packets, service, there } = world([{ bytes: 2000, firstMs: 0 }, { bytes: 2000, firstMs: DAY + 5 }, { bytes: 2000, firstMs: 3 * DAY }, { bytes: 100, firstMs: 4 * DAY }]);
    catalogue.holds.add({ subject: "file", subjectId: "1", reason: "x", createdBy: "ann" });
    const day = catalogue.holds.add({ subject: "day", subjectId: "1970-01-02", reason: "y", createdBy: "ann" });
    await service().enforcePackets(null);
    expect(there()).toEqual([1, 2, 4]);
    catalogue.holds.release(day);
    await service({ rules: retentionRules([packets], { freeSpace: { unit: "percent", value: 79 } }) }).enforcePackets(null);
    expect(there()).toEqual([1, 4]);
    catalogue.close();
  });

  it("deletes by age and total size although there is room, and exactly what the plan says", async () => {
    const { catalogue, free, service, there } = world([{ bytes: 500 }, { bytes: 500 }, { bytes: 500 }, { bytes: 500 }], { nowMs: 3_400, rules: { freeSpace: { unit: "percent", value: 5 }, maxAgeMs: 1_900, maxBytes: 1_200 } });
    catalogue.files.list().forEach((_, at) => expect(at).toBeLessThan(4));
    const { items } = (await service().packetPlan()).devices[0] ?? { items: [] };
    const said = items.filter((item) => item.action === "delete");
    const run = await service().enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => ({ fileId, outcome }))).toEqual(said.map(({ fileId }) => ({ fileId, outcome: "deleted" })));
    expect(said.map(({ reason }) => reason)).toEqual(["over-total-size", "over-total-size"]);
    expect(there()).toEqual([3, 4]);
    expect(free()).toBe(9000);
    catalogue.close();
  });

  it("strikes off a file that is gone, unless its directory is another one, whatever is captured there", async () => {
    const { catalogue, paths, service, there, gone } = world([{ bytes: 1000 }, { bytes: 3000 }, { bytes: 3000 }]);
    for (const file of paths.slice(0, 1)) rmSync(file);
    const run = await service().enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 forgotten", "2 deleted"]);
    expect(gone()).toEqual([1, 2]);
    expect(there()).toEqual([3]);
    catalogue.close();
    const away = world([{ bytes: 6000 }, { bytes: 3000 }], { nowMs: 1_000_000 });
    renameSync(away.packets, `${away.packets}.away`);
    mkdirSync(away.packets);
    for (const name of ["n-260101-00000003.pcap", "n-260101-00000004.pcap"]) writeFileSync(path.join(away.packets, name), "x");
    const full = away.service({ probe: () => Promise.resolve({ freeBytes: 0, totalBytes: TOTAL }) });
    await full.enforcePackets(null);
    expect(away.gone()).toEqual([]);
    writeFileSync(path.join(away.packets, ".lookback-gone"), "");
    await full.enforcePackets(null);
    // The newest is kept, be it there or not.
    expect(away.gone()).toEqual([1]);
    away.catalogue.close();
  });

  it("makes room of what is there, however many older ones are away", async () => {
    const { root, catalogue, packets, service, there } = world([...Array.from({ length: 6 }, () => ({ bytes: 1000 }))]);
    const away = path.join(root, "away");
    for (let id = 100; id < 1_600; id += 1) {
      const file = path.join(packets, "mounted", `n-250101-${String(id).padStart(8, "0")}.pcap`);
      catalogue.files.add({ id, node: "n", path: file, displayName: file, stream: String(id).padStart(32, "0"), storage: "own", state: "complete", format: "pcap", bytes: 1000, packets: 1, firstMs: id - 100, lastMs: id - 100, directoryInode: "1" });
    }
    mkdirSync(path.join(packets, "mounted"));
    mkdirSync(away);
    await service({ probe: () => Promise.resolve({ freeBytes: 0, totalBytes: TOTAL }) }).enforcePackets(null);
    expect(there()).toEqual([6]);
    expect(catalogue.files.list().filter(({ id, state }) => id >= 100 && state === "gone")).toEqual([]);
    catalogue.close();
  });

  it("notes the directory of files where nobody did, so that one that goes later is struck off", async () => {
    const { catalogue, paths, service, gone } = world([{ bytes: 1000, unseen: true }, { bytes: 1000, unseen: true }, { bytes: 1000 }]);
    await service({ probe: () => Promise.resolve({ freeBytes: TOTAL, totalBytes: TOTAL }) }).enforcePackets(null);
    expect(catalogue.files.list().map(({ directoryInode: inode }) => inode)).toEqual(paths.map((file) => directoryInode(path.dirname(file))));
    rmSync(paths[0] ?? "");
    await service({ probe: () => Promise.resolve({ freeBytes: 0, totalBytes: TOTAL }) }).enforcePackets(null);
    expect(gone()).toEqual([1, 2]);
    catalogue.close();
  });

  it("goes through all files for that, some with each run", async () => {
    const { catalogue, paths, service } = world([{ bytes: 1000, unseen: true }]);
    const idle = service({ probe: () => Promise.resolve({ freeBytes: TOTAL, totalBytes: TOTAL }) });
    const [there = ""] = paths;
    for (let id = 2; id <= 1_001; id += 1) catalogue.files.add({ id, node: "n", path: path.join(path.dirname(there), `gone-${id}.pcap`), displayName: `${id}`, stream: "f".repeat(32), storage: "own", state: "complete", format: "pcap", bytes: 1, packets: 1, firstMs: 1, lastMs: 2 });
    catalogue.files.update(1_001, { path: path.join(path.dirname(there), "last.pcap") });
    writeFileSync(path.join(path.dirname(there), "last.pcap"), "x");
    const noted = (): unknown[] => [1, 1_001].map((id) => (catalogue.files.get(id)?.directoryInode ?? null) !== null);
    await idle.enforcePackets(null);
    expect(noted()).toEqual([true, false]);
    await idle.enforcePackets(null);
    expect(noted()).toEqual([true, true]);
    catalogue.close();
  });

  it("makes room also where the catalogue cannot note directories", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000, unseen: true }, { bytes: 3000, unseen: true }, { bytes: 500 }]);
    const update = catalogue.files.update.bind(catalogue.files);
    catalogue.files.update = (id, change) => {
      if ("directoryInode" in change) throw new LookbackError("DISK_FULL", "no room");
      return update(id, change);
    };
    await service().enforcePackets(null);
    expect(there()).toEqual([2, 3]);
    catalogue.close();
  });

  it("makes room at once where writes fail", async () => {
    const { catalogue, packets, service, there } = world([{ bytes: 100 }, { bytes: 100 }, { bytes: 100 }]);
    expect(await service().enforcePackets(null)).toMatchObject({ deleted: 0 });
    expect(await service().relieve(packets, null)).toMatchObject({ deleted: 2 });
    expect(there()).toEqual([3]);
    expect(await service().relieve("/no/such/directory", null)).toMatchObject({ deleted: 0 });
    catalogue.close();
  });

  it("tells devices that stay short and holds that block, and when that is over", async () => {
    const { catalogue, packets, service } = world([{ bytes: 4000 }, { bytes: 3000 }, { bytes: 100 }], { partitions: [{ ...daySpan("1970-01-01"), rows: 5, bytes: 10, segments: 1 }], nowMs: 40 * DAY });
    const { events, lasting, news } = heard();
    const hold = catalogue.holds.add({ subject: "file", subjectId: "1", reason: "x", createdBy: "ann" });
    const onDay = catalogue.holds.add({ subject: "day", subjectId: "1970-01-01", reason: "y", createdBy: "ann" });
    const started = () => service({ events, rules: retentionRules([packets], { freeSpace: { unit: "percent", value: 80 }, expireDays: 3 }) });
    const one = started();
    await one.enforcePackets(null);
    // All files are of the held day, too; the hold on the file is the nearer reason.
    expect(news()).toEqual([`target-unreachable ${packets}`, `hold-blocks ${hold}: 1 (4000)`, `hold-blocks ${onDay}: 1 (3000)`]);
    await one.expireSessions(null);
    expect(news()).toEqual([]);
    // Another process knows what was told, and does not take back what it has not looked at.
    const other = started();
    catalogue.holds.release(hold);
    await other.enforcePackets(null);
    expect(news()).toEqual([`over hold-blocks ${hold}`]);
    catalogue.holds.release(onDay);
    await other.expireSessions(null);
    await other.enforcePackets(null);
    expect(news()).toEqual([`over target-unreachable ${packets}`, `over hold-blocks ${onDay}`]);
    expect(other.totals).toMatchObject({ files: 2, bytes: 7000, days: 1, failures: 0 });
    // A directory that nobody keeps packets in any more is short of nothing.
    lasting.add("target-unreachable /elsewhere");
    await other.enforcePackets(null);
    expect(news()).toEqual(["over target-unreachable /elsewhere"]);
    catalogue.close();
  });

  it("removes old entries of the audit log, as its plan says", async () => {
    const options = { nowMs: 10 * DAY, rules: { auditDays: 3 } };
    const { catalogue, service } = world([], options);
    for (let entry = 0; entry < 12; entry += 1) catalogue.audit.add("ann", "login");
    options.nowMs = 13 * DAY;
    expect((await service().plan()).audit.entries).toBe(0);
    options.nowMs = 13 * DAY + 1;
    expect((await service().plan()).audit.entries).toBe(12);
    expect(await service().expireAudit()).toBe(12);
    expect(catalogue.audit.list()).toMatchObject([{ action: "audit.expire" }]);
    catalogue.close();
  });

  it("leaves holds alone that are being made, and removes at a start what an ended process left of them", async () => {
    const { catalogue, service } = world([{ bytes: 10 }], { nowMs: DAY });
    const session = { id: Buffer.alloc(16, 1), firstMs: 0, lastMs: 0, settled: true, packets: [{ fileId: 1, packets: 1, bytes: 9 }] };
    const add = (untilMs: number): number => {
      const hold = catalogue.holds.add({ subject: "session", subjectId: "one session", reason: "case 7", createdBy: "ann", untilMs });
      catalogue.holds.addSessions(hold, [session]);
      return hold;
    };
    const [made, ended] = [add(0), add(DAY - 1)];
    await service().expireAudit();
    expect(catalogue.holds.sessionsOf(ended, null, 9)).toEqual([]);
    catalogue.holds.enforce(made, null);
    expect(catalogue.holds.get(made)).toMatchObject({ sessions: 1, packets: 1 });
    const left = add(0);
    await service().recover();
    expect(catalogue.holds.sessionsOf(left, null, 9)).toEqual([]);
    catalogue.holds.enforce(left, null);
    expect(catalogue.holds.get(left)).toBeNull();
    expect(catalogue.holds.get(made)).toMatchObject({ sessions: 1, packets: 1 });
    catalogue.close();
  });

  it("plans packets while a search cluster is away, and says what is not known", async () => {
    const { catalogue, service } = world([{ bytes: 4000 }, { bytes: 3000 }]);
    const away = () => Promise.reject(new LookbackError("CLUSTER_UNREACHABLE", "no answer"));
    const plan = await service({ store: { partitions: away, planMerges: away, planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]), expirePartition: () => Promise.resolve(), movePackets: () => Promise.resolve(), async *streamPackets() {} } }).plan();
    expect(plan.packets.devices[0]?.items).toMatchObject([{ action: "delete", fileId: 1 }, { reason: "newest" }]);
    expect(plan).toMatchObject({ sessions: { items: [] }, compaction: [], unknown: ["CLUSTER_UNREACHABLE: days of sessions are not known: no answer", "CLUSTER_UNREACHABLE: merges are not known: no answer"] });
    catalogue.close();
  });

  it("goes on with files older than what is held while a search cluster is away", async () => {
    const { catalogue, service, there, expired } = world([{ bytes: 2000 }, { bytes: 2000 }, { bytes: 2000 }, { bytes: 2000 }, { bytes: 100 }], { rules: { expireDays: 3 }, nowMs: 40 * DAY });
    const hold = catalogue.holds.add({ subject: "session", subjectId: "one session", reason: "case 7", createdBy: "ann" });
    catalogue.holds.addSessions(hold, [{ id: Buffer.alloc(16, 1), firstMs: 2600, lastMs: 2700, settled: false, packets: [] }]);
    const away: RetentionParts["store"] = {
      partitions: () => Promise.resolve([{ ...daySpan("1970-01-01"), rows: 5, bytes: 10, segments: 1 }]), planMerges: () => Promise.resolve([]), planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]), expirePartition: (day) => { expired.push(day); return Promise.resolve(); },
      movePackets: () => Promise.resolve(), streamPackets() { throw new LookbackError("CLUSTER_UNREACHABLE", "no answer"); },
    };
    const one = service({ store: away, rules: retentionRules([path.dirname(catalogue.files.list()[0]?.path ?? "")], { freeSpace: { unit: "percent", value: 90 }, expireDays: 3 }) });
    expect((await one.packetPlan()).devices[0]?.items.map(({ fileId, reason }) => `${fileId} ${reason}`)).toEqual(["1 oldest", "2 oldest", "3 undecided", "4 undecided", "5 newest"]);
    expect(await one.enforcePackets(null)).toMatchObject({ deleted: 2 });
    expect(there()).toEqual([3, 4, 5]);
    // A row of a held session may be of a later day by now than is noted.
    await expect(one.expireSessions(null)).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
    expect(expired).toEqual([]);
    catalogue.close();
  });

  it("keeps files that a replay needs", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 500 }]);
    catalogue.marks.set({ stream: "1".padStart(32, "0"), node: "n", replayFromOrdinal: 0, nextOrdinal: 9, completeUntilMs: null });
    await service().enforcePackets(null);
    expect(there()).toEqual([1, 3]);
    catalogue.close();
  });

  it("keeps for a replay that waits none that were captured since", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 500 }, { bytes: 500 }]);
    const stream = "f".repeat(32);
    for (const id of [1, 2, 3, 4]) catalogue.files.update(id, { stream, firstOrdinal: id * 10 });
    catalogue.replays.add({ stream, node: "n", fromOrdinal: 10, knownUntilOrdinal: 10, untilOrdinal: 20, open: Buffer.alloc(0), completeUntilMs: 1 });
    await service().enforcePackets(null);
    expect(there()).toEqual([1, 3, 4]);
    catalogue.close();
  });

  it("keeps files that wait for their replay beside a capture", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 500 }]);
    const stream = "1".padStart(32, "0");
    catalogue.replays.add({ stream, node: "n", fromOrdinal: 0, knownUntilOrdinal: 0, untilOrdinal: 9, open: Buffer.alloc(0), completeUntilMs: 1 });
    catalogue.marks.set({ stream, node: "n", replayFromOrdinal: 1_000, nextOrdinal: 1_001, completeUntilMs: null });
    await service().enforcePackets(null);
    expect(there()).toEqual([1, 3]);
    catalogue.close();
  });

  it("deletes nothing when the facts about holds cannot be had, or a directory is not there", async () => {
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }]);
    holdOpenSession(catalogue);
    const broken = service({ store: { partitions: () => Promise.resolve([]), planMerges: () => Promise.resolve([]), planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]), expirePartition: () => Promise.resolve(), movePackets: () => Promise.resolve(), streamPackets() { throw new LookbackError("STORE_DAMAGED", "x"); } } });
    await expect(broken.enforcePackets(null)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
    const unmounted = await service({ packetDirectories: ["/no/such/directory"] }).enforcePackets(null);
    expect(unmounted).toMatchObject({ deleted: 0, unmeasured: [{ directory: "/no/such/directory" }] });
    expect(there()).toEqual([1, 2]);
    catalogue.close();
  });

  it("goes on with the other directories when one cannot be looked through, and tells that once", async () => {
    const { root, catalogue, service, packets, tombs, there } = world([{ bytes: 3000 }, { bytes: 3000 }]);
    const broken = path.join(root, "broken");
    const file = path.join(broken, "n-260101-00000003.pcap");
    mkdirSync(broken);
    writeFileSync(file, "x");
    writeFileSync(path.join(broken, ".tombstones"), "no folder");
    catalogue.files.add({ id: 3, node: "n", path: file, displayName: file, stream: "f".repeat(32), storage: "own", state: "complete", format: "pcap", bytes: 1, packets: 1, firstMs: 0, lastMs: 1 });
    const told: string[] = [];
    const logger = { ...silentLogger, warn: (fields: object, message: string) => { told.push(`${"directory" in fields ? String(fields.directory) : ""} ${message}`); }, info: (_fields: object, message: string) => { told.push(message); } };
    const directories = [broken, packets];
    const one = service({ packetDirectories: directories, tombstones: new Tombstones(tombs, directories), logger });
    await one.recover();
    expect(await one.enforcePackets(null)).toMatchObject({ deleted: 1, unmeasured: [{ directory: broken, reason: expect.stringContaining("ENOTDIR") }] });
    expect([there(), existsSync(file)]).toEqual([[2], true]);
    expect(told).toEqual([expect.stringMatching(`^${broken} .*cannot be listed`)]);
    rmSync(path.join(broken, ".tombstones"));
    expect(await one.enforcePackets(null)).toMatchObject({ unmeasured: [] });
    expect(told).toHaveLength(2);
    catalogue.close();
  });

  it("looks into no directory that could not be measured, neither for its plan nor for deletions elsewhere", async () => {
    const { root, catalogue, packets, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }]);
    const hung = path.join(root, "hung");
    const examine = vi.spyOn(OwnDirectory.prototype, "examine");
    await service({ packetDirectories: [hung, packets] }).enforcePackets(null);
    const looked = new Set(examine.mock.contexts.map((one) => (one instanceof OwnDirectory ? one.path : "")));
    examine.mockRestore();
    expect([there(), looked]).toEqual([[2], new Set([packets])]);
    catalogue.close();
  });

  it("goes on with the others where a mount dies after it was measured, and begins nothing there again", async () => {
    const { root, catalogue, packets, tombs, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 3000 }]);
    const dead = path.join(root, "dead");
    mkdirSync(dead);
    for (const id of [4, 5, 6]) {
      const file = path.join(dead, `m-260101-0000000${id}.pcap`);
      writeFileSync(file, "x");
      catalogue.files.add({ id, node: "m", path: file, displayName: file, stream: String(id).padStart(32, "0"), storage: "own", state: "complete", format: "pcap", bytes: 1, packets: 1, firstMs: id - 4, lastMs: id });
    }
    const files = hangingFiles([], { stat: async (directory) => Object.assign(statSync(directory), directory === dead ? { dev: 7 } : {}), examine: (directory, file) => (directory === dead ? new Promise(() => { asked.push(file); }) : new OwnDirectory(directory).examine(file)) });
    const asked: string[] = [];
    const { events, lasting, news } = heard();
    events.raise({ kind: "target-unreachable", subject: dead, targetBytes: 1, freeBytes: 0, shortfallBytes: 1 });
    const directories = [dead, packets];
    const one = service({ packetDirectories: directories, looks: files.looks, tombstones: new Tombstones(tombs, directories, REAL_FILES, files.looks), events, rules: retentionRules(directories, { freeSpace: { unit: "percent", value: 50 } }) });
    const first = one.enforcePackets(null);
    await expect.poll(() => asked).toHaveLength(1);
    files.giveUp();
    expect(await first).toMatchObject({ deleted: 2, unmeasured: [{ directory: dead, reason: expect.stringContaining("do not answer") }] });
    expect(there()).toEqual([3]);
    expect(await one.enforcePackets(null)).toMatchObject({ deleted: 0, unmeasured: [{ directory: dead }] });
    expect([asked.length, [...lasting], news()]).toEqual([1, [`target-unreachable ${dead}`], [`target-unreachable ${dead}`]]);
    catalogue.close();
  });

  it.each(["rename", "sync", "unlink"] as const)("ends where a mount dies at the %s of a file, and finishes that when it answers", async (step) => {
    const { catalogue, packets, tombs, service, there, gone } = world([{ bytes: 2000 }, { bytes: 2000 }, { bytes: 2000 }, { bytes: 1000 }]);
    const files = hangingFiles([]);
    const held: (() => void)[] = [];
    let hung = 0;
    const operations: TombstoneFiles = { ...REAL_FILES, [step]: async (...given: [string, string]) => {
      if (given[0].endsWith(".interfaces")) return;
      hung += 1;
      if (hung === 1) await new Promise<void>((resolve) => { held.push(resolve); });
      await REAL_FILES[step](...given);
    } };
    const one = service({ looks: files.looks, tombstones: new Tombstones(tombs, [packets], operations, files.looks), rules: retentionRules([packets], { freeSpace: { unit: "percent", value: 50 } }) });
    const first = one.enforcePackets(null);
    await expect.poll(() => held).toHaveLength(1);
    files.giveUp();
    expect(await first).toMatchObject({ deleted: 0 });
    expect(await one.relieve(packets, null)).toMatchObject({ deleted: 0 });
    expect([hung, there().includes(2)]).toEqual([1, true]);
    held[0]?.();
    await expect.poll(async () => { await one.enforcePackets(null); return gone(); }).toContain(1);
    await one.enforcePackets(null);
    expect([there(), readdirSync(tombs)]).toEqual([[2, 3, 4], []]);
    catalogue.close();
  });

  it("measures again while it deletes, and spares the rest when room appears", async () => {
    const { catalogue, free, service, there } = world(Array.from({ length: 30 }, () => ({ bytes: 300 })));
    let measured = 0;
    await service({ probe: () => { measured += 1; return Promise.resolve({ freeBytes: free() + (measured > 1 ? 4000 : 0), totalBytes: TOTAL }); } }).enforcePackets(null);
    expect(there()).toHaveLength(22);
    catalogue.close();
  });

  it("spares files of a node whose section stops to read while a run goes on", async () => {
    let reads = true;
    const { catalogue, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 3000 }, { bytes: 1000 }]);
    const run = await service({ sectionReads: () => reads }, { ...REAL_FILES, rename: async (...given) => { await REAL_FILES.rename(...given); reads = false; } }).enforcePackets(null);
    expect([run.outcomes.map(({ fileId, outcome, detail }) => [fileId, outcome, detail]), there()]).toEqual([[[1, "deleted", null], [2, "spared", "section-unread"]], [2, 3, 4]]);
    catalogue.close();
  });

  it("goes on with the next file when one cannot be renamed", async () => {
    const { catalogue, paths, service, there } = world([{ bytes: 3000 }, { bytes: 3000 }, { bytes: 500 }]);
    const run = await service({}, { ...REAL_FILES, rename: (from, to) => (from === paths[0] ? Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" })) : REAL_FILES.rename(from, to)) }).enforcePackets(null);
    expect(there()).toEqual([1, 3]);
    expect(run.outcomes.map((one) => one.outcome)).toEqual(["failed", "deleted"]);
    catalogue.close();
  });

  it("leaves what was told of a device that is short in force while nobody can see what is being deleted there", async () => {
    const { catalogue, service, packets, tombs } = world([{ bytes: 6000 }]);
    const { events, news } = heard();
    const one = service({ events, probe: () => Promise.resolve({ freeBytes: 4000, totalBytes: TOTAL }) });
    await one.enforcePackets(null);
    writeFileSync(path.join(packets, ".tombstones"), "no folder");
    await one.enforcePackets(null);
    expect([news(), one.unmeasured]).toEqual([[`target-unreachable ${packets}`], [{ directory: packets, reason: expect.stringContaining("ENOTDIR") }]]);
    rmSync(path.join(packets, ".tombstones"));
    rmSync(tombs, { recursive: true, force: true });
    writeFileSync(tombs, "no folder");
    await one.enforcePackets(null);
    expect([news(), one.unmeasured]).toMatchObject([[], [{ directory: packets }]]);
    rmSync(tombs);
    await service({ events, rules: retentionRules([packets], {}) }).enforcePackets(null);
    await one.enforcePackets(null);
    expect([news(), one.unmeasured]).toEqual([[`over target-unreachable ${packets}`, `target-unreachable ${packets}`], []]);
    catalogue.close();
  });

  it("takes back what was told of a device whose directory is not there any more", async () => {
    const { root, catalogue, packets, service } = world([{ bytes: 3000 }]);
    const { events, news } = heard();
    const [away, file] = [path.join(root, "away"), path.join(root, "file")];
    writeFileSync(file, "x");
    for (const subject of [away, file]) events.raise({ kind: "target-unreachable", subject, targetBytes: 1, freeBytes: 0, shortfallBytes: 1 });
    news();
    const one = service({ packetDirectories: [away, file, packets], events });
    expect(await one.enforcePackets(null)).toMatchObject({ unmeasured: [{ directory: away, isAbsent: true }, { directory: file, isAbsent: true }] });
    expect(news()).toEqual([`over target-unreachable ${away}`, `over target-unreachable ${file}`]);
    catalogue.close();
  });

  it("deletes nothing on the device of the data directory while nobody can see what waits there already", async () => {
    const { catalogue, service, packets, tombs, there } = world([{ bytes: 3000 }, { bytes: 3000 }]);
    writeFileSync(tombs, "no folder");
    const one = service({ probe: () => Promise.resolve({ freeBytes: there().length === 2 ? 4000 : 7000, totalBytes: TOTAL }) });
    expect(await one.enforcePackets(null)).toMatchObject({ deleted: 0, outcomes: [], unmeasured: [{ directory: packets, reason: expect.stringContaining("ENOTDIR") }] });
    rmSync(tombs);
    expect(await one.enforcePackets(null)).toMatchObject({ deleted: 1, unmeasured: [] });
    expect(there()).toEqual([2]);
    catalogue.close();
  });

  it("stops at several files that are renamed and whose folder cannot be synced, and finishes them later", async () => {
    const { catalogue, service, there, gone } = world(Array.from({ length: 6 }, () => ({ bytes: 1600 })));
    const run = await service({}, { ...REAL_FILES, sync: () => Promise.reject(Object.assign(new Error("EACCES"), { code: "EACCES" })) }).enforcePackets(null);
    expect(run.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 pending", "2 pending", "3 pending"]);
    expect(there()).toEqual([4, 5, 6]);
    expect(await service().enforcePackets(null)).toMatchObject({ stuckTombstones: 0, shortfallBytes: 0 });
    expect([there(), gone()]).toEqual([[4, 5, 6], [1, 2, 3]]);
    catalogue.close();
  });

  it("goes on with others when one tombstone cannot be unlinked, stops at several, and finishes them later", async () => {
    const refuse = (names: RegExp): TombstoneFiles => ({
      ...REAL_FILES, unlink: (file) => (names.test(file) ? Promise.reject(Object.assign(new Error("EBUSY"), { code: "EBUSY" })) : REAL_FILES.unlink(file)),
    });
    const some = world([{ bytes: 1500 }, { bytes: 1500 }, { bytes: 1500 }, { bytes: 1500 }, { bytes: 2500 }]);
    const oddOne = await some.service({}, refuse(/1-n-/)).enforcePackets(null);
    expect(oddOne.outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(["1 pending", "2 deleted", "3 deleted"]);
    // What is stuck is not gone: another must go for it.
    expect(await some.service({}, refuse(/1-n-/)).enforcePackets(null)).toMatchObject({ deleted: 1, stuckTombstones: 1, shortfallBytes: 0 });
    expect(some.there()).toEqual([5]);
    some.catalogue.close();

    const { catalogue, service, there, gone } = world(Array.from({ length: 6 }, () => ({ bytes: 1600 })));
    const stuck = service({}, refuse(/./));
    for (let tick = 0; tick < 4; tick += 1) await stuck.enforcePackets(null);
    expect(there()).toEqual([4, 5, 6]);
    expect(gone()).toEqual([1, 2, 3]);
    let tries = 0;
    const counted = service({}, { ...REAL_FILES, unlink: () => { tries += 1; return Promise.reject(Object.assign(new Error("EROFS"), { code: "EROFS" })); } });
    expect(await counted.enforcePackets(null)).toMatchObject({ deleted: 0, stuckTombstones: 3 });
    expect(tries).toBe(3);
    expect(await service().enforcePackets(null)).toMatchObject({ stuckTombstones: 0, shortfallBytes: 0 });
    expect(there()).toEqual([4, 5, 6]);
    catalogue.close();
  });

  it("frees space although the catalogue has no room to note it", async () => {
    const { catalogue, free, service, there, gone } = world([{ bytes: 3000 }, { bytes: 2500 }]);
    const full: RetentionParts["catalogue"] = {
      files: catalogue.files, holds: catalogue.holds, marks: catalogue.marks, replays: catalogue.replays, audit: catalogue.audit, settings: catalogue.settings, exports: catalogue.exports, retentionClasses: catalogue.retentionClasses, heldCopy: () => catalogue.heldCopy(),
      transaction: (body) => {
        if (free() < 5000) throw new LookbackError("DISK_FULL", "no room");
        return catalogue.transaction(body);
      },
    };
    expect(await service({ catalogue: full }).enforcePackets(null)).toMatchObject({ deleted: 1 });
    expect(there()).toEqual([2]);
    expect(gone()).toEqual([1]);
    catalogue.close();
  });

  it("does not believe a tombstone whose number another file has by now", async () => {
    const { catalogue, service, there, gone, tombs } = world([{ bytes: 10 }, { bytes: 10 }]);
    mkdirSync(tombs);
    writeFileSync(path.join(tombs, "1-old-name.pcap"), "x");
    expect(await service().recover()).toEqual({ removed: 1, stuck: 0 });
    expect(there()).toEqual([1, 2]);
    expect(gone()).toEqual([]);
    catalogue.close();
  });
});

describe("any files, failures and crashes", () => {
  const spec = fc.record({
    bytes: fc.integer({ min: 1, max: 900 }), storage: fc.constantFrom<"own" | "in-place">("own", "own", "own", "in-place"),
    state: fc.constantFrom<"complete" | "writing">("complete", "complete", "complete", "writing"), locked: fc.constantFrom(false, false, true),
    node: fc.constantFrom("a", "b"), firstMs: fc.nat(20), held: fc.constantFrom(false, false, false, true), place: fc.constantFrom<"own" | "link" | "outside">("own", "own", "own", "own", "link", "outside"),
  });
  it("lose nothing protected, keep catalogue and disk in step, and meet the target in the end", async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(spec, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 99 }), fc.array(fc.record({ after: fc.nat(12), done: fc.boolean(), kind: fc.constantFrom("crash", "fail") }), { maxLength: 4 }),
      async (files, percent, troubles) => {
        const one = world(files, { rules: { freeSpace: { unit: "percent", value: percent } } });
        // Nobody knows these, and no rule is about them.
        const strangers = [path.join(one.packets, "n-260101-00009999.pcap"), path.join(one.packets, "notes.txt"), path.join(one.root, "n-260101-00000001.pcap")];
        for (const stranger of strangers) writeFileSync(stranger, "");
        const newest = new Set(["a", "b"].flatMap((node) => files.map((file, index) => ({ ...file, id: index + 1 })).filter((file) => file.node === node && file.storage === "own").sort((left, right) => left.firstMs - right.firstMs || left.id - right.id).at(-1)?.id ?? []));
        const isProtected = (index: number): boolean => {
          const file = files[index];
          return file === undefined || file.storage === "in-place" || file.state === "writing" || file.locked || file.held || file.place !== "own" || newest.has(index + 1);
        };
        let anyFailed = false;
        for (const trouble of troubles) {
          let left = trouble.after;
          let crashed = false;
          let tries = 0;
          const risky = async (effect: () => Promise<void>): Promise<void> => {
            tries += 1;
            if (crashed) throw new Error("this process is dead");
            left -= 1;
            if (left >= 0) return effect();
            if (trouble.kind === "fail") {
              left = trouble.after;
              anyFailed = true;
              throw Object.assign(new Error("EIO"), { code: "EIO" });
            }
            crashed = true;
            if (trouble.done) await effect();
            throw new Error("crash");
          };
          const catalogue: RetentionParts["catalogue"] = {
            files: one.catalogue.files, holds: one.catalogue.holds, marks: one.catalogue.marks, replays: one.catalogue.replays, audit: one.catalogue.audit, settings: one.catalogue.settings, exports: one.catalogue.exports,
            retentionClasses: one.catalogue.retentionClasses, heldCopy: () => one.catalogue.heldCopy(),
            transaction: (body) => {
              if (crashed) throw new Error("this process is dead");
              left -= 1;
              if (left >= 0 || trouble.kind === "fail") return one.catalogue.transaction(body);
              crashed = true;
              if (trouble.done) one.catalogue.transaction(body);
              throw new Error("crash");
            },
          };
          const operations: TombstoneFiles = {
            rename: (from, to) => risky(() => REAL_FILES.rename(from, to)), unlink: (file) => risky(() => REAL_FILES.unlink(file)), truncate: (file) => risky(() => REAL_FILES.truncate(file)), sync: REAL_FILES.sync,
          };
          await one.service({ catalogue }, operations).enforcePackets(null).catch(() => {});
          // What is refused is not tried without end: a rename, an unlink and another at the next start of the run for each file.
          expect(tries).toBeLessThanOrEqual(3 * files.length);
          // Nobody ever sees a row whose file is not there, except the one that was being renamed when the process ended.
          const dangling = one.catalogue.files.list().filter((row) => row.state !== "gone" && !existsSync(row.path));
          expect(dangling.length).toBeLessThanOrEqual(1);
        }
        await one.service().recover();
        const planned = (await one.service().packetPlan()).devices.flatMap(({ items }) => items.filter(({ action }) => action === "delete").map(({ fileId }) => fileId));
        const { outcomes } = await one.service().enforcePackets(null);
        // What happens is what was planned, in that order.
        expect(outcomes.map(({ fileId, outcome }) => `${fileId} ${outcome}`)).toEqual(planned.map((fileId) => `${fileId} deleted`));
        for (const stranger of strangers) expect(existsSync(stranger)).toBe(true);
        for (const row of one.catalogue.files.list()) expect(existsSync(row.path)).toBe(row.state !== "gone");
        files.forEach((file, index) => {
          if (isProtected(index)) expect(statSync(one.paths[index] ?? "").size).toBe(file.bytes);
        });
        expect(existsSync(one.tombs) ? readdirSync(one.tombs) : []).toEqual([]);
        const idle = files.flatMap((file, index) => (!isProtected(index) && one.there().includes(index + 1) ? [{ ...file, id: index + 1 }] : []));
        if (one.free() < (TOTAL * percent) / 100) expect(idle).toEqual([]);
        if (!anyFailed) {
          // Oldest first, and not one more than needed.
          const gone = one.gone().map((id) => ({ id, bytes: files[id - 1]?.bytes ?? 0, firstMs: files[id - 1]?.firstMs ?? 0 }));
          for (const deleted of gone) for (const spared of idle) expect(deleted.firstMs < spared.firstMs || (deleted.firstMs === spared.firstMs && deleted.id < spared.id)).toBe(true);
          const last = gone.sort((left, right) => left.firstMs - right.firstMs || left.id - right.id).at(-1);
          if (last) expect(one.free() - last.bytes).toBeLessThan((TOTAL * percent) / 100);
        }
        one.catalogue.close();
      },
    ), { numRuns: 100 });
  }, 120_000);
});

describe("old sessions", () => {
  const partitions = ["2026-01-01", "2026-01-02", "2026-01-09", "2026-01-10"].map((day) => ({ ...daySpan(day), rows: 5, bytes: 10, segments: 1 }));
  it("go by day, but for held ones", async () => {
    const { catalogue, service, expired } = world([], { rules: { expireDays: 3 }, partitions, nowMs: Date.UTC(2026, 0, 10, 4), sessions: [{ id: HELD, firstPacketMs: 0, lastPacketMs: Date.UTC(2026, 0, 2, 5), final: true, packets: [] }] });
    expect((await service().sessionPlan()).items.filter((item) => item.action === "expire").map((item) => item.day)).toEqual(["2026-01-01", "2026-01-02"]);
    holdOpenSession(catalogue);
    catalogue.holds.add({ subject: "day", subjectId: "2026-01-01", reason: "case 8", createdBy: "ann" });
    expect(await service().expireSessions(null)).toEqual({ expired: ["2026-01-02"], failed: [] });
    expect(expired).toEqual([`2026-01-02 ${HELD.replaceAll("-", "")}`]);
    expect(catalogue.audit.list()).toMatchObject([{ action: "retention.expire-day", details: { day: "2026-01-02", rows: 5, held: 1 } }]);
    catalogue.close();
  });
  it("of an index of a month go but for the held ones of any of its days", async () => {
    const month = { day: "2026-01-31", startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 1, 1), rows: 5, bytes: 10, segments: 1 };
    const { catalogue, service, expired } = world([], { rules: { expireDays: 3 }, partitions: [month], nowMs: Date.UTC(2026, 2, 10, 4), sessions: [{ id: HELD, firstPacketMs: 0, lastPacketMs: Date.UTC(2026, 0, 10, 5), final: true, packets: [] }] });
    holdOpenSession(catalogue);
    expect((await service().sessionPlan()).items).toMatchObject([{ action: "expire", day: "2026-01-31", heldRows: 1 }]);
    expect(await service().expireSessions(null)).toEqual({ expired: ["2026-01-31"], failed: [] });
    expect(expired).toEqual([`2026-01-31 ${HELD.replaceAll("-", "")}`]);
    catalogue.holds.add({ subject: "day", subjectId: "2026-01-12", reason: "case 8", createdBy: "ann" });
    expect((await service().sessionPlan()).items).toMatchObject([{ action: "keep", reason: "held", note: "case 8" }]);
    expect(await service().expireSessions(null)).toEqual({ expired: [], failed: [] });
    catalogue.close();
  });
  it("go on when one day fails", async () => {
    const { catalogue, service } = world([], { rules: { expireDays: 3 }, partitions, nowMs: Date.UTC(2026, 0, 10, 4) });
    const stubborn = service({ store: { partitions: () => Promise.resolve(partitions), planMerges: () => Promise.resolve([]), planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]), expirePartition: (day) => (day === "2026-01-01" ? Promise.reject(new Error("busy")) : Promise.resolve()), movePackets: () => Promise.resolve(), async *streamPackets() {} } });
    expect(await stubborn.expireSessions(null)).toEqual({ expired: ["2026-01-02"], failed: [{ day: "2026-01-01", code: "INTERNAL", reason: "busy" }] });
    catalogue.close();
  });
});
