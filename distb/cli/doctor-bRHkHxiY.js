import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { t as capMissing } from "./cap-source-BgIvLqJG.js";
import { t as defaultInterface } from "./default-interface-BfHHyIFe.js";
import { n as announced } from "./local-endpoint-DGyMQ499.js";
import { t as directoriesOf } from "./core-bffivQ3T.js";
import { a as retentionRules } from "./retention-BeMbc1nZ.js";
import { n as tryWriting } from "./try-writing-DVgRFuEn.js";
import { n as inspectCatalogue } from "./inspect-DuGpkChV.js";
import { t as takeRole } from "./role-lock-CTpXvMHV.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";
import { t as describePlaceFile } from "./places-C17UonuN.js";
import { t as engineSettings } from "./engine-settings-D-gEOmC5.js";
import { t as loadNativeCore } from "./native-gzh5E7WJ.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import path from "node:path";
import { X509Certificate, createHash, createPrivateKey, randomBytes } from "node:crypto";
import { availableParallelism, freemem, totalmem } from "node:os";
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, readdirSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readdir, stat, statfs } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";

// dist/cli/doctor/check.js
/** Findings of a check that was run. A check that throws has failed. */
async function runCheck(check, config) {
	try {
		return await check.run(config);
	} catch (error) {
		return [{
			verdict: "fail",
			detail: error instanceof Error ? error.message : String(error)
		}];
	}
}
const ok = (detail) => ({
	verdict: "ok",
	detail
});
const warn = (detail, advice) => ({
	verdict: "warn",
	detail,
	advice
});
const fail = (detail, advice) => ({
	verdict: "fail",
	detail,
	advice
});
const skip = (detail) => ({
	verdict: "skip",
	detail
});

// dist/cli/doctor/capture-checks.js
/** Bits of Linux capabilities (linux/capability.h). */
const CAPABILITIES = {
	CAP_NET_ADMIN: 12n,
	CAP_NET_RAW: 13n
};
const SET_CAP = "sudo setcap cap_net_raw,cap_net_admin=eip $(readlink -f $(command -v node)), or AmbientCapabilities= in the unit, or start as root";
const captureLibrary = {
	name: "capture library",
	purpose: "live capture through libpcap",
	async run() {
		const missing = await capMissing();
		return [missing === null ? ok("the package cap and libpcap load") : warn(missing, "imports and everything else work without it")];
	}
};
const captureInterface = {
	name: "interface",
	purpose: "live capture takes its packets there",
	run({ values }) {
		const named = values.interface.length > 0 ? values.interface : [defaultInterface(readFileSync("/proc/net/route", "utf8"))].filter((name) => name !== null);
		if (named.length === 0) return [warn("none is set, and there is no default route", "set interface")];
		return named.map((name) => {
			const state = read$2(`/sys/class/net/${name}/operstate`);
			if (state === null) return fail(`${name} is not there`, `set interface to one of ${interfaces().join(", ")}`);
			if (state === "down") return warn(`${name} is down`, `ip link set ${name} up`);
			return ok(`${name} is ${state === "unknown" ? "there" : state}${values.interface.length === 0 ? " (that of the default route)" : ""}`);
		});
	}
};
const capabilities = {
	name: "rights",
	purpose: "live capture may open the interface",
	run() {
		const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(read$2("/proc/self/status") ?? "")?.[1];
		if (mask === void 0) return [skip("/proc/self/status does not say what this process may do")];
		const held = BigInt(`0x${mask}`);
		const missing = Object.entries(CAPABILITIES).filter(([, bit]) => (held & 1n << bit) === 0n).map(([name]) => name);
		return [missing.length === 0 ? ok("this process may capture") : warn(`this process lacks ${missing.join(" and ")}`, `to capture live: ${SET_CAP}`)];
	}
};
function read$2(file) {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return null;
	}
}
function interfaces() {
	return [...(read$2("/proc/net/dev") ?? "").matchAll(/^\s*([^\s:]+):/gm)].flatMap(([, name]) => name ?? []).sort();
}

