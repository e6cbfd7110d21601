import { describe, expect, it } from "vitest";
import { importWithKills, seeded, storeFacts, writeCaptures } from "../support/kill-series.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("an import that is killed (kill -9) at any moment", () => {
  it.each([["in place", []], ["copied", ["--copy"]], ["side by side", ["--set", "packetThreads=3"]]])("and run again leaves the store of one that was not: %s", async (_name, extra) => {
    const directory = temporaryDirectory();
    writeCaptures(`${directory}/captures`, 4, 3000);
    const begun = performance.now();
    const whole = await lookback(["import", "captures", "--data", "whole", ...extra.filter((one) => one === "--copy")], directory);
    const timing = { wholeMs: performance.now() - begun };
    expect(whole.code).toBe(0);
    const expected = await storeFacts(`${directory}/whole`);
    expect(expected).toMatchObject({ rows: 24_000, orphans: 0 });
    const moment = seeded(7);
    for (let run = 0; run < 3; run++) expect(await importWithKills(directory, `killed${run}`, run % 2 === 0 ? 1 : 2, timing, moment, extra)).toEqual(expected);
  });
});
