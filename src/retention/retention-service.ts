import { LookbackError } from "../base/errors.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { ExpirySpan, HeldInSpan, SharedExpiry } from "../index-store/shared-expiry.js";
import type { RetentionEvents } from "../model/retention-event.js";
import { DELETION_PATIENCE_MS, measureSpace, type UnmeasuredDirectory } from "../packet-store/packet-store.js";
import type { ClassService } from "./class-service.js";
import { Expirations } from "./expirations.js";
import { executePackets, finishLeftovers, finishTombstones, forgetMissing, type DeletionOutcome, type ExecutorParts, type FinishedTombstones } from "./executor.js";
import { executeSessions, isWithin, type HeldElsewhere, type SessionExpiryRun } from "./expiry.js";
import { gatherDevices, gatherSessionFacts, planAll, planOldest, type FactSources } from "./facts.js";
import { heldSession, heldSessions } from "./keep-packets.js";
import type { DeviceFact, DevicePlan, PacketPlan, PacketRules, RetentionPlan, SessionPlan, SessionRules } from "./plan.js";
import { deviceTarget } from "./policy.js";
import { Progress, type Progressed } from "./progress.js";
import { SeenDirectories } from "./seen-directories.js";
import { DAY_MS } from "../base/utc-day.js";
import { dayStartMs, planSessions } from "./session-policy.js";

export interface RetentionRules {
  readonly packets: PacketRules;
  readonly sessions: SessionRules;
  /** Days that entries of the audit log are kept. */
  readonly auditDays: number;
}

export interface RetentionParts extends Omit<FactSources, "tombstones" | "catalogue" | "store" | "classes">, Omit<ExecutorParts, "store" | "catalogue"> {
  readonly catalogue: FactSources["catalogue"] & ExecutorParts["catalogue"] & Pick<Catalogue, "exports" | "retentionClasses" | "heldCopy">;
  /** Sessions that are kept longer than others; left out where nobody keeps any. */
  readonly classes?: Pick<ClassService, "claimFile" | "claimDays" | "prune" | "on">;
  readonly store: Pick<IndexStore, "partitions" | "dataNodes" | "planMerges" | "planPlacement" | "expirePartition" | "streamPackets" | "movePackets">;
  /** What the servers tell each other that share the index; left out where it is in the data directory. */
  readonly shared?: Pick<SharedExpiry, "during">;
  readonly rules: RetentionRules;
  readonly events: RetentionEvents;
}

/** What a run did about packet files. */
export interface PacketRetentionRun {
  readonly deleted: number;
  readonly deletedBytes: number;
  readonly outcomes: readonly DeletionOutcome[];
  /** Bytes that stay short of the target on all devices. */
  readonly shortfallBytes: number;
  /** Tombstones that still cannot be unlinked. */
  readonly stuckTombstones: number;
  /** Directories whose device could not be measured, so that nothing was deleted there. */
  readonly unmeasured: readonly UnmeasuredDirectory[];
}

/** What a plan is made of: of a run as it stands, of a plan for people with a copy of what is held. */
interface PlanSources extends FactSources {
  readonly store: RetentionParts["store"];
}

/** Holds that keep files and days which would go, as the newest runs found; null before the first. */
interface Blocking {
  readonly packets: DevicePlan["blocked"] | null;
  readonly sessions: DevicePlan["blocked"] | null;
}

/** Plans of one run; each is made because deletions of the one before failed. */
const MAX_ROUNDS = 4;
/** Files up to which a plan for people lists every one that stays. */
const MOST_LISTED = 50_000;
/** Held sessions that are looked up again at a time. */
const SETTLE_BATCH = 5_000;

/** Retention of packets, sessions and the audit log: plans to look at, and runs that carry plans out. Runs never overlap. */
export class RetentionService {
  readonly #parts: RetentionParts;
  #last: Promise<unknown> = Promise.resolve();
  /** Holds that keep files and days from going, as the last runs found. */
  #blocking: Blocking = { packets: null, sessions: null };
  /** Directories that were told of because their tombstones cannot be listed. */
  #told: ReadonlySet<string> = new Set();
  #unmeasured: readonly UnmeasuredDirectory[] = [];
  readonly #progress = new Progress();
  readonly #seen = new SeenDirectories();
  /** What was deleted since this process began. */
  readonly totals = { files: 0, bytes: 0, keptBytes: 0, failures: 0, days: 0 };

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /**
   * Packet directories where nothing is deleted, and why, as the newest run found: the device cannot be measured, the directory does not
   * answer, or nobody can see what is being deleted there already.
   */
  get unmeasured(): readonly UnmeasuredDirectory[] {
    return this.#unmeasured;
  }

