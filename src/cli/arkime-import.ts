import path from "node:path";
import { systemClock } from "../base/clock.js";
import { findArkimeFiles, type ArkimeFile } from "../capture/arkime-files.js";
import { readArkimeInstallation } from "../config/arkime-installation.js";
import type { Connection } from "./connection.js";
import { importExitCode, runImports, type ImportOutcome, type ImportOutput } from "./import-run.js";
import { printCount } from "./print-time.js";
import { UsageError } from "./usage-error.js";

/** Files that are queued at a time: an interrupted command leaves no more than these to the next start. */
const AT_ONCE = 50;

const KNOWN = "query ($before: Long) { captureFiles(first: 1000, before: $before) { files { name state } next } }";

/** Where the packet files of an installation are. */
export interface ArkimeSource {
  /** Its config.ini. */
  readonly config: string;
  /** Directories to look in instead of those that the configuration names; empty: none. */
  readonly directories: readonly string[];
  readonly copy: boolean;
}

/**
 * Imports the packet files of an installation of Moloch or Arkime, node by node in the order they were written, each under
 * its node's name. Files that are in already are left out by their name, so that a command that was ended goes on where it
 * was. Resolves to the exit code.
 */
export async function importFromArkime(connection: Connection, { config, directories, copy }: ArkimeSource, output: ImportOutput, note: (line: string) => void, signal: AbortSignal): Promise<number> {
  if (connection.kind === "remote") throw new UsageError("--from-arkime looks for files of this machine: run it where the service is, without --url");
  const installation = readArkimeInstallation(path.resolve(config));
  for (const setting of installation.unreadable) note(`warning: ${setting}: packet files that it makes (encrypted, with short headers, or elsewhere) cannot be read`);
  const found = await findArkimeFiles(directories.length > 0 ? directories.map((directory) => path.resolve(directory)) : installation.packetDirectories, systemClock.nowMs());
  for (const { directory, reason } of found.unreadable) note(`warning: ${directory} cannot be read: ${reason}`);
  for (const file of found.open) note(`warning: ${file} changed within the last minute, so it is still written; import again once capture has closed it`);
  const known = await knownFiles(connection);
  const files = found.files.filter((file) => !known.has(file.path));
  const nodes = new Set(files.map(({ node }) => node));
  note(`${printCount(found.files.length)} packet files, ${printCount(found.files.length - files.length)} of them imported before; ${printCount(files.length)} to import${files.length === 0 ? "" : ` of ${[...nodes].slice(0, 5).join(", ")}${nodes.size > 5 ? ", …" : ""}`}`);
  const outcomes: ImportOutcome[] = [];
  for (let at = 0; at < files.length && !signal.aborted;) {
    const some = nextOf(files, at);
    note(`${printCount(at + 1)} to ${printCount(at + some.length)} of ${printCount(files.length)}, node ${some[0]?.node ?? ""}:`);
    outcomes.push(await runImports(connection.imports, some.map((file) => file.path), copy, output, some[0]?.node ?? null));
    at += some.length;
  }
  // A file that is still written is none that failed: where capture goes on there always is one.
  const sum = (of: (outcome: ImportOutcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return importExitCode({
    done: sum(({ done }) => done), already: sum(({ already }) => already) + found.files.length - files.length,
    failed: sum(({ failed }) => failed) + found.unreadable.length, again: outcomes.flatMap(({ again }) => again), later: [], cancelled: [],
  });
}

/** The next files of one node. */
function nextOf(files: readonly ArkimeFile[], from: number): readonly ArkimeFile[] {
  const node = files[from]?.node;
  let to = from;
  while (to < files.length && to - from < AT_ONCE && files[to]?.node === node) to++;
  return files.slice(from, to);
}

/** Names of the captures that are in. */
async function knownFiles(connection: Connection): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  let before: number | null = null;
  do {
    const page = (await connection.ask(KNOWN, { before })).at("captureFiles");
    for (const file of page.at("files").list()) if (file.at("state").text() === "COMPLETE") names.add(file.at("name").text());
    before = page.at("next").orNull()?.number() ?? null;
  } while (before !== null);
  return names;
}
