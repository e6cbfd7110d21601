import type { CheckedExpression, TextMatch } from "../model/checked-expression.js";
import type { Comparison, ItemValue, Value } from "./ast.js";
import type { TestContext } from "./field-test.js";
import { literalOf, matchesAnything } from "./pattern.js";

/** Names with a meaning of their own instead of a column. */
export const SPECIAL_NAMES = ["file", "view", "packetsAvailable", "id"] as const;

/** The checked form of a comparison of `file`, `packetsAvailable` or `id`; null for every other name. */
export function specialComparison(comparison: Comparison, context: TestContext): CheckedExpression | null {
  switch (comparison.field.name) {
    case "file":
      return fileTest(comparison, context);
    case "packetsAvailable":
      return packetsTest(comparison, context);
    case "id":
      return idTest(comparison, context);
    default:
      return null;
  }
}

function requireEquality({ operator, field, value }: Comparison, context: TestContext): void {
  if (operator === "==" || operator === "!=") return;
  throw context.fault("EXPRESSION_TYPE", { start: field.span.end, end: value.span.start }, `${field.name} has no order`, { expected: ["== or !="] });
}

/** `file == name | *wild* | /regex/`: which files match is for the catalogue to say (`resolveFiles`). */
function fileTest(comparison: Comparison, context: TestContext): CheckedExpression {
  requireEquality(comparison, context);
  const match = fileMatch(comparison.value);
  if (match === null) {
    throw context.fault("EXPRESSION_TYPE", comparison.value.span, "file is compared with one name", { expected: ["a file name", "*part*", "/regular expression/"] });
  }
  if (match.kind === "wildcard" && matchesAnything(match.pattern)) {
    throw context.fault("EXPRESSION_TYPE", comparison.value.span, "a bare * matches any file", { expected: ["a file name", "*part*"] });
  }
  return { node: "file", matches: [match], fileIds: null };
}

function fileMatch(value: Value): TextMatch | null {
  if (value.kind === "regex") return { kind: "regex", pattern: value.pattern };
  if (value.kind !== "term") return null;
  const literal = literalOf(value.text);
  return literal === null ? { kind: "wildcard", pattern: value.text } : { kind: "exact", value: literal };
}

/** `packetsAvailable == true`: whether the packets are still stored. */
function packetsTest(comparison: Comparison, context: TestContext): CheckedExpression {
  requireEquality(comparison, context);
  const { value } = comparison;
  const word = value.kind === "term" ? value.text.toLowerCase() : "";
  if (word !== "true" && word !== "false") {
    throw context.fault("EXPRESSION_TYPE", value.span, "packetsAvailable is true or false", { expected: ["true", "false"] });
  }
  return { node: "packetsAvailable", value: word === "true" };
}

/** `id == x`, `id == [x,y]`: rows by identity, which a store finds without a scan. */
function idTest(comparison: Comparison, context: TestContext): CheckedExpression {
  requireEquality(comparison, context);
  const { value } = comparison;
  if (value.kind === "exists") return { node: "everything" };
  if (value.kind !== "list") return { node: "ids", ids: [idOf(value, context)] };
  const ids = value.items.map((item) => idOf(item, context));
  return value.mode === "any" ? { node: "ids", ids } : { node: "and", items: ids.map((id) => ({ node: "ids", ids: [id] })) };
}

function idOf(item: ItemValue, context: TestContext): string {
  const id = item.kind === "term" ? literalOf(item.text) : null;
  if (id === null) throw context.fault("EXPRESSION_TYPE", item.span, "id is compared with whole ids", { expected: ["a session id"] });
  return id;
}
