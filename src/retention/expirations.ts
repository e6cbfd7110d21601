import type { StoredSettings } from "../catalogue/stored-settings.js";
import type { Partition } from "../index-store/index-store.js";

/** Number of starts and ends of expirations so far: odd while one runs. */
const COUNT = "retention.expirations";
/** Last packets of the rows that are being expired: from a time to before another, milliseconds since 1970; empty when none are. */
const SPAN = "retention.expiring";

type Span = Pick<Partition, "startMs" | "endMs">;

/** What is noted of days that are being expired, for whoever holds sessions meanwhile. Processes that share a catalogue share it. */
export class Expirations {
  readonly #settings: Pick<StoredSettings, "get" | "set" | "increment">;

  constructor(settings: Pick<StoredSettings, "get" | "set" | "increment">) {
    this.#settings = settings;
  }

  /** Number of starts and ends so far: whoever finds another one later has to look again. */
  count(): number {
    return Number(this.#settings.get(COUNT) ?? "0");
  }

  /** What is being expired at this moment, or null. */
  running(): Span | null {
    const [startMs, endMs] = (this.#settings.get(SPAN) ?? "").split(" ").map(Number);
    return startMs === undefined || endMs === undefined ? null : { startMs, endMs };
  }

  /** Notes what `work` expires while it does. */
  async during({ startMs, endMs }: Span, work: () => Promise<void>): Promise<void> {
    this.#settings.set(SPAN, `${startMs} ${endMs}`);
    this.#settings.increment(COUNT);
    try {
      await work();
    } finally {
      this.settle();
    }
  }

  /** Nothing is being expired any more. At a start, and before a run, for what a crash or a full disk left noted. */
  settle(): void {
    if (this.running() === null) return;
    this.#settings.set(SPAN, "");
    this.#settings.increment(COUNT);
  }
}
