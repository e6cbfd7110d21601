// A server of its own process, asked over HTTP as any client would.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Longest time that a server may take to stop. */
const STOP_MS = 30_000;

/** Starts `words` (a script and its arguments) over `data` and logs in; the first start's password is kept in `data`. */
export async function startServer(words, data) {
  const started = performance.now();
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const kept = join(data, "bench-password");
  let password = existsSync(kept) ? readFileSync(kept, "utf8") : "";
  let url = "";
  let ready = false;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /serves on (http:\/\/\S+)/.exec(line)?.[1] ?? url;
    const first = /with password (\S+)/.exec(line)?.[1];
    if (first !== undefined) {
      password = first;
      writeFileSync(kept, password, { mode: 0o600 });
    }
    if (line === "Ready.") {
      ready = true;
      break;
    }
  }
  if (!ready) throw new Error(`${words.join(" ")} ended before it was ready`);
  const post = (path, body, headers = {}) => fetch(`${url}${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const login = await post("/login", { user: "admin", password });
  if (!login.ok) throw new Error(`login: ${await login.text()}`);
  const cookie = login.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const ask = async (query, variables = {}) => {
    const answer = await (await post("/graphql", { query, variables }, { cookie })).json();
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  const get = (path) => fetch(`${url}${path}`, { headers: { cookie } });
  await ask("{ sessions(first: 1) { nodes { id } } }");
  const firstAnswer = (performance.now() - started) / 1000;
  return {
    ask, get, firstAnswer, url, pid: child.pid,
    /** Ends it; a server that does not end in time is killed, and the report says so. */
    async stop() {
      if (child.exitCode !== null) return;
      const late = setTimeout(() => {
        process.stdout.write(`server ${child.pid} did not stop within ${STOP_MS / 1000} s: killed\n`);
        child.kill("SIGKILL");
      }, STOP_MS);
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      clearTimeout(late);
    },
  };
}
