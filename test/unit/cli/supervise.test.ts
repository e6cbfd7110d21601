import { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
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

  it("that the kernel makes no process for is started once it does", async () => {
    const one = program([]);
    const notes: string[] = [];
    const { execPath } = process;
    // Not there, then no path at all: what Node tells by an event, and what it throws.
    const broken = ["/nowhere/node", "no\0path"];
    try {
      process.execPath = broken[0] ?? "";
      const running = supervise("live capture", [], (line) => {
        notes.push(line);
        process.execPath = broken[notes.length] ?? execPath;
      }, { program: one.program, firstWaitMs: 1 });
      await until(() => one.pid() > 0);
      await running.stop();
    } finally {
      process.execPath = execPath;
    }
    expect([one.starts(), notes]).toEqual([1, [
      expect.stringMatching(/^live capture could not be started: .*ENOENT; starting it again in 0.001 s$/), expect.stringMatching(/^live capture could not be started: .*null bytes.*; starting it again in 0.002 s$/s),
    ]]);
  });

  it("that could not be started is not waited for when it is told to stop, and sent no signal, which would go to others", async () => {
    const { execPath } = process;
    const kill = vi.spyOn(ChildProcess.prototype, "kill").mockReturnValue(true);
    try {
      process.execPath = "/nowhere/node";
      await supervise("live capture", [], () => {}, { firstWaitMs: 60_000 }).stop();
      expect(kill).not.toHaveBeenCalled();
    } finally {
      process.execPath = execPath;
      kill.mockRestore();
    }
  });

  it("that ends soon after it runs is started again after longer and longer waits, and at once where it ran for a minute", async () => {
    const one = program(["runs", "runs", EXIT.failed, "runs", "runs", "runs"]);
    const notes: string[] = [];
    let now = 0;
    // Asked when one says that it runs, and when that one ended.
    let asked = 0;
    const nowMs = (): number => {
      asked += 1;
      return now;
    };
    const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 1, nowMs });
    let last = 0;
    for (const ranMs of [59_999, 59_999, 59_999, 60_000, 59_999]) {
      await until(() => asked % 2 === 1 && ![0, last].includes(one.pid()));
      last = one.pid();
      now += ranMs;
      const noted = notes.length;
      process.kill(last, "SIGKILL");
      await until(() => notes.length > noted);
    }
    await until(() => ![0, last].includes(one.pid()));
    await running.stop();
    expect(notes.map((line) => /\((.*)\).* in ([\d.]+) s$/.exec(line)?.slice(1).join(" "))).toEqual([
      "SIGKILL 0.001", "SIGKILL 0.002", "exit code 1 0.004", "SIGKILL 0.004", "SIGKILL 0.001", "SIGKILL 0.002",
    ]);
  });

  it("that ends after most of a minute each time waits no longer than a tenth of that, one that ends at once up to a minute", async () => {
    const one = program(["runs", "runs", "runs", "runs", "runs", "runs"]);
    const notes: string[] = [];
    let [now, asked, last] = [0, 0, 0];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const running = supervise("live capture", [], (line) => notes.push(line), { program: one.program, firstWaitMs: 40_000, nowMs: () => { asked += 1; return now; } });
      for (const ranMs of [50_000, 50_000, 5_000, 999, 60_000, 0]) {
        await until(() => asked % 2 === 1 && ![0, last].includes(one.pid()));
        last = one.pid();
        now += ranMs;
        const noted = notes.length;
        process.kill(last, "SIGKILL");
        await until(() => notes.length > noted);
        vi.advanceTimersByTime(60_000);
      }
      await until(() => ![0, last].includes(one.pid()));
      await running.stop();
    } finally {
      vi.useRealTimers();
    }
    expect(notes.map((line) => / in ([\d.]+) s$/.exec(line)?.[1])).toEqual(["5", "5", "1", "60", "40", "60"]);
  });

  it("that is killed before it runs is started again", async () => {
    const one = program(["SIGKILL"]);
    const running = supervise("live capture", [], () => {}, { program: one.program, firstWaitMs: 1 });
    await until(() => one.pid() > 0);
    await running.stop();
    expect(one.starts()).toBe(2);
  });
});
