import { maxHeaderSize } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/graphql/limits.js";
import type { Route } from "../../src/http/routes.js";
import { unreadableRequest } from "../../src/http/unreadable-requests.js";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;
let token = "";

beforeAll(async () => {
  api = await startApi(undefined, { logins: { passwords: true, oidc: null, secureCookies: "auto", message: "<img src=x onerror=alert(1)>" } });
  token = await api.token({ name: "ana", role: "administrator" });
});

afterAll(() => api.server.stop());

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly text: string;
}

async function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await fetch(api.server.url + path, { method: "POST", redirect: "manual", headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers }, body });
  const text = await response.text();
  return { status: response.status, code: /"code":"(\w+)"/.exec(text)?.[1] ?? null, text };
}

/** Bytes as they are on a connection, for what no client library would send; others follow once an answer has begun. */
function raw(text: string, afterwards: string | null = null): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.server.port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      answer += chunk;
      if (afterwards !== null) socket.write(afterwards);
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("bodies", () => {
  test.each(["/graphql", "/graphql/stream", "/login"])("of 10 MB are refused by %s without being read to the end", async (path) => {
    const answer = await post(path, JSON.stringify({ query: "x".repeat(10 * 1024 * 1024) }));
    expect(answer).toMatchObject({ status: 413, code: "LIMIT_EXCEEDED" });
  });

  test("that unpack to more than may be sent are refused", async () => {
    const { gzipSync } = await import("node:zlib");
    const response = await fetch(`${api.server.url}/graphql`, {
      method: "POST", headers: { "content-type": "application/json", "content-encoding": "gzip", authorization: `Bearer ${token}` }, body: gzipSync(JSON.stringify({ query: "x".repeat(50 * 1024 * 1024) })),
    });
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining("LIMIT_EXCEEDED")]);
  });

  test("of many operations at once are refused, whatever the number", async () => {
    for (const count of [1, 2, 5_000]) {
      expect(await post("/graphql", JSON.stringify(Array.from({ length: count }, () => ({ query: "{ me { name } }" }))))).toMatchObject({ status: 400, code: "BAD_INPUT" });
    }
  });

  test("of many operations in one document run the one that is named, and none when none is", async () => {
    const query = Array.from({ length: 300 }, (_, at) => `query q${at} { me { name } }`).join(" ");
    expect(await post("/graphql", JSON.stringify({ query }))).toMatchObject({ status: 400, code: "BAD_INPUT" });
    expect(await post("/graphql", JSON.stringify({ query, operationName: "q7" }))).toMatchObject({ status: 200, code: null });
  });
});

describe("operations", () => {
  const codeOf = async (query: string): Promise<[number, string | null]> => {
    const { status, code } = await post("/graphql", JSON.stringify({ query }));
    return [status, code];
  };

  test("of too many aliases are refused", async () => {
    expect(await codeOf(`{ ${Array.from({ length: LIMITS.aliases + 1 }, (_, at) => `a${at}: me { name }`).join(" ")} }`)).toEqual([400, "LIMIT_EXCEEDED"]);
  });

  test("of fragments in fragments are refused, deep, doubling or in a circle", async () => {
    const chain = (length: number, times: number): string => `{ ...f0 } ${Array.from({ length }, (_, at) => `fragment f${at} on Query { ${`...f${at + 1} `.repeat(times)} }`).join(" ")} fragment f${length} on Query { me { name } }`;
    expect(await codeOf(chain(40, 2))).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(await codeOf("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")).toEqual([400, "LIMIT_EXCEEDED"]);
    expect(await codeOf(`{ ${"... on Query { ".repeat(500)} me { name } ${"}".repeat(500)} }`)).toEqual([200, null]);
    expect(await codeOf(`{ ${"a { ".repeat(1_000)} b ${"}".repeat(1_000)} }`)).toEqual([400, "LIMIT_EXCEEDED"]);
  });

  test("that ask for the schema are answered to users, and to nobody else", async () => {
    const query = "{ __schema { types { name } } }";
    expect((await post("/graphql", JSON.stringify({ query }))).text).toContain("SessionConnection");
    for (const path of ["/graphql", "/graphql/stream"]) {
      const nobody = await post(path, JSON.stringify({ query }), { authorization: "" });
      expect(nobody).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
      expect(nobody.text).not.toContain("SessionConnection");
    }
  });
});

