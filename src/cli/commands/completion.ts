import { settingKeys } from "../../config/config.js";
import { packagedCatalogue } from "../../model/field-catalogue.js";
import { completedCommands } from "../completion.js";
import { bashScript, fishScript, zshScript } from "../completion-scripts.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Prints a completion script, made from the commands as this version has them. */
export function run({ operands: [shell], commands, print }: CommandContext): Promise<number> {
  if (shell !== "bash" && shell !== "zsh" && shell !== "fish") {
    return Promise.reject(new UsageError(`there is no completion for ${String(shell).slice(0, 40)}; there are ${Object.keys(SCRIPTS).join(", ")}`));
  }
  const fields = [...new Set(packagedCatalogue().names())].filter((name) => /^[\w.-]+$/.test(name)).sort();
  print(SCRIPTS[shell](completedCommands(commands), { fields, settings: settingKeys() }).trimEnd());
  return Promise.resolve(EXIT.ok);
}
