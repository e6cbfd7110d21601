import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { runServer, type RunningServer } from "../support/running-server.js";
import { selfSigned } from "../support/self-signed.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer | null = null;
afterEach(async () => { await running?.stop(); });

it("a webhook behind a certificate of one's own is told where caTrustFile names its authority", async () => {
  const directory = temporaryDirectory();
  const own = selfSigned("receiver");
  const told: string[] = [];
  const receiver = createServer(own, (request, response) => {
    request.on("data", (part: Buffer) => { told.push(part.toString()); });
    request.on("end", () => { response.writeHead(204).end(); });
  });
  await new Promise<void>((resolve) => { receiver.listen(0, "127.0.0.1", resolve); });
  try {
    const caTrustFile = path.join(directory, "own.pem");
    writeFileSync(caTrustFile, own.cert);
    const webhookUrls = `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    running = await runServer(path.join(directory, "data"), [path.resolve("examples/first-look.pcap")], { set: { caTrustFile, webhookUrls } });
    await running.graphql('mutation { createExport(expression: "protocols == dns") { id } }');
    await expect.poll(() => told, { timeout: 20_000 }).toEqual([expect.stringContaining('"kind":"export-ready"')]);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
