import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePlan } from "../../../src/index-store/embedded/compaction.js";
import { Parameters } from "../../../src/index-store/embedded/statement.js";
import { timeWindows } from "../../../src/index-store/embedded/windows.js";
import type { SearchRequest } from "../../../src/index-store/index-store.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import type { SegmentInfo } from "../../../src/model/segment.js";
import { ALL_TIME, type Bounding } from "../../../src/model/time-range.js";

const segment = (path: string, rows: number, minLastMs = 0, lastMs = 1_000): SegmentInfo => ({
  path, day: "2026-01-15", level: 0, rows, bytes: rows, firstMs: minLastMs, minLastMs, lastMs, columns: [], openRows: 0, totalPackets: 0, totalBytes: 0,
});
const rowsOf = (group: readonly SegmentInfo[]): number => group.reduce((sum, { rows }) => sum + rows, 0);

describe("what is merged", () => {
  it("all small segments of a day that is over", () => {
    const segments = [segment("a", 100_000), segment("b", 10), segment("c", 150_000), segment("d", 10)];
    expect(mergePlan(segments, new Map(), true).map((group) => group.map(({ path }) => path))).toEqual([["a", "b", "d"]]);
  });

  it("on a day that goes on, no segment that dwarfs the new ones", () => {
    const segments = [segment("big", 100_000), ...["a", "b", "c", "d", "e"].map((path) => segment(path, 100))];
    expect(mergePlan(segments, new Map(), false).map((group) => group.map(({ path }) => path))).toEqual([["a", "b", "c", "d", "e"]]);
  });

  it("neighbours in time, whatever their sizes", () => {
    const segments = [segment("late", 110_000, 900, 999), segment("a", 62_000, 0, 99), segment("b", 62_000, 100, 199), segment("c", 62_000, 200, 299), segment("d", 62_000, 300, 399), segment("e", 10_000, 850, 899)];
    expect(mergePlan(segments, new Map(), true).map((group) => group.map(({ path }) => path))).toEqual([["a", "b", "c", "d"], ["e", "late"]]);
  });

  it("few enough segments at once to hold what is known of them", () => {
    const segments = Array.from({ length: 1_000 }, (_, at) => segment(String(at).padStart(4, "0"), 10, at, at));
    expect(mergePlan(segments, new Map(), true).map(({ length }) => length)).toEqual([256, 256, 256, 232]);
  });

  it("nothing of one segment, unless many of its rows are hidden", () => {
    expect(mergePlan([segment("a", 10)], new Map(), true)).toEqual([]);
    expect(mergePlan([segment("a", 900_000)], new Map([["a", 300_000]]), true)).toHaveLength(1);
  });

  it("no segment twice, and never more rows than a merge may hold", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 900_000 }), { maxLength: 60 }), fc.boolean(), (sizes, whole) => {
      const plan = mergePlan(sizes.map((rows, at) => segment(String(at), rows)), new Map(), whole);
      const paths = plan.flat().map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      for (const group of plan) expect(rowsOf(group)).toBeLessThanOrEqual(250_000);
    }));
  });
});

