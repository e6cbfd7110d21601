import { Arg, Ctx, Int, Query, Resolver } from "type-graphql";
import { LookbackError } from "../../base/errors.js";
import type { PacketPlanItem } from "../../retention/plan.js";
import { answered } from "../answer.js";
import { bounded } from "../bounded.js";
import { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { Retention } from "../services.js";
import { RetentionPlanAnswer, type KeptFiles } from "./plan.type.js";

/** Retention, where this process runs it. */
export function retentionOf(context: RequestContext): Retention {
  const { retention } = context.services;
  if (retention === null) throw new LookbackError("UNAVAILABLE", "this process does not run retention; ask the one that serves");
  return retention;
}

function keptFiles(items: readonly PacketPlanItem[]): readonly KeptFiles[] {
  const kept = new Map<string, KeptFiles>();
  for (const { action, reason, bytes } of items) {
    if (action === "delete") continue;
    const entry = kept.get(reason) ?? { reason, files: 0, bytes: 0 };
    entry.files += 1;
    entry.bytes += bytes;
    kept.set(reason, entry);
  }
  return [...kept.values()];
}

/** Plans of retention. */
@Resolver()
export class RetentionResolver {
  @Query(() => RetentionPlanAnswer, { complexity: 500, description: "What retention would delete at this moment, with a reason for every item. It is what the next run does, unless something changes until then." })
  async retentionPlan(
    @Arg("first", () => Int, { defaultValue: 1000, description: "Deletions listed of each device, 1 to 1000." }) first: number,
    @Ctx() context: RequestContext,
  ): Promise<RetentionPlanAnswer> {
    const limit = bounded("first", first, 1, LIMITS.pageSize);
    const { madeMs, packets, sessions, compaction, placement, exports, audit, unmeasured, unknown } = await retentionOf(context).plan();
    return {
      ...answered(context),
      devices: packets.devices.map(({ items, ...device }) => {
        const going = items.filter(({ action }) => action === "delete");
        return { ...device, deletionCount: going.length, deletions: going.slice(0, limit), kept: keptFiles(items) };
      }),
      missing: packets.elsewhere.filter(({ action }) => action === "delete").slice(0, limit),
      elsewhere: keptFiles(packets.elsewhere),
      excessBytes: packets.excessBytes,
      days: sessions.items.map(({ day, rows, bytes, action, reason, heldRows, holds, note }) => ({ day, sessions: rows, bytes, expires: action === "expire", reason, heldSessions: heldRows, holds, note })),
      compaction: compaction.slice(0, limit).map(({ rows, ...merge }) => ({ ...merge, sessions: rows })), mergeCount: compaction.length,
      placement: placement.slice(0, limit).map(({ settings, ...item }) => ({ ...item, settings: Object.entries(settings).map(([name, value]) => ({ name, value })) })), nodesShortBytes: sessions.shortfallBytes,
      exports: exports.slice(0, limit), auditEntries: audit.entries, unmeasured, warnings: [...packets.warnings, ...unknown], made: madeMs,
    };
  }
}
