import { startCapture } from "../../app/capture-process.js";
import { openLog } from "../../app/log.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { showAccount } from "../live-account-run.js";
import { reloadAtHangup } from "../reload.js";
import { endSoon, untilSignalled } from "../signals.js";

const STAMPED = { kernel: "are stamped by the kernel", arrival: "are stamped on arrival", given: "keep the times that they come with" } as const;

/** Captures until a signal, until standard input has ended where that is captured, or until the capture cannot go on. */
export async function run({ options, config: configOf, reread, print, terminal }: CommandContext): Promise<number> {
  const overrides = typeof options["interface"] === "string" ? { interface: options["interface"] } : {};
  const config = await configOf(overrides);
  const log = openLog(config, "capture");
  const capture = await startCapture(config, log);
  reloadAtHangup(() => reread(overrides), capture.settings, log);
  if (options["json"] === true) print(JSON.stringify({ capturing: capture.running.interface, timestampSource: capture.running.timestampSource, linkType: capture.running.linkType, pid: process.pid }));
  else print(`capturing from ${capture.running.interface} (packets ${STAMPED[capture.running.timestampSource]})`);
  // Tells the process that supervises this one, if there is one, that it got so far.
  process.send?.({ capturing: capture.running.interface });
  const hide = options["stats"] === true ? showAccount(capture.live, capture.packetDirectories, { terminal, write: (text) => { process.stdout.write(text); } }) : () => {};
  try {
    await Promise.race([untilSignalled(), capture.live.failure, capture.live.ended]);
  } finally {
    hide();
    await capture.stop();
    endSoon();
  }
  return EXIT.ok;
}
