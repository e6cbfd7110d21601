import { readFileSync } from "node:fs";
import { readsInput } from "../../app/capture-process.js";
import { capMissing } from "../../capture/cap-source.js";
import { fail, ok, skip, warn, type Check } from "./check.js";
import { captureInterfaces, isEveryInterface } from "./nic-checks.js";

/** Bits of Linux capabilities (linux/capability.h). */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n } as const;

const SET_CAP = "sudo setcap cap_net_raw,cap_net_admin=eip $(readlink -f $(command -v node)), or AmbientCapabilities= in the unit, or start as root";

export const captureLibrary: Check = {
  name: "capture library", purpose: "live capture through libpcap",
  async run() {
    const missing = await capMissing();
    return [missing === null ? ok("the package cap and libpcap load") : warn(missing, "imports and everything else work without it")];
  },
};

export const captureInterface: Check = {
  name: "interface", purpose: "live capture takes its packets there",
  run(config) {
    if (readsInput(config)) return [skip("packets come through standard input")];
    const named = captureInterfaces(config);
    if (named.length === 0) return [warn("none is set, and there is no default route", "set interface")];
    return named.map((name) => {
      if (isEveryInterface(name, config)) return ok("any is every interface, to libpcap");
      const state = read(`/sys/class/net/${name}/operstate`);
      if (state === null) return fail(`${name} is not there`, `set interface to one of ${interfaces().join(", ")}`);
      if (state === "down") return warn(`${name} is down`, `ip link set ${name} up`);
      return ok(`${name} is ${state === "unknown" ? "there" : state}${config.values.interface.length === 0 ? " (that of the default route)" : ""}`);
    });
  },
};

export const capabilities: Check = {
  name: "rights", purpose: "live capture may open the interface",
  run(config) {
    if (readsInput(config)) return [skip("a capture of standard input needs none")];
    const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(read("/proc/self/status") ?? "")?.[1];
    if (mask === undefined) return [skip("/proc/self/status does not say what this process may do")];
    const held = BigInt(`0x${mask}`);
    const missing = Object.entries(CAPABILITIES).filter(([, bit]) => (held & (1n << bit)) === 0n).map(([name]) => name);
    return [missing.length === 0 ? ok("this process may capture") : warn(`this process lacks ${missing.join(" and ")}`, `to capture live: ${SET_CAP}`)];
  },
};

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // Not Linux, or no such interface: the caller says so.
    return null;
  }
}

function interfaces(): string[] {
  return [...(read("/proc/net/dev") ?? "").matchAll(/^\s*([^\s:]+):/gm)].flatMap(([, name]) => name ?? []).sort();
}
