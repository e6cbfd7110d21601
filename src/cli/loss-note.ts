import type { Answer } from "./answer.js";
import { printCount } from "./print-time.js";

/** What an answer is asked for so that {@link lossNote} can be told from it. */
export const LOSS = "lossInRange uncountedLossInRange unknownDropsInRange";

/** A line that says what was lost in the time range of an answer, or null when nothing is known to be lost, and nothing could be unknown to. */
export function lossNote(answer: Answer): string | null {
  const flag = (name: string): boolean => answer.at(name).orNull()?.flag() ?? false;
  const lost = answer.at("lossInRange").orNull()?.number() ?? 0;
  const uncounted = flag("uncountedLossInRange");
  const unknown = flag("unknownDropsInRange") ? "what the kernel dropped is unknown (libpcap)" : "";
  if (lost === 0 && !uncounted) return unknown === "" ? null : `lookback: ${unknown}`;
  const counted = lost === 0 ? "" : `${printCount(lost)} packet${lost === 1 ? " was" : "s were"} lost around this time`;
  const died = uncounted ? "a capture died around this time, and what went by until the next one began was counted by nobody" : "";
  return `lookback: ${[counted, died, unknown].filter((part) => part !== "").join("; ")}: sessions may be missing or incomplete`;
}
