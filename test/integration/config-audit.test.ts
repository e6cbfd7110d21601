import { resolve } from "node:path";
import { expect, test } from "vitest";
import { runServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

test("what changed in the configuration since the last start is in the audit log by name", async () => {
  const directory = temporaryDirectory();
  const first = await runServer(directory, [resolve("examples/first-look.pcap")], { set: { webhookSecret: "one secret", expireDays: "9" } });
  expect(first.server.access.searchAudit({ action: "config" }, 10)).toEqual([]);
  first.server.live.reload({ values: { ...first.server.live.values, expireDays: 8 } });
  await first.stop();
  const again = await runServer(directory, [], { password: first.password, set: { webhookSecret: "one secret", expireDays: "8" } });
  expect(again.server.access.searchAudit({ action: "config" }, 10)).toHaveLength(1);
  await again.stop();
  const changed = await runServer(directory, [], { password: first.password, set: { webhookSecret: "another secret", bpf: "port 53" } });
  try {
    const [newest, ...older] = changed.server.access.searchAudit({ action: "config" }, 10);
    expect(newest).toMatchObject({ user: "service", action: "config.change", outcome: "ok" });
    expect(String(newest?.details["changed"]).split(" ").toSorted()).toEqual(["bpf", "expireDays", "webhookSecret"]);
    expect(older).toMatchObject([{ action: "config.reload", details: { changed: "expireDays" } }]);
    expect(JSON.stringify(newest)).not.toContain("secret\"");
  } finally {
    await changed.stop();
  }
});

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
