import { startServer } from "../../app.js";
import { openLog } from "../../app/log.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { reloadAtHangup } from "../reload.js";
import { printWelcome, readyLine } from "../welcome.js";
import { endSoon, untilSignalled } from "../signals.js";

/** Serves until a signal. */
export async function run({ options, config: configOf, reread, print }: CommandContext): Promise<number> {
  const config = await configOf();
  const log = openLog(config, "serve");
  const server = await startServer(config, log);
  reloadAtHangup(reread, server.live, log);
  // Before "Ready." is printed: whoever waits for it may send a signal at once.
  const signalled = untilSignalled();
  if (options["json"] === true) print(readyLine(server));
  else printWelcome(server, print);
  await signalled;
  await server.stop();
  endSoon();
  return EXIT.ok;
}
