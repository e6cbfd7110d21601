import type { Command } from "../command.js";
import { JSON_LINES, UTC } from "../flags.js";
import { TIME_OPTIONS } from "../time-options.js";

const PASSWORD_STDIN: readonly [string, string] = ["--password-stdin", "take the password from the first line of standard input; without it one is made and printed"];
const LIMIT_OPTIONS: readonly (readonly [string, string])[] = [
  ["--role <role>", "viewer, analyst, operator or administrator"],
  ["--expression <expression>", "forced expression: the user sees only sessions that match it; empty for none"],
  ["--hide-fields <names>", "fields that the user may not see, separated by commas; empty for none"],
  ["--time-limit <hours>", "how far back the user may look; 0 for no limit"],
  ["--right <name=value...>", "packetSearch, emailSearch, disablePcapDownload, hideStats, hideFiles, hidePcap: true or false"],
  ["--login <way>", "how the user logs in: password, oidc or header"],
];
const ROLE_WORDS = { "--role": ["viewer", "analyst", "operator", "administrator"], "--login": ["password", "oidc", "header"] } as const;

/** Commands for whoever runs an installation: people, configuration, host. */
export const HOST_COMMANDS: readonly Command[] = [
  {
    name: "setup", summary: "ask what an installation needs to know, and write a commented config.ini",
    options: [
      ["--yes", "ask nothing: take the options, and defaults for the rest"],
      ["--interface <names>", "interfaces to capture from, separated by ; (default with --yes: none)"],
      ["--store-url <url>", "Elasticsearch or OpenSearch to index into (default: the built-in index)"],
      ["--host <address>", "address to serve on (default 127.0.0.1)"],
      ["--port <number>", "port to serve on (default 8005)"],
      ["--free-space <amount>", "free space to keep, percent or GiB (default 5%)"],
      ["--password-stdin", "take the password of admin from standard input"],
      ["--force", "replace a configuration that is there, keeping it beside the new one: .old, .old.2, …"],
      JSON_LINES,
    ],
    examples: [
      ["lookback setup", "ask, and write ./config.ini"],
      ["pass show lookback | lookback setup --yes --interface eth1 --data /srv/lookback --password-stdin --config /etc/lookback/config.ini", "without a question"],
    ],
    load: () => import("../commands/setup.js"),
  },
  {
    name: "config", summary: "look at the configuration",
    commands: [
      {
        name: "check", summary: "say what is wrong with the configuration, and print what it comes to",
        options: [["--all", "list keys of Arkime that have no effect, too"], JSON_LINES],
        examples: [["lookback config check --config /opt/arkime/etc/config.ini --all", "how Lookback understands a file of Arkime"]],
        load: () => import("../commands/config-check.js"),
      },
      {
        name: "explain", summary: "say what a setting means, what it is here, and which line decided it", operands: "<key>",
        options: [JSON_LINES],
        examples: [["lookback config explain freeSpaceG", "meaning, range, default, value, and where it is written"]],
        completes: { operand: "setting" },
        load: () => import("../commands/config-explain.js"),
      },
    ],
  },
  {
    name: "doctor", summary: "look at everything that Lookback needs of this host, and say what to do about it", operands: "[checks...]",
    options: [["--fix", "do what is safe about it: scripts of ops/, as root"], JSON_LINES],
    examples: [["sudo lookback doctor --fix", "all checks, and set the interfaces up for capturing"], ["lookback doctor", "all checks"], ["lookback doctor port 'free space'", "two of them"]],
    load: () => import("../commands/doctor.js"),
  },
  {
    name: "user", summary: "look after users: roles, rights, passwords and tokens",
    commands: [
      {
        name: "list", summary: "print the users", connects: true, options: [UTC, JSON_LINES],
        examples: [["lookback user list", "who may log in, and what narrows each"]],
        load: async () => ({ run: (await import("../commands/user.js")).list }),
      },
      {
        name: "add", summary: "add a user", operands: "<name>", connects: true, options: [...LIMIT_OPTIONS, PASSWORD_STDIN, JSON_LINES],
        examples: [
          ["lookback user add ana --role analyst", "print the password that was made"],
          ["lookback user add guest --expression 'ip == 10.2.0.0/16' --time-limit 72", "sees one network, three days back"],
        ],
        completes: ROLE_WORDS,
        load: async () => ({ run: (await import("../commands/user.js")).add }),
      },
      {
        name: "set", summary: "change role, rights or limits of a user", operands: "<name>", connects: true, options: [...LIMIT_OPTIONS, JSON_LINES],
        examples: [["lookback user set ana --right disablePcapDownload=true", "take the right to export away"]],
        completes: ROLE_WORDS,
        load: async () => ({ run: (await import("../commands/user.js")).set }),
      },
      {
        name: "password", summary: "give a user a new password; ends all logins and tokens", operands: "<name>", connects: true, options: [PASSWORD_STDIN, JSON_LINES],
        examples: [["lookback user password admin", "print a new password for a lost one"]],
        load: async () => ({ run: (await import("../commands/user.js")).password }),
      },
      {
        name: "disable", summary: "let a user log in no more; ends all logins and tokens", operands: "<name>", connects: true, options: [JSON_LINES],
        examples: [["lookback user disable ana", "end everything of ana at once"]],
        load: async () => ({ run: (await import("../commands/user.js")).disable }),
      },
      {
        name: "enable", summary: "let a user log in again", operands: "<name>", connects: true, options: [JSON_LINES],
        examples: [["lookback user enable ana", "let ana log in again"]],
        load: async () => ({ run: (await import("../commands/user.js")).enable }),
      },
      {
        name: "token", summary: "make a bearer token for a user, list the user's tokens, or end one", operands: "<name> [token]", connects: true,
        options: [
          ["--scopes <names>", "read, tag, export, operate, admin, separated by commas (default read)"],
          ["--days <n>", "days until it ends, 1 to 366 (default 90)"],
          ["--revoke", "end the token"], UTC, JSON_LINES,
        ],
        examples: [
          ["lookback user token ana nightly --scopes read,export", "print a token for a script"],
          ["lookback user token ana nightly --revoke", "end it"],
        ],
        load: async () => ({ run: (await import("../commands/user.js")).token }),
      },
    ],
  },
  {
    name: "audit", summary: "print the audit log, newest first: who did what, when and from where", operands: "[text]", connects: true,
    options: [
      ["--user <name>", "only of this user"],
      ["--action <name>", "only this action, or those that begin with it: session, export, login, …"],
      ["--outcome <code>", "only with this outcome: ok, or an error code"],
      ["--address <address>", "only from this address"],
      ["--limit <n>", "entries to print, 1 to 1000000 (default 100)"],
      ...TIME_OPTIONS, UTC, JSON_LINES,
    ],
    examples: [["lookback audit --action login --outcome LOGIN_FAILED --last 24h", "failed logins of the last day"]],
    load: () => import("../commands/audit.js"),
  },
  {
    name: "migrate", summary: "look at the steps of the catalogue's schema, or apply those that wait",
    commands: [
      {
        name: "status", summary: "which steps were applied, and when", options: [JSON_LINES],
        examples: [["lookback migrate status", "a line per step"]],
        load: async () => ({ run: (await import("../commands/migrate.js")).status }),
      },
      {
        name: "plan", summary: "what `up` would do now; changes nothing", options: [JSON_LINES],
        examples: [["lookback migrate plan", "before an upgrade"]],
        load: async () => ({ run: (await import("../commands/migrate.js")).plan }),
      },
      {
        name: "up", summary: "copy the catalogue, then apply the steps that wait, as the next start would; nothing may serve or capture meanwhile",
        options: [["--no-backup", "make no copy before"], JSON_LINES],
        examples: [["lookback migrate up", "apply what `lookback migrate plan` shows"]],
        load: async () => ({ run: (await import("../commands/migrate.js")).up }),
      },
    ],
  },
  {
    name: "completion", summary: "print a completion script for a shell", operands: "<shell>",
    examples: [
      ["source <(lookback completion bash)", "in this bash; into ~/.bashrc for every one"],
      ["lookback completion zsh > ~/.zfunc/_lookback", "zsh, with ~/.zfunc in fpath"],
      ["lookback completion fish > ~/.config/fish/completions/lookback.fish", "fish"],
    ],
    completes: { operand: ["bash", "zsh", "fish"] },
    load: () => import("../commands/completion.js"),
  },
];
