// Decides whether sources changed since a step last ran, from names, sizes and times alone.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { top } from "./step.mjs";

const SKIPPED = new Set(["target", "node_modules", "corpus", "artifacts", ".git"]);

/** Paths below `path` (or itself when it is a file), relative to the top; nothing when it does not exist. */
export function filesBelow(path, accepts = () => true) {
  const status = statSync(join(top, path), { throwIfNoEntry: false });
  if (!status) return [];
  if (status.isFile()) return accepts(path) ? [path] : [];
  return readdirSync(join(top, path), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => filesBelow(`${path}/${entry.name}`, accepts));
}

/** A hash over name, size and time of change of every file, and over `extra`. */
export function fingerprint(paths, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const path of [...paths].sort((a, b) => (a < b ? -1 : 1))) {
    const { size, mtimeMs } = statSync(join(top, path));
    hash.update(`\0${path}\0${size}\0${mtimeMs}`);
  }
  return hash.digest("hex");
}

const stampPath = (step) => join(top, "node_modules/.cache/lookback", `${step}.stamp`);

/** Whether `step` last ended with this fingerprint. */
export function isStamped(step, print) {
  try {
    return readFileSync(stampPath(step), "utf8") === print;
  } catch {
    return false;
  }
}

/** Remembers that `step` ended with this fingerprint. */
export function stamp(step, print) {
  mkdirSync(dirname(stampPath(step)), { recursive: true });
  writeFileSync(stampPath(step), print);
}
