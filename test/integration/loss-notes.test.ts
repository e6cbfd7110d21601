import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import type { LedgerSpan } from "../../src/catalogue/capture-ledger.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const AT_MS = Date.UTC(2025, 10, 25, 9, 1);
const SPAN: LedgerSpan = {
  node: "n1", interface: "eth0", fromMs: AT_MS, untilMs: AT_MS + 1000, received: 1, stored: 1, byRule: 0, malformed: 0, cut: 0, duplicate: 0, lostToKernel: 0, lostToInterface: 0, lostToQueue: 0, lostToDisk: 0,
  uncounted: false,
};

describe("answers at the command line", () => {
  const directory = temporaryDirectory();
  beforeAll(async () => {
    const { code, error } = await lookback(["import", path.resolve("examples/first-look.pcap")], directory);
    if (code !== 0) throw new Error(error);
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => AT_MS });
    catalogue.captureLedger.add({ ...SPAN, received: 13, lostToKernel: 12 });
    catalogue.captureLedger.add({ ...SPAN, fromMs: AT_MS + 60_000, untilMs: AT_MS + 61_000, uncounted: true });
    catalogue.unknownDrops.note({ node: "n1", interface: "eth0", fromMs: AT_MS + 60_700, untilMs: AT_MS + 120_000 });
    catalogue.close();
  });

  const range = (fromMs: number, untilMs: number): string[] => ["--start", new Date(fromMs).toISOString(), "--end", new Date(untilMs).toISOString()];
  const LOST = "lookback: 12 packets were lost around this time: sessions may be missing or incomplete";
  const DIED = "lookback: a capture died around this time, and what went by until the next one began was counted by nobody; what the kernel dropped is unknown (libpcap): sessions may be missing or incomplete";

  it.each([
    ["search", ["search"]], ["search --json", ["search", "--json"]], ["search --count", ["search", "--count"]], ["aggregate", ["aggregate"]], ["aggregate --histogram", ["aggregate", "--histogram"]],
  ])("of %s say what was lost in their time range", async (_, words) => {
    const [lost, died, quiet, open, unknown] = await Promise.all([
      lookback([...words, ...range(AT_MS - 1000, AT_MS + 5000)], directory), lookback([...words, ...range(AT_MS + 60_500, AT_MS + 70_000)], directory),
      lookback([...words, ...range(AT_MS + 5000, AT_MS + 50_000)], directory), lookback(words, directory),
      lookback([...words, ...range(AT_MS + 70_000, AT_MS + 80_000)], directory),
    ]);
    expect([lost.code, died.code, quiet.code, open.code, unknown.code]).toEqual([0, 0, 0, 0, 0]);
    expect([lost.error.trim(), died.error.trim(), unknown.error.trim()]).toEqual([LOST, DIED, "lookback: what the kernel dropped is unknown (libpcap)"]);
    expect(quiet.error).not.toContain("lookback:");
    expect(open.error).toContain("lookback: 12 packets were lost around this time; a capture died around this time");
  });

  it("and the manifests of exports say so of the time of their sessions, also where it is verified", async () => {
    const exported = await lookback(["export", "protocols == http", "web.pcap", ...range(AT_MS - 3_600_000, AT_MS + 3_600_000)], directory);
    expect([exported.code, exported.error]).toMatchObject([0, expect.any(String)]);
    const { losses } = JSON.parse(readFileSync(path.join(directory, "web.pcap.manifest.json"), "utf8")) as { losses: Record<string, unknown> };
    // The sessions end before the capture that died and the one through libpcap, whatever the range that was asked for.
    expect(losses).toEqual({ start: expect.any(String), end: expect.any(String), packets: 12, uncounted: false, unknownDrops: false });
    expect([Date.parse(String(losses["start"])) < AT_MS, Date.parse(String(losses["end"])) < AT_MS + 60_000]).toEqual([true, true]);
    const verified = await lookback(["export", "--verify", "web.pcap"], directory);
    expect([verified.code, verified.output + verified.error]).toEqual([0, expect.stringContaining("; 12 packets were lost in that time")]);
  });
});
