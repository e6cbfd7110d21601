import { printDefault } from "./config-schema.js";
import { settingKeys } from "./config.js";
import { ACCEPTED_KEYS } from "./known-keys.js";
import { isSecret } from "./secrets.js";
import type { Setting } from "./setting.js";
import { SETTINGS } from "./settings.js";

/** Longest line of a comment. */
const LINE = 100;

/**
 * A config.ini with every setting: those of `chosen` as lines, all others as comments with their defaults, each under its
 * meaning and what it may be. Keys of Arkime that have no effect yet may be chosen too; they come last and say so.
 */
export function commentedFile(chosen: ReadonlyMap<string, string>): string {
  const lines = [
    "# Configuration of Lookback. `lookback setup` writes one like this, `lookback config explain KEY` says more about a",
    "# setting, and `lookback config check` what is wrong. A section [NODE] with the name of a sensor wins over [default].",
    "",
    "[default]",
  ];
  for (const key of settingKeys()) {
    const declared: Setting<unknown> = SETTINGS[key];
    lines.push("", ...comment(`${declared.help.replace(/^Lookback: (.)/, (_, first: string) => first.toUpperCase())} Allowed: ${declared.allowed}.`));
    const value = chosen.get(key);
    const usual = isSecret(key) ? "" : escape(printDefault(key));
    lines.push(value === undefined ? `#${key}=${usual}` : `${key}=${escape(value)}`);
  }
  const waiting = [...chosen].filter(([key]) => !settingKeys().some((known) => known === key));
  for (const [key, value] of waiting) lines.push("", ...comment(`Without effect yet: ${ACCEPTED_KEYS.get(key)?.reason ?? "unknown"}.`), `${key}=${escape(value)}`);
  return `${lines.join("\n")}\n`;
}

/** As ini.ts reads it back. */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\");
}

function comment(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > LINE && line !== "#") {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
