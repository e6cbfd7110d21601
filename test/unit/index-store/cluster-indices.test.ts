import { describe, expect, it } from "vitest";
import { IndexNames } from "../../../src/index-store/elasticsearch/index-names.js";
import { SessionQuery } from "../../../src/index-store/elasticsearch/query.js";
import { SERVICE_SCOPE } from "../../../src/model/access-scope.js";
import type { Bounding } from "../../../src/model/time-range.js";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 10);

describe("the indices of a time range", () => {
  const existing = new IndexNames("").periodsBetween(START, START + 9 * DAY, "daily");
  /** Days of January whose indices a range of one day from the 15th on names. */
  const days = (bounding: Bounding): readonly string[] => {
    const range = { startMs: START + 5 * DAY, endMs: START + 6 * DAY - 1, bounding };
    const query = new SessionQuery({ expression: { node: "everything" }, range }, { scope: SERVICE_SCOPE, signal: null, timeoutMs: 1_000 }, existing, { goneFiles: () => [], ownNodes: new Set(), portOf: () => null });
    return (query.indices ?? "").split(",").map((index) => index.slice(-2));
  };

  it.each<[Bounding, readonly string[]]>([
    ["last", ["15"]],
    ["either", ["15", "16", "17", "18", "19"]],
    // Two days for clocks that were set back while a session was open; older ones, which may be closed, are left out.
    ["first", ["13", "14", "15", "16", "17", "18", "19"]],
    ["both", ["13", "14", "15"]],
  ])("are those of the last packets, by %s", (bounding, expected) => {
    expect(days(bounding)).toEqual(expected);
  });
});
