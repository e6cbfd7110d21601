import { describe, expect, it } from "vitest";
import { awaitLatestRows, type LatestRowsParts } from "../../../src/app/latest-rows.js";
import { noteRowsWritten, rowsWanted } from "../../../src/capture/wanted-rows.js";

const NOW = 1_700_000_000_000;

/** A capture that is complete until `untilMs` and meets wishes after `answersAfter` looks; `asked` counts them. */
function capture(untilMs: number | null, answersAfter: number, live = true) {
  const values = new Map<string, string>();
  const settings = {
    get: (key: string) => values.get(key) ?? null,
    set: (key: string, value: string) => { values.set(key, value); },
    increment: (key: string) => {
      const next = Number(values.get(key) ?? 0) + 1;
      values.set(key, String(next));
      return next;
    },
  };
  const seen = { looks: 0, nowMs: NOW };
  const parts: LatestRowsParts = {
    catalogue: { settings, marks: { completeUntilMs: () => untilMs, liveSince: () => live } },
    clock: { nowMs: () => seen.nowMs },
    pause: (milliseconds) => {
      seen.looks += 1;
      seen.nowMs += milliseconds;
      if (seen.looks >= answersAfter) noteRowsWritten(settings, rowsWanted(settings));
      return Promise.resolve();
    },
  };
  return { parts, seen, asked: () => rowsWanted(settings) };
}

describe("what waits for the rows of the latest packets", () => {
  it("asks the capture once and goes on when it has written them", async () => {
    const { parts, seen, asked } = capture(NOW - 8_000, 3);
    await awaitLatestRows(parts, null, null);
    expect([asked(), seen.looks]).toEqual([1, 3]);
  });

  it.each([
    ["nothing is captured", capture(null, 1), null],
    ["the capture is silent", capture(NOW - 60_000, 1, false), null],
    ["all but the last second is in rows", capture(NOW - 900, 1), null],
    ["the range ends before that", capture(NOW - 8_000, 1), NOW - 8_000],
  ])("asks nobody where %s", async (_, { parts, seen, asked }, endMs) => {
    await awaitLatestRows(parts, endMs, null);
    expect([asked(), seen.looks]).toEqual([0, 0]);
  });

  it("asks for a range that ends in the last second, and in the future", async () => {
    for (const endMs of [NOW - 500, NOW + 86_400_000]) {
      const { parts, asked } = capture(NOW - 8_000, 1);
      await awaitLatestRows(parts, endMs, null);
      expect(asked()).toBe(1);
    }
  });

  it("gives up after 2.5 seconds, and when the clock is set back", async () => {
    const { parts, seen } = capture(NOW - 8_000, Infinity);
    await awaitLatestRows(parts, null, null);
    expect(seen.nowMs - NOW).toBe(2_500);
    const back = capture(NOW - 8_000, Infinity);
    await awaitLatestRows({ ...back.parts, pause: () => { back.seen.nowMs -= 1; return Promise.resolve(); } }, null, null);
    expect(back.seen.nowMs).toBe(NOW - 1);
  });

  it("ends when whoever asked has gone", async () => {
    const { parts } = capture(NOW - 8_000, Infinity);
    await expect(awaitLatestRows(parts, null, AbortSignal.abort())).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  });
});
