import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A file system of its own that stops answering: whoever writes to it waits until it is thawed. */
export interface FreezableDisk {
  /** Where its files are. */
  readonly directory: string;
  freeze(): void;
  thaw(): void;
  /** Thaws and unmounts it. */
  close(): Promise<void>;
}

/** Makes an ext4 of `megabytes` in the file `image` and mounts it in a mount namespace of its own; null where the host does not allow that. */
export async function freezableDisk(image: string, directory: string, megabytes: number): Promise<FreezableDisk | null> {
  if (process.getuid?.() !== 0 || spawnSync("truncate", ["-s", `${megabytes}M`, image]).status !== 0 || spawnSync("mkfs.ext4", ["-q", image]).status !== 0) return null;
  const mounted = spawn("unshare", ["-m", "--propagation", "private", "sh", "-c", 'mount -o loop "$1" "$2" && echo ready && exec sleep infinity', "sh", image, directory], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await Promise.race([once(createInterface({ input: mounted.stdout }), "line"), once(mounted, "exit")]);
  if (line !== "ready") return null;
  const outside = `/proc/${mounted.pid ?? 0}/root${directory}`;
  const freezing = spawnSync("fsfreeze", ["--freeze", outside]).status === 0 && spawnSync("fsfreeze", ["--unfreeze", outside]).status === 0;
  const close = async (): Promise<void> => {
    spawnSync("fsfreeze", ["--unfreeze", outside]);
    const ended = once(mounted, "exit");
    mounted.kill("SIGKILL");
    await ended;
  };
  if (!freezing) {
    await close();
    return null;
  }
  return { directory: outside, freeze: () => { execFileSync("fsfreeze", ["--freeze", outside]); }, thaw: () => { execFileSync("fsfreeze", ["--unfreeze", outside]); }, close };
}
