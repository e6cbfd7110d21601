import { openCore } from "../../app/core.js";
import { withLifecycle } from "../../app/lifecycle.js";
import { openLog } from "../../app/log.js";
import { rebuildSegments, type Rebuilt } from "../../capture/rebuild.js";
import { requireCatalogue } from "../../catalogue/database.js";
import { takeRole } from "../../catalogue/role-lock.js";
import { engineSettings } from "../../config/engine-settings.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

function linesOf({ damaged, lostRows, sessions, files, changed, unread, left }: Rebuilt): readonly string[] {
  return [
    ...damaged.map(({ path, reason }) => `damaged: ${path}: ${reason}`),
    ...files.map((file) => `read again: ${file}`),
    ...changed.map((file) => `not read again: ${file}: another capture was written over it`),
    ...unread.map(({ path, reason }) => `not read again: ${path}: ${reason}`),
    damaged.length === 0 ? "no segment is damaged" : `${damaged.length} segments with ${lostRows} rows were damaged; ${sessions} sessions were made again from ${files.length} packet files`,
    ...left.map((path) => `still damaged: ${path}`),
    ...(left.length === 0 ? [] : ["bring back what was not read and run it again, or give up the sessions in it: lookback rebuild --give-up"]),
  ];
}

/** Makes damaged segments again from their packets. Nothing may serve or capture meanwhile. Fails where some stay damaged. */
export async function run({ options, config: configOf, print }: CommandContext): Promise<number> {
  const config = await configOf();
  requireCatalogue(config.dataDirectory);
  const logger = openLog(config, "rebuild");
  const { core, stop } = await withLifecycle(logger, async (lifecycle) => {
    const opened = await openCore(config, "serve", logger, lifecycle);
    lifecycle.add("role capture", takeRole(opened.directories.data, "capture"), (lock) => { lock.release(); });
    return { core: opened };
  });
  try {
    const rebuilt = await rebuildSegments({
      native: core.native, catalogue: core.catalogue, store: core.store, settings: engineSettings(config), segmentDirectory: core.directories.sessions,
      giveUp: options["giveUp"] === true,
    });
    print(options["json"] === true ? JSON.stringify(rebuilt) : linesOf(rebuilt).join("\n"));
    return rebuilt.left.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await stop();
  }
}
