import { Kind, type ValueNode } from "graphql";
import { describe, expect, test } from "vitest";
import { chosenInterval, checkInterval, spanMs } from "../../../src/graphql/aggregate/interval.js";
import { CursorSeal, queryHash } from "../../../src/graphql/cursor.js";
import { AddressScalar, DateTimeScalar, FilterValueScalar, LongScalar } from "../../../src/graphql/scalar/scalars.js";

const text = (value: string): ValueNode => ({ kind: Kind.STRING, value });
const int = (value: string): ValueNode => ({ kind: Kind.INT, value });

describe("Long", () => {
  test("prints a number while it is exact, else text", () => {
    expect(LongScalar.serialize(2 ** 53 - 1)).toBe(9_007_199_254_740_991);
    expect(LongScalar.serialize(5n)).toBe(5);
    expect(LongScalar.serialize(2n ** 63n - 1n)).toBe("9223372036854775807");
    expect(() => LongScalar.serialize(2n ** 63n)).toThrow();
    expect(() => LongScalar.serialize(1.5)).toThrow();
  });

  test("reads whole numbers and their text", () => {
    expect([LongScalar.parseValue("42"), LongScalar.parseValue(-7), LongScalar.parseLiteral(int("9007199254740991"), {})]).toEqual([42, -7, 9_007_199_254_740_991]);
    for (const wrong of ["1e5", 1.5, 2 ** 53, "99999999999999999999", null, true]) expect(() => LongScalar.parseValue(wrong), String(wrong)).toThrow();
    expect(() => LongScalar.parseLiteral(int("9007199254740993"), {})).toThrow();
  });
});

describe("DateTime", () => {
  test("reads ISO 8601 with a zone and milliseconds since 1970", () => {
    for (const [given, ms] of [
      ["1970-01-01T00:00:00Z", 0], ["2026-11-24", 1_795_478_400_000], ["2026-11-24T01:00:00+01:00", 1_795_478_400_000], ["2026-11-24T00:00:00.123456789Z", 1_795_478_400_123],
      [1_795_478_400_000, 1_795_478_400_000], ["1795478400000", 1_795_478_400_000], [1.9, 1],
    ] as const) {
      expect(DateTimeScalar.parseValue(given), String(given)).toBe(ms);
    }
  });

  test("refuses a time without zone, one outside 1970 to 2262, and what is none", () => {
    for (const wrong of ["2026-11-24T00:00:00", "yesterday", "2026-13-01", "", null, {}, Number.NaN, Infinity]) expect(() => DateTimeScalar.parseValue(wrong), String(wrong)).toThrow(/DateTime takes/);
    for (const outside of [-1, "1969-12-31", "2263-01-01T00:00:00Z", 9_223_372_036_855]) expect(() => DateTimeScalar.parseValue(outside), String(outside)).toThrow(/1970 and 2262/);
  });

  test("refuses days that there are not, at any time of day", () => {
    for (const wrong of ["2026-02-29", "2026-02-30", "2026-02-30T12:00:00Z", "2026-04-31T00:00:00+02:00", "2026-06-31", "1900-02-29", "2100-02-29"]) expect(() => DateTimeScalar.parseValue(wrong), wrong).toThrow(/of a day that there is/);
    for (const right of ["2024-02-29", "2000-02-29T23:59:59,5Z", "2026-01-31", "2026-04-30", "2026-12-31T24:00Z"]) expect(() => DateTimeScalar.parseValue(right), right).not.toThrow();
  });

  test("prints ISO 8601, and what ISO cannot print as a number", () => {
    expect(DateTimeScalar.serialize(0)).toBe("1970-01-01T00:00:00.000Z");
    expect(DateTimeScalar.serialize(8.64e15 + 1)).toBe(8.64e15 + 1);
  });
});

test("Address and FilterValue take what they name", () => {
  expect([AddressScalar.parseValue("::1"), AddressScalar.parseLiteral(text("192.0.2.1"), {})]).toEqual(["::1", "192.0.2.1"]);
  expect(() => AddressScalar.parseValue("192.0.2")).toThrow();
  expect([FilterValueScalar.parseValue("a"), FilterValueScalar.parseValue(1), FilterValueScalar.parseLiteral({ kind: Kind.BOOLEAN, value: true }, {})]).toEqual(["a", 1, true]);
  for (const wrong of [null, {}, [], Infinity]) expect(() => FilterValueScalar.parseValue(wrong)).toThrow();
});

describe("cursors", () => {
  const seal = new CursorSeal(Buffer.alloc(32, 1));
  const hash = queryHash(["q", 1]);
  const at = { id: "x", values: [5, null, "é"] };

  test("come back as they went", () => {
    expect(seal.open(hash, seal.seal(hash, at), 3)).toEqual(at);
  });

  test("fail under another query, key or number of sort values, and when any character changes", () => {
    const cursor = seal.seal(hash, at);
    expect(() => seal.open(queryHash(["q", 2]), cursor, 3)).toThrow(/another query/);
    expect(() => new CursorSeal(Buffer.alloc(32, 2)).open(hash, cursor, 3)).toThrow(/altered/);
    expect(() => seal.open(hash, cursor, 2)).toThrow(/altered/);
    for (let index = 0; index < cursor.length - 1; index++) {
      const other = cursor[index] === "A" ? "B" : "A";
      expect(() => seal.open(hash, cursor.slice(0, index) + other + cursor.slice(index + 1), 3), String(index)).toThrow(/altered/);
    }
    expect(() => seal.open(hash, "x".repeat(1 << 20), 3)).toThrow(/altered/);
  });
});

describe("histogram intervals", () => {
  const day = 86_400_000;

  test("give no more than some 200 buckets when chosen", () => {
    expect(chosenInterval(0)).toEqual({ unit: "second", count: 1 });
    expect(chosenInterval(3_600_000)).toEqual({ unit: "second", count: 30 });
    expect(chosenInterval(day)).toEqual({ unit: "minute", count: 10 });
    expect(chosenInterval(100 * 366 * day)).toEqual({ unit: "month", count: 12 });
  });

  test("are refused when they give too many", () => {
    expect(() => checkInterval({ unit: "second", count: 1 }, 9_999_000, 1)).not.toThrow();
    expect(() => checkInterval({ unit: "second", count: 1 }, 10_001_000, 1)).toThrow(/at most 10000/);
    expect(() => checkInterval({ unit: "second", count: 1 }, 292 * 366 * day, 4)).toThrow(/LIMIT|fits/);
  });

  test("span what the range and the store have in common", () => {
    expect(spanMs({ startMs: null, endMs: null, bounding: "last" }, { firstMs: 10, lastMs: 30 })).toBe(20);
    expect(spanMs({ startMs: 15, endMs: 9_000, bounding: "last" }, { firstMs: 10, lastMs: 30 })).toBe(15);
    expect(spanMs({ startMs: null, endMs: null, bounding: "last" }, null)).toBe(0);
  });
});
