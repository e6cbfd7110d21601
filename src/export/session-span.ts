/** The time that sessions span, milliseconds since 1970, both ends included. */
export interface SessionSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Finds the time that sessions span, one after the other. */
export class SpanFinder {
  #startMs = Number.POSITIVE_INFINITY;
  #endMs = Number.NEGATIVE_INFINITY;

  /** Sees a session by the times of its first and last packet. */
  see(firstPacketMs: number, lastPacketMs: number): void {
    if (firstPacketMs < this.#startMs) this.#startMs = firstPacketMs;
    if (lastPacketMs > this.#endMs) this.#endMs = lastPacketMs;
  }

  /** From the earliest first packet to the latest last one; null when there was no session. */
  get span(): SessionSpan | null {
    return this.#startMs > this.#endMs ? null : { startMs: this.#startMs, endMs: this.#endMs };
  }
}
