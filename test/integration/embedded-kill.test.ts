import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { openEmbeddedStore } from "../../src/index-store/embedded/store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { EVERYTHING, service } from "../contract/sessions.js";

const clock = { nowMs: () => Date.UTC(2026, 0, 16) };
const SCRIPT = fileURLToPath(new URL("../support/commit-and-merge.mjs", import.meta.url));
/** Kills; the place of each within the loop of commits and merges is another. */
const KILLS = 8;

/** Lets the script commit `commits` rows and kills it `delay` turns of the event loop later. Returns the last row it said was durable. */
async function runAndKill(directory: string, first: number, commits: number, delay: number): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, directory, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
  let last = first - 1;
  let said = 0;
  const exit = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "ready") continue;
    last = Number(line);
    said += 1;
    if (said < commits) continue;
    for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => { setImmediate(resolve); });
    child.kill("SIGKILL");
  }
  const [, signal] = await exit;
  // One that ends by itself was not killed: a merge or a commit failed.
  expect(signal).toBe("SIGKILL");
  return last;
}

it("loses and doubles no row when killed at any moment of commits and merges", async () => {
  const directory = temporaryDirectory();
  let next = 1;
  for (let kill = 0; kill < KILLS; kill++) {
    const last = await runAndKill(directory, next, 3 + kill, kill * 400);
    const catalogue = openCatalogue(directory, clock);
    const store = await openEmbeddedStore({ catalogue, fields: packagedCatalogue(), clock, logger: silentLogger, threads: 1, memoryBytes: 256 << 20, removeOrphans: "all" });
    const ids: string[] = [];
    for await (const batch of store.streamIds({ expression: EVERYTHING, range: ALL_TIME }, service)) ids.push(...batch);
    // The row after the last that was announced may have been committed before the kill; nothing beyond it can have been.
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length === last || ids.length === last + 1).toBe(true);
    expect(await store.health()).toEqual({ ok: true, damaged: [] });
    const known = catalogue.segments.live().map(({ path }) => path.slice("2026-01-15/".length));
    expect(readdirSync(join(directory, "sessions", "2026-01-15")).sort()).toEqual([...known].sort());
    next = ids.length + 1;
    await store.close();
    catalogue.close();
  }
});
