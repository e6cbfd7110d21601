import { openCore } from "../app/core.js";
import { openImporting } from "../app/importing.js";
import { withLifecycle } from "../app/lifecycle.js";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import { openCommandLog } from "./command-log.js";
import type { Connection } from "./connection.js";

/** Opens the data directory to import into it, and for nothing else: an import must not wait for all that it does not use. */
export async function openLocalImports(config: LookbackConfig): Promise<Connection> {
  const logger = openCommandLog(config);
  const { imports, stop } = await withLifecycle(logger, async (lifecycle) => ({ imports: await openImporting(await openCore(config, "serve", logger, lifecycle), lifecycle) }));
  const refuse = (): never => {
    throw new LookbackError("INTERNAL", "a connection for imports was asked for something else");
  };
  return { kind: "local", place: config.dataDirectory, ask: async () => refuse(), download: async () => refuse(), imports, close: stop };
}
