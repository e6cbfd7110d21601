import { beforeEach, expect, it } from "vitest";
import { silentLogger, type Logger } from "../../../src/base/logger.js";
import { LiveTroubles } from "../../../src/capture/live-troubles.js";

const QUIET = { writeFailure: null, refusals: [], notDurable: [], counters: {}, nextOrdinal: 0 };

let lines: string[];
const logger: Logger = { ...silentLogger, warn: (_, text) => { lines.push(text); }, error: (_, text) => { lines.push(text); } };
beforeEach(() => { lines = []; });

it("a directory that fails is told of once in a while, each way of failing by itself", () => {
  const troubles = new LiveTroubles(logger);
  const told = (flush: { readonly refusals?: readonly string[]; readonly notDurable?: readonly string[]; readonly writeFailure?: string }, nowMs: number): readonly string[] => {
    lines = [];
    troubles.flushed({ ...QUIET, ...flush }, [], nowMs);
    return lines.map((line) => line.slice(0, 28));
  };
  expect(told({ refusals: ["/a: gone"] }, 1000)).toEqual(["a packet directory takes not"]);
  expect(told({ notDurable: ["/a: late"] }, 2000)).toEqual(["packets that were written ma"]);
  expect(told({ refusals: ["/a: gone"], notDurable: ["/a: late"] }, 60_000)).toEqual([]);
  expect(told({ refusals: ["/a: gone"] }, 61_000)).toHaveLength(1);
  // Where no other takes packets, that is what is told.
  expect(told({ refusals: ["/a: gone"], writeFailure: "/a: gone" }, 200_000)).toEqual(["packets or rows cannot be st"]);
  // A clock that was set back keeps nothing quiet.
  expect(told({ refusals: ["/a: gone"] }, 10)).toHaveLength(1);
});

it("a clock that is set is told of each time, by direction", () => {
  const troubles = new LiveTroubles(logger);
  const told = (back: number, forward: number): readonly string[] => {
    lines = [];
    troubles.flushed({ ...QUIET, counters: { "clock.setBack": back, "clock.setForward": forward } }, [], 0);
    return lines.map((line) => /set (back|forward)/.exec(line)?.[1] ?? line);
  };
  expect([told(0, 0), told(1, 0), told(1, 0), told(1, 2), told(2, 3)]).toEqual([[], ["back"], [], ["forward"], ["back", "forward"]]);
});

it("what cannot be stored is told once, and its end when something was stored again", () => {
  const troubles = new LiveTroubles(logger);
  const told = (nextOrdinal: number, writeFailure: string | null = null, commit: string | null = null): readonly unknown[] => {
    lines = [];
    troubles.flushed({ ...QUIET, nextOrdinal, writeFailure }, [], 0);
    const after = troubles.failureAfter(nextOrdinal);
    if (commit === null) {
      troubles.committed(nextOrdinal);
      expect(troubles.failure).toBe(after);
    } else {
      troubles.refused(commit);
    }
    return [...lines.map((line) => line.slice(0, 35)), troubles.failure];
  };
  expect(told(5)).toEqual([null]);
  expect(told(5, "/a: no right")).toEqual(["packets or rows cannot be stored; t", "/a: no right"]);
  // Nothing came, and some came and were lost: neither is a packet that was stored.
  expect([told(5), told(5, "/a: still none"), told(5)]).toEqual([["/a: no right"], ["/a: still none"], ["/a: still none"]]);
  expect(told(6)).toEqual(["packets and rows are stored again", null]);
  // A catalogue that has no room takes something with the next commit that succeeds.
  expect([told(7, null, "full"), told(8, null, "full"), told(8), told(8)]).toEqual([["packets or rows cannot be stored; t", "full"], ["full"], ["packets and rows are stored again", null], [null]]);
  expect([told(8, "/a: full", "full"), told(8), told(9)]).toEqual([["packets or rows cannot be stored; t", "/a: full"], ["/a: full"], ["packets and rows are stored again", null]]);
});
