import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** A key that a user gave with a change. Times are milliseconds since 1970. */
export interface IdempotencyKey {
  readonly user: string;
  readonly key: string;
  /** SHA-256 of what was asked for, 32 bytes. */
  readonly request: Uint8Array;
  /** When the change was made; null: it runs, or was cut off. */
  readonly doneAtMs: number | null;
  /** JSON of the answer; null while it runs and when it is not kept. */
  readonly answer: string | null;
}

interface Row {
  readonly user: string; readonly key: string; readonly request: Uint8Array; readonly doneAtMs: number | null; readonly answer: string | null;
}

/** Table `idempotency_keys`. Keys whose time is over are as if they were not there. */
export class IdempotencyKeys {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** The user's key, or null. */
  find(user: string, key: string): IdempotencyKey | null {
    return this.#connection.prepare<[string, string, number], Row>(
      "SELECT user, key, request, done_at AS doneAtMs, answer FROM idempotency_keys WHERE user = ? AND key = ? AND expires_at > ?",
    ).get(user, key, this.#clock.nowMs()) ?? null;
  }

  /** How many keys of the user are kept. */
  count(user: string): number {
    return this.#connection.prepare<[string, number], { n: number }>("SELECT count(*) AS n FROM idempotency_keys WHERE user = ? AND expires_at > ?")
      .get(user, this.#clock.nowMs())?.n ?? 0;
  }

  /** Notes that a change begins, in place of what was known of the key; keys of anybody whose time is over go. */
  begin(user: string, key: string, request: Uint8Array, expiresAtMs: number): void {
    const now = this.#clock.nowMs();
    this.#connection.prepare("DELETE FROM idempotency_keys WHERE expires_at <= ?").run(now);
    this.#connection.prepare(
      `INSERT INTO idempotency_keys (user, key, request, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (user, key) DO UPDATE SET request = excluded.request, done_at = NULL, answer = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at`,
    ).run(user, key, request, now, expiresAtMs);
  }

  /** Notes that the change was made, and its answer where that is kept. */
  finish(user: string, key: string, answer: string | null): void {
    this.#connection.prepare("UPDATE idempotency_keys SET done_at = ?, answer = ? WHERE user = ? AND key = ?").run(this.#clock.nowMs(), answer, user, key);
  }

  /** Takes a key out: its change was not made. */
  remove(user: string, key: string): void {
    this.#connection.prepare("DELETE FROM idempotency_keys WHERE user = ? AND key = ?").run(user, key);
  }
}
