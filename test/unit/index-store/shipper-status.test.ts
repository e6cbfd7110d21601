import { expect, it } from "vitest";
import { silentLogger } from "../../../src/base/logger.js";
import { loadShipperReport, ShipperStatus } from "../../../src/index-store/elasticsearch/shipper-status.js";

it("the report of a shipper ends nothing where it cannot be kept, which is told once until it can be", () => {
  let isFull = true;
  let kept: string | null = null;
  const told: string[] = [];
  const settings = {
    set(_key: string, value: string) {
      if (isFull) throw new Error("database or disk is full");
      kept = value;
    },
    get: () => kept,
  };
  const status = new ShipperStatus(settings, { nowMs: () => 1_000 }, { ...silentLogger, error: (_fields, message) => told.push(message) });
  status.failed(new Error("first"));
  status.round(false);
  expect([loadShipperReport(settings), told]).toEqual([null, ["the shipper's report could not be kept; it goes on"]]);
  isFull = false;
  status.waiting(new Error("second"));
  expect(loadShipperReport(settings)).toMatchObject({ running: true, lastError: { message: "second" } });
  isFull = true;
  status.ended();
  expect(told).toHaveLength(2);
});
