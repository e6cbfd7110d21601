import { beforeEach, expect, it } from "vitest";
import { silentLogger, type Logger } from "../../../src/base/logger.js";
import { LiveTroubles } from "../../../src/capture/live-troubles.js";

const QUIET = { writeFailure: null, refusals: [], notDurable: [], counters: {} };

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
  expect(told({}, 201_000)).toEqual(["packets and rows are stored "]);
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
