import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AccessRecords } from "../../../src/access/access-records.js";
import { AccessService } from "../../../src/access/access-service.js";
import { CatalogueAccessRecords } from "../../../src/access/catalogue-records.js";
import { limitChecks } from "../../../src/access/limit-checks.js";
import { MemoryAccessRecords } from "../../../src/access/memory-records.js";
import { ALL_RIGHTS, NO_RIGHTS } from "../../../src/access/rights.js";
import { ScopeOfUser } from "../../../src/access/scope.js";
import { UserAdministration } from "../../../src/access/user-administration.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const fields = packagedCatalogue();
const compile = (text: string) => compileExpression(text, fields, { nowMs: 0, timeZone: "UTC" });
const root = { name: "root", address: "192.0.2.1", method: "cookie" } as const;
let now = 1_800_000_000_000;
const clock = { nowMs: () => now };

let access: AccessService;
let users: UserAdministration;

function over(records: AccessRecords): void {
  now = 1_800_000_000_000;
  access = new AccessService(records, clock);
  users = new UserAdministration(records, access, limitChecks(fields, compile));
}

afterEach(() => { vi.restoreAllMocks(); });

describe.each(["memory", "catalogue"] as const)("over records in %s", (kind) => {
  let records: AccessRecords;

  beforeEach(() => {
    records = kind === "memory" ? new MemoryAccessRecords() : new CatalogueAccessRecords(openCatalogue(temporaryDirectory(), clock));
    over(records);
  });

  test("adds a user with rights and limits, and makes a password when none is given", async () => {
    const { user, madePassword } = await users.add({
      name: "ana", password: null, role: "analyst", rights: { disablePcapDownload: true }, forcedExpression: "protocols == dns", hiddenFields: ["host.http", "dns"], maxAgeHours: 24,
    }, root);
    expect(user).toMatchObject({ rights: { ...ALL_RIGHTS, disablePcapDownload: true }, hiddenFields: ["http.host", "dns"], maxAgeHours: 24, loginBy: "password" });
    expect((await access.login("ana", madePassword ?? "", "here")).user.name).toBe("ana");
    expect(users.get("ANA").rights).toEqual({ ...ALL_RIGHTS, disablePcapDownload: true });
    expect(records.listAudit(10).map((entry) => entry.action)).toContain("user.add");
    expect(JSON.stringify(records.listAudit(10))).not.toContain(madePassword);
    await expect(users.add({ name: "Ana", password: null, role: "viewer" }, root)).rejects.toMatchObject({ code: "BAD_INPUT" });
  });

  test("names what is wrong with a limit", async () => {
    const add = (limit: object) => users.add({ name: "ana", password: "long enough", role: "viewer", ...limit }, root);
    await expect(add({ forcedExpression: "no.such == 1" })).rejects.toMatchObject({ code: "EXPRESSION_UNKNOWN_FIELD" });
    await expect(add({ forcedExpression: `ip == ${"1".repeat(10_001)}` })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(add({ hiddenFields: ["http.hots"] })).rejects.toThrow(/no field or path "http.hots"; did you mean/);
    await expect(add({ hiddenFields: ["ip"] })).rejects.toThrow(/stands for several/);
    await expect(add({ hiddenFields: Array.from({ length: 1_001 }, () => "dns") })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    for (const maxAgeHours of [0, -1, 1.5, 1e9]) await expect(add({ maxAgeHours })).rejects.toThrow(/whole number of hours/);
    await expect(add({ name: "no name" })).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(add({ loginBy: "oidc" })).rejects.toThrow(/has no password here/);
    expect(users.find("ana")).toBeNull();
  });

  test("changes of rights reach logins and tokens that go on, and end what was begun under the old ones", async () => {
    await users.add({ name: "ana", password: "long enough", role: "analyst" }, root);
    const principal = access.principalOfToken(access.createToken("ana", "ci", 60_000, ["read", "export"]));
    if (principal === null) throw new Error("no principal");
    let ended = 0;
    const stop = access.onChange(() => (ended += access.stillHolds(principal) ? 0 : 1));
    expect(access.stillHolds(principal)).toBe(true);
    users.set("ana", { rights: { hidePcap: true }, forcedExpression: "protocols == dns" }, root);
    expect(ended).toBe(1);
    expect(access.tokens("ana").length).toBe(1);
    expect(users.get("ana")).toMatchObject({ rights: { ...ALL_RIGHTS, hidePcap: true }, forcedExpression: "protocols == dns" });
    stop();
    users.set("ana", { rights: { hidePcap: false } }, root);
    expect(ended).toBe(1);
  });

  test.each([
    ["a token that expires", () => { now += 60_000; }],
    ["a revoked token", () => users.revokeToken("ana", "ci", root)],
    ["a disabled user", () => users.setEnabled("ana", false, root)],
    ["a new password", () => users.setPassword("ana", null, root)],
    ["the same name added anew", () => access.putUser({ name: "ana", password: "long enough", role: "analyst" })],
  ])("%s holds no more", async (_, end) => {
    await users.add({ name: "ana", password: "long enough", role: "analyst" }, root);
    const principal = access.principalOfToken(users.createToken("ana", "ci", 60_000, ["read"], root));
    if (principal === null) throw new Error("no principal");
    await Promise.resolve().then(end);
    expect(access.stillHolds(principal)).toBe(false);
  });

  describe("what changes while a password is hashed", () => {
    beforeEach(() => users.add({ name: "ana", password: "long enough", role: "analyst" }, root));

    /** Does something once the user has been looked up that many times: while the hash after that look-up is computed. */
    function afterLookUps(count: number, change: () => void): void {
      const findUser = records.findUser.bind(records);
      let left = count;
      vi.spyOn(records, "findUser").mockImplementation((name) => {
        if ((left -= 1) === 0) queueMicrotask(change);
        return findUser(name);
      });
    }

    test.each([1, 2])("a user who is disabled does not come back by a change of the password (hash %i)", async (count) => {
      afterLookUps(count, () => users.setEnabled("ana", false, root));
      await expect(access.changePassword("ana", "long enough", "another one")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
      expect(users.get("ana").enabled).toBe(false);
    });

    test("limits that come meanwhile stay, by a change of the password and by an administrator's", async () => {
      afterLookUps(2, () => users.set("ana", { forcedExpression: "protocols == dns" }, root));
      await access.changePassword("ana", "long enough", "another one");
      expect(users.get("ana").forcedExpression).toBe("protocols == dns");
      vi.restoreAllMocks();
      afterLookUps(1, () => users.set("ana", { role: "viewer" }, root));
      await users.setPassword("ana", "a third one", root);
      expect(users.get("ana").role).toBe("viewer");
      vi.restoreAllMocks();
      expect((await access.login("ana", "a third one", "here")).user).toMatchObject({ role: "viewer", forcedExpression: "protocols == dns" });
    });

    test("an administrator's new password is not undone by a change with the old one", async () => {
      const { passwordHash } = users.get("ana");
      const replaced = { passwordHash: passwordHash.replace(/.$/, passwordHash.endsWith("A") ? "E" : "A") };
      afterLookUps(2, () => records.putUser({ ...users.get("ana"), ...replaced }));
      await expect(access.changePassword("ana", "long enough", "another one")).rejects.toThrow(/"ana" was disabled or given another password meanwhile/);
      expect(users.get("ana")).toMatchObject(replaced);
    });

    test.each([
      ["disabled", { enabled: false }],
      ["given another password", { passwordHash: "scrypt$32768$8$1$" }],
      ["told to log in elsewhere", { loginBy: "oidc" as const }],
    ])("a login that was begun before its user was %s starts nothing", async (_, change) => {
      afterLookUps(1, () => records.putUser({ ...users.get("ana"), ...change }));
      await expect(access.login("ana", "long enough", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
      expect(records.listAudit(1)[0]).toMatchObject({ action: "login.failed" });
    });
  });

  test("a token has its scopes and no others", async () => {
    await users.add({ name: "ana", password: "long enough", role: "administrator" }, root);
    const principal = access.principalOfToken(users.createToken("ana", "ci", 60_000, ["export", "read"], root));
    expect([...(principal?.scopes ?? [])]).toEqual(["read", "export"]);
    if (principal === null) throw new Error("no principal");
    expect(() => access.require(principal.user, "administer", principal.scopes)).toThrow(/needs a token of the scope admin; this one has read, export/);
    expect(() => access.require(principal.user, "export", principal.scopes)).not.toThrow();
    expect(() => users.createToken("ana", "none", 60_000, [], root)).toThrow(/needs a scope/);
  });

  test("disabled users cannot log in, and enabling does not bring their tokens back", async () => {
    await users.add({ name: "ana", password: "long enough", role: "analyst" }, root);
    const token = access.createToken("ana", "ci", 60_000);
    users.setEnabled("ana", false, root);
    expect(access.principalOfToken(token)).toBeNull();
    await expect(access.login("ana", "long enough", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    users.setEnabled("ana", true, root);
    expect(access.principalOfToken(token)).toBeNull();
    await access.login("ana", "long enough", "here");
  });

  test("the last administrator can neither be disabled nor demoted", async () => {
    await users.add({ name: "a", password: "long enough", role: "administrator" }, root);
    expect(() => users.setEnabled("a", false, root)).toThrow(/last administrator/);
    expect(() => users.set("A", { role: "operator" }, root)).toThrow(/last administrator/);
    await users.add({ name: "b", password: "long enough", role: "administrator" }, root);
    users.set("a", { role: "operator" }, root);
    expect(() => users.setEnabled("b", false, root)).toThrow(/last administrator/);
  });

  test("users who log in elsewhere have no password", async () => {
    const { user, madePassword } = await users.add({ name: "ana", password: null, role: "viewer", loginBy: "oidc" }, root);
    expect([user.passwordHash, madePassword]).toEqual(["", null]);
    await expect(access.login("ana", "", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    await expect(users.setPassword("ana", "long enough", root)).rejects.toThrow(/logs in by oidc/);
  });
});

test("without the right to e-mail every field of e-mails is hidden", async () => {
  over(new MemoryAccessRecords());
  const { user } = await users.add({ name: "ana", password: "long enough", role: "viewer", rights: { emailSearch: false }, hiddenFields: ["dns"] }, root);
  expect([...new ScopeOfUser(compile, clock).scopeOf(user).hiddenFields]).toEqual(["dns", "email"]);
});

test.each([["rights", "null"], ["rights", '{"hidePcap":1}'], ["rights", "["], ["hidden_fields", "{}"], ["hidden_fields", "[1]"]])(
  "a user whose %s are %s in the catalogue may not log in: what does not read back gives nothing away", async (column, stored) => {
    const catalogue = openCatalogue(temporaryDirectory(), clock);
    over(new CatalogueAccessRecords(catalogue));
    await users.add({ name: "ana", password: "long enough", role: "viewer" }, root);
    const token = access.createToken("ana", "ci", 60_000);
    const connection = new Database(catalogue.path);
    connection.prepare(`UPDATE users SET ${column} = ?`).run(stored);
    connection.close();
    expect(access.principalOfToken(token)).toBeNull();
    await expect(access.login("ana", "long enough", "here")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    if (column === "rights") expect(users.get("ana").rights).toEqual(NO_RIGHTS);
  },
);
