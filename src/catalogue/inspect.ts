import Database from "better-sqlite3";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { damageOf, CATALOGUE_FILE } from "./database.js";
import { loadMigrations } from "./migrations.js";

/** A step of the catalogue's schema: when it was applied, in milliseconds since 1970, or null while it waits. */
export interface MigrationState {
  readonly name: string;
  readonly appliedMs: number | null;
  /** Whether this version of the program has it; steps of a newer one it has not. */
  readonly known: boolean;
}

/** A catalogue as it lies on disk. */
export interface CatalogueState {
  readonly path: string;
  readonly exists: boolean;
  /** In order of their numbers. */
  readonly steps: readonly MigrationState[];
}

/** Looks at the catalogue of a data directory without changing anything. Throws STORE_DAMAGED. */
export function inspectCatalogue(directory: string): CatalogueState {
  const path = join(directory, CATALOGUE_FILE);
  const released = loadMigrations();
  const applied = existsSync(path) ? appliedSteps(path) : null;
  const names = new Set(released.map(({ name }) => name));
  const steps = [
    ...released.map(({ name }) => ({ name, appliedMs: applied?.get(name) ?? null, known: true })),
    ...[...(applied ?? [])].filter(([name]) => !names.has(name)).map(([name, appliedMs]) => ({ name, appliedMs, known: false })),
  ];
  return { path, exists: applied !== null, steps };
}

function appliedSteps(path: string): ReadonlyMap<string, number> {
  let connection: Database.Database | null = null;
  try {
    connection = new Database(path, { readonly: true, fileMustExist: true });
    // A catalogue that was created a moment ago, or never got its first step, has no ledger.
    const ledger = connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
    if (ledger === undefined) return new Map();
    const rows = connection.prepare<[], { name: string; appliedMs: number }>("SELECT name, applied_at AS appliedMs FROM migrations ORDER BY number").all();
    return new Map(rows.map(({ name, appliedMs }) => [name, appliedMs]));
  } catch (error) {
    throw damageOf(error, path);
  } finally {
    connection?.close();
  }
}

/** Copies a catalogue that other processes may have open to a file that is not there yet, in one consistent state. */
export async function backUpCatalogue(directory: string, target: string): Promise<void> {
  const connection = new Database(join(directory, CATALOGUE_FILE), { readonly: true, fileMustExist: true });
  try {
    await connection.backup(target);
  } finally {
    connection.close();
  }
}
