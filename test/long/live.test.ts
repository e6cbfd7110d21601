import { mkdirSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { seeded } from "../support/kill-series.js";
import { accountOf, captureAtRate, inNamespace, liveObstacle, makeMixedTraffic, makeTraffic, SENDER } from "../support/live-run.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("live capture at a rate, and killed", why);
/** Captures of half a gigabyte that are sent, each once: 15 are a minute at 1 Gbit/s. */
const PIECES = Number(process.env["LIVE_PIECES"] ?? 15);
const PIECE_MB = 500;
/** Room for the packets, which are on the disk once, before or after they are sent, and for their index. */
const ROOM = PIECES * 0.8 * 2 ** 30;
const RUNS = Number(process.env["LIVE_KILLS"] ?? 50);

describe.skipIf(why !== null)("live capture", () => {
  it(`loses nothing in ${PIECES * 4} s at 1 Gbit/s, and is complete within 15 s of now`, async (context) => {
    const directory = temporaryDirectory();
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < ROOM) {
      saySkipped("live capture at 1 Gbit/s", `${directory} has less than ${Math.ceil(ROOM / 2 ** 30)} GiB free`);
      context.skip();
    }
    // Each of its own seed: what is sent twice would be packets of sessions that there are.
    const files = Array.from({ length: PIECES }, (_, piece) => path.join(directory, `made${piece}.pcap`));
    for (const [piece, file] of files.entries()) makeMixedTraffic(file, PIECE_MB, 11 + piece);
    const { sent, seconds, account, lagSeconds } = await captureAtRate(directory, files, 1000, 300_000);
    const [rate, frame, sessions] = [(sent.bytes * 8) / seconds, sent.bytes / sent.packets, account.sessions / seconds];
    process.stdout.write(`live capture: ${(rate / 1e9).toFixed(2)} Gbit/s for ${seconds.toFixed(0)} s, ${sent.packets} packets of ${frame.toFixed(0)} bytes, ${sessions.toFixed(0)} new sessions/s, ${account.lost} lost, at most ${lagSeconds.toFixed(1)} s behind\n`);
    expect(account).toMatchObject({ received: sent.packets, stored: sent.packets, filed: sent.packets, lost: 0, indexed: sent.packets, open: 0 });
    expect(rate).toBeGreaterThan(0.95e9);
    expect(frame).toBeGreaterThan(600);
    expect(frame).toBeLessThan(780);
    expect(sessions).toBeGreaterThan(2000);
    expect(lagSeconds).toBeLessThan(15);
    rmSync(directory, { recursive: true, force: true });
  });

  it(`killed at ${RUNS} random moments, every packet that is in the files is in exactly one session after the next start`, async () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, "made.pcap");
    makeTraffic(file, "12M", 13);
    const seed = Date.now();
    const moment = seeded(seed);
    let packets = 0;
    for (let run = 0; run < RUNS; run++) {
      const at = path.join(directory, `run${run}`);
      mkdirSync(at);
      // Sessions close while it runs, some are open, files rotate, and small ones are listed late.
      const extra = `--set tcpTimeout=10 --set udpTimeout=10 --set openSessionFlush=1 --set packetThreads=${1 + run % 2} --set maxFileSizeG=${run % 3 === 0 ? "0.01" : "4"}`;
      await inNamespace(at, [
        `capture ${extra} > first.log 2>&1 & pid=$!`, "until_line first.log 'capturing from v0' || exit 1",
        `"${SENDER}" v1 "${file}" 30 & sender=$!`, `sleep ${(0.1 + moment() * 3).toFixed(3)}; kill -KILL $pid; wait $pid; wait $sender`,
        `capture ${extra} > second.log 2>&1 & pid=$!`, "until_line second.log 'capturing from v0' || exit 1",
        "kill -TERM $pid; wait $pid; exit 0",
      ].join("\n"), 120_000);
      const account = await accountOf(path.join(at, "data"));
      expect({ indexed: account.indexed, open: account.open }, `run ${run}, seed ${seed}, ${account.filed} packets in files`).toEqual({ indexed: account.filed, open: 0 });
      packets += account.filed;
      rmSync(at, { recursive: true, force: true });
    }
    expect(packets).toBeGreaterThan(0);
    process.stdout.write(`live kill series: ${RUNS} of ${RUNS} runs have every packet of ${packets} in one session, seed ${seed}\n`);
  });
});
