import { startServer } from "../../app.js";
import { openLog } from "../../app/log.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { printWelcome } from "../welcome.js";
import { untilSignalled } from "../signals.js";

/** Serves until a signal. */
export async function run({ config: configOf, print }: CommandContext): Promise<number> {
  const config = await configOf();
  const server = await startServer(config, openLog(config, "serve"));
  printWelcome(server, print);
  await untilSignalled();
  await server.stop();
  return EXIT.ok;
}
