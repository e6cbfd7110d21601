import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, openSync, closeSync, fdatasyncSync, readFileSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { LookbackConfig } from "../../config/config.js";
import { fail, ok, skip, warn, type Check, type Finding } from "./check.js";
import { captureInterfaces } from "./nic-checks.js";

const MEBIBYTE = 2 ** 20;
/** Written to measure a disk: more than a controller's cache hides, and a few seconds of a slow disk. */
const WRITTEN_MIB = 256;
/** Longest time that is spent on writing; a slower disk is measured by what it took until then. */
const LONGEST_MS = 5000;
/** Free space below which nothing is written to measure. */
const LEAST_FREE = 4 * 1024 * MEBIBYTE;
/** Hashed to measure a processor. */
const HASHED_MIB = 64;
/** Parts of what was measured that can be counted on: a disk also gets the index, a processor does other things. */
const DISK_SHARE = 0.7;
const PROCESSOR_SHARE = 0.6;

export const writeSpeed: Check = {
  name: "write speed", purpose: "packets are written as fast as they come",
  run: (config) => packetDirectories(config).map((directory) => {
    const speed = measureWriting(directory);
    if (typeof speed !== "number") return speed;
    return ok(`${directory} takes ${Math.round(speed / MEBIBYTE)} MiB/s (measured, flushed to the disk), ${gigabits(speed)}`);
  }),
};

export const trustedRate: Check = {
  name: "capture rate", purpose: "what this host can be trusted with",
  run: (config) => {
    const speeds = packetDirectories(config).map(measureWriting);
    const refused = speeds.find((speed): speed is Finding => typeof speed !== "number");
    if (refused !== undefined) return [refused];
    // One file is written at a time, so several directories are no faster than the slowest.
    const disk = Math.min(...speeds.filter((speed) => typeof speed === "number"));
    const links = captureInterfaces(config).map((name) => Number(read(`/sys/class/net/${name}/speed`) ?? "0") * 1e6 / 8);
    return [rateFinding({ disk, hash: measureHashing(), processors: availableParallelism(), link: links.every((rate) => rate > 0) ? links.reduce((sum, rate) => sum + rate, 0) : null })];
  },
};

/**
 * The rate that can be trusted, in bytes a second: the least of what the disk takes and what the processors index. Indexing a byte costs
 * about what hashing it with MD5 does, and one processor is left to the rest.
 */
export function rateFinding({ disk, hash, processors, link }: { readonly disk: number; readonly hash: number; readonly processors: number; readonly link: number | null }): Finding {
  const indexed = hash * PROCESSOR_SHARE * Math.max(1, processors - 1);
  const stored = disk * DISK_SHARE;
  const rate = Math.min(indexed, stored);
  const why = stored < indexed ? "the disk decides" : `${processors === 1 ? "the processor decides" : `${processors} processors decide`}`;
  const detail = `${gigabits(rate)} without a pause can be trusted to this host; ${why} (an estimate: disk ${gigabits(disk)}, MD5 ${gigabits(hash)} a processor)`;
  if (link !== null && link > rate) return warn(`${detail}; the interfaces can bring ${gigabits(link)}`, "fine when the link is not that busy; else a faster disk, more processors, or bpf and dontSaveBPFs");
  return ok(detail);
}

function gigabits(bytes: number): string {
  const mbit = bytes * 8 / 1e6;
  return mbit >= 1000 ? `${(mbit / 1000).toFixed(1)} Gbit/s` : `${Math.round(mbit)} Mbit/s`;
}

function packetDirectories(config: LookbackConfig): readonly string[] {
  const { directories } = config.storageOf(config.node);
  return directories.length > 0 ? directories : [config.packetDirectory];
}

/** What was measured in this run: two checks ask. */
const measured = new Map<string, number | Finding>();

/** Bytes a second that a directory's disk takes, flushed; or why that was not measured. */
function measureWriting(directory: string): number | Finding {
  const speed = measured.get(directory) ?? writeAndMeasure(directory);
  measured.set(directory, speed);
  return speed;
}

/** Writes a file, which is removed again. */
function writeAndMeasure(directory: string): number | Finding {
  const file = path.join(directory, `.write-speed-${process.pid}`);
  try {
    mkdirSync(directory, { recursive: true });
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < LEAST_FREE) return skip(`${directory} has too little free space to measure by writing`);
    // Bytes that nothing compresses.
    const piece = randomBytes(4 * MEBIBYTE);
    const descriptor = openSync(file, "wx", 0o600);
    try {
      const begun = performance.now();
      let written = 0;
      while (written < WRITTEN_MIB * MEBIBYTE && performance.now() - begun < LONGEST_MS) written += writeSync(descriptor, piece);
      fdatasyncSync(descriptor);
      return written / ((performance.now() - begun) / 1000);
    } finally {
      closeSync(descriptor);
      unlinkSync(file);
    }
  } catch (error) {
    return fail(`${directory}: ${error instanceof Error ? error.message : String(error)}`, "make it writable for the user that captures");
  }
}

/** Bytes a second that one processor hashes. */
function measureHashing(): number {
  const piece = randomBytes(MEBIBYTE);
  const hash = createHash("md5");
  const begun = performance.now();
  for (let done = 0; done < HASHED_MIB; done++) hash.update(piece);
  hash.digest();
  return HASHED_MIB * MEBIBYTE / ((performance.now() - begun) / 1000);
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // A virtual interface has no speed.
    return null;
  }
}
