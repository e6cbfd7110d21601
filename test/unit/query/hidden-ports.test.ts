import { describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../../src/model/field-catalogue.js";
import { compileExpression } from "../../../src/query/check.js";
import { fieldsOf } from "../../../src/query/visit.js";
import { errorOf } from "./error-of.js";

const fields = packagedCatalogue();
const compile = (text: string, hidden: readonly string[]) => compileExpression(text, fields, { nowMs: 0, timeZone: "UTC", hiddenFields: new Set(hidden) });
const PORTS = ["source.port", "destination.port", "socks.port"];

describe("ports that the reader may not search", () => {
  it.each([
    "ip.dst == :9999", "ip.dst != :9999", "ip.dst == 10.0.0.1:9999", "ip.dst == 2001:db8::1.9999", "ip.dst == [10.0.0.1,10.0.0.2:80]", "ip.dst == ]10.0.0.1,:80[",
    "ip == :9999", "ip == 10/8:9999", "ip == ]10.0.0.1,:80[", "!(ip.src == :1)", "db:destination.ip == :9999",
  ])("are refused beside an address too: %s", (text) => {
    const error = errorOf(() => compile(text, PORTS));
    expect(error.code).toBe("FORBIDDEN");
    expect(error.message).toContain("you may not search the ports beside");
    expect(() => compile(text, [])).not.toThrow();
  });

  it("are no matter to addresses without a port", () => {
    expect(compile("ip.dst == [10.0.0.1,10/8]", PORTS)).toEqual(compile("ip.dst == [10.0.0.1,10/8]", []));
    expect(compile("ip == 10.0.0.1", PORTS)).toEqual(compile("ip == 10.0.0.1", []));
  });

  it("are left out by a field that stands for several", () => {
    expect([...fieldsOf(compile("ip == :80", ["destination.port", "socks.port"]))].map(({ path }) => path)).toEqual(["source.ip"]);
    expect(JSON.stringify(compile("ip == [10.0.0.1,10.0.0.2:80]", PORTS))).not.toContain('"port":80');
  });

  it("are not hidden by the other side's", () => {
    expect(() => compile("ip.src == 10.0.0.1:80", ["destination.port"])).not.toThrow();
  });
});
