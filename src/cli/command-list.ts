import type { Command } from "./command.js";

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
    load: () => import("./commands/start.js"),
  },
  { name: "serve", summary: "serve the API, without capturing", load: () => import("./commands/serve.js") },
  {
    name: "capture", summary: "capture live, without serving",
    options: [["--interface <name>", "interface to capture from (default: that of the default route)"]],
    load: () => import("./commands/capture.js"),
  },
  {
    name: "import", summary: "import captures: files, directories, or - for standard input", operands: "<path...>",
    options: [["--copy", "copy the captures to packet files of our own"], ["--json", "print one JSON line per capture"]],
    load: () => import("./commands/import.js"),
  },
  {
    name: "dissect", summary: "print the sessions of a capture without storing anything", operands: "<file>",
    options: [["--json", "print JSON (the only form, so this is optional)"]],
    load: () => import("./commands/dissect.js"),
  },
  {
    name: "search", summary: "print sessions that match an expression, newest first", operands: "[expression]",
    options: [
      ["--fields <names>", "expression names of the fields to print, separated by commas"],
      ["--limit <n>", "sessions to print, 1 to 2000 (default 100)"],
      ["--start <time>", "earliest lastPacket: ISO 8601 or seconds since 1970"],
      ["--end <time>", "latest lastPacket"],
      ["--count", "print only how many match"],
      ["--json", "print one JSON line per session"],
    ],
    load: () => import("./commands/search.js"),
  },
  {
    name: "export", summary: "write the packets of sessions that match an expression to a capture file", operands: "<expression> <file>",
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
        options: [["--all", "list keys of Arkime that have no effect, too"]],
        load: () => import("./commands/config-check.js"),
      },
    ],
  },
  {
    name: "fields", summary: "list the fields that expressions can name", operands: "[text]",
    options: [["--json", "print JSON"]],
    load: () => import("./commands/fields.js"),
  },
];
