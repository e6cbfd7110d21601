import { mkdirSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { saySkipped } from "../support/corpus.js";
import { seeded } from "../support/kill-series.js";
import { accountOf, captureAtRate, inNamespace, liveObstacle, makeTraffic, SENDER } from "../support/live-run.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const why = liveObstacle();
if (why !== null) saySkipped("live capture at a rate, and killed", why);
/** Times that half a gigabyte is sent: 15 are a minute at 1 Gbit/s. */
const TIMES = Number(process.env["LIVE_TIMES"] ?? 15);
/** Room for its packets and their index. */
const ROOM = TIMES * 0.8 * 2 ** 30;
const RUNS = Number(process.env["LIVE_KILLS"] ?? 50);

describe.skipIf(why !== null)("live capture", () => {
  it(`loses nothing in ${TIMES * 4} s at 1 Gbit/s, and is complete within 15 s of now`, async (context) => {
    const directory = temporaryDirectory();
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < ROOM) {
      saySkipped("live capture at 1 Gbit/s", `${directory} has less than ${Math.ceil(ROOM / 2 ** 30)} GiB free`);
      context.skip();
    }
    const file = path.join(directory, "made.pcap");
    makeTraffic(file, "500M", 11);
    const { sent, account, lagSeconds } = await captureAtRate(directory, file, 1000, TIMES, 300_000);
    process.stdout.write(`1 Gbit/s: ${sent.packets} packets, ${(sent.bytes * 8 / sent.seconds / 1e9).toFixed(2)} Gbit/s for ${sent.seconds.toFixed(0)} s, ${account.lost} lost, ${account.sessions} sessions, complete up to ${lagSeconds.toFixed(1)} s ago\n`);
    expect(account).toMatchObject({ received: sent.packets, stored: sent.packets, lost: 0, indexed: sent.packets, open: 0 });
    expect(sent.bytes * 8 / sent.seconds).toBeGreaterThan(0.9e9);
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
