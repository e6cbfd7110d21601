import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "../support/browser.js";
import { cleanClone, whyNoClone } from "../support/clean-clone.js";
import { saySkipped } from "../support/corpus.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** The first hour in a clean clone: start with the examples, log in, look, export, read it with tshark, let a guest in, look in a browser. */
const directory = path.join(temporaryDirectory(), "lookback");
const unknownTree = whyNoClone();
if (unknownTree !== null) saySkipped("the first hour in a clean clone", unknownTree);
const browserCommand = Browser.find();
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
if (browserCommand === null) saySkipped("the first hour in a browser", "there is no chromium on this host");
if (!hasTshark) saySkipped("the first hour with tshark", "there is no tshark on this host");

const GUEST = "10.20.0.27";
const FORCED = `ip == ${GUEST}`;
const GUEST_PASSWORD = "the password of a guest";
let program: ChildProcess;
let url = "";
let password = "";

/** Who asks: an administrator's cookie, or a guest's token. */
type Headers = Readonly<Record<string, string>>;
let admin: Headers = {};
let guest: Headers = {};

interface Answer {
  readonly data: any; // oxlint-disable-line no-explicit-any -- a test reads what it asked for
  readonly codes: readonly unknown[];
  readonly text: string;
}

async function ask(who: Headers, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...who }, body: JSON.stringify({ query, variables }) });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: readonly { readonly extensions: { readonly code: string } }[] };
  return { data: data ?? {}, codes: (errors ?? []).map((error) => error.extensions.code), text };
}

/** Exports and downloads; the file's path and what the job says. */
async function exported(who: Headers, words: string, name: string): Promise<{ readonly file: string; readonly sessions: number; readonly packets: number }> {
  const { data } = await ask(who, `mutation { createExport(${words}) { id } }`);
  let job: Answer["data"] = null;
  await expect.poll(async () => {
    job = (await ask(who, `{ export(id: ${JSON.stringify(data.createExport.id)}) { state sessions packets downloadUrl } }`)).data.export;
    return job.state;
  }, { timeout: 30_000, interval: 100 }).toBe("DONE");
  const response = await fetch(`${url}${job.downloadUrl}`, { headers: who });
  const file = path.join(directory, name);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return { file, sessions: job.sessions, packets: job.packets };
}

