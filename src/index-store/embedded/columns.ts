import type { Field } from "../../model/field.js";
import { memberOf, TYPES, type FieldShapes } from "./field-shapes.js";
import { quoted } from "./statement.js";

/** Column of the row's id; documents and fields call it `_id`. */
export const ID_COLUMN = "id";

/** A field as SQL: `sql` is one value, or a list of values when `many`. */
export interface Operand {
  readonly sql: string;
  readonly many: boolean;
  /** SQL type of one value. */
  readonly type: string;
}

/** Fields declared as text whose column is a UUID. */
const ID_PATHS: ReadonlySet<string> = new Set(["_id", "rootId"]);

/** Whether a field holds row ids: its column is a UUID and its values are printed as ids. */
export function isIdField(field: Field): boolean {
  return ID_PATHS.has(field.path);
}

/**
 * The declared or derived fields and the columns of a set of segments: what a query may touch.
 *
 * A member of an object list is read from its flat column where there is one: named by the member's path, it holds the
 * values of all objects of a row as one list. Merged segments have them (`compaction.ts`), for the engine reads a list
 * of structs whole; `source.ts` makes them for segments that lack them. Without any, members are taken out of the list.
 *
 * Whatever segments lack is a typed null: a column that none has, and a declared member that a segment's structs lack.
 */
export class Columns {
  readonly #present: ReadonlySet<string>;
  readonly #shapes: FieldShapes;

  /** `present` are the columns of the segments. */
  constructor(present: ReadonlySet<string>, shapes: FieldShapes) {
    this.#present = present;
    this.#shapes = shapes;
  }

  has(column: string): boolean {
    return this.#present.has(column);
  }

  get names(): ReadonlySet<string> {
    return this.#present;
  }

  /** The field as SQL over an unqualified row. A column that no segment has is a typed null. */
  operand(field: Field): Operand {
    if (field.countOf !== null) return this.#count(field, field.countOf);
    const type = isIdField(field) ? "UUID" : TYPES[field.kind];
    if (field.object !== "") {
      const values = this.#present.has(field.path) ? quoted(field.path) : this.fromObjects(field);
      return { sql: values ?? `NULL::${type}[]`, many: true, type };
    }
    const column = field.path === "_id" ? ID_COLUMN : field.path;
    const many = field.shape !== "one";
    if (!this.#present.has(column)) return { sql: many ? `NULL::${type}[]` : `NULL::${type}`, many, type };
    return { sql: quoted(column), many, type };
  }

  /** The flat list of a member's values, taken out of the list of structs; null when no segment has that list. */
  fromObjects(field: Field): string | null {
    return this.#members(field.object, memberOf(field.path, field.object), field.shape !== "one");
  }

  /** Counts are lengths of lists; below an object list there is one for each object. */
  #count(field: Field, path: string): Operand {
    const type = "BIGINT";
    if (field.object !== "") {
      const inner = this.#objectsAt(field.object);
      if (inner === null) return { sql: `NULL::${type}[]`, many: true, type };
      // An object without the member has no count of it.
      const counts = `list_transform(${inner}, lambda o: len(o.${quoted(memberOf(path, field.object))}))`;
      return { sql: `list_filter(${counts}, lambda v: v IS NOT NULL)`, many: true, type };
    }
    if (!this.#present.has(path)) return { sql: `NULL::${type}`, many: false, type };
    // A field with one value has one when it has any.
    const shape = this.#shapes.shapeOf(path);
    return { sql: shape === "one" ? `CASE WHEN ${quoted(path)} IS NOT NULL THEN 1::BIGINT END` : `len(${quoted(path)})`, many: false, type };
  }

  /** All objects of an object list, those of nested lists one after the other; null when no segment has any. */
  #objectsAt(object: string): string | null {
    const outer = this.#shapes.outerOf(object);
    if (outer !== "") return this.#members(outer, memberOf(object, outer), true);
    if (!this.#present.has(object)) return null;
    // The cast gives every declared member: older segments' structs lack newer ones. It costs nothing where none is lacking.
    const type = this.#shapes.typeOf(object);
    return type === null ? quoted(object) : `CAST(${quoted(object)} AS ${type})`;
  }

  #members(object: string, member: string, lists: boolean): string | null {
    const objects = this.#objectsAt(object);
    if (objects === null) return null;
    const values = `list_transform(${objects}, lambda o: o.${quoted(member)})`;
    // Flattening skips objects that lack the member; single values are skipped here.
    return lists ? `flatten(${values})` : `list_filter(${values}, lambda v: v IS NOT NULL)`;
  }
}
