import type { Clock } from "../base/clock.js";
import { Audit } from "./audit.js";
import { CaptureLedger } from "./capture-ledger.js";
import { Logins, Tokens } from "./credentials.js";
import { damageOf, makeCatalogueFile, openConnection, openReadingConnection, requireCatalogue, type Connection } from "./database.js";
import { Exports } from "./exports.js";
import { HourlyStatistics } from "./hourly-statistics.js";
import { copyHeld, type HeldCopy } from "./held-copy.js";
import { Holds } from "./holds.js";
import { IdempotencyKeys } from "./idempotency-keys.js";
import { ImportJobs, type ImportJobChange } from "./jobs.js";
import { Marks } from "./marks.js";
import { loadMigrations, migrate, requireNewest } from "./migrations.js";
import { PacketFiles, type PacketFileChange } from "./packet-files.js";
import { Replays } from "./replays.js";
import { RetentionEventLog } from "./retention-events.js";
import { RetentionClasses } from "./retention-classes.js";
import { Segments, type SegmentChange } from "./segments.js";
import { Shipments } from "./shipments.js";
import { StoredSettings } from "./stored-settings.js";
import { Tags } from "./tags.js";
import { TaskRuns } from "./task-runs.js";
import { UnknownDrops } from "./unknown-drops.js";
import { Users } from "./users.js";

/** What an import made, to become visible at once. */
export interface ImportCommit {
  readonly fileId: number;
  readonly file: PacketFileChange;
  readonly jobId: string | null;
  readonly job: ImportJobChange;
  readonly segments: SegmentChange;
}

/**
 * The SQLite catalogue of a data directory: what there is beside packets and rows. Several processes may have it open;
 * each table family is a property, and `transaction` makes changes of several of them one step.
 */
export class Catalogue {
  /** The data directory. */
  readonly directory: string;
  /** The catalogue's own file. */
  readonly path: string;
  readonly files: PacketFiles;
  readonly segments: Segments;
  readonly shipments: Shipments;
  readonly marks: Marks;
  readonly captureLedger: CaptureLedger;
  readonly unknownDrops: UnknownDrops;
  readonly replays: Replays;
  readonly tags: Tags;
  readonly holds: Holds;
  readonly retentionClasses: RetentionClasses;
  readonly jobs: ImportJobs;
  readonly exports: Exports;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly taskRuns: TaskRuns;
  readonly retentionEvents: RetentionEventLog;
  readonly hourlyStatistics: HourlyStatistics;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly logins: Logins;
  readonly audit: Audit;
  readonly settings: StoredSettings;
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(directory: string, path: string, connection: Connection, clock: Clock) {
    this.directory = directory;
    this.path = path;
    this.#connection = connection;
    this.#clock = clock;
    this.files = new PacketFiles(connection, clock);
    this.segments = new Segments(connection);
    this.shipments = new Shipments(connection, clock);
    this.marks = new Marks(connection, clock);
    this.captureLedger = new CaptureLedger(connection);
    this.unknownDrops = new UnknownDrops(connection);
    this.replays = new Replays(connection);
    this.tags = new Tags(connection, clock);
    this.holds = new Holds(connection, clock);
    this.retentionClasses = new RetentionClasses(connection, clock);
    this.jobs = new ImportJobs(connection, clock);
    this.exports = new Exports(connection, clock);
    this.idempotencyKeys = new IdempotencyKeys(connection, clock);
    this.taskRuns = new TaskRuns(connection, clock);
    this.retentionEvents = new RetentionEventLog(connection, clock);
    this.hourlyStatistics = new HourlyStatistics(connection);
    this.users = new Users(connection, clock);
    this.tokens = new Tokens(connection, clock);
    this.logins = new Logins(connection, clock);
    this.audit = new Audit(connection, clock);
    this.settings = new StoredSettings(connection, clock);
  }

  /**
   * Runs `body` as one step that is durable when this returns, or not done at all. Nested calls join the outer one.
   * `body` must not await: the connection is one, and other work of this process would join the transaction.
   */
  transaction<T>(body: () => T): T {
    try {
      return this.#connection.inTransaction ? body() : this.#connection.transaction(body).immediate();
    } catch (error) {
      throw damageOf(error, this.path);
    }
  }

  /** Makes an import visible: file row, segments and job state in one step. */
  commitImport(commit: ImportCommit): void {
    this.transaction(() => {
      this.files.update(commit.fileId, { state: "complete", ...commit.file });
      this.segments.apply(commit.segments);
      if (commit.jobId !== null) this.jobs.move(commit.jobId, "done", { fileId: commit.fileId, ...commit.job });
    });
  }

  /** Holds and classes to plan on: what is changed there is stored nowhere. The caller closes it. */
  heldCopy(): HeldCopy {
    return copyHeld(this.path, this.#clock);
  }

  /** Changes with every commit of another process; a look at shared memory, so cheap enough for every query. */
  dataVersion(): number {
    return Number(this.#connection.pragma("data_version", { simple: true }));
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * Opens the catalogue of a data directory, making it when there is none, and brings it to the newest schema.
 * Throws STORE_DAMAGED naming the file when it does not read back, UNAVAILABLE when a newer version wrote it.
 */
export function openCatalogue(directory: string, clock: Clock): Catalogue {
  makeCatalogueFile(directory);
  return open(openConnection(directory), directory, clock, (connection) => { migrate(connection, loadMigrations(), clock); });
}

/**
 * Opens the catalogue of a data directory as it is, for what reads beside whoever serves and captures. Throws NOT_FOUND when there is none,
 * UNAVAILABLE when it is of another version, STORE_DAMAGED naming the file when it does not read back.
 */
export function openCatalogueAsIs(directory: string, clock: Clock): Catalogue {
  requireCatalogue(directory);
  return open(openConnection(directory), directory, clock, (connection, path) => { requireNewest(connection, loadMigrations(), path); });
}

/** As `openCatalogueAsIs`, to read of the imports alone, and at once however large the file is: its structure is not checked. */
export function openImportsAsTheyAre(directory: string, clock: Clock): Pick<Catalogue, "close"> & { readonly jobs: Pick<ImportJobs, "imported"> } {
  requireCatalogue(directory);
  return open(openReadingConnection(directory), directory, clock, (connection, path) => { requireNewest(connection, loadMigrations(), path); });
}

function open({ connection, path }: ReturnType<typeof openConnection>, directory: string, clock: Clock, prepare: (connection: Connection, path: string) => void): Catalogue {
  try {
    prepare(connection, path);
    return new Catalogue(directory, path, connection, clock);
  } catch (error) {
    connection.close();
    throw damageOf(error, path);
  }
}
