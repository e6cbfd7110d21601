import type { SessionFilter } from "../../index-store/index-store.js";
import type { PacketRef } from "../../model/session.js";
import type { RequestContext } from "../context.js";
import type { SessionEnds } from "../services.js";
import { PacketDirection, type Packet } from "./session.type.js";

/** The ends of the one session that a filter names; null when it has none, or this user may not see them. */
async function endsOf(filter: SessionFilter, context: RequestContext): Promise<SessionEnds | null> {
  const fields = ["source.ip", "source.port", "destination.ip", "destination.port"].map((path) => context.services.fields.byPath(path)).filter((field) => field !== null);
  const { rows } = await context.services.store.search({ ...filter, fields, order: [], limit: 1, after: null, countTotal: false }, context.read);
  const [source, sourcePort, destination, destinationPort] = fields.map(({ path }) => rows[0]?.values.get(path) ?? null);
  if (typeof source !== "string" || typeof destination !== "string" || fields.some((field) => context.isHidden(field))) return null;
  return { source, sourcePort: Number(sourcePort ?? 0), destination, destinationPort: Number(destinationPort ?? 0) };
}

/**
 * Part of the packets of the one session that a filter names, and how many there are. `withDirections`: whether to read
 * them whole to find who sent each.
 */
export async function packetsOf(
  filter: SessionFilter, first: number, offset: number, withDirections: boolean, context: RequestContext,
): Promise<{ readonly packets: readonly Packet[]; readonly total: number }> {
  const { store, packetHeads, captureFiles } = context.services;
  let refs: readonly PacketRef[] = [];
  for await (const batch of store.streamPackets(filter, context.read)) refs = [...refs, ...batch.flatMap((session) => session.packets)];
  const part = refs.slice(offset, offset + first);
  const heads = packetHeads === null ? null : await packetHeads.describe(part, withDirections ? await endsOf(filter, context) : null, context.signal);
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
