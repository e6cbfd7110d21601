import { afterEach, beforeEach, expect, test } from "vitest";
import type { Services } from "../../src/graphql/services.js";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.stop());

const ENTRIES = "entries { user action address method outcome durationMs details }";

test("searches, reads, refusals and logins are in the log with query, who, from where, counts and outcome", async () => {
  const root = await api.token({ name: "root", role: "administrator" });
  const ana = await api.token({ name: "ana", role: "viewer" });
  await api.ask(ana, 'query { mine: sessions(expression: "protocols == dns", first: 5) { nodes { id } totalCount { value } } }');
  await api.ask(ana, '{ sessions(expression: "no.such == 1") { nodes { id } } }');
  await api.ask(ana, '{ session(id: "00000000-0000-4000-8000-000000000024") { session { id packets { total } } } }');
  await api.ask(ana, '{ aggregate(expression: "protocols == http") { count terms(field: "ip.src", size: 3) { otherValue } stats(field: "bytes") { sum } } connections(first: 7) { truncated } }');
  await api.ask(ana, "{ users { users { name } } }");
  await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "ana", password: "wrong password" }) });
  const answer = await api.ask(root, `{ auditLog(user: "ana") { next ${ENTRIES} } }`);
  expect(answer.errors).toEqual([]);
  const entries = answer.data["auditLog"].entries.filter((entry: { action: string }) => !entry.action.startsWith("token."));
  expect(entries).toMatchObject([
    { action: "login.failed", method: null, outcome: "LOGIN_FAILED" },
    { action: "access.refused", outcome: "FORBIDDEN", details: { field: "Query.users" } },
    { action: "session.connections", outcome: "ok", details: { sourceField: "ip.src", destinationField: "ip.dst", first: 7, items: 5 } },
    { action: "session.aggregate", outcome: "ok", details: { expression: "protocols == http", asked: "terms(size=3, metric=sessions, field=ip.src) stats(field=bytes)", sessions: 13 } },
    { action: "packets.list", outcome: "ok", details: { session: "00000000-0000-4000-8000-000000000024", items: 2, total: 2 } },
    { action: "session.read", outcome: "ok", details: { id: "00000000-0000-4000-8000-000000000024" } },
    { action: "session.search", outcome: "EXPRESSION_UNKNOWN_FIELD", details: { expression: "no.such == 1" } },
    { action: "session.search", outcome: "ok", durationMs: 0, details: { expression: "protocols == dns", first: 5, items: 5, total: 12 } },
  ]);
  for (const entry of entries) expect(entry).toMatchObject({ user: "ana", address: expect.stringMatching(/127\.0\.0\.1$/), method: entry.action === "login.failed" ? null : "token" });
  expect((await api.ask(root, '{ auditLog(action: "session", contains: "PROTOCOLS == DNS") { entries { details } } }')).data["auditLog"].entries).toMatchObject([{ details: { total: 12 } }]);
});

test("the log is read a page at a time by administrators, and reading it is in it", async () => {
  const root = await api.token({ name: "root", role: "administrator" });
  for (let n = 0; n < 5; n++) await api.ask(root, `{ sessions(first: 1, expression: "port == ${n}") { nodes { id } } }`);
  const actions: string[] = [];
  let before: string | null = null;
  do {
    const { data } = await api.ask(root, `query ($before: ID) { auditLog(action: "session", first: 2, before: $before) { next entries { action details } } }`, { before });
    actions.push(...data["auditLog"].entries.map((entry: { details: { expression: string } }) => entry.details.expression));
    before = data["auditLog"].next;
  } while (before !== null);
  expect(actions).toEqual([4, 3, 2, 1, 0].map((n) => `port == ${n}`));
  expect((await api.ask(root, '{ auditLog(action: "audit.read") { entries { action } } }')).data["auditLog"].entries.length).toBe(3);
  const code = async (query: string) => (await api.ask(root, `{ ${query} { next } }`)).errors[0]?.extensions["code"];
  expect(await code("auditLog(first: 1001)")).toBe("LIMIT_EXCEEDED");
  expect(await code('auditLog(before: "x")')).toBe("BAD_INPUT");
  expect(await code('auditLog(timeRange: { start: "2026-11-24T00:00:00Z", end: "2026-11-23T00:00:00Z" })')).toBe("TIME_RANGE_INVALID");
});

