#!/usr/bin/env node
// `npm run bench`: every target of speed and size beside its figure.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { capturing } from "./capturing.mjs";
import { clients } from "./clients.mjs";
import { exports } from "./exports.mjs";
import { measure, median, peakMemory, segments, settled } from "./measure.mjs";
import { questions, time } from "./queries.mjs";
import { accessCost } from "./access.mjs";
import { retentionPlan } from "./retention.mjs";
import { shipping } from "./shipping.mjs";
import { writing } from "./writing.mjs";
import { startServer } from "./server.mjs";

const MAIN = "dist/bundle/main.js";
const GENERATOR = "native/target/release/lookback-traffic";
/** Bytes that the flow mix needs for a session. */
const BYTES_PER_SESSION = 6_500;

const { values: options } = parseArgs({ options: {
  sessions: { type: "string", default: "1000000" },
  bulk: { type: "string", default: "500M" },
  link: { type: "string", default: "650M" },
  rounds: { type: "string", default: "3" },
  store: { type: "string", default: "5000000000" },
  only: { type: "string" },
  minutes: { type: "string", default: "10" },
  work: { type: "string" },
} });
const sessions = Number(options.sessions);
const rounds = Number(options.rounds);
const minutes = Number(options.minutes);
if (!Number.isSafeInteger(sessions) || sessions < 1000 || !Number.isSafeInteger(rounds) || rounds < 1 || !(minutes > 0)) {
  throw new Error("--sessions takes a whole number from 1000, --rounds one from 1, --minutes a number above 0");
}

const work = options.work === undefined ? mkdtempSync(join(tmpdir(), "lookback-bench-")) : resolve(options.work);
mkdirSync(work, { recursive: true });
const targets = [];

function note(line) {
  process.stdout.write(`${line}\n`);
}

/** One line of the report; `limit` is the highest figure that meets the target. */
function report(name, figure, limit, unit) {
  targets.push({ target: name, figure: `${figure.toFixed(figure < 10 ? 2 : 1)} ${unit}`, limit: `≤ ${limit} ${unit}`, met: figure <= limit ? "yes" : "NO" });
}

async function capture(name, mix, size) {
  const file = join(work, `${name}.pcap`);
  if (!existsSync(file)) {
    const { output } = await measure(GENERATOR, ["--mix", mix, "--size", size, "--out", file]);
    note(output.trim());
  }
  return file;
}

/** Imports `files` in place into an empty data directory, under further `settings` (`key=value`). */
async function importInto(data, files, ...settings) {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  return measure(process.execPath, [MAIN, "--data", data, ...settings.flatMap((setting) => ["--set", setting]), "import", ...[files].flat()]);
}

/**
 * CPU seconds of importing as a multiple of `md5sum`'s, with and without hashes of bodies, and the time that two workers need
 * of one's; one after the other so that all meet the same machine.
 */
async function beside(name, into, files) {
  const [ratios, unhashed, shared] = [[], [], []];
  let memory = 0;
  for (let round = 0; round < rounds; round++) {
    const sum = await measure("md5sum", [files].flat());
    const own = await importInto(into, files);
    const plain = await importInto(into, files, "bodyMd5=false");
    const two = await importInto(into, files, "packetThreads=2");
    memory = Math.max(memory, own.memory);
    ratios.push(own.cpu / sum.cpu);
    unhashed.push(plain.cpu / sum.cpu);
    shared.push(two.wall / own.wall);
    note(`${name}: import ${own.cpu.toFixed(2)} s CPU, ${own.wall.toFixed(2)} s; without hashes ${plain.cpu.toFixed(2)} s CPU; two workers ${two.wall.toFixed(2)} s; md5sum ${sum.cpu.toFixed(2)} s CPU`);
  }
  report(`import, ${name}, CPU of md5sum`, median(ratios), 1.5, "×");
  report(`import, ${name}, CPU of md5sum, in the end`, median(ratios), 1, "×");
  report(`import, ${name}, without hashes, CPU of md5sum`, median(unhashed), 0.6, "×");
  report(`import, ${name}, two workers, time of one`, median(shared), 0.6, "×");
  report(`import, ${name}, memory`, memory / 1e6, 500, "MB");
}

