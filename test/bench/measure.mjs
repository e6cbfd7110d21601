// CPU seconds and peak memory of a command, and percentiles of a list.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** How often the peak of a running command's memory is read, in milliseconds: each look holds the command's memory map for a moment. */
const LOOK_MS = 200;

/** Process ids below `pid`, itself included. */
function family(pid) {
  const children = (one) => {
    try {
      return readFileSync(`/proc/${one}/task/${one}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  const all = [pid];
  for (const one of all) all.push(...children(one));
  return all;
}

/** Peak resident memory of one process in bytes; 0 once it is gone. */
export function peakMemory(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * Runs a command to its end.
 * @returns {Promise<{ cpu: number, wall: number, memory: number, output: string }>} seconds (user and system), seconds, bytes
 */
export function measure(command, words) {
  return new Promise((resolve, reject) => {
    // Certificates that the site adds are read by each Node that starts, 0.04 s for a usual list: not what is measured.
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    // The shell's own `time` counts what the command and all that it waited for used.
    const child = spawn("bash", ["-c", 'TIMEFORMAT="cpu %U %S %R"; time "$@"', "bash", command, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let error = "";
    let memory = 0;
    child.stdout.on("data", (data) => { output += data; });
    child.stderr.on("data", (data) => { error += data; });
    const timer = setInterval(() => { memory = Math.max(memory, ...family(child.pid).map(peakMemory)); }, LOOK_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      const [, user, system, wall] = /cpu ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(error) ?? [];
      if (code !== 0 || user === undefined) reject(new Error(`${command} ${words.join(" ")} ended with ${code}:\n${output}${error}`));
      else resolve({ cpu: Number(user) + Number(system), wall: Number(wall), memory, output });
    });
  });
}

/** The value in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Bytes and number of the segments of a data directory. */
export function segments(data) {
  const files = readdirSync(join(data, "sessions"), { recursive: true }).filter((name) => name.endsWith(".parquet"));
  return { count: files.length, bytes: files.reduce((sum, name) => sum + (statSync(join(data, "sessions", name), { throwIfNoEntry: false })?.size ?? 0), 0) };
}

/** Longest that merges of segments may take before queries are timed, in milliseconds. */
const SETTLE_MS = 600_000;
/** A store whose segments have not changed for this long is taken to be merged, unless several lie as they were written. */
const STILL_MS = 30_000;

/** Waits until the segments of a served store change no more: a query beside a merge measures the merge. */
export async function settled(data) {
  const end = Date.now() + SETTLE_MS;
  let last = "";
  let since = Date.now();
  const written = () => readdirSync(join(data, "sessions"), { recursive: true }).filter((name) => /(^|\/)0-[^/]*\.parquet$/.test(name)).length;
  while (Date.now() < end && (Date.now() - since < STILL_MS || written() > 1)) {
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    const now = JSON.stringify(segments(data));
    if (now === last) continue;
    last = now;
    since = Date.now();
  }
}
