import { LookbackError } from "../base/errors.js";

/** Bytes gathered before they are handed on. */
const BUFFER_BYTES = 1 << 20;

/**
 * Gathers what is written and hands it on in large pieces, while the next piece is gathered: two buffers of 1 MiB. A piece
 * is the receiver's until its promise resolves.
 */
export class OutputBuffer {
  readonly #drain: (bytes: Buffer) => Promise<void>;
  readonly #maxBytes: number;
  #current: Buffer;
  #spare: Buffer;
  #held = 0;
  #draining: Promise<void> = Promise.resolve();
  /** Bytes written so far. */
  bytes = 0;

  /** Writing more than `maxBytes` throws LIMIT_EXCEEDED. With `shared`, pieces lie in memory that other threads can be given. */
  constructor(drain: (bytes: Buffer) => Promise<void>, maxBytes: number = Number.POSITIVE_INFINITY, shared = false) {
    const allocate = (): Buffer => (shared ? Buffer.from(new SharedArrayBuffer(BUFFER_BYTES)) : Buffer.allocUnsafeSlow(BUFFER_BYTES));
    this.#current = allocate();
    this.#spare = allocate();
    this.#drain = drain;
    this.#maxBytes = maxBytes;
  }

  /** Whether `length` bytes can be put without a flush. */
  hasRoom(length: number): boolean {
    return this.#held + length <= BUFFER_BYTES;
  }

  /** Most bytes that a single `put` may have. */
  get size(): number {
    return BUFFER_BYTES;
  }

  /** Copies bytes for which there is room. */
  put(source: Buffer, from: number, to: number): void {
    source.copy(this.#current, this.#held, from, to);
    this.#count(to - from);
  }

  /** Lets `write` fill `length` bytes for which there is room. */
  fill(length: number, write: (into: Buffer, at: number) => void): void {
    write(this.#current, this.#held);
    this.#count(length);
  }

  /** Writes bytes of any length. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (!this.hasRoom(1)) await this.flush();
      const part = Math.min(bytes.length - at, BUFFER_BYTES - this.#held);
      this.put(bytes, at, at + part);
      at += part;
    }
  }

  /** Hands on what is held; resolves when there is room again. */
  async flush(): Promise<void> {
    await this.#draining;
    if (this.#held === 0) return;
    const piece = this.#current.subarray(0, this.#held);
    [this.#current, this.#spare] = [this.#spare, this.#current];
    this.#held = 0;
    this.#draining = this.#drain(piece);
    // Its failure is met by the next flush.
    this.#draining.catch(() => {});
  }

  /** Resolves when everything has been taken. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#draining;
  }

  #count(length: number): void {
    this.#held += length;
    this.bytes += length;
    if (this.bytes > this.#maxBytes) throw tooLarge(this.#maxBytes, null);
  }
}

/** The error of an export that has, or would have, more bytes than it may. */
export function tooLarge(maxBytes: number, needed: number | null): LookbackError {
  const size = needed === null ? "is larger than" : `would have about ${needed} bytes; it may have`;
  return new LookbackError("LIMIT_EXCEEDED", `the export ${size} ${maxBytes} bytes; narrow the search or the time range, or raise maxBytes (the server's own limit is maxExportG)`, { limit: maxBytes, ...(needed === null ? {} : { needed }) });
}
