import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AccessRecords } from "../../../src/access/access-records.js";
import { AccessService, LOGIN_MS } from "../../../src/access/access-service.js";
import { CatalogueAccessRecords } from "../../../src/access/catalogue-records.js";
import { MemoryAccessRecords } from "../../../src/access/memory-records.js";
import { hashPassword, passwordMatches } from "../../../src/access/password.js";
import { ScopeOfUser } from "../../../src/access/scope.js";
import { ALL_RIGHTS, roleAllows } from "../../../src/access/rights.js";
import type { User } from "../../../src/access/user.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import type { CheckedExpression } from "../../../src/model/checked-expression.js";

let now = 1_800_000_000_000;
const clock = { nowMs: () => now };
let records: AccessRecords;
let access: AccessService;

function useRecords(kind: "memory" | "catalogue"): void {
  let directory: string | null = null;
  let catalogue: Catalogue | null = null;

  beforeEach(() => {
    now = 1_800_000_000_000;
    if (kind === "catalogue") {
      directory = mkdtempSync(join(tmpdir(), "lookback-access-"));
      catalogue = openCatalogue(directory, clock);
      records = new CatalogueAccessRecords(catalogue);
    } else {
      records = new MemoryAccessRecords();
    }
    access = new AccessService(records, clock);
  });

  afterEach(() => {
    catalogue?.close();
    if (directory !== null) rmSync(directory, { recursive: true });
  });
}

