import type { Operator, Span } from "./token.js";

/** A value as written: text with wildcards (`pattern.ts`). */
export interface TermValue {
  readonly kind: "term";
  readonly text: string;
  readonly span: Span;
}

/** A regular expression in portable form (`regex.ts`). */
export interface RegexValue {
  readonly kind: "regex";
  readonly pattern: string;
  readonly span: Span;
}

/** A stored list of values by name; the name may hold wildcards. */
export interface ShortcutValue {
  readonly kind: "shortcut";
  readonly name: string;
  readonly span: Span;
}

/** A value that may stand in a list. */
export type ItemValue = TermValue | RegexValue | ShortcutValue;

/** What a field is compared with. */
export type Value =
  | ItemValue
  | { readonly kind: "exists"; readonly span: Span }
  | { readonly kind: "list"; readonly mode: "any" | "all"; readonly items: readonly ItemValue[]; readonly span: Span };

/** One comparison of a field with a value. */
export interface Comparison {
  readonly kind: "comparison";
  readonly field: { readonly name: string; readonly span: Span };
  readonly operator: Operator;
  readonly value: Value;
  readonly span: Span;
}

/**
 * The tree of an expression, as written: it knows neither fields nor types. `and` and `or` have two items or more;
 * `everything` is the empty expression and stands only at the root.
 */
export type Expression =
  | { readonly kind: "everything"; readonly span: Span }
  | { readonly kind: "and" | "or"; readonly items: readonly Expression[]; readonly span: Span }
  | { readonly kind: "not"; readonly item: Expression; readonly span: Span }
  | Comparison;

/** A tree and the text that its spans point into. */
export interface ParsedExpression {
  readonly text: string;
  readonly root: Expression;
}
