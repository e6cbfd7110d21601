import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadConfig, settingKeys } from "../../../src/config/config.js";
import { ACCEPTED_KEYS, DATA_SECTIONS } from "../../../src/config/known-keys.js";
import { settingsPage } from "../../../src/config/settings-page.js";

const arkime = readFileSync("test/support/arkime-keys.txt", "utf8").trim().split("\n");

describe("every key of Arkime", () => {
  it("is honoured, or accepted with what became of it, and never both", () => {
    const honoured = new Set<string>(settingKeys());
    const unknown = arkime.filter((key) => !key.startsWith("[") && !honoured.has(key) && !ACCEPTED_KEYS.has(key));
    expect(unknown).toEqual([]);
    expect(arkime.filter((key) => key.startsWith("[") && !DATA_SECTIONS.has(key.slice(1, -1)))).toEqual([]);
    // A setting that got its effect leaves known-keys.ts.
    expect([...ACCEPTED_KEYS.keys()].filter((key) => honoured.has(key))).toEqual([]);
    for (const { reason } of ACCEPTED_KEYS.values()) expect(reason.length).toBeGreaterThan(10);
  });

  it("is marked as Lookback's own where Arkime has it not, and only there", () => {
    const page = settingsPage();
    const [, own = ""] = /## Keys of Lookback alone\n([\s\S]*?)\n## /.exec(page) ?? [];
    const listed = [...own.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key ?? "");
    expect(listed.filter((key) => arkime.includes(key))).toEqual([]);
    expect(settingKeys().filter((key) => !arkime.includes(key) && !listed.includes(key))).toEqual([]);
  });

  it("is on docs/settings.md as `npm run generate` writes it", () => {
    expect(readFileSync("docs/settings.md", "utf8")).toBe(settingsPage());
  });
});

describe("a configuration of Arkime", () => {
  const load = (node: string) => loadConfig({ file: "test/support/moloch-config.ini", node, environment: {}, workingDirectory: process.cwd() });

  it("loads without an error and without a warning, its sections in Arkime's order", () => {
    const { values, warnings, sections, packetDirectory } = load("sensor1");
    expect(warnings).toEqual([]);
    expect(sections).toEqual(["sensor1", "border", "default"]);
    expect(packetDirectory).toBe("/srv/packets");
    expect(values).toMatchObject({
      interface: ["eth3"], tcpTimeout: 300, udpTimeout: 30, freeSpaceG: { unit: "percent", value: 10 }, packetThreads: 2, bpf: "not port 9200 and host 192.0.2.1 = no comparison",
    });
    expect(load("elsewhere").values).toMatchObject({ interface: ["eth1", "eth2"], tcpTimeout: 600, freeSpaceG: { unit: "percent", value: 5 } });
  });

  it("has its backslashes doubled, and its patterns match", () => {
    const { offlineFilenameRegex } = load("sensor1").values;
    expect(["a.PCAP", "b.cap", "xpcap"].map((name) => offlineFilenameRegex.test(name))).toEqual([true, true, false]);
  });

  it.each([
    ["requiredAuthHeaderVal", "netops, secops", ["netops", "secops"]], ["requiredAuthHeaderVal", "CN=a\\,OU=b;c", ["CN=a,OU=b", "c"]],
    ["userAuthIps", "10.0.0.1, 10.1.0.0/16;::1", ["10.0.0.1", "10.1.0.0/16", "::1"]],
    ["elasticsearch", "http://a:9200,http://b:9200", ["http://a:9200", "http://b:9200"]],
    ["authRedirectURIs", "https://a.example/auth/login/callback,https://b.example/auth/login/callback", ["https://a.example/auth/login/callback", "https://b.example/auth/login/callback"]],
    // A comma is a sign like others elsewhere.
    ["webhookUrls", "https://a.example/x,y;https://b.example/", ["https://a.example/x,y", "https://b.example/"]], ["pcapDir", "/srv/a,b;/srv/c\\;d", ["/srv/a,b", "/srv/c;d"]],
  ] as const)("%s=%s is split where Arkime splits it", (key, text, parts) => {
    expect(loadConfig({ file: null, node: "n", environment: {}, workingDirectory: "/", overrides: { [key]: text } }).values[key]).toEqual(parts);
  });
});
