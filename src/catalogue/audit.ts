import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

/** Something that somebody did, as it is added. */
export interface NewAuditEntry {
  readonly atMs: number;
  readonly user: string;
  readonly action: string;
  /** Where from; null when nobody came from anywhere (the service itself). */
  readonly address: string | null;
  /** By what credential: cookie, token, header, local. */
  readonly method: string | null;
  /** `ok` or the code of the error. */
  readonly outcome: string;
  readonly durationMs: number | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Something that somebody did. */
export interface AuditEntry extends NewAuditEntry {
  readonly id: number;
}

/** Which entries are wanted; what is left out or null does not narrow. */
export interface AuditFilter {
  /** In any letter case. */
  readonly user?: string | null;
  /** An action, or the beginning of one followed by a dot: `export` finds `export.create`. */
  readonly action?: string | null;
  readonly outcome?: string | null;
  readonly address?: string | null;
  /** Text anywhere in the details, in any letter case. */
  readonly contains?: string | null;
  /** From this moment on, milliseconds since 1970. */
  readonly fromMs?: number | null;
  /** Before this moment. */
  readonly untilMs?: number | null;
  /** Only entries with a smaller id. */
  readonly before?: number | null;
}

interface Row extends Omit<AuditEntry, "details"> {
  readonly details: string;
}

const COLUMNS = "id, at AS atMs, user, action, address, method, outcome, duration_ms AS durationMs, details";

/** Most entries that one transaction of expiry deletes, so that nobody waits long for the catalogue. */
const EXPIRY_BATCH = 10_000;

/** Table `audit`. Entries are added, and go by expiry; triggers of the schema refuse everything else. */
export class Audit {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Adds an entry of this moment that came from nowhere and went well. */
  add(user: string, action: string, details: Readonly<Record<string, unknown>> = {}): void {
    this.append([{ atMs: this.#clock.nowMs(), user, action, address: null, method: null, outcome: "ok", durationMs: null, details }]);
  }

  /** Adds entries in order, durable when it returns. */
  append(entries: readonly NewAuditEntry[]): void {
    const insert = this.#connection.prepare("INSERT INTO audit (at, user, action, address, method, outcome, duration_ms, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    const all = (): void => {
      for (const { atMs, user, action, address, method, outcome, durationMs, details } of entries) {
        insert.run(atMs, user, action, address, method, outcome, durationMs === null ? null : Math.round(durationMs), JSON.stringify(details));
      }
    };
    if (this.#connection.inTransaction) all();
    else this.#connection.transaction(all).immediate();
  }

  /** Entries before the id `before` (0: from the newest), newest first. */
  list(before = 0, limit = 100): readonly AuditEntry[] {
    return this.search({ before: before === 0 ? null : before }, limit);
  }

  /** Entries that match, newest first. */
  search(filter: AuditFilter, limit: number): readonly AuditEntry[] {
    const tests: string[] = [];
    const values: (string | number)[] = [];
    const test = (sql: string, ...given: readonly (string | number | null | undefined)[]): void => {
      const present = given.filter((value) => value !== null && value !== undefined);
      if (present.length !== given.length) return;
      tests.push(sql);
      values.push(...present);
    };
    test("id < ?", filter.before);
    test("user = ? COLLATE NOCASE", filter.user);
    test("(action = ? OR substr(action, 1, length(?) + 1) = ? || '.')", filter.action, filter.action, filter.action);
    test("outcome = ?", filter.outcome);
    test("address = ?", filter.address);
    test("instr(lower(details), lower(?)) > 0", filter.contains);
    test("at >= ?", filter.fromMs);
    test("at < ?", filter.untilMs);
    const where = tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
    return this.#connection.prepare<(string | number)[], Row>(`SELECT ${COLUMNS} FROM audit ${where} ORDER BY id DESC LIMIT ?`)
      .all(...values, limit).map((row) => ({ ...row, details: recordOf(row.details) }));
  }

  /** Deletes entries of before a moment, and adds one that says so. Returns how many went. */
  expire(beforeMs: number): number {
    let removed = 0;
    const batch = this.#connection.transaction((): number => {
      this.#connection.prepare("UPDATE audit_expiry SET before_ms = max(before_ms, ?)").run(beforeMs);
      return this.#connection.prepare("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? LIMIT ?)").run(beforeMs, EXPIRY_BATCH).changes;
    });
    for (let last = EXPIRY_BATCH; last === EXPIRY_BATCH; removed += last) last = batch.immediate();
    if (removed > 0) this.add("service", "audit.expire", { entries: removed, before: new Date(beforeMs).toISOString() });
    return removed;
  }

  /** Number of entries from before a time. */
  countBefore(ms: number): number {
    return this.#connection.prepare<[number], { entries: number }>("SELECT count(*) AS entries FROM audit WHERE at < ?").get(ms)?.entries ?? 0;
  }
}
