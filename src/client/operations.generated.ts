// Made by `npm run generate` of operations.graphql; do not edit.
import type { TypedOperation } from "./typed-operation.js";

/** How a session's times must fall into a range. */
export type Bounding = "FIRST_PACKET" | "LAST_PACKET" | "BOTH" | "EITHER";

/** What an export is written as. */
export type ExportFormat = "PCAP" | "PCAPNG" | "CSV" | "NDJSON" | "PARQUET";

/** Where an export is. */
export type ExportState = "QUEUED" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED" | "EXPIRED";

/** Meaning of a field's values. */
export type FieldKind = "INTEGER" | "FLOAT" | "IP" | "TIME" | "TERM" | "LOWER_TERM" | "UPPER_TERM" | "TEXT" | "BOOLEAN";

/** What a bucket or point measures. */
export type Metric = "SESSIONS" | "PACKETS" | "BYTES" | "DATABYTES";

/** What an event is about. */
export type RetentionEventKind = "TARGET_UNREACHABLE" | "FORECAST_LOW" | "HOLD_BLOCKS" | "CAPTURE_LOSS" | "CAPTURE_DOWN" | "PACKET_DIRECTORY_FAILED" | "EXPORT_READY";

/** Whether a condition begins, lasts or ends, or something just happened. */
export type RetentionEventPhase = "OCCURRED" | "BEGAN" | "LASTS" | "ENDED";

/** One key of an order. */
export interface SessionOrder {
  readonly field: string;
  readonly direction?: SortDirection;
}

/** Direction of an order. Sessions without a value come last either way. */
export type SortDirection = "ASC" | "DESC";

/** How a run of a task ended. */
export type TaskOutcome = "RUNNING" | "OK" | "FAILED" | "INTERRUPTED";

/** A range of time, both ends included. An end left out is open. */
export interface TimeRange {
  readonly start?: string | number | null;
  readonly end?: string | number | null;
  readonly bounding?: Bounding;
}

/** Variables of Search. */
export interface SearchVariables {
  readonly expression?: string | null;
  readonly timeRange?: TimeRange | null;
  readonly first?: number;
  readonly after?: string | null;
  readonly order?: readonly (SessionOrder)[] | null;
}

/** Data of Search. */
export interface SearchData {
  readonly sessions: {
    readonly asOf: string | number;
    readonly completeUntil: string | number | null;
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly endCursor: string | null;
    };
    readonly nodes: readonly ({
      readonly id: string;
      readonly firstPacket: string | number | null;
      readonly lastPacket: string | number | null;
      readonly node: string | null;
      readonly protocol: readonly (string)[] | null;
      readonly source: {
        readonly ip: string | null;
        readonly port: number | string | null;
        readonly bytes: number | string | null;
        readonly packets: number | string | null;
      } | null;
      readonly destination: {
        readonly ip: string | null;
        readonly port: number | string | null;
        readonly bytes: number | string | null;
        readonly packets: number | string | null;
      } | null;
      readonly network: {
        readonly bytes: number | string | null;
        readonly packets: number | string | null;
      } | null;
      readonly tags: readonly (string)[] | null;
    })[];
  };
}

export const Search: TypedOperation<SearchData, SearchVariables> = {
  name: "Search",
  kind: "query",
  text: "query Search($expression: String, $timeRange: TimeRange, $first: Int! = 100, $after: String, $order: [SessionOrder!]) {\n  sessions(\n    expression: $expression\n    timeRange: $timeRange\n    first: $first\n    after: $after\n    order: $order\n  ) {\n    asOf\n    completeUntil\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      firstPacket\n      lastPacket\n      node\n      protocol\n      source {\n        ip\n        port\n        bytes\n        packets\n      }\n      destination {\n        ip\n        port\n        bytes\n        packets\n      }\n      network {\n        bytes\n        packets\n      }\n      tags\n    }\n  }\n}",
  sha256: "9db1d8c0f507843f38a93bece8fbba5cd5eeed1700d88987e15daa9499f7ab2f",
};

/** Variables of CountSessions. */
export interface CountSessionsVariables {
  readonly expression?: string | null;
  readonly timeRange?: TimeRange | null;
}

/** Data of CountSessions. */
export interface CountSessionsData {
  readonly aggregate: {
    readonly asOf: string | number;
    readonly completeUntil: string | number | null;
    readonly count: number | string;
  };
}

export const CountSessions: TypedOperation<CountSessionsData, CountSessionsVariables> = {
  name: "CountSessions",
  kind: "query",
  text: "query CountSessions($expression: String, $timeRange: TimeRange) {\n  aggregate(expression: $expression, timeRange: $timeRange) {\n    asOf\n    completeUntil\n    count\n  }\n}",
  sha256: "9f9f343ef9ecc6f99ad867e975b25cf7f6355a9fd08837cc2f142f59e7eca77f",
};

/** Variables of TopValues. */
export interface TopValuesVariables {
  readonly field: string;
  readonly expression?: string | null;
  readonly timeRange?: TimeRange | null;
  readonly size?: number;
  readonly metric?: Metric;
}

/** Data of TopValues. */
export interface TopValuesData {
  readonly aggregate: {
    readonly count: number | string;
    readonly terms: {
      readonly buckets: readonly ({
        readonly key: string;
        readonly sessions: number | string;
        readonly value: number | string;
      })[];
      readonly otherValue: number | string;
      readonly errorBound: number | string;
    };
  };
}

