import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { describe, expect, it } from "vitest";
import { untilSignalled, type SignalSource } from "../../../src/cli/signals.js";

const SIGNALS = new URL("../../../dist/cli/signals.js", import.meta.url).href;

/** Runs `body` in a process of its own, after `endSoon`; resolves to how it ended. */
async function endingOf(body: string): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", `import { endSoon } from ${JSON.stringify(SIGNALS)}; endSoon(100); ${body}`], { stdio: "ignore" });
  await once(child, "exit");
  return { code: child.exitCode, signal: child.signalCode };
}

/** Signals as they are sent here, and how often the process would have been ended. */
class FakeSignals extends EventEmitter implements SignalSource {
  readonly hangUpEnds = true;
  readonly #reader = new AbortController();
  readonly unread = this.#reader.signal;
  now = 1_000;
  kills = 0;
  nowMs(): number {
    return this.now;
  }
  kill(): void {
    this.kills += 1;
  }
  leave(): void {
    this.#reader.abort();
  }
}

describe("a process that was told to stop", () => {
  it("ends by itself when nothing is left to do", async () => {
    expect(await endingOf("process.exitCode = 3;")).toEqual({ code: 3, signal: null });
  });

  it("is ended when something keeps it alive", async () => {
    expect(await endingOf("setInterval(() => {}, 1000);")).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("a signal that a terminal and a supervisor send is one wish, and another one later ends the process", async () => {
    const signals = new FakeSignals();
    const signalled = untilSignalled(signals);
    signals.emit("SIGINT", "SIGINT");
    await signalled;
    for (const [passedMs, name, kills] of [[0, "SIGTERM", 0], [999, "SIGINT", 0], [1_000, "SIGTERM", 1], [60_000, "SIGINT", 2]] as const) {
      signals.now = 1_000 + passedMs;
      signals.emit(name, name);
      expect(signals.kills).toBe(kills);
    }
  });

  it("a terminal that goes away is such a wish, and never ends the process at once", async () => {
    const signals = new FakeSignals();
    const signalled = untilSignalled(signals);
    signals.emit("SIGHUP", "SIGHUP");
    await signalled;
    for (const name of ["SIGINT", "SIGHUP"]) {
      signals.now += 60_000;
      signals.emit(name, name);
    }
    expect(signals.kills).toBe(0);
  });

  it("a reader that left is one too, before or after it is waited for; a first signal later is none that ends the process at once", async () => {
    const signals = new FakeSignals();
    const signalled = untilSignalled(signals);
    signals.leave();
    await signalled;
    await untilSignalled(signals);
    signals.now += 60_000;
    signals.emit("SIGINT", "SIGINT");
    expect(signals.kills).toBe(0);
  });
});
