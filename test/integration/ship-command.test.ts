import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/base/clock.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { lookback, spawnLookback, type Finished } from "../support/lookback-process.js";
import { searchNode } from "../support/search-node.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");

describe("lookback ship, without a cluster and with a catalogue that takes nothing", () => {
  it("goes on until it is told to end", async () => {
    const directory = temporaryDirectory();
    const catalogue = openCatalogue(directory, systemClock);
    const database = new Database(catalogue.path);
    database.exec("CREATE TRIGGER full BEFORE INSERT ON settings BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
    database.close();
    catalogue.close();
    const shipping = spawnLookback(["ship", "--data", directory, "--set", "indexStore=elasticsearch", "--set", "elasticsearch=http://127.0.0.1:9"], directory);
    await expect.poll(() => shipping.errorText(), { timeout: 30_000 }).toContain("the shipper's report could not be kept; it goes on");
    expect(await shipping.stop()).toBe(0);
  });
});

describe.skipIf(url === null)("lookback ship", () => {
  it("ends with 130 when it is interrupted before everything was shipped, and prints JSON where that is asked for", async () => {
    const directory = temporaryDirectory();
    const prefix = `s${randomBytes(6).toString("hex")}_`;
    const config = path.join(directory, "config.ini");
    writeFileSync(config, `[default]\ndataDir=${directory}\nindexStore=elasticsearch\nelasticsearch=${url}\nprefix=${prefix}\n`);
    const run = (...words: readonly string[]): Promise<Finished> => lookback([...words, "--config", config], directory);
    const imported = async (host: number): Promise<void> => {
      const file = path.join(directory, `${host}.pcap`);
      const data = udpFrame({ source: `10.1.0.${host}`, destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 5353 }, Buffer.from("x"));
      writeFileSync(file, classicCapture([{ seconds: 1_760_000_000, nanoseconds: 0, data }]).bytes);
      expect((await run("import", file)).code).toBe(0);
    };
    const block = async (blocked: true | null): Promise<void> => {
      await fetch(`${url}/${prefix}sessions3-*/_settings`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ "index.blocks.read_only_allow_delete": blocked }) });
    };
    try {
      await imported(1);
      expect((await run("ship", "--once")).code).toBe(0);
      await block(true);
      await imported(2);
      const shipping = spawnLookback(["ship", "--once", "--config", config], directory);
      await expect.poll(async () => (await run("ship", "--status", "--json")).output, { timeout: 30_000 }).toContain("CLUSTER_READ_ONLY");
      shipping.child.kill("SIGINT");
      const interrupted = await shipping.exited;
      expect([interrupted.code, interrupted.error]).toEqual([130, expect.stringContaining("error QUERY_CANCELLED: interrupted: what was not shipped waits on disk")]);
      await block(null);
      expect(JSON.parse((await run("ship", "--retry", "--json")).output)).toEqual({ written: 0, refused: 0 });
      expect((await run("ship", "--once")).code).toBe(0);
      expect(JSON.parse((await run("ship", "--status", "--json")).output)).toMatchObject({ queue: { segments: 0 } });
    } finally {
      await fetch(`${url}/${prefix}sessions3-*`, { method: "DELETE" });
      await fetch(`${url}/_index_template/${prefix}lookback-sessions3`, { method: "DELETE" });
      await fetch(`${url}/${prefix}lookback-state`, { method: "DELETE" });
    }
  }, 120_000);
});
