import { LookbackError } from "../../base/errors.js";
import { isCapture, USUAL_COLUMNS, type ExportRequest } from "../../export/export-request.js";
import type { Field } from "../../model/field.js";
import { boundedList } from "../bounded.js";
import type { RequestContext } from "../context.js";
import { queryText } from "../filter/asked-sessions.js";
import { chosenSessions } from "../filter/session-filter.js";
import { LIMITS } from "../limits.js";
import { ExportPackets, type ExportArgs } from "./export.args.js";

/** The export that arguments mean, checked for this user. BAD_INPUT, EXPRESSION_*, TIME_RANGE_INVALID, FORBIDDEN, LIMIT_EXCEEDED. */
export function exportRequestOf(args: ExportArgs, context: RequestContext): ExportRequest {
  const { format, maxBytes } = args;
  if (maxBytes !== null && maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw new LookbackError("BAD_INPUT", `maxBytes is a whole number above 0, not ${maxBytes}`, { argument: "maxBytes" });
  return {
    ...chosenSessions(args.ids, args, context), query: queryText(args.ids, args), format, wholeConnections: args.packets === ExportPackets.WHOLE_CONNECTION, maxBytes: maxBytes ?? null,
    fields: isCapture(format) ? noFields(args.fields) : columnsOf(args.fields ?? null, context),
  };
}

function noFields(names: readonly string[] | null | undefined): readonly Field[] {
  if (names === null || names === undefined || names.length === 0) return [];
  throw new LookbackError("BAD_INPUT", "fields are the columns of CSV, NDJSON and PARQUET; a capture has none", { argument: "fields" });
}

function columnsOf(names: readonly string[] | null, context: RequestContext): readonly Field[] {
  // Of the usual columns those that the user may not see are left out; one that is named is refused.
  if (names === null) {
    return USUAL_COLUMNS.flatMap((name) => {
      const entry = context.services.fields.find(name);
      return entry?.entry === "field" && !context.isHidden(entry.field) ? [entry.field] : [];
    });
  }
  if (names.length === 0) throw new LookbackError("BAD_INPUT", "fields is empty; name at least one column, or leave it out for the usual ones", { argument: "fields" });
  const fields = boundedList("fields", names, LIMITS.fieldNames).map((name) => context.field(name));
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) throw new LookbackError("BAD_INPUT", `fields names ${twice.expression || twice.path} twice`, { argument: "fields" });
  return fields;
}
