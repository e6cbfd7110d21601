#!/usr/bin/env node
import { Command as Program, CommanderError } from "commander";
import type { Command, CommandContext, GlobalOptions } from "./command.js";
import { COMMANDS } from "./command-list.js";
import { EXIT, exitCodeOf, printError } from "./exit-code.js";

/** Runs the command line. Resolves to the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const program = new Program("lookback").description("Full packet capture with look-back: what happened, and the exact packets.");
  program.option("--config <file>", "config.ini to read (default: ./config.ini when there is one)");
  program.option("--node <name>", "name of this sensor (default: host name)");
  program.option("--data <directory>", "data directory (setting dataDir)");
  program.option("--set <key=value>", "setting that wins over config.ini; may be repeated", gather);
  program.exitOverride().enablePositionalOptions().showSuggestionAfterError();
  let exitCode: number = EXIT.ok;
  const declare = (parent: Program, commands: readonly Command[]): void => {
    for (const command of commands) {
      const added = parent.command(command.operands === undefined ? command.name : `${command.name} ${command.operands}`).description(command.summary);
      added.exitOverride().configureHelp({ showGlobalOptions: true });
      for (const [flags, help] of [...(command.options ?? []), ...GLOBAL_FLAGS]) added.option(flags, help);
      added.option("--set <key=value>", "setting that wins over config.ini; may be repeated", gather);
      if (command.commands) declare(added, command.commands);
      const { load } = command;
      if (!load) continue;
      added.action(async () => {
        const options = { ...program.opts<GlobalOptions>(), ...added.opts<GlobalOptions & Record<string, unknown>>() };
        exitCode = await (await load()).run(contextOf(added.processedArgs, options));
      });
    }
  };
  declare(program, COMMANDS);
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
  return exitCode;
}

/** Gathers an option that may be repeated. */
function gather(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Global options are taken behind the command as well as before it. */
const GLOBAL_FLAGS: readonly (readonly [string, string])[] = [
  ["--config <file>", "config.ini to read"], ["--node <name>", "name of this sensor"], ["--data <directory>", "data directory"],
  ];

function contextOf(operands: readonly unknown[], options: GlobalOptions & Record<string, unknown>): CommandContext {
  const note = (line: string): void => { process.stderr.write(`${line}\n`); };
  return {
    operands: operands.map((operand) => (Array.isArray(operand) ? operand.map(String) : operand === undefined ? undefined : String(operand))),
    options,
    async config(overrides = {}) {
      const { configOf } = await import("./configuration.js");
      return configOf(options, overrides, note);
    },
    print(line) { process.stdout.write(`${line}\n`); },
    note,
  };
}

// A reader that closed its end (`| head`) is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => { if (error.code === "EPIPE") process.exit(EXIT.ok); });

// graphql-js and others check much more outside production; commands load them after this line.
process.env.NODE_ENV ??= "production";

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${printError(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
