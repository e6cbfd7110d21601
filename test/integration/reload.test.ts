import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

it("a serving process takes its configuration up at SIGHUP, and goes on as it was when that is wrong", async () => {
  const directory = temporaryDirectory();
  const write = (lines: string): void => { writeFileSync(path.join(directory, "config.ini"), `[default]\nviewPort=0\n${lines}`); };
  write("freeSpaceG=5%\n");
  const serve = spawnLookback(["serve", "--data", "data"], directory);
  await serve.line(/^Ready\.$/);
  const says = (pattern: RegExp) => expect.poll(() => serve.errorText(), { timeout: 20_000, interval: 50 }).toMatch(pattern);

  write("freeSpaceG=7%\nlogLevel=debug\nviewPort=8123\n");
  serve.child.kill("SIGHUP");
  await says(/configuration read again: changed logLevel, freeSpaceG; viewPort wait for the next start/);

  write("freeSpaceG=plenty\n");
  serve.child.kill("SIGHUP");
  await says(/"code":"CONFIG_INVALID".*the configuration was not taken, and nothing changed: .*config\.ini:3: freeSpaceG=plenty: allowed: /);
  expect(await serve.stop()).toBe(0);
});
