import type { LookbackError, ErrorCode } from "../base/errors.js";
import type { AddressMatch, CheckedExpression, FieldTest, Ordering, TextMatch } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import { addressMatches } from "./address-values.js";
import type { ItemValue, RegexValue, TermValue } from "./ast.js";
import { shown, type Explanation } from "./errors.js";
import { numberRange, numberWords, type NumberRange } from "./number-values.js";
import { literalOf, matchesAnything } from "./pattern.js";
import { textMatch } from "./text-values.js";
import { FIRST_TIME_MS, LAST_TIME_MS, monthsOrMinutes, timeSpan, type TimeContext } from "./time-values.js";
import type { Span } from "./token.js";

/** A value after stored lists are expanded. */
export type PlainItem = TermValue | RegexValue;

/** What making a test needs beside field and values. */
export interface TestContext extends TimeContext {
  readonly catalogue: FieldCatalogue;
  /** The name that the comparison has: of the field, or one that stands for several. */
  readonly written: string;
  /** Whether the reader may search the port beside a field's addresses. */
  readonly mayReadPort: (field: Field) => boolean;
  /** Addresses that were read already: every member of `ip` takes the same ones. */
  readonly addresses: WeakMap<PlainItem, readonly AddressMatch[]>;
  /** Makes the error about a part of the expression. */
  readonly fault: (code: ErrorCode, span: Span, message: string, explanation?: Explanation) => LookbackError;
}

/** Values of one comparison. */
export interface Values {
  readonly mode: "any" | "all";
  readonly items: readonly PlainItem[];
}

const KIND_VALUES: Readonly<Record<string, readonly string[]>> = {
  integer: ["a whole number", "a range a-b"],
  float: ["a number", "a range a-b"],
  ip: ["an address (192.0.2.1, 192.0.2/24, 2001:db8::1)", "an address with a port", "a port (:80)"],
  seconds: ['a time ("2026/01/31 12:00:00", ISO 8601, -1h, -1d@d)'],
  boolean: ["true", "false"],
};

function wrongValue(context: TestContext, field: Field, item: PlainItem, suggestions: readonly string[] = []): LookbackError {
  const written = item.kind === "term" ? shown(item.text) : "a regular expression";
  const words = numberWords(field.path);
  const expected = [...(KIND_VALUES[field.kind] ?? []), ...(words === null ? [] : [[...words.keys()].join(", ")])];
  return context.fault("EXPRESSION_TYPE", item.span, `${written} is no value of ${context.written} (${field.kind})`, { expected, suggestions });
}

/** The text of a value that can be neither a pattern nor a regular expression. */
function plainText(context: TestContext, field: Field, item: PlainItem): string {
  const literal = item.kind === "term" ? literalOf(item.text) : null;
  if (literal === null) throw wrongValue(context, field, item);
  return literal;
}

function time(context: TestContext, field: Field, item: PlainItem): NumberRange {
  const text = plainText(context, field, item);
  const span = timeSpan(text, context);
  if (span === null) throw wrongValue(context, field, item, monthsOrMinutes(text));
  if (span.low < FIRST_TIME_MS || span.high > LAST_TIME_MS) {
    throw context.fault("TIME_RANGE_INVALID", item.span, "a time outside 1970 to 2262");
  }
  return span;
}

function number(context: TestContext, field: Field, item: PlainItem): NumberRange {
  if (field.kind === "seconds") return time(context, field, item);
  const text = plainText(context, field, item);
  const word = numberWords(field.path)?.get(text.toLowerCase());
  if (word !== undefined) return { low: word, high: word };
  const range = numberRange(text, field.kind === "float" ? "float" : "integer");
  if (range === null) throw wrongValue(context, field, item);
  return range;
}

function addressesOf(context: TestContext, field: Field, item: PlainItem): readonly AddressMatch[] {
  const known = context.addresses.get(item);
  if (known !== undefined) return known;
  const matches = addressMatches(plainText(context, field, item));
  if (matches === null) throw wrongValue(context, field, item);
  context.addresses.set(item, matches);
  return matches;
}

function text(context: TestContext, field: Field, item: PlainItem): TextMatch {
  if (item.kind === "term" && matchesAnything(item.text)) {
    throw context.fault("EXPRESSION_TYPE", item.span, "a bare * matches anything", { expected: ["EXISTS!"] });
  }
  const match = textMatch(field, item);
  if ("fault" in match) {
    const base = field.expression.replace(/\.tokens$/, "");
    throw context.fault("EXPRESSION_TYPE", item.span, `${context.written}: ${match.fault}`, base === field.expression ? {} : { suggestions: [base] });
  }
  return match;
}

