import { importsOn, openCore } from "../../app/core.js";
import { withLifecycle } from "../../app/lifecycle.js";
import { openLog } from "../../app/log.js";
import { systemClock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import { openCatalogue } from "../../catalogue/catalogue.js";
import type { LookbackConfig } from "../../config/config.js";
import type { CommandContext } from "../command.js";
import { importExitCode, runImports, type ImportOutcome, type ImportOutput } from "../import-run.js";
import { QueuedImports } from "../queued-imports.js";

/** Imports captures: in this process, or through the queue of the process that serves. */
export async function run({ operands: [paths], options, config: configOf, print }: CommandContext): Promise<number> {
  const config = await configOf();
  const logger = openLog(config, "import");
  if (!Array.isArray(paths)) throw new LookbackError("BAD_INPUT", "name captures to import");
  const output: ImportOutput = { json: options["json"] === true, print, progress: process.stderr, nowMs: () => systemClock.nowMs() };
  const given: readonly string[] = paths;
  return importExitCode(await importHere(config, logger, given, options["copy"] === true, output));
}

async function importHere(config: LookbackConfig, logger: Logger, paths: readonly string[], copy: boolean, output: ImportOutput): Promise<ImportOutcome> {
  try {
    const { imports, stop } = await withLifecycle(logger, async (lifecycle) => {
      const service = importsOn(await openCore(config, "serve", logger, lifecycle));
      await service.start();
      return { imports: lifecycle.add("imports", service, (started) => started.stop()) };
    });
    const end = (): void => { void stop(); };
    process.once("SIGINT", end).once("SIGTERM", end);
    try {
      return await runImports(imports, paths, copy, output);
    } finally {
      process.off("SIGINT", end).off("SIGTERM", end);
      await stop();
    }
  } catch (error) {
    if (!(error instanceof LookbackError) || error.code !== "ROLE_HELD") throw error;
    const catalogue = openCatalogue(config.dataDirectory, systemClock);
    try {
      return await runImports(new QueuedImports(catalogue, config.node, config.values.offlineFilenameRegex), paths, copy, output);
    } finally {
      catalogue.close();
    }
  }
}
