import { LookbackError } from "../base/errors.js";
import type { CheckedExpression, TextMatch } from "../model/checked-expression.js";
import { expressionError } from "./errors.js";
import { mapLeaves } from "./visit.js";

/** Ids of the packet files that one of the patterns matches. */
export type FileLookup = (matches: readonly TextMatch[]) => readonly number[];

function written(match: TextMatch): string {
  switch (match.kind) {
    case "exact":
      return match.value;
    case "wildcard":
      return match.pattern;
    case "regex":
      return `/${match.pattern}/`;
    case "phrase":
      return match.words.join(" ");
  }
}

/** Fills in the file ids of every `file` node. Throws EXPRESSION_NO_SUCH_FILE, with the place, when one matches no file. */
export function resolveFiles(expression: CheckedExpression, lookup: FileLookup): CheckedExpression {
  return mapLeaves(expression, (leaf) => {
    if (leaf.node !== "file" || leaf.fileIds !== null) return leaf;
    const fileIds = lookup(leaf.matches);
    if (fileIds.length === 0) {
      const names = leaf.matches.map(written);
      const message = `no packet file is named ${names.join(" or ")}`;
      if (leaf.written === undefined) throw new LookbackError("EXPRESSION_NO_SUCH_FILE", message, { files: names });
      throw expressionError("EXPRESSION_NO_SUCH_FILE", leaf.written.text, leaf.written, message, { details: { files: names } });
    }
    return { node: "file", matches: leaf.matches, fileIds };
  });
}
