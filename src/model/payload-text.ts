import type { Field } from "./field.js";

/**
 * A stored value as expressions name it: of a text view (`payload8.src.utf8`), whose values are stored as hex, the text. Bytes that
 * are no UTF-8, hold what cannot be typed or read like such bytes are hex behind `0x`: no two values print alike.
 */
export function payloadText<T>({ view }: Pick<Field, "view">, value: T): T | string {
  return view === "utf8" && typeof value === "string" ? textOf(value) : value;
}

/** How bytes that are no text are written. */
const BYTES = /^0x((?:[0-9a-f]{2})+)$/;

/** The hex that a value of a text view names as `payloadText` prints it, or null for a text. */
export function payloadBytes(text: string): string | null {
  return BYTES.exec(text)?.[1] ?? null;
}

/** Control characters that are in no text. */
const UNTYPED = /[^\P{Cc}\t\r\n]/u;

function textOf(hex: string): string {
  const bytes = Buffer.from(hex, "hex");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) && !UNTYPED.test(text) && !BYTES.test(text) ? text : `0x${hex}`;
}
