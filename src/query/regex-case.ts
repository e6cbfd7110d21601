/** Runs of code points, both ends included, in order. */
type Runs = readonly (readonly [low: number, high: number])[];

/** Last code point that has a case: beyond the first two planes there are no letters with one. */
const LAST_CASED = 0x1ffff;

/** An escape, a class, or text between them, of a portable regular expression. */
const PIECE = /\\.|\[\^?(?:\\.|[^\]\\])+\]|[^[\\]+/gsu;
/** A class's members: `\d` and the like, a range, or a single character. */
const MEMBER = /\\[dDwWsS]|(\\.|[^\\])-(\\.|[^\\])|\\.|[^\\]/gsu;

/** Code points whose other case is one code point, and that one, by the change that makes it; made when it is first needed. */
const changes = new WeakMap<(text: string) => string, ReadonlyMap<number, number>>();

function changesOf(change: (text: string) => string): ReadonlyMap<number, number> {
  const known = changes.get(change);
  if (known !== undefined) return known;
  const made = new Map<number, number>();
  for (let point = 0; point <= LAST_CASED; point++) {
    const changed = changedPoint(point, change);
    if (changed !== point) made.set(point, changed);
  }
  changes.set(change, made);
  return made;
}

/** The other case of a code point, itself when that is none or several. */
function changedPoint(point: number, change: (text: string) => string): number {
  const changed = change(String.fromCodePoint(point));
  const to = changed.codePointAt(0) ?? point;
  return String.fromCodePoint(to) === changed ? to : point;
}

const pointOf = (member: string): number => (member.startsWith("\\") ? member.slice(1) : member).codePointAt(0) ?? 0;

function runsOf(points: readonly number[]): Runs {
  const runs: [number, number][] = [];
  for (const point of points.toSorted((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last !== undefined && point <= last[1] + 1) last[1] = Math.max(last[1], point);
    else runs.push([point, point]);
  }
  return runs;
}

/** A range of a class: itself and the other case of the letters in it, or only those when it has nothing else. */
function rangeInCase(range: string, low: number, high: number, change: (text: string) => string): string {
  let changed = 0;
  const outside: number[] = [];
  const all: number[] = [];
  for (const [from, to] of changesOf(change)) {
    if (from < low || from > high) continue;
    changed += 1;
    all.push(to);
    if (to < low || to > high) outside.push(to);
  }
  const isLetters = changed === high - low + 1;
  // Letters of either case are nothing that a class gives a meaning, so they need no escape.
  const added = runsOf(isLetters ? all : outside).map(([first, last]) => (first === last ? String.fromCodePoint(first) : `${String.fromCodePoint(first)}-${String.fromCodePoint(last)}`));
  return (isLetters ? "" : range) + added.join("");
}

function classInCase(text: string, change: (text: string) => string): string {
  const opening = text.startsWith("[^") ? "[^" : "[";
  const members = text.slice(opening.length, -1).replace(MEMBER, (member: string, low?: string, high?: string) => {
    if (low !== undefined && high !== undefined) return rangeInCase(member, pointOf(low), pointOf(high), change);
    return member.startsWith("\\") ? member : String.fromCodePoint(changedPoint(pointOf(member), change));
  });
  return `${opening}${members}]`;
}

/**
 * A portable regular expression with its letters in one case, `change` making it. Escapes such as `\D` keep their meaning, and a
 * range of a class takes the other case of its letters and keeps the rest: `[A-_]` in lower case is `[A-_a-z]`.
 */
export function regexInCase(pattern: string, change: (text: string) => string): string {
  return pattern.replace(PIECE, (piece) => {
    if (piece.startsWith("\\")) return piece;
    return piece.startsWith("[") ? classInCase(piece, change) : change(piece);
  });
}
