import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { SegmentInfo } from "../model/segment.js";

/** Name of a segment that is not whole yet. */
export const TEMPORARY_PREFIX = ".tmp-";
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** First and last bytes of a Parquet file. */
const MAGIC = "PAR1";

/** Makes what was written to a file or a directory's list of names durable. */
export function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Removes files under sessions/ that no commit knows: what a killed process left between writing and committing.
 * `compacted` takes those of compaction only, whose one writer is the caller; `all` is for when no capture and no
 * import writes. Returns the paths removed.
 */
export function removeOrphans(catalogue: Catalogue, directory: string, which: "compacted" | "all"): readonly string[] {
  if (!existsSync(directory)) return [];
  const known = new Set([...catalogue.segments.live().map(({ path }) => path), ...catalogue.segments.retired()]);
  const removed: string[] = [];
  for (const day of readdirSync(directory)) {
    if (!DAY.test(day)) continue;
    for (const name of readdirSync(join(directory, day))) {
      const path = `${day}/${name}`;
      const compacted = name.startsWith(`${TEMPORARY_PREFIX}compact-`) || /^[1-9]\d*-/.test(name);
      if (known.has(path) || (which === "compacted" && !compacted)) continue;
      if (!name.endsWith(".parquet") && !name.startsWith(TEMPORARY_PREFIX)) continue;
      unlinkSync(join(directory, path));
      removed.push(path);
    }
  }
  return removed;
}

/** What is wrong with a segment's file as far as its outside shows, or null. */
export function faultOf(file: string, segment: SegmentInfo): string | null {
  let size: number;
  try {
    size = statSync(file).size;
  } catch {
    return "the file is missing";
  }
  if (size !== segment.bytes) return `the file has ${size} bytes instead of ${segment.bytes}`;
  const descriptor = openSync(file, "r");
  try {
    const ends = Buffer.alloc(8);
    readSync(descriptor, ends, 0, 4, 0);
    readSync(descriptor, ends, 4, 4, Math.max(0, size - 4));
    return ends.toString("latin1") === MAGIC + MAGIC ? null : "the file is no Parquet file";
  } finally {
    closeSync(descriptor);
  }
}
