#!/usr/bin/env node
import { a as UTC, i as SET_FLAG, n as JSON_LINES, r as REMOTE_FLAGS, t as GLOBAL_FLAGS } from "./flags-DDLih1yH.js";
import { t as TIME_OPTIONS } from "./time-options-DQkyS-eT.js";
import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { r as terminalOf } from "./terminal-Cfjl8I0w.js";
import { n as exitCodeOf, r as printError, t as EXIT } from "./exit-code-DQcjXeOq.js";
import { Command, CommanderError } from "commander";

// dist/cli/command.js
/** What the help of a command shows: its examples, or one of each command below it. */
function examplesOf({ examples, commands = [] }) {
	return examples ?? commands.flatMap((one) => examplesOf(one).slice(0, 1));
}

// dist/cli/command-lists/data-commands.js
/** Commands that bring packets in and ask about them. */
const DATA_COMMANDS = [
	{
		name: "import",
		summary: "import captures: files, directories, or - for standard input",
		operands: "[path...]",
		connects: true,
		options: [
			["--copy", "copy the captures to packet files of our own"],
			["--from-arkime <file>", "import the packet files of the Arkime installation with this config.ini, under the names of their nodes"],
			["--pcap-dir <directory...>", "where its packet files are, when not where its pcapDir says"],
			["--monitor", "go on, and import what arrives in the directories, each file once and whole"],
			["--json", "print one JSON line per capture"]
		],
		examples: [
			["lookback import --monitor /var/spool/captures", "import what another program leaves there, until Ctrl-C"],
			["lookback import /captures monday.pcap.gz", "every capture of a directory, and one more; what was imported before is skipped"],
			["ssh sensor tcpdump -w - | lookback import -", "what another program writes"],
			["lookback import --from-arkime /opt/arkime/etc/config.ini", "every packet file of an installation; again, to go on after an interrupt"]
		],
		completes: {
			operand: "file",
			"--from-arkime": "file",
			"--pcap-dir": "directory"
		},
		load: () => import("./import-BeJHhf0_.js")
	},
	{
		name: "search",
		summary: "print sessions that match an expression, newest first",
		operands: "[expression]",
		connects: true,
		options: [
			["--fields <names>", "expression names of the fields to print, separated by commas"],
			["--limit <n>", "sessions to print, 1 to 100000 (default 100)"],
			["--sort <fields>", "order: FIELD or FIELD:asc, separated by commas (default: newest first)"],
			...TIME_OPTIONS,
			["--count", "print only how many match"],
			UTC,
			["--json", "print one JSON line per session"]
		],
		examples: [["lookback search 'ip.src == 10.1.2.3 && protocols == http' --last 24h", "a table of a host's web requests of the last day"], ["lookback search 'host.dns == *.example' --fields starttime,ip.src,host.dns --json", "the same for programs"]],
		completes: {
			"--fields": "field",
			"--sort": "field",
			"--bounding": [
				"first",
				"last",
				"both",
				"either"
			]
		},
		load: () => import("./search-NP4uN1Ar.js")
	},
	{
		name: "aggregate",
		summary: "top values, a histogram over time, or statistics of the sessions that match",
		operands: "[expression]",
		connects: true,
		options: [
			["--by <fields>", "top values of a field, or of the combinations of up to four (default: protocols)"],
			["--metric <name>", "what to add up: sessions (default), packets, bytes or databytes"],
			["--size <n>", "values to print, 1 to 10000 (default 20)"],
			["--histogram [interval]", "over time, by 30s, 15m, 1h, 1d, …; without an interval a fitting one"],
			["--stats <field>", "count, sum, average, least, most and percentiles of a number"],
			["--distinct <field>", "how many values a field has"],
			...TIME_OPTIONS,
			UTC,
			JSON_LINES
		],
		examples: [["lookback aggregate --by ip.src,ip.dst --metric bytes --last 7d", "who sent most to whom this week"], ["lookback aggregate 'protocols == dns' --histogram 1h", "name look-ups per hour"]],
		completes: {
			"--by": "field",
			"--stats": "field",
			"--distinct": "field",
			"--metric": [
				"sessions",
				"packets",
				"bytes",
				"databytes"
			],
			"--bounding": [
				"first",
				"last",
				"both",
				"either"
			]
		},
		load: () => import("./aggregate-p_A6IA5d.js")
	},
	{
		name: "export",
		summary: "write sessions that match an expression to a file with a signed manifest, or check such a file",
		operands: "[expression] [file]",
		connects: true,
		options: [
			...TIME_OPTIONS,
			["--format <name>", "pcap, pcapng, csv, ndjson or parquet (default: by the file's ending, else pcap)"],
			["--whole", "all stored parts of the connections that match, not only the matching ones"],
			["--fields <names>", "columns of csv, ndjson and parquet, separated by commas"],
			["--verify <file>", "check a file against its manifest, and the manifest's signature"],
			["--manifest <file>", "the manifest for --verify (default: FILE.manifest.json)"],
			["--key <file>", "public key for --verify: PEM, or the answer of /api/signing-key (default: the data directory's)"],
			JSON_LINES
		],
		examples: [
			["lookback export 'protocols == dns' names.pcap --last 1h", "the packets of the last hour's name look-ups"],
			["lookback export 'protocols == dns' names.csv --fields starttime,ip.src,host.dns", "who asked for which name, as a table"],
			["lookback export --verify names.pcap", "whether the file is what was exported"]
		],
		completes: {
			operand: "file",
			"--bounding": [
				"first",
				"last",
				"both",
				"either"
			],
			"--format": [
				"pcap",
				"pcapng",
				"csv",
				"ndjson",
				"parquet"
			],
			"--fields": "field",
			"--verify": "file",
			"--manifest": "file",
			"--key": "file"
		},
		load: () => import("./export-g4WaOcV1.js")
	},
	{
		name: "dissect",
		summary: "print the sessions of a capture without storing anything",
		operands: "<file>",
		options: [["--json", "print JSON (the only form, so this is optional)"]],
		examples: [["lookback dissect a.pcap | jq '.sessions3[].body.protocol'", "the protocols of each session"]],
		completes: { operand: "file" },
		load: () => import("./dissect-gPf2Di6O.js")
	},
	{
		name: "fields",
		summary: "list the fields that expressions can name",
		operands: "[text]",
		connects: true,
		options: [JSON_LINES],
		examples: [["lookback fields http", "every field that has to do with HTTP"]],
		load: () => import("./fields-gVwn7RpN.js")
	}
];

