import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corpus, corpusPath, corpusQueries } from "../support/corpus.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";

const QUERY = "query ($expression: String!) { sessions(expression: $expression, first: 1) { totalCount { value relation } } }";

/** Rows whose count includes captures that the corpus does not hold: what they come to without those. */
const PARTIAL: ReadonlyMap<string, { readonly count: number; readonly reason: string }> = new Map([
  ["general.t:30", { count: 2, reason: "of the captures named bt-* only bt-tcp.pcap (2 sessions) is in the corpus" }],
]);

describe.skipIf(corpus === null)("search expressions of the corpus, through GraphQL", () => {
  let directory: string;
  let running: RunningServer;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "lookback-queries-"));
    running = await runServer(directory, [corpusPath("pcap")], { config: corpusPath("config.ini") });
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("the store holds every session", async () => {
    const { data } = await running.graphql("{ sessions(first: 1) { totalCount { value relation } } }");
    expect(at(data, "sessions", "totalCount")).toEqual({ value: 312, relation: "EQ" });
  });

  it("come to their counts; those that name fields of later versions are listed", async () => {
    const wrong: string[] = [];
    const notApplicable: string[] = [];
    const notHeld: string[] = [];
    const queries = corpusQueries();
    for (const query of queries) {
      const name = `${query.test}:${query.line} ${query.expression}`;
      const { data, errors } = await running.graphql(QUERY, { expression: query.expression });
      const code = errors[0]?.extensions["code"];
      if (query.kind === "error") {
        if (typeof code !== "string" || !code.startsWith("EXPRESSION_")) wrong.push(`${name}: expected an error, got ${JSON.stringify(data ?? errors)}`);
      } else if (code === "EXPRESSION_UNKNOWN_FIELD") {
        notApplicable.push(name);
      } else {
        const count = at(data, "sessions", "totalCount", "value");
        const partial = PARTIAL.get(`${query.test}:${query.line}`);
        if (partial !== undefined && count === partial.count) notHeld.push(`${name}: ${partial.reason}`);
        else if (count !== query.expected) wrong.push(`${name}: expected ${query.expected}, got ${JSON.stringify(count ?? errors)}`);
      }
    }
    process.stdout.write(`queries: ${queries.length}  right ${queries.length - wrong.length - notApplicable.length - notHeld.length}  wrong ${wrong.length}  partial ${notHeld.length}  not applicable ${notApplicable.length}\n`);
    for (const name of notHeld) process.stdout.write(`  partial: ${name}\n`);
    for (const name of notApplicable) process.stdout.write(`  not applicable, its field does not exist yet: ${name}\n`);
    expect(wrong).toEqual([]);
    // Rows leave this list as protocols are added; it must not grow.
    expect(notApplicable.length).toBeLessThanOrEqual(14);
  });
});
