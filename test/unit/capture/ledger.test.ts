import { describe, expect, it } from "vitest";
import { accountedUntil, gapAfter, LedgerSpans, noteAccounted } from "../../../src/capture/ledger.js";
import type { LedgerSpan } from "../../../src/catalogue/capture-ledger.js";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import type { SourceLedger } from "../../../src/native/types.js";
import { sourceLedger as ledger } from "../../support/source-ledger.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** The spans, each settled at once. */
function settling(spans: LedgerSpans): { next(ledgers: readonly SourceLedger[], nowMs: number): readonly LedgerSpan[] } {
  return {
    next(ledgers, nowMs) {
      const step = spans.next(ledgers, nowMs);
      step.settle();
      return step.spans;
    },
  };
}

describe("spans of the capture ledger", () => {
  it("that found no room are part of the next", () => {
    const spans = new LedgerSpans("n1", "", 1000);
    spans.next([ledger("a", { stored: 5 })], 2000);
    expect(spans.next([ledger("a", { stored: 7, lostToDisk: 1 })], 3000).spans).toMatchObject([{ fromMs: 1000, untilMs: 3000, received: 8, stored: 7, lostToDisk: 1 }]);
  });

  it("hold what came between two looks, summed over the sources of an interface, and balance", () => {
    const spans = settling(new LedgerSpans("n1", "", 1000));
    expect(spans.next([ledger("a", { stored: 5 }), ledger("a", { stored: 3, droppedByKernel: 2 }), ledger("b", {})], 2000)).toEqual([
      { node: "n1", interface: "a", fromMs: 1000, untilMs: 2000, received: 10, stored: 8, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 2, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false },
    ]);
    expect(spans.next([ledger("a", { stored: 5 }), ledger("a", { stored: 3, droppedByKernel: 2 })], 3000)).toEqual([]);
    expect(spans.next([ledger("a", { stored: 6, lostToDisk: 4 }), ledger("a", { stored: 3, droppedByKernel: 2, duplicate: 1 })], 4000)).toMatchObject([
      { fromMs: 3000, untilMs: 4000, received: 6, stored: 1, duplicate: 1, lostToDisk: 4, lostToKernel: 0 },
    ]);
  });

  it("count what a rule left out as received, and damaged packets once", () => {
    const spans = settling(new LedgerSpans("n1", "", 0));
    spans.next([ledger("a", { stored: 1, byRule: 2, malformed: 1 })], 1000);
    expect(spans.next([ledger("a", { stored: 4, byRule: 7, malformed: 3, cut: 1 })], 2000)).toMatchObject([{ received: 8, stored: 3, byRule: 5, malformed: 2, cut: 1 }]);
  });

  it("are pushed packets' when their source has no name", () => {
    expect(settling(new LedgerSpans("n1", "eth9", 0)).next([ledger("", { stored: 1, droppedByKernel: null })], 5)).toMatchObject([{ interface: "eth9", received: 1 }]);
  });
});

