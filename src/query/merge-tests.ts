import type { CheckedExpression, FieldTest } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";

/** From this many values on, a store looks them up in a list that it is given once, which costs as much as this many tests. */
const LISTED_FROM = 8;
const LIST_WORK = 25;
/** What a pattern costs beside a test of its own: those of one field are tried one after the other. */
const PATTERN_WORK = 1 / 4;

/**
 * The same expression with as few tests as it can be said with: values that one field is compared with one by one (`ip == a || ip == b`,
 * `ip != a && ip != b`) become one list, as if they were written as one. Ids and packet files likewise.
 */
export function mergeTests(expression: CheckedExpression): CheckedExpression {
  switch (expression.node) {
    case "not":
      return { node: "not", item: mergeTests(expression.item) };
    case "or":
      return joined("or", withMergedTests(flat("or", expression.items).map(mergeTests).flatMap((item) => (item.node === "or" ? item.items : [item]))));
    case "and": {
      const items = flat("and", expression.items);
      const excluded = items.flatMap((item) => (item.node === "not" ? [item.item] : []));
      const others = items.filter((item) => item.node !== "not").map(mergeTests);
      // None of several is not any of them.
      return joined("and", excluded.length === 0 ? others : [...others, { node: "not", item: mergeTests(joined("or", excluded)) }]);
    }
    default:
      return expression;
  }
}

/** How much a store has to plan for an expression before it reads anything, in tests of one value. */
export function planningWork(expression: CheckedExpression): number {
  switch (expression.node) {
    case "and":
    case "or":
      return expression.items.reduce((sum, item) => sum + planningWork(item), 0);
    case "not":
      return planningWork(expression.item);
    case "field":
      return testWork(expression.test);
    case "everything":
      return 0;
    case "file":
    case "ids":
    case "packetsAvailable":
      return LIST_WORK;
  }
}

function testWork(test: FieldTest): number {
  switch (test.test) {
    case "number":
      return test.mode === "all" ? test.ranges.length : listWork(test.ranges.length);
    case "address":
      return test.mode === "all" ? test.matches.length : listWork(test.matches.length);
    case "text": {
      const exact = test.matches.filter(({ kind }) => kind === "exact").length;
      return test.mode === "all" ? test.matches.length : listWork(exact) + Math.ceil((test.matches.length - exact) * PATTERN_WORK);
    }
    default:
      return 1;
  }
}

function listWork(values: number): number {
  return values < LISTED_FROM ? values : LIST_WORK;
}

function joined(node: "and" | "or", items: readonly CheckedExpression[]): CheckedExpression {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { node, items };
}

/** Items of the same kind inside as items beside. */
function flat(node: "and" | "or", items: readonly CheckedExpression[]): readonly CheckedExpression[] {
  return items.flatMap((item) => (item.node === node ? flat(node, item.items) : [item]));
}

/** Alternatives in the order in which each kind is first met. */
function withMergedTests(items: readonly CheckedExpression[]): readonly CheckedExpression[] {
  const merged: (CheckedExpression | null)[] = [];
  const tests = new Map<Field, Map<string, { readonly at: number; readonly list: FieldTest[] }>>();
  const ids: string[] = [];
  const files: Extract<CheckedExpression, { readonly node: "file" }>[] = [];
  for (const item of items) {
    if (item.node === "field" && isList(item.test)) {
      const ofField = tests.get(item.field) ?? new Map<string, { readonly at: number; readonly list: FieldTest[] }>();
      tests.set(item.field, ofField);
      const known = ofField.get(item.test.test);
      if (known !== undefined) known.list.push(item.test);
      else ofField.set(item.test.test, { at: merged.push(null) - 1, list: [item.test] });
    } else if (item.node === "ids") ids.push(...item.ids);
    else if (item.node === "file" && item.fileIds !== null) files.push(item);
    else merged.push(item);
  }
  for (const [field, kinds] of tests) for (const { at, list } of kinds.values()) merged[at] = { node: "field", field, test: oneList(list) };
  if (ids.length > 0) merged.push({ node: "ids", ids });
  if (files.length > 0) merged.push({ node: "file", matches: files.flatMap(({ matches }) => matches), fileIds: files.flatMap(({ fileIds }) => fileIds ?? []) });
  return merged.filter((item) => item !== null);
}

/** Whether a test is of one value among several, so that more may be added. */
function isList(test: FieldTest): boolean {
  switch (test.test) {
    case "number":
      return test.mode === "any" || test.ranges.length === 1;
    case "address":
    case "text":
      return test.mode === "any" || test.matches.length === 1;
    default:
      return false;
  }
}

/** Tests of one kind as one. */
function oneList(tests: readonly FieldTest[]): FieldTest {
  const [first] = tests;
  if (first === undefined) throw new RangeError("no tests");
  if (tests.length === 1) return first;
  switch (first.test) {
    case "number":
      return { test: "number", mode: "any", ranges: tests.flatMap((test) => (test.test === "number" ? test.ranges : [])) };
    case "address":
      return { test: "address", mode: "any", matches: tests.flatMap((test) => (test.test === "address" ? test.matches : [])) };
    case "text":
      return { test: "text", mode: "any", matches: tests.flatMap((test) => (test.test === "text" ? test.matches : [])) };
    default:
      return first;
  }
}
