import { randomUUID } from "node:crypto";
import { access, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../base/clock.js";
import { LookbackError, type ErrorCode } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { ExportRecord, Exports, ExportState } from "../catalogue/exports.js";
import type { AccessScope } from "../model/access-scope.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { RetentionEvents } from "../model/retention-event.js";
import type { TimeRange } from "../model/time-range.js";
import { downloadPath, verifyDownload, type DownloadGrant } from "./download-link.js";
import { discardExport, runExport, type ExportParts, type ExportProgress } from "./run-export.js";
import { decodeRequest, encodeRequest } from "./stored-request.js";

/** What an export holds. */
export interface ExportRequest {
  readonly expression: CheckedExpression;
  readonly range: TimeRange;
  /** What was asked for, for people who read the list of exports and its manifest. */
  readonly description: string;
  /** Left out or "auto": classic pcap where it can hold the packets. */
  readonly container?: "auto" | "pcapng";
}

/** One export as its owner sees it. Times are milliseconds since 1970. */
export interface ExportView {
  readonly id: string;
  readonly user: string;
  readonly state: ExportState;
  readonly description: string;
  readonly createdMs: number;
  readonly finishedMs: number | null;
  /** When the file goes, or null while it is not made. */
  readonly expiresMs: number | null;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  /** Packets whose file or record is not there any more. */
  readonly missingPackets: number;
  readonly format: "pcap" | "pcapng" | null;
  readonly sha256: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A finished file, to be sent. */
export interface ExportDownload {
  readonly id: string;
  readonly user: string;
  readonly path: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentType: string;
}

export interface ExportServiceParts extends ExportParts {
  readonly jobs: Exports;
  readonly fields: FieldCatalogue;
  /** What the user may see at this moment; throws when the user may not export any more. */
  readonly scopeOf: (user: string) => AccessScope;
  /** Key of links, 32 bytes. */
  readonly key: Buffer;
  /** `exports/` of the data directory. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<ExportLimits>;
  /** Told of every export that can be downloaded. */
  readonly events?: RetentionEvents;
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
const EXPORT_FILE = /^([0-9a-f-]{36})\.(pcap|pcapng|json|work)$/;

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

  constructor(parts: ExportServiceParts) {
    this.#parts = parts;
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits };
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
    await this.#work;
  }

  /** Resolves once no job is queued or running. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** Queues an export for the scope's user. Throws LIMIT_EXCEEDED when the user has too many unfinished ones. */
  create(request: ExportRequest, scope: AccessScope): Promise<ExportView> {
    const { jobs } = this.#parts;
    if (this.#stopping) return Promise.reject(new LookbackError("SHUTTING_DOWN", "the service is stopping"));
    const open = [...jobs.inState("queued"), ...jobs.inState("running")].filter((job) => job.owner === scope.user).length;
    if (open >= this.#limits.openPerUser) {
      return Promise.reject(new LookbackError("LIMIT_EXCEEDED", `${open} exports are not finished yet; the limit is ${this.#limits.openPerUser}`, { limit: this.#limits.openPerUser }));
    }
    const id = randomUUID();
    jobs.add({ id, owner: scope.user, request: encodeRequest({ container: "auto", ...request }), expiresAtMs: null });
    this.#wake();
    return Promise.resolve(this.#viewOf(this.#job(id, scope.user)));
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
    }
    return this.get(id, user);
  }

  /** Path and query of a signed link to the user's finished export. Throws NOT_FOUND unless it is there. */
  link(id: string, user: string): string {
    const job = this.#finished(id, user);
    const { clock, key } = this.#parts;
    return downloadPath(key, { exportId: id, user, expiresMs: Math.min(clock.nowMs() + this.#limits.linkMs, job.expiresAtMs ?? Number.POSITIVE_INFINITY) });
  }

  /** The file that a link leads to. Throws LINK_INVALID for a link that does not hold, NOT_FOUND when the file is gone. */
  openLink(grant: DownloadGrant, signature: string): Promise<ExportDownload> {
    try {
      verifyDownload(this.#parts.key, grant, signature, this.#parts.clock.nowMs());
    } catch (error) {
      return Promise.reject(error);
    }
    return this.open(grant.exportId, grant.user);
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
    const contentType = fileName.endsWith(".pcapng") ? "application/x-pcapng" : "application/vnd.tcpdump.pcap";
    return { id, user, path: file, fileName, bytes: job.bytes, sha256: job.sha256 ?? "", contentType };
  }

  /** Exports of anybody whose time is over and whose file the next `expire` removes. */
  due(): readonly ExportView[] {
    return this.#parts.jobs.due(this.#parts.clock.nowMs()).map((job) => this.#viewOf(job));
  }

  /** Removes files whose time is over, and rows whose time is over long since. Returns how many files went. */
  async expire(): Promise<number> {
    const { jobs, clock, directory } = this.#parts;
    const now = clock.nowMs();
    const due = jobs.due(now);
    for (const job of due) {
      jobs.move(job.id, "expired");
      await discardExport(directory, job.id);
    }
    for (const job of jobs.inState("expired")) {
      if ((job.expiresAtMs ?? job.createdAtMs) + this.#limits.keepRowMs > now) continue;
      // A crash between row and file leaves the file: the row goes last.
      await discardExport(directory, job.id);
      jobs.remove(job.id);
    }
    return due.length;
  }

  #wake(): void {
    this.#work = this.#work.then(async () => {
      for (let next = this.#next(); next; next = this.#next()) if (!(await this.#run(next))) return;
    });
  }

  #next(): ExportRecord | null {
    return this.#stopping ? null : (this.#parts.jobs.inState("queued")[0] ?? null);
  }

  /** Whether the catalogue took the job's outcome; where it did not, the next job would fare no better. */
  async #run(job: ExportRecord): Promise<boolean> {
    const { jobs, logger, clock } = this.#parts;
    const running = { id: job.id, abort: new AbortController(), progress: { sessions: 0, packets: 0, bytes: 0 } };
    this.#running = running;
    try {
      jobs.move(job.id, "running");
      const request = decodeRequest(job.request, this.#parts.fields);
      const result = await runExport(this.#parts, {
        filter: { expression: request.expression, range: request.range },
        context: { scope: this.#parts.scopeOf(job.owner), signal: running.abort.signal, timeoutMs: this.#limits.timeoutMs },
        container: request.container, directory: this.#parts.directory, name: job.id, description: request.description,
      }, running.progress);
      if (running.abort.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "the export was cancelled");
      const { fileName, sessions, packets, bytes, missingPackets, sha256 } = result;
      jobs.move(job.id, "done", { fileName, sessions, packets, bytes, missingPackets, sha256, expiresAtMs: clock.nowMs() + this.#limits.keepMs });
      this.#parts.events?.raise({ kind: "export-ready", subject: job.id, user: job.owner, sessions, packets, bytes });
      logger.info({ export: job.id, user: job.owner, sessions, packets, bytes, missingPackets }, "export written");
      return true;
    } catch (error) {
      return await this.#failed(job, running.abort.signal.aborted, error);
    } finally {
      this.#running = null;
    }
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
      return true;
    } catch (secondary) {
      // The catalogue does not take the change (its device is full, say): the job runs again at the next start or request.
      logger.error({ export: job.id, error: secondary }, "the state of an export could not be written");
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
    const live = this.#running?.id === job.id ? this.#running.progress : job;
    const description = job.request["description"];
    return {
      id: job.id, user: job.owner, state: job.state, description: typeof description === "string" ? description : "",
      createdMs: job.createdAtMs, finishedMs: job.finishedAtMs, expiresMs: job.expiresAtMs,
      sessions: live.sessions, packets: live.packets, bytes: live.bytes, missingPackets: job.missingPackets,
      format: job.fileName === null ? null : job.fileName.endsWith(".pcapng") ? "pcapng" : "pcap",
      sha256: job.sha256,
      error: job.errorCode === null ? null : { code: job.errorCode, message: job.errorMessage ?? "" },
    };
  }
}
