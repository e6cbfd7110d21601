import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Engine, UNLIMITED } from "../../../src/index-store/embedded/engine.js";
import { Parameters } from "../../../src/index-store/embedded/statement.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

let engine: Engine;

beforeEach(() => {
  const directory = temporaryDirectory();
  engine = Engine.open({
    memoryBytes: 256 << 20, threads: 1, temporaryDirectory: join(directory, "spill"), temporaryBytes: 1 << 30, dataDirectory: join(directory, "sessions"), connections: 1, streams: 2, caches: false,
  });
});
afterEach(() => engine.close());

it("a regular expression that the engine finds too large is an error of the expression", async () => {
  const parameters = new Parameters();
  const statement = parameters.statement(`SELECT regexp_full_match('x', ${parameters.text("\\W{1000}".repeat(60))})`);
  await expect(engine.rows(statement, UNLIMITED)).rejects.toMatchObject({ code: "EXPRESSION_TOO_LARGE" });
});

it("streams that nobody reads on keep no query waiting, and others of them wait for their end", async () => {
  const numbers = () => engine.stream(new Parameters().statement("SELECT range FROM range(100000)"), UNLIMITED);
  const [one, two, three] = [numbers(), numbers(), numbers()];
  await one.next();
  await two.next();
  expect(await engine.rows(new Parameters().statement("SELECT 7"), { signal: null, timeoutMs: 10_000 })).toEqual([[7]]);
  let isThird = false;
  const third = three.next().then((batch) => {
    isThird = true;
    return batch;
  });
  expect(await engine.rows(new Parameters().statement("SELECT 8"), { signal: null, timeoutMs: 10_000 })).toEqual([[8]]);
  expect(isThird).toBe(false);
  await one.return(undefined);
  expect((await third).done).toBe(false);
  await Promise.all([two.return(undefined), three.return(undefined)]);
});

it("binds no thread to a processor: a service may not, and would be ended on hosts of more than 64", async () => {
  expect(await engine.rows(new Parameters().statement("SELECT value FROM duckdb_settings() WHERE name = 'pin_threads'"), UNLIMITED)).toEqual([["off"]]);
});
