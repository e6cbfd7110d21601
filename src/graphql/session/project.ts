import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { FieldValue, SessionDocument } from "../../model/session.js";
import type { Selection } from "../selection.js";
import { sessionShape, type Shape, type ShapeNode } from "./field-names.js";

/** A session or a part of it under GraphQL names. */
export interface Projected {
  [name: string]: unknown;
}

const shapes = new WeakMap<FieldCatalogue, Shape>();

/** The shape of a catalogue, made once. */
export function shapeOf(catalogue: FieldCatalogue): Shape {
  let shape = shapes.get(catalogue);
  if (shape === undefined) {
    shape = sessionShape(catalogue);
    shapes.set(catalogue, shape);
  }
  return shape;
}

/** The shape without what `hidden` says, inside object lists too; all of a hidden member reads as null. */
export function visibleShape(shape: Shape, hidden: (field: Field) => boolean): Shape {
  const visible = new Map<string, ShapeNode>();
  for (const [name, node] of shape) {
    if (node.kind !== "group" && hidden(node.field)) continue;
    visible.set(name, node.kind === "value" ? node : { ...node, members: visibleShape(node.members, hidden) });
  }
  return visible;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Members of an object of an object list, from a document or a row; counts that a row leaves out are list lengths. */
function object(value: Readonly<Record<string, unknown>>, members: Shape): Projected {
  const made: Projected = {};
  for (const member of members.values()) made[member.name] = inObject(value, member, members);
  return made;
}

function inObject(value: Readonly<Record<string, unknown>>, member: ShapeNode, siblings: Shape): unknown {
  const given = value[member.part] ?? null;
  if (member.kind === "objects") return objects(given, member.members);
  if (member.kind === "group") return isRecord(given) ? object(given, member.members) : null;
  if (given !== null || member.field.countOf === null) return asDeclared(given, member.field);
  const counted = [...siblings.values()].find((sibling) => sibling.kind !== "group" && sibling.field.path === member.field.countOf);
  const list = counted === undefined ? null : value[counted.part];
  return Array.isArray(list) ? list.length : null;
}

function objects(value: unknown, members: Shape): readonly Projected[] | null {
  return Array.isArray(value) ? value.filter(isRecord).map((item) => object(item, members)) : null;
}

/** A single value where the catalogue says list, and the other way round, as the schema promises the declared shape. */
function asDeclared(value: unknown, field: Field): unknown {
  if (value === null || value === undefined) return null;
  if (field.shape === "one") return Array.isArray(value) ? (value[0] ?? null) : value;
  return Array.isArray(value) ? value : [value];
}

/** What a selection needs of the store, and how a row becomes what was selected. */
export class Projection {
  /** Columns to read, each once. */
  readonly fields: readonly Field[];
  readonly #steps: readonly { readonly node: ShapeNode; readonly field: Field; readonly names: readonly string[] }[];

  /** Selected members that the shape lacks are read as null; `extra` columns are for accessors by name. */
  constructor(shape: Shape, selection: Selection, extra: readonly Field[]) {
    const steps: { readonly node: ShapeNode; readonly field: Field; readonly names: readonly string[] }[] = [];
    const seen = new Set<string>();
    const walk = (level: Shape, selected: Selection, names: readonly string[]): void => {
      for (const { name, below } of selected) {
        const node = level.get(name);
        if (node === undefined) continue;
        const path = [...names, name];
        if (node.kind === "group") {
          walk(node.members, below, path);
        } else if (!seen.has(node.field.path)) {
          seen.add(node.field.path);
          steps.push({ node, field: node.field, names: path });
        }
      }
    };
    walk(shape, selection, []);
    this.#steps = steps;
    const columns = new Map(steps.map((step) => [step.field.path, step.field]));
    for (const field of extra) columns.set(field.path, field);
    this.fields = [...columns.values()];
  }

  /** The selected part of a row. */
  row(values: ReadonlyMap<string, FieldValue>): Projected {
    const made: Projected = {};
    for (const { node, field, names } of this.#steps) {
      const value = values.get(field.path) ?? null;
      if (value === null) continue;
      let at = made;
      for (let depth = 0; depth < names.length - 1; depth++) {
        const name = names[depth] ?? "";
        const inner = at[name];
        if (isRecord(inner)) at = inner;
        else at = at[name] = {};
      }
      at[node.name] = node.kind === "objects" ? objects(value, node.members) : asDeclared(value, field);
    }
    return made;
  }
}

/** A whole document under GraphQL names. */
export function projectDocument(document: SessionDocument, shape: Shape): Projected {
  return object(document, shape);
}

/** The value at a field's path in a document: through lists of objects, values of all of them. */
export function valueInDocument(document: SessionDocument, path: string): unknown {
  const parts = path.split(".");
  const step = (value: unknown, depth: number): unknown => {
    const part = parts[depth];
    if (part === undefined || value === null || value === undefined) return value ?? null;
    if (Array.isArray(value)) {
      const found = value.flatMap((item: unknown) => step(item, depth) ?? []);
      return found.length === 0 ? null : found;
    }
    return isRecord(value) ? step(value[part], depth + 1) : null;
  };
  return step(document, 0);
}
