import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/command-list.js";
import { LookbackError } from "../../../src/base/errors.js";
import { EXIT, exitCodeOf } from "../../../src/cli/exit-code.js";
import { importExitCode } from "../../../src/cli/import-run.js";
import { UsageError } from "../../../src/cli/usage-error.js";

const operations = readFileSync("docs/operations.md", "utf8");

it("docs/operations.md lists exactly the exit codes", () => {
  const documented = [...operations.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(documented).toEqual(Object.values(EXIT));
});

it("docs/operations.md names every command", () => {
  const [, table = ""] = /\| Command \|[^\n]*\n([\s\S]*?)\n\n/.exec(operations) ?? [];
  for (const { name, commands = [] } of COMMANDS) {
    for (const full of commands.length === 0 ? [name] : commands.map((inner) => `${name} ${inner.name}`)) expect(table).toMatch(new RegExp(`\`${full}[ \`]`));
  }
});

it("a command line that is wrong has a code of its own; what a service calls wrong has not", () => {
  expect([new UsageError("--limit abc", "LIMIT_EXCEEDED"), new UsageError("name a file"), new LookbackError("BAD_INPUT", "name"), new LookbackError("LIMIT_EXCEEDED", "first")].map(exitCodeOf)).toEqual([2, 2, 1, 1]);
});

it.each([
  [{ done: 2, already: 1, failed: 0, again: [] }, EXIT.ok], [{ done: 0, already: 0, failed: 1, again: ["a"] }, EXIT.noRoom], [{ done: 1, already: 0, failed: 1, again: ["a"] }, EXIT.noRoom],
  [{ done: 0, already: 0, failed: 2, again: ["a"] }, EXIT.failed], [{ done: 0, already: 1, failed: 2, again: ["a"] }, EXIT.someFilesFailed],
])("an import with %j ends with %i", (outcome, code) => {
  expect(importExitCode({ later: [], cancelled: [], ...outcome })).toBe(code);
});
