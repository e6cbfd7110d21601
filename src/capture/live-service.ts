import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { DirectoryChoice, EngineSettings, LiveEngine, LiveFlush, NativeCore, PacketRule, RingSource, SourceLedger, StandardInput } from "../native/types.js";
import { FailedDirectories } from "./failed-directories.js";
import { accountedUntil, gapAfter, LedgerSpans, noteAccounted } from "./ledger.js";
import { diskFullOf, failuresOf, together, type Durable } from "./live-flush.js";
import { liveAccount, sessionAccount, type LiveAccount } from "./live-account.js";
import { FileNumbers } from "./file-numbers.js";
import { adoptFiles, directoryInodesOf, makeDirectories, noteGivenUp, PacketDisks, requireWritable } from "./live-files.js";
import { noteReplay, rememberOpen, runReplays } from "./live-replay.js";
import { saveStatistics, type LiveStatistics } from "./live-statistics.js";
import { LiveTroubles } from "./live-troubles.js";
import { noteRowsWritten, rowsWanted, rowsWritten } from "./wanted-rows.js";
import { PacketBatch } from "./packet-batch.js";
import type { PacketListener, PacketSource, TimestampSource } from "./packet-source.js";

/** Bytes of one pushed batch: large enough that the crossing does not count, small enough to stay in a cache. */
const BATCH_BYTES = 1 << 20;
/** Longest a packet waits in a batch, in milliseconds. */
const BATCH_MS = 100;
/** Time between flushes: how much indexing a crash repeats, and how old an answer is. */
const FLUSH_MS = 1000;
/** Longest time between commits of a link on which nothing happens. */
const QUIET_COMMIT_MS = 15_000;
/** Time between replay marks of a capture with more open sessions than are listed with every flush. */
const MARK_MS = 10_000;
const MARKED_ALWAYS = 10_000;
/** Time between two looks whether somebody wants the rows of open sessions, and the least between two times they are written. */
const WANTED_MS = 50;
const WANTED_EVERY_MS = 500;

/** Wait before what a crash left is indexed again after there was no room for it, and for its end when the capture is stopped. */
const REPLAY_AGAIN_MS = 10_000;
const REPLAY_WAIT_MS = 5_000;
/** Longest wait for its end once it was told to. */
const REPLAY_END_MS = 5_000;
/** Where the packets of a capture come from. */
export type LiveInput =
  | { readonly kind: "rings"; readonly rings: readonly RingSource[] }
  | { readonly kind: "pushed"; readonly open: (onPacket: PacketListener) => Promise<PacketSource> }
  | { readonly kind: "stream"; readonly open: () => Promise<StandardInput> };

/** What a live capture is made of. */
export interface LiveParts {
  readonly native: NativeCore;
  readonly catalogue: Catalogue;
  readonly store: Pick<IndexStore, "commitSegments">;
  readonly clock: Clock;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  readonly logger: Logger;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  /** At least one. */
  readonly packetDirectories: readonly string[];
  readonly directoryChoice: DirectoryChoice;
  /** Bytes kept of each packet. */
  readonly snapLength: number;
  /** False: packets are indexed and not kept. */
  readonly keepPackets: boolean;
  readonly dontSave: readonly PacketRule[];
  /** Whether the rights to open interfaces are given up once they are open. */
  readonly giveUpRights: boolean;
  readonly maxFileBytes: number;
  readonly maxFileSeconds: number;
  /** Seconds after which a session that is still open is seen (`openSessionFlush`). */
  readonly openRowsAfterSeconds: number;
  readonly input: LiveInput;
  /** Hears of each second in which packets or rows found no room; capturing goes on. */
  readonly onDiskFull: (error: LookbackError) => void;
}

/** What a capture that runs says of itself. */
export interface RunningCapture {
  /** Names of the interfaces, separated by commas. */
  readonly interface: string;
  readonly timestampSource: TimestampSource;
  /** As pcap files number them. */
  readonly linkType: number;
}

/**
 * Captures one node's packets. The native engine stores and indexes them on threads of its own; every second what
 * became durable is committed: packet files, segments and marks in one transaction. After a crash the next start captures at once, and
 * indexes beside that what was on disk but not in a row. A full disk ends nothing: packets are lost and counted until there
 * is room.
 */
