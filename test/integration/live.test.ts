import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { observeCapture } from "../../src/app/capture-observation.js";
import { captureStatistics } from "../../src/app/capture-statistics.js";
import { loadRun } from "../../src/capture/capture-run.js";
import { captureConditions } from "../../src/capture/capture-state.js";
import { openCatalogue } from "../../src/catalogue/catalogue.js";
import { saySkipped } from "../support/corpus.js";
import { httpExchange, udpFrame } from "../support/frames.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Why live capture cannot be tried here, or null. */
function obstacle(): string | null {
  if (!existsSync("node_modules/cap/build/Release/cap.node")) return "the optional package cap is not built (libpcap's headers)";
  try {
    execFileSync("unshare", ["--net", "sh", "-c", "ip link add v0 type veth peer name v1"], { stdio: "ignore" });
    return null;
  } catch {
    return "network namespaces are not permitted";
  }
}
const why = obstacle();
if (why !== null) saySkipped("live capture", why);

const main = path.resolve("dist/bundle/main.js");
const node = process.execPath;

/** Runs a script in a network namespace of its own that has a pair of interfaces v0 and v1. */
function inNamespace(directory: string, script: string): string {
  const links = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up";
  return execFileSync("unshare", ["--net", "sh", "-c", `${links} && ${script}`], { cwd: directory, encoding: "utf8", timeout: 120_000 });
}

