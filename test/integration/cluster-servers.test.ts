import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openShipper } from "../../src/app/shipper-process.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadConfig } from "../../src/config/config.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { searchNode } from "../support/search-node.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");
const START = Date.UTC(2026, 0, 15) / 1_000;

describe.skipIf(url === null)("servers of two data directories on one cluster", () => {
  it("find all sessions, export the packets that are theirs, and keep what the other one holds", async () => {
    const prefix = `s${randomBytes(6).toString("hex")}_`;
    const stops: (() => Promise<void>)[] = [];
    const ask = async (server: RunningServer, query: string): Promise<unknown> => {
      const { data, errors } = await server.graphql(query);
      expect(errors).toEqual([]);
      return data;
    };
    /** A server that imported one capture of two hosts, 10.N.0.1 and 10.N.0.2. */
    const started = async (node: string, number: number, leads: boolean): Promise<RunningServer> => {
      const directory = temporaryDirectory();
      const capture = join(directory, `${node}.pcap`);
      const packets = [1, 2].map((host) => ({
        seconds: START + host, nanoseconds: 0, data: udpFrame({ source: `10.${number}.0.${host}`, destination: "192.0.2.1", sourcePort: 4_000 + host, destinationPort: 9 }, Buffer.from(`${node} ${host}`)),
      }));
      writeFileSync(capture, classicCapture(packets).bytes);
      const set = { indexStore: "elasticsearch", elasticsearch: url ?? "", prefix, expireDays: "1" } as const;
      const running = await runServer(directory, [capture], { node, set });
      stops.push(() => running.stop());
      // What a start makes up for is over before there are sessions to expire.
      if (leads) await expect.poll(async () => at(await ask(running, '{ taskRuns(name: "session-expiry", first: 1) { runs { outcome } } }'), "taskRuns", "runs", 0, "outcome"), { timeout: 60_000 }).toBe("OK");
      const { shipper, stop } = await openShipper(loadConfig({ file: null, node, environment: {}, workingDirectory: directory, overrides: { dataDir: directory, ...set } }), silentLogger);
      await shipper.drain();
      await stop();
      return running;
    };
    try {
      // The first one leads.
      const south = await started("south", 1, true);
      const north = await started("north", 2, false);
      const seen = at(await ask(south, '{ sessions(order: [{ field: "starttime", direction: ASC }, { field: "ip.src", direction: ASC }]) { nodes { node packetAvailability packets { packets { missing file } } } } }'), "sessions", "nodes");
      expect(seen).toMatchObject(["south", "north", "south", "north"].map((node) => (
        node === "south" ? { node, packetAvailability: "ALL", packets: { packets: [{ missing: null }] } } : { node, packetAvailability: "ELSEWHERE", packets: { packets: [{ missing: "other-node", file: null }] } }
      )));

      const id = String(at(await ask(south, "mutation { createExport(timeRange: {}) { id } }"), "createExport", "id"));
      let job: unknown = null;
      await expect.poll(async () => {
        job = at(await ask(south, `{ export(id: "${id}") { state packets missingPackets manifestUrl } }`), "export");
        return at(job, "state");
      }, { timeout: 30_000 }).toBe("DONE");
      expect(job).toMatchObject({ packets: 2, missingPackets: 2 });
      const manifest: unknown = await (await fetch(`${south.server.url}${String(at(job, "manifestUrl"))}`, { headers: south.headers })).json();
      expect(at(manifest, "sources")).toMatchObject([{ fileId: -1, node: "north", packets: 2 }, { fileId: 1, node: "south", packets: 2 }]);
      expect(at(manifest, "missing", "files")).toMatchObject([{ fileId: -1, reason: "other-node", packets: 2 }]);

      // Each holds one session; the one that leads expires the other two.
      await ask(south, 'mutation { holdSessions(expression: "ip.src == 10.1.0.1", reason: "case 7") { id } }');
      await ask(north, 'mutation { holdSessions(expression: "ip.src == 10.2.0.2", reason: "case 8") { id } }');
      const run = at(await ask(south, 'mutation { runTask(name: "session-expiry", wait: true) { run { outcome details } } }'), "runTask", "run");
      expect(run).toMatchObject({ outcome: "OK", details: { expired: ["2026-01-15"], failed: [] } });
      expect(at(await ask(north, '{ sessions(order: [{ field: "ip.src", direction: ASC }]) { nodes { source { ip } } } }'), "sessions", "nodes")).toEqual([{ source: { ip: "10.1.0.1" } }, { source: { ip: "10.2.0.2" } }]);
    } finally {
      for (const stop of stops.reverse()) await stop();
      await fetch(`${url}/${prefix}sessions3-*`, { method: "DELETE" });
      await fetch(`${url}/_index_template/${prefix}lookback-sessions3`, { method: "DELETE" });
      await fetch(`${url}/${prefix}lookback-state`, { method: "DELETE" });
    }
  });
});
