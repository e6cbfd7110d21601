import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { describePlaceFile } from "../../src/app/places.js";
import { at, runServer, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let running: RunningServer | null = null;
afterEach(async () => { await running?.stop(); });

const QUERY = `{ sessions(expression: "protocols == http", first: 1) { nodes { rir: field(name: "rir.dst") oui: field(name: "oui.src") country: field(name: "country.src") mac: field(name: "mac.src") } } }`;

it("rows get what the files of the configuration tell, and expressions find it", async () => {
  const directory = temporaryDirectory();
  const [rirFile, ouiFile] = [path.join(directory, "ipv4.csv"), path.join(directory, "manuf")];
  // Every block, so that whatever the example's addresses are, theirs is one.
  writeFileSync(rirFile, Array.from({ length: 256 }, (_, octet) => `${String(octet).padStart(3, "0")}/8,TEST,2010-01,whois.test${octet}.net`).join("\n"));
  writeFileSync(ouiFile, Array.from({ length: 256 }, (_, octet) => `02:00:${octet.toString(16).padStart(2, "0")}\tShort\tMaker ${octet}`).join("\n"));
  running = await runServer(path.join(directory, "data"), [path.resolve("examples/first-look.pcap")], { set: { rirFile, ouiFile, geoLite2Country: "", geoLite2ASN: "" } });
  const [node] = at((await running.graphql(QUERY)).data, "sessions", "nodes") as readonly Readonly<Record<string, unknown>>[];
  expect(node).toMatchObject({ rir: expect.stringMatching(/^TEST\d+$/), country: null });
  const found = await running.graphql(`{ aggregate(expression: "rir.dst == ${String(node?.["rir"])}") { count } all: aggregate(expression: "rir.dst == EXISTS!") { count } }`);
  expect(Number(at(found.data, "aggregate", "count"))).toBeGreaterThan(0);
  expect(Number(at(found.data, "all", "count"))).toBeGreaterThanOrEqual(Number(at(found.data, "aggregate", "count")));
});

it("addresses that names stand for have their places, question by question", async () => {
  const directory = temporaryDirectory();
  const rirFile = path.join(directory, "ipv4.csv");
  writeFileSync(rirFile, Array.from({ length: 256 }, (_, octet) => `${String(octet).padStart(3, "0")}/8,TEST,2010-01,whois.test${octet}.net`).join("\n"));
  running = await runServer(path.join(directory, "data"), [path.resolve("examples/first-look.pcap")], { set: { rirFile, geoLite2Country: "", geoLite2ASN: "" } });
  const answer = await running.graphql('{ sessions(expression: "ip.dns == EXISTS!", first: 100) { nodes { dns { ip RIR host } } } all: aggregate(expression: "rir.dns == EXISTS!") { count } any: aggregate(expression: "rir == TEST198") { count } }');
  expect(answer.errors).toEqual([]);
  const questions = (at(answer.data, "sessions", "nodes") as readonly { readonly dns: readonly { readonly ip: readonly string[] | null; readonly RIR: readonly string[] | null }[] }[]).flatMap(({ dns }) => dns);
  const withAddresses = questions.filter(({ ip }) => ip !== null && ip.some((one) => one.includes(".")));
  expect(withAddresses.length).toBeGreaterThan(3);
  for (const { ip, RIR } of questions) {
    const expected = [...new Set((ip ?? []).filter((one) => one.includes(".")).map((one) => `TEST${one.split(".")[0] ?? ""}`))];
    expect([...(RIR ?? [])].toSorted()).toEqual(expected.toSorted());
  }
  expect([Number(at(answer.data, "all", "count")) > 0, Number(at(answer.data, "any", "count")) > 0]).toEqual([true, true]);
});

it("what is missing is said with the way to get it", () => {
  expect(describePlaceFile({ setting: "geoLite2Country", file: null, error: null, named: [] })).toMatch(/^geoLite2Country: no file, so the country fields stay empty; to fill them take GeoLite2-Country\.mmdb/);
  expect(describePlaceFile({ setting: "ouiFile", file: "/x", error: "it is damaged", named: ["/x"] })).toBe("ouiFile: /x cannot be read: it is damaged; the oui fields stay empty until it can");
  expect(describePlaceFile({ setting: "ouiFile", file: "/x", error: null, named: ["/x"] })).toBeNull();
  expect(describePlaceFile({ setting: "rirFile", file: null, error: null, named: ["/etc/ipv4.csv"] })).toBe("rirFile: there is no /etc/ipv4.csv; the rir fields stay empty until there is");
});
