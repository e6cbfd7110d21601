/** Part of an expression's text: UTF-16 offsets, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Comparison operators; `=` is read as `==`. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/**
 * Text of a value. Wildcards stand as `*` and `?`; the same characters meant literally are `\*` and `\?`, and a
 * backslash is `\\`. Every other character is itself. See `pattern.ts`.
 */
export interface TermToken extends Span {
  readonly kind: "term";
  readonly text: string;
}

/** A regular expression without its slashes, in the portable form of `regex.ts`. */
export interface RegexToken extends Span {
  readonly kind: "regex";
  readonly pattern: string;
}

/** `$name`: a stored list. The name may hold wildcards. */
export interface ShortcutToken extends Span {
  readonly kind: "shortcut";
  readonly name: string;
}

/** `[a,b]` (any) or `]a,b[` (all). */
export interface ListToken extends Span {
  readonly kind: "list";
  readonly mode: "any" | "all";
  readonly items: readonly (TermToken | RegexToken | ShortcutToken)[];
}

/** What the lexer makes of the text; `name` stands where a field is expected, values after an operator. */
export type Token =
  | (Span & { readonly kind: "name"; readonly text: string })
  | (Span & { readonly kind: "operator"; readonly operator: Operator })
  | (Span & { readonly kind: "and" | "or" | "not" | "open" | "close" | "exists" | "end" })
  | TermToken
  | RegexToken
  | ShortcutToken
  | ListToken;
