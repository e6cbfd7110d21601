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

/** Packets that a capture lost in the last minute, by its ledger. Subject: node and interface (`node/eth0`). */
export interface CaptureLoss {
  readonly kind: "capture-loss";
  readonly subject: string;
  /** The sum of the four below. */
  readonly lostPackets: number;
  readonly lostToKernel: number;
  readonly lostToInterface: number;
  readonly lostToQueue: number;
  readonly lostToDisk: number;
}

/** A capture that nobody stopped and that does not run. Subject: node and interfaces (`node/eth0,eth1`). */
export interface CaptureDown {
  readonly kind: "capture-down";
  readonly subject: string;
  /** Why it ended, or that nothing is heard of it. */
  readonly reason: string;
  /** Seconds since it was last heard of, or since it was started when it never was. */
  readonly silentSeconds: number;
}

/** A packet directory that takes nothing: packets go to another one, or are lost where there is none. Subject: the directory. */
export interface PacketDirectoryFailed {
  readonly kind: "packet-directory-failed";
  readonly subject: string;
  readonly reason: string;
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

/** A condition of a live capture. */
export type CaptureCondition = CaptureLoss | CaptureDown | PacketDirectoryFailed;

/** A state that lasts until it is over. Subject and kind together name it. */
export type RetentionCondition = TargetUnreachable | ForecastLow | HoldBlocks | CaptureCondition;

/** What somebody who keeps an eye on capture and retention wants to be told. */
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
