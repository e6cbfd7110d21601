import { Arrivals } from "../index-store/arrivals.js";
import { AccessService } from "../access/access-service.js";
import { CatalogueAccessRecords } from "../access/catalogue-records.js";
import { limitChecks } from "../access/limit-checks.js";
import { ScopeOfUser } from "../access/scope.js";
import { UserAdministration } from "../access/user-administration.js";
import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { ImportService } from "../capture/import-service.js";
import { ExportService, type ExportServiceParts } from "../export/export-service.js";
import { catalogueLookup } from "../export/packet-files.js";
import { PacketHeads } from "../export/packet-heads.js";
import { loadNativeCore } from "../native/native.js";
import { Idempotency } from "../graphql/idempotency.js";
import { CostBudgets } from "../graphql/cost-budget.js";
import type { Services, Tasks } from "../graphql/services.js";
import { noRetentionEvents, type RetentionEvents } from "../model/retention-event.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import { PacketReader } from "../packet-store/packet-store.js";
import { check } from "../query/check.js";
import { parse } from "../query/parser.js";
import { resolveFiles } from "../query/resolve-files.js";
import { ForecastService } from "../retention/forecast-service.js";
import { HoldService } from "../retention/hold-service.js";
import { RetentionService } from "../retention/retention-service.js";
import { Scheduler } from "../scheduler/scheduler.js";
import type { ScheduledTask } from "../scheduler/task.js";
import { placementTask, serviceTasks, type TaskParts } from "../scheduler/tasks.js";
import type { RetentionWatch } from "../watching/retention-watch.js";
import { auditedExports } from "./audited-exports.js";
import { captureFiles } from "./capture-files.js";
import { captureStatistics } from "./capture-statistics.js";
import { importsOn, type Core } from "./core.js";
import { exportParts } from "./export-parts.js";
import { fileLookup } from "./file-lookup.js";
import { awaitLatestRows } from "./latest-rows.js";
import { classService, forecastParts, retentionParts } from "./retention.js";
import { keepRoom } from "./room.js";
import type { Lifecycle } from "./lifecycle.js";
import type { HoldAnswering } from "../index-store/elasticsearch/hold-answering.js";
import type { Leadership } from "../index-store/elasticsearch/leadership.js";
import { onlyLeading } from "./leading.js";
import { completeness } from "./completeness.js";
import { shippingOf } from "./shipping.js";
import { statisticsTask } from "./statistics.js";
import { upkeepTasks } from "./upkeep-tasks.js";
import { startWatching } from "./watching.js";

/** What a service is made of, served or used in place. */
export interface Service {
  /** What the API stands on. */
  readonly services: Services;
  readonly access: AccessService;
  readonly imports: ImportService;
  readonly exports: ExportService;
  /** Its tasks are registered; whoever serves starts it. */
  readonly scheduler: Scheduler;
  /** What operators are told. */
  readonly watch: RetentionWatch;
  readonly retention: RetentionService;
  /** Answers other servers of the cluster what is held here; whoever serves starts it. Null where the index is in the data directory. */
  readonly answering: HoldAnswering | null;
  /** Makes room in each directory of ours in which nothing can be written for want of it. */
  readonly makeRoom: () => Promise<void>;
}

/** The parts that answer, without those that change anything. */
interface Readers {
  readonly services: Services;
  readonly access: AccessService;
  readonly reader: PacketReader;
}

/** The API over catalogue and store without a role: it answers beside whatever process serves, and changes nothing. */
export function openReadingService(core: Omit<Core, "native">, lifecycle: Lifecycle): Services {
  const readers = openReaders(core, lifecycle);
  const retention = new RetentionService(Object.assign(retentionParts(core, readers.reader), { events: noRetentionEvents }));
  const exports = new ExportService(exportServiceParts(core, readers, noRetentionEvents));
  const scheduler = schedulerOf(core, { retention, store: core.store, exports, clock: systemClock }, upkeepTasks(core, retention, readers.reader, noRetentionEvents));
  return Object.assign(readers.services, { tasks: lookedAt(scheduler) });
}

