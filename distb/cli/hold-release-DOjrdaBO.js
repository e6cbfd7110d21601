import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";

// dist/cli/commands/hold-release.js
const RELEASE = "mutation ($id: Long!) { releaseHold(id: $id) { id sessions } }";
/** Ends a hold. */
async function run({ operands: [number], options, connect, print }) {
	if (typeof number !== "string" || !/^\d{1,15}$/.test(number)) throw new LookbackError("BAD_INPUT", `${String(number)} is no number of a hold; \`lookback hold list\` shows them`);
	const connection = await connect("change");
	try {
		const hold = (await connection.ask(RELEASE, { id: Number(number) })).at("releaseHold");
		if (options["json"] === true) print(JSON.stringify(hold.value));
		else print(`released hold ${hold.at("id").number()}: ${hold.at("sessions").number()} sessions go when their turn comes`);
		return EXIT.ok;
	} finally {
		await connection.close();
	}
}

export { run };