import type { AccessScope } from "../model/access-scope.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";
import type { FieldValue, PacketRef, SessionDocument, SessionRow } from "../model/session.js";
import type { SegmentInfo } from "../model/segment.js";
import type { TimeRange } from "../model/time-range.js";

/** What every read needs beside its own arguments. */
export interface ReadContext {
  /** What the reader may see; ANDed in the store's own query. */
  readonly scope: AccessScope;
  /** Aborts the read; the store interrupts the engine and throws QUERY_CANCELLED. */
  readonly signal: AbortSignal | null;
  /** Longest run in milliseconds, then QUERY_TIMEOUT. */
  readonly timeoutMs: number;
}

/** Filter shared by reads: sessions that match the expression inside the range. */
export interface SessionFilter {
  readonly expression: CheckedExpression;
  readonly range: TimeRange;
}

/** One sort key; ties are broken by id ascending. Null values sort last. */
export interface SortKey {
  readonly field: Field;
  readonly direction: "asc" | "desc";
}

/** Position after a row: the values of the sort keys (in order) and its id. */
export interface SearchAfter {
  readonly values: readonly (number | string | null)[];
  readonly id: string;
}

export interface SearchRequest extends SessionFilter {
  readonly fields: readonly Field[];
  readonly order: readonly SortKey[];
  /** 1 to 2,000. */
  readonly limit: number;
  readonly after: SearchAfter | null;
  /** Whether to count all matches (costs a scan). */
  readonly countTotal: boolean;
  /** Only rows of these segments, as `arrivedSegments` names them; left out: all. A store that names none passes it over. */
  readonly segments?: readonly string[];
}

export interface SearchResult {
  readonly rows: readonly SessionRow[];
  /** Sort values of each row, for cursors. */
  readonly sortValues: readonly (readonly (number | string | null)[])[];
  readonly hasMore: boolean;
  readonly total: { readonly value: number; readonly relation: "EQ" | "GTE" } | null;
}

/** What a bucket measures beside its session count. */
export type Metric = "sessions" | "packets" | "bytes" | "databytes";

export interface TermsRequest extends SessionFilter {
  /** One field for terms, two to four for a cross-tab. */
  readonly fields: readonly Field[];
  readonly metric: Metric;
  /** 1 to 10,000 buckets. */
  readonly size: number;
}

export interface TermsResult {
  readonly buckets: readonly { readonly keys: readonly FieldValue[]; readonly sessions: number; readonly value: number }[];
  /** Metric of everything outside the returned buckets. */
  readonly otherValue: number;
  /** Largest error of a bucket's value; 0 when exact. */
  readonly errorBound: number;
}

export interface HistogramRequest extends SessionFilter {
  /** Bucket width; calendar units follow the zone. */
  readonly interval: { readonly unit: "second" | "minute" | "hour" | "day" | "week" | "month"; readonly count: number };
  /** IANA time zone. */
  readonly timeZone: string;
  readonly metrics: readonly Metric[];
  /** Time field: firstPacket or lastPacket. */
  readonly on: "firstPacket" | "lastPacket";
}

export interface HistogramResult {
  /** Bucket starts, milliseconds since 1970, ascending; empty buckets are left out. */
  readonly startsMs: readonly number[];
  /** One array per requested metric, as long as `startsMs`. */
  readonly values: readonly (readonly number[])[];
}

export interface StatsRequest extends SessionFilter {
  readonly field: Field;
  /** Percentiles 0 to 100, at most 20; empty for none. */
  readonly percentiles: readonly number[];
}

export interface StatsResult {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
  readonly average: number | null;
  readonly percentiles: readonly { readonly percent: number; readonly value: number | null }[];
}

export interface CardinalityResult {
  readonly value: number;
  /** Relative error; 0 when exact. */
  readonly relativeError: number;
}

export interface ConnectionsRequest extends SessionFilter {
  readonly sourceField: Field;
  readonly destinationField: Field;
  /** 1 to 10,000 links. */
  readonly limit: number;
  readonly minimumSessions: number;
}

export interface ConnectionsResult {
  readonly links: readonly {
    readonly source: string; readonly destination: string;
    readonly sessions: number; readonly packets: number; readonly bytes: number; readonly databytes: number;
  }[];
  readonly truncated: boolean;
}

