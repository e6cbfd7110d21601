/** Options that every command takes, before its name or behind it. */
export const GLOBAL_FLAGS: readonly (readonly [string, string])[] = [
  ["--config <file>", "config.ini to read (default: ./config.ini when there is one)"],
  ["--node <name>", "name of this sensor (default: host name)"],
  ["--data <directory>", "data directory (setting dataDir)"],
];

/** The one of them that may be repeated. */
export const SET_FLAG: readonly [string, string] = ["--set <key=value>", "setting that wins over config.ini; may be repeated"];

/** Options of commands that connect. */
export const REMOTE_FLAGS: readonly (readonly [string, string])[] = [
  ["--url <url>", "ask this service instead of the data directory (LOOKBACK_URL)"],
  ["--token <token>", "bearer token for it; better in LOOKBACK_TOKEN, where no list of processes shows it"],
  ["--ca <file>", "PEM file of the authority that signed its certificate"],
];

/** Of commands that print. */
export const JSON_LINES: readonly [string, string] = ["--json", "print JSON, for programs"];
/** Of commands that print times. */
export const UTC: readonly [string, string] = ["--utc", "print times in UTC instead of local time"];
