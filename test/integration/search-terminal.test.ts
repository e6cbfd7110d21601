import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { saySkipped } from "../support/corpus.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { hasTerminal, Terminal } from "../support/terminal.js";

if (!hasTerminal()) saySkipped("search at a terminal", "there is no script(1) on this host");

describe.skipIf(!hasTerminal())("search at a terminal", () => {
  const directory = temporaryDirectory();
  let terminal: Terminal | null = null;
  beforeAll(async () => {
    const { code, error } = await lookback(["import", path.resolve("examples/first-look.pcap")], directory);
    if (code !== 0) throw new Error(error);
  });
  afterEach(() => { terminal?.stop(); });

  const search = async (...words: readonly string[]): Promise<string> => {
    terminal = new Terminal([process.execPath, path.resolve("dist/bundle/main.js"), "search", "--utc", ...words], directory, { NO_COLOR: "1", COLUMNS: "200" });
    expect(await terminal.exited).toBe(0);
    return terminal.shown.replaceAll("\r", "");
  };

  it("is a table that says what it counts", async () => {
    const lines = (await search("ip.src == 10.20.0.27 && protocols == http")).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^Start +Duration +Protocol +Source +Destination +Packets +Bytes +Information/);
    expect(lines[1]).toMatch(/^2025-11-25 09:01:20\.120 +331 ms +tcp,http +10\.20\.0\.27:34179 +198\.51\.100\.64:80 +12 +4\.3 KiB +GET 200 /);
    expect(lines.at(-1)).toMatch(/^2 sessions \(times are UTC\)/);
  });

  it("says of an empty time range whether there is something at other times", async () => {
    expect(await search("protocols == dns", "--last", "1h")).toContain("outside the time range there are some: the newest ended 2025-11-25 09:01:03.094");
    expect(await search("ip.src == 203.0.113.250", "--last", "1h")).toContain("there are none at other times either");
    expect(await search("ip.src == 203.0.113.250")).not.toContain("other times");
  });

  it("names a sensor that died", async () => {
    const diedMs = Date.UTC(2025, 10, 25, 10);
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => diedMs });
    catalogue.marks.set({ stream: "a", node: "east", replayFromOrdinal: null, nextOrdinal: 1, completeUntilMs: diedMs - 2000 });
    catalogue.close();
    expect(await search("protocols == dns")).toContain("complete until 2025-11-25 09:59:58.000: east has been silent since 2025-11-25 10:00:00.000");
  });
});
