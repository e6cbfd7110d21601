import { LookbackError } from "../base/errors.js";
import type { CheckedExpression, TextMatch } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import { isHiddenField } from "../model/hidden-fields.js";
import { regexOfWildcard } from "../model/wildcard-regex.js";
import { nearestNames } from "../base/nearest-name.js";
import type { Comparison, Expression, ItemValue, ParsedExpression } from "./ast.js";
import { expressionError, shown } from "./errors.js";
import { fieldTest, joined, namesPort, orderTest, type PlainItem, type TestContext, type Values } from "./field-test.js";
import { MAX_COMPARISONS, MAX_FIELD_TESTS, MAX_PLANNING_WORK, MAX_REGEX_WORK, MAX_VALUES, MAX_VIEW_DEPTH } from "./limits.js";
import { mergeTests, planningWork } from "./merge-tests.js";
import { parse } from "./parser.js";
import { regexWork } from "./regex.js";
import { shortcutItems, type Shortcut } from "./shortcuts.js";
import { specialComparison, SPECIAL_NAMES } from "./special-fields.js";
import { regexOfBytes } from "./text-values.js";
import type { Span } from "./token.js";

/** What an expression is checked against beside the catalogue. */
export interface CheckOptions {
  /** What relative times are relative to, in milliseconds since 1970. */
  readonly nowMs: number;
  /** IANA zone of times that name none. */
  readonly timeZone: string;
  /** Document paths that the reader may not search, with all below them: naming one is FORBIDDEN, virtual fields leave them out. */
  readonly hiddenFields?: ReadonlySet<string>;
  /** Saved expressions for `view ==`, by name; absent where there is no store for them. */
  readonly views?: ReadonlyMap<string, string>;
  /** Stored lists for `$name`, by name; absent where there is no store for them. */
  readonly shortcuts?: ReadonlyMap<string, Shortcut>;
  /** Of a class or a user, accepted when it was set: what the index plans for it is not bounded anew, perhaps more tightly than it was then. */
  readonly isStored?: boolean;
}

/** Work of the phrases of one field test, in units of MAX_REGEX_WORK: values are split into words by a class of all letters. */
const PHRASES_WORK = 1_000;

/** What is counted over an expression and the views inside it. */
interface Totals {
  comparisons: number;
  tests: number;
  values: number;
  /** Work of patterns, in units of MAX_REGEX_WORK. */
  work: number;
}

class Checker {
  readonly #text: string;
  readonly #catalogue: FieldCatalogue;
  readonly #options: CheckOptions;
  readonly #totals: Totals;
  /** Names of the views being inlined, outermost first. */
  readonly #inside: readonly string[];
  readonly #context: TestContext;