// dist/cli/doctor/data-checks.js
/** Types of file systems over a network (statfs(2)): NFS, SMB2, CIFS, FUSE (sshfs and others). SQLite's locks do not hold on all of them. */
const NETWORK_TYPES = /* @__PURE__ */ new Map([
	[26985, "NFS"],
	[4266872130, "SMB"],
	[4283649346, "CIFS"],
	[1702057286, "FUSE"]
]);
const dataDirectories = {
	name: "data directory",
	purpose: "everything that is kept is written there",
	async run(config) {
		const { data, packets } = directoriesOf(config);
		const findings = [];
		for (const directory of /* @__PURE__ */ new Set([data, packets])) findings.push(await writable(directory));
		const kind = await statfs(await existingAbove(data)).then(({ type }) => NETWORK_TYPES.get(type) ?? null);
		if (kind !== null) findings.push(warn(`${data} is on ${kind}`, "keep the data directory on a local file system; packets (pcapDir) may lie elsewhere"));
		return findings;
	}
};
async function writable(directory) {
	const there = await stat(directory).catch(() => null);
	if (there === null) {
		const above = await existingAbove(directory);
		const reason = await tryWriting(above);
		return reason === null ? ok(`${directory} is not there yet and can be made`) : fail(`${directory} cannot be made: ${reason}`, `make it, or name another: dataDir or pcapDir`);
	}
	if (!there.isDirectory()) return fail(`${directory} is no directory`, "name another: dataDir or pcapDir");
	const reason = await tryWriting(directory);
	if (reason !== null) return fail(`${directory} cannot be written: ${reason}`, `give it to the user that runs Lookback (uid ${process.getuid?.() ?? "?"})`);
	return (there.mode & 7) !== 0 && directory.length > 0 ? warn(`${directory} can be written, and others may look into it`, `chmod o-rwx ${directory}`) : ok(`${directory} can be written`);
}
/** The nearest directory at or above a path that is there. */
async function existingAbove(directory) {
	for (let at = directory;; at = path.dirname(at)) if (await stat(at).catch(() => null) !== null || at === path.dirname(at)) return at;
}
const freeSpace = {
	name: "free space",
	purpose: "packets, index and catalogue have room",
	async run(config) {
		const { data } = directoriesOf(config);
		const storage = retentionRules(config, config.values, []).packets.storage.map(({ directory, freeSpace: wanted }) => ({
			directory,
			wanted,
			holdsPackets: true
		}));
		const findings = [];
		for (const { directory, wanted: freeSpaceG, holdsPackets } of [...storage.some((one) => one.directory === data) ? [] : [{
			directory: data,
			wanted: config.values.freeSpaceG,
			holdsPackets: false
		}], ...storage]) {
			const { bavail, blocks, bsize, files, ffree } = await statfs(await existingAbove(directory));
			const [free, total] = [bavail * bsize, blocks * bsize];
			const wanted = freeSpaceG.unit === "percent" ? total * freeSpaceG.value / 100 : freeSpaceG.value * 2 ** 30;
			const detail = `${directory}: ${printBytes(free)} of ${printBytes(total)} free`;
			if (wanted >= total) findings.push(fail(`${detail}; freeSpaceG asks for ${printBytes(wanted)}`, "lower freeSpaceG: the device is smaller than that, and no packet would stay"));
			else if (free < wanted && holdsPackets) findings.push(warn(`${detail}, less than the ${printBytes(wanted)} of freeSpaceG`, "retention deletes the oldest packet files of ours; where others fill the device, make room"));
			else findings.push(ok(detail));
			if (files > 0 && ffree / files < .01) findings.push(warn(`${directory}: ${ffree} of ${files} inodes free`, "remove small files, or make a file system with more inodes"));
		}
		return findings;
	}
};
const catalogue = {
	name: "catalogue",
	purpose: "knows files, users and jobs",
	run({ dataDirectory }) {
		const { exists, path: file, steps } = inspectCatalogue(dataDirectory);
		if (!exists) return [skip("there is none yet; the first start makes it")];
		const newer = steps.filter(({ known }) => !known);
		if (newer.length > 0) return [fail(`${file} was written by a newer Lookback (${newer.map(({ name }) => name).join(", ")})`, "start that version")];
		const waiting = steps.filter(({ appliedMs }) => appliedMs === null).length;
		return [waiting > 0 ? warn(`${waiting} migrations wait`, "the next start applies them; lookback migrate plan shows them, lookback migrate up keeps a copy before") : ok(`${file}, ${steps.length} migrations applied`)];
	}
};
const processes = {
	name: "processes",
	purpose: "one process per role on a data directory",
	async run({ dataDirectory }) {
		if (await readdir(path.join(dataDirectory, "locks")).catch((error) => {
			if (systemErrorCode(error) === "ENOENT") return null;
			throw error;
		}) === null) return [skip("nothing ran on this data directory yet")];
		const roles = ["serve", "capture"];
		const endpoint = announced(dataDirectory);
		return roles.map((role) => {
			const holder = holderOf(dataDirectory, role);
			return ok(holder === null ? `nothing runs the role ${role}` : `${holder} runs the role ${role}${role === "serve" && endpoint !== null ? ` on ${endpoint.url}` : ""}`);
		});
	}
};
function holderOf(directory, role) {
	try {
		takeRole(directory, role).release();
		return null;
	} catch (error) {
		if (!(error instanceof LookbackError) || error.code !== "ROLE_HELD") throw error;
		const { pid } = error.details;
		return typeof pid === "number" ? `process ${pid}` : "a process";
	}
}

