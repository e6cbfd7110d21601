import { describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { parse } from "../../../src/query/parser.js";
import { print } from "../../../src/query/print.js";
import { errorOf } from "./error-of.js";

const printed = (text: string): string => print(parse(text).root);

describe("precedence and spelling", () => {
  it.each([
    ["a==1&&b==2||c==3", "a == 1 && b == 2 || c == 3"],
    ["a==1||b==2&&c==3", "a == 1 || b == 2 && c == 3"],
    ["(a==1||b==2)&&c==3", "(a == 1 || b == 2) && c == 3"],
    ["a=1&b=2|c!=3", "a == 1 && b == 2 || c != 3"],
    ["!a==1&&b==2", "!a == 1 && b == 2"],
    ["!(a==1&&b==2)", "!(a == 1 && b == 2)"],
    ["!!a==1", "!!a == 1"],
    ["((a==1))", "a == 1"],
    ["(a==1&&b==2)&&c==3", "(a == 1 && b == 2) && c == 3"],
    ["a<1 && b<=2 && c>3 && d>=4", "a < 1 && b <= 2 && c > 3 && d >= 4"],
    ["a == EXISTS! || b!=EXISTS!", "a == EXISTS! || b != EXISTS!"],
    ["  \n\ta ==\n1  ", "a == 1"],
    ["", ""],
    [" \n ", ""],
  ])("%s", (text, expected) => {
    expect(printed(text)).toBe(expected);
  });
});

describe("values", () => {
  it.each([
    ['a == "b c"', 'a == "b c"'],
    ['a == "b"', "a == b"],
    ['a == "say \\"hi\\""', 'a == "say \\"hi\\""'],
    ['a == "EXISTS!"', 'a == "EXISTS!"'],
    ['a == "$x"', 'a == "$x"'],
    ['a == "/x/"', 'a == "/x/"'],
    ["a == $x", "a == $x"],
    ["a == $na*e?", "a == $na*e?"],
    ["a == /b.*\\/c/", "a == /b.*\\/c/"],
    ["a == /b c && d/", "a == /b c \\&\\& d/"],
    ["a == /foo/bar", 'a == "/foo/bar"'],
    ["a == /foo && b == /bar", 'a == "/foo" && b == "/bar"'],
    ["a==[b,c]", "a == [b, c]"],
    ["a==]b, c[", "a == ]b, c["],
    ["a==[b\\,c,d]", 'a == ["b,c", d]'],
    ['a==["b,c", "/x/", /y/, $z, "$z"]', 'a == ["b,c", "/x/", /y/, $z, "$z"]'],
    ["a==[/foo,/bar/]", 'a == ["/foo", /bar/]'],
    ["a==[/[ab],{1}/,c]", "a == [/[ab],{1}/, c]"],
    ["a==[what is this?]", 'a == ["what is this?"]'],
    ["a==http://x.example/y?z", "a == http://x.example/y?z"],
    ["a==*", "a == *"],
    ['a=="1\\*2"', 'a == "1\\*2"'],
    ['a=="C:\\dir"', 'a == "C:\\\\dir"'],
    ['a==""', 'a == ""'],
  ])("%s", (text, expected) => {
    expect(printed(text)).toBe(expected);
  });
});

describe("errors name the place and what was expected", () => {
  it.each<[string, number, number, RegExp]>([
    ["a", 0, 1, /ends too early; expected ==/],
    ["a ==", 4, 4, /ends where a value belongs/],
    ["a == && b == 1", 5, 6, /"&" where a value belongs/],
    ["a == 1 &&", 9, 9, /ends too early; expected a field name, \( or !/],
    ["a == 1 b == 2", 7, 8, /"b" is not expected here.*quotes.*expected &&/],
    ["a == 1 and b == 2", 7, 10, /"and" is no operator.*did you mean &&\?/],
    ["not a == 1", 0, 3, /did you mean !\?/],
    ["(a == 1", 0, 1, /"\(" is not closed; expected \)/],
    ["a == 1)", 6, 7, /"\)" is not expected here/],
    ['a == "b', 5, 6, /a quote that is not closed/],
    ["a == [b", 5, 6, /a list that is not closed/],
    ["a == [b,]", 8, 9, /a list item is missing/],
    ["a == []", 6, 7, /a list item is missing/],
    ['a == ["b" c]', 10, 11, /a list is written \[a,b\]/],
    ["a == /foo?x=1", 11, 12, /"=" is not expected here \(a value with such characters is written in quotes\)/],
    ["a == 50%", 7, 8, /"%" has no meaning here/],
    ["a == grün", 7, 8, /"ü" has no meaning here/],
    ['"a" == 1', 0, 1, /a quoted value where a field name belongs/],
    ["a === 1", 4, 5, /"=" where a value belongs/],
    ["a == /b(/", 7, 8, /"\(" is not closed/],
    ["a == /(?=b)/", 6, 7, /\(\?…\) is not supported/],
    ["== 1", 0, 2, /is not expected here.*expected a field name/],
    ["!", 1, 1, /ends too early/],
  ])("%s", (text, start, end, message) => {
    const error = errorOf(() => parse(text));
    expect(error.code).toBe("EXPRESSION_SYNTAX");
    expect(error.message).toMatch(message);
    expect(error.details).toMatchObject({ start, end });
  });

  it("puts carets under the part, on its own line of the text", () => {
    const { message } = errorOf(() => parse('host == "a b" &&\nip == ==').root);
    expect(message.split("\n").slice(1)).toEqual(["  ip == ==", "        ^"]);
  });

  it("cuts a long line around the part", () => {
    const { message } = errorOf(() => parse(`${"host == aaaaaaaaaa && ".repeat(50)}% ${"&& host == b ".repeat(50)}`));
    const [, line = "", carets = ""] = message.split("\n");
    expect(line.length).toBeLessThan(90);
    expect(line[carets.indexOf("^")]).toBe("%");
  });
});

describe("bounds", () => {
  const within = (milliseconds: number, work: () => LookbackError): LookbackError => {
    const start = performance.now();
    const error = work();
    expect(performance.now() - start).toBeLessThan(milliseconds);
    return error;
  };

  it.each([
    ["1 MB", `host == ${"a".repeat(1_000_000)}`, /100000 are allowed/],
    ["a list of 10,000", `port == [${Array.from({ length: 10_000 }, (_, at) => at).join(",")}]`, /more than 5000 items/],
    ["parentheses", `${"(".repeat(90_000)}a == 1`, /nested more than 200 deep/],
    ["exclamation marks", `${"!".repeat(90_000)}a == 1`, /nested more than 200 deep/],
    ["comparisons", Array.from({ length: 3_000 }, () => "a == 1").join(" && "), /more than 2000 comparisons/],
    ["a long regular expression", `a == /${"b".repeat(1_500)}/`, /at most 1000 are allowed/],
    ["a large repetition", "a == /(b{100}){100}/", /a repetition of more than 1000/],
  ])("%s is refused in time", (_, text, message) => {
    const error = within(100, () => errorOf(() => parse(text)));
    expect(error.code).toBe("EXPRESSION_TOO_LARGE");
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(400);
  });

  it.each([
    ["slashes in a list", `a == [${"/x,".repeat(4_000)}/x]`],
    ["slashes", `a == ${"/".repeat(99_000)}`],
    ["backslashes", `a == "${"\\".repeat(99_000)}`],
    ["open quotes", `a == [${'"'.repeat(90_000)}`],
  ])("%s take linear time", (_, text) => {
    const start = performance.now();
    try {
      parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(LookbackError);
    }
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("accepts what is just within them", () => {
    expect(() => parse(`${"(".repeat(200)}a == 1${")".repeat(200)}`)).not.toThrow();
    expect(() => parse(`a == [${Array.from({ length: 5_000 }, (_, at) => at).join(",")}]`)).not.toThrow();
  });
});
