import type { Catalogue } from "../catalogue/catalogue.js";

/** Numbers taken at a time. The engine numbers its files itself, so that rotation does not wait for the catalogue: a file a minute needs them in 69 days. */
const AT_A_TIME = 100_000;

/** Blocks that are remembered; of older ones a disk that never answered keeps files that nobody lists. */
const MOST_BLOCKS = 16;

/** Numbers that packet files may have, one after the other. */
export interface FileNumberRun {
  readonly first: number;
  readonly count: number;
}

/**
 * The numbers of a stream's packet files. They are noted, so that a file that nobody listed yet is known by its number, and
 * a start that makes no file takes none: positions in the index name files by 32 bits, which are never used again.
 */
export class FileNumbers {
  readonly #catalogue: Catalogue;
  readonly #keys: { readonly blocks: string; readonly used: string };
  readonly #atATime: number;
  readonly #stream: string;
  /** Taken, and not with the engine yet. */
  #spare: number | null = null;
  #used = 0;

  constructor(catalogue: Catalogue, stream: string, atATime = AT_A_TIME) {
    this.#catalogue = catalogue;
    this.#keys = { blocks: `live.files.${stream}`, used: `live.files.used.${stream}` };
    this.#atATime = atATime;
    this.#stream = stream;
  }

  /** Whether a file of this number can be one of a capture before this one that nobody listed. */
  mayBeOurs(fileId: number): boolean {
    return this.#blocks().some((first) => fileId >= first && fileId < first + this.#atATime);
  }

  /**
   * Numbers for a capture that begins. Those that one before left over, when every file of it is listed (`allListed`). One
   * number behind its files stays unused: that tells where one capture ended and another began, which no session spans.
   */
  begin(allListed: boolean): FileNumberRun {
    const { settings, files } = this.#catalogue;
    return this.#catalogue.transaction(() => {
      const last = this.#blocks().at(-1);
      const used = files.ofStream(this.#stream).reduce((highest, { id }) => Math.max(highest, id), Number(settings.get(this.#keys.used) ?? 0));
      if (last !== undefined && allListed) {
        const first = Math.max(last, used === 0 ? 0 : used + 2);
        const count = last + this.#atATime - first;
        if (count > this.#atATime / 10) return { first, count };
      }
      const first = files.reserve(this.#atATime);
      // On a disk that does not answer there may be files of the blocks before.
      settings.set(this.#keys.blocks, [...(allListed ? [] : this.#blocks().slice(1 - MOST_BLOCKS)), first].join(","));
      return first === used + 1 && used > 0 ? { first: first + 1, count: this.#atATime - 1 } : { first, count: this.#atATime };
    });
  }

  /**
   * Notes that numbers up to `highest` are used.
   *
   * @param more Gives the engine further numbers before these end; whether it took them. If not, it is asked again with the next call.
   */
  use(highest: number, more: (run: FileNumberRun) => boolean): void {
    const { settings, files } = this.#catalogue;
    if (highest > this.#used) {
      this.#spare = this.#catalogue.transaction(() => {
        settings.set(this.#keys.used, String(highest));
        const blocks = this.#blocks();
        const last = blocks.at(-1);
        if (last === undefined || highest < last + this.#atATime * 0.9) return this.#spare;
        const spare = files.reserve(this.#atATime);
        settings.set(this.#keys.blocks, [...blocks.slice(1 - MOST_BLOCKS), spare].join(","));
        return spare;
      });
      this.#used = highest;
    }
    if (this.#spare !== null && more({ first: this.#spare, count: this.#atATime })) this.#spare = null;
  }

  /** First numbers of the blocks that files may have of which nobody knows, in order; the last is the one in use, or the next. */
  #blocks(): readonly number[] {
    const noted = this.#catalogue.settings.get(this.#keys.blocks);
    return noted === null ? [] : noted.split(",").map(Number);
  }
}
