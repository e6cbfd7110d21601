import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { classicCapture } from "../support/capture-bytes.js";
import { corpus, saySkipped } from "../support/corpus.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { storeFacts, writeCaptures } from "../support/kill-series.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ends = { source: "10.2.0.1", destination: "192.0.2.3", sourcePort: 42_000, destinationPort: 80 };
const frames = [...httpExchange(ends, "a.example.com", "/x"), udpFrame({ ...ends, destinationPort: 9 }, Buffer.from("payload"))];
const whole = classicCapture(frames.map((data, at) => ({ seconds: 1_767_225_600 + at, nanoseconds: 5000, data })));

let directory: string;
beforeEach(() => { directory = temporaryDirectory(); });
const put = (name: string, bytes: Buffer | string): void => {
  mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
  writeFileSync(path.join(directory, name), bytes);
};

/** Imports with --json; the job of each path by its name. */
async function importJson(names: readonly string[], input?: Buffer) {
  const result = await lookback(["import", ...names, "--data", "data", "--json"], directory, input);
  const jobs = result.output.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code: result.code, error: result.error, jobs: new Map(jobs.map((job) => [path.basename(String(job["path"])), job])) };
}

describe("bad captures get a clear answer, and the others go on", () => {
  it("garbage, nothing, a directory of nothing, unknown compression", async () => {
    put("d/good.pcap", whole.bytes);
    put("d/garbage.pcap", "no capture at all, but long enough to be looked at as one");
    put("d/empty.pcap", "");
    put("d/short.pcap", whole.bytes.subarray(0, 10));
    put("d/bzip2.pcap", Buffer.from("425a68393141592653590000", "hex"));
    const { code, jobs } = await importJson(["d", "missing.pcap"]);
    expect(code).toBe(3);
    expect(jobs.get("good.pcap")).toMatchObject({ state: "done", packets: frames.length, sessions: 2 });
    for (const name of ["garbage.pcap", "empty.pcap", "short.pcap", "bzip2.pcap"]) {
      expect(jobs.get(name)).toMatchObject({ state: "failed", errorCode: "CAPTURE_UNREADABLE" });
      expect(String(jobs.get(name)?.["errorMessage"])).toContain(name);
    }
    expect(jobs.get("missing.pcap")).toMatchObject({ state: "failed", errorCode: "NOT_FOUND", errorMessage: "missing.pcap: no such file or directory" });
    expect(String(jobs.get("garbage.pcap")?.["errorMessage"])).toMatch(/offset 0.*6e 6f 20 63/);
    expect((await storeFacts(path.join(directory, "data"))).files).toHaveLength(1);
  });

  it("a file cut in a record keeps its whole records and says where it was cut", async () => {
    put("cut.pcap", whole.bytes.subarray(0, whole.bytes.length - 5));
    const { code, jobs } = await importJson(["cut.pcap"]);
    expect(code).toBe(0);
    const last = whole.positions.at(-1);
    expect(jobs.get("cut.pcap")).toMatchObject({ state: "done", packets: frames.length - 1 });
    const warnings = jobs.get("cut.pcap")?.["warnings"] as { name: string; count: number; firstOffset: number }[];
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ count: 1, firstOffset: last?.offset });
  });

  it("a garbage length keeps what is before it", async () => {
    const bytes = Buffer.from(whole.bytes);
    bytes.writeUInt32LE(0x7fff_ffff, (whole.positions[4]?.offset ?? 0) + 8);
    put("length.pcap", bytes);
    const { jobs } = await importJson(["length.pcap"]);
    expect(jobs.get("length.pcap")).toMatchObject({ state: "done", packets: 4 });
    expect(jobs.get("length.pcap")?.["warnings"]).not.toEqual([]);
  });

  it("a clock that goes back years is no reason to stop", async () => {
    const back = classicCapture(frames.map((data, at) => ({ seconds: at === 5 ? 100 : 1_767_225_600 + at, nanoseconds: 0, data })));
    put("back.pcap", back.bytes);
    expect((await importJson(["back.pcap"])).jobs.get("back.pcap")).toMatchObject({ state: "done", packets: frames.length });
  });
});

