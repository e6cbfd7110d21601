import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { rowIdOf } from "../../src/index-store/row-id.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { storeFacts, writeCaptures } from "../support/kill-series.js";
import { lookback, LookbackProcess } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Id and finality of every visible row, in order of id, and the segments that there are. */
async function visibleRows(data: string) {
  const catalogue = openCatalogue(data, { nowMs: () => 0 });
  const segments = catalogue.segments.live();
  const hidden = new Set(segments.flatMap((segment) => catalogue.segments.supersededIds(segment.path).map((id) => `${segment.path} ${rowIdOf(id)}`)));
  catalogue.close();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows: (readonly [string, boolean])[] = [];
  for (const segment of segments) {
    const found = await connection.runAndReadAll(`SELECT id::VARCHAR, final FROM read_parquet('${path.join(data, "sessions", segment.path)}')`);
    for (const [id, final] of found.getRows()) if (!hidden.has(`${segment.path} ${String(id)}`)) rows.push([String(id), final === true]);
  }
  connection.closeSync();
  return { segments, hidden: hidden.size, rows: rows.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

describe("a damaged index", () => {
  it("is named by what needs it, and made again from the packets", async () => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "captures"), 3, 40);
    expect((await lookback(["import", "captures", "--data", "data"], directory)).code).toBe(0);
    const before = await storeFacts(path.join(directory, "data"));
    const sessions = path.join(directory, "data", "sessions");
    const [first = "", second = ""] = readdirSync(sessions, { recursive: true }).map(String).filter((name) => name.endsWith(".parquet")).sort();
    const bytes = readFileSync(path.join(sessions, first));
    writeFileSync(path.join(sessions, first), bytes.subarray(0, bytes.length >> 1));
    rmSync(path.join(sessions, second));

    const search = await lookback(["search", "host.http == h1.example.net", "--data", "data"], directory);
    expect(search.code).toBe(1);
    expect(search.error).toMatch(/error STORE_DAMAGED: .*\.parquet/);

    const rebuilt = await lookback(["rebuild", "--data", "data"], directory);
    expect(rebuilt.code).toBe(0);
    expect(rebuilt.output).toContain(`damaged: ${first}`);
    expect(rebuilt.output).toContain(`damaged: ${second}`);
    expect(await storeFacts(path.join(directory, "data"))).toEqual(before);
    expect((await lookback(["rebuild", "--data", "data"], directory)).output).toBe("no segment is damaged\n");
  });

  it("is made again where it waits for a cluster, and waits on", async () => {
    const directory = temporaryDirectory();
    const cluster = ["--data", "data", "--set", "indexStore=elasticsearch", "--set", "elasticsearch=http://127.0.0.1:9"];
    writeCaptures(path.join(directory, "captures"), 1, 40);
    expect((await lookback(["import", "captures", ...cluster], directory)).code).toBe(0);
    const sessions = path.join(directory, "data", "sessions");
    const [segment = ""] = readdirSync(sessions, { recursive: true }).map(String).filter((name) => name.endsWith(".parquet"));
    const bytes = readFileSync(path.join(sessions, segment));
    writeFileSync(path.join(sessions, segment), bytes.subarray(0, bytes.length >> 1));

    const rebuilt = await lookback(["rebuild", "--json", ...cluster], directory);
    expect(JSON.parse(rebuilt.output)).toMatchObject({ damaged: [{ path: segment }] });
    expect(readFileSync(path.join(sessions, segment))).toEqual(bytes);
    expect(JSON.parse((await lookback(["ship", "--status", "--json", ...cluster], directory)).output)).toMatchObject({ queue: { segments: 1 } });
  });

  it("is not made from captures that were written over those that were indexed", async () => {
    const directory = temporaryDirectory();
    const captures = path.join(directory, "captures");
    writeCaptures(captures, 2, 40);
    expect((await lookback(["import", "captures", "--data", "data"], directory)).code).toBe(0);
    const sessions = path.join(directory, "data", "sessions");
    for (const name of readdirSync(sessions, { recursive: true }).map(String).filter((one) => one.endsWith(".parquet"))) rmSync(path.join(sessions, name));
    const [kept = "", overwritten = ""] = readdirSync(captures).sort().map((name) => path.join(captures, name));
    const bytes = readFileSync(overwritten);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(overwritten, bytes);
    const { code, output } = await lookback(["rebuild", "--json", "--data", "data"], directory);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ files: [kept], changed: [overwritten] });
  });

  it("is made of what can be read, and of the rest once it is back, or never", async () => {
    const directory = temporaryDirectory();
    const captures = path.join(directory, "captures");
    writeCaptures(captures, 2, 40);
    expect((await lookback(["import", "captures", "--data", "data"], directory)).code).toBe(0);
    const before = await storeFacts(path.join(directory, "data"));
    const sessions = path.join(directory, "data", "sessions");
    const damage = () => { for (const name of readdirSync(sessions, { recursive: true }).map(String).filter((one) => one.endsWith(".parquet"))) rmSync(path.join(sessions, name)); };
    damage();
    const [there = "", away = ""] = readdirSync(captures).sort().map((name) => path.join(captures, name));
    renameSync(away, `${away}.away`);

    const partly = await lookback(["rebuild", "--json", "--data", "data"], directory);
    expect(partly.code).toBe(1);
    expect(JSON.parse(partly.output)).toMatchObject({ files: [there], unread: [{ path: away, reason: expect.stringMatching(/no such file/) }], left: [expect.stringMatching(/\.parquet$/)] });
    const again = await lookback(["rebuild", "--data", "data"], directory);
    expect([again.code, again.output]).toEqual([1, expect.stringMatching(/not read again: .*no such file[^]*still damaged: .*\.parquet\nbring back .* --give-up/)]);

    renameSync(`${away}.away`, away);
    expect((await lookback(["rebuild", "--data", "data"], directory)).code).toBe(0);
    expect(await storeFacts(path.join(directory, "data"))).toEqual(before);

    damage();
    rmSync(away);
    const given = await lookback(["rebuild", "--json", "--give-up", "--data", "data"], directory);
    expect([given.code, JSON.parse(given.output)]).toEqual([0, expect.objectContaining({ files: [there], left: [] })]);
    expect((await lookback(["search", "--data", "data"], directory)).code).toBe(0);
  });

  it("of a live capture is made again without losing what was open, and what of it is elsewhere is seen once", async () => {
    const directory = temporaryDirectory();
    const capture = new LookbackProcess(["capture", "--interface", "-", "--data", "data", "--set", "openSessionFlush=1"], directory, { keepInput: true });
    try {
      const bytes = readFileSync(path.resolve("examples/first-look.pcap"));
      capture.child.stdin?.write(bytes.subarray(0, 60_001));
      for (let tries = 0; tries < 100 && Number((await lookback(["search", "--count", "--data", "data"], directory)).output) === 0;) tries += 1;
      capture.child.stdin?.end(bytes.subarray(60_001));
      expect((await capture.exited).code).toBe(0);
    } finally {
      capture.child.kill("SIGKILL");
    }
    const data = path.join(directory, "data");
    const before = await visibleRows(data);
    expect(before.hidden).toBeGreaterThan(0);
    expect(new Set(before.rows.map(([, final]) => final))).toEqual(new Set([true]));
    const sizes = { open: before.segments.filter(({ openRows }) => openRows > 0).length, final: before.segments.filter(({ openRows }) => openRows === 0).length };
    expect([sizes.open > 0, sizes.final > 0]).toEqual([true, true]);
    for (const { path: segment } of before.segments.filter(({ openRows }) => openRows === 0)) rmSync(path.join(data, "sessions", segment));
    const rebuilt = await lookback(["rebuild", "--data", "data"], directory);
    expect([rebuilt.code, rebuilt.error]).toEqual([0, expect.not.stringContaining("error")]);
    expect((await visibleRows(data)).rows).toEqual(before.rows);
    // Once more, with those that have what was open: what was made stays as it is.
    for (const { path: segment } of before.segments.filter(({ openRows }) => openRows > 0)) rmSync(path.join(data, "sessions", segment));
    expect((await lookback(["rebuild", "--data", "data"], directory)).code).toBe(0);
    expect((await visibleRows(data)).rows).toEqual(before.rows);
  });

  it("waits for a file that nobody closed", async () => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "captures"), 2, 40);
    expect((await lookback(["import", "captures", "--data", "data"], directory)).code).toBe(0);
    const data = path.join(directory, "data");
    const catalogue = openCatalogue(data, { nowMs: () => 0 });
    // What the second one's segment holds is in a file that a capture wrote when its host died.
    const second = catalogue.files.list().at(-1);
    const file = path.join(directory, "open.pcap");
    catalogue.files.update(second?.id ?? 0, { state: "writing", stream: "f".repeat(32), path: file });
    catalogue.close();
    for (const name of readdirSync(path.join(data, "sessions"), { recursive: true }).map(String).filter((one) => one.endsWith(".parquet"))) rmSync(path.join(data, "sessions", name));
    const { code, output } = await lookback(["rebuild", "--json", "--data", "data"], directory);
    expect([code, JSON.parse(output)]).toEqual([1, expect.objectContaining({ files: [path.join(directory, "captures", "0.pcap")], unread: [{ path: file, reason: expect.stringContaining("start one") }], left: [expect.stringMatching(/\.parquet$/)] })]);
    expect((await lookback(["rebuild", "--give-up", "--data", "data"], directory)).code).toBe(0);
  });

  it("a catalogue that does not read back is named and nothing is started", async () => {
    const directory = temporaryDirectory();
    writeCaptures(path.join(directory, "captures"), 1, 5);
    await lookback(["import", "captures", "--data", "data"], directory);
    const catalogue = path.join(directory, "data", "catalogue.sqlite");
    const bytes = readFileSync(catalogue);
    bytes.fill(0x55, 0, 8192);
    writeFileSync(catalogue, bytes);
    const serve = await lookback(["serve", "--data", "data", "--set", "viewPort=0"], directory);
    expect(serve.code).toBe(1);
    expect(serve.error).toMatch(/^error STORE_DAMAGED: the catalogue .*catalogue\.sqlite/m);
  });
});
