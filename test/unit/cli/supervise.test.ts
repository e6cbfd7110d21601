import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../../src/cli/exit-code.js";
import { supervise } from "../../../src/cli/supervise.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

/** How a run of the program ends: with a code or by a signal, at once; or as it is told to, after it said that it runs. */
type Ending = number | "SIGKILL" | "runs";

/** A program that ends as `endings` say in turn, and then runs until it is told to end. */
function program(endings: readonly Ending[]): { readonly program: string; readonly starts: () => number; readonly pid: () => number } {
  const directory = temporaryDirectory();
  const [file, log, pids] = [path.join(directory, "program.mjs"), path.join(directory, "starts"), path.join(directory, "pid")];
  writeFileSync(log, "");
  writeFileSync(file, `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
const starts = readFileSync(${JSON.stringify(log)}, "utf8").length;
appendFileSync(${JSON.stringify(log)}, "x");
const ending = ${JSON.stringify(endings)}[starts] ?? "runs";
if (typeof ending === "number") process.exit(ending);
if (ending !== "runs") process.kill(process.pid, ending);
process.on("SIGTERM", () => process.exit(0));
process.send({ capturing: "v0" }, () => { writeFileSync(${JSON.stringify(pids)}, String(process.pid)); });
setInterval(() => {}, 1000);
`);
  return { program: file, starts: () => readFileSync(log, "utf8").length, pid: () => (existsSync(pids) ? Number(readFileSync(pids, "utf8")) : 0) };
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
    await until(() => notes.length > 0);
    await running.stop();
    expect([one.starts(), notes]).toEqual([1, ["live capture did not start (exit code 1); it is not tried again"]]);
  });

  it("whose role another process has is started until that lets go of it", async () => {
    const one = program([EXIT.roleHeld, EXIT.roleHeld]);
    const notes: string[] = [];
    const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 1 });
    await until(() => one.pid() > 0);
    await running.stop();
    expect([one.starts(), notes.length]).toEqual([3, 2]);
  });

  it("that ran and was killed is started again, however its next starts fail", async () => {
    const one = program(["runs", EXIT.failed, "SIGKILL", "runs"]);
    const notes: string[] = [];
    const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 1 });
    await until(() => one.pid() > 0);
    const first = one.pid();
    process.kill(first, "SIGKILL");
    await until(() => one.pid() !== first);
    await running.stop();
    expect(one.starts()).toBe(4);
    expect(notes).toEqual([
      "live capture ended (SIGKILL); starting it again in 0.001 s", "live capture ended (exit code 1); starting it again in 0.002 s", "live capture ended (SIGKILL); starting it again in 0.004 s",
    ]);
  });

  it("that is killed before it runs is started again", async () => {
    const one = program(["SIGKILL"]);
    const running = supervise("live capture", [], () => {}, { program: one.program, firstWaitMs: 1 });
    await until(() => one.pid() > 0);
    await running.stop();
    expect(one.starts()).toBe(2);
  });
});
