import fc from "fast-check";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { importsOn, openCore, type Core } from "../../src/app/core.js";
import { fileLookup } from "../../src/app/file-lookup.js";
import { openCluster } from "../../src/app/cluster.js";
import { withLifecycle } from "../../src/app/lifecycle.js";
import { LookbackError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadConfig } from "../../src/config/config.js";
import type { IndexStore, SessionFilter } from "../../src/index-store/index-store.js";
import type { ElasticsearchEngine } from "../../src/index-store/elasticsearch/open.js";
import { copyToCluster, summarise } from "../../src/index-store/elasticsearch/reindex.js";
import { copyFromCluster, forgetPosition } from "../../src/index-store/elasticsearch/reindex-back.js";
import { EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { systemClock } from "../../src/base/clock.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { check } from "../../src/query/check.js";
import { parse } from "../../src/query/parser.js";
import { resolveFiles } from "../../src/query/resolve-files.js";
import { collected, EVERYTHING, field, service } from "../contract/sessions.js";
import { corpus, corpusPath, corpusQueries } from "../support/corpus.js";
import { expressions, knownValues } from "../support/generated-expressions.js";
import { searchNode } from "../support/search-node.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");
const all = { expression: EVERYTHING, range: ALL_TIME };
/** Generated expressions; each is one more round trip to both stores. */
const RUNS = Number(process.env["LOOKBACK_TEST_EXPRESSIONS"] ?? "1000");

