import { startServer } from "../../app.js";
import { openLog } from "../../app/log.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { printWelcome } from "../welcome.js";
import { endSoon, untilSignalled } from "../signals.js";

/** Serves until a signal. */
export async function run({ config: configOf, print }: CommandContext): Promise<number> {
  const config = await configOf();
  const server = await startServer(config, openLog(config, "serve"));
  // Before "Ready." is printed: whoever waits for it may send a signal at once.
  const signalled = untilSignalled();
  printWelcome(server, print);
  await signalled;
  await server.stop();
  endSoon();
  return EXIT.ok;
}
