import type { Field } from "./field.js";

/** Whether a reader to whom the document paths `hidden` are closed may not see a field: it, what it counts, or anything above is in them. */
export function isHiddenField(field: Pick<Field, "path" | "countOf">, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return false;
  for (const path of [field.path, field.countOf ?? ""]) {
    for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) if (hidden.has(part)) return true;
  }
  return false;
}
