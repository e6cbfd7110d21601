// The highest rate at which `lookback capture` loses nothing, beside `tcpdump -w` and netsniff-ng: on one pair of interfaces,
// to one disk, with one sender on one core.
import { DuckDBInstance } from "@duckdb/node-api";
import Database from "better-sqlite3";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { measure } from "./measure.mjs";

const SENDER = "native/target/release/lookback-send";
const GENERATOR = "native/target/release/lookback-traffic";
const INTERLEAVE = "test/support/interleave-captures.mjs";
/** Short conversations and downloads of such sizes are packets of 700 bytes on average; all is sent once, so that every session is a new one. */
const MIX = [["flow", "840M"], ["bulk", "660M"]];
/** Free bytes without which nothing is begun: what is sent, the parts it is made of, and what one receiver writes of it. */
const ROOM = 6e9;
/** IPv6 segments of the generator are longer than Ethernet's usual 1500 bytes; frames of netsniff-ng's ring end at 2048. */
const MTU = 1600;
/** The kernel's buffer for each receiver, MiB: the usual `ringMiB`. */
const RING_MIB = 64;
/** The rate at which a search begins, Mbit/s. */
const FIRST_RATE = 1000;
/** A search ends where a rate with losses is at most so many times one without. */
const CLOSE = 1.1;
/** Trials with losses after which a rate counts as too high, and slow ones after which no more can be sent: one may be another program's fault. */
const CHANCES = 2;
/** A sender that reaches less than this share of the rate that was asked for can send no faster. */
const REACHED = 0.95;
/** Files that did not grow for so long have all that will come, ms: tcpdump leaves packets in its ring for up to a second. */
const STILL_MS = 1500;
/** Longest that a receiver may need to begin, to catch up, and to end, ms. */
const PATIENCE_MS = 60_000;

const CLASSIC = { file: 24, record: 16 };

/** Packet files of a directory, with their directories. */
function captures(directory) {
  return readdirSync(directory, { recursive: true }).filter((name) => name.endsWith(".pcap")).map((name) => join(directory, name));
}

