import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import { guarded } from "../../base/guarded.js";
import type { Logger } from "../../base/logger.js";
import type { StoredSettings } from "../../catalogue/stored-settings.js";
import { at, isObject, numberOf, textOf } from "./json.js";

/** What the shipper did and met last, as it left it in the catalogue. Times are milliseconds since 1970. */
export interface ShipperReport {
  readonly atMs: number;
  readonly startedMs: number;
  /** Whether it had not ended in order. */
  readonly running: boolean;
  /** Since the shipper started. */
  readonly rows: number;
  readonly repeated: number;
  readonly dead: number;
  /** Bytes of JSON sent. */
  readonly bytes: number;
  /** Rows a second lately. */
  readonly rate: number;
  readonly lastError: { readonly code: string; readonly message: string; readonly atMs: number } | null;
}

const KEY = "shipper.status";
/** Milliseconds over which the rate is taken. */
const WINDOW_MS = 60_000;

/** Keeps the report of a running shipper. Never throws: what cannot be kept, on a full device say, is for the next time. */
export class ShipperStatus {
  readonly #clock: Clock;
  readonly #keep: (report: ShipperReport) => void;
  readonly #startedMs: number;
  readonly #sums = { rows: 0, repeated: 0, dead: 0, bytes: 0 };
  #recent: { readonly atMs: number; readonly rows: number }[] = [];
  #lastError: ShipperReport["lastError"] = null;
  #running = true;

  constructor(settings: Pick<StoredSettings, "set">, clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#keep = guarded((report) => { settings.set(KEY, JSON.stringify(report)); }, logger, "the shipper's report could not be kept; it goes on");
    this.#startedMs = clock.nowMs();
  }

  shipped(rows: { readonly rows: number; readonly repeated: number; readonly dead: number; readonly bytes: number }): void {
    this.#sums.rows += rows.rows;
    this.#sums.repeated += rows.repeated;
    this.#sums.dead += rows.dead;
    this.#sums.bytes += rows.bytes;
    this.#recent.push({ atMs: this.#clock.nowMs(), rows: rows.rows });
  }

  /** Notes why rows wait; the shipper goes on by itself. */
  waiting(error: unknown): void {
    this.#note(error);
    this.#save();
  }

  failed(error: unknown): void {
    this.#note(error);
    this.#save();
  }

  /** Notes the end of a round; where nothing is left to do the last error is over. */
  round(isDone: boolean): void {
    if (isDone) this.#lastError = null;
    this.#save();
  }

  /** Notes that the shipper ends. */
  ended(): void {
    this.#running = false;
    this.#save();
  }

  #note(error: unknown): void {
    const code = error instanceof LookbackError ? error.code : "INTERNAL";
    this.#lastError = { code, message: error instanceof Error ? error.message : String(error), atMs: this.#clock.nowMs() };
  }

  #save(): void {
    const nowMs = this.#clock.nowMs();
    this.#recent = this.#recent.filter(({ atMs }) => nowMs - atMs <= WINDOW_MS);
    const spanMs = Math.max(1_000, Math.min(WINDOW_MS, nowMs - this.#startedMs));
    const rate = (this.#recent.reduce((sum, { rows }) => sum + rows, 0) * 1_000) / spanMs;
    this.#keep({ atMs: nowMs, startedMs: this.#startedMs, running: this.#running, ...this.#sums, rate, lastError: this.#lastError });
  }
}

/** The report that the shipper left, or null when none ran yet. */
export function loadShipperReport(settings: Pick<StoredSettings, "get">): ShipperReport | null {
  const text = settings.get(KEY);
  if (text === null) return null;
  const report: unknown = JSON.parse(text);
  const error = at(report, "lastError");
  return {
    atMs: numberOf(at(report, "atMs")), startedMs: numberOf(at(report, "startedMs")), running: at(report, "running") !== false, rows: numberOf(at(report, "rows")), repeated: numberOf(at(report, "repeated")),
    dead: numberOf(at(report, "dead")), bytes: numberOf(at(report, "bytes")), rate: numberOf(at(report, "rate")),
    lastError: isObject(error) ? { code: textOf(error["code"]), message: textOf(error["message"]), atMs: numberOf(error["atMs"]) } : null,
  };
}
