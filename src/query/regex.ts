import { MAX_REGEX_DEPTH, MAX_REGEX_LENGTH, MAX_REGEX_REPEAT } from "./limits.js";

/** A fault in a regular expression: offset in the pattern and what is wrong there. */
export class RegexFault extends Error {
  readonly offset: number;
  readonly tooLarge: boolean;

  constructor(offset: number, message: string, tooLarge = false) {
    super(message);
    this.name = "RegexFault";
    this.offset = offset;
    this.tooLarge = tooLarge;
  }
}

/** Characters that one of the two engines (RE2, Lucene) reads as an operator where the other does not. */
const LITERAL = new Set('^$~@&#<>"]}');
/** Classes that both engines know. */
const CLASSES = new Set("dDwWsS");
const CONTROL: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const MUST_ESCAPE = new Set('\\.+*?()[]{}|^$~@&#<>"');

/** Matches nothing but the empty text; Lucene refuses an alternative that is written as nothing. */
const EMPTY = "()";

const escape = (char: string): string => (MUST_ESCAPE.has(char) ? `\\${char}` : char);

/** Reads one pattern once, left to right; recursion is bounded by MAX_REGEX_DEPTH. */
class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  whole(): string {
    const { text } = this.#alternatives(0);
    if (this.#at < this.#pattern.length) throw new RegexFault(this.#at, 'unbalanced ")" in the regular expression');
    return text === "" ? EMPTY : text;
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? "";
  }

