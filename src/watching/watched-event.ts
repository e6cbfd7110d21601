import type { EventPhase } from "../catalogue/retention-events.js";
import type { RetentionEvent } from "../model/retention-event.js";

/** An event as it is told. */
export interface WatchedEvent {
  /** Ascending; null when the catalogue could not take the event (its device is full, say). */
  readonly id: number | null;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly kind: RetentionEvent["kind"];
  readonly subject: string;
  readonly phase: EventPhase;
  /** Of `export-ready`, whose export it is; null otherwise. */
  readonly user: string | null;
  /** Of `capture-down` and `packet-directory-failed`, why; null otherwise. */
  readonly reason: string | null;
  /** The numbers of the event by name, in bytes, days, seconds or pieces. */
  readonly facts: Readonly<Record<string, number>>;
  /** The event in words. */
  readonly message: string;
}

/** Every kind of event. */
export const EVENT_KINDS = ["target-unreachable", "forecast-low", "hold-blocks", "capture-loss", "capture-down", "packet-directory-failed", "export-ready"] as const satisfies readonly RetentionEvent["kind"][];

/** Whether a stored text is a kind of this version. */
export function isEventKind(text: string): text is RetentionEvent["kind"] {
  return (EVENT_KINDS as readonly string[]).includes(text);
}
