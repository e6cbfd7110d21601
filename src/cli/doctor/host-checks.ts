import { existsSync, readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { checkPlaces, describePlaceFile } from "../../app/places.js";
import { loadNativeCore } from "../../native/native.js";
import { printBytes } from "../progress.js";
import { fail, ok, skip, warn, type Check, type Finding } from "./check.js";

/** Node releases that package.json asks for. */
const LEAST_NODE: readonly [number, number] = [20, 19];
/** Open files that a service with many segments and clients may need. */
const LEAST_FILES = 4_096;
/** Processes and threads of the user: those of capturing, serving and queries on many processors, and what else the user runs. */
const LEAST_TASKS = 512;
/** Before this the clock is certainly wrong: the program is younger. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);

export const node: Check = {
  name: "node", purpose: "runs everything",
  run() {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
    if (!enough) return [fail(`Node ${process.versions.node}`, `install Node ${LEAST_NODE.join(".")} or later`)];
    return [process.platform === "linux" ? ok(`Node ${process.versions.node} on ${process.platform} ${process.arch}`) : warn(`${process.platform} is not tried`, "run it on Linux")];
  },
};

export const places: Check = {
  name: "places", purpose: "countries, networks and makers of interfaces are looked up in files",
  run(config) {
    return checkPlaces(loadNativeCore(), config).map((state) => {
      const words = describePlaceFile(state);
      if (words === null) return ok(`${state.setting}: ${state.file ?? ""}`);
      if (state.error !== null) return warn(words, `replace ${state.file ?? "the file"}`);
      return state.named.length === 0 ? skip(words) : warn(words, `put it there, or have ${state.setting} name another`);
    });
  },
};

export const nativeCore: Check = {
  name: "native core", purpose: "reads packets and makes sessions",
  run() {
    const fields: unknown = JSON.parse(loadNativeCore().fieldCatalogue());
    const count = typeof fields === "object" && fields !== null && "fields" in fields && Array.isArray(fields.fields) ? fields.fields.length : 0;
    return [count > 0 ? ok(`it loads and declares ${count} fields`) : fail("it declares no fields", "build it again: npm run build")];
  },
};

export const memory: Check = {
  name: "memory", purpose: "queries and the engine fit",
  run({ values }) {
    const needed = values.queryMemoryMiB * 2 ** 20;
    const total = Math.min(totalmem(), containerLimit() ?? Number.POSITIVE_INFINITY);
    const detail = `${printBytes(total)} in all, ${printBytes(freemem())} free; queries may take ${printBytes(needed)}`;
    return [needed * 2 > total ? warn(detail, "lower queryMemoryMiB to less than half of the memory, or give the host more") : ok(detail)];
  },
};

/** The memory that the control group allows (cgroup v2), or null without a bound. */
function containerLimit(): number | null {
  try {
    const limit = Number(readFileSync("/sys/fs/cgroup/memory.max", "utf8").trim());
    return Number.isFinite(limit) ? limit : null;
  } catch {
    // No control groups of version 2: there is no bound to be read.
    return null;
  }
}

export const limits: Check = {
  name: "limits", purpose: "enough files may be open, threads run and memory be mapped, and packet files may grow",
  run: () => limitFindings(readFileSync("/proc/self/limits", "utf8")),
};

/** What /proc/self/limits says, as findings. Of a kind that bounds nothing nothing is said, but for open files. */
export function limitFindings(text: string): readonly Finding[] {
  const soft = (name: string): number | null => {
    const word = new RegExp(`^${name} +(\\S+)`, "m").exec(text)?.[1];
    return word === undefined ? null : word === "unlimited" ? Number.POSITIVE_INFINITY : Number(word);
  };
  const bounded = (limit: number | null): limit is number => limit !== null && limit !== Number.POSITIVE_INFINITY;
  const [files, size, tasks, mapped] = [soft("Max open files"), soft("Max file size"), soft("Max processes"), soft("Max address space")];
  if (files === null) return [skip("/proc/self/limits does not say how many files may be open")];
  return [
    files < LEAST_FILES ? warn(`${files} files may be open`, `raise the limit to ${LEAST_FILES} or more: LimitNOFILE= in the unit, or ulimit -n`) : ok(`${files === Number.POSITIVE_INFINITY ? "any number of" : files} files may be open`),
    ...(bounded(size) ? [warn(`a file may have ${printBytes(size)} at most`, "lift the limit: LimitFSIZE=infinity in the unit, or ulimit -f unlimited")] : []),
    ...(bounded(tasks) && tasks < LEAST_TASKS ? [warn(`the user may have ${tasks} processes and threads`, `raise the limit to ${LEAST_TASKS} or more: LimitNPROC= in the unit, or ulimit -u`)] : []),
    ...(bounded(mapped) ? [warn(`a process may map ${printBytes(mapped)} at most`, "lift the limit: LimitAS=infinity in the unit, or ulimit -v unlimited; the rings of a capture and the queries map more than they use")] : []),
  ];
}

export const clock: Check = {
  name: "clock", purpose: "packets are stamped, and retention counts days, by the host's time",
  run() {
    const now = new Date();
    if (now.getTime() < EARLIEST_MS) return [fail(`it is ${now.toISOString()}`, "set the clock, and keep it with chrony or systemd-timesyncd")];
    // What systemd-timesyncd, chrony's and ntpd's units leave.
    const kept = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid"].some((file) => existsSync(file));
    return [kept ? ok(`${now.toISOString()}, kept by a time service`) : warn(`${now.toISOString()}; no time service was found to keep it`, "run chrony or systemd-timesyncd; in a container the host's counts")];
  },
};
