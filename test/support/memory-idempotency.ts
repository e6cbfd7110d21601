import type { IdempotencyRecords, KnownKey } from "../../src/graphql/idempotency.js";

/** Keys in memory, with the rules of the catalogue's table. */
export class MemoryIdempotencyRecords implements IdempotencyRecords {
  readonly #keys = new Map<string, KnownKey & { readonly user: string; readonly expiresAtMs: number }>();
  readonly #clock: { nowMs(): number };

  constructor(clock: { nowMs(): number }) {
    this.#clock = clock;
  }

  find(user: string, key: string): KnownKey | null {
    const found = this.#keys.get(`${user} ${key}`);
    return found === undefined || found.expiresAtMs <= this.#clock.nowMs() ? null : found;
  }

  count(user: string): number {
    return [...this.#keys.values()].filter((one) => one.user === user && one.expiresAtMs > this.#clock.nowMs()).length;
  }

  begin(user: string, key: string, request: Uint8Array, expiresAtMs: number): void {
    this.#keys.set(`${user} ${key}`, { user, request, doneAtMs: null, answer: null, expiresAtMs });
  }

  finish(user: string, key: string, answer: string | null): void {
    const found = this.#keys.get(`${user} ${key}`);
    if (found !== undefined) this.#keys.set(`${user} ${key}`, { ...found, doneAtMs: this.#clock.nowMs(), answer });
  }

  remove(user: string, key: string): void {
    this.#keys.delete(`${user} ${key}`);
  }
}
