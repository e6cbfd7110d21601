const UUID_TEXT = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Whether a text can be the id of a row. */
export function isRowId(text: string): boolean {
  return UUID_TEXT.test(text);
}

/** An id as stores print it: lower case, with dashes. The text must be one. */
export function rowIdText(text: string): string {
  const hex = text.replaceAll("-", "").toLowerCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The 16 bytes of an id. */
export function rowIdBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** The id of 16 bytes. */
export function rowIdOf(bytes: Uint8Array): string {
  return rowIdText(Buffer.from(bytes).toString("hex"));
}

/** The time in an id: its first 48 bits, when the row's own first packet came, in milliseconds since 1970. It lies between the row's two times. */
export function idTimeMs(id: string): number {
  return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}
