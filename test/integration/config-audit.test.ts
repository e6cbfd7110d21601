import { resolve } from "node:path";
import { expect, test } from "vitest";
import { runServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

test("a reload of the configuration is in the audit log by the names of what it changed", async () => {
  const running = await runServer(temporaryDirectory(), [resolve("examples/first-look.pcap")]);
  try {
    const { live, access } = running.server;
    live.reload({ values: { ...live.values } });
    expect(access.searchAudit({ action: "config" }, 10)).toEqual([]);
    live.reload({ values: { ...live.values, expireDays: 7, auditDays: 11 } });
    live.reload({ values: { ...live.values, queryTimeoutSeconds: 5 } });
    expect(access.searchAudit({ action: "config" }, 10)).toMatchObject([
      { user: "service", action: "config.reload", details: { changed: "queryTimeoutSeconds" } }, { action: "config.reload", details: { changed: "expireDays auditDays" } },
    ]);
  } finally {
    await running.stop();
  }
});
