import type { LedgerSpan } from "../catalogue/capture-ledger.js";
import type { SourceLedger } from "../native/types.js";

const MEASURES = ["stored", "byRule", "malformed", "cut", "duplicate", "lostToKernel", "lostToInterface", "lostToQueue", "lostToDisk"] as const;

type Counts = Readonly<Record<(typeof MEASURES)[number], number>>;

/** Counts of one interface, whatever the number of its sources. Unknown losses count as none here; statistics say unknown. */
function countsByInterface(ledgers: readonly SourceLedger[], pushedFrom: string): Map<string, Counts> {
  const totals = new Map<string, Counts>();
  for (const ledger of ledgers) {
    const name = ledger.interface === "" ? pushedFrom : ledger.interface;
    const before = totals.get(name);
    // Sockets of one interface see the same counter of the interface.
    const counts: Counts = { ...ledger, lostToKernel: ledger.droppedByKernel ?? 0, lostToInterface: before === undefined ? (ledger.droppedByInterface ?? 0) : 0 };
    totals.set(name, before === undefined ? counts : add(before, counts, 1));
  }
  return totals;
}

function add(a: Counts, b: Counts, sign: 1 | -1): Counts {
  const sum = (measure: (typeof MEASURES)[number]): number => a[measure] + sign * b[measure];
  return {
    stored: sum("stored"), byRule: sum("byRule"), malformed: sum("malformed"), cut: sum("cut"), duplicate: sum("duplicate"), lostToKernel: sum("lostToKernel"), lostToInterface: sum("lostToInterface"),
    lostToQueue: sum("lostToQueue"), lostToDisk: sum("lostToDisk"),
  };
}

/** Spans on their way into the catalogue. */
export interface LedgerStep {
  readonly spans: readonly LedgerSpan[];
  /** The next spans begin where these end; without it they hold these as well. */
  settle(): void;
}

/**
 * Turns counts since the start of a capture into spans between two looks. Received is what is accounted for, so a span
 * always balances; packets on their way between two threads are in the next one.
 */
export class LedgerSpans {
  readonly #node: string;
  readonly #pushedFrom: string;
  #before = new Map<string, Counts>();
  #untilMs: number;

  /** @param pushedFrom Interface of packets that are pushed. */
  constructor(node: string, pushedFrom: string, startedMs: number) {
    this.#node = node;
    this.#pushedFrom = pushedFrom;
    this.#untilMs = startedMs;
  }

  /** The spans since those that were settled last, of interfaces on which anything came. Settle them once they are durable. */
  next(ledgers: readonly SourceLedger[], nowMs: number): LedgerStep {
    const now = countsByInterface(ledgers, this.#pushedFrom);
    const spans = [...now].flatMap(([name, counts]): LedgerSpan[] => {
      const before = this.#before.get(name);
      const span = before === undefined ? counts : add(counts, before, -1);
      const received = span.stored + span.byRule + span.duplicate + span.lostToKernel + span.lostToInterface + span.lostToQueue + span.lostToDisk;
      if (received === 0) return [];
      const { stored, byRule, malformed, cut, duplicate, lostToKernel, lostToInterface, lostToQueue, lostToDisk } = span;
      return [{
        node: this.#node, interface: name, fromMs: Math.min(this.#untilMs, nowMs), untilMs: nowMs, received, stored, byRule, malformed, cut, duplicate, lostToKernel, lostToInterface, lostToQueue, lostToDisk,
      }];
    });
    return {
      spans,
      settle: () => {
        this.#before = now;
        this.#untilMs = nowMs;
      },
    };
  }
}
