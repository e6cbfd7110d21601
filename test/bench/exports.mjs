// Exports from a store of several gigabytes, over HTTP as a script asks for them, beside `cat` over the same files.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure, median, settled } from "./measure.mjs";
import { startServer } from "./server.mjs";

/** Captures of the store; each has its own hosts, and all are of the same days, so that they overlap in time. */
const CAPTURES = 5;
/** Sessions of which the first byte is timed; the first few only warm up. */
const ASKED = 24;
const WARM = 3;
const ROUNDS = 3;
const PAGE = 4096;
/** Milliseconds between two looks at a job: looking costs the server time, too. */
const LOOK_MS = 250;
/** The same for a job of one session, which is over soon. */
const SMALL_LOOK_MS = 5;
/** About one session in 64. */
const SPREAD = 'communityId == "1:A*"';

/** Bytes that a process has read so far, from files and sockets alike. */
function bytesRead(pid) {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

function memory(pid, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

/** Runs a job and waits for it; seconds, the job, the bytes that the server read and by how much its memory grew meanwhile. */
async function job(server, expression) {
  const before = { read: bytesRead(server.pid), resident: memory(server.pid, "VmRSS") };
  // The peak counts from here on.
  writeFileSync(`/proc/${server.pid}/clear_refs`, "5");
  const started = performance.now();
  const { createExport: { id } } = await server.ask("mutation ($e: String!) { createExport(expression: $e, timeRange: {}) { id } }", { e: expression });
  let found;
  do {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
    ({ export: found } = await server.ask("query ($id: ID!) { export(id: $id) { state sessions packets bytes missingPackets error { message } } }", { id }));
  } while (found.state === "QUEUED" || found.state === "RUNNING");
  const seconds = (performance.now() - started) / 1000;
  if (found.state !== "DONE") throw new Error(`the export is ${found.state}: ${found.error?.message}`);
  const grown = memory(server.pid, "VmHWM") - before.resident;
  const read = bytesRead(server.pid) - before.read;
  await server.ask("mutation ($id: ID!) { deleteExport(id: $id) { deleted } }", { id });
  return { ...found, sessions: Number(found.sessions), bytes: Number(found.bytes), seconds, grown, read };
}

/** Bytes that the server reads of the index to find what an export would hold. */
async function estimated(server, expression) {
  const before = bytesRead(server.pid);
  await server.ask("query ($e: String!) { exportEstimate(expression: $e) { sessions } }", { e: expression });
  return bytesRead(server.pid) - before;
}

/** Milliseconds from asking for a session's packets to the first of them. */
async function firstByte(server, id) {
  const started = performance.now();
  const response = await server.get(`/api/sessions.pcap?ids=${id}`);
  const reader = response.body.getReader();
  const { value } = await reader.read();
  const elapsed = performance.now() - started;
  if (response.status !== 200 || value === undefined) throw new Error(`HTTP status ${response.status}`);
  await reader.cancel();
  return elapsed;
}

/** Milliseconds from asking for a job of one session to the link to its file. */
async function jobToLink(server, id) {
  const started = performance.now();
  const { createExport } = await server.ask("mutation ($ids: [ID!]!) { createExport(ids: $ids) { id } }", { ids: [id] });
  let found;
  do {
    await new Promise((resolve) => { setTimeout(resolve, SMALL_LOOK_MS); });
    ({ export: found } = await server.ask("query ($id: ID!) { export(id: $id) { state downloadUrl } }", { id: createExport.id }));
  } while (found.state === "QUEUED" || found.state === "RUNNING");
  const elapsed = performance.now() - started;
  if (found.state !== "DONE" || !found.downloadUrl) throw new Error(`the export is ${found.state}`);
  await server.ask("mutation ($id: ID!) { deleteExport(id: $id) { deleted } }", { id: createExport.id });
  return elapsed;
}

/**
 * Makes a store of `bytes` in `work` and measures exports from it. `report(name, figure, limit, unit)` takes figures that
 * must not be above a limit, `note(line)` the rest.
 */
export async function exports({ work, bytes, main, generator, note, report }) {
  const files = [];
  for (let seed = 1; seed <= CAPTURES; seed++) {
    const file = join(work, `export-${seed}.pcap`);
    if (!existsSync(file)) await measure(generator, ["--mix", seed % 2 === 0 ? "bulk" : "flow", "--size", String(Math.floor(bytes / CAPTURES)), "--seed", String(seed), "--out", file]);
    files.push(file);
  }
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const data = join(work, "exports");
  if (!existsSync(data)) await measure(process.execPath, [main, "--data", data, "import", ...files]);
  const server = await startServer([main, "--set", "viewPort=0", "--data", data, "serve"], data);
  try {
    await settled(data);
    const { sessions: { nodes } } = await server.ask(`{ sessions(first: ${ASKED}, expression: "protocols == dns || protocols == http", order: [{ field: "bytes" }]) { nodes { id } } }`);
    const times = [];
    for (const { id } of nodes) times.push(await firstByte(server, id));
    report(`export of one session of ${(size / 1e9).toFixed(1)} GB, first byte`, median(times.slice(WARM)), 100, "ms");
    const links = [];
    for (const { id } of nodes) links.push(await jobToLink(server, id));
    note(`export of one session, from the job to its link: ${median(links.slice(WARM)).toFixed(0)} ms`);

    const copy = join(work, "cat.out");
    const cat = async () => {
      const { wall } = await measure("bash", ["-c", 'out="$1"; shift; cat "$@" > "$out" && sync "$out"', "bash", copy, ...files]);
      rmSync(copy);
      return wall;
    };
    // Once before and once after, so that both meet the same caches and the same machine.
    const before = await cat();
    const all = await job(server, "");
    const after = await cat();
    const share = (all.bytes / all.seconds) / (size / ((before + after) / 2));
    note(`export of everything: ${all.packets} packets, ${(all.bytes / 1e6).toFixed(0)} MB in ${all.seconds.toFixed(1)} s (${(all.bytes / 1e6 / all.seconds).toFixed(0)} MB/s); cat ${before.toFixed(1)} and ${after.toFixed(1)} s; missing ${all.missingPackets}`);
    report("export of everything, time as a multiple of cat's", 1 / share, 1.67, "×");
    report("export of everything, memory", all.grown / 1e6, 100, "MB");

    // The service's own tasks read, too: the round that they disturb least counts. An estimate asks the index the same.
    let spread = await job(server, SPREAD);
    let index = await estimated(server, SPREAD);
    for (let round = 1; round < ROUNDS; round++) {
      const again = await job(server, SPREAD);
      if (again.read < spread.read) spread = again;
      index = Math.min(index, await estimated(server, SPREAD));
    }
    const allowed = 1.5 * spread.bytes + PAGE * spread.sessions;
    note(`export of ${spread.sessions} sessions spread over the store: ${(spread.bytes / 1e6).toFixed(0)} MB in ${spread.seconds.toFixed(1)} s, ${(spread.read / 1e6).toFixed(0)} MB read, ${(index / 1e6).toFixed(0)} MB of them of the index`);
    report("export of spread sessions, packet bytes read of those allowed", (spread.read - index) / allowed, 1, "×");
    report("export of spread sessions, memory", spread.grown / 1e6, 100, "MB");
  } finally {
    await server.stop();
  }
}
