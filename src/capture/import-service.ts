import { stat } from "node:fs/promises";
import type { Clock } from "../base/clock.js";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { EngineSettings, ImportProgress, ImportResult, NativeCore } from "../native/types.js";
import { directoryLooks } from "../packet-store/packet-store.js";
import { ImportEvents } from "./import-events.js";
import { ImportFiles, type PreparedCapture } from "./import-files.js";
import { isFinished, type EarlierImport, type ImportJob } from "./import-job.js";
import { ImportQueue, type ImportedFile } from "./import-queue.js";
import { LOOKED_AT, workersFor } from "./import-share.js";
import { leftOutWarnings } from "./left-out.js";
import { sourceIdentity } from "./source-identity.js";
import { findSources } from "./sources.js";

/** Rows per segment that an import or a rebuild writes: they and their columns are a third of the memory that it touches; compaction merges what is small. */
export const ROWS_PER_SEGMENT = 4_096;
/** Least milliseconds between two reports of one job. */
const REPORT_INTERVAL_MS = 250;

/** What an import service is made of. */
export interface ImportParts {
  readonly native: NativeCore;
  readonly catalogue: Catalogue;
  readonly store: Pick<IndexStore, "commitSegments">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: EngineSettings;
  /** `sessions/` of the data directory. */
  readonly segmentDirectory: string;
  /** Where copies go. */
  readonly packetDirectory: string;
  /** Names of files that a directory stands for. */
  readonly fileNames: RegExp;
  /** Makes room where a directory's device is full; whether anything went. Left out or null: nobody does. */
  readonly makeRoom?: ((directory: string) => Promise<boolean>) | null;
}

/** What one request became. */
export interface Submission {
  readonly jobs: readonly ImportJob[];
  /** Paths that became no job. */
  readonly failed: readonly { readonly path: string; readonly error: LookbackError }[];
}

/** An import that goes on. */
interface RunningImport {
  readonly abort: AbortController;
  readonly workers: number;
  /** Size of what it reads, or 0 where that is not known. */
  readonly bytes: number;
}

/** Tells of the progress of one import, until it ends. */
interface ImportReporter {
  readonly report: (progress: ImportProgress) => void;
  readonly end: () => void;
}

/**
 * Imports captures in the order they were asked for, as many side by side as there are workers. A job is a row of the catalogue, so a queue survives
 * a crash; file, segments and the end of the job become visible in one transaction, or not at all.
 */
