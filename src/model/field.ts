/** Meaning of a field's value; Arkime's type names. */
export type FieldKind =
  | "integer" | "float" | "ip" | "seconds" | "termfield" | "lotermfield" | "uptermfield" | "lotextfield" | "boolean";

/** How many values a session holds for a field. */
export type FieldShape = "one" | "list" | "set" | "objects";

/** One field as `schema/fields.json` declares it, or derived from one. Plain data, shared by checker and stores. */
export interface Field {
  /** Name in search expressions; empty when only in documents. */
  readonly expression: string;
  readonly aliases: readonly string[];
  /** Path in the document. */
  readonly path: string;
  /** Path of the object list it is a member of, or empty. */
  readonly object: string;
  readonly kind: FieldKind;
  readonly shape: FieldShape;
  readonly count: "none" | "cnt" | "ecs";
  readonly group: string;
  readonly name: string;
  readonly help: string;
  readonly linked: boolean;
  readonly since: string;
  /** Set on a derived count field: the value is the number of values of this path. */
  readonly countOf: string | null;
  /** Set on a view of another field's bytes: `utf8` reads hex as text, `tokens` matches words. */
  readonly view: "utf8" | "tokens" | null;
  /** Path of the port that goes with an address, or null. */
  readonly portPath: string | null;
  /** Values come from the catalogue's overlay as well (tags, holds). */
  readonly overlay: boolean;
}
