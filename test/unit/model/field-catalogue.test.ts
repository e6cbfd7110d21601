import { describe, expect, it } from "vitest";
import { readDeclaredFields } from "../../../src/model/declared-fields.js";
import { FieldCatalogue, packagedCatalogue } from "../../../src/model/field-catalogue.js";
import type { Field } from "../../../src/model/field.js";
import { nearestNames } from "../../../src/base/nearest-name.js";
import { payloadText } from "../../../src/model/payload-text.js";
import { wordsOf } from "../../../src/model/words.js";
import { errorOf } from "../query/error-of.js";

const base = { expression: "a", aliases: ["b"], path: "p.a", object: "", kind: "termfield", shape: "set", count: "cnt", group: "g", name: "A", help: "An a", linked: false, since: "0.1.0" };
const read = (...fields: readonly object[]): FieldCatalogue => new FieldCatalogue(readDeclaredFields({ version: 1, fields }));

function field(catalogue: FieldCatalogue, name: string): Field {
  const entry = catalogue.find(name);
  if (entry?.entry !== "field") throw new Error(`${name} is no field`);
  return entry.field;
}

function members(name: string): readonly string[] {
  const entry = packagedCatalogue().find(name);
  return entry?.entry === "virtual" ? entry.virtual.members.map((member) => member.expression) : [];
}

describe("reading schema/fields.json", () => {
  it.each<[string, unknown, RegExp]>([
    ["no object", [], /the file must be an object/],
    ["another version", { version: 2, fields: [] }, /version must be 1/],
    ["an unknown kind", { version: 1, fields: [{ ...base, kind: "text" }] }, /fields\[0\]\.kind must be one of integer/],
    ["a missing member", { version: 1, fields: [{ ...base, help: undefined }] }, /fields\[0\]\.help must be a string/],
    ["a path twice", { version: 1, fields: [base, base] }, /"p\.a" is declared twice/],
  ])("names %s", (_, content, message) => {
    expect(errorOf(() => readDeclaredFields(content)).message).toMatch(message);
  });

  it("every search name of this build is found under itself", () => {
    const catalogue = packagedCatalogue();
    expect(catalogue.declared.length).toBeGreaterThan(100);
    for (const name of catalogue.names()) expect(catalogue.find(name)).not.toBeNull();
    const expressions = catalogue.declared.map((declared) => declared.expression).filter((expression) => expression !== "");
    expect(new Set(expressions).size).toBe(expressions.length);
  });
});

describe("look-up", () => {
  const catalogue = read(
    base,
    { ...base, expression: "ip.src", aliases: ["source.ip"], path: "source.ip", kind: "ip", shape: "one", count: "none" },
    { ...base, expression: "port.src", aliases: [], path: "source.port", kind: "integer", shape: "one", count: "none" },
    { ...base, expression: "ip.dns", aliases: [], path: "dns.ip", object: "dns", kind: "ip", count: "cnt" },
    { ...base, expression: "", aliases: [], path: "dns", shape: "objects" },
    { ...base, expression: "host.http", aliases: ["http.host"], path: "http.host", kind: "lotermfield", count: "ecs" },
    { ...base, expression: "b", aliases: [], path: "p.b" },
  );

  it("finds expression, alias and path; a name goes before an alias", () => {
    expect(field(catalogue, "a").path).toBe("p.a");
    expect(field(catalogue, "b").path).toBe("p.b");
    expect(field(catalogue, "http.host").path).toBe("http.host");
    expect(field(catalogue, "db:source.ip").expression).toBe("ip.src");
    expect(catalogue.find("db:ip.src")).toBeNull();
    expect(catalogue.find("db:dns")).toBeNull();
    expect(catalogue.find("nothing")).toBeNull();
  });

  it("derives counts under the document's own names", () => {
    expect(field(catalogue, "a.cnt")).toMatchObject({ path: "p.aCnt", countOf: "p.a", kind: "integer" });
    expect(field(catalogue, "http.host.cnt")).toMatchObject({ path: "http.host-cnt", countOf: "http.host" });
    expect(field(catalogue, "dns.cnt")).toMatchObject({ path: "dnsCnt", countOf: "dns" });
    expect(field(catalogue, "db:http.host-cnt").expression).toBe("host.http.cnt");
  });

  it("pairs an address that stands alone with its port", () => {
    expect(field(catalogue, "ip.src").portPath).toBe("source.port");
    expect(field(catalogue, "ip.dns").portPath).toBeNull();
  });

  it("makes word views", () => {
    expect(field(catalogue, "http.host.tokens")).toMatchObject({ path: "http.host", view: "tokens", kind: "lotextfield" });
    expect(catalogue.find("a.tokens")).toBeNull();
  });
});

