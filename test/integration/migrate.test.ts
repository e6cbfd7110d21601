import Database from "better-sqlite3";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { lookback, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A catalogue at an early step, as an older version left it. */
function olderCatalogue(data: string, steps: number): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const connection = new Database(path.join(data, "catalogue.sqlite"));
  connection.exec("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
  const manifest = JSON.parse(readFileSync("migrations/catalogue/manifest.json", "utf8")) as { name: string; sha256: string }[];
  manifest.slice(0, steps).forEach(({ name, sha256 }, at) => {
    connection.exec(readFileSync(`migrations/catalogue/${name}`, "utf8"));
    connection.prepare("INSERT INTO migrations VALUES (?, ?, ?, ?)").run(at + 1, name, sha256, 1_760_000_000_000);
  });
  connection.close();
}

it("migrate shows what waits, copies the catalogue and applies it, and is refused beside a service", async () => {
  const directory = temporaryDirectory();
  const data = path.join(directory, "data");
  olderCatalogue(data, 2);
  const before = readFileSync(path.join(data, "catalogue.sqlite"));
  const run = (...words: string[]) => lookback(["migrate", ...words, "--data", "data"], directory);

  const status = await run("status");
  expect(status.output).toMatch(/^2025-10-09T08:53:20\.000Z {2}0001-.*\n2025-10-09T08:53:20\.000Z {2}0002-.*\nwaits +0003-/m);
  const plan = await run("plan");
  expect(plan.output).toMatch(/^copy .*catalogue\.sqlite \(.*\) to .*catalogue\.sqlite\.before-0003-\d{8}T\d{6}Z\napply 0003-/);
  // Looking changes nothing.
  expect(readFileSync(path.join(data, "catalogue.sqlite"))).toEqual(before);

  const up = await run("up");
  expect(up.output).toMatch(/copied to .*\napplied 0003-/);
  expect(up.code).toBe(0);
  const [copy = ""] = readdirSync(data).filter((name) => name.includes(".before-0003-"));
  const kept = new Database(path.join(data, copy), { readonly: true });
  expect(kept.prepare("SELECT count(*) AS steps FROM migrations").get()).toEqual({ steps: 2 });
  kept.close();
  expect((await run("up")).output).toBe("nothing to do\n");
  expect((await run("status")).output).not.toMatch(/waits/);

  const serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
  await serve.line(/^Ready\.$/);
  expect((await run("plan")).output).toBe("nothing to do\n");
  await serve.stop();

  const newer = new Database(path.join(data, "catalogue.sqlite"));
  newer.prepare("INSERT INTO migrations VALUES (999, '0999-of-the-future.sql', 'x', 0)").run();
  newer.close();
  expect((await run("status")).output).toMatch(/0999-of-the-future\.sql {2}\(of a newer Lookback\)/);
  const refused = await run("up");
  expect([refused.code, refused.error]).toEqual([1, expect.stringMatching(/^error UNAVAILABLE: .*newer Lookback \(step 0999-of-the-future\.sql\)/)]);
});

it("what only reads applies no step and makes no catalogue", async () => {
  const directory = temporaryDirectory();
  const data = path.join(directory, "data");
  const reading = [["search", "--count"], ["aggregate", "ip.src"], ["retention"], ["retention", "--all"], ["forecast"], ["hold", "list"], ["audit"], ["user", "list"], ["tasks", "list"], ["ship", "--status"]];
  for (const words of [...reading, ["rebuild"], ["reindex", "--from", "embedded", "--to", "elasticsearch", "--set", "elasticsearch=http://127.0.0.1:9"]]) {
    const { code, error } = await lookback([...words, "--data", "data"], directory);
    expect([words, code, error]).toEqual([words, 1, expect.stringMatching(/^error NOT_FOUND: .*data holds no data; name the data directory with --data, /)]);
  }
  expect(existsSync(data)).toBe(false);
  olderCatalogue(data, 15);
  for (const words of reading) {
    const { code, error } = await lookback([...words, "--data", "data"], directory);
    expect([words, code, error]).toEqual([words, 1, expect.stringMatching(/^error UNAVAILABLE: the catalogue .*catalogue\.sqlite is of an older Lookback: \d+ steps wait, 0016-\S+ first\. .*"lookback migrate up"/)]);
  }
  expect((await lookback(["migrate", "status", "--data", "data"], directory)).output).toMatch(/^waits +0016-/m);
  expect((await lookback(["migrate", "up", "--data", "data"], directory)).output).toMatch(/copied to .*\napplied 0016-/);
  expect((await lookback(["search", "--count", "--data", "data"], directory)).output).toBe("0\n");
});

it("migrate up waits for nobody: it is refused while a process serves", async () => {
  const directory = temporaryDirectory();
  const serve = spawnLookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
  await serve.line(/^Ready\.$/);
  // A step is taken out of the ledger under the service's feet, so that one waits.
  const connection = new Database(path.join(directory, "data", "catalogue.sqlite"));
  connection.prepare("DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)").run();
  connection.close();
  const up = await lookback(["migrate", "up", "--data", "data"], directory);
  expect([up.code, up.error]).toEqual([73, expect.stringMatching(/^error ROLE_HELD: /)]);
  await serve.stop();
});
