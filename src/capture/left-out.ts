import type { ImportResult, ImportWarning } from "../native/types.js";

/** What an import counted of packets that are in no session, as warnings: those that settings leave out, and those whose headers do not decode. */
export function leftOutWarnings({ counters }: Pick<ImportResult, "counters">): readonly ImportWarning[] {
  const undecodable = Object.entries(counters).reduce((sum, [name, count]) => sum + (name.startsWith("undecodable.") ? count : 0), 0);
  const found = [["packets-in-no-session", counters["packets.byRule"] ?? 0], ["packets-undecodable", undecodable]] as const;
  return found.flatMap(([name, count]) => (count === 0 ? [] : [{ name, count, firstOffset: null }]));
}
