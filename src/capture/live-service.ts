import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { EngineSettings, LiveEngine, LiveFlush, NativeCore } from "../native/types.js";
import { adoptFiles, reserveFiles } from "./live-files.js";
import { replayStream, rememberOpen } from "./live-replay.js";
import { saveStatistics, type LiveStatistics } from "./live-statistics.js";
import { PACKET_HEADER, PacketBatch } from "./packet-batch.js";
import type { PacketListener, PacketSource } from "./packet-source.js";

/** Bytes of one batch for the engine: large enough that the crossing does not count, small enough to stay in a cache. */
const BATCH_BYTES = 1 << 20;
/** Longest a packet waits in a batch, in milliseconds. */
const BATCH_MS = 100;
/** Time between flushes: how much indexing a crash repeats, and how old an answer is. */
const FLUSH_MS = 1000;/** Longest time between commits of a link on which nothing happens. */
const QUIET_COMMIT_MS = 15_000;

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
  readonly packetDirectory: string;
  /** Bytes kept of each packet. */
  readonly snapLength: number;
  readonly maxFileBytes: number;
  readonly maxFileSeconds: number;
  readonly openSource: (onPacket: PacketListener) => Promise<PacketSource>;
}

/**
 * Captures from one source: packets are copied into batches, batches go to the native engine, and every second what
 * became durable is committed: packet files, segments and marks in one transaction. After a crash the next start
 * indexes again what was on disk but not in a row.
 */
