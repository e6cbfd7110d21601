import { expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { Arrivals } from "../../../src/index-store/arrivals.js";

it("segments that cannot be looked up are told once they can be, and the log says so once", async () => {
  const logged: string[] = [];
  let present: readonly string[] | null = ["a"];
  let look = (): void => {};
  const arrivals = new Arrivals({
    arrivedSegments: () => {
      if (present === null) throw new LookbackError("UNAVAILABLE", "the catalogue is locked");
      return present;
    },
  }, { ...silentLogger, error: (_fields, message) => { logged.push(message); } }, (each) => {
    look = each;
    return () => {};
  });
  const reader = arrivals.subscribe("ann", null);
  present = null;
  look();
  look();
  expect(logged).toHaveLength(1);
  present = ["a", "b"];
  look();
  expect(await reader.next()).toEqual({ done: false, value: { segments: ["b"], leftOut: false } });
  await reader.return?.();
});