/** Sessions to stream: those that match, or everything of the connections that they are parts of. */
export interface StreamRequest extends SessionFilter {
  /**
   * Whether all sessions with the `rootId` of a matching one are meant, also those outside of the range: a long connection
   * is stored as several. The scope holds for each of them. Left out: only what matches.
   */
  readonly wholeConnections?: boolean;
}

export interface RowsRequest extends StreamRequest {
  readonly fields: readonly Field[];
}

/** A session with the positions of its packets, for exports. */
export interface SessionPackets {
  readonly id: string;
  readonly firstPacketMs: number;
  readonly lastPacketMs: number;
  /** Whether no later version of the row will come. */
  readonly final: boolean;
  /** May be made anew each time; take it once. */
  readonly packets: readonly PacketRef[];
}

/** Told where a packet is: the id of its file, the offset of its record there and the record's length, in bytes. */
export type PacketVisitor = (fileId: number, offset: number, length: number) => void;

/** The time of one session, milliseconds since 1970, and its packets. */
export interface SessionPositions {
  readonly firstPacketMs: number;
  readonly lastPacketMs: number;
  /** Tells each packet to `visit` in their order. Returns how many; throws STORE_DAMAGED, having told some of them. */
  tell(visit: PacketVisitor): number;
}

/** A row and where its packets are from now on, in their order. */
export interface PacketMove {
  readonly id: string;
  readonly packets: readonly PacketRef[];
}

/** What sessions have in packets and captured bytes, and what a bound on the packets of each would leave. */
export interface ByteBudget {
  readonly sessions: number;
  readonly packets: number;
  readonly bytes: number;
  readonly keptPackets: number;
  /** An estimate between the bytes after powers of two of packets. */
  readonly keptBytes: number;
}

/** One part of the index that is listed, expired and optimised as a whole: a UTC day, or whole days that share an index. */
export interface Partition {
  /** Its last UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Start of its first UTC day and end of its last, milliseconds since 1970: last packets of its rows are from the one to before the other. */
  readonly startMs: number;
  readonly endMs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly segments: number;
}

/** A merge that `optimise` would do: segments of one day that become one, or are written again. */
export interface PlannedMerge {
  readonly day: string;
  /** Segments that are replaced. */
  readonly segments: number;
  /** Visible rows and bytes of them. */
  readonly rows: number;
  readonly bytes: number;
  /** `small`: they are small, and become one. `superseded`: many of its rows were superseded. `unmerged`: no more rows come, and the cluster holds them in parts. */
  readonly reason: "small" | "superseded" | "unmerged";
}

/** A change of an index of the cluster: in how many copies it is kept, and by which nodes. */
export interface PlannedPlacement {
  /** UTC day of its last moment, `YYYY-MM-DD`. */
  readonly day: string;
  readonly index: string;
  readonly bytes: number;
  /** `warm`: it is old enough for other nodes. `replicas`: it has more or fewer copies than are wanted. */
  readonly reason: "warm" | "replicas";
  /** What is set, by name of the cluster's setting. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A node of the cluster that holds data. */
export interface DataNode {
  readonly name: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Optional abilities; callers ask here instead of finding out. */
export interface StoreAbilities {
  readonly exactPercentiles: boolean;
  readonly exactCardinality: boolean;
}

/** Rows and marks that become visible together. */
export interface SegmentCommit {
  readonly add: readonly SegmentInfo[];
  /** Paths of segments that the added ones replace. */
  readonly remove: readonly string[];
  /**
   * Whether the rows go on where those ended that this store object committed so before, as those of a capture that runs do:
   * a row beyond the first version follows an open one, and is newer. Only those have to be looked at then.
   */
  readonly goesOn?: boolean;
  /**
   * That the rows of the removed segments are lost, and not replaced: what they alone hid is seen again, unless an added row takes
   * its place. A cluster hides nothing so, and does nothing of it.
   */
  readonly lost?: {
    /** Live segments that cannot be read either, and stay. */
    readonly unreadable: readonly string[];
  };
}

/**
 * The index of sessions. Both engines implement it and pass test/contract.
 *
 * Rows have an id and a `rowVersion`; of rows with one id the highest version is the only one visible, wherever the
 * versions are stored, and writing a row again changes nothing. Overlays (tags) are read as ordinary fields.
 */
export interface IndexStore {
  readonly abilities: StoreAbilities;

  // Write. Idempotent by row id.

