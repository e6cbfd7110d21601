import { mkdir, readdir, rename, rm, open, stat } from "node:fs/promises";
import path from "node:path";
import { LookbackError } from "../base/errors.js";
import type { SegmentInfo } from "../model/segment.js";
import type { CaptureIdentity, ImportResult, ImportWarning, NativeCore } from "../native/types.js";
import { packetFileName, parsePacketFileName, streamIdentity, type IndexedStream } from "../packet-store/packet-store.js";
import type { ImportJob } from "./import-job.js";

/** How often a capture that grows is identified in the hope that it does not just then. */
const IDENTITY_ATTEMPTS = 3;

/** A capture that the core can read: plain, with its identity. */
export interface PreparedCapture extends IndexedStream {
  readonly path: string;
  /** Whether we wrote it. */
  readonly own: boolean;
  /** What was met while it was copied, and cannot be met again in the copy. */
  readonly warnings: readonly ImportWarning[];
}

/** The packet files of imports: copies of what cannot be read in place. */
export class ImportFiles {
  readonly #native: NativeCore;
  readonly #directory: string;
  readonly #segmentDirectory: string;
  readonly #node: string;

  constructor(parts: { readonly native: NativeCore; readonly packetDirectory: string; readonly segmentDirectory: string; readonly settings: { readonly node: string } }) {
    this.#native = parts.native;
    this.#directory = parts.packetDirectory;
    this.#segmentDirectory = parts.segmentDirectory;
    this.#node = parts.settings.node;
  }

  /** Copies a capture when it is compressed, standard input or asked for, and finds its identity. */
  async prepare(job: ImportJob, fileId: number, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<PreparedCapture> {
    const found = job.path === "-" ? null : await this.#identify(job.path);
    if (found !== null && found.compression === "none" && job.mode === "in-place") return { path: job.path, stream: found.stream, bytes: found.bytes, own: false, warnings: [] };
    await mkdir(this.#directory, { recursive: true });
    const partial = this.#partial(fileId);
    await rm(partial, { force: true });
    const copied = await this.#native.copyCapture(job.path, partial, signal, onProgress);
    const { stream, bytes } = await this.#native.identify(partial);
    if (stream === "") throw new LookbackError("CAPTURE_UNREADABLE", `${job.path}: compressed twice`, { path: job.path });
    return { path: partial, stream, bytes, own: true, warnings: copied.isDamaged ? [{ name: "damaged-compression", count: 1, firstOffset: copied.bytes }] : [] };
  }

  /** What a capture is, its identity and its size of one moment: another program may be writing it. */
  async #identify(file: string): Promise<CaptureIdentity> {
    for (let attempt = 1; attempt <= IDENTITY_ATTEMPTS; attempt += 1) {
      const before = await stat(file).catch(() => null);
      const found = await this.#native.identify(file);
      if (found.compression !== "none" || found.bytes === before?.size) return found;
    }
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const stream = await streamIdentity(handle, size);
      if (stream === null) throw new LookbackError("CAPTURE_UNREADABLE", `${file}: it is being written anew; import it once that is done`, { path: file });
      return { stream, compression: "none", bytes: size };
    } finally {
      await handle.close();
    }
  }

  /** Gives a copy its name for good, durably. Returns the path of the packets. */
  async keep(capture: PreparedCapture, result: ImportResult, fileId: number): Promise<string> {
    if (!capture.own) return capture.path;
    const final = path.join(this.#directory, packetFileName(this.#node, result.firstPacketMs ?? 0, fileId));
    await rename(capture.path, final);
    const directory = await open(this.#directory);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    return final;
  }

  /** Removes what an import that did not end well left of its copy. Only for numbers whose file is not complete. */
  async discard(fileId: number): Promise<void> {
    await rm(this.#partial(fileId), { force: true });
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      const parsed = parsePacketFileName(name);
      if (parsed?.fileId === fileId && parsed.node === this.#node) await rm(path.join(this.#directory, name), { force: true });
    }
  }

  /** Removes segments that no catalogue will list. */
  async discardSegments(segments: readonly SegmentInfo[]): Promise<void> {
    await Promise.all(segments.map((segment) => rm(path.join(this.#segmentDirectory, segment.path), { force: true })));
  }

  #partial(fileId: number): string {
    return path.join(this.#directory, `import-${fileId}.partial`);
  }
}