  /** At start-up, while nobody makes holds: finishes deletions and copies that a crash left half done, and removes holds that were not whole. */
  recover(): Promise<{ readonly removed: number; readonly stuck: number }> {
    return this.#alone(async () => {
      const { removed, stuck, unlisted } = await finishLeftovers(this.#parts);
      this.#noteUnlisted(unlisted);
      return { removed, stuck };
    });
  }

  /** Tells once, and not with every run, where tombstones cannot be listed, and when they can be again. */
  #noteUnlisted(unlisted: FinishedTombstones["unlisted"]): void {
    const { logger } = this.#parts;
    const before = this.#told;
    this.#told = new Set(unlisted.map(({ directory }) => directory));
    for (const { directory, reason } of unlisted) if (!before.has(directory)) logger.warn({ directory, reason }, "packet files that are being deleted cannot be listed in a directory; none is deleted there until they can be");
    for (const directory of before) if (!this.#told.has(directory)) logger.info({ directory }, "packet files that are being deleted can be listed again in a directory");
  }

  /** Everything that runs would do now, with a reason for every item. Deletes and stores nothing. */
  plan(): Promise<RetentionPlan> {
    return this.#planning(async (sources) => {
      const { clock, catalogue, store } = this.#parts;
      const nowMs = clock.nowMs();
      const { plan, unmeasured } = await this.#packetPlan(sources);
      const unknown: string[] = [];
      // Packets can be planned while a search cluster is away.
      const orElse = async <T>(what: string, made: Promise<T>, none: T): Promise<T> => made.catch((error: unknown) => {
        if (!(error instanceof LookbackError) || !error.retryable) throw error;
        unknown.push(`${error.code}: ${what} are not known: ${error.message}`);
        return none;
      });
      const { expireDays } = this.#parts.rules.sessions;
      const sessions = await orElse("days of sessions", this.#sessionPlan(sources), { expireDays, items: [], excessBytes: 0, shortfallBytes: 0, blocked: [] });
      return {
        madeMs: nowMs, packets: plan, sessions, unmeasured, unknown, compaction: await orElse("merges", store.planMerges(null), []), placement: await orElse("placements", store.planPlacement(), []),
        exports: catalogue.exports.due(nowMs).map(({ id, owner, bytes, expiresAtMs }) => ({ id, owner, bytes, expiredMs: expiresAtMs ?? nowMs })),
        audit: this.auditPlan(),
      };
    });
  }

  /** What a run would delete now, with a reason for every file. Deletes and stores nothing. */
  packetPlan(): Promise<PacketPlan> {
    return this.#planning(async (sources) => (await this.#packetPlan(sources)).plan);
  }

  /** What the daily run would expire now. Expires and stores nothing. */
  sessionPlan(): Promise<SessionPlan> {
    return this.#planning(async (sources) => {
      await this.#settleHolds(sources, null);
      return this.#sessionPlan(sources);
    });
  }

  /**
   * Plans as a run would, which notes on its way which held sessions got packets and which sessions of classes are due: here in a
   * copy that is thrown away.
   */
  async #planning<T>(body: (sources: PlanSources) => Promise<T>): Promise<T> {
    const { catalogue, classes } = this.#parts;
    const { files, marks, replays, holds, retentionClasses } = catalogue;
    if (retentionClasses.list().length === 0 && holds.unsettled(null, 1).length === 0) return body(this.#parts);
    const held = catalogue.heldCopy();
    try {
      return await body({ ...this.#parts, catalogue: { files, marks, replays, holds: held.holds }, ...(classes === undefined ? {} : { classes: classes.on(held) }) });
    } finally {
      held.close();
    }
  }

  async #sessionPlan(sources: PlanSources): Promise<SessionPlan> {
    const { rules } = this.#parts;
    const plan = planSessions(await gatherSessionFacts(sources), rules.sessions);
    let claimed = false;
    for (const item of plan.items) {
      if (item.action !== "expire" || sources.classes === undefined) continue;
      claimed = (await sources.classes.claimDays(item, null)) || claimed;
      sources.progressed?.();
    }
    return claimed ? planSessions(await gatherSessionFacts(sources), rules.sessions) : plan;
  }

  /** Entries of the audit log that the daily run would remove now. */
  auditPlan(): RetentionPlan["audit"] {
    const { clock, catalogue, rules } = this.#parts;
    const beforeMs = clock.nowMs() - rules.auditDays * DAY_MS;
    return { entries: catalogue.audit.countBefore(beforeMs), beforeMs };
  }

  async #packetPlan(given: PlanSources): Promise<{ readonly plan: PacketPlan; readonly unmeasured: PacketRetentionRun["unmeasured"] }> {
    const sources = { ...given, undecidedFromMs: await this.#undecidedFrom(given, null) };
    const { devices, unmeasured } = await gatherDevices(sources);
    const { packets } = this.#parts.rules;
    // Whoever looks at it wants to see every file and why it stays, as long as there are not too many of them.
    const all = this.#parts.catalogue.files.own().files <= MOST_LISTED;
    const plan = await (all ? planAll(sources, devices, packets) : planOldest(sources, devices, new Set(), packets));
    return { plan, unmeasured: [...unmeasured, ...silentSince(devices, plan)] };
  }

  /**
   * Deletes what is too old or too much, and makes room where a device has too little. Cheap when there is nothing to do: files
   * are looked at only then. `progressed` is told of each step, also of those of a run that this one waits for.
   */
  enforcePackets(signal: AbortSignal | null, progressed: Progressed = () => {}): Promise<PacketRetentionRun> {
    return this.#progress.during(progressed, () => this.#alone(async () => {
      const run = await this.#enforce(null, signal);
      // A catalogue that has no room for it is no reason to delete nothing.
      await this.#seen.note(this.#parts.catalogue, signal, this.#parts.looks, this.#progress.made).catch((error: unknown) => {
        this.#parts.logger.warn({ error }, "the directories of packet files could not be noted; the next run tries it again");
      });
      return run;
    }));
  }

  /** What a run works on, as it stands at this moment; plans for people tell of no steps. */
  get #running(): RetentionParts & { readonly progressed: Progressed } {
    return { ...this.#parts, progressed: this.#progress.made };
  }

  /**
   * Makes room at once on the device of a directory where something could not be written for want of it, although there may be
   * as much as `freeSpaceG` asks for. Writers call this and try again; the answer says whether anything went.
   */
  relieve(directory: string, signal: AbortSignal | null): Promise<PacketRetentionRun> {
    return this.#alone(() => this.#enforce(directory, signal));
  }

  async #enforce(fullDirectory: string | null, signal: AbortSignal | null): Promise<PacketRetentionRun> {
    const { logger, rules } = this.#parts;
    new Expirations(this.#parts.catalogue.settings).settle();
    const { stuck, unlisted } = await finishTombstones(this.#running, DELETION_PATIENCE_MS);
    this.#noteUnlisted(unlisted);
    const outcomes: DeletionOutcome[] = [];
    const failed = new Set<number>();
    const failing = fullDirectory === null ? new Set<number>() : await this.#devicesOf(fullDirectory);
    let shortfallBytes = 0;
    let unmeasured: PacketRetentionRun["unmeasured"] = [];
    let undecidedFromMs: number | null = null;
    for (let round = 0; round < MAX_ROUNDS && !signal?.aborted; round += 1) {
      let measured = await gatherDevices(this.#parts, outcomes.some((one) => one.outcome === "deleted") ? new Set() : failing, unlisted);
      unmeasured = measured.unmeasured;
      this.#unmeasured = unmeasured;
      shortfallBytes = 0;
      if (!this.#hasWork(measured.devices)) {
        this.#tell(measured, null);
        break;
      }
      if (round === 0) undecidedFromMs = await this.#undecidedFrom(this.#running, signal);
      const plan = await planOldest({ ...this.#running, undecidedFromMs }, measured.devices, failed, rules.packets);
      const silent = silentSince(measured.devices, plan);
      unmeasured = [...unmeasured, ...silent];
      this.#unmeasured = unmeasured;
      measured = { ...measured, unmeasured, devices: measured.devices.filter(({ device }) => plan.devices.some((one) => one.device === device)) };
      shortfallBytes = plan.devices.reduce((sum, device) => sum + device.shortfallBytes, 0);
      this.#tell(measured, plan);
      const before = failed.size;
      const done: DeletionOutcome[] = [...(await forgetMissing(this.#running, plan))];
      for (const device of plan.devices) done.push(...(await executePackets(this.#running, device, measured.devices.find((one) => one.device === device.device)?.pendingFiles ?? 0, () => this.#freeBytes(device.directories), signal)));
      outcomes.push(...done);
      for (const one of done) if (one.outcome === "failed" || one.outcome === "spared") failed.add(one.fileId);
      if (failed.size === before) break;
    }
    if (shortfallBytes > 0) logger.warn({ shortfallBytes, freeSpaceG: rules.packets.storage.map(({ freeSpace }) => freeSpace.value) }, "less room than freeSpaceG asks for, and no packet file may go");
    const deleted = outcomes.filter((one) => one.outcome === "deleted");
    this.totals.files += deleted.length;
    this.totals.bytes += sum(deleted, (one) => one.bytes);
    this.totals.keptBytes += sum(outcomes, (one) => one.keptBytes);
    this.totals.failures += outcomes.filter(({ outcome }) => outcome === "failed" || outcome === "pending").length;
    return {
      deleted: deleted.length, deletedBytes: sum(deleted, (one) => one.bytes), outcomes, shortfallBytes, stuckTombstones: stuck, unmeasured,
    };
  }

  /** Whether a plan could have deletions: a device is short, or rules look at age and size, which no measurement shows. */
  #hasWork(devices: readonly DeviceFact[]): boolean {
    const { packets } = this.#parts.rules;
    if (packets.maxAgeMs !== null || packets.maxBytes !== null) return true;
    return devices.some((one) => one.writesFail || one.freeBytes < deviceTarget(one, packets));
  }

  /** Tells what operators want to hear: devices that stay short, and holds that keep what would go. */
  #tell({ devices, unmeasured }: { readonly devices: readonly DeviceFact[]; readonly unmeasured: readonly UnmeasuredDirectory[] }, plan: PacketPlan | null): void {
    const { events, rules } = this.#parts;
    for (const device of devices) {
      const subject = device.directories[0] ?? String(device.device);
      const planned = plan?.devices.find((one) => one.device === device.device);
      if (planned === undefined || planned.shortfallBytes === 0) events.clear("target-unreachable", subject);
      else events.raise({ kind: "target-unreachable", subject, targetBytes: deviceTarget(device, rules.packets), freeBytes: device.freeBytes, shortfallBytes: planned.shortfallBytes });
    }
    // Of a device that nobody could look at, what was told last holds; not of one that is not mounted or not used any more.
    const unknown = unmeasured.filter(({ isAbsent = false }) => !isAbsent).map(({ directory }) => directory);
    const subjects = new Set([...devices.map((device) => device.directories[0] ?? String(device.device)), ...unknown]);
    for (const subject of events.lasting("target-unreachable")) if (!subjects.has(subject)) events.clear("target-unreachable", subject);
    this.#tellBlocking({ ...this.#blocking, packets: (plan?.devices ?? []).flatMap(({ blocked }) => blocked) });
  }

  /** Tells holds that keep files or days which would go, and when they do not any more. */
  #tellBlocking(found: Blocking): void {
    const { events, catalogue } = this.#parts;
    this.#blocking = found;
    const blocking = new Map<string, { items: number; bytes: number }>();
    for (const { hold, items, bytes } of [...(found.packets ?? []), ...(found.sessions ?? [])]) {
      const entry = blocking.get(String(hold)) ?? { items: 0, bytes: 0 };
      blocking.set(String(hold), { items: entry.items + items, bytes: entry.bytes + bytes });
    }
    for (const [subject, sums] of blocking) events.raise({ kind: "hold-blocks", subject, ...sums });
    // Before both have run, what an earlier process found may hold still, unless the hold is over.
    const known = found.packets !== null && found.sessions !== null;
    const inForce = new Set(catalogue.holds.active().map(({ id }) => String(id)));
    for (const subject of events.lasting("hold-blocks")) if (!blocking.has(subject) && (known || !inForce.has(subject))) events.clear("hold-blocks", subject);
  }

  /**
   * Expires days of sessions that are old enough. Servers that share the index are asked first what they hold; nothing else waits for
   * their answers. Where one does not answer, nothing goes. `progressed` is told of each step, also of those of a run that this one waits for.
   */
  expireSessions(signal: AbortSignal | null, progressed: Progressed = () => {}): Promise<SessionExpiryRun> {
    return this.#progress.during(progressed, () => this.#expireSessions(signal));
  }

  async #expireSessions(signal: AbortSignal | null): Promise<SessionExpiryRun> {
    const { shared, logger } = this.#parts;
    if (shared === undefined) return this.#alone(async () => this.#expire(await this.#expiryPlan(signal), signal));
    const plan = await this.#alone(() => this.#expiryPlan(signal));
    const going = plan.items.filter(({ action }) => action === "expire");
    if (going.length === 0) return { expired: [], failed: [] };
    try {
      return await shared.during(going.map(({ startMs, endMs }) => ({ startMs, endMs })), (held, isOurs) => this.#alone(() => this.#expire(plan, signal, { held, isOurs })), signal);
    } catch (error) {
      if (!(error instanceof LookbackError) || error.code !== "SERVER_SILENT") throw error;
      logger.warn({ code: error.code, ...error.details, days: going.length }, error.message);
      const { code, message } = error;
      return { expired: [], failed: going.map(({ day }) => ({ day, code, reason: `${code}: ${message}` })) };
    }
  }

  async #expiryPlan(signal: AbortSignal | null): Promise<SessionPlan> {
    new Expirations(this.#parts.catalogue.settings).settle();
    await this.#settleHolds(this.#running, signal);
    const plan = await this.#sessionPlan(this.#running);
    this.#tellBlocking({ ...this.#blocking, sessions: plan.blocked });
    return plan;
  }

  async #expire(plan: SessionPlan, signal: AbortSignal | null, elsewhere?: HeldElsewhere): Promise<SessionExpiryRun> {
    const run = await executeSessions(this.#running, plan, signal, elsewhere);
    this.totals.days += run.expired.length;
    return run;
  }

  /**
   * What is held here of days that another server expires: sessions of classes are put under their holds first, and what is held is
   * looked up again. Beside other runs, for somebody waits. Throws what the store throws: half an answer is none.
   */
  async heldIn(spans: readonly ExpirySpan[], signal: AbortSignal | null): Promise<readonly HeldInSpan[]> {
    const { catalogue: { holds }, classes } = this.#parts;
    for (const span of spans) await classes?.claimDays(span, signal);
    await this.#settleHolds(this.#parts, signal);
    const days = holds.active().flatMap(({ subject, subjectId }) => (subject === "day" ? [dayStartMs(subjectId)] : []));
    return spans.map(({ startMs, endMs }) => ({ startMs, endMs, whole: days.some((ms) => isWithin(ms, startMs, endMs)), ids: holds.sessionsBetween(startMs, endMs) }));
  }

  /** Removes entries of the audit log that are older than `auditDays`, and what is known of holds that ended. Returns how many entries went. */
  expireAudit(): Promise<number> {
    return this.#alone(() => {
      const { catalogue, clock, rules } = this.#parts;
      catalogue.holds.forgetEnded();
      return Promise.resolve(catalogue.audit.expire(clock.nowMs() - rules.auditDays * DAY_MS));
    });
  }

  /**
   * Looks held sessions up again, as far as they can be. Returns from when on packets may be of one that cannot be looked up now, while
   * a search cluster is away: older files are decided. Null when all are settled. Throws what will not pass by itself.
   */
  async #undecidedFrom(sources: PlanSources, signal: AbortSignal | null): Promise<number | null> {
    try {
      await this.#settleHolds(sources, signal);
      return null;
    } catch (error) {
      const from = sources.catalogue.holds.earliestUnsettled();
      if (!(error instanceof LookbackError) || !error.retryable || from === null) throw error;
      this.#parts.logger.warn({ error: error.message, code: error.code, from: new Date(from).toISOString() }, "held sessions cannot be looked up now; packet files from then on stay");
      return from;
    }
  }

  /** Looks held sessions up again that may have got packets since. Throws what the store throws: nothing is deleted on half the facts. */
  async #settleHolds({ catalogue: { holds }, store, classes, progressed }: PlanSources, signal: AbortSignal | null): Promise<void> {
    classes?.prune();
    for (let after: Uint8Array | null = null; ; ) {
      const ids: readonly Uint8Array[] = holds.unsettled(after, SETTLE_BATCH);
      for await (const sessions of heldSessions(store, ids, signal)) {
        holds.settle(sessions.map(heldSession));
        progressed?.();
      }
      after = ids.at(-1) ?? null;
      if (after === null || ids.length < SETTLE_BATCH) return;
    }
  }

  async #devicesOf(directory: string): Promise<ReadonlySet<number>> {
    const { devices } = await measureSpace([directory], this.#parts.probe, this.#parts.looks, DELETION_PATIENCE_MS);
    return new Set(devices.map(({ device }) => device));
  }

  async #freeBytes(directories: readonly string[]): Promise<number> {
    const { devices } = await measureSpace(directories.slice(0, 1), this.#parts.probe, this.#parts.looks, DELETION_PATIENCE_MS);
    // Unknown counts as none: the plan alone bounds what goes then.
    return devices[0]?.freeBytes ?? 0;
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#last.then(run);
    this.#last = next.catch(() => {});
    return next;
  }
}

/** Directories of devices that were measured and are in no plan: they did not answer when their files were looked at. */
function silentSince(devices: readonly DeviceFact[], plan: PacketPlan): readonly UnmeasuredDirectory[] {
  return devices.filter(({ device }) => !plan.devices.some((one) => one.device === device))
    .flatMap(({ directories }) => directories.map((directory) => ({ directory, reason: "its files do not answer; look at its disk or mount" })));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
