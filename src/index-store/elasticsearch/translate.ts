import { LookbackError } from "../../base/errors.js";
import type { AddressMatch, CheckedExpression, FieldTest, TextMatch } from "../../model/checked-expression.js";
import type { Field } from "../../model/field.js";
import { isRowId, rowIdText } from "../row-id.js";
import type { JsonObject } from "./json.js";
import { decodedPath, indexedPath, LONGEST_TERM, wordsPath } from "./mapping.js";

/** What a translation needs beside the expression. */
export interface Translation {
  /** Whether the reader may search a field. A test of one that it may not is false, as if no session had it. */
  readonly mayRead: (field: Field) => boolean;
  /** Ids of packet files whose packets are gone. */
  readonly goneFiles: () => readonly number[];
  /** Nodes whose packet files those ids number; in rows of others the same number is another file. */
  readonly ownNodes: ReadonlySet<string>;
  /** The port beside an address. */
  readonly portOf: (path: string) => Field | null;
}

/** Clauses of one boolean query; Elasticsearch 7 takes 1,024 by default. Later ones count those of the whole query, and say so when there are too many. */
const MAX_CLAUSES = 500;
/** Values of one `terms` query; a cluster takes 65,536 by default. */
const MAX_TERMS = 50_000;
/** Bounds of a 64-bit field that JSON numbers say exactly enough: beyond them no value lies. */
const LEAST_LONG = -9_223_372_036_854_775_000;
const GREATEST_LONG = 9_223_372_036_854_775_000;

const NONE: JsonObject = { match_none: {} };
const ALL: JsonObject = { match_all: {} };

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}

/** That one of several holds. Many are grouped, so that no part of a query has more clauses than it may. */
export function either(clauses: readonly JsonObject[]): JsonObject {
  const [only] = clauses;
  if (only === undefined) return NONE;
  if (clauses.length === 1) return only;
  if (clauses.length > MAX_CLAUSES) return either(chunks(clauses, MAX_CLAUSES).map(either));
  return { bool: { should: clauses, minimum_should_match: 1 } };
}

/** That each of several holds. */
export function every(clauses: readonly JsonObject[]): JsonObject {
  const [only] = clauses;
  if (only === undefined) return ALL;
  if (clauses.length === 1) return only;
  if (clauses.length > MAX_CLAUSES) return every(chunks(clauses, MAX_CLAUSES).map(every));
  return { bool: { filter: clauses } };
}

export function none(clause: JsonObject): JsonObject {
  return { bool: { must_not: [clause] } };
}

/** That a field has one of the values. */
export function oneOf(path: string, values: readonly (string | number | boolean)[]): JsonObject {
  const [only] = values;
  if (only === undefined) return NONE;
  if (values.length === 1) return { term: { [path]: { value: only } } };
  return either(chunks(values, MAX_TERMS).map((part) => ({ terms: { [path]: part } })));
}

/**
 * A query of the cluster's language, true exactly for the matching rows. Values stand as values in its body; no script
 * and no query text is ever made.
 */
export function translate(expression: CheckedExpression, translation: Translation): JsonObject {
  switch (expression.node) {
    case "and":
      return every(expression.items.map((item) => translate(item, translation)));
    case "or":
      return either(expression.items.map((item) => translate(item, translation)));
    case "not":
      return none(translate(expression.item, translation));
    case "field":
      return translation.mayRead(expression.field) ? fieldTest(expression.field, expression.test, translation) : NONE;
    case "file":
      return expression.fileIds === null || expression.fileIds.length === 0 ? NONE : every([oneOf("fileId", expression.fileIds), ofNodes(translation.ownNodes)]);
    case "ids":
      return idsTest(expression.ids);
    case "packetsAvailable": {
      // Packets are available when there are some here and every file of them is still there.
      const gone = translation.goneFiles();
      const available = every([exists("fileId"), ofNodes(translation.ownNodes), ...(gone.length === 0 ? [] : [none(oneOf("fileId", gone))])]);
      return expression.value ? available : none(available);
    }
    case "everything":
      return ALL;
  }
}

const exists = (path: string): JsonObject => ({ exists: { field: path } });

const ofNodes = (nodes: ReadonlySet<string>): JsonObject => oneOf("node", [...nodes]);

function idsTest(ids: readonly string[]): JsonObject {
  // What is no id is no row's id.
  const known = ids.filter(isRowId).map(rowIdText);
  return either(chunks(known, MAX_TERMS).map((values) => ({ ids: { values } })));
}

/** `any`: one test for all values; `all`: one each, all of which must hold. */
function combined<T>(mode: "any" | "all", values: readonly T[], test: (values: readonly T[]) => JsonObject): JsonObject {
  return mode === "any" ? test(values) : every(values.map((value) => test([value])));
}

function fieldTest(field: Field, test: FieldTest, translation: Translation): JsonObject {
  const path = indexedPath(field);
  switch (test.test) {
    case "exists":
      return exists(path);
    case "boolean":
      return { term: { [path]: { value: test.value } } };
    case "order":
      return orderTest(field, path, test.op, test.value);
    case "addressOrder":
      return { range: { [path]: { [ORDERS[test.op]]: addressText(test.value) } } };
    case "number":
      return combined(test.mode, test.ranges, (ranges) => numberTest(field, path, ranges));
    case "address":
      return combined(test.mode, test.matches, (matches) => addressTest(field, path, matches, translation));
    case "text":
      return combined(test.mode, test.matches, (matches) => textTest(field, path, matches));
  }
}

