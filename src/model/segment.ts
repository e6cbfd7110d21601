/** One immutable Parquet file of session rows, as the native core or compaction reports it. */
export interface SegmentInfo {
  /** Path relative to the `sessions/` directory. */
  readonly path: string;
  /** UTC day of lastPacket, `YYYY-MM-DD`. */
  readonly day: string;
  /** 0 as written by capture; higher after compaction. */
  readonly level: number;
  readonly rows: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Smallest firstPacket, milliseconds since 1970. */
  readonly firstMs: number;
  /** Smallest and largest lastPacket, milliseconds since 1970. */
  readonly minLastMs: number;
  readonly lastMs: number;
  /** Names of the columns present. */
  readonly columns: readonly string[];
  /** Rows that are not final. */
  readonly openRows: number;
  readonly totalPackets: number;
  readonly totalBytes: number;
}
