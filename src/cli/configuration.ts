import { LookbackError } from "../base/errors.js";
import { throwTogether } from "../config/collected-errors.js";
import { loadConfig, settingKeys, type LookbackConfig } from "../config/config.js";
import { nearestNames } from "../base/nearest-name.js";
import { ACCEPTED_KEYS } from "../config/known-keys.js";
import type { SettingKey } from "../config/settings.js";
import type { GlobalOptions } from "./command.js";

/** The configuration of a command line: its options win over environment and file. Warnings go to `note`. */
export function configOf(options: GlobalOptions, more: Readonly<Partial<Record<SettingKey, string>>>, note: (line: string) => void): LookbackConfig {
  const overrides = assignedSettings(options);
  if (options.data !== undefined) overrides.dataDir = options.data;
  const config = loadConfig({
    file: options.config ?? null, node: options.node ?? null, overrides: { ...overrides, ...more },
    // src/config is handed the environment.
    environment: process.env, workingDirectory: process.cwd(),
  });
  for (const { message } of config.warnings) note(`warning: ${message}`);
  return config;
}

/** What `--set` gives, by key; of the same key the last one. Throws CONFIG_INVALID with all that have no effect: unlike a file, a command line has no settings left over from Arkime. */
export function assignedSettings({ set = [] }: Pick<GlobalOptions, "set">): Partial<Record<SettingKey, string>> {
  const assigned: Partial<Record<SettingKey, string>> = {};
  const errors: LookbackError[] = [];
  for (const assignment of set) {
    const equals = assignment.indexOf("=");
    const key = assignment.slice(0, Math.max(equals, 0));
    if (equals > 0 && isSettingKey(key)) assigned[key] = assignment.slice(equals + 1);
    else errors.push(new LookbackError("CONFIG_INVALID", `--set ${assignment.slice(0, 80)}: ${whyNot(equals < 1 ? assignment : key, equals)}`));
  }
  throwTogether(errors);
  return assigned;
}

function whyNot(key: string, equals: number): string {
  if (equals > 0 && ACCEPTED_KEYS.has(key)) return `${key} has no effect here; leave it out`;
  const [near = null] = nearestNames(key, settingKeys(), 1);
  return `expected key=value with a known key${near === null ? "" : `; did you mean ${near}?`}`;
}

function isSettingKey(key: string): key is SettingKey {
  return settingKeys().some((known) => known === key);
}
