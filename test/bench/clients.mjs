// Many clients at once with a mix of questions: errors, the longest of a hundred answers beside the usual one, and memory.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const LOAD = fileURLToPath(new URL("client-load.mjs", import.meta.url));
const CLIENTS = 200;
/** Users whose tokens the clients have. */
const USERS = 20;
/** Milliseconds between two looks at the server's memory. */
const LOOK_MS = 1_000;
/** Share of a run that only warms up, for memory. */
const WARM_SHARE = 0.25;

/** Resident bytes of a process at this moment. */
function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** The value that `share` of a sorted list are at most. */
function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** How a line through the points (0, values[0]), (1, values[1]), … rises from its begin to its end, as a share of its begin. */
function rise(values) {
  const n = values.length;
  const [meanAt, mean] = [(n - 1) / 2, values.reduce((sum, value) => sum + value, 0) / n];
  const slope = values.reduce((sum, value, at) => sum + (at - meanAt) * (value - mean), 0) / values.reduce((sum, _, at) => sum + (at - meanAt) ** 2, 0);
  return (slope * (n - 1)) / (mean - slope * meanAt);
}

/** Tokens of users that ask over the API, two for each login of each user, as scripts of several people would have them. */
async function tokensOf(server) {
  const tokens = [];
  for (let user = 0; user < USERS; user++) {
    const name = `bench${user}`;
    await server.ask("mutation ($name: String!) { createUser(name: $name, user: { role: ANALYST }) { user { name } } }", { name }).catch((error) => {
      if (!String(error).includes("BAD_INPUT")) throw error;
    });
    for (let token = 0; token < CLIENTS / USERS; token++) {
      const { createUserToken } = await server.ask("mutation ($user: String!, $name: String!) { createUserToken(user: $user, name: $name, scopes: [READ]) { secret } }", { user: name, name: `bench ${Date.now()} ${token}` });
      tokens.push(createUserToken.secret);
    }
  }
  return tokens;
}

/**
 * Lets 200 clients of a process of its own ask for `minutes`, each the next as soon as it has its answer, and reports what they met.
 * @param {{ server: { ask: Function, pid: number, url: string }, minutes: number, report: Function, note: Function }} parts
 */
export async function clients({ server, minutes, report, note }) {
  const tokens = await tokensOf(server);
  const child = spawn(process.execPath, [LOAD, server.url, String(CLIENTS), String(minutes * 60)], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(tokens));
  const memory = [];
  const timer = setInterval(() => { memory.push(residentBytes(server.pid)); }, LOOK_MS);
  let found = null;
  for await (const line of createInterface({ input: child.stdout })) found = JSON.parse(line);
  clearInterval(timer);
  if (found === null) throw new Error("the clients ended without a result");
  const all = Object.values(found.times).flat().sort((a, b) => a - b);
  for (const [name, times] of Object.entries(found.times)) {
    const sorted = times.sort((a, b) => a - b);
    note(`${name}: ${sorted.length} answers, p50 ${percentile(sorted, 0.5).toFixed(0)} ms, p99 ${percentile(sorted, 0.99).toFixed(0)} ms`);
  }
  const warm = memory.slice(Math.floor(memory.length * WARM_SHARE));
  note(`${CLIENTS} clients, ${minutes} minutes: ${all.length} answers (${(all.length / (minutes * 60)).toFixed(0)} a second), p50 ${percentile(all, 0.5).toFixed(0)} ms, p99 ${percentile(all, 0.99).toFixed(0)} ms, longest ${(all.at(-1) ?? Number.NaN).toFixed(0)} ms; memory ${(warm[0] / 1e6).toFixed(0)} to ${(warm.at(-1) / 1e6).toFixed(0)} MB, at most ${(Math.max(...memory) / 1e6).toFixed(0)} MB`);
  for (const [error, count] of Object.entries(found.errors)) note(`error, ${count} times: ${error}`);
  report(`${CLIENTS} clients, errors`, Object.values(found.errors).reduce((sum, count) => sum + count, 0), 0, "");
  report(`${CLIENTS} clients, p99 beside p50`, percentile(all, 0.99) / percentile(all, 0.5), 20, "×");
  report(`${CLIENTS} clients, memory, rise after the first quarter`, Math.max(0, rise(warm)) * 100, 10, "%");
}
