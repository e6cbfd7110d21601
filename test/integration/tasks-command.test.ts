import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookback, spawnLookback, type LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const directory = temporaryDirectory();
const run = (...words: string[]) => lookback(["tasks", ...words, "--data", "data", "--set", "freeSpaceG=0"], directory);

describe("lookback tasks", () => {
  let serve: LookbackProcess;
  beforeAll(async () => {
    serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0", "--set", "freeSpaceG=0"], directory);
    await serve.line(/^Ready\.$/);
  });
  afterAll(async () => { await serve.stop(); });

  it("runs a task in the service, and shows that it did", async () => {
    const ran = await run("run", "statistics");
    expect(ran).toMatchObject({ code: 0, output: expect.stringMatching(/^statistics: ok after .*\ninterfaces: 0\n/) });
    const history = await run("history", "statistics", "--json", "--limit", "1");
    expect(JSON.parse(history.output)).toMatchObject({ outcome: "OK", cause: "MANUAL", requestedBy: "(local)", details: { interfaces: 0 } });
    const listed = await run("list");
    expect(listed.output.split("\n").map((line) => line.split("\t")[0])).toEqual(expect.arrayContaining(["packet-retention", "session-expiry", "compaction", "export-expiry", "statistics"]));
  });

  it("pauses and resumes, and says what a run would do", async () => {
    expect(await run("pause", "packet-retention")).toMatchObject({ code: 0, output: "packet-retention is paused until `lookback tasks resume packet-retention`\n" });
    expect((await run("list")).output).toMatch(/^packet-retention\t.*paused by \(local\)$/m);
    expect((await run("resume", "packet-retention")).output).toMatch(/^packet-retention runs by the clock again, next at /);
    expect((await run("dry-run", "compaction")).output).toMatch(/^merges: 0\nsegments: 0\n/);
  });

  it("refuses what is not there", async () => {
    expect(await run("run", "packet-retentoin")).toMatchObject({ code: 1, error: expect.stringMatching(/^error NOT_FOUND: no task "packet-retentoin"; did you mean packet-retention\?/) });
    expect(await run("history", "compaction", "--limit", "0")).toMatchObject({ code: 2, error: expect.stringContaining("LIMIT_EXCEEDED") });
    expect((await run()).code).toBe(2);
  });

  it("runs a task where nothing serves, and waits for it", async () => {
    await serve.stop();
    expect((await run("list")).output).toMatch(/^statistics\t.*\tok\t/m);
    // A run that was due by the clock may have come after it.
    expect((await run("history", "statistics", "--json", "--limit", "5")).output).toMatch(/"requestedBy": ?"\(local\)"/);
    expect(await run("run", "compaction", "--no-wait")).toMatchObject({ code: 0, output: expect.stringMatching(/^compaction: ok/) });
  });
});
