import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AccessRecords } from "../../../src/access/access-records.js";
import { AuditLog } from "../../../src/access/audit-log.js";
import { CatalogueAccessRecords } from "../../../src/access/catalogue-records.js";
import { MemoryAccessRecords } from "../../../src/access/memory-records.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const clock = { now: 1_800_000_000_000, nowMs: () => clock.now };

beforeEach(() => {
  clock.now = 1_800_000_000_000;
});

describe.each(["memory", "catalogue"] as const)("over records in %s", (kind) => {
  let records: AccessRecords;
  let log: AuditLog;

  beforeEach(() => {
    vi.useFakeTimers();
    records = kind === "memory" ? new MemoryAccessRecords() : new CatalogueAccessRecords(openCatalogue(temporaryDirectory(), clock));
    log = new AuditLog(records, clock);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("an appended entry is there at once, with what was noted before it, in order", () => {
    log.note({ user: "ana", action: "session.search", address: "192.0.2.1", method: "token", durationMs: 7, details: { expression: "ip == 1.2.3.4", items: 3 } });
    expect(records.listAudit(10)).toEqual([]);
    log.append({ user: "ana", action: "export.create" });
    expect(records.listAudit(10).map((entry) => entry.action)).toEqual(["export.create", "session.search"]);
    expect(records.listAudit(10)[1]).toEqual({
      id: 1, atMs: clock.now, user: "ana", action: "session.search", address: "192.0.2.1", method: "token", outcome: "ok", durationMs: 7, details: { expression: "ip == 1.2.3.4", items: 3 },
    });
  });

  test("a noted entry is there within a second, or when 500 wait", () => {
    log.note({ user: "ana", action: "a" });
    vi.advanceTimersByTime(1_000);
    expect(records.listAudit(1_000).length).toBe(1);
    for (let n = 0; n < 500; n++) log.note({ user: "ana", action: "b" });
    expect(records.listAudit(1_000).length).toBe(501);
  });

  test("long texts are cut", () => {
    log.append({ user: "ana", action: "a", details: { expression: "x".repeat(5_000) } });
    expect(String(records.listAudit(1)[0]?.details["expression"]).length).toBe(1_001);
  });

  test("entries are found by every part, newest first, a page at a time", () => {
    for (const [at, action] of ["login.start", "export.create", "export.download", "exporter", "login.failed"].entries()) {
      clock.now += 1_000;
      log.append({ user: at % 2 === 0 ? "Ana" : "bob", action, address: `192.0.2.${at}`, outcome: action === "login.failed" ? "LOGIN_FAILED" : "ok", details: { expression: `host == Name${at}.example 100%_'` } });
    }
    const actions = (filter: Parameters<AccessRecords["searchAudit"]>[0], limit = 10) => records.searchAudit(filter, limit).map((entry) => entry.action);
    expect(actions({ user: "ana" })).toEqual(["login.failed", "export.download", "login.start"]);
    expect(actions({ action: "export" })).toEqual(["export.download", "export.create"]);
    expect(actions({ action: "login.start" })).toEqual(["login.start"]);
    expect(actions({ outcome: "LOGIN_FAILED" })).toEqual(["login.failed"]);
    expect(actions({ address: "192.0.2.1" })).toEqual(["export.create"]);
    expect(actions({ contains: "name2.EXAMPLE 100%_'" })).toEqual(["export.download"]);
    expect(actions({ contains: "%" }).length).toBe(5);
    expect(actions({ fromMs: clock.now - 1_000, untilMs: clock.now })).toEqual(["exporter"]);
    const [first] = records.searchAudit({}, 1);
    expect(actions({ before: first?.id ?? 0 }, 2)).toEqual(["exporter", "export.download"]);
  });
});

test("while the catalogue cannot be written reads go on and their entries wait, changes are refused, and what was given up is said", () => {
  vi.useFakeTimers();
  const records = new MemoryAccessRecords();
  const write = vi.spyOn(records, "appendAudit").mockImplementation(() => { throw new Error("disk full"); });
  const faults: unknown[] = [];
  const log = new AuditLog(records, clock, (error) => faults.push(error));
  for (let n = 0; n < 10_010; n++) log.note({ user: "ana", action: "session.search", details: { n } });
  expect(faults.length).toBe(1);
  expect(() => { log.append({ user: "ana", action: "export.create" }); }).toThrow("disk full");
  vi.advanceTimersByTime(10_000);
  log.note({ user: "ana", action: "session.search", details: { n: 10_010 } });
  vi.advanceTimersByTime(10_000);
  expect(faults.length).toBeGreaterThan(1);
  write.mockRestore();
  vi.advanceTimersByTime(10_000);
  const entries = records.listAudit(20_000);
  expect(entries.length).toBe(10_000);
  expect(entries.filter((entry) => entry.action === "audit.lost").map((entry) => entry.details["entries"]).every((count) => Number(count) > 0)).toBe(true);
  expect(entries.some((entry) => entry.action === "audit.lost")).toBe(true);
  vi.useRealTimers();
});

describe("the table", () => {
  let catalogue: Catalogue;
  const raw = (sql: string): void => {
    const connection = new Database(catalogue.path);
    try {
      connection.exec(sql);
    } finally {
      connection.close();
    }
  };

  beforeEach(() => {
    catalogue = openCatalogue(temporaryDirectory(), clock);
    for (let day = 0; day < 3; day++) {
      catalogue.audit.add("ana", `day.${day}`);
      clock.now += 86_400_000;
    }
  });

  test.each([
    ["changed", "UPDATE audit SET user = 'eve'"],
    ["deleted", "DELETE FROM audit WHERE id = 1"],
    ["replaced", "INSERT OR REPLACE INTO audit (id, at, user, action, details) VALUES (1, 1, 'eve', 'x', '{}')"],
    ["deleted after the date of expiry is taken away", "DELETE FROM audit_expiry"],
    ["deleted after the date of expiry falls", "UPDATE audit_expiry SET before_ms = -1"],
  ])("lets no entry be %s, whoever asks", (_, sql) => {
    expect(() => { raw(sql); }).toThrow(/audit log|date of expiry/);
    expect(catalogue.audit.list().map((entry) => [entry.id, entry.user])).toEqual([[3, "ana"], [2, "ana"], [1, "ana"]]);
  });

  test("lets entries go by expiry alone, which says so itself", () => {
    expect(catalogue.audit.expire(clock.now - 86_400_000 - 1)).toBe(2);
    expect(catalogue.audit.list().map((entry) => entry.action)).toEqual(["audit.expire", "day.2"]);
    expect(catalogue.audit.expire(1)).toBe(0);
    expect(() => { raw("DELETE FROM audit WHERE id = 3"); }).toThrow(/expiry alone/);
    expect(catalogue.audit.list()[0]).toMatchObject({ user: "service", details: { entries: 2 } });
  });
});
