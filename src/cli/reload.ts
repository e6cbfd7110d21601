import type { ProcessLog } from "../app/log.js";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import type { LiveConfig } from "../config/live-config.js";

/**
 * Takes the configuration up again at each SIGHUP: what can change does, the rest is named. A configuration that does not
 * read leaves everything as it was. Where a person sits at the terminal SIGHUP says that the terminal is gone, and ends the
 * process (signals.ts): nothing is installed then.
 */
export function reloadAtHangup(reread: () => Promise<LookbackConfig>, live: LiveConfig, log: ProcessLog, also: () => void = () => {}): void {
  if (process.stdin.isTTY) return;
  live.onChange(({ logLevel, logLevels }) => { log.setLevels(logLevel, logLevels); });
  process.on("SIGHUP", () => {
    also();
    reread().then((config) => {
      const { changed, waiting } = live.reload(config);
      const later = waiting.length === 0 ? "" : `; ${waiting.join(", ")} wait for the next start`;
      log.info({ changed, waiting }, `configuration read again: ${changed.length === 0 ? "nothing changed" : `changed ${changed.join(", ")}`}${later}`);
    }).catch((error: unknown) => {
      log.error({ code: error instanceof LookbackError ? error.code : "INTERNAL" }, `the configuration was not taken, and nothing changed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
}
