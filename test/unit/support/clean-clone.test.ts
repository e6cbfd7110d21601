import { expect, it } from "vitest";
import { whyNoClone } from "../../support/clean-clone.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

it("a tree that git does not list is told of with the reason, so that tests of it are left out", () => {
  const directory = temporaryDirectory();
  expect(whyNoClone(directory, { PATH: directory })).toMatch(/^git cannot be run: .*ENOENT/);
  expect(whyNoClone(directory, { ...process.env, GIT_CEILING_DIRECTORIES: directory, GIT_DIR: `${directory}/none` })).toMatch(/^fatal: not a git repository|^git cannot be run/);
});
