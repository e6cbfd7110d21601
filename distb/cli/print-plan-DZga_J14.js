// dist/retention/print-plan.js
const UNITS = [
	"bytes",
	"KiB",
	"MiB",
	"GiB",
	"TiB",
	"PiB"
];
/** A size for people: `12.3 GiB`. */
function printBytes(bytes) {
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < UNITS.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}
/**
* The plan as lines: what would go and why, in order, and how many files stay for each reason; with `all`, every file
* that stays too.
*/
function printPlan({ packets, sessions, compaction, placement, exports, audit }, all) {
	return [
		...packets.devices.flatMap((device) => deviceLines(device, all)),
		...elsewhereLines(packets.elsewhere, all),
		...packets.beyond.files > 0 ? [`younger files: ${packets.beyond.files} (${printBytes(packets.beyond.bytes)}), none is deleted`] : [],
		...packets.excessBytes > 0 ? [`${printBytes(packets.excessBytes)} of packet files beyond pcapMaxSizeG; nothing more may go`] : [],
		...sessionLines(sessions, all),
		`compaction: ${compaction.length} merges would be made`,
		...compaction.map(({ day, segments, rows, bytes, reason }) => `  merge ${segments} segments of ${day} (${rows} sessions, ${printBytes(bytes)}): ${reason}`),
		...placement.length > 0 ? [`indices: ${placement.length} would be placed anew`] : [],
		...placement.map(({ index, bytes, reason, settings }) => `  place ${index} (${printBytes(bytes)}): ${reason}, ${printPlacement(settings)}`),
		`exports whose time is over: ${exports.length} (${printBytes(exports.reduce((sum, { bytes }) => sum + bytes, 0))}) would be removed`,
		...exports.map(({ id, owner, bytes }) => `  remove ${id} of ${owner} (${printBytes(bytes)})`),
		`audit log: ${audit.entries} entries from before ${new Date(audit.beforeMs).toISOString()} would be removed`
	];
}
/** Settings of an index for people: `index.number_of_replicas=0`. */
function printPlacement(settings) {
	return Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(", ");
}
function deviceLines(device, all) {
	const going = device.items.filter((item) => item.action === "delete");
	const { directories, freeBytes, totalBytes, targetBytes, deleteBytes, pendingBytes, shortfallBytes } = device;
	return [
		`${directories.join(", ")}: ${printBytes(freeBytes)} of ${printBytes(totalBytes)} free, ${printBytes(targetBytes)} wanted: ${going.length} files (${printBytes(deleteBytes)}) would be deleted`,
		...pendingBytes > 0 ? [`  ${printBytes(pendingBytes)} of deleted files are not unlinked yet`] : [],
		...device.blocked.map(({ hold, items, bytes }) => `  hold ${hold} keeps ${items} files (${printBytes(bytes)}) that would go`),
		...shortfallBytes > 0 ? [`  ${printBytes(shortfallBytes)} short of what is wanted; nothing more may go`] : [],
		...itemLines(device.items, all)
	];
}
function elsewhereLines(items, all) {
	return items.length === 0 ? [] : [`files elsewhere: ${items.length}, none is deleted`, ...itemLines(items, all)];
}
function itemLines(items, all) {
	const kept = /* @__PURE__ */ new Map();
	const lines = [];
	for (const { action, path, bytes, reason, note, heldBytes } of items) {
		const copied = heldBytes > 0 ? `, ${printBytes(heldBytes)} of held packets are copied out first` : "";
		const verb = reason === "missing" && action === "delete" ? "strike off" : action;
		if (action === "delete" || all) lines.push(`  ${verb} ${path} (${printBytes(bytes)}): ${reason}${copied}${note === null ? "" : `, ${note}`}`);
		if (action === "delete") continue;
		const { files, bytes: sum } = kept.get(reason) ?? {
			files: 0,
			bytes: 0
		};
		kept.set(reason, {
			files: files + 1,
			bytes: sum + bytes
		});
	}
	for (const [reason, { files, bytes }] of kept) lines.push(`  kept, ${reason}: ${files} files (${printBytes(bytes)})`);
	return lines;
}
function sessionLines({ expireDays, items, excessBytes, shortfallBytes }, all) {
	const going = items.filter((item) => item.action === "expire");
	const rows = going.reduce((sum, item) => sum + item.rows - item.heldRows, 0);
	return [
		`sessions are kept ${expireDays === null ? "for ever (expireDays is unset)" : `${expireDays} days after their own`}: ${rows} sessions of ${going.length} days would be removed`,
		...excessBytes > 0 ? [`  ${printBytes(excessBytes)} of index beyond sessionMaxSizeG; nothing more may go`] : [],
		...shortfallBytes > 0 ? [`  ${printBytes(shortfallBytes)} short of sessionFreeSpaceG on the data nodes; nothing more may go`] : [],
		...items.filter((item) => all || item.action === "expire").map((item) => `  ${item.action} ${item.day} (${item.rows} sessions, ${printBytes(item.bytes)}): ${item.reason}${item.heldRows > 0 ? `, ${item.heldRows} held sessions stay` : ""}${item.note === null ? "" : `, ${item.note}`}`)
	];
}

export { printPlan as n, printBytes as t };