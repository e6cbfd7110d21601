import { LookbackError } from "../base/errors.js";
import type { Comparison, Expression, ParsedExpression, TermValue, Value } from "./ast.js";
import { MAX_COMPARISONS, MAX_DEPTH, MAX_LIST_ITEMS } from "./limits.js";
import { parse } from "./parser.js";
import { literalPattern } from "./pattern.js";
import { print } from "./print.js";
import { portableRegex, RegexFault } from "./regex.js";
import type { Operator } from "./token.js";

/** A value of a typed filter. */
export type FilterValue = string | number | boolean;

/** Bounds of an ordered field; those that are absent or null do not bound. */
export interface RangeFilter {
  readonly gt?: FilterValue | null;
  readonly gte?: FilterValue | null;
  readonly lt?: FilterValue | null;
  readonly lte?: FilterValue | null;
}

/** Tests of one field; all that are given must hold. Text is literal except in `wildcard` and `regex`. */
export interface FieldFilter {
  /** Expression, alias, virtual field or `db:<path>`. */
  readonly name: string;
  readonly eq?: FilterValue | null;
  readonly ne?: FilterValue | null;
  /** One of these. */
  readonly in?: readonly FilterValue[] | null;
  /** None of these. */
  readonly notIn?: readonly FilterValue[] | null;
  /** Each of these is among the field's values. */
  readonly all?: readonly FilterValue[] | null;
  readonly range?: RangeFilter | null;
  /** A network, `192.0.2.0/24`. */
  readonly cidr?: string | null;
  readonly prefix?: string | null;
  readonly suffix?: string | null;
  readonly contains?: string | null;
  /** A pattern with `*` and `?`. */
  readonly wildcard?: string | null;
  /** A regular expression that matches the whole value. */
  readonly regex?: string | null;
  /** Whether the field has a value. */
  readonly exists?: boolean | null;
}

/** A filter as an object. All members that are given must hold; one without members matches everything. */
export interface SessionFilterInput {
  readonly and?: readonly SessionFilterInput[] | null;
  readonly or?: readonly SessionFilterInput[] | null;
  readonly not?: SessionFilterInput | null;
  readonly field?: FieldFilter | null;
  /** Whether every packet of the session is still stored. */
  readonly packetsAvailable?: boolean | null;
}

const NOWHERE = { start: 0, end: 0 };
/** Characters that a name may have outside quotes; any other cannot be a field's. */
const NAME = /^[-+A-Za-z0-9_.@:*?/$]{1,200}$/;

function refuse(path: string, message: string): LookbackError {
  return new LookbackError("BAD_INPUT", `filter${path}: ${message}`, { path: `filter${path}` });
}

function term(value: FilterValue): TermValue {
  return { kind: "term", text: literalPattern(String(value)), span: NOWHERE };
}

function pattern(text: string): TermValue {
  return { kind: "term", text, span: NOWHERE };
}

function regex(source: string, path: string): Value {
  if (source === "") throw refuse(path, "an empty regular expression");
  try {
    return { kind: "regex", pattern: portableRegex(source), span: NOWHERE };
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    throw new LookbackError(error.tooLarge ? "EXPRESSION_TOO_LARGE" : "EXPRESSION_SYNTAX", `filter${path}: ${error.message}`, { path: `filter${path}`, offset: error.offset });
  }
}

function list(mode: "any" | "all", values: readonly FilterValue[], path: string): Value {
  if (values.length === 0) throw refuse(path, "an empty list");
  if (values.length > MAX_LIST_ITEMS) throw new LookbackError("EXPRESSION_TOO_LARGE", `filter${path}: a list of more than ${MAX_LIST_ITEMS} items`, { path: `filter${path}`, limit: MAX_LIST_ITEMS });
  return { kind: "list", mode, items: values.map(term), span: NOWHERE };
}

/** Turns one filter into a tree; counts what it makes. */
class Compiler {
  #comparisons = 0;

