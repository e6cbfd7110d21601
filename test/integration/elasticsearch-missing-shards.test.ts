import { afterEach, describe, expect, it, vi } from "vitest";
import { copyToCluster } from "../../src/index-store/elasticsearch/reindex.js";
import { loadShipperReport } from "../../src/index-store/elasticsearch/shipper-status.js";
import type { IndexStore } from "../../src/index-store/index-store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { loadNativeCore } from "../../src/native/native.js";
import { collected, DAY, EVERYTHING, field, HOUR, request, service } from "../contract/sessions.js";
import { engineOn, searchNode, type EngineUnderTest, type Product } from "../support/search-node.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";

const LIMITS = { signal: null, timeoutMs: 30_000 };
const NEXT_DAY = DAY + 24 * HOUR;
const all = { expression: EVERYTHING, range: ALL_TIME };

const rowsOf = (startMs: number, count: number): readonly RowInput[] =>
  Array.from({ length: count }, (_, at): RowInput => ({ id: rowId(startMs + at, at + 1), firstPacket: startMs + at, lastPacket: startMs + at }));

/** Every read of the port; none may answer for the half that is there. */
const READS: readonly (readonly [string, (store: IndexStore) => Promise<unknown>])[] = [
  ["search", (store) => store.search(request(), service)],
  ["count", (store) => store.count(all, service)],
  ["get", (store) => store.get(rowId(DAY, 1), service)],
  ["terms", (store) => store.terms({ ...all, fields: [field("port.dst")], metric: "sessions", size: 5 }, service)],
  ["combinations", (store) => store.terms({ ...all, fields: [field("ip.src"), field("ip.dst")], metric: "bytes", size: 5 }, service)],
  ["histogram", (store) => store.histogram({ ...all, interval: { unit: "hour", count: 1 }, timeZone: "UTC", metrics: ["sessions"], on: "lastPacket" }, service)],
  ["stats", (store) => store.stats({ ...all, field: field("bytes"), percentiles: [50] }, service)],
  ["cardinality", (store) => store.cardinality({ ...all, field: field("ip.src") }, service)],
  ["connections", (store) => store.connections({ ...all, sourceField: field("ip.src"), destinationField: field("ip.dst"), limit: 5, minimumSessions: 1 }, service)],
  ["streamPackets", (store) => collected(store.streamPackets(all, service))],
  ["streamRows", (store) => collected(store.streamRows({ ...all, fields: [] }, service))],
  ["streamIds", (store) => collected(store.streamIds(all, service))],
  ["byteBudget", (store) => store.byteBudget({ ...all, firstPackets: 10 }, service)],
  ["extent", (store) => store.extent()],
];

