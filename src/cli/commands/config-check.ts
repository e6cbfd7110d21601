import { checkLogins, exposureWarning } from "../../app/logins.js";
import { storageWarnings } from "../../app/retention.js";
import { checkOtherSections, settingKeys } from "../../config/config.js";
import { shownValue } from "../../config/config-schema.js";
import { interfaceLines } from "../../config/interface-settings.js";
import { printOrigin } from "../../config/setting.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Prints every setting with where its value comes from. Warnings are on standard error; a bad value ends with code 78. */
export async function run({ config, options, print, note }: CommandContext): Promise<number> {
  const checked = await config();
  checkOtherSections(checked);
  checkLogins(checked);
  const exposed = exposureWarning(checked);
  const settings = settingKeys().map((key) => {
    const origin = checked.origins.get(key);
    return { key, value: shownValue(key, checked.values[key]), from: origin === undefined ? "default" : printOrigin(origin) };
  });
  const warnings = [...(await storageWarnings(checked)), ...(exposed === null ? [] : [exposed])];
  for (const message of warnings) note(`warning: ${message}`);
  const accepted = options["all"] === true ? checked.accepted.map(({ message }) => message) : [];
  const interfaces = interfaceLines(checked.entries).map(({ section, key, value, origin }) => ({ section, key, value, from: printOrigin(origin) }));
  if (options["json"] === true) {
    print(JSON.stringify({ file: checked.file, node: checked.node, sections: checked.sections, settings, interfaces, warnings: [...checked.warnings.map(({ message }) => message), ...warnings], notes: accepted }, null, 2));
    return EXIT.ok;
  }
  print(`file: ${checked.file ?? "none"}`);
  print(`node: ${checked.node}`);
  for (const { key, value, from } of settings) print(`${key}=${value ?? ""}  # ${from}`);
  for (const { section, key, value, from } of interfaces) print(`[${section}] ${key}=${value}  # ${from}`);
  for (const message of accepted) print(`note: ${message}`);
  print(checked.warnings.length === 0 ? "no unknown settings" : `${checked.warnings.length} unknown settings`);
  return EXIT.ok;
}
