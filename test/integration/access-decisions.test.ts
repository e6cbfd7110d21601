import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusal, ALL_RIGHTS, ROLES, TOKEN_SCOPES, type Permission, type Rights, type Role, type TokenScope } from "../../src/access/rights.js";
import { LookbackError } from "../../src/base/errors.js";
import { ACCESS_DECISIONS } from "../../src/graphql/access-decisions.js";
import { fieldsToDecide } from "../../src/graphql/guard.js";
import { graphqlSchema } from "../../src/graphql/schema.js";
import type { RouteAccess } from "../../src/http/routes.js";
import type { Services } from "../../src/graphql/services.js";
import { startApi, type ApiServer } from "../support/api-server.js";
import { operationOf } from "../support/operations.js";

/** Arguments without which an operation would change the users that the test uses, by field. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Mutation.changePassword": { present: '"wrong password"' },
  "Session.field": { name: '"ip.src"' },
  "Session.fields": { names: '["ip.src"]' },
};

/**
 * The decision for every route: who may use it. A new route is added here, with the reason when it needs no permission:
 * `login` only where nothing of sessions can be read without a further decision.
 */
const ROUTES: Readonly<Record<string, RouteAccess>> = {
  // Monitoring asks without a login, and learns names of checks and nothing else.
  "get /healthz": "public",
  "get /livez": "public",
  "get /readyz": "public",
  "get /login": "public",
  "get /login/page.css": "public",
  "post /login": "public",
  "post /logout": "login",
  "get /": "login",
  // Each field of the schema has its decision.
  "get /graphql": "login",
  "post /graphql": "login",
  "get /graphql/stream": "login",
  "post /graphql/stream": "login",
  // Pages and scripts that are the same for everybody.
  "get /explorer": "login",
  "get /explorer/start.js": "login",
  "get /explorer/page.css": "login",
  "get /explorer/react.js": "login",
  "get /explorer/react-dom.js": "login",
  "get /explorer/graphiql.js": "login",
  "get /explorer/graphiql.css": "login",
  "get /metrics": "statistics",
  "get /api/exports/:id/download": "export",
  "get /api/exports/:id/manifest": "export",
  // Whoever verifies a manifest needs no login; the key is no secret.
  "get /api/signing-key": "public",
  "get /api/sessions.pcap": "export",
  "get /api/sessions.pcapng": "export",
  "get /api/sessions.csv": "export",
  "get /api/sessions.ndjson": "export",
  "get /api/sessions.parquet": "export",
  "post /api/sessions.pcap": "export",
  "post /api/sessions.pcapng": "export",
  "post /api/sessions.csv": "export",
  "post /api/sessions.ndjson": "export",
  "post /api/sessions.parquet": "export",
};

/** Routes that tell of the store as a whole, refused to users who see a part of it: `Route.wholeStore`. */
const OF_THE_WHOLE_STORE: readonly string[] = ["get /metrics"];

/** Codes by which an operation says that it was not let in. */
const REFUSALS: ReadonlySet<unknown> = new Set(["FORBIDDEN", "UNAUTHENTICATED"]);

const names = fieldsToDecide(graphqlSchema());
let api: ApiServer;

const imports: NonNullable<Services["imports"]> = {
  submit: () => Promise.resolve({ jobs: [], failed: [] }),
  job: () => null,
  jobs: () => [],
  events: async function* none() {},
};

beforeAll(async () => {
  api = await startApi(undefined, { imports, arrivals: { subscribe: async function* none() {} }, downloads: { publicKey: { keyId: "k", publicPem: "pem" }, openLink: () => Promise.reject(new LookbackError("NOT_FOUND", "there is no such export")) } });
});

afterAll(() => api.server.stop());

/** Codes of the errors of a field for a token; over the streaming endpoint where it is a subscription. */
async function codes(token: string, name: string): Promise<readonly unknown[]> {
  const query = operationOf(graphqlSchema(), name, GIVEN[name]);
  expect(query, `${name} is in the schema and can be reached`).not.toBeNull();
  if (!name.startsWith("Subscription.")) return (await api.ask(token, query ?? "")).errors.map((error) => error.extensions["code"]);
  const response = await fetch(`${api.server.url}/graphql/stream`, {
    method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code]) => code);
}

describe("every field of the API", () => {
  test("is refused to nobody's login", async () => {
    for (const name of names) {
      const response = await fetch(`${api.server.url}/graphql`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query: operationOf(graphqlSchema(), name) }),
      });
      expect(response.status, name).toBe(401);
    }
  });

  test.each(ROLES)("lets in a %s exactly where the decision says so", async (role) => {
    const token = await api.token({ name: `role-${role}`, role });
    await expectDecisions(token, { role, rights: ALL_RIGHTS, scopes: null });
  });

  test.each(TOKEN_SCOPES)("lets in an administrator's token of the scope %s exactly where the decision says so", async (scope) => {
    await api.token({ name: `scope-${scope}`, role: "administrator" });
    const token = api.access.createToken(`scope-${scope}`, "scoped", 60_000, [scope]);
    await expectDecisions(token, { role: "administrator", rights: ALL_RIGHTS, scopes: new Set([scope]) });
  });

  test.each([
    ["packetSearch", false], ["disablePcapDownload", true], ["hideStats", true], ["hideFiles", true], ["hidePcap", true],
  ] as const)("follows the right %s=%s", async (right, value) => {
    const rights = { ...ALL_RIGHTS, [right]: value };
    const token = await api.token({ name: `right-${right}`, role: "administrator", rights });
    await expectDecisions(token, { role: "administrator", rights, scopes: null });
  });

  test.each([["a forced expression", { forcedExpression: "protocols == dns" }], ["a time limit", { maxAgeHours: 1 }]] as const)("that tells of the whole store is refused under %s", async (_, limit) => {
    const token = await api.token({ name: `narrow-${Object.keys(limit)[0]}`, role: "administrator", ...limit });
    for (const name of names) {
      const decision = ACCESS_DECISIONS[name];
      if (decision === undefined || decision.notByToken === true) continue;
      const found = await codes(token, name);
      expect(found.some((code) => REFUSALS.has(code)), `${name}: ${found.join()}`).toBe(decision.narrowed === "refused");
    }
  });
});