  filter(filter: SessionFilterInput, path: string, depth: number): Expression | null {
    if (depth > MAX_DEPTH) throw new LookbackError("EXPRESSION_TOO_LARGE", `a filter nested more than ${MAX_DEPTH} deep`, { limit: MAX_DEPTH });
    const parts: Expression[] = [];
    for (const kind of ["and", "or"] as const) {
      const members = filter[kind];
      if (members === undefined || members === null) continue;
      const items = members.map((member, at) => this.filter(member, `${path}.${kind}[${at}]`, depth + 1));
      if (items.length === 0) throw refuse(`${path}.${kind}`, "an empty list");
      // A member that matches everything decides an "or", and says nothing in an "and".
      const real = items.filter((item) => item !== null);
      const joined = kind === "or" && real.length < items.length ? null : join(kind, real);
      if (joined !== null) parts.push(joined);
    }
    if (filter.not !== undefined && filter.not !== null) {
      const item = this.filter(filter.not, `${path}.not`, depth + 1);
      if (item === null) throw refuse(`${path}.not`, "matches nothing, as the filter in it matches everything");
      parts.push({ kind: "not", item, span: NOWHERE });
    }
    if (filter.field !== undefined && filter.field !== null) parts.push(...this.#field(filter.field, `${path}.field`));
    if (filter.packetsAvailable !== undefined && filter.packetsAvailable !== null) {
      parts.push(...this.#field({ name: "packetsAvailable", eq: filter.packetsAvailable }, `${path}.packetsAvailable`));
    }
    return join("and", parts);
  }

  #field(field: FieldFilter, path: string): readonly Comparison[] {
    const { name } = field;
    if (!NAME.test(name)) throw refuse(`${path}.name`, `${JSON.stringify(name.slice(0, 60))} is no field name`);
    const made: Comparison[] = [];
    const add = (operator: Operator, value: Value): void => {
      this.#comparisons++;
      if (this.#comparisons > MAX_COMPARISONS) throw new LookbackError("EXPRESSION_TOO_LARGE", `a filter of more than ${MAX_COMPARISONS} comparisons`, { limit: MAX_COMPARISONS });
      made.push({ kind: "comparison", field: { name, span: NOWHERE }, operator, value, span: NOWHERE });
    };
    const given = <T>(value: T | null | undefined, use: (value: T) => void): void => {
      if (value !== undefined && value !== null) use(value);
    };
    given(field.eq, (value) => add("==", term(value)));
    given(field.ne, (value) => add("!=", term(value)));
    given(field.in, (values) => add("==", list("any", values, `${path}.in`)));
    given(field.notIn, (values) => add("!=", list("any", values, `${path}.notIn`)));
    given(field.all, (values) => add("==", list("all", values, `${path}.all`)));
    given(field.range?.gt, (value) => add(">", term(value)));
    given(field.range?.gte, (value) => add(">=", term(value)));
    given(field.range?.lt, (value) => add("<", term(value)));
    given(field.range?.lte, (value) => add("<=", term(value)));
    given(field.cidr, (value) => add("==", term(value)));
    given(field.prefix, (value) => add("==", pattern(`${literalPattern(value)}*`)));
    given(field.suffix, (value) => add("==", pattern(`*${literalPattern(value)}`)));
    given(field.contains, (value) => add("==", pattern(`*${literalPattern(value)}*`)));
    given(field.wildcard, (value) => add("==", pattern(value.replace(/\\(?![\\*?])|\\(.)/gs, (pair, escaped?: string) => (escaped === undefined ? "\\\\" : pair)))));
    given(field.regex, (value) => add("==", regex(value, `${path}.regex`)));
    given(field.exists, (value) => add(value ? "==" : "!=", { kind: "exists", span: NOWHERE }));
    if (made.length === 0) throw refuse(path, `no test of ${name} is given`);
    return made;
  }
}

function join(kind: "and" | "or", items: readonly Expression[]): Expression | null {
  const [first] = items;
  if (first === undefined) return null;
  return items.length === 1 ? first : { kind, items, span: NOWHERE };
}

/**
 * The tree of a typed filter: the one that its printed text has, so that both ways of asking share the checker, and an
 * error shows the comparison that it is about. Throws BAD_INPUT, EXPRESSION_SYNTAX or EXPRESSION_TOO_LARGE with the
 * path in the filter.
 */
export function parseFilter(filter: SessionFilterInput): ParsedExpression {
  const root = new Compiler().filter(filter, "", 0);
  return parse(root === null ? "" : print(root));
}
