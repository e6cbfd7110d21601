import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { classicCapture } from "../support/capture-bytes.js";
import { udpFrame } from "../support/frames.js";
import { accountOf, inNamespace, liveObstacle, MAIN, SENDER } from "../support/live-run.js";
import { lookback } from "../support/lookback-process.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("fields by interface", why);

/** A capture file of a few datagrams, each of a session of its own. */
function datagrams(directory: string, name: string, ports: readonly number[]): string {
  const packets = ports.map((port, at) => ({ seconds: 1, nanoseconds: at, data: udpFrame({ source: "10.9.0.1", destination: "10.9.0.2", sourcePort: port, destinationPort: 9 }, Buffer.alloc(20, "x")) }));
  const file = path.join(directory, name);
  writeFileSync(file, classicCapture(packets).bytes);
  return file;
}

const SECOND_LINK = "ip link add w0 type veth peer name w1 && ip link set w0 up && ip link set w1 up";
const BOTH = `"${process.execPath}" "${MAIN}" capture --data data --interface "v0;w0" --set "interfaceOps=tags=inside,vlan=7;tags=outside"`;
const STORED = "until_stored() { for try in $(seq 200); do [ \"$(cat data/packets/*.pcap 2>/dev/null | wc -c)\" -ge \"$1\" ] && return 0; sleep 0.02; done; echo \"not stored\"; return 1; }";
/** Bytes of a packet file with 5 datagrams of 62 bytes. */
const FIVE = 24 + 5 * (16 + 62);

async function portsOf(directory: string, expression: string): Promise<number[]> {
  const { output, code } = await lookback(["search", expression, "--fields", "port.src", "--json", "--data", "data"], directory);
  expect(code).toBe(0);
  return output.split("\n").filter((line) => line !== "").map((line) => Number((JSON.parse(line) as Record<string, unknown>)["port.src"])).sort((a, b) => a - b);
}

describe.skipIf(why !== null)("interfaceOps", () => {
  it("gives sessions the values of the interface at which they begin, also when a crash comes before their rows", async () => {
    const directory = temporaryDirectory();
    const [inside, outside] = [datagrams(directory, "inside.pcap", [5001, 5002, 5003]), datagrams(directory, "outside.pcap", [6001, 6002])];
    await inNamespace(directory, [
      SECOND_LINK, STORED, `${BOTH} > capture.log 2>&1 & pid=$!`, "until_line capture.log 'capturing from v0,w0' || exit 1",
      `"${SENDER}" v1 "${inside}" > /dev/null; "${SENDER}" w1 "${outside}" > /dev/null`, `until_stored ${FIVE} || exit 1`, "kill -KILL $pid; wait $pid",
      // Lists without packets: one of this node, one of another that has the same directory.
      "name=$(basename data/packets/*.pcap); touch data/packets/${name%-*}-00000999.interfaces data/packets/other-260101-00000007.interfaces",
      `${BOTH} > again.log 2>&1 & pid=$!`, "until_line again.log 'capturing from v0,w0' || exit 1", "kill -TERM $pid; wait $pid; exit 0",
    ].join("\n"), 60_000);
    expect(await accountOf(path.join(directory, "data"))).toMatchObject({ filed: 5, indexed: 5 });
    expect(await portsOf(directory, "tags == inside && vlan == 7")).toEqual([5001, 5002, 5003]);
    expect(await portsOf(directory, "tags == outside")).toEqual([6001, 6002]);
    const names = readdirSync(path.join(directory, "data/packets"));
    const lists = names.filter((name) => name.endsWith(".pcap")).map((name) => name.replace(/pcap$/, "interfaces"));
    expect(names.filter((name) => name.endsWith(".interfaces")).sort()).toEqual([...lists, "other-260101-00000007.interfaces"].sort());
  });

  it("that fits no interface or no field is refused by name", async () => {
    const directory = temporaryDirectory();
    const refused = async (...settings: string[]): Promise<string> => {
      const { code, error } = await lookback(["capture", "--data", "data", "--interface", "v0", ...settings.flatMap((setting) => ["--set", setting])], directory);
      expect(code).toBe(78);
      return error;
    };
    expect(await refused("interfaceOps=tags=a;tags=b")).toContain("interfaceOps has 2 lists and interface names 1 (v0)");
    expect(await refused("interfaceOps=tagz=a")).toContain("no field is called \"tagz\"");
    expect(await refused("interfaceOps=vlan=a")).toContain("vlan takes a whole number");
    expect(await refused("interfaceOps=tags")).toContain("interfaceOps");
  });
});

describe.skipIf(why !== null)("an interface", () => {
  it("has a filter of its own", async () => {
    const directory = temporaryDirectory();
    const [first, second] = [datagrams(directory, "first.pcap", [5001, 5002, 5003]), datagrams(directory, "second.pcap", [6001, 6002, 6003])];
    writeFileSync(path.join(directory, "config.ini"), "[default]\ninterface=v0;w0\n[interface:w0]\nbpf=udp src port 6001 or udp src port 6003\n");
    await inNamespace(directory, [
      SECOND_LINK, STORED, `"${process.execPath}" "${MAIN}" capture --data data > capture.log 2>&1 & pid=$!`, "until_line capture.log 'capturing from v0,w0' || exit 1",
      `"${SENDER}" v1 "${first}" > /dev/null; "${SENDER}" w1 "${second}" > /dev/null`, `until_stored ${FIVE} || exit 1`, "kill -TERM $pid; wait $pid; exit 0",
    ].join("\n"), 60_000);
    expect(await portsOf(directory, "ip == 10.9.0.1")).toEqual([5001, 5002, 5003, 6001, 6003]);
  });
});
