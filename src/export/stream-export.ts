import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { ReadContext } from "../index-store/index-store.js";
import { contentTypeOf, isCapture, type ExportFormat, type ExportRequest } from "./export-request.js";
import { OutputBuffer } from "./output-buffer.js";
import { noProgress, type ExportParts } from "./run-export.js";
import { writeCapture } from "./write-capture.js";
import { writeTable } from "./write-table.js";

/** Streams at once, of all users and of one. */
const MAX_STREAMS = 16;
const MAX_STREAMS_PER_USER = 4;

/** Bytes that a reader is given at a time. */
const SLICE_BYTES = 64 << 10;
/**
 * Milliseconds after which a reader that has not taken one slice is taken for one that never will: what its stream reads of the index
 * is held as long.
 */
const WRITE_MS = 60_000;

/** Calls `late` after so many milliseconds; what it returns calls that off. */
export type Timer = (late: () => void, ms: number) => () => void;

const realTimer: Timer = (late, ms) => {
  const timer = setTimeout(late, ms);
  return () => { clearTimeout(timer); };
};

/** Who takes the bytes of a stream. */
export interface StreamTarget {
  /** Called once, when the first bytes are there or it is sure that there are none: not before an error that comes earlier. With how many packets are known to be missing by then; null for tables, which have none. */
  begin(what: { readonly format: ExportFormat; readonly contentType: string; readonly missingPackets: number | null }): void;
  /** Takes bytes; they are free again when the promise resolves, which is how a slow reader slows the export down. */
  write(bytes: Buffer): Promise<void>;
}

/** What a stream had. */
export interface StreamResult {
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  /** Packets of the sessions that it lacks, for they could not be read any more; 0 for tables. */
  readonly missingPackets: number;
}

/** Begins a target with its first bytes: an export that fails before can be answered with its error instead. */
class BegunOnce {
  #target: StreamTarget | null;

  constructor(target: StreamTarget) {
    this.#target = target;
  }

  begin(format: ExportFormat, missingPackets: number | null): void {
    this.#target?.begin({ format, contentType: contentTypeOf(format), missingPackets });
    this.#target = null;
  }
}

/** Exports that are sent as they are made: no job, no file, no manifest. */
export class ExportStreams {
  readonly #parts: ExportParts;
  readonly #directory: string;
  readonly #timer: Timer;
  readonly #running = new Map<string, number>();
  #all = 0;

  /** `directory` takes temporary files. */
  constructor(parts: ExportParts, directory: string, timer: Timer = realTimer) {
    this.#parts = parts;
    this.#directory = directory;
    this.#timer = timer;
  }

  /**
   * Sends an export: the same bytes as a job's file. Throws RATE_LIMITED when too many run, LIMIT_EXCEEDED before the first
   * byte where the size is known by then, QUERY_CANCELLED when the signal fires or the target takes nothing for a minute.
   */
  async send(request: ExportRequest, context: ReadContext & { readonly signal: AbortSignal }, target: StreamTarget): Promise<StreamResult> {
    const { user } = context.scope;
    const own = this.#running.get(user) ?? 0;
    if (own >= MAX_STREAMS_PER_USER || this.#all >= MAX_STREAMS) {
      const limit = own >= MAX_STREAMS_PER_USER ? MAX_STREAMS_PER_USER : MAX_STREAMS;
      throw new LookbackError("RATE_LIMITED", `${limit} exports are being streamed${limit === MAX_STREAMS ? "" : " to you"} already; wait for one to end, or make a job with createExport`, { limit, retryAfterSeconds: 5 });
    }
    this.#running.set(user, own + 1);
    this.#all += 1;
    const work = path.join(this.#directory, `${randomUUID()}.work`);
    try {
      return await this.#send(request, context, target, work);
    } finally {
      this.#all -= 1;
      const left = (this.#running.get(user) ?? 1) - 1;
      if (left === 0) this.#running.delete(user);
      else this.#running.set(user, left);
      await rm(work, { recursive: true, force: true });
    }
  }

  /** Writes slice by slice, so that a reader that is slow is told from one that takes nothing. */
  async #write(target: StreamTarget, bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; start += SLICE_BYTES) await this.#inTime(target.write(bytes.subarray(start, start + SLICE_BYTES)));
  }

  /** A write, or QUERY_CANCELLED when it is not done in time. */
  async #inTime(write: Promise<void>): Promise<void> {
    let callOff = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      callOff = this.#timer(() => { reject(new LookbackError("QUERY_CANCELLED", `the reader of the export took nothing for ${WRITE_MS / 1000} s`, { limit: WRITE_MS })); }, WRITE_MS);
    });
    try {
      await Promise.race([write, late]);
    } finally {
      callOff();
    }
  }

  async #send(request: ExportRequest, context: ReadContext & { readonly signal: AbortSignal }, target: StreamTarget, work: string): Promise<StreamResult> {
    const progress = noProgress();
    const maxBytes = Math.min(this.#parts.maxBytes, request.maxBytes ?? Number.POSITIVE_INFINITY);
    const begun = new BegunOnce(target);
    const output = (format: ExportFormat, missingPackets: number | null): OutputBuffer => new OutputBuffer(async (bytes) => {
      begun.begin(format, missingPackets);
      await this.#write(target, bytes);
    }, maxBytes);
    if (!isCapture(request.format)) {
      const out = output(request.format, null);
      const { sessions } = await writeTable(this.#parts.store, { request, context, format: request.format, fields: request.fields }, out, progress);
      begun.begin(request.format, null);
      return { sessions, packets: 0, bytes: out.bytes, missingPackets: 0 };
    }
    const result = await writeCapture(this.#parts, { request, context, container: request.format === "pcapng" ? "pcapng" : "auto", maxBytes, work }, {
      canRestart: false, open: ({ container }, missingPackets) => Promise.resolve(output(container, missingPackets)),
    }, progress);
    return { sessions: result.sessions, packets: result.packets, bytes: result.bytes, missingPackets: result.missing.total };
  }
}
