import { LookbackError } from "../../base/errors.js";
import type { Field } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { FieldValue, SessionDocument } from "../../model/session.js";
import { isObject, listOf, type Json, type JsonObject } from "./json.js";

/** What is ours in a stored document. */
export const OURS = "lookback";

/** JSON as the value of a field. */
export function valueOf(value: Json): FieldValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(valueOf);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, valueOf(inner)]));
  throw new LookbackError("INTERNAL", "a document holds a value of no kind of JSON");
}

/** Every object at a path, those of lists one by one. */
function objectsAt(source: Json, path: string): readonly JsonObject[] {
  let here: readonly Json[] = [source];
  for (const name of path.split(".")) {
    here = here.flatMap((one) => {
      const inner = isObject(one) ? one[name] : undefined;
      return Array.isArray(inner) ? listOf(inner) : [inner];
    });
  }
  return here.filter(isObject);
}

/** The value of a field in a stored document; members of objects are a list over all of them. */
export function fieldValue(source: Json, field: Field): FieldValue {
  if (field.object === "") {
    let here = source;
    for (const name of field.path.split(".")) here = isObject(here) ? here[name] : undefined;
    return valueOf(here);
  }
  const root = `${field.object.split(".")[0] ?? ""}Cnt`;
  const objects = objectsAt(source, field.object);
  const member = field.path.slice(field.object.length + 1);
  const values = objects.map((object) => valueOf(object[member]));
  if (objects.length === 0) return isObject(source) && typeof source[root] === "number" ? [] : null;
  return values.flat().filter((value) => value !== null);
}

/** What of a document must be fetched for a field. */
export function sourcePaths(field: Field): readonly string[] {
  if (field.object === "") return [field.path];
  // Beside the members the list's count, which tells an object without the member from none.
  return [field.path, `${field.object.split(".")[0] ?? ""}Cnt`];
}

/** The document that readers get: without what is ours, what is null and what they may not see. */
export function documentOf(id: string, source: JsonObject, fields: FieldCatalogue, maySee: (field: Field) => boolean): SessionDocument {
  const visible = (object: JsonObject, above: string): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(object)) {
      const path = above === "" ? name : `${above}.${name}`;
      if (value === null || path === OURS) continue;
      const field = fields.byPath(path);
      if (field !== null && !maySee(field)) continue;
      if (isObject(value)) {
        const inner = visible(value, path);
        if (Object.keys(inner).length > 0) out[name] = inner;
      } else {
        out[name] = Array.isArray(value) && field?.shape === "objects" ? value.map((item: Json) => (isObject(item) ? visible(item, path) : item)) : value;
      }
    }
    return out;
  };
  const idField = fields.byPath("_id");
  return { ...(idField === null || maySee(idField) ? { id } : {}), ...visible(source, "") };
}