export class ImportService {
  readonly #parts: ImportParts;
  readonly #files: ImportFiles;
  readonly #queue: ImportQueue;
  readonly #events = new ImportEvents();
  /** By job. */
  readonly #running = new Map<string, RunningImport>();
  /** By stream, and by path: what is being imported, and when that is over. */
  readonly #inHand = new Map<string, Promise<void>>();
  /** Room that is being made, and how often it was. */
  #room: Promise<boolean> | null = null;
  #roomsMade = 0;
  #roomMade = false;
  #pump: Promise<void> | null = null;
  /** Tells the pump to look at the queue again. */
  #poke: () => void = () => {};
  #stopped = true;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#files = new ImportFiles(parts);
    this.#queue = new ImportQueue(parts.catalogue, parts.settings.node);
  }

  /** Takes up queued jobs, and those that a process which died left running. The caller holds the import role. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#takeUpInterrupted();
    this.wake();
  }

  /** Queues again what was running when a process died, or when the catalogue could not note how it ended. */
  async #takeUpInterrupted(): Promise<void> {
    for (const job of this.#queue.running()) {
      if (job.fileId !== null) await this.#files.discard(job.fileId);
      if (job.path === "-") {
        this.#queue.releaseFile(job.id);
        this.#fail(job.id, new LookbackError("CAPTURE_UNREADABLE", "standard input ended with the process that read it"));
      } else {
        this.#events.publish(this.#queue.move(job.id, "queued"));
      }
    }
  }

  /** Ends the running imports and leaves their jobs in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { abort } of this.#running.values()) abort.abort();
    this.#poke();
    await this.#pump;
    this.#events.close();
  }

  /**
   * Queues captures. Directories stand for the files in them; `-` is standard input. With `onlyNew` those are imported already, too,
   * whose packets expired.
   *
   * @throws LookbackError LIMIT_EXCEEDED for too many files, SHUTTING_DOWN.
   */
  async submit(paths: readonly string[], options: { readonly copy: boolean; readonly workingDirectory: string; readonly requestedBy: string; readonly node?: string | null; readonly onlyNew?: boolean }): Promise<Submission> {
    if (this.#stopped) throw new LookbackError("SHUTTING_DOWN", "imports are not taken any more");
    const { files, failed } = await findSources(paths, this.#parts.fileNames, options.workingDirectory);
    const jobs = this.#queue.add(files, options);
    for (const job of jobs) this.#events.publish(job);
    this.wake();
    return { jobs, failed };
  }

  /** Looks for queued jobs, which other processes may have added. */
  wake(): void {
    this.#poke();
    if (this.#stopped || this.#pump !== null) return;
    this.#pump = this.#drain().then(() => {
      this.#pump = null;
      // A job may have come between the last look and here.
      if (this.#queue.queued(1).length > 0) this.wake();
    }).catch((error: unknown) => {
      this.#pump = null;
      this.#parts.logger.error({ error: messageOf(error) }, "the import queue stopped; it goes on when it is looked at next");
    });
  }

  /** Ends a queued or running job. Returns it, or null when there is none. */
  cancel(id: string): ImportJob | null {
    const job = this.#queue.get(id);
    if (job === null || isFinished(job.state)) return job;
    const cancelled = new LookbackError("QUERY_CANCELLED", `${job.path}: the import was cancelled`);
    const running = this.#running.get(id);
    if (running === undefined) this.#fail(id, cancelled);
    else running.abort.abort(cancelled);
    return this.#queue.get(id);
  }

  job(id: string): ImportJob | null {
    return this.#queue.get(id);
  }

  /** Newest first. */
  jobs(limit: number): readonly ImportJob[] {
    return this.#queue.list(limit);
  }

  /** The newest import of an absolute path that is in, or null. */
  imported(path: string): EarlierImport | null {
    return this.#queue.imported(path);
  }

  /** Every change of every job from now on. A slow reader misses steps in between, never the last state of a job. */
  events(signal: AbortSignal | null = null): AsyncIterableIterator<ImportJob> {
    return this.#events.subscribe(signal);
  }

  /** Resolves when the jobs are finished, with their final states; `onChange` sees each step. */
  async finished(ids: readonly string[], onChange: (job: ImportJob) => void = () => {}): Promise<ImportJob[]> {
    const open = new Set(ids);
    const events = this.events();
    try {
      for (const id of ids) if (isFinished(this.#queue.get(id)?.state ?? "failed")) open.delete(id);
      while (open.size > 0) {
        const next = await events.next();
        if (next.done === true) break;
        if (!open.has(next.value.id)) continue;
        onChange(next.value);
        if (isFinished(next.value.state)) open.delete(next.value.id);
      }
    } finally {
      await events.return?.();
    }
    return ids.flatMap((id) => this.#queue.get(id) ?? []);
  }

  async #drain(): Promise<void> {
    await this.#takeUpInterrupted();
    const ends = new Set<Promise<void>>();
    const failures: unknown[] = [];
    while (!this.#stopped && failures.length === 0) {
      const poked = new Promise<void>((resolve) => { this.#poke = resolve; });
      const next = await this.#next();
      if (next === "none" && ends.size === 0) break;
      if (typeof next === "object") {
        const end = this.#run(next.job, next.running).catch((error: unknown) => { failures.push(error); }).finally(() => {
          this.#running.delete(next.job.id);
          ends.delete(end);
        });
        ends.add(end);
      } else if (next !== "changed" && ends.size > 0) {
        await Promise.race([poked, ...ends]);
      }
    }
    await Promise.all(ends);
    if (failures.length > 0) throw failures[0];
  }

  /** Workers that no import has. */
  get #free(): number {
    return [...this.#running.values()].reduce((left, { workers }) => left - workers, this.#parts.settings.workers);
  }

  /** The job whose turn it is, which from now on is running; else why there is none: no job, no worker, or it changed meanwhile. */
  async #next(): Promise<{ readonly job: ImportJob; readonly running: RunningImport } | "none" | "wait" | "changed"> {
    const all = this.#parts.settings.workers;
    if (this.#free === 0) return "wait";
    const waiting = this.#queue.queued(LOOKED_AT);
    const [first] = waiting;
    if (first === undefined) return "none";
    // One worker has nothing to share.
    const [bytes = 0, ...others] = all === 1 ? [] : await sizesOf(waiting.map(({ path }) => path));
    const job = this.#queue.get(first.id);
    if (job?.state !== "queued" || this.#stopped) return "changed";
    const workers = workersFor(bytes, [...others, ...[...this.#running.values()].map((one) => one.bytes)], all, this.#free);
    if (workers === 0) return "wait";
    const running = { abort: new AbortController(), workers, bytes };
    this.#running.set(job.id, running);
    return { job, running };
  }

  async #run(job: ImportJob, running: RunningImport, isSecondTry = false): Promise<void> {
    const { signal } = running.abort;
    this.#events.publish(this.#queue.move(job.id, "running", { packets: 0, bytes: 0, sessions: 0 }));
    try {
      await this.#import(job, running);
    } catch (error) {
      const known = asImportError(signal.aborted ? signal.reason : error, job.path);
      const roomsMade = this.#roomsMade;
      const fileId = this.#queue.get(job.id)?.fileId ?? null;
      if (fileId !== null) await this.#files.discard(fileId);
      this.#queue.releaseFile(job.id);
      if (signal.aborted && this.#stopped) {
        this.#events.publish(this.#queue.move(job.id, "queued"));
        return;
      }
      if (known.code === "DISK_FULL" && !isSecondTry && job.path !== "-" && (await this.#makeRoom(roomsMade))) return this.#run(job, running, true);
      if (known.code === "INTERNAL") this.#parts.logger.error({ path: job.path, error: messageOf(error) }, "an import failed");
      this.#fail(job.id, known);
    }
  }

  /** Makes room once for all that found none meanwhile; `before` is how often it was made when this one found none. Whether anything went. */
  async #makeRoom(before: number): Promise<boolean> {
    if (this.#roomsMade > before) return this.#roomMade;
    this.#room ??= (async () => {
      try {
        this.#roomMade = (await this.#parts.makeRoom?.(this.#parts.packetDirectory)) ?? false;
      } catch (error) {
        this.#roomMade = false;
        this.#parts.logger.warn({ error: messageOf(error) }, "no room could be made for an import");
      }
      this.#roomsMade += 1;
      this.#room = null;
      return this.#roomMade;
    })();
    return this.#room;
  }

  #import(job: ImportJob, running: RunningImport): Promise<void> {
    // What lies at one path now is newer than what was read there before.
    return job.path === "-" ? this.#read(job, running) : this.#alone(`path ${job.path}`, running.abort.signal, () => this.#read(job, running));
  }

  async #read(job: ImportJob, running: RunningImport): Promise<void> {
    const { signal } = running.abort;
    const reporter = this.#reporter(job.id);
    const fileId = this.#queue.reserveFile(job);
    // Before it is read: another file that takes its place meanwhile is another one.
    const source = job.path === "-" ? null : await stat(job.path, { bigint: true }).then(sourceIdentity, () => null);
    if (source !== null) this.#queue.noteSource(job.id, source);
    const capture = await this.#files.prepare(job, fileId, signal, (bytes) => { reporter.report({ packets: 0, bytes, totalBytes: 0, sessions: 0 }); });
    await this.#alone(capture.stream, signal, () => this.#index(job, running, capture, fileId, reporter));
  }

  /** Waits until nobody imports a stream, or what lies at a path, and does so. Throws the signal's reason. */
  async #alone(subject: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const ended = new Promise<void>((resolve) => { signal.addEventListener("abort", () => { resolve(); }, { once: true }); });
    for (let other = this.#inHand.get(subject); other !== undefined && !signal.aborted; other = this.#inHand.get(subject)) await Promise.race([other, ended]);
    signal.throwIfAborted();
    const done = work();
    this.#inHand.set(subject, done.catch(() => {}).finally(() => { this.#inHand.delete(subject); }));
    await done;
  }

  async #index(job: ImportJob, { abort: { signal }, workers }: RunningImport, capture: PreparedCapture, fileId: number, reporter: ImportReporter): Promise<void> {
    const { native, settings, segmentDirectory } = this.#parts;
    const known = this.#queue.fileOfStream(capture.stream, job.onlyNew);
    if (known !== null) {
      throw new LookbackError("CAPTURE_ALREADY_IMPORTED", `${job.path}: the same capture was imported before as ${known.displayName}`, { path: job.path, file: known.displayName });
    }
    const read = await native.importStream({
      files: [{ path: capture.path, fileId, firstOrdinal: 0 }], stream: capture.stream, settings: { ...settings, workers, node: job.node ?? settings.node }, segmentDirectory, batchRows: ROWS_PER_SEGMENT, replay: null, losses: null,
    }, signal, reporter.report).finally(reporter.end);
    const result: ImportResult = { ...read, warnings: [...capture.warnings, ...read.warnings, ...leftOutWarnings(read)] };
    try {
      signal.throwIfAborted();
      const path = await this.#files.keep(capture, result, fileId);
      const file: ImportedFile = { fileId, path, stream: capture.stream, bytes: capture.bytes, storage: capture.own ? "own" : "in-place", directoryInode: await directoryLooks.directoryInodeOf(path), result };
      await this.#parts.store.commitSegments({ add: result.segments, remove: [] }, () => { this.#queue.complete(job, file); });
    } catch (error) {
      await this.#files.discardSegments(result.segments);
      throw error;
    }
    this.#tell(job, result);
  }

  #tell(job: ImportJob, result: ImportResult): void {
    for (const { name, count, firstOffset } of result.warnings) {
      this.#parts.logger.warn({ path: job.path, warning: name, count, firstOffset }, `${job.path}: ${name} (${count})${firstOffset === null ? "" : `, first at offset ${firstOffset}`}`);
    }
    const done = this.#queue.get(job.id);
    if (done !== null) this.#events.publish(done);
  }

  #reporter(id: string): ImportReporter {
    let last = -Infinity;
    let isOver = false;
    const report = ({ packets, bytes, totalBytes, sessions }: ImportProgress): void => {
      const now = this.#parts.clock.nowMs();
      // The core may report after its result is known, when a finished job does not change any more and the catalogue may be closed.
      if (isOver || now - last < REPORT_INTERVAL_MS || this.#queue.get(id)?.state !== "running") return;
      last = now;
      try {
        this.#events.publish(this.#queue.progress(id, { packets, bytes, totalBytes, sessions }));
      } catch (error) {
        // It is called by the core, where nobody would catch it. What lasts, such as a full device, ends the import when it writes.
        this.#parts.logger.warn({ error: messageOf(error) }, "the progress of an import could not be noted");
      }
    };
    return { report, end: () => { isOver = true; } };
  }

  #fail(id: string, error: LookbackError): void {
    const state = error.code === "CAPTURE_ALREADY_IMPORTED" ? "already" : "failed";
    this.#events.publish(this.#queue.move(id, state, { errorCode: error.code, errorMessage: error.message }));
  }
}

/** Sizes of captures in bytes, 0 of what cannot be looked at, of standard input, and of all behind one whose directory does not answer. */
async function sizesOf(paths: readonly string[]): Promise<readonly number[]> {
  const sizes = paths.map(() => 0);
  for (const [at, path] of paths.entries()) {
    if (path === "-") continue;
    try {
      sizes[at] = await directoryLooks.sizeOf(path);
    } catch (error) {
      if (error instanceof LookbackError) break;
    }
  }
  return sizes;
}

/** An error as the job keeps it: ours as they are, a full device by its code, everything else as a fault of ours. */
function asImportError(error: unknown, source: string): LookbackError {
  if (error instanceof LookbackError) return error;
  const code = systemErrorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_FULL") {
    return new LookbackError("DISK_FULL", `${source}: no room left on the device; nothing of it was imported`, { path: source }, { cause: error });
  }
  if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
    return new LookbackError("CAPTURE_UNREADABLE", `${source}: ${messageOf(error)}`, { path: source }, { cause: error });
  }
  return new LookbackError("INTERNAL", `${source}: ${messageOf(error)}`, { path: source }, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
