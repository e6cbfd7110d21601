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

const git = (...words) => spawnSync("git", words, { cwd: top, encoding: "utf8" });

const log = git("log", "--format=%H", "--", path);
if (log.status !== 0) {
  // Without what there was, nothing was checked.
  process.stderr.write(`conformance floor: git does not tell what it was: ${log.error?.message ?? log.stderr.trim()}\n`);
  process.exit(1);
}
const commits = log.stdout.split("\n").filter((commit) => commit !== "");
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
    before = figures(JSON.parse(git("show", `${commit}:${path}`).stdout));
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
