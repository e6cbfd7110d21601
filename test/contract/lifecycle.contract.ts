import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IndexStore, ReadContext, StreamRequest } from "../../src/index-store/index-store.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { rowId, type RowInput } from "../support/segment-rows.js";
import { address, as, collected, DAY, EVERYTHING, exact, field, found, HOUR, id, not, number, request, ROWS, service, v4, type StoreUnderTest } from "./sessions.js";

const all = { expression: EVERYTHING, range: ALL_TIME };

/** What every index store must do: access, limits, edits, versions, and what happens to segments. */
export function lifecycleContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`access and lifecycle: ${name}`, () => {
    let under: StoreUnderTest;
    let store: IndexStore;

    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(() => under.close());

    const add = async (...rows: readonly RowInput[]): Promise<SegmentInfo> => {
      const segment = await under.write(rows);
      await store.commitSegments({ add: [segment], remove: [] });
      return segment;
    };
    const addAll = async (): Promise<void> => {
      await add(...ROWS.slice(0, 3));
      await add(...ROWS.slice(3));
    };

    describe("a reader's scope", () => {
      const north = as({ forcedExpression: exact("node", "north") });

      it("holds for every read", async () => {
        await addAll();
        expect(await found(store, EVERYTHING, north)).toEqual([2, 6]);
        expect(await found(store, not(exact("node", "north")), north)).toEqual([]);
        expect((await store.search(request({ countTotal: true }), north)).total?.value).toBe(2);
        expect(await store.count(all, north)).toBe(2);
        expect(await store.get(id(1), north)).toBeNull();
        expect(await store.get(id(2), north)).not.toBeNull();
        expect((await store.terms({ ...all, fields: [field("node")], metric: "sessions", size: 10 }, north)).buckets).toEqual([{ keys: ["north"], sessions: 2, value: 2 }]);
        expect((await store.histogram({ ...all, interval: { unit: "day", count: 1 }, timeZone: "UTC", metrics: ["sessions"], on: "lastPacket" }, north)).values).toEqual([[2]]);
        expect((await store.stats({ ...all, field: field("bytes"), percentiles: [] }, north)).count).toBe(2);
        expect((await store.cardinality({ ...all, field: field("ip.src") }, north)).value).toBe(2);
        expect((await store.connections({ ...all, sourceField: field("ip.src"), destinationField: field("ip.dst"), limit: 10, minimumSessions: 1 }, north)).links).toHaveLength(2);
        expect((await collected(store.streamPackets(all, north))).map((session) => session.id).toSorted()).toEqual([id(2), id(6)]);
        expect((await collected(store.streamRows({ ...all, fields: [] }, north))).map((row) => row.id)).toEqual([id(2), id(6)]);
        expect([...await collected(store.streamIds(all, north))].sort()).toEqual([id(2), id(6)]);
      });

      it("may force what the reader may not see", async () => {
        await addAll();
        expect(await found(store, EVERYTHING, as({ forcedExpression: exact("node", "north"), hiddenFields: new Set(["node"]) }))).toEqual([2, 6]);
      });

      it("ends at the oldest time", async () => {
        await addAll();
        const recent = as({ oldestMs: DAY + 4 * HOUR });
        expect(await found(store, EVERYTHING, recent)).toEqual([5, 6]);
        expect(await store.get(id(1), recent)).toBeNull();
      });

      it("hides a port beside an address, whatever asks for it", async () => {
        await addAll();
        const blind = as({ hiddenFields: new Set(["source.port"]) });
        const host = { low: v4(10, 0, 0, 1), high: v4(10, 0, 0, 1) };
        const asked = [{ low: null, high: null, port: 5_353 }, { ...host, port: 40_002 }];
        for (const match of asked) expect(await found(store, address("ip.src", match), blind)).toEqual([]);
        expect(await found(store, not(address("ip.src", ...asked)), blind)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(await found(store, address("ip.src", ...asked, { ...host, port: null }), blind)).toEqual([1, 6]);
        expect(await found(store, address("ip.dst", { low: null, high: null, port: 53 }), blind)).toEqual([2]);
        expect(await found(store, EVERYTHING, as({ hiddenFields: new Set(["source.port"]), forcedExpression: address("ip.src", ...asked) }))).toEqual([2, 6]);
      });

      it("hides fields from columns, documents, searches, orders and aggregations", async () => {
        await addAll();
        const blind = as({ hiddenFields: new Set(["http.host", "dns"]) });
        const { rows } = await store.search(request({ fields: ["host.http", "host.http.cnt", "host.dns", "node"].map(field) }), blind);
        for (const row of rows) expect([...row.values].filter(([path, value]) => path !== "node" && value !== null)).toEqual([]);
        expect(await store.get(id(1), blind)).not.toHaveProperty("http.host");
        expect(await store.get(id(1), blind)).toHaveProperty("http.uri");
        expect(await store.get(id(2), blind)).not.toHaveProperty("dns");
        expect(await found(store, exact("host.http", "www.example.com"), blind)).toEqual([]);
        expect(await found(store, not(exact("host.http", "www.example.com")), blind)).toEqual([1, 2, 3, 4, 5, 6]);
        const forbidden = { code: "FORBIDDEN" };
        await expect(store.search(request({ order: [{ field: field("host.http"), direction: "asc" }] }), blind)).rejects.toMatchObject(forbidden);
        await expect(store.terms({ ...all, fields: [field("dns.answer.ip")], metric: "sessions", size: 1 }, blind)).rejects.toMatchObject(forbidden);
        await expect(store.stats({ ...all, field: field("host.http.cnt"), percentiles: [] }, blind)).rejects.toMatchObject(forbidden);
        await expect(store.cardinality({ ...all, field: field("host.http") }, blind)).rejects.toMatchObject(forbidden);
      });
    });

    describe("a long connection", () => {
      const from = (number_: number, hours: number): RowInput => ({ ...ROWS[0], id: rowId(DAY + hours * HOUR, number_), firstPacket: DAY + hours * HOUR, lastPacket: DAY + hours * HOUR + 1_000 });
      const root = rowId(DAY, 101);
      const parts = [from(101, 0), { ...from(102, 1), rootId: root, tags: ["seen"] }, { ...from(103, 2), rootId: root, node: "north" }, from(104, 1)];
      const ids = async (request: StreamRequest, context: ReadContext = service): Promise<readonly string[]> => {
        const rows = await collected(store.streamRows({ ...request, fields: [] }, context));
        const packets = await collected(store.streamPackets(request, context));
        expect(packets.map((session) => session.id).toSorted()).toEqual(rows.map((row) => row.id).toSorted());
        return rows.map((row) => row.id);
      };

      it("is streamed whole when that is asked for, also beyond the range", async () => {
        await add(...parts.slice(0, 2));
        await add(...parts.slice(2));
        const range = { startMs: DAY + HOUR, endMs: DAY + 2 * HOUR - 1, bounding: "last" } as const;
        const one = { expression: exact("tags", "seen"), range };
        expect(await ids(one)).toEqual([parts[1]?.id]);
        expect(await ids({ ...one, wholeConnections: true })).toEqual(parts.slice(0, 3).map((part) => part.id));
        expect(await ids({ expression: exact("tags", "none"), range: ALL_TIME, wholeConnections: true })).toEqual([]);
      });

      it("has only those parts that the scope may see", async () => {
        await add(...parts);
        const request = { expression: exact("tags", "seen"), range: ALL_TIME, wholeConnections: true };
        expect(await ids(request, as({ forcedExpression: not(exact("node", "north")) }))).toEqual(parts.slice(0, 2).map((part) => part.id));
        expect(await ids(request, as({ oldestMs: DAY + HOUR }))).toEqual(parts.slice(1, 3).map((part) => part.id));
        expect(await ids(request, as({ forcedExpression: exact("node", "north") }))).toEqual([]);
      });
    });

    describe("limits of a run", () => {
      it("cancels when the signal has aborted", async () => {
        await addAll();
        const context: ReadContext = { ...service, signal: AbortSignal.abort() };
        await expect(store.count(all, context)).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
        await expect(collected(store.streamPackets(all, context))).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
      });

      it("cancels a stream between batches", async () => {
        await addAll();
        const controller = new AbortController();
        const context: ReadContext = { ...service, signal: controller.signal };
        const read = async (): Promise<void> => {
          for await (const batch of store.streamIds(all, context)) {
            expect(batch.length).toBeGreaterThan(0);
            controller.abort();
          }
        };
        await expect(read()).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
      });
    });

    describe("tags", () => {
      it("are added and removed, and found like others", async () => {
        await addAll();
        expect(await store.changeTags([id(1), id(4)], ["case-7"], [])).toBe(2);
        expect(await store.changeTags([id(1)], [], ["red"])).toBe(1);
        expect(await found(store, exact("tags", "case-7"))).toEqual([1, 4]);
        expect(await found(store, exact("tags", "red"))).toEqual([5]);
        expect(await found(store, not(exact("tags", "red")))).toEqual([1, 2, 3, 4, 6]);
        expect(await found(store, number("tags.cnt", 1))).toEqual([1, 4]);
        const { rows } = await store.search(request({ fields: [field("tags")], expression: exact("tags", "case-7") }), service);
        expect(rows.map((row) => row.values.get("tags"))).toEqual([["case-7"], ["case-7"]]);
        expect(await store.get(id(4), service)).toMatchObject({ tags: ["case-7"], tagsCnt: 1 });
        const { buckets } = await store.terms({ ...all, fields: [field("tags")], metric: "sessions", size: 10 }, service);
        expect(buckets.map(({ keys, sessions }) => [keys[0], sessions])).toEqual([["case-7", 2], ["blue", 1], ["red", 1]]);
      });

      it("leave no list behind when the last is removed", async () => {
        await addAll();
        await store.changeTags([id(1)], [], ["red"]);
        expect(await store.get(id(1), service)).not.toHaveProperty("tags");
        expect(await found(store, exact("tags", "red"))).toEqual([5]);
      });

      it("are there where no segment has any", async () => {
        await add(...ROWS.slice(1, 3));
        await store.changeTags([id(2)], ["new"], []);
        expect(await found(store, exact("tags", "new"))).toEqual([2]);
      });

      it("change nothing when they are as asked", async () => {
        await addAll();
        expect(await store.changeTags([id(2)], ["a"], [])).toBe(1);
        expect(await store.changeTags([id(2)], ["a"], [])).toBe(0);
      });

      it("outlive compaction and the writing of a row again", async () => {
        await addAll();
        await store.changeTags([id(1)], ["kept"], ["red"]);
        await store.optimise("2026-01-15", null);
        expect(await found(store, exact("tags", "kept"))).toEqual([1]);
        await add({ ...(ROWS[0] ?? { id: "", firstPacket: 0, lastPacket: 0 }), rowVersion: 2 });
        expect(await store.get(id(1), service)).toMatchObject({ tags: ["kept"] });
      });

      it("refuse what is no id", async () => {
        await expect(store.changeTags(["x"], ["a"], [])).rejects.toMatchObject({ code: "BAD_INPUT" });
      });
    });

    describe("versions of a row", () => {
      const open: RowInput = { id: rowId(DAY, 50), firstPacket: DAY, lastPacket: DAY + 1_000, rowVersion: 1, final: false, node: "old", "network.bytes": 1 };
      const nodes = async (): Promise<readonly unknown[]> => {
        const { rows } = await store.search(request({ fields: [field("node")] }), service);
        return rows.map((row) => row.values.get("node"));
      };

      it("show the highest, in whatever order they come", async () => {
        await add(open);
        await add({ ...open, rowVersion: 3, node: "newest", final: true });
        await add({ ...open, rowVersion: 2, node: "late" });
        expect(await nodes()).toEqual(["newest"]);
        expect(await store.count(all, service)).toBe(1);
        expect(await store.get(open.id, service)).toMatchObject({ node: "newest" });
      });

      it("show the highest of many rows over many commits", async () => {
        const rows = Array.from({ length: 12 }, (_, at): RowInput => ({ id: rowId(DAY + at, 100 + at), firstPacket: DAY + at, lastPacket: DAY + at + 1, rowVersion: 1, node: "1" }));
        for (let half = 0; half < 2; half++) await add(...rows.slice(half * 6, half * 6 + 6));
        for (let version = 2; version <= 4; version++) {
          for (let at = version; at < 12; at += 3) {
            await add(...rows.slice(at - 2, at + 1).map((row) => ({ ...row, rowVersion: version, node: String(version) })));
            expect(await store.count(all, service)).toBe(12);
          }
        }
        const expected = await nodes();
        expect(await store.optimise("2026-01-15", null)).toBeGreaterThan(0);
        expect(await nodes()).toEqual(expected);
        expect(new Set(expected).size).toBeGreaterThan(1);
      });

      it("show the highest of one commit", async () => {
        const first = await under.write([open]);
        const second = await under.write([{ ...open, rowVersion: 2, node: "newest" }]);
        await store.commitSegments({ add: [second, first], remove: [] });
        expect(await nodes()).toEqual(["newest"]);
      });

      it("show the highest of rows that go on", async () => {
        const goOn = async (...rows: readonly RowInput[]): Promise<void> => { await store.commitSegments({ add: [await under.write(rows)], remove: [], goesOn: true }); };
        const others = ROWS.map((row) => ({ ...row, node: "settled" }));
        const late: RowInput = { ...open, id: rowId(DAY, 51), node: "late" };
        await goOn(open, ...others.slice(0, 3));
        await goOn({ ...open, rowVersion: 2, node: "second" }, late);
        expect([...await nodes()].sort()).toEqual(["late", "second", "settled", "settled", "settled"]);
        await store.optimise("2026-01-15", null);
        await goOn({ ...open, lastPacket: DAY + 26 * HOUR, rowVersion: 3, node: "third" }, ...others.slice(3));
        expect([...await nodes()].sort()).toEqual(["late", "settled", "settled", "settled", "settled", "settled", "settled", "third"]);
        await goOn({ ...open, lastPacket: DAY + 26 * HOUR, rowVersion: 4, node: "fourth", final: true }, { ...late, rowVersion: 2, node: "closed", final: true });
        expect([...await nodes()].sort()).toEqual(["closed", "fourth", "settled", "settled", "settled", "settled", "settled", "settled"]);
      });

      it("show the highest across a day's end", async () => {
        await add(open, { ...open, id: rowId(DAY, 51), node: "other" });
        await add({ ...open, lastPacket: DAY + 26 * HOUR, rowVersion: 2, node: "next day" });
        expect([...await nodes()].sort()).toEqual(["next day", "other"]);
        expect((await store.partitions()).map(({ day, rows }) => [day, rows])).toEqual([["2026-01-15", 1], ["2026-01-16", 1]]);
        await store.optimise("2026-01-15", null);
        await store.optimise("2026-01-16", null);
        expect([...await nodes()].sort()).toEqual(["next day", "other"]);
      });

      it("do not come back when the day of the highest expires", async () => {
        await add(open);
        await add({ ...open, lastPacket: DAY + 26 * HOUR, rowVersion: 2 });
        await store.expirePartition("2026-01-16");
        expect(await store.count(all, service)).toBe(0);
      });

      it("are one when a row is written again", async () => {
        await add(...ROWS);
        await add(...ROWS);
        expect(await store.count(all, service)).toBe(6);
        expect(await found(store, exact("host.http", "www.example.com"))).toEqual([1]);
      });

      it("stay hidden through compaction", async () => {
        await add(open, ...ROWS);
        await add({ ...open, rowVersion: 2, node: "newest" });
        await store.optimise("2026-01-15", null);
        await add({ ...open, rowVersion: 3, node: "final" });
        expect(await store.count({ ...all, expression: exact("node", "newest") }, service)).toBe(0);
        expect(await store.count(all, service)).toBe(7);
      });
    });

    describe("segments", () => {
      it("committed twice are there once", async () => {
        const segment = await add(...ROWS.slice(0, 3));
        await store.commitSegments({ add: [segment], remove: [] });
        expect(await store.count(all, service)).toBe(3);
      });

      it("replace others in one step", async () => {
        const old = await add(...ROWS.slice(0, 3));
        const next = await under.write(ROWS.slice(3));
        await store.commitSegments({ add: [next], remove: [old.path] });
        expect(await found(store, EVERYTHING)).toEqual([4, 5, 6]);
      });

      it("appear with what is done alongside, or not at all", async () => {
        const segment = await under.write(ROWS);
        const failing = store.commitSegments({ add: [segment], remove: [] }, () => { throw new Error("no room"); });
        await expect(failing).rejects.toThrow("no room");
        expect(await store.count(all, service)).toBe(0);
        let done = 0;
        await store.commitSegments({ add: [segment], remove: [] }, () => { done += 1; });
        expect(done).toBe(1);
        expect(await store.count(all, service)).toBe(6);
      });

      it("may all be committed at once", async () => {
        const segments = await Promise.all(ROWS.map((row) => under.write([row])));
        await Promise.all(segments.map((segment) => store.commitSegments({ add: [segment], remove: [] })));
        expect(await store.count(all, service)).toBe(6);
      });

      it("are merged without a change of answers", async () => {
        for (const row of ROWS) await add(row);
        const before = await Promise.all(ROWS.map((row) => store.get(row.id, service)));
        expect((await store.partitions())[0]).toMatchObject({ day: "2026-01-15", rows: 6, segments: 6 });
        const planned = await store.planMerges("2026-01-15");
        expect(planned).toMatchObject([{ day: "2026-01-15", segments: 6, rows: 6 }]);
        expect(planned[0]?.bytes).toBeGreaterThan(0);
        expect(await store.optimise("2026-01-15", null)).toBe(6);
        expect((await store.partitions())[0]).toMatchObject({ day: "2026-01-15", rows: 6, segments: 1 });
        expect(await Promise.all(ROWS.map((row) => store.get(row.id, service)))).toEqual(before);
        expect(await store.health()).toEqual({ ok: true, damaged: [] });
        expect(await store.planMerges("2026-01-15")).toEqual([]);
        expect(await store.optimise("2026-01-15", null)).toBe(0);
      });

      it("are merged on every day that has small ones", async () => {
        for (const row of ROWS) await add(row);
        await add({ ...(ROWS[0] ?? { id: "", firstPacket: 0, lastPacket: 0 }), id: rowId(DAY, 77), lastPacket: DAY + 25 * HOUR });
        expect((await store.planMerges(null)).map(({ day, segments }) => ({ day, segments }))).toEqual([{ day: "2026-01-15", segments: 6 }]);
        expect(await store.optimise(null, null)).toBe(6);
        expect(await store.planMerges(null)).toEqual([]);
        expect((await store.partitions()).map(({ segments }) => segments)).toEqual([1, 1]);
      });

      it("are merged while a stream reads them, and the stream sees what it began with", async () => {
        for (const row of ROWS) await add(row);
        const stream = store.streamIds(all, service)[Symbol.asyncIterator]();
        const first = await stream.next();
        expect(await store.optimise("2026-01-15", null)).toBe(6);
        await store.expirePartition("2026-01-15");
        const seen = [...(first.value ?? [])];
        for (let next = await stream.next(); next.done !== true; next = await stream.next()) seen.push(...next.value);
        expect(seen.sort()).toEqual(ROWS.map((row) => row.id).sort());
        expect(await store.count(all, service)).toBe(0);
      });

      it("are merged while queries run", async () => {
        for (const row of ROWS) await add(row);
        const counts: Promise<number>[] = [];
        const merging = store.optimise("2026-01-15", null);
        for (let query = 0; query < 40; query++) counts.push(store.count({ ...all, expression: exact("protocols", "http") }, service));
        expect(new Set(await Promise.all(counts))).toEqual(new Set([3]));
        expect(await merging).toBe(6);
      });

      it("do not come back when their day expires during a merge", async () => {
        for (const row of ROWS) await add(row);
        const merging = store.optimise("2026-01-15", null);
        await store.expirePartition("2026-01-15");
        await merging;
        expect(await store.count(all, service)).toBe(0);
        expect(await store.partitions()).toEqual([]);
      });

      it("keep rows hidden that are hidden during a merge", async () => {
        for (const row of ROWS) await add(row);
        const newer = await under.write(ROWS.map((row) => ({ ...row, rowVersion: 2, node: "newer" })));
        await Promise.all([store.optimise("2026-01-15", null), store.commitSegments({ add: [newer], remove: [] })]);
        expect(await store.count(all, service)).toBe(6);
        expect(await store.count({ ...all, expression: exact("node", "newer") }, service)).toBe(6);
      });

      it("expire by day", async () => {
        await add(...ROWS);
        await add({ id: rowId(DAY + 26 * HOUR, 60), firstPacket: DAY + 26 * HOUR, lastPacket: DAY + 26 * HOUR });
        expect(await store.extent()).toEqual({ firstMs: DAY, lastMs: DAY + 26 * HOUR });
        await store.expirePartition("2026-01-15");
        expect((await store.partitions()).map(({ day }) => day)).toEqual(["2026-01-16"]);
        expect(await store.count(all, service)).toBe(1);
        expect(await store.extent()).toEqual({ firstMs: DAY + 26 * HOUR, lastMs: DAY + 26 * HOUR });
      });
    });
  });
}
