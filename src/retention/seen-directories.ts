import path from "node:path";
import type { Catalogue } from "../catalogue/catalogue.js";
import { directoryLooks, type DirectoryLooks } from "../packet-store/packet-store.js";
import type { Progressed } from "./progress.js";

/** Files that are gone through in one run. */
const AT_A_TIME = 1_000;

/**
 * Notes in which directory packet files of ours are seen, where that is not known, or where they were copied to another one: a file that is
 * missing later is told by it from one whose mount is away.
 */
export class SeenDirectories {
  #after = 0;

  /** Goes through the next files of the catalogue, from the first again once all were. What a signal ends is done with a later run. */
  async note(catalogue: Pick<Catalogue, "files" | "transaction">, signal: AbortSignal | null, looks: DirectoryLooks = directoryLooks, progressed: Progressed = () => {}): Promise<void> {
    const { files } = catalogue;
    const listed = files.ownAfter(this.#after, AT_A_TIME);
    this.#after = listed.length < AT_A_TIME ? 0 : (listed.at(-1)?.id ?? 0);
    const known = new Map<string, string>();
    const changes: { readonly id: number; readonly directoryInode: string }[] = [];
    for (const { id, path: file, directoryInode } of listed) {
      const directory = path.dirname(file);
      if (signal?.aborted === true) break;
      if (known.get(directory) === directoryInode) continue;
      const seen = await looks.directoryInodeOf(file);
      progressed();
      if (seen === null) continue;
      known.set(directory, seen);
      if (seen !== directoryInode) changes.push({ id, directoryInode: seen });
    }
    if (changes.length > 0) catalogue.transaction(() => { for (const { id, directoryInode } of changes) files.update(id, { directoryInode }); });
  }
}