  constructor(text: string, catalogue: FieldCatalogue, options: CheckOptions, totals: Totals, inside: readonly string[]) {
    this.#text = text;
    this.#catalogue = catalogue;
    this.#options = options;
    this.#totals = totals;
    this.#inside = inside;
    this.#context = {
      catalogue,
      written: "",
      addresses: new WeakMap(),
      mayReadPort: (field) => !this.#hidesPort(field),
      nowMs: options.nowMs,
      timeZone: options.timeZone,
      fault: (code, span, message, explanation) => expressionError(code, text, span, message, explanation),
    };
  }

  expression(expression: Expression): CheckedExpression {
    switch (expression.kind) {
      case "everything":
        return { node: "everything" };
      case "and":
      case "or":
        return { node: expression.kind, items: expression.items.map((item) => this.expression(item)) };
      case "not":
        return { node: "not", item: this.expression(expression.item) };
      case "comparison": {
        const checked = this.#comparison(expression);
        return expression.operator === "!=" ? { node: "not", item: checked } : checked;
      }
    }
  }

  /** The test of a comparison as if its operator were `==` where it is `!=`. */
  #comparison(comparison: Comparison): CheckedExpression {
    this.#count("comparisons", 1, MAX_COMPARISONS, comparison);
    const { name } = comparison.field;
    if (name === "view") return this.#view(comparison);
    const special = specialComparison(comparison, this.#context);
    if (special !== null) {
      if (special.node !== "file") return special;
      this.#countFilePatterns(comparison, special.matches);
      return { ...special, written: { text: this.#text, ...comparison.value.span } };
    }
    const entry = this.#catalogue.find(name);
    if (entry === null) throw this.#unknownField(comparison);
    const fields = entry.entry === "field" ? [entry.field] : entry.virtual.members;
    const allowed = fields.filter((field) => !this.#isHidden(field));
    if (allowed.length === 0) throw this.#context.fault("FORBIDDEN", comparison.field.span, `you may not search ${shown(name)}`);
    this.#count("tests", allowed.length, MAX_FIELD_TESTS, comparison);
    return this.#test(comparison, allowed, { ...this.#context, written: name }, entry.entry === "virtual" && entry.virtual.kind === "ip");
  }

  /** The test of all the fields that a name stands for; `together`: values that must all be there may be each in another field. */
  #test(comparison: Comparison, fields: readonly Field[], context: TestContext, together: boolean): CheckedExpression {
    const { operator, value } = comparison;
    if (operator !== "==" && operator !== "!=") {
      if (value.kind === "list" || value.kind === "exists") {
        const what = value.kind === "list" ? "a list" : "EXISTS!";
        throw context.fault("EXPRESSION_TYPE", value.span, `${what} cannot be compared with ${operator}`, { expected: ["== or !="] });
      }
      const operatorSpan = { start: comparison.field.span.end, end: value.span.start };
      return joined("or", fields.map((field) => orderTest(context, field, operator, value, operatorSpan)));
    }
    if (value.kind === "exists") return joined("or", fields.map((field) => ({ node: "field", field, test: { test: "exists" } })));
    const values = this.#values(comparison, value.kind === "list" ? value.items : [value], value.kind === "list" ? value.mode : "any", fields);
    this.#countPatterns(values.items, fields);
    if (values.mode === "any" || !together) return joined("or", this.#valueTests(comparison, fields, context, values));
    // Both hosts of a conversation are addresses of it, each in a field of its own.
    return joined("and", values.items.map((item) => joined("or", this.#valueTests(comparison, fields, context, { mode: "any", items: [item] }))));
  }

  /** The tests of the fields that the values fit, one each, of which there is one at least. */
  #valueTests({ field: name, value }: Comparison, fields: readonly Field[], context: TestContext, values: Values): readonly CheckedExpression[] {
    const portless = fields.filter((field) => this.#hidesPort(field) && namesPort(context, field, values));
    const tests = fields.map((field) => fieldTest(context, field, values)).filter((test) => test !== null);
    // A virtual field leaves out what the reader may not search; a field that is named is refused.
    if (portless.length > 0 && (tests.length === 0 || fields.length === 1)) {
      throw context.fault("FORBIDDEN", value.span, `you may not search the ports beside ${shown(name.name)}`, { expected: ["an address without a port"] });
    }
    if (tests.length === 0) {
      throw context.fault("EXPRESSION_TYPE", value.span, `${name.name} has no port beside it`, { expected: ["an address without a port"] });
    }
    return tests;
  }

  /** The values of a comparison, stored lists replaced by what they hold. */
  #values(comparison: Comparison, items: readonly ItemValue[], mode: "any" | "all", fields: readonly Field[]): Values {
    const plain: PlainItem[] = [];
    for (const item of items) {
      if (item.kind !== "shortcut") plain.push(item);
      else if (mode === "all") throw this.#context.fault("EXPRESSION_TYPE", item.span, "a stored list cannot stand in ]…[", { expected: ["[…]"] });
      else plain.push(...shortcutItems(item, fields, this.#options.shortcuts, this.#context));
    }
    this.#count("values", plain.length, MAX_VALUES, comparison);
    return { mode, items: plain };
  }

  #hidesPort({ portPath }: Field): boolean {
    const port = portPath === null ? null : this.#catalogue.byPath(portPath);
    return port !== null && this.#isHidden(port);
  }

  #isHidden(field: Field): boolean {
    const hidden = this.#options.hiddenFields;
    return hidden !== undefined && isHiddenField(field, hidden);
  }

  /** Counts what patterns cost their engine: each is made ready anew for every field that it is compared with. */
  #countPatterns(items: readonly PlainItem[], fields: readonly Field[]): void {
    this.#totals.work += PHRASES_WORK * fields.filter(({ kind }) => kind === "lotextfield").length;
    const ofBytes = fields.filter(({ view }) => view === "utf8").length;
    for (const item of items) {
      const regex = item.kind === "regex" ? item.pattern : regexOfWildcard(item.text);
      const bytes = item.kind === "regex" || ofBytes === 0 ? regex : regexOfBytes(item.text);
      const work = (pattern: string | null): number => (pattern === null ? 0 : regexWork(pattern));
      this.#spend((fields.length - ofBytes) * work(regex) + ofBytes * work(bytes), item.span);
    }
  }

  /** Counts the patterns that names of packet files are compared with, as one field. */
  #countFilePatterns({ value }: Comparison, matches: readonly TextMatch[]): void {
    for (const match of matches) {
      if (match.kind === "regex") this.#spend(regexWork(match.pattern), value.span);
      else if (match.kind === "wildcard") this.#spend(match.pattern.length, value.span);
    }
  }

  #spend(work: number, span: Span): void {
    this.#totals.work += work;
    if (this.#totals.work <= MAX_REGEX_WORK) return;
    throw this.#context.fault("EXPRESSION_TOO_LARGE", span, "the regular expressions, wildcards and phrases are too large together, views and stored lists included and each counted for every field that it is compared with; use fewer or shorter ones, or smaller repetitions");
  }

  #count(what: Exclude<keyof Totals, "work">, by: number, most: number, { span }: Comparison): void {
    this.#totals[what] += by;
    if (this.#totals[what] <= most) return;
    const name = what === "tests" ? "field tests" : what;
    throw this.#context.fault("EXPRESSION_TOO_LARGE", span, `an expression of more than ${most} ${name}, views and stored lists included`);
  }

  #unknownField({ field }: Comparison): LookbackError {
    const { message, suggestions, isArkime } = this.#catalogue.explainUnknown(field.name);
    const special = isArkime ? [] : nearestNames(field.name, SPECIAL_NAMES, 1);
    return this.#context.fault("EXPRESSION_UNKNOWN_FIELD", field.span, message, { suggestions: [...new Set([...special, ...suggestions])].slice(0, 3) });
  }

  /** `view == name`: the saved expression in its place. */
  #view({ operator, value }: Comparison): CheckedExpression {
    if (value.kind !== "term" || (operator !== "==" && operator !== "!=")) {
      throw this.#context.fault("EXPRESSION_TYPE", value.span, "view is compared with == or != and one name", { expected: ["a view's name"] });
    }
    const { views } = this.#options;
    if (views === undefined) throw this.#context.fault("UNAVAILABLE", value.span, "saved views are not there yet; write the expression itself");
    const saved = views.get(value.text);
    if (saved === undefined) {
      const suggestions = nearestNames(value.text, [...views.keys()], 3);
      throw this.#context.fault("EXPRESSION_UNKNOWN_NAME", value.span, `there is no view ${shown(value.text)}`, { suggestions });
    }
    if (this.#inside.includes(value.text)) throw this.#context.fault("EXPRESSION_TYPE", value.span, `the view ${shown(value.text)} contains itself`);
    if (this.#inside.length >= MAX_VIEW_DEPTH) {
      throw this.#context.fault("EXPRESSION_TOO_LARGE", value.span, `views inside views more than ${MAX_VIEW_DEPTH} deep`);
    }
    try {
      const { root } = parse(saved);
      return new Checker(saved, this.#catalogue, this.#options, this.#totals, [...this.#inside, value.text]).expression(root);
    } catch (error) {
      if (!(error instanceof LookbackError)) throw error;
      const [summary = ""] = error.message.split("\n");
      throw this.#context.fault(error.code, value.span, `in the view ${shown(value.text)}: ${summary}`);
    }
  }
}

/**
 * Checks a parsed expression against the catalogue: fields exist, values fit, aliases and virtual fields are resolved,
 * values are in the form the fields store. `file` nodes keep `fileIds: null` until `resolveFiles`. Throws
 * EXPRESSION_UNKNOWN_FIELD, EXPRESSION_TYPE, EXPRESSION_UNKNOWN_NAME, EXPRESSION_TOO_LARGE, TIME_RANGE_INVALID,
 * FORBIDDEN or UNAVAILABLE, each with the place.
 */
export function check(parsed: ParsedExpression, catalogue: FieldCatalogue, options: CheckOptions): CheckedExpression {
  const checked = new Checker(parsed.text, catalogue, options, { comparisons: 0, tests: 0, values: 0, work: 0 }, []).expression(parsed.root);
  const work = options.isStored === true ? 0 : planningWork(mergeTests(checked));
  if (work > MAX_PLANNING_WORK) {
    const message = `the index would have to plan ${work} tests, values counted for every field that they are compared with; at most ${MAX_PLANNING_WORK} are allowed. Put the values of a field into one list, or name the fields that are meant instead of ip, host and the like`;
    throw expressionError("EXPRESSION_TOO_LARGE", parsed.text, parsed.root.span, message);
  }
  return checked;
}

/** Parses and checks in one step. */
export function compileExpression(text: string, catalogue: FieldCatalogue, options: CheckOptions): CheckedExpression {
  return check(parse(text), catalogue, options);
}