// dist/cli/doctor/host-checks.js
/** Node releases that package.json asks for. */
const LEAST_NODE = [20, 19];
/** Open files that a service with many segments and clients may need. */
const LEAST_FILES = 4096;
/** Before this the clock is certainly wrong: the program is younger. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
const node = {
	name: "node",
	purpose: "runs everything",
	run() {
		const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
		if (!(major > LEAST_NODE[0] || major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return [fail(`Node ${process.versions.node}`, `install Node ${LEAST_NODE.join(".")} or later`)];
		return [process.platform === "linux" ? ok(`Node ${process.versions.node} on ${process.platform} ${process.arch}`) : warn(`${process.platform} is not tried`, "run it on Linux")];
	}
};
const places = {
	name: "places",
	purpose: "countries, networks and makers of interfaces are looked up in files",
	run(config) {
		return loadNativeCore().checkPlaceFiles(engineSettings(config)).map((state) => {
			const words = describePlaceFile(state);
			if (words === null) return ok(`${state.setting}: ${state.file ?? ""}`);
			return state.error === null ? skip(words) : warn(words, `replace ${state.file ?? "the file"}`);
		});
	}
};
const nativeCore = {
	name: "native core",
	purpose: "reads packets and makes sessions",
	run() {
		const fields = JSON.parse(loadNativeCore().fieldCatalogue());
		const count = typeof fields === "object" && fields !== null && "fields" in fields && Array.isArray(fields.fields) ? fields.fields.length : 0;
		return [count > 0 ? ok(`it loads and declares ${count} fields`) : fail("it declares no fields", "build it again: npm run build")];
	}
};
const memory = {
	name: "memory",
	purpose: "queries and the engine fit",
	run({ values }) {
		const needed = values.queryMemoryMiB * 2 ** 20;
		const total = Math.min(totalmem(), containerLimit() ?? Number.POSITIVE_INFINITY);
		const detail = `${printBytes(total)} in all, ${printBytes(freemem())} free; queries may take ${printBytes(needed)}`;
		return [needed * 2 > total ? warn(detail, "lower queryMemoryMiB to less than half of the memory, or give the host more") : ok(detail)];
	}
};
/** The memory that the control group allows (cgroup v2), or null without a bound. */
function containerLimit() {
	try {
		const limit = Number(readFileSync("/sys/fs/cgroup/memory.max", "utf8").trim());
		return Number.isFinite(limit) ? limit : null;
	} catch {
		return null;
	}
}
const limits = {
	name: "limits",
	purpose: "enough files may be open, and packet files may grow",
	run() {
		const text = readFileSync("/proc/self/limits", "utf8");
		const soft = (name) => {
			const word = new RegExp(`^${name} +(\\S+)`, "m").exec(text)?.[1];
			return word === void 0 ? null : word === "unlimited" ? Number.POSITIVE_INFINITY : Number(word);
		};
		const [files, size] = [soft("Max open files"), soft("Max file size")];
		if (files === null) return [skip("/proc/self/limits does not say how many files may be open")];
		return [files < LEAST_FILES ? warn(`${files} files may be open`, `raise the limit to ${LEAST_FILES} or more: LimitNOFILE= in the unit, or ulimit -n`) : ok(`${files === Number.POSITIVE_INFINITY ? "any number of" : files} files may be open`), ...size !== null && size !== Number.POSITIVE_INFINITY ? [warn(`a file may have ${printBytes(size)} at most`, "lift the limit: LimitFSIZE=infinity in the unit, or ulimit -f unlimited")] : []];
	}
};
const clock = {
	name: "clock",
	purpose: "packets are stamped, and retention counts days, by the host's time",
	run() {
		const now = /* @__PURE__ */ new Date();
		if (now.getTime() < EARLIEST_MS) return [fail(`it is ${now.toISOString()}`, "set the clock, and keep it with chrony or systemd-timesyncd")];
		return [[
			"/run/systemd/timesync/synchronized",
			"/run/chrony/chronyd.pid",
			"/run/chronyd.pid",
			"/run/ntpd.pid"
		].some((file) => existsSync(file)) ? ok(`${now.toISOString()}, kept by a time service`) : warn(`${now.toISOString()}; no time service was found to keep it`, "run chrony or systemd-timesyncd; in a container the host's counts")];
	}
};

