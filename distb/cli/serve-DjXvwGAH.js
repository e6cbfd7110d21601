import { n as readyLine, r as startServer, t as printWelcome } from "./welcome-B-WV-HDX.js";
import { t as openLog } from "./log-DJrCjcfp.js";
import { t as EXIT } from "./exit-code-DQcjXeOq.js";
import { t as reloadAtHangup } from "./reload-DHms91eT.js";
import { n as untilSignalled, t as endSoon } from "./signals-XmcktPSm.js";

// dist/cli/commands/serve.js
/** Serves until a signal. */
async function run({ options, config: configOf, reread, print }) {
	const config = await configOf();
	const log = openLog(config, "serve");
	const server = await startServer(config, log);
	reloadAtHangup(reread, server.live, log);
	const signalled = untilSignalled();
	if (options["json"] === true) print(readyLine(server));
	else printWelcome(server, print);
	await signalled;
	await server.stop();
	endSoon();
	return EXIT.ok;
}

export { run };