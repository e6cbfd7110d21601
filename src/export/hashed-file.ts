import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { HashThread } from "./hash-thread.js";
import { OutputBuffer } from "./output-buffer.js";
import { writeWhole } from "./record-sorter.js";

/** Bytes from which a file is hashed in a thread of its own, whose start would cost a smaller one more than it saves. */
const THREAD_FROM_BYTES = 64 << 20;

/** A file whose content is hashed as it is written; it can be begun anew. */
export class HashedFile {
  readonly #handle: FileHandle;
  #hash: Hash | HashThread = createHash("sha256");
  /** The piece that was handed on last: written and hashed, or failed. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Empties the file and gives an output into it; what came before is void, also what was still being written. A large one is
   * hashed in a thread of its own.
   */
  async restart(maxBytes: number, expectedBytes = 0): Promise<OutputBuffer> {
    await this.#last;
    await this.close();
    await this.#handle.truncate(0);
    const hash = expectedBytes >= THREAD_FROM_BYTES ? new HashThread() : createHash("sha256");
    this.#hash = hash;
    let at = 0;
    return new OutputBuffer(async (bytes) => {
      // The write goes on in another thread while this one, or a third, hashes. Neither may still use the piece when one fails.
      const written = writeWhole(this.#handle, bytes, at);
      at += bytes.length;
      const both = Promise.allSettled([hash.update(bytes), written]);
      this.#last = both;
      for (const outcome of await both) if (outcome.status === "rejected") throw outcome.reason;
    }, maxBytes, hash instanceof HashThread);
  }

  /** The SHA-256 of what was written, in hex. */
  async digest(): Promise<string> {
    return this.#hash instanceof HashThread ? this.#hash.digest() : this.#hash.digest("hex");
  }

  /** Ends the thread, if there is one. */
  async close(): Promise<void> {
    if (this.#hash instanceof HashThread) await this.#hash.close();
  }
}
