import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startApi, type ApiServer } from "../support/api-server.js";

let api: ApiServer;

afterEach(() => api.server.stop());

describe("a server that stops does not wait for", () => {
  function connected(headers: string): Socket {
    const socket = connect({ host: "127.0.0.1", port: api.server.port, allowHalfOpen: true });
    socket.on("error", () => {});
    socket.write(`GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n${headers}\r\n`);
    return socket;
  }
  const firstLine = (socket: Socket): Promise<string> => new Promise((resolve) => { socket.once("data", (bytes) => { resolve(bytes.toString().split("\r\n")[0] ?? ""); }); });

  test("a WebSocket client that never answers the close", { timeout: 10_000 }, async () => {
    api = await startApi();
    const socket = connected(`Authorization: Bearer ${await api.token({ name: "ana", role: "analyst" })}\r\n`);
    expect(await firstLine(socket)).toContain("101");
    await api.server.stop();
    socket.destroy();
  });

  test("a client whose upgrade was refused and who holds the connection", { timeout: 10_000 }, async () => {
    api = await startApi(undefined, { drainMs: 50 });
    const socket = connected("");
    expect(await firstLine(socket)).toContain("401");
    await api.server.stop();
    socket.destroy();
  });
});
