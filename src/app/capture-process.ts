import { readFileSync } from "node:fs";
import { systemClock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import { openCap } from "../capture/cap-source.js";
import { defaultInterface, noInterface } from "../capture/default-interface.js";
import { LiveService } from "../capture/live-service.js";
import type { PacketSource } from "../capture/packet-source.js";
import type { LookbackConfig } from "../config/config.js";
import { engineSettings } from "../config/engine-settings.js";
import type { LiveConfig } from "../config/live-config.js";
import { openCore } from "./core.js";
import { sayPlaces } from "./places.js";
import { withLifecycle } from "./lifecycle.js";
import { askForRoom } from "./room-requests.js";
import { openLivenessPort } from "./liveness-port.js";

/** A capturing process. */
export interface Capture {
  readonly live: LiveService;
  readonly source: PacketSource;
  readonly settings: LiveConfig;
  readonly stop: () => Promise<void>;
}

/** Takes the capture role and captures from the configured interface, else that of the default route. Throws UNAVAILABLE, ROLE_HELD. */
export function startCapture(config: LookbackConfig, logger: Logger): Promise<Capture> {
  return withLifecycle(logger, async (lifecycle) => {
    const { values } = config;
    const device = values.interface[0] ?? defaultInterface(readFileSync("/proc/net/route", "utf8"));
    if (device === null) throw noInterface();
    const core = await openCore(config, "capture", logger, lifecycle);
    const live = new LiveService({
      native: core.native, catalogue: core.catalogue, store: core.store, clock: systemClock, nowNs: arrivalClock(), logger: logger.child({ area: "capture" }), settings: engineSettings(config),
      segmentDirectory: core.directories.sessions, packetDirectory: core.directories.packets, snapLength: values.snapLen,
      maxFileBytes: Math.round(values.maxFileSizeG * 2 ** 30), maxFileSeconds: values.maxFileTimeM * 60,
      openSource: (onPacket) => openCap(device, values.bpf ?? "", values.pcapBufferSize, onPacket),
    });
    live.failure.catch((error: unknown) => { askForRoom(core.catalogue, core.directories.packets, error); });
    if (values.tcpHealthCheckPort > 0) lifecycle.add("liveness port", await openLivenessPort(values.tcpHealthCheckPort), (opened) => opened.close());
    lifecycle.add("live capture", live, (started) => started.stop());
    const source = await live.start();
    sayPlaces(core.native, config, logger.child({ area: "capture" }));
    return { live, source, settings: core.live };
  });
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
