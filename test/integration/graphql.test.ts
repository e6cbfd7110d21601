import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogueLookup } from "../../src/export/packet-files.js";
import { PacketHeads } from "../../src/export/packet-heads.js";
import { PacketReader } from "../../src/packet-store/packet-store.js";
import { MemoryStore } from "../support/memory-store.js";
import { someRows, startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
let store: MemoryStore;
let analyst: string;
let viewer: string;

beforeAll(async () => {
  store = new MemoryStore(someRows(25));
  api = await startApi(store, { hasPackets: (fileId) => fileId !== 2 });
  analyst = await api.token({ name: "ana", role: "analyst" });
  viewer = await api.token({ name: "vic", role: "viewer" });
});

afterAll(() => api.server.stop());

describe("sessions", () => {
  test("pages forward through everything once, newest first, and says where it is", async () => {
    const ids: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const answer = await api.ask(viewer, `query($after: String) { sessions(first: 10, after: $after) { asOf completeUntil capturing totalCount { value relation }
        pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { id lastPacket } } } }`, { after });
      expect(answer.errors).toEqual([]);
      const { sessions } = answer.data;
      expect(sessions.totalCount).toEqual({ value: 25, relation: "EQ" });
      expect(sessions.asOf).toBe(new Date(TEST_NOW_MS).toISOString());
      expect(sessions).toMatchObject({ completeUntil: sessions.asOf, capturing: false });
      expect(sessions.pageInfo.hasPreviousPage).toBe(after !== null);
      for (const edge of sessions.edges) ids.push(edge.node.id);
      expect(sessions.edges[sessions.edges.length - 1].cursor).toBe(sessions.pageInfo.endCursor);
      after = sessions.pageInfo.hasNextPage ? sessions.pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    expect(pages).toBe(3);
    expect(new Set(ids).size).toBe(25);
    expect(ids[0]).toMatch(/24$/);
  });

  test("reads only the columns that are selected", async () => {
    await api.ask(viewer, "{ sessions(first: 1) { edges { node { id source { ip } dns { answers { ip } } http { hostCnt } field(name: \"ip.dst\") } } } }");
    expect([...(store.asked[store.asked.length - 1] ?? [])].sort()).toEqual(["destination.ip", "dns", "http.hostCnt", "source.ip"]);
  });

  test("nests members by path and renames what GraphQL cannot name", async () => {
    const answer = await api.ask(viewer, `{ sessions(first: 2) { nodes { firstPacket source { ip port } tcpflags { syn_ack } http { host hostCnt method_GET }
      dns { host hostCnt answers { ip ttl type } } network { bytes } field(name: "host.http") fields(names: ["db:network.bytes", "protocols"]) { name path value } } } }`);
    expect(answer.errors).toEqual([]);
    const [http, dns] = answer.data["sessions"].nodes;
    expect(http).toMatchObject({
      firstPacket: new Date(TEST_NOW_MS - 500).toISOString(), source: { ip: "10.0.0.4", port: 40_024 }, tcpflags: { syn_ack: 1 },
      http: { host: ["host24.example", "shared.example"], hostCnt: 2, method_GET: 1 }, dns: null, network: { bytes: 124 }, field: ["host24.example", "shared.example"],
      fields: [{ name: "db:network.bytes", path: "network.bytes", value: 124 }, { name: "protocols", path: "protocol", value: ["tcp", "http"] }],
    });
    expect(dns).toMatchObject({ http: null, tcpflags: null, dns: [{ host: ["name23.example", "b.example"], hostCnt: 2, answers: [{ ip: "192.0.2.7", ttl: 60, type: "A" }] }] });
  });

  test("aliases and fragments select as well", async () => {
    const answer = await api.ask(viewer, "query { a: sessions(first: 1) { ...page } } fragment page on SessionConnection { nodes { ... on Session { source { address: ip } } } }");
    expect(answer.data["a"].nodes[0].source.address).toBe("10.0.0.4");
  });

  test("takes an expression, a filter and a time range together", async () => {
    const answer = await api.ask(viewer, `{ sessions(expression: "protocols == http", filter: { field: { name: "ip.src", cidr: "10.0.0.4/32" } },
      timeRange: { start: "2026-11-24T11:50:01Z", end: ${TEST_NOW_MS} }) { totalCount { value } nodes { source { ip } } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data["sessions"]).toEqual({ totalCount: { value: 1 }, nodes: [{ source: { ip: "10.0.0.4" } }] });
  });

  test("orders by any field of one value", async () => {
    const answer = await api.ask(viewer, '{ sessions(first: 3, order: [{ field: "bytes", direction: ASC }]) { nodes { network { bytes } } } }');
    expect(answer.data["sessions"].nodes.map((node: { network: { bytes: number } }) => node.network.bytes)).toEqual([100, 101, 102]);
    const refused = await api.ask(viewer, '{ sessions(order: [{ field: "host.http" }]) { nodes { id } } }');
    expect(refused.errors[0]?.extensions).toMatchObject({ code: "BAD_INPUT" });
  });

  test("refuses a cursor of another query, an altered one, and a page too large", async () => {
    const first = await api.ask(viewer, "{ sessions(first: 1) { pageInfo { endCursor } } }");
    const cursor: string = first.data["sessions"].pageInfo.endCursor;
    const ask = (after: string, expression: string) => api.ask(viewer, "query($after: String, $e: String) { sessions(first: 1, after: $after, expression: $e) { nodes { id } } }", { after, e: expression });
    expect((await ask(cursor, "")).errors).toEqual([]);
    expect((await ask(cursor, "protocols == dns")).errors[0]?.extensions).toMatchObject({ code: "CURSOR_INVALID", retryable: false });
    expect((await ask(`${cursor.slice(0, -2)}xx`, "")).errors[0]?.extensions).toMatchObject({ code: "CURSOR_INVALID" });
    expect((await ask("nonsense", "")).errors[0]?.extensions).toMatchObject({ code: "CURSOR_INVALID" });
    expect((await api.ask(viewer, "{ sessions(first: 1000000000) { nodes { id } } }")).errors[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect((await api.ask(viewer, "{ sessions(first: 1001) { pageInfo { hasNextPage } } }")).errors[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", limit: 1000 });
  });

  test("errors of expressions say where, and what may have been meant", async () => {
    const answer = await api.ask(viewer, '{ sessions(expression: "ip.scr == 10.0.0.1") { nodes { id } } }');
    expect(answer.errors[0]?.extensions).toMatchObject({ code: "EXPRESSION_UNKNOWN_FIELD", details: { start: 0, end: 6 } });
    expect(answer.errors[0]?.message).toContain("ip.src");
  });

  test("refuses reversed ranges and times outside 1970 to 2262", async () => {
    const reversed = await api.ask(viewer, "{ sessions(timeRange: { start: 2000, end: 1000 }) { nodes { id } } }");
    expect(reversed.errors[0]?.extensions).toMatchObject({ code: "TIME_RANGE_INVALID" });
    const early = await api.ask(viewer, "query($s: DateTime) { sessions(timeRange: { start: $s }) { nodes { id } } }", { s: "1969-12-31T23:59:59Z" });
    expect(early.errors[0]?.extensions["code"]).toBe("TIME_RANGE_INVALID");
    const late = await api.ask(viewer, '{ sessions(timeRange: { end: "2263-01-01T00:00:00Z" }) { nodes { id } } }');
    expect(late.errors[0]?.extensions["code"]).toBe("TIME_RANGE_INVALID");
  });
});

describe("session", () => {
  test("has every field and its packets' places", async () => {
    const answer = await api.ask(viewer, `{ session(id: "00000000-0000-4000-8000-000000000024") { session { id http { host method_GET } network { bytes }
      packets(first: 1, offset: 1) { total packets { index fileId offset time missing } } } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data["session"].session).toMatchObject({
      http: { host: ["host24.example", "shared.example"], method_GET: 1 }, network: { bytes: 124 },
      packets: { total: 2, packets: [{ index: 1, fileId: 1, offset: 4_924, time: null }] },
    });
    expect(api.records.listAudit(1)[0]).toMatchObject({ user: "vic", action: "packets.list" });
  });

  test("says how much of its packets is still stored, in a list and alone", async () => {
    const answer = await api.ask(viewer, '{ sessions(first: 4, order: [{ field: "stoptime", direction: ASC }]) { nodes { packetsAvailable packetAvailability } } }');
    expect(answer.errors).toEqual([]);
    const whole = { packetsAvailable: true, packetAvailability: "ALL" };
    expect(answer.data["sessions"].nodes).toEqual([whole, whole, { packetsAvailable: false, packetAvailability: "SOME" }, { packetsAvailable: false, packetAvailability: "NONE" }]);
    const one = await api.ask(viewer, '{ session(id: "00000000-0000-4000-8000-000000000002") { session { packetAvailability } } }');
    expect(one.data["session"].session).toEqual({ packetAvailability: "SOME" });
  });

  test("says that its packets are with another node, and shows the reason of each", async () => {
    const rows = someRows(1).map((row) => ({ ...row, columns: { ...row.columns, node: "north", fileId: [-1] }, packets: [{ fileId: -1, offset: 24, length: 100 }] }));
    const packetHeads = new PacketHeads(new PacketReader(), catalogueLookup({ get: () => null }), { directionFinder: () => { throw new Error("no direction is asked for"); } });
    const other = await startApi(new MemoryStore(rows), { packetHeads });
    try {
      const answer = await other.ask(await other.token({ name: "vic", role: "viewer" }), "{ sessions { nodes { node packetsAvailable packetAvailability packets { total packets { file missing time } } } } }");
      expect(answer.errors).toEqual([]);
      expect(answer.data["sessions"].nodes).toEqual([
        { node: "north", packetsAvailable: false, packetAvailability: "ELSEWHERE", packets: { total: 1, packets: [{ file: null, missing: "other-node", time: null }] } },
      ]);
    } finally {
      await other.server.stop();
    }
  });

  test("is null when there is none, and NOT_FOUND for what cannot be an id", async () => {
    expect((await api.ask(viewer, '{ session(id: "00000000-0000-4000-8000-00000000ffff") { session { id } } }')).data["session"]).toEqual({ session: null });
    expect((await api.ask(viewer, '{ session(id: "00000000000040008000000000000024") { session { id } } }')).data["session"].session.id).toBe("00000000-0000-4000-8000-000000000024");
    expect((await api.ask(viewer, '{ session(id: "../etc") { session { id } } }')).errors[0]?.extensions).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("aggregate", () => {
  test("answers terms, cross-tab, histogram, numbers and counts in one operation", async () => {
    const answer = await api.ask(viewer, `{ aggregate(expression: "protocols == [http, dns]") { asOf count
      terms(field: "ip.src", metric: BYTES, size: 2) { buckets { key sessions value } otherValue errorBound }
      crossTab(fields: ["ip.src", "port.dst"], size: 1) { fields buckets { keys sessions } }
      histogram(interval: { unit: MINUTE, count: 10 }, metrics: [SESSIONS, BYTES], timeZone: "Europe/Berlin") { interval { unit count } starts series { metric values } }
      stats(field: "bytes") { count min max sum average } percentiles(field: "bytes", percents: [50]) { percent value } cardinality(field: "ip.src") { value } } }`);
    expect(answer.errors).toEqual([]);
    const { aggregate } = answer.data;
    expect(aggregate.count).toBe(25);
    expect(aggregate.terms.buckets[0]).toEqual({ key: "10.0.0.4", sessions: 5, value: 570 });
    expect(aggregate.terms.otherValue).toBe(1_665);
    expect(aggregate.crossTab.fields).toEqual(["ip.src", "port.dst"]);
    expect(aggregate.histogram.series[0].values.reduce((a: number, b: number) => a + b)).toBe(25);
    expect(aggregate.stats).toEqual({ count: 25, min: 100, max: 124, sum: 2_800, average: 112 });
    expect(aggregate.percentiles).toEqual([{ percent: 50, value: 112 }]);
    expect(aggregate.cardinality.value).toBe(5);
  });

  test("refuses what cannot be measured", async () => {
    const code = async (part: string) => (await api.ask(viewer, `{ aggregate { ${part} } }`)).errors[0]?.extensions["code"];
    expect(await code('stats(field: "host.http") { count }')).toBe("BAD_INPUT");
    expect(await code('histogram(timeZone: "Mars/Base") { starts }')).toBe("BAD_INPUT");
    expect(await code('terms(field: "nope") { otherValue }')).toBe("BAD_INPUT");
    expect(await code('terms(field: "ip") { otherValue }')).toBe("BAD_INPUT");
    expect(await code('crossTab(fields: ["ip.src"]) { otherValue }')).toBe("LIMIT_EXCEEDED");
    expect(await code('percentiles(field: "bytes", percents: [101]) { value }')).toBe("LIMIT_EXCEEDED");
    expect(await code('terms(field: "ip.src", size: 0) { otherValue }')).toBe("LIMIT_EXCEEDED");
  });
});

test("connections say who talks to whom", async () => {
  const answer = await api.ask(viewer, '{ connections(expression: "protocols == dns", first: 2) { links { source destination sessions packets } truncated asOf } }');
  expect(answer.data["connections"]).toMatchObject({ truncated: true, links: [{ destination: "192.0.2.1", sessions: 3, packets: 6 }, {}] });
});

test("fields, limits and me describe the API to its user", async () => {
  const answer = await api.ask(viewer, '{ fields(contains: "syn-ack") { fields { expression path graphqlPath kind } } limits { limits { name value } } me { name role permissions narrowed } }');
  expect(answer.data["fields"].fields).toContainEqual({ expression: "tcpflags.syn-ack", path: "tcpflags.syn-ack", graphqlPath: "tcpflags.syn_ack", kind: "INTEGER" });
  expect(answer.data["limits"].limits).toContainEqual({ name: "pageSize", value: 1_000 });
  expect(answer.data["me"]).toEqual({ name: "vic", role: "VIEWER", permissions: ["search", "packets", "packetSearch", "statistics", "files"], narrowed: false });
});

describe("tags", () => {
  test("are added and removed by ids and by search, and what was done is in the audit log", async () => {
    const added = await api.ask(analyst, 'mutation { addTags(tags: ["seen", "x:y"], ids: ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-00000000ffff"]) { matched changed } }');
    expect(added.data["addTags"]).toEqual({ matched: 1, changed: 1 });
    const found = await api.ask(analyst, '{ sessions(expression: "tags == seen") { nodes { tags } } }');
    expect(found.data["sessions"].nodes).toEqual([{ tags: ["seen", "x:y"] }]);
    const removed = await api.ask(analyst, 'mutation { removeTags(tags: ["seen"], expression: "tags == seen") { matched changed } }');
    expect(removed.data["removeTags"]).toEqual({ matched: 1, changed: 1 });
    expect(api.records.listAudit(1)[0]).toMatchObject({ user: "ana", action: "tags.remove" });
  });

  test("need the role, well-formed tags, and sessions named one way", async () => {
    const code = async (token: string, mutation: string) => (await api.ask(token, `mutation { ${mutation} { changed } }`)).errors[0]?.extensions["code"];
    expect(await code(viewer, 'addTags(tags: ["a"], expression: "protocols == dns")')).toBe("FORBIDDEN");
    expect(await code(analyst, 'addTags(tags: ["a b"], expression: "protocols == dns")')).toBe("BAD_INPUT");
    expect(await code(analyst, 'addTags(tags: ["a"])')).toBe("BAD_INPUT");
    expect(await code(analyst, 'addTags(tags: ["a"], ids: ["00000000-0000-4000-8000-000000000001"], expression: "protocols == dns")')).toBe("BAD_INPUT");
  });
});

describe("a user's scope", () => {
  test("narrows lists, single sessions, counts, packets and tags", async () => {
    const narrow = await api.token({ name: "narrow", role: "analyst", forcedExpression: "protocols == dns" });
    const answer = await api.ask(narrow, `{ sessions(first: 100) { totalCount { value } } aggregate { count } session(id: "00000000-0000-4000-8000-000000000024") { session { id } } }`);
    expect(answer.data).toMatchObject({ sessions: { totalCount: { value: 12 } }, aggregate: { count: 12 }, session: { session: null } });
    const tagged = await api.ask(narrow, 'mutation { addTags(tags: ["z"], ids: ["00000000-0000-4000-8000-000000000024"]) { matched } }');
    expect(tagged.data["addTags"]).toEqual({ matched: 0 });
    expect((await api.ask(narrow, "{ captureFiles { files { id } } }")).errors[0]?.extensions["code"]).toBe("FORBIDDEN");
  });

  test("hides fields in every way of asking", async () => {
    const token = await api.token({ name: "blind", role: "viewer", hiddenFields: ["http.host"] });
    const list = await api.ask(token, "{ sessions(first: 1) { nodes { http { host hostCnt method_GET } } } }");
    expect(list.data["sessions"].nodes).toEqual([{ http: { host: null, hostCnt: null, method_GET: 1 } }]);
    for (const query of [
      '{ sessions(expression: "host.http == a") { nodes { id } } }', '{ aggregate { terms(field: "host.http") { otherValue } } }',
      '{ sessions { nodes { field(name: "host.http") } } }', '{ sessions(order: [{ field: "host.http.cnt" }]) { nodes { id } } }',
    ]) {
      expect((await api.ask(token, query)).errors[0]?.extensions["code"], query).toBe("FORBIDDEN");
    }
    const members = await api.token({ name: "half-blind", role: "viewer", hiddenFields: ["dns.host", "dns.answers"] });
    const dns = "dns { host hostCnt answers { ip } opcode }";
    const objects = await api.ask(members, `{ sessions(expression: "protocols == dns", first: 1) { nodes { ${dns} } } session(id: "00000000-0000-4000-8000-000000000023") { session { ${dns} } } }`);
    const bare = [{ host: null, hostCnt: null, answers: null, opcode: "QUERY" }];
    expect(objects.data).toEqual({ sessions: { nodes: [{ dns: bare }] }, session: { session: { dns: bare } } });
    expect((await api.ask(members, '{ sessions { nodes { field(name: "dns.answer.ip") } } }')).errors[0]?.extensions["code"]).toBe("FORBIDDEN");
    const whole = await api.token({ name: "dns-blind", role: "viewer", hiddenFields: ["dns"] });
    expect((await api.ask(whole, `{ sessions(expression: "protocols == dns", first: 1) { nodes { ${dns} dnsCnt } } }`)).data["sessions"].nodes).toEqual([{ dns: null, dnsCnt: null }]);
    expect((await api.ask(whole, '{ sessions(expression: "dns.answer.ip == 192.0.2.7") { nodes { id } } }')).errors[0]?.extensions["code"]).toBe("FORBIDDEN");
    const one = await api.ask(token, '{ session(id: "00000000-0000-4000-8000-000000000024") { session { http { host } } } }');
    expect(one.data["session"].session.http.host).toBeNull();
    expect((await api.ask(token, "{ fields { fields { path } } }")).data["fields"].fields.map((field: { path: string }) => field.path)).not.toContain("http.host");
  });

  test("that does not check closes the door", async () => {
    const token = await api.token({ name: "broken", role: "viewer", forcedExpression: "no.such.field == 1" });
    const answer = await api.ask(token, "{ sessions { nodes { id } } me { name narrowed } }");
    expect(answer.errors[0]?.extensions["code"]).toBe("FORBIDDEN");
    expect((await api.ask(token, "{ me { name narrowed } }")).data["me"]).toEqual({ name: "broken", narrowed: true });
  });
});

describe("limits", () => {
  test("the cost is returned, and too much of it refused before running", async () => {
    const cheap = await api.ask(viewer, "{ sessions(first: 100) { nodes { id node protocol } } }");
    expect(cheap.extensions["cost"]).toBe(30);
    const reads = store.reads.length;
    const dear = await api.ask(viewer, `{ ${Array.from({ length: 40 }, (_, at) => `a${at}: sessions(first: 1000) { nodes { id source { ip port } destination { ip port } protocol node firstPacket lastPacket } }`).join(" ")} }`);
    expect([dear.status, dear.errors[0]?.extensions]).toMatchObject([400, { code: "LIMIT_EXCEEDED", limit: 20_000 }]);
    expect(store.reads.length).toBe(reads);
  });

  test("depth, aliases, tokens and fragments that double each other are refused quickly", async () => {
    const deep = `{ __schema { types { ${"fields { type { ".repeat(8)}name${" } }".repeat(8)} } } }`;
    const many = `{ ${Array.from({ length: 60 }, (_, at) => `a${at}: me { name }`).join(" ")} }`;
    const long = `{ me { ${"name ".repeat(5_000)} } }`;
    const doubling = `query { ...f0 } ${Array.from({ length: 30 }, (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(" ")} fragment f30 on Query { me { name } }`;
    const started = performance.now();
    for (const [query, code] of [[deep, "LIMIT_EXCEEDED"], [many, "LIMIT_EXCEEDED"], [long, "BAD_INPUT"], [doubling, "LIMIT_EXCEEDED"]] as const) {
      const answer = await api.ask(viewer, query);
      expect(answer.status).toBe(400);
      expect(answer.errors[0]?.extensions["code"], query.slice(0, 60)).toBe(code);
    }
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test("a nested filter and a long list are bounded", async () => {
    const list = await api.ask(viewer, "query($in: [FilterValue!]) { sessions(filter: { field: { name: \"port.dst\", in: $in } }) { nodes { id } } }", { in: Array.from({ length: 10_000 }, (_, at) => at) });
    expect(list.errors[0]?.extensions["code"]).toBe("EXPRESSION_TOO_LARGE");
    let filter: Record<string, unknown> = { field: { name: "port.dst", eq: 1 } };
    for (let depth = 0; depth < 300; depth++) filter = { not: filter };
    const far = `{"f":${'{"not":'.repeat(100_000)}{}${"}".repeat(100_000)}}`;
    const response = await fetch(`${api.server.url}/graphql`, {
      method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${viewer}` },
      body: `{"query":"query($f: SessionFilter) { sessions(filter: $f) { nodes { id } } }","variables":${far}}`,
    });
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: { code: "LIMIT_EXCEEDED", limit: 500 } }] }]);
    const literal = await api.ask(viewer, `{ sessions(filter: ${"{ not: ".repeat(900)}{}${" }".repeat(900)}) { nodes { id } } }`);
    expect(literal.errors[0]?.extensions["code"]).toBe("EXPRESSION_TOO_LARGE");
    const nested = await api.ask(viewer, "query($f: SessionFilter) { sessions(filter: $f) { nodes { id } } }", { f: filter });
    expect(nested.errors[0]?.extensions["code"]).toBe("EXPRESSION_TOO_LARGE");
  });

  test("unknown fields and wrong variables are BAD_INPUT with status 400", async () => {
    const unknown = await api.ask(viewer, "{ sessions { nope } }");
    expect([unknown.status, unknown.errors[0]?.extensions]).toEqual([400, { code: "BAD_INPUT", retryable: false }]);
    const variable = await api.ask(viewer, "query($n: Int!) { sessions(first: $n) { nodes { id } } }", { n: "x" });
    expect([variable.status, variable.errors[0]?.extensions["code"]]).toEqual([400, "BAD_INPUT"]);
  });
});

test("a fault of ours shows a reference and nothing else", async () => {
  const broken = await startApi(new MemoryStore(someRows(1)), { captureFiles: { list: () => { throw new Error("secret path /etc/shadow"); }, find: () => null } });
  const token = await broken.token({ name: "vic", role: "viewer" });
  const answer = await broken.ask(token, "{ captureFiles { files { id } } }");
  await broken.server.stop();
  expect(answer.errors[0]?.extensions["code"]).toBe("INTERNAL");
  expect(JSON.stringify(answer)).not.toContain("shadow");
});
