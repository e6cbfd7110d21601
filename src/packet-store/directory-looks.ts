import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import type { Timer } from "../base/clock.js";
import { isDiskFull } from "../base/errors.js";
import { Turns } from "../base/turns.js";
import { writingError } from "./try-writing.js";

/** Longest wait for an answer about a directory, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Longest wait for a list of names: there may be many on a busy disk. */
const LISTING_PATIENCE_MS = 60_000;
/** Bytes that a catalogue takes when it is opened and written to; less is no room to work with. */
const WORKING_BYTES = 128 * 1024;

/** What a look asks the system; tests may let it hang. */
export interface DirectoryFiles {
  stat(directory: string): Promise<Stats>;
  writingError(directory: string, of: { readonly bytes: number }): Promise<unknown>;
}

/**
 * Looks at directories that may be on a mount or disk which does not answer. Each kind of look is begun once at a time for a directory,
 * and throws UNAVAILABLE after five seconds (a minute for lists of names) and while one that was given up goes on.
 */
export class DirectoryLooks {
  readonly #files: DirectoryFiles;
  readonly #stats: Turns;
  readonly #spaces: Turns;
  readonly #writes: Turns;
  readonly #listings: Turns;

  constructor(files: DirectoryFiles = { stat, writingError }, timer?: Timer) {
    this.#files = files;
    this.#stats = new Turns(PATIENCE_MS, timer);
    this.#spaces = new Turns(PATIENCE_MS, timer);
    this.#writes = new Turns(PATIENCE_MS, timer);
    this.#listings = new Turns(LISTING_PATIENCE_MS, timer);
  }

  /** `stat`. Throws the system's error. */
  stat(directory: string): Promise<Stats> {
    return this.#stats.run(directory, () => this.#files.stat(directory));
  }

  /** A measurement of the device of a directory, by whoever measures. */
  space<Space>(directory: string, measure: (directory: string) => Promise<Space>): Promise<Space> {
    return this.#spaces.run(directory, () => measure(directory));
  }

  /** A list of what is in a directory, by whoever lists. */
  list<Names>(directory: string, list: (directory: string) => Promise<Names>): Promise<Names> {
    return this.#listings.run(directory, () => list(directory));
  }

  /** Whether there is no room in a directory to work with. Other reasons why nothing can be written, silence among them, do not count. Never throws. */
  async hasNoRoom(directory: string): Promise<boolean> {
    return isDiskFull(await this.#writes.run(directory, () => this.#files.writingError(directory, { bytes: WORKING_BYTES })).catch((error: unknown) => error));
  }
}

/** Those of this process: its threads are shared by all that look. */
export const directoryLooks = new DirectoryLooks();
