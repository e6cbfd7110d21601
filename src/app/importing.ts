import type { ImportService } from "../capture/import-service.js";
import type { RetentionService } from "../retention/retention-service.js";
import { importsOn, type Core } from "./core.js";
import type { Lifecycle } from "./lifecycle.js";
import { keepRoom } from "./room.js";

/**
 * Imports on a core that holds the role `serve`, without the rest of the service, which takes longer to load than a small
 * capture to import. What an ended process left of exports and deletions waits for the next service; retention is loaded
 * where there is no room, and makes some.
 */
export async function openImporting(core: Core, lifecycle: Lifecycle): Promise<ImportService> {
  // A short process would have more memory cleared than it uses.
  core.native.useSmallPages();
  let opened: Promise<RetentionService> | null = null;
  const room = await keepRoom(core, lifecycle, { relieve: async (...given) => (await (opened ??= openRetention(core, lifecycle))).relieve(...given) });
  const imports = importsOn(core, (directory) => room.make(directory));
  await imports.start();
  return lifecycle.add("imports", imports, (started) => started.stop());
}

async function openRetention(core: Core, lifecycle: Lifecycle): Promise<RetentionService> {
  const [{ RetentionService: Retention }, { retentionParts }, { startWatching }, { PacketReader }] = await Promise.all([
    import("../retention/retention-service.js"), import("./retention.js"), import("./watching.js"), import("../packet-store/packet-store.js"),
  ]);
  const reader = lifecycle.add("packet reader", new PacketReader(), (started) => started.close());
  const { watch } = startWatching(core, lifecycle);
  return new Retention(Object.assign(retentionParts(core, reader), { events: watch }));
}
