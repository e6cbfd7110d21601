import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookback, spawnLookback, type LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const directory = temporaryDirectory();
const run = (...words: string[]) => lookback([...words, "--data", "data"], directory);
const parsed = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe("users at the command line", () => {
  let serve: LookbackProcess | null = null;
  let url = "";
  let first: Record<string, unknown> = {};

  beforeAll(async () => {
    first = parsed((await run("user", "add", "root", "--role", "administrator", "--json")).output);
  });
  afterAll(async () => { await serve?.stop(); });

  it("are looked after where nothing serves", async () => {
    expect(first).toMatchObject({ name: "root", role: "ADMINISTRATOR", madePassword: expect.stringMatching(/^\S{24}$/) });
    const added = await run("user", "add", "ana", "--role", "analyst", "--expression", "protocols == dns", "--hide-fields", "host.http,dns", "--time-limit", "48", "--right", "hideFiles=true", "packetSearch=false");
    expect(added).toMatchObject({ code: 0, output: expect.stringMatching(/^\S{24}\n$/) });
    const users = JSON.parse((await run("user", "list", "--json")).output) as unknown;
    expect(users).toMatchObject([
      { name: "ana", role: "ANALYST", forcedExpression: "protocols == dns", hiddenFields: ["http.host", "dns"], maxAgeHours: 48, rights: { hideFiles: true, packetSearch: false, hidePcap: false } },
      { name: "root", role: "ADMINISTRATOR" },
    ]);
    expect((await run("user", "list")).output).toMatch(/^ana\t.*; last 48 h; packetSearch=false; hideFiles=true\nroot\t.*\t$/m);
    expect((await run("user", "set", "ana", "--expression", "", "--hide-fields", "", "--time-limit", "0")).code).toBe(0);
    expect(JSON.parse((await run("user", "list", "--json")).output)).toMatchObject([{ forcedExpression: "", hiddenFields: [], maxAgeHours: null, role: "ANALYST", rights: { hideFiles: true } }, {}]);
  });

  it("are refused by name what cannot be", async () => {
    expect((await run("user", "disable", "root")).error).toMatch(/BAD_INPUT.*last administrator/);
    expect((await run("user", "set", "ana", "--role", "king")).error).toMatch(/--role king: allowed: viewer, analyst, operator, administrator/);
    expect((await run("user", "set", "ana", "--right", "hidePcap=maybe")).error).toMatch(/each =true or =false/);
    expect((await run("user", "set", "ana", "--expression", "no.such == 1")).error).toMatch(/EXPRESSION_UNKNOWN_FIELD/);
    expect((await run("user", "password", "nobody")).error).toMatch(/NOT_FOUND.*nobody/);
  });

  it("are the same through the service that runs, where a change holds at once", async () => {
    serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
    await serve.line(/^Ready\.$/);
    expect(serve.text()).not.toContain("First start");
    url = /serves on (\S+)/.exec(serve.text())?.[1] ?? "";
    const token = (await run("user", "token", "ana", "ci", "--scopes", "read,export", "--days", "1")).output.trim();
    expect(token).toMatch(/^lb_/);
    const me = async () => fetch(`${url}/graphql`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ query: "{ me { name permissions } }" }) });
    expect(await (await me()).json()).toMatchObject({ data: { me: { name: "ana", permissions: ["search", "packets", "statistics", "export"] } } });
    expect((await run("user", "token", "ana")).output).toMatch(/^ci\tread,export\t/);
    expect((await run("user", "disable", "ana")).code).toBe(0);
    expect((await me()).status).toBe(401);
  });

  it("and what was done is in the audit log", async () => {
    const lines = (await run("audit", "--user", "(local)", "--json", "--limit", "50")).output.trim().split("\n").map(parsed);
    expect(lines.map((line) => line["action"])).toEqual(expect.arrayContaining(["user.add", "user.change", "token.create", "user.disable"]));
    expect(lines.find((line) => line["action"] === "user.disable")).toMatchObject({ method: "local", outcome: "ok", details: { of: "ana" } });
    expect((await run("audit", "ana", "--action", "user.disable", "--utc")).output).toMatch(/^\S+ \S+\t\(local\)\t\S+\tuser\.disable\tok\t\t.*of=ana\n$/);
  });
});
