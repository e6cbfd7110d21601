import path from "node:path";
import { DirectoryLooks, REAL_DIRECTORIES, type DirectoryFiles } from "../../src/packet-store/packet-store.js";

/** Looks at directories of which some hang until they are let go; the others are asked as `files` says, by default the system. */
export function hangingFiles(hanging: readonly string[], files: Partial<DirectoryFiles> = {}) {
  const waiting = new Set<() => void>();
  const held: (() => void)[] = [];
  const begun: string[] = [];
  let isHanging = true;
  const orHang = <Found>(name: string, directory: string, ask: () => Promise<Found>): Promise<Found> => {
    if (!isHanging || !hanging.includes(directory)) return ask();
    begun.push(`${name} ${directory}`);
    return new Promise((resolve, reject) => { held.push(() => { ask().then(resolve, reject); }); });
  };
  const looks = new DirectoryLooks({
    stat: (directory) => orHang("stat", directory, () => (files.stat ?? REAL_DIRECTORIES.stat)(directory)),
    writingError: (directory, of) => orHang("writingError", directory, () => files.writingError?.(directory, of) ?? Promise.resolve(null)),
    examine: (directory, file) => orHang("examine", directory, () => (files.examine ?? REAL_DIRECTORIES.examine)(directory, file)),
    whereIs: (file) => orHang("whereIs", path.dirname(file.path), () => REAL_DIRECTORIES.whereIs(file)),
    directoryInodeOf: (file) => orHang("directoryInodeOf", path.dirname(file), () => REAL_DIRECTORIES.directoryInodeOf(file)),
  }, (run) => {
    waiting.add(run);
    return () => { waiting.delete(run); };
  });
  return {
    looks,
    /** Looks that hang, as they were begun. */
    begun: () => [...begun],
    /** Looks that have not ended. */
    waiting: () => waiting.size,
    /** The time of all that wait is over. */
    giveUp: () => { for (const run of [...waiting]) run(); },
    /** Lets all that hang go, and hangs no more. */
    letGo: () => { isHanging = false; for (const go of held.splice(0)) go(); },
  };
}
