import type { SessionFilter } from "../../index-store/index-store.js";
import type { PacketRef } from "../../model/session.js";
import type { RequestContext } from "../context.js";
import { PacketDirection, type Packet } from "./session.type.js";

/** Part of the packets of the one session that a filter names, and how many there are. */
export async function packetsOf(filter: SessionFilter, first: number, offset: number, context: RequestContext): Promise<{ readonly packets: readonly Packet[]; readonly total: number }> {
  const { store, packetHeads, captureFiles } = context.services;
  let refs: readonly PacketRef[] = [];
  for await (const batch of store.streamPackets(filter, context.read)) refs = [...refs, ...batch.flatMap((session) => session.packets)];
  const part = refs.slice(offset, offset + first);
  const heads = packetHeads === null ? null : await packetHeads.describe(part, context.signal);
  const names = new Map<number, string | null>();
  const nameOf = (fileId: number): string | null => {
    if (context.user.rights.hideFiles) return null;
    let name = names.get(fileId);
    if (name === undefined) {
      name = captureFiles.find(fileId)?.name ?? null;
      names.set(fileId, name);
    }
    return name;
  };
  const packets = part.map((ref, at): Packet => {
    const head = heads?.[at] ?? null;
    return {
      index: offset + at,
      time: head?.timeMs ?? null,
      nanoseconds: head === null || head.timeMs === null ? null : head.nanos,
      length: head?.originalLength ?? null,
      capturedLength: head?.capturedLength ?? null,
      direction: head === null || head.fromSource === null ? null : head.fromSource ? PacketDirection.SOURCE : PacketDirection.DESTINATION,
      fileId: ref.fileId,
      file: nameOf(ref.fileId),
      offset: ref.offset,
      missing: head === null ? "packet headers cannot be read here" : head.missing,
    };
  });
  return { packets, total: refs.length };
}