  /** Alternatives up to `)` or the end; `repeats` is the largest product of counted repetitions inside. */
  #alternatives(depth: number): { text: string; repeats: number } {
    const branches: string[] = [];
    let text = "";
    let repeats = 1;
    while (this.#at < this.#pattern.length && this.#peek() !== ")") {
      if (this.#peek() === "|") {
        branches.push(text);
        text = "";
        this.#at++;
        continue;
      }
      const start = this.#at;
      const atom = this.#atom(depth);
      const quantifier = this.#quantifier();
      const product = atom.repeats * quantifier.count;
      if (product > MAX_REGEX_REPEAT) throw new RegexFault(start, `a repetition of more than ${MAX_REGEX_REPEAT}`, true);
      repeats = Math.max(repeats, product);
      text += atom.text + quantifier.text;
    }
    if (branches.length === 0) return { text, repeats };
    return { text: [...branches, text].map((branch) => (branch === "" ? EMPTY : branch)).join("|"), repeats };
  }

  #atom(depth: number): { text: string; repeats: number } {
    const start = this.#at;
    const char = this.#peek();
    this.#at++;
    if (char === "(") return this.#group(start, depth);
    if (char === "[") return { text: this.#class(start), repeats: 1 };
    if (char === "\\") return { text: this.#escaped(false), repeats: 1 };
    if (char === ".") return { text: ".", repeats: 1 };
    if (char === "{" || "*+?".includes(char)) throw new RegexFault(start, `nothing before "${char}" to repeat`);
    if (LITERAL.has(char)) return { text: `\\${char}`, repeats: 1 };
    return { text: this.#symbol(char), repeats: 1 };
  }

  /** The whole code point that starts with `char`: a quantifier counts code points in both engines. */
  #symbol(char: string): string {
    if (/[\uD800-\uDBFF]/.test(char) && /[\uDC00-\uDFFF]/.test(this.#peek())) return char + (this.#pattern[this.#at++] ?? "");
    return char;
  }

  #group(start: number, depth: number): { text: string; repeats: number } {
    if (depth >= MAX_REGEX_DEPTH) throw new RegexFault(start, `groups nested more than ${MAX_REGEX_DEPTH} deep`, true);
    if (this.#peek() === "?") throw new RegexFault(start, "(?…) is not supported");
    const inner = this.#alternatives(depth + 1);
    if (this.#peek() !== ")") throw new RegexFault(start, '"(" is not closed');
    this.#at++;
    return { text: `(${inner.text})`, repeats: inner.repeats };
  }

  /** A backslash was read; the escape in portable form. */
  #escaped(inClass: boolean): string {
    const at = this.#at - 1;
    const char = this.#peek();
    this.#at++;
    if (char === "") throw new RegexFault(at, "a backslash at the end of the regular expression");
    if (CLASSES.has(char)) return `\\${char}`;
    const control = CONTROL[char];
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(char)) throw new RegexFault(at, `"\\${char}" is not supported in regular expressions`);
    return inClass ? classLiteral(char) : escape(this.#symbol(char));
  }

  #class(start: number): string {
    let text = "[";
    if (this.#peek() === "^") {
      text += "^";
      this.#at++;
    }
    let empty = true;
    for (;;) {
      const at = this.#at;
      const char = this.#peek();
      this.#at++;
      if (char === "") throw new RegexFault(start, '"[" is not closed');
      if (char === "]" && !empty) return `${text}]`;
      if (char === "[" && this.#peek() === ":") throw new RegexFault(at, "[:…:] is not supported");
      empty = false;
      const low = char === "\\" ? this.#escaped(true) : classLiteral(this.#symbol(char));
      if (this.#peek() !== "-" || "]".includes(this.#pattern[this.#at + 1] ?? "]")) {
        text += low;
        continue;
      }
      this.#at++;
      const next = this.#peek();
      this.#at++;
      const high = next === "\\" ? this.#escaped(true) : classLiteral(this.#symbol(next));
      if (isClass(low) || isClass(high) || pointOf(low) > pointOf(high)) throw new RegexFault(at, "a range of characters that is reversed or no range");
      text += `${low}-${high}`;
    }
  }

  /** Quantifier after an atom; `count` is the largest number of repetitions that is written out, 1 for none. */
  #quantifier(): { text: string; count: number } {
    const start = this.#at;
    const char = this.#peek();
    let text = "";
    let count = 1;
    if (char !== "" && "*+?".includes(char)) {
      text = char;
      this.#at++;
    } else if (char === "{") {
      const counted = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#pattern.slice(start, start + 24));
      if (counted === null) throw new RegexFault(start, "a repetition is {n}, {n,} or {n,m}");
      const low = Number(counted[1]);
      const high = counted[3] === undefined || counted[3] === "" ? low : Number(counted[3]);
      if (high < low) throw new RegexFault(start, "a repetition with its bounds reversed");
      count = Math.max(1, high);
      const open = counted[2] !== undefined && (counted[3] === undefined || counted[3] === "");
      text = open ? `{${low},}` : low === high ? `{${low}}` : `{${low},${high}}`;
      this.#at += counted[0].length;
    } else {
      return { text, count };
    }
    const next = this.#peek();
    if (next !== "" && "*+?{".includes(next)) throw new RegexFault(this.#at, "one repetition directly after another");
    return { text, count };
  }
}

const isClass = (text: string): boolean => /^\\[dDwWsS]$/.test(text);
const pointOf = (text: string): number => (text.startsWith("\\") ? text.slice(1) : text).codePointAt(0) ?? 0;

function classLiteral(char: string): string {
  return "\\]^-[\"&".includes(char) ? `\\${char}` : char;
}

/**
 * The portable form of a regular expression: RE2 and Lucene read it alike. A match is always of the whole term, so a
 * leading `^` and a trailing `$` are dropped; what only one engine gives a meaning (`~ @ & # < > "` and other anchors)
 * stands for itself. Groups, classes, `\d \w \s` and their opposites, `|`, `* + ? {n,m}` mean what they always mean.
 * Applying it again changes nothing. Throws RegexFault.
 */
export function portableRegex(pattern: string): string {
  if (pattern.length > MAX_REGEX_LENGTH) throw new RegexFault(0, `a regular expression of ${pattern.length} characters; at most ${MAX_REGEX_LENGTH} are allowed`, true);
  const anchoredEnd = /(?:^|[^\\])(?:\\\\)*\$$/.test(pattern);
  const start = pattern.startsWith("^") ? 1 : 0;
  try {
    return new Reader(pattern.slice(start, anchoredEnd ? -1 : undefined)).whole();
  } catch (error) {
    if (error instanceof RegexFault) throw new RegexFault(error.offset + start, error.message, error.tooLarge);
    throw error;
  }
}

/** The portable regular expression with its letters in one case; escapes such as `\D` keep their meaning. */
export function regexInCase(pattern: string, change: (text: string) => string): string {
  return pattern.replace(/\\.|[^\\]+/gs, (part) => (part.startsWith("\\") ? part : change(part)));
}