describe("virtual fields of this build", () => {
  it("have Arkime's members", () => {
    expect(members("ip")).toEqual(expect.arrayContaining(["ip.src", "ip.dst", "ip.dns", "ip.xff", "outerip.src", "dns.answer.ip"]));
    expect(members("host")).toEqual(expect.arrayContaining(["host.http", "host.dns", "host.dns.mailserver", "dns.query.host"]));
    expect(members("host").filter((name) => /\.(cnt|tokens)$/.test(name))).toEqual([]);
    expect(members("mac")).toEqual(["mac.dst", "mac.src"]);
    expect(members("port")).toEqual(expect.arrayContaining(["port.src", "port.dst"]));
    expect(members("payload8.utf8")).toEqual(["payload8.dst.utf8", "payload8.src.utf8"]);
    expect(members("tls.sessionid")).toEqual(["tls.sessionid.dst", "tls.sessionid.src"]);
    expect(members("host.dns.all")).toEqual(["host.dns", "host.dns.mailserver", "host.dns.nameserver"]);
    expect(members("http.hasheader")).toEqual(["http.hasheader.dst", "http.hasheader.src"]);
  });
});

it("times are found by the names that documents and Arkime's sort keys have", () => {
  const catalogue = packagedCatalogue();
  expect([field(catalogue, "firstPacket"), field(catalogue, "lastPacket")]).toEqual([field(catalogue, "starttime"), field(catalogue, "stoptime")]);
});

it("fields are found by the other names that Arkime has for them", () => {
  const catalogue = packagedCatalogue();
  const pairs = [["payload.src", "payload8.src.hex"], ["payload.dst", "payload8.dst.hex"], ["ip.dst:port", "ip.dst"]] as const;
  for (const [alias, name] of pairs) expect(field(catalogue, alias)).toBe(field(catalogue, name));
});

it("values of a text view are the text that == takes, where that can be written", () => {
  const [view, bytes] = [field(packagedCatalogue(), "payload8.src.utf8"), field(packagedCatalogue(), "payload8.src.hex")];
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  expect(["GET /ass", "größe\r\n"].map((text) => payloadText(view, hex(text)))).toEqual(["GET /ass", "größe\r\n"]);
  expect(["160301ff", "2300000000000000"].map((value) => payloadText(view, value))).toEqual(["0x160301ff", "0x2300000000000000"]);
  // Texts that read like bytes are told from them.
  expect(["ff", "66660a", hex("ff"), hex("0xff"), hex("0xFF")].map((value) => payloadText(view, value))).toEqual(["0xff", "ff\n", "ff", "0x30786666", "0xFF"]);
  expect([payloadText(bytes, hex("GET ")), payloadText(view, null)]).toEqual([hex("GET "), null]);
});

describe("suggestions", () => {
  it.each([
    ["src.ip", "ip.src"],
    ["ip.scr", "ip.src"],
    ["IP.SRC", "ip.src"],
    ["protocol", "protocols"],
    ["db:source.port ", "db:source.port"],
  ])("%s: %s", (name, meant) => {
    expect(packagedCatalogue().nearest(name)[0]).toBe(meant);
  });

  it("are none for what is near nothing, or too long to be a slip", () => {
    expect(nearestNames("zzzzzz", ["ip.src"], 3)).toEqual([]);
    expect(nearestNames("a".repeat(10_000), ["a".repeat(10_000)], 3)).toEqual([]);
  });
});

it("words are runs of letters, digits and underscores", () => {
  expect(wordsOf("www.Exämple_1.com/a-b")).toEqual(["www", "exämple_1", "com", "a", "b"]);
  expect(wordsOf("...")).toEqual([]);
});
