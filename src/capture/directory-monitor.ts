import { watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";
import { nextTurn } from "../base/event-loop.js";
import type { EarlierImport } from "./import-job.js";
import { identityOf, openForWriting, type MaybeOpen } from "./open-for-writing.js";
import { sourceIdentity } from "./source-identity.js";
import { findSources } from "./sources.js";

/** Longest time between two looks: what no event of the file system tells is found then. */
const LOOK_MS = 10_000;
/** A file is whole when nothing of it changed for this long and nobody has it open for writing. */
const SETTLED_MS = 2000;
/** Time until a file is told again that could not be taken; doubled up to the longest where it may be the file's fault. */
const AGAIN_MS = 60_000;
const LONGEST_AGAIN_MS = 86_400_000;
/** Files that are watched: what is known of each is held in memory, a few hundred bytes. */
const MOST_WATCHED = 1_000_000;
/** How long is remembered what was told of a file that is gone: it may be there again, with its mount. A hundred bytes each. */
const REMEMBERED_MS = 86_400_000;
/** Files that are told at a time, and asked for. */
const TOLD_AT_ONCE = 1_000;
/** Directories whose events are listened to, each a watch of the kernel; looks find what arrives in others. */
const MOST_LISTENED_TO = 1_000;

/** Imports that were made before. */
export interface EarlierImports {
  /** Of each path, at most a thousand, the newest import that is in, or null. */
  of(paths: readonly string[]): readonly (EarlierImport | null)[];
  /** Called when a look has asked for all that it asks for, or ended: what was opened for it may be closed. */
  close?(): void;
}

/** What a monitor needs of the world. */
export interface MonitorParts {
  /** Directories; files below them count as well. */
  readonly directories: readonly string[];
  readonly fileNames: RegExp;
  readonly workingDirectory: string;
  readonly nowMs: () => number;
  /** Asked for files that come into view: what was imported is told only when it changed since. */
  readonly imported?: EarlierImports;
  /** Told of each path that cannot be read, once until it can be. */
  readonly unreadable?: (path: string, reason: string) => void;
  /** Told why the directories could not be looked at, once until they can be; without it that ends `files`. */
  readonly failed?: (reason: string) => void;
  /** Which of some files some process writes, by identity; by default as /proc shows to this process. */
  readonly written?: (files: readonly MaybeOpen[]) => Promise<ReadonlySet<string>>;
  /** Files that are watched; more are an error. */
  readonly most?: number;
}

/** How a file looked; another look is another file. */
interface Look {
  readonly identity: string;
  /** Which file it is, and of which content: what counts of one that was told. */
  readonly source: string;
  /** That, and when its name or rights last changed: what could not be taken may be now. */
  readonly signature: string;
  /** It is told when it has looked so for `waitMs`. */
  readonly sinceMs: number;
  readonly waitMs: number;
  /** Times it could not be taken, of those that make it wait longer. */
  readonly failures: number;
  /** It was not taken: it is told when it is there again after it was gone. */
  readonly untaken: boolean;
  given: boolean;
}

/**
 * Tells each capture file that arrives in directories once, when it is whole: its size and times have stayed the same for two
 * seconds and no process that can be seen has it open for writing. A file that changes afterwards is told again, one that could not be taken also
 * when its rights change. What is there at the first look is told as well, unless it was imported before. A directory that cannot be read for
 * a while, or whose mount is away, tells none of its files again; one whose place is empty meanwhile none that are imported, or were told
 * within a day and taken.
 */
export class DirectoryMonitor {
  readonly #parts: MonitorParts;
  #looks = new Map<string, Look>();
  /** Files that are gone, and are in or were told and not found to be untaken: which they were, and when they were missed. In order of that. */
  readonly #gone = new Map<string, { readonly source: string; readonly sinceMs: number }>();
  #directories: readonly string[] = [];
  #unreadable: ReadonlySet<string> = new Set();
  #failure: string | null = null;
  #isFirst = true;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
  }

  /**
   * Looks once; returns the files that are whole since the last look, in order of name, and whether others may become so soon.
   *
   * @throws LookbackError LIMIT_EXCEEDED beyond a million files; the reason of the signal when it ends the look.
   */
  async look(signal?: AbortSignal): Promise<{ readonly whole: readonly string[]; readonly waiting: boolean }> {
    const { fileNames, workingDirectory, nowMs, written = openForWriting, most = MOST_WATCHED } = this.#parts;
    const { files, failed, directories } = await findSources(this.#parts.directories, fileNames, workingDirectory, most);
    const unreadable = new Map(failed.map(({ path: where, error }) => [where, error.message]));
    const now = nowMs();
    const looks = new Map<string, Look>();
    const stamps = new Map<string, Stamp>();
    for (const file of files) {
      signal?.throwIfAborted();
      const before = this.#looks.get(file);
      const found = await stampOf(file).catch((error: unknown) => {
        // It is looked at again, as what it was.
        unreadable.set(file, error instanceof Error ? error.message : String(error));
        if (before !== undefined) looks.set(file, before);
        return null;
      });
      if (found !== null) stamps.set(file, found);
    }
    const isBack = (file: string, { source }: Stamp): boolean => this.#gone.get(file)?.source === source;
    const imported = await this.#importedOf([...stamps].filter(([file, found]) => !this.#looks.has(file) && !isBack(file, found)), signal);
    const settled: string[] = [];
    let waiting = false;
    for (const [file, found] of stamps) {
      const before = this.#looks.get(file);
      const known = imported.has(file) || isBack(file, found);
      const same = before?.signature === found.signature || (before?.given === true && before.source === found.source) ? before : { ...found, sinceMs: now, waitMs: SETTLED_MS, failures: 0, untaken: false, given: known };
      // After a clock that was set back its wait begins anew: it would last until the clock is there again.
      const look = now < same.sinceMs ? { ...same, sinceMs: now } : same;
      looks.set(file, look);
      if (look.given) continue;
      if (now - look.sinceMs >= look.waitMs) settled.push(file);
      else waiting ||= look.waitMs === SETTLED_MS;
    }
    for (const [where, reason] of unreadable) if (!this.#unreadable.has(where)) this.#parts.unreadable?.(where, reason);
    this.#unreadable = new Set(unreadable.keys());
    // Files that are gone are forgotten in time, so that memory is bounded; whether one is where nobody can look is not known.
    const hidden = new Set(failed.map(({ path: where }) => path.resolve(workingDirectory, where)));
    for (const [file, look] of this.#looks) if (looks.size < most && !looks.has(file) && isBelow(file, hidden)) looks.set(file, look);
    this.#remember(looks, now, most);
    this.#looks = looks;
    this.#directories = directories;
    this.#isFirst = false;
    const open = settled.length > 0 ? await written(settled.map((file) => ({ path: file, identity: looks.get(file)?.identity ?? "" }))) : new Set<string>();
    const whole = settled.filter((file) => !open.has(looks.get(file)?.identity ?? ""));
    for (const file of whole) {
      const look = looks.get(file);
      if (look !== undefined) look.given = true;
    }
    return { whole, waiting: waiting || whole.length < settled.length };
  }

  /**
   * Which files were imported before. Later than at the first look only what is certainly the same file counts where that is known of the
   * import: a clock of another machine may be behind, and a file that is told in vain is found to be imported; so is each where nobody can be asked.
   */
  async #importedOf(files: readonly (readonly [string, Stamp])[], signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
    const { imported } = this.#parts;
    const found = new Set<string>();
    try {
      for (let at = 0; imported !== undefined && at < files.length; at += TOLD_AT_ONCE) {
        // Nothing else runs while it is asked: signals, and what a service is asked.
        if (at > 0) await nextTurn();
        signal?.throwIfAborted();
        const some = files.slice(at, at + TOLD_AT_ONCE);
        let earlier: readonly (EarlierImport | null)[] = [];
        try {
          earlier = imported.of(some.map(([file]) => file));
        } catch (error) {
          if (this.#isFirst) throw error;
        }
        some.forEach(([file, stamp], index) => {
          const one = earlier[index] ?? null;
          if (this.#isFirst || one?.source === null ? isIn(stamp, one) : one?.source === stamp.source) found.add(file);
        });
      }
    } finally {
      imported?.close?.();
    }
    return found;
  }

  /** Remembers, of the files that `looks` has no more, those that need not be told when they are there again; with those watched at most `most`. */
  #remember(looks: ReadonlyMap<string, Look>, now: number, most: number): void {
    for (const file of looks.keys()) this.#gone.delete(file);
    for (const [file, { given, untaken, source }] of this.#looks) if (given && !untaken && !looks.has(file)) this.#gone.set(file, { source, sinceMs: now });
    for (const [file, { sinceMs }] of this.#gone) {
      if (now - sinceMs < REMEMBERED_MS && this.#gone.size + looks.size <= most) break;
      this.#gone.delete(file);
    }
  }

  /**
   * Lets files be told again, in a minute, that could not be taken for now; or those that may never be, after a wait that doubles
   * with each time, up to a day.
   */
  again(files: readonly string[], { growing = false }: { readonly growing?: boolean } = {}): void {
    for (const file of files) {
      const look = this.#looks.get(file);
      if (look === undefined) continue;
      const waitMs = growing ? Math.min(AGAIN_MS * 2 ** look.failures, LONGEST_AGAIN_MS) : AGAIN_MS;
      this.#looks.set(file, { ...look, sinceMs: this.#parts.nowMs(), waitMs, failures: look.failures + (growing ? 1 : 0), given: false });
    }
  }

  /** Lets files be told again that were not taken, and are not to be tried while they stay as they are: once they were gone and are there again. */
  untaken(files: readonly string[]): void {
    for (const file of files) {
      const look = this.#looks.get(file);
      if (look !== undefined) this.#looks.set(file, { ...look, untaken: true });
    }
  }

  /** Files as they become whole, at most a thousand at a time, until the signal. */
  async *files(signal: AbortSignal): AsyncGenerator<readonly string[]> {
    let wake = (): void => {};
    const watchers = new Map<string, FSWatcher>();
    const onEvent = (): void => { wake(); };
    signal.addEventListener("abort", onEvent, { once: true });
    try {
      while (!signal.aborted) {
        const { whole, waiting } = await this.#lookOrTell(signal);
        // What arrived in a directory before it was listened to made no event.
        const soon = this.#listen(watchers, onEvent) || waiting;
        for (let at = 0; at < whole.length && !signal.aborted; at += TOLD_AT_ONCE) yield whole.slice(at, at + TOLD_AT_ONCE);
        // An event ends the wait only where nothing settles: a file that grows makes one with each write.
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, soon ? SETTLED_MS : LOOK_MS);
          wake = () => {
            if (soon && !signal.aborted) return;
            clearTimeout(timer);
            resolve();
          };
          if (signal.aborted) wake();
        });
      }
    } finally {
      signal.removeEventListener("abort", onEvent);
      for (const watcher of watchers.values()) watcher.close();
    }
  }

  /** Looks; a look that fails finds nothing, is told, and is no reason to stop. One that the signal ends finds nothing, either. */
  async #lookOrTell(signal: AbortSignal): Promise<Awaited<ReturnType<DirectoryMonitor["look"]>>> {
    const { failed } = this.#parts;
    try {
      const found = await this.look(signal);
      this.#failure = null;
      return found;
    } catch (error) {
      if (signal.aborted) return { whole: [], waiting: false };
      if (failed === undefined) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#failure) failed(reason);
      this.#failure = reason;
      return { whole: [], waiting: false };
    }
  }

  /** Listens to the directories that were found, and no more to those that are gone; whether one came. A recursive watch would watch each file. */
  #listen(watchers: Map<string, FSWatcher>, onEvent: () => void): boolean {
    const present = new Set(this.#directories);
    let came = false;
    for (const [directory, watcher] of watchers) {
      if (present.has(directory)) continue;
      watcher.close();
      watchers.delete(directory);
    }
    for (const directory of present) {
      if (watchers.has(directory) || watchers.size >= MOST_LISTENED_TO) continue;
      try {
        const watcher = watch(directory, onEvent);
        // A directory that goes away: it is listened to again once a look finds it.
        watcher.on("error", () => {
          watcher.close();
          watchers.delete(directory);
        });
        watchers.set(directory, watcher);
        came = true;
      } catch {
        // One too many to watch, say: the looks go on without its events.
      }
    }
    return came;
  }
}

/** Whether a path is one of some, or below one. */
function isBelow(file: string, paths: ReadonlySet<string>): boolean {
  if (paths.size === 0) return false;
  for (let at = file; ; at = path.dirname(at)) {
    if (paths.has(at)) return true;
    if (at === path.dirname(at)) return false;
  }
}

/** How a file looks now. */
interface Stamp extends Pick<Look, "identity" | "source" | "signature"> {
  /** When it, its name or its rights last changed, milliseconds since 1970. */
  readonly changedMs: number;
}

/** Whether it is the file that was imported: the same, whatever its name and rights are now, or one that nothing changed of since. */
function isIn({ source, changedMs }: Stamp, earlier: EarlierImport | null): boolean {
  return earlier !== null && (earlier.source === source || earlier.startedAtMs >= changedMs);
}

async function stampOf(file: string): Promise<Stamp | null> {
  try {
    const found = await stat(file, { bigint: true });
    const { size, ctimeNs, mtimeMs, ctimeMs } = found;
    const source = sourceIdentity(found);
    // An empty file is one that is about to be written.
    if (size === 0n) return null;
    // One that is moved in keeps the time of its last write; the other time is of its name and rights.
    return { identity: identityOf(found), source, signature: `${source} ${ctimeNs}`, changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}