// dist/cli/command-lists/host-commands.js
const PASSWORD_STDIN = ["--password-stdin", "take the password from the first line of standard input; without it one is made and printed"];
const LIMIT_OPTIONS = [
	["--role <role>", "viewer, analyst, operator or administrator"],
	["--expression <expression>", "forced expression: the user sees only sessions that match it; empty for none"],
	["--hide-fields <names>", "fields that the user may not see, separated by commas; empty for none"],
	["--time-limit <hours>", "how far back the user may look; 0 for no limit"],
	["--right <name=value...>", "packetSearch, emailSearch, disablePcapDownload, hideStats, hideFiles, hidePcap: true or false"],
	["--login <way>", "how the user logs in: password, oidc or header"]
];
const ROLE_WORDS = {
	"--role": [
		"viewer",
		"analyst",
		"operator",
		"administrator"
	],
	"--login": [
		"password",
		"oidc",
		"header"
	]
};
/** Commands for whoever runs an installation: people, configuration, host. */
const HOST_COMMANDS = [
	{
		name: "setup",
		summary: "ask what an installation needs to know, and write a commented config.ini",
		options: [
			["--yes", "ask nothing: take the options, and defaults for the rest"],
			["--interface <names>", "interfaces to capture from, separated by ; (default with --yes: none)"],
			["--store-url <url>", "Elasticsearch or OpenSearch to index into (default: the built-in index)"],
			["--host <address>", "address to serve on (default 127.0.0.1)"],
			["--port <number>", "port to serve on (default 8005)"],
			["--free-space <amount>", "free space to keep, percent or GiB (default 5%)"],
			["--password-stdin", "take the password of admin from standard input"],
			["--force", "replace a configuration that is there, keeping it as .old"],
			JSON_LINES
		],
		examples: [["lookback setup", "ask, and write ./config.ini"], ["pass show lookback | lookback setup --yes --interface eth1 --data /srv/lookback --password-stdin --config /etc/lookback/config.ini", "without a question"]],
		load: () => import("./setup-BMrsubSt.js")
	},
	{
		name: "config",
		summary: "look at the configuration",
		commands: [{
			name: "check",
			summary: "say what is wrong with the configuration, and print what it comes to",
			options: [["--all", "list keys of Arkime that have no effect, too"], JSON_LINES],
			examples: [["lookback config check --config /opt/arkime/etc/config.ini --all", "how Lookback understands a file of Arkime"]],
			load: () => import("./config-check-CbqZBzlV.js")
		}, {
			name: "explain",
			summary: "say what a setting means, what it is here, and which line decided it",
			operands: "<key>",
			options: [JSON_LINES],
			examples: [["lookback config explain freeSpaceG", "meaning, range, default, value, and where it is written"]],
			completes: { operand: "setting" },
			load: () => import("./config-explain-DGcpm03o.js")
		}]
	},
	{
		name: "doctor",
		summary: "look at everything that Lookback needs of this host, and say what to do about it",
		operands: "[checks...]",
		options: [["--fix", "do what is safe about it: scripts of ops/, as root"], JSON_LINES],
		examples: [
			["sudo lookback doctor --fix", "all checks, and set the interfaces up for capturing"],
			["lookback doctor", "all checks"],
			["lookback doctor port 'free space'", "two of them"]
		],
		load: () => import("./doctor-bRHkHxiY.js")
	},
	{
		name: "user",
		summary: "look after users: roles, rights, passwords and tokens",
		commands: [
			{
				name: "list",
				summary: "print the users",
				connects: true,
				options: [UTC, JSON_LINES],
				examples: [["lookback user list", "who may log in, and what narrows each"]],
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).list })
			},
			{
				name: "add",
				summary: "add a user",
				operands: "<name>",
				connects: true,
				options: [
					...LIMIT_OPTIONS,
					PASSWORD_STDIN,
					JSON_LINES
				],
				examples: [["lookback user add ana --role analyst", "print the password that was made"], ["lookback user add guest --expression 'ip == 10.2.0.0/16' --time-limit 72", "sees one network, three days back"]],
				completes: ROLE_WORDS,
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).add })
			},
			{
				name: "set",
				summary: "change role, rights or limits of a user",
				operands: "<name>",
				connects: true,
				options: [...LIMIT_OPTIONS, JSON_LINES],
				examples: [["lookback user set ana --right disablePcapDownload=true", "take the right to export away"]],
				completes: ROLE_WORDS,
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).set })
			},
			{
				name: "password",
				summary: "give a user a new password; ends all logins and tokens",
				operands: "<name>",
				connects: true,
				options: [PASSWORD_STDIN, JSON_LINES],
				examples: [["lookback user password admin", "print a new password for a lost one"]],
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).password })
			},
			{
				name: "disable",
				summary: "let a user log in no more; ends all logins and tokens",
				operands: "<name>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback user disable ana", "end everything of ana at once"]],
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).disable })
			},
			{
				name: "enable",
				summary: "let a user log in again",
				operands: "<name>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback user enable ana", "let ana log in again"]],
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).enable })
			},
			{
				name: "token",
				summary: "make a bearer token for a user, list the user's tokens, or end one",
				operands: "<name> [token]",
				connects: true,
				options: [
					["--scopes <names>", "read, tag, export, operate, admin, separated by commas (default read)"],
					["--days <n>", "days until it ends, 1 to 366 (default 90)"],
					["--revoke", "end the token"],
					UTC,
					JSON_LINES
				],
				examples: [["lookback user token ana nightly --scopes read,export", "print a token for a script"], ["lookback user token ana nightly --revoke", "end it"]],
				load: async () => ({ run: (await import("./user-7S9U0q77.js")).token })
			}
		]
	},
	{
		name: "audit",
		summary: "print the audit log, newest first: who did what, when and from where",
		operands: "[text]",
		connects: true,
		options: [
			["--user <name>", "only of this user"],
			["--action <name>", "only this action, or those that begin with it: session, export, login, …"],
			["--outcome <code>", "only with this outcome: ok, or an error code"],
			["--address <address>", "only from this address"],
			["--limit <n>", "entries to print, 1 to 1000000 (default 100)"],
			...TIME_OPTIONS,
			UTC,
			JSON_LINES
		],
		examples: [["lookback audit --action login --outcome LOGIN_FAILED --last 24h", "failed logins of the last day"]],
		load: () => import("./audit-D2ii0YdT.js")
	},
	{
		name: "migrate",
		summary: "look at the steps of the catalogue's schema, or apply those that wait",
		commands: [
			{
				name: "status",
				summary: "which steps were applied, and when",
				options: [JSON_LINES],
				examples: [["lookback migrate status", "a line per step"]],
				load: async () => ({ run: (await import("./migrate-BliNvxOd.js")).status })
			},
			{
				name: "plan",
				summary: "what `up` would do now; changes nothing",
				options: [JSON_LINES],
				examples: [["lookback migrate plan", "before an upgrade"]],
				load: async () => ({ run: (await import("./migrate-BliNvxOd.js")).plan })
			},
			{
				name: "up",
				summary: "copy the catalogue, then apply the steps that wait, as the next start would; nothing may serve or capture meanwhile",
				options: [["--no-backup", "make no copy before"], JSON_LINES],
				examples: [["lookback migrate up", "apply what `lookback migrate plan` shows"]],
				load: async () => ({ run: (await import("./migrate-BliNvxOd.js")).up })
			}
		]
	},
	{
		name: "completion",
		summary: "print a completion script for a shell",
		operands: "<shell>",
		examples: [
			["source <(lookback completion bash)", "in this bash; into ~/.bashrc for every one"],
			["lookback completion zsh > ~/.zfunc/_lookback", "zsh, with ~/.zfunc in fpath"],
			["lookback completion fish > ~/.config/fish/completions/lookback.fish", "fish"]
		],
		completes: { operand: [
			"bash",
			"zsh",
			"fish"
		] },
		load: () => import("./completion-D7wst95r.js")
	}
];

