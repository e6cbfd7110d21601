import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";

/** A packet file as Moloch's or Arkime's capture names it: `<node>-<YYMMDD>-<number>.pcap`, compressed or not. */
export interface ArkimeFile {
  readonly path: string;
  readonly node: string;
  readonly number: number;
}

/** What directories of an installation hold. */
export interface ArkimeFiles {
  /** By node, then by number: the order in which they were written. */
  readonly files: readonly ArkimeFile[];
  /** Files that changed a moment ago: their capture still writes them. */
  readonly open: readonly string[];
  /** Directories that cannot be read, each with its reason. */
  readonly unreadable: readonly { readonly directory: string; readonly reason: string }[];
}

/** Files that one import looks at; more are left out and told. */
const MOST_FILES = 1_000_000;
/** Directories below a named one that are looked into: `pcapDirTemplate` makes some by date. */
const DEEPEST = 8;
/** A file that changed within this time is still written, in milliseconds. */
export const STILL_WRITTEN_MS = 60_000;

const NAME = /^([\w.-]{1,64})-(\d{6})-(\d{1,15})\.(?:pcap|arkime)(?:\.(?:gz|zst))?$/;

/** The node and number that a file's name tells, or null when capture did not name it so. */
export function parseArkimeFileName(name: string): { readonly node: string; readonly number: number } | null {
  const match = NAME.exec(name);
  return match?.[1] === undefined ? null : { node: match[1], number: Number(match[3]) };
}

/** Finds the packet files of an installation below directories. Symbolic links to directories are not followed. */
export async function findArkimeFiles(directories: readonly string[], nowMs: number): Promise<ArkimeFiles> {
  const files = new Map<string, ArkimeFile>();
  const open: string[] = [];
  const unreadable: { directory: string; reason: string }[] = [];
  const walk = async (directory: string, depth: number): Promise<void> => {
    for await (const entry of await opendir(directory)) {
      const below = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST) await walk(below, depth + 1);
        continue;
      }
      const name = parseArkimeFileName(entry.name);
      if (name === null || !entry.isFile() || files.size >= MOST_FILES) continue;
      const found = await stat(below).catch((error: unknown) => {
        // Arkime's own expiry took it between the two calls.
        if (systemErrorCode(error) === "ENOENT") return null;
        throw error;
      });
      if (found === null) continue;
      if (nowMs - found.mtimeMs < STILL_WRITTEN_MS) open.push(below);
      else files.set(below, { path: below, ...name });
    }
  };
  for (const directory of new Set(directories)) {
    try {
      await walk(directory, 0);
    } catch (error) {
      unreadable.push({ directory, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const order = (a: ArkimeFile, b: ArkimeFile): number => (a.node === b.node ? a.number - b.number : a.node < b.node ? -1 : 1);
  return { files: [...files.values()].sort(order), open: open.sort(), unreadable };
}
