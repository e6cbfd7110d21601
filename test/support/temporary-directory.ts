import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A directory of this test file that is removed with all its content at the end. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "lookback-test-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
