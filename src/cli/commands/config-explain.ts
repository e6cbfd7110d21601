import { ACCEPTED_KEYS } from "../../config/known-keys.js";
import { shownValue } from "../../config/config-schema.js";
import { settingKeys, type LookbackConfig } from "../../config/config.js";
import { LIVE_KEYS } from "../../config/live-config.js";
import { shownText } from "../../config/secrets.js";
import { printOrigin, type Setting } from "../../config/setting.js";
import { SETTINGS, type SettingKey } from "../../config/settings.js";
import { unusedReason } from "../../config/unused-keys.js";
import { LookbackError } from "../../base/errors.js";
import { nearestNames } from "../../base/nearest-name.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

/** Says what a setting means, what it may be, what it is here, and which line or variable decided it. */
export async function run({ operands: [key], options, config: configOf, print, terminal }: CommandContext): Promise<number> {
  if (typeof key !== "string") throw new UsageError("name a setting");
  const config = await configOf();
  const facts = isSetting(key) ? factsOf(key, config) : acceptedFacts(key, config);
  if (options["json"] === true) {
    print(JSON.stringify({ key, ...facts }, null, 2));
    return EXIT.ok;
  }
  print(terminal.bold(key));
  for (const [name, value] of Object.entries(facts)) {
    const lines = Array.isArray(value) ? value.map(String) : [value === null ? "(unset)" : String(value)];
    for (const [at, line] of lines.entries()) print(`  ${(at === 0 ? `${name}:` : "").padEnd(11)} ${line}`);
  }
  return EXIT.ok;
}

type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

function factsOf(key: SettingKey, config: LookbackConfig): Facts {
  const declared: Setting<unknown> = SETTINGS[key];
  const origin = config.origins.get(key);
  const unused = unusedReason(key, config.values);
  return {
    meaning: declared.help, allowed: declared.allowed,
    default: declared.defaultValue === null ? null : declared.print(declared.defaultValue),
    value: shownValue(key, config.values[key]),
    from: origin === undefined ? "default" : printOrigin(origin),
    ...(unused === null ? {} : { used: `no: ${unused}` }),
    written: writtenAt(key, config),
    changes: LIVE_KEYS.has(key) ? "at SIGHUP" : "at the next start",
  };
}

function acceptedFacts(key: string, config: LookbackConfig): Facts {
  const known = ACCEPTED_KEYS.get(key);
  if (known === undefined) {
    const near = nearestNames(key, [...settingKeys(), ...ACCEPTED_KEYS.keys()], 3);
    throw new LookbackError("NOT_FOUND", `there is no setting ${key.slice(0, 80)}${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`, { suggestions: near });
  }
  return { meaning: "a setting of Arkime that is accepted without effect", why: `${known.status === "not-yet" ? "not there yet" : "not needed"}: ${known.reason}`, written: writtenAt(key, config) };
}

/** Every place that the key is written at, with the one that counts. */
function writtenAt(key: string, { entries, sections, origins }: LookbackConfig): readonly string[] {
  const decided = isSetting(key) ? origins.get(key) : undefined;
  return entries.filter((entry) => entry.key === key).map(({ section, value, origin }) => {
    const counts = origin === decided ? "  <- counts" : sections.includes(section) ? "" : "  (not of this node)";
    return `${printOrigin(origin)} [${section}] ${key}=${shownText(key, value)}${counts}`;
  });
}

function isSetting(key: string): key is SettingKey {
  return settingKeys().some((known) => known === key);
}
