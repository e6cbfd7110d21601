import { LookbackError } from "../base/errors.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { ExpressionCheck } from "./scope.js";
import type { LimitChecks } from "./user-administration.js";

/** Checks of a user's limits against a field catalogue. E-mail fields may be named before any dissector fills them. */
export function limitChecks(fields: FieldCatalogue, compile: ExpressionCheck): LimitChecks {
  const above = new Set<string>(["email"]);
  for (const { path } of [...fields.declared, ...fields.derived]) {
    const parts = path.split(".");
    for (let depth = 1; depth <= parts.length; depth++) above.add(parts.slice(0, depth).join("."));
  }
  return {
    expression: (text) => {
      compile(text);
    },
    fieldPath: (name) => {
      const entry = fields.find(name);
      if (entry?.entry === "field") return entry.field.path;
      if (entry?.entry === "virtual") {
        const members = entry.virtual.members.map((member) => member.expression);
        throw new LookbackError("BAD_INPUT", `${name} stands for several fields; hide those that are meant: ${members.slice(0, 10).join(", ")}`, { suggestions: members });
      }
      if (above.has(name)) return name;
      const nearest = fields.nearest(name);
      const question = nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`;
      throw new LookbackError("BAD_INPUT", `there is no field or path ${JSON.stringify(name.slice(0, 60))}${question}`, { suggestions: nearest });
    },
  };
}
