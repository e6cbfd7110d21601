import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { readsInput } from "../../app/capture-process.js";
import { defaultInterface } from "../../capture/default-interface.js";
import type { LookbackConfig } from "../../config/config.js";
import { ok, skip, warn, type Check, type Finding } from "./check.js";

/**
 * Offloads that hand over packets which were never on the wire; captures are wrong with them, and larger than `snapLen`. Each as `ethtool -k`
 * prints it, with the name by which `ethtool -K` sets it.
 */
const JOINING: readonly (readonly [printed: string, settable: string])[] = [
  ["generic-receive-offload", "gro"], ["rx-gro-hw", "rx-gro-hw"], ["large-receive-offload", "lro"], ["tcp-segmentation-offload", "tso"], ["generic-segmentation-offload", "gso"],
];
/** Longest wait for ethtool. */
const TOOL_MS = 5000;
/** Links from this rate on, in Mbit/s, should have several receive queues and their interrupts apart. */
const FAST_MBIT = 5000;

/** Interfaces that live capture would take, as the configuration and the routes have it; none of one that reads standard input. */
export function captureInterfaces(config: Pick<LookbackConfig, "values">): readonly string[] {
  if (readsInput(config)) return [];
  const { values } = config;
  if (values.interface.length > 0) return values.interface;
  const routes = read("/proc/net/route");
  const found = routes === null ? null : defaultInterface(routes);
  return found === null ? [] : [found];
}

export const receiveRings: Check = {
  name: "receive rings", purpose: "bursts that the network card must hold until the kernel takes them",
  run: (config) => ofEach(config, (name) => {
    const printed = ethtool("-g", name);
    return typeof printed === "string" ? ringFinding(name, printed) : printed;
  }),
};

export const offloads: Check = {
  name: "offloads", purpose: "packets are captured as they were on the wire",
  run: (config) => ofEach(config, (name) => {
    const printed = ethtool("-k", name);
    return typeof printed === "string" ? offloadFinding(name, printed) : printed;
  }),
};

export const receiveQueues: Check = {
  name: "receive queues", purpose: "a fast link's packets reach several processors",
  run: (config) => ofEach(config, (name) => {
    const entries = list(`/sys/class/net/${name}/queues`).filter((entry) => entry.startsWith("rx-"));
    if (entries.length === 0) return skip(`${name}: the system names no queues`);
    const mbit = Number(read(`/sys/class/net/${name}/speed`) ?? "0");
    const interrupts = interruptsOf(name, deviceOf(name), read("/proc/interrupts") ?? "");
    const placed = interrupts.map((number) => ({ number, processors: read(`/proc/irq/${number}/effective_affinity_list`) ?? read(`/proc/irq/${number}/smp_affinity_list`) ?? "" }));
    const printed = ethtool("-l", name);
    return queueFinding(name, {
      queues: entries.length, most: typeof printed === "string" ? mostQueues(printed) : null, spread: Math.max(...entries.map((entry) => processorsIn(read(`/sys/class/net/${name}/queues/${entry}/rps_cpus`) ?? ""))),
      mbit, placed, processors: availableParallelism(),
    });
  }),
};

/** Whether a name is that by which libpcap captures from every interface; the system and `tpacketv3` know none of it. */
export function isEveryInterface(name: string, { values }: Pick<LookbackConfig, "values">): boolean {
  return name === "any" && values.pcapReadMethod === "libpcap";
}

/** What `ethtool -g` says, as a finding. */
export function ringFinding(name: string, printed: string): Finding {
  const [most, now] = [...printed.matchAll(/^RX:\s*(\d+)/gm)].map(([, number]) => Number(number));
  if (most === undefined || now === undefined) return skip(`${name} has no receive ring that can be set`);
  if (now >= most) return ok(`${name} has ${now} descriptors, the most it can`);
  return { ...warn(`${name} has ${now} descriptors of ${most}`, `ethtool -G ${name} rx ${most}, or lookback doctor --fix`), fix: { script: "tune-interface.sh", words: [name] } };
}

/** What `ethtool -k` says, as a finding. */
export function offloadFinding(name: string, printed: string): Finding {
  // One that is "[fixed]" cannot be changed: on the loopback interface it is as it is.
  const on = JOINING.filter(([offload]) => new RegExp(`^${offload}: on$`, "m").test(printed));
  if (on.length === 0) return ok(`${name} joins no packets`);
  return { ...warn(`${name} joins packets: ${on.map(([offload]) => offload).join(", ")}`, `ethtool -K ${name} ${on.map(([, settable]) => `${settable} off`).join(" ")}, or lookback doctor --fix`), fix: { script: "tune-interface.sh", words: [name] } };
}

