import { createHash, randomBytes } from "node:crypto";
import { existsSync, openSync, closeSync, fdatasyncSync, readFileSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { systemClock } from "../../base/clock.js";
import { PACKAGE_ROOT } from "../../base/package-root.js";
import type { LookbackConfig } from "../../config/config.js";
import { engineSettings } from "../../config/engine-settings.js";
import { loadNativeCore } from "../../native/native.js";
import { printCount } from "../print-time.js";
import { fail, ok, skip, warn, type Check, type Finding } from "./check.js";
import { measureCore, type CoreSpeed } from "./core-speed.js";
import { isHeld } from "./data-checks.js";
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
/**
 * Parts of what was measured that can be counted on: a disk also gets the index, a processor does other things, and the core is
 * measured without what it costs to receive packets and to write them.
 */
const DISK_SHARE = 0.7;
const PROCESSOR_SHARE = 0.6;
const CORE_SHARE = 0.5;
/** Bytes that the smallest Ethernet frame takes of a link, with its preamble and the gap behind it. */
const SMALLEST_ON_WIRE = 84;
/** Most that packetThreads may be. */
const MOST_WORKERS = 24;
/** The capture that the core is measured with. */
const EXAMPLE = new URL("examples/first-look.pcap", PACKAGE_ROOT);

export const writeSpeed: Check = {
  name: "write speed", purpose: "packets are written as fast as they come",
  run: (config) => packetDirectories(config).map((directory) => {
    const speed = measureWriting(config, directory);
    if (typeof speed !== "number") return speed;
    const above = existingAbove(directory);
    return ok(`${above === directory ? directory : `${directory} is not there yet; ${above}`} takes ${Math.round(speed / MEBIBYTE)} MiB/s (measured, flushed to the disk), ${gigabits(speed)}`);
  }),
};

/** What the trusted rate is made of; a test brings its own. */
export interface RateMeasures {
  /** Bytes a second that the disk of a directory takes, or why that was not measured. */
  writing(config: LookbackConfig, directory: string): number | Finding;
  /** Bytes a second that one processor hashes. */
  hashing(): number;
  /** What the core does with so many workers, or why that was not measured. */
  core(config: LookbackConfig, workers: number): Promise<CoreSpeed | string>;
  /** Processors that this process may use. */
  readonly processors: number;
}

/** The check of the trusted rate. */
export function rateCheck(measures: RateMeasures): Check {
  return {
    name: "capture rate", purpose: "what this host can be trusted with",
    run: async (config) => {
      const speeds = packetDirectories(config).map((directory) => measures.writing(config, directory));
      const refused = speeds.find((speed): speed is Finding => typeof speed !== "number");
      if (refused !== undefined) return [refused];
      // One file is written at a time, so several directories are no faster than the slowest.
      const disk = Math.min(...speeds.filter((speed) => typeof speed === "number"));
      // One processor is left to receiving, writing and the rest.
      const workers = Math.max(1, Math.min(config.values.packetThreads, measures.processors - 1));
      const links = captureInterfaces(config).map((name) => Number(read(`/sys/class/net/${name}/speed`) ?? "0") * 1e6 / 8);
      const link = links.every((rate) => rate > 0) ? links.reduce((sum, rate) => sum + rate, 0) : null;
      return rateFindings({ disk, hash: measures.hashing(), workers, core: await measures.core(config, workers), link, spare: Math.max(0, Math.min(MOST_WORKERS, measures.processors - 1) - workers) });
    },
  };
}

export const trustedRate: Check = rateCheck({ writing: measureWriting, hashing: measureHashing, core: coreSpeed, processors: availableParallelism() });

/**
 * The rate that can be trusted: in bytes a second the least of what the disk takes, what the workers hash (bodies), and what the
 * core takes in packets of the measured size; in packets a second what the core takes, whatever their size.
 *
 * @param measured `disk`, `hash` (of one processor) and `link` (null: not known) in bytes a second; `core`, or why it was not measured; `spare`: processors
 *   that more workers could use.
 */
export function rateFindings({ disk, hash, workers, core, link, spare }: {
  readonly disk: number; readonly hash: number; readonly workers: number; readonly core: CoreSpeed | string; readonly link: number | null; readonly spare: number;
}): readonly Finding[] {
  const bounds = [
    { name: "the disk decides", rate: disk * DISK_SHARE }, { name: "hashing of bodies decides", rate: hash * PROCESSOR_SHARE * workers },
    ...(typeof core === "string" ? [] : [{ name: "the number of packets decides", rate: core.byAll * CORE_SHARE * core.packetBytes }]),
  ];
  const least = bounds.reduce((one, other) => (other.rate < one.rate ? other : one));
  const why = `${least.name} (an estimate: ${percent(DISK_SHARE)} of the disk's ${gigabits(disk)}, ${percent(PROCESSOR_SHARE)} of MD5's ${gigabits(hash)} a processor)`;
  const detail = `${gigabits(least.rate)} without a pause can be trusted to this host${typeof core === "string" ? "" : ` at ${Math.round(core.packetBytes)} bytes a packet`}; ${why}`;
  const threads = spare > 0 ? `packetThreads=${workers + spare}, ` : "";
  const inBytes = link !== null && link > least.rate
    ? warn(`${detail}; the interfaces can bring ${gigabits(link)}`, `fine when the link is not that busy; else ${threads}a faster disk, more processors, or bpf and dontSaveBPFs`) : ok(detail);
  if (typeof core === "string") return [inBytes, skip(`packets a second were not measured: ${core}`)];
  const trusted = core.byAll * CORE_SHARE;
  const smallest = link !== null && link / SMALLEST_ON_WIRE > trusted ? `; the interfaces can bring ${packetRate(link / SMALLEST_ON_WIRE)} of the smallest size` : "";
  return [inBytes, ok(
    `${packetRate(trusted)}, however small, can be trusted to it by ${core.workers === 1 ? "1 worker" : `${core.workers} workers, ${packetRate(core.byOne * CORE_SHARE)} to one alone`} `
    + `(${percent(CORE_SHARE)} of the ${packetRate(core.byAll)} that the core was measured to take at ${Math.round(core.sessionPackets)} packets a session)${spare > 0 ? `; packetThreads=${workers + spare} would use the other processors` : ""}${smallest}`,
  )];
}

/** What the core does on this host, or why that was not measured. */
async function coreSpeed(config: LookbackConfig, workers: number): Promise<CoreSpeed | string> {
  let directory: string | null = null;
  try {
    const busy = captureRuns(config);
    if (busy !== null) return busy;
    const capture = await readFile(EXAMPLE);
    directory = await mkdtemp(path.join(tmpdir(), "lookback-doctor-"));
    return await measureCore({
      native: loadNativeCore(), settings: engineSettings(config), workers, capture, directory, clock: systemClock, elapsedMs: () => performance.now(),
      pause: () => new Promise((resolve) => { setTimeout(resolve, 1); }),
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Packets a second with two places that count: the rest is noise. */
function packetRate(packets: number): string {
  const places = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, packets))) - 1);
  return `${printCount(Math.floor(packets / places) * places)} packets/s`;
}

function gigabits(bytes: number): string {
  const mbit = bytes * 8 / 1e6;
  return mbit >= 1000 ? `${(mbit / 1000).toFixed(1)} Gbit/s` : `${Math.round(mbit)} Mbit/s`;
}

function packetDirectories(config: LookbackConfig): readonly string[] {
  const { directories } = config.storageOf(config.node);
  return directories.length > 0 ? directories : [config.packetDirectory];
}

/** Why nothing is measured that takes disk or processors, or null when it may be: a capture that runs might lose packets by it. */
function captureRuns({ dataDirectory }: LookbackConfig): string | null {
  try {
    return isHeld(dataDirectory, "capture") ? "a capture runs, and might lose packets by it" : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What was measured in this run: two checks ask. */
const measured = new Map<string, number | Finding>();

/** Bytes a second that a directory's disk takes, flushed; or why that was not measured. */
function measureWriting(config: LookbackConfig, directory: string): number | Finding {
  const busy = captureRuns(config);
  if (busy !== null) return skip(`${directory} was not measured by writing: ${busy}`);
  const speed = measured.get(directory) ?? writeAndMeasure(directory);
  measured.set(directory, speed);
  return speed;
}

/** The nearest directory at or above a path that is there. */
function existingAbove(directory: string): string {
  for (let at = directory; ; at = path.dirname(at)) if (existsSync(at) || at === path.dirname(at)) return at;
}

/**
 * Opens a new file that has no name any more: however this process ends, nothing of it stays. Returns the descriptor, which the caller closes;
 * throws what the system says.
 */
export function openNameless(directory: string): number {
  const file = path.join(directory, `.write-speed-${process.pid}`);
  const descriptor = openSync(file, "wx", 0o600);
  unlinkSync(file);
  return descriptor;
}

/**
 * Writes a file of which nothing stays. A directory that is not there is not made: it would belong to who looks, who is often root, and
 * the user that captures could not write there.
 */
function writeAndMeasure(directory: string): number | Finding {
  const there = existingAbove(directory);
  try {
    const { bavail, bsize } = statfsSync(there);
    if (bavail * bsize < LEAST_FREE) return skip(`${directory} has too little free space to measure by writing`);
    // Bytes that nothing compresses.
    const piece = randomBytes(4 * MEBIBYTE);
    const descriptor = openNameless(there);
    try {
      const begun = performance.now();
      let written = 0;
      while (written < WRITTEN_MIB * MEBIBYTE && performance.now() - begun < LONGEST_MS) written += writeSync(descriptor, piece);
      fdatasyncSync(descriptor);
      return written / ((performance.now() - begun) / 1000);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return fail(`${directory}: ${error instanceof Error ? error.message : String(error)}`, `${there === directory ? "make it writable for" : "make it, and give it to"} the user that captures`);
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
