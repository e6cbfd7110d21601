/** Prints points in time for people, in one stated zone. */
export class TimePrinter {
  /** What the zone is called in notes: `UTC`, or `local time, Europe/Berlin`. */
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;

  constructor(utc: boolean) {
    this.#format = new Intl.DateTimeFormat("sv-SE", {
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false,
      ...(utc ? { timeZone: "UTC" } : {}),
    });
    const { timeZone } = this.#format.resolvedOptions();
    this.zone = timeZone === "UTC" ? "UTC" : `local time, ${timeZone}`;
  }

  /** `2026-11-24 13:05:09.123`. */
  print(ms: number): string {
    return Math.abs(ms) <= 8.64e15 ? this.#format.format(ms).replace(",", ".") : `${ms} ms`;
  }
}

/** A duration in milliseconds, shortly: `450 ms`, `12.3 s`, `4 min 5 s`, `3 h 12 min`. */
export function printSpan(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A count with separators: `1,234,567`. */
export function printCount(count: number): string {
  return count.toLocaleString("en-US");
}
