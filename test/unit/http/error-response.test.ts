import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { LookbackClient } from "../../../src/client/client.js";
import { errorHandler } from "../../../src/http/error-response.js";

it.each([
  [new LookbackError("RATE_LIMITED", "3 exports are being streamed", { limit: 3, retryAfterSeconds: 5 }), true, { retryAfterSeconds: 5 }, "5"],
  [new LookbackError("SHUTTING_DOWN", "the service is stopping"), true, {}, null],
  [new LookbackError("NOT_FOUND", "there is no export", { id: "x" }), false, {}, null],
])("%s is to the client what it says of a later try", async (error, retryable, details, header) => {
  const app = express().get("/fails", () => { throw error; });
  const server = app.use(errorHandler(silentLogger)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect((await fetch(`${url}/fails`)).headers.get("retry-after")).toBe(header);
    await expect(new LookbackClient({ url, token: "t" }).download("/fails")).rejects.toMatchObject({ code: error.code, message: error.message, retryable, details });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
