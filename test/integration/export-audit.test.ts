import { once } from "node:events";
import { copyFileSync, truncateSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer;
/** Imported in place, and cut by the last test. */
let capture: string;
beforeAll(async () => {
  capture = path.join(temporaryDirectory(), "first-look.pcap");
  copyFileSync("examples/first-look.pcap", capture);
  running = await runServer(temporaryDirectory(), [capture]);
});
afterAll(() => running.stop());

const entries = async (): Promise<readonly unknown[]> =>
  at((await running.graphql('{ auditLog(action: "export") { entries { user action address method outcome durationMs details } } }')).data, "auditLog", "entries") as readonly unknown[];

it("an export is in the audit log from request to download, with query, counts and duration", async () => {
  const id = String(at((await running.graphql('mutation { createExport(expression: "protocols == dns") { id } }')).data, "createExport", "id"));
  await expect.poll(async () => at((await running.graphql(`{ export(id: "${id}") { state } }`)).data, "export", "state"), { timeout: 30_000 }).toBe("DONE");
  const job = (await running.graphql(`{ export(id: "${id}") { sessions packets bytes downloadUrl } }`)).data;
  const [sessions, packets, bytes] = ["sessions", "packets", "bytes"].map((name) => at(job, "export", name));
  expect((await fetch(running.server.url + String(at(job, "export", "downloadUrl")), { headers: running.headers })).status).toBe(200);
  const streamed = await fetch(`${running.server.url}/api/sessions.pcap?expression=${encodeURIComponent("protocols == dns")}`, { headers: running.headers });
  const sent = (await streamed.arrayBuffer()).byteLength;
  await expect.poll(async () => (await entries()).length).toBe(4);
  expect(await entries()).toMatchObject([
    { user: "admin", action: "export.stream", outcome: "ok", address: "127.0.0.1", method: "cookie", durationMs: expect.any(Number), details: { query: "protocols == dns", sessions, packets, missingPackets: 0, bytes: sent, complete: true } },
    { user: "admin", action: "export.download", outcome: "ok", address: "127.0.0.1", method: "cookie", details: { export: id, bytes } },
    { user: "admin", action: "export.finish", outcome: "ok", durationMs: expect.any(Number), details: { export: id, query: "protocols == dns", sessions, packets, bytes, missingPackets: 0 } },
    { user: "admin", action: "export.create", outcome: "ok", address: "127.0.0.1", method: "cookie", details: { export: id, query: "protocols == dns", format: "pcap" } },
  ]);
});

it("a stream of packets that are gone says how many they are: before its first byte, after its last one, and in the audit log", async () => {
  truncateSync(capture, 24);
  const asked = request(`${running.server.url}/api/sessions.pcap?expression=${encodeURIComponent("protocols == dns")}`, { headers: running.headers }).end();
  const [response] = await once(asked, "response") as [IncomingMessage];
  let bytes = 0;
  response.on("data", (piece: Buffer) => { bytes += piece.length; });
  await once(response, "end");
  expect([response.statusCode, bytes]).toEqual([200, 24]);
  const missing = Number(response.headers["x-lookback-missing-packets"]);
  expect(missing).toBeGreaterThan(0);
  expect(response.trailers).toEqual({ "x-lookback-missing-packets-total": String(missing) });
  await expect.poll(async () => at(await entries(), 0)).toMatchObject({ action: "export.stream", details: { packets: 0, missingPackets: missing, complete: true } });
});
