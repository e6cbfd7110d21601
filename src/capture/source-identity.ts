import type { BigIntStats } from "node:fs";

/** Which file a path is, and of which content: another one there, or one that was written to, has another. Its name and rights are no part of it. */
export function sourceIdentity({ ino, size, mtimeNs }: Pick<BigIntStats, "ino" | "size" | "mtimeNs">): string {
  return `${ino} ${size} ${mtimeNs}`;
}