// dist/cli/doctor/nic-checks.js
/** Offloads that hand over packets which were never on the wire; captures are wrong with them, and larger than `snapLen`. */
const JOINING = [
	"generic-receive-offload",
	"large-receive-offload",
	"tcp-segmentation-offload",
	"generic-segmentation-offload"
];
/** Longest wait for ethtool. */
const TOOL_MS = 5e3;
/** Links from this rate on, in Mbit/s, should have several receive queues and their interrupts apart. */
const FAST_MBIT = 5e3;
/** Interfaces that live capture would take, as the configuration and the routes have it. */
function captureInterfaces({ values }) {
	if (values.interface.length > 0) return values.interface;
	const routes = read$1("/proc/net/route");
	const found = routes === null ? null : defaultInterface(routes);
	return found === null ? [] : [found];
}
const receiveRings = {
	name: "receive rings",
	purpose: "bursts that the network card must hold until the kernel takes them",
	run: (config) => ofEach(config, (name) => {
		const printed = ethtool("-g", name);
		return typeof printed === "string" ? ringFinding(name, printed) : printed;
	})
};
const offloads = {
	name: "offloads",
	purpose: "packets are captured as they were on the wire",
	run: (config) => ofEach(config, (name) => {
		const printed = ethtool("-k", name);
		return typeof printed === "string" ? offloadFinding(name, printed) : printed;
	})
};
const receiveQueues = {
	name: "receive queues",
	purpose: "a fast link's packets reach several processors",
	run: (config) => ofEach(config, (name) => {
		const queues = list(`/sys/class/net/${name}/queues`).filter((entry) => entry.startsWith("rx-")).length;
		if (queues === 0) return skip(`${name}: the system names no queues`);
		return queueFinding(name, {
			queues,
			mbit: Number(read$1(`/sys/class/net/${name}/speed`) ?? "0"),
			placed: interruptsOf(name, read$1("/proc/interrupts") ?? "").map((number) => ({
				number,
				processors: read$1(`/proc/irq/${number}/effective_affinity_list`) ?? read$1(`/proc/irq/${number}/smp_affinity_list`) ?? ""
			})),
			processors: availableParallelism()
		});
	})
};
/** What `ethtool -g` says, as a finding. */
function ringFinding(name, printed) {
	const [most, now] = [...printed.matchAll(/^RX:\s*(\d+)/gm)].map(([, number]) => Number(number));
	if (most === void 0 || now === void 0) return skip(`${name} has no receive ring that can be set`);
	if (now >= most) return ok(`${name} has ${now} descriptors, the most it can`);
	return {
		...warn(`${name} has ${now} descriptors of ${most}`, `ethtool -G ${name} rx ${most}, or lookback doctor --fix`),
		fix: {
			script: "tune-interface.sh",
			words: [name]
		}
	};
}
/** What `ethtool -k` says, as a finding. */
function offloadFinding(name, printed) {
	const on = JOINING.filter((offload) => new RegExp(`^${offload}: on$`, "m").test(printed));
	if (on.length === 0) return ok(`${name} joins no packets`);
	return {
		...warn(`${name} joins packets: ${on.join(", ")}`, `ethtool -K ${name} gro off lro off tso off gso off, or lookback doctor --fix`),
		fix: {
			script: "tune-interface.sh",
			words: [name]
		}
	};
}
/** Queues and the processors of their interrupts, as a finding. */
function queueFinding(name, { queues, mbit, placed, processors }) {
	const apart = new Set(placed.map((interrupt) => interrupt.processors)).size;
	const detail = `${name} has ${queues} receive ${queues === 1 ? "queue" : "queues"}${placed.length > 0 ? `, ${placed.length} interrupts on ${apart} ${apart === 1 ? "processor" : "sets of processors"}` : ""}`;
	if (mbit < FAST_MBIT || processors === 1) return ok(detail);
	if (queues === 1) return warn(`${detail}, at ${mbit / 1e3} Gbit/s`, `ethtool -L ${name} combined ${Math.min(processors, 4)}, and tpacketv3NumThreads as many`);
	if (placed.length > 1 && apart === 1) return warn(`${detail}, at ${mbit / 1e3} Gbit/s`, `start irqbalance, or write a processor of its own to /proc/irq/N/smp_affinity_list of ${placed.map(({ number }) => number).slice(0, 8).join(", ")}`);
	return ok(detail);
}
/** Numbers of the interrupts of an interface, from /proc/interrupts: lines whose last word is the interface or one of its queues. */
function interruptsOf(name, interrupts) {
	return interrupts.split("\n").flatMap((line) => {
		const number = /^\s*(\d+):/.exec(line)?.[1];
		const last = line.trim().split(/\s+/).at(-1) ?? "";
		const named = last === name || last.startsWith(`${name}-`) || last.endsWith(`@${name}`);
		return number !== void 0 && named ? [number] : [];
	});
}
function ofEach(config, look) {
	const names = captureInterfaces(config);
	return names.length === 0 ? [skip("no interface is set, and there is no default route")] : names.map(look);
}
/** What ethtool prints, or a finding that says why it prints nothing. */
function ethtool(what, name) {
	try {
		return execFileSync("ethtool", [what, name], {
			encoding: "utf8",
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			],
			timeout: TOOL_MS,
			env: {
				...process.env,
				LC_ALL: "C"
			}
		});
	} catch (error) {
		if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") return skip(`ethtool is not installed; with it, ethtool ${what} ${name} tells (apt-get install ethtool)`);
		return skip(`${name}: the driver does not say (ethtool ${what} ${name})`);
	}
}
function read$1(file) {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return null;
	}
}
function list(directory) {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}

