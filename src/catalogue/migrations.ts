import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LookbackError } from "../base/errors.js";
import type { Clock } from "../base/clock.js";
import { PACKAGE_ROOT } from "../base/package-root.js";
import type { Connection } from "./database.js";

/** Where released migrations lie: beside `src` and `dist`. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL("migrations/catalogue/", PACKAGE_ROOT));

/** One step; `number` counts from 1 without gaps. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

function broken(message: string): LookbackError {
  return new LookbackError("INTERNAL", `migrations/catalogue: ${message}`);
}

function entriesOf(manifest: unknown): readonly { readonly name: string; readonly sha256: string }[] {
  if (!Array.isArray(manifest)) throw broken("manifest.json must be a list");
  return manifest.map((entry: unknown) => {
    if (typeof entry === "object" && entry !== null && "name" in entry && "sha256" in entry) {
      const { name, sha256 } = entry;
      if (typeof name === "string" && typeof sha256 === "string") return { name, sha256 };
    }
    throw broken("manifest.json must list {name, sha256}");
  });
}

/** The steps that `manifest.json` lists, in order. Throws INTERNAL when a released step was edited or a number is missing. */
export function loadMigrations(directory: string = MIGRATIONS_DIRECTORY): readonly Migration[] {
  const manifest: unknown = JSON.parse(readFileSync(`${directory}/manifest.json`, "utf8"));
  return entriesOf(manifest).map(({ name, sha256 }, at) => {
    const sql = readFileSync(`${directory}/${name}`, "utf8");
    if (createHash("sha256").update(sql).digest("hex") !== sha256) throw broken(`${name} differs from its checksum; a released step is never edited`);
    if (Number(name.slice(0, 4)) !== at + 1) throw broken(`${name} should have number ${at + 1}`);
    return { number: at + 1, name, sha256, sql };
  });
}

interface AppliedStep {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/** The steps that a catalogue has. Throws UNAVAILABLE when a newer version wrote it, INTERNAL when a step had other content. */
function appliedSteps(connection: Connection, migrations: readonly Migration[]): readonly AppliedStep[] {
  const past = connection.prepare<[], AppliedStep>("SELECT number, name, sha256 FROM migrations ORDER BY number").all();
  for (const step of past) {
    const known = migrations[step.number - 1];
    if (known === undefined) {
      throw new LookbackError("UNAVAILABLE", `the catalogue was written by a newer Lookback (step ${step.name}); start that version`, { step: step.name });
    }
    if (known.sha256 !== step.sha256) throw broken(`${step.name} was applied with other content than it has now`);
  }
  return past;
}

/** Throws UNAVAILABLE when steps wait to be applied to a catalogue, or a newer version wrote it. Changes nothing. */
export function requireNewest(connection: Connection, migrations: readonly Migration[], path: string): void {
  const ledger = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  const applied = new Set(ledger === undefined ? [] : appliedSteps(connection, migrations).map(({ number }) => number));
  const waiting = migrations.filter(({ number }) => !applied.has(number)).map(({ name }) => name);
  const [first] = waiting;
  if (first === undefined) return;
  throw new LookbackError(
    "UNAVAILABLE", `the catalogue ${path} is of an older Lookback: ${waiting.length} steps wait, ${first} first. What only reads applies none: stop what serves and captures and run "lookback migrate up", which keeps a copy; a start applies them, too`,
    { path, waiting },
  );
}

/**
 * Brings a catalogue to the newest step. Each step and its line in the ledger are one transaction, so a process that
 * dies leaves whole steps only, and the next start goes on; of a new catalogue all are one. Two processes may start at once: the second waits and
 * finds the steps done.
 */
export function migrate(connection: Connection, migrations: readonly Migration[], clock: Clock): void {
  connection.exec(LEDGER);
  const record = connection.prepare<[number, string, string, number]>("INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?, ?, ?, ?)");
  const past = appliedSteps(connection, migrations);
  const done = connection.prepare<[number], { found: number }>("SELECT count(*) AS found FROM migrations WHERE number = ?");
  const bring = (): void => {
    for (const migration of migrations) {
      connection.transaction(() => {
        if (done.get(migration.number)?.found !== 0) return;
        connection.exec(migration.sql);
        record.run(migration.number, migration.name, migration.sha256, clock.nowMs());
      }).immediate();
    }
  };
  // A new catalogue has no step to keep: one write to the disk instead of one for each.
  if (past.length === 0) connection.transaction(bring).immediate();
  else bring();
}

/** The statements that make the present schema, sorted, as `schema/catalogue.sql` holds them. */
export function schemaOf(connection: Connection): string {
  const objects = connection.prepare<[], { sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'migrations' ORDER BY tbl_name, type DESC, name",
  );
  return objects.all().map(({ sql }) => `${sql};\n`).join("\n");
}
