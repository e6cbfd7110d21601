import { systemClock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import { openCatalogue } from "../../catalogue/catalogue.js";
import type { CommandContext } from "../command.js";
import type { Connection } from "../connection.js";
import { importExitCode, runImports, type ImportOutput } from "../import-run.js";
import { QueuedImports } from "../queued-imports.js";

/** Imports captures: in this process, through the service that runs, or through the queue of one that still starts. */
export async function run(context: CommandContext): Promise<number> {
  const { operands: [paths], options, print, signal } = context;
  if (!Array.isArray(paths)) throw new LookbackError("BAD_INPUT", "name captures to import");
  const given: readonly string[] = paths;
  const copy = options["copy"] === true;
  const output: ImportOutput = { json: options["json"] === true, print, progress: process.stderr, nowMs: () => systemClock.nowMs() };
  const connection = await connectOrQueue(context);
  if (connection === null) return queue(context, given, copy, output);
  // A job of this process that is interrupted is done again by the next one that takes the role.
  const stop = (): void => { void connection.close(); };
  if (connection.kind === "local") {
    signal.addEventListener("abort", stop, { once: true });
    process.once("SIGTERM", stop);
  }
  try {
    return importExitCode(await runImports(connection.imports, given, copy, output));
  } finally {
    process.off("SIGTERM", stop);
    await connection.close();
  }
}

/** Null: a process holds the role and does not answer yet. */
async function connectOrQueue({ connect }: CommandContext): Promise<Connection | null> {
  try {
    return await connect("change");
  } catch (error) {
    if (error instanceof LookbackError && error.code === "ROLE_HELD") return null;
    throw error;
  }
}

async function queue({ config: configOf }: CommandContext, paths: readonly string[], copy: boolean, output: ImportOutput): Promise<number> {
  const config = await configOf();
  const catalogue = openCatalogue(config.dataDirectory, systemClock);
  try {
    return importExitCode(await runImports(new QueuedImports(catalogue, config.node, config.values.offlineFilenameRegex), paths, copy, output));
  } finally {
    catalogue.close();
  }
}
