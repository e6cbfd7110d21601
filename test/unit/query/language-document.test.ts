import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ARKIME_FIELDS } from "../../../src/model/arkime-fields.js";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import * as limits from "../../../src/query/limits.js";
import { errorOf } from "./error-of.js";

const text = readFileSync("docs/query-language.md", "utf8");
const check = (expression: string): unknown => compileExpression(expression, packagedCatalogue(), { nowMs: Date.UTC(2026, 0, 31), timeZone: "UTC" });

it("the examples of the document are expressions", () => {
  const [introduction = ""] = text.split("## Grammar");
  const examples = [...introduction.matchAll(/^ {4}(.+)$/gm)].map(([, expression = ""]) => expression);
  expect(examples.length).toBe(3);
  for (const expression of examples) expect(() => check(expression)).not.toThrow();
});

it("the error of the document is the error that is given", () => {
  const shown = /^ {4}(there is no field.*)\n {4}( {2}.*)\n {4}( {2}.*)$/m.exec(text)?.slice(1).join("\n") ?? "";
  expect(errorOf(() => check("protocols == http && host.htpp == a.example")).message).toBe(shown);
});

it("the limits of the document are the limits", () => {
  const [, table = ""] = /## Limits\n([\s\S]*?)\n## /.exec(text) ?? [];
  const numbers = new Set([...table.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", ""))));
  expect([...numbers].sort((a, b) => a - b)).toEqual([...new Set<number>(Object.values(limits))].sort((a, b) => a - b));
});

it("the groups of Arkime that the document calls missing are those without a field", () => {
  const [, section = ""] = /## Fields of Arkime that are not there yet\n([\s\S]*?)\nOf the other groups/.exec(text) ?? [];
  const [, list = ""] = section.split("says so:");
  const filled = new Set(packagedCatalogue().declared.map(({ group }) => group));
  expect([...list.matchAll(/`(\w+)`/g)].map(([, group]) => group)).toEqual([...ARKIME_FIELDS.keys()].filter((group) => !filled.has(group)));
});

it.each([
  "email.src", "dhcp.type", "smb.fn.cnt", "radius.nasIp.country", "host.quic.tokens", "host.dhcp", "email.host", "smb.host.tokens", "quic.host", "host.oracle", "stun.xor-peer-port",
  "db:email.subject", "db:smb.filename", "db:smb.filenameCnt", "db:stun.xorPeerGEO", "db:destination.geo.city_name",
])("%s is called a field of Arkime, and no other name is suggested", (name) => {
  const error = errorOf(() => check(`protocols == tcp && ${name} == a`));
  expect(error).toMatchObject({ code: "EXPRESSION_UNKNOWN_FIELD", details: { start: 20, suggestions: [] } });
  expect(error.message).toContain(`"${name}" is a field of Arkime that is not filled here yet\n`);
});

it.each(["view == web", "ip == $bad"])("%s is what the document says of it: not there yet", (expression) => {
  expect(errorOf(() => check(expression))).toMatchObject({ code: "UNAVAILABLE", message: expect.stringMatching(/ not there yet; write the /) });
});

it.each([
  ["ip == 999.1.1.1", '"999.1.1.1" is no value of ip (ip)'], ["port < x", '"x" is no value of port (integer)'], ["source.port == x", '"x" is no value of source.port (integer)'],
  ["host < a", "host (lotermfield) has no order"], ["firstPacket == x", '"x" is no value of firstPacket (seconds)'],
])("the fault of %s is told of the name that is written", (expression, message) => {
  expect(errorOf(() => check(expression)).message.split(/[;\n]/)[0]).toBe(message);
});
