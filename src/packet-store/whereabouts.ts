import { lstat, stat } from "node:fs/promises";
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

/** Which directory is at a path: its inode and, where the file system knows it, when it was made, for the roots of two disks may have the same inode. */
async function inodeOf(directory: string): Promise<string | null> {
  try {
    const { ino, birthtimeNs } = await stat(directory, { bigint: true });
    return birthtimeNs > 0n ? `${ino} ${birthtimeNs}` : String(ino);
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

/**
 * Whether a packet file is there. One that is not is gone when its directory is the one that it was seen in, or when somebody said so since
 * (`GONE_MARK`): what else is in a directory of that name proves nothing, for a capture writes on where a mount is away. Never throws.
 */
export async function whereIs({ path: file, directoryInode, importedAtMs }: KeptFile): Promise<Whereabouts> {
  if (await isThere(file)) return "there";
  const directory = path.dirname(file);
  const isSame = directoryInode !== null && (await inodeOf(directory)) === directoryInode;
  const markedMs = isSame ? null : await stat(path.join(directory, GONE_MARK)).then(({ mtimeMs }) => mtimeMs, () => null);
  if (!isSame && (markedMs === null || markedMs < importedAtMs)) return "away";
  // A mount that came back between the looks has it.
  return (await isThere(file)) ? "there" : "gone";
}

/** What a person can do about packet files that are away. */
export const BRING_BACK = `mount its disk again, or, when it is gone for good, put an empty file ${GONE_MARK} there`;

/** The error of a file that is away. */
export function awayError({ path: file }: Pick<KeptFile, "path">): LookbackError {
  return new LookbackError("UNAVAILABLE", `${file}: the packet file is not there, and ${path.dirname(file)} is not the directory that it was in; ${BRING_BACK}`, { path: file });
}
