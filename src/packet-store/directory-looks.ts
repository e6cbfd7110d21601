import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Timer } from "../base/clock.js";
import { isDiskFull, LookbackError } from "../base/errors.js";
import { silence, Turns } from "../base/turns.js";
import { OwnDirectory, type Ownership } from "./own-directory.js";
import { writingError } from "./try-writing.js";
import { directoryInodeOf, whereIs, type KeptFile, type Whereabouts } from "./whereabouts.js";

/** Longest wait for an answer about a directory, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Longest wait of whoever means to delete, for an answer about a file, a directory or its device: it waits beside all else, and a busy disk is no dead one. */
export const DELETION_PATIENCE_MS = 30_000;
/** Longest wait for a list of names: there may be many on a busy disk. */
const LISTING_PATIENCE_MS = 60_000;
/** Longest wait for a change on a disk, which may be busy: a large file that is unlinked, or names that are written through. */
const CHANGE_PATIENCE_MS = 120_000;
/** Bytes that a catalogue takes when it is opened and written to; less is no room to work with. */
const WORKING_BYTES = 128 * 1024;

/** What a look asks the system; tests may let it hang. */
export interface DirectoryFiles {
  stat(directory: string): Promise<Stats>;
  writingError(directory: string, of: { readonly bytes: number }): Promise<unknown>;
  examine(directory: string, file: string): Promise<Ownership>;
  whereIs(file: KeptFile): Promise<Whereabouts>;
  directoryInodeOf(file: string): Promise<string | null>;
}

/** The system's. */
export const REAL_DIRECTORIES: DirectoryFiles = {
  stat, writingError, examine: (directory, file) => new OwnDirectory(directory).examine(file), whereIs, directoryInodeOf,
};

/**
 * Looks at directories that may be on a mount or disk which does not answer. Each kind of look is begun once at a time for a directory,
 * and throws UNAVAILABLE after five seconds (more for files, lists of names and changes) and while one that was given up goes on. Nothing is
 * begun about files of a directory that is silent.
 */
export class DirectoryLooks {
  readonly #files: DirectoryFiles;
  readonly #stats: Turns;
  readonly #spaces: Turns;
  readonly #writes: Turns;
  readonly #listings: Turns;
  readonly #examinations: Turns;
  readonly #changes: Turns;

  constructor(files: DirectoryFiles = REAL_DIRECTORIES, timer?: Timer) {
    this.#files = files;
    this.#stats = new Turns(PATIENCE_MS, timer);
    this.#spaces = new Turns(PATIENCE_MS, timer);
    this.#writes = new Turns(PATIENCE_MS, timer);
    this.#listings = new Turns(LISTING_PATIENCE_MS, timer);
    this.#examinations = new Turns(DELETION_PATIENCE_MS, timer);
    this.#changes = new Turns(CHANGE_PATIENCE_MS, timer);
  }

  /** Whether something that was asked of a directory, or done there, goes on that was given up after at least `limitMs` milliseconds. */
  isSilent(directory: string, limitMs = DELETION_PATIENCE_MS): boolean {
    return [this.#stats, this.#listings, this.#examinations, this.#changes].some((turns) => turns.isLate(directory, limitMs));
  }

  /** Whether a directory, or one above it, is silent by the shortest wait there is: who cannot wait at all should not touch it. */
  isOnSilent(directory: string): boolean {
    for (let one = directory; ; one = path.dirname(one)) {
      if (this.isSilent(one, PATIENCE_MS)) return true;
      if (path.dirname(one) === one) return false;
    }
  }

  #aboutFiles<Found>(turns: Turns, directory: string, begin: () => Promise<Found>, limitMs?: number): Promise<Found> {
    return this.isSilent(directory) ? Promise.reject(silence(directory, DELETION_PATIENCE_MS)) : turns.run(directory, begin, limitMs);
  }

  /** `stat` of a file, for somebody who waits. Throws the system's error. */
  #statOf(file: string): Promise<Stats> {
    const directory = path.dirname(file);
    if (this.isOnSilent(directory)) return Promise.reject(silence(directory, PATIENCE_MS));
    return this.#aboutFiles(this.#examinations, directory, () => this.#files.stat(file), PATIENCE_MS);
  }

  /** Whether a path is a file. Throws the system's error. */
  async isFile(file: string): Promise<boolean> {
    return (await this.#statOf(file)).isFile();
  }

  /** Bytes of a file. Throws the system's error. */
  async sizeOf(file: string): Promise<number> {
    return (await this.#statOf(file)).size;
  }

  /** What a path turns out to be, which lies in a directory of ours by its name. */
  examine(directory: string, file: string): Promise<Ownership> {
    return this.#aboutFiles(this.#examinations, directory, () => this.#files.examine(directory, file));
  }

  /** Where a packet file is that the catalogue lists. */
  whereIs(file: KeptFile, limitMs = PATIENCE_MS): Promise<Whereabouts> {
    return this.#aboutFiles(this.#examinations, path.dirname(file.path), () => this.#files.whereIs(file), limitMs);
  }

  /** The inode of a file's directory, or null where the file is not there, or its directory does not answer. */
  directoryInodeOf(file: string, limitMs = PATIENCE_MS): Promise<string | null> {
    const directory = path.dirname(file);
    if (this.isOnSilent(directory)) return Promise.resolve(null);
    return this.#aboutFiles(this.#examinations, directory, () => this.#files.directoryInodeOf(file), limitMs).catch(() => null);
  }

  /** Does one thing to files in a directory; what was given up may still happen. */
  change<Done>(directory: string, begin: () => Promise<Done>): Promise<Done> {
    return this.#aboutFiles(this.#changes, directory, begin);
  }

  /** `stat`, within `limitMs` milliseconds. Throws the system's error. */
  stat(directory: string, limitMs = PATIENCE_MS): Promise<Stats> {
    return this.#stats.run(directory, () => this.#files.stat(directory), limitMs);
  }

  /** That a directory does not answer within `limitMs` milliseconds, or null where it does, be it with an error. */
  async silence(directory: string, limitMs?: number): Promise<LookbackError | null> {
    return this.stat(directory, limitMs).then(() => null, (error: unknown) => (error instanceof LookbackError ? error : null));
  }

  /** A measurement of the device of a directory, by whoever measures, within `limitMs` milliseconds. */
  space<Space>(directory: string, measure: (directory: string) => Promise<Space>, limitMs = PATIENCE_MS): Promise<Space> {
    return this.#spaces.run(directory, () => measure(directory), limitMs);
  }

  /** A list of what is in a directory, or a folder of it, by whoever lists. */
  list<Names>(directory: string, list: () => Promise<Names>): Promise<Names> {
    return this.#aboutFiles(this.#listings, directory, list);
  }

  /** Whether there is no room in a directory to work with. Other reasons why nothing can be written, silence among them, do not count. Never throws. */
  async hasNoRoom(directory: string): Promise<boolean> {
    return isDiskFull(await this.#writes.run(directory, () => this.#files.writingError(directory, { bytes: WORKING_BYTES })).catch((error: unknown) => error));
  }
}

/** Those of this process: its threads are shared by all that look. */
export const directoryLooks = new DirectoryLooks();
