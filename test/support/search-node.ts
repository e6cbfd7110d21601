import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { silentLogger } from "../../src/base/logger.js";
import { openCatalogue, type Catalogue } from "../../src/catalogue/catalogue.js";
import { openElasticsearch, type ElasticsearchEngine, type ElasticsearchOptions } from "../../src/index-store/elasticsearch/open.js";
import type { Shipper } from "../../src/index-store/elasticsearch/shipper.js";
import { packagedCatalogue } from "../../src/model/field-catalogue.js";
import { loadNativeCore } from "../../src/native/native.js";

export type Product = "elasticsearch" | "opensearch";

/** The URL of the node that all test files share, or null where none can be had; then one line says why. CI must have one. */
export async function searchNode(product: Product): Promise<string | null> {
  const answer: unknown = await (await fetch(`${inject("searchNodes")}/${product}`)).json();
  if (typeof answer === "object" && answer !== null && "url" in answer) return String(answer.url);
  const reason = typeof answer === "object" && answer !== null && "unavailable" in answer ? String(answer.unavailable) : "no answer";
  const missing = typeof answer === "object" && answer !== null && "missing" in answer && answer.missing === true;
  if (!missing || process.env["CI"] === "true") throw new Error(`${product}: ${reason}`);
  process.stderr.write(`skipped, no ${product}: ${reason}\n`);
  return null;
}

/** An engine on a shared node, with a data directory and a prefix of its own. */
export interface EngineUnderTest {
  readonly directory: string;
  readonly sessions: string;
  readonly catalogue: Catalogue;
  readonly engine: ElasticsearchEngine;
  readonly shipper: Shipper;
  close(): Promise<void>;
}

const clock = { nowMs: () => Date.UTC(2026, 0, 16) };

export function engineOn(url: string, change: Partial<ElasticsearchOptions> = {}): EngineUnderTest {
  const directory = mkdtempSync(join(tmpdir(), "lookback-cluster-"));
  const catalogue = openCatalogue(directory, change.clock ?? clock);
  const sessions = join(directory, "sessions");
  const engine = openElasticsearch({
    cluster: { urls: [url], auth: null, authority: null, clientCertificate: null, compress: false },
    prefix: `t${randomBytes(6).toString("hex")}_`, rotation: "daily", settings: { shards: 1, replicas: 0, refreshSeconds: 60 }, bulkBytes: 1_000_000,
    catalogue, node: "test", fields: packagedCatalogue(), segmentDirectory: sessions, clock, logger: silentLogger, ...change,
  });
  const shipper = engine.shipper(loadNativeCore());
  return {
    directory, sessions, catalogue, engine, shipper,
    async close() {
      for (const { index } of await engine.indices.list()) await engine.cluster.request({ method: "DELETE", path: `/${index}`, ignore: [404] }, { signal: null, timeoutMs: 30_000 });
      await engine.cluster.request({ method: "DELETE", path: `/_index_template/${engine.template.name}`, ignore: [404] }, { signal: null, timeoutMs: 30_000 });
      await engine.cluster.request({ method: "DELETE", path: `/${engine.state.index}`, ignore: [404] }, { signal: null, timeoutMs: 30_000 });
      await engine.store.close();
      catalogue.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
