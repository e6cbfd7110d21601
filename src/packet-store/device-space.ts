import { stat } from "node:fs/promises";
import checkDiskSpaceExport, { type DiskSpace } from "check-disk-space";
import { LookbackError } from "../base/errors.js";

/** One device and the directories of ours on it. */
export interface DeviceSpace {
  /** `st_dev`. */
  readonly device: number;
  readonly directories: readonly string[];
  /** Bytes that we may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Space of the devices, and directories that could not be measured and why. */
export interface SpaceMeasurement {
  readonly devices: readonly DeviceSpace[];
  readonly unmeasured: readonly { readonly directory: string; readonly reason: string }[];
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
 * reported, never measured: the probe would answer for its nearest parent, which may be another device.
 */
export async function measureSpace(directories: readonly string[], probe: SpaceProbe = diskSpaceProbe): Promise<SpaceMeasurement> {
  const byDevice = new Map<number, string[]>();
  const unmeasured: { directory: string; reason: string }[] = [];
  for (const directory of new Set(directories)) {
    try {
      const found = await stat(directory);
      if (!found.isDirectory()) {
        unmeasured.push({ directory, reason: "not a directory" });
        continue;
      }
      const same = byDevice.get(found.dev);
      if (same) same.push(directory);
      else byDevice.set(found.dev, [directory]);
    } catch (error) {
      unmeasured.push({ directory, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const devices: DeviceSpace[] = [];
  for (const [device, names] of byDevice) {
    const [first] = names;
    if (first === undefined) continue;
    try {
      devices.push({ device, directories: names, ...(await probe(first)) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const directory of names) unmeasured.push({ directory, reason });
    }
  }
  return { devices, unmeasured };
}
