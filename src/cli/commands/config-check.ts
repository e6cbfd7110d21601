import { settingKeys } from "../../config/config.js";
import { printValue } from "../../config/config-schema.js";
import { printOrigin } from "../../config/setting.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Prints every setting with where its value comes from. Warnings are on standard error; a bad value ends with code 78. */
export async function run({ config, options, print }: CommandContext): Promise<number> {
  const checked = await config();
  print(`file: ${checked.file ?? "none"}`);
  print(`node: ${checked.node}`);
  for (const key of settingKeys()) {
    const value = checked.values[key];
    const origin = checked.origins.get(key);
    print(`${key}=${value === null ? "" : printValue(value)}  # ${origin === undefined ? "default" : printOrigin(origin)}`);
  }
  if (options["all"] === true) for (const { message } of checked.accepted) print(`note: ${message}`);
  print(checked.warnings.length === 0 ? "no unknown settings" : `${checked.warnings.length} unknown settings`);
  return EXIT.ok;
}
