import type { DocumentNode } from "graphql";

/** Longest text of all documents that are kept, in characters; a parsed document takes some sixty times its text. */
const MOST_CHARACTERS = 262_144;

/** Parsed and validated documents by hash, so that a program that asks the same again is not parsed again; the ones not asked for longest go. */
export class DocumentStore {
  readonly #documents = new Map<string, { readonly document: DocumentNode; readonly characters: number }>();
  #characters = 0;

  get(key: string): Promise<DocumentNode | undefined> {
    const found = this.#documents.get(key);
    if (found !== undefined) {
      // Set again at the end: the map's order is the order of the last use.
      this.#documents.delete(key);
      this.#documents.set(key, found);
    }
    return Promise.resolve(found?.document);
  }

  set(key: string, document: DocumentNode): Promise<void> {
    const characters = document.loc?.source.body.length ?? MOST_CHARACTERS;
    this.#remove(key);
    this.#documents.set(key, { document, characters });
    this.#characters += characters;
    for (const oldest of this.#documents.keys()) {
      if (this.#characters <= MOST_CHARACTERS) break;
      this.#remove(oldest);
    }
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.#remove(key));
  }

  /** Documents kept. */
  get size(): number {
    return this.#documents.size;
  }

  #remove(key: string): boolean {
    const found = this.#documents.get(key);
    if (found === undefined) return false;
    this.#characters -= found.characters;
    return this.#documents.delete(key);
  }
}
