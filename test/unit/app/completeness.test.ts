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
    const { completeUntilMs, capturing } = complete.of(asOfMs);
    return [completeUntilMs, capturing];
  };
  const sensors = (asOfMs: number): readonly unknown[] => completeness("embedded", catalogue).of(asOfMs).sensors.map(({ node, completeUntilMs, state, heardMs }) => [node, completeUntilMs, state, heardMs]);
  const mark = (stream: string, completeUntilMs: number | null, node = "n"): void => {
    catalogue.marks.set({ stream, node, replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs });
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

  it("is told of each sensor: one that died stands still and stays, whatever others do", () => {
    expect(sensors(1_000_000)).toEqual([]);
    mark("b", 998_000, "east");
    mark("a", 999_500, "west");
    expect(sensors(1_000_000)).toEqual([["east", 998_000, "CAPTURING", 1_000_000], ["west", 999_500, "CAPTURING", 1_000_000]]);
    clock.now = 1_120_000;
    mark("a", 1_119_000, "west");
    expect(sensors(1_120_000)).toEqual([["east", 998_000, "SILENT", 1_000_000], ["west", 1_119_000, "CAPTURING", 1_120_000]]);
    expect(at(1_120_000)).toEqual([998_000, true]);
    mark("a", null, "west");
    expect(sensors(1_121_000)).toEqual([["east", 998_000, "SILENT", 1_000_000], ["west", 1_121_000, "STOPPED", 1_120_000]]);
    expect(at(1_121_000)).toEqual([998_000, false]);
  });

  it("of a sensor that captures again stays until what it left is indexed", () => {
    catalogue.replays.add({ stream: "b", node: "east", fromOrdinal: 0, knownUntilOrdinal: 1, untilOrdinal: 9, open: Buffer.alloc(0), completeUntilMs: 990_000 });
    mark("b", 999_000, "east");
    expect(sensors(1_000_000)).toEqual([["east", 990_000, "CAPTURING", 1_000_000]]);
    mark("b", null, "east");
    expect(sensors(1_000_000)).toEqual([["east", 990_000, "STOPPED", 1_000_000]]);
    catalogue.replays.remove({ stream: "b", untilOrdinal: 9 });
    expect(sensors(1_000_000)).toEqual([["east", 1_000_000, "STOPPED", 1_000_000]]);
  });

  it("of a sensor does not depend on imports, and waits for what a cluster has not taken", () => {
    mark("b", 998_000, "east");
    catalogue.jobs.add({ path: "/a.pcap", mode: "in-place", requestedBy: "ann" });
    expect(at(1_000_000)).toEqual([null, true]);
    expect(sensors(1_000_000)).toEqual([["east", 998_000, "CAPTURING", 1_000_000]]);
    catalogue.shipments.queue([{ 
      path: "a.parquet", day: "1970-01-01", level: 0, rows: 1, bytes: 9, firstMs: 990_000, minLastMs: 991_000, lastMs: 991_000, columns: [], openRows: 0, totalPackets: 1, totalBytes: 60,
    }]);
    expect(completeness("elasticsearch", catalogue).of(1_000_000).sensors).toMatchObject([{ completeUntilMs: 990_000 }]);
  });
});
