import { execFileSync } from "node:child_process";
import { accessSync, chownSync, constants, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";
import type { NativeCore } from "../native/types.js";

/** Longest wait for the system's answer who somebody is; it may ask another machine. */
const LOOK_UP_MS = 10_000;

/**
 * Becomes `dropUser` and `dropGroup`, for a process that was started as root; anybody else stays who they are. With
 * `native` the rights to open interfaces are kept until `LiveOptions.giveUpRights` gives them up. Directories that are
 * not there yet are made and given to the user.
 *
 * @returns Whether the user changed.
 * @throws LookbackError CONFIG_INVALID when there is no such user or group, or the user may not write what is there.
 */
export function becomeDropUser(config: LookbackConfig, directories: readonly string[], logger: Logger, native: Pick<NativeCore, "keepRightsOverChangeOfUser" | "keepRightsToCapture"> | null): boolean {
  const { dropUser, dropGroup } = config.values;
  if (dropUser === null && dropGroup === null) return false;
  if (process.getuid?.() !== 0) {
    logger.warn({ dropUser, dropGroup }, "dropUser and dropGroup have no effect: this process was not started as root");
    return false;
  }
  const name = dropUser ?? "root";
  const user = idsOf("-u", name)[0] ?? 0;
  const group = dropGroup === null ? (idsOf("-g", name)[0] ?? 0) : groupOf(dropGroup);
  const others = idsOf("-G", name);
  for (const directory of directories) {
    if (existsSync(directory)) continue;
    const first = mkdirSync(directory, { recursive: true, mode: 0o750 });
    // Those above it that were not there either: nobody else could get through them.
    for (let made = path.resolve(directory); first !== undefined && made.length >= path.resolve(first).length; made = path.dirname(made)) chownSync(made, user, group);
  }
  native?.keepRightsOverChangeOfUser();
  process.setgroups?.([...new Set([group, ...others])]);
  process.setgid?.(group);
  process.setuid?.(user);
  if (user !== 0) native?.keepRightsToCapture();
  for (const directory of directories) requireWritable(directory, name, group);
  logger.info({ user, group }, "this process runs as another user from here on");
  return user !== 0;
}

function requireWritable(directory: string, user: string, group: number): void {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new LookbackError("CONFIG_INVALID", `dropUser=${user}: that user may not write ${directory}; give it to them: chown -R ${user}:${group} ${directory}`, { key: "dropUser", path: directory }, { cause: error });
  }
}

/** Numbers that the system has for a user, the user's group or all groups of the user; whatever keeps its users. */
function idsOf(what: "-u" | "-g" | "-G", name: string): number[] {
  try {
    return execFileSync("id", [what, "--", name], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: LOOK_UP_MS }).trim().split(" ").map(Number);
  } catch (error) {
    throw new LookbackError("CONFIG_INVALID", `dropUser=${name.slice(0, 64)}: there is no such user here`, { key: "dropUser" }, { cause: error });
  }
}

function groupOf(name: string): number {
  try {
    return Number(execFileSync("getent", ["group", "--", name], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: LOOK_UP_MS }).split(":")[2]);
  } catch (error) {
    throw new LookbackError("CONFIG_INVALID", `dropGroup=${name.slice(0, 64)}: there is no such group here`, { key: "dropGroup" }, { cause: error });
  }
}
