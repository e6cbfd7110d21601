#!/usr/bin/env node
// The conformance floor only rises: no figure of conformance-floor.json may be worse than what any commit had.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const path = ".ci/conformance-floor.json";

/** Figures that count something bad: less is better. */
const FAULTS = new Set(["missing", "extra"]);

/** Figures of a floor file by dotted name. */
function figures(value, prefix = "") {
  if (typeof value === "number") return [[prefix, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => figures(inner, prefix === "" ? key : `${prefix}.${key}`));
}

function git(...words) {
  const { status, stdout } = spawnSync("git", words, { cwd: top, encoding: "utf8" });
  return status === 0 ? stdout : "";
}

const commits = git("log", "--format=%H", "--", path).split("\n").filter((commit) => commit !== "");
if (!existsSync(join(top, path))) {
  // Absent before the first one is set; absent after that is a floor that fell.
  process.stdout.write(commits.length === 0 ? "no conformance floor is set\n" : `${path} was removed\n`);
  process.exit(commits.length === 0 ? 0 : 1);
}
const now = new Map(figures(JSON.parse(readFileSync(join(top, path), "utf8"))));
const fallen = [];
for (const commit of commits) {
  let before = [];
  try {
    before = figures(JSON.parse(git("show", `${commit}:${path}`)));
  } catch {
    continue; // the commit that removed it, or one that never parsed
  }
  for (const [name, value] of before) {
    const current = now.get(name);
    if (current === undefined || (FAULTS.has(name) ? current > value : current < value)) fallen.push(`${path}: ${name} is ${current ?? "missing"}, but was ${value} in ${commit.slice(0, 10)}`);
  }
}
for (const line of new Set(fallen)) process.stderr.write(`${line}\n`);
process.stdout.write(`conformance floor: ${now.size} figures over ${commits.length} commits, ${fallen.length} fell\n`);
process.exitCode = fallen.length === 0 ? 0 : 1;
