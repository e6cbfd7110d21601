import type { AddressMatch, CheckedExpression, FieldTest, TextMatch } from "../../model/checked-expression.js";
import type { Field } from "../../model/field.js";
import { regexOfWildcard } from "../../model/wildcard-regex.js";
import type { Columns, Operand } from "./columns.js";
import { ID_COLUMN, isIdField } from "./columns.js";
import { isRowId, type Parameters } from "./statement.js";

/** What a translation needs beside the expression. */
export interface Translation {
  readonly columns: Columns;
  readonly parameters: Parameters;
  /** Whether the reader may search a field. A test of one that it may not is false, as if no session had it. */
  readonly mayRead: (field: Field) => boolean;
  /** Ids of packet files whose packets are gone: deleted, or not on the disk. */
  readonly goneFiles: () => readonly number[];
  /** The port beside an address. */
  readonly portOf: (path: string) => Field | null;
}

/**
 * From this many values on, a list is bound as one value and looked up in a hash table. The engine's list functions compare
 * each with each: a thousand values over a million rows took them most of a minute.
 */
const MANY_VALUES = 8;

const FALSE = "false";

/**
 * A predicate for `WHERE`, true exactly for the matching rows; it may be null for others. Parts that are negated are
 * made false or true first, so that "not" holds for a row that lacks the field.
 */
export function translate(expression: CheckedExpression, translation: Translation): string {
  switch (expression.node) {
    case "and":
      return expression.items.length === 0 ? "true" : `(${expression.items.map((item) => translate(item, translation)).join(" AND ")})`;
    case "or":
      return expression.items.length === 0 ? FALSE : `(${expression.items.map((item) => translate(item, translation)).join(" OR ")})`;
    case "not":
      return `(NOT coalesce(${translate(expression.item, translation)}, false))`;
    case "field":
      return translation.mayRead(expression.field) ? fieldTest(expression.field, expression.test, translation) : FALSE;
    case "file":
      return fileTest(expression.fileIds ?? [], translation);
    case "ids":
      return idsTest(expression.ids, translation);
    case "packetsAvailable":
      return packetsTest(expression.value, translation);
    case "everything":
      return "true";
  }
}

/** A row matches when one of its packet files is among the matching ones. */
function fileTest(fileIds: readonly number[], { columns, parameters }: Translation): string {
  if (fileIds.length === 0 || !columns.has("fileId")) return FALSE;
  return anyOfFiles(fileIds, parameters);
}

/** That one of a row's packet files is among these. Their numbers are bound as runs: files come and go in order. */
function anyOfFiles(fileIds: readonly number[], parameters: Parameters): string {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const id of [...fileIds].sort((a, b) => a - b)) {
    if (id <= (ends.at(-1) ?? -Infinity)) continue;
    if (ends.at(-1) === id - 1) ends[ends.length - 1] = id;
    else {
      starts.push(id);
      ends.push(id);
    }
  }
  const runs = `SELECT unnest(${parameters.integers(starts)}) AS s, unnest(${parameters.integers(ends)}) AS e`;
  return `EXISTS (SELECT 1 FROM (SELECT unnest("fileId") AS v) AS f WHERE v IN (SELECT unnest(range(s, e + 1)) FROM (${runs}) AS runs))`;
}

function idsTest(ids: readonly string[], { parameters }: Translation): string {
  // What is no id is no row's id.
  const known = ids.filter(isRowId);
  if (known.length === 0) return FALSE;
  if (known.length < MANY_VALUES) return `(${known.map((id) => `${ID_COLUMN} = ${parameters.uuid(id)}`).join(" OR ")})`;
  return `${ID_COLUMN} IN (SELECT unnest(${parameters.uuids(known)}))`;
}

/** Packets are available when there are some and every file of them is still there. */
function packetsTest(value: boolean, { columns, parameters, goneFiles }: Translation): string {
  if (!columns.has("fileId")) return value ? FALSE : "true";
  const gone = goneFiles();
  const available = `(len("fileId") > 0${gone.length === 0 ? "" : ` AND NOT ${anyOfFiles(gone, parameters)}`})`;
  return value ? available : `(NOT coalesce(${available}, false))`;
}

