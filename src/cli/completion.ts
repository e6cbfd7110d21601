import type { Command } from "./command.js";
import { GLOBAL_FLAGS, REMOTE_FLAGS, SET_FLAG } from "./flags.js";

/** What may stand at a place of the command line. */
export type Words = readonly string[] | "file" | "directory" | "field" | "setting" | "assignment" | null;

/** One option of a command, for completion. */
export interface CompletedOption {
  /** `--limit`, or several spellings. */
  readonly names: readonly string[];
  readonly help: string;
  readonly takesValue: boolean;
  readonly values: Words;
}

/** One command that a script completes: its path of words, and what may follow. */
export interface CompletedCommand {
  readonly path: readonly string[];
  readonly summary: string;
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
  readonly operand: Words;
}

/** Values of options that every command has. */
const GLOBAL_VALUES: Readonly<Record<string, Words>> = { "--config": "file", "--data": "directory", "--ca": "file", "--set": "assignment" };

/** Every command with what may follow it, the program itself (an empty path) first. */
export function completedCommands(commands: readonly Command[]): readonly CompletedCommand[] {
  const found: CompletedCommand[] = [];
  const visit = (path: readonly string[], summary: string, command: Partial<Command>, inner: readonly Command[]): void => {
    const flags = [...(command.options ?? []), ...(command.connects === true ? REMOTE_FLAGS : []), ...GLOBAL_FLAGS, SET_FLAG, ["--help", "show the help"] as const];
    found.push({
      path, summary, subcommands: inner.map(({ name, summary: what }) => ({ name, summary: what })),
      options: flags.map(([spelling, help]) => optionOf(spelling, help, command.completes ?? {})),
      operand: command.completes?.["operand"] ?? null,
    });
    for (const one of inner) visit([...path, one.name], one.summary, one, one.commands ?? []);
  };
  visit([], "", {}, commands);
  return found;
}

function optionOf(spelling: string, help: string, completes: Readonly<Record<string, Words>>): CompletedOption {
  const names = spelling.split(/[ ,]+/).filter((word) => word.startsWith("-"));
  const long = names.find((name) => name.startsWith("--")) ?? names[0] ?? "";
  return { names, help, takesValue: /[<[]/.test(spelling), values: completes[long] ?? GLOBAL_VALUES[long] ?? null };
}
