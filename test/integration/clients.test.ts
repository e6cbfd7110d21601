import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { CostBudgets } from "../../src/graphql/cost-budget.js";
import { startApi, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
afterEach(() => api.server.stop());

const FIELDS = "{ fields(group: \"dns\") { fields { expression path } } }";

function post(token: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${api.server.url}/graphql`, { method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers }, body: JSON.stringify(body) });
}

test("catalogue answers have a tag, and are not sent again to whoever has them", async () => {
  api = await startApi();
  const token = await api.token({ name: "ana", role: "analyst" });
  const first = await post(token, { query: FIELDS });
  const tag = first.headers.get("etag") ?? "";
  expect([first.status, tag, first.headers.get("cache-control")]).toEqual([200, expect.stringMatching(/^W\/"[\w-]{32}"$/), "private, no-cache"]);
  const again = await post(token, { query: FIELDS }, { "if-none-match": `"other", ${tag}` });
  expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", tag]);
  const byGet = await fetch(`${api.server.url}/graphql?query=${encodeURIComponent(FIELDS)}`, { headers: { authorization: `Bearer ${token}`, "if-none-match": tag, "apollo-require-preflight": "1" } });
  expect(byGet.status).toBe(304);
  expect((await post(token, { query: "{ fields(group: \"http\") { fields { path } } }" }, { "if-none-match": tag })).status).toBe(200);
});

test("the tag is another for who may see other fields; other answers have none", async () => {
  api = await startApi();
  const [ana, hal] = [await api.token({ name: "ana", role: "analyst" }), await api.token({ name: "hal", role: "analyst", hiddenFields: ["dns.host"] })];
  const tags = await Promise.all([ana, hal].map(async (token) => (await post(token, { query: FIELDS })).headers.get("etag")));
  expect(new Set(tags).size).toBe(2);
  expect((await post(hal, { query: FIELDS }, { "if-none-match": tags[0] ?? "" })).status).toBe(200);
  for (const query of ["{ sessions(first: 1) { nodes { id } } }", "{ limits { asOf } me { name } }", "{ ...A } fragment A on Query { limits { asOf } me { name } }", "{ fields(group: 1) { asOf } }"]) {
    const answer = await post(ana, { query });
    expect([answer.headers.get("etag"), answer.headers.get("cache-control")], query).toEqual([null, "no-store"]);
  }
  const introspection = await post(ana, { query: "{ __schema { types { name } } ...B } fragment B on Query { limits { limits { name } } }" });
  expect(introspection.headers.get("etag")).not.toBeNull();
  expect((await post("lb_wrongwrongwrongwrongwrongwrong", { query: FIELDS }, { "if-none-match": tags[0] ?? "" })).status).toBe(401);
});

test("a query is known by its hash once it was sent", async () => {
  api = await startApi();
  const token = await api.token({ name: "ana", role: "analyst" });
  const query = "{ me { name } }";
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } };
  expect(await (await post(token, { extensions })).json()).toMatchObject({ errors: [{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND", retryable: true } }] });
  expect(await (await post(token, { query, extensions })).json()).toMatchObject({ data: { me: { name: "ana" } } });
  expect(await (await post(token, { extensions })).json()).toMatchObject({ data: { me: { name: "ana" } } });
  // Who has no login gets nothing by a hash either, and a text under a false hash is refused.
  expect((await post("lb_wrongwrongwrongwrongwrongwrong", { extensions })).status).toBe(401);
  const forged = await post(token, { query: "{ me { role } }", extensions });
  expect([forged.status, await forged.json()]).toMatchObject([400, { errors: [{ extensions: { code: "BAD_INPUT" } }] }]);
});

test("each token has a budget, which the answer names; beyond it an operation is refused with the wait", async () => {
  const clock = { now: TEST_NOW_MS };
  api = await startApi(undefined, { budgets: new CostBudgets({ nowMs: () => clock.now }, () => 300) });
  const [ana, bob] = [await api.token({ name: "ana", role: "analyst" }), await api.token({ name: "bob", role: "analyst" })];
  const query = "{ aggregate { count } }";
  const first = await api.ask(ana, query);
  const cost = Number(first.extensions["cost"]);
  expect(cost).toBeGreaterThan(0);
  expect(first.extensions["budget"]).toEqual({ limit: 300, remaining: 300 - cost, resetSeconds: Math.ceil(cost / 5) });
  let refused = await post(ana, { query });
  for (let times = 0; times < 400 && refused.status === 200; times += 1) refused = await post(ana, { query });
  expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "RATE_LIMITED", retryable: true, limit: 300, details: { cost } } }] });
  expect((await api.ask(bob, query)).errors).toEqual([]);
  clock.now += 60_000;
  expect((await api.ask(ana, query)).errors).toEqual([]);
});
