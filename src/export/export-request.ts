import type { CheckedExpression } from "../model/checked-expression.js";
import type { Field } from "../model/field.js";
import type { TimeRange } from "../model/time-range.js";

/** What can be exported. "pcap" is classic pcap where that can hold the packets, else pcapng. */
export const EXPORT_FORMATS = ["pcap", "pcapng", "csv", "ndjson", "parquet"] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What an export holds. */
export interface ExportRequest {
  readonly expression: CheckedExpression;
  readonly range: TimeRange;
  /** What was asked for, as text: for the list of exports and the manifest. */
  readonly query: string;
  readonly format: ExportFormat;
  /** Whether all parts of the connections of matching sessions are meant, also those outside of the range. */
  readonly wholeConnections: boolean;
  /** Most bytes of the file; null: only the server's own limit. */
  readonly maxBytes: number | null;
  /** Columns of CSV, NDJSON and Parquet; empty for captures. */
  readonly fields: readonly Field[];
}

/** Until when packets may be in the export, milliseconds since 1970; null: any may. */
export function latestOf(request: Pick<ExportRequest, "range" | "wholeConnections">): number | null {
  return request.wholeConnections ? null : request.range.endMs;
}

/** Whether a format holds packets. */
export function isCapture(format: ExportFormat): format is "pcap" | "pcapng" {
  return format === "pcap" || format === "pcapng";
}

/** Expression names of the columns of tables for which none are named. */
export const USUAL_COLUMNS: readonly string[] = [
  "starttime", "stoptime", "ip.protocol", "protocols", "ip.src", "port.src", "ip.dst", "port.dst", "packets", "bytes", "databytes", "packets.src",
  "packets.dst", "bytes.src", "bytes.dst", "communityId", "tags", "node", "rootId",
];

/** The content type of a format. */
export function contentTypeOf(format: ExportFormat): string {
  switch (format) {
    case "pcap": return "application/vnd.tcpdump.pcap";
    case "pcapng": return "application/x-pcapng";
    case "csv": return "text/csv; charset=utf-8";
    case "ndjson": return "application/x-ndjson";
    case "parquet": return "application/vnd.apache.parquet";
  }
}