describe.skipIf(why !== null)("live capture on a pair of interfaces", () => {
  const ends = { source: "10.9.0.1", destination: "10.9.0.2", sourcePort: 43_210, destinationPort: 80 };
  const frames = [...httpExchange(ends, "live.example.com", "/now"), ...[1, 2, 3].map((n) => udpFrame({ ...ends, sourcePort: 5000 + n, destinationPort: 7 }, Buffer.from(`ping ${n}`)))];

  it("writes packets and rows; they are found while it runs, and packets are stamped by the kernel", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "frames.json"), JSON.stringify(frames.map((frame) => frame.toString("base64"))));
    const capture = `"${node}" "${main}" capture --interface v0 --data data --set udpTimeout=10`;
    const send = `"${node}" "${path.resolve("test/support/send-packets.mjs")}" v1 < frames.json`;
    const output = inNamespace(directory, [
      `${capture} > capture.log 2>&1 & pid=$!`,
      `for try in $(seq 100); do grep -q "capturing from v0" capture.log && break; sleep 0.1; done`,
      send,
      // The HTTP session closes by itself; the count is asked for until it is there.
      `for try in $(seq 40); do n=$("${node}" "${main}" search 'ip.src == 10.9.0.1 && protocols == http' --count --data data 2>/dev/null); [ "$n" = 1 ] && break; sleep 0.2; done`,
      `echo "while running: $n"`,
      `"${node}" "${main}" capture --interface v0 --data data 2>&1 | sed 's/^/second: /'`,
      `kill -TERM $pid; wait $pid; echo "code $?"; cat capture.log`,
    ].join("\n"));
    expect(output).toContain("while running: 1");
    expect(output).toMatch(/second: error ROLE_HELD: process \d+ already runs the role "capture"/);
    expect(output).toContain("code 0");
    expect(output).toContain("packets are stamped by the kernel");
    expect((await lookback(["search", "ip.src == 10.9.0.1", "--count", "--data", "data"], directory)).output.trim()).toBe("4");
    const found = await lookback(["search", "host.http == live.example.com", "--fields", "packets,http.uri,port.src", "--json", "--data", "data"], directory);
    expect(JSON.parse(found.output)).toMatchObject({ "packets": 9, "port.src": 43_210 });
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => Date.now() });
    const spans = catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 1000);
    expect(observeCapture(catalogue, Date.now())).toMatchObject({ run: { interface: "v0", endedMs: expect.any(Number), failure: null }, statistics: { failedDirectories: [] }, losses: [] });
    catalogue.close();
    const sum = (count: (span: (typeof spans)[number]) => number): number => spans.reduce((total, span) => total + count(span), 0);
    expect([sum(({ received }) => received), sum(({ stored }) => stored), spans[0]?.interface]).toEqual([frames.length, frames.length, "v0"]);
    expect(readdirSync(path.join(directory, "data", "packets")).filter((name) => name.endsWith(".pcap"))).toHaveLength(1);
    const exported = await lookback(["export", "host.http == live.example.com", "http.pcap", "--data", "data"], directory);
    expect(exported.output).toMatch(/9 packets of 1 session,/);
  });

  it.each(["tpacketv3", "libpcap"])("exports packets of sessions that just began and are open (%s)", async (method) => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "frames.json"), JSON.stringify(frames.map((frame) => frame.toString("base64"))));
    const output = inNamespace(directory, [
      // An hour until open sessions are written by themselves.
      `"${node}" "${main}" capture --interface v0 --data data --set pcapReadMethod=${method} --set openSessionFlush=3600 > capture.log 2>&1 & pid=$!`,
      `for try in $(seq 100); do grep -q "capturing from v0" capture.log && break; sleep 0.1; done`,
      `"${node}" "${path.resolve("test/support/send-packets.mjs")}" v1 < frames.json`,
      // Packets of the last second need not be there: two tries of half a second at most find nothing.
      `for try in 1 2 3 4; do "${node}" "${main}" export 'port.dst == 7' udp$try.pcap --data data > export.log; grep -q "3 packets" export.log && break; done; cat export.log`,
      `kill -TERM $pid; wait $pid; echo "code $?"; cat capture.log`,
    ].join("\n"));
    expect(output).toMatch(/3 packets of 3 sessions/);
    expect(output).toContain("code 0");
    // The rows of then and those of the end are one each.
    expect((await lookback(["search", "port.dst == 7", "--count", "--data", "data"], directory)).output.trim()).toBe("3");
  });

  // The second as root of a container, which opens sockets and no more.
  it.each(["", "setpriv --bounding-set -net_admin "])("%sgives up its rights once the interface is open, saves what rules leave, and counts what they leave out", async (as) => {
    const directory = temporaryDirectory();
    // The user must reach the data directory, which is made for them with the one that it is in.
    chmodSync(directory, 0o755);
    writeFileSync(path.join(directory, "frames.json"), JSON.stringify(frames.map((frame) => frame.toString("base64"))));
    const rules = "--set 'dontSaveBPFs=tcp port 80:3' --set 'minPacketsSaveBPFs=udp:2'";
    const output = inNamespace(directory, [
      `${as}"${node}" "${main}" capture --interface v0 --data made/data --set dropUser=nobody ${rules} > capture.log 2>&1 & pid=$!`,
      `for try in $(seq 100); do grep -q "capturing from v0" capture.log && break; sleep 0.1; done`,
      `"${node}" "${path.resolve("test/support/send-packets.mjs")}" v1 < frames.json`,
      `for try in $(seq 100); do [ -n "$(find made/data/packets -name '*.pcap' -size +200c 2>/dev/null)" ] && break; sleep 0.1; done`,
      `for status in /proc/$pid/task/*/status; do grep -E '^(Uid|CapEff|CapPrm):' $status; done | sort | uniq -c`,
      `stat -c '%U %n' made made/data made/data/packets/*.pcap`,
      `kill -TERM $pid; wait $pid; echo "code $?"; cat capture.log`,
    ].join("\n"));
    expect(output).toContain("code 0");
    const nobody = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
    expect(output.match(/Uid:.*/g)).toEqual([`Uid:\t${nobody}\t${nobody}\t${nobody}\t${nobody}`]);
    expect(output.match(/Cap(?:Eff|Prm):.*/g)).toEqual(["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"]);
    expect(output).toMatch(/nobody made\/data\/packets\/.*\.pcap/);
    const http = await lookback(["search", "host.http == live.example.com", "--fields", "packets,tags", "--json", "--data", "made/data"], directory);
    expect(JSON.parse(http.output)).toMatchObject({ packets: 9, tags: ["truncated-pcap"] });
    expect((await lookback(["search", "protocols == udp", "--count", "--data", "made/data"], directory)).output.trim()).toBe("0");
    const catalogue = openCatalogue(path.join(directory, "made/data"), { nowMs: () => Date.now() });
    const spans = catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 1000);
    const statistics = captureStatistics(catalogue, catalogue.files.list()[0]?.node ?? "").sessions();
    catalogue.close();
    const sum = (count: (span: (typeof spans)[number]) => number): number => spans.reduce((total, span) => total + count(span), 0);
    expect([sum(({ received }) => received), sum(({ stored }) => stored), sum(({ byRule }) => byRule)]).toEqual([frames.length, 6, 6]);
    expect(statistics).toEqual({ closed: 4, indexed: 1, byRule: 3, lost: 0, open: 0 });
    const exported = await lookback(["export", "host.http == live.example.com", "http.pcap", "--data", "made/data"], directory);
    expect(exported.output).toMatch(/3 packets of 1 session,/);
  });

  it("killed while it captures: the next start lists and indexes what was on disk", async () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "frames.json"), JSON.stringify(frames.map((frame) => frame.toString("base64"))));
    const capture = `"${node}" "${main}" capture --interface v0 --data data`;
    const wait = (log: string, text: string): string => `for try in $(seq 100); do grep -q "${text}" ${log} && break; sleep 0.1; done`;
    inNamespace(directory, [
      `${capture} > first.log 2>&1 & pid=$!`, wait("first.log", "capturing from v0"),
      `"${node}" "${path.resolve("test/support/send-packets.mjs")}" v1 < frames.json`,
      // Until the packets are in the file; sessions of UDP are open then.
      `for try in $(seq 100); do [ -n "$(find data/packets -name '*.pcap' -size +1000c 2>/dev/null)" ] && break; sleep 0.1; done`,
      `kill -KILL $pid; wait $pid`,
      `${capture} > second.log 2>&1 & pid=$!`, wait("second.log", "capturing from v0"), `kill -TERM $pid; wait $pid`,
    ].join("\n"));
    expect((await lookback(["search", "ip.src == 10.9.0.1", "--count", "--data", "data"], directory)).output.trim()).toBe("4");
    const http = await lookback(["search", "host.http == live.example.com", "--fields", "packets", "--json", "--data", "data"], directory);
    expect(JSON.parse(http.output)).toMatchObject({ packets: 9 });
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => Date.now() });
    const run = loadRun(catalogue.settings);
    catalogue.close();
    // Since the first start packets were wanted, for nobody stopped it.
    expect(run?.wantedSinceMs).toBeLessThan(run?.startedMs ?? 0);
  });
});

describe("without what it needs", () => {
  it("says in one line what is missing", async () => {
    const directory = temporaryDirectory();
    const result = await lookback(["capture", "--interface", "no-such-interface", "--data", "data"], directory);
    expect(result.code).toBe(1);
    expect(result.error.trim().split("\n")).toHaveLength(1);
    expect(result.error).toMatch(/^error UNAVAILABLE: (no interface no-such-interface; there are .*\blo\b|live capture needs the package cap)/);
    // Whoever serves knows that it is down.
    const catalogue = openCatalogue(path.join(directory, "data"), { nowMs: () => Date.now() });
    const conditions = captureConditions(observeCapture(catalogue, Date.now()));
    catalogue.close();
    expect(conditions).toMatchObject([{ kind: "capture-down", subject: expect.stringMatching(/\/no-such-interface$/), reason: expect.stringContaining("no-such-interface") }]);
  });
});
