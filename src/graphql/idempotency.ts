import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";

/** What is known of a key. */
export interface KnownKey {
  /** SHA-256 of what was asked for. */
  readonly request: Uint8Array;
  /** When the change was made, milliseconds since 1970; null: it runs, or was cut off. */
  readonly doneAtMs: number | null;
  /** JSON of the answer, or null when it is not kept. */
  readonly answer: string | null;
}

/** Where keys are kept; `IdempotencyKeys` of the catalogue satisfies it. */
export interface IdempotencyRecords {
  find(user: string, key: string): KnownKey | null;
  count(user: string): number;
  begin(user: string, key: string, request: Uint8Array, expiresAtMs: number): void;
  finish(user: string, key: string, answer: string | null): void;
  remove(user: string, key: string): void;
}

/** How a mutation behaves under a key; stated by `@Extensions({ idempotency: … })` on it. */
export interface IdempotencyRules {
  /** Doing it twice is as doing it once: after a crash in the middle it runs again. Otherwise OUTCOME_UNKNOWN. */
  readonly repeatable?: boolean;
  /** Arguments or answer hold a secret: neither is kept in any form, and a repetition is told ALREADY_DONE. */
  readonly confidential?: boolean;
}

/** One request under a key. */
export interface KeyedRequest {
  readonly user: string;
  readonly key: string;
  /** Name of the mutation. */
  readonly name: string;
  /** Its arguments without the key, as the schema read them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly rules: IdempotencyRules;
}

/** How long a key is kept, in milliseconds. */
export const KEY_KEPT_MS = 24 * 3_600_000;
/** Longest key. */
export const MAX_KEY = 200;
/** Most keys of a user that are kept at a time. */
const MAX_KEYS_PER_USER = 10_000;
/** Longest answer that is kept, in characters of JSON. */
const MAX_ANSWER = 65_536;
const KEY = /^[\x21-\x7e]+$/;

/**
 * Runs each change once under a key of the client's own: asked again within a day, the same request gets the answer of
 * the first time, another request is refused. A change that failed was not made and leaves nothing behind: asking again
 * tries again. Requests with one key that come at the same time run one after the other.
 */
export class Idempotency {
  readonly #records: IdempotencyRecords;
  readonly #clock: Clock;
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(records: IdempotencyRecords, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** `change()` or the answer that it had. BAD_INPUT for a key that is none, IDEMPOTENCY_CONFLICT, OUTCOME_UNKNOWN, ALREADY_DONE, LIMIT_EXCEEDED. */
  async run(asked: KeyedRequest, change: () => Promise<unknown>): Promise<unknown> {
    const { user, key } = asked;
    if (key.length > MAX_KEY || !KEY.test(key)) throw new LookbackError("BAD_INPUT", `idempotencyKey is 1 to ${MAX_KEY} printable ASCII characters without spaces`, { argument: "idempotencyKey" });
    const place = JSON.stringify([user.toLowerCase(), key]);
    for (let before = this.#running.get(place); before !== undefined; before = this.#running.get(place)) {
      // Its failure is its own; what it leaves behind says what is to be done here.
      await before.catch(() => undefined);
    }
    const running = this.#once(asked, change);
    this.#running.set(place, running);
    try {
      return await running;
    } finally {
      this.#running.delete(place);
    }
  }

  async #once({ user, key, name, args, rules }: KeyedRequest, change: () => Promise<unknown>): Promise<unknown> {
    const request = createHash("sha256").update(JSON.stringify([name, rules.confidential === true ? null : args])).digest();
    const known = this.#records.find(user, key);
    if (known !== null) {
      if (!request.equals(known.request)) throw new LookbackError("IDEMPOTENCY_CONFLICT", `the idempotency key ${JSON.stringify(key)} was used for another request in the last 24 hours; take a new one`, { argument: "idempotencyKey" });
      if (known.doneAtMs !== null) return keptAnswer(known, known.doneAtMs);
      if (rules.repeatable !== true) throw new LookbackError("OUTCOME_UNKNOWN", `the service stopped while ${name} ran under the idempotency key ${JSON.stringify(key)}; look whether it was done, and if not, ask again with a new key`, { argument: "idempotencyKey" });
    } else if (this.#records.count(user) >= MAX_KEYS_PER_USER) {
      throw new LookbackError("LIMIT_EXCEEDED", `${MAX_KEYS_PER_USER} idempotency keys of ${user} are kept; each is for 24 hours`, { limit: MAX_KEYS_PER_USER });
    }
    this.#records.begin(user, key, request, this.#clock.nowMs() + KEY_KEPT_MS);
    let answer: unknown;
    try {
      answer = await change();
    } catch (error) {
      this.#records.remove(user, key);
      throw error;
    }
    const text = rules.confidential === true ? null : JSON.stringify(answer ?? null);
    this.#records.finish(user, key, text !== null && text.length <= MAX_ANSWER ? text : null);
    return answer;
  }
}

function keptAnswer({ answer }: KnownKey, doneAtMs: number): unknown {
  if (answer !== null) return JSON.parse(answer);
  throw new LookbackError("ALREADY_DONE", `this was done at ${new Date(doneAtMs).toISOString()}; its answer was not kept`, { doneMs: doneAtMs });
}
