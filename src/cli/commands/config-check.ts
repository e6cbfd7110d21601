import { checkCaptureFilters, checkOtherFilters, checkRowSettings } from "../../app/engine-check.js";
import { checkLogins, exposureWarning } from "../../app/logins.js";
import { storageWarnings } from "../../app/retention.js";
import type { LookbackError } from "../../base/errors.js";
import { collected, collectedLater, throwTogether } from "../../config/collected-errors.js";
import { checkOtherSections, settingKeys, type LookbackConfig } from "../../config/config.js";
import { shownValue } from "../../config/config-schema.js";
import { interfaceLines } from "../../config/interface-settings.js";
import { printOrigin, type SayClamped } from "../../config/setting.js";
import { unusedNotes } from "../../config/unused-keys.js";
import { loadNativeCore } from "../../native/native.js";
import type { CommandContext } from "../command.js";
import { counted } from "../counted.js";
import { EXIT } from "../exit-code.js";

/** Prints every setting with where its value comes from. Warnings are on standard error; a bad value ends with code 78. */
export async function run({ config, options, print, note }: CommandContext): Promise<number> {
  const checked = await config();
  const clamped: string[] = [];
  await checkWhole(checked, (message) => { clamped.push(message); });
  const exposed = exposureWarning(checked);
  const settings = settingKeys().map((key) => {
    const origin = checked.origins.get(key);
    return { key, value: shownValue(key, checked.values[key]), from: origin === undefined ? "default" : printOrigin(origin) };
  });
  const warnings = [...clamped, ...(await storageWarnings(checked)), ...(exposed === null ? [] : [exposed])];
  for (const message of warnings) note(`warning: ${message}`);
  const notes = [...unusedNotes(checked), ...(options["all"] === true ? checked.accepted.map(({ message }) => message) : [])];
  const interfaces = interfaceLines(checked.entries).map(({ section, key, value, origin }) => ({ section, key, value, from: printOrigin(origin) }));
  if (options["json"] === true) {
    print(JSON.stringify({ file: checked.file, node: checked.node, sections: checked.sections, settings, interfaces, warnings: [...checked.warnings.map(({ message }) => message), ...warnings], notes }, null, 2));
    return EXIT.ok;
  }
  print(`file: ${checked.file ?? "none"}`);
  print(`node: ${checked.node}`);
  for (const { key, value, from } of settings) print(`${key}=${value ?? ""}  # ${from}`);
  for (const { section, key, value, from } of interfaces) print(`[${section}] ${key}=${value}  # ${from}`);
  for (const message of notes) print(`note: ${message}`);
  const unknown = checked.warnings.filter(({ kind }) => kind === "unknown-key").length;
  print(unknown === 0 ? "no unknown settings" : counted(unknown, "unknown setting"));
  return EXIT.ok;
}

/** Tells of numbers of other nodes for which a bound is taken. Throws CONFIG_INVALID for all that would keep a process of the configuration, or of another node in its file, from starting. Nothing is asked over the network but names in filters. */
async function checkWhole(config: LookbackConfig, say: SayClamped): Promise<void> {
  const native = loadNativeCore();
  const errors: LookbackError[] = [];
  collected(errors, () => { checkOtherSections(config, say); });
  collected(errors, () => { checkLogins(config); });
  await collectedLater(errors, () => checkRowSettings(config, native));
  await collectedLater(errors, () => checkCaptureFilters(config, native));
  await collectedLater(errors, () => checkOtherFilters(config, native));
  // Its client is large, and loaded only where the index is in a cluster.
  if (config.values.indexStore === "elasticsearch") await collectedLater(errors, async () => (await import("../../app/cluster.js")).checkCluster(config));
  throwTogether(errors);
}
