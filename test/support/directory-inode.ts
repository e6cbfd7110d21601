import { statSync } from "node:fs";

/** Which directory is at a path, as the catalogue notes it for packet files. */
export function directoryInode(directory: string): string {
  const { ino, birthtimeNs } = statSync(directory, { bigint: true });
  return birthtimeNs > 0n ? `${ino} ${birthtimeNs}` : String(ino);
}
