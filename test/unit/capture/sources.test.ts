import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultInterface } from "../../../src/capture/default-interface.js";
import { PacketBatch } from "../../../src/capture/packet-batch.js";
import { findSources } from "../../../src/capture/sources.js";
import { CLASSIC_RECORD_BYTES } from "../../../src/packet-store/record-layout.js";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lookback-sources-"));
  mkdirSync(path.join(directory, "d", "below"), { recursive: true });
  for (const name of ["d/b.pcap", "d/a.pcap", "d/x.txt", "d/below/c.pcap", "plain"]) writeFileSync(path.join(directory, name), "");
  symlinkSync(path.join(directory, "d"), path.join(directory, "d", "loop.pcap"));
  symlinkSync(path.join(directory, "d", "a.pcap"), path.join(directory, "d", "z.pcap"));
});
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

const relative = (files: readonly string[]) => files.map((file) => path.relative(directory, file));

describe("findSources", () => {
  it("takes files whatever their name, directories by name and in order, links to files but not to directories", async () => {
    const { files, failed } = await findSources(["plain", "d"], /\.pcap$/, directory);
    expect(relative(files)).toEqual(["plain", "d/a.pcap", "d/b.pcap", "d/below/c.pcap", "d/z.pcap"]);
    expect(failed).toEqual([]);
  });
  it("takes a file once", async () => {
    expect((await findSources(["d/a.pcap", "d", "./d/a.pcap"], /a\.pcap$/, directory)).files).toHaveLength(1);
  });
  it("takes as many as it is to, and says where it looked", async () => {
    expect(relative((await findSources(["d"], /\.pcap$/, directory, 4)).directories)).toEqual(["d", "d/below"]);
    await expect(findSources(["d"], /\.pcap$/, directory, 3)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: 3 } });
  });
  it("names what is not there and goes on", async () => {
    const { files, failed } = await findSources(["nothing.pcap", "plain", "-"], /\.pcap$/, directory);
    expect(files).toEqual([path.join(directory, "plain"), "-"]);
    expect(failed).toMatchObject([{ path: "nothing.pcap", error: { code: "NOT_FOUND", message: "nothing.pcap: no such file or directory" } }]);
  });
});

describe("defaultInterface", () => {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  it("takes the default route that is up with the lowest metric", () => {
    const routes = `${head}eth1\t00000000\t0101A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\neth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n` +
      "down\t00000000\t0100A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0\neth2\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
    expect(defaultInterface(routes)).toBe("eth0");
  });
  it("is null without one", () => {
    expect(defaultInterface(head)).toBeNull();
    expect(defaultInterface("")).toBeNull();
  });
});

describe("PacketBatch", () => {
  it("lays packets out behind their headers and takes no more than fits", () => {
    const batch = new PacketBatch(2 * CLASSIC_RECORD_BYTES + 5);
    expect(batch.add(Buffer.from("abc"), 60, 1_700_000_000_123_456_789n)).toBe(true);
    expect(batch.add(Buffer.from("def"), 3, 2n)).toBe(false);
    expect(batch.add(Buffer.from("de"), 2, 2n)).toBe(true);
    expect(batch.count).toBe(2);
    const bytes = batch.take();
    expect([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]).toEqual([1_700_000_000, 123_456_789]);
    expect([bytes.readUInt32LE(8), bytes.readUInt32LE(12)]).toEqual([3, 60]);
    expect(bytes.subarray(16, 19).toString()).toBe("abc");
    expect(bytes.length).toBe(2 * CLASSIC_RECORD_BYTES + 5);
    expect(batch.count).toBe(0);
    expect(batch.take()).toHaveLength(0);
  });
});
