import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../../src/cli/exit-code.js";
import { supervise } from "../../../src/cli/supervise.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** A program that ends with each of `codes` in turn, then says that it runs and does so until it is told to end. */
function program(codes: readonly number[]): { readonly program: string; readonly starts: () => number } {
  const directory = temporaryDirectory();
  const [file, log] = [path.join(directory, "program.mjs"), path.join(directory, "starts")];
  writeFileSync(log, "");
  writeFileSync(file, `import { appendFileSync, readFileSync } from "node:fs";
const starts = readFileSync(${JSON.stringify(log)}, "utf8").length;
appendFileSync(${JSON.stringify(log)}, "x");
const code = ${JSON.stringify(codes)}[starts];
if (code !== undefined) process.exit(code);
process.on("SIGTERM", () => process.exit(0));
process.send({ capturing: "v0" });
setInterval(() => {}, 1000);
`);
  return { program: file, starts: () => readFileSync(log, "utf8").length };
}

/** Looks until something holds; vitest ends a test that never does. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setImmediate(resolve); });
}

describe("a supervised child", () => {
  it("that finds no room is started again until there is some, and room is made meanwhile", async () => {
    const one = program([EXIT.noRoom, EXIT.noRoom]);
    const notes: string[] = [];
    let made = 0;
    const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 1, makeRoom: () => { made += 1; return made === 1 ? Promise.resolve() : Promise.reject(new Error("busy")); } });
    await until(() => one.starts() === 3);
    await running.stop();
    expect(made).toBe(2);
    expect(notes).toEqual([
      `live capture ended (exit code ${EXIT.noRoom}); starting it again in 0.001 s`, expect.stringMatching(/ended \(exit code 75\)|no room could be made/),
      expect.stringMatching(/ended \(exit code 75\)|no room could be made for live capture: busy/),
    ]);
  });

  it("that cannot run at all is not", async () => {
    const one = program([EXIT.failed]);
    const notes: string[] = [];
    const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 1 });
    await until(() => one.starts() === 1);
    await running.stop();
    expect([one.starts(), notes]).toEqual([1, []]);
  });
});
