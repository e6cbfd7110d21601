import { expect, it } from "vitest";
import { Turns } from "../../../src/base/turns.js";

/** Turns with timers that run out when they are told to, and how many were begun. */
function timed() {
  const waiting = new Map<() => void, number>();
  let begun = 0;
  const turns = new Turns(5_000, (run, ms) => {
    begun += 1;
    waiting.set(run, ms);
    return () => { waiting.delete(run); };
  });
  return { turns, begun: () => begun, waiting: () => [...waiting.values()], runOut: (limitMs: number) => { for (const [run, ms] of waiting) if (ms === limitMs) run(); } };
}

/** A run that ends when it is told to. */
function held() {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => { end = resolve; });
  return { begin: () => over, end: () => { end(); } };
}

it("runs of one subject go one after another as they were asked for, and each costs as much however many wait", async () => {
  const { turns, begun, waiting } = timed();
  const order: number[] = [];
  let going = 0;
  let most = 0;
  await Promise.all(Array.from({ length: 1_000 }, (_, number) => turns.run("/p", async () => {
    going += 1;
    most = Math.max(most, going);
    await Promise.resolve();
    order.push(number);
    going -= 1;
  }, number % 10 === 0 ? 30_000 : 5_000)));
  expect([most, order, waiting()]).toEqual([1, Array.from({ length: 1_000 }, (_, number) => number), []]);
  expect(begun()).toBeLessThanOrEqual(2_000);
});

it("a run that is late is given up by all who wait no longer, and the others go on in order once it ends", async () => {
  const { turns, runOut, waiting } = timed();
  const first = held();
  const order: string[] = [];
  const note = (name: string, limitMs: number) => turns.run("/p", () => { order.push(name); return Promise.resolve(name); }, limitMs).catch((error: Error) => error.message);
  const runner = turns.run("/p", first.begin).catch((error: Error) => error.message);
  const asked = [note("a", 30_000), note("b", 5_000), note("c", 30_000)];
  runOut(5_000);
  const late = "/p does not answer within 5 s; look at its disk or mount";
  expect([await runner, await asked[1], await note("d", 5_000), turns.isLate("/p", 5_000), turns.isLate("/p", 30_000)]).toEqual([late, late, late, true, false]);
  expect([order, waiting()]).toEqual([[], [30_000]]);
  first.end();
  expect(await Promise.all(asked)).toEqual(["a", late, "c"]);
  await note("e", 5_000);
  expect(order).toEqual(["a", "c", "e"]);
});

it("a time that ran out just before a run ended does not count against the next one", async () => {
  const { turns, runOut } = timed();
  const [first, second] = [held(), held()];
  const runs = [turns.run("/p", first.begin, 30_000), turns.run("/p", second.begin, 30_000), turns.run("/p", () => Promise.resolve("third"))];
  for (const limitMs of [5_000, 30_000]) runOut(limitMs);
  first.end();
  await runs[0];
  await new Promise((resolve) => { setImmediate(resolve); });
  expect(turns.isLate("/p", 5_000)).toBe(false);
  second.end();
  expect(await Promise.all(runs)).toEqual([undefined, undefined, "third"]);
});

it("a run that fails, even before it begins, leaves the turn to the next", async () => {
  const { turns } = timed();
  const failed = [turns.run("/p", () => { throw new Error("no"); }), turns.run("/p", () => Promise.reject(new Error("neither")))];
  const next = turns.run("/p", () => Promise.resolve("next"));
  expect(await Promise.allSettled(failed)).toMatchObject([{ reason: { message: "no" } }, { reason: { message: "neither" } }]);
  expect(await next).toBe("next");
});
