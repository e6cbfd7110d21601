import { stat } from "node:fs/promises";
import { LookbackError } from "../base/errors.js";
import { systemClock } from "../base/clock.js";
import { DirectoryMonitor, type EarlierImports } from "../capture/directory-monitor.js";
import { openImportsAsTheyAre } from "../catalogue/catalogue.js";
import type { Connection } from "./connection.js";
import { runImports, type ImportOutput, type Imports } from "./import-run.js";

/** What is watched and how it is imported. */
export interface MonitorRun {
  readonly imports: Imports;
  readonly directories: readonly string[];
  readonly fileNames: RegExp;
  readonly copy: boolean;
  readonly output: ImportOutput;
  /** Takes a line about what goes wrong while it watches. */
  readonly note: (line: string) => void;
  /** Imports that are in; see `importedBefore`. */
  readonly imported: EarlierImports;
}

/** Throws BAD_INPUT unless each path is a directory of this machine. */
export async function requireDirectories(paths: readonly string[]): Promise<void> {
  for (const directory of paths) {
    if (!(await stat(directory).catch(() => null))?.isDirectory()) throw new LookbackError("BAD_INPUT", `${directory} is no directory here; --monitor watches directories of this machine`, { path: directory });
  }
}

/** Imports what is in directories and what arrives there, until the signal. */
export async function runMonitor({ imports, directories, fileNames, copy, output, note, imported }: MonitorRun, signal: AbortSignal): Promise<void> {
  const unreadable = (where: string, reason: string): void => { note(`${where} cannot be read and is passed over until it can: ${reason}`); };
  const failed = (reason: string): void => { note(`what is watched cannot be looked at, which is tried again: ${reason}`); };
  const monitor = new DirectoryMonitor({ directories, fileNames, workingDirectory: process.cwd(), nowMs: systemClock.nowMs, imported, unreadable, failed });
  if (!output.json) output.print(`watching ${directories.join(", ")}`);
  for await (const files of monitor.files(signal)) {
    try {
      // A file that cannot be imported was told, and is tried again with longer and longer waits; the others go on. What a user ended is not.
      const { again, later, cancelled } = await runImports(imports, files, copy, output, null, true);
      monitor.again(again);
      monitor.again(later, { growing: true });
      monitor.untaken(cancelled);
    } catch (error) {
      // What stops them all, such as a full disk, may pass: watching goes on.
      if (signal.aborted) throw error;
      note(`what arrived could not be imported and is tried again: ${error instanceof Error ? error.message : String(error)}`);
      monitor.again(files);
    }
  }
}

const IMPORTED_BEFORE = "{ importJobs(first: 1000) { jobs { path state started } } }";

/**
 * Imports of captures that are in: of this machine those that the catalogue of its data directory has, of a remote service those among
 * its newest jobs. A capture that is told again is found to be imported already. Throws what opening the catalogue does, also when it is asked.
 */
export async function importedBefore(connection: Connection, dataDirectory: string): Promise<EarlierImports> {
  if (connection.kind === "remote") {
    // Oldest first, so that the newest of a path counts.
    const newest = new Map((await connection.ask(IMPORTED_BEFORE)).at("importJobs").at("jobs").list().reverse()
      .filter((job) => ["DONE", "ALREADY_IMPORTED"].includes(job.at("state").text()) && !job.at("started").isNull)
      .map((job) => [job.at("path").text(), { startedAtMs: job.at("started").time(), source: null }]));
    return { of: (paths) => paths.map((path) => newest.get(path) ?? null) };
  }
  let opened: ReturnType<typeof openImportsAsTheyAre> | null = null;
  const close = (): void => {
    opened?.close();
    opened = null;
  };
  const of: EarlierImports["of"] = (paths) => {
    opened ??= openImportsAsTheyAre(dataDirectory, systemClock);
    const { jobs } = opened;
    return paths.map((path) => jobs.imported(path));
  };
  of([]);
  close();
  // Opened anew for each look: a service that is started again may bring it up to date meanwhile.
  return { of, close };
}
