import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IndexStore, Metric } from "../../src/index-store/index-store.js";
import type { PacketRef } from "../../src/model/session.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { collected, DAY, EVERYTHING, exact, field, HOUR, id, ROWS, service, type StoreUnderTest } from "./sessions.js";

const all = { expression: EVERYTHING, range: ALL_TIME };

/** What every index store must do: aggregations and streams. */
export function aggregationContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`aggregations and streams: ${name}`, () => {
    let under: StoreUnderTest;
    let store: IndexStore;

    beforeEach(async () => {
      under = await make();
      store = under.store;
      await store.commitSegments({ add: [await under.write(ROWS.slice(0, 3)), await under.write(ROWS.slice(3))], remove: [] });
    });
    afterEach(() => under.close());

    const terms = (names: readonly string[], metric: Metric = "sessions", size = 10) => store.terms({ ...all, fields: names.map(field), metric, size }, service);

    it("terms of one value, largest first, ties by key", async () => {
      expect(await terms(["ip.dst"])).toEqual({
        buckets: [{ keys: ["192.0.2.80"], sessions: 3, value: 3 }, { keys: ["192.0.2.53"], sessions: 1, value: 1 }, { keys: ["2001:db8::2"], sessions: 1, value: 1 }],
        otherValue: 0, errorBound: 0,
      });
    });

    it("terms of lists: a session counts once for each of its values", async () => {
      const { buckets } = await terms(["protocols"]);
      expect(buckets.map(({ keys, sessions }) => [keys[0], sessions])).toEqual([["tcp", 4], ["http", 3], ["arp", 1], ["dns", 1], ["tls", 1], ["udp", 1]]);
    });

    it("terms by another metric, with the rest summed", async () => {
      expect(await terms(["node"], "bytes", 1)).toEqual({ buckets: [{ keys: ["north"], sessions: 2, value: 90_200 }], otherValue: 7_560, errorBound: 0 });
    });

    it("terms of members of objects", async () => {
      expect((await terms(["dns.answer.ttl"])).buckets.map(({ keys }) => keys[0])).toEqual([60, 300]);
      expect((await terms(["host.dns"])).buckets).toHaveLength(3);
    });

    it("cross-tabs of a value and a list", async () => {
      const { buckets } = await terms(["node", "protocols"]);
      expect(buckets.map(({ keys, sessions }) => [...keys, sessions])).toEqual([
        ["test", "tcp", 3], ["test", "http", 2], ["north", "dns", 1], ["north", "http", 1], ["north", "tcp", 1], ["north", "udp", 1], ["test", "arp", 1], ["test", "tls", 1],
      ]);
    });

    it("cross-tabs of two lists: every pair of a session's values", async () => {
      const { buckets } = await terms(["host.http", "http.statuscode"]);
      expect(buckets.map(({ keys }) => keys.join(" "))).toEqual([
        "WWW.example.com 200", "cdn.example.net 200", "cdn.example.net 304", "mail.example.com 404", "www.example.com 200", "www.example.com 304",
      ]);
    });

    it("cross-tabs of a field with itself: of a list every pair of a session's values", async () => {
      const pairs = async (names: readonly string[]) => (await terms(names)).buckets.map(({ keys, sessions }) => [...keys, sessions].join(" "));
      expect(await pairs(["ip.dst", "ip.dst"])).toEqual(["192.0.2.80 192.0.2.80 3", "192.0.2.53 192.0.2.53 1", "2001:db8::2 2001:db8::2 1"]);
      expect(await pairs(["node", "ip.dst", "node"])).toEqual(await pairs(["node", "ip.dst"]).then((found) => found.map((pair) => pair.replace(/^(\S+) (\S+) /, "$1 $2 $1 "))));
      expect(await pairs(["http.statuscode", "http.statuscode"])).toEqual(["200 200 2", "200 304 1", "304 200 1", "304 304 1", "404 404 1"]);
    });

    it("terms of a column that none has", async () => {
      expect(await terms(["tls.ja3"])).toEqual({ buckets: [], otherValue: 0, errorBound: 0 });
    });

    it.each([[["ip.src"], 0], [["ip.src"], 10_001], [[], 10], [["ip.src", "ip.dst", "node", "protocols", "tags"], 10]])("refuses terms of %j, size %s", async (names, size) => {
      await expect(terms(names, "sessions", size)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    });

    const histogram = (unit: "second" | "minute" | "hour" | "day" | "week" | "month", count: number, timeZone: string) =>
      store.histogram({ ...all, interval: { unit, count }, timeZone, metrics: ["sessions", "bytes"], on: "firstPacket" }, service);

    it("histograms by hour", async () => {
      expect(await histogram("hour", 1, "UTC")).toEqual({
        startsMs: [0, 1, 2, 3, 4, 5].map((hour) => DAY + hour * HOUR), values: [[1, 1, 1, 1, 1, 1], [1_000, 200, 5_000, 60, 1_500, 90_000]],
      });
    });

    it("histograms by several hours from local midnight", async () => {
      const start = DAY - 5 * HOUR - 30 * 60_000;
      expect((await histogram("hour", 12, "Asia/Kolkata")).startsMs).toEqual([start]);
      expect((await histogram("hour", 3, "Asia/Kolkata")).values[0]).toEqual([1, 3, 2]);
    });

    it("histograms by day, week and month of a zone", async () => {
      // 2026-01-15 is a Thursday; in New York the first five hours of that day belong to the day before.
      expect(await histogram("day", 1, "America/New_York")).toMatchObject({ startsMs: [DAY - 19 * HOUR, DAY + 5 * HOUR], values: [[5, 1], [7_760, 90_000]] });
      expect((await histogram("week", 1, "UTC")).startsMs).toEqual([DAY - 3 * 24 * HOUR]);
      expect((await histogram("month", 1, "UTC")).startsMs).toEqual([Date.UTC(2026, 0, 1)]);
      expect((await histogram("month", 3, "UTC")).startsMs).toEqual([Date.UTC(2026, 0, 1)]);
      expect((await histogram("minute", 90, "UTC")).values[0]).toEqual([2, 1, 2, 1]);
    });

    it("histograms that follow what is added, hidden, merged and expired", async () => {
      const sessions = async (): Promise<readonly number[]> => (await histogram("day", 1, "UTC")).values[0] ?? [];
      expect(await sessions()).toEqual([6]);
      expect(await sessions()).toEqual([6]);
      const [first] = ROWS;
      if (first === undefined) throw new Error("no rows");
      await store.commitSegments({ add: [await under.write([{ ...first, rowVersion: 2, "network.bytes": 7 }])], remove: [] });
      expect((await histogram("day", 1, "UTC")).values).toEqual([[6], [96_767]]);
      await store.optimise("2026-01-15", null);
      expect((await histogram("day", 1, "UTC")).values).toEqual([[6], [96_767]]);
      await store.expirePartition("2026-01-15");
      expect(await sessions()).toEqual([]);
    });

    it("histograms of part of a segment, of a filter and of a scope", async () => {
      const ask = (change: object, scope = {}) =>
        store.histogram({ ...all, interval: { unit: "day", count: 1 }, timeZone: "UTC", metrics: ["sessions"], on: "lastPacket", ...change }, { ...service, scope: { ...service.scope, ...scope } });
      expect((await ask({})).values).toEqual([[6]]);
      expect((await ask({ range: { startMs: DAY + HOUR, endMs: DAY + 4 * HOUR, bounding: "last" } })).values).toEqual([[3]]);
      expect((await ask({ range: { startMs: DAY + HOUR, endMs: null, bounding: "first" } })).values).toEqual([[5]]);
      expect((await ask({ range: { startMs: null, endMs: DAY + 6 * HOUR, bounding: "either" } })).values).toEqual([[6]]);
      expect((await ask({ range: { startMs: null, endMs: DAY + 6 * HOUR, bounding: "both" } })).values).toEqual([[5]]);
      expect((await ask({ expression: exact("node", "north") })).values).toEqual([[2]]);
      expect((await ask({}, { forcedExpression: exact("node", "north") })).values).toEqual([[2]]);
      expect((await ask({}, { oldestMs: DAY + 4 * HOUR })).values).toEqual([[2]]);
    });

    it("refuses a histogram of no zone", async () => {
      await expect(histogram("day", 1, "Mars/Olympus")).rejects.toMatchObject({ code: "BAD_INPUT" });
    });

    it("statistics of a time, in milliseconds since 1970", async () => {
      const { rows } = await store.search({ ...all, fields: [field("stoptime")], order: [{ field: field("stoptime"), direction: "asc" }], limit: 10, after: null, countTotal: false }, service);
      const times = rows.map(({ values }) => Number(values.get("lastPacket")));
      expect(times[0]).toBeGreaterThanOrEqual(DAY);
      expect(await store.stats({ ...all, field: field("stoptime"), percentiles: [] }, service)).toMatchObject({ count: 6, min: times[0], max: times.at(-1) });
    });

    it("statistics with percentiles", async () => {
      const result = await store.stats({ ...all, field: field("bytes"), percentiles: [0, 50, 100] }, service);
      expect(result).toEqual({
        count: 6, min: 60, max: 90_000, sum: 97_760, average: 97_760 / 6,
        percentiles: [{ percent: 0, value: 60 }, { percent: 50, value: 1_250 }, { percent: 100, value: 90_000 }],
      });
      expect(await store.stats({ ...all, field: field("http.statuscode"), percentiles: [] }, service)).toMatchObject({ count: 4, min: 200, max: 404, sum: 1_108 });
      expect(await store.stats({ ...all, field: field("host.http.cnt"), percentiles: [] }, service)).toMatchObject({ count: 3, sum: 4 });
    });

    it("refuses statistics of text and percentiles that are none", async () => {
      await expect(store.stats({ ...all, field: field("node"), percentiles: [] }, service)).rejects.toMatchObject({ code: "BAD_INPUT" });
      await expect(store.stats({ ...all, field: field("bytes"), percentiles: [101] }, service)).rejects.toMatchObject({ code: "BAD_INPUT" });
    });

    it("cardinalities", async () => {
      expect((await store.cardinality({ ...all, field: field("ip.src") }, service)).value).toBe(4);
      expect((await store.cardinality({ ...all, field: field("host.http") }, service)).value).toBe(4);
    });

    it("connections, most sessions first", async () => {
      const request = { ...all, sourceField: field("ip.src"), destinationField: field("ip.dst"), limit: 2, minimumSessions: 1 };
      const { links, truncated } = await store.connections(request, service);
      expect(links[0]).toEqual({ source: "10.0.0.1", destination: "192.0.2.80", sessions: 2, packets: 90, bytes: 91_000, databytes: 40 });
      expect(truncated).toBe(true);
      expect((await store.connections({ ...request, minimumSessions: 2 }, service)).links).toHaveLength(1);
    });

    it("connections of a field with itself", async () => {
      const request = { ...all, sourceField: field("ip.dst"), destinationField: field("ip.dst"), limit: 10, minimumSessions: 1 };
      expect((await store.connections(request, service)).links.map(({ source, destination, sessions }) => [source, destination, sessions])).toEqual([
        ["192.0.2.80", "192.0.2.80", 3], ["192.0.2.53", "192.0.2.53", 1], ["2001:db8::2", "2001:db8::2", 1],
      ]);
    });

    it("streams packets", async () => {
      const sessions = (await collected(store.streamPackets({ ...all, expression: exact("protocols", "http") }, service))).toSorted((a, b) => a.firstPacketMs - b.firstPacketMs);
      expect(sessions.map((session) => session.id)).toEqual([id(1), id(5), id(6)]);
      expect(sessions[0]).toEqual({
        id: id(1), firstPacketMs: DAY, lastPacketMs: DAY + 1_000, final: true, packets: [{ fileId: 1, offset: 4, length: 48 }, { fileId: 1, offset: 1_028, length: 6 }],
      });
    });

    it("streams the same positions without the sessions", async () => {
      const request = { ...all, expression: exact("protocols", "http") };
      const told: PacketRef[] = [];
      const positions = await collected(store.streamPositions(request, service));
      const counts = positions.map((session) => session.tell((fileId, offset, length) => { told.push({ fileId, offset, length }); }));
      const sessions = await collected(store.streamPackets(request, service));
      const text = ({ fileId, offset, length }: PacketRef): string => [fileId, offset, length].join(" ");
      expect(told.map(text).toSorted()).toEqual(sessions.flatMap(({ packets }) => packets.map(text)).toSorted());
      const times = (of: readonly { readonly firstPacketMs: number; readonly lastPacketMs: number }[]): string[] => of.map(({ firstPacketMs, lastPacketMs }) => `${firstPacketMs} ${lastPacketMs}`).toSorted();
      expect(times(positions)).toEqual(times(sessions));
      expect(counts.toSorted((a, b) => a - b)).toEqual(sessions.map(({ packets }) => packets.length).toSorted((a, b) => a - b));
    });

    it("streams rows in order of first packet", async () => {
      const fields = [field("ip.src"), field("host.http"), field("host.http.cnt"), field("id"), field("tags")];
      const rows = await collected(store.streamRows({ ...all, expression: exact("protocols", "http"), fields }, service));
      expect(rows.map((row) => [row.id, ...row.values.values()])).toEqual([
        [id(1), "10.0.0.1", ["www.example.com", "cdn.example.net"], 2, id(1), ["red"]],
        [id(5), "10.0.1.7", ["mail.example.com"], 1, id(5), ["red", "blue"]],
        [id(6), "10.0.0.1", ["WWW.example.com"], 1, id(6), null],
      ]);
      expect(rows.map((row) => [...row.values.keys()])).toEqual(Array.from({ length: 3 }, () => fields.map(({ path }) => path)));
    });

    it("streams ids", async () => {
      const ids = await collected(store.streamIds({ ...all, expression: exact("node", "north") }, service));
      expect([...ids].sort()).toEqual([id(2), id(6)]);
    });

    it("lets go of a stream that is not read to its end", async () => {
      for (let round = 0; round < 10; round++) {
        for await (const batch of store.streamIds(all, service)) {
          expect(batch.length).toBeGreaterThan(0);
          break;
        }
      }
      expect(await store.count(all, service)).toBe(6);
    });
  });
}
