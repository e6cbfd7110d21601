import type { Expression, ItemValue, Value } from "./ast.js";
import { isBareTerm } from "./lexer.js";

const quoted = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

/** A regular expression between slashes; pairs of a backslash and a character stay as they are. */
const regex = (pattern: string): string => `/${pattern.replace(/\\.|\//gs, (part) => (part === "/" ? "\\/" : part))}/`;

function item(value: ItemValue): string {
  switch (value.kind) {
    case "term":
      return isBareTerm(value.text) ? value.text : quoted(value.text);
    case "regex":
      return regex(value.pattern);
    case "shortcut":
      return `$${value.name}`;
  }
}

function valueText(value: Value): string {
  switch (value.kind) {
    case "exists":
      return "EXISTS!";
    case "list": {
      const items = value.items.map(item).join(", ");
      return value.mode === "any" ? `[${items}]` : `]${items}[`;
    }
    default:
      return item(value);
  }
}

/**
 * An expression's text in one spelling: `==` for `=`, `&&` for `&`, quotes where they are needed, parentheses where
 * the tree differs from the one that precedence gives. `parse(print(e))` is `e`, spans aside.
 */
export function print(expression: Expression): string {
  switch (expression.kind) {
    case "everything":
      return "";
    case "comparison":
      return `${expression.field.name} ${expression.operator} ${valueText(expression.value)}`;
    case "not":
      return `!${operand(expression.item, expression.item.kind === "and" || expression.item.kind === "or")}`;
    case "and":
      return expression.items.map((child) => operand(child, child.kind === "and" || child.kind === "or")).join(" && ");
    case "or":
      return expression.items.map((child) => operand(child, child.kind === "or")).join(" || ");
  }
}

function operand(expression: Expression, parentheses: boolean): string {
  return parentheses ? `(${print(expression)})` : print(expression);
}