export const TopValues: TypedOperation<TopValuesData, TopValuesVariables> = {
  name: "TopValues",
  kind: "query",
  text: "query TopValues($field: String!, $expression: String, $timeRange: TimeRange, $size: Int! = 20, $metric: Metric! = SESSIONS) {\n  aggregate(expression: $expression, timeRange: $timeRange) {\n    count\n    terms(field: $field, size: $size, metric: $metric) {\n      buckets {\n        key\n        sessions\n        value\n      }\n      otherValue\n      errorBound\n    }\n  }\n}",
  sha256: "41a7b83c335cdffad3c830f2b1df00ac441b294544219e2c64d7ada0c9cd43cd",
};

/** Variables of Fields. */
export interface FieldsVariables {
  readonly group?: string | null;
  readonly contains?: string | null;
}

/** Data of Fields. */
export interface FieldsData {
  readonly fields: {
    readonly fields: readonly ({
      readonly expression: string;
      readonly aliases: readonly (string)[];
      readonly path: string | null;
      readonly graphqlPath: string | null;
      readonly kind: FieldKind;
      readonly list: boolean;
      readonly group: string;
      readonly name: string;
      readonly help: string;
    })[];
  };
}

export const Fields: TypedOperation<FieldsData, FieldsVariables> = {
  name: "Fields",
  kind: "query",
  text: "query Fields($group: String, $contains: String) {\n  fields(group: $group, contains: $contains) {\n    fields {\n      expression\n      aliases\n      path\n      graphqlPath\n      kind\n      list\n      group\n      name\n      help\n    }\n  }\n}",
  sha256: "47eec28c94f00d1fa0c0d832db2cd5b513a09f4ce4985a63f1c56f05b8b062b9",
};

/** Variables of CreateExport. */
export interface CreateExportVariables {
  readonly expression?: string | null;
  readonly timeRange?: TimeRange | null;
  readonly format?: ExportFormat;
  readonly idempotencyKey?: string | null;
}

/** Data of CreateExport. */
export interface CreateExportData {
  readonly createExport: {
    readonly id: string;
    readonly state: ExportState;
  };
}

export const CreateExport: TypedOperation<CreateExportData, CreateExportVariables> = {
  name: "CreateExport",
  kind: "mutation",
  text: "mutation CreateExport($expression: String, $timeRange: TimeRange, $format: ExportFormat! = PCAP, $idempotencyKey: String) {\n  createExport(\n    expression: $expression\n    timeRange: $timeRange\n    format: $format\n    idempotencyKey: $idempotencyKey\n  ) {\n    id\n    state\n  }\n}",
  sha256: "bade6e662e53ba23e243677ca0fcf3a2e80e7730453875e2b29f36eeb83878e0",
};

/** Variables of GetExport. */
export interface GetExportVariables {
  readonly id: string;
}

/** Data of GetExport. */
export interface GetExportData {
  readonly export: {
    readonly id: string;
    readonly state: ExportState;
    readonly progress: number | null;
    readonly sessions: number | string;
    readonly packets: number | string;
    readonly bytes: number | string;
    readonly missingPackets: number | string;
    readonly sha256: string | null;
    readonly downloadUrl: string | null;
    readonly error: {
      readonly code: string;
      readonly message: string;
    } | null;
  } | null;
}

export const GetExport: TypedOperation<GetExportData, GetExportVariables> = {
  name: "GetExport",
  kind: "query",
  text: "query GetExport($id: ID!) {\n  export(id: $id) {\n    id\n    state\n    progress\n    sessions\n    packets\n    bytes\n    missingPackets\n    sha256\n    downloadUrl\n    error {\n      code\n      message\n    }\n  }\n}",
  sha256: "7378431980efc6aae262bd59201a48596c48a7bbee0f689ae3518cbbac568a4f",
};

/** Variables of Tasks. */
export type TasksVariables = Readonly<Record<string, never>>;

/** Data of Tasks. */
export interface TasksData {
  readonly tasks: {
    readonly tasks: readonly ({
      readonly name: string;
      readonly schedule: string;
      readonly timeZone: string;
      readonly running: boolean;
      readonly paused: boolean;
      readonly failures: number;
      readonly nextRun: string | number | null;
      readonly lastRun: {
        readonly started: string | number;
        readonly seconds: number | null;
        readonly outcome: TaskOutcome;
        readonly error: {
          readonly code: string;
          readonly message: string;
        } | null;
      } | null;
    })[];
  };
}

export const Tasks: TypedOperation<TasksData, TasksVariables> = {
  name: "Tasks",
  kind: "query",
  text: "query Tasks {\n  tasks {\n    tasks {\n      name\n      schedule\n      timeZone\n      running\n      paused\n      failures\n      nextRun\n      lastRun {\n        started\n        seconds\n        outcome\n        error {\n          code\n          message\n        }\n      }\n    }\n  }\n}",
  sha256: "7d5456345347f2e5dff549746230d2cae69e6189023dda3de070ac8f4498faa8",
};

/** Variables of RetentionEvents. */
export type RetentionEventsVariables = Readonly<Record<string, never>>;

/** Data of RetentionEvents. */
export interface RetentionEventsData {
  readonly retention: {
    readonly id: string | null;
    readonly at: string | number;
    readonly kind: RetentionEventKind;
    readonly phase: RetentionEventPhase;
    readonly subject: string;
    readonly message: string;
    readonly user: string | null;
  };
}

export const RetentionEvents: TypedOperation<RetentionEventsData, RetentionEventsVariables> = {
  name: "RetentionEvents",
  kind: "subscription",
  text: "subscription RetentionEvents {\n  retention {\n    id\n    at\n    kind\n    phase\n    subject\n    message\n    user\n  }\n}",
  sha256: "167ebdd3a71b39f51353da8723bf4cbe6a5f36f6141454ab961662a8007e9667",
};
