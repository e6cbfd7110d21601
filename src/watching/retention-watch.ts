import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { Delivery, EventPhase, RetentionEventLog, StoredEvent } from "../catalogue/retention-events.js";
import type { RetentionCondition, RetentionEvent, RetentionEvents } from "../model/retention-event.js";
import { EventReaders } from "./event-readers.js";
import { describeEvent } from "./event-words.js";
import { isEventKind, type WatchedEvent } from "./watched-event.js";

/** How often a condition that lasts is told again. */
const REMIND_MS = 24 * 3_600_000;
/** Events that are read at a time. */
const PAGE = 500;

export interface RetentionWatchParts {
  readonly log: Pick<RetentionEventLog, "add" | "openConditions" | "list" | "get" | "deliveries">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** URLs that are told every event. */
  readonly urls: readonly string[];
  /** Called after an event that URLs wait for; must not throw. */
  readonly deliver: (event: WatchedEvent) => void;
}

/** What a condition was told last. */
interface Told {
  readonly event: RetentionCondition;
  readonly atMs: number;
}

/** The port `RetentionEvents`, and what is told: to subscriptions, to webhooks, and to whoever asks later. */
export class RetentionWatch implements RetentionEvents {
  readonly #parts: RetentionWatchParts;
  readonly #readers = new EventReaders();
  /** Conditions that last, so that a full catalogue does not make one begin every minute. */
  readonly #open = new Map<string, Told>();

  constructor(parts: RetentionWatchParts) {
    this.#parts = parts;
    for (const stored of parts.log.openConditions()) {
      const known = conditionOf(stored);
      if (known !== null) this.#open.set(keyOf(known.kind, known.subject), { event: known, atMs: stored.atMs });
    }
  }

  raise(event: RetentionEvent): void {
    if (event.kind === "export-ready") {
      this.#tell(event, "occurred");
      return;
    }
    const key = keyOf(event.kind, event.subject);
    const told = this.#open.get(key);
    const now = this.#parts.clock.nowMs();
    // A time in the future is of a clock that was set back since.
    const silent = told !== undefined && now - told.atMs < REMIND_MS && told.atMs <= now;
    this.#open.set(key, { event, atMs: silent ? told.atMs : now });
    if (!silent) this.#tell(event, told === undefined ? "began" : "lasts");
  }

  clear(kind: RetentionCondition["kind"], subject: string): void {
    const told = this.#open.get(keyOf(kind, subject));
    if (told === undefined) return;
    this.#open.delete(keyOf(kind, subject));
    this.#tell(told.event, "ended");
  }

  lasting(kind: RetentionCondition["kind"]): readonly string[] {
    return this.conditions().filter((one) => one.kind === kind).map(({ subject }) => subject);
  }

  /** Conditions that last at this moment, with their newest numbers. */
  conditions(): readonly RetentionCondition[] {
    return [...this.#open.values()].map(({ event }) => event);
  }

  /** Events from now on that `wanted` lets through, until the signal. */
  events(signal: AbortSignal | null, wanted: (event: WatchedEvent) => boolean): AsyncIterableIterator<WatchedEvent> {
    return this.#readers.subscribe(signal, wanted);
  }

  /** At most `limit` events that were and that `wanted` lets through, newest first; those with an id below `before` when it is given. */
  list(limit: number, before: number | null, wanted: (event: WatchedEvent) => boolean): readonly WatchedEvent[] {
    const found: WatchedEvent[] = [];
    // Ends: the log keeps a bounded number of events.
    for (let page = this.#parts.log.list(PAGE, before); page.length > 0 && found.length < limit; page = this.#parts.log.list(PAGE, page.at(-1)?.id ?? 0)) {
      for (const stored of page) {
        const event = watched(stored);
        if (event !== null && wanted(event) && found.length < limit) found.push(event);
      }
    }
    return found;
  }

  /** How an event was delivered to webhooks. */
  deliveries(event: number): readonly Delivery[] {
    return this.#parts.log.deliveries(event);
  }

  /** Ends every subscription. */
  stop(): void {
    this.#readers.close();
  }

  #tell(event: RetentionEvent, phase: EventPhase): void {
    const { log, clock, logger, urls, deliver } = this.#parts;
    const { kind, subject, ...facts } = event;
    let told: WatchedEvent;
    try {
      told = watchedOf(log.add({ kind, subject, phase, facts }, urls), kind);
    } catch (error) {
      // Told all the same, once: a full device is what this may be about.
      logger.error({ kind, subject, phase, error }, "an event could not be kept");
      told = watchedOf({ id: null, atMs: clock.nowMs(), kind, subject, phase, facts }, kind);
    }
    logger[phase === "began" || phase === "lasts" ? "warn" : "info"]({ event: told.id, kind, subject, phase }, told.message);
    this.#readers.publish(told);
    deliver(told);
  }
}

/** A condition that lasts, in words. */
export function describeCondition({ kind, subject, ...facts }: RetentionCondition): string {
  return watchedOf({ id: null, atMs: 0, kind, subject, phase: "began", facts }, kind).message;
}

/** A stored event as it is told, or null for a kind of another version. */
export function watched(stored: StoredEvent): WatchedEvent | null {
  return isEventKind(stored.kind) ? watchedOf(stored, stored.kind) : null;
}

function watchedOf(stored: Omit<StoredEvent, "id"> & { readonly id: number | null }, kind: WatchedEvent["kind"]): WatchedEvent {
  const { id, atMs, subject, phase, facts } = stored;
  const text = (name: string): string | null => {
    const value = facts[name];
    return typeof value === "string" ? value : null;
  };
  const numbers = Object.fromEntries(Object.entries(facts).flatMap(([name, value]) => (typeof value === "number" ? [[name, value] as const] : [])));
  const event = { id, atMs, kind, subject, phase, user: text("user"), reason: text("reason"), facts: numbers };
  return { ...event, message: describeEvent(event) };
}

/** A stored condition as it was raised, or null when it is of another version. */
function conditionOf({ kind, subject, facts }: StoredEvent): RetentionCondition | null {
  const number = (name: string): number => {
    const value = facts[name];
    return typeof value === "number" ? value : 0;
  };
  const reason = typeof facts["reason"] === "string" ? facts["reason"] : "";
  switch (kind) {
    case "target-unreachable":
      return { kind, subject, targetBytes: number("targetBytes"), freeBytes: number("freeBytes"), shortfallBytes: number("shortfallBytes") };
    case "forecast-low":
      return { kind, subject, days: number("days"), thresholdDays: number("thresholdDays") };
    case "hold-blocks":
      return { kind, subject, items: number("items"), bytes: number("bytes") };
    case "capture-loss":
      return {
        kind, subject, lostPackets: number("lostPackets"), lostToKernel: number("lostToKernel"), lostToInterface: number("lostToInterface"), lostToQueue: number("lostToQueue"),
        lostToDisk: number("lostToDisk"),
      };
    case "capture-down":
      return { kind, subject, reason, silentSeconds: number("silentSeconds") };
    case "packet-directory-failed":
      return { kind, subject, reason };
    default:
      return null;
  }
}

function keyOf(kind: string, subject: string): string {
  return `${kind} ${subject}`;
}
