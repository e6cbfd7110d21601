import type { LiveFile } from "../native/types.js";

/** Packets must go to a directory again this long after it last failed, in milliseconds, until it counts as mended: one that comes and goes is one failure. */
const MENDED_MS = 60_000;

/** A packet directory that takes nothing. */
export interface FailedDirectory {
  readonly directory: string;
  /** When it last failed, milliseconds since 1970. */
  readonly failedMs: number;
  readonly reason: string;
}

/** Which packet directories failed, by what flushes say, and took nothing since. One that is not tried again stays. */
export class FailedDirectories {
  readonly #directories: readonly string[];
  readonly #failed = new Map<string, FailedDirectory>();
  /** Bytes of the files that were being written at the last flush, by path. */
  #written = new Map<string, number>();

  constructor(directories: readonly string[]) {
    // The longest first: one directory may lie in another.
    this.#directories = directories.toSorted((a, b) => b.length - a.length);
  }

  /**
   * Takes one flush.
   *
   * @param failures Why packets could not be written, as the core words it: the path, a colon and the reason. What is about no
   *   packet directory is left out.
   * @param files Packet files that changed.
   */
  note(failures: readonly (string | null)[], files: readonly Pick<LiveFile, "path" | "bytes" | "open">[], nowMs: number): void {
    const grown = files.filter(({ path, bytes }) => bytes > (this.#written.get(path) ?? 0)).map(({ path }) => this.#directoryOf(path));
    this.#written = new Map(files.filter(({ open }) => open).map(({ path, bytes }) => [path, bytes]));
    for (const { directory, failedMs } of this.list()) {
      // A clock that was set back says nothing of how long ago that was.
      if (grown.includes(directory) && (nowMs < failedMs || nowMs - failedMs >= MENDED_MS)) this.#failed.delete(directory);
    }
    for (const reason of failures) {
      const directory = reason === null ? null : this.#directoryOf(reason);
      if (reason !== null && directory !== null) this.#failed.set(directory, { directory, failedMs: nowMs, reason });
    }
  }

  list(): readonly FailedDirectory[] {
    return [...this.#failed.values()];
  }

  #directoryOf(path: string): string | null {
    return this.#directories.find((directory) => path.startsWith(directory.endsWith("/") ? directory : `${directory}/`)) ?? null;
  }
}