describe("storage", () => {
  it("in place by default; compressed files and standard input become packet files of ours", async () => {
    put("plain.pcap", whole.bytes);
    expect((await importJson(["plain.pcap"])).code).toBe(0);
    expect(existsSync(path.join(directory, "data", "packets"))).toBe(false);
    const other = classicCapture(frames.map((data, at) => ({ seconds: 1_767_300_000 + at, nanoseconds: 0, data })));
    put("other.pcap.gz", gzipSync(other.bytes));
    expect((await importJson(["other.pcap.gz"])).jobs.get("other.pcap.gz")).toMatchObject({ state: "done", packets: frames.length });
    const third = classicCapture(frames.map((data, at) => ({ seconds: 1_767_400_000 + at, nanoseconds: 0, data })));
    expect((await importJson(["-"], third.bytes)).jobs.get("-")).toMatchObject({ state: "done", packets: frames.length });
    const packets = readdirSync(path.join(directory, "data", "packets")).sort();
    expect(packets).toHaveLength(2);
    expect(packets[0]).toMatch(/-260101-\d{8}\.pcap$/);
    const copy = readFileSync(path.join(directory, "data", "packets", packets[0] ?? ""));
    expect(copy.equals(other.bytes)).toBe(true);
    // The same capture, however it comes, is known.
    put("unpacked.pcap", other.bytes);
    expect((await importJson(["unpacked.pcap", "other.pcap.gz"])).jobs.get("unpacked.pcap")).toMatchObject({ state: "already", errorCode: "CAPTURE_ALREADY_IMPORTED" });
  });

  it("the same file twice changes nothing and says so; order and storage do not change the rows", async () => {
    writeCaptures(path.join(directory, "captures"), 3, 50);
    await importJson(["captures"]);
    const once = await storeFacts(path.join(directory, "data"));
    const again = await importJson(["captures/2.pcap", "captures/0.pcap", "captures"]);
    expect(again.code).toBe(0);
    expect([...again.jobs.values()].map((job) => job["state"])).toEqual(["already", "already", "already"]);
    expect(await storeFacts(path.join(directory, "data"))).toEqual(once);
  });
});

describe("worker threads", () => {
  it("do not change the rows: 1, 2 and 4 give the same store", async () => {
    writeCaptures(path.join(directory, "captures"), 2, 400);
    const facts = [];
    for (const threads of [1, 2, 4]) {
      const result = await lookback(["import", ...(corpus === null ? [] : [path.join(corpus, "pcap")]), "captures", "--data", `data${threads}`, "--set", `packetThreads=${threads}`], directory);
      expect(result.code).toBe(0);
      facts.push(await storeFacts(path.join(directory, `data${threads}`)));
    }
    expect(facts[0]?.rows).toBeGreaterThanOrEqual(1600);
    expect(facts[1]).toEqual(facts[0]);
    expect(facts[2]).toEqual(facts[0]);
  });
});

const mayMount = ((): boolean => {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!mayMount) saySkipped("disk full", "mounting a small file system is not permitted here");

describe.skipIf(!mayMount)("a device that is full", () => {
  it("fails that import with DISK_FULL, leaves nothing half-written, and the next one goes on", async () => {
    writeCaptures(path.join(directory, "captures"), 1, 20_000);
    put("small.pcap", whole.bytes);
    mkdirSync(path.join(directory, "data"));
    const main = path.resolve("dist/bundle/main.js");
    // One mount namespace for both imports: the big one does not fit as a copy, the small one does.
    const script = [
      `mount -t tmpfs -o size=6m none data`,
      `"${process.execPath}" "${main}" import captures/0.pcap --copy --data data --json; echo "code $?"`,
      `"${process.execPath}" "${main}" import small.pcap --copy --data data --json; echo "code $?"`,
      `find data -name '*.partial' -o -name '*.parquet' -o -name '*.pcap'`,
    ].join("; ");
    const output = execFileSync("unshare", ["--mount", "sh", "-c", script], { cwd: directory, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [big = "", bigCode, small = "", smallCode, ...files] = output.trim().split("\n");
    expect(JSON.parse(big)).toMatchObject({ state: "failed", errorCode: "DISK_FULL" });
    expect([bigCode, smallCode]).toEqual(["code 75", "code 0"]);
    expect(JSON.parse(small)).toMatchObject({ state: "done", packets: frames.length });
    expect(files.filter((file) => file.endsWith(".pcap"))).toHaveLength(1);
    expect(files.filter((file) => file.endsWith(".partial"))).toEqual([]);
  });
});
