import type { Field } from "../../model/field.js";
import { PACKET_FILES_FIELD } from "../../model/packet-files-field.js";
import { boundedList } from "../bounded.js";
import type { RequestContext } from "../context.js";
import { LIMITS } from "../limits.js";
import type { Selection } from "../selection.js";
import type { Shape } from "./field-names.js";
import { shapeOf, visibleShape } from "./project.js";
import { Session, type SessionSource } from "./session.type.js";

/** The members of a session that this user may see. */
export function shapeFor(context: RequestContext): Shape {
  const shape = shapeOf(context.services.fields);
  return context.scope.hiddenFields.size === 0 ? shape : visibleShape(shape, (field) => context.isHidden(field));
}

/** Fields that `field(name:)` and `fields(names:)` in a selection read; names that do not resolve fail in the resolver. */
export function fieldsByName(selection: Selection, context: RequestContext): readonly Field[] {
  const names = new Set<string>();
  for (const { name, args } of selection) {
    const given = name === "field" ? [args["name"]] : name === "fields" ? args["names"] : [];
    if (!Array.isArray(given)) continue;
    for (const item of boundedList("names", given, LIMITS.fieldNames)) if (typeof item === "string") names.add(item);
  }
  return [...names].map((name) => context.field(name));
}

/** Members of a session that are worked out from the packet files it is in. */
const FROM_PACKET_FILES: readonly string[] = ["packetsAvailable", "packetAvailability"];

/** The column that members of the selection are worked out from, where one of them is. */
export function needsPacketFiles(selection: Selection): readonly Field[] {
  return selection.some(({ name }) => FROM_PACKET_FILES.includes(name)) ? [PACKET_FILES_FIELD] : [];
}

/** A session of an answer. */
export function sessionOf(id: string, members: object, source: SessionSource): Session {
  return Object.assign(new Session(), members, { id, source_: source });
}
