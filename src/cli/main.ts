#!/usr/bin/env node
import { Command as Program, CommanderError } from "commander";
import { examplesOf, type Command, type GlobalOptions } from "./command.js";
import { COMMAND_GROUPS, COMMANDS } from "./command-list.js";
import { contextOf } from "./command-context.js";
import { EXIT, exitCodeOf, printError } from "./exit-code.js";
import { GLOBAL_FLAGS, REMOTE_FLAGS, SET_FLAG } from "./flags.js";
import { watchOutput } from "./output.js";

/** Runs the command line. Resolves to the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const program = new Program("lookback").description("Full packet capture with look-back: what happened, and the exact packets.");
  for (const [flags, help] of GLOBAL_FLAGS) program.option(flags, help);
  program.option(...SET_FLAG, gather);
  if (words.some((word) => word === "--version" || word === "-V")) {
    const { lookbackVersion } = await import("../app/version.js");
    program.version(lookbackVersion());
  } else {
    // Declared for the help alone: reading the version takes longer than all of it.
    program.option("-V, --version", "print the version");
  }
  program.addHelpText("after", "\nlookback COMMAND --help shows the options of a command, and an example.\nExit codes and configuration: docs/operations.md.");
  program.configureHelp({ subcommandTerm: (command) => [command.name(), command.usage().replace(/\[options\] ?|\[command\]/g, "")].join(" ").trim() });
  program.exitOverride().enablePositionalOptions().showSuggestionAfterError();
  let exitCode: number = EXIT.ok;
  const declare = (parent: Program, commands: readonly Command[], heading: string | null = null): void => {
    for (const command of commands) {
      const added = parent.command(command.operands === undefined ? command.name : `${command.name} ${command.operands}`).description(command.summary);
      added.exitOverride().copyInheritedSettings(program);
      if (heading !== null) added.helpGroup(heading);
      // What is not named is listed at most: declaring everybody's options takes longer than running a short command.
      if (!words.includes(command.name)) continue;
      for (const [flags, help] of command.options ?? []) added.option(flags, help);
      if (command.connects === true) for (const [flags, help] of REMOTE_FLAGS) added.option(flags, help);
      for (const [flags, help] of GLOBAL_FLAGS) added.option(flags, help);
      added.option(...SET_FLAG, gather);
      const examples = examplesOf(command);
      if (examples.length > 0) added.addHelpText("after", `\nExample${examples.length > 1 ? "s" : ""}:\n${examples.map(([line, what]) => `  ${line}\n      ${what}`).join("\n")}`);
      if (command.commands) declare(added, command.commands);
      const { load } = command;
      if (!load) continue;
      added.action(async () => {
        exitCode = await (await load()).run(contextOf(added.processedArgs, optionsOf(added), COMMANDS));
      });
    }
  };
  for (const { heading, commands } of COMMAND_GROUPS) declare(program, commands, heading);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return exitCode;
}

/** The options of a command and of those above it: the nearest counts, and every `--set` of any of them, in order. */
function optionsOf(command: Program): GlobalOptions & Record<string, unknown> {
  const own = command.opts<GlobalOptions & Record<string, unknown>>();
  if (command.parent === null) return own;
  const above = optionsOf(command.parent);
  return { ...above, ...own, set: [...(above.set ?? []), ...(own.set ?? [])] };
}

/** Gathers an option that may be repeated. */
function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Notes that output was lost, unless the command fails by itself. */
function outputFailed(error: Error): void {
  if (process.exitCode !== undefined && process.exitCode !== EXIT.ok) return;
  process.stderr.write(`${printError(new Error(`standard output cannot be written: ${error.message}`, { cause: error }))}\n`);
  process.exitCode = exitCodeOf(error);
}

watchOutput(outputFailed);

// graphql-js and others check much more outside production; commands load them after this line.
process.env.NODE_ENV ??= "production";

try {
  const exitCode = await main(process.argv.slice(2));
  if (exitCode !== EXIT.ok || process.exitCode === undefined) process.exitCode = exitCode;
} catch (error) {
  process.stderr.write(`${printError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
