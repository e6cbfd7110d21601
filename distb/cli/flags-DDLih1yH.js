// dist/cli/flags.js
/** Options that every command takes, before its name or behind it. */
const GLOBAL_FLAGS = [
	["--config <file>", "config.ini to read (default: ./config.ini when there is one)"],
	["--node <name>", "name of this sensor (default: host name)"],
	["--data <directory>", "data directory (setting dataDir)"]
];
/** The one of them that may be repeated. */
const SET_FLAG = ["--set <key=value>", "setting that wins over config.ini; may be repeated"];
/** Options of commands that connect. */
const REMOTE_FLAGS = [
	["--url <url>", "ask this service instead of the data directory (LOOKBACK_URL)"],
	["--token <token>", "bearer token for it; better in LOOKBACK_TOKEN, where no list of processes shows it"],
	["--ca <file>", "PEM file of the authority that signed its certificate"]
];
/** Of commands that print. */
const JSON_LINES = ["--json", "print JSON, for programs"];
/** Of commands that print times. */
const UTC = ["--utc", "print times in UTC instead of local time"];

export { UTC as a, SET_FLAG as i, JSON_LINES as n, REMOTE_FLAGS as r, GLOBAL_FLAGS as t };