// dist/cli/command-lists/service-commands.js
/** Tasks of the service, for shell completion. */
const TASKS = [
	"packet-retention",
	"session-expiry",
	"compaction",
	"daily-compaction",
	"export-expiry",
	"statistics",
	"audit-expiry",
	"forecast"
];
/** Commands that capture and serve, and look after what is kept. */
const SERVICE_COMMANDS = [
	{
		name: "start",
		summary: "import what is given or capture live, and serve; what `npm start` runs",
		options: [
			["--read <path...>", "import these captures first, instead of capturing live"],
			["--monitor", "go on, and import what arrives in the directories of --read, each file once and whole"],
			["--copy", "copy the captures to packet files of our own"],
			["--interface <name>", "interface to capture from (default: that of the default route)"],
			["--no-capture", "serve only"],
			["--json", "print imports and where it serves as JSON lines"]
		],
		examples: [["lookback start --read examples/first-look.pcap", "look at the example capture on http://127.0.0.1:8005"]],
		completes: { "--read": "file" },
		load: () => import("./start-DItg08jN.js")
	},
	{
		name: "serve",
		summary: "serve the API, without capturing",
		options: [["--json", "print where it serves as one JSON line"]],
		examples: [["lookback serve --set viewPort=8443", "serve the data directory on another port"]],
		load: () => import("./serve-DjXvwGAH.js")
	},
	{
		name: "capture",
		summary: "capture live, without serving",
		options: [
			["--interface <name>", "interface to capture from (default: that of the default route)"],
			["--json", "print what it captures from as one JSON line"],
			["--stats", "show rate, loss, queues, sessions and disk: a screen on a terminal, else a line now and then"]
		],
		examples: [["lookback capture --interface eth1", "capture from one interface until Ctrl-C"], ["lookback capture --interface eth1 --stats", "the same, with a live account of every packet"]],
		load: () => import("./capture-DFwv9YMn.js")
	},
	{
		name: "reindex",
		summary: "copy the index of the data directory to the search cluster, or the other way, and compare the two; nothing may serve or capture meanwhile",
		options: [
			["--from <store>", "embedded or elasticsearch"],
			["--to <store>", "the other one"],
			JSON_LINES
		],
		examples: [["lookback reindex --from embedded --to elasticsearch", "before indexStore is changed; again, to go on after an interrupt"], ["lookback reindex --from elasticsearch --to embedded", "the way back, with tags and packets' places"]],
		completes: {
			"--from": ["embedded", "elasticsearch"],
			"--to": ["elasticsearch", "embedded"]
		},
		load: () => import("./reindex-Dyp75uvF.js")
	},
	{
		name: "ship",
		summary: "bring sessions to the search cluster; what `lookback start` runs where indexStore is elasticsearch",
		options: [
			["--once", "end when nothing waits"],
			["--status", "print what waits, how fast it goes and the last error; ships nothing"],
			["--retry", "send the sessions again that the cluster refused"],
			JSON_LINES
		],
		examples: [["lookback ship --status", "what waits for the cluster"], ["lookback ship --retry", "after a mapping was mended"]],
		load: () => import("./ship-5nuT06qG.js")
	},
	{
		name: "tasks",
		summary: "see, run, pause and resume what the service does by the clock",
		commands: [
			{
				name: "list",
				summary: "print the tasks, how they last ended and when they run next",
				connects: true,
				options: [UTC, JSON_LINES],
				examples: [["lookback tasks list", "what runs, and what fails"]],
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).list })
			},
			{
				name: "history",
				summary: "print the runs of a task, newest first",
				operands: "<task>",
				connects: true,
				options: [
					["--limit <n>", "runs to print, 1 to 1000 (default 20)"],
					UTC,
					JSON_LINES
				],
				examples: [["lookback tasks history packet-retention", "what the last runs deleted"]],
				completes: { operand: TASKS },
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).history })
			},
			{
				name: "run",
				summary: "run a task now",
				operands: "<task>",
				connects: true,
				options: [["--no-wait", "do not wait for its end"], JSON_LINES],
				examples: [["lookback tasks run session-expiry", "expire old sessions now"]],
				completes: { operand: TASKS },
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).run })
			},
			{
				name: "dry-run",
				summary: "print what a task would do now; does nothing",
				operands: "<task>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback tasks dry-run packet-retention", "which packet files would go"]],
				completes: { operand: TASKS },
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).dryRun })
			},
			{
				name: "pause",
				summary: "stop a task from running by the clock, also after a restart",
				operands: "<task>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback tasks pause packet-retention", "delete no packets while evidence is being copied"]],
				completes: { operand: TASKS },
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).pauseTask })
			},
			{
				name: "resume",
				summary: "let a task run by the clock again",
				operands: "<task>",
				connects: true,
				options: [UTC, JSON_LINES],
				examples: [["lookback tasks resume packet-retention", "go on; what was missed is made up for once"]],
				completes: { operand: TASKS },
				load: async () => ({ run: (await import("./tasks-Dgwovjs-.js")).resumeTask })
			}
		]
	},
	{
		name: "retention",
		summary: "print what retention would delete now, and why; deletes nothing",
		connects: true,
		examples: [["lookback retention --all", "what goes and what stays, with the reason of each"]],
		options: [["--all", "print every file and day that is kept, too; needs the data directory"], ["--json", "print the plan as JSON"]],
		load: () => import("./retention-CVOpa8P2.js")
	},
	{
		name: "forecast",
		summary: "print how many days of packets and sessions will be kept, and what keeping fewer packets would gain",
		connects: true,
		options: [
			["--keep <n>", "what if only the first n packets of each session were kept"],
			["--of <expression>", "… of the sessions that match"],
			JSON_LINES
		],
		examples: [["lookback forecast --keep 20 --of 'protocols == tls'", "how many days it would gain to keep 20 packets of each TLS session"]],
		load: () => import("./forecast-CWN8K_ty.js")
	},
	{
		name: "estimate",
		summary: "print what disk and index a load needs, with the arithmetic; needs no data",
		options: [
			["--rate <bits>", "average load in bits a second: 500M, 2.5G (needed)"],
			["--days <n>", "days that packets are kept (needed)"],
			["--session-days <n>", "days that sessions are kept (default: as packets)"],
			["--free <percent>", "share of the disk that is kept free (default 5)"],
			["--packet-bytes <n>", "average bytes of a packet (default 700)"],
			["--session-bytes <n>", "average bytes of a session (default 40000)"],
			["--row-bytes <n>", "bytes of a session in the index (default 350)"],
			JSON_LINES
		],
		examples: [["lookback estimate --rate 500M --days 7", "the disk for a week of 500 Mbit/s"]],
		load: () => import("./estimate-BvAeFOCH.js")
	},
	{
		name: "class",
		summary: "keep sessions of a search, and their packets, longer than others",
		commands: [
			{
				name: "list",
				summary: "list the classes and what they keep",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback class list", "what is kept longer, and how much it takes"]],
				load: async () => ({ run: (await import("./retention-classes-GjZlPQbx.js")).list })
			},
			{
				name: "set",
				summary: "add a class, or change one",
				operands: "<name> <expression>",
				connects: true,
				options: [
					["--days <n>", "days that its sessions and packets are kept (needed)"],
					["--max-size <GiB>", "GiB of packets that are kept for it at most"],
					JSON_LINES
				],
				examples: [["lookback class set payments 'vlan == 120' --days 90 --max-size 200", "keep what VLAN 120 did for 90 days, in at most 200 GiB"]],
				load: async () => ({ run: (await import("./retention-classes-GjZlPQbx.js")).set })
			},
			{
				name: "remove",
				summary: "remove a class; what it kept goes when its turn comes",
				operands: "<name>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback class remove payments", "keep them as long as others again"]],
				load: async () => ({ run: (await import("./retention-classes-GjZlPQbx.js")).remove })
			}
		]
	},
	{
		name: "hold",
		summary: "keep sessions and their packets from retention",
		commands: [
			{
				name: "add",
				summary: "hold the sessions that match now",
				operands: "<expression>",
				connects: true,
				options: [
					["--reason <text>", "why, for people who want to delete (needed)"],
					["--until <time>", "when it ends by itself: 30d from now, or a moment (default: when it is released)"],
					...TIME_OPTIONS,
					JSON_LINES
				],
				examples: [["lookback hold add 'ip == 10.1.2.3' --last 7d --reason 'case 7' --until 365d", "keep what a host did this week, for a year"]],
				completes: { "--bounding": [
					"first",
					"last",
					"both",
					"either"
				] },
				load: () => import("./hold-add-BV0MRzFY.js")
			},
			{
				name: "list",
				summary: "list holds",
				connects: true,
				options: [["--ended", "list those that are over, too"], JSON_LINES],
				examples: [["lookback hold list", "what is kept, by whom and why"]],
				load: () => import("./hold-list-DBD04-0M.js")
			},
			{
				name: "release",
				summary: "end a hold; what it kept goes when its turn comes",
				operands: "<number>",
				connects: true,
				options: [JSON_LINES],
				examples: [["lookback hold release 3", "end hold 3"]],
				load: () => import("./hold-release-DOjrdaBO.js")
			}
		]
	},
	{
		name: "rebuild",
		summary: "make damaged parts of the index again from the packets; nothing may serve or capture meanwhile",
		options: [JSON_LINES],
		examples: [["lookback rebuild --data /srv/lookback", "after /readyz named a damaged segment"]],
		load: () => import("./rebuild-D3xkBUb0.js")
	}
];

