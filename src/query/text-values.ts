import type { TextMatch } from "../model/checked-expression.js";
import { isHostExpression } from "../model/derived-fields.js";
import type { Field } from "../model/field.js";
import { payloadBytes } from "../model/payload-text.js";
import { wordsOf } from "../model/words.js";
import type { ItemValue } from "./ast.js";
import { shown } from "./errors.js";
import { literalOf, matchesAnything, pieces, type Pattern } from "./pattern.js";
import { regexInCase } from "./regex-case.js";

/** A value that a text field cannot be compared with, and why. */
export interface TextFault {
  readonly fault: string;
}

const withoutScheme = (text: Pattern): Pattern => text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
const withoutPath = (text: Pattern): Pattern => text.replace(/\/.*$/s, "");

/** What people paste is more than what the field holds: a URL for a host, a MAC address with dashes. */
function transformed(text: Pattern, field: Field): Pattern {
  const base = field.view === "tokens" ? field.expression.replace(/\.tokens$/, "") : field.expression;
  if (isHostExpression(base)) return withoutPath(withoutScheme(text));
  if (base === "http.uri") return withoutScheme(text);
  if (/^(outer)?mac\./.test(base)) return text.replaceAll("-", ":");
  return text;
}

const lower = (text: string): string => text.toLowerCase();
const upper = (text: string): string => text.toUpperCase();
const same = (text: string): string => text;

function caseOf(field: Field): (text: string) => string {
  switch (field.kind) {
    case "lotermfield":
    case "lotextfield":
      return lower;
    case "uptermfield":
      return upper;
    default:
      return same;
  }
}

function toHex(text: string): string {
  return Buffer.from(text, "utf8").toString("hex");
}

/** A pattern over text as the pattern over the text's bytes in hex: one unknown character is two digits. */
function hexPattern(text: Pattern): Pattern {
  return pieces(text).map(({ wildcard, text: piece }) => (wildcard ? (piece === "?" ? "??" : "*") : toHex(piece))).join("");
}

/**
 * The regular expression over bytes in hex of a pattern over text, or null where a wildcard over the digits says the same: what stands
 * between two `*` could begin in the middle of a byte there.
 */
export function regexOfBytes(text: Pattern): string | null {
  const parts = text.replace(/\\[\\*?]/g, "x").split(/\*+/);
  if (parts.length < 3) return null;
  const regex = pieces(text).map(({ wildcard, text: piece }) => (wildcard ? (piece === "?" ? ".." : "(..)*") : toHex(piece))).join("");
  return regex.replace(/(?:\(\.\.\)\*){2,}/g, "(..)*");
}

/** The match of a text's bytes in hex for a pattern over the text. */
function bytesMatch(text: Pattern): TextMatch {
  const regex = regexOfBytes(text);
  return regex === null ? { kind: "wildcard", pattern: hexPattern(text) } : { kind: "regex", pattern: regex };
}

/** The match for one value of a text field, in the field's case and form. */
export function textMatch(field: Field, value: Exclude<ItemValue, { kind: "shortcut" }>): TextMatch | TextFault {
  const inCase = caseOf(field);
  if (field.kind === "lotextfield") {
    const literal = value.kind === "term" ? literalOf(transformed(value.text, field)) : null;
    if (literal === null) return { fault: "its words are matched whole, without wildcards or regular expressions" };
    const words = wordsOf(literal);
    return words.length === 0 ? { fault: "the value has no words" } : { kind: "phrase", words };
  }
  if (value.kind === "regex") return { kind: "regex", pattern: inCase === same ? value.pattern : regexInCase(value.pattern, inCase) };
  const kept = transformed(value.text, field);
  // Of what was written nothing is left that would tell sessions apart.
  if (kept !== value.text && (kept === "" || matchesAnything(kept))) {
    return { fault: `${shown(value.text)} without its scheme and path is ${kept === "" ? "nothing" : "a bare *, which matches anything; EXISTS! says that"}` };
  }
  const pattern = inCase(kept);
  const literal = literalOf(pattern);
  if (field.view === "utf8") return literal === null ? bytesMatch(pattern) : { kind: "exact", value: payloadBytes(literal) ?? toHex(literal) };
  return literal === null ? { kind: "wildcard", pattern } : { kind: "exact", value: literal };
}
