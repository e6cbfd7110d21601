import type { Field } from "../model/field.js";
import { nearestNames } from "../base/nearest-name.js";
import type { ShortcutValue } from "./ast.js";
import { shown } from "./errors.js";
import type { PlainItem, TestContext } from "./field-test.js";
import { literalPattern, patternMatches } from "./pattern.js";

/** A stored list of values of one type. */
export interface Shortcut {
  readonly type: "ip" | "number" | "string";
  readonly values: readonly string[];
}

/** The type of list that a field takes. */
function listType(field: Field): Shortcut["type"] {
  switch (field.kind) {
    case "ip":
      return "ip";
    case "integer":
    case "float":
    case "seconds":
      return "number";
    default:
      return "string";
  }
}

/**
 * The values of the stored lists that `$name` names, as if written in its place. Throws UNAVAILABLE without a store of
 * lists, EXPRESSION_UNKNOWN_NAME when none has that name, EXPRESSION_TYPE when one holds values of another type.
 */
export function shortcutItems(
  { name, span }: ShortcutValue, fields: readonly Field[], shortcuts: ReadonlyMap<string, Shortcut> | undefined, context: TestContext,
): readonly PlainItem[] {
  if (shortcuts === undefined) throw context.fault("UNAVAILABLE", span, "stored lists ($name) are not there yet; write the values as [a,b]");
  const found = [...shortcuts].filter(([candidate]) => patternMatches(name, candidate));
  if (found.length === 0) {
    const suggestions = nearestNames(name, [...shortcuts.keys()], 3).map((candidate) => `$${candidate}`);
    throw context.fault("EXPRESSION_UNKNOWN_NAME", span, `there is no stored list ${shown(`$${name}`)}`, { suggestions });
  }
  const wanted = new Set(fields.map(listType));
  for (const [candidate, { type }] of found) {
    if (!wanted.has(type)) {
      throw context.fault("EXPRESSION_TYPE", span, `the stored list ${shown(`$${candidate}`)} holds values of type ${type}`, { expected: [...wanted] });
    }
  }
  return found.flatMap(([, { values }]) => values.map((value): PlainItem => ({ kind: "term", text: literalPattern(value), span })));
}
