import { readFileSync } from "node:fs";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import { openCap } from "../capture/cap-source.js";
import { CaptureRunRecord } from "../capture/capture-run.js";
import { defaultInterface, noInterface } from "../capture/default-interface.js";
import { LiveService, type LiveInput, type RunningCapture } from "../capture/live-service.js";
import type { LookbackConfig } from "../config/config.js";
import { engineSettings } from "../config/engine-settings.js";
import type { InterfaceSettings } from "../config/interface-settings.js";
import type { LiveConfig } from "../config/live-config.js";
import { loadNativeCore } from "../native/native.js";
import type { EngineSettings, RingSource } from "../native/types.js";
import { openCore } from "./core.js";
import { checkCaptureFilters } from "./engine-check.js";
import { becomeDropUser } from "./privileges.js";
import { sayPlaces } from "./places.js";
import { withLifecycle } from "./lifecycle.js";
import { askForRoom } from "./room-requests.js";
import { openLivenessPort } from "./liveness-port.js";

/** A capturing process. */
export interface Capture {
  readonly live: LiveService;
  readonly running: RunningCapture;
  readonly settings: LiveConfig;
  readonly packetDirectories: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Takes the capture role and captures from the configured interfaces, else that of the default route, or what comes through standard input. Throws UNAVAILABLE, ROLE_HELD, and
 * DISK_FULL when there is no room to start: then room is asked for, and a later try finds it.
 */
export function startCapture(config: LookbackConfig, logger: Logger): Promise<Capture> {
  return withLifecycle(logger, async (lifecycle) => {
    const { values } = config;
    const settings = engineSettings(config);
    const native = loadNativeCore();
    await checkCaptureFilters(config, native);
    const { directories } = config.storageOf(config.node);
    const packetDirectories = directories.length > 0 ? directories : [config.packetDirectory];
    // Before a file is opened, so that every one belongs to the user who goes on to write it.
    const dropped = becomeDropUser(config, [config.dataDirectory, ...packetDirectories], logger, native);
    const core = await openCore(config, "capture", logger, lifecycle);
    const run = lifecycle.add("note of the run", new CaptureRunRecord({ settings: core.catalogue.settings, clock: systemClock, logger, node: config.node, interfaces: wantedInterfaces(config) }), (begun) => { begun.end(); });
    try {
      const input = readsInput(config) ? { kind: "stream" as const, open: () => native.openStandardInput(values.bpf ?? "", values.snapLen) } : interfacesOf(config, settings);
      const live = new LiveService({
        native: core.native, catalogue: core.catalogue, store: core.store, clock: systemClock, nowNs: arrivalClock(), logger: logger.child({ area: "capture" }), settings,
        segmentDirectory: core.directories.sessions, packetDirectories, directoryChoice: values.pcapDirAlgorithm, snapLength: snapLengthOf(config),
        keepPackets: values.pcapWriteMethod !== "null", dontSave: values.dontSaveBPFs, giveUpRights: dropped,
        maxFileBytes: Math.round(values.maxFileSizeG * 2 ** 30), maxFileSeconds: values.maxFileTimeM * 60,
        openRowsAfterSeconds: values.openSessionFlush, input, onDiskFull: (error) => { askForRoom(core.catalogue, core.directories.packets, error); },
      });
      if (values.tcpHealthCheckPort > 0) lifecycle.add("liveness port", await openLivenessPort(values.tcpHealthCheckPort), (opened) => opened.close());
      lifecycle.add("live capture", live, (started) => started.stop());
      const running = await live.start();
      run.captures(running.interface);
      live.failure.catch((error: unknown) => { run.failed(error); });
      sayPlaces(core.native, config, logger.child({ area: "capture" }));
      return { live, running, settings: core.live, packetDirectories };
    } catch (error) {
      run.failed(error);
      askForRoom(core.catalogue, core.directories.packets, error);
      throw error;
    }
  });
}

/** Whether packets come through standard input: `pcapReadMethod=stdin`, or the interface `-`. */
export function readsInput({ values }: Pick<LookbackConfig, "values">): boolean {
  return values.pcapReadMethod === "stdin" || (values.interface.length === 1 && values.interface[0] === "-");
}

/** The configured interfaces, else that of the default route; empty when there is none. */
function devicesOf({ values }: LookbackConfig): readonly string[] {
  return values.interface.length > 0 ? values.interface : [defaultInterface(readFileSync("/proc/net/route", "utf8"))].filter((name) => name !== null);
}

/** What is to be captured, in words, before it is open. */
function wantedInterfaces(config: LookbackConfig): string {
  return readsInput(config) ? "standard input" : devicesOf(config).join(",") || "no interface";
}

function interfacesOf(config: LookbackConfig, settings: EngineSettings): LiveInput {
  const { values } = config;
  const devices = devicesOf(config);
  const [first] = devices;
  if (first === undefined) throw noInterface();
  return values.pcapReadMethod === "tpacketv3" ? { kind: "rings", rings: devices.map((name, at) => ({
    ...ringOf(name, config.interfaceSettings(name)), fanoutGroup: (values.tpacketv3ClusterId + at) % 65_536, origin: settings.interfaces.length > 0 ? at + 1 : 0,
  })) } : pushedFrom(onlyOne(devices, first), config);
}

function pushedFrom(name: string, config: LookbackConfig): LiveInput {
  const { bpf, promiscuous } = config.interfaceSettings(name);
  // The package `cap` always sets it; on `any` libpcap never does.
  if (!promiscuous && name !== "any") {
    throw new LookbackError("CONFIG_INVALID", `promiscuous=false: pcapReadMethod=libpcap cannot capture from ${name} without promiscuous mode; use tpacketv3, or promiscuous=true`, { key: "promiscuous", interface: name });
  }
  return { kind: "pushed", open: (onPacket) => openCap(name, bpf ?? "", config.values.pcapBufferSize, onPacket) };
}

function ringOf(name: string, { bpf, snapLen, promiscuous, ringMiB, tpacketv3BlockSize, tpacketv3NumThreads }: InterfaceSettings): Omit<RingSource, "fanoutGroup" | "origin"> {
  return { interface: name, filter: bpf ?? "", snaplen: snapLen, blockBytes: tpacketv3BlockSize, ringBytes: ringMiB * 2 ** 20, threads: tpacketv3NumThreads, promiscuous };
}

/** Bytes that are kept of the longest packet of any interface: what packet files say in their head. */
function snapLengthOf(config: LookbackConfig): number {
  const devices = readsInput(config) ? [] : devicesOf(config);
  return devices.length === 0 ? config.values.snapLen : Math.max(...devices.map((name) => config.interfaceSettings(name).snapLen));
}

/** libpcap is read one interface a process. */
function onlyOne(devices: readonly string[], first: string): string {
  if (devices.length === 1) return first;
  throw new LookbackError("CONFIG_INVALID", `interface=${devices.join(";")}: pcapReadMethod=libpcap captures from one interface; use tpacketv3, or name one`, { key: "interface" });
}

/** The wall clock in nanoseconds: the monotonic clock, set by the wall clock once a second so that it follows corrections. */
function arrivalClock(): () => bigint {
  let [wall, monotonic] = [0n, -2_000_000_000n];
  return () => {
    const now = process.hrtime.bigint();
    if (now - monotonic > 1_000_000_000n) [wall, monotonic] = [BigInt(systemClock.nowMs()) * 1_000_000n, now];
    return wall + (now - monotonic);
  };
}
