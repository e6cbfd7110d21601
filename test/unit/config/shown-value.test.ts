import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { contextOf } from "../../../src/cli/command-context.js";
import { run as check } from "../../../src/cli/commands/config-check.js";
import { run as explain } from "../../../src/cli/commands/config-explain.js";
import { shownValue } from "../../../src/config/config-schema.js";
import { settingKeys } from "../../../src/config/config.js";
import { shownText } from "../../../src/config/secrets.js";
import { readSetting, type Setting } from "../../../src/config/setting.js";
import { SETTINGS, type SettingKey } from "../../../src/config/settings.js";
import { Cluster, type ClusterOptions } from "../../../src/index-store/elasticsearch/cluster.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const directory = temporaryDirectory();

/** Lines that a command prints for a file of these lines. */
async function printed(run: typeof check, lines: string, operands: readonly string[] = []): Promise<string> {
  const file = path.join(directory, "config.ini");
  writeFileSync(file, `[default]\ndataDir=${directory}\n${lines}\n`);
  const output: string[] = [];
  await run({ ...contextOf(operands, { config: file, node: "n" }, []), print: (line) => { output.push(line); } });
  return output.join("\n");
}

/** Values as config.ini has them, of every kind that is not printed as it is written. */
const WRITTEN: readonly (readonly [SettingKey, string])[] = [
  ["dontSaveBPFs", "tcp port 443:20;host 2001:db8::1:5"], ["minPacketsSaveBPFs", "udp:3"], ["interfaceOps", "tags=inside,vlan=7;;tags=a=b"],
  ["logLevels", "retention=debug;http=warn"], ["freeSpaceG", "5%;/data/slow=200"], ["sessionFreeSpaceG", "15%"], ["offlineFilenameRegex", "(?i)\\.pcap$"],
  ["disableParsers", "arp;a\\;b"], ["snapLen", "1500"], ["maxFileSizeG", "0.5"], ["parseQSValue", "true"], ["bpf", "not port 22"], ["authJwsAlgorithm", "ES256"],
];

describe("a value in print", () => {
  it.each(WRITTEN)("%s=%s is as config.ini has it", (key, text) => {
    const declared: Setting<unknown> = SETTINGS[key];
    expect(String(declared.print(declared.read(text)))).toBe(text);
  });
  it("is one for every setting: what is printed reads back as the same", () => {
    for (const key of settingKeys()) {
      const declared: Setting<unknown> = SETTINGS[key];
      if (declared.defaultValue === null) continue;
      const text = String(declared.print(declared.defaultValue));
      expect(text).not.toContain("[object");
      expect(declared.read(text), key).toEqual(declared.defaultValue);
    }
  });
  it("is printed by config check and config explain", async () => {
    const lines = WRITTEN.filter(([key]) => key !== "freeSpaceG" && key !== "interfaceOps").map(([key, text]) => `${key}=${text.replaceAll("\\", "\\\\")}`);
    const found = await printed(check, ["interface=a;b;c", "interfaceOps=tags=inside,vlan=7;;tags=a=b", ...lines].join("\n"));
    for (const [key, text] of WRITTEN.filter(([one]) => one !== "freeSpaceG")) expect(found).toContain(`\n${key}=${text}  # `);
    expect(await printed(explain, "dontSaveBPFs=tcp port 443:20", ["dontSaveBPFs"])).toMatch(/value: +tcp port 443:20$/m);
  });
});

describe("what is nobody's business", () => {
  it.each([
    ["elasticsearch", "http://elastic:S3cret@db:9200;https://other:9200", "http://(secret)@db:9200;https://other:9200"],
    ["elasticsearch", "elastic:S3cret@db:9200", "(secret)@db:9200"],
    ["elasticsearch", "http://elastic:S3;c,r/e@t@db:9200;http://elastic:S3cret@other", "http://(secret)@db:9200;http://(secret)@other"],
    ["usersElasticsearch", "https://u:S3cret@db", "https://(secret)@db"], ["wiseURL", "https://u:S3cret@db", "https://(secret)@db"],
    ["esProxySigV4SessionToken", "S3cret", "(secret)"], ["elasticsearchAPIKey", "S3cret", "(secret)"], ["esClientKeyPass", "S3cret", "(secret)"],
    ["s3UseTokenForMetadata", "true", "true"], ["loginMessage", "See https://help.example.org or mail noc@example.org", "See https://help.example.org or mail noc@example.org"],
    ["userNameHeader", "x@y", "x@y"],
  ])("%s=%s is shown as %s", (key, text, shown) => {
    expect(shownText(key, text)).toBe(shown);
  });
  it("is not printed by config check and config explain", async () => {
    const lines = "elasticsearch=http://elastic:S3cret@db:9200\nesProxySigV4SessionToken=S3cret\nelasticsearchBasicAuth=u:S3cret";
    expect(await printed(check, lines)).toContain("\nelasticsearch=http://(secret)@db:9200  # ");
    for (const found of [await printed(check, lines), ...await Promise.all(["elasticsearch", "esProxySigV4SessionToken", "elasticsearchBasicAuth"].map((key) => printed(explain, lines, [key])))]) {
      expect(found).not.toContain("S3cret");
    }
    expect(shownValue("elasticsearchBasicAuth", "u:S3cret")).toBe("(secret)");
    expect(shownValue("elasticsearchBasicAuth", null)).toBeNull();
  });
  it("is in no message of a value that is refused", () => {
    const given = `https://u:${"S3cret".repeat(50)}@hooks.example.org`;
    expect(() => readSetting("webhookUrls", given, { file: "f", line: 1 }, SETTINGS.webhookUrls)).toThrow(/^f:1: webhookUrls=https:\/\/\(secret\)@hooks\.example\.org: allowed: /);
    const to = (...urls: string[]): Cluster => new Cluster({ urls, auth: null, authority: null, clientCertificate: null, compress: false } satisfies ClusterOptions);
    expect(() => to("http://elastic:S3", "http://cret@db:9200")).toThrow(/^elasticsearch: URL 1 of 2: allowed: .* %3B/);
    expect(() => to("ftp://x")).toThrow(/^elasticsearch=ftp:\/\/x: allowed: http:/);
    expect(() => to("http://elastic:S3%cret@db:9200")).toThrow(/^elasticsearch: the user name or password of the URL has a %/);
  });
});
