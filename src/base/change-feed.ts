/** Hands changes of things that have an id to any number of readers; a reader keeps at most the newest state of each. */
export class ChangeFeed<T extends { readonly id: string }> {
  readonly #readers = new Set<Reader<T>>();

  publish(item: T): void {
    for (const reader of this.#readers) reader.push(item);
  }

  subscribe(signal: AbortSignal | null): AsyncIterableIterator<T> {
    const reader = new Reader<T>(() => { this.#readers.delete(reader); });
    this.#readers.add(reader);
    if (signal?.aborted === true) reader.end();
    else signal?.addEventListener("abort", () => { reader.end(); }, { once: true });
    return reader;
  }

  /** Whether anybody reads. */
  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  /** Ends every reader. */
  close(): void {
    for (const reader of this.#readers) reader.end();
  }
}

class Reader<T extends { readonly id: string }> implements AsyncIterableIterator<T> {
  readonly #pending = new Map<string, T>();
  readonly #onEnd: () => void;
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  push(item: T): void {
    // Bounded by the number of things that change while the reader is away: one entry for each.
    this.#pending.delete(item.id);
    this.#pending.set(item.id, item);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#onEnd();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    while (!this.#ended || this.#pending.size > 0) {
      for (const [id, item] of this.#pending) {
        this.#pending.delete(id);
        return { done: false, value: item };
      }
      await new Promise<void>((resolve) => { this.#wake = resolve; });
      this.#wake = null;
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T>> {
    this.#pending.clear();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
