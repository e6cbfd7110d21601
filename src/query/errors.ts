import { LookbackError, type ErrorCode, type ErrorDetails } from "../base/errors.js";
import type { Span } from "./token.js";

/** Most characters of an expression shown above the caret line. */
const EXCERPT = 76;

/** What an error says beside its place. */
export interface Explanation {
  /** What could have stood there, in words or as written. */
  readonly expected?: readonly string[];
  /** Names that may have been meant. */
  readonly suggestions?: readonly string[];
  /** Further details. */
  readonly details?: ErrorDetails;
}

/** The line of `text` that `span` starts in, cut around it, and a line of carets under the span. */
function excerpt(text: string, span: Span): string {
  const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
  const nextLine = text.indexOf("\n", span.start);
  const lineEnd = nextLine < 0 ? text.length : nextLine;
  const from = Math.max(lineStart, Math.min(span.start - EXCERPT / 2, lineEnd - EXCERPT));
  const to = Math.min(lineEnd, from + EXCERPT);
  // A tab or a control character would move the carets away from what they point at.
  const line = text.slice(from, to).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·");
  const width = Math.max(1, Math.min(span.end, to) - span.start);
  return `  ${line}\n  ${" ".repeat(span.start - from)}${"^".repeat(width)}`;
}

function sentence(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names[names.length - 1] ?? ""}`;
}

/**
 * An error about the part `span` of an expression. The message names the fault, what was expected and what may have
 * been meant, and shows the part over a caret line; details hold `start`, `end` (UTF-16 offsets), `expected` and
 * `suggestions`.
 */
export function expressionError(code: ErrorCode, text: string, span: Span, message: string, explanation: Explanation = {}): LookbackError {
  const { expected = [], suggestions = [], details = {} } = explanation;
  const expectation = expected.length === 0 ? "" : `; expected ${sentence(expected)}`;
  const question = suggestions.length === 0 ? "" : `; did you mean ${sentence(suggestions)}?`;
  return new LookbackError(code, `${message}${expectation}${question}\n${excerpt(text, span)}`, {
    start: span.start,
    end: span.end,
    expected,
    suggestions,
    ...details,
  });
}

/** A value as shown in a message: quoted, control characters escaped, cut at 60 characters. */
export function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
