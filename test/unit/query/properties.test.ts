import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import type { Expression, ItemValue, Value } from "../../../src/query/ast.js";
import { compileExpression } from "../../../src/query/check.js";
import { parse } from "../../../src/query/parser.js";
import { literalPattern, literalOf, patternMatches } from "../../../src/query/pattern.js";
import { print } from "../../../src/query/print.js";
import { portableRegex, RegexFault } from "../../../src/query/regex.js";

const span = { start: 0, end: 0 };

/** A tree or a value with every span set to nowhere. */
function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === "span" ? span : withoutSpans(inner)]));
}

const bare = fc.stringMatching(/^[-+A-Za-z0-9_.@:][-+A-Za-z0-9_.@:/$]{0,12}$/);
const pattern = fc.array(fc.oneof(fc.constantFrom("*", "?"), fc.string({ unit: "grapheme", maxLength: 6 }).map(literalPattern)), { maxLength: 4 }).map((parts) => parts.join(""));
const portable = fc
  .array(fc.constantFrom("a", "é", "\\d", ".", "[a-c]", "[^/]", "(b|c)", "x*", "y{2,3}", "/", "\\\\", "\\]", ","), { minLength: 1, maxLength: 6 })
  .map((parts) => portableRegex(parts.join("")));
const item: fc.Arbitrary<ItemValue> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(bare, pattern).map((text): ItemValue => ({ kind: "term", text, span })) },
  { weight: 1, arbitrary: portable.map((text): ItemValue => ({ kind: "regex", pattern: text, span })) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z*?_]{1,6}$/).map((name): ItemValue => ({ kind: "shortcut", name, span })) },
);
const value: fc.Arbitrary<Value> = fc.oneof(
  item,
  fc.constant<Value>({ kind: "exists", span }),
  fc.record({ kind: fc.constant("list" as const), mode: fc.constantFrom("any" as const, "all" as const), items: fc.array(item, { minLength: 1, maxLength: 4 }), span: fc.constant(span) }),
);
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthIdentifier: "tree" },
    fc.record({ name: fc.stringMatching(/^[a-z0-9_.:-]{1,10}$/), operator: fc.constantFrom("==", "!=", "<", "<=", ">", ">=" as const), value }).map(
      ({ name, operator, value: compared }): Expression => ({ kind: "comparison", field: { name, span }, operator: operator as "==", value: compared, span }),
    ),
    fc.record({ kind: fc.constant("not" as const), item: tie("tree"), span: fc.constant(span) }),
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const), items: fc.array(tie("tree"), { minLength: 2, maxLength: 4 }), span: fc.constant(span) }),
  ),
}));

const options = { nowMs: Date.UTC(2026, 0, 31), timeZone: "Europe/Berlin" };

/** Text that looks like an expression often enough to reach every rule. */
const nearlyExpression = fc
  .array(
    fc.oneof(
      fc.constantFrom("host", "ip.src", "port", "starttime", "http.uri", "file", "db:source.ip", "==", "!=", "<", "&&", "||", "!", "(", ")", "[", "]", ",", "/", '"', "\\", "*", "$x", "EXISTS!", "1.2.3/24", ":80", "::1.80", "-1d@d", "a-b", "1-5", " "),
      fc.string({ maxLength: 4 }),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(""));

function settles(text: string): void {
  try {
    compileExpression(text, packagedCatalogue(), options);
  } catch (error) {
    if (!(error instanceof LookbackError)) throw error;
    expect(error.code).not.toBe("INTERNAL");
  }
}

describe("for any input", () => {
  it("parse(print(tree)) is the tree", () => {
    fc.assert(
      fc.property(tree, (expression) => {
        expect(withoutSpans(parse(print(expression)).root)).toEqual(expression);
      }),
      { numRuns: 3_000 },
    );
  });

  it("a text gives a tree or a coded error", () => {
    fc.assert(fc.property(fc.oneof(nearlyExpression, fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 60 })), settles), { numRuns: 12_000 });
  }, 60_000);

  it("deep and wide trees are bounded, not broken", () => {
    for (const text of ["(", "!", "[", "]", '"', "\\", "a==(", "a==[", "a==1&&", "a==/"]) settles(text.repeat(Math.floor(99_000 / text.length)));
  });

  it("a literal matches itself and nothing shorter or longer", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (text) => {
        const literal = literalPattern(text);
        expect(literalOf(literal)).toBe(text);
        expect(patternMatches(literal, text)).toBe(true);
        expect(patternMatches(literal, `${text}x`)).toBe(false);
        expect(patternMatches(`*${literal}*`, `before${text}after`)).toBe(true);
      }),
    );
  });

  it("a portable regular expression is portable already, and JavaScript reads it alike", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: fc.constantFrom(..."ab\\[]()^$|*+?{}1,-.~@&#<>\"d/"), maxLength: 20 })), (text) => {
        let form: string;
        try {
          form = portableRegex(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RegexFault);
          return;
        }
        expect(portableRegex(form)).toBe(form);
        expect(() => new RegExp(`^(?:${form})$`, "s")).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });
});
