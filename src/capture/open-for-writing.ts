import type { BigIntStats } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { Turns } from "../base/turns.js";

/** Kernel flags of an open file, octal in /proc (fcntl.h): the way it is open. */
const ACCESS_MODE = 0o3;
/** Longest wait for what is behind a descriptor, in milliseconds: it may be on a mount that does not answer. */
const PATIENCE_MS = 5_000;

/** Which file it is, whatever the path. */
export function identityOf({ dev, ino }: Pick<BigIntStats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/** A file that may be open, and `identityOf` it. */
export interface MaybeOpen {
  readonly path: string;
  readonly identity: string;
}

/** What is asked of the system about a descriptor of a process; tests may let it hang. */
export interface DescriptorFiles {
  /** What is behind it: the file, on whatever mount. */
  stat(process: string, descriptor: string): Promise<Pick<BigIntStats, "dev" | "ino">>;
  /** What the kernel tells of it without a look at the file (proc_pid_fdinfo(5)). */
  info(process: string, descriptor: string): Promise<string>;
}

const systemDescriptors: DescriptorFiles = {
  stat: (process, descriptor) => stat(`/proc/${process}/fd/${descriptor}`, { bigint: true }),
  info: (process, descriptor) => readFile(`/proc/${process}/fdinfo/${descriptor}`, "utf8"),
};

const mountLooks = new Turns(PATIENCE_MS);

/**
 * Which of some files processes have open for writing, by identity, as far as /proc shows them to this process: its own user's, all to
 * root. Other open files are not touched where the kernel tells which they are: they may be on a mount that does not answer. Of such a mount
 * one file is looked at, and none of them is among these until it answers.
 */
export async function openForWriting(files: readonly MaybeOpen[], system: DescriptorFiles = systemDescriptors, looks: Turns = mountLooks): Promise<ReadonlySet<string>> {
  const identities = new Set(files.map(({ identity }) => identity));
  const inodes = new Set(files.map(({ identity }) => identity.slice(identity.indexOf(":") + 1)));
  // Of some file systems the kernel tells another number there than `stat` does: those are found by their name.
  const names = new Set(files.map((file) => path.basename(file.path)));
  const found = new Set<string>();
  const processes = await readdir("/proc").catch(() => []);
  for (const id of processes.filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const file = await readlink(`/proc/${id}/fd/${descriptor}`).catch(() => "");
      if (!file.startsWith("/") || file.startsWith("/dev/")) continue;
      const told = await system.info(id, descriptor).catch(() => "");
      const flags = /^flags:\s*([0-7]+)$/m.exec(told)?.[1] ?? "0";
      if ((Number.parseInt(flags, 8) & ACCESS_MODE) === 0) continue;
      // Kernels before 5.14 do not tell the number, so that each one that is open for writing may be meant.
      const inode = /^ino:\s*(\d+)$/m.exec(told)?.[1];
      if (inode !== undefined && !inodes.has(inode) && !names.has(path.basename(file))) continue;
      // Its name there is another one behind a link, a mount or in a container.
      const mount = /^mnt_id:\s*(\d+)$/m.exec(told)?.[1];
      const opened = await looks.run(`mount ${mount ?? "of unknown number"}`, () => system.stat(id, descriptor)).catch(() => null);
      if (opened !== null && identities.has(identityOf(opened))) found.add(identityOf(opened));
    }
  }
  return found;
}
