import { printDefault } from "./config-schema.js";
import { settingKeys } from "./config.js";
import { ACCEPTED_KEYS, DATA_SECTIONS, type KnownKey } from "./known-keys.js";
import { LIVE_KEYS } from "./live-config.js";
import { isSecret } from "./secrets.js";
import type { Setting } from "./setting.js";
import { SETTINGS } from "./settings.js";

/** Start of the meaning of settings that Arkime has not. */
const OWN = /^Lookback: /;

/** `docs/settings.md`: every setting of Lookback, Moloch and Arkime, and what became of it. */
export function settingsPage(): string {
  const keys = [...settingKeys()].sort(byName);
  const arkime = keys.filter((key) => !OWN.test(SETTINGS[key].help));
  const own = keys.filter((key) => OWN.test(SETTINGS[key].help));
  return `<!-- Made by \`npm run generate\`; do not edit. -->
# Settings

Every key that a config.ini of Moloch or Arkime can have, and what became of it; then the keys that only Lookback has. Where
a setting is looked up: [operations.md](operations.md#configuration). One key at a time: \`lookback config explain KEY\`.

| | Keys |
|---|---|
| honoured | ${arkime.length} |
| not needed here | ${count("not-needed")} |
| not there yet | ${count("not-yet")} |
| of Lookback alone | ${own.length} |

## Keys of Arkime that are honoured

"live" says that a running service takes the setting up at SIGHUP.

${tableOf(arkime)}

## Keys of Lookback alone

${tableOf(own)}

## Keys of Arkime that are not needed here

Accepted without a warning, without effect.

${groupsOf("not-needed")}

## Keys of Arkime that are not there yet

Accepted without a warning, without effect; the reason names the part that they wait for.

${groupsOf("not-yet")}

## Sections of data

Accepted without looking into them; none has an effect yet.

| Section | Is for |
|---|---|
${[...DATA_SECTIONS].map(([name, what]) => `| \`[${name}]\` | ${what} |`).join("\n")}
`;
}

function count(status: KnownKey["status"]): number {
  return [...ACCEPTED_KEYS.values()].filter((known) => known.status === status).length;
}

function tableOf(keys: readonly (keyof typeof SETTINGS)[]): string {
  const lines = keys.map((key) => {
    const declared: Setting<unknown> = SETTINGS[key];
    const defaultValue = printDefault(key);
    const notes = [LIVE_KEYS.has(key) ? "live" : "", isSecret(key) ? "secret" : ""].filter((note) => note !== "").join(", ");
    return `| \`${key}\` | ${defaultValue === "" ? "" : `\`${cell(defaultValue)}\``} | ${cell(declared.allowed)} | ${cell(declared.help.replace(OWN, ""))} | ${notes} |`;
  });
  return ["| Key | Default | Allowed | Meaning | |", "|---|---|---|---|---|", ...lines].join("\n");
}

function groupsOf(status: KnownKey["status"]): string {
  const groups = new Map<string, string[]>();
  for (const [key, known] of ACCEPTED_KEYS) if (known.status === status) groups.set(known.reason, [...(groups.get(known.reason) ?? []), key]);
  const lines = [...groups].map(([reason, keys]) => `| ${reason} | ${keys.sort(byName).map((key) => `\`${key}\``).join(" ")} |`);
  return [`| ${status === "not-needed" ? "Why" : "Waits for"} | Keys |`, "|---|---|", ...lines].join("\n");
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}

/** Text of a cell: a bar would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
