import type { Dirent } from "node:fs";
import { mkdir, open, readdir, rename, stat, truncate, unlink } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "../base/errors.js";
import { directoryLooks, type DirectoryLooks } from "./directory-looks.js";
import { isInside } from "./own-directory.js";
import { interfaceListOf } from "./packet-file-name.js";

const TOMBSTONE = /^(\d{1,16})-(.+)$/;
/** Folder for tombstones beside packet files on another device than the data directory; a rename cannot cross devices. */
const LOCAL_FOLDER = ".tombstones";

/** A file that is on its way out. */
export interface Tombstone {
  readonly fileId: number;
  /** Name that the file had. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly device: number;
}

/** Tombstones that were found, and the directories that could not be looked through, with why. */
export interface TombstoneListing {
  readonly tombstones: readonly Tombstone[];
  /** The packet directory whose folder it is; or the folder of the data directory with its device, of which all files go there (null: nobody knows which). */
  readonly unlisted: readonly { readonly directory: string; readonly reason: string; readonly device?: number | null }[];
}

/** File operations, so that tests can let them fail. */
export interface TombstoneFiles {
  rename(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  truncate(file: string): Promise<void>;
  /** Makes renames in a directory durable. */
  sync(directory: string): Promise<void>;
}

/** The system's. */
export const REAL_FILES: TombstoneFiles = { rename, unlink, truncate: (file) => truncate(file, 0), sync: syncDirectory };

/**
 * Deletion in two steps. `bury` renames a file to `<fileId>-<name>` in a tombstone folder of the same device, which a
 * crash leaves done or undone; `remove` unlinks it. What a crash leaves behind is found by `list`. Each step throws UNAVAILABLE where its
 * disk or mount does not answer, and may be done later all the same: the next steps are those of a crash.
 */
export class Tombstones {
  readonly #directory: string;
  readonly #packetDirectories: readonly string[];
  readonly #files: TombstoneFiles;
  readonly #looks: DirectoryLooks;

  /** `directory` is `tombstones/` of the data directory. */
  constructor(directory: string, packetDirectories: readonly string[], files: TombstoneFiles = REAL_FILES, looks: DirectoryLooks = directoryLooks) {
    this.#directory = path.resolve(directory);
    this.#packetDirectories = packetDirectories.map((name) => path.resolve(name)).toSorted((left, right) => right.length - left.length);
    this.#files = files;
    this.#looks = looks;
  }

  /** Does one thing to a file of ours, in the turn of its directory. Throws UNAVAILABLE where that does not answer. */
  change<Done>(file: string, begin: () => Promise<Done>): Promise<Done> {
    return this.#looks.change([this.#directory, ...this.#packetDirectories].find((one) => isInside(one, file)) ?? path.dirname(file), begin);
  }

  /** Renames a file of ours out of sight; `settle` puts that on disk. Throws the system's error: the file is where it was. */
  async bury(fileId: number, file: string): Promise<Tombstone> {
    const found = await this.change(file, () => stat(file));
    const name = `${fileId}-${path.basename(file)}`;
    let target = path.join(this.#directory, name);
    await this.change(target, () => mkdir(this.#directory, { recursive: true, mode: 0o700 }));
    try {
      await this.#rename(file, target);
    } catch (error) {
      if (systemErrorCode(error) !== "EXDEV") throw error;
      const folder = path.join(this.#packetDirectories.find((one) => file.startsWith(one + path.sep)) ?? path.dirname(file), LOCAL_FOLDER);
      await this.change(file, () => mkdir(folder, { recursive: true, mode: 0o700 }));
      target = path.join(folder, name);
      await this.#rename(file, target);
    }
    // Of no use without its packets. One that stays is removed by the next capture that starts.
    const list = interfaceListOf(file);
    if (list !== null) await this.change(list, () => this.#files.unlink(list)).catch(() => {});
    return { fileId, name: path.basename(file), path: target, bytes: found.size, device: found.dev };
  }

  #rename(file: string, target: string): Promise<void> {
    return this.change(file, () => this.#files.rename(file, target));
  }

  #sync(file: string): Promise<void> {
    return this.change(file, () => this.#files.sync(path.dirname(file)));
  }

  /** Puts the rename of a file that became a tombstone on disk. */
  async settle(tombstone: Tombstone, file: string): Promise<void> {
    await this.#sync(tombstone.path);
    await this.#sync(file);
  }

  /** Frees a tombstone's space but keeps its name, which says what is still to be done. */
  async empty(tombstone: Tombstone): Promise<void> {
    await this.change(tombstone.path, () => this.#files.truncate(tombstone.path));
  }

  /** Unlinks a tombstone; one that is gone already is no error. */
  async remove(tombstone: Tombstone): Promise<void> {
    try {
      await this.change(tombstone.path, () => this.#files.unlink(tombstone.path));
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
    }
  }

  /**
   * Tombstones on disk, by file number. Files with other names are none of ours and are left alone. Directories that do not answer within
   * `patienceMs` milliseconds are not looked through.
   */
  async list(patienceMs?: number): Promise<TombstoneListing> {
    const tombstones: Tombstone[] = [];
    const unlisted: TombstoneListing["unlisted"][number][] = [];
    const folders = [{ directory: this.#directory, folder: this.#directory }, ...this.#packetDirectories.map((directory) => ({ directory, folder: path.join(directory, LOCAL_FOLDER) }))];
    await Promise.all(folders.map(async ({ directory, folder }) => {
      try {
        const silence = await this.#looks.silence(directory, patienceMs);
        if (silence !== null) throw silence;
        tombstones.push(...await this.#looks.list(directory, () => tombstonesIn(folder)));
      } catch (error) {
        // One disk of several that fails is no reason to look after none.
        unlisted.push({ directory, reason: error instanceof Error ? error.message : String(error), ...(folder === this.#directory ? { device: await this.#deviceOf(folder) } : {}) });
      }
    }));
    return { tombstones: tombstones.sort((left, right) => left.fileId - right.fileId), unlisted };
  }

  /** The device of a folder, or of the one it is in; null where neither can be asked. */
  async #deviceOf(folder: string): Promise<number | null> {
    const { dev } = await this.#looks.stat(folder).catch(() => this.#looks.stat(path.dirname(folder))).catch(() => ({ dev: null }));
    return dev;
  }
}

async function tombstonesIn(folder: string): Promise<readonly Tombstone[]> {
  const found: Tombstone[] = [];
  for (const entry of await entriesOf(folder)) {
    const [, digits, name] = (entry.isFile() ? TOMBSTONE.exec(entry.name) : null) ?? [];
    const fileId = Number(digits);
    if (name === undefined || !Number.isSafeInteger(fileId)) continue;
    const file = path.join(folder, entry.name);
    try {
      const { size, dev } = await stat(file);
      found.push({ fileId, name, path: file, bytes: size, device: dev });
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
    }
  }
  return found;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Makes renames in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
