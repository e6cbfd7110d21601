import fc from "fast-check";
import { expect, it } from "vitest";
import { LinearMatcher } from "../../../src/query/linear-matcher.js";
import { literalParts, patternMatches } from "../../../src/query/pattern.js";
import { portableRegex } from "../../../src/query/regex.js";
import { treeOfRegex, treeOfWildcard } from "../../../src/query/regex-tree.js";

const unbounded = { spend: () => undefined };
const matches = (pattern: string, text: string): boolean => new LinearMatcher(treeOfRegex(portableRegex(pattern)), unbounded).matches(text);

it.each([
  ["", "", true], ["()", "a", false], ["a|", "", true], ["a{2,3}", "aaaa", false], ["a{2,3}", "aaa", true], ["(ab){2,}", "ababab", true], ["a{0}", "", true],
  ["[^a-c\\d]+", "xyz", true], ["[^a-c\\d]+", "x1", false], ["[\\]\\-^]+", "]-^", true], ["[\\W]", "é", true], ["\\w", "é", false], ["\\s", "\u00a0", false], ["\\S", "\u00a0", true],
  [".", "😀", true], ["[😀-😂]", "😁", true], [".", "\n", true], ["(a*)*b", "aaab", true], ["(a|b(c|d)?)+", "abcabd", true], ["a.c$", "abc", true], ["x\\*y", "x*y", true],
])("%s and %j: %s", (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

const regex = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom("a", "b", ".", "\\d", "\\W", "[ab]", "[^a]", "[a-c1]", "\\.", "é"),
    tie("part").map((inner) => `(${inner})*`), tie("part").map((inner) => `(${inner})+`), tie("part").map((inner) => `(${inner})?`),
    tie("part").map((inner) => `(${inner}){2}`), tie("part").map((inner) => `(${inner}){1,3}`), tie("part").map((inner) => `(${inner}){2,}`),
    fc.tuple(tie("part"), tie("part")).map(([left, right]) => left + right), fc.tuple(tie("part"), tie("part")).map(([left, right]) => `(${left}|${right})`),
  ),
})).part;
const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", ".", "é", "\n", "😀"), maxLength: 10 });

it("says what JavaScript says", () => {
  fc.assert(fc.property(regex, fc.array(text, { minLength: 1, maxLength: 5 }), (pattern, texts) => {
    const portable = portableRegex(pattern);
    const matcher = new LinearMatcher(treeOfRegex(portable), unbounded);
    const script = new RegExp(`^(?:${portable})$`, "su");
    for (const one of texts) expect(matcher.matches(one)).toBe(script.test(one));
  }), { numRuns: 1_000 });
});

it("says of wildcards what they mean", () => {
  const pattern = fc.array(fc.constantFrom("*", "?", "a", "b", "\\*", "\\\\", ".", "["), { maxLength: 8 }).map((pieces) => pieces.join(""));
  fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "*", "\\", ".", "["), maxLength: 8 }), (one, against) => {
    expect(new LinearMatcher(treeOfWildcard(one), unbounded).matches(against)).toBe(patternMatches(one, against));
    const parts = literalParts(one);
    expect(parts === null ? /(?<!\\)\?/.test(one.replaceAll("\\\\", "")) : parts(against)).toBe(parts === null || patternMatches(one, against));
  }), { numRuns: 1_000 });
});

it("takes steps in proportion to the text, whatever the pattern", () => {
  const stepsOf = (pattern: string, length: number): number => {
    let steps = 0;
    new LinearMatcher(treeOfRegex(portableRegex(pattern)), { spend: (some) => { steps += some; } }).matches("a".repeat(length));
    return steps;
  };
  for (const pattern of ["(.*)*(.*)*(.*)*(.*)*x", "(a+)+b", "(a|aa|aaa)*c"]) {
    expect(stepsOf(pattern, 10_000)).toBeLessThan(12 * stepsOf(pattern, 1_000));
    expect(stepsOf(pattern, 10_000)).toBeLessThan(100_000);
  }
});

it("ends on a pattern whose states are very many, when its budget is over", () => {
  let left = 1_000_000;
  const budget = { spend: (steps: number) => { left -= steps; if (left < 0) throw new RangeError("over"); } };
  const matcher = new LinearMatcher(treeOfRegex(portableRegex("(a|b)*a(a|b){400}")), budget);
  const random = Array.from({ length: 5_000 }, (_, at) => ((at * 2654435761) >>> 7) % 3 === 0 ? "a" : "b").join("");
  expect(() => matcher.matches(random)).toThrow("over");
});