/** The same traffic in four captures, as who captures writes it: the time that two workers need of one's, each with its own captures. */
async function sideBySide(name, mix, size) {
  const bytes = Number.parseFloat(size) * { K: 1e3, M: 1e6, G: 1e9 }[size.at(-1)] / 4;
  const files = [];
  for (const seed of [1, 2, 3, 4]) {
    const file = join(work, `${name}-${size}-${seed}.pcap`);
    if (!existsSync(file)) await measure(GENERATOR, ["--mix", mix, "--size", String(bytes), "--seed", String(seed), "--out", file]);
    files.push(file);
  }
  const [shared, into] = [[], join(work, "side-by-side")];
  let memory = 0;
  for (let round = 0; round < rounds; round++) {
    const own = await importInto(into, files);
    const two = await importInto(into, files, "packetThreads=2");
    memory = Math.max(memory, two.memory);
    shared.push(two.wall / own.wall);
    note(`${name}, four captures: import ${own.cpu.toFixed(2)} s CPU, ${own.wall.toFixed(2)} s; two workers ${two.cpu.toFixed(2)} s CPU, ${two.wall.toFixed(2)} s`);
  }
  report(`import, ${name}, four captures, two workers, time of one`, median(shared), 0.6, "×");
  report(`import, ${name}, four captures, two workers, memory`, memory / 1e6, 500, "MB");
}

async function serve(data, work) {
  const server = await startServer([MAIN, "--set", "viewPort=0", "--data", data, "serve"], data);
  try {
    await settled(data);
    return await work(server);
  } finally {
    await server.stop();
  }
}

const [address, host] = ["10.20.1.40", "shop1"];

/**
 * Imports of downloads, of what a busy link carries, and of short conversations alone, which have nine times as many sessions for
 * the same bytes.
 */
async function importing() {
  const bulk = await capture(`bulk-${options.bulk}`, "bulk", options.bulk);
  const link = await capture(`link-${options.link}`, "link", options.link);
  const flow = await capture("flow-small", "flow", String((sessions / 10) * BYTES_PER_SESSION));
  await beside("bulk-heavy", join(work, "bulk"), bulk);
  await beside("flow-heavy", join(work, "link"), link);
  await sideBySide("bulk-heavy", "bulk", options.bulk);
  await sideBySide("flow-heavy", "link", options.link);
  await beside("short flows alone", data.small, flow);
}

/** Where stores of a tenth of the sessions and of all of them lie. */
const data = { small: join(work, "small"), large: join(work, "large") };

/** Memory of an import of all sessions, and the questions about them beside a tenth of them. */
async function querying() {
  const small = await importInto(data.small, await capture("flow-small", "flow", String((sessions / 10) * BYTES_PER_SESSION)));
  const large = await capture("flow-large", "flow", String(sessions * BYTES_PER_SESSION));
  const two = await importInto(data.large, large, "packetThreads=2");
  const own = await importInto(data.large, large);
  const gigabytes = statSync(large).size / 1e9;
  report(`import, ${gigabytes.toFixed(1)} GB, memory`, own.memory / 1e6, 500, "MB");
  report(`import, ${gigabytes.toFixed(1)} GB, two workers, time of one`, two.wall / own.wall, 0.6, "×");
  report("import, ten times the file, memory", own.memory / small.memory, 1.3, "×");

  const few = await serve(data.small, (server) => time(server, data.small, questions(address, host)));
  const many = await serve(data.large, async (server) => {
    const { aggregate } = await server.ask("{ aggregate { count } }");
    const index = segments(data.large);
    note(`${aggregate.count} sessions in ${index.count} segments, ${index.bytes} bytes`);
    report("index, bytes a session", index.bytes / Number(aggregate.count), 350, "B");
    const times = await time(server, data.large, questions(address, host));
    note(`server: ${(peakMemory(server.pid) / 1e6).toFixed(0)} MB at most`);
    return times;
  });
  for (const [at, { name, graphql, sql }] of many.entries()) {
    note(`${name}: GraphQL ${graphql.toFixed(1)} ms, SQL by hand ${sql.toFixed(1)} ms (${(graphql / sql).toFixed(1)} ×); a tenth of the rows ${few[at].graphql.toFixed(1)} ms`);
    report(`${name}, p50`, graphql, 50, "ms");
    report(`${name}, ten times the rows`, graphql / few[at].graphql, 3, "×");
  }
  const [page] = many;
  report("newest page, beyond SQL by hand", page.graphql - page.sql, 10, "ms");
}

