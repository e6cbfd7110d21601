import { expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import type { CommandContext } from "../../../src/cli/command.js";
import { run } from "../../../src/cli/commands/import.js";

it("import --monitor waits for a process that has the role and does not answer, and is no import of once then", async () => {
  const asked: unknown[] = [];
  const unasked = (): never => { throw new Error("not asked for"); };
  const context: CommandContext = {
    operands: [["spool"]], options: { monitor: true }, remote: null, signal: new AbortController().signal, commands: [], print: unasked, note: unasked,
    config: async () => unasked(), reread: async () => unasked(),
    connect(access, waitMs) {
      asked.push(access, waitMs);
      return Promise.reject(new LookbackError("ROLE_HELD", "held"));
    },
    get terminal() { return unasked(); },
  };
  await expect(run(context)).rejects.toMatchObject({ code: "ROLE_HELD" });
  expect(asked).toEqual(["change", undefined]);
});
