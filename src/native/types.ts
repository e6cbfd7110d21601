/**
 * The boundary to the native core: plain data both ways, the same names and order as in `native/binding`. Defaults and
 * validation live on this side (src/config); `null` means none, a property is never missing.
 */
import type { SegmentInfo } from "../model/segment.js";
import type { MergeOptions } from "./merge-types.js";

/** Everything the engine can be told. `src/config` makes it from config.ini. Durations are seconds. */
export interface EngineSettings {
  readonly node: string;
  /** Worker threads, by flow hash; the sessions do not depend on it. */
  readonly workers: number;
  readonly sessionIdTracking: "none" | "vlan" | "vni";
  readonly trackEsp: boolean;
  /** Whether positions of ESP packets are kept. */
  readonly espSavePackets: boolean;
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
  /** Paths of databases in the MaxMind DB format; the first that exists is read. */
  readonly geoLite2Country: readonly string[];
  readonly geoLite2Asn: readonly string[];
  /** Path of IANA's IPv4 address space registry as CSV. */
  readonly rirFile: readonly string[];
  /** Path of a list of Ethernet address prefixes. */
  readonly ouiFile: readonly string[];
  /** Whether an import leaves the warning `packet-cut-by-snaplen` out; such packets are taken either way. */
  readonly readTruncatedPackets: boolean;
  /** Sessions that get rows only from a number of packets on, 1 to 255; the first rule whose filter takes the first packet decides. */
  readonly minPacketsSaveBpfs: readonly PacketRule[];
  /** What sessions hold by the interface at which they begin (`interfaceOps`), at most 256; empty when nothing depends on it. */
  readonly interfaces: readonly InterfaceFields[];
}

/** What sessions hold that begin at an interface: fields by their names in expressions, and values as expressions write them. */
export interface InterfaceFields {
  readonly interface: string;
  readonly fields: readonly { readonly field: string; readonly value: string }[];
}

