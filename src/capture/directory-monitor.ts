import { watch, type FSWatcher } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";
import { findSources } from "./sources.js";

/** Longest time between two looks: what no event of the file system tells is found then. */
const LOOK_MS = 10_000;
/** A file is whole when nothing of it changed for this long and nobody has it open for writing. */
const SETTLED_MS = 2000;
/** Time until a file is told again that could not be taken. */
const AGAIN_MS = 60_000;
/** Kernel flags of an open file, octal in /proc (fcntl.h): the way it is open. */
const ACCESS_MODE = 0o3;

/** What a monitor needs of the world. */
export interface MonitorParts {
  /** Directories; files below them count as well. */
  readonly directories: readonly string[];
  readonly fileNames: RegExp;
  readonly workingDirectory: string;
  readonly nowMs: () => number;
  /** When files were imported already, milliseconds since 1970, by path: such a file is told only when it changed since. */
  readonly imported?: ReadonlyMap<string, number>;
  /** Told of each path that cannot be read, once until it can be. */
  readonly unreadable?: (path: string, reason: string) => void;
  /** Absolute paths that some process writes; by default those that /proc shows to this process. */
  readonly written?: () => Promise<ReadonlySet<string>>;
}

/** How a file looked; another look is another file. */
interface Look {
  readonly signature: string;
  readonly sinceMs: number;
  given: boolean;
}

/**
 * Tells each capture file that arrives in directories once, when it is whole: its size and times have stayed the same for two
 * seconds and no process that can be seen has it open for writing. A file that changes afterwards is told again. What is there at
 * the first look is told as well, unless it was imported before.
 */
export class DirectoryMonitor {
  readonly #parts: MonitorParts;
  #looks = new Map<string, Look>();
  #unreadable: ReadonlySet<string> = new Set();
  #isFirst = true;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
  }

  /** Looks once; returns the files that are whole since the last look, in order of name, and whether others may become so soon. */
  async look(): Promise<{ readonly whole: readonly string[]; readonly waiting: boolean }> {
    const { directories, fileNames, workingDirectory, nowMs, written = openForWriting } = this.#parts;
    const { files, failed } = await findSources(directories, fileNames, workingDirectory);
    const unreadable = new Map(failed.map(({ path: where, error }) => [where, error.message]));
    const now = nowMs();
    const looks = new Map<string, Look>();
    const settled: string[] = [];
    let waiting = false;
    for (const file of files) {
      const before = this.#looks.get(file);
      const found = await stampOf(file).catch((error: unknown) => {
        // It is looked at again, as what it was.
        unreadable.set(file, error instanceof Error ? error.message : String(error));
        if (before !== undefined) looks.set(file, before);
        return null;
      });
      if (found === null) continue;
      const known = this.#isFirst && (this.#parts.imported?.get(file) ?? -1) >= found.mtimeMs;
      const look = before?.signature === found.signature ? before : { signature: found.signature, sinceMs: now, given: known };
      looks.set(file, look);
      if (look.given) continue;
      if (now - look.sinceMs >= SETTLED_MS) settled.push(file);
      else waiting = true;
    }
    for (const [where, reason] of unreadable) if (!this.#unreadable.has(where)) this.#parts.unreadable?.(where, reason);
    this.#unreadable = new Set(unreadable.keys());
    // Files that are gone are forgotten: memory is bounded by what is there.
    this.#looks = looks;
    this.#isFirst = false;
    const open = settled.length > 0 ? await written() : new Set<string>();
    const whole = settled.filter((file) => !open.has(file));
    for (const file of whole) {
      const look = looks.get(file);
      if (look !== undefined) look.given = true;
    }
    return { whole, waiting: waiting || whole.length < settled.length };
  }

  /** Lets files be told again, in a minute, that could not be taken for now. */
  again(files: readonly string[]): void {
    for (const file of files) {
      const look = this.#looks.get(file);
      if (look !== undefined) this.#looks.set(file, { ...look, sinceMs: this.#parts.nowMs() + AGAIN_MS - SETTLED_MS, given: false });
    }
  }

  /** Files as they become whole, several at a time, until the signal. */
  async *files(signal: AbortSignal): AsyncGenerator<readonly string[]> {
    let wake = (): void => {};
    const watchers = this.#watch(() => { wake(); });
    const onAbort = (): void => { wake(); };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const { whole, waiting } = await this.look();
        if (whole.length > 0) yield whole;
        // An event ends the wait only where nothing settles: a file that grows makes one with each write.
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waiting ? SETTLED_MS : LOOK_MS);
          wake = () => {
            if (waiting && !signal.aborted) return;
            clearTimeout(timer);
            resolve();
          };
          if (signal.aborted) wake();
        });
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      for (const watcher of watchers) watcher.close();
    }
  }

  #watch(onEvent: () => void): readonly FSWatcher[] {
    return this.#parts.directories.flatMap((directory) => {
      try {
        const watcher = watch(path.resolve(this.#parts.workingDirectory, directory), { recursive: true }, onEvent);
        // A directory that goes away, or one too many to watch: the looks go on without events.
        watcher.on("error", () => { watcher.close(); });
        return [watcher];
      } catch {
        return [];
      }
    });
  }
}

async function stampOf(file: string): Promise<{ readonly signature: string; readonly mtimeMs: number } | null> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    // An empty file is one that is about to be written.
    return size === 0 ? null : { signature: `${ino} ${size} ${mtimeMs}`, mtimeMs };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Files that processes have open for writing, as far as /proc shows them to this process: its own user's, all to root. */
async function openForWriting(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const processes = await readdir("/proc").catch(() => []);
  for (const id of processes.filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const file = await readlink(`/proc/${id}/fd/${descriptor}`).catch(() => "");
      if (!file.startsWith("/") || file.startsWith("/dev/")) continue;
      const flags = /^flags:\s*([0-7]+)$/m.exec(await readFile(`/proc/${id}/fdinfo/${descriptor}`, "utf8").catch(() => ""))?.[1] ?? "0";
      if ((Number.parseInt(flags, 8) & ACCESS_MODE) !== 0) found.add(file);
    }
  }
  return found;
}
