import type { WatchedEvent } from "./watched-event.js";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

function size(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${unit === 0 ? bytes : (bytes / 2 ** (10 * unit)).toFixed(1)} ${UNITS[unit] ?? ""}`;
}

const LOSSES = [["lostToKernel", "dropped by the kernel"], ["lostToInterface", "lost by the interface"], ["lostToQueue", "found our queue full"], ["lostToDisk", "could not be written"]] as const;

/** The losses there are, in words. */
function lossesOf(facts: WatchedEvent["facts"]): string {
  return LOSSES.flatMap(([name, words]) => ((facts[name] ?? 0) > 0 ? [`${facts[name] ?? 0} ${words}`] : [])).join(", ");
}

/** An event as one sentence for people. */
export function describeEvent({ kind, subject, phase, user, reason, facts }: Omit<WatchedEvent, "message">): string {
  const fact = (name: string): number => facts[name] ?? 0;
  const still = phase === "lasts" ? " still" : "";
  switch (kind) {
    case "target-unreachable":
      return phase === "ended"
        ? `${subject} has as much free space again as it should have`
        : `${subject} is${still} ${size(fact("shortfallBytes"))} short of the free space it should have (${size(fact("freeBytes"))} of ${size(fact("targetBytes"))}), and nothing more may be deleted there`;
    case "forecast-low":
      return phase === "ended"
        ? `${subject} will be kept long enough again`
        : `${subject} will${still} be kept for ${fact("days").toFixed(1)} days only; ${fact("thresholdDays")} are wanted`;
    case "hold-blocks":
      return phase === "ended"
        ? `hold ${subject} keeps nothing from being deleted any more`
        : `hold ${subject}${still} keeps ${fact("items")} things (${size(fact("bytes"))}) that would be deleted now`;
    case "capture-loss":
      return phase === "ended"
        ? `the capture of ${subject} loses no packets any more`
        : `the capture of ${subject}${still} loses packets: ${fact("lostPackets")} in the last minute (${lossesOf(facts)})`;
    case "capture-down":
      return phase === "ended" ? `the capture of ${subject} is not down any more` : `the capture of ${subject} is${still} down: ${reason ?? "nothing is heard of it"}`;
    case "packet-directory-failed":
      return phase === "ended" ? `packet directory ${subject} is not failing any more` : `packet directory ${subject}${still} takes nothing: ${reason ?? "the capture does not say why"}`;
    case "export-ready":
      return `export ${subject} of ${user ?? "somebody"} is ready: ${fact("sessions")} sessions, ${fact("packets")} packets, ${size(fact("bytes"))}`;
  }
}
