import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../support/temporary-directory.js";

it("the conformance floor fails where git does not tell what it was", () => {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, ".ci"));
  cpSync(".ci/floor.mjs", path.join(directory, ".ci/floor.mjs"));
  writeFileSync(path.join(directory, ".ci/conformance-floor.json"), '{"files": 7}');
  const floor = (environment: NodeJS.ProcessEnv) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [".ci/floor.mjs"], { cwd: directory, env: environment, encoding: "utf8" });
    return [status, stdout, stderr];
  };
  expect(floor({ PATH: directory })).toEqual([1, "", expect.stringMatching(/^conformance floor: git does not tell what it was: .*ENOENT/)]);
  expect(floor({ ...process.env, GIT_DIR: path.join(directory, "none") })).toEqual([1, "", expect.stringMatching(/^conformance floor: git does not tell what it was: ./)]);
});
