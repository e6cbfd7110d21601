import path from "node:path";
import { describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { accountOf, inNamespace, liveObstacle, makeTraffic, SENDER, sentOf } from "../support/live-run.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("a ring that overflows", why);

describe.skipIf(why !== null)("a capture that is held up", () => {
  it("loses what its ring has no room for, and accounts for every packet: those of its files are in sessions, and the rest is lost", async () => {
    const directory = temporaryDirectory();
    makeTraffic(path.join(directory, "made.pcap"), "30M", 5);
    // Thirty times what the ring holds come while nobody reads it.
    const sent = sentOf(await inNamespace(directory, [
      "ip link set v0 mtu 9000; ip link set v1 mtu 9000",
      "capture --set ringMiB=1 --set tpacketv3BlockSize=65536 > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1",
      `kill -STOP $pid; "${SENDER}" v1 made.pcap; kill -CONT $pid`,
      // What comes afterwards is taken again.
      `"${SENDER}" v1 made.pcap 40`,
      "kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000));
    const account = await accountOf(path.join(directory, "data"));
    expect(account.received).toBe(sent.packets);
    expect(account.stored + account.lost).toBe(sent.packets);
    expect(account.lost).toBeGreaterThan(sent.packets / 4);
    expect(account.stored).toBeGreaterThan(sent.packets / 4);
    expect(account).toMatchObject({ filed: account.stored, indexed: account.stored, open: 0 });
    const asked = await lookback(["search", "--count", "--last", "1h", "--data", "data"], directory);
    expect(asked.error).toContain("packets were lost around this time");
  });
});