for (const product of ["elasticsearch", "opensearch"] as const satisfies readonly Product[]) {
  const url = await searchNode(product);

  describe.skipIf(url === null)(`a part of the index that is missing: ${product}`, () => {
    const ends: (() => Promise<void>)[] = [];
    afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

    const engine = (): EngineUnderTest => {
      const made = engineOn(url ?? "");
      ends.push(() => made.close());
      return made;
    };
    const commit = async ({ engine: { store }, sessions }: EngineUnderTest, rows: readonly RowInput[]): Promise<void> => {
      await store.commitSegments({ add: [await writeSegment(sessions, rows)], remove: [] });
    };
    const index = ({ engine: { names } }: EngineUnderTest, ms: number): string => names.periodAt(ms, "daily").index;
    const send = ({ engine: { cluster } }: EngineUnderTest, method: "POST" | "PUT", path: string, body?: Record<string, unknown>, query = {}) =>
      cluster.request({ method, path, query, ...(body === undefined ? {} : { body }) }, LIMITS);
    /** An index that no node of the cluster may have: its shard is unassigned. */
    const unassigned = (under: EngineUnderTest, ms: number) =>
      send(under, "PUT", `/${index(under, ms)}`, { settings: { "index.routing.allocation.require._name": "nowhere" } }, { wait_for_active_shards: 0 });
    /** A shipper that passes over nothing yet. */
    const another = ({ engine: made }: EngineUnderTest) => made.shipper(loadNativeCore());
    const closed = (under: EngineUnderTest, ms: number) => send(under, "POST", `/${index(under, ms)}/_close`);
    /** An index that was there before, and of which no node has anything now. */
    const withdrawn = async (under: EngineUnderTest, ms: number): Promise<void> => {
      await under.engine.cluster.request({ method: "DELETE", path: `/${index(under, ms)}` }, LIMITS);
      await unassigned(under, ms);
    };
    const assigned = async (under: EngineUnderTest, ms: number): Promise<void> => {
      await send(under, "POST", `/${index(under, ms)}/_open`, undefined, { wait_for_active_shards: 0 });
      await send(under, "PUT", `/${index(under, ms)}/_settings`, { "index.routing.allocation.require._name": null });
      await vi.waitFor(async () => { expect((await under.engine.indices.health()).map(({ health }) => health)).not.toContain("red"); }, { timeout: 20_000, interval: 50 });
    };

    it("is an error of every read, never fewer sessions", async () => {
      const under = engine();
      await commit(under, rowsOf(DAY, 3));
      await under.shipper.drain();
      await unassigned(under, NEXT_DAY);
      under.engine.indices.forget();
      for (const [name, read] of READS) {
        await expect(read(under.engine.store), name).rejects.toMatchObject({ code: "CLUSTER_BUSY", message: expect.stringContaining(index(under, NEXT_DAY)) });
      }
      // What does not touch the missing part is answered.
      expect(await under.engine.store.count({ ...all, range: { startMs: DAY, endMs: DAY + HOUR, bounding: "last" } }, service)).toBe(3);
      expect(await under.engine.store.health()).toMatchObject({ ok: false, damaged: [{ path: index(under, NEXT_DAY) }] });
      await assigned(under, NEXT_DAY);
      expect(await under.engine.store.count(all, service)).toBe(3);
    });

    it("is an error of every read when somebody closed it", async () => {
      const under = engine();
      await commit(under, rowsOf(DAY, 3));
      await commit(under, rowsOf(NEXT_DAY, 2));
      await under.shipper.drain();
      await closed(under, NEXT_DAY);
      for (const [name, read] of READS) {
        await expect(read(under.engine.store), name).rejects.toMatchObject({ code: "CLUSTER_BUSY", message: expect.stringContaining("closed") });
      }
      await assigned(under, NEXT_DAY);
      expect(await under.engine.store.count(all, service)).toBe(5);
    });

    it("is left out when it expired while it was asked", async () => {
      const under = engine();
      await commit(under, rowsOf(DAY, 3));
      await commit(under, rowsOf(NEXT_DAY, 2));
      await under.shipper.drain();
      expect(await under.engine.store.count(all, service)).toBe(5);
      // Another server deletes it: the list of indices still has it.
      await under.engine.cluster.request({ method: "DELETE", path: `/${index(under, DAY)}` }, LIMITS);
      expect(await under.engine.store.count(all, service)).toBe(2);
      await under.engine.cluster.request({ method: "DELETE", path: `/${index(under, NEXT_DAY)}` }, LIMITS);
      expect((await collected(under.engine.store.streamIds(all, service))).flat()).toEqual([]);
    });

    it("holds up its own sessions and no others, and none is lost", async () => {
      const under = engine();
      await under.shipper.drain();
      await unassigned(under, NEXT_DAY);
      // The newest go first, and cannot.
      await commit(under, rowsOf(NEXT_DAY, 4));
      await commit(under, rowsOf(DAY, 3));
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 4 });
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_BUSY", message: expect.stringContaining(index(under, NEXT_DAY)) });
      expect(await under.engine.store.count({ ...all, range: { startMs: DAY, endMs: DAY + HOUR, bounding: "last" } }, service)).toBe(3);
      await assigned(under, NEXT_DAY);
      await under.shipper.drain();
      expect(await under.engine.store.count(all, service)).toBe(7);
    });

    it("holds up its own sessions and no others while it is closed, and none is lost", async () => {
      const under = engine();
      await commit(under, rowsOf(NEXT_DAY, 2));
      await under.shipper.drain();
      await closed(under, NEXT_DAY);
      await commit(under, rowsOf(NEXT_DAY + HOUR, 4));
      await commit(under, rowsOf(DAY, 3));
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 4, deadRows: 0 });
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_BUSY", message: expect.stringContaining(`/${index(under, NEXT_DAY)}/_open`) });
      expect(await under.engine.store.count({ ...all, range: { startMs: DAY, endMs: DAY + HOUR, bounding: "last" } }, service)).toBe(3);
      await assigned(under, NEXT_DAY);
      await under.shipper.drain();
      expect(await under.engine.store.count(all, service)).toBe(9);
    });

    it("holds up a session that goes over its end while it keeps the open row, and others go on", async () => {
      const under = engine();
      const begun: RowInput = { id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY, final: false };
      await commit(under, [begun]);
      await under.shipper.drain();
      const blocked = (value: true | null) => send(under, "PUT", `/${index(under, DAY)}/_settings`, { "index.blocks.write": value });
      await blocked(true);
      await commit(under, [{ ...begun, lastPacket: NEXT_DAY, rowVersion: 2, final: true }]);
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 1, deadRows: 0 });
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_READ_ONLY", message: expect.stringContaining(index(under, DAY)) });
      await commit(under, rowsOf(NEXT_DAY + HOUR, 3));
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 1 });
      await blocked(null);
      await under.shipper.drain();
      expect(await under.engine.store.count(all, service)).toBe(4);
      expect((await collected(under.engine.store.streamPackets(all, service))).map(({ final }) => final)).toEqual([true, true, true, true]);
    });

    it("holds up a session that goes over its end while it may have the open row, and others go on", async () => {
      const under = engine();
      const begun: RowInput = { id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY, final: false };
      await commit(under, [begun]);
      await under.shipper.drain();
      await withdrawn(under, DAY);
      await commit(under, [{ ...begun, lastPacket: NEXT_DAY, rowVersion: 2, final: true }]);
      await commit(under, rowsOf(NEXT_DAY + HOUR, 3));
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 1, deadRows: 0 });
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_BUSY" });
      await assigned(under, DAY);
      await another(under).drain();
      expect((await collected(under.engine.store.streamPackets(all, service))).map(({ final }) => final)).toEqual([true, true, true, true]);
    });

    it.each([["closed", closed], ["without its shard", withdrawn]] as const)("keeps rows that others replace while it is %s: those wait, and others go on", async (_, away) => {
      const under = engine();
      const [first, second] = [await writeSegment(under.sessions, rowsOf(DAY, 3)), await writeSegment(under.sessions, rowsOf(DAY, 2))];
      await under.engine.store.commitSegments({ add: [first], remove: [] });
      await under.shipper.drain();
      await away(under, DAY);
      await under.engine.store.commitSegments({ add: [second], remove: [first.path] });
      await commit(under, rowsOf(NEXT_DAY, 4));
      expect(await under.shipper.round(null)).toBe(true);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 2, deadRows: 0 });
      expect(under.catalogue.shipments.removing().map(({ path }) => path)).toEqual([first.path]);
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_BUSY" });
      // It is not asked again at once.
      expect(await under.shipper.round(null)).toBe(false);
      await assigned(under, DAY);
      expect(await another(under).drain()).toBe(true);
      expect(under.catalogue.shipments.removing()).toEqual([]);
      expect((await collected(under.engine.store.streamIds(all, service))).flat()).toHaveLength(6);
    });

    it("is waited for by who ships all, where it keeps rows that are to go", async () => {
      const under = engine();
      const first = await writeSegment(under.sessions, rowsOf(DAY, 3));
      await under.engine.store.commitSegments({ add: [first], remove: [] });
      await under.shipper.drain();
      await closed(under, DAY);
      await under.engine.store.commitSegments({ add: [], remove: [first.path] });
      expect(await under.shipper.round(null)).toBe(false);
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toMatchObject({ code: "CLUSTER_BUSY" });
      const stop = new AbortController();
      const drained = under.shipper.drain(stop.signal);
      stop.abort();
      expect(await drained).toBe(false);
      await assigned(under, DAY);
      // What replaces them comes: the index would take it now, but has the others still.
      await commit(under, rowsOf(DAY, 2));
      expect(await under.shipper.round(null)).toBe(false);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 2 });
      expect(await another(under).drain()).toBe(true);
      expect(loadShipperReport(under.catalogue.settings)?.lastError).toBeNull();
      expect((await collected(under.engine.store.streamIds(all, service))).flat()).toHaveLength(2);
    });

    it("holds up no session that began after it, though that goes over the end of another", async () => {
      const under = engine();
      const monthAgo = DAY - 30 * 24 * HOUR;
      const begun: RowInput = { id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY, final: false };
      await commit(under, rowsOf(monthAgo, 1));
      await commit(under, [begun]);
      await under.shipper.drain();
      await closed(under, monthAgo);
      await commit(under, [{ ...begun, lastPacket: NEXT_DAY, rowVersion: 2, final: true }]);
      await under.shipper.round(null);
      expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 0, deadRows: 0 });
      const since = { ...all, range: { startMs: DAY, endMs: null, bounding: "last" } } as const;
      expect((await collected(under.engine.store.streamPackets(since, service))).map(({ final }) => final)).toEqual([true]);
    });

    it("ends a copy of an embedded index that has sessions for it, with the way out", async () => {
      const under = engine();
      await under.shipper.drain();
      await send(under, "PUT", `/${index(under, DAY)}`);
      await closed(under, DAY);
      await commit(under, rowsOf(DAY, 2));
      const { engine: { store }, catalogue } = under;
      const copy = (): Promise<void> => copyToCluster({
        source: store, engine: under.engine, shipping: under.engine.segmentShipping(loadNativeCore()), catalogue, fields: packagedCatalogue(), segmentDirectory: under.sessions,
      }, () => {}, null);
      await expect(copy()).rejects.toMatchObject({ code: "CLUSTER_BUSY", message: expect.stringContaining(`/${index(under, DAY)}/_open`) });
      await assigned(under, DAY);
      await copy();
      expect(await store.count(all, service)).toBe(2);
    });

    it("does not expire with held sessions that nobody can see", async () => {
      const under = engine();
      const held = rowId(DAY, 1);
      await commit(under, rowsOf(DAY, 3));
      await under.shipper.drain();
      await closed(under, DAY);
      await expect(under.engine.store.expirePartition("2026-01-15", () => [held])).rejects.toMatchObject({ code: "CLUSTER_BUSY" });
      await assigned(under, DAY);
      await under.engine.store.expirePartition("2026-01-15", () => [held]);
      expect((await collected(under.engine.store.streamIds(all, service))).flat()).toEqual([held]);
    });
  });
}
