import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { completeness } from "../../../src/app/completeness.js";
import { openCatalogue, type Catalogue } from "../../../src/catalogue/catalogue.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const clock = { now: 1_000_000, nowMs: () => clock.now };

describe("how far answers are complete", () => {
  let catalogue: Catalogue;

  beforeEach(() => {
    clock.now = 1_000_000;
    catalogue = openCatalogue(temporaryDirectory(), clock);
  });
  afterEach(() => { catalogue.close(); });

  const at = (asOfMs: number): readonly unknown[] => {
    const complete = completeness("embedded", catalogue);
    return [complete.completeUntilMs(asOfMs), complete.capturing(asOfMs)];
  };
  const mark = (stream: string, completeUntilMs: number | null): void => {
    catalogue.marks.set({ stream, node: "n", replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs });
  };

  it("is the moment itself when nothing is captured or imported", () => {
    expect(at(1_000_000)).toEqual([1_000_000, false]);
    const job = catalogue.jobs.add({ path: "/a.pcap", mode: "in-place", requestedBy: "ann" });
    catalogue.jobs.move(job, "done");
    expect(at(1_000_500)).toEqual([1_000_500, false]);
  });

  it("is not known while an import waits or runs", () => {
    const job = catalogue.jobs.add({ path: "/a.pcap", mode: "in-place", requestedBy: "ann" });
    expect(at(1_000_000)).toEqual([null, false]);
    catalogue.jobs.move(job, "running");
    expect(at(1_000_000)).toEqual([null, false]);
    catalogue.jobs.move(job, "failed");
    expect(at(1_000_000)).toEqual([1_000_000, false]);
  });

  it("is the earliest mark while packets are captured, and the moment again once they are not", () => {
    mark("a", 999_000);
    mark("b", 998_000);
    expect(at(1_000_000)).toEqual([998_000, true]);
    mark("b", null);
    expect(at(1_000_000)).toEqual([999_000, true]);
    mark("a", null);
    expect(at(1_000_000)).toEqual([1_000_000, false]);
  });

  it("stays where a capture died, which is not taken for one that captures", () => {
    mark("a", 999_000);
    expect(at(1_000_000 + 120_000)).toEqual([999_000, false]);
  });

  it("is never later than the answer", () => {
    mark("a", 1_005_000);
    expect(at(1_000_000)).toEqual([1_000_000, true]);
  });
});
