import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-list.js";
import { settingKeys } from "../../src/config/config.js";
import { saySkipped } from "../support/corpus.js";
import { lookback as lookbackOnce, spawnLookback } from "../support/lookback-process.js";
import { selfSigned } from "../support/self-signed.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** Instructions of a container file; continued lines are one. */
function instructions(file: string): readonly Instruction[] {
  const text = readFileSync(file, "utf8").split("\n").filter((line) => !line.startsWith("#")).join("\n").replaceAll(/\\\n\s*/g, "");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { word, rest };
  });
}

function words(instruction: Instruction | undefined): readonly string[] {
  const given: unknown = JSON.parse(instruction?.rest.replace(/^.*?\[/, "[") ?? "[]");
  return Array.isArray(given) ? given.map(String) : [];
}

/** Packages that `npm prune --omit=dev` leaves, as paths below the top; those inside others come with them. */
function keptPackages(): readonly string[] {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };
  return Object.entries(lock.packages).filter(([where, { dev }]) => where !== "" && where.lastIndexOf("node_modules/") === 0 && dev !== true && existsSync(where)).map(([where]) => where);
}

/** Copies a directory by links where it can: packages are large. */
function copyTree(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true });
  if (spawnSync("cp", ["-rlT", from, to]).status !== 0) cpSync(from, to, { recursive: true });
}