/** Tasks that can be looked at, where nothing may be changed. */
function lookedAt(scheduler: Scheduler): Tasks {
  const refuse = (): never => {
    throw new LookbackError("UNAVAILABLE", "nothing here may run or change a task; ask the process that serves");
  };
  return {
    status: () => scheduler.status(), task: (name) => scheduler.task(name), history: (name, limit, before) => scheduler.history(name, limit, before),
    dryRun: (name, signal) => scheduler.dryRun(name, signal), runNow: refuse, pause: refuse, resume: refuse,
  };
}

/** Every task of the service; whoever serves starts them. */
function schedulerOf(core: Omit<Core, "native">, parts: TaskParts, upkeep: readonly ScheduledTask[], leadership: Leadership | null = null): Scheduler {
  const scheduler = new Scheduler({ runs: core.catalogue.taskRuns, clock: systemClock, logger: core.logger.child({ area: "tasks" }) });
  const { timeZone } = core.config.values;
  for (const task of [...serviceTasks(parts), ...(core.cluster === null ? [] : [placementTask(core.store)]), statisticsTask(core), ...upkeep].map((one) => (one.timeZone === "local" ? { ...one, timeZone } : one))) {
    scheduler.register(leadership === null ? task : onlyLeading(task, leadership));
  }
  return scheduler;
}

function exportServiceParts({ config, live, catalogue, store, cluster, fields, directories, logger }: Omit<Core, "native">, { services, access, reader }: Readers, events: RetentionEvents): ExportServiceParts {
  // Assigned, not copied: a copy would keep the settings of this moment.
  return Object.assign(exportParts(directories.data, live, catalogue, fields, store, reader, (fileId) => cluster?.nodes.nodeOf(fileId) ?? null), {
    limits: { keepMs: Math.round(config.values.exportHours * 3_600_000) },
    jobs: catalogue.exports, fields, key: catalogue.settings.secret("download"), directory: directories.exports,
    completeUntilMs: () => completeness(live.values.indexStore, catalogue).of(systemClock.nowMs()).completeUntilMs, awaitLatestRows: (endMs: number | null, signal: AbortSignal | null) => awaitLatestRows({ catalogue, clock: systemClock }, endMs, signal), events, clock: systemClock, logger: logger.child({ area: "exports" }),
    scopeOf: (name: string) => {
      const user = access.user(name);
      access.require(user, "export");
      return services.scopes.scopeOf(user);
    },
  });
}

function openReaders(core: Omit<Core, "native">, lifecycle: Lifecycle): Readers {
  const { config, live, catalogue, presence, store, fields, logger } = core;
  const timeZone = config.values.timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : config.values.timeZone;
  const records = new CatalogueAccessRecords(catalogue);
  const access = new AccessService(records, systemClock, (error) => {
    logger.error({ error: error instanceof Error ? error.message : String(error) }, "the audit log cannot be written; its entries wait");
  });
  lifecycle.add("audit log", access.log, (log) => { log.flush(); }, { evenIfLate: true });
  const compile = (text: string, isStored = false): CheckedExpression => resolveFiles(check(parse(text), fields, { nowMs: systemClock.nowMs(), timeZone, isStored }), fileLookup(catalogue.files));
  const scopes = new ScopeOfUser((text) => compile(text, true), systemClock);
  const reader = lifecycle.add("packet reader", new PacketReader(), (opened) => opened.close());
  const services: Services = {
    clock: systemClock, logger: logger.child({ area: "http" }), fields, store, access, scopes, users: new UserAdministration(records, access, limitChecks(fields, compile)), fileLookup: () => fileLookup(catalogue.files),
    completeness: completeness(config.values.indexStore, catalogue),
    idempotency: new Idempotency(catalogue.idempotencyKeys, systemClock), imports: null, exports: null, captureFiles: captureFiles(catalogue.files), captureStatistics: captureStatistics(catalogue, config.node), shipping: shippingOf(config, catalogue),
    budgets: new CostBudgets(systemClock, () => live.values.apiCostPerMinute),
    tasks: null,
    // Made when it is asked for: a bad section of another node is then named, and stops nothing else.
    retention: { plan: () => new RetentionService({ ...retentionParts(core, reader), events: noRetentionEvents }).plan() },
    forecasts: lazyForecasts(core, reader),
    retentionClasses: classService(core),
    holds: new HoldService({ catalogue, store, clock: systemClock, shared: core.cluster?.expirations ?? null }),
    retentionEvents: null,
    arrivals: new Arrivals(store, logger.child({ area: "store" })),
    statisticsHistory: catalogue.hourlyStatistics,
    packetHeads: new PacketHeads(reader, catalogueLookup(catalogue.files), { directionFinder: (ends) => loadNativeCore().directionFinder(ends) }),
    hasPackets: async (fileId) => {
      const file = catalogue.files.get(fileId);
      return file !== null && file.state !== "gone" && await presence.isThere(file.path);
    },
    signingKey: catalogue.settings.secret("cursor"), timeZone,
    get queryTimeoutMs() { return live.values.queryTimeoutSeconds * 1000; },
    workingDirectory: process.cwd(),
  };
  return { services, access, reader };
}

