import type { PacketReader } from "../packet-store/packet-store.js";
import { measureSpace } from "../packet-store/packet-store.js";
import { executePackets, executeSessions, finishTombstones, type DeletionOutcome, type ExecutorParts } from "./executor.js";
import { gatherDevices, gatherPacketFacts, gatherSessionFacts, type FactSources } from "./facts.js";
import type { FreeSpaceRule, PacketPlan, SessionPlan } from "./plan.js";
import { planPackets, planSessions, targetBytes } from "./policy.js";

export interface RetentionRules {
  readonly freeSpace: FreeSpaceRule;
  /** Days that sessions are kept, or null for ever. */
  readonly expireDays: number | null;
}

export interface RetentionParts extends Omit<FactSources, "tombstones">, Omit<ExecutorParts, "store" | "catalogue"> {
  readonly catalogue: FactSources["catalogue"] & ExecutorParts["catalogue"];
  readonly store: FactSources["store"] & ExecutorParts["store"];
  readonly reader: Pick<PacketReader, "forget">;
  readonly rules: RetentionRules;
}

/** What a run did about room. */
export interface PacketRetentionRun {
  readonly deleted: number;
  readonly deletedBytes: number;
  readonly outcomes: readonly DeletionOutcome[];
  /** Bytes that stay short of the target on all devices. */
  readonly shortfallBytes: number;
  /** Tombstones that still cannot be unlinked. */
  readonly stuckTombstones: number;
  /** Directories whose device could not be measured, so that nothing was deleted there. */
  readonly unmeasured: readonly { readonly directory: string; readonly reason: string }[];
}

/** What a run did about old sessions. */
export interface SessionExpiryRun {
  readonly expired: readonly string[];
  readonly failed: readonly { readonly day: string; readonly reason: string }[];
}

/** Plans of one run; each is made because deletions of the one before failed. */
const MAX_ROUNDS = 4;

/** Retention of packets and sessions: plans to look at, and runs that carry plans out. Runs never overlap. */
export class RetentionService {
  readonly #parts: RetentionParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** At start-up: finishes deletions that a crash left half done. */
  recover(): Promise<{ readonly removed: number; readonly stuck: number }> {
    return this.#alone(() => finishTombstones(this.#parts));
  }

  /** What a run would delete now, with a reason for every file. Deletes nothing. */
  async packetPlan(): Promise<PacketPlan> {
    const { devices } = await gatherDevices(this.#parts);
    return planPackets(await gatherPacketFacts(this.#parts, devices, new Set()), this.#parts.rules.freeSpace);
  }

  /** What the daily run would expire now. Expires nothing. */
  async sessionPlan(): Promise<SessionPlan> {
    return planSessions(await gatherSessionFacts(this.#parts), this.#parts.rules.expireDays);
  }

  /** Makes room where a device has too little. Cheap when none has: files are looked at only then. */
  enforcePackets(signal: AbortSignal | null): Promise<PacketRetentionRun> {
    return this.#alone(async () => {
      const { stuck } = await finishTombstones(this.#parts);
      const outcomes: DeletionOutcome[] = [];
      const failed = new Set<number>();
      let shortfallBytes = 0;
      let unmeasured: PacketRetentionRun["unmeasured"] = [];
      for (let round = 0; round < MAX_ROUNDS && !signal?.aborted; round += 1) {
        const measured = await gatherDevices(this.#parts);
        unmeasured = measured.unmeasured;
        const { freeSpace } = this.#parts.rules;
        const short = measured.devices.filter((one) => one.freeBytes + one.pendingBytes < targetBytes(freeSpace, one.totalBytes));
        shortfallBytes = 0;
        if (short.length === 0) break;
        const plan = planPackets(await gatherPacketFacts(this.#parts, short, failed), freeSpace);
        shortfallBytes = plan.devices.reduce((sum, device) => sum + device.shortfallBytes, 0);
        const before = failed.size;
        for (const device of plan.devices) {
          const done = await executePackets(this.#parts, device, () => this.#freeBytes(device.directories), signal);
          outcomes.push(...done);
          for (const one of done) if (one.outcome === "failed" || one.outcome === "spared") failed.add(one.fileId);
        }
        if (failed.size === before) break;
      }
      if (shortfallBytes > 0) this.#parts.logger.warn({ shortfallBytes }, "less room than freeSpaceG asks for, and no packet file may go");
      const deleted = outcomes.filter((one) => one.outcome === "deleted");
      return { deleted: deleted.length, deletedBytes: deleted.reduce((sum, one) => sum + one.bytes, 0), outcomes, shortfallBytes, stuckTombstones: stuck, unmeasured };
    });
  }

  /** Expires days of sessions that are old enough. */
  expireSessions(signal: AbortSignal | null): Promise<SessionExpiryRun> {
    return this.#alone(async () => executeSessions(this.#parts, await this.sessionPlan(), signal));
  }

  async #freeBytes(directories: readonly string[]): Promise<number> {
    const { devices } = await measureSpace(directories.slice(0, 1), this.#parts.probe);
    // Unknown counts as none: the plan alone bounds what goes then.
    return devices[0]?.freeBytes ?? 0;
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#last.then(run);
    this.#last = next.catch(() => {});
    return next;
  }
}
