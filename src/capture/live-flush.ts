import { LookbackError } from "../base/errors.js";
import type { LiveFlush } from "../native/types.js";

/** What a flush made durable, for the catalogue to take. */
export type Durable = Pick<LiveFlush, "files" | "segments" | "mark">;

/** What went wrong with disks until a flush, each as the core words it: the path, a colon and the reason. */
export function failuresOf({ writeFailure, refusals, notDurable }: LiveFlush): readonly string[] {
  return [...(writeFailure === null ? [] : [writeFailure]), ...refusals, ...notDurable];
}

/** Files, segments and mark of two flushes: of a file what was said last, and the newer mark if there is one. */
export function together(before: Durable | null, { files: newer, segments, mark }: Durable): Durable {
  if (before === null) return { files: newer, segments, mark };
  const files = new Map([...before.files, ...newer].map((file) => [file.fileId, file]));
  return { files: [...files.values()], segments: [...before.segments, ...segments], mark: mark ?? before.mark };
}

/**
 * The failure to store packets as DISK_FULL naming the file, or null when it is another: a device that fails, or a directory that
 * may not be written, gets no better by deleting. The core names a full device with these words.
 */
export function diskFullOf(failure: string): LookbackError | null {
  const path = /^(.+): no space left on the device;/s.exec(failure)?.[1];
  return path === undefined ? null : new LookbackError("DISK_FULL", failure, { path });
}
