import { createConnection } from "node:net";
import { expect, it } from "vitest";
import { openLivenessPort } from "../../../src/app/liveness-port.js";

it("takes connections and ends them, and is not there twice", async () => {
  const opened = await openLivenessPort(0);
  const ended = await new Promise<string>((resolve, reject) => {
    const socket = createConnection({ port: opened.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", reject).on("data", () => { reject(new Error("it speaks")); }).on("end", () => { resolve("ended"); });
  });
  expect(ended).toBe("ended");
  await expect(openLivenessPort(opened.port)).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringMatching(/tcpHealthCheckPort=\d+ cannot be listened on: EADDRINUSE/) });
  await opened.close();
  await (await openLivenessPort(opened.port)).close();
});
