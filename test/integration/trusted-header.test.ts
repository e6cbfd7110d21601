import { afterEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { AddressList } from "../../src/http/address-list.js";
import { UserAdmission } from "../../src/access/admission.js";
import { UserTemplate } from "../../src/access/user-template.js";
import { silentLogger } from "../../src/base/logger.js";
import type { TrustedHeaderSettings } from "../../src/http/trusted-header.js";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;

afterEach(() => api.server.stop());

async function start(header: Partial<TrustedHeaderSettings> = {}, proxies: readonly string[] = ["127.0.0.1"]): Promise<void> {
  api = await startApi(undefined, {
    logins: { passwords: false, oidc: null, secureCookies: "auto", message: "" },
    trusted: { proxies: new AddressList(proxies), header: { userNameHeader: "X-Forwarded-User", proxies: new AddressList(["127.0.0.1"]), required: null, ...header } },
  });
  await api.access.putUser({ name: "ana", password: null, role: "analyst", loginBy: "header" });
}

/** The same, with a template that makes users who are not known. */
async function startWithTemplate(template: string): Promise<void> {
  const late: { admission: UserAdmission | null } = { admission: null };
  api = await startApi(undefined, {
    trusted: {
      proxies: new AddressList([]), header: { userNameHeader: "X-Forwarded-User", proxies: new AddressList(["127.0.0.1"]), required: null },
      admission: { admit: (...words) => late.admission?.admit(...words) ?? null },
    },
  });
  late.admission = new UserAdmission({ template: new UserTemplate(template), users: api.users, access: api.access, logger: silentLogger });
}

async function me(headers: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`${api.server.url}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: '{"query":"{ me { name } }"}' });
  return response.status === 200 ? ((await response.json()) as { data: { me: { name: string } } }).data.me.name : response.status;
}

describe("a proxy's header", () => {
  test("says who a user is, from listed proxies alone", async () => {
    await start();
    expect(await me({ "x-forwarded-user": "ana" })).toBe("ana");
    expect(await me({ "x-forwarded-user": "ANA" })).toBe("ana");
    expect(await me({})).toBe(401);
    await api.server.stop();
    await start({ proxies: new AddressList(["10.0.0.0/8", "2001:db8::/32"]) });
    expect(await me({ "x-forwarded-user": "ana" })).toBe(401);
  });

  test("makes nobody of an unknown user, one with a password, a disabled one, and of what is no name", async () => {
    await start();
    await api.token({ name: "root", role: "administrator" });
    for (const name of ["nobody", "root", "", "ana, root", "ana root", "__proto__", "(local)", "x".repeat(5_000)]) expect(await me({ "x-forwarded-user": name }), name).toBe(401);
    api.users.setEnabled("ana", false, { name: "root", address: null, method: null });
    expect(await me({ "x-forwarded-user": "ana" })).toBe(401);
  });

  test("adds unknown users by a template, once, and nobody whom the template cannot make", async () => {
    await startWithTemplate('{"userId": "${this[\'x-forwarded-user\']}", "userName": "${this.http_auth_mail}", "enabled": true, "webEnabled": true, "headerAuthEnabled": true, "emailSearch": true, "createEnabled": false, "packetSearch": "${this.x-may-look}"}');
    const headers = { "x-forwarded-user": "new.user", "x-may-look": "false" };
    expect([await me(headers), await me(headers), await me({ "x-forwarded-user": "new.user" })]).toEqual(["new.user", "new.user", "new.user"]);
    expect(api.users.get("new.user")).toMatchObject({ role: "analyst", loginBy: "header", rights: { packetSearch: false, emailSearch: true } });
    await expect(api.access.login("new.user", "", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    const refusals: readonly Record<string, string>[] = [{ "x-forwarded-user": "other" }, { "x-forwarded-user": "other" }, { "x-forwarded-user": "other", "x-may-look": "perhaps" }, { "x-forwarded-user": "no name", "x-may-look": "true" }];
    for (const refused of refusals) expect(await me(refused)).toBe(401);
    api.users.setEnabled("new.user", false, { name: "root", address: null, method: null });
    expect(await me(headers)).toBe(401);
    expect(api.access.searchAudit({}, 20).toReversed().map(({ user, action, details }) => [user, action, details["reason"] ?? null])).toEqual([
      ["new.user", "user.add", null], ["new.user", "login.start", null], ["new.user", "login.failed", null], ["other", "login.failed", "there is no x-may-look"],
      ["other", "login.failed", "packetSearch is neither true nor false"], ["no name", "login.failed", expect.stringMatching(/is no user name/)], ["root", "user.disable", null],
    ]);
  });

  test("needs the required header beside it", async () => {
    await start({ required: { header: "X-Groups", values: ["netops", "secops"] } });
    expect(await me({ "x-forwarded-user": "ana" })).toBe(401);
    expect(await me({ "x-forwarded-user": "ana", "x-groups": "staff,netopsx" })).toBe(401);
    expect(await me({ "x-forwarded-user": "ana", "x-groups": "staff, secops" })).toBe("ana");
  });

  test("does not win over a token, and passwords are refused where only the header counts", async () => {
    await start();
    expect(await me({ "x-forwarded-user": "ana", authorization: "Bearer lb_00000000000000000000000000" })).toBe(401);
    const login = await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"user":"root","password":"a long password"}' });
    expect([login.status, await login.json()]).toMatchObject([403, { error: { code: "FORBIDDEN" } }]);
    expect((await fetch(`${api.server.url}/login`)).status).toBe(401);
  });

  test("proves nothing of the page that a browser shows: changes from other sites are refused", async () => {
    await start();
    expect(await me({ "x-forwarded-user": "ana", origin: "https://evil.example", "sec-fetch-site": "cross-site" })).toBe(403);
    const plain = await fetch(`${api.server.url}/logout`, { method: "POST", headers: { "x-forwarded-user": "ana" }, redirect: "manual" });
    expect(plain.status).toBe(403);
  });
});

describe("a catalogue that takes nothing", () => {
  async function startBroken(): Promise<{ readonly logged: string[]; mend(): void }> {
    const logged: string[] = [];
    api = await startApi(undefined, {
      logger: { ...silentLogger, error: (_fields, message) => logged.push(message) },
      trusted: { proxies: new AddressList([]), header: { userNameHeader: "X-Forwarded-User", proxies: new AddressList(["127.0.0.1"]), required: null } },
    });
    await api.access.putUser({ name: "ana", password: null, role: "analyst", loginBy: "header" });
    return { logged, mend: () => { vi.restoreAllMocks(); } };
  }
  const breakIt = (): void => { vi.spyOn(api.records, "appendAudit").mockImplementation(() => { throw new Error("database is locked"); }); };
  const open = (): WebSocket => new WebSocket(`${api.server.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", { headers: { "x-forwarded-user": "ana" } });

  afterEach(() => { vi.restoreAllMocks(); });

  test("lets no WebSocket in, and serves on", async () => {
    const { logged, mend } = await startBroken();
    breakIt();
    const refused = await new Promise<string>((resolve) => {
      const socket = open();
      socket.on("open", () => { resolve("open"); });
      socket.on("error", (error) => { resolve(error.message); });
    });
    expect([refused, logged]).toEqual([expect.stringContaining("503"), ["who asks for a WebSocket could not be looked up"]]);
    mend();
    expect(await me({ "x-forwarded-user": "ana" })).toBe("ana");
  });

  test("begins no operation of a WebSocket that is open, and tells its client", async () => {
    const { logged } = await startBroken();
    const socket = open();
    const answers: unknown[] = [];
    socket.on("message", (message: Buffer) => answers.push(JSON.parse(message.toString())));
    await new Promise((resolve) => socket.on("open", resolve));
    socket.send('{"type":"connection_init"}');
    await expect.poll(() => answers).toEqual([{ type: "connection_ack" }]);
    vi.spyOn(api.records, "findUser").mockImplementation(() => { throw new Error("database is locked"); });
    socket.send('{"type":"subscribe","id":"a","payload":{"query":"{ me { name } }"}}');
    await expect.poll(() => answers[1]).toMatchObject({ id: "a", type: "error", payload: [{ message: expect.stringMatching(/^an internal fault; the log has it/), extensions: { code: "INTERNAL" } }] });
    expect(logged).toEqual(["an operation failed"]);
    socket.terminate();
  });
});

describe("the client's address", () => {
  const addresses = (): readonly (string | null)[] => api.access.searchAudit({ action: "session.search" }, 10).map((entry) => entry.address);
  const search = (forwarded: string) => fetch(`${api.server.url}/graphql`, {
    method: "POST", headers: { "content-type": "application/json", "x-forwarded-user": "ana", "x-forwarded-for": forwarded }, body: '{"query":"{ sessions(first: 1) { nodes { id } } }"}',
  });

  test("is what trusted proxies say, the last hop that is none of them, and not what the client wrote before it", async () => {
    await start({}, ["127.0.0.1", "10.0.0.0/8"]);
    for (const forwarded of ["198.51.100.7", "203.0.113.9, 198.51.100.7, 10.1.1.1", "::ffff:198.51.100.7", "203.0.113.9, junk, 10.9.9.9", "junk"]) await search(forwarded);
    expect(addresses()).toEqual(["127.0.0.1", "10.9.9.9", "198.51.100.7", "198.51.100.7", "198.51.100.7"]);
  });

  test("is the connection's own where no proxy is trusted", async () => {
    await start({}, []);
    await search("198.51.100.7");
    expect(addresses()).toEqual(["127.0.0.1"]);
  });
});

test.each(["10.0.0.0/33", "10.0.0", "::/129", "10.0.0.0/8/8", "host.example", "10.0.0.0/x", ""])("%s is no address of a proxy", (text) => {
  api = { server: { stop: () => Promise.resolve() } } as ApiServer;
  expect(() => new AddressList([text])).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
