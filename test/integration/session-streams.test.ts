import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";
import { connect } from "node:net";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.js";
import { LookbackError } from "../../src/base/errors.js";
import type { Exports } from "../../src/graphql/services.js";
import { silentLogger } from "../../src/base/logger.js";
import { CertificateFiles } from "../../src/http/certificate-files.js";
import { startApi, type ApiServer } from "../support/api-server.js";
import { selfSigned } from "../support/self-signed.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let api: ApiServer | null = null;

afterEach(async () => {
  await api?.server.stop();
  api = null;
});

/** Exports of which only streams are tested. */
function streaming(send: Exports["send"]): Exports {
  const none = (): never => { throw new LookbackError("INTERNAL", "not tested here"); };
  return { send, create: none, get: none, list: none, cancel: none, retry: none, delete: none, estimate: none, events: none, link: none, manifestLink: none };
}

/** An export that writes until its reader fails; tells how much was taken and what ended it. */
function endless() {
  const seen = { pieces: 0, ended: null as unknown, running: 0 };
  const exports = streaming(async (_request, context, target) => {
    target.begin({ format: "pcap", contentType: "application/vnd.tcpdump.pcap", missingPackets: 0 });
    seen.running += 1;
    try {
      for (;;) {
        await target.write(Buffer.alloc(1 << 20));
        seen.pieces += 1;
        if (context.signal.aborted) throw new LookbackError("QUERY_CANCELLED", "cancelled");
      }
    } catch (error) {
      seen.ended = error;
      throw error;
    } finally {
      seen.running -= 1;
    }
  });
  return { seen, exports };
}

/** An export that sends half of what it has, and fails once that was read. */
function failing(isRead: Promise<unknown> = Promise.resolve()): Exports {
  return streaming(async (_request, _context, target) => {
    target.begin({ format: "pcap", contentType: "application/vnd.tcpdump.pcap", missingPackets: 0 });
    await target.write(Buffer.from("half"));
    await isRead;
    throw new LookbackError("STORE_DAMAGED", "a segment does not read back");
  });
}

async function open(url: string, token: string) {
  const asked = request(`${url}/api/sessions.pcap?start=0`, { headers: { authorization: `Bearer ${token}` } });
  asked.on("error", () => {});
  asked.end();
  const [response] = await once(asked, "response") as [IncomingMessage];
  return { asked, response };
}

it("a reader that does not read slows the export down, and one that leaves ends it", async () => {
  const { seen, exports } = endless();
  api = await startApi(undefined, { exports });
  const { asked, response } = await open(api.server.url, await api.token({ name: "ann", role: "analyst" }));
  response.pause();
  // Buffers of the connection fill up, and then nothing more is taken.
  let before = -1;
  await expect.poll(() => {
    const same = before === seen.pieces && seen.pieces > 0;
    before = seen.pieces;
    return same;
  }, { timeout: 20_000, interval: 200 }).toBe(true);
  expect(seen.pieces).toBeLessThan(64);
  expect(seen.ended).toBeNull();
  asked.destroy();
  await expect.poll(() => seen.ended, { timeout: 20_000 }).toMatchObject({ code: "QUERY_CANCELLED" });
  expect(seen.running).toBe(0);
  // What was sent was seen: the audit log has it.
  const server = api;
  await expect.poll(() => server.records.listAudit(5).find(({ action }) => action === "export.stream")?.details, { timeout: 20_000 }).toMatchObject({ format: "pcap", complete: false });
});

it("a server that stops ends streams, and the reader sees that the file is not whole", async () => {
  const { seen, exports } = endless();
  api = await startApi(undefined, { exports });
  const { response } = await open(api.server.url, await api.token({ name: "ann", role: "analyst" }));
  const ended = new Promise<string>((resolve) => {
    response.on("data", () => {});
    response.on("error", (error) => { resolve(error.message); });
    response.on("end", () => { resolve("whole"); });
  });
  await api.server.stop();
  api = null;
  expect(await ended).not.toBe("whole");
  expect(seen.running).toBe(0);
});

it("an export that fails in the middle is cut off, never ended in order", async () => {
  api = await startApi(undefined, { exports: failing() });
  const token = await api.token({ name: "ann", role: "analyst" });
  const response = await fetch(`${api.server.url}/api/sessions.pcap?start=0`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow();
});

it("a client of HTTP/1.0, to which the end of the connection is the end of the file, sees a failure as well", async () => {
  let read = (): void => {};
  api = await startApi(undefined, { exports: failing(new Promise<void>((resolve) => { read = resolve; })) });
  const token = await api.token({ name: "ann", role: "analyst" });
  const socket = connect({ host: "127.0.0.1", port: api.server.port });
  const ended = new Promise<string>((resolve) => {
    socket.on("error", (error) => { resolve(error.message); });
    socket.on("end", () => { resolve("whole"); });
  });
  socket.on("data", (bytes: Buffer) => { if (bytes.toString().endsWith("half")) read(); });
  socket.write(`GET /api/sessions.pcap?start=0 HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  expect(await ended).toContain("ECONNRESET");
});

it("over TLS it is cut off as well", async () => {
  const { cert, key } = selfSigned("x");
  const directory = temporaryDirectory();
  const [certFile, keyFile] = [path.join(directory, "cert.pem"), path.join(directory, "key.pem")];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  const certificate = new CertificateFiles(certFile, keyFile, systemClock, silentLogger);
  api = await startApi(undefined, { exports: failing(), http: { certificate } });
  const token = await api.token({ name: "ann", role: "analyst" });
  const asked = secureRequest(`${api.server.url}/api/sessions.pcap?start=0`, { ca: cert, checkServerIdentity: () => undefined, headers: { authorization: `Bearer ${token}` } }).end();
  const [response] = await once(asked, "response") as [IncomingMessage];
  response.resume();
  await expect(once(response, "end")).rejects.toThrow("aborted");
});

it("a user who may not export gets no packets", async () => {
  api = await startApi(undefined, { exports: endless().exports });
  const token = await api.token({ name: "vic", role: "viewer" });
  const response = await fetch(`${api.server.url}/api/sessions.pcap?start=0`, { headers: { authorization: `Bearer ${token}` } });
  expect([response.status, await response.json()]).toMatchObject([403, { error: { code: "FORBIDDEN" } }]);
});
