import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("options that every command takes", () => {
  it("count wherever they stand: before the group, behind it and behind the command, the last place before others", async () => {
    const directory = temporaryDirectory();
    mkdirSync(path.join(directory, "other"));
    const made = await lookback(["--data", "other", "user", "--data", "real", "add", "ana"], directory);
    expect(made.code).toBe(0);
    expect(["data", "other/catalogue.sqlite", "real/catalogue.sqlite"].map((name) => existsSync(path.join(directory, name)))).toEqual([false, false, true]);
    expect((await lookback(["--data", "other", "user", "list", "--data", "real"], directory)).output).toMatch(/^ana\t/);
  });

  it("add their settings up, and of the same setting the one that is written last counts", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "a.ini"), "[default]\nviewPort=1\n[east]\nviewPort=2\n");
    const { output } = await lookback(["--set", "viewHost=::1", "--set", "pcapMaxSizeG=1", "config", "--config", "a.ini", "--node", "east", "--set", "pcapMaxSizeG=2", "check", "--set", "pcapMaxAgeDays=3"], directory);
    for (const line of ["viewHost=::1", "pcapMaxSizeG=2", "pcapMaxAgeDays=3", "viewPort=2"]) expect(output).toMatch(new RegExp(`^${line}  # `, "m"));
  });
});
