import { openCore } from "../../app/core.js";
import { withLifecycle } from "../../app/lifecycle.js";
import { openLog } from "../../app/log.js";
import { rebuildSegments } from "../../capture/rebuild.js";
import { requireCatalogue } from "../../catalogue/database.js";
import { takeRole } from "../../catalogue/role-lock.js";
import { engineSettings } from "../../config/engine-settings.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Makes damaged segments again from their packets. Nothing may serve or capture meanwhile. */
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
    const { damaged, lostRows, sessions, files, changed } = await rebuildSegments({
      native: core.native, catalogue: core.catalogue, store: core.store, settings: engineSettings(config), segmentDirectory: core.directories.sessions,
    });
    if (options["json"] === true) {
      print(JSON.stringify({ damaged, lostRows, sessions, files, changed }));
      return EXIT.ok;
    }
    for (const { path, reason } of damaged) print(`damaged: ${path}: ${reason}`);
    for (const file of files) print(`read again: ${file}`);
    for (const file of changed) print(`not read again: ${file}: another capture was written over it`);
    print(damaged.length === 0 ? "no segment is damaged" : `${damaged.length} segments with ${lostRows} rows were damaged; ${sessions} sessions were made again from ${files.length} packet files`);
    return EXIT.ok;
  } finally {
    await stop();
  }
}
