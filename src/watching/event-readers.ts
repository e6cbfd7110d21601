import type { WatchedEvent } from "./watched-event.js";

/** Events a reader may be behind; of one that is slower the oldest go. */
const MOST_PENDING = 1_000;

/** Hands events to any number of readers. */
export class EventReaders {
  readonly #readers = new Set<Reader>();

  publish(event: WatchedEvent): void {
    for (const reader of this.#readers) reader.push(event);
  }

  /** Events from now on that `wanted` lets through, until the signal. */
  subscribe(signal: AbortSignal | null, wanted: (event: WatchedEvent) => boolean): AsyncIterableIterator<WatchedEvent> {
    const reader = new Reader(wanted, () => { this.#readers.delete(reader); });
    this.#readers.add(reader);
    if (signal?.aborted === true) reader.end();
    else signal?.addEventListener("abort", () => { reader.end(); }, { once: true });
    return reader;
  }

  /** Readers there are. */
  get size(): number {
    return this.#readers.size;
  }

  /** Ends every reader. */
  close(): void {
    for (const reader of this.#readers) reader.end();
  }
}

class Reader implements AsyncIterableIterator<WatchedEvent> {
  readonly #pending: WatchedEvent[] = [];
  readonly #wanted: (event: WatchedEvent) => boolean;
  readonly #onEnd: () => void;
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(wanted: (event: WatchedEvent) => boolean, onEnd: () => void) {
    this.#wanted = wanted;
    this.#onEnd = onEnd;
  }

  push(event: WatchedEvent): void {
    if (!this.#wanted(event)) return;
    this.#pending.push(event);
    if (this.#pending.length > MOST_PENDING) this.#pending.shift();
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<WatchedEvent>> {
    for (;;) {
      const value = this.#pending.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => { this.#wake = resolve; });
      this.#wake = null;
    }
  }

  return(): Promise<IteratorResult<WatchedEvent>> {
    this.#pending.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
