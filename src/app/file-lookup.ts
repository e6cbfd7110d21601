import { createContext, Script } from "node:vm";
import { LookbackError } from "../base/errors.js";
import type { PacketFiles } from "../catalogue/packet-files.js";
import type { TextMatch } from "../model/checked-expression.js";
import { pieces } from "../query/pattern.js";
import type { FileLookup } from "../query/resolve-files.js";

/** Longest that patterns may try names, in milliseconds. A regular expression of a user can be one that never ends. */
const LONGEST_MATCH_MS = 500;

const MATCHER = new Script("const tests = sources.map((source) => new RegExp(source, 'su')); ids.filter((_, at) => tests.some((test) => test.test(names[at])))");

/** Resolves `file ==` against the names that the catalogue holds; whole names, as they were given. */
export function fileLookup(files: Pick<PacketFiles, "names">): FileLookup {
  return (matches) => {
    const named = files.names();
    const exact = new Set(matches.flatMap((match) => (match.kind === "exact" ? [match.value] : [])));
    const found = new Set(named.filter((file) => exact.has(file.displayName)).map((file) => file.id));
    const sources = matches.filter((match) => match.kind !== "exact").map(sourceOf);
    if (sources.length > 0) for (const id of matchNames(sources, named)) found.add(id);
    return [...found].sort((a, b) => a - b);
  };
}

function matchNames(sources: readonly string[], named: readonly { readonly id: number; readonly displayName: string }[]): number[] {
  const context = createContext({ sources, ids: named.map((file) => file.id), names: named.map((file) => file.displayName) });
  try {
    const ids: unknown = MATCHER.runInContext(context, { timeout: LONGEST_MATCH_MS });
    // The list comes from another context, so its prototype is not ours.
    return Array.from(ids as Iterable<unknown>, Number);
  } catch (error) {
    // Not `instanceof Error`: what ends a script may come from the other context.
    if (!(typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")) throw error;
    throw new LookbackError("EXPRESSION_TOO_LARGE", `file: the pattern takes more than ${LONGEST_MATCH_MS} ms to try; make it simpler`, { limit: LONGEST_MATCH_MS }, { cause: error });
  }
}

/** A pattern as a regular expression for whole names. */
function sourceOf(match: TextMatch): string {
  switch (match.kind) {
    case "exact":
      return `^${escape(match.value)}$`;
    case "wildcard":
      return `^${pieces(match.pattern).map((piece) => (piece.wildcard ? (piece.text === "*" ? ".*" : ".") : escape(piece.text))).join("")}$`;
    case "regex":
      return `^(?:${forUnicode(match.pattern)})$`;
    case "phrase":
      return `^.*${match.words.map(escape).join("\\W+")}.*$`;
  }
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The portable form escapes characters that `u` wants bare. */
function forUnicode(pattern: string): string {
  return pattern.replace(/\\([~@&#<>"])/g, "$1");
}