function boolean(context: TestContext, field: Field, item: PlainItem): boolean {
  const value = plainText(context, field, item).toLowerCase();
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw wrongValue(context, field, item);
}

const leaf = (field: Field, test: FieldTest): CheckedExpression => ({ node: "field", field, test });

/** `or` or `and` of several, or the only one. */
export function joined(node: "and" | "or", items: readonly CheckedExpression[]): CheckedExpression {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { node, items };
}

/**
 * The test that one of (`any`) or each of (`all`) the values is among the field's. Returns null when no value can be
 * tested on this field: a port on an address that has none, or one that the reader may not search. Throws EXPRESSION_TYPE about a value that does not fit.
 */
export function fieldTest(context: TestContext, field: Field, { mode, items }: Values): CheckedExpression | null {
  switch (field.kind) {
    case "ip":
      return addressTest(context, field, mode, items.map((item) => addressesOf(context, field, item)));
    case "integer":
    case "float":
    case "seconds":
      return leaf(field, { test: "number", mode, ranges: items.map((item) => number(context, field, item)) });
    case "boolean": {
      const tests = items.map((item) => leaf(field, { test: "boolean", value: boolean(context, field, item) }));
      return joined(mode === "any" ? "or" : "and", tests);
    }
    default:
      return textTest(context, field, mode, items);
  }
}

/** Whether one of the values names a port beside the addresses of a field. */
export function namesPort(context: TestContext, field: Field, { items }: Values): boolean {
  return field.portPath !== null && items.some((item) => addressesOf(context, field, item).some(({ port }) => port !== null));
}

function addressTest(context: TestContext, field: Field, mode: "any" | "all", items: readonly (readonly AddressMatch[])[]): CheckedExpression | null {
  const hasPort = field.portPath !== null && context.mayReadPort(field);
  const fitting = hasPort ? items : items.map((matches) => matches.filter((match) => match.port === null));
  if (mode === "any") {
    const matches = fitting.flat();
    return matches.length === 0 ? null : leaf(field, { test: "address", mode, matches });
  }
  if (fitting.some((matches) => matches.length === 0)) return null;
  // One value may be several ranges ("ipv6"): any of them will do, but each value must be met.
  if (fitting.every((matches) => matches.length === 1)) return leaf(field, { test: "address", mode, matches: fitting.flat() });
  return joined("and", fitting.map((matches) => leaf(field, { test: "address", mode: "any", matches })));
}

function textTest(context: TestContext, field: Field, mode: "any" | "all", items: readonly PlainItem[]): CheckedExpression {
  const matches = items.map((item) => text(context, field, item));
  const bytes = field.view === "utf8" ? context.catalogue.byPath(field.path) : null;
  if (bytes === null) return leaf(field, { test: "text", mode, matches });
  // Values and wildcards of a text view are compared as hex, which needs no decoding; a regular expression needs the text.
  const parts = [
    { field: bytes, matches: matches.filter((_match, at) => items[at]?.kind !== "regex") },
    { field, matches: matches.filter((_match, at) => items[at]?.kind === "regex") },
  ].filter((part) => part.matches.length > 0);
  return joined(mode === "any" ? "or" : "and", parts.map((part) => leaf(part.field, { test: "text", mode, matches: part.matches })));
}

/** The test of a field's order against one value. Throws EXPRESSION_TYPE when the field has none or the value is a range. */
export function orderTest(context: TestContext, field: Field, operator: Ordering, item: ItemValue, operatorSpan: Span): CheckedExpression {
  if (item.kind === "shortcut") throw context.fault("EXPRESSION_TYPE", item.span, `a stored list cannot be compared with ${operator}`, { expected: ["== or !="] });
  switch (field.kind) {
    case "ip": {
      const [match, more] = addressesOf(context, field, item);
      if (match === undefined || more !== undefined || match.low === null || match.low !== match.high || match.port !== null) {
        throw context.fault("EXPRESSION_TYPE", item.span, `${operator} needs one address`, { expected: ["an address"] });
      }
      return leaf(field, { test: "addressOrder", op: operator, value: match.low });
    }
    case "seconds":
      return leaf(field, { test: "order", op: operator, value: time(context, field, item).low });
    case "integer":
    case "float": {
      const { low, high } = number(context, field, item);
      if (low !== high) throw context.fault("EXPRESSION_TYPE", item.span, `${operator} needs one number`, { expected: ["a number"] });
      return leaf(field, { test: "order", op: operator, value: low });
    }
    default:
      throw context.fault("EXPRESSION_TYPE", operatorSpan, `${context.written} (${field.kind}) has no order`, { expected: ["== or !="] });
  }
}
