import type { CheckedExpression } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";

/** Calls `visitor` for every node of a checked tree, parents first. */
export function visitChecked(expression: CheckedExpression, visitor: (node: CheckedExpression) => void): void {
  visitor(expression);
  if (expression.node === "and" || expression.node === "or") for (const item of expression.items) visitChecked(item, visitor);
  else if (expression.node === "not") visitChecked(expression.item, visitor);
}

/** A checked tree with its leaves replaced; parents are copied only where a leaf changed. */
export function mapLeaves(expression: CheckedExpression, change: (leaf: CheckedExpression) => CheckedExpression): CheckedExpression {
  if (expression.node === "not") {
    const item = mapLeaves(expression.item, change);
    return item === expression.item ? expression : { node: "not", item };
  }
  if (expression.node === "and" || expression.node === "or") {
    const items = expression.items.map((item) => mapLeaves(item, change));
    return items.every((item, at) => item === expression.items[at]) ? expression : { node: expression.node, items };
  }
  return change(expression);
}

/** The fields that a checked tree tests. */
export function fieldsOf(expression: CheckedExpression): ReadonlySet<Field> {
  const fields = new Set<Field>();
  visitChecked(expression, (node) => {
    if (node.node === "field") fields.add(node.field);
  });
  return fields;
}
