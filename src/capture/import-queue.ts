import type { Catalogue } from "../catalogue/catalogue.js";
import type { ImportJobChange } from "../catalogue/jobs.js";
import type { ImportResult } from "../native/types.js";
import type { EarlierImport, ImportJob } from "./import-job.js";

/** A packet file that an import made or points into, complete. */
export interface ImportedFile {
  readonly fileId: number;
  /** Absolute path of the packets. */
  readonly path: string;
  /** Identity of its stream, and of how many bytes that is. */
  readonly stream: string;
  readonly bytes: number;
  readonly storage: "own" | "in-place";
  /** Inode of the directory that it is in, or null where its disk does not tell. */
  readonly directoryInode: string | null;
  readonly result: ImportResult;
}

/** What imports write to the catalogue: the queue, and the row of the packet file of each job. */
export class ImportQueue {
  readonly #catalogue: Catalogue;
  readonly #node: string;

  constructor(catalogue: Catalogue, node: string) {
    this.#catalogue = catalogue;
    this.#node = node;
  }

  /** Queues captures in one transaction; paths are absolute or `-`. */
  add(paths: readonly string[], options: { readonly copy: boolean; readonly requestedBy: string; readonly node?: string | null; readonly onlyNew?: boolean }): ImportJob[] {
    return this.#catalogue.transaction(() => paths.map((path) => {
      const id = this.#catalogue.jobs.add({ path, mode: options.copy ? "copy" : "in-place", requestedBy: options.requestedBy, node: options.node ?? null, onlyNew: options.onlyNew ?? false });
      return this.existing(id);
    }));
  }

  get(id: string): ImportJob | null {
    return this.#catalogue.jobs.get(id);
  }

  /** Newest first. */
  list(limit: number): readonly ImportJob[] {
    return this.#catalogue.jobs.list(limit);
  }

  /** The newest import of a path that is in, or null. */
  imported(path: string): EarlierImport | null {
    return this.#catalogue.jobs.imported(path);
  }

  /** Notes which file it is that a job imports. */
  noteSource(id: string, source: string): void {
    this.#catalogue.jobs.noteSource(id, source);
  }

  /** The `limit` oldest. */
  queued(limit: number): readonly ImportJob[] {
    return this.#catalogue.jobs.inState("queued", limit);
  }

  /** Jobs marked running: of this process, or of one that died. */
  running(): readonly ImportJob[] {
    return this.#catalogue.jobs.inState("running");
  }

  move(id: string, state: ImportJob["state"], change: ImportJobChange = {}): ImportJob {
    this.#catalogue.transaction(() => { this.#catalogue.jobs.move(id, state, change); });
    return this.existing(id);
  }

  progress(id: string, change: Pick<ImportJobChange, "packets" | "bytes" | "totalBytes" | "sessions">): ImportJob {
    this.#catalogue.jobs.update(id, change);
    return this.existing(id);
  }

  /** The complete file that holds a stream, or null; with `expired` also one of ours that did and is gone. */
  fileOfStream(stream: string, expired = false): { readonly id: number; readonly displayName: string } | null {
    const { files } = this.#catalogue;
    return files.ofStream(stream).find((file) => file.state === "complete") ?? (expired ? files.expiredOf(stream) : null);
  }

  /** The number of the packet file of a job: the same one when a job is run again after a crash. */
  reserveFile(job: ImportJob): number {
    return this.#catalogue.transaction(() => {
      const { files, jobs } = this.#catalogue;
      if (job.fileId !== null && files.get(job.fileId)?.state === "writing") return job.fileId;
      const fileId = files.add({
        node: job.node ?? this.#node, path: `import:${job.id}`, displayName: job.path, stream: "", storage: job.mode === "copy" ? "own" : "in-place",
        state: "writing", format: "",
      });
      jobs.update(job.id, { fileId });
      return fileId;
    });
  }

  /** Takes the number back: the job leaves no file. */
  releaseFile(id: string): void {
    this.#catalogue.transaction(() => {
      const fileId = this.#catalogue.jobs.get(id)?.fileId ?? null;
      if (fileId === null) return;
      if (this.#catalogue.files.get(fileId)?.state === "writing") this.#catalogue.files.remove(fileId);
      this.#catalogue.jobs.update(id, { fileId: null });
    });
  }

  /** The changes that make an import complete; runs inside the transaction that makes its segments visible. */
  complete(job: ImportJob, file: ImportedFile): void {
    const { files, jobs } = this.#catalogue;
    const { result } = file;
    // The user put another capture where one of ours was read: what the old positions point into is no more.
    const replaced = files.atPath(file.path);
    if (replaced !== null && replaced.id !== file.fileId) files.update(replaced.id, { state: "gone" });
    files.add({
      ...this.#row(file), node: job.node ?? this.#node, displayName: job.path === "-" ? file.path : job.path, state: "complete",
      format: result.format, linkTypes: result.linkTypes, packets: result.packets,
      firstMs: result.firstPacketMs, lastMs: result.lastPacketMs, firstOrdinal: 0,
    });
    jobs.move(job.id, "done", {
      fileId: file.fileId, packets: result.packets, bytes: result.fileBytes, totalBytes: result.fileBytes, sessions: result.sessions,
      warnings: result.warnings.map((warning) => ({ ...warning })), errorCode: null, errorMessage: null,
    });
  }

  /** The reserved row goes and the complete one takes its number: storage is only known now. */
  #row({ fileId, path, stream, bytes, storage, directoryInode }: ImportedFile) {
    this.#catalogue.files.remove(fileId);
    return { id: fileId, path, stream, bytes, storage, directoryInode };
  }

  private existing(id: string): ImportJob {
    const job = this.#catalogue.jobs.get(id);
    if (job === null) throw new Error(`import job ${id} vanished`);
    return job;
  }
}
