import { systemClock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { CommandContext } from "../command.js";
import type { Access, Connection } from "../connection.js";
import { EXIT } from "../exit-code.js";
import { outputUnread } from "../output.js";
import { importExitCode, runImports, type ImportOutput } from "../import-run.js";

/** Imports captures: in this process, through the service that runs, or through the queue of one that still starts. */
export async function run(context: CommandContext): Promise<number> {
  const { operands: [paths], options, print, note, signal } = context;
  const given: readonly string[] = Array.isArray(paths) ? paths : [];
  const arkime = options["fromArkime"];
  if ((given.length > 0) === (arkime !== undefined)) {
    note(given.length === 0 ? "error: missing required argument 'path': name captures to import, or --from-arkime CONFIG" : "error: --from-arkime finds the captures itself; name a directory of them with --pcap-dir");
    return EXIT.usage;
  }
  const copy = options["copy"] === true;
  const output: ImportOutput = { json: options["json"] === true, print, progress: process.stderr, nowMs: () => systemClock.nowMs() };
  if (options["monitor"] === true) return monitor(context, given, copy, output);
  const connection = await connectOrQueue(context, arkime === undefined ? "import" : "change");
  if (connection === null && arkime !== undefined) throw new LookbackError("ROLE_HELD", "a process holds the role and does not answer yet; try again once it serves");
  if (connection === null) return queue(context, given, copy, output);
  // A job of this process that is interrupted is done again by the next one that takes the role.
  const interrupted = new AbortController();
  const stop = (): void => {
    interrupted.abort();
    if (connection.kind === "local") void connection.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (connection.kind === "local") process.once("SIGTERM", stop);
  try {
    if (arkime !== undefined) {
      const { importFromArkime } = await import("../arkime-import.js");
      const directories = Array.isArray(options["pcapDir"]) ? options["pcapDir"].map(String) : [];
      const code = await importFromArkime(connection, { config: String(arkime), directories, copy }, output, note, interrupted.signal);
      if (interrupted.signal.aborted) throw interruptedError(connection);
      return code;
    }
    const outcome = await runImports(connection.imports, given, copy, output);
    if (interrupted.signal.aborted) throw interruptedError(connection);
    return importExitCode(outcome);
  } catch (error) {
    throw interrupted.signal.aborted ? interruptedError(connection, error) : error;
  } finally {
    process.off("SIGTERM", stop);
    await connection.close();
  }
}

/** Imports what is in directories and what arrives there, until a signal, whatever it is about then: the next one goes on. */
async function monitor(context: CommandContext, directories: readonly string[], copy: boolean, output: ImportOutput): Promise<number> {
  const terminated = new AbortController();
  const terminate = (): void => { terminated.abort(); };
  const told = AbortSignal.any([context.signal, terminated.signal]);
  const ended = AbortSignal.any([told, outputUnread]);
  process.once("SIGTERM", terminate);
  try {
    // What is watched for is no job that another process could have.
    const connection = await context.connect("change", undefined, ended);
    // A job of this process is cut off, and done again by the next one that takes the role.
    const stop = (): void => { if (connection.kind === "local") void connection.close(); };
    told.addEventListener("abort", stop, { once: true });
    try {
      await watch(context, connection, directories, copy, output, ended);
    } finally {
      told.removeEventListener("abort", stop);
      await connection.close();
    }
  } catch (error) {
    if (!ended.aborted || !(error instanceof LookbackError) || error.code !== "QUERY_CANCELLED") throw error;
  } finally {
    process.off("SIGTERM", terminate);
  }
  return EXIT.ok;
}

async function watch({ config, note }: CommandContext, connection: Connection, directories: readonly string[], copy: boolean, output: ImportOutput, ended: AbortSignal): Promise<void> {
  const [{ importedBefore, requireDirectories, runMonitor }, { LastingImports }, { connectServed }] = await Promise.all([import("../monitor-run.js"), import("../lasting-imports.js"), import("../connect.js")]);
  await requireDirectories(directories);
  const { dataDirectory, values } = await config();
  const imported = await importedBefore(connection, dataDirectory);
  const lasting = connection.kind === "served" ? new LastingImports({ connection, connect: () => connectServed(dataDirectory, ended), note, signal: ended }) : null;
  try {
    await runMonitor({ imports: lasting ?? connection.imports, directories, fileNames: values.offlineFilenameRegex, copy, output, note, imported }, ended);
  } finally {
    await lasting?.close();
  }
}

function interruptedError({ kind }: Connection, cause?: unknown): LookbackError {
  const rest = kind === "local" ? "what is not in yet is imported by the next command or service on this data directory; the same command goes on where it was" : "the service goes on with what it was given";
  return new LookbackError("QUERY_CANCELLED", `interrupted: ${rest}`, {}, { cause });
}

/** Null: a process holds the role and does not answer yet. */
async function connectOrQueue({ connect }: CommandContext, access: Access): Promise<Connection | null> {
  try {
    return await connect(access, 0);
  } catch (error) {
    if (error instanceof LookbackError && error.code === "ROLE_HELD") return null;
    throw error;
  }
}

async function queue(context: CommandContext, paths: readonly string[], copy: boolean, output: ImportOutput): Promise<number> {
  const [config, { openCatalogue }, { QueuedImports }] = await Promise.all([context.config(), import("../../catalogue/catalogue.js"), import("../queued-imports.js")]);
  const catalogue = openCatalogue(config.dataDirectory, systemClock);
  try {
    return importExitCode(await runImports(new QueuedImports(catalogue, config.node, config.values.offlineFilenameRegex, () => connectOrQueue(context, "import"), context.signal), paths, copy, output));
  } finally {
    catalogue.close();
  }
}
