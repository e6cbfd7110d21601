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
  /** Whether more may have been lost, which nobody counted: the capture had died. */
  readonly uncounted: boolean;
}

/** A span in which packets were lost, milliseconds since 1970, both ends included. */
export interface Loss {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Losses closer than this are one: spans follow each other, and one in between that is quiet is not kept for long. */
const JOINED_MS = 2_000;
/** Packets that a span counts as lost, as the index of losses has it. */
const LOST = "lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk";

/** What an interface lost, in packets. */
export type LedgerLoss = Pick<LedgerSpan, "node" | "interface" | "lostToKernel" | "lostToInterface" | "lostToQueue" | "lostToDisk">;

/** Table `capture_ledger`. */
export class CaptureLedger {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a span; one that ends in the same millisecond as another of its interface is added to that. */
  add(span: LedgerSpan): void {
    this.#connection.prepare(
      `INSERT INTO capture_ledger (node, interface, from_ms, until_ms, received, stored, by_rule, malformed, cut, duplicate, lost_to_kernel, lost_to_interface, lost_to_queue, lost_to_disk, uncounted)
       VALUES (@node, @interface, @fromMs, @untilMs, @received, @stored, @byRule, @malformed, @cut, @duplicate, @lostToKernel, @lostToInterface, @lostToQueue, @lostToDisk, @uncounted)
       ON CONFLICT (node, interface, until_ms) DO UPDATE SET from_ms = min(from_ms, excluded.from_ms), received = received + excluded.received,
         stored = stored + excluded.stored, by_rule = by_rule + excluded.by_rule, malformed = malformed + excluded.malformed, cut = cut + excluded.cut, duplicate = duplicate + excluded.duplicate,
         lost_to_kernel = lost_to_kernel + excluded.lost_to_kernel, lost_to_interface = lost_to_interface + excluded.lost_to_interface,
         lost_to_queue = lost_to_queue + excluded.lost_to_queue, lost_to_disk = lost_to_disk + excluded.lost_to_disk, uncounted = max(uncounted, excluded.uncounted)`,
    ).run({ ...span, uncounted: span.uncounted ? 1 : 0 });
  }

  /** Packets lost in spans that touch a range; a null end is open. */
  lostIn(startMs: number | null, endMs: number | null): number {
    return this.#connection.prepare<[number, number], { lost: number | null }>(
      `SELECT sum(${LOST}) AS lost FROM capture_ledger
       WHERE ${LOST} > 0 AND until_ms >= ? AND from_ms <= ?`,
    ).get(startMs ?? 0, endMs ?? Number.MAX_SAFE_INTEGER)?.lost ?? 0;
  }

  /** Whether packets may have been lost, which nobody counted, in spans that touch a range; a null end is open. */
  uncountedIn(startMs: number | null, endMs: number | null): boolean {
    return this.#connection.prepare("SELECT 1 FROM capture_ledger WHERE uncounted = 1 AND until_ms >= ? AND from_ms <= ? LIMIT 1")
      .get(startMs ?? 0, endMs ?? Number.MAX_SAFE_INTEGER) !== undefined;
  }

  /** When a node lost packets, counted or not, from a time on; spans that follow each other are one, in order. */
  lossSpans(node: string, fromMs: number): readonly Loss[] {
    const losses: { fromMs: number; untilMs: number }[] = [];
    const spans = this.#connection.prepare<[string, number], Loss>(
      `SELECT from_ms AS fromMs, until_ms AS untilMs FROM capture_ledger WHERE node = ? AND until_ms >= ? AND (${LOST} > 0 OR uncounted = 1) ORDER BY until_ms`,
    );
    for (const span of spans.iterate(node, fromMs)) {
      const last = losses.at(-1);
      if (last !== undefined && span.fromMs <= last.untilMs + JOINED_MS) last.untilMs = Math.max(last.untilMs, span.untilMs);
      else losses.push({ ...span });
    }
    return losses;
  }

  /** What each interface lost in spans that end in `[fromMs, toMs)`; those that lost something. */
  losses(fromMs: number, toMs: number): readonly LedgerLoss[] {
    return this.#connection.prepare<[number, number], LedgerLoss>(
      `SELECT node, interface, sum(lost_to_kernel) AS lostToKernel, sum(lost_to_interface) AS lostToInterface, sum(lost_to_queue) AS lostToQueue, sum(lost_to_disk) AS lostToDisk
       FROM capture_ledger WHERE ${LOST} > 0 AND until_ms >= ? AND until_ms < ?
       GROUP BY node, interface ORDER BY node, interface`,
    ).all(fromMs, toMs);
  }

  /** At most `limit` spans that end in `[fromMs, toMs)`, oldest first. */
  list(fromMs: number, toMs: number, limit: number): readonly LedgerSpan[] {
    return this.#connection.prepare<[number, number, number], Omit<LedgerSpan, "uncounted"> & { readonly uncounted: number }>(
      `SELECT node, interface, from_ms AS fromMs, until_ms AS untilMs, received, stored, by_rule AS byRule, malformed, cut, duplicate, lost_to_kernel AS lostToKernel,
         lost_to_interface AS lostToInterface, lost_to_queue AS lostToQueue, lost_to_disk AS lostToDisk, uncounted
       FROM capture_ledger WHERE until_ms >= ? AND until_ms < ? ORDER BY until_ms, node, interface LIMIT ?`,
    ).all(fromMs, toMs, limit).map((span) => ({ ...span, uncounted: span.uncounted === 1 }));
  }

  /** Removes spans without a loss that end before `quietBeforeMs`, and all that end before `beforeMs`; returns how many went. */
  expire(quietBeforeMs: number, beforeMs: number): number {
    return this.#connection.prepare(
      `DELETE FROM capture_ledger WHERE until_ms < ? OR (until_ms < ? AND uncounted = 0 AND ${LOST} = 0)`,
    ).run(beforeMs, quietBeforeMs).changes;
  }
}
