import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCatalogue } from "../../../src/catalogue/catalogue.js";
import { takeRole } from "../../../src/catalogue/role-lock.js";
import { runCheck, type Check } from "../../../src/cli/doctor/check.js";
import { CHECKS } from "../../../src/cli/doctor/checks.js";
import { isHeld } from "../../../src/cli/doctor/data-checks.js";
import { loadConfig } from "../../../src/config/config.js";
import type { SettingKey } from "../../../src/config/settings.js";
import { selfSigned } from "../../support/self-signed.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const config = (dataDir: string, overrides: Partial<Record<SettingKey, string>> = {}) =>
  loadConfig({ file: null, node: "n", environment: {}, workingDirectory: dataDir, overrides: { dataDir, ...overrides } });
const check = (name: string): Check => {
  const found = CHECKS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
};
const run = async (name: string, dataDir: string, overrides: Partial<Record<SettingKey, string>> = {}) =>
  (await runCheck(check(name), config(dataDir, overrides))).map(({ verdict, detail, advice }) => [verdict, detail, advice ?? ""] as const);

describe("a check", () => {
  it("has a name of its own and says what it is for", () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
    for (const { purpose } of CHECKS) expect(purpose).not.toBe("");
  });

  it("advises what to do wherever it finds fault, and one that throws has failed", async () => {
    const directory = temporaryDirectory();
    for (const one of CHECKS) for (const { verdict, advice } of await runCheck(one, config(directory, { viewPort: "0" }))) if (verdict === "warn" || verdict === "fail") expect([one.name, advice ?? ""]).not.toEqual([one.name, ""]);
    expect(await runCheck({ name: "x", purpose: "x", run: () => { throw new Error("broken"); } }, config(directory))).toEqual([{ verdict: "fail", detail: "broken" }]);
  });
});

describe("the data directory", () => {
  it("can be made, is written, is a file, is open to others", async () => {
    const directory = temporaryDirectory();
    expect(await run("data directory", join(directory, "new"))).toContainEqual(["ok", expect.stringMatching(/new is not there yet and can be made/), ""]);
    writeFileSync(join(directory, "file"), "");
    expect(await run("data directory", join(directory, "file"))).toContainEqual(["fail", expect.stringMatching(/file is no directory/), expect.stringMatching(/dataDir/)]);
    mkdirSync(join(directory, "open"));
    chmodSync(join(directory, "open"), 0o755);
    expect((await run("data directory", join(directory, "open")))[0]).toEqual(["warn", expect.stringMatching(/others may look into it/), expect.stringMatching(/^chmod o-rwx /)]);
    chmodSync(join(directory, "open"), 0o700);
    expect((await run("data directory", join(directory, "open")))[0]?.[0]).toBe("ok");
  });

  it("lies on a device that freeSpaceG fits", async () => {
    expect((await run("free space", temporaryDirectory(), { freeSpaceG: "900000000" }))[0]).toEqual(["fail", expect.stringMatching(/freeSpaceG asks for/), expect.stringMatching(/lower freeSpaceG/)]);
    expect((await run("free space", temporaryDirectory(), { freeSpaceG: "0" }))[0]?.[0]).toBe("ok");
  });

  it("has a catalogue whose steps are known, and says who runs", async () => {
    const directory = temporaryDirectory();
    expect(await run("catalogue", directory)).toEqual([["skip", expect.stringMatching(/none yet/), ""]]);
    expect((await run("processes", directory))[0]?.[0]).toBe("skip");
    openCatalogue(directory, { nowMs: () => 0 }).close();
    expect((await run("catalogue", directory))[0]?.[0]).toBe("ok");
    expect([isHeld(directory, "capture"), isHeld(join(directory, "none"), "capture")]).toEqual([false, false]);
    const lock = takeRole(directory, "capture");
    expect([isHeld(directory, "capture"), isHeld(directory, "serve")]).toEqual([true, false]);
    lock.release();
    expect(await run("processes", directory)).toEqual([["ok", "nothing runs the role serve", ""], ["ok", "nothing runs the role capture", ""]]);
    const cluster = { indexStore: "elasticsearch", elasticsearch: "http://127.0.0.1:9" };
    expect((await run("processes", directory, cluster)).at(-1)).toEqual(["ok", "nothing runs the role shipper", ""]);
    const shipper = takeRole(directory, "shipper");
    expect((await run("processes", directory, cluster)).at(-1)).toEqual(["ok", `process ${process.pid} runs the role shipper`, ""]);
    shipper.release();
    // A lock file that a look of root makes is one that the service may not write.
    expect(readdirSync(join(directory, "locks")).toSorted()).toEqual(["capture.lock", "capture.pid", "shipper.lock", "shipper.pid"]);
    writeFileSync(join(directory, "catalogue.sqlite"), "this is no database, and long enough to be taken for one".repeat(100));
    expect((await run("catalogue", directory))[0]).toEqual(["fail", expect.stringMatching(/does not read back/), ""]);
  });
});