describe("windows of time", () => {
  const catalogue = packagedCatalogue();
  const field = catalogue.byPath("lastPacket");
  if (field === null) throw new Error("no lastPacket");
  const request = (direction: "asc" | "desc", after: SearchRequest["after"] = null): SearchRequest => ({
    expression: { node: "everything" }, range: ALL_TIME, fields: [], order: [{ field, direction }], limit: 100, after, countTotal: false,
  });
  /** Ends of the windows, as they are bound. */
  const stretches = (segments: readonly SegmentInfo[], asked: SearchRequest): readonly (readonly number[])[] =>
    [...timeWindows(segments, asked, 101, () => 0) ?? []].map((window) => {
      const parameters = new Parameters();
      return Object.values(parameters.statement(window.tests(parameters).join()).values).map(Number);
    });

  it.each(["asc", "desc"] as const)("cover the whole time once, without gaps (%s)", (direction) => {
    const spans = fc.array(fc.record({ start: fc.integer({ min: 0, max: 1e7 }), length: fc.integer({ min: 0, max: 1e6 }), rows: fc.integer({ min: 1, max: 1e6 }) }), { minLength: 1, maxLength: 12 });
    fc.assert(fc.property(spans, (given) => {
      const segments = [...given.map(({ start, length, rows }, at) => segment(String(at), rows, start, start + length)), segment("floor", 20_000, 0, 1e7)];
      const found = stretches(segments, request(direction));
      const ascending = direction === "asc" ? found : [...found].reverse();
      expect(ascending[0]?.[0]).toBe(0);
      expect(ascending.at(-1)?.[1]).toBe(Math.max(...segments.map(({ lastMs }) => lastMs)));
      ascending.forEach(([start], at) => { if (at > 0) expect(start).toBe((ascending[at - 1]?.[1] ?? 0) + 1); });
      expect(found.length).toBeLessThanOrEqual(12);
    }));
  });

  it("start where the cursor is", () => {
    const segments = [segment("a", 1_000_000, 0, 1_000_000)];
    expect(stretches(segments, request("desc", { values: [500_000], id: "" }))[0]?.[1]).toBe(500_000);
    expect(stretches(segments, request("asc", { values: [500_000], id: "" }))[0]?.[0]).toBe(500_000);
  });

  it("bound a time by the range of that time only: either packet of a session may be stamped first", () => {
    const first = catalogue.byPath("firstPacket");
    if (first === null) throw new Error("no firstPacket");
    const segments = [segment("a", 1_000_000, 0, 1_000_000)];
    const whole = (by: typeof field, bounding: Bounding, direction: "asc" | "desc"): readonly (number | undefined)[] => {
      const found = stretches(segments, { ...request(direction), order: [{ field: by, direction }], range: { startMs: 300_000, endMs: 700_000, bounding } });
      const ascending = direction === "asc" ? found : [...found].reverse();
      ascending.forEach(([start], at) => { if (at > 0) expect(start).toBe((ascending[at - 1]?.[1] ?? 0) + 1); });
      return [ascending[0]?.[0], ascending.at(-1)?.[1]];
    };
    for (const direction of ["asc", "desc"] as const) {
      expect(Object.fromEntries((["first", "last", "both", "either"] as const).map((bounding) => [bounding, [whole(first, bounding, direction), whole(field, bounding, direction)]]))).toEqual({
        first: [[300_000, 700_000], [0, 1_000_000]],
        last: [[0, 1_000_000], [300_000, 700_000]],
        both: [[300_000, 1_000_000], [0, 700_000]],
        either: [[0, 700_000], [300_000, 1_000_000]],
      });
    }
    // Where most rows are is where the walk begins.
    const beginning = stretches(segments, { ...request("desc"), order: [{ field: first, direction: "desc" }], range: { startMs: null, endMs: 700_000, bounding: "last" } })[0];
    expect(beginning?.[1]).toBe(1_000_000);
    expect(beginning?.[0]).toBeGreaterThan(690_000);
    expect(beginning?.[0]).toBeLessThan(700_000);
  });

  it("name the segments nearest to the page first", () => {
    const segments = [segment("a", 50_000, 0, 400), segment("b", 50_000, 200, 900), segment("c", 50_000, 100, 600)];
    const widest = (direction: "asc" | "desc"): readonly string[] =>
      [...timeWindows(segments, request(direction), 101, () => 0) ?? []].map((window) => window.segments.map(({ path }) => path)).find(({ length }) => length === 3) ?? [];
    expect(widest("desc")).toEqual(["b", "c", "a"]);
    expect(widest("asc")).toEqual(["a", "c", "b"]);
  });

  it("are none where a walk is not worth it", () => {
    expect(timeWindows([segment("a", 100)], request("desc"), 101, () => 0)).toBeNull();
  });
});
