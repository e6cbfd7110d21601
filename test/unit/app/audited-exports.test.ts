import { expect, it } from "vitest";
import { auditedExports } from "../../../src/app/audited-exports.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import type { RetentionEvent } from "../../../src/model/retention-event.js";

it("an export that cannot be noted is told all the same, and the log says so", () => {
  const [told, logged]: [RetentionEvent[], string[]] = [[], []];
  let full = true;
  const audited: string[] = [];
  const events = auditedExports(
    { raise: (event) => { told.push(event); }, clear() {}, lasting: () => [] }, { get: () => null },
    { audit: (user, action) => { if (full) throw new LookbackError("DISK_FULL", "no room"); audited.push(`${user} ${action}`); } }, { nowMs: () => 0 },
    { ...silentLogger, error: (_fields, message) => { logged.push(message); } },
  );
  const ready: RetentionEvent = { kind: "export-ready", subject: "1", user: "ann", sessions: 1, packets: 2, bytes: 3 };
  events.raise(ready);
  full = false;
  events.raise(ready);
  expect(told).toEqual([ready, ready]);
  expect(logged).toEqual(["the end of an export could not be written to the audit log"]);
  expect(audited).toEqual(["ann export.finish"]);
});
