import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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
