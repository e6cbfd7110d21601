import type { Command } from "../command.js";
import { JSON_LINES, UTC } from "../flags.js";
import { TIME_OPTIONS } from "../time-options.js";

/** Commands that bring packets in and ask about them. */
export const DATA_COMMANDS: readonly Command[] = [
  {
    name: "import", summary: "import captures: files, directories, or - for standard input", operands: "[path...]", connects: true,
    options: [
      ["--copy", "copy the captures to packet files of our own"],
      ["--from-arkime <file>", "import the packet files of the Arkime installation with this config.ini, under the names of their nodes"],
      ["--pcap-dir <directory...>", "where its packet files are, when not where its pcapDir says"],
      ["--monitor", "go on, and import what arrives in the directories, each file once and whole"],
      ["--json", "print one JSON line per capture"],
    ],
    examples: [
      ["lookback import --monitor /var/spool/captures", "import what another program leaves there, until Ctrl-C"],
      ["lookback import /captures monday.pcap.gz", "every capture of a directory, and one more; what was imported before is skipped"],
      ["ssh sensor tcpdump -w - | lookback import -", "what another program writes"],
      ["lookback import --from-arkime /opt/arkime/etc/config.ini", "every packet file of an installation; again, to go on after an interrupt"],
    ],
    completes: { operand: "file", "--from-arkime": "file", "--pcap-dir": "directory" },
    load: () => import("../commands/import.js"),
  },
  {
    name: "search", summary: "print sessions that match an expression, newest first", operands: "[expression]", connects: true,
    options: [
      ["--fields <names>", "expression names of the fields to print, separated by commas"],
      ["--limit <n>", "sessions to print, 1 to 100000 (default 100)"],
      ["--sort <fields>", "order: FIELD or FIELD:asc, separated by commas (default: newest first)"],
      ...TIME_OPTIONS,
      ["--count", "print only how many match"], UTC,
      ["--json", "print one JSON line per session"],
    ],
    examples: [
      ["lookback search 'ip.src == 10.1.2.3 && protocols == http' --last 24h", "a table of a host's web requests of the last day"],
      ["lookback search 'host.dns == *.example' --fields starttime,ip.src,host.dns --json", "the same for programs"],
    ],
    completes: { "--fields": "field", "--sort": "field", "--bounding": ["first", "last", "both", "either"] },
    load: () => import("../commands/search.js"),
  },
  {
    name: "aggregate", summary: "top values, a histogram over time, or statistics of the sessions that match", operands: "[expression]", connects: true,
    options: [
      ["--by <fields>", "top values of a field, or of the combinations of up to four (default: protocols)"],
      ["--metric <name>", "what to add up: sessions (default), packets, bytes or databytes"],
      ["--size <n>", "values to print, 1 to 10000 (default 20)"],
      ["--histogram [interval]", "over time, by 30s, 15m, 1h, 1d, …; without an interval a fitting one"],
      ["--stats <field>", "count, sum, average, least, most and percentiles of a number"],
      ["--distinct <field>", "how many values a field has"],
      ...TIME_OPTIONS, UTC, JSON_LINES,
    ],
    examples: [
      ["lookback aggregate --by ip.src,ip.dst --metric bytes --last 7d", "who sent most to whom this week"],
      ["lookback aggregate 'protocols == dns' --histogram 1h --last 7d", "name look-ups per hour of this week"],
    ],
    completes: { "--by": "field", "--stats": "field", "--distinct": "field", "--metric": ["sessions", "packets", "bytes", "databytes"], "--bounding": ["first", "last", "both", "either"] },
    load: () => import("../commands/aggregate.js"),
  },
  {
    name: "export", summary: "write sessions that match an expression to a file with a signed manifest, or check such a file", operands: "[expression] [file]", connects: true,
    options: [
      ...TIME_OPTIONS,
      ["--format <name>", "pcap, pcapng, csv, ndjson or parquet (default: by the file's ending; pcap without one)"],
      ["--whole", "all stored parts of the connections that match, not only the matching ones"],
      ["--fields <names>", "columns of csv, ndjson and parquet, separated by commas"],
      ["--verify <file>", "check a file against its manifest, and the manifest's signature"],
      ["--manifest <file>", "the manifest for --verify (default: FILE.manifest.json)"],
      ["--key <file>", "public key for --verify: PEM, or the answer of /api/signing-key (default: the data directory's)"],
      JSON_LINES,
    ],
    examples: [
      ["lookback export 'protocols == dns' names.pcap --last 1h", "the packets of the last hour's name look-ups"],
      ["lookback export 'protocols == dns' names.csv --fields starttime,ip.src,host.dns", "who asked for which name, as a table"],
      ["lookback export --verify names.pcap", "whether the file is what was exported"],
    ],
    completes: { operand: "file", "--bounding": ["first", "last", "both", "either"], "--format": ["pcap", "pcapng", "csv", "ndjson", "parquet"], "--fields": "field", "--verify": "file", "--manifest": "file", "--key": "file" },
    load: () => import("../commands/export.js"),
  },
  {
    name: "dissect", summary: "print the sessions of a capture without storing anything", operands: "<file>",
    options: [["--json", "print JSON (the only form, so this is optional)"]],
    examples: [["lookback dissect a.pcap | jq '.sessions3[].body.protocol'", "the protocols of each session"]],
    completes: { operand: "file" },
    load: () => import("../commands/dissect.js"),
  },
  {
    name: "fields", summary: "list the fields that expressions can name", operands: "[text]", connects: true,
    options: [JSON_LINES],
    examples: [["lookback fields http", "every field that has to do with HTTP"]],
    load: () => import("../commands/fields.js"),
  },
];