function tshark(file: string, ...words: readonly string[]): readonly string[] {
  const { stdout, status, stderr } = spawnSync("tshark", ["-r", file, ...words], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Addresses of an answer that are not the guest's own and of no session of the guest: what must never be in it. */
let foreign: readonly string[] = [];

describe.skipIf(unknownTree !== null)("the first hour in a clean clone", () => {
  beforeAll(async () => {
    if (!cleanClone(directory) || existsSync(path.join(directory, "dist"))) throw new Error("the tree cannot be cloned");
    program = spawn("npm", ["start", "--", "--read", "examples/"], { cwd: directory, detached: true, stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, LOOKBACK__viewPort: "0" } });
    for await (const line of createInterface({ input: program.stdout ?? process.stdin })) {
      url = /serves on (http:\/\/\S+)/.exec(line)?.[1] ?? url;
      password = /with password (\S+)/.exec(line)?.[1] ?? password;
      if (line === "Ready.") return;
    }
    throw new Error("the program ended before it was ready");
  });
  afterAll(() => {
    try {
      process.kill(-(program.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended.
    }
  });

  it("lets the administrator in with the password that was shown", async () => {
    const response = await fetch(`${url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
    expect(response.status).toBe(200);
    admin = { cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    const { data } = await ask(admin, '{ me { name role } sessions(expression: "protocols == dns") { totalCount { value } } }');
    expect(data.me).toEqual({ name: "admin", role: "ADMINISTRATOR" });
    expect(data.sessions.totalCount.value).toBeGreaterThan(0);
  });

  it("exports what tshark reads", async () => {
    const { file, packets } = await exported(admin, 'expression: "protocols == dns"', "dns.pcap");
    expect(packets).toBeGreaterThan(0);
    if (!hasTshark) return;
    expect(tshark(file)).toHaveLength(packets);
    expect(tshark(file, "-Y", "!dns && tcp.port != 53")).toEqual([]);
  });

  it("adds a user with a forced expression", async () => {
    const made = await ask(admin, "mutation ($password: String, $forced: String) { createUser(name: \"guest\", password: $password, user: { role: ANALYST, forcedExpression: $forced }) { user { name } } createUserToken(user: \"guest\", name: \"laptop\", scopes: [READ, EXPORT, TAG]) { secret } }", { password: GUEST_PASSWORD, forced: FORCED });
    guest = { authorization: `Bearer ${String(made.data.createUserToken.secret)}` };
    // Sessions of other protocols than IP have no addresses.
    const all = (await ask(admin, '{ sessions(first: 1000, expression: "ip.src == EXISTS!") { nodes { source { ip } destination { ip } } } }')).data.sessions.nodes as readonly { readonly source: { readonly ip: string }; readonly destination: { readonly ip: string } }[];
    const ends = all.map(({ source, destination }) => [source.ip, destination.ip]);
    const own = new Set(ends.filter((pair) => pair.includes(GUEST)).flat());
    foreign = [...new Set(ends.flat())].filter((ip) => !own.has(ip) && ip.length > 8);
    expect(foreign.length).toBeGreaterThan(5);
  });

  it("holds the forced expression on every path", async () => {
    const [every, allowed] = await Promise.all(["", FORCED].map(async (expression) => ((await ask(admin, "query ($expression: String) { sessions(first: 1000, expression: $expression) { nodes { id } } }", { expression })).data.sessions.nodes as readonly { readonly id: string }[]).map(({ id }) => id)));
    const hidden = (every ?? []).filter((id) => allowed?.includes(id) !== true);
    expect([allowed?.length, hidden.length].every((count) => (count ?? 0) > 0)).toBe(true);
    const seen: string[] = [];
    const asGuest = async (query: string): Promise<Answer> => {
      const answer = await ask(guest, query);
      seen.push(answer.text);
      return answer;
    };

    // Lists and counts, also when the expression asks for more.
    for (const expression of ["", `ip != ${GUEST} || ip == ${GUEST}`, "bytes >= 0"]) {
      const { data } = await asGuest(`{ sessions(first: 1000, expression: ${JSON.stringify(expression)}) { totalCount { value } nodes { id source { ip } destination { ip } } } }`);
      expect([data.sessions.totalCount.value, (data.sessions.nodes as readonly { readonly id: string }[]).map(({ id }) => id).toSorted()]).toEqual([allowed?.length, allowed?.toSorted()]);
    }
    // By identity, and the packets below it.
    const [own, other] = [String(allowed?.[0]), String(hidden[0])];
    expect((await asGuest(`{ session(id: "${own}") { session { id packets { packets { time } } } } }`)).data.session.session.packets.packets.length).toBeGreaterThan(0);
    expect((await asGuest(`{ session(id: "${other}") { session { id packets { packets { time } } } } }`)).data.session.session).toBeNull();
    // Aggregations and connections.
    const { data: sums } = await asGuest('{ aggregate { count terms(field: "ip.src", size: 100) { buckets { key } otherValue } histogram(metrics: [SESSIONS]) { series { values } } stats(field: "bytes") { count } cardinality(field: "ip.dst") { value } crossTab(fields: ["ip.src", "ip.dst"]) { buckets { keys } } percentiles(field: "bytes") { value } } }');
    expect([sums.aggregate.count, sums.aggregate.stats.count, sums.aggregate.histogram.series[0].values.reduce((sum: number, value: number) => sum + value, 0)]).toEqual([allowed?.length, allowed?.length, allowed?.length]);
    const { data: links } = await asGuest("{ connections(first: 1000) { links { source destination } } }");
    expect((links.connections.links as readonly { readonly source: string; readonly destination: string }[]).every(({ source, destination }) => source === GUEST || destination === GUEST)).toBe(true);
    // Exports: of a search, of identities that are not the guest's, streamed, and estimated.
    for (const [words, name] of [['expression: "bytes >= 0", packets: WHOLE_CONNECTION', "all.pcap"], [`ids: ${JSON.stringify([own, ...hidden])}`, "ids.pcap"]] as const) {
      const { file, sessions } = await exported(guest, words, name);
      expect(sessions, words).toBe(name === "ids.pcap" ? 1 : allowed?.length);
      if (hasTshark) expect(tshark(file, "-Y", `!(ip.addr == ${GUEST})`), words).toEqual([]);
    }
    const streamed = path.join(directory, "streamed.pcap");
    writeFileSync(streamed, Buffer.from(await (await fetch(`${url}/api/sessions.pcap?expression=bytes%20%3E%3D%200`, { headers: guest })).arrayBuffer()));
    if (hasTshark) expect([tshark(streamed).length > 0, tshark(streamed, "-Y", `!(ip.addr == ${GUEST})`)]).toEqual([true, []]);
    seen.push(await (await fetch(`${url}/api/sessions.ndjson?expression=bytes%20%3E%3D%200`, { headers: guest })).text());
    expect((await asGuest('{ exportEstimate(expression: "bytes >= 0") { sessions } }')).data.exportEstimate.sessions).toBe(allowed?.length);
    // Somebody else's export, tags of a hidden session, and what tells of the store as a whole.
    const { data: foreignExport } = await ask(admin, 'mutation { createExport(expression: "bytes >= 0") { id } }');
    expect((await asGuest(`{ export(id: "${foreignExport.createExport.id}") { state } }`)).data.export).toBeNull();
    const stream = await fetch(`${url}/graphql/stream`, {
      method: "POST", headers: { "content-type": "application/json", accept: "text/event-stream", ...guest }, body: JSON.stringify({ query: `subscription { exportProgress(exportId: "${foreignExport.createExport.id}") { __typename } }` }),
    });
    seen.push(await stream.text());
    expect(seen.at(-1)).toMatch(/"code":"NOT_FOUND"/);
    await asGuest(`mutation { addTags(ids: ["${own}", "${other}"], tags: ["seen"]) { __typename } }`);
    expect((await ask(admin, '{ sessions(expression: "tags == seen") { nodes { id } } }')).data.sessions.nodes).toEqual([{ id: own }]);
    for (const name of ["captureFiles", "users", "retentionPlan", "auditLog", "importJobs", "tasks", "holds"]) expect((await asGuest(`{ ${name} { __typename } }`)).codes, name).toEqual(["FORBIDDEN"]);
    expect((await fetch(`${url}/metrics`, { headers: guest })).status).toBe(403);
    seen.push(await (await fetch(`${url}/healthz`, { headers: guest })).text());
    // Errors, the catalogue of fields, and a file that is there and one that is not.
    for (const query of ['{ sessions(expression: "ip == x") { nodes { id } } }', "{ fields { fields { expression help } } }", '{ sessions(expression: "file == *first-look.pcap") { totalCount { value } } }', '{ sessions(expression: "file == *no-such.pcap") { totalCount { value } } }']) await asGuest(query);
    for (const text of seen) for (const ip of foreign) expect(text.includes(ip) ? `${ip} in ${text.slice(0, 200)}` : null).toBeNull();
  }, 120_000);

  it.skipIf(browserCommand === null)("shows the guest in a browser what the guest may see", async () => {
    const allowed = (await ask(admin, `{ sessions(expression: "protocols == dns && ${FORCED}") { totalCount { value } } }`)).data.sessions.totalCount.value as number;
    const browser = await Browser.start(browserCommand ?? "");
    try {
      const page = (expression: string) => expect.poll(() => browser.evaluate(expression).catch(() => null), { timeout: 60_000, interval: 100 });
      await browser.open(`${url}/explorer`);
      await page("location.pathname + (document.readyState === 'complete')").toBe("/logintrue");
      await browser.evaluate(`document.getElementById('user').value = 'guest'; document.getElementById('password').value = ${JSON.stringify(GUEST_PASSWORD)}; document.querySelector('form').submit()`);
      await page("document.querySelector('.graphiql-execute-button') !== null").toBe(true);
      await browser.evaluate("document.querySelector('.graphiql-execute-button').click()");
      await page("(document.querySelector('.result-window')?.textContent ?? '').replace(/\\s/g, '')").toContain(`"totalCount":{"value":${allowed},`);
      expect(browser.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  }, 120_000);

  it("ends within ten seconds of being told", async () => {
    const endpoint = path.join(directory, "data", "serve.json");
    expect(existsSync(endpoint)).toBe(true);
    const begun = Date.now();
    // The output ends with the last process of the group.
    const ended = once(program, "close");
    process.kill(-(program.pid ?? 0), "SIGTERM");
    await ended;
    expect([Date.now() - begun < 10_000, existsSync(endpoint)]).toEqual([true, false]);
  });
});
