import { t as systemClock } from "./clock-COoNNce-.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { n as printCount } from "./print-time-53CqUrwX.js";
import { r as printBytes } from "./progress-CMgCVw6k.js";
import { n as rangeOf, r as untilOf } from "./time-options-DQkyS-eT.js";

// dist/cli/commands/hold-add.js
const HOLD = `mutation ($expression: String!, $range: TimeRange, $reason: String!, $until: DateTime) {
  holdSessions(expression: $expression, timeRange: $range, reason: $reason, until: $until) { id sessions packets bytes until }
}`;
/** Keeps the sessions that match now, with their packets, from retention. */
async function run({ operands: [expression], options, connect, print }) {
	const reason = options["reason"];
	if (typeof expression !== "string" || expression.trim() === "") throw new LookbackError("BAD_INPUT", "name the sessions by an expression");
	if (typeof reason !== "string") throw new LookbackError("BAD_INPUT", "--reason: say why, for people who want to delete");
	const until = options["until"] === void 0 ? null : untilOf("--until", String(options["until"]), systemClock.nowMs());
	const connection = await connect("change");
	try {
		const hold = (await connection.ask(HOLD, {
			expression,
			range: rangeOf(options, systemClock.nowMs()),
			reason,
			until
		})).at("holdSessions");
		const end = hold.at("until").orNull();
		if (options["json"] === true) print(JSON.stringify(hold.value));
		else print(`hold ${hold.at("id").number()}: ${printCount(hold.at("sessions").number())} sessions, ${printCount(hold.at("packets").number())} packets (${printBytes(hold.at("bytes").number())}), ${end === null ? "until it is released" : `until ${new Date(end.time()).toISOString()}`}`);
		return EXIT.ok;
	} finally {
		await connection.close();
	}
}

export { run };