import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

/** Node loads the CommonJS build of `graphql` for every importer; Vite would pick its module build for ours: two realms. */
const oneGraphql = { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve("graphql") }] };

/** Projects by kind of test; `ops/test.mjs` runs unit, contract, integration, conformance and e2e in that order. */
const project = (name: string, include: string[], testTimeout: number) => ({
  resolve: oneGraphql,
  test: { name, include, testTimeout, hookTimeout: testTimeout, pool: "forks" as const, globalSetup: ["test/support/search-node.global.ts"] },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", ["test/unit/**/*.test.ts"], 30_000),
      project("contract", ["test/contract/**/*.test.ts"], 60_000),
      project("integration", ["test/integration/**/*.test.ts"], 180_000),
      project("conformance", ["test/golden/**/*.test.ts"], 300_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 300_000),
      project("long", ["test/long/**/*.test.ts"], 3_600_000),
    ],
  },
});
