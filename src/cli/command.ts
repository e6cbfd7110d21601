import type { LookbackConfig } from "../config/config.js";
import type { SettingKey } from "../config/settings.js";

/** Options that every command takes. */
export interface GlobalOptions {
  /** Path of config.ini. */
  readonly config?: string;
  readonly node?: string;
  /** Data directory. */
  readonly data?: string;
  /** `key=value` settings. */
  readonly set?: readonly string[];
}

/** What a command is run with. */
export interface CommandContext {
  /** Operands in order; a variadic one is a list. */
  readonly operands: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Reads the configuration, prints its warnings, and applies `overrides` on top. Throws CONFIG_INVALID. */
  config(overrides?: Readonly<Partial<Record<SettingKey, string>>>): Promise<LookbackConfig>;
  /** Writes to standard output, with a line end. */
  print(line: string): void;
  /** Writes to standard error, with a line end. */
  note(line: string): void;
}

/** A loaded command. Resolves to the exit code. */
export interface CommandModule {
  run(context: CommandContext): Promise<number>;
}

/** One command of the command line. Its module is only loaded when it runs, so that `--help` is fast. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Operands as commander writes them: `<file>`, `[path...]`. */
  readonly operands?: string;
  /** Flags as commander writes them, with their meaning. */
  readonly options?: readonly (readonly [flags: string, help: string])[];
  readonly commands?: readonly Command[];
  readonly load?: () => Promise<CommandModule>;
}
