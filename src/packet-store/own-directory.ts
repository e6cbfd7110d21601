import type { Stats } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";

/** What a path turned out to be. */
export type Ownership =
  | { readonly own: true; readonly path: string; readonly bytes: number; readonly device: number; readonly inode: number }
  | { readonly own: false; readonly reason: OwnershipRefusal };

/** Why a path is not ours to touch. */
export type OwnershipRefusal = "outside" | "symlink" | "not-a-file" | "missing" | "unreadable" | "directory-missing";

/**
 * A directory whose files we wrote. Deletion asks here, at the moment of deletion: the answer of an earlier plan may be
 * stale.
 */
export class OwnDirectory {
  readonly path: string;

  constructor(directory: string) {
    this.path = path.resolve(directory);
  }

  /**
   * Whether `file` is a regular file directly or deeper in this directory once every symbolic link of its parents is
   * resolved, and is itself no link. Never throws for what is on disk.
   */
  async examine(file: string): Promise<Ownership> {
    let root: string;
    try {
      root = await realpath(this.path);
    } catch {
      return { own: false, reason: "directory-missing" };
    }
    let found: Stats;
    let parent: string;
    try {
      found = await lstat(file);
      parent = await realpath(path.dirname(path.resolve(file)));
    } catch (error) {
      const code = systemErrorCode(error);
      return { own: false, reason: code === "ENOENT" || code === "ENOTDIR" ? "missing" : "unreadable" };
    }
    if (found.isSymbolicLink()) return { own: false, reason: "symlink" };
    if (!found.isFile()) return { own: false, reason: "not-a-file" };
    const real = path.join(parent, path.basename(file));
    if (!isInside(root, real)) return { own: false, reason: "outside" };
    return { own: true, path: real, bytes: found.size, device: found.dev, inode: found.ino };
  }

  /** Whether the directory is there: a path that is missing must never be measured through its parent. */
  async exists(): Promise<boolean> {
    try {
      return (await stat(this.path)).isDirectory();
    } catch {
      return false;
    }
  }
}

/** Whether `file` lies below `directory`; both absolute and resolved. */
export function isInside(directory: string, file: string): boolean {
  const relative = path.relative(directory, file);
  return relative !== "" && relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}
