import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

const BUILT = "native/binding/lookback.node";

/** Why git does not list the files of a tree, or null when it does: it may be missing, know no such tree, or not trust who owns it. */
export function whyNoClone(directory = ".", environment: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const { error, status, stderr } = spawnSync("git", ["ls-files"], { cwd: directory, env: environment, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) return `git cannot be run: ${error.message}`;
  return status === 0 ? null : stderr.trim().split("\n")[0] ?? "git fails";
}

/**
 * Makes `directory` what a clone of this tree is after its packages were installed and its native core was built: the files
 * that are under version control (or would be), and nothing else. Needs `whyNoClone()` to be null; false when it failed.
 */
export function cleanClone(directory: string): boolean {
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (listed.status !== 0) return false;
  for (const file of listed.stdout.split("\0").filter((name) => name !== "" && existsSync(name))) cpSync(file, path.join(directory, file), { preserveTimestamps: true });
  mkdirSync(path.join(directory, "node_modules"));
  for (const name of readdirSync("node_modules")) {
    // What the build remembers is about the tree it was made in, and files that npm or a test tool writes must not be shared.
    if (name === ".cache" || name.startsWith(".vite")) continue;
    const [from, to] = [path.join("node_modules", name), path.join(directory, "node_modules", name)];
    if (name.startsWith(".") || spawnSync("cp", ["-rlT", from, to]).status !== 0) cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
  cpSync(BUILT, path.join(directory, BUILT));
  const stamp = 'import { nativeFingerprint } from "./ops/build/native.mjs"; import { stamp } from "./ops/build/fingerprint.mjs"; stamp("native", nativeFingerprint());';
  return spawnSync(process.execPath, ["--input-type=module", "-e", stamp], { cwd: directory }).status === 0;
}
