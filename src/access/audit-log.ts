import type { Clock } from "../base/clock.js";
import type { AccessRecords } from "./access-records.js";
import type { AuditEntry } from "./user.js";

/** Longest that a noted entry waits in memory, in milliseconds: what a crash can lose. */
const LONGEST_WAIT_MS = 1_000;
/** Most noted entries that wait; the next one writes them. */
const MAX_WAITING = 500;
/** Most that wait while the catalogue cannot be written; beyond, the oldest are given up, which is noted once it can be. */
const MOST_WAITING = 10_000;
/** Milliseconds between two tries while it cannot be. */
const RETRY_MS = 10_000;
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
  readonly #onFault: (error: unknown) => void;
  #waiting: Omit<AuditEntry, "id">[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `onFault` hears of entries that could not be written and wait. */
  constructor(records: AccessRecords, clock: Clock, onFault: (error: unknown) => void = () => {}) {
    this.#records = records;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Adds an entry, durable when this returns. Throws when it cannot be written: what cannot be noted is not done. */
  append(facts: AuditFacts): void {
    this.#push(facts);
    this.flush();
  }

  /** Adds an entry that is durable within a second. While the catalogue cannot be written, reads go on and their entries wait. */
  note(facts: AuditFacts): void {
    this.#push(facts);
    if (this.#waiting.length === MAX_WAITING) this.#tryFlush();
    else this.#timer ??= this.#later(LONGEST_WAIT_MS);
  }

  /** Writes what waits. When that fails it goes on waiting and the error goes on. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lost > 0) {
      this.#waiting.push(this.#entry({ user: "service", action: "audit.lost", outcome: "DISK_FULL", details: { entries: this.#lost } }));
      this.#lost = 0;
    }
    if (this.#waiting.length === 0) return;
    this.#records.appendAudit(this.#waiting);
    this.#waiting = [];
  }

  #push(facts: AuditFacts): void {
    this.#waiting.push(this.#entry(facts));
    if (this.#waiting.length <= MOST_WAITING) return;
    this.#waiting.shift();
    this.#lost += 1;
  }

  #tryFlush(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onFault(error);
      this.#timer = this.#later(RETRY_MS);
    }
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#tryFlush();
    }, ms).unref();
  }

  #entry({ address = null, method = null, outcome = "ok", durationMs = null, details = {}, ...facts }: AuditFacts): Omit<AuditEntry, "id"> {
    return { atMs: this.#clock.nowMs(), address, method, outcome, durationMs, details: shortened(details), ...facts };
  }
}

/** Details with every text cut to what is kept. */
function shortened(details: AuditEntry["details"]): AuditEntry["details"] {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value]));
}
