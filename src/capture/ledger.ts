import type { PacketFile } from "../catalogue/packet-files.js";
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

/** How far a stream's packets are accounted for. */
export interface Accounted {
  /** Names of the interfaces, separated by commas. */
  readonly interface: string;
  /** Position in the stream after the last packet that is in a span. */
  readonly ordinal: number;
  /** When the last span ended, milliseconds since 1970. */
  readonly atMs: number;
  /** Whether more was to come: false once a capture was stopped in order. */
  readonly running: boolean;
}

const accountedKey = (stream: string): string => `live.accounted.${stream}`;

/** Notes how far a stream is accounted for; runs in the transaction of the spans. */
export function noteAccounted(settings: { set(key: string, value: string): void }, stream: string, accounted: Accounted): void {
  settings.set(accountedKey(stream), JSON.stringify(accounted));
}

/** How far a stream is accounted for, or null when nothing was captured yet. */
export function accountedUntil(settings: { get(key: string): string | null }, stream: string): Accounted | null {
  const stored = settings.get(accountedKey(stream));
  const parsed: unknown = stored === null ? null : JSON.parse(stored);
  return isAccounted(parsed) ? parsed : null;
}

function isAccounted(value: unknown): value is Accounted {
  return typeof value === "object" && value !== null && "interface" in value && "ordinal" in value && typeof value.ordinal === "number"
    && "atMs" in value && typeof value.atMs === "number" && "running" in value;
}

/**
 * The span between the death of a capture and the start of the next: packets that were stored and in no span yet, and such as nobody
 * counted. None after a capture that was stopped in order.
 *
 * @param files Those of the stream, as far as they could be counted; positions may have gaps between them. Asked for where a capture died.
 */
export function gapAfter(before: Accounted | null, node: string, files: () => readonly Pick<PacketFile, "firstOrdinal" | "packets">[], nowMs: number): LedgerSpan | null {
  if (before === null || !before.running) return null;
  const stored = files().reduce((sum, { firstOrdinal, packets }) => sum + Math.max(0, firstOrdinal + packets - Math.max(firstOrdinal, before.ordinal)), 0);
  return {
    node, interface: before.interface, fromMs: Math.min(before.atMs, nowMs), untilMs: nowMs, received: stored, stored, byRule: 0, malformed: 0, cut: 0, duplicate: 0,
    lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: true,
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
        uncounted: false,
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
