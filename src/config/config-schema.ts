import type { Setting } from "./setting.js";
import { settingKeys } from "./config.js";
import { SETTINGS } from "./settings.js";

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
      ...(declared.defaultValue === null ? {} : { default: printValue(declared.defaultValue) }),
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

/** Whether a setting's value is nobody's business: it is never printed. */
export function isSecret(key: string): boolean {
  return /secret|password|basicauth|apikey|keypass/i.test(key);
}

/** A value as config.ini has it. */
export function printValue(value: unknown): string | number | boolean {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof RegExp) return `${value.ignoreCase ? "(?i)" : ""}${value.source}`;
  if (Array.isArray(value)) return value.join(";");
  if (typeof value === "object" && value !== null && "unit" in value && "value" in value) {
    const printed = `${String(value.value)}${value.unit === "percent" ? "%" : ""}`;
    const others = "directories" in value && Array.isArray(value.directories) ? value.directories.map((one: unknown) => `${directoryOf(one)}=${String(printValue(one))}`) : [];
    return [printed, ...others].join(";");
  }
  return "";
}

function directoryOf(value: unknown): string {
  return typeof value === "object" && value !== null && "directory" in value ? String(value.directory) : "";
}
