import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { LookbackProcess, type Finished } from "../support/lookback-process.js";
import { runServer } from "../support/running-server.js";
import { searchNode } from "../support/search-node.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const url = await searchNode("elasticsearch");

describe.skipIf(url === null)("lookback cluster", () => {
  it("lists the servers of a cluster, and forgets one that is gone", async () => {
    const directory = temporaryDirectory();
    const prefix = `c${randomBytes(6).toString("hex")}_`;
    const state = `${url}/${prefix}lookback-state`;
    const set = { indexStore: "elasticsearch", elasticsearch: url ?? "", prefix };
    const lookback = (...words: readonly string[]): Promise<Finished> =>
      new LookbackProcess([...words, "--data", directory, ...Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`])], directory).exited;
    try {
      expect(await lookback("cluster", "list")).toMatchObject({ code: 0, output: "" });
      const running = await runServer(directory, [], { set });
      let listed = "";
      await expect.poll(async () => (listed = (await lookback("cluster", "list", "--json")).output), { timeout: 30_000 }).not.toBe("");
      await running.stop();
      const server: unknown = JSON.parse(listed);
      expect(server).toMatchObject({ node: "test", lastWord: expect.stringMatching(/^\d{4}-.*Z$/) });
      const installation = /"installation":"([0-9a-f-]{36})"/.exec(listed)?.[1] ?? "";
      expect(await lookback("cluster", "forget", "test")).toMatchObject({ code: 1, error: expect.stringMatching(/BAD_INPUT: the server of node test gave a word \d+ s ago/) });
      expect(await lookback("cluster", "forget", "elsewhere")).toMatchObject({ code: 1, error: expect.stringContaining("NOT_FOUND") });
      await fetch(`${state}/_doc/server-${installation}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ node: "test", host: "h", wordMs: 1 }) });
      expect(await lookback("cluster", "forget", "test")).toMatchObject({ code: 0, output: expect.stringContaining("the server of node test on h is forgotten") });
      expect(await lookback("cluster", "list")).toMatchObject({ code: 0, output: "" });
      expect(await new LookbackProcess(["cluster", "list", "--data", directory], directory).exited).toMatchObject({ code: 1, error: expect.stringContaining("UNAVAILABLE") });
    } finally {
      await fetch(`${url}/_index_template/${prefix}lookback-sessions3`, { method: "DELETE" });
      await fetch(state, { method: "DELETE" });
    }
  });
});
