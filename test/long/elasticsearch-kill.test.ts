import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startNode } from "../../ops/elasticsearch/node.mjs";
import { systemClock } from "../../src/base/clock.js";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { EmbeddedStore } from "../../src/index-store/embedded/store.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { ALL_TIME } from "../../src/model/time-range.js";
import { collected, EVERYTHING, service } from "../contract/sessions.js";
import { MAKER } from "../support/live-run.js";
import { LookbackProcess } from "../support/lookback-process.js";
import { engineOn, searchNode } from "../support/search-node.js";
import { countInCluster, idsInCluster } from "../support/ship-until-killed.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Bytes of the mix of many short connections. */
const MIX_BYTES = process.env["LOOKBACK_TEST_MIX_BYTES"] ?? "500000000";
const KILLS = 10;

const url = await searchNode("elasticsearch");

function configure(directory: string, name: string, lines: readonly string[]): string {
  const data = join(directory, name);
  mkdirSync(data, { recursive: true });
  const file = join(directory, `${name}.ini`);
  writeFileSync(file, ["[default]", `dataDir=${data}`, "viewPort=0", ...lines, ""].join("\n"));
  return file;
}

describe.skipIf(url === null)("kill -9", () => {
  it(`of the node, ${KILLS} times while a mix is imported, leaves the sessions that the embedded index has`, async () => {
    const directory = temporaryDirectory();
    const capture = join(directory, "mix.pcap");
    expect(spawnSync(MAKER, ["--mix", "flow", "--size", MIX_BYTES, "--out", capture]).status).toBe(0);
    const embedded = configure(directory, "embedded", []);
    expect((await new LookbackProcess(["import", capture, "--config", embedded], directory).exited).code).toBe(0);
    const catalogue = openCatalogue(join(directory, "embedded"), systemClock);
    const store = await EmbeddedStore.open({ catalogue, fields: packagedCatalogue(), clock: systemClock, logger: silentLogger });
    const expected = (await collected(store.streamIds({ expression: EVERYTHING, range: ALL_TIME }, service))).flat().sort();
    await store.close();
    catalogue.close();

    let node = await startNode({ product: "elasticsearch" });
    const [home, port] = [node.directory, Number(new URL(node.url).port)];
    const under = engineOn(node.url, { clock: systemClock });
    const prefix = under.engine.template.name.replace("lookback-sessions3", "");
    const config = configure(directory, "shipped", ["indexStore=elasticsearch", `elasticsearch=${node.url}`, `prefix=${prefix}`]);
    const shipper = new LookbackProcess(["ship", "--config", config], directory);
    const importing = new LookbackProcess(["import", capture, "--config", config], directory);
    try {
      const shipped = async (): Promise<number> => countInCluster(under.engine).catch(() => 0);
      for (let kill = 1; kill <= KILLS; kill++) {
        // Each time in the middle of what it is being sent, further on than before.
        const wanted = Math.floor((expected.length * kill) / (KILLS + 2));
        const grows = async (): Promise<void> => {
          await under.engine.cluster.request({ method: "POST", path: `/${under.engine.indices.pattern}/_refresh`, query: { ignore_unavailable: true } }, { signal: null, timeoutMs: 30_000 });
          expect(await shipped()).toBeGreaterThanOrEqual(wanted);
        };
        await vi.waitFor(grows, { timeout: 300_000, interval: 50 });
        await node.kill();
        node = await startNode({ product: "elasticsearch", directory: home, port });
      }
      expect((await importing.exited).code).toBe(0);
      const status = async (): Promise<number> => {
        const { output } = await new LookbackProcess(["ship", "--status", "--json", "--config", config], directory).exited;
        const report: unknown = JSON.parse(output);
        return typeof report === "object" && report !== null && "queue" in report && typeof report.queue === "object" && report.queue !== null && "rows" in report.queue ? Number(report.queue.rows) : Number.NaN;
      };
      await vi.waitFor(async () => { expect(await status()).toBe(0); }, { timeout: 600_000, interval: 1_000 });
      const there = [...await idsInCluster(under.engine)].sort();
      expect(there.length).toBe(expected.length);
      expect(there).toEqual(expected);
      process.stdout.write(`${there.length} sessions of ${MIX_BYTES} bytes, ${KILLS} kills of the node: the ids of the embedded index\n`);
    } finally {
      importing.child.kill("SIGKILL");
      shipper.child.kill("SIGKILL");
      await under.close();
      await node.stop();
    }
  });

  it("of the server that leads lets another one lead within a minute", async () => {
    const directory = temporaryDirectory();
    const under = engineOn(url ?? "", { clock: systemClock });
    const prefix = under.engine.template.name.replace("lookback-sessions3", "");
    const servers = ["one", "other"].map((name) => new LookbackProcess(["serve", "--config", configure(directory, name, ["indexStore=elasticsearch", `elasticsearch=${url}`, `prefix=${prefix}`])], directory));
    const leader = async (): Promise<string> => String((await under.engine.state.get("lock-leader", { signal: null, timeoutMs: 30_000 }))?.body["owner"] ?? "");
    const leads = (owner: string): LookbackProcess | undefined => servers.find(({ pid }) => owner.split(" ").includes(String(pid)));
    try {
      await vi.waitFor(async () => { expect(leads(await leader())).toBeDefined(); }, { timeout: 60_000, interval: 100 });
      const first = await leader();
      leads(first)?.child.kill("SIGKILL");
      const killedMs = performance.now();
      await vi.waitFor(async () => {
        const now = await leader();
        expect(now).not.toBe(first);
        expect(leads(now)?.child.exitCode).toBeNull();
      }, { timeout: 60_000, interval: 200 });
      process.stdout.write(`another server leads after ${((performance.now() - killedMs) / 1_000).toFixed(1)} s\n`);
    } finally {
      for (const { child } of servers) child.kill("SIGKILL");
      await under.close();
    }
  });
});
