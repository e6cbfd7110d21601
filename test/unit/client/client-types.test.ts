import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { expect, test } from "vitest";
import { clientTypes } from "../../../src/cli/client-types.js";
import { graphqlSchema } from "../../../src/graphql/schema.js";

test("the client's operations are those of operations.graphql (`npm run generate`)", () => {
  expect(clientTypes(graphqlSchema(), readFileSync("src/client/operations.graphql", "utf8"))).toBe(readFileSync("src/client/operations.generated.ts", "utf8"));
});

test("types say what may be left out and what may be null", () => {
  const schema = buildSchema(`
    enum E { A B }
    input In { e: E!, more: In, n: Int! = 1 }
    type T { id: ID!, names: [String!]!, e: E, inner: T }
    type Query { t(in: In!, count: Int): T }
  `);
  const text = clientTypes(schema, "query Q($in: In!, $count: Int, $n: Int! = 3) { found: t(in: $in, count: $count) { __typename ...F } other: t(in: {e: A, n: $n}) { id } } fragment F on T { id names e inner { id } }");
  expect(text).toContain('export type E = "A" | "B";');
  expect(text).toContain("export interface In {\n  readonly e: E;\n  readonly more?: In | null;\n  readonly n?: number;\n}");
  expect(text).toContain("export interface QVariables {\n  readonly in: In;\n  readonly count?: number | null;\n  readonly n?: number;\n}");
  expect(text).toContain('  readonly found: {\n    readonly __typename: "T";\n    readonly id: string;\n    readonly names: readonly (string)[];\n    readonly e: E | null;\n    readonly inner: {\n      readonly id: string;\n    } | null;\n  } | null;');
  expect(text).toMatch(/text: "query Q.*fragment F on T/);
});

test("an operation that does not fit the schema, or has no name, is refused", () => {
  const schema = buildSchema("type Query { a: Int }");
  expect(() => clientTypes(schema, "query Q { b }")).toThrow("Cannot query field");
  expect(() => clientTypes(schema, "{ a }")).toThrow("every operation has a name");
});
