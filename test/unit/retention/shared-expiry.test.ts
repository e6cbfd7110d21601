import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { SessionPackets } from "../../../src/index-store/index-store.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import { ALL_TIME } from "../../../src/model/time-range.js";
import { rowIdOf } from "../../../src/index-store/row-id.js";
import type { SharedExpiry, SharedRuns } from "../../../src/index-store/shared-expiry.js";
import { noRetentionEvents } from "../../../src/model/retention-event.js";
import { Tombstones } from "../../../src/packet-store/packet-store.js";
import { HoldService } from "../../../src/retention/hold-service.js";
import { RetentionService } from "../../../src/retention/retention-service.js";
import { retentionRules } from "../../support/retention-rules.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const [HERE, OPEN, THERE] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2), Buffer.alloc(16, 7)];
const DAY = { day: "2026-01-01", startMs: Date.UTC(2026, 0, 1), endMs: Date.UTC(2026, 0, 2) };
const NEXT = { day: "2026-01-02", startMs: Date.UTC(2026, 0, 2), endMs: Date.UTC(2026, 0, 3) };
const clock = { nowMs: () => Date.UTC(2026, 0, 10) };
const CONTEXT = { scope: SERVICE_SCOPE, signal: null, timeoutMs: 1_000 };

let catalogue: Catalogue;
let expired: string[];
let sessions: SessionPackets[];
/** Rows that are not in the store any more. */
let gone: Set<string>;

beforeEach(() => {
  catalogue = openCatalogue(temporaryDirectory(), clock);
  expired = [];
  sessions = [];
  gone = new Set();
});
afterEach(() => { catalogue.close(); });

function sessionAt(id: Uint8Array, lastPacketMs: number): SessionPackets {
  return { id: rowIdOf(id), firstPacketMs: DAY.startMs, lastPacketMs, final: true, packets: [] };
}

const store = {
  partitions: () => Promise.resolve([DAY, NEXT].map((one) => ({ ...one, rows: 10, bytes: 100, segments: 1 }))),
  planMerges: () => Promise.resolve([]), planPlacement: () => Promise.resolve([]), dataNodes: () => Promise.resolve([]), movePackets: () => Promise.resolve(),
  expirePartition: (day: string, keep: () => readonly string[] = () => []) => {
    expired.push([day, ...keep()].join(" "));
    return Promise.resolve();
  },
  async *streamPackets() { yield await Promise.resolve(sessions); },
  async *streamIds() { yield await Promise.resolve(sessions.map(({ id }) => id).filter((id) => !gone.has(id))); },
};

function retention(shared?: Pick<SharedExpiry, "during">): RetentionService {
  const directory = temporaryDirectory();
  return new RetentionService({
    catalogue, store, clock, logger: silentLogger, packetDirectories: [directory], tombstones: new Tombstones(path.join(directory, "tombstones"), [directory]), events: noRetentionEvents,
    probe: () => Promise.resolve({ freeBytes: 1, totalBytes: 1 }), rules: retentionRules([directory], { expireDays: 1 }),
    reader: { forget: () => Promise.resolve(), heads: () => Promise.resolve([]), packets: () => Promise.resolve([]) }, ...(shared === undefined ? {} : { shared }),
  });
}

describe("days of sessions that other servers hold some of", () => {
  it("expire with what is held here and there, but for those that are held whole", async () => {
    const hold = catalogue.holds.add({ subject: "session", subjectId: "x", reason: "why", createdBy: "ann" });
    catalogue.holds.addSessions(hold, [{ id: HERE, firstMs: DAY.startMs, lastMs: DAY.startMs, settled: true, packets: [] }]);
    const asked: unknown[] = [];
    const run = await retention({
      during: (spans, work) => {
        asked.push(...spans);
        return work([{ startMs: DAY.startMs, endMs: DAY.endMs, whole: false, ids: [THERE] }, { startMs: NEXT.startMs, endMs: NEXT.endMs, whole: true, ids: [] }], () => true);
      },
    }).expireSessions(null);
    expect(asked).toEqual([DAY, NEXT].map(({ startMs, endMs }) => ({ startMs, endMs })));
    expect(run).toEqual({ expired: [DAY.day], failed: [] });
    expect(expired).toEqual([`${DAY.day} ${HERE.toString("hex")} ${THERE.toString("hex")}`]);
  });

  it("stay when a server does not say what it holds, or when the others do not know of the run any more", async () => {
    const reason = "SERVER_SILENT: the server of node north does not say what it holds";
    const silent = new LookbackError("SERVER_SILENT", "the server of node north does not say what it holds");
    expect(await retention({ during: () => Promise.reject(silent) }).expireSessions(null)).toEqual({ expired: [], failed: [{ day: DAY.day, code: "SERVER_SILENT", reason }, { day: NEXT.day, code: "SERVER_SILENT", reason }] });
    await expect(retention({ during: () => Promise.reject(new LookbackError("CLUSTER_UNREACHABLE", "away")) }).expireSessions(null)).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
    let days = 0;
    const lost = await retention({ during: (_spans, work) => work([], () => { days += 1; return days === 1; }) }).expireSessions(null);
    expect(lost).toMatchObject({ expired: [DAY.day], failed: [{ day: NEXT.day, reason: expect.stringContaining("may hold more by now") }] });
    expect(expired).toEqual([DAY.day]);
  });

  it("let other runs go on while the others are waited for", async () => {
    let entries = -1;
    const service: RetentionService = retention({ during: async (_spans, work) => {
      entries = await service.expireAudit();
      return work([], () => true);
    } });
    expect((await service.expireSessions(null)).expired).toEqual([DAY.day, NEXT.day]);
    expect(entries).toBe(0);
  });

  it("are asked for where there are some that go, and by nobody who is alone", async () => {
    expect((await retention().expireSessions(null)).expired).toEqual([DAY.day, NEXT.day]);
    for (const { day } of [DAY, NEXT]) catalogue.holds.add({ subject: "day", subjectId: day, reason: "why", createdBy: "ann" });
    expect(await retention({ during: () => Promise.reject(new Error("nothing goes")) }).expireSessions(null)).toEqual({ expired: [], failed: [] });
  });

  it("are looked for among holds, whole days and sessions that went on since", async () => {
    sessions = [sessionAt(OPEN, NEXT.startMs)];
    const hold = catalogue.holds.add({ subject: "session", subjectId: "x", reason: "why", createdBy: "ann" });
    // Until it is looked up again it seems to have ended on the first day.
    catalogue.holds.addSessions(hold, [{ id: OPEN, firstMs: DAY.startMs, lastMs: DAY.startMs, settled: false, packets: [] }]);
    catalogue.holds.add({ subject: "day", subjectId: DAY.day, reason: "why", createdBy: "ann" });
    const found = await retention().heldIn([DAY, NEXT], null);
    expect(found.map(({ startMs, whole, ids }) => [startMs, whole, ids.map(rowIdOf)])).toEqual([[DAY.startMs, true, []], [NEXT.startMs, false, [rowIdOf(OPEN)]]]);
  });
});

