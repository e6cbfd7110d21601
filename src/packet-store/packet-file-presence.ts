import { readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { directoryLooks, type DirectoryLooks } from "./directory-looks.js";

/** A packet file that the catalogue takes to be there. */
export interface ListedFile {
  readonly id: number;
  readonly path: string;
}

/** From so many files in one directory on, its names are listed instead of each file being asked for. */
const WORTH_LISTING = 64;
/** A directory that changed less than this before it was listed may change again within the same tick of its time. */
const SETTLED_MS = 2_000;

interface Listing {
  readonly mtimeMs: number;
  readonly names: ReadonlySet<string>;
}

/**
 * Whether packet files are on the disk, whatever the catalogue says: users move captures that were imported in place, and
 * disks are unmounted. Names are kept of directories that have not changed since they were listed. Files in a directory that is known not
 * to answer count as lost.
 */
export class PacketFilePresence {
  readonly #nowMs: () => number;
  readonly #looks: DirectoryLooks;
  readonly #listings = new Map<string, Listing>();

  constructor(nowMs: () => number, looks: DirectoryLooks = directoryLooks) {
    this.#nowMs = nowMs;
    this.#looks = looks;
  }

  /** Whether a file is there and a file, and answers within seconds. */
  isThere(path: string): Promise<boolean> {
    // A directory on the way that may not be searched, or is none: its packets cannot be read either.
    return this.#looks.isFile(path).catch(() => false);
  }

  /**
   * Ids of the files that are not there, in the order given. Waits for each directory, and all else with it: a query is made at one moment.
   */
  lost(files: readonly ListedFile[]): readonly number[] {
    const inDirectory = new Map<string, number>();
    for (const { path } of files) inDirectory.set(dirname(path), (inDirectory.get(dirname(path)) ?? 0) + 1);
    const names = new Map<string, ReadonlySet<string>>();
    const silent = new Set([...inDirectory.keys()].filter((directory) => this.#looks.isOnSilent(directory)));
    for (const [directory, count] of inDirectory) if (count >= WORTH_LISTING && !silent.has(directory)) names.set(directory, this.#namesIn(directory));
    for (const directory of this.#listings.keys()) if (!names.has(directory)) this.#listings.delete(directory);
    return files.filter(({ path }) => silent.has(dirname(path)) || !(names.get(dirname(path))?.has(basename(path)) ?? isFile(path))).map(({ id }) => id);
  }

  #namesIn(directory: string): ReadonlySet<string> {
    try {
      const { mtimeMs } = statSync(directory);
      const known = this.#listings.get(directory);
      if (known?.mtimeMs === mtimeMs) return known.names;
      const settled = this.#nowMs() - mtimeMs > SETTLED_MS;
      const names = new Set(readdirSync(directory));
      if (settled) this.#listings.set(directory, { mtimeMs, names });
      else this.#listings.delete(directory);
      return names;
    } catch {
      return new Set();
    }
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
