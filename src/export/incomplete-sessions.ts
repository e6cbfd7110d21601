import type { IndexStore, ReadContext, StreamRequest } from "../index-store/index-store.js";
import type { IncompleteSession } from "./manifest.js";
import type { MissingPackets } from "./missing-packets.js";

/** Most sessions listed one by one. */
const LISTED = 10_000;

export interface IncompleteSessions {
  /** In order of id. */
  readonly listed: readonly IncompleteSession[];
  readonly unlisted: number;
}

/** The sessions that packets are missing of, found by going through them once more; nothing is read when none are missing. */
export async function incompleteSessions(store: Pick<IndexStore, "streamPackets">, request: StreamRequest, context: ReadContext, missing: MissingPackets): Promise<IncompleteSessions> {
  if (missing.total === 0) return { listed: [], unlisted: 0 };
  const listed: IncompleteSession[] = [];
  let unlisted = 0;
  for await (const sessions of store.streamPackets(request, context)) {
    for (const { id, packets } of sessions) {
      const lost = packets.reduce((count, packet) => count + (missing.has(packet) ? 1 : 0), 0);
      if (lost === 0) continue;
      if (listed.length < LISTED) listed.push({ id, packets: packets.length, missing: lost });
      else unlisted += 1;
    }
  }
  return { listed: listed.sort((left, right) => (left.id < right.id ? -1 : 1)), unlisted };
}
