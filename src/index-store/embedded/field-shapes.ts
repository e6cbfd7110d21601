import type { Field, FieldKind } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import { quoted } from "./statement.js";

/** SQL type of one value of a kind. */
export const TYPES: Readonly<Record<FieldKind, string>> = {
  integer: "BIGINT", seconds: "BIGINT", float: "DOUBLE", ip: "UUID", boolean: "BOOLEAN",
  termfield: "VARCHAR", lotermfield: "VARCHAR", uptermfield: "VARCHAR", lotextfield: "VARCHAR",
};

/** The last part of a path below an object list: the member of the struct. */
export function memberOf(path: string, object: string): string {
  return path.slice(object.length + 1);
}

/** Facts of the field catalogue that columns need, made once. */
export class FieldShapes {
  /** Object lists by path, with the list that each lies in ("" for none). */
  readonly #objects: ReadonlyMap<string, string>;
  readonly #shapes: ReadonlyMap<string, Field["shape"]>;
  /** SQL type of one object by path of its list: all declared members. */
  readonly #types = new Map<string, string>();
  /** Members with values of their own, by path of the outermost list. */
  readonly #members = new Map<string, Field[]>();

  constructor(fields: FieldCatalogue) {
    const { declared } = fields;
    this.#objects = new Map(declared.filter(({ shape }) => shape === "objects").map(({ path, object }) => [path, object]));
    this.#shapes = new Map(declared.map(({ path, shape }) => [path, shape]));
    for (const path of this.#objects.keys()) this.#types.set(path, this.#typeOf(path, declared));
    for (const field of declared) {
      if (field.object === "" || field.shape === "objects") continue;
      const column = this.columnOf(field.object);
      const members = this.#members.get(column) ?? [];
      if (!members.some(({ path }) => path === field.path)) members.push(field);
      this.#members.set(column, members);
    }
  }

  #typeOf(object: string, declared: readonly Field[]): string {
    const members = new Map(declared.filter((field) => field.object === object).map((field) => [memberOf(field.path, object), field]));
    const typeOf = (field: Field): string => {
      if (field.shape === "objects") return `${this.#typeOf(field.path, declared)}[]`;
      return field.shape === "one" ? TYPES[field.kind] : `${TYPES[field.kind]}[]`;
    };
    return `STRUCT(${[...members].map(([name, field]) => `${quoted(name)} ${typeOf(field)}`).join(", ")})`;
  }

  /** How many values a declared path has; undefined for one that is not declared. */
  shapeOf(path: string): Field["shape"] | undefined {
    return this.#shapes.get(path);
  }

  /** The list that an object list lies in, or "". */
  outerOf(object: string): string {
    return this.#objects.get(object) ?? "";
  }

  /** The column that holds an object list: the outermost list around it. */
  columnOf(object: string): string {
    const outer = this.outerOf(object);
    return outer === "" ? object : this.columnOf(outer);
  }

  /** SQL type of an object list with every declared member, or null when the list is not declared. */
  typeOf(object: string): string | null {
    const type = this.#types.get(object);
    return type === undefined ? null : `${type}[]`;
  }

  /** From the column that holds an object list down to a member at `path`: lists of objects inside, and at last the member. */
  membersDownTo(path: string, object: string): readonly string[] {
    const outer = this.outerOf(object);
    return [...(outer === "" ? [] : this.membersDownTo(object, outer)), memberOf(path, object)];
  }

  /** The members of an object list and of the lists in it that have values of their own: each can have a flat column. */
  membersOf(column: string): readonly Field[] {
    return this.#members.get(column) ?? [];
  }
}
