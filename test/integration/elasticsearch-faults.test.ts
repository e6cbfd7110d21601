import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, symlinkSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Cluster, type ClusterOptions } from "../../src/index-store/elasticsearch/cluster.js";
import { ClusterMigrations, loadClusterMigrations } from "../../src/index-store/elasticsearch/migrations.js";
import { retryDeadLetters } from "../../src/index-store/elasticsearch/retry.js";
import { loadShipperReport } from "../../src/index-store/elasticsearch/shipper-status.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { collected, DAY, EVERYTHING, exact, HOUR, ROWS, service } from "../contract/sessions.js";
import { clusterProxy } from "../support/cluster-proxy.js";
import { engineOn, searchNode, type EngineUnderTest } from "../support/search-node.js";
import { rowId, writeSegment, type RowInput } from "../support/segment-rows.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");
const LIMITS = { signal: null, timeoutMs: 30_000 };
const all = { expression: EVERYTHING, range: ALL_TIME };

const to = (address: string, change: Partial<ClusterOptions> = {}): Cluster => new Cluster({ urls: [address], auth: null, authority: null, clientCertificate: null, compress: false, ...change });

describe.skipIf(url === null)("faults of a cluster", () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

  const engine = (address = url ?? ""): EngineUnderTest => {
    const made = engineOn(address);
    ends.push(() => made.close());
    return made;
  };
  const proxy = async (intercept: Parameters<typeof clusterProxy>[1]): Promise<string> => {
    const made = await clusterProxy(url ?? "", intercept);
    ends.push(() => made.close());
    return made.url;
  };
  const commit = async ({ engine: { store }, sessions }: EngineUnderTest, rows: readonly RowInput[]): Promise<void> => {
    await store.commitSegments({ add: [await writeSegment(sessions, rows)], remove: [] });
  };
  const put = ({ engine: { cluster } }: EngineUnderTest, path: string, body: Record<string, unknown>) => cluster.request({ method: "PUT", path, body }, LIMITS);
  const index = ({ engine: { names } }: EngineUnderTest): string => names.periodAt(DAY, "daily").index;
  const lastError = ({ catalogue }: EngineUnderTest): string | null => loadShipperReport(catalogue.settings)?.lastError?.code ?? null;

  it("keeps a segment in the queue that cannot be read for now", async () => {
    const under = engine();
    await commit(under, ROWS);
    const file = join(under.sessions, under.catalogue.shipments.queued(1)[0]?.path ?? "");
    renameSync(file, `${file}.away`);
    // A link to itself is there, and cannot be opened.
    symlinkSync(file, file);
    await expect(under.shipper.drain()).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining(file) });
    expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, deadRows: 0 });
    renameSync(`${file}.away`, file);
    await under.shipper.drain();
    expect(await under.engine.store.count(all, service)).toBe(ROWS.length);
  });

  it("names a URL that nobody answers at", async () => {
    await expect(to("http://127.0.0.1:1").product()).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE", message: expect.stringContaining("http://127.0.0.1:1 does not answer (connect ECONNREFUSED") });
    expect(() => to("ftp://x")).toThrow("elasticsearch=ftp://x: allowed: http:// or https://");
  });

  it("tells a wrong password from a right one, and never repeats it", async () => {
    const right = `Basic ${Buffer.from("lookback:s3cret").toString("base64")}`;
    const guarded = await proxy(({ headers }) => (headers.authorization === right ? null : { status: 401, body: { error: { type: "security_exception", reason: "unable to authenticate user [lookback]" }, status: 401 } }));
    const wrong = to(guarded, { auth: { username: "lookback", password: "wr0ng" } }).product();
    await expect(wrong).rejects.toMatchObject({ code: "CLUSTER_REFUSED", message: expect.stringContaining("elasticsearchBasicAuth") });
    expect(JSON.stringify(await wrong.catch((error: unknown) => error))).not.toContain("wr0ng");
    expect((await to(guarded, { auth: { username: "lookback", password: "s3cret" } }).product()).version).toMatch(/^\d/);
    expect((await to(guarded.replace("//", "//lookback:s3cret@")).product()).name).toBe("elasticsearch");
  });

  it("names a certificate that is not trusted, and takes one that is", async () => {
    const directory = temporaryDirectory();
    const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    const made = spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
    expect(made.status).toBe(0);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ cluster_name: "c", version: { number: "8.19.0" }, tagline: "You Know, for Search" }));
    });
    await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
    ends.push(() => new Promise((closed) => { server.close(() => { closed(); }); server.closeAllConnections(); }));
    const address = server.address();
    const secure = `https://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    await expect(to(secure).product()).rejects.toMatchObject({ code: "CLUSTER_TLS", message: expect.stringContaining("caTrustFile") });
    expect((await to(secure, { authority: readFileSync(certificate, "utf8") }).product()).version).toBe("8.19.0");
  });

  it.each([
    ["another product", { name: "nginx" }, "something else"],
    ["an old version", { version: { number: "6.8.23" }, tagline: "You Know, for Search" }, "elasticsearch 6.8.23"],
  ])("refuses %s", async (_what, body, found) => {
    const other = await proxy(() => ({ status: 200, body }));
    await expect(to(other).product()).rejects.toMatchObject({ code: "CLUSTER_UNSUPPORTED", message: expect.stringContaining(found) });
  });

  it("waits while an index takes no writes, and loses nothing", async () => {
    const under = engine();
    await commit(under, ROWS.slice(0, 2));
    await under.shipper.drain();
    await put(under, `/${index(under)}/_settings`, { "index.blocks.read_only_allow_delete": true });
    await commit(under, ROWS.slice(2));
    const draining = under.shipper.drain();
    await vi.waitFor(() => { expect(lastError(under)).toBe("CLUSTER_READ_ONLY"); }, { timeout: 20_000 });
    expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 1, rows: 4 });
    await put(under, `/${index(under)}/_settings`, { "index.blocks.read_only_allow_delete": null });
    await draining;
    expect(await under.engine.store.count(all, service)).toBe(6);
    expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 0 });
    expect(lastError(under)).toBeNull();
  });

  it("sends again what the cluster has too much of", async () => {
    let refusals = 3;
    const busy = await proxy(({ url: path }) => {
      if (path?.startsWith("/_bulk") !== true || refusals === 0) return null;
      refusals -= 1;
      return { status: 429, body: { error: { type: "es_rejected_execution_exception", reason: "rejected execution of coordinating operation" }, status: 429 } };
    });
    const under = engine(busy);
    await commit(under, ROWS);
    await under.shipper.drain();
    expect(refusals).toBe(0);
    expect(await under.engine.store.count(all, service)).toBe(6);
  });

  it("keeps rows that the mapping refuses, with the reason, until they are sent again", async () => {
    const under = engine();
    await under.shipper.drain();
    await put(under, `/${index(under)}`, { mappings: { properties: { tags: { type: "date" } } } });
    await commit(under, ROWS);
    await under.shipper.drain();
    expect(await under.engine.store.count(all, service)).toBe(4);
    expect(under.catalogue.shipments.waiting()).toMatchObject({ segments: 0, deadRows: 2 });
    const [dead] = under.engine.deadLetters.list();
    const letters = under.engine.deadLetters.read(dead?.file ?? "");
    expect(letters.map(({ type, reason }) => [type, /tags.*date|date.*tags/.test(reason)])).toEqual([["mapper_parsing_exception", true], ["mapper_parsing_exception", true]]);
    expect(await retryDeadLetters(under.engine)).toEqual({ written: 0, refused: 2 });
    // The mapping is mended: the index is made anew, and what it had is shipped again elsewhere; here the refused rows are enough.
    await under.engine.cluster.request({ method: "DELETE", path: `/${index(under)}` }, LIMITS);
    expect(await retryDeadLetters(under.engine)).toEqual({ written: 2, refused: 0 });
    expect(under.engine.deadLetters.list()).toEqual([]);
    expect(under.catalogue.shipments.waiting().deadRows).toBe(0);
    expect(await under.engine.store.count({ ...all, expression: exact("tags", "red") }, service)).toBe(2);
  });

  it("hides, with a row that is sent again, what it has of the day before", async () => {
    const under = engine();
    const nextDay = DAY + 24 * HOUR;
    const begun: RowInput = { id: rowId(DAY, 1), firstPacket: DAY, lastPacket: DAY, final: false };
    const ended: RowInput = { ...begun, lastPacket: nextDay, rowVersion: 2, final: true, tags: ["red"] };
    await commit(under, [begun]);
    await under.shipper.drain();
    const next = under.engine.names.periodAt(nextDay, "daily").index;
    await put(under, `/${next}`, { mappings: { properties: { tags: { type: "date" } } } });
    await commit(under, [ended, { ...ended, id: rowId(DAY, 2), rowVersion: 1 }]);
    await under.shipper.drain();
    expect(under.catalogue.shipments.waiting().deadRows).toBe(2);
    await under.engine.cluster.request({ method: "DELETE", path: `/${next}` }, LIMITS);
    expect(await retryDeadLetters(under.engine)).toEqual({ written: 2, refused: 0 });
    const rows = (await collected(under.engine.store.streamPackets(all, service))).map(({ id, final }) => [id, final]);
    expect(rows.toSorted()).toEqual([[rowId(DAY, 1), true], [rowId(DAY, 2), true]]);
  });

  it("refuses a template that was changed by hand, and makes it anew", async () => {
    const under = engine();
    await under.shipper.drain();
    const name = under.engine.template.name;
    const found = await under.engine.cluster.request({ method: "GET", path: `/_index_template/${name}` }, LIMITS) as { index_templates: { index_template: Record<string, unknown> }[] };
    const template = found.index_templates[0]?.index_template ?? {};
    await put(under, `/_index_template/${name}`, { ...template, template: { settings: { index: { number_of_replicas: "3" } } } });
    const again = engineOn(url ?? "", { prefix: name.replace("lookback-sessions3", ""), node: "again" });
    ends.push(() => again.close());
    await expect(again.shipper.drain()).rejects.toMatchObject({ code: "INDEX_OUTDATED", message: expect.stringContaining("changed by hand") });
    expect((await again.engine.migrations.plan(LIMITS)).template).toBe("changed");
    await again.engine.migrations.up(LIMITS);
    await again.shipper.drain();
    expect(await again.engine.migrations.plan(LIMITS)).toMatchObject({ template: "current", waiting: [] });
  });

  it("finishes by itself a first preparation that a process was killed in", async () => {
    const under = engine();
    await under.engine.state.put("migration-0001-sessions3.json", { name: "0001-sessions3.json", state: "running", atMs: 1 }, null, LIMITS);
    await under.engine.state.put("lock-migrations", { owner: "killed", untilMs: Date.UTC(2026, 0, 17) }, null, LIMITS);
    await commit(under, ROWS);
    // Whoever holds the lock may be at it still.
    await expect(under.shipper.drain()).rejects.toMatchObject({ code: "ROLE_HELD", message: expect.stringContaining("killed") });
    await under.engine.state.remove("lock-migrations", LIMITS);
    await under.shipper.drain();
    expect(await under.engine.store.count(all, service)).toBe(6);
  });

  it("goes on with a later migration that was begun and not finished", async () => {
    const under = engine();
    const { state, template, indices } = under.engine;
    await under.engine.migrations.up(LIMITS);
    const steps = [...loadClusterMigrations(), { number: 2, name: "0002-later.json", sha256: "0", actions: ["fields"] as const }];
    const migrations = new ClusterMigrations(state, template, indices, { nowMs: () => Date.UTC(2026, 0, 16) }, steps);
    await state.put("migration-0002-later.json", { name: "0002-later.json", state: "running", atMs: 1 }, null, LIMITS);
    await expect(migrations.prepare(LIMITS)).rejects.toMatchObject({ code: "INDEX_OUTDATED", message: expect.stringContaining("0002-later.json") });
    expect(await migrations.up(LIMITS)).toEqual(["0002-later.json"]);
    await migrations.prepare(LIMITS);
    expect((await migrations.plan(LIMITS)).waiting).toEqual([]);
  });

  it("says how far a migration is", async () => {
    const under = engine();
    const { state, migrations } = under.engine;
    await state.put("migration-0001-sessions3.json", { name: "0001-sessions3.json", state: "running", atMs: 1 }, null, LIMITS);
    expect((await migrations.plan(LIMITS)).steps).toEqual([{ name: "0001-sessions3.json", state: "running", appliedMs: null, known: true }]);
    expect(await migrations.up(LIMITS)).toEqual(["0001-sessions3.json"]);
    await under.shipper.drain();
    await commit(under, ROWS);
    await under.shipper.drain();
    expect(await under.engine.store.count(all, service)).toBe(6);
  });

  it("finishes by itself the preparation of a cluster that went away in the middle of it", async () => {
    // The cluster is gone from its nth change on; twelve is short of the first bulk, which is tried again and not refused.
    for (let gone = 1; gone <= 12; gone++) {
      let changes = 0;
      let isGone = true;
      const failing = await proxy(({ method }) => {
        if (method === "GET" || method === "HEAD" || !isGone) return null;
        changes += 1;
        return changes < gone ? null : { status: 503, body: { error: { type: "cluster_block_exception", reason: "no master" }, status: 503 } };
      });
      const under = engine(failing);
      await commit(under, ROWS);
      await expect(under.shipper.drain()).rejects.toMatchObject({ code: "CLUSTER_BUSY" });
      isGone = false;
      await under.shipper.drain();
      expect(await under.engine.store.count(all, service)).toBe(6);
    }
  });

  it("refuses indices of a newer version, and a second migration beside the first", async () => {
    const under = engine();
    const other = engineOn(url ?? "", { prefix: under.engine.template.name.replace("lookback-sessions3", "") });
    ends.push(() => other.close());
    await under.engine.state.put("lock-migrations", { owner: "elsewhere", untilMs: Date.UTC(2027, 0, 1) }, null, LIMITS);
    await expect(other.engine.migrations.up(LIMITS)).rejects.toMatchObject({ code: "ROLE_HELD", message: expect.stringContaining("elsewhere") });
    await under.engine.state.remove("lock-migrations", LIMITS);
    await under.engine.migrations.up(LIMITS);
    await under.engine.state.put("migration-0099-future.json", { name: "0099-future.json", state: "done", atMs: 1 }, null, LIMITS);
    await expect(other.shipper.drain()).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("0099-future.json") });
  });

  it("lets one server of a cluster lead, and another take over when it is gone", async () => {
    let nowMs = Date.UTC(2026, 0, 16);
    const clock = { nowMs: () => nowMs };
    const under = engineOn(url ?? "", { clock });
    const prefix = under.engine.template.name.replace("lookback-sessions3", "");
    const other = engineOn(url ?? "", { clock, prefix });
    ends.push(() => under.close(), () => other.close());
    const signal = new AbortController().signal;
    const [first, second] = [under.engine.leadership(), other.engine.leadership()];
    expect(await first.leads(signal)).toBeNull();
    expect(await second.leads(AbortSignal.abort()).catch(() => "cancelled")).toBe("cancelled");
    const stopped = new AbortController();
    const waiting = second.leads(stopped.signal);
    // The first says nothing any more: within a minute the second leads.
    nowMs += 46_000;
    expect(await waiting).toBeNull();
    await second.stop();
    expect(await first.leads(signal)).toBeNull();
    await first.stop();
  });

  it("deletes the rows of a segment before it ships the one that replaces it, whenever that is made", async () => {
    let onDeletion = (): void => {};
    const under = engine(await proxy(({ url: path }) => {
      if (path?.includes("/_delete_by_query") === true) onDeletion();
      return null;
    }));
    const { engine: { store }, sessions, shipper, catalogue } = under;
    const segmentOf = (...rows: readonly RowInput[]) => writeSegment(sessions, rows);
    const [gone, damaged, remade] = [await segmentOf(...ROWS.slice(0, 1)), await segmentOf(...ROWS.slice(1, 4)), await segmentOf(...ROWS.slice(1, 4))];
    await store.commitSegments({ add: [gone, damaged], remove: [] });
    await shipper.drain();
    await store.commitSegments({ add: [], remove: [gone.path] });
    const replaced: Promise<void>[] = [];
    onDeletion = () => { if (replaced.length === 0) replaced.push(store.commitSegments({ add: [remade], remove: [damaged.path] })); };
    await shipper.drain();
    await Promise.all(replaced);
    expect(replaced).toHaveLength(1);
    expect(catalogue.shipments.removing()).toEqual([]);
    while (await shipper.round(null));
    expect(await store.count(all, service)).toBe(3);
    expect(await store.count({ ...all, expression: exact("node", "north") }, service)).toBe(1);
  });

  it("ships again a segment whose rows are there already", async () => {
    const under = engine();
    const rows = Array.from({ length: 50 }, (_, at): RowInput => ({ id: rowId(DAY + at, 200 + at), firstPacket: DAY + at, lastPacket: DAY + at + HOUR }));
    await commit(under, rows);
    await under.shipper.drain();
    await commit(under, rows);
    await under.shipper.drain();
    expect(await under.engine.store.count(all, service)).toBe(50);
    expect(loadShipperReport(under.catalogue.settings)).toMatchObject({ rows: 100, repeated: 50, dead: 0, running: true });
    under.shipper.end();
    expect(loadShipperReport(under.catalogue.settings)).toMatchObject({ rows: 100, running: false });
  });
});
