import type { Printed, Setting } from "./setting.js";
import { settingKeys } from "./config.js";
import { isSecret, shownText } from "./secrets.js";
import { SETTINGS, type SettingKey } from "./settings.js";

const TYPES: Readonly<Record<Setting<unknown>["kind"], string>> = {
  integer: "integer", number: "number", boolean: "boolean", text: "string", list: "string", choice: "string", threshold: "string", pattern: "string",
};

/** `schema/config.schema.json`: every setting with type, range, default and meaning, as JSON Schema of one section. */
export function configSchema(): string {
  const properties: Record<string, unknown> = {};
  for (const key of settingKeys()) {
    const declared: Setting<unknown> = SETTINGS[key];
    properties[key] = {
      type: TYPES[declared.kind],
      description: declared.help,
      ...(declared.defaultValue === null ? {} : { default: declared.print(declared.defaultValue) }),
      ...(declared.minimum === null ? {} : { minimum: declared.minimum }),
      ...(declared.maximum === null ? {} : { maximum: declared.maximum }),
      ...(declared.choices === null ? {} : { enum: declared.choices }),
      "x-allowed": declared.allowed,
    };
  }
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "One section of config.ini",
    description: "Keys of Moloch and Arkime that are not listed are accepted and have no effect.",
    type: "object",
    properties,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** A value of a setting as config.ini has it, null when it is unset, without what is nobody's business. */
export function shownValue(key: SettingKey, value: unknown): Printed | null {
  if (value === null) return null;
  if (isSecret(key)) return "(secret)";
  const declared: Setting<unknown> = SETTINGS[key];
  const printed = declared.print(value);
  return typeof printed === "string" ? shownText(key, printed) : printed;
}

/** The default of a setting as config.ini has it; empty when it has none. */
export function printDefault(key: SettingKey): string {
  const declared: Setting<unknown> = SETTINGS[key];
  return declared.defaultValue === null ? "" : String(declared.print(declared.defaultValue));
}
