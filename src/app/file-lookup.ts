import { LookbackError } from "../base/errors.js";
import type { PacketFiles } from "../catalogue/packet-files.js";
import type { TextMatch } from "../model/checked-expression.js";
import { LinearMatcher, type MatchBudget } from "../query/linear-matcher.js";
import { literalParts, literalPattern } from "../query/pattern.js";
import { treeOfRegex, treeOfWildcard } from "../query/regex-tree.js";
import type { FileLookup } from "../query/resolve-files.js";

/** Most steps of all patterns of one operation together: some half of a second, or thirty million characters of names. */
const MOST_STEPS = 30_000_000;
/** Steps that a file found is counted as: its number is kept, and given to the index. */
const STEPS_PER_FILE = 8;

/**
 * Resolves `file ==` against the names that the catalogue holds: whole names, as they were given, or where none is that, a name without
 * its directory. For one operation: the names are read
 * once, and what all its patterns cost together is bounded (EXPRESSION_TOO_LARGE).
 */
export function fileLookup(files: Pick<PacketFiles, "names">, mostSteps = MOST_STEPS): FileLookup {
  const names = new FileNames(files, mostSteps);
  return (matches) => [...new Set(matches.flatMap((match) => names.idsOf(match)))].sort((a, b) => a - b);
}

type InexactMatch = Exclude<TextMatch, { readonly kind: "exact" }>;

class FileNames implements MatchBudget {
  readonly #files: Pick<PacketFiles, "names">;
  readonly #mostSteps: number;
  readonly #found = new Map<string, readonly number[]>();
  #byName: ReadonlyMap<string, readonly number[]> | null = null;
  #byBaseName: ReadonlyMap<string, readonly number[]> | null = null;
  #steps = 0;

  constructor(files: Pick<PacketFiles, "names">, mostSteps: number) {
    this.#files = files;
    this.#mostSteps = mostSteps;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= this.#mostSteps) return;
    throw new LookbackError("EXPRESSION_TOO_LARGE", `file: to compare the patterns with the names of all packet files takes more than ${this.#mostSteps} steps; use fewer or simpler ones, or whole names`, { limit: this.#mostSteps });
  }

  idsOf(match: TextMatch): readonly number[] {
    const key = JSON.stringify(match);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#search(match);
    this.spend(1 + found.length * STEPS_PER_FILE);
    this.#found.set(key, found);
    return found;
  }

  #search(match: TextMatch): readonly number[] {
    const byName = (this.#byName ??= this.#read());
    if (match.kind === "exact") return byName.get(match.value) ?? this.#ofBaseName(match.value, byName);
    const matches = this.#testOf(match, byName.size);
    return [...byName].flatMap(([name, ids]) => (matches(name) ? ids : []));
  }

  /** Files whose name without the directory this is. */
  #ofBaseName(value: string, byName: ReadonlyMap<string, readonly number[]>): readonly number[] {
    this.#byBaseName ??= byBaseName(byName);
    return this.#byBaseName.get(value) ?? [];
  }

  /** What tells whether one of `names` names matches. With no wildcard but `*` that costs a step a name, however long it is. */
  #testOf(match: InexactMatch, names: number): (name: string) => boolean {
    const parts = match.kind === "regex" ? null : literalParts(wildcardOf(match));
    if (parts !== null) {
      this.spend(names);
      return parts;
    }
    const matcher = new LinearMatcher(match.kind === "regex" ? treeOfRegex(match.pattern) : treeOfWildcard(wildcardOf(match)), this);
    return (name) => matcher.matches(name);
  }

  #read(): ReadonlyMap<string, readonly number[]> {
    const byName = new Map<string, number[]>();
    for (const { id, displayName } of this.#files.names()) {
      const ids = byName.get(displayName);
      if (ids === undefined) byName.set(displayName, [id]);
      else ids.push(id);
    }
    return byName;
  }
}

function byBaseName(byName: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [name, ids] of byName) {
    const base = name.slice(name.lastIndexOf("/") + 1);
    const known = found.get(base);
    if (known === undefined) found.set(base, [...ids]);
    else known.push(...ids);
  }
  return found;
}

function wildcardOf(match: Exclude<InexactMatch, { readonly kind: "regex" }>): string {
  return match.kind === "wildcard" ? match.pattern : `*${match.words.map(literalPattern).join("*")}*`;
}
