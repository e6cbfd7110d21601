import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LookbackProcess, type Finished } from "../support/lookback-process.js";
import { searchNode } from "../support/search-node.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");

describe.skipIf(url === null)("lookback reindex", () => {
  it("moves history to the cluster and back, and compares both", async () => {
    const directory = temporaryDirectory();
    const prefix = `r${randomBytes(6).toString("hex")}_`;
    const config = path.join(directory, "config.ini");
    const use = (store: "embedded" | "elasticsearch"): void => {
      writeFileSync(config, `[default]\ndataDir=${directory}\nindexStore=${store}\nelasticsearch=${url}\nprefix=${prefix}\n`);
    };
    const lookback = (...words: readonly string[]): Promise<Finished> => new LookbackProcess([...words, "--config", config], directory).exited;
    const sessions = async (): Promise<number> => {
      const { output, error } = await lookback("aggregate", "--json");
      return Number(/"count":\s*"?(\d+)/.exec(output)?.[1] ?? `NaN ${error}`);
    };
    try {
      use("elasticsearch");
      expect((await lookback("import", path.resolve("examples/first-look.pcap"))).code).toBe(0);
      expect((await lookback("ship", "--once")).code).toBe(0);
      const count = await sessions();
      expect(count).toBeGreaterThan(10);
      const back = await lookback("reindex", "--from", "elasticsearch", "--to", "embedded", "--json");
      expect(back).toMatchObject({ code: 0, error: expect.stringMatching(/day 1 of 1, \d+ sessions/) });
      expect(JSON.parse(back.output)).toMatchObject({ equal: true, embedded: { sessions: count } });
      use("embedded");
      expect(await sessions()).toBe(count);
      const forth = await lookback("reindex", "--from", "embedded", "--to", "elasticsearch");
      expect(forth).toMatchObject({ code: 0, output: expect.stringContaining("both hold the same sessions; set indexStore=elasticsearch to use the cluster") });
      expect(await lookback("reindex", "--from", "embedded", "--to", "embedded")).toMatchObject({ code: 2, error: expect.stringContaining("--from elasticsearch --to embedded") });
    } finally {
      await fetch(`${url}/${prefix}sessions3-*`, { method: "DELETE" });
      await fetch(`${url}/_index_template/${prefix}lookback-sessions3`, { method: "DELETE" });
      await fetch(`${url}/${prefix}lookback-state`, { method: "DELETE" });
    }
  });
});