// dist/cli/doctor/service-checks.js
const DAY_MS = 864e5;
/** Days before its end from which a certificate is warned about. */
const SOON_DAYS = 30;
const listening = {
	name: "port",
	purpose: "the API is served there",
	async run({ dataDirectory, values }) {
		const { viewHost, viewPort } = values;
		const place = `${viewHost} port ${viewPort}`;
		if (viewPort === 0) return [ok("viewPort=0 takes a free port at each start")];
		const endpoint = announced(dataDirectory);
		const findings = [];
		if (endpoint !== null) findings.push(ok(`the service of this data directory is on ${endpoint.url}`));
		else {
			const reason = await listenOnce(viewHost, viewPort);
			if (reason === null) findings.push(ok(`${place} is free`));
			else if (reason === "EADDRINUSE") findings.push(fail(`${place} is taken by another program`, "stop it, or choose another viewPort"));
			else if (reason === "EACCES") findings.push(fail(`${place} may not be used by this user`, "choose a viewPort of 1024 or more, or grant CAP_NET_BIND_SERVICE"));
			else findings.push(fail(`${place} cannot be listened on: ${reason}`, "viewHost must be an address of this host, or a name of one"));
		}
		return findings;
	}
};
/** Listens for a moment; resolves to why that fails, or null. */
function listenOnce(host, port) {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", (error) => {
			resolve(systemErrorCode(error) ?? error.message);
		});
		server.listen(port, host, () => {
			server.close(() => {
				resolve(null);
			});
		});
	});
}
const certificates = {
	name: "certificate",
	purpose: "the API is served with TLS",
	run(config) {
		const [certFile, keyFile] = [settingOf(config, "certFile"), settingOf(config, "keyFile")];
		const { viewHost } = config.values;
		const loopback = /^(localhost|127\.|::1$)/.test(viewHost);
		if (certFile === null && keyFile === null) return [loopback ? skip("none is set; the API is served on loopback only") : warn(`the API is served on ${viewHost} without TLS`, "set certFile and keyFile, or put a TLS proxy in front and bind to 127.0.0.1")];
		if (certFile === null || keyFile === null) return [fail(`${certFile === null ? "certFile" : "keyFile"} is not set`, "set both certFile and keyFile")];
		const certificate = new X509Certificate(readFileSync(certFile));
		if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) return [fail(`${keyFile} is not the key of ${certFile}`, "name the key that the certificate was made for")];
		const days = Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY_MS);
		const detail = `${certificate.subject.replaceAll("\n", ", ")}, until ${certificate.validTo}`;
		if (days < 0) return [fail(detail, "it has expired; get a new one")];
		if (Date.parse(certificate.validFrom) > Date.now()) return [fail(`${detail}, from ${certificate.validFrom} on`, "it is not valid yet; look at the clock")];
		return [days < SOON_DAYS ? warn(`${detail}: ${days} days`, "renew it; the running service takes the new one up by itself") : ok(detail)];
	}
};
/** A setting that a configuration has by its name, as text, or null. */
function settingOf({ values }, key) {
	const value = Object.entries(values).find(([name]) => name === key)?.[1];
	return typeof value === "string" && value !== "" ? value : null;
}

