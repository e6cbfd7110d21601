import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";

/** A small file system that only its own processes see, so that nothing else on the host can fill it. */
export interface SmallDisk {
  /** Where its files are for this process. */
  readonly outside: string;
  /** Runs a command that sees it at its mount point. */
  run(command: string, words: readonly string[]): ChildProcessWithoutNullStreams;
  close(): void;
}

/** Mounts a tmpfs of `bytes` at `directory` in a mount namespace of its own; null where the host does not allow that. */
export async function smallDisk(directory: string, bytes: number): Promise<SmallDisk | null> {
  const user = process.getuid?.() === 0 ? [] : ["-r"];
  if (spawnSync("unshare", [...user, "-m", "true"]).status !== 0 || spawnSync("nsenter", ["--version"]).status !== 0) return null;
  const holder: ChildProcess = spawn("unshare", [...user, "-m", "--propagation", "private", "sh", "-c", `mount -t tmpfs -o size=${bytes} tmpfs "$1" && echo ready && exec sleep infinity`, "sh", directory], { stdio: ["ignore", "pipe", "ignore"] });
  const { stdout, pid } = holder;
  if (stdout === null || pid === undefined) return null;
  for await (const line of createInterface({ input: stdout })) {
    if (line !== "ready") continue;
    const enter = ["-t", String(pid), "-m", ...(user.length === 0 ? [] : ["-U", "--preserve-credentials"])];
    return {
      outside: `/proc/${pid}/root${directory}`,
      run: (command, words) => spawn("nsenter", [...enter, command, ...words], { stdio: "pipe" }),
      close: () => { holder.kill("SIGKILL"); },
    };
  }
  return null;
}
