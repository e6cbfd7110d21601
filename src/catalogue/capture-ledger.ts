import type { Connection } from "./database.js";

/** What became of the packets of an interface in a span of time: received = stored + byRule + duplicate + the four losses. */
export interface LedgerSpan {
  readonly node: string;
  readonly interface: string;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly received: number;
  readonly stored: number;
  /** Indexed and not stored, because a rule said so. */
  readonly byRule: number;
  /** Of those stored or left out by a rule, packets with a damaged header. */
  readonly malformed: number;
  /** Of those stored, cut at the snap length. */
  readonly cut: number;
  readonly duplicate: number;
  readonly lostToKernel: number;
  readonly lostToInterface: number;
  readonly lostToQueue: number;
  readonly lostToDisk: number;
}

/** Table `capture_ledger`. */
export class CaptureLedger {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a span; one that ends in the same millisecond as another of its interface is added to that. */
  add(span: LedgerSpan): void {
    this.#connection.prepare(
      `INSERT INTO capture_ledger (node, interface, from_ms, until_ms, received, stored, by_rule, malformed, cut, duplicate, lost_to_kernel, lost_to_interface, lost_to_queue, lost_to_disk)
       VALUES (@node, @interface, @fromMs, @untilMs, @received, @stored, @byRule, @malformed, @cut, @duplicate, @lostToKernel, @lostToInterface, @lostToQueue, @lostToDisk)
       ON CONFLICT (node, interface, until_ms) DO UPDATE SET from_ms = min(from_ms, excluded.from_ms), received = received + excluded.received,
         stored = stored + excluded.stored, by_rule = by_rule + excluded.by_rule, malformed = malformed + excluded.malformed, cut = cut + excluded.cut, duplicate = duplicate + excluded.duplicate,
         lost_to_kernel = lost_to_kernel + excluded.lost_to_kernel, lost_to_interface = lost_to_interface + excluded.lost_to_interface,
         lost_to_queue = lost_to_queue + excluded.lost_to_queue, lost_to_disk = lost_to_disk + excluded.lost_to_disk`,
    ).run(span);
  }

  /** Packets lost in spans that touch a range; a null end is open. */
  lostIn(startMs: number | null, endMs: number | null): number {
    return this.#connection.prepare<[number, number], { lost: number | null }>(
      `SELECT sum(lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk) AS lost FROM capture_ledger
       WHERE lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk > 0 AND until_ms >= ? AND from_ms <= ?`,
    ).get(startMs ?? 0, endMs ?? Number.MAX_SAFE_INTEGER)?.lost ?? 0;
  }

  /** At most `limit` spans that end in `[fromMs, toMs)`, oldest first. */
  list(fromMs: number, toMs: number, limit: number): readonly LedgerSpan[] {
    return this.#connection.prepare<[number, number, number], LedgerSpan>(
      `SELECT node, interface, from_ms AS fromMs, until_ms AS untilMs, received, stored, by_rule AS byRule, malformed, cut, duplicate, lost_to_kernel AS lostToKernel,
         lost_to_interface AS lostToInterface, lost_to_queue AS lostToQueue, lost_to_disk AS lostToDisk
       FROM capture_ledger WHERE until_ms >= ? AND until_ms < ? ORDER BY until_ms, node, interface LIMIT ?`,
    ).all(fromMs, toMs, limit);
  }

  /** Removes spans without a loss that end before `quietBeforeMs`, and all that end before `beforeMs`; returns how many went. */
  expire(quietBeforeMs: number, beforeMs: number): number {
    return this.#connection.prepare(
      `DELETE FROM capture_ledger WHERE until_ms < ? OR (until_ms < ? AND lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk = 0)`,
    ).run(beforeMs, quietBeforeMs).changes;
  }
}