// dist/cli/doctor/speed-checks.js
const MEBIBYTE = 2 ** 20;
/** Written to measure a disk: more than a controller's cache hides, and a few seconds of a slow disk. */
const WRITTEN_MIB = 256;
/** Longest time that is spent on writing; a slower disk is measured by what it took until then. */
const LONGEST_MS = 5e3;
/** Free space below which nothing is written to measure. */
const LEAST_FREE = 4096 * MEBIBYTE;
/** Hashed to measure a processor. */
const HASHED_MIB = 64;
/** Parts of what was measured that can be counted on: a disk also gets the index, a processor does other things. */
const DISK_SHARE = .7;
const PROCESSOR_SHARE = .6;
const writeSpeed = {
	name: "write speed",
	purpose: "packets are written as fast as they come",
	run: (config) => packetDirectories(config).map((directory) => {
		const speed = measureWriting(directory);
		if (typeof speed !== "number") return speed;
		return ok(`${directory} takes ${Math.round(speed / MEBIBYTE)} MiB/s (measured, flushed to the disk), ${gigabits(speed)}`);
	})
};
const trustedRate = {
	name: "capture rate",
	purpose: "what this host can be trusted with",
	run: (config) => {
		const speeds = packetDirectories(config).map(measureWriting);
		const refused = speeds.find((speed) => typeof speed !== "number");
		if (refused !== void 0) return [refused];
		const disk = Math.min(...speeds.filter((speed) => typeof speed === "number"));
		const links = captureInterfaces(config).map((name) => Number(read(`/sys/class/net/${name}/speed`) ?? "0") * 1e6 / 8);
		return [rateFinding({
			disk,
			hash: measureHashing(),
			processors: availableParallelism(),
			link: links.every((rate) => rate > 0) ? links.reduce((sum, rate) => sum + rate, 0) : null
		})];
	}
};
/**
* The rate that can be trusted, in bytes a second: the least of what the disk takes and what the processors index. Indexing a byte costs
* about what hashing it with MD5 does, and one processor is left to the rest.
*/
function rateFinding({ disk, hash, processors, link }) {
	const indexed = hash * PROCESSOR_SHARE * Math.max(1, processors - 1);
	const stored = disk * DISK_SHARE;
	const rate = Math.min(indexed, stored);
	const why = stored < indexed ? "the disk decides" : `${processors === 1 ? "the processor decides" : `${processors} processors decide`}`;
	const detail = `${gigabits(rate)} without a pause can be trusted to this host; ${why} (an estimate: disk ${gigabits(disk)}, MD5 ${gigabits(hash)} a processor)`;
	if (link !== null && link > rate) return warn(`${detail}; the interfaces can bring ${gigabits(link)}`, "fine when the link is not that busy; else a faster disk, more processors, or bpf and dontSaveBPFs");
	return ok(detail);
}
function gigabits(bytes) {
	const mbit = bytes * 8 / 1e6;
	return mbit >= 1e3 ? `${(mbit / 1e3).toFixed(1)} Gbit/s` : `${Math.round(mbit)} Mbit/s`;
}
function packetDirectories(config) {
	const { directories } = config.storageOf(config.node);
	return directories.length > 0 ? directories : [config.packetDirectory];
}
/** What was measured in this run: two checks ask. */
const measured = /* @__PURE__ */ new Map();
/** Bytes a second that a directory's disk takes, flushed; or why that was not measured. */
function measureWriting(directory) {
	const speed = measured.get(directory) ?? writeAndMeasure(directory);
	measured.set(directory, speed);
	return speed;
}
/** Writes a file, which is removed again. */
function writeAndMeasure(directory) {
	const file = path.join(directory, `.write-speed-${process.pid}`);
	try {
		mkdirSync(directory, { recursive: true });
		const { bavail, bsize } = statfsSync(directory);
		if (bavail * bsize < LEAST_FREE) return skip(`${directory} has too little free space to measure by writing`);
		const piece = randomBytes(4 * MEBIBYTE);
		const descriptor = openSync(file, "wx", 384);
		try {
			const begun = performance.now();
			let written = 0;
			while (written < WRITTEN_MIB * MEBIBYTE && performance.now() - begun < LONGEST_MS) written += writeSync(descriptor, piece);
			fdatasyncSync(descriptor);
			return written / ((performance.now() - begun) / 1e3);
		} finally {
			closeSync(descriptor);
			unlinkSync(file);
		}
	} catch (error) {
		return fail(`${directory}: ${error instanceof Error ? error.message : String(error)}`, "make it writable for the user that captures");
	}
}
/** Bytes a second that one processor hashes. */
function measureHashing() {
	const piece = randomBytes(MEBIBYTE);
	const hash = createHash("md5");
	const begun = performance.now();
	for (let done = 0; done < HASHED_MIB; done++) hash.update(piece);
	hash.digest();
	return HASHED_MIB * MEBIBYTE / ((performance.now() - begun) / 1e3);
}
function read(file) {
	try {
		return readFileSync(file, "utf8").trim();
	} catch {
		return null;
	}
}

