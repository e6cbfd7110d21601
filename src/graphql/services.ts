import type { RangeLoss } from "../model/range-loss.js";
import type { TimeRange } from "../model/time-range.js";
import type { Clock } from "../base/clock.js";
import type { Logger } from "../base/logger.js";
import type { AccessService } from "../access/access-service.js";
import type { ScopeOfUser } from "../access/scope.js";
import type { UserAdministration } from "../access/user-administration.js";
import type { ImportJob } from "../capture/import-job.js";
import type { ExportService } from "../export/export-service.js";
import type { Arrivals } from "../index-store/arrivals.js";
import type { IndexStore } from "../index-store/index-store.js";
import type { FieldCatalogue } from "../model/field-catalogue.js";
import type { Idempotency } from "./idempotency.js";
import type { PacketRef } from "../model/session.js";
import type { FileLookup } from "../query/resolve-files.js";
import type { ClassService } from "../retention/class-service.js";
import type { ForecastService } from "../retention/forecast-service.js";
import type { HoldService } from "../retention/hold-service.js";
import type { RetentionPlan } from "../retention/plan.js";
import type { CostBudgets } from "./cost-budget.js";
import type { Scheduler } from "../scheduler/scheduler.js";
import type { TaskStatus } from "../scheduler/task.js";
import type { RetentionWatch } from "../watching/retention-watch.js";

/** Imports as the API uses them; `ImportService` satisfies it. */
export interface Imports {
  submit(
    paths: readonly string[],
    options: { readonly copy: boolean; readonly workingDirectory: string; readonly requestedBy: string; readonly node?: string | null; readonly onlyNew?: boolean },
  ): Promise<{ readonly jobs: readonly ImportJob[]; readonly failed: readonly { readonly path: string; readonly error: Error }[] }>;
  job(id: string): ImportJob | null;
  /** Newest first. */
  jobs(limit: number): readonly ImportJob[];
  /** Every change of every job from now on, until the signal. */
  events(signal: AbortSignal | null): AsyncIterableIterator<ImportJob>;
}

/** What waits for the search cluster, and how its shipper does. Times are milliseconds since 1970. */
export interface ShippingStatus {
  readonly queue: {
    readonly segments: number; readonly rows: number; readonly bytes: number; readonly oldestMs: number | null;
    /** Rows that the cluster refused for good. */
    readonly deadRows: number;
  };
  readonly budgetBytes: number;
  /** Whether so much waits that somebody should look. */
  readonly nearlyFull: boolean;
  readonly running: boolean;
  /** Rows a second. */
  readonly rate: number;
  /** Seconds until nothing waits, or null when that cannot be told. */
  readonly etaSeconds: number | null;
  /** Rows since the shipper started. */
  readonly shippedRows: number;
  readonly lastError: { readonly code: string; readonly message: string; readonly atMs: number } | null;
}

/** The way of sessions to a search cluster. */
export interface Shipping {
  status(): ShippingStatus;
}

/** Exports as the API uses them. */
export type Exports = Pick<ExportService, "create" | "get" | "list" | "cancel" | "retry" | "delete" | "estimate" | "send" | "events" | "link" | "manifestLink">;

/** A packet file as clients see it. */
export interface CaptureFileView {
  readonly id: number;
  readonly node: string;
  /** The name that `file ==` matches. */
  readonly name: string;
  readonly storage: "own" | "in-place";
  readonly state: "writing" | "complete" | "gone";
  readonly format: "pcap" | "pcapng";
  readonly bytes: number;
  readonly packets: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly importedMs: number | null;
  readonly locked: boolean;
}

/** The packet files of the catalogue. */
export interface CaptureFiles {
  /** Newest first (highest number first); those numbered below `before` when it is given. */
  list(limit: number, before: number | null): readonly CaptureFileView[];
  /** The file of a number, or null. */
  find(id: number): CaptureFileView | null;
}

/** What a capture source counted since it started. Null: not known. */
export interface CaptureSourceView {
  readonly node: string;
  readonly name: string;
  readonly startedMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly droppedByKernel: number | null;
  readonly droppedByUs: number;
  /** Sockets that read it. */
  readonly readers: number;
  /** received = stored + byRule + duplicate + losses. */
  readonly received: number;
  readonly stored: number;
  readonly byRule: number;
  readonly malformed: number;
  readonly cut: number;
  readonly duplicate: number;
  readonly droppedByInterface: number | null;
  readonly lostToQueue: number;
  readonly lostToDisk: number;
  readonly timestampSource: string;
}

/** Sessions as they arrive; `Arrivals` satisfies it. */
export type SessionArrivals = Pick<Arrivals, "subscribe">;

/** Live capture and what it counted. */
export interface CaptureStatistics {
  sources(): readonly CaptureSourceView[];
  /** What became of the sessions that closed; null when nothing captured yet. */
  sessions(): { readonly closed: number; readonly indexed: number; readonly byRule: number; readonly lost: number; readonly open: number } | null;
  /** Counters of the dissection engine by name. */
  counters(): Readonly<Record<string, number>>;
}

