import path from "node:path";
import { describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { captureAtRate, liveObstacle, makeTraffic } from "../support/live-run.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("live capture at a rate", why);

describe.skipIf(why !== null)("ten seconds at a modest rate", () => {
  it("lose nothing: what was sent is received, stored, and in a session", async () => {
    const directory = temporaryDirectory();
    const files = [7, 8].map((seed) => path.join(directory, `made${seed}.pcap`));
    for (const [at, file] of files.entries()) makeTraffic(file, "25M", 7 + at);
    const { sent, account, lagSeconds } = await captureAtRate(directory, files, 40, 120_000);
    expect(sent.packets).toBeGreaterThan(10_000);
    expect(account).toMatchObject({ received: sent.packets, stored: sent.packets, filed: sent.packets, lost: 0, indexed: sent.packets, open: 0 });
    expect(lagSeconds).toBeLessThan(15);
  });
});
