import { CLASSIC_RECORD_BYTES } from "../packet-store/record-layout.js";

/**
 * Collects packets into one buffer for the native core, which takes batches and not packets: each as in a nanosecond pcap
 * file, little-endian. The buffer is reused: a batch that was taken is valid until the next `add`.
 */
export class PacketBatch {
  readonly #buffer: Buffer;
  #used = 0;
  #count = 0;

  /** @param capacity Bytes, headers included; at least one packet of the snap length must fit. */
  constructor(capacity: number) {
    this.#buffer = Buffer.alloc(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Copies a packet, or returns false when it does not fit any more. */
  add(packet: Buffer, originalLength: number, timestampNs: bigint): boolean {
    const end = this.#used + CLASSIC_RECORD_BYTES + packet.length;
    if (end > this.#buffer.length) return false;
    this.#buffer.writeUInt32LE(Number(timestampNs / 1_000_000_000n), this.#used);
    this.#buffer.writeUInt32LE(Number(timestampNs % 1_000_000_000n), this.#used + 4);
    this.#buffer.writeUInt32LE(packet.length, this.#used + 8);
    this.#buffer.writeUInt32LE(originalLength, this.#used + 12);
    packet.copy(this.#buffer, this.#used + CLASSIC_RECORD_BYTES);
    this.#used = end;
    this.#count++;
    return true;
  }

  /** The packets so far; the batch is empty afterwards. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    this.#count = 0;
    return taken;
  }
}