describe("the capture ledger", () => {
  it("says what was lost in a range, to the edges of the spans that touch it, and forgets quiet spans first", () => {
    const { captureLedger } = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const span = { node: "n1", interface: "a", stored: 7, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false };
    captureLedger.add({ ...span, fromMs: 1000, untilMs: 2000, received: 10, lostToKernel: 3 });
    captureLedger.add({ ...span, fromMs: 2000, untilMs: 3000, received: 7, lostToKernel: 0 });
    captureLedger.add({ ...span, fromMs: 3000, untilMs: 4000, received: 8, lostToKernel: 1 });
    captureLedger.add({ ...span, fromMs: 3500, untilMs: 4000, received: 8, lostToKernel: 1 });
    expect([captureLedger.lostIn(null, null), captureLedger.lostIn(2001, 2999), captureLedger.lostIn(1999, 2500), captureLedger.lostIn(3900, null), captureLedger.lostIn(null, 1000)]).toEqual([5, 0, 3, 2, 3]);
    expect(captureLedger.list(0, 5000, 10)).toHaveLength(3);
    expect(captureLedger.list(4000, 5000, 10)).toMatchObject([{ fromMs: 3000, received: 16, stored: 14 }]);
    expect(captureLedger.expire(4000, 1500)).toBe(1);
    expect(captureLedger.lostIn(null, null)).toBe(5);
    expect(captureLedger.expire(4000, 4000)).toBe(1);
    expect(captureLedger.lostIn(null, null)).toBe(2);
  });

  it("says what each interface lost in a range", () => {
    const { captureLedger } = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const nothing = { lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0 };
    const span = { node: "n1", stored: 7, byRule: 0, malformed: 0, cut: 0, duplicate: 0, received: 9, uncounted: false, ...nothing };
    captureLedger.add({ ...span, interface: "a", fromMs: 0, untilMs: 1000, lostToKernel: 100 });
    captureLedger.add({ ...span, interface: "a", fromMs: 1000, untilMs: 2000, lostToKernel: 3, lostToDisk: 1 });
    captureLedger.add({ ...span, interface: "a", fromMs: 2000, untilMs: 3000, lostToKernel: 2, lostToInterface: 4 });
    captureLedger.add({ ...span, interface: "b", fromMs: 2000, untilMs: 3000, lostToQueue: 2 });
    captureLedger.add({ ...span, interface: "c", fromMs: 2000, untilMs: 3000 });
    captureLedger.add({ ...span, interface: "a", fromMs: 3000, untilMs: 4000, lostToKernel: 100 });
    expect(captureLedger.losses(2000, 4000)).toEqual([
      { node: "n1", interface: "a", lostToKernel: 5, lostToInterface: 4, lostToQueue: 0, lostToDisk: 1 }, { node: "n1", interface: "b", ...nothing, lostToQueue: 2 },
    ]);
    expect(captureLedger.losses(4001, 9000)).toEqual([]);
  });

  it("knows losses of a node that nobody counted, and keeps them as those that were", () => {
    const { captureLedger } = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    const span = { node: "n1", interface: "a", received: 1, stored: 1, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0, uncounted: false };
    captureLedger.add({ ...span, fromMs: 0, untilMs: 1000 });
    captureLedger.add({ ...span, fromMs: 1000, untilMs: 2000, uncounted: true });
    captureLedger.add({ ...span, fromMs: 2000, untilMs: 3000, received: 2, lostToQueue: 1 });
    captureLedger.add({ ...span, fromMs: 3000, untilMs: 9000 });
    captureLedger.add({ ...span, fromMs: 9000, untilMs: 9500, received: 4, lostToDisk: 3 });
    captureLedger.add({ ...span, node: "n2", fromMs: 0, untilMs: 9500, uncounted: true });
    expect([captureLedger.uncountedIn(null, null), captureLedger.uncountedIn(2001, 9000)]).toEqual([true, true]);
    expect(captureLedger.lossSpans("n1", 0)).toEqual([{ fromMs: 1000, untilMs: 3000 }, { fromMs: 9000, untilMs: 9500 }]);
    expect(captureLedger.lossSpans("n1", 3001)).toEqual([{ fromMs: 9000, untilMs: 9500 }]);
    expect(captureLedger.expire(Number.MAX_SAFE_INTEGER, 0)).toBe(2);
    expect(captureLedger.lossSpans("n1", 0)).toHaveLength(2);
    captureLedger.expire(0, 9000);
    expect([captureLedger.uncountedIn(null, 500), captureLedger.list(0, 9000, 10)]).toEqual([true, []]);
  });
});

/** Files with packets up to a position, and one that begins far behind what could be counted. */
const upTo = (ordinal: number) => () => [{ firstOrdinal: 0, packets: 1 }, { firstOrdinal: 1, packets: ordinal - 1 }, { firstOrdinal: 2 ** 32, packets: 0 }];

describe("what a capture that died left", () => {
  it("is a span of its own: what it stored since its last, and losses that nobody counted", () => {
    const settings = new Map<string, string>();
    const store = { get: (key: string) => settings.get(key) ?? null, set: (key: string, value: string) => { settings.set(key, value); } };
    expect(accountedUntil(store, "s")).toBeNull();
    expect(gapAfter(null, "n1", upTo(10), 5000)).toBeNull();
    noteAccounted(store, "s", { interface: "a,b", ordinal: 7, atMs: 4000, running: true });
    expect(gapAfter(accountedUntil(store, "s"), "n1", upTo(10), 5000)).toMatchObject({ node: "n1", interface: "a,b", fromMs: 4000, untilMs: 5000, received: 3, stored: 3, uncounted: true });
    // Files that went, and a clock that was set back.
    expect(gapAfter(accountedUntil(store, "s"), "n1", upTo(2), 3000)).toMatchObject({ fromMs: 3000, untilMs: 3000, received: 0, stored: 0 });
    noteAccounted(store, "s", { interface: "a,b", ordinal: 7, atMs: 4000, running: false });
    expect(gapAfter(accountedUntil(store, "s"), "n1", upTo(10), 5000)).toBeNull();
  });
});

describe("drops that a source cannot know", () => {
  it("are of the whole run of a capture, kept until it is old", () => {
    const { unknownDrops } = openCatalogue(temporaryDirectory(), { nowMs: () => 1 });
    expect(unknownDrops.touch(null, null)).toBe(false);
    const run = { node: "n1", interface: "a", fromMs: 1000, untilMs: 2000 };
    unknownDrops.note(run);
    unknownDrops.note({ ...run, untilMs: 5000 });
    // A clock that was set back takes nothing away.
    unknownDrops.note({ ...run, untilMs: 900 });
    unknownDrops.note({ ...run, fromMs: 8000, untilMs: 7000 });
    expect([[null, 999], [null, 1000], [3000, 3500], [5000, 6000], [5001, 7999], [8000, null], [8001, null]].map(([from, until]) => unknownDrops.touch(from ?? null, until ?? null)))
      .toEqual([false, true, true, true, false, true, false]);
    expect([unknownDrops.expire(5000), unknownDrops.expire(5001)]).toEqual([0, 1]);
    expect([unknownDrops.touch(null, 7000), unknownDrops.touch(null, null)]).toEqual([false, true]);
  });
});