/** Queues and the processors of their interrupts, as a finding. */
export function queueFinding(name: string, { queues, most, spread, mbit, placed, processors }: {
  /** Those there are, and those that the card can have (null: not known). */
  readonly queues: number; readonly most: number | null;
  /** Processors among which the kernel spreads the packets of a queue (RPS); 0: it does not. */
  readonly spread: number;
  readonly mbit: number; readonly placed: readonly { readonly number: string; readonly processors: string }[]; readonly processors: number;
}): Finding {
  const apart = new Set(placed.map((interrupt) => interrupt.processors)).size;
  const detail = `${name} has ${queues} receive ${queues === 1 ? "queue" : "queues"}${most !== null && most > queues ? ` of ${most}` : ""}`
    + `${placed.length > 0 ? `, ${placed.length} ${placed.length === 1 ? "interrupt" : "interrupts"} on ${apart} ${apart === 1 ? "processor" : "sets of processors"}` : ""}${spread > 1 ? `, spread over ${spread} processors by the kernel` : ""}`;
  if (mbit < FAST_MBIT || processors === 1 || spread > 1) return ok(detail);
  if (queues === 1) {
    const several = Math.min(processors, 4, most ?? Number.POSITIVE_INFINITY);
    const mask = (2 ** Math.min(processors, 16) - 1).toString(16);
    return warn(`${detail}, at ${mbit / 1000} Gbit/s`, several > 1 ? `ethtool -L ${name} combined ${several}, and tpacketv3NumThreads as many` : `the card has no more: echo ${mask} > /sys/class/net/${name}/queues/rx-0/rps_cpus spreads packets over processors`);
  }
  if (placed.length > 1 && apart === 1) return warn(`${detail}, at ${mbit / 1000} Gbit/s`, `start irqbalance, or write a processor of its own to /proc/irq/N/smp_affinity_list of ${placed.map(({ number }) => number).slice(0, 8).join(", ")}`);
  return ok(detail);
}

/** The most receive queues that a card can have, by `ethtool -l`; null where it does not say. */
export function mostQueues(printed: string): number | null {
  const before = printed.split(/^Current/m)[0] ?? "";
  const counts = [...before.matchAll(/^(?:RX|Combined):\s*(\d+)/gm)].map(([, number]) => Number(number));
  const most = Math.max(0, ...counts);
  return most === 0 ? null : most;
}

/** Processors in a mask as the kernel prints it: hexadecimal, with commas. */
export function processorsIn(mask: string): number {
  return [...mask.replaceAll(",", "")].reduce((sum, digit) => sum + [...Number.parseInt(digit, 16).toString(2)].filter((bit) => bit === "1").length, 0);
}

/**
 * Numbers of the receive interrupts of an interface, from /proc/interrupts: lines whose last word is the interface or one of its queues,
 * or names its device as drivers do that do not know the interface (`virtio0-input.0`, `mlx5_comp0@pci:0000:01:00.0`).
 */
export function interruptsOf(name: string, device: string | null, interrupts: string): readonly string[] {
  const names = device === null ? [name] : [name, device];
  return interrupts.split("\n").flatMap((line) => {
    const number = /^\s*(\d+):/.exec(line)?.[1];
    const last = line.trim().split(/\s+/).at(-1) ?? "";
    const named = names.some((one) => last === one || last.startsWith(`${one}-`) || last.endsWith(`@${one}`) || last.endsWith(`@pci:${one}`));
    return number !== undefined && named && !/-(?:config|output\.\d+|tx-?\d+)$/i.test(last) ? [number] : [];
  });
}

/** The device of an interface as the system names it, such as `virtio0` or `0000:01:00.0`; null of virtual ones. */
function deviceOf(name: string): string | null {
  try {
    return path.basename(readlinkSync(`/sys/class/net/${name}/device`));
  } catch {
    return null;
  }
}

function ofEach(config: LookbackConfig, look: (name: string) => Finding): readonly Finding[] {
  if (readsInput(config)) return [skip("packets come through standard input")];
  const names = captureInterfaces(config);
  if (names.length === 0) return [skip("no interface is set, and there is no default route")];
  return names.map((name) => (isEveryInterface(name, config) ? skip("any is every interface; to look at one: --set interface=NAME") : look(name)));
}

/** What ethtool prints, or a finding that says why it prints nothing. */
function ethtool(what: "-g" | "-k" | "-l", name: string): string | Finding {
  try {
    return execFileSync("ethtool", [what, name], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: TOOL_MS, env: { ...process.env, LC_ALL: "C" } });
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return skip(`ethtool is not installed; with it, ethtool ${what} ${name} tells (apt-get install ethtool)`);
    return skip(`${name}: the driver does not say (ethtool ${what} ${name})`);
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // Not there on this system: the caller says so.
    return null;
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