function bytesOf(files) {
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function pause(ms) {
  return new Promise((over) => { setTimeout(over, ms); });
}

/** A number that `pattern` finds in what a program said; NaN without it. */
function said(output, pattern) {
  return Number(pattern.exec(output)?.[1] ?? Number.NaN);
}

/** Packets that a data directory received, lost, and tells of in its sessions, by its catalogue and segments. */
async function accountOf(data) {
  const catalogue = new Database(join(data, "catalogue.sqlite"), { readonly: true });
  const ledger = catalogue.prepare(
    "SELECT coalesce(sum(received), 0) AS received, coalesce(sum(lost_to_kernel + lost_to_interface + lost_to_queue + lost_to_disk), 0) AS lost FROM capture_ledger",
  ).get();
  const segments = catalogue.prepare("SELECT path FROM segments WHERE live = 1").all().map(({ path }) => `'${join(data, "sessions", path).replaceAll("'", "''")}'`);
  catalogue.close();
  if (segments.length === 0) return { ...ledger, indexed: 0, sessions: 0 };
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const [[indexed, sessions]] = (await connection.runAndReadAll(
    `SELECT sum(packets), count(*) FROM (SELECT "network.packets" AS packets FROM read_parquet([${segments.join(", ")}], union_by_name = true)
     QUALIFY row_number() OVER (PARTITION BY id ORDER BY "rowVersion" DESC) = 1)`)).getRows();
  connection.closeSync();
  return { ...ledger, indexed: Number(indexed), sessions: Number(sessions) };
}

/**
 * Programs that write packets to `directory`: their command, what they say once they listen, the signal that ends them, and
 * how many packets they account for and lost, by what they said.
 */
const RECEIVERS = [
  {
    name: "tcpdump -w", program: "tcpdump", begun: /listening on/, signal: "SIGINT",
    // Without -Z it may become a user who cannot write here.
    command: (directory) => ["tcpdump", "-i", "v0", "-n", "-Z", "root", "-s", "0", "-B", String(RING_MIB * 1024), "-w", join(directory, "written.pcap")],
    account: (_, output) => ({ counted: said(output, /(\d+) packets captured/), lost: said(output, /(\d+) packets dropped by kernel/) }),
  },
  {
    name: "netsniff-ng", program: "netsniff-ng", begun: /Running!/, signal: "SIGINT",
    command: (directory) => ["netsniff-ng", "--in", "v0", "--out", join(directory, "written.pcap"), "--silent", "--no-sock-mem", "--ring-size", `${RING_MIB}MiB`],
    account: (_, output) => ({ counted: said(output, /(\d+) +packets passed filter/), lost: said(output, /(\d+) +packets failed filter/) }),
  },
  {
    name: "lookback capture", program: null, begun: /capturing from v0/, signal: "SIGTERM",
    command: (directory, main) => [process.execPath, resolve(main), "capture", "--interface", "v0", "--data", join(directory, "data"), "--set", `ringMiB=${RING_MIB}`],
    async account(directory) {
      const { received, lost, indexed } = await accountOf(join(directory, "data"));
      // Neither is there a packet without its session.
      return { counted: Math.min(received, indexed), lost };
    },
  },
];

function isInstalled(program) {
  if (program === null) return true;
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A network namespace with the interfaces v0 and v1, which is gone as soon as this process is; null where there can be none. */
async function namespace() {
  const script = `sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
    ip link add v0 mtu ${MTU} type veth peer name v1 mtu ${MTU} && ip link set v0 up && ip link set v1 up && echo up && exec cat`;
  const holder = spawn("unshare", ["--net", "sh", "-c", script], { stdio: ["pipe", "pipe", "ignore"] });
  const isUp = await Promise.race([once(holder.stdout, "data").then(() => true), once(holder, "exit").then(() => false, () => false)]);
  return isUp ? { enter: ["nsenter", `--net=/proc/${holder.pid}/ns/net`], leave: () => { holder.stdin.end(); } } : null;
}

/** Starts words of a command; `output` is what it said so far, `ended` is settled once it ended. */
function begin([command, ...words], options = {}) {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const running = { child, output: "", ended: once(child, "close") };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { running.output += data; });
  return running;
}

/** Waits until a receiver says that it listens. */
function listening(running, begun) {
  return new Promise((done, failed) => {
    const late = setTimeout(() => { failed(new Error(`a receiver did not begin:\n${running.output}`)); }, PATIENCE_MS);
    const look = () => {
      if (!begun.test(running.output)) return;
      clearTimeout(late);
      done();
    };
    running.child.stdout.on("data", look);
    running.child.stderr.on("data", look);
    running.ended.then(() => { failed(new Error(`a receiver ended before it began:\n${running.output}`)); }, failed).finally(() => { clearTimeout(late); });
  });
}

/** Waits until the packet files of `directory` grow no more. */
async function caughtUp(directory) {
  const end = Date.now() + PATIENCE_MS;
  let last = -1;
  for (let since = Date.now(); Date.now() < end && Date.now() - since < STILL_MS; await pause(100)) {
    const now = bytesOf(captures(directory));
    if (now !== last) [last, since] = [now, Date.now()];
  }
}

/** Ends a receiver with its signal; one that does not end in time fails the run. */
async function stopped(running, { name, signal }) {
  const { child, ended } = running;
  const late = setTimeout(() => { child.kill("SIGKILL"); }, PATIENCE_MS);
  child.kill(signal);
  await ended;
  clearTimeout(late);
  if (child.signalCode === "SIGKILL") throw new Error(`${name} did not end:\n${running.output}`);
}

/**
 * Sends `file` once at `megabits` (Mbit/s) to a receiver that writes to an empty directory.
 * @returns {Promise<{ rate: number, packets: number, missing: number }>} Mbit/s and packets a second that were sent, and
 *   packets that the receiver does not account for or that its files do not hold
 */
async function trial({ space, receiver, main, work, file, megabits }) {
  const directory = join(work, "rates");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const running = begin([...space.enter, ...receiver.command(directory, main)], { cwd: directory });
  try {
    await listening(running, receiver.begun);
    const sender = begin([...space.enter, "taskset", "--cpu-list", String(cpus().length - 1), SENDER, "v1", file, String(megabits)]);
    const [code] = await sender.ended;
    if (code !== 0) throw new Error(`the sender ended with ${code}: ${sender.output}`);
    const sent = JSON.parse(sender.output);
    await caughtUp(directory);
    await stopped(running, receiver);
    const { counted, lost } = await receiver.account(directory, running.output);
    const files = captures(directory);
    // Nothing is cut, so the length of the files says whether all is in them.
    const isWhole = bytesOf(files) === CLASSIC.file * files.length + CLASSIC.record * sent.packets + sent.bytes;
    if (Number.isNaN(counted + lost)) throw new Error(`${receiver.name} does not say what it lost:\n${running.output}`);
    return { rate: (sent.bytes * 8) / sent.seconds / 1e6, packets: sent.packets / sent.seconds, missing: Math.max(sent.packets - counted, lost, isWhole ? 0 : 1) };
  } finally {
    running.child.kill("SIGKILL");
    await running.ended;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A search for the highest rate without loss: it doubles, or halves, until it has a rate on each side, then goes between them. */
class Search {
  /** The fastest trial without loss, Mbit/s and packets a second; null before there is one. */
  best = null;
  /** The slowest rate with losses, Mbit/s. */
  #tooFast = null;
  /** Trials in which the sender was no faster than before, though it was asked to be. */
  #slow = 0;
  /** Whether no more could be sent, so that the highest rate may be higher. */
  isOpen = false;

  /** The rate to try next, Mbit/s; null at the end. */
  next() {
    if (this.isOpen || (this.best !== null && this.#tooFast !== null && this.#tooFast <= CLOSE * this.best.rate)) return null;
    if (this.#tooFast === null) return this.best === null ? FIRST_RATE : Math.round(2 * this.best.rate);
    return Math.round(this.best === null ? this.#tooFast / 2 : Math.sqrt(this.best.rate * this.#tooFast));
  }

  /** Takes in what a trial at `megabits` found. */
  take(megabits, { rate, packets, missing }) {
    if (missing > 0) {
      this.#tooFast = Math.min(this.#tooFast ?? Number.POSITIVE_INFINITY, rate);
      return;
    }
    // It is asked for more as long as it gets faster.
    if (rate < REACHED * megabits && this.best !== null && rate <= CLOSE * this.best.rate) this.#slow += 1;
    this.isOpen = this.#slow >= CHANCES;
    if (this.best === null || rate > this.best.rate) this.best = { rate, packets };
  }
}

/** Makes the capture that is sent. */
async function made(work) {
  const parts = [];
  for (const [mix, size] of MIX) {
    const part = join(work, `rates-${mix}.pcap`);
    await measure(GENERATOR, ["--mix", mix, "--size", size, "--out", part]);
    parts.push(part);
  }
  const file = join(work, "rates.pcap");
  await measure(process.execPath, [INTERLEAVE, ...parts, file]);
  for (const part of parts) rmSync(part);
  return file;
}

async function search(space, { work, main, note }) {
  const receivers = RECEIVERS.filter(({ program }) => isInstalled(program));
  for (const { name, program } of RECEIVERS) if (!isInstalled(program)) note(`rates: ${name} is not installed: not measured`);
  const file = await made(work);
  try {
    const searches = receivers.map((receiver) => ({ receiver, search: new Search() }));
    // By turns, so that all meet the same machine.
    while (searches.some((one) => one.search.next() !== null)) {
      for (const { receiver, search: one } of searches) {
        const megabits = one.next();
        if (megabits === null) continue;
        let found = { missing: 1 };
        for (let chance = 0; chance < CHANCES && found.missing > 0; chance += 1) {
          found = await trial({ space, receiver, main, work, file, megabits });
          note(`rates: ${receiver.name}, ${found.rate.toFixed(0)} Mbit/s: ${found.missing === 0 ? "all there" : `${found.missing} packets missing`}`);
        }
        one.take(megabits, found);
      }
    }
    return searches.map(({ receiver, search: { best, isOpen } }) => ({ name: receiver.name, ...best, isOpen }));
  } finally {
    rmSync(file, { force: true });
  }
}

/** `report(name, figure, limit, unit)` takes upper limits, `note(line)` the rest. */
export async function rates({ work, main, report, note }) {
  const { bavail, bsize } = statfsSync(work);
  if (bavail * bsize < ROOM) return note("rates: too little free space: not measured");
  const space = await namespace();
  if (space === null) return note("rates: network namespaces are not permitted here: not measured");
  try {
    const found = await search(space, { work, main, note });
    for (const { name, rate, packets, isOpen } of found) note(`highest rate without loss, ${name}: ${rate.toFixed(0)} Mbit/s, ${Math.round(packets)} packets/s${isOpen ? ", or more: no more can be sent here" : ""}`);
    const [other, ours] = ["tcpdump -w", "lookback capture"].map((name) => found.find((one) => one.name === name));
    if (other === undefined) return;
    note(`lookback capture / tcpdump -w: ${(ours.rate / other.rate).toFixed(2)}`);
    // 0.6 of tcpdump's rate is 1.67 of ours.
    report("tcpdump -w / lookback capture, highest rate without loss", other.rate / ours.rate, 1.67, "×");
  } finally {
    space.leave();
  }
}
