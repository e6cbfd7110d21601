import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

/** Node loads the CommonJS build of `graphql` for every importer; Vite would pick its module build for ours: two realms. */
const oneGraphql = { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve("graphql") }] };

/** Projects by kind of test; `ops/test.mjs` runs all but the long ones. */
const project = (name: string, include: string[], testTimeout: number, further = {}) => ({
  resolve: oneGraphql,
  test: { name, include, testTimeout, hookTimeout: testTimeout, pool: "forks" as const, globalSetup: ["test/support/search-node.global.ts"], ...further },
});

/** Unit tests wait for nothing outside their process: they take every processor, after the others, which need one for what they start. */
const onEveryProcessor = { maxWorkers: "100%", sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    projects: [
      project("unit", ["test/unit/**/*.test.ts"], 30_000, onEveryProcessor),
      project("contract", ["test/contract/**/*.test.ts"], 60_000),
      project("integration", ["test/integration/**/*.test.ts"], 180_000),
      project("conformance", ["test/golden/**/*.test.ts"], 300_000),
      project("e2e", ["test/e2e/**/*.test.ts"], 300_000),
      project("long", ["test/long/**/*.test.ts"], 3_600_000),
    ],
  },
});