describe("the container file", () => {
  const all = instructions("ops/container/Containerfile");
  const second = all.findLastIndex(({ word }) => word === "FROM");
  const image = all.slice(second);
  const one = (word: string): Instruction | undefined => image.find((instruction) => instruction.word === word);
  const directory = temporaryDirectory();
  const top = path.join(directory, "opt/lookback");
  const data = path.join(directory, "data");
  const environment: Record<string, string> = { PATH: process.env["PATH"] ?? "", HOME: directory };
  let child: ReturnType<typeof spawn> | null = null;

  afterAll(() => { child?.kill("SIGKILL"); });

  it("has known instructions, builds with a script that is there, and leaves out what is built", () => {
    for (const { word } of all) expect(["FROM", "RUN", "ENV", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"]).toContain(word);
    const [, script = ""] = /\bnode (\S+\.mjs)/.exec(all.find(({ word, rest }) => word === "RUN" && rest.includes(".mjs"))?.rest ?? "") ?? [];
    expect(existsSync(script)).toBe(true);
    const ignored = readFileSync("ops/container/Containerfile.dockerignore", "utf8").trim().split("\n");
    expect(ignored).toEqual(expect.arrayContaining(["node_modules", "dist", "native/target", "data"]));
    expect(one("USER")?.rest).toBe("lookback");
    for (const [, key = ""] of (one("ENV")?.rest ?? "").matchAll(/LOOKBACK_default__(\w+)=/g)) expect(settingKeys()).toContain(key);
    const [command = ""] = words(one("CMD"));
    expect(COMMANDS.map(({ name }) => name)).toContain(command);
  });

  it("makes an image that serves, from what it copies and nothing else of the tree", async () => {
    for (const { word, rest } of image) {
      if (word !== "COPY") continue;
      const [from = "", to = ""] = rest.split(" ").filter((part) => !part.startsWith("--"));
      expect(from.startsWith("/opt/lookback/") && (to === from || to === `${path.dirname(from)}/`), rest).toBe(true);
      const part = from.replace("/opt/lookback/", "");
      if (part === "node_modules") for (const kept of keptPackages()) copyTree(kept, path.join(top, kept));
      else if (statSync(part).isDirectory()) copyTree(part, path.join(top, part));
      else cpSync(part, path.join(top, part));
    }
    // What runs must be found here and not in a directory above.
    expect(existsSync(path.join(top, "node_modules/vitest"))).toBe(false);
    expect(readdirSync(top).toSorted()).toEqual(["dist", "docs", "examples", "migrations", "native", "node_modules", "package.json", "schema"]);

    for (const [, key = "", value = ""] of (one("ENV")?.rest ?? "").matchAll(/(\w+)=(\S+)/g)) environment[key] = value === "/var/lib/lookback" ? data : value === "0.0.0.0" ? "127.0.0.1" : value;
    const [init, dashes, program, main = "", ...more] = [...words(one("ENTRYPOINT")), ...words(one("CMD"))];
    expect([init, dashes, program, main]).toEqual(["tini", "--", "node", "/opt/lookback/dist/bundle/main.js"]);
    const started = spawn(process.execPath, [path.join(directory, main), ...more, "--set", "viewPort=0"], { cwd: directory, env: environment, stdio: ["ignore", "pipe", "ignore"] });
    child = started;
    let url = "";
    for await (const line of createInterface({ input: started.stdout })) {
      url = /serves on (http:\/\/\S+)/.exec(line)?.[1] ?? url;
      if (line === "Ready.") break;
    }
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const lookback = (...command: readonly string[]) => spawnSync(process.execPath, [path.join(directory, main), ...command], { cwd: directory, env: environment, encoding: "utf8" });
    const imported = lookback("import", path.resolve("examples/first-look.pcap"), "--json");
    expect(imported.status, imported.stderr).toBe(0);
    expect(Number(lookback("search", "protocols == dns", "--count").stdout)).toBeGreaterThan(0);
    expect(lookback("export", "protocols == dns", path.join(directory, "dns.pcap")).status).toBe(0);

    // Of the examples only what doctor needs is there; what sets an interface up belongs to the host.
    expect(readdirSync(path.join(top, "examples"))).toEqual(["first-look.pcap"]);
    expect(lookback("doctor", "capture rate").stdout).not.toContain("ENOENT");

    const [, , healthy = ""] = words(one("HEALTHCHECK"));
    const check = (address: string) => spawnSync(process.execPath, ["-e", healthy.replaceAll("127.0.0.1:8005", new URL(address).host)], { env: environment }).status;
    expect(healthy).toContain("127.0.0.1:8005/livez");
    expect([check(url), check("http://127.0.0.1:9")]).toEqual([0, 1]);
    const begun = Date.now();
    started.kill((one("STOPSIGNAL")?.rest ?? "") as NodeJS.Signals);
    const code = await new Promise((resolve) => { started.once("exit", resolve); });
    expect([code, Date.now() - begun < 10_000]).toEqual([0, true]);

    const { cert, key } = selfSigned("lookback");
    for (const [name, text] of [["cert.pem", cert], ["key.pem", key]] as const) writeFileSync(path.join(directory, name), text, { mode: 0o600 });
    const closed = spawnLookback(["serve", "--data", data, ...["viewPort=0", "certFile=cert.pem", "keyFile=key.pem"].flatMap((setting) => ["--set", setting])], directory);
    await closed.line(/^Ready\.$/);
    expect(check(/serves on (https:\/\/\S+)/.exec(closed.text())?.[1] ?? "")).toBe(0);
    expect(await closed.stop()).toBe(0);
  }, 120_000);

  it("is told to capture without the check of health, which is that of the service", () => {
    const head = readFileSync("ops/container/Containerfile", "utf8").split("\nFROM ")[0] ?? "";
    const commands = head.replaceAll(/\\\n#/g, "").split("\n").filter((line) => line.includes("podman run"));
    expect(commands.map((line) => [/ capture /.test(line), line.includes("--no-healthcheck")])).toEqual([[false, false], [true, true]]);
  });
});

const UNITS = ["lookback-capture.service", "lookback-serve.service", "lookback-ship.service"];

it("the service units are one for each process that runs by itself, and are told of", () => {
  expect(readdirSync("ops/systemd").toSorted()).toEqual(UNITS);
  const manual = readFileSync("docs/operations.md", "utf8");
  for (const unit of UNITS) {
    expect(manual).toContain(`\`${unit.replace(".service", "")}\``);
    expect(readFileSync(path.join("ops/systemd", unit), "utf8")).toMatch(new RegExp(`^ExecStart=\\S+ \\S+ ${unit.replace(/lookback-|\.service/g, "")} --config /etc/lookback/config\\.ini --data /var/lib/lookback$`, "m"));
  }
});

// Root may read everything: the service runs as somebody else.
it.skipIf(process.getuid?.() !== 0 || !has("setpriv"))("what setup makes as root serves another user once it is given away as setup says", async () => {
  const directory = temporaryDirectory();
  const [file, data] = [path.join(directory, "config.ini"), path.join(directory, "data")];
  chmodSync(directory, 0o755);
  const setup = await lookbackOnce(["setup", "--yes", "--password-stdin", "--port", "0", "--config", file, "--data", data], directory, Buffer.from("a password to remember\n"));
  const [, advice = ""] = /^For a service of another user, such as those of ops\/systemd: (chgrp .*)$/m.exec(setup.error) ?? [];
  const serve = () => spawnLookback(["serve", "--config", file], "/", ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]);
  const closed = await serve().exited;
  expect([closed.code, closed.error]).toEqual([78, expect.stringMatching(/^error CONFIG_INVALID: .*config\.ini: cannot be read: EACCES/)]);
  expect(spawnSync("sh", ["-c", advice.replaceAll("chgrp lookback", "chgrp 65534").replaceAll("lookback:lookback", "65534:65534")]).status, advice).toBe(0);
  const open = serve();
  await open.line(/^Ready\.$/);
  expect(await open.stop()).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

if (!has("systemd-analyze")) saySkipped("the service units", "there is no systemd-analyze on this host");

describe.skipIf(!has("systemd-analyze")).each(UNITS)("%s", (unit) => {
  const file = path.join(temporaryDirectory(), unit);

  it("is understood by systemd, names a program that starts, and is closed off", () => {
    const text = readFileSync(path.join("ops/systemd", unit), "utf8");
    const [, main = "", command = ""] = /^ExecStart=\/usr\/bin\/node \/opt\/lookback\/(\S+) (\w+) /m.exec(text) ?? [];
    expect([existsSync(main), COMMANDS.some(({ name }) => name === command)]).toEqual([true, true]);
    // Programs are looked for where the unit says; here they are elsewhere.
    writeFileSync(file, text.replaceAll("/usr/bin/node", process.execPath).replaceAll("/opt/lookback/", `${process.cwd()}/`));
    const verified = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    const judged = spawnSync("systemd-analyze", ["security", "--offline=yes", "--threshold=25", file], { encoding: "utf8" });
    expect(judged.status, judged.stdout.slice(-200)).toBe(0);
    expect(text).toMatch(/^NoNewPrivileges=yes$/m);
    expect(/^CapabilityBoundingSet=(.*)$/m.exec(text)?.[1]).toBe(command === "capture" ? "CAP_NET_RAW CAP_NET_ADMIN" : "");
    // The service stops within ten seconds; systemd waits longer before it kills.
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10);
  });
});
