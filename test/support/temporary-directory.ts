import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const made: string[] = [];

// Registered while the file is collected: a hook that a running test asks for would never be called.
afterAll(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory of this test file that is removed with all its content at the end. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lookback-test-"));
  made.push(directory);
  return directory;
}
