import { ArgsType, Field, ID, registerEnumType } from "type-graphql";
import { SearchArgs } from "../filter/search.args.js";
import { LongScalar } from "../scalar/scalars.js";

/** Formats of exports; the values are those of `src/export`. */
export enum ExportFormatName {
  PCAP = "pcap",
  PCAPNG = "pcapng",
  CSV = "csv",
  NDJSON = "ndjson",
  PARQUET = "parquet",
}

registerEnumType(ExportFormatName, {
  name: "ExportFormat",
  description: "What an export is written as.",
  valuesConfig: {
    PCAP: { description: "Classic pcap; pcapng where classic pcap cannot hold the packets: several link types, times before 1970 or after 2106." },
    PCAPNG: { description: "pcapng." },
    CSV: { description: "A line per session, RFC 4180; text that a spreadsheet would take for a formula is made harmless." },
    NDJSON: { description: "A JSON object per session and line." },
    PARQUET: { description: "Apache Parquet, a row per session." },
  },
});

/** Which packets of a session are meant. */
export enum ExportPackets {
  MATCHING_PART = "matching",
  WHOLE_CONNECTION = "whole",
}

registerEnumType(ExportPackets, {
  name: "ExportPackets",
  description: "Which packets of a connection are meant. A long connection is stored as several sessions.",
  valuesConfig: {
    MATCHING_PART: { description: "Those of the sessions that match." },
    WHOLE_CONNECTION: { description: "Those of every session of the connections that a matching session is a part of, also outside of the time range." },
  },
});

/** What an export holds. */
@ArgsType()
export class ExportArgs extends SearchArgs {
  @Field(() => [ID], { nullable: true, description: "Identities of the sessions, at most 10000; instead of a search." })
  ids?: string[] | null;

  @Field(() => ExportFormatName, { defaultValue: ExportFormatName.PCAP, description: "What it is written as." })
  format!: ExportFormatName;

  @Field(() => ExportPackets, { defaultValue: ExportPackets.MATCHING_PART, description: "Which packets, or rows, of long connections are meant." })
  packets!: ExportPackets;

  @Field(() => LongScalar, { nullable: true, description: "Most bytes that the file may have; more is refused. The server's own limit holds in any case." })
  maxBytes?: number | null;

  @Field(() => [String], { nullable: true, description: "Search names of the columns of CSV, NDJSON and Parquet, at most 200, in order; left out: the usual ones." })
  fields?: string[] | null;
}
