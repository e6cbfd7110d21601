/**
 * The composition root of a serving process: takes the role, opens the service, serves it, and stops everything in
 * reverse. What a part needs is passed to it; no part finds another by itself.
 */
import type { AccessService, FirstAdministrator } from "./access/access-service.js";
import { watchCapture } from "./app/capture-alarms.js";
import { openCore, type Core } from "./app/core.js";
import { healthChecks } from "./app/health.js";
import { STOP_MS, withLifecycle } from "./app/lifecycle.js";
import { announce, localUrl } from "./app/local-endpoint.js";
import { auditConfiguration } from "./app/audited-configuration.js";
import { exposureWarning, loginParts } from "./app/logins.js";
import { metricsOf } from "./app/metrics.js";
import { sayPlaces } from "./app/places.js";
import { freeSpaceConflicts } from "./app/retention.js";
import { spendReserve } from "./app/reserve.js";
import { openService } from "./app/service.js";
import { directoryLooks } from "./packet-store/packet-store.js";
import { lookbackVersion } from "./app/version.js";
import type { Logger } from "./base/logger.js";
import type { ImportService } from "./capture/import-service.js";
import type { LookbackConfig } from "./config/config.js";
import type { Route } from "./http/routes.js";
import { startHttpServer } from "./http/server.js";

/** Milliseconds between two looks for imports that other processes queued. */
const QUEUE_LOOK_MS = 1000;
/** Share of the stop time that requests may use to end. */
const DRAIN_MS = STOP_MS / 2;

/** A serving process. */
export interface Server extends Core {
  readonly url: string;
  readonly imports: ImportService;
  readonly access: AccessService;
  /** Set at the very first start: the password is shown once. */
  readonly firstAdministrator: FirstAdministrator | null;
  /** Every route, for the test that walks them. */
  readonly routes: readonly Route[];
  /** What whoever starts it should be told of how it can be reached, or null. */
  readonly warning: string | null;
  /** Stops everything within eleven seconds. */
  readonly stop: () => Promise<void>;
  /** Makes room in each directory of ours in which nothing can be written for want of it. */
  readonly makeRoom: () => Promise<void>;
}

/** Builds and starts a server. `beforeListening` runs when imports can be made and nobody is served yet. */
export function startServer(config: LookbackConfig, logger: Logger, beforeListening: (imports: ImportService) => Promise<void> = async () => {}): Promise<Server> {
  return withLifecycle(logger, async (lifecycle) => {
    if (await directoryLooks.hasNoRoom(config.dataDirectory) && await spendReserve(config.dataDirectory)) logger.warn({ directory: config.dataDirectory }, "the device is full: gave up the reserve to start, and make room");
    const core = await openCore(config, "serve", logger, lifecycle);
    for (const conflict of await freeSpaceConflicts(core)) logger.warn({ code: "FREE_SPACE_CONFLICT" }, conflict);
    const { services, access, imports, exports, scheduler, watch, retention, answering, makeRoom } = await openService(core, lifecycle, async (started) => {
      lifecycle.add("import queue of others", setInterval(() => { started.wake(); }, QUEUE_LOOK_MS), (timer) => { clearInterval(timer); });
      await beforeListening(started);
    });
    auditConfiguration(core, access);
    sayPlaces(core.native, config, logger.child({ area: "imports" }));
    watchCapture(core, watch, lifecycle);
    const metrics = metricsOf({ core, scheduler, watch, retention, version: lookbackVersion() });
    scheduler.start();
    answering?.start();
    lifecycle.add("scheduler", scheduler, (started) => started.stop(), { evenIfLate: true });

    const server = await startHttpServer({
      services, downloads: exports, health: healthChecks({ core, scheduler, watch, retention }), metrics,
      host: config.values.viewHost, port: config.values.viewPort, drainMs: DRAIN_MS, ...loginParts(config, { access, users: services.users, clock: services.clock, logger }),
    });
    const warning = exposureWarning(config);
    if (warning !== null) logger.warn({ viewHost: config.values.viewHost }, warning);
    lifecycle.add("HTTP server", server, (started) => started.stop());
    const endpoint = { url: localUrl(server.localUrl), token: access.admitLocalOwner(), pid: process.pid };
    lifecycle.add("local endpoint", announce(core.directories.data, endpoint), (announced) => { announced.withdraw(); });
    // Last: the password is told by who gets this server, and is nowhere else. Until then there is no user, and nobody can log in.
    const firstAdministrator = await access.firstStart();
    return { ...core, url: server.url, routes: server.routes, imports, access, firstAdministrator, warning, makeRoom };
  });
}
