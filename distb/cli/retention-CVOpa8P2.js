import { r as withLifecycle, t as openLog } from "./log-DJrCjcfp.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as SERVICE_SCOPE } from "./access-scope-DH4u4-1s.js";
import { n as check, r as parse, t as resolveFiles } from "./resolve-files-BH_TWUKY.js";
import { i as openReader } from "./core-bffivQ3T.js";
import { i as retentionParts, s as fileLookup } from "./retention-BeMbc1nZ.js";
import { t as noRetentionEvents } from "./retention-event-FvPW8Oh8.js";
import { i as PacketReader } from "./packet-store-Dqe2fRVP.js";
import { n as printPlan } from "./print-plan-DZga_J14.js";
import { t as RetentionService } from "./retention-service-CJThZGTM.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";

// dist/app/local-query.js
/** Reads of whoever may read the data directory itself: no login, every session. */
var LocalQuery = class LocalQuery {
	constructor(parts) {
		this.parts = parts;
		const { timeZone } = parts.config.values;
		this.timeZone = timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone;
	}
	static async open(config, logger, lifecycle) {
		return new LocalQuery(await openReader(config, logger, lifecycle));
	}
	/** The sessions of an expression (empty: all) whose last packet is in a range. Throws EXPRESSION_*, TIME_RANGE_INVALID. */
	filter(expression, startMs, endMs) {
		const { fields, catalogue } = this.parts;
		if (startMs !== null && endMs !== null && startMs > endMs) throw new LookbackError("TIME_RANGE_INVALID", "the range ends before it starts");
		const range = {
			startMs,
			endMs,
			bounding: "last"
		};
		if (expression.trim() === "") return {
			expression: { node: "everything" },
			range
		};
		const checked = check(parse(expression), fields, {
			nowMs: systemClock.nowMs(),
			timeZone: this.timeZone
		});
		return {
			expression: resolveFiles(checked, fileLookup(catalogue.files)),
			range
		};
	}
	context(signal) {
		return {
			scope: SERVICE_SCOPE,
			signal,
			timeoutMs: this.parts.config.values.queryTimeoutSeconds * 1e3
		};
	}
	/** The one field of a search name. Throws BAD_INPUT with the nearest names. */
	field(name) {
		const entry = this.parts.fields.find(name);
		if (entry?.entry === "field") return entry.field;
		const near = this.parts.fields.nearest(name);
		throw new LookbackError("BAD_INPUT", `no field ${name.slice(0, 64)}${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`);
	}
};

