import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LookbackError } from "../../../src/base/errors.js";
import { configSchema } from "../../../src/config/config-schema.js";
import { checkOtherSections, loadConfig, settingKeys, type ConfigSource } from "../../../src/config/config.js";
import { engineSettings } from "../../../src/config/engine-settings.js";
import type { Setting } from "../../../src/config/setting.js";
import { SETTINGS } from "../../../src/config/settings.js";

let directory: string;
beforeAll(() => { directory = mkdtempSync(path.join(tmpdir(), "lookback-config-")); });
afterAll(() => { rmSync(directory, { recursive: true, force: true }); });

function load(content: string | null, more: Partial<ConfigSource> = {}) {
  const file = path.join(directory, "test.ini");
  if (content !== null) writeFileSync(file, content);
  return loadConfig({ file: content === null ? null : file, node: "sensor1", environment: {}, workingDirectory: directory, ...more });
}

function failure(content: string, more: Partial<ConfigSource> = {}): LookbackError {
  try {
    load(content, more);
  } catch (error) {
    if (error instanceof LookbackError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

describe("defaults", () => {
  it("are those of Arkime's code, on loopback, with ARP", () => {
    const config = load(null);
    expect(config.values).toMatchObject({
      viewHost: "127.0.0.1", viewPort: 8005, tcpTimeout: 480, udpTimeout: 60, icmpTimeout: 10, sctpTimeout: 60, espTimeout: 600,
      tcpClosingTimeout: 5, tcpSaveTimeout: 480, maxPackets: 10_000, maxStreams: 1_500_000, maxFileSizeG: 12, expireDays: null,
      freeSpaceG: { unit: "percent", value: 5 }, maxReqBody: 256,
    });
    expect(config.dataDirectory).toBe(path.join(directory, "data"));
    expect(config.packetDirectory).toBe(path.join(directory, "data", "packets"));
    expect(config.warnings).toEqual([]);
    expect(engineSettings(config)).toMatchObject({ node: "sensor1", otherTimeout: 600, disableParsers: [], parseQsValue: false });
  });

  it.each([["a.pcap", true], ["A.PCAP", true], ["a.pcapng", true], ["a.pcap.gz", true], ["a.cap.zst", true], ["a.pcapng.lz4", true], ["a.txt", false], ["a.pcap.txt", false], ["a.gz", false]])(
    "take %s from a directory: %s", (name, taken) => {
      expect(load(null).values.offlineFilenameRegex.test(name)).toBe(taken);
    });
});

describe("where a value comes from", () => {
  const layered = "[default]\nviewPort=1\nnodeClass=edge\nudpTimeout=30\n[edge]\nviewPort=2\nudpTimeout=31\n[sensor1]\nviewPort=3\n[other]\nviewPort=4\n";
  it("is the node's section, then its class, then default", () => {
    expect(load(layered).values).toMatchObject({ viewPort: 3, udpTimeout: 31 });
    expect(load(layered, { node: "elsewhere" }).values).toMatchObject({ viewPort: 2, udpTimeout: 31 });
  });
  it("is the environment before the file, section by section", () => {
    const environment = { LOOKBACK_default__viewPort: "5", LOOKBACK_edge__udpTimeout: "60", LOOKBACK_CONFIG: "x" };
    expect(load(layered, { environment }).values).toMatchObject({ viewPort: 3, udpTimeout: 60 });
  });
  it("spells signs of section names as words in the environment", () => {
    expect(load(null, { node: "a-b.c", environment: { LOOKBACK_aDASHbDOTc__viewPort: "7" } }).values.viewPort).toBe(7);
  });
  it("is the command line before all", () => {
    expect(load(layered, { overrides: { viewPort: "9" }, environment: { LOOKBACK_sensor1__viewPort: "5" } }).values.viewPort).toBe(9);
  });
  it("is in the class that the command line names, or in none, for this node and no other", () => {
    const named = load(`${layered}[core]\nudpTimeout=35\npcapDir=/core\n`, { node: "elsewhere", overrides: { nodeClass: "core" } });
    expect(named.values).toMatchObject({ nodeClass: "core", viewPort: 1, udpTimeout: 35 });
    expect(named.sections).toEqual(["elsewhere", "core", "default"]);
    expect([named.packetDirectory, named.storageOf("third").directories[0]]).toEqual(["/core", path.join(directory, "data", "packets")]);
    expect(load(layered, { node: "elsewhere", overrides: { nodeClass: "" } })).toMatchObject({ sections: ["elsewhere", "default"], values: { viewPort: 1, udpTimeout: 30 } });
  });
  it("has the command line's packet directories and free space of this node alone", () => {
    const content = "[default]\npcapDir=/core\nfreeSpaceG=7\n[other]\npcapDir=/edge\nfreeSpaceG=9\n";
    const config = load(content, { overrides: { pcapDir: "/mine", freeSpaceG: "1;/mine=2" } });
    expect(config.storageOf(config.node)).toEqual({ directories: ["/mine"], freeSpace: { unit: "gib", value: 1, directories: [{ directory: "/mine", unit: "gib", value: 2 }] } });
    expect(config.storageOf("other")).toEqual({ directories: ["/edge"], freeSpace: { unit: "gib", value: 9 } });
    expect(config.storageOf("third")).toEqual({ directories: ["/core"], freeSpace: { unit: "gib", value: 7 } });
  });
  it("is config.ini of the working directory when no file is named", () => {
    const place = mkdtempSync(path.join(directory, "here-"));
    writeFileSync(path.join(place, "config.ini"), "[default]\nviewPort=11\n");
    expect(loadConfig({ file: null, node: "n", environment: {}, workingDirectory: place }).values.viewPort).toBe(11);
  });
});

describe("a whole file", () => {
  it("has the sections of other nodes checked when asked to, and only then", () => {
    const config = load("[default]\nviewPort=1\n[other]\nviewPort=many\nbpf=\n[headers-email]\nviewPort=no setting\n");
    expect(config.values.viewPort).toBe(1);
    expect(() => { checkOtherSections(config); }).toThrow(/test\.ini:4: viewPort=many: allowed: /);
  });
  it("says which numbers of other nodes are taken as a bound", () => {
    const said: string[] = [];
    checkOtherSections(load("[default]\ntcpTimeout=9\n[other]\ntcpTimeout=8\nudpTimeout=20\n"), (message) => { said.push(message); });
    expect(said).toEqual([expect.stringMatching(/test\.ini:4: tcpTimeout=8: 10 is taken; allowed: /)]);
  });
});

describe("included files", () => {
  const include = (name: string, content: string): void => { writeFileSync(path.join(directory, name), content); };
  it("win over the file, a later one over an earlier one, and the environment over them", () => {
    include("one.ini", "[default]\nviewPort=21\nudpTimeout=21\n[sensor1]\nicmpTimeout=21\n");
    include("two.ini", "[default]\nviewPort=22\n");
    const content = "[default]\nviewPort=1\nincludes=one.ini; two.ini;-missing.ini\nicmpTimeout=5\n";
    const config = load(content, { environment: { LOOKBACK__udpTimeout: "33" } });
    expect(config.values).toMatchObject({ viewPort: 22, udpTimeout: 33, icmpTimeout: 21 });
    expect(config.origins.get("viewPort")).toEqual({ file: path.join(directory, "two.ini"), line: 2 });
  });
  it("are those that the command line names, from the working directory, in place of the file's", () => {
    const place = mkdtempSync(path.join(directory, "included-"));
    writeFileSync(path.join(place, "three.ini"), "[default]\nviewPort=23\n");
    include("one.ini", "[default]\nviewPort=21\nudpTimeout=21\n");
    const content = "[default]\nincludes=one.ini\nviewPort=1\nudpTimeout=15\n";
    expect(load(content, { workingDirectory: place, overrides: { includes: "three.ini" } }).values).toMatchObject({ viewPort: 23, udpTimeout: 15, includes: ["three.ini"] });
    expect(load(content, { overrides: { includes: "" } }).values).toMatchObject({ viewPort: 1, udpTimeout: 15 });
    expect(failure(content, { overrides: { includes: "nowhere.ini" } }).message).toMatch(/^command line: includes=nowhere\.ini: there is no file /);
  });
  it("must be there unless a - says otherwise, and are blamed by their own lines", () => {
    expect(failure("[default]\nincludes=nowhere.ini\n")).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/test\.ini:2: includes=nowhere\.ini: there is no file .*nowhere\.ini; a - in front/) });
    include("bad.ini", "[default]\n\nviewPort=many\n");
    expect(failure("[default]\nincludes=bad.ini\n").message).toMatch(/bad\.ini:3: viewPort=many: allowed: whole number/);
    expect(failure(`[default]\nincludes=${"-a;".repeat(65)}\n`).message).toMatch(/65 files; at most 64 are read/);
  });
});

