import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccessService } from "../../src/access/access-service.js";
import { MemoryAccessRecords } from "../../src/access/memory-records.js";
import { OidcLogin, type OidcSettings } from "../../src/access/oidc-login.js";
import { UserAdministration } from "../../src/access/user-administration.js";
import { UserAdmission } from "../../src/access/admission.js";
import { UserTemplate } from "../../src/access/user-template.js";
import { checkLogins, loginParts } from "../../src/app/logins.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadConfig } from "../../src/config/config.js";
import { startApi, type ApiServer } from "../support/api-server.js";
import { Browser, CLIENT, startProvider, type OpenIdProvider } from "../support/openid-provider.js";

const HERE = "lookback.test";
const BACK = `http://${HERE}/auth/login/callback`;
let provider: OpenIdProvider;
let api: ApiServer;

async function start(more: Partial<OidcSettings> = {}, passwords = false): Promise<Browser> {
  const settings: OidcSettings = {
    discoverUrl: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, redirectUris: [BACK], scope: "openid", userField: "preferred_username",
    roleField: null, roles: new Map(), createUsers: false, admission: null, signature: null, fetch: null, ...more,
  };
  // Records and access come with the server that the login is a part of.
  const parts: { oidc: OidcLogin | null } = { oidc: null };
  const late = new Proxy({} as OidcLogin, { get: (_target, name) => {
    const login = parts.oidc;
    const value: unknown = login === null ? undefined : Reflect.get(login, name);
    return typeof value === "function" ? value.bind(login) : value;
  } });
  api = await startApi(undefined, { logins: { passwords, oidc: late, secureCookies: "auto", message: "For staff <b>only</b>." } });
  parts.oidc = new OidcLogin({ settings, users: api.users, access: api.access, clock: { nowMs: () => api.clock.now }, logger: silentLogger });
  return new Browser(new Map([[HERE, api.server.url]]));
}

/** Goes through the provider as `name`; what the service answers in the end. */
async function logIn(browser: Browser, name: string, next = "/explorer"): ReturnType<Browser["ask"]> {
  const begun = await browser.ask(`http://${HERE}/auth/login?next=${encodeURIComponent(next)}`);
  expect(begun.status).toBe(303);
  return browser.ask(await browser.logInAt(begun.location ?? "", name, BACK));
}

async function me(browser: Browser): Promise<unknown> {
  const cookie = browser.jar(HERE).get("lookback_login");
  const response = await fetch(`${api.server.url}/graphql`, { method: "POST", headers: { "content-type": "application/json", cookie: `lookback_login=${cookie ?? ""}` }, body: '{"query":"{ me { name role } }"}' });
  return response.status === 200 ? ((await response.json()) as { data: { me: unknown } }).data.me : response.status;
}