describe("paths", () => {
  const climbs = ["../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cetc%5cpasswd", "....//....//etc/passwd", "%00/etc/passwd", "..%c0%af..%c0%afetc/passwd", "%252e%252e%252fetc%252fpasswd"];

  test("that climb out of any route find nothing, with a login and without", async () => {
    const routes: readonly Route[] = api.server.routes;
    for (const { path } of routes) {
      for (const climb of climbs) {
        for (const target of [`${path.replace(":id", climb)}`, `${path.replace(":id", "x")}/${climb}`]) {
          for (const credential of [`Authorization: Bearer ${token}\r\n`, ""]) {
            if (target === path) continue;
            const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\n${credential}Connection: close\r\n\r\n`);
            const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
            expect([400, 401, 403, 404], `${target}: ${answer.slice(0, 200)}`).toContain(status);
            expect(answer).not.toContain("root:");
          }
        }
      }
    }
  });
});

describe("headers", () => {
  test("cannot be added through what a client gives", async () => {
    const evil = "/x\r\nSet-Cookie: stolen=1\r\n\r\n<script>";
    const page = await fetch(`${api.server.url}/login?next=${encodeURIComponent(evil)}`);
    expect([page.headers.get("set-cookie"), (await page.text()).includes('value="/"')]).toEqual([null, true]);
    const away = await fetch(`${api.server.url}/${encodeURIComponent(evil)}`, { headers: { accept: "text/html" }, redirect: "manual" });
    expect([away.status, away.headers.get("set-cookie"), away.headers.get("location")?.includes("\n")]).toEqual([303, null, false]);
    const form = await fetch(`${api.server.url}/login`, {
      method: "POST", redirect: "manual", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ user: "ana", password: "a long password", next: evil }).toString(),
    });
    expect([form.status, form.headers.get("location"), form.headers.getSetCookie().length]).toEqual([303, "/", 1]);
  });

  test("that smuggle, repeat or break the rules of HTTP are refused", async () => {
    const bearer = `Authorization: Bearer ${token}\r\n`;
    const statusOf = async (head: string, body = "") => Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(`${head}Connection: close\r\n\r\n${body}`))?.[1]);
    expect(await statusOf(`POST /graphql HTTP/1.1\r\nHost: x\r\n${bearer}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, "0\r\n\r\n")).toBe(400);
    expect(await statusOf(`POST /graphql HTTP/1.1\r\nHost: x\r\n${bearer}Content-Length: 4\r\nContent-Length: 5\r\n`, "{}  ")).toBe(400);
    expect(await statusOf(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(70_000)}\r\n`)).toBe(431);
    expect(await statusOf(`GET / HTTP/1.1\r\nHost: x\r\n${bearer}X-A: a\u0000b\r\n`)).toBe(400);
    expect(await statusOf(`GET / HTTP/1.1\r\n${bearer}`)).toBe(400);
  });
});

describe("requests that no route sees", () => {
  test("have a code like all others, once, however much more comes", async () => {
    const [head = "", body = ""] = (await raw(`GET /api/sessions.csv?ids=${"a".repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 431 .*Connection: close$/s);
    expect(JSON.parse(body)).toEqual({ error: { code: "LIMIT_EXCEEDED", message: `the request's address and headers have more than ${maxHeaderSize} bytes; send long expressions and lists by POST, as JSON`, retryable: false } });
    expect(await raw("this is no HTTP\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*\{"error":\{"code":"BAD_INPUT","message":"[^"]+","retryable":false\}\}$/s);
  });

  test("end the connection in the middle of an answer, and write nothing into it", async () => {
    const operation = JSON.stringify({ query: "subscription { sessionsArriving { more } }" });
    const answer = await raw(`POST /graphql/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${operation.length}\r\n\r\n${operation}`, "this is no HTTP\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toContain("HTTP/1.1 400");
  });

  test.each([["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413], ["ERR_HTTP_REQUEST_TIMEOUT", 408], ["HPE_INVALID_METHOD", 400], ["ECONNRESET", null], ["ERR_SSL_HTTP_REQUEST", null], [null, null]])("of Node's %s are answered with %s", (code, status) => {
    expect(unreadableRequest(code)?.status ?? null).toBe(status);
  });
});

describe("stored markup", () => {
  test("is text on every page that shows it", async () => {
    const pages = [
      await fetch(`${api.server.url}/login`),
      await fetch(`${api.server.url}/login`, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "user=%3Cscript%3E&password=x&next=%22%3E%3Cscript%3E" }),
    ];
    for (const page of pages) {
      const text = await page.text();
      expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
      expect(text).not.toMatch(/<script|<img/);
      expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    }
  });

  test("cannot be a user's name, the one stored text that a page shows", async () => {
    expect(await post("/graphql", JSON.stringify({ query: 'mutation { createUser(name: "<b>x</b>") { user { name } } }' }))).toMatchObject({ code: "BAD_INPUT" });
  });

  test("in answers is JSON that no browser shows as a page", async () => {
    const response = await fetch(`${api.server.url}/graphql?query=${encodeURIComponent('{ session(id: "<script>alert(1)</script>") { session { id } } }')}`, { headers: { authorization: `Bearer ${token}`, "apollo-require-preflight": "1", accept: "*/*" } });
    expect(response.headers.get("content-type")).toMatch(/^application\/(graphql-response\+)?json/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });
});
