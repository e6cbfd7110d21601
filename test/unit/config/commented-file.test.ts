import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { commentedFile } from "../../../src/config/commented-file.js";
import { loadConfig, settingKeys } from "../../../src/config/config.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const directory = temporaryDirectory();
function load(content: string) {
  const file = path.join(directory, "config.ini");
  writeFileSync(file, content);
  return loadConfig({ file, node: "n", environment: {}, workingDirectory: directory });
}
const defaults = loadConfig({ file: null, node: "n", environment: {}, workingDirectory: directory }).values;

it("a commented file sets what was chosen and nothing else", () => {
  const { values, warnings, origins } = load(commentedFile(new Map([["viewPort", "8123"], ["bpf", "not port 22"], ["elasticsearch", "http://127.0.0.1:9200"]])));
  expect(values).toMatchObject({ viewPort: 8123, bpf: "not port 22" });
  expect([...origins.keys()].sort()).toEqual(["bpf", "elasticsearch", "viewPort"]);
  expect(warnings).toEqual([]);
});

it("a commented file names every setting with its default: uncommented, nothing changes", () => {
  const lines = commentedFile(new Map()).replace(/^#(\w+=)/gm, "$1");
  for (const key of settingKeys()) expect(lines).toMatch(new RegExp(`^${key}=`, "m"));
  const { values, warnings } = load(lines);
  expect(warnings).toEqual([]);
  expect(JSON.stringify(values)).toBe(JSON.stringify(defaults));
  expect(String(values.offlineFilenameRegex)).toBe(String(defaults.offlineFilenameRegex));
});

it("ops/config.sample.ini is the one that `npm run generate` writes", () => {
  expect(readFileSync("ops/config.sample.ini", "utf8")).toBe(commentedFile(new Map()));
});

it("its lines are short enough to read", () => {
  expect(commentedFile(new Map()).split("\n").filter((line) => line.startsWith("# ") && line.length > 120)).toEqual([]);
});
