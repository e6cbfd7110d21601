import type { Clock } from "../base/clock.js";
import type { AccessRecords } from "./access-records.js";
import type { AuditEntry } from "./user.js";

/** Longest that a noted entry waits in memory, in milliseconds: what a crash can lose. */
const LONGEST_WAIT_MS = 1_000;
/** Most noted entries that wait; the next one writes them. */
const MAX_WAITING = 500;
/** Longest text of a detail that is kept, in characters. */
const MAX_TEXT = 1_000;

/** What an entry says beside the moment; what is left out is unknown, and the outcome `ok`. */
export type AuditFacts = Pick<AuditEntry, "user" | "action"> & Partial<Omit<AuditEntry, "id" | "atMs">>;

/**
 * The audit log. Changes, logins, packet reads and downloads are durable before they are answered (`append`); searches are
 * noted and written together, so that a log on a slow disk does not slow them down (`note`).
 */
export class AuditLog {
  readonly #records: AccessRecords;
  readonly #clock: Clock;
  #waiting: Omit<AuditEntry, "id">[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(records: AccessRecords, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** Adds an entry, durable when this returns. */
  append(facts: AuditFacts): void {
    this.#waiting.push(this.#entry(facts));
    this.flush();
  }

  /** Adds an entry that is durable within a second. */
  note(facts: AuditFacts): void {
    this.#waiting.push(this.#entry(facts));
    if (this.#waiting.length >= MAX_WAITING) {
      this.flush();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, LONGEST_WAIT_MS).unref();
  }

  /** Writes what waits. When that fails it goes on waiting and the error goes on. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    this.#records.appendAudit(this.#waiting);
    this.#waiting = [];
  }

  #entry({ address = null, method = null, outcome = "ok", durationMs = null, details = {}, ...facts }: AuditFacts): Omit<AuditEntry, "id"> {
    return { atMs: this.#clock.nowMs(), address, method, outcome, durationMs, details: shortened(details), ...facts };
  }
}

/** Details with every text cut to what is kept. */
function shortened(details: AuditEntry["details"]): AuditEntry["details"] {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value]));
}
