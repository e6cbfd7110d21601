import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { WebSocket } from "ws";
import { afterEach, describe, expect, test } from "vitest";
import { AccessService } from "../../src/access/access-service.js";
import { ImportEvents } from "../../src/capture/import-events.js";
import type { ImportJob } from "../../src/capture/import-job.js";
import { downloadPath, verifyDownload } from "../../src/export/download-link.js";
import type { Imports } from "../../src/graphql/services.js";
import { startApi, someRows, TEST_NOW_MS, type ApiServer } from "../support/api-server.js";
import { MemoryStore } from "../support/memory-store.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let api: ApiServer;

afterEach(() => api.server.stop());

/** The value of a login cookie header. */
async function logIn(user = "ana", password = "a long password"): Promise<string> {
  const response = await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user, password }) });
  expect(response.status).toBe(200);
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

const ME = JSON.stringify({ query: "{ me { name } }" });

describe("who gets in", () => {
  test("every route but health and login needs one, and paths that are not there do too", async () => {
    api = await startApi();
    const paths = [...api.server.routes.map((route) => ({ method: route.method, path: route.path, open: route.access === "public" })), { method: "get", path: "/nowhere", open: false }];
    expect(api.server.routes.filter((route) => route.access === "public").map((route) => `${route.method} ${route.path}`).sort()).toEqual([
      "get /healthz", "get /livez", "get /login", "get /login/page.css", "get /readyz", "post /login",
    ]);
    for (const { method, path, open } of paths) {
      const response = await fetch(api.server.url + path.replace(":id", "x"), { method: method.toUpperCase(), headers: { accept: "application/json" }, redirect: "manual" });
      // A login without a body is refused for what it lacks, not for who sends it.
      if (open) expect(response.status, path).toBe(method === "post" ? 400 : 200);
      else expect([response.status, await response.json()], path).toMatchObject([401, { error: { code: "UNAUTHENTICATED" } }]);
    }
    for (const headers of [{ authorization: "Bearer lb_wrongwrongwrongwrongwrongwrong" }, { authorization: "Basic YTpi" }, { cookie: "lookback_login=wrongwrongwrongwrongwrongwrong" }] as Record<string, string>[]) {
      expect((await fetch(`${api.server.url}/metrics`, { headers })).status).toBe(401);
    }
  });

  test("a browser without login is led to the form and back", async () => {
    api = await startApi();
    await api.token({ name: "ana", role: "analyst" });
    const asked = await fetch(`${api.server.url}/explorer`, { headers: { accept: "text/html" }, redirect: "manual" });
    expect([asked.status, asked.headers.get("location")]).toEqual([303, "/login?next=%2Fexplorer"]);
    const form = (next: string, password: string) => fetch(`${api.server.url}/login`, {
      method: "POST", redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ user: "ana", password, next }),
    });
    const entered = await form("/explorer", "a long password");
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/explorer"]);
    expect(entered.headers.get("set-cookie")).toMatch(/^lookback_login=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const link = `${downloadPath(Buffer.alloc(32, 3), { exportId: "e1", user: "ana@example", expiresMs: TEST_NOW_MS })}&more=a,b;c:(d)+e`;
    const led = await fetch(api.server.url + link, { headers: { accept: "text/html" }, redirect: "manual" });
    const next = new URL(led.headers.get("location") ?? "", api.server.url).searchParams.get("next") ?? "";
    expect(next).toBe(link);
    expect((await form(next, "a long password")).headers.get("location")).toBe(link);
    for (const foreign of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      expect((await form(foreign, "a long password")).headers.get("location")).toBe("/");
    }
    const refused = await form('/"><script>', "wrong password");
    expect(refused.status).toBe(401);
    expect(await refused.text()).not.toContain("<script>");
  });

  test("a login works by cookie and ends by logout", async () => {
    api = await startApi();
    await api.token({ name: "ana", role: "analyst" });
    const cookie = await logIn();
    const me = () => fetch(`${api.server.url}/graphql`, { method: "POST", headers: { cookie, "content-type": "application/json" }, body: ME });
    expect(await (await me()).json()).toMatchObject({ data: { me: { name: "ana" } } });
    expect((await fetch(`${api.server.url}/logout`, { method: "POST", headers: { cookie, "x-lookback-csrf": "1", accept: "application/json" } })).status).toBe(200);
    expect((await me()).status).toBe(401);
  });

  test("wrong logins give one error and then have to wait", async () => {
    api = await startApi();
    await api.token({ name: "ana", role: "analyst" });
    const attempt = (user: string) => fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user, password: "wrong password" }) });
    const answers = [await attempt("ana"), await attempt("nobody"), await attempt("ana"), await attempt("ana"), await attempt("ana")];
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    const waiting = await attempt("ana");
    expect([waiting.status, waiting.headers.get("retry-after")]).toEqual([429, "1"]);
    const bad = await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
    expect([bad.status, await bad.json()]).toMatchObject([400, { error: { code: "BAD_INPUT" } }]);
  });

  test("another site's page cannot act with a cookie", async () => {
    api = await startApi();
    await api.token({ name: "ana", role: "analyst" });
    const cookie = await logIn();
    const post = async (path: string, headers: Record<string, string>, body = ME) => (await fetch(api.server.url + path, { method: "POST", redirect: "manual", headers: { cookie, ...headers }, body })).status;
    const json = { "content-type": "application/json" };
    expect(await post("/graphql", { ...json, origin: api.server.url })).toBe(200);
    expect(await post("/graphql", { ...json, origin: "https://evil.example" })).toBe(403);
    expect(await post("/graphql", { ...json, origin: "null" })).toBe(403);
    expect(await post("/graphql", { ...json, "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await post("/graphql", { ...json, "sec-fetch-site": "same-site" })).toBe(403);
    expect(await post("/graphql", { ...json, "sec-fetch-site": "same-origin", origin: "null" })).toBe(200);
    expect(await post("/graphql/stream", { ...json, origin: "https://evil.example" })).toBe(403);
    expect(await post("/logout", { "content-type": "text/plain" }, "")).toBe(403);
    expect(await post("/login", { ...json, origin: "https://evil.example" }, "{}")).toBe(403);
    expect(await post("/logout", { "content-type": "application/x-www-form-urlencoded", origin: api.server.url }, "")).toBe(303);
  });
});

test("every answer has the security headers, and no page loads anything from elsewhere", async () => {
  api = await startApi();
  const authorization = `Bearer ${await api.token({ name: "ana", role: "analyst" })}`;
  for (const path of ["/", "/explorer", "/explorer/start.js", "/explorer/react.js", "/explorer/react-dom.js", "/explorer/graphiql.js", "/explorer/graphiql.css", "/explorer/page.css", "/login", "/login/page.css"]) {
    const response = await fetch(api.server.url + path, { headers: { authorization } });
    expect(response.status, path).toBe(200);
    expect(response.headers.get("content-security-policy"), path).toContain("default-src 'none'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("x-powered-by")).toBeNull();
    const text = await response.text();
    expect(text.length).toBeGreaterThan(20);
    if (response.headers.get("content-type")?.startsWith("text/html")) expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  }
  const policy = (await fetch(`${api.server.url}/explorer`, { headers: { authorization } })).headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self';");
});

test("errors are JSON with a code; a body too large is refused", async () => {
  api = await startApi();
  const authorization = `Bearer ${await api.token({ name: "ana", role: "analyst" })}`;
  const missing = await fetch(`${api.server.url}/nowhere`, { headers: { authorization } });
  expect([missing.status, await missing.json()]).toEqual([404, { error: { code: "NOT_FOUND", message: "there is no GET /nowhere", retryable: false } }]);
  // Programs made for Arkime's viewer are told where to go.
  const elsewhere = async (path: string): Promise<string> => (await fetch(`${api.server.url}${path}`, { headers: { authorization } })).text();
  for (const path of ["/sessions.pcap", "/sessions.csv/x"]) expect(await elsewhere(path), path).toMatch(/it is \/api\/sessions\.(pcap|csv)\?expression=… here/);
  for (const path of ["/api/sessions", "/sessions.json", "/api/unique", "/unique.txt", "/api/session/x/packets"]) expect(await elsewhere(path), path).toContain("GraphQL at /graphql");
  const large = await fetch(`${api.server.url}/graphql`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body: JSON.stringify({ query: "x".repeat(1 << 20) }) });
  expect([large.status, await large.json()]).toMatchObject([413, { error: { code: "LIMIT_EXCEEDED" } }]);
});

test("health is for everybody, its details for users; metrics count requests", async () => {
  api = await startApi();
  api.health.add("store", "the disk", async () => ({ ok: false, detail: "/data/sessions is missing" }));
  const authorization = `Bearer ${await api.token({ name: "ana", role: "analyst" })}`;
  api.health.watch("disk", "the disk", async () => ({ ok: true, detail: "fine" }));
  expect(await (await fetch(`${api.server.url}/livez`)).json()).toEqual({ status: "alive" });
  const unhealthy = await fetch(`${api.server.url}/healthz`);
  expect([unhealthy.status, await unhealthy.json()]).toEqual([503, { status: "unhealthy", checks: [{ name: "store", ok: false }, { name: "disk", ok: true }] }]);
  const unready = await fetch(`${api.server.url}/readyz`);
  expect([unready.status, await unready.json()]).toEqual([503, { status: "not ready", checks: [{ name: "store", ok: false }] }]);
  expect(await (await fetch(`${api.server.url}/readyz`, { headers: { authorization } })).json()).toMatchObject({ checks: [{ detail: "/data/sessions is missing" }] });
  const narrowed = `Bearer ${await api.token({ name: "nia", role: "analyst", forcedExpression: "protocols == dns" })}`;
  expect(await (await fetch(`${api.server.url}/readyz`, { headers: { authorization: narrowed } })).json()).toMatchObject({ checks: [{ name: "store", ok: false }] });
  expect(await (await fetch(`${api.server.url}/readyz`, { headers: { authorization: narrowed } })).text()).not.toContain("missing");
  await api.ask(authorization.slice(7), "{ me { name } }");
  await api.ask(authorization.slice(7), `{ field(name: "no.such") { path } }`);
  const text = await (await fetch(`${api.server.url}/metrics`, { headers: { authorization } })).text();
  expect(text).toContain('lookback_http_requests_total{route="/readyz",status="5xx"} 4');
  expect(text).toContain('lookback_queries_total{field="me",outcome="ok"} 1');
  expect(text).toMatch(/lookback_queries_total\{field="[a-z]+",outcome="[A-Z_]+"\} 1/);
  expect(text).toContain('lookback_query_seconds_count{field="me"} 1');
  expect(text).toContain("lookback_metrics_unreadable 0");
  expect(text).toContain('lookback_http_request_seconds_bucket{route="/healthz",le="+Inf"} 1');
});

test("a client that leaves ends its query in the store", async () => {
  const store = new MemoryStore(someRows(3));
  store.hold = new Promise(() => {});
  api = await startApi(store);
  const authorization = `Bearer ${await api.token({ name: "ana", role: "analyst" })}`;
  const body = JSON.stringify({ query: "{ sessions { nodes { id } } }" });
  const request = httpRequest(`${api.server.url}/graphql`, { method: "POST", headers: { authorization, "content-type": "application/json" } });
  request.on("error", () => {});
  request.end(body);
  await expect.poll(() => store.reads.length).toBe(1);
  const { signal } = store.reads[0] ?? { signal: null };
  expect(signal?.aborted).toBe(false);
  request.destroy();
  await expect.poll(() => signal?.aborted).toBe(true);
});

test("a server that stops lets requests end, refuses new ones, and cuts those that do not end", async () => {
  const store = new MemoryStore(someRows(3));
  let release = (): void => {};
  store.hold = new Promise((resolve) => { release = resolve; });
  api = await startApi(store, { drainMs: 10_000 });
  const token = await api.token({ name: "ana", role: "analyst" });
  const answer = api.ask(token, "{ sessions { nodes { id } } }");
  await expect.poll(() => store.reads.length).toBe(1);
  const stopped = api.server.stop();
  release();
  const { status, data } = await answer;
  expect([status, data["sessions"].nodes.length]).toEqual([200, 3]);
  await stopped;
  await expect(fetch(`${api.server.url}/healthz`)).rejects.toThrow();

  const stuck = new MemoryStore(someRows(1));
  stuck.hold = new Promise(() => {});
  api = await startApi(stuck, { drainMs: 50 });
  const lost = api.ask(await api.token({ name: "ana", role: "analyst" }), "{ sessions { nodes { id } } }").then(() => "answered", () => "cut");
  await expect.poll(() => stuck.reads.length).toBe(1);
  await api.server.stop();
  expect(["answered", "cut"]).toContain(await lost);
});

/** Imports whose jobs a test moves by hand. */
class HandImports implements Imports {
  readonly published = new ImportEvents();
  readonly known = new Map<string, ImportJob>();

  move(job: Partial<ImportJob> & Pick<ImportJob, "id" | "state">): void {
    const moved: ImportJob = {
      path: "/a.pcap", mode: "in-place", node: null, onlyNew: false, requestedBy: "ana", packets: 0, bytes: 0, totalBytes: 100, sessions: 0, fileId: null, errorCode: null, errorMessage: null,
      warnings: [], createdAtMs: TEST_NOW_MS, startedAtMs: null, finishedAtMs: null, ...this.known.get(job.id), ...job,
    };
    this.known.set(job.id, moved);
    this.published.publish(moved);
  }

  async submit(paths: readonly string[]): ReturnType<Imports["submit"]> {
    paths.forEach((path, at) => this.move({ id: `job${at}`, state: "queued", path }));
    return { jobs: [...this.known.values()], failed: [] };
  }

  job(id: string): ImportJob | null {
    return this.known.get(id) ?? null;
  }

  jobs(): readonly ImportJob[] {
    return [...this.known.values()];
  }

  events(signal: AbortSignal | null): AsyncIterableIterator<ImportJob> {
    return this.published.subscribe(signal);
  }
}

describe("import progress", () => {
  const query = 'subscription { importProgress(jobId: "job0") { state bytes progress sessions } }';
  const states = async (results: AsyncIterable<{ data?: Record<string, unknown> | null | undefined }>, imports: HandImports): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for await (const result of results) {
      seen.push(result.data?.["importProgress"]);
      if (seen.length === 1) imports.move({ id: "job0", state: "running", bytes: 50 });
      if (seen.length === 2) imports.move({ id: "job0", state: "done", bytes: 100, sessions: 3 });
    }
    return seen;
  };
  const expected = [
    { state: "QUEUED", bytes: 0, progress: 0, sessions: 0 }, { state: "RUNNING", bytes: 50, progress: 0.5, sessions: 0 }, { state: "DONE", bytes: 100, progress: 1, sessions: 3 },
  ];

  test("streams as server-sent events until the job is finished", async () => {
    const imports = new HandImports();
    api = await startApi(undefined, { imports });
    const token = await api.token({ name: "op", role: "operator" });
    const submitted = await api.ask(token, 'mutation { importCapture(paths: ["/a.pcap"]) { jobs { id state } refused { path } } }');
    expect(submitted.data["importCapture"]).toEqual({ jobs: [{ id: "job0", state: "QUEUED" }], refused: [] });
    const client = createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
    expect(await states(client.iterate({ query }), imports)).toEqual(expected);
    client.dispose();
    expect(api.records.listAudit(1)[0]).toMatchObject({ action: "capture.import", user: "op" });
  });

  test("streams over a WebSocket, with errors in the API's form", async () => {
    const imports = new HandImports();
    await imports.submit(["/a.pcap"]);
    api = await startApi(undefined, { imports });
    const token = await api.token({ name: "op", role: "operator" });
    class TokenSocket extends WebSocket {
      constructor(url: string, protocols: string | string[]) {
        super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
      }
    }
    const client = createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 });
    expect(await states(client.iterate({ query }), imports)).toEqual(expected);
    const wrong = client.iterate({ query: 'subscription { importProgress(jobId: "none") { state } }' });
    const errors: unknown = await wrong.next().then((result) => result.value?.errors, (error: unknown) => error);
    expect(errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
    await client.dispose();
  });

  test.each([
    ["is revoked", async (token: string) => { api.access.revokeToken("op", "test"); return token; }],
    ["expires", async (token: string) => { api.clock.now += 86_400_001; return token; }],
    ["loses a right", async (token: string) => { api.users.set("op", { rights: { hideFiles: true } }, { name: "root", address: null, method: null }); return token; }],
    ["has a disabled user", async (token: string) => { await api.token({ name: "root", role: "administrator" }); api.users.setEnabled("op", false, { name: "root", address: null, method: null }); return token; }],
  ])("ends with a code over both transports when the token %s in the middle", async (_, end) => {
    const imports = new HandImports();
    await imports.submit(["/a.pcap"]);
    api = await startApi(undefined, { imports });
    const token = await api.token({ name: "op", role: "operator" });
    const sse = createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
    class TokenSocket extends WebSocket {
      constructor(url: string, protocols: string | string[]) {
        super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
      }
    }
    const socket = createSocketClient({ url: `${api.server.url.replace("http", "ws")}/graphql`, webSocketImpl: TokenSocket, retryAttempts: 0 });
    const codesOf = async (results: AsyncIterable<{ data?: unknown; errors?: readonly { extensions?: unknown }[] | undefined }>, onResult: () => void): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for await (const result of results) {
        seen.push(result.errors?.[0]?.extensions ?? "data");
        onResult();
      }
      return seen;
    };
    const began = new Set<number>();
    const both = [sse.iterate({ query }), socket.iterate({ query })].map((results, at) => codesOf(results, () => began.add(at)));
    await expect.poll(() => began.size).toBe(2);
    await end(token);
    // Whether or not anything happens, and nothing that happens after is told.
    imports.move({ id: "job0", state: "running", bytes: 50 });
    const ended = ["data", expect.objectContaining({ code: "UNAUTHENTICATED", retryable: false })];
    expect(await Promise.all(both)).toEqual([ended, ended]);
    sse.dispose();
    await socket.dispose();
  });

  test("is not asked for where single answers are given", async () => {
    api = await startApi(undefined, { imports: new HandImports() });
    const asked = await api.ask(await api.token({ name: "op", role: "operator" }), query);
    expect([asked.status, asked.errors[0]?.extensions["code"], asked.errors[0]?.message]).toEqual([400, "BAD_INPUT", expect.stringContaining("/graphql/stream")]);
  });

  test.each([
    ['{"query":"subscription { nope }"}', "BAD_INPUT", 200], ['{"query":"subscription {"}', "BAD_INPUT", 200], ['{"query":"{ me { name } }","operationName":"Other"}', "BAD_INPUT", 200],
    ['{"query":"query A { me { name } } query B { me { name } }"}', "BAD_INPUT", 200], [`{"query":"{ ${Array.from({ length: 60 }, (_, at) => `a${at}: me { name }`).join(" ")} }"}`, "LIMIT_EXCEEDED", 200],
    ['{"query":1}', "BAD_INPUT", 400], ["[]", "BAD_INPUT", 400], ["{}", "BAD_INPUT", 400], ['{"query":"{ me { name } }","variables":[]}', "BAD_INPUT", 400], ['{"query":"{ me { name } }","operationName":1}', "BAD_INPUT", 400], ["{", "BAD_INPUT", 400],
  ])("over server-sent events %s is refused with %s", async (body, code, status) => {
    api = await startApi(undefined, { imports: new HandImports() });
    const token = await api.token({ name: "op", role: "operator" });
    for (const accept of ["text/event-stream", "application/json, text/event-stream;q=0.5", "*/*"]) {
      const response = await fetch(`${api.server.url}/graphql/stream`, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept }, body });
      const text = await response.text();
      expect([response.status, [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, found]) => found)], text).toEqual([status, [code]]);
      if (status === 200) expect(text).toMatch(/event: complete/);
    }
  });

  test("over server-sent events the type of answer and of request are named where they are wrong, and a change needs POST", async () => {
    api = await startApi(undefined, { imports: new HandImports() });
    const headers = { authorization: `Bearer ${await api.token({ name: "op", role: "operator" })}` };
    const query = encodeURIComponent("{ me { name } }");
    const ask = async (path: string, init: RequestInit) => {
      const response = await fetch(`${api.server.url}/graphql/stream${path}`, { ...init, headers: { ...headers, ...init.headers } });
      return [response.status, /"code":"([A-Z_]+)"/.exec(await response.text())?.[1] ?? null];
    };
    expect(await ask(`?query=${query}`, {})).toEqual([200, null]);
    expect(await ask(`?query=${query}`, { headers: { accept: "application/json" } })).toEqual([400, "BAD_INPUT"]);
    expect(await ask(`?query=${query}&variables=[1]`, {})).toEqual([400, "BAD_INPUT"]);
    expect(await ask("", {})).toEqual([400, "BAD_INPUT"]);
    expect(await ask("", { method: "POST", headers: { "content-type": "text/plain", "x-lookback-csrf": "1" }, body: "{}" })).toEqual([400, "BAD_INPUT"]);
    expect(await ask(`?query=${encodeURIComponent('mutation { importCapture(paths: ["/a.pcap"]) { jobs { id } } }')}`, {})).toEqual([200, "BAD_INPUT"]);
  });

  test("needs the role", async () => {
    api = await startApi(undefined, { imports: new HandImports() });
    const token = await api.token({ name: "ana", role: "analyst" });
    const client = createSseClient({ url: `${api.server.url}/graphql/stream`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
    const results: unknown[] = [];
    for await (const result of client.iterate({ query })) results.push(result);
    client.dispose();
    expect(results).toMatchObject([{ errors: [{ extensions: { code: "FORBIDDEN" } }] }]);
  });

  test("is refused to nobody and to other sites", async () => {
    api = await startApi();
    await api.token({ name: "ana", role: "analyst" });
    const cookie = await logIn();
    const upgrade = (headers: Record<string, string>, path = "/graphql") => new Promise<string>((resolve) => {
      const socket = new WebSocket(`${api.server.url.replace("http", "ws")}${path}`, "graphql-transport-ws", { headers });
      socket.on("open", () => { socket.close(); resolve("open"); });
      socket.on("error", (error) => { resolve(error.message); });
    });
    expect(await upgrade({})).toContain("401");
    expect(await upgrade({ cookie, origin: "https://evil.example" })).toContain("403");
    expect(await upgrade({ cookie }, "/other")).toContain("404");
    expect(await upgrade({ cookie, origin: api.server.url })).toBe("open");
  });
});

