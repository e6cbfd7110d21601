import { createHmac } from "node:crypto";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { DueDelivery, RetentionEventLog } from "../catalogue/retention-events.js";
import { watched } from "./retention-watch.js";
import type { WatchedEvent } from "./watched-event.js";

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** Attempts of one delivery: with the waits between them about three hours. */
const MOST_ATTEMPTS = 9;
/** Wait after the first failure, doubled with each up to the longest. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;
/** Longest error that is kept of an attempt. */
const LONGEST_ERROR = 300;

/** What a webhook is told with. */
export interface WebhookRequest {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly redirect: "manual";
  readonly signal: AbortSignal;
}

export interface WebhookParts {
  readonly log: Pick<RetentionEventLog, "dueDelivery" | "attempted" | "get" | "dropOthers">;
  readonly urls: readonly string[];
  /** Key of the signature, or null to send none. */
  readonly secret: string | null;
  /** Name of this installation in what is sent. */
  readonly node: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks a server; left out: Node's own fetch. */
  readonly fetch?: (url: string, request: WebhookRequest) => Promise<Response>;
  /** Longest wait for an answer in milliseconds; for tests. */
  readonly timeoutMs?: number;
}

/** What an attempt came to. */
interface Attempt {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
}

/** The signature of a body: HMAC-SHA-256 over the time, a dot and the body, in hex. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}

/**
 * Sends events to URLs, signed. What is not answered with 2xx in ten seconds is tried again after 1, 2, 4, … minutes, at
 * most an hour, nine times in all, and more often while it keeps others waiting; every attempt is noted in the catalogue. Receivers see
 * an event at least once, in order as `dueDelivery` has it.
 */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #abort = new AbortController();
  /** What is done for each URL, one after the other; URLs beside each other, so that a slow one keeps nobody waiting. */
  readonly #work: ReadonlyMap<string, { done: Promise<void>; isQueued: boolean }>;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    this.#work = new Map(parts.urls.map((url) => [url, { done: Promise.resolve(), isQueued: false }]));
    if (parts.log.dropOthers(parts.urls) > 0) parts.logger.info({}, "deliveries to URLs that are not configured any more were given up");
  }

  /** Looks for deliveries that are due; returns at once. Call it for every event, and now and then for retries. */
  wake(): void {
    if (this.#abort.signal.aborted) return;
    for (const [url, work] of this.#work) {
      if (work.isQueued) continue;
      work.isQueued = true;
      work.done = work.done.then(async () => {
        work.isQueued = false;
        await this.#deliverDue(url);
      }).catch((error: unknown) => {
        this.#parts.logger.error({ error }, "webhooks could not be told");
      });
    }
  }

  /** Tells every URL an event that the catalogue does not hold, once. */
  sendUnkept(event: WatchedEvent): void {
    for (const [url, work] of this.#work) {
      work.done = work.done.then(async () => {
        const { delivered, error } = await this.#send(url, event, 1);
        if (!delivered) this.#parts.logger.warn({ url: shownUrl(url), kind: event.kind, error }, "a webhook was not told, and is not told again");
      });
    }
  }

  /** Resolves when everything that was due is done. */
  async idle(): Promise<void> {
    await Promise.all([...this.#work.values()].map(({ done }) => done));
  }

  /** Ends attempts that run; they are made again at the next start. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.idle();
  }

  /** Tells a URL what is due, oldest first, until it does not answer. */
  async #deliverDue(url: string): Promise<void> {
    const { log, clock } = this.#parts;
    while (!this.#abort.signal.aborted) {
      const delivery = log.dueDelivery(url, clock.nowMs(), LONGEST_WAIT_MS);
      if (delivery === null) return;
      await this.#deliver(delivery);
    }
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { log, clock, logger } = this.#parts;
    const { event: id, url, counts } = delivery;
    const stored = log.get(id);
    const event = stored === null ? null : watched(stored);
    const attempts = delivery.attempts + (counts ? 1 : 0);
    if (event === null) {
      log.attempted({ event: id, url, state: "given-up", attempts, nextAttemptMs: null, status: null, error: "the event is of another version" });
      return;
    }
    const { delivered, status, error } = await this.#send(url, event, delivery.attempts + 1);
    if (this.#abort.signal.aborted && !delivered) return;
    const over = !delivered && attempts >= MOST_ATTEMPTS;
    const nextMs = counts ? clock.nowMs() + Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS) : delivery.nextAttemptMs;
    log.attempted({ event: id, url, state: delivered ? "delivered" : over ? "given-up" : "waiting", attempts, nextAttemptMs: delivered || over ? null : nextMs, status, error });
    if (!delivered) logger.warn({ event: id, url: shownUrl(url), attempt: attempts, status, error }, over ? "a webhook was not told; given up" : "a webhook was not told yet");
  }

  async #send(url: string, event: WatchedEvent, attempt: number): Promise<Attempt> {
    const { secret, node, clock, fetch = globalThis.fetch, timeoutMs = TIMEOUT_MS } = this.#parts;
    const body = JSON.stringify({
      id: event.id, kind: event.kind, phase: event.phase, subject: event.subject, at: new Date(event.atMs).toISOString(), node, user: event.user, reason: event.reason, message: event.message, ...event.facts,
    });
    const timestamp = String(Math.floor(clock.nowMs() / 1000));
    const headers: Record<string, string> = {
      "content-type": "application/json", "user-agent": "Lookback", "x-lookback-event": event.kind, "x-lookback-attempt": String(attempt), "x-lookback-timestamp": timestamp,
    };
    if (event.id !== null) headers["x-lookback-delivery"] = String(event.id);
    if (secret !== null) headers["x-lookback-signature"] = `sha256=${signatureOf(secret, timestamp, body)}`;
    try {
      // A redirect could lead anywhere, so none is followed.
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(timeoutMs)]) });
      await response.body?.cancel();
      return { delivered: response.ok, status: response.status, error: response.ok ? null : `answered ${response.status}` };
    } catch (error) {
      return { delivered: false, status: null, error: reasonOf(error, timeoutMs) };
    }
  }
}

/** Why there was no answer. `fetch` hides the reason in its cause. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer in ${timeoutMs / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause instanceof Error ? cause.message || cause.name : String(cause)).slice(0, LONGEST_ERROR);
}

/** A URL as it may be shown: host and start of the path; the rest often holds a secret. */
export function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  const [, first = "", ...more] = pathname.split("/");
  return `${origin}/${first}${more.length > 0 ? "/…" : ""}${search === "" ? "" : "?…"}`;
}
