import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";

/**
 * The rule that turns a part of a document path into a GraphQL name: each character that GraphQL does not allow becomes
 * `_`, a digit in front gets `_` before it, and two leading `_` (which GraphQL keeps for itself) become one.
 * `syn-ack` is `syn_ack`, `method-GET` is `method_GET`, `802_1q` is `_802_1q`.
 */
export function graphqlName(part: string): string {
  const allowed = part.replace(/[^A-Za-z0-9_]/g, "_");
  const started = /^[0-9]/.test(allowed) ? `_${allowed}` : allowed;
  return started.replace(/^__+/, "_");
}

/** The GraphQL path of a document path: `network.vlan.id-cnt` is `network.vlan.id_cnt`. */
export function graphqlPath(path: string): string {
  return path.split(".").map(graphqlName).join(".");
}

/** Paths that the session type names in its own words. */
const NAMED_BY_HAND: ReadonlySet<string> = new Set(["_id", "id"]);

/** One member of the session type or of a type inside it. */
export type ShapeNode =
  /** A value; `part` is its name in the document at this level. */
  | { readonly kind: "value"; readonly name: string; readonly part: string; readonly field: Field }
  /** Members that share the start of their paths. */
  | { readonly kind: "group"; readonly name: string; readonly part: string; readonly members: Shape }
  /** A list of objects. */
  | { readonly kind: "objects"; readonly name: string; readonly part: string; readonly field: Field; readonly members: Shape };

/** Members by GraphQL name. */
export type Shape = ReadonlyMap<string, ShapeNode>;

interface Building {
  readonly part: string;
  field: Field | null;
  readonly members: Map<string, Building>;
}

function finish(building: ReadonlyMap<string, Building>, path: string): Shape {
  const shape = new Map<string, ShapeNode>();
  const parts = [...building.values()].sort((a, b) => (a.part < b.part ? -1 : 1));
  for (const { part, field, members } of parts) {
    const name = graphqlName(part);
    if (shape.has(name)) throw new LookbackError("INTERNAL", `two fields under ${path === "" ? "the session" : path} have the GraphQL name ${name}`, { name });
    const inner = finish(members, path === "" ? part : `${path}.${part}`);
    if (field === null) shape.set(name, { kind: "group", name, part, members: inner });
    else if (field.shape === "objects") shape.set(name, { kind: "objects", name, part, field, members: inner });
    else if (inner.size === 0) shape.set(name, { kind: "value", name, part, field });
    else throw new LookbackError("INTERNAL", `the field ${field.path} is a value and has members`, { path: field.path });
  }
  return shape;
}

/** The session type's members as the catalogue gives them: every declared field and count by its document path. */
export function sessionShape(catalogue: FieldCatalogue): Shape {
  const root = new Map<string, Building>();
  for (const field of [...catalogue.declared, ...catalogue.derived]) {
    if (field.view !== null || NAMED_BY_HAND.has(field.path)) continue;
    let level = root;
    let at: Building | null = null;
    for (const part of field.path.split(".")) {
      at = level.get(part) ?? { part, field: null, members: new Map() };
      level.set(part, at);
      level = at.members;
    }
    if (at !== null && at.field === null) at.field = field;
  }
  return finish(root, "");
}
