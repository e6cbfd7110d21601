import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Engine, UNLIMITED } from "../../../src/index-store/embedded/engine.js";
import { Parameters } from "../../../src/index-store/embedded/statement.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let engine: Engine;

beforeEach(() => {
  const directory = temporaryDirectory();
  engine = Engine.open({
    memoryBytes: 256 << 20, threads: 1, temporaryDirectory: join(directory, "spill"), temporaryBytes: 1 << 30, dataDirectory: join(directory, "sessions"), connections: 1, caches: false,
  });
});
afterEach(() => engine.close());

it("a regular expression that the engine finds too large is an error of the expression", async () => {
  const parameters = new Parameters();
  const statement = parameters.statement(`SELECT regexp_full_match('x', ${parameters.text("\\W{1000}".repeat(60))})`);
  await expect(engine.rows(statement, UNLIMITED)).rejects.toMatchObject({ code: "EXPRESSION_TOO_LARGE" });
});
