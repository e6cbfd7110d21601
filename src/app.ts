/**
 * The composition root: builds every part of a serving process, starts them in order and stops them in reverse. What a
 * part needs is passed to it; no part finds another by itself.
 */
import { AccessService, type FirstAdministrator } from "./access/access-service.js";
import { CatalogueAccessRecords } from "./access/catalogue-records.js";
import { ScopeOfUser } from "./access/scope.js";
import { captureFiles } from "./app/capture-files.js";
import { captureStatistics } from "./app/capture-statistics.js";
import { importsOn, openCore, type Core } from "./app/core.js";
import { fileLookup } from "./app/file-lookup.js";
import { healthChecks, metricsOf } from "./app/health.js";
import { STOP_MS, withLifecycle } from "./app/lifecycle.js";
import { systemClock } from "./base/clock.js";
import type { Logger } from "./base/logger.js";
import type { ImportService } from "./capture/import-service.js";
import type { LookbackConfig } from "./config/config.js";
import { ExportService } from "./export/export-service.js";
import { catalogueLookup } from "./export/packet-files.js";
import { PacketHeads } from "./export/packet-heads.js";
import { startHttpServer } from "./http/server.js";
import type { CheckedExpression } from "./model/checked-expression.js";
import { diskSpaceProbe, PacketReader, Tombstones } from "./packet-store/packet-store.js";
import { check } from "./query/check.js";
import { parse } from "./query/parser.js";
import { resolveFiles } from "./query/resolve-files.js";
import { RetentionService } from "./retention/retention-service.js";
import { Scheduler } from "./scheduler/scheduler.js";
import { serviceTasks } from "./scheduler/tasks.js";

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
  /** Stops everything within ten seconds. */
  readonly stop: () => Promise<void>;
}

/** Builds and starts a server. `beforeListening` runs when imports can be made and nobody is served yet. */
export function startServer(config: LookbackConfig, logger: Logger, beforeListening: (imports: ImportService) => Promise<void> = async () => {}): Promise<Server> {
  return withLifecycle(logger, async (lifecycle) => {
    const core = await openCore(config, "serve", logger, lifecycle);
    const { catalogue, store, fields, directories } = core;
    const timeZone = config.values.timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.values.timeZone;

    const access = new AccessService(new CatalogueAccessRecords(catalogue), systemClock);
    const lookup = fileLookup(catalogue.files);
    const compile = (text: string): CheckedExpression => resolveFiles(check(parse(text), fields, { nowMs: systemClock.nowMs(), timeZone }), lookup);
    const scopes = new ScopeOfUser(compile, systemClock);

    const reader = lifecycle.add("packet reader", new PacketReader(), (opened) => opened.close());
    const packetFiles = catalogueLookup(catalogue.files);
    const exports = new ExportService({
      store, reader, lookup: packetFiles, probe: diskSpaceProbe, jobs: catalogue.exports, fields, key: catalogue.settings.secret("download"),
      directory: directories.exports, clock: systemClock, logger,
      scopeOf: (name) => {
        const user = access.user(name);
        access.require(user, "export");
        return scopes.scopeOf(user);
      },
    });
    const tombstones = new Tombstones(directories.tombstones, [directories.packets]);
    const retention = new RetentionService({
      catalogue, store, reader, tombstones, logger, clock: systemClock, probe: diskSpaceProbe, packetDirectories: [directories.packets],
      rules: { freeSpace: config.values.freeSpaceG, expireDays: config.values.expireDays },
    });
    await retention.recover();

    const imports = importsOn(core);
    await imports.start();
    lifecycle.add("imports", imports, (started) => started.stop());
    lifecycle.add("import queue of others", setInterval(() => { imports.wake(); }, QUEUE_LOOK_MS), (timer) => { clearInterval(timer); });
    await beforeListening(imports);
    await exports.start();
    lifecycle.add("exports", exports, (started) => started.stop());
    const scheduler = new Scheduler({ runs: catalogue.taskRuns, clock: systemClock, logger });
    for (const task of serviceTasks({ retention, store, exports })) scheduler.register(task);
    scheduler.start();
    lifecycle.add("scheduler", scheduler, (started) => started.stop());

    const firstAdministrator = await access.firstStart();
    const server = await startHttpServer({
      services: {
        clock: systemClock, logger, fields, store, access, scopes, fileLookup: lookup, completeness: { completeUntilMs: () => catalogue.marks.completeUntilMs() },
        imports, exports, captureFiles: captureFiles(catalogue.files), captureStatistics: captureStatistics(catalogue, config.node),
        packetHeads: new PacketHeads(reader, packetFiles), signingKey: catalogue.settings.secret("cursor"), timeZone,
        queryTimeoutMs: config.values.queryTimeoutSeconds * 1000, workingDirectory: process.cwd(),
      },
      downloads: exports, health: healthChecks(core), metrics: metricsOf(core),
      host: config.values.viewHost, port: config.values.viewPort, secureCookies: false, drainMs: DRAIN_MS,
    });
    lifecycle.add("HTTP server", server, (started) => started.stop());
    return { ...core, url: server.url, imports, access, firstAdministrator };
  });
}