function fieldTest(field: Field, test: FieldTest, translation: Translation): string {
  const operand = translation.columns.operand(field);
  const { parameters } = translation;
  switch (test.test) {
    case "exists":
      return operand.many ? `len(${operand.sql}) > 0` : `${operand.sql} IS NOT NULL`;
    case "boolean":
      return oneOf(operand, (value) => `${value} = ${parameters.boolean(test.value)}`);
    case "order":
      return oneOf(operand, (value) => `${value} ${test.op} ${number(operand, test.value, parameters)}`);
    case "addressOrder":
      return oneOf(operand, (value) => `${value} ${test.op} ${parameters.uuid(test.value)}`);
    case "number":
      return combined(test.mode, test.ranges, (ranges) => numberTest(operand, ranges, parameters));
    case "address":
      return combined(test.mode, test.matches, (matches) => addressTest(field, operand, matches, translation));
    case "text":
      return combined(test.mode, test.matches, (matches) => textTest(field, operand, matches, parameters));
  }
}

/** `any`: one test for all values; `all`: one each, all of which must hold. */
function combined<T>(mode: "any" | "all", values: readonly T[], test: (values: readonly T[]) => string): string {
  if (mode === "any" || values.length === 1) return test(values);
  return `(${values.map((value) => test([value])).join(" AND ")})`;
}

/** That the value, or one value of the list, satisfies a predicate. */
function oneOf(operand: Operand, predicate: (value: string) => string): string {
  return operand.many ? `len(list_filter(${operand.sql}, lambda v: ${predicate("v")})) > 0` : predicate(operand.sql);
}

/** That the value, or one value of the list, is among `count` values; `list` binds them as one list. */
function among(operand: Operand, each: readonly (() => string)[], list: () => string): string {
  if (each.length < MANY_VALUES) {
    const tests = each.map((bind) => (operand.many ? `list_contains(${operand.sql}, ${bind()})` : `${operand.sql} = ${bind()}`));
    return tests.length === 1 ? (tests[0] ?? FALSE) : `(${tests.join(" OR ")})`;
  }
  if (!operand.many) return `${operand.sql} IN (SELECT unnest(${list()}))`;
  return `EXISTS (SELECT 1 FROM (SELECT unnest(${operand.sql}) AS v) AS f WHERE v IN (SELECT unnest(${list()})))`;
}

function number(operand: Operand, value: number, parameters: Parameters): string {
  return operand.type === "BIGINT" && Number.isInteger(value) ? parameters.integer(value) : parameters.float(value);
}

function either(tests: readonly string[]): string {
  const [only = FALSE] = tests;
  return tests.length <= 1 ? only : `(${tests.join(" OR ")})`;
}

function numberTest(operand: Operand, ranges: readonly { readonly low: number; readonly high: number }[], parameters: Parameters): string {
  const single = ranges.filter(({ low, high }) => low === high).map(({ low }) => low);
  const wide = ranges.filter(({ low, high }) => low !== high);
  const tests: string[] = [];
  if (single.length > 0) {
    const whole = operand.type === "BIGINT" && single.every(Number.isInteger);
    if (whole) tests.push(among(operand, single.map((value) => () => number(operand, value, parameters)), () => parameters.integers(single)));
    else tests.push(oneOf(operand, (value) => either(single.map((one) => `${value} = ${parameters.float(one)}`))));
  }
  if (wide.length > 0) {
    const range = (value: string) => ({ low, high }: { readonly low: number; readonly high: number }): string => {
      // An open end is infinite; a comparison with it would only cost time.
      const ends = [
        ...(low === -Infinity ? [] : [`${value} >= ${number(operand, low, parameters)}`]),
        ...(high === Infinity ? [] : [`${value} <= ${number(operand, high, parameters)}`]),
      ];
      return ends.length === 0 ? `${value} IS NOT NULL` : `(${ends.join(" AND ")})`;
    };
    tests.push(oneOf(operand, (value) => either(wide.map(range(value)))));
  }
  return either(tests);
}

