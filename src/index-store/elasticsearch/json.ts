/** JSON of a cluster as it is read: nothing about its shape is believed before it was looked at. */
export type Json = unknown;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value below some names, or undefined when there is none. */
export function at(value: Json, ...names: readonly string[]): Json {
  let here = value;
  for (const name of names) here = isObject(here) ? here[name] : undefined;
  return here;
}

/** An object's members, none when it is no object. */
export function objectOf(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** A list's items, none when it is no list. */
export function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A number, 0 when it is none; some answers print numbers as text. */
export function numberOf(value: Json): number {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

/** A number, or null. */
export function numberOrNull(value: Json): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A text, empty when it is none. */
export function textOf(value: Json): string {
  return typeof value === "string" ? value : "";
}