const ORDERS = { "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" } as const;

function orderTest(field: Field, path: string, op: keyof typeof ORDERS, value: number): JsonObject {
  if (field.kind === "float") return { range: { [path]: { [ORDERS[op]]: value } } };
  // Whole numbers: an order against a fraction is one against the whole number beside it.
  switch (op) {
    case "<":
      return wholeRange(path, -Infinity, Math.ceil(value) - 1);
    case "<=":
      return wholeRange(path, -Infinity, Math.floor(value));
    case ">":
      return wholeRange(path, Math.floor(value) + 1, Infinity);
    case ">=":
      return wholeRange(path, Math.ceil(value), Infinity);
  }
}

/** A closed range of a field of whole numbers; its ends are whole or infinite. */
export function wholeRange(path: string, low: number, high: number): JsonObject {
  if (low > high || low > GREATEST_LONG || high < LEAST_LONG) return NONE;
  const ends = { ...(low > LEAST_LONG ? { gte: low } : {}), ...(high < GREATEST_LONG ? { lte: high } : {}) };
  return Object.keys(ends).length === 0 ? exists(path) : { range: { [path]: ends } };
}

function numberTest(field: Field, path: string, ranges: readonly { readonly low: number; readonly high: number }[]): JsonObject {
  const whole = field.kind !== "float";
  const single = ranges.filter(({ low, high }) => low === high && (!whole || (Number.isInteger(low) && Math.abs(low) < GREATEST_LONG))).map(({ low }) => low);
  const wide = ranges.filter(({ low, high }) => low !== high).map(({ low, high }): JsonObject => {
    if (whole) return wholeRange(path, Math.ceil(low), Math.floor(high));
    const ends = { ...(low === -Infinity ? {} : { gte: low }), ...(high === Infinity ? {} : { lte: high }) };
    return Object.keys(ends).length === 0 ? exists(path) : { range: { [path]: ends } };
  });
  return either([...(single.length === 0 ? [] : [oneOf(path, single)]), ...wide]);
}

/** An address of 32 hex digits as a cluster reads it. */
export function addressText(hex: string): string {
  return (hex.match(/.{4}/g) ?? []).join(":");
}

/** A range of addresses, a port beside the address, or both. A port that the reader may not search is none. */
function addressTest(field: Field, path: string, matches: readonly AddressMatch[], { mayRead, portOf }: Translation): JsonObject {
  const port = field.portPath === null ? null : portOf(field.portPath);
  const portPath = port !== null && mayRead(port) ? field.portPath : null;
  const single = matches.filter(({ low, high, port }) => low !== null && low === high && port === null);
  const clauses: JsonObject[] = [];
  if (single.length > 0) clauses.push(oneOf(path, single.map(({ low }) => addressText(low ?? ""))));
  for (const match of matches) {
    if (single.includes(match)) continue;
    const parts: JsonObject[] = [];
    if (match.low !== null && match.high !== null) parts.push({ range: { [path]: { gte: addressText(match.low), lte: addressText(match.high) } } });
    if (match.port !== null) {
      if (portPath === null) continue;
      parts.push({ term: { [portPath]: { value: match.port } } });
    }
    if (parts.length > 0) clauses.push(every(parts));
  }
  return either(clauses);
}

function textTest(field: Field, path: string, matches: readonly TextMatch[]): JsonObject {
  if (field.path === "_id") return idTextTest(matches);
  const exact = matches.filter((match) => match.kind === "exact").map(({ value }) => (field.path === "rootId" && isRowId(value) ? rowIdText(value) : value));
  const patterns = matches.filter((match) => match.kind !== "exact").map((match) => patternTest(field, path, match));
  return either([...(exact.length === 0 ? [] : [oneOf(path, exact)]), ...patterns]);
}

/** Ids are looked up whole; a cluster keeps no index of their text. */
function idTextTest(matches: readonly TextMatch[]): JsonObject {
  return idsTest(matches.map((match) => {
    if (match.kind === "exact") return match.value;
    throw new LookbackError("UNAVAILABLE", "with Elasticsearch an id is compared whole; wildcards and regular expressions of ids need the embedded index", { field: "_id" });
  }));
}

function patternTest(field: Field, path: string, match: Exclude<TextMatch, { readonly kind: "exact" }>): JsonObject {
  switch (match.kind) {
    case "wildcard":
      return { wildcard: { [path]: { value: match.pattern } } };
    case "regex":
      // Bytes that are shown as text are matched as text; what is no UTF-8 has none. Only the operators that every engine knows.
      return { regexp: { [field.view === "utf8" ? decodedPath(path) : path]: { value: match.pattern, flags: "NONE", max_determinized_states: MAX_STATES } } };
    case "phrase":
      // The words are split and in lower case already.
      return { match_phrase: { [wordsPath(path)]: { query: match.words.join(" "), analyzer: "whitespace" } } };
  }
}

/** States of a regular expression's automaton. */
const MAX_STATES = 100_000;

/** Whether a text is too long to have been indexed as one term. */
export function isUnindexed(text: string): boolean {
  return text.length > LONGEST_TERM;
}
