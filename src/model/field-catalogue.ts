import { isArkimeField } from "./arkime-fields.js";
import { packagedFields } from "./declared-fields.js";
import { deriveFields, withPorts } from "./derived-fields.js";
import type { Field } from "./field.js";
import { nearestNames } from "../base/nearest-name.js";
import { virtualFields, type VirtualField } from "./virtual-fields.js";

/** What a search name stands for. */
export type CatalogueEntry =
  | { readonly entry: "field"; readonly field: Field }
  | { readonly entry: "virtual"; readonly virtual: VirtualField };

/** What is said of a search name that stands for nothing. */
export interface UnknownName {
  /** The sentence, without suggestions. */
  readonly message: string;
  /** Names that may have been meant, nearest first. */
  readonly suggestions: readonly string[];
  /** Whether Arkime knows the name. */
  readonly isArkime: boolean;
}

/** Prefix of a search name that is a document path (`db:source.ip`). */
const PATH_PREFIX = "db:";

/** Characters of an unknown name that a message shows. */
const LONGEST_SHOWN = 60;

/**
 * Every field there is: the declared ones, and what follows from them (counts, views, ports, virtual fields).
 * Immutable; one per process, shared by the checker, the stores and the API.
 */
export class FieldCatalogue {
  /** Declared fields in the order given, with their port companions. */
  readonly declared: readonly Field[];
  /** Counts and views. */
  readonly derived: readonly Field[];
  readonly virtuals: readonly VirtualField[];
  readonly #entries = new Map<string, CatalogueEntry>();
  readonly #paths = new Map<string, Field>();

  /** A catalogue of `declared`; the first field of a name keeps it. */
  constructor(declared: readonly Field[]) {
    this.declared = withPorts(declared);
    this.derived = deriveFields(this.declared);
    const fields = [...this.declared, ...this.derived];
    for (const field of fields) {
      if (field.view === null && !this.#paths.has(field.path)) this.#paths.set(field.path, field);
      if (field.expression !== "") this.#name(field.expression, { entry: "field", field });
    }
    this.virtuals = virtualFields(fields, new Set(this.#entries.keys()));
    for (const virtual of this.virtuals) this.#name(virtual.expression, { entry: "virtual", virtual });
    // Aliases come last, so that no alias hides a name.
    for (const field of fields) for (const alias of field.aliases) this.#name(alias, { entry: "field", field });
    for (const virtual of this.virtuals) for (const alias of virtual.aliases) this.#name(alias, { entry: "virtual", virtual });
  }

  #name(name: string, entry: CatalogueEntry): void {
    if (!this.#entries.has(name)) this.#entries.set(name, entry);
  }

  /** What `name` (an expression, an alias or `db:<path>`) stands for, or null. */
  find(name: string): CatalogueEntry | null {
    if (name.startsWith(PATH_PREFIX)) {
      const field = this.byPath(name.slice(PATH_PREFIX.length));
      return field === null || field.shape === "objects" ? null : { entry: "field", field };
    }
    return this.#entries.get(name) ?? null;
  }

  /** The declared or count field at a document path, or null. */
  byPath(path: string): Field | null {
    return this.#paths.get(path) ?? null;
  }

  /** Every name that a search may use, aliases included, without the `db:` forms. */
  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** What to say of a `name` that `find` does not know. A field of Arkime is no slip of the finger: nothing is suggested for it. */
  explainUnknown(name: string): UnknownName {
    const shown = JSON.stringify(name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name);
    if (isArkimeField(name)) return { message: `${shown} is a field of Arkime that is not filled here yet`, suggestions: [], isArkime: true };
    return { message: `there is no field ${shown}`, suggestions: this.nearest(name), isArkime: false };
  }

  /** At most `most` names that `name` may have been meant for, nearest first. */
  nearest(name: string, most = 3): readonly string[] {
    if (name.startsWith(PATH_PREFIX)) {
      const paths = [...this.#paths.values()].filter((field) => field.shape !== "objects").map((field) => field.path);
      return nearestNames(name.slice(PATH_PREFIX.length), paths, most).map((path) => PATH_PREFIX + path);
    }
    return nearestNames(name, this.names(), most);
  }
}

let packaged: FieldCatalogue | null = null;

/** The catalogue of this build, made on first use. */
export function packagedCatalogue(): FieldCatalogue {
  packaged ??= new FieldCatalogue(packagedFields());
  return packaged;
}
