// npm packages and the system packages that compiling two of them needs.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fingerprint, isStamped, stamp } from "./fingerprint.mjs";
import { ask, BuildError, note, run, top } from "./step.mjs";

const OLDEST_NODE = [20, 19];
const SQLITE = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";
const CAP = "node_modules/cap/build/Release/cap.node";
/** What a compiled part is for: another Node's ABI, another processor's code or another system's do not load. */
const HOST = `${process.versions.modules} ${process.platform} ${process.arch}`;

const has = (path) => existsSync(join(top, path));
const json = (path) => JSON.parse(readFileSync(join(top, path), "utf8"));

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new BuildError("BUILD_NODE_OLD", `Node ${process.versions.node} is too old; install Node ${OLDEST_NODE.join(".")} or later`);
}

/** Whether node_modules holds what the lock file asks for; npm keeps the list of what it installed. */
function isInstalled() {
  if (!has("node_modules/.package-lock.json")) return false;
  const wanted = json("package-lock.json").packages;
  const found = json("node_modules/.package-lock.json").packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const installed = found[path];
    return installed === undefined ? entry.optional === true || entry.devOptional === true : installed.version === entry.version;
  });
}

/** Whether a compiled part is there and this Node loads it, which is tried once for each state of the file. */
function isUsable(part) {
  if (!has(part)) return false;
  const [step, print] = [basename(part), fingerprint([part], HOST)];
  if (isStamped(step, print)) return true;
  if (ask(process.execPath, ["-e", `require(${JSON.stringify(join(top, part))})`]) === null) return false;
  stamp(step, print);
  return true;
}

/** Settings that let node-gyp use the headers beside this Node instead of downloading them. */
function gypSettings() {
  const prefix = dirname(dirname(process.execPath));
  const local = existsSync(join(prefix, "include/node/node.h"));
  return local && process.env.npm_config_nodedir === undefined ? { npm_config_nodedir: prefix } : {};
}

const hasCompiler = () => ask(process.env.CC ?? "cc", ["--version"]) !== null;
const hasPcapHeaders = () => ask(process.env.CC ?? "cc", ["-E", "-include", "pcap.h", "-x", "c", "-"]) !== null;

/** The command that installs `packages` on this host, for a message. */
function installCommand(debian, fedora) {
  if (existsSync("/usr/bin/dnf")) return `sudo dnf install ${fedora}`;
  return `sudo apt-get install ${debian}`;
}

/** What compiling a package needs and this host lacks, with the way to get it; null when it lacks nothing. */
function missingTools() {
  const missing = ["make", process.env.CXX ?? "g++", process.env.PYTHON ?? "python3"].filter((tool) => ask(tool, ["--version"]) === null);
  if (missing.length === 0) return null;
  return `compiling a package needs ${missing.join(" and ")}, which ${missing.length === 1 ? "is" : "are"} not found; run: ${installCommand("build-essential python3", "make gcc-c++ python3")}`;
}

/** Runs npm. One that fails may have had to compile a package, where there is none that is compiled for this Node. */
function npm(...words) {
  try {
    run("BUILD_NPM", "npm", words, { env: gypSettings() });
  } catch (error) {
    const missing = error instanceof BuildError ? missingTools() : null;
    throw missing === null ? error : new BuildError("BUILD_NPM", `${error.message}; ${missing}`);
  }
}

/** Installs all that the lock file asks for, whatever npm is set to leave out: tools of the build are development packages, and parts of them optional ones. */
const installAll = () => { npm("ci", "--include=dev", "--include=optional", "--include=peer", "--no-audit", "--no-fund"); };

/** Installs libpcap's headers where the script may; whether they are there afterwards. */
function ensurePcapHeaders() {
  if (hasPcapHeaders()) return true;
  const may = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (may) {
    note("installing libpcap-dev (headers for pcapReadMethod=libpcap)");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    for (const words of [["install"], ["update", "install"]]) {
      try {
        if (words[0] === "update") run("BUILD_APT", "apt-get", ["-qq", "update"], { env });
        run("BUILD_APT", "apt-get", ["-qq", "install", "-y", "libpcap-dev"], { env });
        if (hasPcapHeaders()) return true;
      } catch (error) {
        if (!(error instanceof BuildError)) throw error;
      }
    }
  }
  return false;
}

/** Installs the packages of the lock file when they are not there, compiles what is not for this Node, and says what an absent optional one turns off. */
export function installPackages() {
  const installed = isInstalled();
  // The compiled part of `cap` is tried once per state of the host: without headers, and again when they appear.
  const capState = () => fingerprint(["package-lock.json"], `${process.versions.modules} headers ${hasPcapHeaders()}`);
  if (installed && isUsable(SQLITE) && (isUsable(CAP) || isStamped("cap", capState()))) return;
  if (!hasCompiler()) throw new BuildError("BUILD_COMPILER_MISSING", `no C compiler is found; run: ${installCommand("build-essential", "gcc gcc-c++ make")}`);
  const headers = isUsable(CAP) || ensurePcapHeaders();
  if (!installed) {
    note("installing npm packages");
    installAll();
  } else if (headers && !isUsable(CAP)) {
    note("building the package cap");
    try {
      if (has("node_modules/cap")) npm("rebuild", "cap");
      else installAll();
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
    }
  }
  if (!isUsable(SQLITE)) npm("rebuild", "better-sqlite3");
  if (!isUsable(SQLITE)) throw new BuildError("BUILD_SQLITE", `better-sqlite3 has no compiled part that loads in Node ${process.versions.node}; its install script is in allowScripts of package.json: is npm set to ignore scripts?`);
  if (isUsable(CAP)) return;
  const reason = headers ? (missingTools() ?? "the package cap does not compile here") : `libpcap's headers are missing; run: ${installCommand("libpcap-dev", "libpcap-devel")}`;
  note(`pcapReadMethod=libpcap is not available: ${reason} (live capture by tpacketv3 and everything else work)`);
  stamp("cap", capState());
}
