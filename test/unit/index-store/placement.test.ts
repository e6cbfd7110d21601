import { describe, expect, it } from "vitest";
import { planPlacements, type PlacedIndex } from "../../../src/index-store/elasticsearch/placement.js";

const DAY = 86_400_000;
const nowMs = Date.UTC(2026, 0, 20, 12);
const index = (day: number, settings: Readonly<Record<string, string>> = {}): PlacedIndex => ({
  index: `sessions3-2601${String(day).padStart(2, "0")}`, startMs: Date.UTC(2026, 0, day), endMs: Date.UTC(2026, 0, day) + DAY, bytes: 10,
  settings: { "index.number_of_replicas": "1", ...settings },
});
const warm = { afterDays: 3, allocation: "molochtype:warm", replicas: 0 };
const planned = (rules: Parameters<typeof planPlacements>[1], ...indices: readonly PlacedIndex[]) => planPlacements(indices, rules, nowMs).map(({ index: name, reason, settings }) => [name.slice(-2), reason, settings]);

describe("the placement of indices", () => {
  it("is left alone when nothing is asked and the copies are right", () => {
    expect(planned({ replicas: 1, warm: null }, index(1), index(19), index(20))).toEqual([]);
  });

  it("moves what is old enough, and sets its copies, never what takes rows", () => {
    const settings = { "index.routing.allocation.require.molochtype": "warm", "index.number_of_replicas": "0" };
    // The 16th ended three whole days and a half ago, the 17th two and a half.
    expect(planned({ replicas: 1, warm }, index(1), index(16), index(17), index(20), index(21))).toEqual([["01", "warm", settings], ["16", "warm", settings]]);
  });

  it("does nothing a second time", () => {
    const done = { "index.routing.allocation.require.molochtype": "warm", "index.number_of_replicas": "0" };
    expect(planned({ replicas: 1, warm }, index(1, done))).toEqual([]);
    expect(planned({ replicas: 1, warm }, index(1, { ...done, "index.number_of_replicas": "2" }))).toEqual([["01", "replicas", { "index.number_of_replicas": "0" }]]);
  });

  it("takes tiers of Elasticsearch for attributes of nodes", () => {
    expect(planned({ replicas: 1, warm: { afterDays: 1, allocation: "_tier_preference:data_warm,data_hot", replicas: null } }, index(1))).toEqual([
      ["01", "warm", { "index.routing.allocation.include._tier_preference": "data_warm,data_hot" }],
    ]);
  });

  it("sets copies of every index, but for those that the cluster counts itself", () => {
    expect(planned({ replicas: 2, warm: null }, index(20), index(1, { "index.auto_expand_replicas": "0-1" }))).toEqual([["20", "replicas", { "index.number_of_replicas": "2" }]]);
  });
});
