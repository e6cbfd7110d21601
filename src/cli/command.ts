import type { LookbackConfig } from "../config/config.js";
import type { SettingKey } from "../config/settings.js";
import type { Access, Connection } from "./connection.js";
import type { Terminal } from "./terminal.js";

/** Options that every command takes. */
export interface GlobalOptions {
  /** Path of config.ini. */
  readonly config?: string;
  readonly node?: string;
  /** Data directory. */
  readonly data?: string;
  /** `key=value` settings. */
  readonly set?: readonly string[];
  /** A remote service, for commands that connect. */
  readonly url?: string;
  readonly token?: string;
  readonly ca?: string;
}

/** What a command is run with. */
export interface CommandContext {
  /** Operands in order; a variadic one is a list. */
  readonly operands: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Reads the configuration, prints its warnings, and applies `overrides` on top. Throws CONFIG_INVALID. */
  config(overrides?: Readonly<Partial<Record<SettingKey, string>>>): Promise<LookbackConfig>;
  /** Reads the configuration anew: what changed since. Throws CONFIG_INVALID. */
  reread(overrides?: Readonly<Partial<Record<SettingKey, string>>>): Promise<LookbackConfig>;
  /**
   * Connects to the service that `--url` names, to the one that runs on the data directory, or to the directory itself.
   * The caller closes it. An interrupt (Ctrl-C) ends operations that run, as `until` does. `waitMs` is how long another command
   * that changes the directory is waited for.
   */
  connect(access: Access, waitMs?: number, until?: AbortSignal): Promise<Connection>;
  /** URL of the remote service that is named, or null. */
  readonly remote: string | null;
  /** Aborts at an interrupt once `connect` was called. */
  readonly signal: AbortSignal;
  /** Writes to standard output, with a line end. */
  print(line: string): void;
  /** Writes to standard error, with a line end. */
  note(line: string): void;
  /** Every command of this version, for what describes the command line itself. */
  readonly commands: readonly Command[];
  /** How standard output may look. */
  readonly terminal: Terminal;
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
  /** Command lines to learn from, each with what it does; every command that runs has one. */
  readonly examples?: readonly (readonly [line: string, what: string])[];
  /** Whether it works through a `Connection`, and so takes `--url`, `--token` and `--ca`. */
  readonly connects?: boolean;
  /** Words that an operand or option takes, for shell completion: by option name (`--by`), or `operand`. */
  readonly completes?: Readonly<Record<string, readonly string[] | "file" | "directory" | "field" | "setting">>;
  readonly commands?: readonly Command[];
  readonly load?: () => Promise<CommandModule>;
}

/** What the help of a command shows: its examples, or one of each command below it. */
export function examplesOf({ examples, commands = [] }: Command): NonNullable<Command["examples"]> {
  return examples ?? commands.flatMap((one) => examplesOf(one).slice(0, 1));
}
