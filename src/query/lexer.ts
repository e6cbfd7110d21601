import { expressionError, shown, type Explanation } from "./errors.js";
import { MAX_EXPRESSION_LENGTH, MAX_LIST_ITEMS } from "./limits.js";
import { patternOf } from "./pattern.js";
import { portableRegex, RegexFault } from "./regex.js";
import type { ListToken, Operator, RegexToken, ShortcutToken, Span, TermToken, Token } from "./token.js";

/** Characters of a value or name without quotes (Arkime's grammar, token STR). */
const BARE = /[-+A-Za-z0-9_.@:*?/$]+/y;
const SPACE = /\s*/y;
const OPERATOR = /==?|!=|<=?|>=?/y;
/** A quoted string: any characters, a backslash takes the next one with it. */
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
/**
 * A regular expression up to its first slash without a backslash. The look-ahead is bounded, or a text of many slashes
 * would be read over and over; it reaches further than MAX_REGEX_LENGTH, so that a long one is named as such.
 */
const REGEX = /\/((?:[^/\\]|\\.){1,4000})\//sy;
/** `$` and the name of a stored list. */
const SHORTCUT = /^\$[-+A-Za-z0-9_.@:*?/$]+$/;
/** An item of a list without quotes: up to a comma or a bracket. */
const ITEM = { any: /(?:[^,\]\\]|\\.)*/sy, all: /(?:[^,[\\]|\\.)*/sy } as const;
/** What may follow the regular expression of a list item; anything else makes it a path such as `/a/b`. */
const ITEM_END = { any: /\s*(?=[,\]])/y, all: /\s*(?=[,[])/y } as const;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *tokens(): Generator<Token> {
    let afterOperator = false;
    for (;;) {
      this.#skipSpace();
      const token: Token = afterOperator ? this.#value() : this.#structure();
      yield token;
      if (token.kind === "end") return;
      afterOperator = token.kind === "operator";
    }
  }

  #skipSpace(): void {
    this.#at += matchAt(SPACE, this.#text, this.#at)?.[0].length ?? 0;
  }

  #fail(span: Span, message: string, explanation: Explanation = {}): Error {
    return expressionError("EXPRESSION_SYNTAX", this.#text, span, message, explanation);
  }

  #take(length: number): Span {
    const start = this.#at;
    this.#at += length;
    return { start, end: this.#at };
  }

  /** Fields, operators and what joins comparisons. */
  #structure(): Token {
    const char = this.#text[this.#at];
    if (char === undefined) return { kind: "end", ...this.#take(0) };
    const operator = matchAt(OPERATOR, this.#text, this.#at)?.[0];
    if (operator !== undefined) {
      // "=" is Arkime's short form.
      return { kind: "operator", operator: operator === "=" ? "==" : (operator as Operator), ...this.#take(operator.length) };
    }
    if (char === "&" || char === "|") {
      return { kind: char === "&" ? "and" : "or", ...this.#take(this.#text[this.#at + 1] === char ? 2 : 1) };
    }
    if (char === "!") return { kind: "not", ...this.#take(1) };
    if (char === "(") return { kind: "open", ...this.#take(1) };
    if (char === ")") return { kind: "close", ...this.#take(1) };
    const name = matchAt(BARE, this.#text, this.#at)?.[0];
    if (name !== undefined) return { kind: "name", text: name, ...this.#take(name.length) };
    throw this.#strange();
  }

  /** A character that has no place outside quotes. */
  #strange(): Error {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const span = { start: this.#at, end: this.#at + char.length };
    if (char === '"') return this.#fail(span, "a quoted value where a field name belongs", { expected: ["a field name"] });
    return this.#fail(span, `${shown(char)} has no meaning here; a value that holds it is written in quotes`);
  }

  /** What may follow a comparison operator. */
  #value(): Token {
    const char = this.#text[this.#at];
    const expected = ["a value", "a list", "a regular expression", "EXISTS!"];
    if (char === undefined) throw this.#fail({ start: this.#at, end: this.#at }, "the expression ends where a value belongs", { expected });
    if (char === '"') return this.#quoted();
    if (char === "[") return this.#list("any");
    if (char === "]") return this.#list("all");
    if (char === "/") {
      const regex = this.#regex((after) => matchAt(BARE, this.#text, after) === null);
      if (regex !== null) return regex;
    }
    const word = matchAt(BARE, this.#text, this.#at)?.[0];
    if (word === undefined) {
      if (/[&|!()<>=]/.test(char)) throw this.#fail({ start: this.#at, end: this.#at + 1 }, `${shown(char)} where a value belongs`, { expected });
      throw this.#strange();
    }
    if (word === "EXISTS" && this.#text[this.#at + word.length] === "!") return { kind: "exists", ...this.#take(word.length + 1) };
    return this.#plain(word, this.#take(word.length));
  }

  /** A value without quotes. */
  #plain(written: string, span: Span): TermToken | ShortcutToken {
    if (SHORTCUT.test(written)) return { kind: "shortcut", name: written.slice(1), ...span };
    return { kind: "term", text: written, ...span };
  }

  #quoted(): TermToken {
    const quoted = matchAt(QUOTED, this.#text, this.#at)?.[0];
    if (quoted === undefined) throw this.#fail({ start: this.#at, end: this.#at + 1 }, "a quote that is not closed", { expected: ['"'] });
    return { kind: "term", text: patternOf(quoted.slice(1, -1), '"'), ...this.#take(quoted.length) };
  }

  /** A regular expression at the current slash, or null when what follows its end shows that it is none. */
  #regex(endsAt: (after: number) => boolean): RegexToken | null {
    const found = matchAt(REGEX, this.#text, this.#at);
    if (found === null || !endsAt(this.#at + found[0].length)) return null;
    const span = this.#take(found[0].length);
    // The slash is escaped for the sake of the grammar only.
    const written = (found[1] ?? "").replace(/\\(.)/gs, (pair, char: string) => (char === "/" ? "/" : pair));
    try {
      return { kind: "regex", pattern: portableRegex(written), ...span };
    } catch (error) {
      if (!(error instanceof RegexFault)) throw error;
      if (error.tooLarge) throw expressionError("EXPRESSION_TOO_LARGE", this.#text, span, error.message);
      const start = Math.min(span.start + 1 + error.offset, span.end - 1);
      throw this.#fail({ start, end: start + 1 }, error.message);
    }
  }

  #list(mode: "any" | "all"): ListToken {
    const [closing, name] = mode === "any" ? ["]", "[a,b]"] : ["[", "]a,b["];
    const start = this.#at;
    this.#at++;
    const items: (TermToken | RegexToken | ShortcutToken)[] = [];
    for (;;) {
      if (items.length >= MAX_LIST_ITEMS) {
        throw expressionError("EXPRESSION_TOO_LARGE", this.#text, { start, end: start + 1 }, `a list of more than ${MAX_LIST_ITEMS} items`);
      }
      this.#skipSpace();
      items.push(this.#item(mode));
      this.#skipSpace();
      const char = this.#text[this.#at];
      if (char === closing) break;
      if (char === undefined) throw this.#fail({ start, end: start + 1 }, "a list that is not closed", { expected: [shown(closing)] });
      if (char !== ",") throw this.#fail({ start: this.#at, end: this.#at + 1 }, `a list is written ${name}`, { expected: ['","', shown(closing)] });
      this.#at++;
    }
    this.#at++;
    return { kind: "list", mode, items, start, end: this.#at };
  }

  #item(mode: "any" | "all"): TermToken | RegexToken | ShortcutToken {
    if (this.#text[this.#at] === '"') return this.#quoted();
    if (this.#text[this.#at] === "/") {
      const regex = this.#regex((after) => matchAt(ITEM_END[mode], this.#text, after) !== null);
      if (regex !== null) return regex;
    }
    const written = (matchAt(ITEM[mode], this.#text, this.#at)?.[0] ?? "").trimEnd();
    if (written === "") throw this.#fail({ start: this.#at, end: this.#at + 1 }, "a list item is missing", { expected: ["a value"] });
    const span = this.#take(written.length);
    return this.#plain(patternOf(written, ',[]"'), span);
  }
}

/**
 * The tokens of an expression, the last one `end`. Throws EXPRESSION_TOO_LARGE for a text over
 * MAX_EXPRESSION_LENGTH before it reads any of it, and EXPRESSION_SYNTAX for what no token begins with.
 */
export function tokenize(text: string): Generator<Token> {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    const span = { start: MAX_EXPRESSION_LENGTH, end: text.length };
    throw expressionError("EXPRESSION_TOO_LARGE", text, span, `an expression of ${text.length} characters; at most ${MAX_EXPRESSION_LENGTH} are allowed`);
  }
  return new Lexer(text).tokens();
}

/** Whether a value can be written without quotes outside a list and read back as a plain term. */
export function isBareTerm(text: string): boolean {
  return /^[-+A-Za-z0-9_.@:*?][-+A-Za-z0-9_.@:*?/$]*$/.test(text);
}