describe("the write speed", () => {
  it("of a directory that is not there is measured above it, and nothing is made", async () => {
    const directory = temporaryDirectory();
    const [finding] = await run("write speed", join(directory, "new"));
    if (finding?.[0] === "ok") expect(finding[1]).toContain(`${join(directory, "new", "packets")} is not there yet; ${directory} takes `);
    expect(readdirSync(directory)).toEqual([]);
    await run("capture rate", join(directory, "new"));
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("serving", () => {
  it("needs a free port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await run("port", temporaryDirectory(), { viewPort: String(port) })).toEqual([["fail", `127.0.0.1 port ${port} is taken by another program`, expect.stringMatching(/viewPort/)]]);
    await new Promise((resolve) => server.close(resolve));
    expect((await run("port", temporaryDirectory(), { viewPort: String(port) }))[0]?.[0]).toBe("ok");
    expect((await run("port", temporaryDirectory(), { viewHost: "203.0.113.7" }))[0]?.[0]).toBe("fail");
  });

  it("wants TLS beyond loopback", async () => {
    expect((await run("certificate", temporaryDirectory()))[0]?.[0]).toBe("skip");
    expect((await run("certificate", temporaryDirectory(), { viewHost: "0.0.0.0" }))[0]?.[0]).toBe("warn");
  });

  it("finds certificate and key from the configuration on, whatever the working directory", async () => {
    const directory = temporaryDirectory();
    const { cert, key } = selfSigned("lookback");
    writeFileSync(join(directory, "lookback.pem"), cert);
    writeFileSync(join(directory, "lookback.key"), key);
    const file = join(directory, "config.ini");
    writeFileSync(file, "[default]\ncertFile=lookback.pem\nkeyFile=lookback.key\n");
    const configuration = loadConfig({ file, node: "n", environment: {}, workingDirectory: process.cwd() });
    expect(await runCheck(check("certificate"), configuration)).toEqual([{ verdict: "warn", detail: expect.stringMatching(/^CN=lookback, until .*: 0 days$/), advice: expect.stringMatching(/^renew it/) }]);
  });
});

describe("places", () => {
  const findings = async (lines: string) => {
    const directory = temporaryDirectory();
    const file = join(directory, "config.ini");
    writeFileSync(file, `[default]\n${lines}\n`);
    writeFileSync(join(directory, "manuf"), "02:00:00\tShort\tA maker\n");
    const found = await runCheck(check("places"), loadConfig({ file, node: "n", environment: {}, workingDirectory: process.cwd() }));
    return { directory, found: found.map(({ verdict, detail }) => `${verdict} ${detail}`) };
  };

  it("are looked for from the configuration on, and a file that is named and missing is warned about by its path", async () => {
    const { directory, found } = await findings("ouiFile=manuf\nrirFile=ipv4.csv\ngeoLite2Country=a.mmdb;b.mmdb\ngeoLite2ASN=");
    expect(found).toEqual([
      `warn geoLite2Country: there is no ${join(directory, "a.mmdb")} and no ${join(directory, "b.mmdb")}; the country fields stay empty until there is`,
      expect.stringMatching(/^skip geoLite2ASN: no file, so/),
      `warn rirFile: there is no ${join(directory, "ipv4.csv")}; the rir fields stay empty until there is`,
      `ok ouiFile: ${join(directory, "manuf")}`,
    ]);
  });
});

describe("capturing", () => {
  it("needs an interface that is there", async () => {
    expect(await run("interface", temporaryDirectory(), { interface: "nosuch0" })).toEqual([["fail", "nosuch0 is not there", expect.stringMatching(/set interface to one of .*lo/)]]);
    expect((await run("interface", temporaryDirectory(), { interface: "lo" }))[0]?.[0]).toBe("ok");
  });

  it("needs none for standard input, and takes any of libpcap", async () => {
    const verdicts = (overrides: Partial<Record<SettingKey, string>>) =>
      Promise.all(["interface", "rights", "receive rings", "offloads", "receive queues"].map(async (name) => (await run(name, temporaryDirectory(), overrides)).map(([verdict, detail]) => `${verdict} ${detail}`).join()));
    const input = "skip packets come through standard input";
    for (const overrides of [{ interface: "-" }, { pcapReadMethod: "stdin" }, { pcapReadMethod: "stdin", interface: "nosuch0" }]) {
      expect(await verdicts(overrides)).toEqual([input, "skip a capture of standard input needs none", input, input, input]);
    }
    const [every, , ...cards] = await verdicts({ pcapReadMethod: "libpcap", interface: "any" });
    expect([every, new Set(cards)]).toEqual(["ok any is every interface, to libpcap", new Set(["skip any is every interface; to look at one: --set interface=NAME"])]);
    expect((await run("interface", temporaryDirectory(), { interface: "any" }))[0]?.slice(0, 2)).toEqual(["fail", "any is not there"]);
  });
});
