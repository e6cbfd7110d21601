import { expect, test } from "vitest";
import { ACCESS_DECISIONS } from "../../../src/graphql/access-decisions.js";
import { fieldsToDecide } from "../../../src/graphql/guard.js";
import { graphqlSchema } from "../../../src/graphql/schema.js";

// Whether the API keeps to the decisions is tested for each role in test/integration/access-decisions.test.ts.
test("every field of the API has a decision in src/graphql/access-decisions.ts, and every decision a field", () => {
  const names = fieldsToDecide(graphqlSchema());
  const undecided = names.filter((name) => ACCESS_DECISIONS[name] === undefined);
  expect(undecided, "decide who may use these fields and what narrows their answers: add them to src/graphql/access-decisions.ts, which says how").toEqual([]);
  expect(Object.keys(ACCESS_DECISIONS).filter((name) => !names.includes(name)), "decisions about fields that are not in the schema").toEqual([]);
});
