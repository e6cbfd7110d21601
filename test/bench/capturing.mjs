// What live capture needs in memory: at rest, and for each open session; what a flood of new sessions costs a packet; and the
// highest rate without loss.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { measure } from "./measure.mjs";
import { rates } from "./rates.mjs";

const OPEN_FLOWS = "native/target/release/examples/open_flows";
/** As many as `maxStreams` allows. */
const OPEN_SESSIONS = 1_500_000;
/** Longest that a capture may need until it says that it captures, in seconds. */
const START_S = 60;

/** Resident bytes in the lines of a smaps file, those of packet rings left out. */
function residentWithoutRings(smaps) {
  let bytes = 0;
  let isRing = false;
  for (const line of smaps.split("\n")) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isRing = line.includes("socket:[");
    else if (!isRing && line.startsWith("Rss:")) bytes += Number(/\d+/.exec(line)?.[0] ?? 0) * 1024;
  }
  return bytes;
}

/** Memory of a capture to which no packet comes, in bytes; null where no network namespace can be made. */
async function atRest(work, main) {
  const directory = join(work, "at-rest");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const script = [
    "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up || exit 9",
    `"${process.execPath}" "${resolve(main)}" capture --interface v0 --data data > log 2>&1 & pid=$!`,
    `for try in $(seq ${START_S * 10}); do grep -q "capturing from v0" log && break; sleep 0.1; done`,
    "sleep 5; cat /proc/$pid/smaps > smaps; for child in $(cat /proc/$pid/task/$pid/children); do cat /proc/$child/smaps >> smaps; done",
    "kill -TERM $pid; wait $pid",
  ].join("\n");
  const code = await new Promise((done) => {
    execFile("unshare", ["--net", "sh", "-c", script], { cwd: directory }, (error) => done(error?.code ?? 0));
  });
  return code === 0 ? residentWithoutRings(readFileSync(join(directory, "smaps"), "utf8")) : null;
}

/** `report(name, figure, limit, unit)` takes upper limits, `note(line)` the rest. */
export async function capturing({ work, main, report, note }) {
  const open = JSON.parse((await measure(OPEN_FLOWS, [String(OPEN_SESSIONS)])).output);
  report("1.5 million open connections, memory of each", open.establishedBytes, 600, "B");
  report("a flood of new sessions, each", open.floodMicroseconds, 10, "µs");
  note(`flood: the longest of a million packets took ${Math.round(open.floodLongestMicroseconds)} µs`);
  const rest = await atRest(work, main);
  if (rest === null) note("memory at rest: network namespaces are not permitted here");
  else report("live capture at rest, memory without rings", rest / 1e6, 150, "MB");
  await rates({ work, main, report, note });
}
