// Shipping to a search cluster beside raw bulk requests of the same documents, on the same node in the same run.
import { readFileSync, rmSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { startNode } from "../../ops/elasticsearch/node.mjs";
import { clusterQueries } from "./cluster.mjs";
import { measure } from "./measure.mjs";

const MAIN = "dist/bundle/main.js";
/** Bytes of a raw bulk request, and how many are on the way at once. */
const BULK_BYTES = 4_000_000;
const BULK_REQUESTS = 2;
const PAGE = 2_000;
/** Clock ticks of a second in /proc. */
const TICKS = 100;

async function ask(url, method, path, body, type = "application/json") {
  const response = await fetch(`${url}${path}`, { method, headers: { "content-type": type }, ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }) });
  const answer = await response.json();
  // A small node's circuit breaker: what was sent comes again.
  if (response.status === 429 && path.startsWith("/_bulk")) {
    await new Promise((over) => { setTimeout(over, 250); });
    return ask(url, method, path, body, type);
  }
  if (!response.ok || answer.errors === true) throw new Error(`${method} ${path}: ${JSON.stringify(answer).slice(0, 500)}`);
  return answer;
}

/** CPU seconds that a process used so far. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Every document of the cluster as bulk requests that are ready to send. */
async function readyMade(url, index) {
  const requests = [];
  let lines = "";
  for (let after = null; ;) {
    const { hits: { hits } } = await ask(url, "POST", "/sessions3-*/_search", { size: PAGE, sort: [{ "lookback.id": "asc" }], ...(after === null ? {} : { search_after: after }) });
    for (const { _id, _source } of hits) {
      lines += `{"create":{"_index":"${index}","_id":"${_id}"}}\n${JSON.stringify(_source)}\n`;
      if (lines.length >= BULK_BYTES) {
        requests.push(lines);
        lines = "";
      }
    }
    if (hits.length < PAGE) break;
    after = hits.at(-1).sort;
  }
  if (lines !== "") requests.push(lines);
  return requests;
}

async function sendAll(url, requests) {
  const rest = [...requests];
  await Promise.all(Array.from({ length: BULK_REQUESTS }, async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await ask(url, "POST", "/_bulk?filter_path=errors,took", next, "application/x-ndjson");
  }));
}

/** Bytes of an index for each of its documents, merged to one segment. */
async function bytesPerSession(url, index) {
  await ask(url, "POST", `/${index}/_forcemerge?max_num_segments=1`);
  await ask(url, "POST", `/${index}/_refresh`);
  const { _all: { primaries: { docs, store } } } = await ask(url, "GET", `/${index}/_stats/docs,store`);
  return { bytes: store.size_in_bytes / docs.count, sessions: docs.count };
}

async function importAndShip(url, data, prefix, file) {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const words = ["--data", data, "--set", "indexStore=elasticsearch", "--set", `elasticsearch=${url}`, "--set", `prefix=${prefix}`];
  await measure(process.execPath, [MAIN, "import", file, ...words]);
  await measure(process.execPath, [MAIN, "ship", "--once", ...words]);
}

/** Imports `file`, ships it, and sends the same documents by hand. `report(name, figure, limit, unit)` takes upper limits. */
export async function shipping(work, file, report, note) {
  const node = await startNode({ product: "elasticsearch" });
  const data = join(work, "shipped");
  try {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    // Once for the node to warm up: a cold one is slower for whoever comes first.
    await importAndShip(node.url, join(work, "warm"), "warm_", file);
    const words = ["--data", data, "--set", "indexStore=elasticsearch", "--set", `elasticsearch=${node.url}`];
    await measure(process.execPath, [MAIN, "import", file, ...words]);
    const { output } = await measure(process.execPath, [MAIN, "ship", "--status", "--json", ...words]);
    const { queue } = JSON.parse(output);
    const before = cpuOf(node.pid);
    const shipped = await measure(process.execPath, [MAIN, "ship", "--once", ...words]);
    const nodeCpu = cpuOf(node.pid) - before;
    await clusterQueries({ main: MAIN, url: node.url, data, words: words.slice(2), address: "10.20.1.40", host: "shop1", report, note });
    const indices = Object.keys(await ask(node.url, "GET", "/sessions3-*/_alias"));
    const like = (await ask(node.url, "GET", `/${indices[0]}`))[indices[0]];
    const { codec, analysis, mapping, refresh_interval } = like.settings.index;
    await ask(node.url, "PUT", "/raw", { mappings: like.mappings, settings: { index: { codec, analysis, mapping, refresh_interval, number_of_shards: "1", number_of_replicas: "0" } } });
    const requests = await readyMade(node.url, "raw");
    await sendAll(node.url, requests.map((lines) => lines.replaceAll('"_index":"raw"', '"_index":"warm"')));
    const startMs = performance.now();
    await sendAll(node.url, requests);
    const rawSeconds = (performance.now() - startMs) / 1000;
    const { bytes, sessions } = await bytesPerSession(node.url, "raw");
    note(`shipping: ${sessions} sessions in ${shipped.wall.toFixed(2)} s, ${shipped.cpu.toFixed(2)} s CPU; the node ${nodeCpu.toFixed(2)} s CPU; raw bulk ${rawSeconds.toFixed(2)} s`);
    note(`index: ${bytes.toFixed(0)} bytes a session in the cluster, ${(queue.bytes / queue.rows).toFixed(0)} in segments`);
    // At least 0.8 times the rate is at most 1.25 times the time.
    report("shipping, time of raw bulk requests", shipped.wall / rawSeconds, 1.25, "×");
    report("shipping, CPU of the node's", shipped.cpu / nodeCpu, 0.15, "×");
    report("shipping, memory", shipped.memory / 1e6, 200, "MB");
  } finally {
    await node.stop();
  }
}
