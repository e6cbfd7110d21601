import { afterEach, describe, expect, it, vi } from "vitest";
import { Lifecycle, STOP_MS, withLifecycle } from "../../../src/app/lifecycle.js";
import { silentLogger } from "../../../src/base/logger.js";

afterEach(() => { vi.useRealTimers(); });

describe("Lifecycle", () => {
  it("stops in reverse, once, whatever fails", async () => {
    const stopped: string[] = [];
    const lifecycle = new Lifecycle(silentLogger);
    lifecycle.add("a", 1, () => { stopped.push("a"); });
    lifecycle.add("b", 2, () => { throw new Error("b"); });
    expect(lifecycle.add("c", 3, async (part) => { stopped.push(`c${part}`); })).toBe(3);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(stopped).toEqual(["c3", "a"]);
  });
  it("gives up on a part that hangs", async () => {
    vi.useFakeTimers();
    const stopped: string[] = [];
    const lifecycle = new Lifecycle(silentLogger);
    lifecycle.add("a", 1, () => { stopped.push("a"); });
    lifecycle.add("b", 2, () => new Promise(() => {}));
    const stop = lifecycle.stop();
    await vi.advanceTimersByTimeAsync(STOP_MS);
    await stop;
    expect(stopped).toEqual([]);
  });
  it("stops what was started when building fails", async () => {
    const stopped: string[] = [];
    await expect(withLifecycle(silentLogger, async (lifecycle) => {
      lifecycle.add("a", 1, () => { stopped.push("a"); });
      throw new Error("no");
    })).rejects.toThrow("no");
    expect(stopped).toEqual(["a"]);
  });
});
