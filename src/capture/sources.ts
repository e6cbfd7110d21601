import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";

/** Files that one request may name or find; more are refused, for each becomes a row of the catalogue. */
export const MOST_FILES = 100_000;
/** Directories below a named one that are looked into. */
const DEEPEST = 32;

/** What a list of paths stands for. */
export interface FoundSources {
  /** Absolute paths in the order they are imported; `-` is standard input. */
  readonly files: readonly string[];
  /** Paths that are not there or cannot be listed, each with its reason. */
  readonly failed: readonly { readonly path: string; readonly error: LookbackError }[];
  /** Absolute paths of the directories that were looked into. */
  readonly directories: readonly string[];
}

/** What is found so far, and how many files may be. */
interface Finding {
  readonly files: string[];
  readonly failed: { path: string; error: LookbackError }[];
  readonly directories: string[];
  readonly most: number;
}

/**
 * Finds the capture files that paths stand for: a file stands for itself whatever its name, a directory for the files
 * below it whose names match, in order of name, and `-` for standard input. Symbolic links to directories are not
 * followed, so that there is no loop.
 *
 * @throws LookbackError LIMIT_EXCEEDED beyond `most` files.
 */
export async function findSources(paths: readonly string[], names: RegExp, workingDirectory: string, most = MOST_FILES): Promise<FoundSources> {
  const found: Finding = { files: [], failed: [], directories: [], most };
  const { files, failed, directories } = found;
  for (const given of paths) {
    if (given === "-") {
      files.push(given);
      continue;
    }
    const absolute = path.resolve(workingDirectory, given);
    try {
      if ((await stat(absolute)).isDirectory()) await walk(absolute, names, found, 0);
      else files.push(absolute);
    } catch (error) {
      if (error instanceof LookbackError) throw error;
      failed.push({ path: given, error: unreadable(given, error) });
    }
    if (files.length > most) throw tooMany(most);
  }
  return { files: [...new Set(files)], failed, directories: [...new Set(directories)] };
}

/** Finds the files below a directory. One below it that cannot be listed keeps no others from being found. */
async function walk(directory: string, names: RegExp, found: Finding, depth: number): Promise<void> {
  if (depth > DEEPEST) return;
  const { files, failed, directories, most } = found;
  const entries = [];
  for await (const entry of await opendir(directory)) {
    entries.push(entry);
    if (entries.length + files.length > 10 * most) throw tooMany(most);
  }
  directories.push(directory);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const below = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      await walk(below, names, found, depth + 1).catch((error: unknown) => {
        if (error instanceof LookbackError) throw error;
        failed.push({ path: below, error: unreadable(below, error) });
      });
    }
    if (!entry.isDirectory() && names.test(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && (await isFile(below))))) files.push(below);
    if (files.length > most) throw tooMany(most);
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function tooMany(limit: number): LookbackError {
  return new LookbackError("LIMIT_EXCEEDED", `more than ${limit} files: import them in parts`, { limit });
}

function unreadable(given: string, error: unknown): LookbackError {
  const isMissing = systemErrorCode(error) === "ENOENT";
  const reason = isMissing ? "no such file or directory" : error instanceof Error ? error.message : String(error);
  return new LookbackError(isMissing ? "NOT_FOUND" : "CAPTURE_UNREADABLE", `${given}: ${reason}`, { path: given, reason }, { cause: error });
}
