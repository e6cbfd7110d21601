import type { LookbackConfig } from "../config/config.js";
import type { Command, CommandContext, GlobalOptions } from "./command.js";
import { EXIT } from "./exit-code.js";
import { outputUnread } from "./output.js";
import { remoteService, remoteUrl } from "./remote-service.js";
import { terminalOf } from "./terminal.js";

/** What one of `commands` is run with, from its words. Everything heavy is loaded when it is asked for. */
export function contextOf(operands: readonly unknown[], options: GlobalOptions & Record<string, unknown>, commands: readonly Command[]): CommandContext {
  const note = (line: string): void => { process.stderr.write(`${line}\n`); };
  const abort = new AbortController();
  let plain: Promise<LookbackConfig> | null = null;
  let listening = false;
  const reread: CommandContext["reread"] = async (overrides = {}) => {
    const { configOf } = await import("./configuration.js");
    return configOf(options, overrides, note);
  };
  const config: CommandContext["config"] = (overrides = {}) => {
    if (Object.keys(overrides).length > 0) return reread(overrides);
    // Asked for twice, its warnings are printed once.
    plain ??= reread();
    return plain;
  };
  return {
    operands: operands.map((operand) => (Array.isArray(operand) ? operand.map(String) : operand === undefined ? undefined : String(operand))),
    options,
    config,
    reread,
    async connect(access, waitMs, until) {
      const { connect } = await import("./connect.js");
      // The first interrupt ends what runs, so that it is cleaned up after; the second one ends the process.
      if (!listening) process.once("SIGINT", () => { abort.abort(); });
      listening = true;
      // Who only reads has nothing to finish once nobody looks.
      if (access === "read") outputUnread.addEventListener("abort", () => process.exit(EXIT.ok));
      const signal = until === undefined ? abort.signal : AbortSignal.any([abort.signal, until]);
      return connect({ remote: remoteService(options, process.env, note), config: () => config(), signal }, access, waitMs);
    },
    get remote() { return remoteUrl(options, process.env); },
    signal: abort.signal,
    print(line) { process.stdout.write(`${line}\n`); },
    note,
    commands,
    get terminal() { return terminalOf(process.stdout, process.env); },
  };
}
