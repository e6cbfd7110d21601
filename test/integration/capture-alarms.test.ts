import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { systemClock } from "../../src/base/clock.js";
import { CaptureRunRecord } from "../../src/capture/capture-run.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer | null = null;
afterEach(async () => { await running?.stop(); });

it("who serves tells webhooks, health and metrics that the capture beside it cannot go on", async () => {
  const data = path.join(temporaryDirectory(), "data");
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    request.on("data", (part: Buffer) => { told.push(part.toString()); });
    request.on("end", () => { response.writeHead(204).end(); });
  });
  await new Promise<void>((resolve) => { receiver.listen(0, "127.0.0.1", resolve); });
  try {
    const webhookUrls = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    running = await runServer(data, [path.resolve("examples/first-look.pcap")], { set: { webhookUrls } });
    const { server, headers } = running;
    const healthy = async () => (await fetch(`${server.url}/healthz`)).status;
    expect(await healthy()).toBe(200);
    const catalogue = openCatalogue(data, systemClock);
    const run = new CaptureRunRecord({ settings: catalogue.settings, clock: systemClock, logger: silentLogger, node: "n", interfaces: "eth0" });
    run.failed(new Error("the interface is gone"));
    await expect.poll(() => told, { timeout: 20_000 }).toEqual([expect.stringMatching(/"kind":"capture-down","phase":"began","subject":"n\/eth0".*"reason":"the interface is gone"/)]);
    await expect.poll(healthy, { timeout: 20_000 }).toBe(503);
    expect(await (await fetch(`${server.url}/metrics`, { headers })).text()).toMatch(/^lookback_capture_up\{node="n"\} 0$/m);
    run.end();
    catalogue.close();
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
