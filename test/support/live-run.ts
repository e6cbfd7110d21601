import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { openCatalogue } from "../../src/catalogue/catalogue.js";

export const MAIN = path.resolve("dist/bundle/main.js");

/** A tool of the native workspace: as it is released where that was built, else as `npm test` builds it. */
function tool(name: string): string {
  const released = path.resolve("native/target/release", name);
  return existsSync(released) ? released : path.resolve("native/target/debug", name);
}
export const SENDER = tool("lookback-send");
export const MAKER = tool("lookback-traffic");

/** Why packets cannot be sent from one interface to another here, or null. */
export function liveObstacle(): string | null {
  for (const file of [SENDER, MAKER]) {
    if (!existsSync(file)) return `${path.basename(file)} is not built: (cd native && cargo build --release -p lookback-capture -p lookback-traffic --bins)`;
  }
  try {
    execFileSync("unshare", ["--net", "sh", "-c", "ip link add v0 type veth peer name v1"], { stdio: "ignore" });
    return null;
  } catch {
    return "network namespaces are not permitted";
  }
}

/** Makes a capture of many connections, of about `size` (`300M`). */
export function makeTraffic(file: string, size: string, seed: number): void {
  mkdirSync(path.dirname(file), { recursive: true });
  execFileSync(MAKER, ["--mix", "flow", "--size", size, "--seed", String(seed), "--out", file], { stdio: "ignore" });
}

/** Makes a capture of short connections and of downloads, of about `megabytes` and 700 bytes a packet on average. */
export function makeMixedTraffic(file: string, megabytes: number, seed: number): void {
  const parts = ([["flow", 0.56], ["bulk", 0.44]] as const).map(([mix, share]) => {
    const part = `${file}.${mix}`;
    execFileSync(MAKER, ["--mix", mix, "--size", `${Math.round(megabytes * share)}M`, "--seed", String(seed), "--out", part], { stdio: "ignore" });
    return part;
  });
  execFileSync(process.execPath, [path.resolve("test/support/interleave-captures.mjs"), ...parts, file]);
  for (const part of parts) rmSync(part);
}

/** Runs a script in a network namespace of its own with a pair of interfaces v0 and v1; `capture` in it is the command. */
export function inNamespace(directory: string, script: string, timeoutMs: number): Promise<string> {
  const links = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up";
  const words = `capture() { exec "${process.execPath}" "${MAIN}" capture --interface v0 --data data "$@"; }
    until_line() { for try in $(seq 600); do grep -q "$2" "$1" 2>/dev/null && return 0; sleep 0.05; done; echo "no $2 in $1"; cat "$1"; return 1; }`;
  return new Promise((resolve, reject) => {
    execFile("unshare", ["--net", "sh", "-c", `${links}\n${words}\n${script}`], { cwd: directory, encoding: "utf8", timeout: timeoutMs, killSignal: "SIGKILL" }, (error, output, errors) => {
      if (error === null) resolve(output);
      else reject(new Error(`${error.message}\n${output}\n${errors}`));
    });
  });
}

/** What senders said of themselves, one after the other: frames, their bytes, and the seconds that they sent. */
export function sentOf(output: string): { readonly packets: number; readonly bytes: number; readonly seconds: number } {
  const said = output.split("\n").filter((one) => one.startsWith("{\"packets\"")).map((line) => JSON.parse(line) as { packets: number; bytes: number; seconds: number });
  const sum = (measure: "packets" | "bytes" | "seconds"): number => said.reduce((total, one) => total + one[measure], 0);
  return { packets: sum("packets"), bytes: sum("bytes"), seconds: sum("seconds") };
}

/** The account of a data directory: its ledger, its packet files, and its visible rows. */
export interface DataAccount {
  readonly received: number;
  readonly stored: number;
  readonly lost: number;
  /** Packets in the packet files. */
  readonly filed: number;
  readonly sessions: number;
  /** Packets that the visible rows tell of. */
  readonly indexed: number;
  /** Rows that are not final. */
  readonly open: number;
}

export async function accountOf(data: string): Promise<DataAccount> {
  const catalogue = openCatalogue(data, { nowMs: () => 0 });
  const spans = catalogue.captureLedger.list(0, Number.MAX_SAFE_INTEGER, 1_000_000);
  const segments = catalogue.segments.live().map(({ path: name }) => `'${path.join(data, "sessions", name)}'`);
  const filed = catalogue.files.list().reduce((sum, { packets }) => sum + packets, 0);
  const lost = catalogue.captureLedger.lostIn(null, null);
  catalogue.close();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = segments.length === 0 ? [[0, 0, 0]] : (await connection.runAndReadAll(
    `SELECT count(*), coalesce(sum(packets), 0), coalesce(sum(CASE WHEN final THEN 0 ELSE 1 END), 0) FROM (
       SELECT id, "network.packets" AS packets, "final" AS final FROM read_parquet([${segments.join(", ")}], union_by_name = true)
       QUALIFY row_number() OVER (PARTITION BY id ORDER BY "rowVersion" DESC) = 1)`)).getRowsJson();
  connection.closeSync();
  const [sessions, indexed, open] = (rows[0] ?? []).map(Number);
  return {
    received: spans.reduce((sum, span) => sum + span.received, 0), stored: spans.reduce((sum, span) => sum + span.stored, 0), lost, filed,
    sessions: sessions ?? 0, indexed: indexed ?? 0, open: open ?? 0,
  };
}

/**
 * Captures while `files` are sent one after the other at `mbit` (Mbit/s), each once, and removed so that its packets take its
 * room; ends in order. `seconds` is how long that took; `lagSeconds` the longest that `completeUntil` was behind, until all that
 * was sent was indexed.
 */
export async function captureAtRate(directory: string, files: readonly string[], mbit: number, timeoutMs: number): Promise<{ readonly sent: ReturnType<typeof sentOf>; readonly seconds: number; readonly account: DataAccount; readonly lagSeconds: number }> {
  const output = await inNamespace(directory, [
    // So that every frame that was made can be sent.
    "ip link set v0 mtu 9000; ip link set v1 mtu 9000",
    "capture > capture.log 2>&1 & pid=$!", "until_line capture.log 'capturing from v0' || exit 1",
    `"${process.execPath}" "${path.resolve("test/support/watch-complete-until.mjs")}" data & watch=$!`,
    // A sender begins where its input ends, by when it has read all: the next one reads while another sends, and the link is never idle.
    `ready() { mkfifo "gate$1"; { cat "$2"; rm "$2"; read -r go < "gate$1"; } | "${SENDER}" v1 /dev/stdin ${mbit} & next=$!; }`,
    `ready 0 "${files[0] ?? ""}"`,
    ...files.flatMap((_, at) => {
      const following = files[at + 1];
      return [`echo go > gate${at}; now=$next`, ...(at === 0 ? ["begun=$(date +%s%N)"] : []), ...(following === undefined ? [] : [`ready ${at + 1} "${following}"`]), "wait $now || exit 1"];
    }),
    "echo \"took $(( ($(date +%s%N) - begun) / 1000000 ))\"",
    "kill -TERM $watch; wait $watch",
    "kill -TERM $pid; wait $pid; echo \"code $?\"",
  ].join("\n"), timeoutMs);
  if (!output.includes("code 0")) throw new Error(`${output}\n${readFileSync(path.join(directory, "capture.log"), "utf8")}`);
  const said = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? NaN);
  return { sent: sentOf(output), seconds: said(/^took (.+)$/m) / 1000, account: await accountOf(path.join(directory, "data")), lagSeconds: said(/^lag (.+)$/m) };
}
