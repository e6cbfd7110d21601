import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/config.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";
import { UserTemplate } from "../../../src/access/user-template.js";

const user = (template: object, facts: Readonly<Record<string, string>> = {}) => new UserTemplate(JSON.stringify(template)).userOf("ana", (name) => facts[name.toLowerCase()] ?? null);

describe("a template of users", () => {
  it("takes Arkime's members and roles", () => {
    expect(user({ roles: ["arkimeUser", "wiseUser"], expression: "ip == 10.0.0.0/8", timeLimit: 24, disablePcapDownload: true, hideFiles: "true" })).toEqual({
      name: "ana", role: "analyst", forcedExpression: "ip == 10.0.0.0/8", maxAgeHours: 24, hiddenFields: [], rights: { disablePcapDownload: true, hideFiles: true },
    });
    for (const [roles, role] of [[["superAdmin"], "administrator"], [["arkimeAdmin", "arkimeUser"], "operator"], [["viewer"], "viewer"], ["operator, viewer", "operator"]] as const) expect(user({ roles }).role).toBe(role);
    expect(user({}).role).toBe("analyst");
    expect(user({ createEnabled: true }).role).toBe("administrator");
    expect(user({ timeLimit: 0 }).maxAgeHours).toBeNull();
  });

  it("fills in facts, and never reads what it filled in", () => {
    const facts = { mail: 'ana", "createEnabled": true, "x": "', groups: "staff,viewer", deep: "${this.groups}" };
    expect(user({ userName: "${this.mail}", roles: ["${this.groups}"] }, facts)).toMatchObject({ role: "viewer" });
    expect(user({ hiddenFields: ["${this.mail}"], roles: "viewer" }, facts)).toMatchObject({ role: "viewer", hiddenFields: ['ana"', '"createEnabled": true', '"x": "'] });
    expect(user({ hiddenFields: "${this['deep']}" }, facts).hiddenFields).toEqual(["${this.groups}"]);
    expect(user({ expression: 'tags == "${this["team"]}"' }, { team: "Blau/weiß 7" }).forcedExpression).toBe('tags == "Blau/weiß 7"');
  });

  it.each([
    [{ roles: ["${this.groups}"] }, { groups: "staff" }, /none of the roles is one here: staff/], [{ roles: ["${this.none}"] }, {}, /there is no none/], [{ userId: "bob" }, {}, /another name/],
    [{ enabled: false }, {}, /does not enable/], [{ webEnabled: "${this.on}" }, { on: "false" }, /does not enable/], [{ emailSearch: "maybe" }, {}, /neither true nor false/],
    [{ expression: "tags == ${this.team}" }, { team: "a || ip == 1" }, /may not become a part of a search expression/], [{ expression: 'tags == "${this.team}"' }, { team: 'a" || b == "' }, /may not become/],
    [{ expression: 'tags == "${this.team}"' }, { team: "a\\" }, /may not become/], [{ timeLimit: "soon" }, {}, /timeLimit/], [{ hiddenFields: ["${this.x}"] }, { x: "x".repeat(1_001) }, /longer than 1000/],
  ])("makes nobody of %j with %j", (template, facts, message) => {
    expect(() => user(template, facts as Record<string, string>)).toThrow(expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) }));
  });

  it("is as docs/access.md shows it", () => {
    const [line = ""] = /^ {4}userAutoCreateTmpl=.*$/m.exec(readFileSync("docs/access.md", "utf8")) ?? [];
    const file = join(temporaryDirectory(), "config.ini");
    writeFileSync(file, `[default]\n${line.trim()}\n`);
    const text = loadConfig({ file, node: "test", environment: {}, workingDirectory: "/" }).values.userAutoCreateTmpl ?? "";
    const facts: Readonly<Record<string, string>> = { http_auth_user: "ana", http_auth_groups: "arkimeAdmin,other", http_auth_team: "red" };
    expect(new UserTemplate(text).userOf("ana", (name) => facts[name] ?? null)).toEqual({ name: "ana", rights: {}, role: "operator", forcedExpression: 'tags == "red"', hiddenFields: [], maxAgeHours: 72 });
  });

  it.each([
    ["", /no JSON object/], ["[]", /no JSON object/], ["null", /no JSON object/], ['{"admin": true}', /admin: there is no such member/], ['{"userId": "${process.exit(1)}"}', /userId: allowed in a text/],
    ['{"expression": "${this.a + this.b}"}', /expression: allowed/], ['{"roles": [1]}', /roles: a list is of texts/], ['{"userId": ["a"]}', /userId: a list is no value/], ['{"roles": {}}', /roles: an object/],
    [`{"expression": "${"x".repeat(16_384)}"}`, /at most 16384 characters/],
  ])("refuses %.60j", (text, message) => {
    expect(() => new UserTemplate(text)).toThrow(expect.objectContaining({ code: "BAD_INPUT", message: expect.stringMatching(message) }));
  });
});
