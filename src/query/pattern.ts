/**
 * Text of a value with its wildcards: `*` any characters, `?` one character, `\*`, `\?` and `\\` the characters
 * themselves. Every other character is itself; a pattern holds no other backslash.
 */
export type Pattern = string;

/** The pattern that matches exactly `literal`. */
export function literalPattern(literal: string): Pattern {
  return literal.replace(/[\\*?]/g, "\\$&");
}

/** The text that a pattern without wildcards matches, or null when it has wildcards. */
export function literalOf(pattern: Pattern): string | null {
  if (!/[*?\\]/.test(pattern)) return pattern;
  let literal = "";
  for (const piece of pieces(pattern)) {
    if (piece.wildcard) return null;
    literal += piece.text;
  }
  return literal;
}

/** Whether a pattern is nothing but `*`. */
export function matchesAnything(pattern: Pattern): boolean {
  return /^\*+$/.test(pattern);
}

/** A run of literal characters, or one wildcard. */
export interface Piece {
  readonly wildcard: boolean;
  readonly text: string;
}

/** The pattern as runs of literal characters and single wildcards. */
export function pieces(pattern: Pattern): readonly Piece[] {
  return [...pattern.matchAll(/\\([\\*?])|([*?])|([^\\*?]+|\\)/gs)].map(([, escaped, wildcard, plain]) =>
    wildcard === undefined ? { wildcard: false, text: escaped ?? plain ?? "" } : { wildcard: true, text: wildcard },
  );
}

/**
 * The pattern of a value as it is written, where a backslash before one of `escapable` makes that character literal:
 * `*`, `?` and `\` keep their escape, others lose it. Any other backslash stands for itself.
 */
export function patternOf(written: string, escapable: string): Pattern {
  if (!written.includes("\\")) return written;
  let pattern = "";
  for (let at = 0; at < written.length; at++) {
    const char = written[at] ?? "";
    if (char !== "\\") {
      pattern += char;
      continue;
    }
    const next = written[at + 1] ?? "";
    if (next !== "" && "*?\\".includes(next)) pattern += char + next;
    else if (next !== "" && escapable.includes(next)) pattern += next;
    else {
      pattern += "\\\\";
      continue;
    }
    at++;
  }
  return pattern;
}

/** Whether a pattern matches the whole of `text`. At most pattern × text steps, whatever the pattern. */
export function patternMatches(pattern: Pattern, text: string): boolean {
  const parts = pieces(pattern).flatMap((piece): readonly Piece[] => (piece.wildcard ? [piece] : [...piece.text].map((char) => ({ wildcard: false, text: char }))));
  const chars = [...text];
  let part = 0;
  // Where to go on when a later part fails: the last `*` and the character after what it has taken so far.
  let star = -1;
  let resume = 0;
  for (let at = 0; at < chars.length; ) {
    const current = parts[part];
    if (current?.wildcard === true && current.text === "*") {
      star = part++;
      resume = at;
    } else if (current !== undefined && (current.wildcard || current.text === chars[at])) {
      part++;
      at++;
    } else if (star >= 0) {
      part = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((piece) => piece.wildcard && piece.text === "*");
}

/**
 * Whether texts match a pattern, as a test of their literal parts; null for a pattern with `?`. Takes the first place of each part, which
 * leaves most room for those behind it.
 */
export function literalParts(pattern: Pattern): ((text: string) => boolean) | null {
  const found = pieces(pattern);
  if (found.some(({ wildcard, text }) => wildcard && text === "?")) return null;
  const parts = [""];
  for (const { wildcard, text } of found) {
    if (wildcard) parts.push("");
    else parts[parts.length - 1] = `${parts.at(-1) ?? ""}${text}`;
  }
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const place = text.indexOf(part, at);
      if (place < 0) return false;
      at = place + part.length;
    }
    return at <= text.length - last.length;
  };
}
