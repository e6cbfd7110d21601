import { pieces, type Pattern } from "./pattern.js";

/** Code points, as runs with both ends included. */
export interface CharacterSet {
  readonly runs: readonly (readonly [low: number, high: number])[];
  readonly isNegated: boolean;
}

/** A pattern as a tree. `high` null is without end. */
export type RegexTree =
  | { readonly kind: "set"; readonly sets: readonly CharacterSet[]; readonly isNegated: boolean }
  | { readonly kind: "sequence" | "choice"; readonly items: readonly RegexTree[] }
  | { readonly kind: "repeat"; readonly item: RegexTree; readonly low: number; readonly high: number | null };

/** The classes of portable regular expressions are those of RE2: ASCII. */
const CLASSES: Readonly<Record<string, CharacterSet["runs"]>> = {
  d: [[0x30, 0x39]],
  w: [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]],
  s: [[0x09, 0x0a], [0x0c, 0x0d], [0x20, 0x20]],
};

const ANY: RegexTree = { kind: "set", sets: [], isNegated: true };
const ANYTHING: RegexTree = { kind: "repeat", item: ANY, low: 0, high: null };

const only = (point: number): CharacterSet => ({ runs: [[point, point]], isNegated: false });
const character = (symbol: string): RegexTree => ({ kind: "set", sets: [only(symbol.codePointAt(0) ?? 0)], isNegated: false });
const text = (literal: string): RegexTree => ({ kind: "sequence", items: [...literal].map(character) });

/** `\d` and the like; null for a letter that is no class. */
function classOf(letter: string): CharacterSet | null {
  const runs = CLASSES[letter.toLowerCase()];
  return runs === undefined ? null : { runs, isNegated: letter !== letter.toLowerCase() };
}

/** Reads a portable regular expression once; groups are at most MAX_REGEX_DEPTH deep. */
class Reader {
  readonly #symbols: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#symbols = [...pattern];
  }

  choice(): RegexTree {
    const items = [this.#sequence()];
    while (this.#symbols[this.#at] === "|") {
      this.#at++;
      items.push(this.#sequence());
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: "choice", items };
  }

  #sequence(): RegexTree {
    const items: RegexTree[] = [];
    for (let symbol = this.#symbols[this.#at]; symbol !== undefined && symbol !== "|" && symbol !== ")"; symbol = this.#symbols[this.#at]) items.push(this.#repeated(this.#atom()));
    return { kind: "sequence", items };
  }

  #next(): string {
    return this.#symbols[this.#at++] ?? "";
  }

  #atom(): RegexTree {
    const symbol = this.#next();
    if (symbol === "(") {
      const inner = this.choice();
      this.#at++;
      return inner;
    }
    if (symbol === "[") return this.#class();
    if (symbol === ".") return ANY;
    if (symbol !== "\\") return character(symbol);
    const escaped = this.#next();
    const known = classOf(escaped);
    return known === null ? character(escaped) : { kind: "set", sets: [known], isNegated: false };
  }

  #class(): RegexTree {
    const isNegated = this.#symbols[this.#at] === "^";
    if (isNegated) this.#at++;
    const sets: CharacterSet[] = [];
    for (let symbol = this.#next(); symbol !== "]" && symbol !== ""; symbol = this.#next()) {
      const low = symbol === "\\" ? this.#next() : symbol;
      const known = symbol === "\\" ? classOf(low) : null;
      if (known !== null) sets.push(known);
      else if (this.#symbols[this.#at] === "-") {
        this.#at++;
        const high = this.#next();
        sets.push({ runs: [[low.codePointAt(0) ?? 0, (high === "\\" ? this.#next() : high).codePointAt(0) ?? 0]], isNegated: false });
      } else sets.push(only(low.codePointAt(0) ?? 0));
    }
    return { kind: "set", sets, isNegated };
  }

  #repeated(item: RegexTree): RegexTree {
    switch (this.#symbols[this.#at]) {
      case "*":
        this.#at++;
        return { kind: "repeat", item, low: 0, high: null };
      case "+":
        this.#at++;
        return { kind: "repeat", item, low: 1, high: null };
      case "?":
        this.#at++;
        return { kind: "repeat", item, low: 0, high: 1 };
      case "{": {
        const end = this.#symbols.indexOf("}", this.#at);
        if (end < 0) return item;
        const [low = "", high] = this.#symbols.slice(this.#at + 1, end).join("").split(",");
        this.#at = end + 1;
        return { kind: "repeat", item, low: Number(low), high: high === undefined ? Number(low) : high === "" ? null : Number(high) };
      }
      default:
        return item;
    }
  }
}

/** The tree of a regular expression in portable form (`portableRegex`); of anything else it is the tree of something. */
export function treeOfRegex(pattern: string): RegexTree {
  return new Reader(pattern).choice();
}

/** The tree of a text with wildcards. */
export function treeOfWildcard(pattern: Pattern): RegexTree {
  return { kind: "sequence", items: pieces(pattern).map((piece) => (piece.wildcard ? (piece.text === "*" ? ANYTHING : ANY) : text(piece.text))) };
}

/** Whether a code point is of a set of a tree. */
export function isIn({ sets, isNegated }: Extract<RegexTree, { readonly kind: "set" }>, point: number): boolean {
  const found = sets.some((set) => set.runs.some(([low, high]) => low <= point && point <= high) !== set.isNegated);
  return found !== isNegated;
}