/** A BPF expression, compiled by libpcap, and a number of packets. */
export interface PacketRule {
  readonly filter: string;
  readonly packets: number;
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

/** What an import or a replay made. Segments are on disk but in no catalogue: the caller commits or deletes them. */
export interface ImportResult {
  readonly format: string;
  readonly linkTypes: readonly number[];
  readonly packets: number;
  /** Size of the packet files that positions point into. */
  readonly fileBytes: number;
  readonly capturedBytes: number;
  readonly sessions: number;
  readonly firstPacketMs: number | null;
  readonly lastPacketMs: number | null;
  readonly segments: readonly SegmentInfo[];
  readonly warnings: readonly ImportWarning[];
  readonly counters: Readonly<Record<string, number>>;
}

/** What was copied of a capture. */
export interface CaptureCopy {
  readonly bytes: number;
  /** Whether the compressed data is damaged or cut off behind these bytes: what followed is not there. */
  readonly isDamaged: boolean;
}

/** A capture without an index. */
export interface Dissection {
  /** The sessions as `{"sessions3":[{"body":{…}}]}`. */
  readonly documents: string;
  readonly warnings: readonly ImportWarning[];
}

/** One plain packet file of a stream. */
export interface StreamFile {
  readonly path: string;
  readonly fileId: number;
  /** Position in the stream of its first packet, however many the files before it give. */
  readonly firstOrdinal: number;
}

export interface ImportOptions {
  /** Files of one stream in order; an imported file is a stream of its own. */
  readonly files: readonly StreamFile[];
  /** Identity of the stream, 32 hex digits. */
  readonly stream: string;
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  /** Rows per segment at most. */
  readonly batchRows: number;
  /** Set when a stream of ours is replayed after a crash. */
  readonly replay: Replay | null;
  /** Of a stream that was captured: the spans in which packets of it were lost, in order; null for others. */
  readonly losses: readonly LossSpan[] | null;
}

/** A span of time in which packets were lost, milliseconds since 1970, both ends included. */
export interface LossSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Where a stream stood when its rows were last written; a replay saves only sessions that had no final row then. */
export interface Replay {
  /** Packets before this position are skipped. */
  readonly from: number;
  /** Packets before this position had been taken. */
  readonly knownUntil: number;
  /** Positions of the first packets of the sessions that were open, as `LiveMark.open` has them. */
  readonly open: Buffer;
}

/** What a capture file is, found without reading it whole. */
export interface CaptureIdentity {
  /** 32 hex digits; empty when compressed, for it is known only once the file is copied. */
  readonly stream: string;
  readonly compression: "none" | "gzip" | "zstd" | "lz4";
  /** Size of the file. */
  readonly bytes: number;
}

/** How the directory of the next packet file is chosen (`pcapDirAlgorithm`). */
export type DirectoryChoice = "round-robin" | "max-free-bytes" | "max-free-percent";

/** An interface that the core reads itself, through Linux TPACKET_V3 rings. */
export interface RingSource {
  readonly interface: string;
  /** BPF expression, compiled by libpcap; empty for every packet. */
  readonly filter: string;
  /** Bytes kept of each packet (`snapLen`). */
  readonly snaplen: number;
  /** Bytes of a block of the ring (`tpacketv3BlockSize`). */
  readonly blockBytes: number;
  /** Bytes of a whole ring. */
  readonly ringBytes: number;
  /** Sockets among which the kernel spreads flows (`tpacketv3NumThreads`), each with a ring and a thread. */
  readonly threads: number;
  /** Number of their fanout group, 0 to 65,535 (`tpacketv3ClusterId`). */
  readonly fanoutGroup: number;
  readonly promiscuous: boolean;
  /** Its number among the settings' interfaces, from 1; 0 where these are none. */
  readonly origin: number;
}

export interface LiveOptions {
  readonly settings: EngineSettings;
  readonly segmentDirectory: string;
  /** At least one. */
  readonly packetDirectories: readonly string[];
  readonly directoryChoice: DirectoryChoice;
  /** Link type of pushed packets; null with sources, which have their own. */
  readonly linkType: number | null;
  readonly snaplen: number;
  /** Identity of the node's stream, 32 hex digits. */
  readonly stream: string;
  /** Position in the stream of the next packet. */
  readonly firstOrdinal: number;
  /** Numbers that packet files may have: `fileIds` from this one on. */
  readonly firstFileId: number;
  readonly fileIds: number;
  readonly maxFileBytes: number;
  /** 0 rotates by size only. */
  readonly maxFileSeconds: number;
  /** Seconds after which a session that is still open gets a row, and again when packets came since. */
  readonly openRowsAfterSeconds: number;
  /** Interfaces to read; empty when packets are pushed. */
  readonly sources: readonly RingSource[];
  /** Whether packets go into packet files at all. */
  readonly keepPackets: boolean;
  /** Sessions of which only the first packets go there, at least one. */
  readonly dontSaveBpfs: readonly PacketRule[];
  /** Whether this thread's capabilities are given up once the sources are open, before any thread is started. */
  readonly giveUpRights: boolean;
}

/** One of our own packet files as the engine sees it. */
export interface LiveFile {
  readonly fileId: number;
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly firstOrdinal: number;
  /** Still being written. */
  readonly open: boolean;
  /** Its disk was given up while it wrote: until that has answered there may be more in the file, which is in another one. */
  readonly givenUp: boolean;
}

/** Where a replay must start, and which sessions were open there. */
export interface LiveMark {
  /** No open session has a packet before this position of the stream. */
  readonly replayFromOrdinal: number;
  /** Packets before this position had been taken. */
  readonly knownUntilOrdinal: number;
  /** Positions of the first packets of the open sessions, each less the one before as a LEB128 varint. */
  readonly open: Buffer;
}

/** What a flush made durable. */
export interface LiveFlush {
  readonly files: readonly LiveFile[];
  readonly segments: readonly SegmentInfo[];
  /** Present when the flush was asked for one. */
  readonly mark: LiveMark | null;
  /** Every packet before this time is in a row; null before the first packet. */
  readonly completeUntilMs: number | null;
  /** Position of the next packet. */
  readonly nextOrdinal: number;
  readonly openSessions: number;
  /** Why packets could not be written since the last flush, or null. */
  readonly writeFailure: string | null;
  /** Why packet directories took nothing since the last flush, one reason each; without a `writeFailure` others took the packets. */
  readonly refusals: readonly string[];
  /** Why packets that were written since the last flush may not survive a crash of the system, a reason for each directory. */
  readonly notDurable: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
}

/** What one source did since the stream was opened: delivered = stored + byRule + lostToDisk + lostToQueue + on their way. */
export interface SourceLedger {
  /** Empty for pushed packets, `standard input` for those. */
  readonly interface: string;
  readonly delivered: number;
  readonly bytes: number;
  readonly stored: number;
  /** Packets indexed and not stored, because a rule said so. */
  readonly byRule: number;
  /** Of those stored or left out by a rule, packets with a damaged header. */
  readonly malformed: number;
  readonly lostToDisk: number;
  readonly lostToQueue: number;
  /** Packets cut at the snap length. */
  readonly cut: number;
  /** Packets seen twice on the loopback interface, counted once. */
  readonly duplicate: number;
  /** Null: the source cannot know. */
  readonly droppedByKernel: number | null;
  /** Null: the interface counts nothing. */
  readonly droppedByInterface: number | null;
  /** Times the source had to wait; the kernel's ring took the packets meanwhile. */
  readonly waits: number;
  readonly wentDown: number;
  /** Blocks of the kernel's ring that were not as promised, and what they held behind that is lost uncounted; of standard input, places that could not be read. */
  readonly damagedBlocks: number;
  /** Whether it has given all there is, as standard input does that came to its end. */
  readonly ended: boolean;
  /** Why it ended before that, or null. */
  readonly failure: string | null;
}

/** A capture that comes through standard input, open and not read yet. */
export interface StandardInput {
  readonly source: unknown;
}

/** A live stream. One owner; `close()` once. */
export interface LiveEngine {
  readonly linkType: number;
  /** `batch` holds packets as records of a nanosecond pcap file. Returns how many were taken; the rest is counted as lost. */
  push(batch: Buffer): number;
  /**
   * Makes packets durable, and writes the rows of sessions that closed or are open for long; with `open` also of those that are
   * open and have packets in no row, 16,384 of each worker at most. `nowMs` is the wall clock.
   * Throws DISK_FULL, after which the capture goes on and the next flush tries again.
   */
  flush(nowMs: number, mark: boolean, open: boolean): Promise<LiveFlush>;
  ledgers(): readonly SourceLedger[];
  /** Gives packet files more numbers, for when those there are have been used up; whether the core took them. */
  moreFileIds(first: number, count: number): boolean;
  /** Ends the sources, once they gave what the kernel still held. */
  stopSources(): readonly SourceLedger[];
  /** Closes and writes all sessions. */
  close(nowMs: number): Promise<LiveFlush>;
}

/** An index and the first last packet of the rows that go there, milliseconds since 1970. */
export interface IndexPeriodStart {
  readonly startMs: number;
  readonly index: string;
}

/** A row that is open or not the first version: it may have versions elsewhere. */
export interface VersionedRow {
  readonly id: string;
  readonly version: number;
  readonly index: string;
}

/** Lines of a bulk request: an action and a document of each row. */
export interface BulkLines {
  readonly lines: Buffer;
  readonly rows: number;
  readonly versioned: readonly VersionedRow[];
}

/** Reads the rows of a segment as lines of bulk requests. One owner; `close()` once. */
export interface SegmentReader {
  /** The next lines, of about `maxBytes` at most; null at the end. Throws STORE_DAMAGED. */
  next(maxBytes: number): Promise<BulkLines | null>;
  close(): void;
}

/** The two ends of a session: addresses as people write them, ports 0 where there is none. */
export interface SessionEnds {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** Finds who sent each packet of one session. Packets come in the session's order, so that fragments can be joined. */
export interface DirectionFinder {
  /** `batch` holds packets, each as u32 LE link type, u32 LE original length, u32 LE captured length, the bytes. */
  push(batch: Buffer): void;
  /** One byte for each packet so far: 0 not known, 1 the source, 2 the destination. */
  senders(): Uint8Array;
}

/** What one setting of places came to. */
export interface PlaceFileState {
  readonly setting: string;
  /** The file that is there, or null. */
  readonly file: string | null;
  /** Why it cannot be read, or null. */
  readonly error: string | null;
}

/**
 * What the native core offers. Errors are `LookbackError`s: CAPTURE_UNREADABLE, DISK_FULL, QUERY_CANCELLED (aborted),
 * INTERNAL.
 */
export interface NativeCore {
  /** Makes a directory and those above it where they are not there, and looks into it; waits so many milliseconds. Why it cannot be used, or null. */
  makeDirectory(path: string, withinMs: number): string | null;
  /** Reads the files of places and says what each setting came to. */
  checkPlaceFiles(settings: EngineSettings): readonly PlaceFileState[];
  /** Looks at settings as the engine does before it takes a packet: compiles filters, finds the fields of `interfaces`. Throws CONFIG_INVALID. */
  checkSettings(settings: EngineSettings): Promise<void>;
  /** `schema/fields.json` as the dissectors declare it. */
  fieldCatalogue(): string;
  identify(path: string): Promise<CaptureIdentity>;
  /** The sessions of a capture (`-`: standard input), stored nowhere. */
  dissect(path: string, settings: EngineSettings): Promise<Dissection>;
  /** Copies a capture (`-`: standard input), decompressed, to a new file. */
  copyCapture(source: string, destination: string, signal: AbortSignal | null, onProgress: (bytes: number) => void): Promise<CaptureCopy>;
  /** Imports the files of one stream; also the replay of our own files. An aborted import leaves nothing behind. */
  importStream(options: ImportOptions, signal: AbortSignal | null, onProgress: (progress: ImportProgress) => void): Promise<ImportResult>;
  /** Keeps this thread's capabilities over its next change of user. Throws UNAVAILABLE. */
  keepRightsOverChangeOfUser(): void;
  /** Leaves this thread the capabilities to open interfaces, and no other. Throws UNAVAILABLE. */
  keepRightsToCapture(): void;
  openLive(options: LiveOptions, input: StandardInput | null): LiveEngine;
  /**
   * Waits until the capture that comes through standard input tells what kind of packets it has; only those that `filter`, a BPF
   * expression or empty, accepts will be taken. Throws CAPTURE_UNREADABLE, CONFIG_INVALID.
   */
  openStandardInput(filter: string, snaplen: number): Promise<StandardInput>;
  /** Has this process use small pages only from now on, for less memory at the same speed where little is held. Returns whether the kernel does so. */
  useSmallPages(): boolean;
  /** Opens the segment at a path; `periods` say which index takes a row, `segment` is its name in documents. Throws STORE_DAMAGED. */
  readSegment(path: string, periods: readonly IndexPeriodStart[], segment: string): SegmentReader;
  directionFinder(ends: SessionEnds): DirectionFinder;
  /**
   * Merges segments into one in order of last packet and id, in memory that does not grow with their rows but for some
   * 40 bytes each. The file is synced; without rows there is none, and null. Throws DISK_FULL, STORE_DAMAGED, UNAVAILABLE when a column's values are of types that
   * cannot be one, and QUERY_CANCELLED; what was written by then is the caller's to remove.
   */
  mergeSegments(options: MergeOptions, signal: AbortSignal | null): Promise<SegmentInfo | null>;
}
