import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { interruptsOf, offloadFinding, queueFinding, ringFinding } from "../../../src/cli/doctor/nic-checks.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const RINGS = (most: number, now: number): string => `Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t${most}\nRX Mini:\tn/a\nTX:\t\t${most}\nCurrent hardware settings:\nRX:\t\t${now}\nTX:\t\t256\n`;

describe("what doctor says of an interface", () => {
  it("asks for the largest receive ring", () => {
    expect(ringFinding("eth0", RINGS(4096, 256))).toMatchObject({ verdict: "warn", detail: "eth0 has 256 descriptors of 4096", fix: { script: "tune-interface.sh", words: ["eth0"] } });
    expect(ringFinding("eth0", RINGS(4096, 4096))).toMatchObject({ verdict: "ok" });
    expect(ringFinding("lo", "")).toMatchObject({ verdict: "skip" });
  });

  it("names the offloads that join packets, and not those that cannot be changed", () => {
    const printed = "rx-checksumming: on\ngeneric-receive-offload: on\nlarge-receive-offload: off [fixed]\ntcp-segmentation-offload: on [fixed]\ngeneric-segmentation-offload: on\n";
    expect(offloadFinding("eth0", printed)).toMatchObject({ verdict: "warn", detail: "eth0 joins packets: generic-receive-offload, generic-segmentation-offload", fix: { words: ["eth0"] } });
    expect(offloadFinding("eth0", printed.replaceAll(": on\n", ": off\n"))).toMatchObject({ verdict: "ok" });
  });

  it("wants several queues, and their interrupts apart, of a fast link only", () => {
    const placed = ["24", "25"].map((number) => ({ number, processors: "0" }));
    expect(queueFinding("eth0", { queues: 1, mbit: 1000, placed: [], processors: 8 })).toMatchObject({ verdict: "ok", detail: "eth0 has 1 receive queue" });
    expect(queueFinding("eth0", { queues: 1, mbit: 10_000, placed: [], processors: 8 })).toMatchObject({ verdict: "warn", advice: expect.stringContaining("ethtool -L eth0 combined 4") });
    expect(queueFinding("eth0", { queues: 2, mbit: 10_000, placed, processors: 8 })).toMatchObject({ verdict: "warn", advice: expect.stringContaining("24, 25") });
    expect(queueFinding("eth0", { queues: 2, mbit: 10_000, placed: placed.map((one, at) => ({ ...one, processors: String(at) })), processors: 8 })).toMatchObject({ verdict: "ok" });
  });

  it("finds the interrupts of an interface's queues", () => {
    const text = "            CPU0\n  24:  7  IR-PCI-MSI 1-edge  eth0\n  25:  7  IR-PCI-MSI 2-edge  eth0-TxRx-0\n  26:  7  IR-PCI-MSI  mlx5_comp0@eth0\n  27:  7  IR-PCI-MSI  eth01\n NMI:  0  eth0\n";
    expect(interruptsOf("eth0", text)).toEqual(["24", "25", "26"]);
  });
});

describe("ops/tune-interface.sh", () => {
  it("turns joining off and sets the largest ring, through ethtool, and takes names only", () => {
    const directory = temporaryDirectory();
    writeFileSync(path.join(directory, "rings"), RINGS(4096, 256));
    writeFileSync(path.join(directory, "ethtool"), `#!/bin/sh\necho "$@" >> "${directory}/calls"\n[ "$1" = -g ] && cat "${directory}/rings"\nexit 0\n`);
    chmodSync(path.join(directory, "ethtool"), 0o755);
    const env = { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` };
    execFileSync("ops/tune-interface.sh", ["eth0"], { env });
    const calls = readFileSync(path.join(directory, "calls"), "utf8").trim().split("\n");
    expect(calls).toEqual(expect.arrayContaining(["-K eth0 gro off", "-K eth0 lro off", "-K eth0 tso off", "-K eth0 gso off", "-G eth0 rx 4096"]));
    expect(spawnSync("ops/tune-interface.sh", ["eth0; reboot"], { env }).status).toBe(64);
    expect(spawnSync("ops/tune-interface.sh", ["-K"], { env }).status).toBe(64);
  });
});
