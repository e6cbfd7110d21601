import { describe, expect, it } from "vitest";
import { importWithKills, seeded, storeFacts, writeCaptures } from "../support/kill-series.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("kill -9 at 50 random moments of an import", () => {
  it("leaves 50 equal stores", async () => {
    const directory = temporaryDirectory();
    writeCaptures(`${directory}/captures`, 4, 3000);
    const begun = performance.now();
    await lookback(["import", "captures", "--data", "whole"], directory);
    const timing = { wholeMs: performance.now() - begun };
    const expected = await storeFacts(`${directory}/whole`);
    const seed = Date.now();
    const moment = seeded(seed);
    let equal = 0;
    for (let run = 0; run < 50; run++) {
      expect(await importWithKills(directory, `killed${run}`, 1, timing, moment, run % 3 === 2 ? ["--set", "packetThreads=2"] : []), `run ${run}, seed ${seed}`).toEqual(expected);
      equal++;
    }
    process.stdout.write(`kill series: ${equal} equal stores of 50 killed imports, seed ${seed}\n`);
  });
});
