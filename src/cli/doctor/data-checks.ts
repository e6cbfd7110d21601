import { readdir, stat, statfs } from "node:fs/promises";
import path from "node:path";
import { announced } from "../../app/local-endpoint.js";
import { directoriesOf } from "../../app/core.js";
import { retentionRules } from "../../app/retention.js";
import { tryWriting } from "../../packet-store/try-writing.js";
import { inspectCatalogue } from "../../catalogue/inspect.js";
import { roleHolder, type Role } from "../../catalogue/role-lock.js";
import { systemErrorCode } from "../../base/errors.js";
import { printBytes } from "../progress.js";
import { fail, ok, skip, warn, type Check, type Finding } from "./check.js";

/** Types of file systems over a network (statfs(2)): NFS, SMB2, CIFS, FUSE (sshfs and others). SQLite's locks do not hold on all of them. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([[0x6969, "NFS"], [0xfe534d42, "SMB"], [0xff534d42, "CIFS"], [0x65735546, "FUSE"]]);

export const dataDirectories: Check = {
  name: "data directory", purpose: "everything that is kept is written there",
  async run(config) {
    const { data, packets } = directoriesOf(config);
    const findings: Finding[] = [];
    for (const directory of new Set([data, packets])) findings.push(await writable(directory));
    const kind = await statfs(await existingAbove(data)).then(({ type }) => NETWORK_TYPES.get(type) ?? null);
    if (kind !== null) findings.push(warn(`${data} is on ${kind}`, "keep the data directory on a local file system; packets (pcapDir) may lie elsewhere"));
    return findings;
  },
};

async function writable(directory: string): Promise<Finding> {
  const there = await stat(directory).catch(() => null);
  if (there === null) {
    const above = await existingAbove(directory);
    const reason = await tryWriting(above);
    return reason === null ? ok(`${directory} is not there yet and can be made`) : fail(`${directory} cannot be made: ${reason}`, `make it, or name another: dataDir or pcapDir`);
  }
  if (!there.isDirectory()) return fail(`${directory} is no directory`, "name another: dataDir or pcapDir");
  const reason = await tryWriting(directory);
  if (reason !== null) return fail(`${directory} cannot be written: ${reason}`, `give it to the user that runs Lookback (uid ${process.getuid?.() ?? "?"})`);
  return (there.mode & 0o007) !== 0 && directory.length > 0 ? warn(`${directory} can be written, and others may look into it`, `chmod o-rwx ${directory}`) : ok(`${directory} can be written`);
}

/** The nearest directory at or above a path that is there. */
async function existingAbove(directory: string): Promise<string> {
  for (let at = directory; ; at = path.dirname(at)) if ((await stat(at).catch(() => null)) !== null || at === path.dirname(at)) return at;
}

export const freeSpace: Check = {
  name: "free space", purpose: "packets, index and catalogue have room",
  async run(config) {
    const { data } = directoriesOf(config);
    const storage = retentionRules(config, config.values, []).packets.storage.map(({ directory, freeSpace: wanted }) => ({ directory, wanted, holdsPackets: true }));
    const findings: Finding[] = [];
    for (const { directory, wanted: freeSpaceG, holdsPackets } of [...storage.some((one) => one.directory === data) ? [] : [{ directory: data, wanted: config.values.freeSpaceG, holdsPackets: false }], ...storage]) {
      const { bavail, blocks, bsize, files, ffree } = await statfs(await existingAbove(directory));
      const [free, total] = [bavail * bsize, blocks * bsize];
      const wanted = freeSpaceG.unit === "percent" ? (total * freeSpaceG.value) / 100 : freeSpaceG.value * 2 ** 30;
      const detail = `${directory}: ${printBytes(free)} of ${printBytes(total)} free`;
      if (wanted >= total) findings.push(fail(`${detail}; freeSpaceG asks for ${printBytes(wanted)}`, "lower freeSpaceG: the device is smaller than that, and no packet would stay"));
      else if (free < wanted && holdsPackets) findings.push(warn(`${detail}, less than the ${printBytes(wanted)} of freeSpaceG`, "retention deletes the oldest packet files of ours; where others fill the device, make room"));
      else findings.push(ok(detail));
      if (files > 0 && ffree / files < 0.01) findings.push(warn(`${directory}: ${ffree} of ${files} inodes free`, "remove small files, or make a file system with more inodes"));
    }
    return findings;
  },
};

export const catalogue: Check = {
  name: "catalogue", purpose: "knows files, users and jobs",
  run({ dataDirectory }) {
    const { exists, path: file, steps } = inspectCatalogue(dataDirectory);
    if (!exists) return [skip("there is none yet; the first start makes it")];
    const newer = steps.filter(({ known }) => !known);
    if (newer.length > 0) return [fail(`${file} was written by a newer Lookback (${newer.map(({ name }) => name).join(", ")})`, "start that version")];
    const waiting = steps.filter(({ appliedMs }) => appliedMs === null).length;
    return [waiting > 0 ? warn(`${waiting} migrations wait`, "the next start applies them; lookback migrate plan shows them, lookback migrate up keeps a copy before") : ok(`${file}, ${steps.length} migrations applied`)];
  },
};

export const processes: Check = {
  name: "processes", purpose: "one process per role on a data directory",
  async run({ dataDirectory, values }) {
    const there = await readdir(path.join(dataDirectory, "locks")).catch((error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") return null;
      throw error;
    });
    if (there === null) return [skip("nothing ran on this data directory yet")];
    const roles: readonly Role[] = values.indexStore === "elasticsearch" ? ["serve", "capture", "shipper"] : ["serve", "capture"];
    const endpoint = announced(dataDirectory);
    return roles.map((role) => {
      const holder = holderOf(dataDirectory, role);
      return ok(holder === null ? `nothing runs the role ${role}` : `${holder} runs the role ${role}${role === "serve" && endpoint !== null ? ` on ${endpoint.url}` : ""}`);
    });
  },
};

/** Whether a process runs a role on a data directory, which need not be there. */
export function isHeld(directory: string, role: Role): boolean {
  return roleHolder(directory, role) !== null;
}

function holderOf(directory: string, role: Role): string | null {
  const holder = roleHolder(directory, role);
  if (holder === null) return null;
  return holder.pid === null ? "a process" : `process ${holder.pid}`;
}
