import { expect, it } from "vitest";
import { unbroken } from "../../../src/capture/live-replay.js";

it("a replay begins behind the last file that is missing in between", () => {
  const file = (firstOrdinal: number, packets: number) => ({ firstOrdinal, packets });
  expect(unbroken([])).toEqual([]);
  expect(unbroken([file(5, 3), file(8, 2), file(10, 1)])).toEqual([file(5, 3), file(8, 2), file(10, 1)]);
  expect(unbroken([file(0, 5), file(8, 2), file(10, 1)])).toEqual([file(8, 2), file(10, 1)]);
  expect(unbroken([file(0, 5), file(8, 2), file(11, 1)])).toEqual([file(11, 1)]);
});
