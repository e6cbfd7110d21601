import type { Command } from "./command.js";
import { TIME_OPTIONS } from "./time-options.js";

const JSON_LINES: readonly [string, string] = ["--json", "print JSON, for programs"];
const UTC: readonly [string, string] = ["--utc", "print times in UTC instead of local time"];

/** Every command. A new one is a module in commands/ and an entry here. */
export const COMMANDS: readonly Command[] = [
  {
    name: "start", summary: "import what is given or capture live, and serve; what `npm start` runs",
    options: [
      ["--read <path...>", "import these captures first, instead of capturing live"],
      ["--copy", "copy the captures to packet files of our own"],
      ["--interface <name>", "interface to capture from (default: that of the default route)"],
      ["--no-capture", "serve only"],
    ],
    examples: [["lookback start --read examples/first-look.pcap", "look at the example capture on http://127.0.0.1:8005"]],
    completes: { "--read": "file" },
    load: () => import("./commands/start.js"),
  },
  {
    name: "serve", summary: "serve the API, without capturing",
    examples: [["lookback serve --set viewPort=8443", "serve the data directory on another port"]],
    load: () => import("./commands/serve.js"),
  },
  {
    name: "capture", summary: "capture live, without serving",
    options: [["--interface <name>", "interface to capture from (default: that of the default route)"]],
    examples: [["lookback capture --interface eth1", "capture from one interface until Ctrl-C"]],
    load: () => import("./commands/capture.js"),
  },
  {
    name: "import", summary: "import captures: files, directories, or - for standard input", operands: "<path...>", connects: true,
    options: [["--copy", "copy the captures to packet files of our own"], ["--json", "print one JSON line per capture"]],
    examples: [
      ["lookback import /captures monday.pcap.gz", "every capture of a directory, and one more; what was imported before is skipped"],
      ["ssh sensor tcpdump -w - | lookback import -", "what another program writes"],
    ],
    completes: { operand: "file" },
    load: () => import("./commands/import.js"),
  },
  {
    name: "dissect", summary: "print the sessions of a capture without storing anything", operands: "<file>",
    options: [["--json", "print JSON (the only form, so this is optional)"]],
    examples: [["lookback dissect a.pcap | jq '.sessions3[].body.protocol'", "the protocols of each session"]],
    completes: { operand: "file" },
    load: () => import("./commands/dissect.js"),
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
    load: () => import("./commands/search.js"),
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
      ["lookback aggregate 'protocols == dns' --histogram 1h", "name look-ups per hour"],
    ],
    completes: { "--by": "field", "--stats": "field", "--distinct": "field", "--metric": ["sessions", "packets", "bytes", "databytes"], "--bounding": ["first", "last", "both", "either"] },
    load: () => import("./commands/aggregate.js"),
  },
  {
    name: "export", summary: "write the packets of sessions that match an expression to a capture file", operands: "<expression> <file>", connects: true,
    options: [...TIME_OPTIONS, JSON_LINES],
    examples: [["lookback export 'protocols == dns' names.pcap --last 1h", "the packets of the last hour's name look-ups"]],
    completes: { operand: "file", "--bounding": ["first", "last", "both", "either"] },
    load: () => import("./commands/export.js"),
  },
  {
    name: "retention", summary: "print what retention would delete now, and why; deletes nothing",
    options: [["--all", "print every file and day that is kept, too"], ["--json", "print the plan as JSON"]],
    load: () => import("./commands/retention.js"),
  },
  { name: "rebuild", summary: "make damaged parts of the index again from the packets; nothing may serve or capture meanwhile", load: () => import("./commands/rebuild.js") },
  {
    name: "config", summary: "look at the configuration",
    commands: [
      {
        name: "check", summary: "say what is wrong with the configuration, and print what it comes to",
        options: [["--all", "list keys of Arkime that have no effect, too"], JSON_LINES],
        examples: [["lookback config check --config /opt/arkime/etc/config.ini --all", "how Lookback understands a file of Arkime"]],
        load: () => import("./commands/config-check.js"),
      },
      {
        name: "explain", summary: "say what a setting means, what it is here, and which line decided it", operands: "<key>",
        options: [JSON_LINES],
        examples: [["lookback config explain freeSpaceG", "meaning, range, default, value, and where it is written"]],
        completes: { operand: "setting" },
        load: () => import("./commands/config-explain.js"),
      },
    ],
  },
  {
    name: "fields", summary: "list the fields that expressions can name", operands: "[text]", connects: true,
    options: [JSON_LINES],
    examples: [["lookback fields http", "every field that has to do with HTTP"]],
    load: () => import("./commands/fields.js"),
  },
];
