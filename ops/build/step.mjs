// What every build step uses: where things are, how a failure is told, how a command runs.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top directory. */
export const top = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A failure that one line explains: a stable code, what is wrong, and what to do about it. */
export class BuildError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "BuildError";
    this.code = code;
  }
}

const UNWRITABLE = ["EACCES", "EPERM", "EROFS"];

/** The failure that one line explains, of an error that one can: of a BuildError itself, and of a file that may not be written. Null of others. */
export function explained(error) {
  if (error instanceof BuildError) return error;
  if (!UNWRITABLE.includes(error?.code) || typeof error.path !== "string") return null;
  const wayOut = error.code === "EROFS" ? "build in a copy of the tree on a file system that is not read-only" : `build as the user that owns ${top}, or give it to this one: sudo chown -R "$(id -un)" '${top}'`;
  return new BuildError("BUILD_UNWRITABLE", `${error.path} cannot be written by this user (${error.code}); ${wayOut}`);
}

/** One line on standard error, so that standard output stays what the caller asked for. */
export function note(line) {
  process.stderr.write(`build: ${line}\n`);
}

/** Runs a command in `directory`, its output on standard error. Throws BuildError with `code` when it fails. */
export function run(code, command, words, { directory = top, env = {} } = {}) {
  const result = spawnSync(command, words, { cwd: directory, env: { ...process.env, ...env }, stdio: ["ignore", 2, 2] });
  if (result.error) throw new BuildError(code, `${command} cannot be run: ${result.error.message}`);
  if (result.status !== 0) throw new BuildError(code, `"${[command, ...words].join(" ")}" failed with ${result.signal ?? `status ${result.status}`}; its output is above`);
}

/** Standard output of a command, or null when it is missing or fails. */
export function ask(command, words, env = {}) {
  const result = spawnSync(command, words, { cwd: top, input: "", env: { ...process.env, ...env }, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  return result.error || result.status !== 0 ? null : result.stdout.trim();
}
