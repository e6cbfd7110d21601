import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defaultInterface } from "../../capture/default-interface.js";
import type { LookbackConfig } from "../../config/config.js";
import { ok, skip, warn, type Check, type Finding } from "./check.js";

/** Offloads that hand over packets which were never on the wire; captures are wrong with them, and larger than `snapLen`. */
const JOINING = ["generic-receive-offload", "large-receive-offload", "tcp-segmentation-offload", "generic-segmentation-offload"] as const;
/** Longest wait for ethtool. */
const TOOL_MS = 5000;
/** Links from this rate on, in Mbit/s, should have several receive queues and their interrupts apart. */
const FAST_MBIT = 5000;

/** Interfaces that live capture would take, as the configuration and the routes have it. */
export function captureInterfaces({ values }: Pick<LookbackConfig, "values">): readonly string[] {
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
    const queues = list(`/sys/class/net/${name}/queues`).filter((entry) => entry.startsWith("rx-")).length;
    if (queues === 0) return skip(`${name}: the system names no queues`);
    const mbit = Number(read(`/sys/class/net/${name}/speed`) ?? "0");
    const interrupts = interruptsOf(name, read("/proc/interrupts") ?? "");
    const placed = interrupts.map((number) => ({ number, processors: read(`/proc/irq/${number}/effective_affinity_list`) ?? read(`/proc/irq/${number}/smp_affinity_list`) ?? "" }));
    return queueFinding(name, { queues, mbit, placed, processors: availableParallelism() });
  }),
};

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
  const on = JOINING.filter((offload) => new RegExp(`^${offload}: on$`, "m").test(printed));
  if (on.length === 0) return ok(`${name} joins no packets`);
  return { ...warn(`${name} joins packets: ${on.join(", ")}`, `ethtool -K ${name} gro off lro off tso off gso off, or lookback doctor --fix`), fix: { script: "tune-interface.sh", words: [name] } };
}

/** Queues and the processors of their interrupts, as a finding. */
export function queueFinding(name: string, { queues, mbit, placed, processors }: {
  readonly queues: number; readonly mbit: number; readonly placed: readonly { readonly number: string; readonly processors: string }[]; readonly processors: number;
}): Finding {
  const apart = new Set(placed.map((interrupt) => interrupt.processors)).size;
  const detail = `${name} has ${queues} receive ${queues === 1 ? "queue" : "queues"}${placed.length > 0 ? `, ${placed.length} interrupts on ${apart} ${apart === 1 ? "processor" : "sets of processors"}` : ""}`;
  if (mbit < FAST_MBIT || processors === 1) return ok(detail);
  if (queues === 1) return warn(`${detail}, at ${mbit / 1000} Gbit/s`, `ethtool -L ${name} combined ${Math.min(processors, 4)}, and tpacketv3NumThreads as many`);
  if (placed.length > 1 && apart === 1) return warn(`${detail}, at ${mbit / 1000} Gbit/s`, `start irqbalance, or write a processor of its own to /proc/irq/N/smp_affinity_list of ${placed.map(({ number }) => number).slice(0, 8).join(", ")}`);
  return ok(detail);
}

/** Numbers of the interrupts of an interface, from /proc/interrupts: lines whose last word is the interface or one of its queues. */
export function interruptsOf(name: string, interrupts: string): readonly string[] {
  return interrupts.split("\n").flatMap((line) => {
    const number = /^\s*(\d+):/.exec(line)?.[1];
    const last = line.trim().split(/\s+/).at(-1) ?? "";
    const named = last === name || last.startsWith(`${name}-`) || last.endsWith(`@${name}`);
    return number !== undefined && named ? [number] : [];
  });
}

function ofEach(config: LookbackConfig, look: (name: string) => Finding): readonly Finding[] {
  const names = captureInterfaces(config);
  return names.length === 0 ? [skip("no interface is set, and there is no default route")] : names.map(look);
}

/** What ethtool prints, or a finding that says why it prints nothing. */
function ethtool(what: "-g" | "-k", name: string): string | Finding {
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