describe("downloads", () => {
  const key = Buffer.alloc(32, 3);
  const content = Buffer.from("0123456789");
  let startedMs = TEST_NOW_MS;

  async function start(): Promise<string> {
    const path = join(temporaryDirectory(), "x.pcap");
    writeFileSync(path, content);
    startedMs = TEST_NOW_MS;
    api = await startApi(undefined, {
      downloads: {
        publicKey: { keyId: "k", publicPem: "pem" },
        openLink: async (grant, signature) => {
          verifyDownload(key, grant, signature, api.clock.now, 3_600_000);
          return { id: grant.exportId, user: grant.user, path, manifestPath: path, fileName: 'a"b.pcap', bytes: content.length, sha256: "ab".repeat(32), contentType: "application/vnd.tcpdump.pcap", startedMs };
        },
      },
    });
    return `Bearer ${await api.token({ name: "ana", role: "analyst" })}`;
  }

  test("give the file, ranges of it, and nothing when it is known", async () => {
    const authorization = await start();
    const url = api.server.url + downloadPath(key, { exportId: "e1", user: "ana", expiresMs: TEST_NOW_MS + 1_000 });
    const whole = await fetch(url, { headers: { authorization } });
    expect([whole.status, await whole.text(), whole.headers.get("content-disposition"), whole.headers.get("content-type")])
      .toEqual([200, "0123456789", 'attachment; filename="a_b.pcap"', "application/vnd.tcpdump.pcap"]);
    const etag = whole.headers.get("etag") ?? "";
    expect(etag).toBe(`"${"ab".repeat(32)}"`);
    const part = await fetch(url, { headers: { authorization, range: "bytes=2-4" } });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, "234", "bytes 2-4/10"]);
    const changed = await fetch(url, { headers: { authorization, range: "bytes=2-4", "if-range": '"other"' } });
    expect([changed.status, await changed.text()]).toEqual([200, "0123456789"]);
    expect((await fetch(url, { headers: { authorization, "if-none-match": etag, "cache-control": "max-age=0" } })).status).toBe(304);
    expect((await fetch(url, { headers: { authorization, range: "bytes=20-" } })).status).toBe(416);
    expect(api.records.listAudit(5).some((entry) => entry.action === "export.download" && entry.user === "ana")).toBe(true);
    expect((await fetch(url.replace("/download?", "/manifest?"), { headers: { authorization } })).status).toBe(200);
    expect(api.records.listAudit(1)).toMatchObject([{ user: "ana", action: "export.manifest", address: "127.0.0.1", method: "token", details: { export: "e1" } }]);
  });

  test("are refused when altered, expired, of another user, or without the role", async () => {
    const authorization = await start();
    const good = downloadPath(key, { exportId: "e1", user: "ana", expiresMs: TEST_NOW_MS + 1_000 });
    const other = `Bearer ${await api.token({ name: "bob", role: "analyst" })}`;
    const viewer = `Bearer ${await api.token({ name: "vic", role: "viewer" })}`;
    const get = async (path: string, who = authorization) => {
      const response = await fetch(api.server.url + path, { headers: { authorization: who } });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await get(good.replace("/e1/", "/e2/"))).toEqual([403, "LINK_INVALID"]);
    expect(await get(good.replace(/expires=\d+/, "expires=9999999999999"))).toEqual([403, "LINK_INVALID"]);
    expect(await get(good, other)).toEqual([403, "LINK_INVALID"]);
    expect(await get(good.replace("user=ana", "user=bob"), other)).toEqual([403, "LINK_INVALID"]);
    expect(await get("/api/exports/e1/download")).toEqual([403, "LINK_INVALID"]);
    expect(await get(good, viewer)).toEqual([403, "FORBIDDEN"]);
    api.clock.now += 1_000;
    expect(await get(good)).toEqual([403, "LINK_INVALID"]);
  });

  test("are refused by clocks that were set back, beyond five minutes", async () => {
    const authorization = await start();
    const path = downloadPath(key, { exportId: "e1", user: "ana", expiresMs: TEST_NOW_MS + 3_600_000 });
    const get = async () => {
      const response = await fetch(api.server.url + path, { headers: { authorization } });
      return [response.status, /"code":"\w+","message":"[^"]*/.exec(await response.text())?.[0] ?? ""];
    };
    api.clock.now -= 5 * 60_000;
    expect(await get()).toEqual([200, ""]);
    api.clock.now -= 1;
    expect(await get()).toEqual([403, expect.stringMatching(/LINK_INVALID.*the clock was set back; ask for a new one/)]);
  });

  test("of exports made before the user's rights changed are refused", async () => {
    const authorization = await start();
    const path = downloadPath(key, { exportId: "e1", user: "ana", expiresMs: TEST_NOW_MS + 10_000 });
    api.clock.now += 1;
    api.users.set("ana", { forcedExpression: "protocols == dns" }, { name: "root", address: null, method: null });
    for (const which of [path, path.replace("/download?", "/manifest?")]) {
      const response = await fetch(api.server.url + which, { headers: { authorization } });
      expect([response.status, await response.text()]).toEqual([403, expect.stringMatching(/FORBIDDEN.*before your rights changed; make it again/)]);
    }
    startedMs = api.clock.now;
    expect((await fetch(api.server.url + path, { headers: { authorization } })).status).toBe(200);
  });
});