// dist/cli/command-list.js
/** Commands under their headings of `lookback --help`. A new one is a module in commands/ and an entry in one of the lists. */
const COMMAND_GROUPS = [
	{
		heading: "Packets and sessions:",
		commands: DATA_COMMANDS
	},
	{
		heading: "Capturing, serving and keeping:",
		commands: SERVICE_COMMANDS
	},
	{
		heading: "Installation and people:",
		commands: HOST_COMMANDS
	}
];
/** Every command. */
const COMMANDS = COMMAND_GROUPS.flatMap(({ commands }) => commands);

// dist/cli/remote-service.js
/** URL of the remote service that a command line or `LOOKBACK_URL` names, or null. */
function remoteUrl(options, environment) {
	const url = options.url ?? (options.data === void 0 ? environment["LOOKBACK_URL"] : void 0) ?? "";
	return url === "" ? null : url;
}
/** The remote service that is named, or null. UNAUTHENTICATED without a token. */
function remoteService(options, environment, note) {
	const url = remoteUrl(options, environment);
	if (url === null) return null;
	const token = (options.token ?? environment["LOOKBACK_TOKEN"] ?? "").trim();
	if (token === "") throw new LookbackError("UNAUTHENTICATED", `${url} needs a bearer token: set LOOKBACK_TOKEN or give --token; the explorer's mutation createToken makes one`);
	if (!/^[\x21-\x7e]{1,1000}$/.test(token)) throw new LookbackError("BAD_INPUT", "the bearer token is none: a token is one word of letters, digits, _ and -");
	if (/^http:/i.test(url) && !isLoopback(url)) note(`warning: ${url} is not encrypted: the token and all answers can be read on the way`);
	return {
		url,
		token,
		caFile: options.ca ?? null
	};
}
function isLoopback(url) {
	return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

// dist/cli/command-context.js
/** What one of `commands` is run with, from its words. Everything heavy is loaded when it is asked for. */
function contextOf(operands, options, commands) {
	const note = (line) => {
		process.stderr.write(`${line}\n`);
	};
	const abort = new AbortController();
	let plain = null;
	let listening = false;
	const reread = async (overrides = {}) => {
		const { configOf } = await import("./configuration-BbnD8q6_.js");
		return configOf(options, overrides, note);
	};
	const config = (overrides = {}) => {
		if (Object.keys(overrides).length > 0) return reread(overrides);
		plain ??= reread();
		return plain;
	};
	return {
		operands: operands.map((operand) => Array.isArray(operand) ? operand.map(String) : operand === void 0 ? void 0 : String(operand)),
		options,
		config,
		reread,
		async connect(access, waitMs) {
			const { connect } = await import("./connect-opk23n7J.js");
			if (!listening) process.once("SIGINT", () => {
				abort.abort();
			});
			listening = true;
			return connect({
				remote: remoteService(options, process.env, note),
				config: () => config(),
				signal: abort.signal
			}, access, waitMs);
		},
		get remote() {
			return remoteUrl(options, process.env);
		},
		signal: abort.signal,
		print(line) {
			process.stdout.write(`${line}\n`);
		},
		note,
		commands,
		get terminal() {
			return terminalOf(process.stdout, process.env);
		}
	};
}

// dist/cli/main.js
/** Runs the command line. Resolves to the exit code. */
async function main(words) {
	const program = new Command("lookback").description("Full packet capture with look-back: what happened, and the exact packets.");
	for (const [flags, help] of GLOBAL_FLAGS) program.option(flags, help);
	program.option(...SET_FLAG, gather);
	if (words.some((word) => word === "--version" || word === "-V")) {
		const { lookbackVersion } = await import("./version-tsfkVl6s.js");
		program.version(lookbackVersion());
	} else program.option("-V, --version", "print the version");
	program.addHelpText("after", "\nlookback COMMAND --help shows the options of a command, and an example.\nExit codes and configuration: docs/operations.md.");
	program.configureHelp({ subcommandTerm: (command) => [command.name(), command.usage().replace(/\[options\] ?|\[command\]/g, "")].join(" ").trim() });
	program.exitOverride().enablePositionalOptions().showSuggestionAfterError();
	let exitCode = EXIT.ok;
	const declare = (parent, commands, heading = null) => {
		for (const command of commands) {
			const added = parent.command(command.operands === void 0 ? command.name : `${command.name} ${command.operands}`).description(command.summary);
			added.exitOverride().copyInheritedSettings(program);
			if (heading !== null) added.helpGroup(heading);
			for (const [flags, help] of command.options ?? []) added.option(flags, help);
			if (command.connects === true) for (const [flags, help] of REMOTE_FLAGS) added.option(flags, help);
			for (const [flags, help] of GLOBAL_FLAGS) added.option(flags, help);
			added.option(...SET_FLAG, gather);
			const examples = examplesOf(command);
			if (examples.length > 0) added.addHelpText("after", `\nExample${examples.length > 1 ? "s" : ""}:\n${examples.map(([line, what]) => `  ${line}\n      ${what}`).join("\n")}`);
			if (command.commands) declare(added, command.commands);
			const { load } = command;
			if (!load) continue;
			added.action(async () => {
				const options = {
					...program.opts(),
					...added.opts()
				};
				exitCode = await (await load()).run(contextOf(added.processedArgs, options, COMMANDS));
			});
		}
	};
	for (const { heading, commands } of COMMAND_GROUPS) declare(program, commands, heading);
	try {
		await program.parseAsync([...words], { from: "user" });
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
		throw error;
	}
	return exitCode;
}
/** Gathers an option that may be repeated. */
function gather(value, before) {
	return [...before ?? [], value];
}
process.stdout.on("error", (error) => {
	if (error.code === "EPIPE") process.exit(EXIT.ok);
});
process.env.NODE_ENV ??= "production";
try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`${printError(error)}\n`);
	process.exitCode = exitCodeOf(error);
}

export {  };