export class LiveService {
  readonly #parts: LiveParts;
  readonly #batch = new PacketBatch(BATCH_BYTES);
  readonly #stream: string;
  #engine: LiveEngine | null = null;
  #source: PacketSource | null = null;
  #running: RunningCapture = { interface: "", timestampSource: "kernel", linkType: 1 };
  #timers: NodeJS.Timeout[] = [];
  #flushing: Promise<void> | null = null;
  #failed: (error: unknown) => void = () => {};
  #startedMs = 0;
  #firstOrdinal = 0;
  #committed = { nextOrdinal: -1, atMs: 0, markMs: 0, openSessions: 0 };
  readonly #told: LiveTroubles;
  readonly #directories: FailedDirectories;
  #sessions = sessionAccount({}, 0);
  readonly #numbers: FileNumbers;
  #spans: LedgerSpans;
  /** What the core made durable and the catalogue had no room for. */
  #uncommitted: Durable | null = null;
  #wishes = { met: 0, triedMs: Number.NEGATIVE_INFINITY };
  readonly #ending = new AbortController();
  /** Replays that met a damaged file, see `ReplayParts`. */
  readonly #damagedReplays = new Set<number>();
  /** When what a crash left could not be indexed for now, until that is tried again, and why. */
  #replayFailed: { readonly atMs: number | null; readonly reason: string } = { atMs: null, reason: "" };
  /** Resolves when what a crash left is indexed, or is left to the next start. */
  replayed: Promise<void> = Promise.resolve();
  /** Rejects when the capture cannot go on. */
  readonly failure: Promise<never>;
  #end: () => void = () => {};
  /** Resolves when every source has given all there is: never for interfaces. */
  readonly ended: Promise<void>;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#stream = parts.catalogue.settings.getOrMake(`live.stream.${parts.settings.node}`, () => randomBytes(16).toString("hex"));
    this.#numbers = new FileNumbers(parts.catalogue, this.#stream);
    this.#spans = new LedgerSpans(parts.settings.node, "", 0);
    this.#directories = new FailedDirectories(parts.packetDirectories);
    this.#told = new LiveTroubles(parts.logger);
    this.failure = new Promise((_, reject) => { this.#failed = reject; });
    this.ended = new Promise((resolve) => { this.#end = resolve; });
    // Whoever waits for it hears of it; nobody waiting is no reason to end the process.
    this.failure.catch(() => {});
  }

  /** Identity of the node's stream, 32 hex digits. */
  get stream(): string {
    return this.#stream;
  }

  /** Captures, and indexes beside it what a crash left. The caller holds the capture role. Throws UNAVAILABLE, CONFIG_INVALID. */
  async start(): Promise<RunningCapture> {
    const parts = this.#parts;
    await mkdir(parts.segmentDirectory, { recursive: true });
    const disks = new PacketDisks(parts.logger);
    makeDirectories(parts.native, parts.packetDirectories, disks);
    if (parts.keepPackets) await requireWritable(parts.packetDirectories, disks);
    await adoptFiles(parts, this.#stream, disks);
    const firstOrdinal = noteReplay(parts.catalogue, this.#stream, parts.settings.node);
    const { input } = parts;
    this.#source = input.kind === "pushed" ? await input.open((packet, originalLength) => { this.#take(packet, originalLength); }) : null;
    const stream = input.kind === "stream" ? await input.open() : null;
    this.#startedMs = parts.clock.nowMs();
    this.#wishes.met = rowsWritten(parts.catalogue.settings);
    const numbers = this.#numbers.begin(disks.allAnswered);
    this.#engine = parts.native.openLive({
      settings: parts.settings, segmentDirectory: parts.segmentDirectory, packetDirectories: parts.packetDirectories, directoryChoice: parts.directoryChoice,
      linkType: this.#source?.linkType ?? null, snaplen: Math.min(parts.snapLength, this.#source?.snapLength ?? Infinity), stream: this.#stream, firstOrdinal,
      firstFileId: numbers.first, fileIds: numbers.count, maxFileBytes: parts.maxFileBytes, maxFileSeconds: parts.maxFileSeconds,
      openRowsAfterSeconds: parts.openRowsAfterSeconds, sources: input.kind === "rings" ? input.rings : [],
      keepPackets: parts.keepPackets, dontSaveBpfs: parts.dontSave, giveUpRights: parts.giveUpRights,
    }, stream);
    this.#running = { ...sourceOf(input, this.#source), linkType: this.#engine.linkType };
    this.#account(firstOrdinal);
    this.replayed = this.#replay();
    this.#timers = [setInterval(() => { void this.flush(); }, FLUSH_MS)];
    this.#timers.push(setInterval(() => { this.#flushWanted(); }, WANTED_MS));
    if (this.#source !== null) this.#timers.push(setInterval(() => { this.#push(); }, BATCH_MS));
    return this.#running;
  }

  /** Indexes again what a crash left. Without room for it, or its files, again when there may be; what fails otherwise is tried at the next start. */
  async #replay(): Promise<void> {
    const { signal } = this.#ending;
    try {
      await runReplays({ ...this.#parts, damaged: this.#damagedReplays }, this.#stream, signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.#replayFailed.reason) this.#parts.logger.error({ error: reason }, "what an interrupted capture left could not be indexed; capturing goes on");
      const known = error instanceof LookbackError ? error : null;
      if (known?.code === "DISK_FULL") this.#parts.onDiskFull(known);
      this.#replayFailed = { atMs: known?.code === "DISK_FULL" || known?.code === "UNAVAILABLE" ? this.#parts.clock.nowMs() : null, reason };
    }
  }

  /** Accounts for what a capture that died left, and begins the account of this one. */
  #account(firstOrdinal: number): void {
    const { catalogue, settings: { node }, clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#firstOrdinal = firstOrdinal;
    this.#spans = new LedgerSpans(node, this.#running.interface, nowMs);
    const gap = gapAfter(accountedUntil(catalogue.settings, this.#stream), node, () => catalogue.files.ofStream(this.#stream), nowMs);
    catalogue.transaction(() => {
      if (gap !== null) catalogue.captureLedger.add(gap);
      noteAccounted(catalogue.settings, this.#stream, { interface: this.#running.interface, ordinal: firstOrdinal, atMs: nowMs, running: true });
    });
    if (gap !== null) {
      this.#parts.logger.warn({ fromMs: gap.fromMs, untilMs: gap.untilMs, packets: gap.stored }, "a capture ended without being stopped: what was lost until this one began was counted by nobody; the packets that it stored are accounted for now");
    }
  }

  /** What it did since it began; null before and after. */
  account(): LiveAccount | null {
    if (this.#engine === null) return null;
    return liveAccount(this.#engine.ledgers(), this.#running.interface, this.#sessions, { startedMs: this.#startedMs, atMs: this.#parts.clock.nowMs() }, this.#told.failure);
  }

  /** Makes everything so far durable and visible; while one flush runs, no other begins. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flushOnce().finally(() => { this.#flushing = null; });
    return this.#flushing;
  }

  async #flushOnce(): Promise<void> {
    const engine = this.#engine;
    if (engine === null) return;
    try {
      this.#push();
      const now = this.#parts.clock.nowMs();
      const { atMs: replayFailedMs } = this.#replayFailed;
      if (replayFailedMs !== null && isOver(replayFailedMs, REPLAY_AGAIN_MS, now)) {
        this.#replayFailed = { ...this.#replayFailed, atMs: null };
        this.replayed = this.#replay();
      }
      const mark = this.#committed.openSessions < MARKED_ALWAYS || isOver(this.#committed.markMs, MARK_MS, now);
      const wish = this.#wish();
      if (wish !== null) this.#wishes.triedMs = now;
      const flush = await engine.flush(now, mark, wish !== null);
      this.#sessions = sessionAccount(flush.counters, flush.openSessions);
      const ledgers = engine.ledgers();
      this.#noteTroubles(flush, ledgers, now);
      const full = failuresOf(flush).map(diskFullOf).find((error) => error !== null);
      if (full !== undefined) this.#parts.onDiskFull(full);
      const dead = ledgers.find(({ failure }) => failure !== null);
      // What the core handed over it has no more: it is committed when all ends.
      if (dead !== undefined) {
        this.#uncommitted = together(this.#uncommitted, flush);
        throw new LookbackError("UNAVAILABLE", `capture from ${dead.interface} ended: ${dead.failure ?? ""}`, { interface: dead.interface });
      }
      // A quiet link costs no transaction a second; its statistics are still told now and then.
      if (ledgers.every(({ ended }) => ended)) this.#end();
      const quiet = flush.segments.length === 0 && flush.nextOrdinal === this.#committed.nextOrdinal && flush.writeFailure === null && flush.files.every(({ open, givenUp }) => open && !givenUp);
      if (quiet && wish === null && !isOver(this.#committed.atMs, QUIET_COMMIT_MS, now)) return;
      // Before the first packet, what is complete is what was there when the capture began.
      await this.#commit({ ...flush, completeUntilMs: flush.completeUntilMs ?? this.#startedMs }, ledgers, wish);
      if (wish !== null) this.#wishes.met = wish;
      this.#committed = {
        nextOrdinal: flush.nextOrdinal, atMs: now, openSessions: flush.openSessions, markMs: flush.mark === null ? this.#committed.markMs : now,
      };
    } catch (error) {
      if (!(error instanceof LookbackError) || error.code !== "DISK_FULL") {
        this.#fail(error);
        return;
      }
      this.#told.refused(error.message);
      this.#parts.onDiskFull(error);
    }
  }

  /** Stops capturing; every session is closed and written. */
  async stop(): Promise<void> {
    this.#source?.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#flushing;
    this.#push();
    const engine = this.#engine;
    this.#engine = null;
    if (engine === null) return;
    engine.stopSources();
    // Packets on their way between two threads are accounted for once a flush has gone the same way.
    const last = await engine.flush(this.#parts.clock.nowMs(), false, false).catch(async (error: unknown) => {
      // A thread that is stuck is not waited for again, and what is left is indexed by the next start.
      await engine.close(this.#parts.clock.nowMs()).catch(() => {});
      throw error;
    });
    this.#uncommitted = together(this.#uncommitted, last);
    const ledgers = engine.ledgers();
    this.#noteTroubles(last, ledgers, this.#parts.clock.nowMs());
    // Nothing is being written any more, so nothing is incomplete.
    await this.#endReplay();
    await this.#commit({ ...await engine.close(this.#parts.clock.nowMs()), completeUntilMs: null }, ledgers, null, false);
  }

  /** Lets what is being indexed again come to its end, for a while; the next start goes on. */
  async #endReplay(): Promise<void> {
    // One that waits for a disk which does not answer hears of no end.
    let patience: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      patience = setTimeout(() => {
        this.#ending.abort();
        patience = setTimeout(resolve, REPLAY_END_MS);
      }, REPLAY_WAIT_MS);
    });
    await Promise.race([this.replayed, enough]);
    clearTimeout(patience);
  }

  #take(packet: Buffer, originalLength: number): void {
    if (this.#engine === null) return;
    const kept = packet.length > this.#parts.snapLength ? packet.subarray(0, this.#parts.snapLength) : packet;
    const now = this.#parts.nowNs();
    if (this.#batch.add(kept, originalLength, now)) return;
    this.#push();
    this.#batch.add(kept, originalLength, now);
  }

  #push(): void {
    if (this.#batch.count === 0 || this.#engine === null) return;
    try {
      this.#engine.push(this.#batch.take());
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The wish for rows of open sessions that is to be met now, or null. */
  #wish(): number | null {
    const wanted = rowsWanted(this.#parts.catalogue.settings);
    return wanted > this.#wishes.met && isOver(this.#wishes.triedMs, WANTED_EVERY_MS, this.#parts.clock.nowMs()) ? wanted : null;
  }

  #flushWanted(): void {
    try {
      if (this.#flushing === null && this.#wish() !== null) void this.flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Commits a flush, and those before it that were not; a failure leaves them all for the next. */
  async #commit(newest: LiveFlush, ledgers: readonly SourceLedger[], wish: number | null, running = true): Promise<void> {
    const { catalogue, store, settings, clock, input } = this.#parts;
    const nowMs = clock.nowMs();
    const sum = (count: (ledger: SourceLedger) => number): number => ledgers.reduce((total, ledger) => total + count(ledger), 0);
    this.#uncommitted = together(this.#uncommitted, newest);
    const flush = { ...newest, ...this.#uncommitted };
    const ledger = this.#spans.next(ledgers, nowMs);
    const accounted = { interface: this.#running.interface, ordinal: this.#firstOrdinal + sum(({ stored }) => stored), atMs: nowMs, running };
    const inodes = await directoryInodesOf(catalogue.files, flush.files);
    await store.commitSegments({ add: flush.segments, remove: [], goesOn: true }, () => {
      for (const file of flush.files) {
        const directoryInode = inodes.get(file.fileId);
        const row = {
          state: file.open ? "writing" : "complete", bytes: file.bytes, packets: file.packets, firstMs: file.firstMs, lastMs: file.lastMs, ...(directoryInode === undefined ? {} : { directoryInode }),
        } as const;
        if (catalogue.files.get(file.fileId) === null) {
          catalogue.files.add({
            id: file.fileId, node: settings.node, path: file.path, displayName: file.path, stream: this.#stream, storage: "own", format: "pcap",
            linkTypes: [this.#running.linkType], firstOrdinal: file.firstOrdinal, ...row,
          });
        } else {
          catalogue.files.update(file.fileId, row);
        }
      }
      noteGivenUp(catalogue.settings, this.#stream, flush.files);
      const { mark } = flush;
      if (mark !== null) {
        catalogue.marks.set({
          stream: this.#stream, node: settings.node, completeUntilMs: flush.completeUntilMs, nextOrdinal: mark.knownUntilOrdinal,
          replayFromOrdinal: mark.replayFromOrdinal < mark.knownUntilOrdinal ? mark.replayFromOrdinal : null,
        });
        rememberOpen(catalogue, this.#stream, mark.open);
      } else {
        catalogue.marks.setCompleteUntil(this.#stream, flush.completeUntilMs);
      }
      for (const span of ledger.spans) catalogue.captureLedger.add(span);
      if (this.#source !== null && this.#source.kernelDrops() === null) catalogue.unknownDrops.note({ node: settings.node, interface: this.#running.interface, fromMs: this.#startedMs, untilMs: nowMs });
      noteAccounted(catalogue.settings, this.#stream, accounted);
      const statistics: LiveStatistics = {
        node: settings.node, interface: this.#running.interface, timestampSource: this.#running.timestampSource, startedMs: this.#startedMs, updatedMs: nowMs,
        packets: sum(({ stored }) => stored), bytes: sum(({ bytes }) => bytes), droppedByUs: sum(({ lostToDisk, lostToQueue }) => lostToDisk + lostToQueue),
        droppedByKernel: input.kind === "rings" ? sum(({ droppedByKernel }) => droppedByKernel ?? 0) : (this.#source?.kernelDrops() ?? null),
        openSessions: flush.openSessions, sources: ledgers, failure: this.#told.failureAfter(flush.nextOrdinal), failedDirectories: this.#directories.list(), counters: flush.counters,
      };
      saveStatistics(catalogue.settings, statistics);
      if (wish !== null) noteRowsWritten(catalogue.settings, wish);
    });
    this.#uncommitted = null;
    this.#told.committed(flush.nextOrdinal);
    ledger.settle();
    const highest = flush.files.reduce((most, { fileId }) => Math.max(most, fileId), 0);
    this.#numbers.use(highest, ({ first, count }) => this.#engine?.moreFileIds(first, count) ?? false);
  }

  /** Tells of what went wrong until a flush, and keeps which directories failed for whoever serves. */
  #noteTroubles(flush: LiveFlush, ledgers: readonly SourceLedger[], nowMs: number): void {
    this.#told.flushed(flush, ledgers, nowMs);
    this.#directories.note(failuresOf(flush), flush.files, nowMs);
  }

  #fail(error: unknown): void {
    this.#parts.logger.error({ error: error instanceof Error ? error.message : String(error) }, "live capture failed");
    this.#failed(error);
  }
}

/** Whether a wait that began at a time is over; it is when the clock was set back behind its beginning. */
function isOver(sinceMs: number, waitMs: number, nowMs: number): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= waitMs;
}

function sourceOf(input: LiveInput, pushed: PacketSource | null): Pick<RunningCapture, "interface" | "timestampSource"> {
  if (input.kind === "rings") return { interface: input.rings.map((ring) => ring.interface).join(","), timestampSource: "kernel" };
  return pushed ?? { interface: "standard input", timestampSource: "given" };
}
