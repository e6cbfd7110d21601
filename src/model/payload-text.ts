import type { Field } from "./field.js";

/**
 * A stored value as expressions name it: of a text view (`payload8.src.utf8`), whose values are stored as hex, the text. Bytes that
 * are no UTF-8, or hold what cannot be typed, stay hex, which the field of the bytes is searched by.
 */
export function payloadText<T>({ view }: Pick<Field, "view">, value: T): T | string {
  return view === "utf8" && typeof value === "string" ? textOf(value) : value;
}

/** Control characters that are in no text. */
const UNTYPED = /[^\P{Cc}\t\r\n]/u;

function textOf(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) && !UNTYPED.test(text) ? text : hex;
}
