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

/** Work of any regular expression: what its engine does for an empty one. */
const WORK_LEAST = 60;
/** Work of a character, an ASCII class, and one that reaches beyond ASCII, which becomes a dozen ranges of bytes. */
const WORK_LITERAL = 1;
const WORK_CLASS = 3;
const WORK_WIDE_CLASS = 6;
/** Work of each character beyond ASCII that a class names. */
const WORK_WIDE_CHARACTER = 2;
/** RE2 looks at parts that may be left out in pairs: a hundred of them are this many times a hundred squared. */
const WORK_OPTIONAL_PAIR = 1 / 8;
/**
 * Work of each place at which a match may be at the same time as at others, in a pattern with loops or parts that may be left out:
 * DuckDB walks through the pattern to bound what it matches. The first few do not show, and its memory ends the walk after some.
 */
const WORK_PLACE = 32;
const FREE_PLACES = 8;
const MOST_PLACES = 1_250;

/** A part of a pattern in portable form. */
interface Part {
  readonly text: string;
  /** Largest product of counted repetitions inside. */
  readonly repeats: number;
  /** Work of what it becomes when repetitions are written out. */
  readonly size: number;
  /** How many parts of that may be left out, or go round in a loop. */
  readonly optional: number;
  /** Characters and classes of that, and those among them that are alike: classes, and what is repeated. */
  readonly characters: number;
  readonly alike: number;
}

const literal = (text: string, size = WORK_LITERAL): Part => ({ text, repeats: 1, size, optional: 0, characters: 1, alike: 0 });
const anyOf = (text: string, size: number): Part => ({ text, repeats: 1, size, optional: 0, characters: 1, alike: 1 });

/** A class such as `[a-z]` or `\\D`, in portable form. */
function classPart(text: string): Part {
  const wide = text.match(/[^\x00-\x7f]/gu)?.length ?? 0;
  const isWide = wide > 0 || text.startsWith("[^") || /\\[DWS]/.test(text);
  return anyOf(text, isWide ? WORK_WIDE_CLASS + WORK_WIDE_CHARACTER * wide : WORK_CLASS);
}

/** Reads one pattern once, left to right; recursion is bounded by MAX_REGEX_DEPTH. */
class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  whole(): Part {
    const part = this.#alternatives(0);
    if (this.#at < this.#pattern.length) throw new RegexFault(this.#at, 'unbalanced ")" in the regular expression');
    return part.text === "" ? { ...part, text: EMPTY } : part;
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? "";
  }

  /** Alternatives up to `)` or the end. */
  #alternatives(depth: number): Part {
    const branches: string[] = [];
    let text = "";
    let repeats = 1;
    const sums = { size: 0, optional: 0, characters: 0, alike: 0 };
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
      sums.size += atom.size * quantifier.count;
      sums.optional += atom.optional * quantifier.count + quantifier.optional;
      sums.characters += atom.characters * quantifier.count;
      sums.alike += quantifier.count > 1 ? atom.characters * quantifier.count : atom.alike;
      text += atom.text + quantifier.text;
    }
    if (branches.length === 0) return { ...sums, text, repeats, optional: text === "" ? 1 : sums.optional };
    branches.push(text);
    // An alternative of nothing makes the others optional.
    sums.optional += branches.filter((branch) => branch === "").length;
    return { ...sums, text: branches.map((branch) => (branch === "" ? EMPTY : branch)).join("|"), repeats, size: sums.size + branches.length };
  }

  #atom(depth: number): Part {
    const start = this.#at;
    const char = this.#peek();
    this.#at++;
    if (char === "(") return this.#group(start, depth);
    if (char === "[") return classPart(this.#class(start));
    if (char === "\\") {
      const text = this.#escaped(false);
      return isClass(text) ? classPart(text) : literal(text);
    }
    if (char === ".") return anyOf(".", WORK_WIDE_CLASS);
    if (char === "{" || "*+?".includes(char)) throw new RegexFault(start, `nothing before "${char}" to repeat`);
    if (LITERAL.has(char)) return literal(`\\${char}`);
    const symbol = this.#symbol(char);
    return literal(symbol, WORK_LITERAL * Buffer.byteLength(symbol));
  }

  /** The whole code point that starts with `char`: a quantifier counts code points in both engines. */
  #symbol(char: string): string {
    if (/[\uD800-\uDBFF]/.test(char) && /[\uDC00-\uDFFF]/.test(this.#peek())) return char + (this.#pattern[this.#at++] ?? "");
    return char;
  }

  #group(start: number, depth: number): Part {
    // One that is empty is what nothing is written as, and nests nothing.
    if (depth >= MAX_REGEX_DEPTH && this.#peek() !== ")") throw new RegexFault(start, `groups nested more than ${MAX_REGEX_DEPTH} deep`, true);
    if (this.#peek() === "?") throw new RegexFault(start, "(?…) is not supported");
    const inner = this.#alternatives(depth + 1);
    if (this.#peek() !== ")") throw new RegexFault(start, '"(" is not closed');
    this.#at++;
    return { ...inner, text: `(${inner.text})` };
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

  /** Quantifier after an atom; `count` is the largest number of repetitions that is written out, 1 for none, and `optional` how many of them need not be. */
  #quantifier(): { text: string; count: number; optional: number } {
    const start = this.#at;
    const char = this.#peek();
    let text = "";
    let count = 1;
    let optional = 0;
    if (char !== "" && "*+?".includes(char)) {
      text = char;
      optional = 1;
      this.#at++;
    } else if (char === "{") {
      const counted = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#pattern.slice(start, start + 24));
      if (counted === null) throw new RegexFault(start, "a repetition is {n}, {n,} or {n,m}");
      const low = Number(counted[1]);
      const high = counted[3] === undefined || counted[3] === "" ? low : Number(counted[3]);
      if (high < low) throw new RegexFault(start, "a repetition with its bounds reversed");
      count = Math.max(1, high);
      const open = counted[2] !== undefined && (counted[3] === undefined || counted[3] === "");
      optional = count - low + (open ? 1 : 0);
      text = open ? `{${low},}` : low === high ? `{${low}}` : `{${low},${high}}`;
      this.#at += counted[0].length;
    } else {
      return { text, count, optional };
    }
    const next = this.#peek();
    if (next !== "" && "*+?{".includes(next)) throw new RegexFault(this.#at, "one repetition directly after another");
    return { text, count, optional };
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
    // Half of a surrogate pair is no character; as an end of a range the engines would read another one than was compared here.
    return new Reader(pattern.slice(start, anchoredEnd ? -1 : undefined).replace(/\p{Cs}/gu, "\ufffd")).whole().text;
  } catch (error) {
    if (error instanceof RegexFault) throw new RegexFault(error.offset + start, error.message, error.tooLarge);
    throw error;
  }
}

/** What a portable regular expression costs its engine before it matches anything; see MAX_REGEX_WORK. */
export function regexWork(pattern: string): number {
  const { size, optional, alike } = new Reader(pattern).whole();
  const places = optional === 0 ? 0 : Math.max(0, Math.min(alike, MOST_PLACES) - FREE_PLACES);
  return WORK_LEAST + size + optional ** 2 * WORK_OPTIONAL_PAIR + places * WORK_PLACE;
}
