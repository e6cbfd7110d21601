import type { Logger } from "../base/logger.js";
import type { LiveFlush, SourceLedger } from "../native/types.js";

/** Time between two lines of the log about a packet directory that is passed over, or whose packets do not become durable. */
const DIRECTORY_EVERY_MS = 60_000;

/** What goes wrong while packets are captured, told in the log when it begins and ends, and not each second. */
export class LiveTroubles {
  readonly #logger: Logger;
  /** Why packets cannot be written, and the position in the stream up to which they were. */
  #packets: { readonly reason: string; readonly ordinal: number } | null = null;
  /** Why the catalogue takes nothing. */
  #rows: string | null = null;
  readonly #directoryMs = { refusals: Number.NEGATIVE_INFINITY, notDurable: Number.NEGATIVE_INFINITY };
  #clockSet = { back: 0, forward: 0 };
  /** As of the last flush. */
  #before: readonly Pick<SourceLedger, "wentDown" | "damagedBlocks">[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Why nothing can be stored at present, or null. */
  get failure(): string | null {
    return this.#packets?.reason ?? this.#rows;
  }

  /** Tells what a flush and the account of the sources say. */
  flushed(flush: Pick<LiveFlush, "writeFailure" | "refusals" | "notDurable" | "counters" | "nextOrdinal">, ledgers: readonly SourceLedger[], nowMs: number): void {
    if (flush.writeFailure !== null) {
      this.#begins(flush.writeFailure);
      this.#packets = { reason: flush.writeFailure, ordinal: flush.nextOrdinal };
    }
    if (flush.writeFailure === null) this.#directory("refusals", flush.refusals, nowMs, "a packet directory takes nothing and is passed over; packets go to another one");
    this.#directory("notDurable", flush.notDurable, nowMs, "packets that were written may not survive a crash of the system: their disk is late or failed; later ones go to another directory where there is one");
    this.#clock(flush.counters);
    this.#sources(ledgers);
  }

  /** Tells that a flush could not be committed. */
  refused(reason: string): void {
    this.#begins(reason);
    this.#rows = reason;
  }

  /** What `failure` is once a flush up to this position in the stream is committed. That nothing failed is no proof: perhaps nothing came. */
  failureAfter(nextOrdinal: number): string | null {
    return this.#packets !== null && nextOrdinal <= this.#packets.ordinal ? this.#packets.reason : null;
  }

  /** Tells once that packets and rows are stored again, after both were. */
  committed(nextOrdinal: number): void {
    const failed = this.failure !== null;
    this.#rows = null;
    if (this.failureAfter(nextOrdinal) === null) this.#packets = null;
    if (failed && this.failure === null) this.#logger.warn({}, "packets and rows are stored again");
  }

  /** Tells once that nothing can be stored. */
  #begins(reason: string): void {
    if (this.failure === null) this.#logger.error({ error: reason }, "packets or rows cannot be stored; they are lost and counted until this ends");
  }

  /** Tells of a packet directory that fails, each once in a while: it is tried again with every new file. */
  #directory(kind: "refusals" | "notDurable", reasons: readonly string[], nowMs: number, what: string): void {
    const beforeMs = this.#directoryMs[kind];
    if (reasons.length === 0 || (nowMs >= beforeMs && nowMs - beforeMs < DIRECTORY_EVERY_MS)) return;
    this.#directoryMs[kind] = nowMs;
    this.#logger.error({ error: reasons.join("; ") }, what);
  }

  /**
   * Tells when the clock was set. Back: sessions go on, and answers by time find later packets before earlier ones. Forward: what was
   * open looks as if it had been idle meanwhile.
   */
  #clock(counters: LiveFlush["counters"]): void {
    const { back, forward } = { back: counters["clock.setBack"] ?? 0, forward: counters["clock.setForward"] ?? 0 };
    if (back > this.#clockSet.back) this.#logger.warn({ times: back }, "the clock that stamps packets was set back; sessions go on, and timeouts are measured onward from there");
    if (forward > this.#clockSet.forward) this.#logger.warn({ times: forward }, "the clock that stamps packets was set forward, or the host slept; sessions that were idle for that long by the clock end, and go on as others");
    this.#clockSet = { back, forward };
  }

  /** Tells what happened to interfaces since the last flush; the counts are in the statistics. */
  #sources(ledgers: readonly SourceLedger[]): void {
    for (const [at, { interface: name, wentDown, damagedBlocks }] of ledgers.entries()) {
      const before = this.#before[at] ?? { wentDown: 0, damagedBlocks: 0 };
      if (wentDown > before.wentDown) this.#logger.warn({ interface: name, times: wentDown - before.wentDown }, "the interface went down or away; what passes by meanwhile is not seen, and capture goes on once it is back");
      if (damagedBlocks > before.damagedBlocks) this.#logger.error({ interface: name, blocks: damagedBlocks - before.damagedBlocks }, "blocks of the kernel's ring, or places of the capture that comes through standard input, did not hold and were passed over; their packets are not counted");
    }
    this.#before = ledgers;
  }
}
