// dist/export/export-request.js
/** What can be exported. "pcap" is classic pcap where that can hold the packets, else pcapng. */
const EXPORT_FORMATS = [
	"pcap",
	"pcapng",
	"csv",
	"ndjson",
	"parquet"
];
/** Until when packets may be in the export, milliseconds since 1970; null: any may. */
function latestOf(request) {
	return request.wholeConnections ? null : request.range.endMs;
}
/** Whether a format holds packets. */
function isCapture(format) {
	return format === "pcap" || format === "pcapng";
}
/** Expression names of the columns of tables for which none are named. */
const USUAL_COLUMNS = [
	"starttime",
	"stoptime",
	"ip.protocol",
	"protocols",
	"ip.src",
	"port.src",
	"ip.dst",
	"port.dst",
	"packets",
	"bytes",
	"databytes",
	"packets.src",
	"packets.dst",
	"bytes.src",
	"bytes.dst",
	"communityId",
	"tags",
	"node",
	"rootId"
];
/** The content type of a format. */
function contentTypeOf(format) {
	switch (format) {
		case "pcap": return "application/vnd.tcpdump.pcap";
		case "pcapng": return "application/x-pcapng";
		case "csv": return "text/csv; charset=utf-8";
		case "ndjson": return "application/x-ndjson";
		case "parquet": return "application/vnd.apache.parquet";
	}
}

export { latestOf as a, isCapture as i, USUAL_COLUMNS as n, contentTypeOf as r, EXPORT_FORMATS as t };