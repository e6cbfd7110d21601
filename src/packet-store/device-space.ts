import checkDiskSpaceExport, { type DiskSpace } from "check-disk-space";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import { directoryLooks, type DirectoryLooks } from "./directory-looks.js";

/** One device and the directories of ours on it. */
export interface DeviceSpace {
  /** `st_dev`. */
  readonly device: number;
  readonly directories: readonly string[];
  /** Bytes that we may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** A directory that could not be measured, and why. */
export interface UnmeasuredDirectory {
  readonly directory: string;
  readonly reason: string;
  /** It is not there, or is no directory: not mounted, or not used any more. */
  readonly isAbsent?: true;
}

/** Space of the devices, and directories that could not be measured and why. */
export interface SpaceMeasurement {
  readonly devices: readonly DeviceSpace[];
  readonly unmeasured: readonly UnmeasuredDirectory[];
}

/** Measures the device of one directory that exists. */
export type SpaceProbe = (directory: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;

/** The package's declarations describe its CommonJS form; as a module its default export is the function itself. */
function isCheckDiskSpace(value: unknown): value is (directory: string) => Promise<DiskSpace> {
  return typeof value === "function";
}

/** `check-disk-space`, which runs `df`. */
export const diskSpaceProbe: SpaceProbe = async (directory) => {
  const checkDiskSpace: unknown = checkDiskSpaceExport;
  if (!isCheckDiskSpace(checkDiskSpace)) throw new LookbackError("UNAVAILABLE", "check-disk-space exports no function");
  const { free, size } = await checkDiskSpace(directory);
  return { freeBytes: free, totalBytes: size };
};

/**
 * Free space of the devices that `directories` are on, each device measured once. A directory that does not exist is
 * reported, never measured: the probe would answer for its nearest parent, which may be another device. So is one that does not answer
 * within `patienceMs` milliseconds.
 */
export async function measureSpace(directories: readonly string[], probe: SpaceProbe = diskSpaceProbe, looks: DirectoryLooks = directoryLooks, patienceMs?: number): Promise<SpaceMeasurement> {
  const byDevice = new Map<number, string[]>();
  const unmeasured: UnmeasuredDirectory[] = [];
  const looked = await Promise.all([...new Set(directories)].map(async (directory) => ({ directory, found: await looks.stat(directory, patienceMs).catch((error: unknown) => ({ error })) })));
  for (const { directory, found } of looked) {
    if ("error" in found) unmeasured.push({ directory, reason: messageOf(found.error), ...(ABSENT.has(systemErrorCode(found.error) ?? "") ? { isAbsent: true } : {}) });
    else if (!found.isDirectory()) unmeasured.push({ directory, reason: "not a directory", isAbsent: true });
    else byDevice.set(found.dev, [...(byDevice.get(found.dev) ?? []), directory]);
  }
  const measured = await Promise.all([...byDevice].map(async ([device, names]) => ({ device, names, space: await looks.space(names[0] ?? "", probe, patienceMs).catch((error: unknown) => messageOf(error)) })));
  const devices: DeviceSpace[] = [];
  for (const { device, names, space } of measured) {
    if (typeof space === "string") unmeasured.push(...names.map((directory) => ({ directory, reason: space })));
    else devices.push({ device, directories: names, ...space });
  }
  return { devices, unmeasured };
}

const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
