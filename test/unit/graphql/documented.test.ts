import { parse, validate } from "graphql";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { API_LIMITS, LIMITS } from "../../../src/graphql/limits.js";
import { checkShape } from "../../../src/graphql/operation-check.js";
import { graphqlSchema } from "../../../src/graphql/schema.js";

test("the operations in docs/api.md are valid", () => {
  const text = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  expect(blocks.length).toBeGreaterThanOrEqual(3);
  for (const block of blocks) {
    const document = parse(block);
    checkShape(document);
    expect(validate(graphqlSchema(), document)).toEqual([]);
  }
});

test("every limit is listed for clients", () => {
  expect(API_LIMITS.map(({ name, value }) => [name, value])).toEqual(Object.entries(LIMITS));
});
