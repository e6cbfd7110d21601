import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookback } from "../support/lookback-process.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer;
let authorization = "";
let hosts: readonly string[] = [];

beforeAll(async () => {
  running = await runServer(temporaryDirectory(), [resolve("examples/first-look.pcap")]);
  const made = await running.graphql('mutation { createUser(name: "blind", user: { role: ANALYST, hiddenFields: ["host.http", "dns"] }) { user { hiddenFields } } createUserToken(user: "blind", name: "t", scopes: [READ, EXPORT]) { secret } }');
  authorization = `Bearer ${String(at(made.data, "createUserToken", "secret"))}`;
  const found = await running.graphql('{ aggregate { http: terms(field: "host.http") { buckets { key } } dns: terms(field: "host.dns") { buckets { key } } } }');
  const keys = (name: string) => (at(found.data, "aggregate", name, "buckets") as readonly { readonly key: string }[]).map(({ key }) => key);
  hosts = [...keys("http"), ...keys("dns")];
});

afterAll(() => running.stop());

const get = async (path: string): Promise<string> => (await fetch(running.server.url + path, { headers: { authorization } })).text();

const everything = `expression=${encodeURIComponent("bytes >= 0")}`;

test.each(["ndjson", "csv"])("hidden fields are in no export as %s", async (format) => {
  const whole = await (await fetch(`${running.server.url}/api/sessions.${format}?${everything}&fields=host.http,host.dns`, { headers: running.headers })).text();
  expect(hosts.filter((host) => whole.includes(host)).length).toBe(hosts.length);
  const plain = await (await fetch(`${running.server.url}/api/sessions.${format}?${everything}`, { headers: running.headers })).text();
  const narrowed = await get(`/api/sessions.${format}?${everything}`);
  expect(narrowed.split("\n").length).toBe(plain.split("\n").length);
  expect(hosts.filter((host) => narrowed.includes(host))).toEqual([]);
});

test("hidden fields cannot be asked for in an export or in its expression", async () => {
  for (const query of ["expression=port%20%3D%3D%2080&fields=host.http", `expression=${encodeURIComponent("host.http == *")}`, "expression=port%20%3D%3D%2080&fields=dns.host"]) {
    expect(await get(`/api/sessions.csv?${query}`), query).toMatch(/"code":"(FORBIDDEN|BAD_INPUT)"/);
  }
});

test("who may not see packet files gets an export without its manifest, which names them", async () => {
  const made = await running.graphql('mutation { createUser(name: "filesless", user: { role: ANALYST, rights: { hideFiles: true } }) { user { name } } createUserToken(user: "filesless", name: "t", scopes: [READ, EXPORT]) { secret } }');
  const token = String(at(made.data, "createUserToken", "secret"));
  const directory = temporaryDirectory();
  const exported = (name: string, secret: string) => lookback(["export", "bytes >= 0", name, "--url", running.server.url, "--token", secret], directory);
  const { code, error } = await exported("theirs.pcap", token);
  expect([code, error]).toEqual([0, expect.stringMatching(/^note: no manifest was written: /m)]);
  expect(readdirSync(directory)).toEqual(["theirs.pcap"]);
  const own = await running.graphql('mutation { createToken(name: "mine", scopes: [READ, EXPORT]) { secret } }');
  expect(await exported("mine.pcap", String(at(own.data, "createToken", "secret")))).toMatchObject({ code: 0, error: "" });
  expect(readdirSync(directory).sort()).toEqual(["mine.pcap", "mine.pcap.manifest.json", "theirs.pcap"]);
  const asked = async (query: string, variables = {}): Promise<unknown> => {
    const answer = await fetch(`${running.server.url}/graphql`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify({ query, variables }) });
    return answer.json();
  };
  const id = at(await asked('mutation { createExport(expression: "bytes >= 0", format: PCAP, packets: MATCHING_PART) { id } }'), "data", "createExport", "id");
  await expect.poll(async () => at(await asked("query ($id: ID!) { export(id: $id) { state downloadUrl manifestUrl } }", { id }), "data", "export"))
    .toMatchObject({ state: "DONE", downloadUrl: expect.stringMatching(/download/), manifestUrl: null });
});