test("a token of every scope makes nothing of its own that lasts longer, under any spelling of its user, and that it tried is in the audit log", async () => {
  await api.token({ name: "lasting", role: "administrator" });
  await api.token({ name: "other", role: "viewer" });
  const token = api.access.createToken("lasting", "all", 60_000, TOKEN_SCOPES);
  for (const change of [
    'createUserToken(user: "lasting", name: "more", scopes: [ADMIN]) { secret }', 'createUserToken(user: "other", name: "more") { secret }', 'createToken(name: "more") { secret }',
    'setUserPassword(name: "lasting", password: "a longer password") { asOf }', 'setUserPassword(name: "LASTING") { madePassword }', 'changePassword(present: "a long password", next: "a longer password") { asOf }',
  ]) {
    expect((await api.ask(token, `mutation { ${change} }`)).errors, change).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  }
  expect(api.access.tokens("lasting").map(({ name }) => name)).toEqual(["test", "all"]);
  await expect(api.access.login("lasting", "a long password", "192.0.2.1")).resolves.toMatchObject({ user: { name: "lasting" } });
  expect(api.access.searchAudit({ user: "lasting", action: "access" }, 10).map(({ details }) => details["field"]).filter((field) => field === "Mutation.setUserPassword")).toHaveLength(2);
  expect((await api.ask(token, 'mutation { setUserPassword(name: "other") { madePassword } }')).errors).toEqual([]);
});

describe("every route", () => {
  test("has a decision in this file's table", () => {
    expect(Object.fromEntries(api.server.routes.map((route) => [`${route.method} ${route.path}`, route.access])), "decide who may use the new route: state it in `Route.access` and in ROUTES of this file").toEqual(ROUTES);
  });

  test.each([["a forced expression", { forcedExpression: "protocols == dns" }], ["a time limit", { maxAgeHours: 1 }]] as const)("that tells of the whole store is refused under %s, and the refusal is in the audit log", async (_, limit) => {
    expect(api.server.routes.filter(({ wholeStore }) => wholeStore === true).map(({ method, path }) => `${method} ${path}`)).toEqual(OF_THE_WHOLE_STORE);
    const name = `part-${Object.keys(limit)[0]}`;
    const token = await api.token({ name, role: "administrator", ...limit });
    for (const { method, path } of api.server.routes) {
      if (path === "/graphql/stream" || path === "/logout") continue;
      const response = await fetch(`${api.server.url}${path.replace(":id", "x")}`, {
        method: method.toUpperCase(), headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, redirect: "manual", ...(method === "post" ? { body: "{}" } : {}),
      });
      expect(/"code":"FORBIDDEN"/.test(await response.text()), `${method} ${path}`).toBe(OF_THE_WHOLE_STORE.includes(`${method} ${path}`));
    }
    expect(api.access.searchAudit({ user: name, action: "access" }, 10)).toMatchObject([{ action: "access.refused", outcome: "FORBIDDEN", details: { route: "/metrics" }, method: "token" }]);
  });

  test.each([...ROLES, "disablePcapDownload", "hideStats"] as const)("lets in %s exactly where the decision says so", async (who) => {
    const isRole = (ROLES as readonly string[]).includes(who);
    const role: Role = isRole ? (who as Role) : "administrator";
    const rights = isRole ? ALL_RIGHTS : { ...ALL_RIGHTS, [who]: true };
    const token = await api.token({ name: `route-${who}`, role, rights });
    for (const { method, path, access } of api.server.routes) {
      // Streams wait for an operation; the fields' own test uses them.
      if (path === "/graphql/stream" || path === "/logout") continue;
      const response = await fetch(`${api.server.url}${path.replace(":id", "x")}`, {
        method: method.toUpperCase(), headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, redirect: "manual", ...(method === "post" ? { body: "{}" } : {}),
      });
      const body = await response.text();
      const allowed = access === "public" || access === "login" || refusal({ role, rights, scopes: null }, access) === null;
      expect(/"code":"FORBIDDEN"/.test(body), `${method} ${path} for ${who}: ${response.status}`).toBe(!allowed);
    }
  });
});

async function expectDecisions(token: string, claim: { readonly role: Role; readonly rights: Rights; readonly scopes: ReadonlySet<TokenScope> | null }): Promise<void> {
  for (const name of names) {
    const decision = ACCESS_DECISIONS[name];
    if (decision === undefined) continue;
    // A field below a root field needs what that one needs as well.
    const [root = ""] = /\b[a-z]\w*\b/.exec((operationOf(graphqlSchema(), name) ?? "").replace(/^\w+ \{ /, "")) ?? [];
    const above = name.includes("Query.") || name.includes("Mutation.") || name.includes("Subscription.") ? null : (ACCESS_DECISIONS[`Query.${root}`]?.needs ?? null);
    const needs: readonly (Permission | null)[] = [decision.needs, above];
    const allowed = decision.notByToken !== true && needs.every((need) => need === null || refusal(claim, need) === null);
    const found = await codes(token, name);
    expect(found.some((code) => REFUSALS.has(code)), `${name} for ${claim.role}: ${found.join() || "no error"}; expected ${allowed ? "to be let in" : "a refusal"}`).toBe(!allowed);
  }
}