export class LiveService {
  readonly #parts: LiveParts;
  readonly #batch = new PacketBatch(BATCH_BYTES);
  readonly #stream: string;
  #engine: LiveEngine | null = null;
  #source: PacketSource | null = null;
  #timers: NodeJS.Timeout[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #failed: (error: unknown) => void = () => {};
  #counts = { packets: 0, bytes: 0, droppedByUs: 0 };
  #startedMs = 0;
  #firstOrdinal = 0;
  #committed = { nextOrdinal: -1, atMs: 0 };
  /** Rejects when the capture cannot go on (the device is full, say). */
  readonly failure: Promise<never>;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#stream = parts.catalogue.settings.getOrMake(`live.stream.${parts.settings.node}`, () => randomBytes(16).toString("hex"));
    this.failure = new Promise((_, reject) => { this.#failed = reject; });
    // Whoever waits for it hears of it; nobody waiting is no reason to end the process.
    this.failure.catch(() => {});
  }

  /** Identity of the node's stream, 32 hex digits. */
  get stream(): string {
    return this.#stream;
  }

  /** Replays what a crash left, then captures. The caller holds the capture role. Throws UNAVAILABLE. */
  async start(): Promise<PacketSource> {
    const parts = this.#parts;
    await mkdir(parts.packetDirectory, { recursive: true });
    await mkdir(parts.segmentDirectory, { recursive: true });
    await adoptFiles(parts, this.#stream);
    this.#firstOrdinal = await replayStream(parts, this.#stream);
    const source = await parts.openSource((packet, originalLength) => { this.#take(packet, originalLength); });
    this.#source = source;
    this.#startedMs = parts.clock.nowMs();
    this.#engine = parts.native.openLive({
      settings: parts.settings, segmentDirectory: parts.segmentDirectory, packetDirectory: parts.packetDirectory,
      linkType: source.linkType, snaplen: Math.min(parts.snapLength, source.snapLength), stream: this.#stream, firstOrdinal: this.#firstOrdinal,
      nextFileId: reserveFiles(parts.catalogue, this.#stream), nanosecond: true, maxFileBytes: parts.maxFileBytes, maxFileSeconds: parts.maxFileSeconds,
    });
    this.#timers = [setInterval(() => { this.#push(); }, BATCH_MS), setInterval(() => { void this.flush(); }, FLUSH_MS)];
    return source;
  }

  /** Makes everything so far durable and visible. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      const engine = this.#engine;
      if (engine === null) return;
      this.#push();
      engine.tick(this.#parts.clock.nowMs());
      const flush = engine.flush();
      const now = this.#parts.clock.nowMs();
      // A quiet link costs no transaction a second; its statistics are still told now and then.
      const quiet = flush.segments.length === 0 && flush.nextOrdinal === this.#committed.nextOrdinal;
      if (quiet && now - this.#committed.atMs < QUIET_COMMIT_MS) return;
      // Before the first packet, what is complete is what was there when the capture began.
      await this.#commit({ ...flush, completeUntilMs: flush.completeUntilMs ?? this.#startedMs });
      this.#committed = { nextOrdinal: flush.nextOrdinal, atMs: now };
    }).catch((error: unknown) => { this.#fail(error); });
    return this.#flushing;
  }

  /** Stops capturing; every session is closed and written. */
  async stop(): Promise<void> {
    this.#source?.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#flushing;
    this.#push();
    const engine = this.#engine;
    this.#engine = null;
    // Nothing is being written any more, so nothing is incomplete.
    if (engine !== null) await this.#commit({ ...engine.close(), completeUntilMs: null });
  }

  #take(packet: Buffer, originalLength: number): void {
    if (this.#engine === null) return;
    const kept = packet.length > this.#parts.snapLength ? packet.subarray(0, this.#parts.snapLength) : packet;
    const now = this.#parts.nowNs();
    if (this.#batch.add(kept, originalLength, now)) return;
    this.#push();
    if (!this.#batch.add(kept, originalLength, now)) this.#counts.droppedByUs++;
  }

  #push(): void {
    const { count } = this.#batch;
    if (count === 0 || this.#engine === null) return;
    const bytes = this.#batch.take();
    try {
      const taken = this.#engine.push(bytes);
      this.#counts.packets += taken;
      this.#counts.droppedByUs += count - taken;
      this.#counts.bytes += bytes.length - count * PACKET_HEADER;
    } catch (error) {
      this.#counts.droppedByUs += count;
      this.#fail(error);
    }
  }

  async #commit(flush: LiveFlush): Promise<void> {
    const { catalogue, store, settings, clock } = this.#parts;
    await store.commitSegments({ add: flush.segments, remove: [] }, () => {
      for (const file of flush.files) {
        const row = {
          state: file.open ? "writing" : "complete", bytes: file.bytes, packets: file.packets, firstMs: file.firstMs, lastMs: file.lastMs,
        } as const;
        if (catalogue.files.get(file.fileId) === null) {
          catalogue.files.add({
            id: file.fileId, node: settings.node, path: file.path, displayName: file.path, stream: this.#stream, storage: "own", format: "pcap",
            linkTypes: [this.#source?.linkType ?? 1], firstOrdinal: file.firstOrdinal, ...row,
          });
        } else {
          catalogue.files.update(file.fileId, row);
        }
      }
      catalogue.marks.set({
        stream: this.#stream, node: settings.node, replayFromOrdinal: flush.replayFromOrdinal, nextOrdinal: flush.nextOrdinal, completeUntilMs: flush.completeUntilMs,
      });
      rememberOpen(catalogue, this.#stream, flush.openOrdinals);
      saveStatistics(catalogue.settings, this.#statistics(flush, clock.nowMs()));
    });
  }

  #statistics(flush: LiveFlush, nowMs: number): LiveStatistics {
    return {
      node: this.#parts.settings.node, interface: this.#source?.interface ?? "", timestampSource: this.#source?.timestampSource ?? "arrival",
      startedMs: this.#startedMs, updatedMs: nowMs, ...this.#counts, droppedByKernel: this.#source?.kernelDrops() ?? null,
      openSessions: flush.openSessions, counters: flush.counters,
    };
  }

  #fail(error: unknown): void {
    this.#parts.logger.error({ error: error instanceof Error ? error.message : String(error) }, "live capture failed");
    this.#failed(error);
  }
}
