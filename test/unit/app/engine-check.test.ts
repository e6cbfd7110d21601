import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startCapture } from "../../../src/app/capture-process.js";
import { openCore } from "../../../src/app/core.js";
import { checkCaptureFilters, checkOtherFilters, checkRowSettings, isUnknownHost } from "../../../src/app/engine-check.js";
import { withLifecycle } from "../../../src/app/lifecycle.js";
import { LookbackError } from "../../../src/base/errors.js";
import { silentLogger } from "../../../src/base/logger.js";
import { contextOf } from "../../../src/cli/command-context.js";
import { run as check } from "../../../src/cli/commands/config-check.js";
import { loadConfig, type LookbackConfig } from "../../../src/config/config.js";
import { loadNativeCore } from "../../../src/native/native.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const directory = temporaryDirectory();
const file = path.join(directory, "config.ini");
const native = loadNativeCore();

function write(lines: string): void {
  writeFileSync(file, `[default]\ndataDir=${directory}/data\n${lines}\n`);
}

function load(lines: string): LookbackConfig {
  write(lines);
  return loadConfig({ file, node: "n", environment: {}, workingDirectory: directory });
}

/** What `config check` says of a configuration of these lines, the first of which is line 3. */
async function checked(lines: string): Promise<string> {
  write(lines);
  const printed: string[] = [];
  try {
    await check({ ...contextOf([], { config: file, node: "n" }, []), print: (line) => { printed.push(line); } });
  } catch (error) {
    if (error instanceof LookbackError) return `${error.code} ${error.message.replace(`${directory}/`, "")}`;
    throw error;
  }
  return printed.at(-1) ?? "";
}

describe("config check refuses what a process would refuse", () => {
  it.each([
    ["bpf=((", /^CONFIG_INVALID config\.ini:3: bpf: filter "\(\(": .*syntax error/],
    ["bpf=tcp port 99999", /config\.ini:3: bpf: filter "tcp port 99999": illegal port number/],
    ["dontSaveBPFs=tcp port 443:20;bogus zz:5", /^CONFIG_INVALID config\.ini:3: dontSaveBPFs: filter "bogus zz": .*syntax error/],
    ["minPacketsSaveBPFs=bogus zz:5", /^CONFIG_INVALID config\.ini:3: minPacketsSaveBPFs: filter "bogus zz": /],
    ["[interface:eth7]\nbpf=bogus zz", /^CONFIG_INVALID config\.ini:4: bpf: filter "bogus zz": /],
    ["[other]\ndontSaveBPFs=bogus zz:5", /^CONFIG_INVALID config\.ini:4: dontSaveBPFs: filter "bogus zz": /],
    ["[other]\nbpf=bogus zz", /^CONFIG_INVALID config\.ini:4: bpf: filter "bogus zz": /],
    ["timeZone=Foo/Bar", /^CONFIG_INVALID config\.ini:3: timeZone=Foo\/Bar: allowed: IANA time zone such as Europe\/Berlin, or local$/],
    ["interfaceOps=tags=a", /^CONFIG_INVALID config\.ini:3: interfaceOps has 1 list and interface names none/],
    ["interface=eth7\ninterfaceOps=nofield=a", /^CONFIG_INVALID config\.ini:4: interfaceOps: no field is called "nofield"/],
    ["indexStore=elasticsearch\nelasticsearch=http://a,ftp://b", /^CONFIG_INVALID config\.ini:4: elasticsearch=ftp:\/\/b: allowed: http:/],
    ["indexStore=elasticsearch\nelasticsearchBasicAuth=nobody", /^CONFIG_INVALID config\.ini:4: elasticsearchBasicAuth: allowed: user:password/],
    ["indexStore=elasticsearch\nesClientKey=nowhere.pem", /^CONFIG_INVALID config\.ini:4: esClientKey=nowhere\.pem: cannot be read: /],
  ])("%j", async (lines, message) => {
    expect(await checked(lines)).toMatch(message);
  });
  it.each([
    "bpf=tcp port 80", "dontSaveBPFs=host 2001:db8::1:5", "timeZone=Europe/Berlin", "timeZone=UTC", "timeZone=Etc/GMT+5", "interface=eth7\ninterfaceOps=tags=a",
    // Filters that have a meaning for other packets than Ethernet's, where those come.
    "bpf=wlan type mgt\npcapReadMethod=stdin", "bpf=wlan type mgt\ninterface=-", "[other]\nbpf=wlan type mgt",
    // What the command line or another line replaces, and what is for no process of this node.
    "bpf=((\nbpf=tcp", "interface=eth7\nbpf=((\n[interface:eth7]\nbpf=tcp", "elasticsearch=ftp://x", "indexStore=elasticsearch\nelasticsearch=a,b",
  ])("and takes %j", async (lines) => {
    expect(await checked(lines)).toBe("no unknown settings");
  });
});

describe("a process", () => {
  it("refuses a filter with key and place, before it opens anything", async () => {
    await expect(startCapture(load("dontSaveBPFs=bogus zz:5"), silentLogger)).rejects.toMatchObject({
      code: "CONFIG_INVALID", message: expect.stringMatching(/config\.ini:3: dontSaveBPFs: filter "bogus zz": /), details: { key: "dontSaveBPFs", line: 3 },
    });
    await expect(withLifecycle(silentLogger, (lifecycle) => openCore(load("minPacketsSaveBPFs=bogus zz:5"), "serve", silentLogger, lifecycle)))
      .rejects.toMatchObject({ code: "CONFIG_INVALID", message: expect.stringMatching(/config\.ini:3: minPacketsSaveBPFs: filter "bogus zz": /) });
  });
  it("captures beside sections of interfaces that others capture", async () => {
    for (const name of ["lo", "-"]) await checkCaptureFilters(load(`interface=${name}\n[interface:mon0]\nbpf=type data`), native);
    await expect(checkCaptureFilters(load("interface=mon0\n[interface:mon0]\nbpf=type data"), native)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
  it("tells a host that nobody knows at this moment from a filter that is none", () => {
    expect(isUnknownHost(new LookbackError("CONFIG_INVALID", 'minPacketsSaveBPFs: filter "host a.invalid": unknown host \'a.invalid\''))).toBe(true);
    expect([new LookbackError("CONFIG_INVALID", "syntax error"), new Error("unknown host")].some(isUnknownHost)).toBe(false);
  });
  it("asks the engine only where there is something to ask", async () => {
    const never = { checkSettings: () => Promise.reject(new Error("asked")) };
    const config = load("timeZone=UTC");
    await checkRowSettings(config, never);
    await checkCaptureFilters(config, never);
    await checkOtherFilters(config, never);
    await expect(checkRowSettings(load("minPacketsSaveBPFs=tcp:2"), never)).rejects.toThrow("asked");
    await checkRowSettings(load("minPacketsSaveBPFs=tcp:2"), native);
  });
});
