import { LookbackError } from "../base/errors.js";
import type { Field } from "../model/field.js";

/** Whether `field` is, counts, or lies below a hidden path. */
export function isHidden(field: Field, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return false;
  for (const path of [field.path, field.countOf ?? ""]) {
    for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) if (hidden.has(part)) return true;
  }
  return false;
}

/** The error about a field that the reader may not see. */
export function hiddenField(field: Field): LookbackError {
  return new LookbackError("FORBIDDEN", `the field ${field.expression || field.path} is not available to you`, { field: field.path });
}
