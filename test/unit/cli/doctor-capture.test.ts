import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { limitFindings } from "../../../src/cli/doctor/host-checks.js";
import { interruptsOf, offloadFinding, mostQueues, processorsIn, queueFinding as findingOfQueues, ringFinding } from "../../../src/cli/doctor/nic-checks.js";
import { temporaryDirectory } from "../../support/temporary-directory.js";

const RINGS = (most: number, now: number): string => `Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t${most}\nRX Mini:\tn/a\nTX:\t\t${most}\nCurrent hardware settings:\nRX:\t\t${now}\nTX:\t\t256\n`;

describe("what doctor says of an interface", () => {
  it("asks for the largest receive ring", () => {
    expect(ringFinding("eth0", RINGS(4096, 256))).toMatchObject({ verdict: "warn", detail: "eth0 has 256 descriptors of 4096", fix: { script: "tune-interface.sh", words: ["eth0"] } });
    expect(ringFinding("eth0", RINGS(4096, 4096))).toMatchObject({ verdict: "ok" });
    expect(ringFinding("lo", "")).toMatchObject({ verdict: "skip" });
  });

  it("names the offloads that join packets, and not those that cannot be changed", () => {
    const printed = "rx-checksumming: on\ngeneric-receive-offload: on\nrx-gro-hw: on\nlarge-receive-offload: off [fixed]\ntcp-segmentation-offload: on [fixed]\ngeneric-segmentation-offload: on\n";
    expect(offloadFinding("eth0", printed)).toMatchObject({ verdict: "warn", detail: "eth0 joins packets: generic-receive-offload, rx-gro-hw, generic-segmentation-offload", fix: { words: ["eth0"] }, advice: "ethtool -K eth0 gro off rx-gro-hw off gso off, or lookback doctor --fix" });
    expect(offloadFinding("eth0", "generic-receive-offload: off\nrx-gro-hw: on\n").advice).toMatch(/^ethtool -K eth0 rx-gro-hw off, /);
    expect(offloadFinding("eth0", printed.replaceAll(": on\n", ": off\n"))).toMatchObject({ verdict: "ok" });
  });

  it("wants several queues, and their interrupts apart, of a fast link only", () => {
    const placed = ["24", "25"].map((number) => ({ number, processors: "0" }));
    const queueFinding = (name: string, facts: Omit<Parameters<typeof findingOfQueues>[1], "most" | "spread">) => findingOfQueues(name, { most: null, spread: 0, ...facts });
    expect(queueFinding("eth0", { queues: 1, mbit: 1000, placed: [], processors: 8 })).toMatchObject({ verdict: "ok", detail: "eth0 has 1 receive queue" });
    expect(queueFinding("eth0", { queues: 1, mbit: 10_000, placed: [], processors: 8 })).toMatchObject({ verdict: "warn", advice: expect.stringContaining("ethtool -L eth0 combined 4") });
    expect(queueFinding("eth0", { queues: 2, mbit: 10_000, placed, processors: 8 })).toMatchObject({ verdict: "warn", advice: expect.stringContaining("24, 25") });
    expect(queueFinding("eth0", { queues: 2, mbit: 10_000, placed: placed.map((one, at) => ({ ...one, processors: String(at) })), processors: 8 })).toMatchObject({ verdict: "ok" });
  });

  it("knows how many queues a card can have, and when the kernel spreads the packets of one", () => {
    const fast = { queues: 1, mbit: 10_000, placed: [], processors: 8, spread: 0, most: null };
    expect(findingOfQueues("eth0", { ...fast, most: 63 })).toMatchObject({ verdict: "warn", detail: "eth0 has 1 receive queue of 63, at 10 Gbit/s", advice: "ethtool -L eth0 combined 4, and tpacketv3NumThreads as many" });
    expect(findingOfQueues("eth0", { ...fast, most: 2 })).toMatchObject({ advice: "ethtool -L eth0 combined 2, and tpacketv3NumThreads as many" });
    expect(findingOfQueues("eth0", { ...fast, most: 1 })).toMatchObject({ verdict: "warn", advice: "the card has no more: echo ff > /sys/class/net/eth0/queues/rx-0/rps_cpus spreads packets over processors" });
    expect(findingOfQueues("eth0", { ...fast, most: 1, spread: 4 })).toEqual({ verdict: "ok", detail: "eth0 has 1 receive queue, spread over 4 processors by the kernel" });
    const channels = (most: number, now: number): string => `Channel parameters for eth0:\nPre-set maximums:\nRX:\t\tn/a\nTX:\t\tn/a\nOther:\t\t1\nCombined:\t${most}\nCurrent hardware settings:\nRX:\t\tn/a\nCombined:\t${now}\n`;
    expect([mostQueues(channels(8, 16)), mostQueues("Pre-set maximums:\nRX:\t4\nCombined:\t0\n"), mostQueues("")]).toEqual([8, 4, null]);
    expect(["", "00000000,00000000", "f0", "ffffffff,00000001"].map(processorsIn)).toEqual([0, 0, 4, 33]);
  });

  it("finds the interrupts of an interface's receive queues, also where drivers name the device", () => {
    const text = "            CPU0\n  24:  7  IR-PCI-MSI 1-edge  eth0\n  25:  7  IR-PCI-MSI 2-edge  eth0-TxRx-0\n  26:  7  IR-PCI-MSI  mlx5_comp0@eth0\n  27:  7  IR-PCI-MSI  eth01\n NMI:  0  eth0\n"
      + "  28:  0  virtio2-config\n  29:  7  virtio2-input.0\n  30:  7  virtio2-output.0\n  31:  7  mlx5_comp1@pci:0000:01:00.0\n  32:  7  eth0-tx-1\n";
    expect(interruptsOf("eth0", null, text)).toEqual(["24", "25", "26"]);
    expect(interruptsOf("ens3", "virtio2", text)).toEqual(["29"]);
    expect(interruptsOf("ens4", "0000:01:00.0", text)).toEqual(["31"]);
  });

  it("names limits that bound a capture or a query", () => {
    const limits = (size: string, tasks: string, files: string, mapped: string): string =>
      `Limit  Soft Limit  Hard Limit  Units\nMax file size             ${size}            unlimited            bytes\nMax processes             ${tasks}                96365                processes\nMax open files            ${files}                20000                files\nMax address space         ${mapped}            unlimited            bytes\n`;
    expect(limitFindings(limits("unlimited", "96365", "20000", "unlimited"))).toEqual([{ verdict: "ok", detail: "20000 files may be open" }]);
    expect(limitFindings(limits("1073741824", "256", "1024", "4294967296"))).toMatchObject([
      { verdict: "warn", detail: "1024 files may be open", advice: expect.stringContaining("ulimit -n") }, { verdict: "warn", detail: "a file may have 1.0 GiB at most", advice: expect.stringContaining("ulimit -f") },
      { verdict: "warn", detail: "the user may have 256 processes and threads", advice: expect.stringContaining("ulimit -u") }, { verdict: "warn", detail: "a process may map 4.0 GiB at most", advice: expect.stringContaining("ulimit -v") },
    ]);
    expect(limitFindings("")).toMatchObject([{ verdict: "skip" }]);
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
