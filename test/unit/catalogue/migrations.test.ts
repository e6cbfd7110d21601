import Database from "better-sqlite3";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openCatalogue, openCatalogueAsIs, openImportsAsTheyAre } from "../../../src/catalogue/catalogue.js";
import { loadMigrations, migrate, MIGRATIONS_DIRECTORY, schemaOf } from "../../../src/catalogue/migrations.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const SNAPSHOT = fileURLToPath(new URL("../../../schema/catalogue.sql", import.meta.url));
const clock = { nowMs: () => 1_700_000_000_000 };

describe("migrations of the catalogue", () => {
  it("replay to the schema of the snapshot", () => {
    const connection = new Database(":memory:");
    migrate(connection, loadMigrations(), clock);
    const replayed = schemaOf(connection);
    if (process.env["UPDATE"] === "1") writeFileSync(SNAPSHOT, replayed);
    expect(replayed).toBe(readFileSync(SNAPSHOT, "utf8"));
  });

  it("are applied once", () => {
    const connection = new Database(":memory:");
    migrate(connection, loadMigrations(), clock);
    migrate(connection, loadMigrations(), { nowMs: () => 1 });
    const times = connection.prepare<[], { at: number }>("SELECT DISTINCT applied_at AS at FROM migrations").all();
    expect(times).toEqual([{ at: 1_700_000_000_000 }]);
  });

  it("of a new catalogue are one, later ones are one each", () => {
    const step = (number: number, sql: string) => ({ number, name: `000${number}.sql`, sha256: String(number), sql });
    const steps = [step(1, "CREATE TABLE a (x)"), step(2, "CREATE TABLE b (x)"), step(3, "no SQL")];
    const numbers = (connection: Database.Database) => connection.prepare<[], { number: number }>("SELECT number FROM migrations").all().map(({ number }) => number);
    const fresh = new Database(":memory:");
    expect(() => migrate(fresh, steps, clock)).toThrow("no");
    expect([numbers(fresh), schemaOf(fresh)]).toEqual([[], ""]);
    migrate(fresh, steps.slice(0, 1), clock);
    expect(() => migrate(fresh, steps, clock)).toThrow("no");
    expect(numbers(fresh)).toEqual([1, 2]);
  });

  it("refuse an edited step", () => {
    const directory = join(temporaryDirectory(), "steps");
    cpSync(MIGRATIONS_DIRECTORY, directory, { recursive: true });
    const step = join(directory, "0002-overlay.sql");
    writeFileSync(step, `${readFileSync(step, "utf8")}-- edited\n`);
    expect(() => loadMigrations(directory)).toThrow("0002-overlay.sql differs from its checksum");
  });

  it("refuse a catalogue of a newer version", () => {
    const directory = temporaryDirectory();
    const catalogue = openCatalogue(directory, clock);
    catalogue.close();
    const connection = new Database(catalogue.path);
    connection.prepare("INSERT INTO migrations VALUES (99, '0099-future.sql', '', 0)").run();
    connection.close();
    for (const open of [openCatalogue, openCatalogueAsIs, openImportsAsTheyAre]) expect(() => open(directory, clock)).toThrow(expect.objectContaining({ code: "UNAVAILABLE", message: expect.stringContaining("newer Lookback") }));
  });
});
