import { randomUUID } from "node:crypto";
import { access, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { ChangeFeed } from "../base/change-feed.js";
import { systemTimer, type Clock, type Timer } from "../base/clock.js";
import { LookbackError, type ErrorCode } from "../base/errors.js";
import { guarded } from "../base/guarded.js";
import type { Logger } from "../base/logger.js";
import type { ExportRecord, Exports } from "../catalogue/exports.js";
import type { IndexStore, ReadContext } from "../index-store/index-store.js";
import type { AccessScope } from "../model/access-scope.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { RetentionEvents } from "../model/retention-event.js";
import { downloadPath, verifyDownload, type DownloadGrant } from "./download-link.js";
import { estimateExport, type ExportEstimate } from "./estimate.js";
import { KEYED_MS, keyedId } from "./export-key.js";
import { contentTypeOf, latestOf, type ExportRequest } from "./export-request.js";
import { formatOf, isFinished, viewOf, type ExportView } from "./export-view.js";
import { discardExport, manifestName, noProgress, runExport, type ExportParts, type ExportProgress, type ExportResult } from "./run-export.js";
import { decodeRequest, encodeRequest } from "./stored-request.js";
import { ExportStreams, type StreamResult, type StreamTarget } from "./stream-export.js";

/** A finished file, to be sent. */
export interface ExportDownload {
  readonly id: string;
  readonly user: string;
  readonly path: string;
  readonly manifestPath: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentType: string;
  /** When making it began, milliseconds since 1970: what is in it was allowed to its user at that time or later. */
  readonly startedMs: number;
}

export interface ExportServiceParts extends ExportParts {
  readonly store: Pick<IndexStore, "streamPackets" | "streamPositions" | "streamRows" | "count">;
  readonly jobs: Exports;
  readonly fields: FieldCatalogue;
  /** What the user may see at this moment; throws when the user may not export any more. */
  readonly scopeOf: (user: string) => AccessScope;
  /** Key of links, 32 bytes. */
  readonly key: Buffer;
  /** `exports/` of the data directory. */
  readonly directory: string;
  /** Until when everything captured is in the index, for manifests; null: nothing is being captured. */
  readonly completeUntilMs: () => number | null;
  /** Resolves once packets of a running capture before a time (null: of any) can be found, those of the last second aside. */
  readonly awaitLatestRows: (endMs: number | null, signal: AbortSignal | null) => Promise<void>;
  /** Told when an export can be downloaded. */
  readonly events: RetentionEvents;
  readonly clock: Clock;
  /** Left out: the host's. */
  readonly timer?: Timer;
  readonly logger: Logger;
  readonly limits?: Partial<ExportLimits>;
}

export interface ExportLimits {
  /** Exports of one user that are not finished. */
  readonly openPerUser: number;
  /** Longest run of one export, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a finished file is kept, in milliseconds. */
  readonly keepMs: number;
  /** How long the row of an expired export is kept after that, in milliseconds. */
  readonly keepRowMs: number;
  /** How long a link holds at most, in milliseconds. */
  readonly linkMs: number;
}

const HOUR_MS = 3_600_000;
const DEFAULT_LIMITS: ExportLimits = { openPerUser: 100, timeoutMs: 24 * HOUR_MS, keepMs: 24 * HOUR_MS, keepRowMs: 90 * 24 * HOUR_MS, linkMs: HOUR_MS };
const EXPORT_FILE = /^([0-9a-f-]{36})\.((pcap|pcapng|csv|ndjson|parquet)(\.manifest\.json)?|work)$/;
/** How often the progress of a running export is told, in milliseconds. */
const TELL_MS = 500;
/** How long after the catalogue did not take a change it is tried again, in milliseconds. */
const RETRY_MS = 15_000;

/**
 * Jobs that write exports, one at a time, in order. A job is a row first: one that a crash or a stop leaves unfinished is
 * run again from the start, with the rights its owner has then.
 */
export class ExportService {
  readonly #parts: ExportServiceParts;
  readonly #limits: ExportLimits;
  #running: { readonly id: string; readonly abort: AbortController; readonly progress: ExportProgress } | null = null;
  #work: Promise<void> = Promise.resolve();
  #stopping = false;
  /** Jobs that ended and whose rows still say that they run. */
  readonly #unsettled = new Set<string>();
  #callOffRetry: () => void = () => {};
  readonly #changes = new ChangeFeed<ExportView>();
  /** Tells readers how a job stands; never throws: what was done is done, whoever cannot be told. */
  readonly #tell: (id: string) => void;
  /** Removals of files that are under way: an export that is made again waits for that of its own. */
  readonly #discarding = new Map<string, Promise<void>>();
  readonly #streams: ExportStreams;

  constructor(parts: ExportServiceParts) {
    this.#parts = parts;
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits };
    this.#streams = new ExportStreams(parts, parts.directory);
    this.#tell = guarded((id) => {
      const job = parts.jobs.get(id);
      if (job !== null) this.#changes.publish(this.#viewOf(job));
    }, parts.logger, "the state of an export could not be read; whoever watches it is not told");
  }

  /** Takes up what an ended process left: unfinished jobs run again, files of no job go. */
  async start(): Promise<void> {
    const { jobs, directory } = this.#parts;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const job of jobs.inState("running")) jobs.move(job.id, "queued");
    for (const name of await readdir(directory)) {
      const id = EXPORT_FILE.exec(name)?.[1];
      if (id !== undefined && jobs.get(id)?.state !== "done") await discardExport(directory, id);
    }
    this.#wake();
  }

  /** Stops the job that runs, to be run again at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#running?.abort.abort();
    this.#changes.close();
    await this.#work;
    this.#callOffRetry();
  }

  /** Resolves once no job is queued or running, or the catalogue takes no change of one. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /**
   * Queues an export for the scope's user. Asked again with the same `key` within a day it is the same export. Throws
   * LIMIT_EXCEEDED when the user has too many unfinished ones.
   */
  create(request: ExportRequest, scope: AccessScope, key: string | null = null): Promise<ExportView> {
    const { jobs, clock } = this.#parts;
    if (this.#stopping) return Promise.reject(new LookbackError("SHUTTING_DOWN", "the service is stopping"));
    const keyed = key === null ? null : keyedId(scope.user, key);
    const before = keyed === null ? null : jobs.get(keyed);
    if (before !== null && before.owner === scope.user && clock.nowMs() - before.createdAtMs < KEYED_MS) return Promise.resolve(this.#viewOf(before));
    const full = this.#tooMany(scope.user);
    if (full !== null) return Promise.reject(full);
    const id = keyed === null || before !== null ? randomUUID() : keyed;
    jobs.add({ id, owner: scope.user, request: encodeRequest(request), expiresAtMs: null });
    this.#tell(id);
    this.#wake();
    return Promise.resolve(this.#viewOf(this.#job(id, scope.user)));
  }

  #tooMany(user: string): LookbackError | null {
    const { jobs } = this.#parts;
    const open = [...jobs.inState("queued"), ...jobs.inState("running")].filter((job) => job.owner === user).length;
    if (open < this.#limits.openPerUser) return null;
    return new LookbackError("LIMIT_EXCEEDED", `${open} exports are not finished yet; the limit is ${this.#limits.openPerUser}`, { limit: this.#limits.openPerUser });
  }

  /** What an export would hold. */
  async estimate(request: ExportRequest, context: ReadContext): Promise<ExportEstimate> {
    await this.#parts.awaitLatestRows(latestOf(request), context.signal);
    return estimateExport(this.#parts, request, context);
  }

  /** Sends an export as it is made, see `ExportStreams`. */
  async send(request: ExportRequest, context: ReadContext & { readonly signal: AbortSignal }, target: StreamTarget): Promise<StreamResult> {
    await this.#parts.awaitLatestRows(latestOf(request), context.signal);
    return this.#streams.send(request, { ...context, timeoutMs: this.#limits.timeoutMs }, target);
  }

  /** Every change of every user's exports from now on, until the signal. */
  events(signal: AbortSignal | null): AsyncIterableIterator<ExportView> {
    return this.#changes.subscribe(signal);
  }

  /** The user's export, or null. */
  get(id: string, user: string): ExportView | null {
    const job = this.#parts.jobs.get(id);
    return job === null || job.owner !== user ? null : this.#viewOf(job);
  }

  /** The user's exports, newest first. */
  list(user: string, limit: number): readonly ExportView[] {
    return this.#parts.jobs.list(user, limit).map((job) => this.#viewOf(job));
  }

  /** Ends the user's export if it is not finished; one that runs leaves no file. Null when there is none. */
  cancel(id: string, user: string): ExportView | null {
    const job = this.#parts.jobs.get(id);
    if (job === null || job.owner !== user) return null;
    if (job.state === "queued" || job.state === "running") {
      this.#parts.jobs.move(id, "cancelled", { expiresAtMs: this.#parts.clock.nowMs() + this.#limits.keepMs });
      if (this.#running?.id === id) this.#running.abort.abort();
      this.#tell(id);
    }
    return this.get(id, user);
  }

  /** Makes an export that failed, was cancelled or expired again. Null when there is none; BAD_INPUT when its file is there. */
  retry(id: string, user: string): ExportView | null {
    const { jobs } = this.#parts;
    const job = jobs.get(id);
    if (job === null || job.owner !== user) return null;
    if (job.state === "done") throw new LookbackError("BAD_INPUT", `export ${id} is done; there is nothing to make again`, { id });
    if (!isFinished(job.state)) return this.#viewOf(job);
    const full = this.#tooMany(user);
    if (full !== null) throw full;
    jobs.move(id, "queued", { fileName: null, sessions: 0, packets: 0, bytes: 0, missingPackets: 0, sha256: null, errorCode: null, errorMessage: null, expiresAtMs: null });
    this.#tell(id);
    this.#wake();
    return this.get(id, user);
  }

  /** Deletes the user's export with its file; one that runs is ended. Returns whether there was one. */
  async delete(id: string, user: string): Promise<boolean> {
    const { jobs } = this.#parts;
    if (this.cancel(id, user) === null) return false;
    // A file without a row is removed at the next start; a row without its file would promise one.
    jobs.remove(id);
    await this.#discard(id);
    return true;
  }

  /** Path and query of a signed link to the user's finished export. Throws NOT_FOUND unless it is there. */
  link(id: string, user: string): string {
    const job = this.#finished(id, user);
    const { clock, key } = this.#parts;
    return downloadPath(key, { exportId: id, user, expiresMs: Math.min(clock.nowMs() + this.#limits.linkMs, job.expiresAtMs ?? Number.POSITIVE_INFINITY) });
  }

  /** As `link`, to the export's manifest. */
  manifestLink(id: string, user: string): string {
    return this.link(id, user).replace("/download?", "/manifest?");
  }

  /** The file that a link leads to. Throws LINK_INVALID for a link that does not hold, NOT_FOUND when the file is gone. */
  openLink(grant: DownloadGrant, signature: string): Promise<ExportDownload> {
    try {
      verifyDownload(this.#parts.key, grant, signature, this.#parts.clock.nowMs(), this.#limits.linkMs);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.open(grant.exportId, grant.user);
  }

  /** The key that verifies manifests. */
  get publicKey(): { readonly keyId: string; readonly publicPem: string } {
    return this.#parts.signingKey;
  }

  /** The user's finished file. Throws NOT_FOUND unless it is there. */
  async open(id: string, user: string): Promise<ExportDownload> {
    const job = this.#finished(id, user);
    const fileName = job.fileName ?? "";
    const file = path.join(this.#parts.directory, fileName);
    try {
      await access(file);
    } catch (error) {
      throw new LookbackError("NOT_FOUND", `the file of export ${id} is not there any more`, { id }, { cause: error });
    }
    const format = formatOf(fileName.slice(fileName.lastIndexOf(".") + 1));
    const contentType = format === null ? "application/octet-stream" : contentTypeOf(format);
    return { id, user, path: file, manifestPath: manifestName(file), fileName, bytes: job.bytes, sha256: job.sha256 ?? "", contentType, startedMs: job.startedAtMs ?? job.createdAtMs };
  }

  /** Exports of anybody whose time is over and whose file the next `expire` removes. */
  due(): readonly ExportView[] {
    return this.#parts.jobs.due(this.#parts.clock.nowMs()).map((job) => this.#viewOf(job));
  }

  /** Removes files whose time is over, and rows whose time is over long since. Returns how many files went. */
  async expire(): Promise<number> {
    const { jobs, clock } = this.#parts;
    const now = clock.nowMs();
    let expired = 0;
    for (const { id } of jobs.due(now)) {
      // It may have been made again while the files before it went.
      const job = jobs.get(id);
      if (job === null || !isFinished(job.state) || job.expiresAtMs === null || job.expiresAtMs > now) continue;
      jobs.move(id, "expired");
      expired += 1;
      await this.#discard(id);
    }
    const isOld = (job: ExportRecord | null): boolean => job?.state === "expired" && (job.expiresAtMs ?? job.createdAtMs) + this.#limits.keepRowMs <= now;
    for (const { id } of jobs.inState("expired").filter(isOld)) {
      if (!isOld(jobs.get(id))) continue;
      // A crash between row and file leaves the file: the row goes last.
      await this.#discard(id);
      if (isOld(jobs.get(id))) jobs.remove(id);
    }
    return expired;
  }

  #discard(id: string): Promise<void> {
    const before = this.#discarding.get(id) ?? Promise.resolve();
    const done = before.catch(() => {}).then(() => discardExport(this.#parts.directory, id)).finally(() => {
      if (this.#discarding.get(id) === done) this.#discarding.delete(id);
    });
    this.#discarding.set(id, done);
    return done;
  }

  #wake(): void {
    this.#work = this.#work.then(() => this.#drain());
  }

  /** Runs what is queued. Where the catalogue fails the next job would fare no better: later, or with the next request. */
  async #drain(): Promise<void> {
    this.#callOffRetry();
    const { jobs, logger, timer = systemTimer } = this.#parts;
    let isTaken = true;
    try {
      for (const id of this.#unsettled) {
        if (jobs.get(id)?.state === "running") jobs.move(id, "queued");
        this.#unsettled.delete(id);
        this.#tell(id);
      }
      for (let next = this.#next(); next !== null && isTaken; next = this.#next()) {
        isTaken = await this.#run(next);
        if (!isTaken) this.#unsettled.add(next.id);
      }
    } catch (error) {
      isTaken = false;
      logger.error({ error }, "the queue of exports could not be read or written; that is tried again");
    }
    if (!isTaken && !this.#stopping) this.#callOffRetry = timer(() => { this.#wake(); }, RETRY_MS);
  }

  #next(): ExportRecord | null {
    return this.#stopping ? null : (this.#parts.jobs.inState("queued")[0] ?? null);
  }

  /** Whether the catalogue took the job's outcome. */
  async #run(job: ExportRecord): Promise<boolean> {
    const { jobs, logger, clock } = this.#parts;
    const discarding = this.#discarding.get(job.id);
    if (discarding !== undefined) {
      await discarding.catch(() => {});
      if (this.#stopping || jobs.get(job.id)?.state !== "queued") return true;
    }
    const running = { id: job.id, abort: new AbortController(), progress: noProgress() };
    this.#running = running;
    const telling = setInterval(() => { if (this.#changes.isRead) this.#tell(job.id); }, TELL_MS);
    let made: ExportResult;
    try {
      jobs.move(job.id, "running");
      this.#tell(job.id);
      const request = decodeRequest(job.request, this.#parts.fields);
      await this.#parts.awaitLatestRows(latestOf(request), running.abort.signal);
      made = await runExport(this.#parts, {
        request,
        context: { scope: this.#parts.scopeOf(job.owner), signal: running.abort.signal, timeoutMs: this.#limits.timeoutMs },
        directory: this.#parts.directory, name: job.id, requestedMs: job.createdAtMs, asOfMs: clock.nowMs(), completeUntilMs: this.#parts.completeUntilMs(),
      }, running.progress);
      if (running.abort.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
      const { fileName, sessions, packets, bytes, missingPackets, sha256 } = made;
      jobs.move(job.id, "done", { fileName, sessions, packets, bytes, missingPackets, sha256, expiresAtMs: clock.nowMs() + this.#limits.keepMs });
    } catch (error) {
      return await this.#failed(job, running.abort.signal.aborted, error);
    } finally {
      clearInterval(telling);
      this.#running = null;
    }
    // From here on the file stays, whatever fails.
    const { sessions, packets, bytes, missingPackets } = made;
    logger.info({ export: job.id, user: job.owner, sessions, packets, bytes, missingPackets }, "export written");
    this.#tell(job.id);
    this.#parts.events.raise({ kind: "export-ready", subject: job.id, user: job.owner, sessions, packets, bytes });
    return true;
  }

  async #failed(job: ExportRecord, aborted: boolean, error: unknown): Promise<boolean> {
    const { jobs, logger, clock, directory } = this.#parts;
    try {
      await discardExport(directory, job.id);
      // A stop leaves the row running, which start() queues again; a cancelled row has its state already.
      if (aborted) return true;
      const [code, message]: [ErrorCode, string] = error instanceof LookbackError
        ? [error.code, error.message]
        : ["INTERNAL", "the export failed; the service's log says why"];
      jobs.move(job.id, "failed", { errorCode: code, errorMessage: message, expiresAtMs: clock.nowMs() + this.#limits.keepMs });
      logger.warn({ export: job.id, user: job.owner, code, error }, "export failed");
      this.#running = null;
      this.#tell(job.id);
      return true;
    } catch (secondary) {
      // The catalogue does not take the change (its device is full, say): the job runs again.
      logger.error({ export: job.id, error: secondary }, "the state of an export could not be written; it is made again when it can");
      return false;
    }
  }

  #job(id: string, user: string): ExportRecord {
    const job = this.#parts.jobs.get(id);
    if (job === null || job.owner !== user) throw new LookbackError("NOT_FOUND", `no export ${id.slice(0, 64)}`, { id: id.slice(0, 64) });
    return job;
  }

  #finished(id: string, user: string): ExportRecord {
    const job = this.#job(id, user);
    const over = job.expiresAtMs !== null && job.expiresAtMs <= this.#parts.clock.nowMs();
    if (job.state !== "done" || job.fileName === null || over) {
      throw new LookbackError("NOT_FOUND", `export ${id} has no file: it is ${over && job.state === "done" ? "expired" : job.state}`, { id, state: job.state });
    }
    return job;
  }

  #viewOf(job: ExportRecord): ExportView {
    return viewOf(job, this.#running?.id === job.id && job.state === "running" ? this.#running.progress : null);
  }

}