it("what is looked up for an answer does not undo where packets were copied meanwhile", () => {
  const { holds } = catalogue;
  const hold = holds.add({ subject: "session", subjectId: "x", reason: "why", createdBy: "ann" });
  const seen = (fileId: number, settled: boolean) => [{ id: OPEN, firstMs: DAY.startMs, lastMs: DAY.startMs, settled, packets: [{ fileId, packets: 1, bytes: 1 }] }];
  holds.addSessions(hold, seen(1, false));
  holds.settle(seen(2, false));
  holds.describe(seen(3, true));
  holds.settle(seen(2, true));
  expect([...holds.packetsByFile().keys()]).toEqual([3]);
});

describe("a hold where several servers share an index", () => {
  const over = (token: string): SharedRuns => ({ token, spans: [] });
  /** What is seen before the search, and when the hold is in force. */
  const hold = (...seen: readonly SharedRuns[]) => {
    const inForce: number[] = [];
    const holds = new HoldService({ catalogue, store, clock, shared: { look: () => {
      inForce.push(catalogue.holds.active().length);
      return Promise.resolve(seen[inForce.length - 1] ?? over("none"));
    } } });
    const made = holds.create({ filter: { expression: { node: "everything" }, range: ALL_TIME }, description: "x", reason: "why", untilMs: null, user: "ann" }, CONTEXT);
    return { made, inForce };
  };

  beforeEach(() => { sessions = [sessionAt(HERE, DAY.startMs), sessionAt(THERE, NEXT.startMs)]; });

  it("is in force before it is looked whether its sessions are asked for", async () => {
    const { made, inForce } = hold(over("1 done"), over("1 done"));
    expect(await made).toMatchObject({ sessions: 2 });
    expect(inForce).toEqual([0, 1]);
  });

  it("is refused over sessions that were asked for already, and holds nothing", async () => {
    const { made } = hold(over("1 done"), { token: "2", spans: [{ startMs: 0, endMs: 1 }, NEXT] });
    await expect(made).rejects.toMatchObject({ code: "CLUSTER_BUSY" });
    expect(catalogue.holds.active()).toEqual([]);
    expect(catalogue.holds.sessionsBetween(DAY.startMs, NEXT.endMs)).toEqual([]);
    expect(await hold({ token: "2", spans: [{ startMs: 0, endMs: 1 }] }, { token: "2", spans: [{ startMs: 0, endMs: 1 }] }).made).toMatchObject({ sessions: 2 });
  });

  it.each([["a run ended meanwhile", [over("1 done"), over("2 done")]], ["nobody knows how one ended", [{ token: null, spans: [] }, { token: null, spans: [] }]]] as const)("says what there is where %s", async (_when, seen) => {
    gone.add(rowIdOf(HERE));
    expect(await hold(...seen).made).toMatchObject({ sessions: 1 });
    gone.add(rowIdOf(THERE));
    await expect(hold(...seen).made).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("is none when the cluster does not say what goes on", async () => {
    const holds = new HoldService({ catalogue, store, clock, shared: { look: () => (catalogue.holds.active().length === 0 ? Promise.resolve(over("0")) : Promise.reject(new LookbackError("CLUSTER_UNREACHABLE", "away"))) } });
    const made = holds.create({ filter: { expression: { node: "everything" }, range: ALL_TIME }, description: "x", reason: "why", untilMs: null, user: "ann" }, CONTEXT);
    await expect(made).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
    expect(catalogue.holds.active()).toEqual([]);
  });
});
