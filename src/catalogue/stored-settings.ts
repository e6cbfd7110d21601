import { randomBytes } from "node:crypto";
import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";

/** Bytes of a secret made here. */
const SECRET_BYTES = 32;

/** Table `settings`: values that outlive a process. What people configure is in config.ini, not here. */
export class StoredSettings {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  get(key: string): string | null {
    return this.#connection.prepare<[string], { value: string }>("SELECT value FROM settings WHERE key = ?").get(key)?.value ?? null;
  }

  set(key: string, value: string): void {
    this.#connection.prepare(
      "INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
    ).run(key, value, this.#clock.nowMs());
  }

  /** Adds one to a key's number, which begins at 0, and returns it; no two processes get the same. */
  increment(key: string): number {
    const row = this.#connection.prepare<[string, number], { value: string }>(
      `INSERT INTO settings (key, value, updated_at) VALUES (?, '1', ?)
       ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT), updated_at = excluded.updated_at RETURNING value`,
    ).get(key, this.#clock.nowMs());
    return Number(row?.value);
  }

  /** The value of a key; when there is none, `make()` becomes it. Two processes that ask at once get the same. */
  getOrMake(key: string, make: () => string): string {
    this.#connection.prepare("INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING").run(key, make(), this.#clock.nowMs());
    const value = this.get(key);
    if (value === null) throw new Error(`setting ${key} vanished`);
    return value;
  }

  /** A random key of 32 bytes, made on first use, for signing links and cursors. */
  secret(name: string): Buffer {
    return Buffer.from(this.getOrMake(`secret.${name}`, () => randomBytes(SECRET_BYTES).toString("hex")), "hex");
  }
}