test("no secret of users or tokens is in it", async () => {
  const root = await api.token({ name: "root", role: "administrator" });
  const made = await api.ask(root, 'mutation { createUser(name: "zoe", password: "the secret of zoe", user: { role: ANALYST }) { user { name } } setUserPassword(name: "zoe") { madePassword } }');
  expect(made.errors).toEqual([]);
  const secret = api.users.createToken("zoe", "ci", 60_000, ["read"], { name: "root", address: null, method: null });
  const log = JSON.stringify(api.access.searchAudit({}, 1_000));
  for (const one of ["the secret of zoe", secret, made.data["setUserPassword"].madePassword]) expect(log).not.toContain(one);
  expect(api.access.searchAudit({ user: "root", action: "user" }, 10).map((entry) => entry.action)).toEqual(["user.password", "user.add"]);
  expect(api.access.searchAudit({ user: "root", action: "token.create", contains: "zoe" }, 10)).toMatchObject([{ details: { of: "zoe", name: "ci", scopes: "read" } }]);
});

const FIRST = "00000000-0000-4000-8000-000000000001";
const RANGE = '{ start: "2026-11-24T00:00:00Z", end: "2026-11-24T11:50:00Z" }';
const RANGE_MS = JSON.stringify({ start: Date.UTC(2026, 10, 24), end: Date.UTC(2026, 10, 24, 11, 50), bounding: "last" });

test("changes of tags and holds are in it with the sessions that were meant, however they were named", async () => {
  await api.server.stop();
  const holds: NonNullable<Services["holds"]> = {
    create: ({ description, reason, untilMs, user }) => Promise.resolve({ id: 1, subject: "session", subjectId: description, reason, createdBy: user, createdAtMs: 0, untilMs, releasedAtMs: null, sessions: 1, packets: 1, bytes: 1 }),
    release: () => null,
    list: () => [],
  };
  api = await startApi(undefined, { holds });
  const token = await api.token({ name: "root", role: "administrator" });
  const search = `filter: { field: { name: "protocols", eq: "dns" } }, timeRange: ${RANGE}`;
  const both = `expression: "port.dst == 53", ${search}`;
  for (const change of [
    `addTags(tags: ["a"], ${both}) { matched }`, `removeTags(tags: ["a"], ids: ["${FIRST}"]) { matched }`,
    `holdSessions(reason: "case 7", ${search}) { description }`, `holdSessions(reason: "case 8", ids: ["${FIRST}"]) { description }`,
  ]) {
    expect((await api.ask(token, `mutation { ${change} }`)).errors, change).toEqual([]);
  }
  expect(api.access.searchAudit({ user: "root" }, 4).toReversed().map(({ action, details }) => ({ action, ...details }))).toMatchObject([
    { action: "tags.add", tags: "a", query: "(port.dst == 53) && (protocols == dns)", timeRange: RANGE_MS, matched: expect.any(Number) },
    { action: "tags.remove", query: "1 session by id", ids: FIRST, matched: 1 },
    { action: "hold.create", hold: 1, reason: "case 7", query: "protocols == dns", timeRange: RANGE_MS },
    { action: "hold.create", hold: 1, reason: "case 8", query: "1 session by id", ids: FIRST },
  ]);
});

test("estimates of exports and forecasts are in it with what was asked and how they went", async () => {
  const token = await api.token({ name: "root", role: "administrator" });
  await api.ask(token, `{ exportEstimate(expression: "host.http == *.example", timeRange: ${RANGE}) { sessions } }`);
  await api.ask(token, '{ retentionForecast(whatIf: [{ expression: "ip.src == 10.0.0.1", firstPackets: 5 }]) { asOf } }');
  expect(api.access.searchAudit({ user: "root" }, 2)).toMatchObject([
    { action: "retention.forecast", outcome: "UNAVAILABLE", details: { whatIf: expect.stringContaining("ip.src == 10.0.0.1") } },
    { action: "export.estimate", outcome: "UNAVAILABLE", details: { expression: "host.http == *.example", timeRange: RANGE_MS } },
  ]);
});