  /**
   * Makes written segments visible and replaced ones invisible, in one step that a crash leaves done or undone.
   * `alongside` runs in the same transaction of the catalogue (file row, job, marks); when it throws, nothing is done.
   */
  commitSegments(commit: SegmentCommit, alongside?: () => void): Promise<void>;
  /** Adds or removes tags of rows in the overlay. Returns how many rows changed. */
  changeTags(ids: readonly string[], add: readonly string[], remove: readonly string[]): Promise<number>;
  /**
   * Gives final rows other packet positions, each as its next version, in one step with `alongside`. Rows that are not
   * there or not final are left as they are. At most 10,000 moves at a time.
   */
  movePackets(moves: readonly PacketMove[], alongside?: () => void): Promise<void>;

  // Read. Every call takes the reader's scope.

  search(request: SearchRequest, context: ReadContext): Promise<SearchResult>;
  count(filter: SessionFilter, context: ReadContext): Promise<number>;
  /** The whole document of a row, or null when there is none that the scope may see. */
  get(id: string, context: ReadContext): Promise<SessionDocument | null>;
  terms(request: TermsRequest, context: ReadContext): Promise<TermsResult>;
  histogram(request: HistogramRequest, context: ReadContext): Promise<HistogramResult>;
  stats(request: StatsRequest, context: ReadContext): Promise<StatsResult>;
  cardinality(request: SessionFilter & { readonly field: Field }, context: ReadContext): Promise<CardinalityResult>;
  connections(request: ConnectionsRequest, context: ReadContext): Promise<ConnectionsResult>;
  /** Packet positions of sessions in batches, in no order; memory stays bounded. */
  streamPackets(request: StreamRequest, context: ReadContext): AsyncIterable<readonly SessionPackets[]>;
  /** The same without the sessions: millions of packets are no objects then. A batch is valid until the next one is asked for. */
  streamPositions(request: StreamRequest, context: ReadContext): AsyncIterable<readonly SessionPositions[]>;
  /** Sessions in batches, in order of first packet, ties by id; memory stays bounded. Fields that the scope hides are null. */
  streamRows(request: RowsRequest, context: ReadContext): AsyncIterable<readonly SessionRow[]>;
  /** What matching sessions would keep if each kept its first `firstPackets` (at least 1) only. */
  byteBudget(request: SessionFilter & { readonly firstPackets: number }, context: ReadContext): Promise<ByteBudget>;
  /** Ids of matching sessions in batches. */
  streamIds(filter: SessionFilter, context: ReadContext): AsyncIterable<readonly string[]>;

  /** Names of the segments that hold rows as they arrived, merged ones left out; null for a store that has none. */
  arrivedSegments(): readonly string[] | null;

  // Admin.

  partitions(): Promise<readonly Partition[]>;
  /**
   * Removes the rows of a partition, all but those of the ids that `keep` names. It is asked as late as can be: what it names
   * anew before rows go is kept too. Throws where that cannot be had; then nothing is gone.
   */
  expirePartition(day: string, keep?: () => readonly string[]): Promise<void>;
  /** Merges small segments of a day; null for every day that has small ones. Calls `progressed` after each merge. Returns segments replaced. */
  optimise(day: string | null, signal: AbortSignal | null, progressed?: () => void): Promise<number>;
  /** The merges that `optimise` of the same day would do at this moment. Merges nothing. */
  planMerges(day: string | null): Promise<readonly PlannedMerge[]>;
  /** What `place` would do at this moment. Changes nothing; always empty in the data directory. */
  planPlacement(): Promise<readonly PlannedPlacement[]>;
  /** Gives each index the copies and the nodes that are wanted for its age. Returns how many were changed. */
  place(signal: AbortSignal | null): Promise<number>;
  /** Space of each node that holds data; none where the index is in the data directory. */
  dataNodes(): Promise<readonly DataNode[]>;
  /** Smallest firstPacket and largest lastPacket in the store, or null when empty. Throws QUERY_TIMEOUT where a cluster needs longer than `timeoutMs`, by default a minute. */
  extent(timeoutMs?: number): Promise<{ readonly firstMs: number; readonly lastMs: number } | null>;
  /** Verifies that what the catalogue promises is there; names what is damaged. */
  health(): Promise<{ readonly ok: boolean; readonly damaged: readonly { readonly path: string; readonly reason: string }[] }>;
  close(): Promise<void>;
}
