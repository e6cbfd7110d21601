import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

const SIGNALS = new URL("../../../dist/cli/signals.js", import.meta.url).href;

/** Runs `body` in a process of its own, after `endSoon`; resolves to how it ended. */
async function endingOf(body: string): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", `import { endSoon } from ${JSON.stringify(SIGNALS)}; endSoon(100); ${body}`], { stdio: "ignore" });
  await once(child, "exit");
  return { code: child.exitCode, signal: child.signalCode };
}

describe("a process that was told to stop", () => {
  it("ends by itself when nothing is left to do", async () => {
    expect(await endingOf("process.exitCode = 3;")).toEqual({ code: 3, signal: null });
  });

  it("is ended when something keeps it alive", async () => {
    expect(await endingOf("setInterval(() => {}, 1000);")).toEqual({ code: null, signal: "SIGKILL" });
  });
});
