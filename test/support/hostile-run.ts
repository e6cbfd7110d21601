import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { SERVICE_SCOPE } from "../../src/model/access-scope.js";
import { attack, type Attacker, type Finding, type HostileReport } from "./hostile-requests.js";
import { at, runServer } from "./running-server.js";

const EXAMPLES = resolve("examples");
/** What the narrowed users of a run may see. */
const FORCED = "protocols == dns";

/** Texts of three letters or more inside a value, deeply. */
function texts(value: unknown, into: Set<string>): Set<string> {
  if (typeof value === "string") {
    if (value.length >= 6) into.add(value);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) texts(inner, into);
  }
  return into;
}

/** An export of everything as text. */
async function exported(url: string, headers: Readonly<Record<string, string>>, format: string): Promise<string> {
  const ask = async (query: string): Promise<unknown> => {
    const response = await fetch(`${url}/graphql`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ query }) });
    return response.json();
  };
  const id = String(at(await ask(`mutation { createExport(expression: "bytes >= 0", format: ${format}, packets: WHOLE_CONNECTION) { id } }`), "data", "createExport", "id"));
  let job: unknown = null;
  await expect.poll(async () => {
    job = at(await ask(`{ export(id: ${JSON.stringify(id)}) { state downloadUrl } }`), "data", "export");
    return at(job, "state");
  }, { timeout: 60_000 }).toBe("DONE");
  const file = await fetch(url + String(at(job, "downloadUrl")), { headers });
  return Buffer.from(await file.arrayBuffer()).toString("latin1");
}

/** Starts a server over the example captures and sends it `count` hostile requests of a seed: as nobody, and as users of every role who see DNS only. */
export async function hostileRun(dataDirectory: string, seed: number, count: number): Promise<HostileReport & { readonly secrets: number }> {
  const files = readdirSync(EXAMPLES).filter((name) => /\.pcap(ng)?$/.test(name)).map((name) => join(EXAMPLES, name));
  const running = await runServer(dataDirectory, files);
  try {
    const query = `query ($expression: String!) { sessions(first: 1000, expression: $expression) { nodes { id source { ip } destination { ip } http { host uri useragent } cert { subjectCN } tls { ja3 } dns { host } } } }`;
    const nodes = async (expression: string) => at((await running.graphql(query, { expression })).data, "sessions", "nodes");
    // Everything that an allowed session holds: an address that a name stands for may be that of another session.
    const allowed = new Set<string>();
    for (const id of texts(at((await running.graphql(`query { sessions(first: 1000, expression: ${JSON.stringify(FORCED)}) { nodes { id } } }`)).data, "sessions", "nodes"), new Set())) {
      allowed.add(id);
      texts(await running.server.store.get(id, { scope: SERVICE_SCOPE, signal: null, timeoutMs: 10_000 }), allowed);
    }
    const secrets = [...texts(await nodes(`protocols != dns`), new Set())].filter((text) => ![...allowed].some((known) => known.includes(text)));
    const attackers: Attacker[] = [{ name: "nobody", headers: {}, secrets: [...secrets, ...allowed] }];
    // An administrator reads in the audit log what the others asked for, and may always lift the own limits: only faults count.
    for (const role of ["VIEWER", "ANALYST", "OPERATOR", "ADMINISTRATOR"]) {
      const name = `eve-${role.toLowerCase()}`;
      const made = await running.graphql(`mutation ($name: String!) { createUser(name: $name, user: { role: ${role}, forcedExpression: ${JSON.stringify(FORCED)} }) { user { name } } createUserToken(user: $name, name: "t", scopes: [READ, TAG, EXPORT, OPERATE, ADMIN]) { secret } }`, { name });
      attackers.push({ name, headers: { authorization: `Bearer ${String(at(made.data, "createUserToken", "secret"))}` }, secrets: role === "ADMINISTRATOR" ? [] : secrets });
    }
    const report = await attack({
      port: Number(new URL(running.server.url).port), routes: running.server.routes, attackers, guesses: [...secrets.slice(0, 200), ...files, "admin", "eve-viewer"], seed, count,
    });
    const leaked: Finding[] = [];
    const analyst = attackers.find(({ name }) => name === "eve-analyst");
    for (const format of ["PCAP", "NDJSON", "CSV"]) {
      const text = await exported(running.server.url, analyst?.headers ?? {}, format);
      // Names in packets are not written as people write them.
      if (format === "PCAP" ? text.length < 1_000 : ![...allowed].some((known) => text.includes(known))) leaked.push({ request: `an export as ${format}`, what: "holds nothing of what is allowed" });
      const secret = secrets.find((one) => text.includes(one));
      if (secret !== undefined) leaked.push({ request: `an export of everything as ${format}`, what: `leaks ${secret}` });
    }
    return { ...report, findings: [...report.findings, ...leaked], secrets: secrets.length };
  } finally {
    await running.stop();
  }
}
