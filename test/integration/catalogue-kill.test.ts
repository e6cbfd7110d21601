import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import Database from "better-sqlite3";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { loadMigrations, schemaOf } from "../../src/catalogue/migrations.js";
import { takeRole } from "../../src/catalogue/role-lock.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const clock = { nowMs: () => 1_700_000_000_000 };
const script = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url));

/** Starts a script of test/support and waits for its first line. */
async function started(name: string, ...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, [script(name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout === null) throw new Error("no standard output");
  const line: unknown[] = await once(createInterface({ input: child.stdout }), "line");
  return { child, line: String(line[0]) };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

describe("a process killed with the catalogue open", () => {
  it("in the middle of a migration leaves whole steps, and the next start goes on", async () => {
    const directory = temporaryDirectory();
    const { child, line } = await started("half-migration.mjs", directory);
    expect(line).toBe("half");
    await killed(child);
    const path = `${directory}/catalogue.sqlite`;
    const before = new Database(path);
    expect(before.prepare("SELECT count(*) AS steps FROM migrations").get()).toEqual({ steps: 1 });
    expect(before.prepare("SELECT count(*) AS found FROM sqlite_schema WHERE name = 'tag_edits'").get()).toEqual({ found: 0 });
    before.close();
    openCatalogue(directory, clock).close();
    const after = new Database(path);
    expect(after.prepare("SELECT count(*) AS steps FROM migrations").get()).toEqual({ steps: loadMigrations().length });
    expect(schemaOf(after)).toBe(readFileSync(fileURLToPath(new URL("../../schema/catalogue.sql", import.meta.url)), "utf8"));
    after.close();
  });

  it("holds a role while it lives and no longer, and is named", async () => {
    const directory = temporaryDirectory();
    const { child } = await started("hold-role.mjs", directory, "capture");
    expect(() => takeRole(directory, "capture")).toThrow(expect.objectContaining({ code: "ROLE_HELD", message: expect.stringContaining(`process ${child.pid}`) }));
    takeRole(directory, "serve").release();
    await killed(child);
    const lock = takeRole(directory, "capture");
    expect(() => takeRole(directory, "capture")).toThrow(expect.objectContaining({ code: "ROLE_HELD" }));
    lock.release();
    takeRole(directory, "capture").release();
  });

  it("waits for a role that another holds for a moment", async () => {
    const directory = temporaryDirectory();
    const { child } = await started("hold-role.mjs", directory, "capture", "500");
    expect(() => takeRole(directory, "capture")).toThrow(expect.objectContaining({ code: "ROLE_HELD" }));
    takeRole(directory, "capture", 30_000).release();
    if (child.exitCode === null) await once(child, "exit");
  });
});
