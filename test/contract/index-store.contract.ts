import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { IndexStore, SearchRequest, SortKey } from "../../src/index-store/index-store.js";
import type { CheckedExpression } from "../../src/model/checked-expression.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME, type Bounding } from "../../src/model/time-range.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { compileExpression } from "../../src/query/check.js";
import { rowId, type RowInput } from "../support/segment-rows.js";
import { aggregationContract } from "./aggregation.contract.js";
import { lifecycleContract } from "./lifecycle.contract.js";
import { retentionContract } from "./retention.contract.js";
import {
  address, and, as, collected, DAY, EVERYTHING, exact, exists, field, found, HOUR, id, newest, not, number, or, phrase, regex, request, ROWS, service, test, v4, wildcard,
  type StoreUnderTest,
} from "./sessions.js";

/** What every index store must do. `make` gives an empty store. */
export function indexStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`index store: ${name}`, () => {
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
    /** The six sessions in two segments, so that each lacks columns that the other has. */
    const addAll = async (): Promise<void> => {
      await add(...ROWS.slice(0, 3));
      await add(...ROWS.slice(3));
    };

    describe("empty", () => {
      it("answers every read", async () => {
        const filter = { expression: exact("host.http", "x"), range: ALL_TIME };
        expect(await store.search(request({ countTotal: true }), service)).toEqual({ rows: [], sortValues: [], hasMore: false, total: { value: 0, relation: "EQ" } });
        expect(await store.count(filter, service)).toBe(0);
        expect(await store.get(id(1), service)).toBeNull();
        expect(await store.terms({ ...filter, fields: [field("host.http")], metric: "sessions", size: 10 }, service)).toEqual({ buckets: [], otherValue: 0, errorBound: 0 });
        expect(await store.histogram({ ...filter, interval: { unit: "hour", count: 1 }, timeZone: "UTC", metrics: ["bytes"], on: "firstPacket" }, service)).toEqual({ startsMs: [], values: [[]] });
        expect(await store.stats({ ...filter, field: field("bytes"), percentiles: [50] }, service)).toMatchObject({ count: 0, min: null, percentiles: [{ percent: 50, value: null }] });
        expect(await store.cardinality({ ...filter, field: field("ip.src") }, service)).toMatchObject({ value: 0 });
        expect(await store.connections({ ...filter, sourceField: field("ip.src"), destinationField: field("ip.dst"), limit: 10, minimumSessions: 1 }, service)).toEqual({ links: [], truncated: false });
        expect(await collected(store.streamPackets(filter, service))).toEqual([]);
        expect(await collected(store.streamIds(filter, service))).toEqual([]);
        expect(await store.partitions()).toEqual([]);
        expect(await store.extent()).toBeNull();
        expect(await store.health()).toEqual({ ok: true, damaged: [] });
        expect(await store.optimise(null, null)).toBe(0);
      });
    });

    describe("expressions", () => {
      const cases: readonly (readonly [string, CheckedExpression, readonly number[]])[] = [
        ["everything", EVERYTHING, [1, 2, 3, 4, 5, 6]],
        ["an exact term", exact("host.http", "www.example.com"), [1]],
        ["letter case as stored", exact("host.http", "WWW.example.com"), [6]],
        ["one of several terms", exact("host.http", "cdn.example.net", "mail.example.com"), [1, 5]],
        ["one of many terms", exact("host.http", "a", "b", "c", "d", "e", "f", "g", "h", "mail.example.com"), [5]],
        ["one of many terms in objects", exact("host.dns", "a", "b", "c", "d", "e", "f", "g", "h", "c.example.org"), [2]],
        ["none of many terms", not(exact("host.http", "a", "b", "c", "d", "e", "f", "g", "h", "mail.example.com")), [1, 2, 3, 4, 6]],
        ["one of many ids", { node: "ids", ids: [10, 11, 12, 13, 14, 15, 16, 2, 4].map(id) }, [2, 4]],
        ["one of many addresses", address("ip.src", ...[1, 2, 90, 91, 92, 93, 94, 95, 96].map((last) => ({ low: v4(10, 0, 0, last), high: v4(10, 0, 0, last), port: null }))), [1, 2, 6]],
        ["one of many files, in runs and alone", { node: "file", matches: [], fileIds: [2, 9, 7, 8, 30, 2] }, [4, 5]],
        ["one of many terms of a single value", exact("node", "a", "b", "c", "d", "e", "f", "g", "h", "north"), [2, 6]],
        ["all of several terms", test("tags", { test: "text", mode: "all", matches: [{ kind: "exact", value: "red" }, { kind: "exact", value: "blue" }] }), [5]],
        ["a wildcard", wildcard("host.http", "*.example.com"), [1, 5, 6]],
        ["a wildcard of the whole term", wildcard("host.http", "example*"), []],
        ["one unknown character", wildcard("host.http", "?ail.example.com"), [5]],
        ["an escaped wildcard", wildcard("http.uri", "*a\\*b*"), []],
        ["a percent sign that is one", wildcard("http.uri", "*b%c*"), [1]],
        ["a percent sign that is none", wildcard("http.uri", "www%x=1*"), []],
        ["an underscore that is one", wildcard("http.uri", "*/a_b*"), [1]],
        ["an underscore that is none", wildcard("http.uri", "*/a_?%*"), [1]],
        ["a question mark that is one", wildcard("http.uri", "*c\\?x*"), [1]],
        ["a regular expression of the whole term", regex("host.http", "(mail|cdn)\\.example\\.(com|net)"), [1, 5]],
        ["a regular expression of part of a term", regex("host.http", "example"), []],
        ["words in sequence", phrase("host.http.tokens", "example", "com"), [1, 5, 6]],
        ["words out of sequence", phrase("host.http.tokens", "com", "example"), []],
        ["words that are parts of words", phrase("host.http.tokens", "exam"), []],
        ["words among others", phrase("http.user-agent.tokens", "x11", "linux"), [1]],
        ["a quote in a term", exact("host.http", "it's' OR 1=1 --"), []],
        ["a number", number("port.dst", 80), [1, 5, 6]],
        ["a range of numbers", number("bytes", 1_000, 5_000), [1, 3, 5]],
        ["a number in a list", number("http.statuscode", 304), [1]],
        ["a range in a list", number("http.statuscode", 400, 499), [5]],
        ["an order", test("bytes", { test: "order", op: ">=", value: 5_000 }), [3, 6]],
        ["an order in a list", test("http.statuscode", { test: "order", op: ">", value: 304 }), [5]],
        ["a column that few have", number("initRTT", 0, 100), [3, 5]],
        ["a column that none has", exact("tls.ja3", "x"), []],
        ["the lack of a column that none has", not(exact("tls.ja3", "x")), [1, 2, 3, 4, 5, 6]],
        ["existence", exists("host.http"), [1, 5, 6]],
        ["existence of one value", exists("ip.src"), [1, 2, 3, 5, 6]],
        ["the lack of existence", not(exists("host.http")), [2, 3, 4]],
        ["not a term: lists without it and no lists", not(exact("host.http", "www.example.com")), [2, 3, 4, 5, 6]],
        ["not a number", not(number("port.dst", 80)), [2, 3, 4]],
        ["not not", not(not(exact("host.http", "www.example.com"))), [1]],
        ["and", and(exact("protocols", "http"), exact("node", "north")), [6]],
        ["or", or(exact("protocols", "arp"), exact("protocols", "dns")), [2, 4]],
        ["not over or", not(or(exact("protocols", "arp"), exact("host.http", "mail.example.com"))), [1, 2, 3, 6]],
        ["an address", address("ip.src", { low: v4(10, 0, 0, 1), high: v4(10, 0, 0, 1), port: null }), [1, 6]],
        ["a network", address("ip.src", { low: v4(10, 0, 0, 0), high: v4(10, 0, 0, 255), port: null }), [1, 2, 6]],
        ["an IPv6 network", address("ip.src", { low: "20010db8000000000000000000000000", high: "20010db8ffffffffffffffffffffffff", port: null }), [3]],
        ["every IPv4 address", address("ip.src", { low: v4(0, 0, 0, 0), high: v4(255, 255, 255, 255), port: null }), [1, 2, 5, 6]],
        ["an address and a port", address("ip.src", { low: v4(10, 0, 0, 1), high: v4(10, 0, 0, 1), port: 40_002 }), [6]],
        ["a port of an address", address("ip.dst", { low: null, high: null, port: 53 }), [2]],
        ["several addresses", address("ip.src", { low: v4(10, 0, 0, 1), high: v4(10, 0, 0, 1), port: null }, { low: null, high: null, port: 5_353 }), [1, 2, 6]],
        ["not an address", not(address("ip.src", { low: v4(10, 0, 0, 1), high: v4(10, 0, 0, 1), port: null })), [2, 3, 4, 5]],
        ["an order of addresses", test("ip.src", { test: "addressOrder", op: ">", value: v4(10, 0, 0, 2) }), [3, 5]],
        ["a member of objects", exact("host.dns", "b.example.org"), [2]],
        ["a member of the second object", exact("host.dns", "c.example.org"), [2]],
        ["a wildcard over a member", wildcard("host.dns", "c.*"), [2]],
        ["an address in objects", address("ip.dns", { low: v4(192, 0, 2, 9), high: v4(192, 0, 2, 9), port: null }), [2]],
        ["a member of nested objects", address("dns.answer.ip", { low: "20010db8000000000000000000000007", high: "20010db8000000000000000000000007", port: null }), [2]],
        ["a number in nested objects", number("dns.answer.ttl", 300), [2]],
        ["existence of a member of nested objects", exists("dns.answer.ttl"), [2]],
        ["a member that no object has", exists("dns.answer.mx"), []],
        ["a count", number("host.http.cnt", 2), [1]],
        ["a count of one", number("tags.cnt", 1), [1]],
        ["a count under its other name", number("mac.src.cnt", 2), [1]],
        ["a count in objects", number("host.dns.cnt", 2), [2]],
        ["existence of a count in objects, of which none has the member", exists("ip.dns.mailserver.cnt"), []],
        ["existence of a count in objects", exists("host.dns.cnt"), [2]],
        ["a count of nested objects", number("dns.answer.cnt", 2), [2]],
        ["a boolean", test("tcp.synValidated", { test: "boolean", value: true }), [3]],
        ["a false boolean", test("tcp.synValidated", { test: "boolean", value: false }), [5]],
        ["bytes as hex", exact("payload8.src.hex", "474554202f206874"), [1]],
        ["bytes as text", wildcard("payload8.src.utf8", "474554*"), [1]],
        ["bytes as text by a regular expression", regex("payload8.src.utf8", "GET / .*"), [1]],
        ["a time", number("starttime", DAY + HOUR, DAY + 2 * HOUR), [2, 3]],
        ["ids", { node: "ids", ids: [id(2), id(4)] }, [2, 4]],
        ["ids that are none", { node: "ids", ids: ["x", "'; DROP TABLE t; --"] }, []],
        ["an id as a field", exact("rootId", id(3)), [3]],
        ["files", { node: "file", matches: [], fileIds: [2] }, [4, 5]],
        ["no files", { node: "file", matches: [], fileIds: [] }, []],
        ["not a file", not({ node: "file", matches: [], fileIds: [2] }), [1, 2, 3, 6]],
        ["an empty and", and(), [1, 2, 3, 4, 5, 6]],
        ["an empty or", or(), []],
      ];
      it("find what they say", async () => {
        await addAll();
        const answers = new Map<string, readonly number[]>();
        for (const [what, expression] of cases) answers.set(what, await found(store, expression));
        expect(answers).toEqual(new Map(cases.map(([what, , expected]) => [what, expected])));
      });

      it("find the conversations of two hosts, whichever of them began", async () => {
        await addAll();
        const compiled = (text: string): CheckedExpression => compileExpression(text, packagedCatalogue(), { nowMs: DAY, timeZone: "UTC" });
        expect(await found(store, compiled("ip == ]10.0.0.1,192.0.2.80["))).toEqual([1, 6]);
        expect(await found(store, compiled("ip == ]192.0.2/24,10.0.1/24["))).toEqual([5]);
        expect(await found(store, compiled("ip == ]192.0.2.9,10.0.0.2,2001:db8::7["))).toEqual([2]);
        expect(await found(store, compiled("ip != ]10.0.0.1,192.0.2.80["))).toEqual([2, 3, 4, 5]);
        expect(await found(store, compiled("ip.src == ]10.0.0.1,192.0.2.80["))).toEqual([]);
      });

      it("find text among a payload's bytes where bytes begin", async () => {
        const payloads = ["474554202f206874", "6474554100000000", "0047455400000000", "4745540000474554", "e2474554", "474554", "0474554f"];
        await add(...payloads.map((srcPayload8, at): RowInput => ({ id: rowId(DAY + at, 70 + at), firstPacket: DAY + at, lastPacket: DAY + at, srcPayload8 })));
        const matching = async (pattern: string): Promise<readonly (string | undefined)[]> => {
          const expression = compileExpression(`payload8.src.utf8 == "${pattern}"`, packagedCatalogue(), { nowMs: DAY, timeZone: "UTC" });
          const { rows } = await store.search(request({ expression }), service);
          return rows.map((row) => payloads[Number.parseInt(row.id.slice(-2), 16) - 70]).sort();
        };
        expect(await matching("*GET*")).toEqual([payloads[2], payloads[0], payloads[5], payloads[3], payloads[4]].sort());
        expect(await matching("**GET**")).toEqual(await matching("*GET*"));
        expect(await matching("*G?T*")).toEqual(await matching("*GET*"));
        expect(await matching("*GET*GET*")).toEqual([payloads[3]]);
        expect(await matching("G*E*T*")).toEqual([payloads[0], payloads[3], payloads[5]].sort());
        expect(await matching("*?GET*")).toEqual([payloads[2], payloads[3], payloads[4]].sort());
        expect(await matching("GET*")).toEqual([payloads[0], payloads[3], payloads[5]].sort());
        expect(await matching("*GET")).toEqual([payloads[3], payloads[4], payloads[5]].sort());
        expect(await matching("d*")).toEqual([payloads[1]]);
      });

      it("find the same once segments are merged", async () => {
        for (const row of ROWS) await add(row);
        expect(await store.optimise("2026-01-15", null)).toBe(6);
        const answers = new Map<string, readonly number[]>();
        for (const [what, expression] of cases) answers.set(what, await found(store, expression));
        expect(answers).toEqual(new Map(cases.map(([what, , expected]) => [what, expected])));
      });

      it("count what they find", async () => {
        await addAll();
        for (const [what, expression, expected] of cases.slice(0, 12)) expect(await store.count({ expression, range: ALL_TIME }, service), what).toBe(expected.length);
      });

      it("may compare many values one by one, and so may what is forced", async () => {
        await addAll();
        const compile = (text: string): CheckedExpression => compileExpression(text, packagedCatalogue(), { nowMs: DAY, timeZone: "UTC" });
        const many = (test: (value: string) => string): readonly string[] => Array.from({ length: 110 }, (_, at) => test(`10.0.0.${at + 1}`));
        const any = compile(many((value) => `ip == ${value}`).join(" || "));
        const none = compile(many((value) => `ip != ${value}`).join(" && "));
        const sessions = [1, 2, 6];
        expect(await found(store, any)).toEqual(sessions);
        expect(await found(store, none)).toEqual([3, 4, 5]);
        expect(await found(store, EVERYTHING, as({ forcedExpression: any }))).toEqual(sessions);
        expect(await found(store, none, as({ forcedExpression: any }))).toEqual([]);
      });

      it("know which packets are still there", async () => {
        await addAll();
        expect(await found(store, { node: "packetsAvailable", value: true })).toEqual([1, 2, 3, 4, 5, 6]);
        under.removeFile(2);
        expect(await found(store, { node: "packetsAvailable", value: true })).toEqual([1, 2, 3, 6]);
        expect(await found(store, { node: "packetsAvailable", value: false })).toEqual([4, 5]);
        // A session with one file of two gone has not all its packets; both ways of asking agree, whatever is around them.
        expect(await found(store, not({ node: "packetsAvailable", value: true }))).toEqual([4, 5]);
        expect(await found(store, and(exact("protocols", "http"), not({ node: "packetsAvailable", value: false })))).toEqual([1, 6]);
        expect(await found(store, or(exact("protocols", "arp"), { node: "packetsAvailable", value: true }))).toEqual([1, 2, 3, 4, 6]);
        under.removeFile(1);
        expect(await found(store, { node: "packetsAvailable", value: true })).toEqual([]);
      });
    });

    describe("time ranges", () => {
      it.each([
        ["first", [2, 3, 4, 5, 6]],
        ["last", [2, 3, 4, 5]],
        ["both", [2, 3, 4, 5]],
        ["either", [1, 2, 3, 4, 5, 6]],
      ] as const)("bounding %s", async (bounding, expected) => {
        await addAll();
        expect(await found(store, EVERYTHING, service, { startMs: DAY + 1_000, endMs: DAY + 6 * HOUR, bounding })).toEqual(bounding === "last" ? [1, 2, 3, 4, 5] : expected);
      });

      it("with open ends", async () => {
        await addAll();
        expect(await found(store, EVERYTHING, service, { startMs: null, endMs: DAY + HOUR, bounding: "first" })).toEqual([1, 2]);
        expect(await found(store, EVERYTHING, service, { startMs: DAY + 5 * HOUR, endMs: null, bounding: "last" })).toEqual([6]);
        expect(await found(store, EVERYTHING, service, { startMs: DAY + 30 * HOUR, endMs: null, bounding: "last" })).toEqual([]);
      });

      it("of a session that was open when the clock was set back, over a day's end", async () => {
        const [first, last] = [DAY + 24 * HOUR + 300_000, DAY + 24 * HOUR - 120_000];
        await add({ id: rowId(first, 70), firstPacket: first, lastPacket: last, length: 0 });
        await add({ id: rowId(first, 71), firstPacket: first, lastPacket: first + HOUR });
        const numbers = async (bounding: Bounding, startMs: number | null, endMs: number | null): Promise<readonly number[]> => {
          const filter = { expression: EVERYTHING, range: { startMs, endMs, bounding } };
          const { rows } = await store.search(request(filter), service);
          expect(await store.count(filter, service)).toBe(rows.length);
          return rows.map((row) => Number.parseInt(row.id.slice(-2), 16)).sort();
        };
        const midnight = DAY + 24 * HOUR;
        expect(await numbers("first", midnight, null)).toEqual([70, 71]);
        expect(await numbers("first", null, midnight)).toEqual([]);
        expect(await numbers("last", midnight, null)).toEqual([71]);
        expect(await numbers("last", null, midnight)).toEqual([70]);
        expect(await numbers("both", midnight, null)).toEqual([70, 71]);
        expect(await numbers("both", midnight, first)).toEqual([70]);
        expect(await numbers("either", midnight, first)).toEqual([71]);
        expect(await numbers("either", last, first)).toEqual([70, 71]);
      });
    });

    describe("search", () => {
      it("returns the columns asked for, printed", async () => {
        await addAll();
        const fields = ["ip.src", "ip.dst", "port.dst", "host.http", "starttime", "host.dns", "dns.answer.ip", "tags.cnt", "tcp.synValidated", "rootId", "db:_id", "tls.ja3"].map(field);
        const { rows } = await store.search(request({ fields, order: [{ field: field("starttime"), direction: "asc" }] }), service);
        expect(Object.fromEntries(rows[1]?.values ?? [])).toEqual({
          "source.ip": "10.0.0.2", "destination.ip": "192.0.2.53", "destination.port": 53, "http.host": null, firstPacket: DAY + HOUR, tagsCnt: null,
          "dns.host": ["a.example.org", "b.example.org", "c.example.org"], "dns.answers.ip": ["192.0.2.1", "2001:db8::7"], tcpSynValidated: null, rootId: id(2), _id: id(2), "tls.ja3": null,
        });
        expect(rows[0]?.values.get("http.host")).toEqual(["www.example.com", "cdn.example.net"]);
        expect(rows[2]?.values.get("source.ip")).toBe("2001:db8::1");
        expect(rows[3]?.values.get("source.ip")).toBeNull();
        expect(rows[4]?.values.get("tagsCnt")).toBe(2);
      });

      it.each([
        ["upwards", "asc", [4, 2, 1, 5, 3, 6]],
        ["downwards", "desc", [6, 3, 5, 1, 2, 4]],
      ] as const)("orders %s", async (_what, direction, expected) => {
        await addAll();
        const { rows } = await store.search(request({ order: [{ field: field("bytes"), direction }] }), service);
        expect(rows.map((row) => row.id)).toEqual(expected.map(id));
      });

      it.each(["asc", "desc"] as const)("puts rows without a value last (%s) and breaks ties by id", async (direction) => {
        await addAll();
        const order: readonly SortKey[] = [{ field: field("port.dst"), direction }];
        const { rows } = await store.search(request({ order }), service);
        expect(rows.map((row) => row.id)).toEqual((direction === "asc" ? [2, 1, 5, 6, 3, 4] : [3, 1, 5, 6, 2, 4]).map(id));
      });

      it.each([
        ["time downwards", newest],
        ["time upwards", [{ field: field("stoptime"), direction: "asc" }]],
        ["a number that ties and lacks", [{ field: field("port.dst"), direction: "desc" }]],
        ["text, then a number", [{ field: field("node"), direction: "asc" }, { field: field("bytes"), direction: "desc" }]],
        ["a list", [{ field: field("host.http"), direction: "asc" }]],
        ["addresses", [{ field: field("ip.src"), direction: "desc" }]],
        ["a boolean", [{ field: field("tcp.synValidated"), direction: "asc" }]],
        ["nothing", []],
      ] as readonly (readonly [string, readonly SortKey[]])[])("pages without gaps and repeats: %s", async (_what, order) => {
        await addAll();
        const whole = await store.search(request({ order }), service);
        const paged: string[] = [];
        let after: SearchRequest["after"] = null;
        for (let page = 0; page < 10; page++) {
          const result = await store.search(request({ order, limit: 2, after }), service);
          paged.push(...result.rows.map((row) => row.id));
          const last = result.rows.at(-1);
          expect(result.hasMore).toBe(paged.length < ROWS.length);
          if (!result.hasMore || last === undefined) break;
          after = { values: result.sortValues.at(-1) ?? [], id: last.id };
        }
        expect(paged).toEqual(whole.rows.map((row) => row.id));
        expect(paged).toHaveLength(ROWS.length);
      });

      it.each(["asc", "desc"] as const)("cuts a first page of any length out of ties, and counts all (%s)", async (direction) => {
        await addAll();
        const order: readonly SortKey[] = [{ field: field("port.dst"), direction }];
        const whole = (await store.search(request({ order }), service)).rows.map((row) => row.id);
        for (let limit = 1; limit <= ROWS.length; limit++) {
          const { rows, hasMore, total } = await store.search(request({ order, limit, countTotal: true }), service);
          expect({ ids: rows.map((row) => row.id), hasMore, total }).toEqual({ ids: whole.slice(0, limit), hasMore: limit < ROWS.length, total: { value: ROWS.length, relation: "EQ" } });
        }
      });

      it("keeps a cursor's place when rows are added before it", async () => {
        await add(...ROWS.slice(0, 3));
        const first = await store.search(request({ limit: 1 }), service);
        await add(...ROWS.slice(3));
        const next = await store.search(request({ limit: 1, after: { values: first.sortValues[0] ?? [], id: first.rows[0]?.id ?? "" } }), service);
        expect(next.rows.map((row) => row.id)).toEqual([id(2)]);
      });

      it("counts all matches when asked", async () => {
        await addAll();
        const result = await store.search(request({ limit: 2, countTotal: true, expression: exact("protocols", "http") }), service);
        expect(result.total).toEqual({ value: 3, relation: "EQ" });
        expect(result.hasMore).toBe(true);
        expect((await store.search(request({ limit: 3, expression: exact("protocols", "http") }), service)).hasMore).toBe(false);
      });

      it.each([0, 2_001, 1e9, 1.5, Number.NaN])("refuses a page of %s", async (limit) => {
        await expect(store.search(request({ limit }), service)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
      });

      it("refuses a cursor of another order", async () => {
        await addAll();
        for (const after of [{ values: ["x"], id: id(1) }, { values: [], id: id(1) }, { values: [1], id: "x" }]) {
          await expect(store.search(request({ after }), service)).rejects.toMatchObject({ code: "CURSOR_INVALID" });
        }
      });
    });

    describe("documents", () => {
      it("are whole and nested, with counts", async () => {
        await addAll();
        expect(await store.get(id(2), service)).toMatchObject({
          id: id(2), source: { ip: "10.0.0.2", port: 5_353 }, protocol: ["dns", "udp"], protocolCnt: 2, dnsCnt: 2,
          dns: [
            { host: ["a.example.org", "b.example.org"], hostCnt: 2, answersCnt: 2, answers: [{ name: "a.example.org", ip: "192.0.2.1", ttl: 60 }, { ip: "2001:db8::7" }] },
            { host: ["c.example.org"], hostCnt: 1, ip: ["192.0.2.9"], ipCnt: 1 },
          ],
        });
        const http = await store.get(id(1), service);
        expect(http).toMatchObject({ source: { mac: ["00:00:5e:00:53:01", "00:00:5e:00:53:02"], "mac-cnt": 2 }, http: { hostCnt: 2, statuscode: [200, 304] }, packetPos: [-1, 4, 1_028], tags: ["red"], tagsCnt: 1 });
        expect(http).not.toHaveProperty("rowVersion");
        expect(http).not.toHaveProperty("dns");
      });

      it("are null for what is not there", async () => {
        await addAll();
        expect(await store.get(rowId(DAY, 99), service)).toBeNull();
        expect(await store.get("nonsense", service)).toBeNull();
      });
    });
  });
  aggregationContract(name, make);
  lifecycleContract(name, make);
  retentionContract(name, make);
}
