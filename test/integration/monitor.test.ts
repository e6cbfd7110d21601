import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { writeCaptures } from "../support/kill-series.js";
import { LookbackProcess, lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: LookbackProcess | null = null;

afterEach(() => { running?.child.kill("SIGKILL"); });

async function count(directory: string): Promise<string> {
  return (await lookback(["search", "--count", "--data", "data"], directory)).output.trim();
}

describe("lookback import --monitor", () => {
  it("imports what is there and what arrives, each file once, also after a restart", async () => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "made"), 3, 10);
    const spool = path.join(directory, "spool");
    mkdirSync(spool);
    copyFileSync(path.join(directory, "made", "0.pcap"), path.join(spool, "0.pcap"));
    running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--data", "data"], directory);
    await running.line(/"state":"done"/);
    renameSync(path.join(directory, "made", "1.pcap"), path.join(spool, "1.pcap"));
    await running.line(/1\.pcap","state":"done"/);
    running.child.kill("SIGTERM");
    expect((await running.exited).code).toBe(0);
    expect(await count(directory)).toBe("40");

    copyFileSync(path.join(directory, "made", "2.pcap"), path.join(spool, "2.pcap"));
    running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--data", "data"], directory);
    await running.line(/2\.pcap","state":"done"/);
    running.child.kill("SIGTERM");
    const { output } = await running.exited;
    // Those that were imported before are not even asked for.
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(await count(directory)).toBe("60");
  });

  it("says what it cannot watch", async () => {
    const directory = temporaryDirectory();
    const result = await lookback(["import", "--monitor", "nowhere", "--data", "data"], directory);
    expect([result.code, result.error]).toEqual([1, expect.stringContaining("BAD_INPUT: nowhere is no directory here")]);
  });
});
