import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkLogins } from "../../../src/app/logins.js";
import { outgoingFetch } from "../../../src/app/outgoing.js";
import { loadConfig, type LookbackConfig } from "../../../src/config/config.js";
import { selfSigned } from "../../support/self-signed.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const directory = temporaryDirectory();
const own = selfSigned("receiver");
const server = createServer(own, (request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => { body += part.toString(); });
  request.on("end", () => {
    if (request.url === "/moved") response.writeHead(302, { location: "/" }).end();
    else if (request.url === "/nothing") response.writeHead(204).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ method: request.method, type: request.headers["content-type"], body }));
  });
});
let url = "";

function config(caTrustFile: string | null): LookbackConfig {
  const file = join(directory, "config.ini");
  writeFileSync(file, caTrustFile === null ? "[default]\n" : `[default]\ncaTrustFile=${caTrustFile}\n`);
  return loadConfig({ file, node: "test", environment: {}, workingDirectory: "/" });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(directory, "own.pem"), `# ours\n${selfSigned("another").cert}${own.cert}`);
  writeFileSync(join(directory, "empty.pem"), "no certificate");
  writeFileSync(join(directory, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
});
afterAll(() => { server.closeAllConnections(); server.close(); });

it("trusts the authorities of caTrustFile, which Node's own fetch does not know", async () => {
  expect(outgoingFetch(config(null))).toBeNull();
  await expect(fetch(url)).rejects.toThrow();
  const ask = outgoingFetch(config("own.pem"));
  const answer = await ask?.(url, { method: "POST", headers: { "content-type": "text/plain" }, body: "hello" });
  expect([answer?.status, answer?.headers.get("content-type"), await answer?.json()]).toEqual([200, "application/json", { method: "POST", type: "text/plain", body: "hello" }]);
  expect((await ask?.(`${url}/nothing`, {}))?.status).toBe(204);
  const moved = await ask?.(`${url}/moved`, { redirect: "manual" });
  expect([moved?.status, moved?.headers.get("location")]).toEqual([302, "/"]);
  await expect(ask?.(url, { signal: AbortSignal.abort() })).rejects.toThrow();
});

it.each([["empty.pem", /has no certificate/], ["broken.pem", /cannot be read/], ["missing.pem", /cannot be read/]])("%s is refused", (file, message) => {
  const refused = expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });
  expect(() => outgoingFetch(config(file))).toThrow(refused);
  expect(() => { checkLogins(config(file)); }).toThrow(refused);
});
