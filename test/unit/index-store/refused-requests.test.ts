import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cluster } from "../../../src/index-store/elasticsearch/cluster.js";

let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(429, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { root_cause: [{ type: "circuit_breaking_exception", reason: "too large" }], type: "circuit_breaking_exception", reason: "too large" }, status: 429 }));
    });
  });
  await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  await new Promise((closed) => { server.close(closed); });
});

// A copy of a refused request, byte by byte into an object, took a gigabyte for six megabytes.
test("of a refused request nothing but what the cluster said is kept", async () => {
  const cluster = new Cluster({ urls: [url.replace("http://", "http://writer:s3cret@")], auth: null, authority: null, clientCertificate: null, compress: false });
  const lines = Buffer.from('{"create":{"_index":"sessions3-251101","_id":"1"}}\n{}\n');
  let read = false;
  Object.defineProperty(lines, "everyProperty", { enumerable: true, get: () => { read = true; return null; } });
  const refused: unknown = await cluster.request({ method: "POST", path: "/_bulk", lines }, { signal: null, timeoutMs: 10_000 }).catch((error: unknown) => error);
  await cluster.close();
  expect(refused).toMatchObject({ code: "QUERY_MEMORY" });
  expect(JSON.stringify(refused, ["code", "message", "details", "cause", "stack"])).not.toContain("s3cret");
  expect((refused as Error).cause).toBeTypeOf("string");
  expect(read).toBe(false);
});
