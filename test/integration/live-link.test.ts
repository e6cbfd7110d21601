import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { saySkipped } from "../support/corpus.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { accountOf, inNamespace, liveObstacle, SENDER } from "../support/live-run.js";
import { lookback } from "../support/lookback-process.js";
import { readCapture } from "../support/read-capture.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("what happens to a link", why);

/** A capture file of one frame with so many bytes of payload. */
function oneFrame(directory: string, name: string, port: number, bytes: number): string {
  const frame = udpFrame({ source: "10.9.0.1", destination: "10.9.0.2", sourcePort: port, destinationPort: 9 }, Buffer.alloc(bytes, "x"));
  const file = path.join(directory, name);
  writeFileSync(file, classicCapture([{ seconds: 1, nanoseconds: 0, data: frame }]).bytes);
  return file;
}

/** Waits until the packet files have grown by a packet. */
const GROWN = "until_grown() { for try in $(seq 100); do now=$(cat data/packets/*.pcap 2>/dev/null | wc -c); [ \"$now\" -gt \"$1\" ] && return 0; sleep 0.02; done; echo \"no packet came: $now\"; return 1; }";

describe.skipIf(why !== null)("a link", () => {
  it("that is quiet: a packet is in its file within a second, where others can read it", async () => {
    const directory = temporaryDirectory();
    const file = oneFrame(directory, "one.pcap", 5001, 20);
    const output = await inNamespace(directory, [
      GROWN, "capture --set openSessionFlush=1 > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1", "sleep 1",
      "begun=$(date +%s%N)", `"${SENDER}" v1 "${file}" > /dev/null`, "until_grown 0 || exit 1", "echo \"in the file after $(( ($(date +%s%N) - begun) / 1000000 )) ms\"",
      "cp data/packets/*.pcap copy.pcap", "kill -KILL $pid; wait $pid; exit 0",
    ].join("\n"), 60_000);
    expect(Number(/in the file after (\d+) ms/.exec(output)?.[1])).toBeLessThan(1000);
    // It is an ordinary capture, whole up to its last packet.
    expect((await lookback(["import", "copy.pcap", "--data", "other"], directory)).code).toBe(0);
    expect(await accountOf(path.join(directory, "other"))).toMatchObject({ filed: 1, indexed: 1 });
  });

  it.each([1, 3])("that goes down and up, changes its MTU, or is taken away and comes back: capture goes on, and counts (threads: %i)", async (threads) => {
    const directory = temporaryDirectory();
    const files = [oneFrame(directory, "one.pcap", 5001, 20), oneFrame(directory, "two.pcap", 5002, 20), oneFrame(directory, "large.pcap", 5003, 4000), oneFrame(directory, "four.pcap", 5004, 20)];
    const send = (file: string | undefined): string => `size=$(cat data/packets/*.pcap 2>/dev/null | wc -c); "${SENDER}" v1 "${file ?? ""}" > /dev/null && until_grown $size || exit 1`;
    await inNamespace(directory, [
      GROWN, `capture --set tpacketv3NumThreads=${String(threads)} > capture.log 2>&1 & pid=$!`, "until_line capture.log 'capturing from v0' || exit 1", send(files[0]),
      "ip link set v0 down; sleep 0.3; ip link set v0 up; sleep 0.3", send(files[1]),
      "ip link set v0 mtu 9000; ip link set v1 mtu 9000", send(files[2]),
      "ip link del v0; sleep 0.5; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; sleep 0.5", send(files[3]),
      "kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 4, stored: 4, filed: 4, indexed: 4, lost: 0 });
    // A line a second at most, which may tell of both.
    const lines = readFileSync(path.join(directory, "capture.log"), "utf8").split("\n").filter((line) => line.includes("the interface went down or away"));
    const told = lines.map((line) => JSON.parse(line) as { interface: string; times: number });
    expect(told.reduce((sum, { times }) => sum + times, 0)).toBe(2 * threads);
    expect(told.every(({ interface: name }) => name === "v0")).toBe(true);
    const large = await lookback(["search", "port.src == 5003", "--fields", "bytes,tags", "--json", "--data", "data"], directory);
    expect(JSON.parse(large.output)).toMatchObject({ bytes: 4042 });
  });

  it.each([1, 2])("that is made anew at once, with a packet still in the ring of the one before, is read on (threads: %i)", async (threads) => {
    const directory = temporaryDirectory();
    const [before, after] = [oneFrame(directory, "one.pcap", 5001, 20), oneFrame(directory, "two.pcap", 5002, 20)];
    await inNamespace(directory, [
      GROWN, `capture --set tpacketv3NumThreads=${String(threads)} > capture.log 2>&1 & pid=$!`, "until_line capture.log 'capturing from v0' || exit 1",
      `"${SENDER}" v1 "${before}" > /dev/null; ip link del v0; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; sleep 1`,
      `size=$(cat data/packets/*.pcap 2>/dev/null | wc -c); "${SENDER}" v1 "${after}" > /dev/null && until_grown $size || exit 1`, "kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 2, stored: 2, filed: 2, indexed: 2, lost: 0 });
  });

  it("that was in another network namespace meanwhile, and has its number again, is read on", async () => {
    const directory = temporaryDirectory();
    const file = oneFrame(directory, "one.pcap", 5001, 20);
    const output = await inNamespace(directory, [
      GROWN, "capture > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1",
      "unshare --net sleep 60 & other=$!", "until_other() { for try in $(seq 100); do [ \"$(readlink /proc/$other/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ] && return 0; sleep 0.02; done; return 1; }", "until_other || exit 1",
      "ip -o link show v0 | cut -d: -f1", "ip link set v0 netns $other && sleep 0.5 && nsenter -t $other -n ip link set v0 netns $$ || exit 1", "ip link set v0 up; ip link set v1 up; sleep 1", "ip -o link show v0 | cut -d: -f1",
      `"${SENDER}" v1 "${file}" > /dev/null && until_grown 0 || exit 1`, "kill $other; kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000);
    const [before, behind] = output.match(/^\d+$/gm) ?? [];
    expect(behind).toBe(before);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 1, stored: 1, filed: 1, indexed: 1, lost: 0 });
  });

  it("that is down when several threads begin to read it is read once it is up", async () => {
    const directory = temporaryDirectory();
    const file = oneFrame(directory, "one.pcap", 5001, 20);
    await inNamespace(directory, [
      GROWN, "ip link set v0 down", "capture --set tpacketv3NumThreads=2 > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1", "ip link set v0 up; ip link set v1 up; sleep 0.5",
      `"${SENDER}" v1 "${file}" > /dev/null && until_grown 0 || exit 1`, "kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 1, stored: 1, indexed: 1, lost: 0 });
  });

  it("gives several threads fragments as they came, those too whose datagram is not whole", async () => {
    const directory = temporaryDirectory();
    const ends = { source: "10.9.0.1", destination: "10.9.0.2", sourcePort: 5001, destinationPort: 9 };
    const whole = udpFrame(ends, Buffer.alloc(64, "x"));
    const fragment = (id: number, from: number, to: number, more: boolean): Buffer => {
      const bytes = Buffer.concat([whole.subarray(0, 34), whole.subarray(34 + from, 34 + to)]);
      bytes.writeUInt16BE(20 + to - from, 16);
      bytes.writeUInt16BE(id, 18);
      bytes.writeUInt16BE((more ? 0x2000 : 0) | from / 8, 20);
      // Of another header than the whole one's, which the kernel looks at where it joins fragments.
      bytes.writeUInt16BE(0, 24);
      let sum = 0;
      for (let at = 14; at < 34; at += 2) sum += bytes.readUInt16BE(at);
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      bytes.writeUInt16BE(~sum & 0xffff, 24);
      return bytes;
    };
    const frames = [fragment(1, 0, 32, true), fragment(1, 32, 72, false), fragment(2, 0, 32, true)];
    const file = path.join(directory, "fragments.pcap");
    writeFileSync(file, classicCapture(frames.map((data, at) => ({ seconds: 1 + at, nanoseconds: 0, data }))).bytes);
    await inNamespace(directory, [
      GROWN, "capture --set tpacketv3NumThreads=2 > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1",
      `"${SENDER}" v1 "${file}" > /dev/null && until_grown 150 || exit 1`, "kill -TERM $pid; wait $pid",
    ].join("\n"), 60_000);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 3, stored: 3, filed: 3, lost: 0 });
  });

  it("is made promiscuous while it is captured, unless told not to, and packets are cut at snapLen and counted", async () => {
    const directory = temporaryDirectory();
    const file = oneFrame(directory, "one.pcap", 5001, 400);
    const run = (more: string): string => [
      "rm -f capture.log", `capture --set snapLen=100 ${more} > capture.log 2>&1 & pid=$!`, "until_line capture.log 'capturing from v0' || exit 1", "ip -d link show v0 | grep -o 'promiscuity [0-9]*'",
      `size=$(cat data/packets/*.pcap 2>/dev/null | wc -c); "${SENDER}" v1 "${file}" > /dev/null && until_grown $size || exit 1`, "kill -TERM $pid; wait $pid", "ip -d link show v0 | grep -o 'promiscuity [0-9]*'",
    ].join("\n");
    const output = await inNamespace(directory, [GROWN, run(""), run("--set promiscuous=false")].join("\n"), 60_000);
    expect(output.match(/promiscuity \d/g)).toEqual(["promiscuity 1", "promiscuity 0", "promiscuity 0", "promiscuity 0"]);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ received: 2, stored: 2, indexed: 2, lost: 0 });
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => 0 });
    expect(catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 10).reduce((sum, { cut }) => sum + cut, 0)).toBe(2);
    const [packets] = catalogue.files.list().map((one) => readCapture(readFileSync(one.path)).packets);
    catalogue.close();
    expect(packets?.map(({ data, originalLength }) => [data.length, originalLength])).toEqual([[100, 442]]);
  });
});
