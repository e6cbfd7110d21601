import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { textsOf } from "./json.js";

/** A bearer token; `hash` is all that is kept of it. */
export interface TokenRecord {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly hash: Uint8Array;
  /** What it may be used for; a column that does not read back comes to nothing. */
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

interface TokenRow extends Omit<TokenRecord, "scopes"> {
  readonly scopes: string;
}

const tokenOf = (row: TokenRow): TokenRecord => ({ ...row, scopes: textsOf(row.scopes) });

const TOKEN = "id, user, name, hash, scopes, created_at AS createdAtMs, expires_at AS expiresAtMs, last_used_at AS lastUsedAtMs";

/** Table `tokens`. */
export class Tokens {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(token: Pick<TokenRecord, "id" | "user" | "name" | "hash" | "scopes" | "expiresAtMs">): void {
    this.#connection.prepare("INSERT INTO tokens (id, user, name, hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(token.id, token.user, token.name, token.hash, JSON.stringify(token.scopes), this.#clock.nowMs(), token.expiresAtMs);
  }

  /** The token with this hash if it has not expired, or null. */
  find(hash: Uint8Array): TokenRecord | null {
    const row = this.#connection.prepare<[Uint8Array, number], TokenRow>(
      `SELECT ${TOKEN} FROM tokens WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)`,
    ).get(hash, this.#clock.nowMs());
    return row === undefined ? null : tokenOf(row);
  }

  touch(id: string): void {
    this.#connection.prepare("UPDATE tokens SET last_used_at = ? WHERE id = ?").run(this.#clock.nowMs(), id);
  }

  ofUser(user: string): readonly TokenRecord[] {
    return this.#connection.prepare<[string], TokenRow>(`SELECT ${TOKEN} FROM tokens WHERE user = ? ORDER BY created_at, id`).all(user).map(tokenOf);
  }

  remove(id: string): boolean {
    return this.#connection.prepare("DELETE FROM tokens WHERE id = ?").run(id).changes === 1;
  }
}

/** A browser that is logged in; `hash` is all that is kept of its id. */
export interface LoginRecord {
  readonly hash: Uint8Array;
  readonly user: string;
  readonly address: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly lastSeenAtMs: number;
}

const LOGIN = "hash, user, address, created_at AS createdAtMs, expires_at AS expiresAtMs, last_seen_at AS lastSeenAtMs";

/** Table `logins`. */
export class Logins {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  add(login: Pick<LoginRecord, "hash" | "user" | "address" | "expiresAtMs">): void {
    const now = this.#clock.nowMs();
    this.#connection.prepare("INSERT INTO logins (hash, user, address, created_at, expires_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?)")
      .run(login.hash, login.user, login.address, now, login.expiresAtMs, now);
  }

  /** The login with this hash if it has not expired, or null. */
  find(hash: Uint8Array): LoginRecord | null {
    return this.#connection.prepare<[Uint8Array, number], LoginRecord>(`SELECT ${LOGIN} FROM logins WHERE hash = ? AND expires_at > ?`)
      .get(hash, this.#clock.nowMs()) ?? null;
  }

  /** Notes that a login was used and when it now expires. */
  touch(hash: Uint8Array, expiresAtMs: number): void {
    this.#connection.prepare("UPDATE logins SET last_seen_at = ?, expires_at = ? WHERE hash = ?").run(this.#clock.nowMs(), expiresAtMs, hash);
  }

  remove(hash: Uint8Array): void {
    this.#connection.prepare("DELETE FROM logins WHERE hash = ?").run(hash);
  }

  /** Ends every login of a user, as when the password changes. */
  removeOfUser(user: string): number {
    return this.#connection.prepare("DELETE FROM logins WHERE user = ?").run(user).changes;
  }

  /** Drops expired logins. Returns how many. */
  removeExpired(): number {
    return this.#connection.prepare("DELETE FROM logins WHERE expires_at <= ?").run(this.#clock.nowMs()).changes;
  }
}
