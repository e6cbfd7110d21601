import type { Clock } from "../base/clock.js";
import type { Connection } from "./database.js";
import { recordOf } from "./json.js";

/** Whether something happened once, or a condition began, still lasts, or ended. */
export type EventPhase = "occurred" | "began" | "lasts" | "ended";

/** An event as it is kept. Times are milliseconds since 1970. */
export interface StoredEvent {
  readonly id: number;
  readonly atMs: number;
  readonly kind: string;
  readonly subject: string;
  readonly phase: EventPhase;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type DeliveryState = "waiting" | "delivered" | "given-up";

/** Whether a webhook was told an event. */
export interface Delivery {
  readonly event: number;
  readonly url: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptMs: number | null;
  readonly lastAttemptMs: number | null;
  /** HTTP status of the last answer, or null when there was none. */
  readonly status: number | null;
  readonly error: string | null;
}

/** A delivery whose turn it is. */
export interface DueDelivery extends Delivery {
  /** Whether an attempt is one of those after which it is given up: not where it is only tried for those that wait behind it. */
  readonly counts: boolean;
}

interface EventRow extends Omit<StoredEvent, "facts"> {
  readonly facts: string;
}

const EVENT = "id, at AS atMs, kind, subject, phase, facts";
const DELIVERY = "event, url, state, attempts, next_attempt_at AS nextAttemptMs, last_attempt_at AS lastAttemptMs, status, error";
const eventOf = (row: EventRow): StoredEvent => ({ ...row, facts: recordOf(row.facts) });

/** Events kept; the oldest go when a new one comes, with their deliveries. */
const KEPT_EVENTS = 10_000;
/** Longest wait of a delivery that was not answered while another of its URL is due, in milliseconds. */
const LONGEST_HINDRANCE_MS = 60_000;
/** Status of an answer that refuses no event: too slow, too early, too many. */
const TRY_LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Tables `retention_events` and `webhook_deliveries`. */
export class RetentionEventLog {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Keeps an event, with a delivery to each URL that waits, as one step. */
  add(event: Omit<StoredEvent, "id" | "atMs">, urls: readonly string[]): StoredEvent {
    const atMs = this.#clock.nowMs();
    const id = this.#connection.transaction(() => {
      const { lastInsertRowid } = this.#connection.prepare("INSERT INTO retention_events (at, kind, subject, phase, facts) VALUES (?, ?, ?, ?, ?)")
        .run(atMs, event.kind, event.subject, event.phase, JSON.stringify(event.facts));
      const insert = this.#connection.prepare("INSERT INTO webhook_deliveries (event, url, state, next_attempt_at) VALUES (?, ?, 'waiting', ?) ON CONFLICT DO NOTHING");
      for (const url of urls) insert.run(lastInsertRowid, url, atMs);
      this.#connection.prepare("DELETE FROM retention_events WHERE id <= ?").run(Number(lastInsertRowid) - KEPT_EVENTS);
      return Number(lastInsertRowid);
    }).immediate();
    return { ...event, id, atMs };
  }

  /** The newest event of each condition that has not ended. */
  openConditions(): readonly StoredEvent[] {
    return this.#connection.prepare<[], EventRow>(
      `SELECT ${EVENT} FROM retention_events WHERE phase IN ('began', 'lasts')
         AND id IN (SELECT max(id) FROM retention_events WHERE phase <> 'occurred' GROUP BY kind, subject) ORDER BY id`,
    ).all().map(eventOf);
  }

  get(id: number): StoredEvent | null {
    const row = this.#connection.prepare<[number], EventRow>(`SELECT ${EVENT} FROM retention_events WHERE id = ?`).get(id);
    return row === undefined ? null : eventOf(row);
  }

  /** Events, newest first; those with an id below `before` when it is given. */
  list(limit: number, before: number | null): readonly StoredEvent[] {
    return this.#connection.prepare<[number, number], EventRow>(`SELECT ${EVENT} FROM retention_events WHERE id < ? ORDER BY id DESC LIMIT ?`)
      .all(before ?? Number.MAX_SAFE_INTEGER, limit).map(eventOf);
  }

  /**
   * The oldest delivery to a URL whose next attempt is due, or null; also one that would wait longer than `longestWaitMs`: by a clock
   * that was set back since. Behind one that the receiver refused, with any answer but TRY_LATER's, those of its kind and subject wait,
   * so that no condition ends before it began; behind one that was not answered all do, and while one of them is due it is that one's
   * turn a minute after its last attempt.
   */
  dueDelivery(url: string, nowMs: number, longestWaitMs: number): DueDelivery | null {
    const refused = new Set<string>();
    let unanswered: Delivery | null = null;
    // In the order of the key: the index of states would have all that wait sorted for the first of them.
    const waiting = this.#connection.prepare<[string], Delivery & Pick<StoredEvent, "kind" | "subject">>(
      `SELECT ${DELIVERY}, kind, subject FROM webhook_deliveries JOIN retention_events ON id = event WHERE +state = 'waiting' AND url = ? ORDER BY event`,
    ).iterate(url);
    for (const { kind, subject, ...delivery } of waiting) {
      const condition = JSON.stringify([kind, subject]);
      if (refused.has(condition)) continue;
      const { nextAttemptMs, lastAttemptMs, status } = delivery;
      if (nextAttemptMs !== null && (nextAttemptMs <= nowMs || nextAttemptMs > nowMs + longestWaitMs)) {
        return unanswered === null ? { ...delivery, counts: true } : { ...unanswered, counts: false };
      }
      if (status !== null && !TRY_LATER.has(status)) refused.add(condition);
      else if (unanswered === null) {
        if (lastAttemptMs !== null && lastAttemptMs <= nowMs && nowMs - lastAttemptMs < LONGEST_HINDRANCE_MS) return null;
        unanswered = delivery;
      }
    }
    return null;
  }

  /** Notes an attempt, with how many there were that count, and what became of the delivery. */
  attempted(delivery: Omit<Delivery, "lastAttemptMs">): void {
    this.#connection.prepare(
      `UPDATE webhook_deliveries SET state = @state, attempts = @attempts, next_attempt_at = @nextAttemptMs, last_attempt_at = @now, status = @status, error = @error
         WHERE event = @event AND url = @url`,
    ).run({ ...delivery, now: this.#clock.nowMs() });
  }

  /** Deliveries of an event. */
  deliveries(event: number): readonly Delivery[] {
    return this.#connection.prepare<[number], Delivery>(`SELECT ${DELIVERY} FROM webhook_deliveries WHERE event = ? ORDER BY url`).all(event);
  }

  /** Deliveries in a state. */
  count(state: DeliveryState): number {
    return this.#connection.prepare<[string], { found: number }>("SELECT count(*) AS found FROM webhook_deliveries WHERE state = ?").get(state)?.found ?? 0;
  }

  /** At start-up: gives up deliveries to URLs that are not configured any more. */
  dropOthers(urls: readonly string[]): number {
    return this.#connection.prepare(
      `UPDATE webhook_deliveries SET state = 'given-up', next_attempt_at = NULL, error = 'the URL is not configured any more'
         WHERE state = 'waiting' AND url NOT IN (SELECT value FROM json_each(?))`,
    ).run(JSON.stringify(urls)).changes;
  }
}
