import { describe, expect, it } from "vitest";
import { CostBudgets } from "../../../src/graphql/cost-budget.js";

function budgets(limit = 600) {
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const bound = { limit };
  return { clock, bound, made: new CostBudgets(clock, () => bound.limit) };
}

describe("a budget of costs", () => {
  it("says what is left, refuses what is not there with the wait, and fills evenly", () => {
    const { clock, made } = budgets();
    expect(made.spend("a", 250)).toEqual({ limit: 600, remaining: 350, resetSeconds: 25 });
    expect(made.spend("a", 350)).toEqual({ limit: 600, remaining: 0, resetSeconds: 60 });
    expect(() => made.spend("a", 100)).toThrow(expect.objectContaining({ code: "RATE_LIMITED", details: { limit: 600, remaining: 0, cost: 100, retryAfterSeconds: 10 } }));
    clock.now += 10_000;
    expect(made.spend("a", 100)).toMatchObject({ remaining: 0 });
    clock.now += 3_600_000;
    expect(made.spend("a", 1)).toMatchObject({ remaining: 599 });
  });

  it("is one per credential", () => {
    const { made } = budgets();
    made.spend("a", 600);
    expect(made.spend("b", 1)).toMatchObject({ remaining: 599 });
  });

  it("lets an operation through that costs more than a minute has, when the minute is whole", () => {
    const { clock, made } = budgets();
    expect(made.spend("a", 5_000)).toMatchObject({ remaining: 0 });
    expect(() => made.spend("a", 5_000)).toThrow(expect.objectContaining({ code: "RATE_LIMITED" }));
    clock.now += 60_000;
    expect(made.spend("a", 5_000)).toMatchObject({ remaining: 0 });
  });

  it("takes nothing away when the clock is set back, and bounds nothing at 0", () => {
    const { clock, bound, made } = budgets();
    made.spend("a", 100);
    clock.now -= 3_600_000;
    expect(made.spend("a", 0)).toMatchObject({ remaining: 500 });
    bound.limit = 0;
    expect(made.spend("a", 1e9)).toBeNull();
  });

  it("forgets credentials that have spent longest ago", () => {
    const { made } = budgets();
    made.spend("first", 600);
    for (let at = 0; at < 10_000; at += 1) made.spend(`c${at}`, 1);
    expect(made.spend("first", 600)).toMatchObject({ remaining: 0 });
  });
});