describe.skipIf(url === null)("both stores, over the same captures", () => {
  let core: Core;
  let engine: ElasticsearchEngine;
  let stop: () => Promise<void>;
  let embedded: IndexStore;
  let cluster: IndexStore;

  beforeAll(async () => {
    const directory = temporaryDirectory();
    const prefix = `equal${process.pid}_`;
    const config = loadConfig({
      file: corpus === null ? null : corpusPath("config.ini"), node: "test", environment: {}, workingDirectory: directory,
      overrides: { dataDir: directory, elasticsearch: url ?? "", prefix, compressES: "false" },
    });
    mkdirSync(path.join(directory, "sessions"), { recursive: true });
    const opened = await withLifecycle(silentLogger, async (lifecycle) => ({ core: await openCore(config, "serve", silentLogger, lifecycle) }));
    ({ core, stop } = opened);
    const imports = importsOn(core);
    await imports.start();
    const { jobs } = await imports.submit([path.resolve("examples/first-look.pcap"), ...(corpus === null ? [] : [corpusPath("pcap")])], { copy: false, workingDirectory: directory, requestedBy: "test" });
    await vi.waitFor(() => { if (jobs.some(({ id }) => !["done", "failed", "already"].includes(imports.job(id)?.state ?? ""))) throw new Error("imports are running"); }, { timeout: 400_000, interval: 100 });
    await imports.stop();
    engine = openCluster(config, core.catalogue, core.fields, silentLogger);
    await copyToCluster({
      source: core.store, engine, shipping: engine.segmentShipping(core.native), catalogue: core.catalogue, fields: core.fields, segmentDirectory: core.directories.sessions,
    }, () => undefined, null);
    embedded = core.store;
    cluster = engine.store;
  }, 600_000);
  afterAll(async () => {
    const limits = { signal: null, timeoutMs: 30_000 };
    for (const { index } of (await engine?.indices.list()) ?? []) await engine.cluster.request({ method: "DELETE", path: `/${index}` }, limits);
    await engine?.store.close();
    await stop?.();
  });

  const compile = (text: string): SessionFilter => ({
    expression: resolveFiles(check(parse(text), core.fields, { nowMs: Date.UTC(2026, 0, 1), timeZone: "UTC" }), fileLookup(core.catalogue.files)), range: ALL_TIME,
  });
  const both = async <T>(ask: (store: IndexStore) => Promise<T>): Promise<readonly [T, T]> => [await ask(embedded), await ask(cluster)];
  /** Ids of matching sessions; the captures have fewer than a page. */
  const sorted = async (store: IndexStore, filter: SessionFilter): Promise<readonly string[]> => {
    const { rows, hasMore } = await store.search({ ...filter, fields: [], order: [], limit: 2_000, after: null, countTotal: false }, service);
    expect(hasMore).toBe(false);
    return rows.map(({ id }) => id);
  };

  it("hold the same sessions and the same documents", async () => {
    const [here, there] = await both((store) => summarise(store, core.fields, null));
    expect(there).toEqual(here);
    expect(here.sessions).toBeGreaterThan(20);
    for (const id of await sorted(embedded, all)) {
      const [one, other] = await both((store) => store.get(id, service));
      expect(other, id).toEqual(one);
    }
  }, 400_000);

  it("come back from the cluster as they were, whatever ends the copy in between", async () => {
    const directory = temporaryDirectory();
    const catalogue = openCatalogue(directory, systemClock);
    const back = await EmbeddedStore.open({ catalogue, fields: core.fields, clock: systemClock, logger: silentLogger });
    try {
      // Ended while the second day is read, then gone on with.
      const abort = new AbortController();
      let commits = 0;
      await expect(copyFromCluster({ engine, target: back, catalogue }, () => {
        commits += 1;
        if (commits === 2) abort.abort();
      }, abort.signal)).rejects.toMatchObject({ code: expect.stringMatching(/SHUTTING_DOWN|QUERY_CANCELLED/) });
      const begun = await back.count(all, service);
      expect(begun).toBeGreaterThan(0);
      let copied = 0;
      await copyFromCluster({ engine, target: back, catalogue }, ({ rows }) => { copied = rows; }, null);
      const there = await summarise(embedded, core.fields, null);
      expect(copied).toBe(there.sessions - begun);
      expect(await summarise(back, core.fields, null)).toEqual(there);
      for (const id of await sorted(embedded, all)) expect(await back.get(id, service), id).toEqual(await embedded.get(id, service));
      const packets = async (store: IndexStore) => new Map((await collected(store.streamPackets(all, service))).map(({ id, ...rest }) => [id, rest]));
      expect(await packets(back)).toEqual(await packets(embedded));
      expect(await back.byteBudget({ ...all, firstPackets: 5 }, service)).toEqual(await embedded.byteBudget({ ...all, firstPackets: 5 }, service));
      // Again from the start: every row is replaced by itself, also after merges.
      forgetPosition(catalogue);
      await back.optimise(null, null);
      await copyFromCluster({ engine, target: back, catalogue }, () => undefined, null);
      expect(await summarise(back, core.fields, null)).toEqual(there);
    } finally {
      await back.close();
      catalogue.close();
    }
  }, 400_000);

  it("find the same by every expression of the corpus", async () => {
    if (corpus === null) return;
    const different: string[] = [];
    for (const { expression } of corpusQueries()) {
      let filter: SessionFilter;
      try {
        filter = compile(expression);
      } catch (error) {
        if (error instanceof LookbackError) continue;
        throw error;
      }
      const [one, other] = await both((store) => sorted(store, filter));
      if (JSON.stringify(one) !== JSON.stringify(other)) different.push(`${expression}: ${one.length} and ${other.length}`);
    }
    expect(different).toEqual([]);
  }, 400_000);

  it(`find the same by ${RUNS} generated expressions`, async () => {
    const fields = [...core.fields.declared, ...core.fields.derived].filter((one) => one.expression !== "" && one.shape !== "objects" && one.path !== "_id" && !one.overlay);
    const rows = await collected(embedded.streamRows({ ...all, fields }, service));
    const known = knownValues(fields, rows, 60);
    expect(known.size).toBeGreaterThan(40);
    await fc.assert(fc.asyncProperty(expressions(known), async (text) => {
      let filter: SessionFilter;
      try {
        filter = compile(text);
      } catch (error) {
        // A wildcard that matches anything, a list that is none: what the language refuses asks no store.
        if (error instanceof LookbackError) return;
        throw error;
      }
      const [one, other] = await both((store) => sorted(store, filter));
      expect(other, text).toEqual(one);
    }), { numRuns: RUNS, seed: 20_261_125 });
  }, 600_000);

  it("add up the same", async () => {
    for (const name of ["ip.src", "protocols", "port.dst", "host.dns", "http.statuscode", "tls.cipher", "node", "tcp.synValidated", "dns.answer.ttl", "packets.src"]) {
      for (const metric of ["sessions", "bytes"] as const) {
        const [one, other] = await both((store) => store.terms({ ...all, fields: [field(name)], metric, size: 7 }, service));
        expect(other, `${name} by ${metric}`).toEqual(one);
      }
    }
    for (const names of [["ip.src", "port.dst"], ["protocols", "ip.dst"], ["host.http", "http.statuscode"], ["dns.answer.ttl", "host.dns"]]) {
      const [one, other] = await both((store) => store.terms({ ...all, fields: names.map(field), metric: "packets", size: 20 }, service));
      expect(other, names.join(" ")).toEqual(one);
    }
    for (const [unit, count, timeZone] of [["second", 10, "UTC"], ["minute", 7, "UTC"], ["hour", 1, "Asia/Kolkata"], ["hour", 5, "America/New_York"], ["day", 1, "Europe/Berlin"], ["week", 2, "UTC"], ["month", 1, "Australia/Sydney"]] as const) {
      const [one, other] = await both((store) => store.histogram({ ...all, interval: { unit, count }, timeZone, metrics: ["sessions", "bytes", "packets"], on: "lastPacket" }, service));
      expect(other, `${count} ${unit} ${timeZone}`).toEqual(one);
    }
    const connections = { ...all, sourceField: field("ip.src"), destinationField: field("ip.dst"), limit: 50, minimumSessions: 2 };
    const [one, other] = await both((store) => store.connections(connections, service));
    expect(other).toEqual(one);
    for (const name of ["bytes", "packets.src", "initRTT"]) {
      const [exact, near] = await both((store) => store.stats({ ...all, field: field(name), percentiles: [0, 25, 50, 95, 100] }, service));
      expect({ ...near, percentiles: [] }).toEqual({ ...exact, percentiles: [] });
      // The cluster's percentiles are estimates: within one part in twenty of the range around the value.
      exact.percentiles.forEach(({ value }, at) => { expect(Math.abs((near.percentiles[at]?.value ?? 0) - (value ?? 0))).toBeLessThanOrEqual(0.05 * ((exact.max ?? 0) - (exact.min ?? 0))); });
    }
    for (const name of ["ip.src", "host.dns", "port.dst"]) {
      const [exact, near] = await both((store) => store.cardinality({ ...all, field: field(name) }, service));
      expect(Math.abs(near.value - exact.value)).toBeLessThanOrEqual(Math.ceil(exact.value * near.relativeError));
    }
  }, 180_000);
});
