import { LookbackError } from "../base/errors.js";
import type { AddressMatch, CheckedExpression, FieldTest, Ordering, TextMatch } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { Bounding } from "../model/time-range.js";
import { EXPORT_FORMATS, type ExportRequest } from "./export-request.js";

/** Deepest nesting that is read back; the parser's own limit is lower. */
const MAX_DEPTH = 1000;

type Json = Readonly<Record<string, unknown>>;

/** Plain JSON: a field by path and view, numbers without end as text. */
export function encodeRequest(request: ExportRequest): Json {
  const { expression, range, query, format, wholeConnections, maxBytes, fields } = request;
  return { version: 2, expression: encodeExpression(expression), range: { ...range }, query, format, wholeConnections, maxBytes, fields: fields.map(fieldName) };
}

/** Reads `encodeRequest`'s form back. Throws BAD_INPUT when it is not that, or names a field that this build has not. */
export function decodeRequest(stored: Json, fields: FieldCatalogue): ExportRequest {
  if (stored["version"] !== 2) throw damaged("is of another version");
  const range = object(stored["range"]);
  return {
    expression: decodeNode(stored["expression"], fields, 0),
    range: {
      startMs: range["startMs"] === null ? null : finite(range["startMs"]),
      endMs: range["endMs"] === null ? null : finite(range["endMs"]),
      bounding: oneOf<Bounding>(range["bounding"], ["first", "last", "both", "either"]),
    },
    query: text(stored["query"]),
    format: oneOf(stored["format"], EXPORT_FORMATS),
    wholeConnections: flag(stored["wholeConnections"]),
    maxBytes: stored["maxBytes"] === null ? null : finite(stored["maxBytes"]),
    fields: list(stored["fields"]).map((field) => fieldOf(object(field), fields)),
  };
}

function fieldName({ path, view }: Field): Json {
  return { path, view };
}

/** A checked tree as plain JSON, for job rows and manifests. */
export function encodeExpression(expression: CheckedExpression): Json {
  return encodeNode(expression);
}

function encodeNode(node: CheckedExpression): Json {
  switch (node.node) {
    case "and":
    case "or": return { node: node.node, items: node.items.map(encodeNode) };
    case "not": return { node: "not", item: encodeNode(node.item) };
    case "field": return { node: "field", ...fieldName(node.field), test: encodeTest(node.test) };
    default: return { ...node };
  }
}

function encodeTest(test: FieldTest): Json {
  if (test.test !== "number") return { ...test };
  return { ...test, ranges: test.ranges.map(({ low, high }) => ({ low: endless(low), high: endless(high) })) };
}

function endless(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function decodeNode(value: unknown, fields: FieldCatalogue, depth: number): CheckedExpression {
  if (depth > MAX_DEPTH) throw damaged("nests too deep");
  const stored = object(value);
  const kind = stored["node"];
  switch (kind) {
    case "and":
    case "or": return { node: kind, items: list(stored["items"]).map((item) => decodeNode(item, fields, depth + 1)) };
    case "not": return { node: kind, item: decodeNode(stored["item"], fields, depth + 1) };
    case "field": return { node: kind, field: fieldOf(stored, fields), test: decodeTest(object(stored["test"])) };
    case "file": return { node: kind, matches: list(stored["matches"]).map(textMatch), fileIds: stored["fileIds"] === null ? null : list(stored["fileIds"]).map(finite) };
    case "ids": return { node: kind, ids: list(stored["ids"]).map(text) };
    case "packetsAvailable": return { node: kind, value: flag(stored["value"]) };
    case "everything": return { node: kind };
    default: throw damaged(`has no node ${String(kind)}`);
  }
}

function fieldOf(stored: Json, fields: FieldCatalogue): Field {
  const path = text(stored["path"]);
  const view = stored["view"];
  const field = view === null ? fields.byPath(path) : fields.derived.find((one) => one.path === path && one.view === view);
  if (!field) throw damaged(`names the field ${path}, which this version has not`);
  return field;
}

function decodeTest(stored: Json): FieldTest {
  const kind = stored["test"];
  const mode = (): "any" | "all" => oneOf(stored["mode"], ["any", "all"]);
  const op = (): Ordering => oneOf<Ordering>(stored["op"], ["<", "<=", ">", ">="]);
  switch (kind) {
    case "exists": return { test: kind };
    case "text": return { test: kind, mode: mode(), matches: list(stored["matches"]).map(textMatch) };
    case "number": return { test: kind, mode: mode(), ranges: list(stored["ranges"]).map((range) => ({ low: number(object(range)["low"]), high: number(object(range)["high"]) })) };
    case "order": return { test: kind, op: op(), value: finite(stored["value"]) };
    case "address": return { test: kind, mode: mode(), matches: list(stored["matches"]).map(addressMatch) };
    case "addressOrder": return { test: kind, op: op(), value: text(stored["value"]) };
    case "boolean": return { test: kind, value: flag(stored["value"]) };
    default: throw damaged(`has no test ${String(kind)}`);
  }
}

function textMatch(value: unknown): TextMatch {
  const stored = object(value);
  const kind = stored["kind"];
  switch (kind) {
    case "exact": return { kind, value: text(stored["value"]) };
    case "wildcard":
    case "regex": return { kind, pattern: text(stored["pattern"]) };
    case "phrase": return { kind, words: list(stored["words"]).map(text) };
    default: throw damaged(`has no text match ${String(kind)}`);
  }
}

function addressMatch(value: unknown): AddressMatch {
  const stored = object(value);
  const orNull = <T>(member: unknown, read: (given: unknown) => T): T | null => (member === null ? null : read(member));
  return { low: orNull(stored["low"], text), high: orNull(stored["high"], text), port: orNull(stored["port"], finite) };
}

function damaged(how: string): LookbackError {
  return new LookbackError("BAD_INPUT", `the stored request of this export ${how}; ask for the export again`);
}

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw damaged("is not complete");
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged("is not complete");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw damaged("is not complete");
  return value;
}

function flag(value: unknown): boolean {
  if (typeof value !== "boolean") throw damaged("is not complete");
  return value;
}

function number(value: unknown): number {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return finite(value);
}

function finite(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw damaged("is not complete");
  return value;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw damaged("is not complete");
  return found;
}