/** Forecasts that are made ready when they are asked for, as plans are. */
function lazyForecasts(core: Omit<Core, "native">, reader: PacketReader): Services["forecasts"] {
  const service = (): ForecastService => new ForecastService(forecastParts(core, reader, noRetentionEvents));
  return { forecast: () => service().forecast(), whatIf: (...given) => service().whatIf(...given) };
}

/**
 * The whole service on a core that holds the role `serve`: finishes what an ended process left, takes up its imports and
 * exports. `beforeExports` runs when imports can be made.
 */
export async function openService(core: Core, lifecycle: Lifecycle, beforeExports: (imports: ImportService) => Promise<void> = async () => {}): Promise<Service> {
  const { store } = core;
  const readers = openReaders(core, lifecycle);
  const { services, access, reader } = readers;
  const { watch } = startWatching(core, lifecycle);
  const retention = new RetentionService(Object.assign(retentionParts(core, reader), { events: watch }));
  await retention.recover();
  // What starts now writes: where there is no room, some is made before.
  const room = await keepRoom(core, lifecycle, retention);
  const makeRoom = (directory: string): Promise<boolean> => room.make(directory);
  const exports = new ExportService(Object.assign(exportServiceParts(core, readers, auditedExports(watch, core.catalogue.exports, access, systemClock, core.logger)), { makeRoom }));
  core.logger.info({ key: exports.publicKey.keyId }, "manifests of exports are signed with this key");

  const imports = importsOn(core, makeRoom);
  await imports.start();
  lifecycle.add("imports", imports, (started) => started.stop(), { evenIfLate: true });
  await beforeExports(imports);
  await exports.start();
  lifecycle.add("exports", exports, (started) => started.stop(), { evenIfLate: true });
  const leadership = core.cluster?.leadership() ?? null;
  leadership?.start();
  if (leadership !== null) lifecycle.add("leadership of the cluster's tasks", leadership, (started) => started.stop(), { evenIfLate: true });
  const answering = core.cluster?.holdAnswering((spans, signal) => retention.heldIn(spans, signal)) ?? null;
  if (answering !== null) lifecycle.add("answers about holds", answering, (started) => started.stop(), { evenIfLate: true });
  const scheduler = schedulerOf(core, { retention, store, exports, clock: systemClock }, upkeepTasks(core, retention, reader, watch), leadership);
  // Assigned, not copied: a copy would keep the settings of this moment.
  return { makeRoom: () => room.makeWhereFull(), services: Object.assign(services, { imports, exports, retention, tasks: scheduler, retentionEvents: watch }), access, imports, exports, scheduler, watch, retention, answering };
}
