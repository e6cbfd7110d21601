/**
 * The boundary to the native core: plain data both ways, the same names and order as in `native/binding`. Defaults and
 * validation live on this side (src/config); `null` means none, a property is never missing.
 */
import type { SegmentInfo } from "../model/segment.js";

/** Everything the engine can be told. `src/config` makes it from config.ini. Durations are seconds. */
export interface EngineSettings {
  readonly node: string;
  /** Worker threads, by flow hash; the sessions do not depend on it. */
  readonly workers: number;
  readonly sessionIdTracking: "none" | "vlan" | "vni";
  readonly trackEsp: boolean;
  readonly tcpTimeout: number;
  readonly udpTimeout: number;
  readonly icmpTimeout: number;
  readonly sctpTimeout: number;
  readonly espTimeout: number;
  /** Idle timeout of every other protocol (ARP, OSPF, …). */
  readonly otherTimeout: number;
  readonly tcpClosingTimeout: number;
  readonly tcpSaveTimeout: number;
  /** Packets after which a session is saved and goes on as a new segment. */
  readonly maxPackets: number;
  readonly maxStreams: number;
  readonly maxTcpOutOfOrderPackets: number;
  readonly maxFrags: number;
  readonly fragsTimeout: number;
  /** Bytes of an HTTP request body that are kept. */
  readonly maxReqBody: number;
  readonly reqBodyOnlyUtf8: boolean;
  readonly supportSha256: boolean;
  readonly bodyMd5: boolean;
  readonly parseQsValue: boolean;
  readonly parseCookieValue: boolean;
  readonly parseHttpHeaderRequestAll: boolean;
  readonly parseHttpHeaderResponseAll: boolean;
  readonly parseHttpHeaderValueMaxLen: number;
  readonly parseDnsRecordAll: boolean;
  readonly dnsOutputAnswers: boolean;
  readonly ja3Strings: boolean;
  readonly ja4Raw: boolean;
  readonly magicMode: string;
  readonly disableParsers: readonly string[];
  readonly saveUnknownPackets: readonly string[];
  readonly gapPacketPos: boolean;
  readonly enablePacketLen: boolean;
  readonly readTruncatedPackets: boolean;
}

/** How far an import is. */
export interface ImportProgress {
  readonly packets: number;
  /** Bytes read from the source (compressed bytes of a compressed file). */
  readonly bytes: number;
  /** Size of the source in bytes; 0 when unknown. */
  readonly totalBytes: number;
  readonly sessions: number;
}

/** A condition met while reading, counted; the first place it was met. */
export interface ImportWarning {
  readonly name: string;
  readonly count: number;
  /** Byte offset in the (decompressed) capture, or null. */
  readonly firstOffset: number | null;
}

/** What an import made. Segments are on disk but in no catalogue: the caller commits or deletes them. */
export interface ImportResult {
  /** Identity of the stream, 32 hex digits. */
  readonly stream: string;
  readonly format: "pcap" | "pcapng";
  readonly linkTypes: readonly number[];
  readonly packets: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly firstPacketMs: number | null;
  readonly lastPacketMs: number | null;
  readonly segments: readonly SegmentInfo[];
  readonly warnings: readonly ImportWarning[];
  readonly counters: Readonly<Record<string, number>>;
  /** Size of the packet file that positions point into. */
  readonly fileBytes: number;
  readonly sha256: null;
}

export interface ImportOptions {
  /** Capture file, or `-` for standard input. */
  readonly path: string;
  readonly fileId: number;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  /** Packet file to write, which must not exist; null reads in place. */
  readonly copyTo: string | null;
  readonly batchRows: number;
}

/** A running import. */
export interface ImportHandle {
  /** Ends the import soon; `result()` then rejects and nothing is left behind. */
  cancel(): void;
  result(): Promise<ImportResult>;
}

export interface LiveOptions {
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  readonly packetDirectory: string;
  readonly linkType: number;
  readonly snaplen: number;
  /** Identity of the node's stream, 32 hex digits. */
  readonly stream: string;
  /** Position in the stream of the next packet. */
  readonly firstOrdinal: number;
  readonly nextFileId: number;
  readonly nanosecond: boolean;
  readonly maxFileBytes: number;
  /** 0 rotates by size only. */
  readonly maxFileSeconds: number;
}

/** What became of one batch. */
export interface PushResult {
  readonly packets: number;
  readonly bytes: number;
}

/** One of our own packet files as the engine sees it. */
export interface LiveFile {
  readonly fileId: number;
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly firstOrdinal: number;
  /** Still being written. */
  readonly open: boolean;
}

/** Where a replay starts: no open session has a packet before it. */
export interface ReplayMark {
  readonly fileId: number;
  readonly offset: number;
  readonly ordinal: number;
  readonly timeMs: number;
}

/** What a flush made durable. */
export interface LiveFlush {
  readonly files: readonly LiveFile[];
  readonly segments: readonly SegmentInfo[];
  readonly replayFrom: ReplayMark | null;
  readonly completeUntilMs: number | null;
  readonly counters: Readonly<Record<string, number>>;
}

/** The engine fed with live packets. One owner; `close()` once. */
export interface LiveEngine {
  /** `batch` holds `count` times: u64 LE timestamp (ns), u32 LE original length, u32 LE captured length, the bytes. */
  push(batch: Buffer, count: number): PushResult;
  /** Expires idle sessions. */
  tick(nowMs: number): void;
  /** Syncs packets and writes the segments of closed sessions. */
  flush(): LiveFlush;
  /** Closes and writes all sessions. */
  close(): LiveFlush;
}

export interface ReplayOptions {
  readonly files: readonly { readonly fileId: number; readonly path: string; readonly firstOrdinal: number }[];
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  readonly stream: string;
  /** Ordinal of the first packet to read. */
  readonly replayFrom: number;
}

/** What the native core offers. Errors are `LookbackError`s. */
export interface NativeCore {
  /** `schema/fields.json` as the dissectors declare it. */
  fieldCatalogue(): string;
  /** Stream identity of a capture file, 32 hex digits. */
  identify(path: string): Promise<string>;
  /** The sessions of a capture (`-`: standard input) as `{"sessions3":[{"body":{…}}]}`. */
  dissect(path: string, settings: EngineSettings): Promise<string>;
  importCapture(options: ImportOptions, onProgress: (progress: ImportProgress) => void): ImportHandle;
  openLive(options: LiveOptions): LiveEngine;
  replay(options: ReplayOptions, onProgress: (progress: ImportProgress) => void): ImportHandle;
}