/** A range of addresses, a port beside the address, or both. */
function addressTest(field: Field, operand: Operand, matches: readonly AddressMatch[], translation: Translation): string {
  const { parameters, columns } = translation;
  const port = field.portPath === null ? null : translation.portOf(field.portPath);
  const single = matches.filter(({ low, high, port: number_ }) => low !== null && low === high && number_ === null);
  const tests: string[] = [];
  if (single.length > 0) {
    const values = single.map(({ low }) => low ?? "");
    tests.push(among(operand, values.map((value) => () => parameters.uuid(value)), () => parameters.uuids(values)));
  }
  for (const match of matches) {
    if (single.includes(match)) continue;
    const parts: string[] = [];
    const { low, high } = match;
    if (low !== null && high !== null) {
      parts.push(oneOf(operand, (value) => `(${value} >= ${parameters.uuid(low)} AND ${value} <= ${parameters.uuid(high)})`));
    }
    if (match.port !== null) {
      if (port === null) continue;
      const wanted = match.port;
      parts.push(oneOf(columns.operand(port), (value) => `${value} = ${parameters.integer(wanted)}`));
    }
    if (parts.length > 0) tests.push(parts.length === 1 ? (parts[0] ?? FALSE) : `(${parts.join(" AND ")})`);
  }
  return either(tests);
}

function textTest(field: Field, operand: Operand, matches: readonly TextMatch[], parameters: Parameters): string {
  if (isIdField(field)) return idTextTest(operand, matches, parameters);
  const exact = matches.filter((match) => match.kind === "exact").map(({ value }) => value);
  const phrases = matches.filter((match) => match.kind === "phrase").map(({ words }) => words);
  const rest = matches.filter((match) => match.kind === "wildcard" || match.kind === "regex");
  const tests: string[] = [];
  if (exact.length > 0) tests.push(among(operand, exact.map((value) => () => parameters.text(value)), () => parameters.texts(exact)));
  if (rest.length > 0) tests.push(oneOf(operand, (value) => either(rest.map((match) => patternTest(field, value, match, parameters)))));
  if (phrases.length > 0) {
    tests.push(oneOf(wordsOperand(operand, parameters), (value) => either(phrases.map((words) => `contains(${value}, ${parameters.text(` ${words.join(" ")} `)})`))));
  }
  return either(tests);
}

/** Ids are compared whole when they can be, else as the text that is shown. */
function idTextTest(operand: Operand, matches: readonly TextMatch[], parameters: Parameters): string {
  return either(matches.map((match) => {
    if (match.kind === "exact") return isRowId(match.value) ? `${operand.sql} = ${parameters.uuid(match.value)}` : FALSE;
    if (match.kind === "phrase") return FALSE;
    return patternTest(null, `${operand.sql}::VARCHAR`, match, parameters);
  }));
}

function patternTest(field: Field | null, value: string, match: Extract<TextMatch, { readonly kind: "wildcard" | "regex" }>, parameters: Parameters): string {
  switch (match.kind) {
    case "wildcard": {
      const regex = regexOfWildcard(match.pattern);
      return regex === null ? wildcardTest(value, likePattern(match.pattern), parameters) : `regexp_full_match(${value}, ${parameters.text(regex)}, 's')`;
    }
    case "regex": {
      // Bytes that are shown as text are matched as text; what is no UTF-8 matches nothing.
      const subject = field?.view === "utf8" ? `TRY(decode(from_hex(${value})))` : value;
      return `regexp_full_match(${subject}, ${parameters.text(match.pattern)}, 's')`;
    }
  }
}

/** Without an escape the engine has a faster form. */
function wildcardTest(value: string, like: string, parameters: Parameters): string {
  return `${value} LIKE ${parameters.text(like)}${like.includes("\\") ? " ESCAPE '\\'" : ""}`;
}

/** A pattern with `*`, `?` and backslash escapes as a LIKE pattern whose escape is the backslash. */
export function likePattern(pattern: string): string {
  return pattern.replace(/\\([\\*?])|[*?]|[%_\\]/gs, (piece, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped === "\\" ? "\\\\" : escaped;
    if (piece === "*") return "%";
    if (piece === "?") return "_";
    return `\\${piece}`;
  });
}

/**
 * Values as their words, each between single spaces (`wordsOf` splits the same way), so that a phrase is a text that they contain. The
 * one class is made ready once a test: in a pattern for each phrase it took two milliseconds between any two words.
 */
function wordsOperand(operand: Operand, parameters: Parameters): Operand {
  const words = (value: string): string => wordsOfValue(value, parameters.text("[^\\p{L}\\p{N}_]+"));
  return { ...operand, sql: operand.many ? `list_transform(${operand.sql}, lambda w: ${words("w")})` : words(operand.sql) };
}

/** A text as its words in lower case, each between spaces. `separators` is the bound pattern of what is between words. */
export function wordsOfValue(value: string, separators: string): string {
  return `(' ' || regexp_replace(lower(${value}), ${separators}, ' ', 'g') || ' ')`;
}
