import { createServer } from "node:http";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test asks for the shared node of a product: `GET /elasticsearch`. */
    searchNodes: string;
  }
}

interface RunningNode {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a node of a product the first time that a test asks for one, and stops it when all tests are over. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nodes = new Map<string, Promise<RunningNode>>();
  const start = async (product: string): Promise<RunningNode> => {
    const named = process.env[`LOOKBACK_TEST_${product.toUpperCase()}`];
    if (named !== undefined && named !== "") return { url: named, stop: () => Promise.resolve() };
    const { startNode } = await import("../../ops/elasticsearch/node.mjs");
    return startNode({ product });
  };
  const server = createServer((request, response) => {
    const product = (request.url ?? "/").slice(1);
    const node = nodes.get(product) ?? start(product);
    nodes.set(product, node);
    node.then(
      ({ url }) => { response.end(JSON.stringify({ url })); },
      (error: unknown) => { response.end(JSON.stringify({ unavailable: error instanceof Error ? error.message : String(error), missing: error instanceof Error && error.name === "NodeUnavailable" })); },
    );
  });
  await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server of search nodes has no port");
  project.provide("searchNodes", `http://127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    for (const node of nodes.values()) await node.then((running) => running.stop(), () => undefined);
  };
}
