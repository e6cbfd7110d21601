import type { Command } from "../command.js";
import { JSON_LINES, UTC } from "../flags.js";
import { TIME_OPTIONS } from "../time-options.js";

/** Tasks of the service, for shell completion. */
const TASKS = ["packet-retention", "session-expiry", "compaction", "daily-compaction", "export-expiry", "statistics", "audit-expiry", "forecast"];

/** Commands that capture and serve, and look after what is kept. */
export const SERVICE_COMMANDS: readonly Command[] = [
  {
    name: "start", summary: "import what is given or capture live, and serve; what `npm start` runs",
    options: [
      ["--read <path...>", "import these captures instead of capturing live"],
      ["--monitor", "go on, and import what arrives in the directories of --read, each file once and whole"],
      ["--copy", "copy the captures to packet files of our own"],
      ["--interface <name>", "interface to capture from (default: that of the default route)"],
      ["--no-capture", "serve only"],
      ["--json", "print imports and where it serves as JSON lines"],
    ],
    examples: [["lookback start --read examples/first-look.pcap", "look at the example capture on http://127.0.0.1:8005"]],
    completes: { "--read": "file" },
    load: () => import("../commands/start.js"),
  },
  {
    name: "serve", summary: "serve the API, without capturing",
    options: [["--json", "print where it serves as one JSON line"]],
    examples: [["lookback serve --set viewPort=8443", "serve the data directory on another port"]],
    load: () => import("../commands/serve.js"),
  },
  {
    name: "capture", summary: "capture live, without serving",
    options: [["--interface <name>", "interface to capture from, or - for a capture on standard input (default: that of the default route)"], ["--json", "print what it captures from as one JSON line"], ["--stats", "show rate, loss, queues, sessions and disk: a screen on a terminal, else a line now and then"]],
    examples: [["lookback capture --interface eth1", "capture from one interface until Ctrl-C"], ["lookback capture --interface eth1 --stats", "the same, with a live account of every packet"], ["ssh probe tcpdump -i eth1 -U -w - | lookback capture --interface -", "index what another host captures, while it does"]],
    load: () => import("../commands/capture.js"),
  },
  {
    name: "reindex", summary: "copy the index of the data directory to the search cluster, or the other way, and compare the two; nothing may serve or capture meanwhile",
    options: [["--from <store>", "embedded or elasticsearch"], ["--to <store>", "the other one"], JSON_LINES],
    examples: [["lookback reindex --from embedded --to elasticsearch", "before indexStore is changed; again, to go on after an interrupt"], ["lookback reindex --from elasticsearch --to embedded", "the way back, with tags and packets' places"]],
    completes: { "--from": ["embedded", "elasticsearch"], "--to": ["elasticsearch", "embedded"] },
    load: () => import("../commands/reindex.js"),
  },
  {
    name: "ship", summary: "bring sessions to the search cluster; what `lookback start` runs where indexStore is elasticsearch",
    options: [
      ["--once", "end when nothing waits"],
      ["--status", "print what waits, how fast it goes and the last error; ships nothing"],
      ["--retry", "send the sessions again that the cluster refused"], JSON_LINES,
    ],
    examples: [["lookback ship --status", "what waits for the cluster"], ["lookback ship --retry", "after a mapping was mended"]],
    load: () => import("../commands/ship.js"),
  },
  {
    name: "cluster", summary: "see the servers that share the search cluster, and forget one that is gone",
    commands: [
      {
        name: "list", summary: "print the servers, by node, and when each gave its last word", options: [UTC, JSON_LINES],
        examples: [["lookback cluster list", "who is asked before sessions expire"]],
        load: async () => ({ run: (await import("../commands/cluster.js")).list }),
      },
      {
        name: "forget", summary: "ask a server no more before sessions expire; what it alone held expires, too", operands: "<node>", options: [JSON_LINES],
        examples: [["lookback cluster forget sensor-3", "sensor-3 is gone for good"]],
        load: async () => ({ run: (await import("../commands/cluster.js")).forget }),
      },
    ],
  },
  {
    name: "tasks", summary: "see, run, pause and resume what the service does by the clock",
    commands: [
      {
        name: "list", summary: "print the tasks, how they last ended and when they run next", connects: true, options: [UTC, JSON_LINES],
        examples: [["lookback tasks list", "what runs, and what fails"]],
        load: async () => ({ run: (await import("../commands/tasks.js")).list }),
      },
      {
        name: "history", summary: "print the runs of a task, newest first", operands: "<task>", connects: true, options: [["--limit <n>", "runs to print, 1 to 1000 (default 20)"], UTC, JSON_LINES],
        examples: [["lookback tasks history packet-retention", "what the last runs deleted"]],
        completes: { operand: TASKS },
        load: async () => ({ run: (await import("../commands/tasks.js")).history }),
      },
      {
        name: "run", summary: "run a task now", operands: "<task>", connects: true, options: [["--no-wait", "do not wait for its end"], JSON_LINES],
        examples: [["lookback tasks run session-expiry", "expire old sessions now"]],
        completes: { operand: TASKS },
        load: async () => ({ run: (await import("../commands/tasks.js")).run }),
      },
      {
        name: "dry-run", summary: "print what a task would do now; does nothing", operands: "<task>", connects: true, options: [JSON_LINES],
        examples: [["lookback tasks dry-run packet-retention", "which packet files would go"]],
        completes: { operand: TASKS },
        load: async () => ({ run: (await import("../commands/tasks.js")).dryRun }),
      },
      {
        name: "pause", summary: "stop a task from running by the clock, also after a restart", operands: "<task>", connects: true, options: [JSON_LINES],
        examples: [["lookback tasks pause packet-retention", "delete no packets while evidence is being copied"]],
        completes: { operand: TASKS },
        load: async () => ({ run: (await import("../commands/tasks.js")).pauseTask }),
      },
      {
        name: "resume", summary: "let a task run by the clock again", operands: "<task>", connects: true, options: [UTC, JSON_LINES],
        examples: [["lookback tasks resume packet-retention", "go on; what was missed is made up for once"]],
        completes: { operand: TASKS },
        load: async () => ({ run: (await import("../commands/tasks.js")).resumeTask }),
      },
    ],
  },
  {
    name: "retention", summary: "print what retention would delete now, and why; deletes nothing", connects: true,
    examples: [["lookback retention --all", "what goes and what stays, with the reason of each"]],
    options: [["--all", "print every file and day that is kept, too; needs the data directory"], ["--json", "print the plan as JSON"]],
    load: () => import("../commands/retention.js"),
  },
  {
    name: "forecast", summary: "print how many days of packets and sessions will be kept, and what keeping fewer packets would gain", connects: true,
    options: [["--keep <n>", "what if only the first n packets of each session were kept, by the sessions of the last seven days (of all time when there are none)"], ["--of <expression>", "… of the sessions that match"], JSON_LINES],
    examples: [["lookback forecast --keep 20 --of 'protocols == tls'", "how many days it would gain to keep 20 packets of each TLS session"]],
    load: () => import("../commands/forecast.js"),
  },
  {
    name: "estimate", summary: "print what disk and index a load needs, with the arithmetic; needs no data",
    options: [
      ["--rate <bits>", "average load in bits a second: 500M, 2.5G (needed)"], ["--days <n>", "days that packets are kept (needed)"],
      ["--session-days <n>", "days that sessions are kept (default: as packets)"], ["--free <percent>", "share of the disk that is kept free (default 5)"],
      ["--packet-bytes <n>", "average bytes of a packet (default 700)"], ["--session-bytes <n>", "average bytes of a session (default 40000)"],
      ["--row-bytes <n>", "bytes of a session in the index (default 350)"], JSON_LINES,
    ],
    examples: [["lookback estimate --rate 500M --days 7", "the disk for a week of 500 Mbit/s"]],
    load: () => import("../commands/estimate.js"),
  },
  {
    name: "class", summary: "keep sessions of a search, and their packets, longer than others",
    commands: [
      {
        name: "list", summary: "list the classes and what they keep", connects: true, options: [JSON_LINES],
        examples: [["lookback class list", "what is kept longer, and how much it takes"]],
        load: async () => ({ run: (await import("../commands/retention-classes.js")).list }),
      },
      {
        name: "set", summary: "add a class, or change one", operands: "<name> <expression>", connects: true,
        options: [["--days <n>", "days that its sessions and packets are kept (needed)"], ["--max-size <GiB>", "GiB of packets that are kept for it at most"], JSON_LINES],
        examples: [["lookback class set payments 'vlan == 120' --days 90 --max-size 200", "keep what VLAN 120 did for 90 days, in at most 200 GiB"]],
        load: async () => ({ run: (await import("../commands/retention-classes.js")).set }),
      },
      {
        name: "remove", summary: "remove a class; what it kept goes when its turn comes", operands: "<name>", connects: true, options: [JSON_LINES],
        examples: [["lookback class remove payments", "keep them as long as others again"]],
        load: async () => ({ run: (await import("../commands/retention-classes.js")).remove }),
      },
    ],
  },
  {
    name: "hold", summary: "keep sessions and their packets from retention",
    commands: [
      {
        name: "add", summary: "hold the sessions that match now", operands: "<expression>", connects: true,
        options: [["--reason <text>", "why, for people who want to delete (needed)"], ["--until <time>", "when it ends by itself: 30d from now, or a moment (default: when it is released)"], ...TIME_OPTIONS, JSON_LINES],
        examples: [["lookback hold add 'ip == 10.1.2.3' --last 7d --reason 'case 7' --until 365d", "keep what a host did this week, for a year"]],
        completes: { "--bounding": ["first", "last", "both", "either"] },
        load: () => import("../commands/hold-add.js"),
      },
      {
        name: "list", summary: "list holds", connects: true,
        options: [["--ended", "list those that are over, too"], JSON_LINES],
        examples: [["lookback hold list", "what is kept, by whom and why"]],
        load: () => import("../commands/hold-list.js"),
      },
      {
        name: "release", summary: "end a hold; what it kept goes when its turn comes", operands: "<number>", connects: true, options: [JSON_LINES],
        examples: [["lookback hold release 3", "end hold 3"]],
        load: () => import("../commands/hold-release.js"),
      },
    ],
  },
  {
    name: "rebuild", summary: "make damaged parts of the index again from the packets; nothing may serve or capture meanwhile",
    options: [["--give-up", "do without packet files that cannot be read: sessions in them that are damaged are gone then"], JSON_LINES],
    examples: [["lookback rebuild --data /srv/lookback", "after /readyz named a damaged segment"]],
    load: () => import("../commands/rebuild.js"),
  },
];
