import type { Comparison, Expression, ItemValue, ParsedExpression, Value } from "./ast.js";
import { expressionError, shown, type Explanation } from "./errors.js";
import { tokenize } from "./lexer.js";
import { MAX_COMPARISONS, MAX_DEPTH } from "./limits.js";
import type { RegexToken, ShortcutToken, Span, TermToken, Token } from "./token.js";

/** Words of other query languages, and how this one writes them. */
const FOREIGN_WORDS: ReadonlyMap<string, string> = new Map([
  ["and", "&&"], ["or", "||"], ["not", "!"], ["contains", "== *…*"], ["in", "== […]"], ["like", "=="], ["is", "=="],
]);

/**
 * Reads one expression by recursive descent. Grammar, loosest first:
 *
 *     expression = [ or ]
 *     or         = and { ( "||" | "|" ) and }
 *     and        = unary { ( "&&" | "&" ) unary }
 *     unary      = "!" unary | "(" or ")" | comparison
 *     comparison = name operator value
 */
class Parser {
  readonly #text: string;
  readonly #tokens: Generator<Token>;
  #token: Token;
  #depth = 0;
  #comparisons = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
    this.#token = this.#next();
  }

  expression(): Expression {
    if (this.#token.kind === "end") return { kind: "everything", span: { start: 0, end: this.#text.length } };
    const root = this.#or();
    if (!this.#at("end")) throw this.#unexpected(["&&", "||", "the end of the expression"]);
    return root;
  }

  /** Whether the current token is of a kind; a call, as reading on changes the token behind TypeScript's back. */
  #at(kind: Token["kind"]): boolean {
    return this.#token.kind === kind;
  }

  #next(): Token {
    const { value } = this.#tokens.next();
    // The generator ends after its "end" token, which no rule reads past.
    return value ?? { kind: "end", start: this.#text.length, end: this.#text.length };
  }

  #advance(): Token {
    const token = this.#token;
    this.#token = this.#next();
    return token;
  }

  #or(): Expression {
    return this.#joined("or", () => this.#joined("and", () => this.#unary()));
  }

  #joined(kind: "and" | "or", operand: () => Expression): Expression {
    const first = operand();
    if (!this.#at(kind)) return first;
    const items = [first];
    let last = first;
    while (this.#at(kind)) {
      this.#advance();
      last = operand();
      items.push(last);
    }
    return { kind, items, span: { start: first.span.start, end: last.span.end } };
  }

  #unary(): Expression {
    const token = this.#token;
    if (token.kind === "name") return this.#comparison();
    if (token.kind !== "not" && token.kind !== "open") throw this.#unexpected(["a field name", "(", "!"]);
    this.#depth++;
    if (this.#depth > MAX_DEPTH) throw this.#tooLarge(token, `an expression nested more than ${MAX_DEPTH} deep`);
    this.#advance();
    let expression: Expression;
    if (token.kind === "not") {
      const item = this.#unary();
      expression = { kind: "not", item, span: { start: token.start, end: item.span.end } };
    } else {
      expression = this.#or();
      if (!this.#at("close")) throw this.#unclosed(token);
      this.#advance();
    }
    this.#depth--;
    return expression;
  }

  #comparison(): Comparison {
    const name = this.#advance();
    if (name.kind !== "name") throw this.#unexpected(["a field name"]);
    const operator = this.#token;
    if (operator.kind !== "operator") throw this.#unexpected(["==", "!=", "<", "<=", ">", ">="], name);
    this.#comparisons++;
    if (this.#comparisons > MAX_COMPARISONS) throw this.#tooLarge(name, `an expression of more than ${MAX_COMPARISONS} comparisons`);
    this.#advance();
    const value = this.#value();
    return {
      kind: "comparison",
      field: { name: name.text, span: spanOf(name) },
      operator: operator.operator,
      value,
      span: { start: name.start, end: value.span.end },
    };
  }

  #value(): Value {
    const token = this.#advance();
    switch (token.kind) {
      case "term":
      case "regex":
      case "shortcut":
        return item(token);
      case "list":
        return { kind: "list", mode: token.mode, items: token.items.map(item), span: spanOf(token) };
      case "exists":
        return { kind: "exists", span: spanOf(token) };
      default:
        // The lexer gives nothing else after an operator.
        throw this.#fail(token, "a comparison without a value", { expected: ["a value"] });
    }
  }

  #fail(span: Span, message: string, explanation: Explanation = {}): Error {
    return expressionError("EXPRESSION_SYNTAX", this.#text, spanOf(span), message, explanation);
  }

  #tooLarge(span: Span, message: string): Error {
    return expressionError("EXPRESSION_TOO_LARGE", this.#text, spanOf(span), message);
  }

  #unclosed(open: Token): Error {
    if (this.#at("end")) return this.#fail(open, '"(" is not closed', { expected: [")"] });
    return this.#unexpected(["&&", "||", ")"]);
  }

  /** The current token has no place here; `before` is the name that an operator should have followed. */
  #unexpected(expected: readonly string[], before: Token | null = null): Error {
    const token = this.#token;
    for (const word of [before, token]) {
      const meant = word?.kind === "name" ? FOREIGN_WORDS.get(word.text.toLowerCase()) : undefined;
      if (word?.kind === "name" && meant !== undefined) {
        return this.#fail(word, `${shown(word.text)} is no operator of this language`, { expected, suggestions: [meant] });
      }
    }
    if (token.kind === "end") return this.#fail(before ?? token, "the expression ends too early", { expected });
    const written = this.#text.slice(token.start, token.end);
    // "uri == /a?b=c" and "host == a b": what continues a value unquoted shows here.
    const hint = token.kind === "operator" || token.kind === "name" ? " (a value with such characters is written in quotes)" : "";
    return this.#fail(token, `${shown(written)} is not expected here${hint}`, { expected });
  }
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function item(token: TermToken | RegexToken | ShortcutToken): ItemValue {
  const span = spanOf(token);
  switch (token.kind) {
    case "term":
      return { kind: "term", text: token.text, span };
    case "regex":
      return { kind: "regex", pattern: token.pattern, span };
    case "shortcut":
      return { kind: "shortcut", name: token.name, span };
  }
}

/**
 * The tree of a search expression. Blank text is `everything`. Throws EXPRESSION_SYNTAX with the place, and
 * EXPRESSION_TOO_LARGE over a bound of `limits.ts`. Linear in the text's length.
 */
export function parse(text: string): ParsedExpression {
  return { text, root: new Parser(text).expression() };
}
