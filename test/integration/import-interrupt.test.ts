import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { lookback, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0)) end(); });

/** Holds the role `serve` on `data` without ever answering; the result lets go of it. */
async function holdRole(directory: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, [path.resolve("test/support/hold-role.mjs"), path.join(directory, "data"), "serve"], { stdio: ["ignore", "pipe", "inherit"] });
  ends.push(() => { holder.kill("SIGKILL"); });
  await once(holder.stdout, "data");
  return async () => {
    holder.kill("SIGKILL");
    await once(holder, "exit");
  };
}

it("Ctrl-C ends an import that waits in the queue of another process; the next process imports what was queued", async () => {
  const directory = temporaryDirectory();
  const letGo = await holdRole(directory);
  const data = udpFrame({ source: "10.1.0.1", destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 5353 }, Buffer.from("x"));
  writeFileSync(path.join(directory, "a.pcap"), classicCapture([{ seconds: 1_760_000_000, nanoseconds: 0, data }]).bytes);
  const waiting = spawnLookback(["import", "a.pcap", "--data", "data"], directory);
  const queued = (): number => {
    if (!existsSync(path.join(directory, "data", "catalogue.sqlite"))) return 0;
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => 0 });
    const jobs = catalogue.jobs.inState("queued").length;
    catalogue.close();
    return jobs;
  };
  await expect.poll(queued, { timeout: 20_000 }).toBe(1);
  waiting.child.kill("SIGINT");
  expect(await waiting.exited).toMatchObject({ code: 130, error: expect.stringMatching(/^error QUERY_CANCELLED: interrupted: what is not in yet stays in the queue/m) });
  expect(queued()).toBe(1);
  await letGo();
  expect((await lookback(["import", "a.pcap", "--data", "data"], directory)).code).toBe(0);
  expect((await lookback(["search", "--count", "--data", "data"], directory)).output).toBe("1\n");
});
