import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { exactFlagsOf, exactTextsOf } from "./json.js";

/** Somebody who may log in. Names differ by more than letter case. */
export interface UserRecord {
  readonly name: string;
  /** Self-describing hash; its format is src/access's. */
  readonly passwordHash: string;
  readonly role: string;
  /** Rights by name that differ from what the role has; null when the column does not read back. */
  readonly rights: Readonly<Record<string, boolean>> | null;
  readonly loginBy: "password" | "oidc" | "header";
  /** Search expression ANDed to everything this user asks, or null. */
  readonly forcedExpression: string | null;
  /** Document paths this user may not see; null when the column does not read back. */
  readonly hiddenFields: readonly string[] | null;
  /** How far back this user may look, or null. */
  readonly timeLimitHours: number | null;
  readonly enabled: boolean;
  readonly createdAtMs: number;
  readonly passwordChangedAtMs: number;
  readonly rightsChangedAtMs: number;
  readonly lastLoginAtMs: number | null;
}

export type NewUser = Pick<UserRecord, "name" | "passwordHash" | "role"> &
  Partial<Pick<UserRecord, "rights" | "loginBy" | "forcedExpression" | "hiddenFields" | "timeLimitHours" | "enabled">>;

export type UserChange = Partial<
  Pick<
    UserRecord,
    "passwordHash" | "role" | "rights" | "loginBy" | "forcedExpression" | "hiddenFields" | "timeLimitHours" | "enabled" | "lastLoginAtMs" | "rightsChangedAtMs"
  >
>;

interface Row extends Omit<UserRecord, "hiddenFields" | "rights" | "enabled"> {
  readonly hiddenFields: string;
  readonly rights: string;
  readonly enabled: number;
}

const COLUMNS = `name, password_hash AS passwordHash, role, rights, login_by AS loginBy, rights_changed_at AS rightsChangedAtMs, forced_expression AS forcedExpression, hidden_fields AS hiddenFields,
  time_limit_hours AS timeLimitHours, enabled, created_at AS createdAtMs, password_changed_at AS passwordChangedAtMs, last_login_at AS lastLoginAtMs`;

const userOf = (row: Row): UserRecord => ({ ...row, hiddenFields: exactTextsOf(row.hiddenFields), rights: exactFlagsOf(row.rights), enabled: row.enabled === 1 });

/** Table `users`. */
export class Users {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Adds a user. Returns false when the name is taken. */
  add(user: NewUser): boolean {
    const now = this.#clock.nowMs();
    return this.#connection.prepare(
      `INSERT INTO users (name, password_hash, role, rights, login_by, forced_expression, hidden_fields, time_limit_hours, enabled, created_at, password_changed_at, rights_changed_at)
       VALUES (@name, @passwordHash, @role, @rights, @loginBy, @forcedExpression, @hiddenFields, @timeLimitHours, @enabled, @now, @now, @now) ON CONFLICT DO NOTHING`,
    ).run({
      name: user.name, passwordHash: user.passwordHash, role: user.role, rights: JSON.stringify(user.rights ?? {}), loginBy: user.loginBy ?? "password", forcedExpression: user.forcedExpression ?? null,
      hiddenFields: JSON.stringify(user.hiddenFields ?? []), timeLimitHours: user.timeLimitHours ?? null, enabled: user.enabled === false ? 0 : 1, now,
    }).changes === 1;
  }

  /** Changes the given properties. Returns whether there is such a user. */
  update(name: string, change: UserChange): boolean {
    const user = this.get(name);
    if (user === null) return false;
    const next = { ...user, ...change };
    const changedAt = change.passwordHash === undefined ? user.passwordChangedAtMs : this.#clock.nowMs();
    this.#connection.prepare(
      `UPDATE users SET password_hash = @passwordHash, role = @role, rights = @rights, login_by = @loginBy, rights_changed_at = @rightsChangedAtMs, forced_expression = @forcedExpression, hidden_fields = @hiddenFields,
         time_limit_hours = @timeLimitHours, enabled = @enabled, last_login_at = @lastLoginAtMs, password_changed_at = @changedAt WHERE name = @name`,
    ).run({
      name, passwordHash: next.passwordHash, role: next.role, rights: JSON.stringify(next.rights), loginBy: next.loginBy, rightsChangedAtMs: next.rightsChangedAtMs,
      forcedExpression: next.forcedExpression, hiddenFields: JSON.stringify(next.hiddenFields),
      timeLimitHours: next.timeLimitHours, enabled: next.enabled ? 1 : 0, lastLoginAtMs: next.lastLoginAtMs, changedAt,
    });
    return true;
  }

  get(name: string): UserRecord | null {
    const row = this.#connection.prepare<[string], Row>(`SELECT ${COLUMNS} FROM users WHERE name = ?`).get(name);
    return row === undefined ? null : userOf(row);
  }

  list(): readonly UserRecord[] {
    return this.#connection.prepare<[], Row>(`SELECT ${COLUMNS} FROM users ORDER BY name`).all().map(userOf);
  }

  /** Removes a user with all tokens and logins. */
  remove(name: string): boolean {
    return this.#connection.prepare("DELETE FROM users WHERE name = ?").run(name).changes === 1;
  }
}
