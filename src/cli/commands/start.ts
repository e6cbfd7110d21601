import { readsInput } from "../../app/capture-process.js";
import { startServer } from "../../app.js";
import { openLog } from "../../app/log.js";
import { LookbackError } from "../../base/errors.js";
import { settleFailedRun } from "../../capture/capture-run.js";
import { systemClock } from "../../base/clock.js";
import type { CommandContext, GlobalOptions } from "../command.js";
import { EXIT } from "../exit-code.js";
import { importExitCode, runImports, type ImportOutput } from "../import-run.js";
import { requireDirectories, runMonitor } from "../monitor-run.js";
import { reloadAtHangup } from "../reload.js";
import { endSoon, untilSignalled } from "../signals.js";
import { supervise } from "../supervise.js";
import { printWelcome, readyLine } from "../welcome.js";
import { UsageError } from "../usage-error.js";

/** Imports what is given, or captures live in a process of its own; serves until a signal. */
export async function run({ options, config: configOf, reread, print, note }: CommandContext): Promise<number> {
  const overrides = typeof options["interface"] === "string" ? { interface: options["interface"] } : {};
  const paths = Array.isArray(options["read"]) ? options["read"].map(String) : [];
  if (paths.length > 0 && options["interface"] !== undefined) throw new UsageError('--read imports captures instead of capturing, so it does not go with --interface; to do both, start without --read and run "lookback import"');
  const config = await configOf(overrides);
  const logger = openLog(config, "serve");
  const output: ImportOutput = { json: options["json"] === true, print, progress: process.stderr, nowMs: () => systemClock.nowMs() };
  let exitCode: number = EXIT.ok;
  if (paths.length === 0 && options["capture"] !== false && config.values.dropUser !== null && process.getuid?.() === 0) {
    throw new LookbackError("CONFIG_INVALID", `dropUser=${config.values.dropUser}: what serves would go on as root; run "lookback capture" as root and "lookback serve" as that user`, { key: "dropUser" });
  }
  const watched = options["monitor"] === true ? paths : [];
  if (options["monitor"] === true && paths.length === 0) throw new UsageError("--monitor needs the directories that it watches: --read DIRECTORY");
  await requireDirectories(watched);
  const monitored = new AbortController();
  let monitoring: Promise<void> = Promise.resolve();
  const server = await startServer(config, logger, async (imports) => {
    if (watched.length > 0) {
      // What is there is imported by the same loop, once it runs: the service answers meanwhile.
      monitoring = runMonitor({ imports, directories: watched, fileNames: config.values.offlineFilenameRegex, copy: options["copy"] === true, output, note, imported: { of: (files) => files.map((file) => (monitored.signal.aborted ? null : imports.imported(file))) } }, monitored.signal)
        .catch((error: unknown) => { logger.error({ error: error instanceof Error ? error.message : String(error) }, "directories are not watched any more"); });
      return;
    }
    if (paths.length > 0) exitCode = importExitCode(await runImports(imports, paths, options["copy"] === true, output));
  });
  const captures = paths.length === 0 && options["capture"] !== false;
  // Somebody who has no right to capture, say, and does not want to: that it failed once needs no looking after.
  if (!captures) settleFailedRun(server.catalogue.settings);
  if (captures && readsInput(config)) note("live capture: what another program writes to standard input (pcapReadMethod=stdin, interface -) is for \"lookback capture\"; this serves only");
  const capture = captures && !readsInput(config) ? supervise("live capture", childWords("capture", options), note, { makeRoom: server.makeRoom }) : null;
  const shipper = config.values.indexStore === "elasticsearch" ? supervise("the shipper", childWords("ship", options), note) : null;
  reloadAtHangup(() => reread(overrides), server.live, logger, () => { capture?.hangUp(); });
  // Before "Ready." is printed: whoever waits for it may send a signal at once.
  const signalled = untilSignalled();
  if (options["json"] === true) print(readyLine(server));
  else printWelcome(server, print);
  await signalled;
  monitored.abort();
  await capture?.stop();
  await server.stop();
  await monitoring;
  // Last, so that it ships what was committed while the others stopped.
  await shipper?.stop();
  endSoon();
  if (exitCode !== EXIT.ok) note("some captures could not be imported; see above");
  return exitCode;
}

/** The command line of a child: this one's global options go on to it. */
function childWords(command: "capture" | "ship", options: GlobalOptions & Readonly<Record<string, unknown>>): string[] {
  const words: string[] = [command];
  for (const name of ["config", "node", "data", "interface"] as const) {
    const value = command === "ship" && name === "interface" ? undefined : options[name];
    if (typeof value === "string") words.push(`--${name}`, value);
  }
  if (options["json"] === true) words.push("--json");
  for (const assignment of options.set ?? []) words.push("--set", assignment);
  return words;
}