/** Importing, queries, and what is small. */
async function all() {
  await importing();
  await querying();
  const helps = [];
  for (let round = 0; round < 10; round++) helps.push((await measure(process.execPath, [MAIN, "--help"])).wall * 1_000);
  report("lookback --help, p50", median(helps), 150, "ms");
  const access = await accessCost(work, 20_000);
  report("authorisation and audit of a query, p50", access.p50, 1, "ms");
  note(`authorisation and audit: ${access.p99.toFixed(1)} ms for one in a hundred, which writes the log`);
  report("retention plan, a million files, CPU", await retentionPlan(MAIN, work, 1_000_000, rounds), 1, "s");

  const start = () => startServer(["ops/start.mjs", "--data", data.small, "--set", "viewPort=0", "--no-capture"], data.small);
  // The first builds what changed; the second is warm.
  await (await start()).stop();
  const warm = await start();
  await warm.stop();
  report("npm start, warm, first answer", warm.firstAnswer, 3, "s");
}

/** Packet files beside `dd` with the same flags. */
async function writtenBesideDd() {
  const rates = await writing(work, rounds);
  if (rates === null) return note("writing: too little free space to measure");
  const mib = (rate) => `${Math.round(rate / 2 ** 20)} MiB/s`;
  note(`writing: dd conv=fdatasync ${mib(rates.buffered)}, packet files ${mib(rates.ours)}, dd oflag=direct ${rates.direct === null ? "not possible here" : mib(rates.direct)}`);
  // 90 % of dd's rate is 1.11 of its time.
  report("writing packet files / dd with the same flags, time", rates.buffered / rates.ours, 1.11, "×");
}

/** Many clients on a store of a tenth of the sessions. */
async function manyClients() {
  const file = await capture("flow-small", "flow", String((sessions / 10) * BYTES_PER_SESSION));
  const data = join(work, "clients");
  await importInto(data, file);
  await serve(data, (server) => clients({ server, minutes, report, note }));
}

try {
  note(`${cpus().length} CPUs, load ${loadavg().map((load) => load.toFixed(1)).join(" ")}, work in ${work}`);
  if (options.only !== undefined && !["importing", "querying", "exports", "shipping", "clients", "writing", "capturing"].includes(options.only)) throw new Error("--only takes importing, querying, exports, shipping, clients, writing or capturing");
  await measure("cargo", ["build", "--release", "--manifest-path", "native/Cargo.toml", "-p", "lookback-traffic", "-p", "lookback-capture", "--bins"]);
  await measure("cargo", ["build", "--release", "--manifest-path", "native/Cargo.toml", "-p", "lookback-pcapfile", "--example", "write_rate"]);
  await measure("cargo", ["build", "--release", "--manifest-path", "native/Cargo.toml", "-p", "lookback-engine", "--example", "open_flows"]);
  const asked = (part) => options.only === undefined || options.only === part;
  if (options.only === undefined) await all();
  if (options.only === "importing") await importing();
  if (options.only === "querying") await querying();
  if (asked("capturing")) await capturing({ work, main: MAIN, report, note });
  if (asked("clients")) await manyClients();
  if (asked("writing")) await writtenBesideDd();
  if (asked("shipping")) await shipping(work, await capture("flow-shipped", "flow", String((sessions / 10) * BYTES_PER_SESSION)), report, note);
  if (asked("exports")) await exports({ work, bytes: Number(options.store), main: MAIN, generator: GENERATOR, note, report });
  console.table(targets);
} finally {
  if (options.work === undefined) rmSync(work, { recursive: true, force: true });
}
