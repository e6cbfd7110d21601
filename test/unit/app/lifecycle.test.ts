import { afterEach, describe, expect, it, vi } from "vitest";
import { LATE_MS, Lifecycle, STOP_MS, withLifecycle } from "../../../src/app/lifecycle.js";
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
  it("gives up on a part that hangs, and stops of the others those that may go before it", async () => {
    vi.useFakeTimers();
    const stopped: string[] = [];
    const logged: string[] = [];
    const lifecycle = new Lifecycle({ ...silentLogger, error: (_fields, message) => logged.push(message) });
    const add = (name: string, stop: () => void | Promise<void>, evenIfLate: boolean): void => { lifecycle.add(name, name, async () => { stopped.push(name); await stop(); }, { evenIfLate }); };
    add("role", () => {}, false);
    add("log", () => {}, true);
    add("imports", () => new Promise(() => {}), true);
    add("exports", () => Promise.reject(new Error("full")), true);
    add("catalogue", () => {}, false);
    add("server", () => new Promise(() => {}), false);
    let ended = false;
    const stop = lifecycle.stop().then(() => { ended = true; });
    await vi.advanceTimersByTimeAsync(STOP_MS);
    expect([stopped, ended]).toEqual([["server", "exports", "imports"], false]);
    await vi.advanceTimersByTimeAsync(LATE_MS);
    await stop;
    expect(stopped).toEqual(["server", "exports", "imports", "log"]);
    expect(logged).toEqual(["server did not stop within 10 s", "a part did not stop in order", "imports did not stop within 11 s", "log did not stop within 11 s"]);
    expect(vi.getTimerCount()).toBe(0);
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
