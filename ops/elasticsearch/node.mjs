#!/usr/bin/env node
// A real Elasticsearch or OpenSearch node on this machine, of the jars that pom.xml names:
//   npm run elasticsearch -- [--product elasticsearch|opensearch] [--port 9200] [--data DIR]
// Tests start it by `startNode`. It needs a JDK of version 17 or later, and Maven the first time.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The Java class of each product's node. */
const CLASSES = { elasticsearch: "ElasticsearchNode", opensearch: "OpenSearchNode" };
const OLDEST_JAVA = 17;
const HEAP = "512m";
/** Milliseconds until a node must answer. */
const START_MS = 120_000;
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/** Why no node can be started on this host; one line with the way out. */
export class NodeUnavailable extends Error {
  name = "NodeUnavailable";
}

function outputOf(command, words) {
  const result = spawnSync(command, words, { encoding: "utf8", cwd: here });
  return result.error || result.status !== 0 ? null : `${result.stdout}${result.stderr}`;
}

function checkJava() {
  const version = /version "(\d+)/.exec(outputOf("java", ["-version"]) ?? "")?.[1];
  if (version === undefined || Number(version) < OLDEST_JAVA) {
    throw new NodeUnavailable(`a search node needs a JDK of version ${OLDEST_JAVA} or later (found: ${version ?? "none"}); install openjdk-${OLDEST_JAVA}-jdk-headless`);
  }
}

/** The names and checksums of jars.sha256 for a product. */
function wantedJars(product) {
  const lines = readFileSync(join(here, "jars.sha256"), "utf8").trim().split("\n").map((line) => line.split(/\s+/));
  return new Map(lines.filter(([, path]) => path.startsWith(`${product}/`)).map(([sum, path]) => [path.slice(product.length + 1), sum]));
}

function sumOf(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** The directory of a product's jars, fetched by Maven when they are not there, each with the checksum that jars.sha256 lists. */
export function jarsOf(product) {
  const directory = join(here, "jars", product);
  const wanted = wantedJars(product);
  const missing = () => [...wanted.keys()].filter((name) => !existsSync(join(directory, name)));
  if (missing().length > 0) {
    if (outputOf("mvn", ["-v"]) === null) throw new NodeUnavailable(`the jars of ${product} are not in ${directory} and Maven, which fetches them, is not installed; install maven`);
    process.stderr.write(`${product}: fetching ${missing().length} jars\n`);
    const fetched = spawnSync("mvn", ["-B", "-q", "-f", join(here, "pom.xml"), "-P", product, COPY, `-DoutputDirectory=${directory}`], { stdio: ["ignore", 2, 2] });
    if (fetched.status !== 0 || missing().length > 0) throw new NodeUnavailable(`Maven could not fetch the jars of ${product}`);
  }
  for (const name of readdirSync(directory)) {
    if (wanted.get(name) !== sumOf(join(directory, name))) throw new NodeUnavailable(`${join(directory, name)} has not the checksum that jars.sha256 lists; delete it and start again`);
  }
  return directory;
}

/** Waits until a file is there; null when the time or the process is over first. */
async function appeared(directory, name, ended) {
  let watcher;
  let timer;
  try {
    return await Promise.race([
      new Promise((found) => {
        watcher = watch(directory, () => { if (existsSync(join(directory, name))) found(true); });
        if (existsSync(join(directory, name))) found(true);
      }),
      ended.then(() => null),
      new Promise((late) => { timer = setTimeout(() => late(null), START_MS); }),
    ]);
  } finally {
    watcher?.close();
    clearTimeout(timer);
  }
}

/**
 * Starts a node and waits until it answers. `directory` holds its data (by default a temporary one that `stop` removes),
 * `port` 0 takes a free one, `settings` are `name=value`. Throws NodeUnavailable when Java or the jars cannot be had.
 */
export async function startNode({ product = "elasticsearch", directory = null, port = 0, settings = [] } = {}) {
  checkJava();
  const jars = jarsOf(product);
  const home = directory ?? mkdtempSync(join(tmpdir(), `lookback-${product}-`));
  mkdirSync(join(home, "config"), { recursive: true });
  rmSync(join(home, "port"), { force: true });
  const name = CLASSES[product];
  // The serial collector and the first compiler only: a node for one person starts sooner and takes less of the machine.
  const words = [`-Xmx${HEAP}`, `-Xms${HEAP}`, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.disable.jmx=true", `-Djava.io.tmpdir=${home}`, "-cp", `${jars}/*`];
  const child = spawn("java", [...words, join(here, `${name}.java`), home, String(port), join(home, "port"), ...settings], { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  const keep = (text) => { output = `${output}${text}`.slice(-4000); };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.stdin.on("error", () => {});
  const ended = new Promise((done) => { child.once("close", done); });
  const remove = () => { if (directory === null) rmSync(home, { recursive: true, force: true }); };
  if ((await appeared(home, "port", ended)) === null) {
    child.kill("SIGKILL");
    await ended;
    remove();
    throw new Error(`the ${product} node did not start:\n${output}`);
  }
  return {
    product, pid: child.pid, directory: home, url: `http://127.0.0.1:${readFileSync(join(home, "port"), "utf8")}`, ended,
    /** kill -9, without a word; the directory stays. */
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      remove();
    },
  };
}

function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const product = option("product", "elasticsearch");
  if (!(product in CLASSES)) {
    process.stderr.write(`--product ${product}: allowed: ${Object.keys(CLASSES).join(", ")}\n`);
    process.exit(2);
  }
  try {
    const directory = resolve(option("data", join(here, "../../data", product)));
    const node = await startNode({ product, directory, port: Number(option("port", "9200")) });
    process.stdout.write(`${product} answers at ${node.url}; its data is in ${node.directory}\n`);
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void node.stop());
    await node.ended;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