describe("the local owner", () => {
  useRecords("memory");

  test("comes in by the token of this process alone, as an administrator without bounds", () => {
    const token = access.admitLocalOwner();
    expect(token).toMatch(/^lbl_[\w-]{43}$/);
    expect(access.principalOfToken(token)).toMatchObject({ method: "local", user: { name: "(local)", role: "administrator", forcedExpression: "" } });
    expect(new AccessService(records, clock).principalOfToken(token)).toBeNull();
    const next = access.admitLocalOwner();
    expect([access.principalOfToken(token), access.principalOfToken(next)?.method]).toEqual([null, "local"]);
  });

  test("is no user: it can neither be made, nor log in, nor own tokens", async () => {
    await expect(access.putUser({ name: "(local)", password: "a long password", role: "viewer" })).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(access.login("(local)", "", "127.0.0.1")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    expect(() => access.createToken("(local)", "x", 1000)).toThrow("there is no user");
  });
});

describe("passwords", () => {
  test("a hash matches its password alone, and two hashes of one differ", async () => {
    const first = await hashPassword("correct horse");
    expect(first).toMatch(/^scrypt\$32768\$8\$1\$/);
    expect(await hashPassword("correct horse")).not.toBe(first);
    expect(await passwordMatches("correct horse", first)).toBe(true);
    expect(await passwordMatches("correct horsf", first)).toBe(false);
  });

  test("no user, a damaged hash and an overlong password never match", async () => {
    const stored = await hashPassword("x".repeat(256));
    expect(await passwordMatches("anything", null)).toBe(false);
    expect(await passwordMatches("anything", "scrypt$1$1")).toBe(false);
    expect(await passwordMatches("x".repeat(257), stored)).toBe(false);
  });

  test("short passwords are refused", async () => {
    await expect(hashPassword("short")).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
});

describe.each(["memory", "catalogue"] as const)("over records in %s", (kind) => {
  useRecords(kind);

  describe("first start", () => {
    test("lets nobody in before it", async () => {
      for (const password of ["", "admin", "a-password"]) await expect(access.login("admin", password, "127.0.0.1")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    });

    test("makes one administrator, once", async () => {
      const first = await access.firstStart();
      expect(first?.name).toBe("admin");
      expect(first?.password.length).toBe(24);
      expect(await access.firstStart()).toBeNull();
      expect(records.findUser("admin")?.role).toBe("administrator");
      expect(JSON.stringify(records.listUsers())).not.toContain(first?.password);
    });
  });

  describe("login", () => {
    test("gives a cookie that works until it expires or is ended, and stores only its hash", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      const login = await access.login("ana", "a-password", "127.0.0.1");
      expect(access.principalOfCookie(login.id)?.user.name).toBe("ana");
      expect(records.findLogin(login.id)).toBeNull();
      now += LOGIN_MS;
      expect(access.principalOfCookie(login.id)).toBeNull();
      const second = await access.login("ana", "a-password", "127.0.0.1");
      access.logout(second.id);
      expect(access.principalOfCookie(second.id)).toBeNull();
    });

    test("an unknown user and a wrong password give the same error", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      const errors = await Promise.all([access.login("ana", "wrong", "a").catch(String), access.login("bob", "wrong", "b").catch(String)]);
      expect(errors[0]).toBe(errors[1]);
    });

    test("a disabled user cannot log in, and its running login ends", async () => {
      const user = await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      const login = await access.login("ana", "a-password", "a");
      records.putUser({ ...user, enabled: false });
      expect(access.principalOfCookie(login.id)).toBeNull();
      await expect(access.login("ana", "a-password", "a")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
    });

    test("a new password ends logins and tokens", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      const login = await access.login("ana", "a-password", "a");
      const token = access.createToken("ana", "ci", 1_000);
      await access.putUser({ name: "Ana", password: "b-password", role: "analyst" });
      expect(access.principalOfCookie(login.id)).toBeNull();
      expect(access.principalOfToken(token)).toBeNull();
    });

    test("guessing is slowed down twofold per failure, and the right password waits too", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      for (let i = 0; i < 5; i++) await expect(access.login("ana", "wrong", `a${i}`)).rejects.toMatchObject({ code: "LOGIN_FAILED" });
      await expect(access.login("ana", "a-password", "b")).rejects.toMatchObject({ code: "RATE_LIMITED", details: { retryAfterSeconds: 1 } });
      now += 1_000;
      await expect(access.login("ana", "wrong", "c")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
      await expect(access.login("ana", "a-password", "b")).rejects.toMatchObject({ details: { retryAfterSeconds: 2 } });
      now += 2_000;
      await access.login("ana", "a-password", "b");
      await access.login("ana", "a-password", "b");
    });

    test("an address that tries many names is slowed down as well", async () => {
      for (let i = 0; i < 5; i++) await expect(access.login(`u${i}`, "wrong", "10.0.0.1")).rejects.toMatchObject({ code: "LOGIN_FAILED" });
      await expect(access.login("other", "wrong", "10.0.0.1")).rejects.toMatchObject({ code: "RATE_LIMITED" });
    });
  });

  describe("tokens", () => {
    test("work until they expire or are revoked, have unique names, and are stored hashed", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      const token = access.createToken("ana", "ci", 5_000);
      expect(access.principalOfToken(token)?.method).toBe("token");
      expect(() => access.createToken("ana", "ci", 5_000)).toThrow(/already/);
      expect(JSON.stringify(records.listTokens("ana"))).not.toContain(token);
      now += 5_000;
      expect(access.principalOfToken(token)).toBeNull();
      access.revokeToken("ana", "ci");
      expect(() => access.revokeToken("ana", "ci")).toThrow(/no token/);
    });

    test("have a bounded life", async () => {
      await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
      expect(() => access.createToken("ana", "x", Number.POSITIVE_INFINITY)).toThrow(/366 days/);
      expect(() => access.createToken("ana", "x", Number.NaN)).toThrow(/366 days/);
    });
  });

  test("users keep what they are made of, and the audit log its order", async () => {
    await access.putUser({ name: "ana", password: "a-password", role: "analyst", forcedExpression: "node == a", hiddenFields: ["user"], maxAgeHours: 3 });
    expect(records.findUser("ana")).toMatchObject({ role: "analyst", forcedExpression: "node == a", hiddenFields: ["user"], maxAgeHours: 3, enabled: true });
    expect(records.findUser("ANA")?.name).toBe("ana");
    expect(records.findUser("an")).toBeNull();
    access.audit("ana", "export.create", { export: "1" });
    access.audit("ana", "export.download", { bytes: 5, range: null });
    expect(records.listAudit(2)).toMatchObject([{ action: "export.download", details: { bytes: 5, range: null } }, { action: "export.create" }]);
  });

  test("guesses sent all at once are slowed down as well", async () => {
    await access.putUser({ name: "ana", password: "a-password", role: "analyst" });
    const codes = await Promise.all(Array.from({ length: 12 }, (_, at) => access.login(at % 2 === 0 ? "ana" : "ANA", "wrong", `a${at}`).catch((error: { code: string }) => error.code)));
    expect(codes.filter((code) => code === "LOGIN_FAILED").length).toBe(5);
    expect(codes.filter((code) => code === "RATE_LIMITED").length).toBe(7);
  });
});

describe("roles", () => {
  test("each includes those before it", () => {
    expect(roleAllows("viewer", "search")).toBe(true);
    expect(roleAllows("viewer", "export")).toBe(false);
    expect(roleAllows("analyst", "export")).toBe(true);
    expect(roleAllows("analyst", "import")).toBe(false);
    expect(roleAllows("operator", "import")).toBe(true);
    expect(roleAllows("operator", "administer")).toBe(false);
    expect(roleAllows("administrator", "administer")).toBe(true);
  });
});

describe("scope", () => {
  const user: User = {
    name: "ana", role: "viewer", rights: ALL_RIGHTS, loginBy: "password", rightsChangedMs: 0, lastLoginMs: null, passwordHash: "", enabled: true, forcedExpression: "node == a", hiddenFields: ["http.cookieValue"], maxAgeHours: 2, createdMs: 0,
  };
  const everything: CheckedExpression = { node: "everything" };

  test("carries the forced expression, hidden fields and the oldest time", () => {
    const scope = new ScopeOfUser(() => everything, clock).scopeOf(user);
    expect(scope.forcedExpression).toBe(everything);
    expect(scope.hiddenFields.has("http.cookieValue")).toBe(true);
    expect(scope.oldestMs).toBe(now - 7_200_000);
  });

  test("a forced expression that fails closes the door", () => {
    const scopes = new ScopeOfUser(() => { throw new Error("unknown field"); }, clock);
    expect(() => scopes.scopeOf(user)).toThrow(expect.objectContaining({ code: "FORBIDDEN" }));
  });
});
