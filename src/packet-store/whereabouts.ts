import { lstat, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { LookbackError, systemErrorCode } from "../base/errors.js";

/** A file of this name says that packet files which were captured before it was put there, and are not, are gone for good. */
export const GONE_MARK = ".lookback-gone";

/** A packet file of ours, as the catalogue knows it. */
export interface KeptFile {
  readonly path: string;
  /** Inode and birth of the directory that it was seen in, or null where nobody saw it there. */
  readonly directoryInode: string | null;
  /** When it was listed, milliseconds since 1970. */
  readonly importedAtMs: number;
}

/** Where a packet file is: `away` is one that is not there while nothing tells that it is gone, so that its mount may come back. */
export type Whereabouts = "there" | "gone" | "away";

/**
 * Which directory is at a path: its inode and, where the file system knows it, when it was made, for the roots of two disks may have the same
 * inode. Null of one that is not there, and of a root that nothing tells apart.
 */
async function inodeOf(directory: string): Promise<string | null> {
  try {
    const { ino, birthtimeNs, dev } = await stat(directory, { bigint: true });
    if (birthtimeNs > 0n) return `${ino} ${birthtimeNs}`;
    return (await stat(path.dirname(directory), { bigint: true })).dev === dev ? String(ino) : null;
  } catch {
    return null;
  }
}

/** Which directory a file is in, as `KeptFile` has it, or null where the file is not there. Never throws. */
export async function directoryInodeOf(file: string): Promise<string | null> {
  const directory = path.dirname(file);
  const before = await inodeOf(directory);
  if (before === null || !(await lstat(file).then(() => true, () => false))) return null;
  // What is mounted between two looks makes the first one another directory's.
  return (await inodeOf(directory)) === before ? before : null;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    // It may be there, and who reads it is told.
    return true;
  }
}

/** What tells of files that are not in a directory whether they are gone. */
export interface DirectorySight {
  readonly inode: string | null;
  /** When `GONE_MARK` was put there, milliseconds since 1970; null where it was not. */
  readonly markedMs: number | null;
}

async function sightOf(directory: string): Promise<DirectorySight> {
  const [inode, markedMs] = await Promise.all([inodeOf(directory), stat(path.join(directory, GONE_MARK)).then(({ mtimeMs }) => mtimeMs, () => null)]);
  return { inode, markedMs };
}

/** Whether a file that is not in its directory is gone: that is the one it was seen in, or somebody said so since it was listed. */
function isGone({ directoryInode, importedAtMs }: KeptFile, { inode, markedMs }: DirectorySight): boolean {
  return (inode !== null && inode === directoryInode) || (markedMs !== null && markedMs >= importedAtMs);
}

/**
 * Whether a packet file is there. One that is not is gone when its directory is the one that it was seen in, or when somebody said so since
 * (`GONE_MARK`): what else is in a directory of that name proves nothing, for a capture writes on where a mount is away. Never throws.
 */
export async function whereIs(file: KeptFile): Promise<Whereabouts> {
  if (await isThere(file.path)) return "there";
  if (!isGone(file, await sightOf(path.dirname(file.path)))) return "away";
  // A mount that came back between the looks has it.
  return (await isThere(file.path)) ? "there" : "gone";
}

/** Tells of each file of a directory whether it is away, by one look at that and its names. Never throws. */
export async function awayTest(directory: string): Promise<(file: KeptFile) => boolean> {
  const names = new Set(await readdir(directory).catch((): string[] => []));
  const sight = await sightOf(directory);
  return (file) => !names.has(path.basename(file.path)) && !isGone(file, sight);
}

/** What a person can do about packet files that are away. */
export const BRING_BACK = `mount its disk again, or, when it is gone for good, put an empty file ${GONE_MARK} there`;

/** The error of a file that is away. */
export function awayError({ path: file }: Pick<KeptFile, "path">): LookbackError {
  return new LookbackError("UNAVAILABLE", `${file}: the packet file is not there, and ${path.dirname(file)} is not the directory that it was in; ${BRING_BACK}`, { path: file });
}