// dist/cli/doctor/checks.js
/** Every check of `lookback doctor`, in order. A module that needs another adds it here. */
const CHECKS = [
	node,
	nativeCore,
	places,
	memory,
	limits,
	clock,
	dataDirectories,
	freeSpace,
	catalogue,
	processes,
	listening,
	certificates,
	captureLibrary,
	captureInterface,
	capabilities,
	receiveRings,
	offloads,
	receiveQueues,
	writeSpeed,
	trustedRate
];

// dist/cli/commands/doctor.js
/** Longest run of a script that mends something. */
const FIX_MS = 3e4;
/** The scripts, beside the program. */
const SCRIPTS = fileURLToPath(new URL("../../../ops/", import.meta.url));
/** Looks at everything that Lookback needs of the host and says what to do about what is missing; with --fix it does what is safe, and looks again. */
async function run({ operands: [names], options, config: configOf, print, note, terminal }) {
	const wanted = chosen(Array.isArray(names) ? names : []);
	const config = await configOf();
	const results = [];
	const marks = {
		ok: terminal.green("ok"),
		warn: terminal.yellow("warn"),
		fail: terminal.red("fail"),
		skip: terminal.dim("skip")
	};
	for (const check of wanted) {
		let findings = await runCheck(check, config);
		const fixes = options["fix"] === true ? findings.flatMap(({ fix }) => fix ?? []) : [];
		if (fixes.length > 0) {
			for (const fix of fixes) mend(fix, note);
			findings = await runCheck(check, config);
		}
		for (const { verdict, detail, advice } of findings) {
			results.push({
				check: check.name,
				verdict,
				detail,
				advice: advice ?? null
			});
			if (options["json"] === true) continue;
			print(`${marks[verdict]}${" ".repeat(5 - verdict.length)} ${check.name}: ${detail}`);
			if (advice !== void 0) print(`      ${terminal.bold("→")} ${advice}`);
		}
	}
	const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
	if (options["json"] === true) print(JSON.stringify({
		ok: count("fail") === 0,
		findings: results
	}, null, 2));
	else print(`${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed${count("skip") > 0 ? `, ${count("skip")} skipped` : ""}`);
	return count("fail") === 0 ? EXIT.ok : EXIT.failed;
}
/** Runs a script of ours; what it cannot do the check tells again. */
function mend({ script, words }, note) {
	note(`running ${[script, ...words].join(" ")}`);
	try {
		execFileSync(path.join(SCRIPTS, script), words, {
			stdio: [
				"ignore",
				"ignore",
				"pipe"
			],
			encoding: "utf8",
			timeout: FIX_MS
		});
	} catch (error) {
		note(`${script} failed: ${error instanceof Error ? error.message.split("\n").slice(0, 2).join(": ") : String(error)}`);
	}
}
function chosen(names) {
	return names.length === 0 ? CHECKS : names.map((name) => {
		const check = CHECKS.find((known) => known.name === name);
		if (check !== void 0) return check;
		const near = nearestNames(name, CHECKS.map((known) => known.name), 2);
		throw new LookbackError("BAD_INPUT", `there is no check ${name.slice(0, 60)}; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${CHECKS.map((known) => known.name).join(", ")}`}`);
	});
}

export { run };