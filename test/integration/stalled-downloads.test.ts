import { truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import express from "express";
import { afterEach, expect, it } from "vitest";
import { AccessService } from "../../src/access/access-service.js";
import { MemoryAccessRecords } from "../../src/access/memory-records.js";
import { downloadRoutes } from "../../src/http/downloads.js";
import { setPrincipal } from "../../src/http/principal.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const clock = { nowMs: () => 1_000 };
/** More than the buffers of a connection hold. */
const BYTES = 64 << 20;
let end = (): void => {};

afterEach(() => { end(); });

/** A server of one large file, whose clients may take nothing for as long, and a client that reads nothing unless it is resumed. */
async function begin(stallMs: number, route: "download" | "manifest"): Promise<{ readonly socket: Socket; readonly closed: () => boolean }> {
  const path = join(temporaryDirectory(), "x.pcap");
  writeFileSync(path, "");
  truncateSync(path, BYTES);
  const access = new AccessService(new MemoryAccessRecords(), clock);
  const user = await access.putUser({ name: "ana", password: null, role: "analyst", loginBy: "header" });
  const routes = downloadRoutes(access, {
    publicKey: { keyId: "k", publicPem: "pem" },
    openLink: ({ exportId: id }) => Promise.resolve({ id, user: "ana", path, manifestPath: path, fileName: "x.pcap", bytes: BYTES, sha256: "ab", contentType: "application/x", startedMs: 1_000 }),
  }, stallMs);
  const app = express();
  let closed = false;
  app.use((request, response, next) => {
    setPrincipal(request, { user, method: "header", credentialHash: "", scopes: null });
    response.once("close", () => { closed = true; });
    next();
  });
  for (const { path: at, handlers } of routes) app.get(at, ...handlers);
  const server = createServer(app);
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  end = () => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  };
  socket.pause();
  socket.write(`GET /api/exports/e/${route}?user=ana&expires=1&signature=s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return { socket, closed: () => closed };
}

it.each(["download", "manifest"] as const)("a %s whose client takes nothing any more is cut off", async (route) => {
  const { closed } = await begin(50, route);
  await expect.poll(closed, { timeout: 10_000 }).toBe(true);
});

it("one whose client reads gets all of it", async () => {
  const { socket } = await begin(10_000, "download");
  let bytes = 0;
  socket.on("data", (piece: Buffer) => { bytes += piece.length; });
  socket.resume();
  await new Promise((resolve) => socket.once("end", resolve));
  expect(bytes).toBeGreaterThan(BYTES);
});
