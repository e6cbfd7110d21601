import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findArkimeFiles, parseArkimeFileName } from "../../src/capture/arkime-files.js";
import { readArkimeInstallation } from "../../src/config/arkime-installation.js";
import { classicCapture } from "../support/capture-bytes.js";
import { httpExchange } from "../support/frames.js";
import { lookback, spawnLookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A capture with one HTTP exchange of a host. */
function capture(host: number): Buffer {
  const ends = { source: `10.1.0.${host}`, destination: "192.0.2.9", sourcePort: 41_000, destinationPort: 80 };
  return classicCapture(httpExchange(ends, `host${host}.example.org`, "/").map((data, at) => ({ seconds: 1_760_000_000 + host * 60 + at, nanoseconds: 0, data }))).bytes;
}

/** Writes a file that was closed a day ago. */
function old(file: string, bytes: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  utimesSync(file, new Date(Date.now() - 86_400_000), new Date(Date.now() - 86_400_000));
}

describe("names of packet files", () => {
  it.each([
    ["sensor1-251009-00000012.pcap", { node: "sensor1", number: 12 }], ["a-b.c-251009-00000001.pcap.zst", { node: "a-b.c", number: 1 }], ["x-251009-123456789.pcap.gz", { node: "x", number: 123_456_789 }],
    ["x-251009-00000001.arkime", { node: "x", number: 1 }], ["other.pcap", null], ["x-2510-1.pcap", null], ["x-251009-1.pcap.txt", null],
  ])("%s is %j", (name, expected) => { expect(parseArkimeFileName(name)).toEqual(expected); });

  it("are found in the order they were written, by node, without those that are open", async () => {
    const directory = temporaryDirectory();
    for (const name of ["b-251009-2.pcap", "b-251010-10.pcap", "a-251009-3.pcap.gz", "below/2025/b-251008-1.pcap", "notes.pcap"]) old(path.join(directory, name), Buffer.from("x"));
    writeFileSync(path.join(directory, "a-251011-4.pcap"), "x");
    const found = await findArkimeFiles([directory, path.join(directory, "missing")], Date.now());
    expect(found.files.map((file) => path.basename(file.path))).toEqual(["a-251009-3.pcap.gz", "b-251008-1.pcap", "b-251009-2.pcap", "b-251010-10.pcap"]);
    expect(found.open).toEqual([path.join(directory, "a-251011-4.pcap")]);
    expect(found.unreadable).toEqual([{ directory: path.join(directory, "missing"), reason: expect.stringMatching(/ENOENT/) }]);
  });

  it("are looked for where every section says, with a word about what cannot be read", () => {
    const file = path.join(temporaryDirectory(), "config.ini");
    writeFileSync(file, "[default]\npcapDir=/a;/b\nsimpleEncoding=aes-256-ctr\n[one]\npcapDir=/c;/a\npcapWriteMethod=simple-nodirect\n");
    expect(readArkimeInstallation(file)).toEqual({ packetDirectories: ["/a", "/b", "/c"], unreadable: ["[default] simpleEncoding=aes-256-ctr"] });
    writeFileSync(file, "[default]\n");
    expect(readArkimeInstallation(file).packetDirectories).toEqual(["/opt/arkime/raw"]);
  });
});

describe("an installation of Arkime", () => {
  it("is imported whole, under its nodes' names, and again without doing anything twice", async () => {
    const directory = temporaryDirectory();
    const raw = path.join(directory, "arkime", "raw");
    writeFileSync(path.join(directory, "notes"), "");
    mkdirSync(path.join(directory, "arkime"));
    writeFileSync(path.join(directory, "arkime", "config.ini"), "[default]\nelasticsearch=http://127.0.0.1:9200\npcapDir=raw\nviewPort=8005\n[east]\ninterface=eth1\n");
    old(path.join(raw, "east-251009-00000001.pcap"), capture(1));
    old(path.join(raw, "east-251009-00000002.pcap.gz"), gzipSync(capture(2)));
    old(path.join(raw, "west-251009-00000003.pcap"), capture(3));
    old(path.join(raw, "west-251009-00000004.pcap"), Buffer.from("nothing that can be read"));
    writeFileSync(path.join(raw, "west-251009-00000005.pcap"), capture(5));
    const run = (...words: string[]) => lookback([...words, "--data", "data"], directory);

    const first = await run("import", "--from-arkime", "arkime/config.ini");
    expect(first.error).toMatch(/warning: .*west-251009-00000005\.pcap changed within the last minute/);
    expect(first.error).toMatch(/4 packet files, 0 of them imported before; 4 to import of east, west\n1 to 2 of 4, node east:/);
    expect(first.error).toMatch(/failed west-251009-00000004\.pcap: CAPTURE_UNREADABLE/);
    expect(first.code).toBe(3);
    const found = await run("search", "protocols == http", "--fields", "node,ip.src", "--sort", "starttime:asc");
    expect(found.output).toBe("east\t10.1.0.1\neast\t10.1.0.2\nwest\t10.1.0.3\n");

    // The user's packet files are read where they are, and stay as they were; compressed ones are copied.
    expect(readFileSync(path.join(raw, "east-251009-00000001.pcap"))).toEqual(capture(1));
    old(path.join(raw, "west-251009-00000005.pcap"), capture(5));
    const again = await run("import", "--from-arkime", "arkime/config.ini", "--json");
    expect(again.error).toMatch(/5 packet files, 3 of them imported before; 2 to import of west/);
    expect(again.output.trim().split("\n").map((line) => (JSON.parse(line) as { state: string }).state).sort()).toEqual(["done", "failed"]);
    expect((await run("search", "node == west", "--count")).output).toBe("2\n");

    const elsewhere = await run("import", "--from-arkime", "arkime/config.ini", "--pcap-dir", "nowhere");
    expect([elsewhere.code, elsewhere.error]).toEqual([1, expect.stringMatching(/warning: .*nowhere cannot be read: .*\n0 packet files/)]);
    const both = await run("import", "--from-arkime", "arkime/config.ini", "a.pcap");
    expect([both.code, both.error]).toEqual([2, expect.stringMatching(/--pcap-dir/)]);
    expect((await run("import", "--from-arkime", "missing.ini")).code).toBe(78);
  });

  it("that is still written is imported with 0, of which nothing can be read with 1, and also when others were in before with 3", async () => {
    const directory = temporaryDirectory();
    const raw = path.join(directory, "raw");
    writeFileSync(path.join(directory, "config.ini"), "[default]\npcapDir=raw\n");
    const code = async (...words: string[]) => (await lookback(["import", "--from-arkime", "config.ini", ...words, "--config", "none.ini", "--data", "data"], directory)).code;
    writeFileSync(path.join(directory, "none.ini"), "[default]\n");
    old(path.join(raw, "east-251009-00000001.pcap"), Buffer.from("nothing that can be read"));
    expect(await code()).toBe(1);
    old(path.join(raw, "east-251009-00000001.pcap"), capture(1));
    writeFileSync(path.join(raw, "east-251009-00000002.pcap"), capture(2));
    expect(await code()).toBe(0);
    old(path.join(raw, "east-251009-00000002.pcap"), Buffer.from("nothing that can be read"));
    expect(await code()).toBe(3);
  });

  it.each(["SIGKILL", "SIGINT"] as const)("goes on where it was after %s in the middle, and every session is there once", async (how) => {
    const directory = temporaryDirectory();
    const raw = path.join(directory, "raw");
    writeFileSync(path.join(directory, "config.ini"), "[default]\npcapDir=raw\n");
    const count = 60;
    for (let host = 1; host <= count; host++) old(path.join(raw, `east-251009-${String(host).padStart(8, "0")}.pcap${host % 3 === 0 ? ".gz" : ""}`), host % 3 === 0 ? gzipSync(capture(host)) : capture(host));
    const words = ["import", "--from-arkime", "config.ini", "--config", "none.ini", "--data", "data"];
    writeFileSync(path.join(directory, "none.ini"), "[default]\n");
    const cut = spawnLookback(words, directory);
    await expect.poll(() => cut.errorText().match(/^imported /gm)?.length ?? 0, { timeout: 30_000, interval: 2 }).toBeGreaterThan(2);
    cut.child.kill(how);
    const ended = await cut.exited;
    expect([ended.code, ended.signal]).toEqual(how === "SIGKILL" ? [null, "SIGKILL"] : [130, null]);
    const again = await lookback(words, directory);
    expect(again.error).toMatch(/60 packet files, [1-9]\d* of them imported before/);
    expect(again.code, again.error).toBe(0);
    const found = await lookback(["search", "protocols == http", "--fields", "ip.src", "--data", "data", "--limit", "1000"], directory);
    expect(found.output.trim().split("\n").toSorted()).toEqual(Array.from({ length: count }, (_, at) => `10.1.0.${at + 1}`).toSorted());
    expect((await lookback(words, directory)).error).toMatch(/60 packet files, 60 of them imported before; 0 to import/);
  });
});
