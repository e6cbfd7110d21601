import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text as textOf } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { spawnLookback } from "../support/lookback-process.js";
import { smallDisk } from "../support/small-disk.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const FILE = Buffer.alloc(4 * 2 ** 20, "packets");
const SHA256 = createHash("sha256").update(FILE).digest("hex");

/** A service with one finished export, of which `send` sends the file. */
interface Service {
  readonly url: string;
  /** Names of the mutations that it was asked for, in order. */
  readonly asked: string[];
  /** Resolves when the file was asked for. */
  readonly downloading: Promise<void>;
}

const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0).reverse()) end(); });

async function serviceOf(send: (response: ServerResponse) => void, sendManifest: (response: ServerResponse) => void = (response) => { response.end("{}"); }): Promise<Service> {
  const asked: string[] = [];
  let tell = (): void => {};
  const downloading = new Promise<void>((resolve) => { tell = resolve; });
  const job = { id: "7", state: "DONE", progress: 1, sessions: 1, packets: 1, bytes: FILE.length, missingPackets: 0, format: "pcap", sha256: SHA256, downloadUrl: "/file", manifestUrl: "/manifest", error: null };
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      if (request.url === "/file") {
        send(response);
        tell();
      } else if (request.url === "/manifest") sendManifest(response);
      else {
        asked.push(...[...body.matchAll(/\b(createExport|deleteExport|cancelExport)\(/g)].map(([, name]) => name ?? ""));
        response.end(JSON.stringify({ data: body.includes("createExport(") ? { createExport: job } : { deleteExport: { deleted: true } } }));
      }
    });
  }).listen(0, "127.0.0.1");
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, downloading };
}

const exporting = ({ url }: Service, directory: string, target = "a.pcap") => spawnLookback(["export", "protocols == dns", target, "--url", url, "--token", "t"], directory);
const begin = (response: ServerResponse): void => {
  response.writeHead(200, { "content-length": FILE.length });
  response.write(FILE.subarray(0, 2 ** 20));
};
/** It was made, and is not kept for anybody. */
const CLEANED_UP = ["createExport", "deleteExport"];

describe("an export whose download", () => {
  it("is done leaves file and manifest, and nothing at the service", async () => {
    const service = await serviceOf((response) => { response.end(FILE); });
    const directory = temporaryDirectory();
    expect(await exporting(service, directory).exited).toMatchObject({ code: 0, error: "" });
    expect([readdirSync(directory).sort(), service.asked]).toEqual([["a.pcap", "a.pcap.manifest.json"], CLEANED_UP]);
  });

  it("is interrupted ends with 130 and leaves nothing, here and there", async () => {
    const service = await serviceOf(begin);
    const directory = temporaryDirectory();
    const running = exporting(service, directory);
    await service.downloading;
    await expect.poll(() => existsSync(path.join(directory, "a.pcap")), { timeout: 20_000 }).toBe(true);
    running.child.kill("SIGINT");
    expect(await running.exited).toMatchObject({ code: 130, error: expect.stringMatching(/^error QUERY_CANCELLED: /m) });
    expect([readdirSync(directory), service.asked]).toEqual([[], CLEANED_UP]);
  });

  it("breaks off ends with 69", async () => {
    const service = await serviceOf((response) => {
      begin(response);
      setImmediate(() => { response.destroy(); });
    });
    const directory = temporaryDirectory();
    expect(await exporting(service, directory).exited).toMatchObject({ code: 69, error: expect.stringMatching(/^error UNREACHABLE: .* cannot be reached: ECONNRESET/m) });
    expect([readdirSync(directory), service.asked]).toEqual([[], CLEANED_UP]);
  });

  it("brings no manifest leaves no file that cannot be checked", async () => {
    const service = await serviceOf((response) => { response.end(FILE); }, (response) => { response.destroy(); });
    const directory = temporaryDirectory();
    expect((await exporting(service, directory).exited).code).toBe(69);
    expect([readdirSync(directory), service.asked]).toEqual([[], CLEANED_UP]);
  });

  it("finds no room here ends with 75 and names the file", async ({ skip }) => {
    const directory = temporaryDirectory();
    const mounted = path.join(directory, "small");
    mkdirSync(mounted);
    const disk = await smallDisk(mounted, 2 ** 20);
    if (disk === null) {
      saySkipped("an export to a full disk", "file systems cannot be mounted here");
      return skip();
    }
    ends.push(() => { disk.close(); });
    const service = await serviceOf((response) => { response.end(FILE); });
    expect(await exporting(service, directory, path.join(disk.outside, "a.pcap")).exited).toMatchObject({ code: 75, error: expect.stringMatching(/^error DISK_FULL: .*\/a\.pcap cannot be written: ENOSPC/m) });
    expect([readdirSync(disk.outside), service.asked]).toEqual([[], CLEANED_UP]);
  });
});
