import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { readFileSync } from "node:fs";

// dist/capture/cap-source.js
/** Names that `cap` gives link types, as numbers of pcap files. */
const LINK_TYPES = {
	NULL: 0,
	ETHERNET: 1,
	RAW: 101,
	LINKTYPE_LINUX_SLL: 113,
	IEEE802_11_RADIO: 127
};
/** `cap` captures with this snap length whatever the buffer. */
const CAP_SNAP_LENGTH = 65535;
function isCap(loaded) {
	return typeof loaded === "object" && loaded !== null && "Cap" in loaded && typeof loaded.Cap === "function";
}
/** Interfaces of this process's network namespace, or null where the system has no list of them in a file. */
function interfaces() {
	try {
		return [...readFileSync("/proc/net/dev", "utf8").matchAll(/^\s*([^\s:]+):/gm)].flatMap(([, name]) => name ?? []).sort();
	} catch {
		return null;
	}
}
/** Loads `cap`, which is optional: without libpcap's headers it is not built. */
async function loadCap() {
	const name = "cap";
	try {
		const loaded = await import(name);
		const module = typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : loaded;
		if (isCap(module)) return module;
	} catch (error) {
		throw new LookbackError("UNAVAILABLE", "live capture needs the package cap: install libpcap's headers (apt-get install libpcap-dev), then npm install", {}, { cause: error });
	}
	throw new LookbackError("UNAVAILABLE", "the installed package cap is not the expected one");
}
/** Why live capture through libpcap cannot work on this host at all, or null when it can. */
async function capMissing() {
	try {
		await loadCap();
		return null;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
/**
* Opens an interface through libpcap. `cap` gives one event per packet, with neither the kernel's time nor the length
* on the wire nor drop counts: packets are stamped on arrival, their length is the captured one, drops are unknown.
*
* @throws LookbackError UNAVAILABLE when `cap` is missing, the interface is, or the process may not capture.
*/
async function openCap(device, filter, bufferBytes, onPacket) {
	const { Cap } = await loadCap();
	const known = interfaces();
	if (known !== null && !known.includes(device) && device !== "any") throw new LookbackError("UNAVAILABLE", `no interface ${device.slice(0, 64)}; there are ${known.join(", ")}`, {
		interface: device.slice(0, 64),
		known
	});
	const capture = new Cap();
	const buffer = Buffer.alloc(CAP_SNAP_LENGTH);
	let linkName;
	try {
		linkName = capture.open(device, filter, bufferBytes, buffer);
	} catch (error) {
		const reason = error instanceof Error ? error.message.trim() : String(error);
		const advice = /permit|permission/i.test(reason) ? "; allow it with: sudo setcap cap_net_raw,cap_net_admin=eip $(readlink -f $(command -v node))" : "";
		throw new LookbackError("UNAVAILABLE", `cannot capture from ${device}: ${reason}${advice}`, {
			interface: device,
			reason
		}, { cause: error });
	}
	capture.setMinBytes?.(0);
	const linkType = typeof linkName === "string" ? LINK_TYPES[linkName] : void 0;
	if (linkType === void 0) {
		capture.close();
		throw new LookbackError("UNAVAILABLE", `${device} has link type ${String(linkName)}, which is not known`, { interface: device });
	}
	capture.on("packet", (bytes) => {
		onPacket(buffer.subarray(0, Math.min(bytes, CAP_SNAP_LENGTH)), bytes);
	});
	return {
		interface: device,
		linkType,
		timestampSource: "arrival",
		snapLength: CAP_SNAP_LENGTH,
		kernelDrops: () => null,
		close: () => {
			capture.close();
		}
	};
}

export { openCap as n, capMissing as t };