describe("values", () => {
  it("debug turns the log to debug unless a level is set", () => {
    expect(load("[default]\ndebug=1\n").values.logLevel).toBe("debug");
    expect(load("[default]\ndebug=1\nlogLevel=warn\n").values.logLevel).toBe("warn");
  });
  it("lists take a semicolon after a backslash", () => {
    expect(load("[default]\npcapDir=a\\;b;c,d\n").values.pcapDir).toEqual(["a;b", "c,d"]);
  });
  it.each([
    ["elasticsearch", "http://a:9200,b:9200;http://c", ["http://a:9200", "b:9200", "http://c"]],
    ["authRedirectURIs", "https://a/auth/login/callback, https://b/auth/login/callback", ["https://a/auth/login/callback", "https://b/auth/login/callback"]],
    ["userAuthIps", "10.0.0.0/8,::1", ["10.0.0.0/8", "::1"]], ["authTrustProxy", "10.0.0.1,10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
    ["requiredAuthHeaderVal", "netops , secops;a\\,b,", ["netops", "secops", "a,b"]],
  ] as const)("%s may be separated by commas, as Arkime has it: %s", (key, given, value) => {
    expect(load(`[default]\n${key}=${given}\n`).values[key]).toEqual(value);
    const declared: Setting<readonly string[]> = SETTINGS[key];
    expect(declared.read(String(declared.print(value)))).toEqual(value);
  });
  it.each([["10%", { unit: "percent", value: 10 }], ["12", { unit: "gib", value: 12 }], ["0.5", { unit: "gib", value: 0.5 }], ["/p=3", { unit: "percent", value: 5, directories: [{ directory: "/p", unit: "gib", value: 3 }] }]])("freeSpaceG=%s", (given, value) => {
    expect(load(`[default]\npcapDir=/p\nfreeSpaceG=${given}\n`).values.freeSpaceG).toEqual(value);
  });
  it("lists are separated by ; and may be empty", () => {
    const { values } = load("[default]\ndisableParsers=\nsaveUnknownPackets=all; corrupt;\n");
    expect(values.disableParsers).toEqual([]);
    expect(values.saveUnknownPackets).toEqual(["all", "corrupt"]);
  });
  it("packets of no known kind are named by Arkime's words, in order", () => {
    const words = ["all", "-ip:253", "-ether:35020", "corrupt", "-corrupt", "ip:all", "ether:all", "ip:0", "ip:255", "ether:65535"];
    expect(engineSettings(load(`[default]\nsaveUnknownPackets=${words.join(" ; ")}\n`)).saveUnknownPackets).toEqual(words);
    for (const wrong of ["foo", "-all", "ip", "ip:", "ip:256", "-ip:256", "-ip:all", "ether:65536", "ether:0x88cc", "ip:-1", "All", "corrupt:1", "all;foo"]) {
      expect(failure(`[default]\nsaveUnknownPackets=${wrong}\n`).message).toMatch(/test\.ini:2: saveUnknownPackets=.*: allowed: all, ip:all, ip:N, -ip:N .*-corrupt, separated by ;$/);
    }
  });
  it("parsers are named with and without .so", () => {
    expect(engineSettings(load("[default]\ndisableParsers=arp.so;dns\n")).disableParsers).toEqual(["arp", "dns"]);
  });
  it("a key without a value is unset where it may be", () => {
    expect(load("[default]\nexpireDays=\n").values.expireDays).toBeNull();
  });

  it.each([
    ["viewPort=70000", "whole number 0 to 65535"], ["viewPort=abc", "whole number"], ["viewPort=", "whole number"], ["viewPort=-1", "0 to 65535"], ["tcpTimeout=1e3", "10 to 65535"],
    ["parseQSValue=maybe", "true or false"], ["freeSpaceG=lots", "GiB"], ["freeSpaceG=100%", "99%"], ["sessionIdTracking=mac", "none, vlan, vni"],
    ["offlineFilenameRegex=(", "regular expression"], ["maxFileSizeG=0", "0.01 to 1024"], ["expireDays=0", "1 to 36500"], ["expireDays=1e9", "1 to 36500"],
  ])("%s is refused with file, line, key, value and what is allowed", (line, allowed) => {
    const error = failure(`[default]\n# a comment\n${line}\n`);
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain("test.ini:3:");
    expect(error.message).toContain(line);
    expect(error.message).toContain(allowed);
    expect(error.details).toMatchObject({ line: 3, key: line.split("=")[0], value: line.split("=")[1] });
  });
  it.each([["dbBulkSize", "300000", 500_000], ["snapLen", "65536", 65_535], ["tcpTimeout", "9", 10], ["packetThreads", "-1", 1], ["tpacketv3ClusterId", "70000", 65_535], ["maxFileSizeG", "2000", 1024]] as const)("%s=%s is taken as its nearer bound, as Arkime does, with a warning", (key, given, taken) => {
    const { values, warnings } = load(`[default]\n${key}=${given}\n`);
    expect(values[key]).toBe(taken);
    expect(warnings).toMatchObject([{ kind: "clamped-value", key, message: expect.stringMatching(new RegExp(`test\\.ini:2: ${key}=${given}: ${taken} is taken; allowed: (whole )?number `)) }]);
  });
  it.each([["pcapReadMethod", "afpacketv3", "tpacketv3"], ["authMode", "basic+oidc", "form+oidc"], ["maxFileSizeG", ".5", 0.5], ["maxFileSizeG", "1.", 1]] as const)("%s=%s is read as Arkime does, without a warning", (key, given, taken) => {
    const { values, warnings } = load(`[default]\n${key}=${given}\n`);
    expect(values[key]).toBe(taken);
    expect(warnings).toEqual([]);
  });
  it.each(["maxPackets=0", "maxStreams=0", "snapLen=0", "snapLen=63", "maxFileSizeG=0.001", "tcpHealthCheckPort=65536", "maxFileSizeG=.", "pcapReadMethod=toString"])("%s is refused", (line) => {
    expect(failure(`[default]\n${line}\n`).message).toContain(`test.ini:2: ${line}: allowed: `);
  });
  it("an interface's own number is bounded alike", () => {
    const config = load("[default]\ninterface=eth0\n[interface:eth0]\nsnapLen=65536\n");
    expect(config.interfaceSettings("eth0").snapLen).toBe(65_535);
    expect(config.warnings).toMatchObject([{ kind: "clamped-value", key: "snapLen", section: "interface:eth0" }]);
  });
  it("all bad values are named at once, those of interfaces and of other nodes too", () => {
    const { message, details } = failure("[default]\nviewPort=abc\nauthMode=header-jwt\ninterface=eth0\n[interface:eth0]\nsnapLen=x\n");
    expect(message.split("\n")).toEqual([expect.stringMatching(/test\.ini:2: viewPort=abc/), expect.stringMatching(/test\.ini:3: authMode=header-jwt: allowed: form, /), expect.stringMatching(/test\.ini:6: snapLen=x/)]);
    expect(details).toMatchObject({ key: "viewPort", line: 2 });
    expect(() => { checkOtherSections(load("[default]\n[a]\nviewPort=a\n[b]\nviewPort=b\n")); }).toThrow(/viewPort=a.*\n.*viewPort=b/);
  });
  it("names the variable when the environment is wrong", () => {
    expect(failure("[default]\n", { environment: { LOOKBACK_default__viewPort: "x" } }).message).toContain("environment LOOKBACK_default__viewPort: viewPort=x");
  });
  it.each([["viewPort=1\n", "first line must be a section"], ["[default\n", "[name]"], ["[default]\nnonsense\n", "key=value"]])("malformed text %j", (content, reason) => {
    expect(failure(content).message).toContain(reason);
  });
  it("a missing file is named", () => {
    expect(() => loadConfig({ file: "/nowhere/x.ini", node: null, environment: {}, workingDirectory: "/" })).toThrow(/\/nowhere\/x\.ini: cannot be read/);
  });
  it("a node name that file names cannot hold is refused", () => {
    expect(() => load(null, { node: "a/b" })).toThrow(/node name a\/b/);
  });
});

describe("keys without effect", () => {
  it("unknown ones warn with the nearest known one", () => {
    const config = load("[default]\nviewport=8006\ntcpTimout=20\nqwertzuiop=1\n");
    expect(config.warnings.map((w) => w.message)).toEqual([
      expect.stringMatching(/test\.ini:2: unknown setting viewport in \[default\]; did you mean viewPort\?/),
      expect.stringMatching(/did you mean tcpTimeout\?/),
      expect.stringMatching(/unknown setting qwertzuiop in \[default\]$/),
    ]);
  });
  it("Arkime's are accepted quietly and listed apart", () => {
    const config = load("[default]\nmaxESConns=20\n[headers-http-request]\nx-any=type:string\n");
    expect(config.warnings).toEqual([]);
    expect(config.accepted.map((w) => w.key)).toEqual(["maxESConns"]);
  });
});

const corpus = process.env["LOOKBACK_CONFORMANCE"] ?? path.resolve("../shared/conformance");
describe.skipIf(!existsSync(path.join(corpus, "config.ini")))("the corpus' config.ini", () => {
  it("is read without a warning", () => {
    const config = loadConfig({ file: path.join(corpus, "config.ini"), node: "test", environment: {}, workingDirectory: directory });
    expect(config.warnings).toEqual([]);
    expect(engineSettings(config)).toMatchObject({
      workers: 1, sessionIdTracking: "vlan", trackEsp: true, icmpTimeout: 60, maxStreams: 1000, disableParsers: [], saveUnknownPackets: ["all", "corrupt"],
      magicMode: "basic", maxReqBody: 2000, supportSha256: true, parseQsValue: true, parseCookieValue: true, parseDnsRecordAll: true, gapPacketPos: false, enablePacketLen: true,
    });
  });
});

describe("files of places", () => {
  it("are those beside the configuration where their path is relative", () => {
    const settings = engineSettings(load("[default]\nrirFile=ipv4.csv\nouiFile=/srv/manuf\ngeoLite2Country=../a.mmdb;/srv/b.mmdb\ngeoLite2ASN=asn.mmdb\n"));
    expect(settings).toMatchObject({
      rirFile: [path.join(directory, "ipv4.csv")], ouiFile: ["/srv/manuf"], geoLite2Country: [path.resolve(directory, "../a.mmdb"), "/srv/b.mmdb"], geoLite2Asn: [path.join(directory, "asn.mmdb")],
    });
  });
});

describe("schema/config.schema.json", () => {
  it("is what the settings say", () => {
    expect(readFileSync("schema/config.schema.json", "utf8")).toBe(configSchema());
  });
  it("has every setting with a sentence", () => {
    const schema = JSON.parse(configSchema()) as { properties: Record<string, { description: string }> };
    expect(Object.keys(schema.properties)).toEqual(settingKeys());
    for (const { description } of Object.values(schema.properties)) expect(description).toMatch(/\.$/);
  });
});

describe("interfaceOps", () => {
  it("goes to the interfaces one after the other", () => {
    const config = load("[default]\ninterface=eth0;eth1;eth2\ninterfaceOps= tags=inside , vlan=7;;tags=a=b\n");
    expect(engineSettings(config).interfaces).toEqual([
      { interface: "eth0", fields: [{ field: "tags", value: "inside" }, { field: "vlan", value: "7" }] },
      { interface: "eth1", fields: [] },
      { interface: "eth2", fields: [{ field: "tags", value: "a=b" }] },
    ]);
    // One that has no list, and nothing where there are none.
    expect(engineSettings(load("[default]\ninterface=eth0;eth1\ninterfaceOps=tags=a\n")).interfaces[1]).toEqual({ interface: "eth1", fields: [] });
    expect(engineSettings(load("[default]\ninterface=eth0;eth1\ninterfaceOps=;\n")).interfaces).toEqual([]);
  });
  it("is refused where it is no list of values, or there are fewer interfaces", () => {
    for (const given of ["tags", "=x", "tags=", "tags=a;b"]) expect(failure(`[default]\ninterface=eth0;eth1\ninterfaceOps=${given}\n`)).toMatchObject({ code: "CONFIG_INVALID" });
    expect(() => engineSettings(load("[default]\ninterface=eth0\ninterfaceOps=tags=a;tags=b\n"))).toThrow("interfaceOps has 2 lists and interface names 1 (eth0)");
    expect(() => engineSettings(load("[default]\ninterfaceOps=tags=a\n"))).toThrow("interfaceOps has 1 list and interface names none");
  });
});

describe("an interface", () => {
  const FILE = "[default]\ninterface=eth0;eth1\nbpf=tcp\nsnapLen=2000\n[interface:eth1]\nbpf=udp\nringMiB=128\npromiscuous=false\ntpacketv3NumThreads=4\ntpacketv3BlockSize=65536\n";
  it("has settings of its own, and the node's for the others", () => {
    const config = load(FILE);
    expect(config.interfaceSettings("eth0")).toMatchObject({ bpf: "tcp", snapLen: 2000, ringMiB: 64, promiscuous: true, tpacketv3NumThreads: 1, tpacketv3BlockSize: 2_097_152 });
    expect(config.interfaceSettings("eth1")).toMatchObject({ bpf: "udp", snapLen: 2000, ringMiB: 128, promiscuous: false, tpacketv3NumThreads: 4, tpacketv3BlockSize: 65_536 });
    expect(config.warnings).toEqual([]);
  });
  it("has what the environment and later lines say, and what the command line says for all", () => {
    expect(load(`${FILE}bpf=\nsnapLen=99\n`).interfaceSettings("eth1")).toMatchObject({ bpf: null, snapLen: 99 });
    expect(load(FILE, { environment: { LOOKBACK_interfaceCOLONeth1__bpf: "icmp" } }).interfaceSettings("eth1").bpf).toBe("icmp");
    expect(load(FILE, { overrides: { bpf: "arp" } }).interfaceSettings("eth1").bpf).toBe("arp");
  });
  it("that is given what it cannot have is refused, or warned about, by line", () => {
    expect(failure(`${FILE}snapLen=0\n`).message).toMatch(/test\.ini:11: snapLen=0: allowed: /);
    expect(failure(`${FILE}ringMiB=\n`).message).toMatch(/test\.ini:11: ringMiB has no value: allowed: /);
    const messages = (content: string): readonly string[] => load(content).warnings.map(({ message }) => message);
    expect(messages(`${FILE}pcapDir=/x\nsnapLenn=5\n`)).toEqual([
      expect.stringMatching(/test\.ini:11: pcapDir has no effect in \[interface:eth1\]; there: bpf, /), expect.stringMatching(/test\.ini:12: snapLenn has no effect in \[interface:eth1\]; did you mean snapLen\?/),
    ]);
    expect(messages(`${FILE}[interface:eth7]\nbpf=tcp\nsnapLen=99\n`)).toEqual([expect.stringMatching(/test\.ini:12: \[interface:eth7\] has no effect: interface names eth0, eth1$/)]);
    expect(messages("[default]\nviewPort=1\n[interface:eth7]\nbpf=tcp\n")).toEqual([]);
  });
});