/** One packet of a session. */
export interface PacketView {
  readonly fileId: number;
  readonly offset: number;
  /** Time in milliseconds since 1970, or null when the record cannot be read. */
  readonly timeMs: number | null;
  /** Nanoseconds beyond `timeMs`. */
  readonly nanos: number;
  readonly originalLength: number | null;
  readonly capturedLength: number | null;
  /** true: from the session's source; null: the packet is gone, or of neither end. */
  readonly fromSource: boolean | null;
  /** Why the record cannot be read, or null. */
  readonly missing: string | null;
}

/** The two ends of a session: addresses as people write them, ports 0 where there is none. */
export interface SessionEnds {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** Reads the packets at positions of one session, in order. */
export interface PacketHeads {
  /** Without `ends` no packet has a direction. */
  describe(refs: readonly PacketRef[], ends: SessionEnds | null, signal: AbortSignal | null): Promise<readonly PacketView[]>;
}

/** A run of a task. Times are milliseconds since 1970. */
export type ScheduledTaskRun = NonNullable<TaskStatus["last"]>;

/** A task as the scheduler knows it. */
export type ScheduledTaskView = TaskStatus;

/** Tasks as the API uses them; `Scheduler` satisfies it. */
export type Tasks = Pick<Scheduler, "status" | "task" | "history" | "runNow" | "dryRun" | "pause" | "resume">;

/** Events of retention and exports as the API uses them; `RetentionWatch` satisfies it. */
export type RetentionEventSource = Pick<RetentionWatch, "events" | "list" | "conditions" | "deliveries">;

/** Retention as the API uses it; `RetentionService` satisfies it. */
export interface Retention {
  plan(): Promise<RetentionPlan>;
}

/** What was counted and measured in each hour; `HourlyStatistics` satisfies it. */
export interface StatisticsHistory {
  /** At most `limit` values of hours in `[fromMs, toMs)`, of these subjects (null: of all), by subject, measure and hour. */
  list(subjects: readonly string[] | null, fromMs: number, toMs: number, limit: number): readonly { readonly hourMs: number; readonly subject: string; readonly measure: string; readonly value: number }[];
}

/** Classes as the API uses them; `ClassService` satisfies it. */
export type RetentionClasses = Pick<ClassService, "set" | "remove" | "list">;

/** Forecasts as the API uses them; `ForecastService` satisfies it. */
export type Forecasts = Pick<ForecastService, "forecast" | "whatIf">;

/** Holds as the API uses them; `HoldService` satisfies it. */
export type Holds = Pick<HoldService, "create" | "release" | "list">;

/** How far a node that captures or captured is complete. Times are milliseconds since 1970. */
export interface SensorView {
  readonly node: string;
  /** Every packet that it captured before this is in a visible row: no later than the answer, and that when nothing is missing. */
  readonly completeUntilMs: number;
  /** Silent: it was not stopped, and told nothing for a minute. */
  readonly state: "CAPTURING" | "STOPPED" | "SILENT";
  /** When it last told where it is. */
  readonly heardMs: number;
}

/** How far answers are complete. */
export interface Completeness {
  /** At a moment, milliseconds since 1970. */
  of(asOfMs: number): {
    /**
     * Every packet before this is in a visible row, milliseconds since 1970: no later than `asOfMs`, and that when nothing
     * is missing. Null while an import runs, which may bring sessions of any time.
     */
    readonly completeUntilMs: number | null;
    /** Whether packets are being captured. */
    readonly capturing: boolean;
    /** Nodes that capture or captured into the data directory, by name. */
    readonly sensors: readonly SensorView[];
  };
  /** What is known of losses in the range. */
  lossIn(range: TimeRange): RangeLoss;
}

/** Everything the API stands on. `app` makes one. */
export interface Services {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fields: FieldCatalogue;
  readonly store: IndexStore;
  readonly access: AccessService;
  readonly scopes: ScopeOfUser;
  readonly users: UserAdministration;
  /** Makes what resolves `file ==` for one operation: all its patterns together are bounded. */
  readonly fileLookup: () => FileLookup;
  readonly completeness: Completeness;
  /** Runs changes under keys of clients once. */
  readonly idempotency: Idempotency;
  readonly imports: Imports | null;
  readonly exports: Exports | null;
  /** What runs by the clock; null where nothing does. */
  readonly tasks: Tasks | null;
  /** What operators are told; null where nothing watches. */
  readonly retentionEvents: RetentionEventSource | null;
  readonly retention: Retention | null;
  readonly arrivals: SessionArrivals;
  readonly statisticsHistory: StatisticsHistory;
  readonly holds: Holds | null;
  readonly retentionClasses: RetentionClasses | null;
  readonly forecasts: Forecasts | null;
  readonly captureFiles: CaptureFiles;
  readonly captureStatistics: CaptureStatistics;
  /** Null where the index is in the data directory. */
  readonly shipping: Shipping | null;
  readonly packetHeads: PacketHeads | null;
  /** Whether the packets of a packet file are still there: not deleted, and the file on the disk, which answers. */
  readonly hasPackets: (fileId: number) => boolean | Promise<boolean>;
  /** What operations may cost. */
  readonly budgets: CostBudgets;
  /** Key of cursors and links, 32 bytes. */
  readonly signingKey: Buffer;
  /** Zone of times in expressions that name none. */
  readonly timeZone: string;
  /** Longest run of a store query, in milliseconds. */
  readonly queryTimeoutMs: number;
  /** What relative import paths are relative to. */
  readonly workingDirectory: string;
}
