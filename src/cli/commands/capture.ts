import { startCapture } from "../../app/capture-process.js";
import { openLog } from "../../app/log.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { reloadAtHangup } from "../reload.js";
import { endSoon, untilSignalled } from "../signals.js";

/** Captures until a signal, or until the capture cannot go on. */
export async function run({ options, config: configOf, reread, print, note }: CommandContext): Promise<number> {
  const overrides = typeof options["interface"] === "string" ? { interface: options["interface"] } : {};
  const config = await configOf(overrides);
  const log = openLog(config, "capture");
  const [first, ...others] = config.values.interface;
  if (first !== undefined && others.length > 0) note(`warning: only ${first} is captured from; start another \`lookback capture\` with a data directory of its own for ${others.join(", ")}`);
  const capture = await startCapture(config, log);
  reloadAtHangup(() => reread(overrides), capture.settings, log);
  if (options["json"] === true) print(JSON.stringify({ capturing: capture.source.interface, timestampSource: capture.source.timestampSource, linkType: capture.source.linkType, pid: process.pid }));
  else print(`capturing from ${capture.source.interface} (packets are stamped on ${capture.source.timestampSource})`);
  // Tells the process that supervises this one, if there is one, that it got so far.
  process.send?.({ capturing: capture.source.interface });
  try {
    await Promise.race([untilSignalled(), capture.live.failure]);
  } finally {
    await capture.stop();
    endSoon();
  }
  return EXIT.ok;
}
