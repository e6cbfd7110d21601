import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** What the thread runs: pieces in, each answered when it is hashed; an empty one ends it with the digest in hex. */
const PROGRAM = `
const { parentPort } = require("node:worker_threads");
const hash = require("node:crypto").createHash("sha256");
parentPort.on("message", (piece) => {
  if (piece === null) {
    parentPort.postMessage(hash.digest("hex"));
    parentPort.close();
    return;
  }
  hash.update(piece);
  parentPort.postMessage(null);
});
`;
/** MiB that the thread's heap may have: the pieces are not in it. */
const HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/**
 * SHA-256 in a thread of its own, for what is too long to be hashed beside the merging of packets. Pieces lie in shared memory
 * and are not copied. One piece at a time.
 */
export class HashThread {
  readonly #worker = new Worker(PROGRAM, { eval: true, resourceLimits: HEAP });

  constructor() {
    // A failure is met by whoever waits for an answer; an export that ends early leaves nobody who does.
    this.#worker.on("error", () => {});
    this.#worker.unref();
  }

  /** Hashes a piece of shared memory, which must not change until the promise resolves. */
  async update(piece: Uint8Array): Promise<void> {
    await this.#answer(piece);
  }

  /** The digest in hex; the thread ends. */
  async digest(): Promise<string> {
    return String(await this.#answer(null));
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #answer(piece: Uint8Array | null): Promise<unknown> {
    const answered = once(this.#worker, "message");
    this.#worker.ref();
    this.#worker.postMessage(piece);
    try {
      const [answer] = await answered;
      return answer;
    } finally {
      this.#worker.unref();
    }
  }
}
