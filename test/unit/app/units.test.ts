import { existsSync, readFileSync, readdirSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { LATE_MS, STOP_MS } from "../../../src/app/lifecycle.js";
import { COMMANDS } from "../../../src/cli/command-list.js";
import { EXIT } from "../../../src/cli/exit-code.js";

const read = (file: string): string => readFileSync(`ops/systemd/${file}`, "utf8");
const values = (unit: string, key: string): readonly string[] => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);

describe.each(readdirSync("ops/systemd"))("the unit %s", (file) => {
  const unit = read(file);

  it("runs a command that there is", () => {
    const [command = ""] = values(unit, "ExecStart");
    expect(COMMANDS.map(({ name }) => name)).toContain(/main\.js (\w+) --config/.exec(command)?.[1]);
  });

  it("gives the process time to end, and does not try a wrong configuration again", () => {
    expect(Number(values(unit, "TimeoutStopSec")[0]) * 1_000).toBeGreaterThan(STOP_MS + LATE_MS);
    expect(values(unit, "RestartPreventExitStatus")).toEqual([`${EXIT.usage} ${EXIT.config}`]);
  });

  it("gives capture what it needs to capture, and nobody else anything", () => {
    const wanted = file.includes("capture") ? "CAP_NET_RAW CAP_NET_ADMIN" : "";
    expect(values(unit, "CapabilityBoundingSet")).toEqual([wanted]);
    expect(values(unit, "AmbientCapabilities")).toEqual([wanted]);
    expect(values(unit, "NoNewPrivileges")).toEqual(["yes"]);
    expect(values(unit, "ProtectSystem")).toEqual(["strict"]);
    expect(values(unit, "User")).toEqual(["lookback"]);
    expect(values(unit, "RestrictAddressFamilies")[0]?.includes("AF_PACKET")).toBe(file.includes("capture"));
  });

  it("has calls that are filtered fail, instead of ending the process", () => {
    expect([values(unit, "SystemCallFilter").length > 0, values(unit, "SystemCallErrorNumber")]).toEqual([true, ["EPERM"]]);
  });

  it.skipIf(!existsSync("/usr/bin/systemd-analyze"))("is what systemd reads", () => {
    const found = spawnSync("systemd-analyze", ["verify", "--man=no", `ops/systemd/${file}`], { encoding: "utf8" });
    expect(found.stderr.split("\n").filter((line) => /unknown|failed to parse|invalid/i.test(line))).toEqual([]);
  });
});

it("there is no crontab: the service has its own clock", () => {
  expect(readdirSync("ops", { recursive: true, encoding: "utf8" }).filter((name) => /cron/i.test(name))).toEqual([]);
});
