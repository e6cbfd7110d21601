import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runServer, at, type RunningServer } from "../support/running-server.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

describe("the examples", () => {
  let running: RunningServer;
  let environment: Record<string, string>;
  const directory = temporaryDirectory();

  beforeAll(async () => {
    running = await runServer(directory, [path.resolve("examples/first-look.pcap")]);
    const made = await running.graphql('mutation { createToken(name: "examples", scopes: [READ, EXPORT, OPERATE]) { secret } }');
    environment = { PATH: process.env["PATH"] ?? "", LOOKBACK_URL: running.server.url, LOOKBACK_TOKEN: String(at(made.data, "createToken", "secret")) };
  });
  afterAll(() => running.stop());

  /** Not spawnSync: the server is in this process, and has to answer meanwhile. */
  function run(program: string, words: readonly string[], more: Record<string, string> = {}): Promise<{ readonly code: number | null; readonly output: string; readonly error: string }> {
    return new Promise((resolve) => {
      const child = spawn(program, [...words], { env: { ...environment, ...more } });
      let [output, error] = ["", ""];
      child.stdout.on("data", (data: Buffer) => { output += data.toString(); });
      child.stderr.on("data", (data: Buffer) => { error += data.toString(); });
      child.on("close", (code) => { resolve({ code, output, error }); });
    });
  }

  it.skipIf(!has("curl") || !has("jq"))("export packets with curl", async () => {
    const file = path.join(directory, "dns.pcap");
    const done = await run("bash", ["examples/curl/export.sh", "protocols == dns", file]);
    expect(done.error).toBe("");
    expect(done).toMatchObject({ code: 0, output: expect.stringMatching(/dns\.pcap: [1-9]\d* packets of [1-9]\d* sessions/) });
    expect(statSync(file).size).toBeGreaterThan(24);
    expect(readFileSync(file).subarray(0, 4).toString("hex")).toMatch(/^(d4c3b2a1|a1b2c3d4|4d3cb2a1|a1b23c4d)$/);
    expect(await run("bash", ["examples/curl/export.sh", "no.such == 1", file])).toMatchObject({ code: 1, error: expect.stringMatching(/^error EXPRESSION_UNKNOWN_FIELD: /) });
  });

  it.skipIf(!has("python3"))("ask for top talkers with Python", async () => {
    const done = await run("python3", ["examples/python/top_talkers.py", "protocols == http", "--size", "3"]);
    expect(done.code, done.error).toBe(0);
    expect(done.output).toMatch(/^\S+ +[\d,]+ bytes +[\d,]+ sessions\n/);
    expect(done.output).toMatch(/\n[1-9]\d* sessions match\n$/);
    expect(await run("python3", ["examples/python/top_talkers.py", "(("])).toMatchObject({ code: 1, error: expect.stringMatching(/^error EXPRESSION_SYNTAX: /) });
    expect(await run("python3", ["examples/python/top_talkers.py"], { LOOKBACK_TOKEN: "lb_wrongwrongwrongwrongwrongwrong" })).toMatchObject({ code: 1, error: expect.stringMatching(/^error UNAUTHENTICATED: /) });
  });

  it("watch sessions and events with TypeScript, checked and run as in a project of its own", async () => {
    const project = path.join(directory, "watching");
    mkdirSync(path.join(project, "node_modules"), { recursive: true });
    symlinkSync(process.cwd(), path.join(project, "node_modules/lookback"));
    writeFileSync(path.join(project, "package.json"), '{ "name": "watching", "type": "module", "private": true }');
    copyFileSync("examples/typescript/watch.ts", path.join(project, "watch.ts"));
    writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({
      compilerOptions: { strict: true, module: "nodenext", target: "es2023", skipLibCheck: true, outDir: "out", rootDir: ".", types: ["node"], typeRoots: [path.resolve("node_modules/@types")], noUncheckedIndexedAccess: true },
      files: ["watch.ts"],
    }));
    const compiled = await run(process.execPath, [path.resolve("node_modules/typescript/bin/tsc"), "-p", project]);
    expect([compiled.code, compiled.output]).toEqual([0, ""]);

    const child = spawn(process.execPath, [path.join(project, "out/watch.js"), "protocols == dns"], { env: environment });
    let [output, error] = ["", ""];
    child.stdout.on("data", (data: Buffer) => { output += data.toString(); });
    child.stderr.on("data", (data: Buffer) => { error += data.toString(); });
    try {
      await expect.poll(() => output, { timeout: 20_000 }).toMatch(/^\S+Z \S+:\d+ → \S+:53 \S*dns\n/);
      // The subscription stands once its events come: exports are made until one is told.
      await expect.poll(async () => {
        await running.graphql('mutation { createExport(expression: "protocols == dns") { id } }');
        return output;
      }, { timeout: 20_000, interval: 300 }).toMatch(/\n\S+Z [^→\n]*export[^→\n]*\n/i);
    } finally {
      child.kill();
    }
    expect(error).toBe("");
    const refused = await run(process.execPath, [path.join(project, "out/watch.js")], { LOOKBACK_TOKEN: "lb_wrongwrongwrongwrongwrongwrong" });
    expect(refused).toMatchObject({ code: 1, error: expect.stringMatching(/^error UNAUTHENTICATED: /) });
  });

  it("show metrics that there are, in Grafana", async () => {
    await run("true", []);
    const text = await (await fetch(`${running.server.url}/metrics`, { headers: running.headers })).text();
    const dashboard = JSON.parse(readFileSync("examples/grafana/dashboard.json", "utf8")) as { readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] };
    const used = new Set(dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/(?:lookback|process|nodejs)_[a-z0-9_]+/g) ?? [])));
    expect(used.size).toBeGreaterThan(12);
    const known = new Set([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) => (type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])));
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });
});