// dist/cli/retention-plan.js
/** What a plan of retention is read from, whoever makes it. */
const RETENTION_PLAN = `{ retentionPlan {
  devices { directories freeBytes totalBytes targetBytes pendingBytes deleteBytes shortfallBytes deletionCount deletions { ...File } kept { ...Kept } blocked { hold items bytes } }
  missing { ...File } elsewhere { ...Kept } excessBytes days { day sessions bytes expires reason heldSessions holds note } mergeCount compaction { day segments sessions bytes reason } placement { index bytes reason settings { name value } } nodesShortBytes exports { id owner bytes } auditEntries
  unmeasured { directory reason } warnings
} }
fragment File on PlannedFile { path bytes reason heldBytes note }
fragment Kept on KeptFiles { reason files bytes }`;
/** A plan of the API as lines: what would go and why, in order, and how much stays for each reason. */
function retentionPlanLines(plan) {
	const days = plan.at("days").list();
	const going = days.filter((day) => day.at("expires").flag());
	const [exports, missing, excess] = [
		plan.at("exports").list(),
		plan.at("missing").list(),
		plan.at("excessBytes").number()
	];
	return [
		...plan.at("devices").list().flatMap(deviceLines),
		...missing.length > 0 ? ["files that are not there any more:", ...missing.map((file) => fileLine("strike off", file))] : [],
		...plan.at("elsewhere").list().length > 0 ? ["files elsewhere, none is deleted:", ...plan.at("elsewhere").list().map(keptLine)] : [],
		...excess > 0 ? [`${printBytes(excess)} of packet files beyond pcapMaxSizeG; nothing more may go`] : [],
		`sessions: ${sum(going, "sessions") - sum(going, "heldSessions")} of ${going.length} days would be removed, ${days.length - going.length} days stay`,
		...going.map((day) => `  expire ${day.at("day").text()} (${day.at("sessions").number()} sessions, ${printBytes(day.at("bytes").number())}): ${day.at("reason").text()}${day.at("heldSessions").number() > 0 ? `, ${day.at("heldSessions").number()} held sessions stay` : ""}`),
		...days.filter((day) => day.at("reason").text() === "held").map((day) => `  kept, held: ${day.at("day").text()} (hold ${day.at("holds").list().map((hold) => hold.number()).join(", ")}${day.at("note").orNull() === null ? "" : `, ${day.at("note").text()}`})`),
		...plan.at("nodesShortBytes").number() > 0 ? [`  ${printBytes(plan.at("nodesShortBytes").number())} short of sessionFreeSpaceG on the data nodes; nothing more may go`] : [],
		...compactionLines(plan),
		...placementLines(plan),
		`exports whose time is over: ${exports.length} (${printBytes(sum(exports, "bytes"))}) would be removed`,
		...exports.map((one) => `  remove ${one.at("id").text()} of ${one.at("owner").text()} (${printBytes(one.at("bytes").number())})`),
		`audit log: ${plan.at("auditEntries").number()} entries would be removed`
	];
}
function deviceLines(device) {
	const bytes = (name) => printBytes(device.at(name).number());
	const [deletions, count] = [device.at("deletions").list(), device.at("deletionCount").number()];
	return [
		`${device.at("directories").list().map((directory) => directory.text()).join(", ")}: ${bytes("freeBytes")} of ${bytes("totalBytes")} free, ${bytes("targetBytes")} wanted: ${count} files (${bytes("deleteBytes")}) would be deleted`,
		...device.at("pendingBytes").number() > 0 ? [`  ${bytes("pendingBytes")} of deleted files are not unlinked yet`] : [],
		...device.at("blocked").list().map((hold) => `  hold ${hold.at("hold").number()} keeps ${hold.at("items").number()} files (${printBytes(hold.at("bytes").number())}) that would go`),
		...device.at("shortfallBytes").number() > 0 ? [`  ${bytes("shortfallBytes")} short of what is wanted; nothing more may go`] : [],
		...deletions.map((file) => fileLine("delete", file)),
		...count > deletions.length ? [`  … and ${count - deletions.length} more`] : [],
		...device.at("kept").list().map(keptLine)
	];
}
function placementLines(plan) {
	const indices = plan.at("placement").list();
	if (indices.length === 0) return [];
	return [`indices: ${indices.length} would be placed anew`, ...indices.map((one) => `  place ${one.at("index").text()} (${printBytes(one.at("bytes").number())}): ${one.at("reason").text()}, ${one.at("settings").list().map((setting) => `${setting.at("name").text()}=${setting.at("value").text()}`).join(", ")}`)];
}
function compactionLines(plan) {
	const [merges, count] = [plan.at("compaction").list(), plan.at("mergeCount").number()];
	return [
		`compaction: ${count} merges would be made`,
		...merges.map((merge) => `  merge ${merge.at("segments").number()} segments of ${merge.at("day").text()} (${merge.at("sessions").number()} sessions, ${printBytes(merge.at("bytes").number())}): ${merge.at("reason").text()}`),
		...count > merges.length ? [`  … and ${count - merges.length} more`] : []
	];
}
function fileLine(verb, file) {
	const [held, why] = [file.at("heldBytes").number(), file.at("note").orNull()?.text() ?? null];
	return `  ${verb} ${file.at("path").text()} (${printBytes(file.at("bytes").number())}): ${file.at("reason").text()}${held > 0 ? `, ${printBytes(held)} of held packets are copied out first` : ""}${why === null ? "" : `, ${why}`}`;
}
function keptLine(kept) {
	return `  kept, ${kept.at("reason").text()}: ${kept.at("files").number()} files (${printBytes(kept.at("bytes").number())})`;
}
function sum(items, name) {
	return items.reduce((total, item) => total + item.at(name).number(), 0);
}

// dist/cli/commands/retention.js
/** Prints what retention would delete at this moment, with its reasons. Deletes nothing. */
async function run(context) {
	const { options, connect, remote, print, note } = context;
	if (options["all"] === true) {
		if (remote !== null) throw new LookbackError("BAD_INPUT", "--all names every file that stays, which a service does not tell; run it where the data directory is, or leave --all out");
		return everything(context);
	}
	const connection = await connect("read");
	try {
		const plan = (await connection.ask(RETENTION_PLAN)).at("retentionPlan");
		for (const one of plan.at("unmeasured").list()) note(`warning: ${one.at("directory").text()} cannot be measured, so nothing is deleted there: ${one.at("reason").text()}`);
		for (const warning of plan.at("warnings").list()) note(`warning: ${warning.text()}`);
		if (options["json"] === true) print(JSON.stringify(plan.value));
		else for (const line of retentionPlanLines(plan)) print(line);
		return EXIT.ok;
	} finally {
		await connection.close();
	}
}
/** The plan with every file and day that stays, made here. */
async function everything({ options, config: configOf, print, note }) {
	const config = await configOf();
	const logger = openLog(config, "retention");
	const { query, stop } = await withLifecycle(logger, async (lifecycle) => ({ query: await LocalQuery.open(config, logger, lifecycle) }));
	try {
		const plan = await new RetentionService({
			...retentionParts(query.parts, new PacketReader()),
			events: noRetentionEvents
		}).plan();
		for (const { directory, reason } of plan.unmeasured) note(`warning: ${directory} cannot be measured, so nothing is deleted there: ${reason}`);
		for (const warning of [...plan.packets.warnings, ...plan.unknown]) note(`warning: ${warning}`);
		if (options["json"] === true) print(JSON.stringify(plan));
		else for (const line of printPlan(plan, true)) print(line);
		return EXIT.ok;
	} finally {
		await stop();
	}
}

export { run };