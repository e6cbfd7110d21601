import { describe, expect, it } from "vitest";
import { liveAccount, sessionAccount } from "../../../src/capture/live-account.js";
import { plainLine, redrawn, screenLines, type Shown } from "../../../src/cli/live-screen.js";
import { terminalOf } from "../../../src/cli/terminal.js";
import type { SourceLedger } from "../../../src/native/types.js";

function ledger(name: string, counts: Partial<SourceLedger>): SourceLedger {
  return {
    interface: name, delivered: 0, bytes: 0, stored: 0, byRule: 0, malformed: 0, lostToDisk: 0, lostToQueue: 0, cut: 0, duplicate: 0, droppedByKernel: 0, droppedByInterface: null,
    waits: 0, wentDown: 0, damagedBlocks: 0, ended: false, failure: null, ...counts,
  };
}

function shown(failure: string | null = null): Shown {
  const sessions = sessionAccount({ "sessions.saved": 12, "sessions.indexed": 9, "sessions.byRule": 2, "sessions.indexLost": 1 }, 7);
  const at = (atMs: number, ledgers: readonly SourceLedger[]) => liveAccount(ledgers, "", sessions, { startedMs: 0, atMs }, failure);
  return {
    before: at(60_000, [ledger("eth0", { stored: 1000, bytes: 1_000_000 })]),
    account: at(62_000, [
      ledger("eth0", { stored: 2000, bytes: 2_000_000, byRule: 500, droppedByKernel: 20, droppedByInterface: 4, waits: 3 }),
      ledger("eth0", { stored: 1000, bytes: 1_500_000, droppedByKernel: 0, droppedByInterface: 4, lostToDisk: 6, cut: 5, malformed: 1 }),
      ledger("eth1", { droppedByKernel: null }),
    ]),
    directories: [{ directory: "/srv/packets", freeBytes: 10 * 2 ** 30, totalBytes: 40 * 2 ** 30 }],
  };
}

describe("the live account", () => {
  it("sums the sources of an interface, balances, and tells rates since the last look", () => {
    const { account } = shown();
    expect(account.total).toEqual({ received: 3530, stored: 3000, byRule: 500, lost: 30, bytes: 3_500_000 });
    expect(account.total.received).toBe(account.total.stored + account.total.byRule + account.total.lost);
    const text = screenLines(shown(), terminalOf({ isTTY: true, columns: 300 }, { NO_COLOR: "1" })).join("\n");
    expect(text).toContain("eth0, eth1, capturing for 1:02");
    expect(text).toContain("1,265 packets/s  10.0 Mbit/s  15 lost/s");
    expect(text).toContain("30 lost (0.85 %)");
    expect(text).toContain("eth0: 3,530 received; lost: kernel 20, interface 4, queue 0, disk 6; cut 5, damaged 1");
    expect(text).toContain("eth1: 0 received; lost: kernel unknown, interface unknown");
    expect(text).toContain("sources waited 3 times");
    expect(text).toContain("7 open  12 closed: 9 indexed, 2 left out by rules, 1 lost");
    expect(text).toContain("/srv/packets: 10.0 GiB free of 40.0 GiB (25 %), taken in 2:23:10 at this rate");
  });

  it("fits the terminal, styles and all, and draws over itself", () => {
    const lines = screenLines(shown("no room on /srv/packets\u001b[2J"), terminalOf({ isTTY: true, columns: 40 }, {}));
    // Text from outside steers no terminal; what is left are our own styles.
    const bare = lines.map((line) => line.replace(/\u001b\[\d+m/g, ""));
    expect(bare.every((line) => line.length <= 40 && !line.includes("\u001b"))).toBe(true);
    expect(redrawn(["a", "b"])).toBe("\u001b[Ha\u001b[K\nb\u001b[K\n\u001b[J");
  });

  it("is one line of numbers where there is no terminal", () => {
    expect(plainLine(shown("no room"))).toBe(
      `1970-01-01T00:01:02.000Z packets/s=1265 Mbit/s=10.0 received=3530 stored=3000 by-rule=500 lost=30 waits=3 open=7 indexed=9 free-bytes=${10 * 2 ** 30} failure="no room"`,
    );
  });
});
