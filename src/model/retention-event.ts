/** A device where retention deleted all it may and still has too little room. Subject: the device's first directory. */
export interface TargetUnreachable {
  readonly kind: "target-unreachable";
  readonly subject: string;
  readonly targetBytes: number;
  readonly freeBytes: number;
  readonly shortfallBytes: number;
}

/** Packets or sessions that will be kept for fewer days than `forecastWarnDays`. Subject: what is forecast (`packets`, `sessions`). */
export interface ForecastLow {
  readonly kind: "forecast-low";
  readonly subject: string;
  readonly days: number;
  readonly thresholdDays: number;
}

/** What would be deleted now and is not, because a hold keeps it. Subject: the hold's number. */
export interface HoldBlocks {
  readonly kind: "hold-blocks";
  readonly subject: string;
  /** Packet files or days that the hold keeps. */
  readonly items: number;
  readonly bytes: number;
}

/** An export whose file can be downloaded. Subject: the export's id. */
export interface ExportReady {
  readonly kind: "export-ready";
  readonly subject: string;
  readonly user: string;
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
}

/** A state that lasts until it is over. Subject and kind together name it. */
export type RetentionCondition = TargetUnreachable | ForecastLow | HoldBlocks;

/** What somebody who keeps an eye on retention wants to be told. */
export type RetentionEvent = RetentionCondition | ExportReady;

/**
 * Where the parts that find something out put it; `src/watching` tells subscriptions and webhooks. Calls are cheap, never
 * throw and never wait.
 */
export interface RetentionEvents {
  /** Tells an event. A condition may be raised on every run that finds it: it is told when it begins, and once a day while it lasts. */
  raise(event: RetentionEvent): void;
  /** Ends a condition. Conditions that were not raised are fine, so that every run may clear what it did not find. */
  clear(kind: RetentionCondition["kind"], subject: string): void;
  /** Subjects of conditions of a kind that were told to have begun and not to have ended, also by an earlier process. */
  lasting(kind: RetentionCondition["kind"]): readonly string[];
}

/** Tells nobody; for commands and tests. */
export const noRetentionEvents: RetentionEvents = { raise() {}, clear() {}, lasting: () => [] };
