import type { Field } from "./field.js";

/** Text pattern of a string comparison. */
export type TextMatch =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "wildcard"; readonly pattern: string }
  | { readonly kind: "regex"; readonly pattern: string }
  /** Word-sequence match on a text field (phrase). */
  | { readonly kind: "phrase"; readonly words: readonly string[] };

/** A range of addresses, both ends included, as 16 bytes in lower-case hex (IPv4 mapped), and optionally a port. */
export interface AddressMatch {
  readonly low: string | null;
  readonly high: string | null;
  readonly port: number | null;
}

/** Where a test stands in the text that it was read from: UTF-16 offsets, `end` not included. */
export interface WrittenPlace {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Ordering operators. */
export type Ordering = "<" | "<=" | ">" | ">=";

/**
 * A test of one field, already checked against the catalogue. `any` lists mean "one value of the field matches one
 * of them"; `all` means "each of them is matched by some value of the field".
 */
export type FieldTest =
  | { readonly test: "exists" }
  | { readonly test: "text"; readonly mode: "any" | "all"; readonly matches: readonly TextMatch[] }
  | { readonly test: "number"; readonly mode: "any" | "all"; readonly ranges: readonly { readonly low: number; readonly high: number }[] }
  | { readonly test: "order"; readonly op: Ordering; readonly value: number }
  | { readonly test: "address"; readonly mode: "any" | "all"; readonly matches: readonly AddressMatch[] }
  | { readonly test: "addressOrder"; readonly op: Ordering; readonly value: string }
  | { readonly test: "boolean"; readonly value: boolean };

/**
 * An expression whose fields exist and whose values fit them. It knows no store. `!=` is `not` around a test; a
 * virtual field is an `or` over its members; `file ==` is a `file` node with the matching file ids resolved by the
 * catalogue before the store sees it; `written` is there until then, for errors.
 */
export type CheckedExpression =
  | { readonly node: "and"; readonly items: readonly CheckedExpression[] }
  | { readonly node: "or"; readonly items: readonly CheckedExpression[] }
  | { readonly node: "not"; readonly item: CheckedExpression }
  | { readonly node: "field"; readonly field: Field; readonly test: FieldTest }
  | { readonly node: "file"; readonly matches: readonly TextMatch[]; readonly fileIds: readonly number[] | null; readonly written?: WrittenPlace }
  | { readonly node: "ids"; readonly ids: readonly string[] }
  | { readonly node: "packetsAvailable"; readonly value: boolean }
  | { readonly node: "everything" };
