import type { AddressMatch, CheckedExpression, FieldTest, TextMatch } from "../../model/checked-expression.js";
import type { Field } from "../../model/field.js";
import { regexOfWildcard } from "../../model/wildcard-regex.js";
import type { Columns, Operand } from "./columns.js";
import { ID_COLUMN, isIdField } from "./columns.js";
import { disjoint, withinOne, withinOneBeside, type Range } from "./ranges.js";
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
/** From this many ranges on, they are bound as lists; fewer are faster as predicates. */
const MANY_RANGES = 64;

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

/** That the value, or one value of the list, is within one of the ranges; `predicate` tests one, `list` binds ends as a list. */
function within<T extends number | string>(operand: Operand, ranges: readonly Range<T>[], predicate: (value: string, range: Range<T>) => string, list: (ends: readonly T[]) => string): string {
  const apart = disjoint(ranges);
  if (apart.length < MANY_RANGES) return oneOf(operand, (value) => either(apart.map((range) => predicate(value, range))));
  return withinOne(operand, list(apart.map(({ low }) => low)), list(apart.map(({ high }) => high)));
}

function numberTest(operand: Operand, ranges: readonly Range<number>[], parameters: Parameters): string {
  const isWhole = operand.type === "BIGINT";
  // A column of whole numbers holds no fraction.
  const single = ranges.filter(({ low, high }) => low === high && (!isWhole || Number.isInteger(low))).map(({ low }) => low);
  const wide = ranges.filter(({ low, high }) => low !== high);
  const tests: string[] = [];
  if (single.length > 0) tests.push(among(operand, single.map((value) => () => number(operand, value, parameters)), () => (isWhole ? parameters.integers(single) : parameters.floats(single))));
  const predicate = (value: string, { low, high }: Range<number>): string => {
    // An open end is infinite; a comparison with it would only cost time.
    const ends = [
      ...(low === -Infinity ? [] : [`${value} >= ${number(operand, low, parameters)}`]),
      ...(high === Infinity ? [] : [`${value} <= ${number(operand, high, parameters)}`]),
    ];
    return ends.length === 0 ? `${value} IS NOT NULL` : `(${ends.join(" AND ")})`;
  };
  const isClosed = ({ low, high }: Range<number>): boolean => Number.isFinite(low) && Number.isFinite(high);
  const closed = wide.filter(isClosed);
  const open = wide.filter((range) => !isClosed(range));
  // Not as whole numbers: an end may be a fraction.
  const list = (ends: readonly number[]): string => (isWhole && ends.every(Number.isInteger) ? parameters.integers(ends) : parameters.floats(ends));
  for (const some of [closed, open]) if (some.length > 0) tests.push(within(operand, some, predicate, list));
  return either(tests);
}

/** Ranges of addresses, ports beside the address, or both. */
function addressTest(field: Field, operand: Operand, matches: readonly AddressMatch[], translation: Translation): string {
  const { parameters } = translation;
  const alone = matches.flatMap(({ low, high, port }) => (low === null || high === null || port !== null ? [] : [{ low, high }]));
  const single = alone.filter(({ low, high }) => low === high).map(({ low }) => low);
  const wide = alone.filter(({ low, high }) => low !== high);
  const tests: string[] = [];
  if (single.length > 0) tests.push(among(operand, single.map((value) => () => parameters.uuid(value)), () => parameters.uuids(single)));
  if (wide.length > 0) {
    const predicate = (value: string, { low, high }: Range<string>): string => `(${value} >= ${parameters.uuid(low)} AND ${value} <= ${parameters.uuid(high)})`;
    tests.push(within(operand, wide, predicate, (ends) => parameters.uuids(ends)));
  }
  const port = field.portPath === null ? null : translation.portOf(field.portPath);
  if (port !== null && translation.mayRead(port)) tests.push(...portTests(operand, translation.columns.operand(port), matches, parameters));
  return either(tests);
}

/** Tests of the matches that name a port: of the port alone, or of both. */
function portTests(operand: Operand, port: Operand, matches: readonly AddressMatch[], parameters: Parameters): readonly string[] {
  const alone = [...new Set(matches.flatMap((match) => (match.low === null && match.port !== null ? [match.port] : [])))];
  const tests = alone.length === 0 ? [] : [among(port, alone.map((value) => () => parameters.integer(value)), () => parameters.integers(alone))];
  const byPort = new Map<number, Range<string>[]>();
  for (const { low, high, port: beside } of matches) {
    if (low === null || high === null || beside === null) continue;
    const ranges = byPort.get(beside);
    if (ranges === undefined) byPort.set(beside, [{ low, high }]);
    else ranges.push({ low, high });
  }
  const both = [...byPort].flatMap(([beside, ranges]) => disjoint(ranges).map(({ low, high }) => ({ low, high, beside })));
  if (both.length >= MANY_VALUES) {
    const lows = parameters.uuids(both.map(({ low }) => low));
    const highs = parameters.uuids(both.map(({ high }) => high));
    return [...tests, withinOneBeside(operand, port, { lows, highs, besides: parameters.integers(both.map(({ beside }) => beside)) })];
  }
  for (const { low, high, beside } of both) {
    const address = oneOf(operand, (value) => `(${value} >= ${parameters.uuid(low)} AND ${value} <= ${parameters.uuid(high)})`);
    tests.push(`(${address} AND ${oneOf(port, (value) => `${value} = ${parameters.integer(beside)}`)})`);
  }
  return tests;
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
  // What is no id is no row's id.
  const known = matches.flatMap((match) => (match.kind === "exact" && isRowId(match.value) ? [match.value] : []));
  const tests = known.length === 0 ? [] : [among(operand, known.map((id) => () => parameters.uuid(id)), () => parameters.uuids(known))];
  for (const match of matches) {
    if (match.kind === "wildcard" || match.kind === "regex") tests.push(patternTest(null, `${operand.sql}::VARCHAR`, match, parameters));
  }
  return either(tests);
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