test("users make and end tokens and change their password, by a login with the password only", async () => {
  api = await startApi();
  const given = await api.token({ name: "ana", role: "analyst" });
  const cookie = await logIn();
  const ask = async (query: string) => {
    const response = await fetch(`${api.server.url}/graphql`, { method: "POST", headers: { cookie, "content-type": "application/json" }, body: JSON.stringify({ query }) });
    return (await response.json()) as { data?: Record<string, any>; errors?: { extensions: { code: string } }[] }; // oxlint-disable-line no-explicit-any -- a test reads what it asked for
  };
  const made = await ask('mutation { createToken(name: "ci", days: 1) { secret token { name expires } } }');
  expect(made.data?.["createToken"].token).toEqual({ name: "ci", expires: new Date(TEST_NOW_MS + 86_400_000).toISOString() });
  const secret: string = made.data?.["createToken"].secret;
  expect((await api.ask(secret, "{ tokens { tokens { name } } }")).data["tokens"].tokens.map((token: { name: string }) => token.name).sort()).toEqual(["ci", "test"]);
  for (const mutation of ['createToken(name: "more") { secret }', 'revokeToken(name: "ci") { asOf }', 'changePassword(present: "a long password", next: "another password") { name }']) {
    expect((await api.ask(secret, `mutation { ${mutation} }`)).errors[0]?.extensions["code"], mutation).toBe("FORBIDDEN");
  }
  expect((await ask('mutation { createToken(name: "long", days: 367) { secret } }')).errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  expect((await ask('mutation { revokeToken(name: "ci") { tokens { name } } }')).data?.["revokeToken"].tokens).toEqual([{ name: "test" }]);
  expect((await api.ask(secret, "{ me { name } }")).status).toBe(401);
  expect((await ask('mutation { changePassword(present: "wrong password", next: "another password") { name } }')).errors?.[0]?.extensions.code).toBe("LOGIN_FAILED");
  expect((await ask('mutation { changePassword(present: "a long password", next: "short") { name } }')).errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  expect((await ask('mutation { changePassword(present: "a long password", next: "another password") { name } }')).data).toEqual({ changePassword: { name: "ana" } });
  expect((await api.ask(given, "{ me { name } }")).status).toBe(401);
  await logIn("ana", "another password");
});

test("the first start makes an administrator who can log in over HTTP", async () => {
  api = await startApi();
  const first = await new AccessService(api.records, { nowMs: () => api.clock.now }).firstStart();
  expect(await logIn(first?.name, first?.password)).toMatch(/^lookback_login=/);
});
