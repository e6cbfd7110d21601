import { DuckDBInstance } from "@duckdb/node-api";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import type { EmbeddedStoreOptions } from "../../src/index-store/embedded/options.js";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/index-store/embedded/store.js";
import type { SearchRequest, SortKey } from "../../src/index-store/index-store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import type { SegmentInfo } from "../../src/model/segment.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { as, EVERYTHING, exact, exists, field, not, number, regex, service } from "../contract/sessions.js";

const DAY = Date.UTC(2026, 0, 15);
const clock = { nowMs: () => DAY + 86_400_000 };
const all = { expression: EVERYTHING, range: ALL_TIME };
const row = (number: number, more: Partial<RowInput> = {}): RowInput => ({ id: rowId(DAY + number, number), firstPacket: DAY + number, lastPacket: DAY + number + 5, ...more });

describe("the embedded store", () => {
  let directory: string;
  let sessions: string;
  let catalogue: Catalogue;
  let store: EmbeddedStore;

  const open = async (options: Partial<EmbeddedStoreOptions> = {}): Promise<void> => {
    catalogue = openCatalogue(directory, clock);
    store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 2, memoryBytes: 512 << 20, ...options });
  };
  const close = async (): Promise<void> => {
    await store.close();
    catalogue.close();
  };
  const add = async (...rows: readonly RowInput[]): Promise<SegmentInfo> => {
    const segment = await writeSegment(sessions, rows);
    await store.commitSegments({ add: [segment], remove: [] });
    return segment;
  };
  const files = (): readonly string[] => readdirSync(join(sessions, "2026-01-15")).sort();

  /** A segment of `rows` sessions, one a millisecond, made by the engine: more than tests would write one by one. */
  const addMany = async (rows: number): Promise<void> => {
    const path = `2026-01-15/0-${DAY}-${DAY + rows}-many.parquet`;
    const columns = ["id", "firstPacket", "lastPacket", "rowVersion", "final", "network.packets", "network.bytes", "node", "packetPos", "http.host"];
    const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
    const connection = await instance.connect();
    mkdirSync(join(sessions, "2026-01-15"), { recursive: true });
    await connection.run(`COPY (SELECT (format('{:012x}', ${DAY} + i) || '80008000' || format('{:012x}', i))::UUID AS id, (${DAY} + i - i % 50)::BIGINT AS "firstPacket",
      (${DAY} + i)::BIGINT AS "lastPacket", 1::INTEGER AS "rowVersion", true AS final, (i % 97)::BIGINT AS "network.packets", (i * 7919 % 100003)::BIGINT AS "network.bytes",
      'n' || (i % 5) AS node, ''::BLOB AS "packetPos", ['host' || (i % 1000) || '.example.com'] AS "http.host" FROM range(${rows}) t(i)) TO '${join(sessions, path)}' (FORMAT parquet, COMPRESSION lz4_raw)`);
    connection.closeSync();
    const segment: SegmentInfo = {
      path, day: "2026-01-15", level: 0, rows, bytes: statSync(join(sessions, path)).size, firstMs: DAY, minLastMs: DAY, lastMs: DAY + rows - 1, columns,
      openRows: 0, totalPackets: 0, totalBytes: 0,
    };
    await store.commitSegments({ add: [segment], remove: [] });
  };

  beforeEach(async () => {
    directory = temporaryDirectory();
    sessions = join(directory, "sessions");
    await open();
  });
  afterEach(close);

  it("finds a data directory whose name has the signs of a pattern", async () => {
    await close();
    directory = join(directory, "a[b]*?'c");
    sessions = join(directory, "sessions");
    await open();
    await add(row(1));
    await add(row(1, { rowVersion: 2, node: "it's" }));
    expect(await store.count(all, service)).toBe(1);
    let merges = 0;
    expect([await store.optimise("2026-01-15", null, () => { merges += 1; }), merges]).toEqual([2, 1]);
    expect(await store.count(all, service)).toBe(1);
  });

  it("keeps everything across a restart", async () => {
    await add(row(1), row(2));
    await add(row(1, { rowVersion: 2, node: "second" }));
    await store.changeTags([rowId(DAY + 2, 2)], ["kept"], []);
    await close();
    await open();
    expect(await store.count(all, service)).toBe(2);
    expect(await store.get(rowId(DAY + 1, 1), service)).toMatchObject({ node: "second" });
    expect(await store.get(rowId(DAY + 2, 2), service)).toMatchObject({ tags: ["kept"] });
  });

  it("reads nothing that is settled to commit rows that go on", async () => {
    const settled = await add(row(1), row(2, { rowVersion: 2 }));
    const goOn = async (...rows: readonly RowInput[]): Promise<void> => { await store.commitSegments({ add: [await writeSegment(sessions, rows)], remove: [], goesOn: true }); };
    await goOn(row(3, { final: false }), row(5, { final: false }));
    rmSync(join(sessions, settled.path));
    await goOn(row(3, { rowVersion: 2 }), row(4));
    expect([...catalogue.segments.supersededCounts().values()]).toEqual([1]);
    await goOn(row(5, { rowVersion: 2, final: false }));
    await goOn(row(5, { rowVersion: 3 }));
    expect([...catalogue.segments.supersededCounts().values()].sort()).toEqual([1, 2]);
    // Of rows that come from anywhere every segment of their time is asked.
    const again = await writeSegment(sessions, [row(2, { rowVersion: 3 })]);
    await expect(store.commitSegments({ add: [again], remove: [] })).rejects.toThrow("No files found");
  });

  it("follows open rows through what others make of them", async () => {
    const goOn = async (...segments: readonly (readonly RowInput[])[]): Promise<void> => {
      await store.commitSegments({ add: await Promise.all(segments.map((rows) => writeSegment(sessions, rows))), remove: [], goesOn: true });
    };
    const nodes = async (): Promise<readonly unknown[]> => {
      const { rows } = await store.search({ ...all, fields: [field("node")], order: [{ field: field("starttime"), direction: "asc" }], limit: 10, after: null, countTotal: false }, service);
      return rows.map(({ values }) => values.get("node"));
    };
    await goOn([row(1, { final: false })]);
    await goOn([row(1, { rowVersion: 2, final: false, node: "second" })]);
    // A merge that began before: what it holds of the row is hidden from the start.
    await add(row(1, { rowVersion: 1, final: false, node: "late" }));
    expect(await nodes()).toEqual(["second"]);
    // Two versions in one commit, the newer one first.
    await goOn([row(2, { rowVersion: 2, node: "closed" })], [row(2, { final: false }), row(1, { rowVersion: 3, node: "third" })]);
    expect(await nodes()).toEqual(["third", "closed"]);
    await goOn([row(3, { final: false })]);
    const before = catalogue.segments.supersededCounts().size;
    expect(before).toBeGreaterThan(0);
    await store.expirePartition("2026-01-15");
    await goOn([row(3, { rowVersion: 2, lastPacket: DAY + 86_400_000, node: "next day" })]);
    expect(await nodes()).toEqual(["next day"]);
    expect(catalogue.segments.supersededCounts().size).toBe(0);
  });

  it("keeps what is held while a day is reduced", async () => {
    const rows = Array.from({ length: 6 }, (_, number) => row(number));
    await add(...rows);
    let asks = 0;
    const held = rows.slice(0, 2).map(({ id }) => id);
    await store.expirePartition("2026-01-15", () => {
      asks += 1;
      // The third time it is asked when the others go.
      return asks < 3 ? held.slice(0, 1) : held;
    });
    expect(asks).toBeGreaterThan(3);
    expect(await store.count(all, service)).toBe(2);
    await expect(store.expirePartition("2026-01-15", (() => {
      let asked = 0;
      return () => [rows[asked++ % 2]?.id ?? ""];
    })())).rejects.toMatchObject({ code: "STORE_BUSY", retryable: true, message: expect.stringMatching(/^2026-01-15 stays: .* during each of 5 tries .*; try again/) });
    expect(await store.count(all, service)).toBe(2);
  });

  it("sees what another process commits", async () => {
    await add(row(1));
    const other = openCatalogue(directory, clock);
    const writer = await openEmbeddedStore({ catalogue: other, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20, maintains: false });
    await writer.commitSegments({ add: [await writeSegment(sessions, [row(2), row(1, { rowVersion: 2 })])], remove: [] });
    await writer.close();
    other.close();
    expect(await store.count(all, service)).toBe(2);
  });

  describe("lists of objects", () => {
    const asked = { ...all, order: [{ field: field("starttime"), direction: "asc" as const }], limit: 10, after: null, countTotal: false };
    const dns = (number: number, host: string, more: Partial<RowInput> = {}): RowInput => row(number, { dns: [{ host: [host, `www.${host}`], answers: [{ ttl: number }] }], ...more });
    const numbersOf = async (expression: Parameters<EmbeddedStore["count"]>[0]["expression"]): Promise<readonly number[]> =>
      (await store.search({ ...asked, expression, fields: [field("starttime")] }, service)).rows.map(({ values }) => Number(values.get("firstPacket")) - DAY);

    /** A segment of an older version, whose names have none of the members that came later. */
    const addOld = async (number: number, host: string): Promise<void> => {
      const path = `2026-01-15/0-${DAY + number}-${DAY + number}-old.parquet`;
      mkdirSync(join(sessions, "2026-01-15"), { recursive: true });
      const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
      const connection = await instance.connect();
      await connection.run(`COPY (SELECT '${rowId(DAY + number, number)}'::UUID AS id, ${DAY + number}::BIGINT AS "firstPacket", ${DAY + number}::BIGINT AS "lastPacket", 1::INTEGER AS "rowVersion",
        true AS final, 1::BIGINT AS "network.packets", 1::BIGINT AS "network.bytes", ''::BLOB AS "packetPos", [{'host': ['${host}']}] AS dns) TO '${join(sessions, path)}' (FORMAT parquet, COMPRESSION lz4_raw)`);
      connection.closeSync();
      await store.commitSegments({ add: [{
        path, day: "2026-01-15", level: 0, rows: 1, bytes: statSync(join(sessions, path)).size, firstMs: DAY + number, minLastMs: DAY + number, lastMs: DAY + number,
        columns: ["id", "firstPacket", "lastPacket", "rowVersion", "final", "network.packets", "network.bytes", "packetPos", "dns"], openRows: 0, totalPackets: 1, totalBytes: 1,
      }], remove: [] });
    };

    it("have flat columns once merged, which documents do not show", async () => {
      await add(dns(1, "a.example"));
      await add(dns(2, "b.example"));
      const before = await store.get(rowId(DAY + 1, 1), service);
      expect(await store.optimise("2026-01-15", null)).toBe(2);
      expect(catalogue.segments.live()[0]?.columns).toEqual(expect.arrayContaining(["dns", "dns.host", "dns.answers.ttl"]));
      expect(await store.get(rowId(DAY + 1, 1), service)).toEqual(before);
    });

    it("answer the same from merged segments, those that are not, and both", async () => {
      await add(dns(1, "a.example"));
      await add(dns(2, "b.example"));
      await store.optimise("2026-01-15", null);
      await add(dns(3, "a.example"), row(4));
      expect(await numbersOf(exact("host.dns", "www.a.example"))).toEqual([1, 3]);
      expect(await numbersOf(exists("host.dns"))).toEqual([1, 2, 3]);
      expect(await numbersOf(not(exists("host.dns")))).toEqual([4]);
      expect(await numbersOf(number("dns.answer.ttl", 2, 3))).toEqual([2, 3]);
      expect(await numbersOf(number("host.dns.cnt", 2))).toEqual([1, 2, 3]);
      const { buckets } = await store.terms({ ...all, fields: [field("host.dns")], metric: "sessions", size: 2 }, service);
      expect(buckets.map(({ keys, sessions }) => [keys[0], sessions])).toEqual([["a.example", 2], ["www.a.example", 2]]);
    });

    it("have their members read as columns from merged segments beside others", async () => {
      await add(dns(1, "a.example"));
      await add(dns(2, "b.example"));
      await store.optimise("2026-01-15", null);
      await add(dns(3, "c.example"), row(4));
      const fields = [field("host.dns"), field("dns.answer.ttl")];
      for (const order of [asked.order, [{ field: field("bytes"), direction: "asc" as const }]]) {
        const { rows } = await store.search({ ...asked, order, expression: EVERYTHING, fields }, service);
        expect(rows.map(({ values }) => [values.get("dns.host") ?? null, values.get("dns.answers.ttl") ?? null]).sort()).toEqual([
          [null, null], [["a.example", "www.a.example"], [1]], [["b.example", "www.b.example"], [2]], [["c.example", "www.c.example"], [3]],
        ].sort());
      }
    });

    it("read as null where an older segment's objects lack a member, alone, beside newer ones and merged", async () => {
      await addOld(1, "a.example");
      const check = async (others: readonly number[]): Promise<void> => {
        expect(await numbersOf(exact("host.dns", "a.example"))).toEqual([1, ...others]);
        expect(await numbersOf(exists("dns.answer.ttl"))).toEqual(others);
        expect(await numbersOf(not(exists("dns.answer.ttl")))).toEqual([1]);
        expect(await numbersOf(exact("dns.query.host", "x"))).toEqual([]);
        expect((await store.stats({ ...all, field: field("dns.answer.ttl"), percentiles: [] }, service)).count).toBe(others.length);
        expect(await store.get(rowId(DAY + 1, 1), service)).toMatchObject({ dns: [{ host: ["a.example"] }] });
      };
      await check([]);
      await add(dns(2, "a.example"));
      await check([2]);
      expect(await store.optimise("2026-01-15", null)).toBe(2);
      await check([2]);
    });
  });

  it("deletes merged segments once no stream reads them, and not before", async () => {
    for (const number of [1, 2, 3]) await add(row(number));
    const before = files();
    const stream = store.streamIds(all, service)[Symbol.asyncIterator]();
    await stream.next();
    await store.optimise("2026-01-15", null);
    expect(files()).toEqual(expect.arrayContaining([...before]));
    await stream.return?.(undefined);
    await store.count(all, service);
    expect(files()).toHaveLength(1);
    expect(files()[0]).toMatch(/^1-/);
  });

  it("throws a merge away whose day expires before it is committed", async () => {
    for (const number of [1, 2, 3]) await add(row(number));
    const merging = store.optimise("2026-01-15", null);
    while (!files().some((name) => name.startsWith(".tmp-compact-"))) await new Promise((resolve) => { setImmediate(resolve); });
    await store.expirePartition("2026-01-15");
    expect(await merging).toBe(0);
    expect(await store.count(all, service)).toBe(0);
    expect(files()).toEqual([]);
  });

  it("keeps hidden what is hidden while a merge goes on", async () => {
    for (const number of [1, 2, 3]) await add(row(number));
    await add(row(1, { rowVersion: 2, node: "second" }));
    const newer = await writeSegment(sessions, [row(2, { rowVersion: 2, node: "second" })]);
    const committed = store.commitSegments({ add: [newer], remove: [] });
    await Promise.all([store.optimise("2026-01-15", null), committed]);
    await store.optimise("2026-01-15", null);
    expect(await store.count(all, service)).toBe(3);
    expect(await store.get(rowId(DAY + 2, 2), service)).toMatchObject({ node: "second" });
    expect((await store.partitions())[0]).toMatchObject({ rows: 3, segments: 1 });
  });

  it("leaves files alone in a process that does not maintain them", async () => {
    const segment = await add(row(1));
    await close();
    await open({ maintains: false });
    await store.commitSegments({ add: [await writeSegment(sessions, [row(2)])], remove: [segment.path] });
    expect(await store.count(all, service)).toBe(1);
    expect(existsSync(join(sessions, segment.path))).toBe(true);
    await close();
    await open();
    expect(existsSync(join(sessions, segment.path))).toBe(false);
  });

  describe("after a kill between writing and committing", () => {
    it("ignores what was not committed and removes it when told so", async () => {
      const kept = await add(row(1));
      await writeSegment(sessions, [row(2)], 0);
      await writeSegment(sessions, [row(3)], 1);
      writeFileSync(join(sessions, "2026-01-15", ".tmp-compact-00ff"), "PAR1");
      await close();
      await open({ removeOrphans: "compacted" });
      expect(await store.count(all, service)).toBe(1);
      expect(files()).toHaveLength(2);
      expect(files().every((name) => name.startsWith("0-"))).toBe(true);
      await close();
      await open({ removeOrphans: "all" });
      expect(files().map((name) => `2026-01-15/${name}`)).toEqual([kept.path]);
    });

    it("finishes the deletion of merged segments", async () => {
      const segment = await add(row(1));
      catalogue.transaction(() => catalogue.segments.apply({ add: [], remove: [segment.path], superseded: [] }));
      await close();
      await open();
      expect(existsSync(join(sessions, segment.path))).toBe(false);
      expect(catalogue.segments.retired()).toEqual([]);
    });
  });

  it("merges what it can beside a damaged segment, and names that one", async () => {
    const before = DAY - 86_400_000;
    const earlier = (number: number): RowInput => ({ id: rowId(before + number, number), firstPacket: before, lastPacket: before + number });
    const bad = await add(earlier(1));
    await add(earlier(2));
    await add(row(1));
    await add(row(2));
    writeFileSync(join(sessions, bad.path), Buffer.alloc(bad.bytes));
    await expect(store.optimise(null, null)).rejects.toMatchObject({ code: "STORE_DAMAGED", details: { path: join(sessions, bad.path) } });
    expect(catalogue.segments.live().map(({ day, level }) => `${day} ${level}`).sort()).toEqual(["2026-01-14 0", "2026-01-14 0", "2026-01-15 1"]);
    expect(readdirSync(join(sessions, "2026-01-14"))).toHaveLength(2);
  });

  describe("a damaged segment", () => {
    it.each([
      ["missing", (file: string) => rmSync(file), /missing/],
      ["cut short", (file: string) => truncateSync(file, 100), /100 bytes/],
      ["overwritten", (file: string) => writeFileSync(file, Buffer.alloc(statSync(file).size)), /no Parquet/],
    ])("is named by health and by queries: %s", async (_what, damage, reason) => {
      const good = await add(row(1));
      const bad = await add(row(5_000_000));
      damage(join(sessions, bad.path));
      expect(await store.health()).toEqual({ ok: false, damaged: [{ path: bad.path, reason: expect.stringMatching(reason) }] });
      await expect(store.count({ ...all, expression: regex("node", "x.*") }, service)).rejects.toMatchObject({ code: "STORE_DAMAGED", message: expect.stringContaining(bad.path) });
      // A query that does not need it goes on.
      expect(await store.count({ ...all, range: { startMs: null, endMs: good.lastMs, bounding: "last" } }, service)).toBe(1);
    });

    it("is named when its content is not what the catalogue says", async () => {
      const segment = await add(row(1), row(2));
      catalogue.transaction(() => {
        catalogue.segments.apply({ add: [], remove: [segment.path], superseded: [] });
        catalogue.segments.forget(segment.path);
        catalogue.segments.apply({ add: [{ ...segment, rows: 3 }], remove: [], superseded: [] });
      });
      expect((await store.health()).damaged).toEqual([{ path: segment.path, reason: "the file has 2 rows instead of 3" }]);
    });
  });

  describe("with many sessions", () => {
    const order: readonly SortKey[] = [{ field: field("starttime"), direction: "desc" }];
    const request = (change: Partial<SearchRequest> = {}): SearchRequest => ({ ...all, fields: [field("bytes")], order, limit: 100, after: null, countTotal: false, ...change });

    it.each([
      ["starttime", "desc"], ["starttime", "asc"], ["stoptime", "desc"], ["stoptime", "asc"],
    ] as const)("walks %s %s to the same page as a whole sort", async (name, direction) => {
      await addMany(60_000);
      const keys: readonly SortKey[] = [{ field: field(name), direction }];
      const rare = regex("host.http", "host99[0-9]\\.example\\.com");
      const paged: string[] = [];
      let after: SearchRequest["after"] = null;
      for (let page = 0; page < 3; page++) {
        const { rows, sortValues } = await store.search(request({ order: keys, expression: rare, after, limit: 150 }), service);
        paged.push(...rows.map(({ id }) => id));
        after = { values: sortValues.at(-1) ?? [], id: rows.at(-1)?.id ?? "" };
      }
      // A second key first makes the order one that is not walked.
      const whole = await store.search(request({ order: [{ field: field("ethertype"), direction: "asc" }, ...keys], expression: rare, limit: 450 }), service);
      expect(paged).toEqual(whole.rows.map(({ id }) => id));
      expect(paged).toHaveLength(450);
    });

    it.each([
      ["starttime", "desc"], ["starttime", "asc"], ["stoptime", "desc"], ["stoptime", "asc"],
    ] as const)("lists those that were open when the clock was set back (%s %s)", async (name, direction) => {
      await addMany(25_000);
      const back = Array.from({ length: 40 }, (_, at) => row(100_000 + at, { firstPacket: DAY + at * 1_000, lastPacket: DAY + at * 1_000 - 400_000 + 20_000 * (at % 2), length: 0, node: "back" }));
      await add(...back);
      const keys: readonly SortKey[] = [{ field: field(name), direction }];
      for (const range of [ALL_TIME, { startMs: DAY, endMs: DAY + 39_000, bounding: "first" }, { startMs: null, endMs: DAY, bounding: "last" }, { startMs: DAY, endMs: DAY, bounding: "both" }] as const) {
        const filter = { expression: exact("node", "back"), range };
        const { rows } = await store.search(request({ ...filter, order: keys }), service);
        const whole = await store.search(request({ ...filter, order: [{ field: field("ethertype"), direction: "asc" }, ...keys] }), service);
        expect(rows.map(({ id }) => id)).toEqual(whole.rows.map(({ id }) => id));
        expect(rows).toHaveLength(40);
        expect(await store.count(filter, service)).toBe(40);
      }
    });

    it("gives the same columns of a filtered page as one row at a time has, edited tags with them and hidden ones not", async () => {
      await addMany(25_000);
      const fields = [field("host.http"), field("packets"), field("bytes"), field("tags"), field("id"), field("tls.ja3")];
      const rare = number("packets", 5);
      const first = await store.search(request({ expression: rare, limit: 300 }), service);
      const edited = first.rows[7]?.id ?? "";
      await store.changeTags([edited], ["red"], []);
      const { rows } = await store.search(request({ expression: rare, limit: 300, fields }), service);
      // 25,000 of which each 97th matches: more than one window.
      expect(rows).toHaveLength(258);
      for (const { id, values } of [rows[0], rows[7], rows[256]].filter((one) => one !== undefined)) {
        const document = await store.get(id, service);
        expect(values.get("network.packets")).toBe(5);
        expect(document).toMatchObject({ network: { packets: 5, bytes: values.get("network.bytes") }, http: { host: values.get("http.host") } });
        expect([values.get("tags") ?? null, values.get("tls.ja3") ?? null]).toEqual([id === edited ? ["red"] : null, null]);
      }
      const blind = await store.search(request({ expression: rare, limit: 1, fields }), as({ hiddenFields: new Set(["network.bytes"]) }));
      expect([blind.rows[0]?.values.get("network.bytes"), blind.rows[0]?.values.get("network.packets")]).toEqual([null, 5]);
    });

    it("pages through every session once", async () => {
      await addMany(25_000);
      const seen = new Set<string>();
      let after: SearchRequest["after"] = null;
      for (;;) {
        const { rows, sortValues, hasMore } = await store.search(request({ after, limit: 2_000 }), service);
        for (const { id } of rows) seen.add(id);
        if (!hasMore) break;
        after = { values: sortValues.at(-1) ?? [], id: rows.at(-1)?.id ?? "" };
      }
      expect(seen.size).toBe(25_000);
    });

    it("stops a query that runs too long, and is usable afterwards", async () => {
      await addMany(400_000);
      const slow = regex("host.http", "(h|o|s|t)*[0-9]*(\\.|e|x|a|m|p|l)*(c|o|m)*x");
      await expect(store.count({ ...all, expression: slow }, { ...service, timeoutMs: 5 })).rejects.toMatchObject({ code: "QUERY_TIMEOUT", retryable: true });
      const controller = new AbortController();
      const cancelled = store.count({ ...all, expression: slow }, { ...service, signal: controller.signal });
      setImmediate(() => controller.abort());
      await expect(cancelled).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
      expect(await store.count(all, service)).toBe(400_000);
    });

    it("queues what it cannot run at once, and refuses what it cannot queue", async () => {
      await addMany(25_000);
      const answers = await Promise.allSettled(Array.from({ length: 1_400 }, () => store.count(all, service)));
      const counted = answers.filter((answer) => answer.status === "fulfilled" && answer.value === 25_000);
      const refused = answers.filter((answer) => answer.status === "rejected");
      expect(counted.length).toBeGreaterThanOrEqual(1_024);
      expect(refused.length).toBeGreaterThan(0);
      for (const answer of refused) expect(answer).toMatchObject({ reason: { code: "RATE_LIMITED", retryable: true, details: { limit: 1_024, retryAfterSeconds: 1 } } });
      expect(counted.length + refused.length).toBe(1_400);
    });

    it("takes a queued query out when its reader leaves", async () => {
      await addMany(25_000);
      const controller = new AbortController();
      const queued = Array.from({ length: 50 }, () => store.count(all, { ...service, signal: controller.signal }));
      controller.abort();
      const answers = await Promise.allSettled(queued);
      expect(answers.some((answer) => answer.status === "rejected")).toBe(true);
      expect(await store.count(all, service)).toBe(25_000);
    });

    it("streams all packets within its memory", async () => {
      await addMany(100_000);
      let sessions_ = 0;
      for await (const batch of store.streamPackets(all, service)) sessions_ += batch.length;
      expect(sessions_).toBe(100_000);
      let last = -Infinity;
      for await (const batch of store.streamRows({ ...all, fields: [field("starttime")] }, service)) {
        for (const { values } of batch) {
          const first = Number(values.get("firstPacket"));
          if (first < last) throw new Error("not in order of first packet");
          last = first;
        }
        sessions_ -= batch.length;
      }
      expect(sessions_).toBe(0);
    });
  });

  it("loads nothing from outside and reads nothing else", async () => {
    await add(row(1));
    writeFileSync(join(directory, "secret.csv"), "a,b\n1,2\n");
    const damaged = { code: "STORE_DAMAGED" };
    const segment = catalogue.segments.live()[0];
    if (segment === undefined) throw new Error("no segment");
    catalogue.transaction(() => catalogue.segments.apply({ add: [{ ...segment, path: "../secret.csv" }], remove: [], superseded: [] }));
    await expect(store.count({ ...all, expression: regex("node", "x") }, service)).rejects.toMatchObject(damaged);
  });
});
