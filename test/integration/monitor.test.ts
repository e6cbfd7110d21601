import { chmodSync, copyFileSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { writeCaptures } from "../support/kill-series.js";
import { LookbackProcess, lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: LookbackProcess | null = null;
let service: LookbackProcess | null = null;

afterEach(() => {
  running?.child.kill("SIGKILL");
  service?.child.kill("SIGKILL");
});

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

    // However many imports came after them.
    const catalogue = openCatalogue(path.join(directory, "data"), systemClock);
    catalogue.transaction(() => {
      for (let job = 0; job < 1_000; job += 1) {
        const id = catalogue.jobs.add({ path: `/other/${job}.pcap`, mode: "in-place", requestedBy: "test" });
        catalogue.jobs.move(id, "running");
        catalogue.jobs.move(id, "done");
      }
    });
    catalogue.close();
    chmodSync(path.join(spool, "0.pcap"), 0o600);
    copyFileSync(path.join(directory, "made", "2.pcap"), path.join(spool, "2.pcap"));
    running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--data", "data"], directory);
    await running.line(/2\.pcap","state":"done"/);
    running.child.kill("SIGTERM");
    const { output } = await running.exited;
    // Those that were imported before are not even asked for.
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(await count(directory)).toBe("60");
  });

  it("goes on when the service that imports for it is started again", async () => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "made"), 2, 10);
    mkdirSync(path.join(directory, "spool"));
    const serving = ["serve", "--json", "--data", "data", "--set", "viewPort=0"];
    service = new LookbackProcess(serving, directory);
    await service.line(/"url"/);
    running = new LookbackProcess(["import", "--monitor", "spool", "--json", "--data", "data"], directory);
    copyFileSync(path.join(directory, "made", "0.pcap"), path.join(directory, "spool", "0.pcap"));
    await running.line(/0\.pcap","state":"done"/);
    expect(await service.stop()).toBe(0);
    service = new LookbackProcess(serving, directory);
    await service.line(/"url"/);
    copyFileSync(path.join(directory, "made", "1.pcap"), path.join(directory, "spool", "1.pcap"));
    await running.line(/1\.pcap","state":"done"/);
    expect(await running.stop()).toBe(0);
    expect(running.errorText()).toContain("imports go on through http://127.0.0.1:");
  });

  it("says what it cannot watch", async () => {
    const directory = temporaryDirectory();
    const result = await lookback(["import", "--monitor", "nowhere", "--data", "data"], directory);
    expect([result.code, result.error]).toEqual([1, expect.stringContaining("BAD_INPUT: nowhere is no directory here")]);
  });
});
