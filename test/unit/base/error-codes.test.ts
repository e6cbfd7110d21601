import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ERROR_CODES } from "../../../src/base/errors.js";

const documented = readFileSync("docs/errors.md", "utf8");
const [ofProgram = "", ofScripts = ""] = documented.split("## Build and test scripts");

/** Codes of a section's table and the text of the second column. */
function rows(section: string): readonly (readonly [string, string])[] {
  return [...section.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, code = "", second = ""]) => [code, second.trim()]);
}

it("docs/errors.md lists exactly the codes of the program, with what a client may do", () => {
  const registered = Object.entries(ERROR_CODES).map(([code, { retryable }]): readonly [string, string] => [code, retryable ? "yes" : "no"]);
  expect(rows(ofProgram)).toEqual(registered);
});

it("docs/errors.md lists exactly the codes of the scripts", () => {
  const scripts = ["ops", "ops/build"].flatMap((directory) => readdirSync(directory).filter((name) => name.endsWith(".mjs")).map((name) => readFileSync(join(directory, name), "utf8")));
  const used = new Set(scripts.flatMap((text) => [...text.matchAll(/"((?:BUILD|FUZZ)_[A-Z_]+)"/g)].map(([, code = ""]) => code)));
  expect(new Set(rows(ofScripts).map(([code]) => code))).toEqual(used);
});