describe("a login at an OpenID provider", () => {
  beforeEach(async () => {
    // The provider tells at length that it is set up for a test.
    for (const method of ["warn", "info"] as const) vi.spyOn(console, method).mockReturnValue();
    provider = await startProvider(BACK);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await api.server.stop();
    await provider.stop();
  });

  test("logs a known user in, and leads on by a page of ours", async () => {
    const browser = await start();
    await api.access.putUser({ name: "ana", password: null, role: "analyst", loginBy: "oidc" });
    provider.claims.set("subject-1", { preferred_username: "ana" });
    const done = await logIn(browser, "subject-1");
    expect(done.status).toBe(200);
    expect(done.text).toContain('<meta http-equiv="refresh" content="0; url=/explorer">');
    expect(done.headers.getSetCookie().find((cookie) => cookie.startsWith("lookback_login="))).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(await me(browser)).toEqual({ name: "ana", role: "ANALYST" });
    expect(api.access.searchAudit({ action: "login" }, 10)).toMatchObject([{ user: "ana", action: "login.start", address: "127.0.0.1", details: { by: "oidc" } }]);
  });

  test("refuses whoever is not known, disabled, or has a password here, and says so in the audit log", async () => {
    const browser = await start();
    await api.token({ name: "root", role: "administrator" });
    await api.access.putUser({ name: "off", password: null, role: "viewer", loginBy: "oidc" });
    api.users.setEnabled("off", false, { name: "root", address: null, method: null });
    for (const name of ["nobody", "root", "off", "", "a b"]) {
      provider.claims.set(`subject of ${name}`, { preferred_username: name });
      const fresh = new Browser(new Map([[HERE, api.server.url]]));
      const done = await logIn(fresh, `subject of ${name}`);
      expect([done.status, done.headers.getSetCookie().some((cookie) => cookie.startsWith("lookback_login="))], name).toEqual([401, false]);
      expect(done.text).toContain("you may not log in here");
    }
    expect(api.access.searchAudit({ action: "login.failed" }, 10).map((entry) => entry.details["reason"])).toEqual([
      "there is no such user", "no claim preferred_username", "the user is disabled", "the user logs in by password", "there is no such user",
    ]);
    expect(await me(browser)).toBe(401);
  });

  test("adds users with the highest role of their groups, follows later changes, and refuses those without one", async () => {
    await start({ createUsers: true, roleField: "groups", roles: new Map([["staff", "viewer"], ["secops", "operator"], ["boss", "administrator"]]) });
    const visit = async (groups: unknown) => {
      provider.claims.set("s", { preferred_username: "zoe", groups });
      const browser = new Browser(new Map([[HERE, api.server.url]]));
      await logIn(browser, "s");
      return me(browser);
    };
    expect(await visit(["other"])).toBe(401);
    expect(api.records.findUser("zoe")).toBeNull();
    expect(await visit(["staff", "secops", "other"])).toEqual({ name: "zoe", role: "OPERATOR" });
    expect(await visit("staff")).toEqual({ name: "zoe", role: "VIEWER" });
    expect(await visit([])).toBe(401);
    expect(await visit({ boss: true })).toBe(401);
    expect(api.records.findUser("zoe")?.role).toBe("viewer");
    await expect(api.access.login("zoe", "", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    expect(api.access.searchAudit({ action: "user" }, 10)).toMatchObject([
      { user: "zoe", action: "user.change", address: "127.0.0.1", details: { of: "zoe", role: "viewer", loginBy: "oidc" } },
      { user: "zoe", action: "user.add", address: "127.0.0.1", details: { of: "zoe", role: "operator", loginBy: "oidc" } },
    ]);
  });

  test("does not take the role of the last administrator, who does not come in with it either", async () => {
    await start({ roleField: "groups", roles: new Map([["staff", "viewer"], ["boss", "administrator"]]) });
    await api.access.putUser({ name: "ada", password: null, role: "administrator", loginBy: "oidc" });
    const visit = async (groups: readonly string[]) => {
      provider.claims.set("s", { preferred_username: "ada", groups });
      const browser = new Browser(new Map([[HERE, api.server.url]]));
      await logIn(browser, "s");
      return me(browser);
    };
    expect(await visit(["boss"])).toEqual({ name: "ada", role: "ADMINISTRATOR" });
    expect(await visit(["staff"])).toBe(401);
    expect(api.records.findUser("ada")?.role).toBe("administrator");
    expect(api.access.searchAudit({ action: "login.failed" }, 1)).toMatchObject([{ user: "ada", details: { reason: 'the provider makes this user viewer; "ada" is the last administrator who may log in; make another one first' } }]);
    await api.token({ name: "root", role: "administrator" });
    expect(await visit(["staff"])).toEqual({ name: "ada", role: "VIEWER" });
  });

  test("makes unknown users by the template, from their claims", async () => {
    const late: { admission: UserAdmission | null } = { admission: null };
    await start({ admission: { admit: (...words) => late.admission?.admit(...words) ?? null }, roleField: "groups", roles: new Map([["staff", "operator"]]) });
    const template = new UserTemplate('{"userId": "${this.preferred_username}", "expression": "tags == \\"${this.team}\\"", "emailSearch": false, "timeLimit": 72, "roles": ["arkimeUser"]}');
    late.admission = new UserAdmission({ template, users: api.users, access: api.access, logger: silentLogger });
    const visit = async (name: string, claims: Record<string, unknown>) => {
      provider.claims.set(name, { preferred_username: name, groups: ["staff"], ...claims });
      const browser = new Browser(new Map([[HERE, api.server.url]]));
      await logIn(browser, name);
      return me(browser);
    };
    expect(await visit("zoe", { team: "red" })).toEqual({ name: "zoe", role: "OPERATOR" });
    expect(api.records.findUser("zoe")).toMatchObject({ loginBy: "oidc", passwordHash: "", forcedExpression: 'tags == "red"', maxAgeHours: 72, rights: { emailSearch: false, packetSearch: true } });
    expect(await visit("eve", { team: 'red" || protocols == "' })).toBe(401);
    expect(await visit("bob", {})).toBe(401);
    expect([api.records.findUser("eve"), api.records.findUser("bob")]).toEqual([null, null]);
    expect(api.access.searchAudit({}, 10).map(({ user, action, details }) => [user, action, details["reason"]])).toEqual(expect.arrayContaining([
      ["zoe", "user.add", undefined], ["eve", "login.failed", "team has signs that may not become a part of a search expression"], ["bob", "login.failed", "there is no team"],
    ]));
  });

  test("asks the provider by the fetch that it is given", async () => {
    const asked: string[] = [];
    const browser = await start({ createUsers: true, fetch: (url, { body, ...request }) => {
      asked.push(new URL(url).pathname);
      return fetch(url, { ...request, body: body instanceof URLSearchParams ? body : null });
    } });
    provider.claims.set("s", { preferred_username: "ana" });
    expect((await logIn(browser, "s")).status).toBe(200);
    expect(asked).toEqual(expect.arrayContaining(["/.well-known/openid-configuration", "/token"]));
  });

  test("belongs to the browser that began it, counts once, and ends after ten minutes", async () => {
    const browser = await start({ createUsers: true });
    provider.claims.set("s", { preferred_username: "ana" });
    const begin = async () => browser.logInAt((await browser.ask(`http://${HERE}/auth/login`)).location ?? "", "s", BACK);
    const stolen = await begin();
    const thief = new Browser(new Map([[HERE, api.server.url]]));
    expect((await thief.ask(stolen)).status).toBe(401);
    expect((await browser.ask(stolen)).status).toBe(200);
    expect((await browser.ask(stolen)).status).toBe(401);
    const late = await begin();
    api.clock.now += 10 * 60_000;
    expect((await browser.ask(late)).status).toBe(401);
    const altered = new URL(await begin());
    altered.searchParams.set("code", "altered");
    expect((await browser.ask(altered.href)).status).toBe(401);
    for (const query of ["", "?code=x", "?state=x&code=y", "?error=access_denied&state=x"]) expect((await browser.ask(`${BACK}${query}`)).status, query).toBe(401);
  });

  test("adds two routes, both for everybody", async () => {
    await start();
    expect(api.server.routes.filter(({ path }) => path.startsWith("/auth")).map(({ method, path, access }) => `${method} ${path} ${access}`)).toEqual(["get /auth/login public", "get /auth/login/callback public"]);
  });

  test("leads nowhere foreign", async () => {
    const browser = await start({ createUsers: true });
    provider.claims.set("s", { preferred_username: "ana" });
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", '/"><script>alert(1)</script>', "/a\r\nSet-Cookie: x=y"]) {
      expect((await logIn(browser, "s", next)).text).toContain("url=/\">");
    }
  });

  test("stands beside the password form or takes its place", async () => {
    let browser = await start({}, true);
    const form = await browser.ask(`http://${HERE}/login?next=/explorer`);
    expect(form.text).toContain('href="/auth/login?next=%2Fexplorer"');
    expect(form.text).toContain("For staff &lt;b&gt;only&lt;/b&gt;.");
    await api.server.stop();
    browser = await start({}, false);
    expect(await browser.ask(`http://${HERE}/login?next=/explorer`)).toMatchObject({ status: 303, location: `http://${HERE}/auth/login?next=%2Fexplorer` });
    expect((await browser.ask(`http://${HERE}/login`, { user: "root", password: "a long password" })).status).toBe(403);
  });

  test("says when the provider does not answer, and works once it does", async () => {
    const browser = await start({ discoverUrl: "http://127.0.0.1:1" });
    const failed = await browser.ask(`http://${HERE}/auth/login`);
    expect(failed.text).toContain("The OpenID provider does not answer".replace("The", "the"));
    expect(failed.status).toBe(501);
  });
});

test.each([
  [{ authMode: "oidc" }, /authDiscoverURL: is needed/],
  [{ authMode: "oidc", authDiscoverURL: "http://sso.example" }, /authDiscoverURL: allowed: an https URL/],
  [{ authMode: "oidc", authDiscoverURL: "https://sso.example", authClientId: "a", authClientSecret: "b" }, /authRedirectURIs: is needed/],
  [{ authMode: "oidc", authDiscoverURL: "https://sso.example", authClientId: "a", authClientSecret: "b", authRedirectURIs: "https://x.example/other" }, /URLs of the path \/auth\/login\/callback/],
  [{ authMode: "oidc", authDiscoverURL: "https://sso.example", authClientId: "a", authClientSecret: "b", authRedirectURIs: "https://x.example/auth/login/callback", authRoles: "staff=king" }, /authRoles: staff=king/],
  [{ authMode: "oidc", authDiscoverURL: "https://sso.example", authClientId: "a", authClientSecret: "b", authRedirectURIs: "https://x.example/auth/login/callback", authRoleField: "groups" }, /nobody could log in/],
  [{ authMode: "header" }, /userNameHeader: is needed/],
  [{ authMode: "header", userNameHeader: "x-user", userAuthIps: "proxy.example" }, /userAuthIps: .*is no address or network/],
  [{ authMode: "header", userNameHeader: "x-user", requiredAuthHeader: "x-groups" }, /requiredAuthHeaderVal: is needed/],
  [{ certFile: "a.pem" }, /keyFile: is needed as well/],
  [{ userAutoCreateTmpl: "{ userId: 1 }" }, /userAutoCreateTmpl: is no JSON object/],
  [{ userAutoCreateTmpl: '{"userId": "${this.name.constructor(1)}"}' }, /userAutoCreateTmpl: userId: allowed in a text/],
  [{ logoutUrl: "javascript:alert(1)" }, /logoutUrl: .*allowed: an http or https URL/],
])("the configuration %j is refused with the key and the way out", (overrides, message) => {
  const records = new MemoryAccessRecords();
  const clock = { nowMs: () => 0 };
  const config = loadConfig({ file: null, node: "test", environment: {}, workingDirectory: "/tmp", overrides });
  const access = new AccessService(records, clock);
  const users = new UserAdministration(records, access, { expression: () => {}, fieldPath: (name) => name });
  const refused = expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });
  expect(() => loginParts(config, { access, users, clock, logger: silentLogger })).toThrow(refused);
  // `lookback config check` says the same before anything is started.
  expect(() => { checkLogins(config); }).toThrow(refused);
});
