import { shippingOf } from "../../app/shipping.js";
import { openShipper } from "../../app/shipper-process.js";
import { openLog } from "../../app/log.js";
import { systemClock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import { openCatalogueAsIs } from "../../catalogue/catalogue.js";
import { retryDeadLetters } from "../../index-store/elasticsearch/retry.js";
import type { Shipper } from "../../index-store/elasticsearch/shipper.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { printBytes } from "../progress.js";
import { endSoon, untilSignalled } from "../signals.js";

/** Ships sessions to the cluster until a signal; or says what waits, or tries dead letters again. */
export async function run(context: CommandContext): Promise<number> {
  const { options, config: configOf, print } = context;
  const config = await configOf();
  if (options["status"] === true) return printStatus(context, shippingOf);
  const { engine, shipper, stop } = await openShipper(config, openLog(config, "ship"));
  // Tells the process that supervises this one, if there is one, that it got so far.
  process.send?.({ shipping: engine.cluster.shown });
  const abort = new AbortController();
  try {
    if (options["retry"] === true) {
      const { written, refused } = await retryDeadLetters(engine);
      print(options["json"] === true ? JSON.stringify({ written, refused }) : `${written} sessions were written, ${refused} were refused again`);
      return refused === 0 ? EXIT.ok : EXIT.failed;
    }
    if (options["once"] === true) {
      void untilSignalled().then(() => { abort.abort(); });
      if (await drained(shipper, abort.signal)) return EXIT.ok;
      throw new LookbackError("QUERY_CANCELLED", "interrupted: what was not shipped waits on disk, and the same command goes on with it");
    }
    print(options["json"] === true ? JSON.stringify({ shipping: engine.cluster.shown, pid: process.pid }) : `shipping to ${engine.cluster.shown}`);
    const running = shipper.run(abort.signal);
    // It ends at the signal alone; a fault that ends it ends this process too.
    await Promise.race([untilSignalled(), running]);
    abort.abort();
    await running;
    return EXIT.ok;
  } finally {
    try {
      shipper.end();
    } finally {
      await stop();
      endSoon();
    }
  }
}

/** Whether everything was shipped before the signal. Throws what stops it. */
async function drained(shipper: Shipper, signal: AbortSignal): Promise<boolean> {
  try {
    return await shipper.drain(signal);
  } catch (error) {
    // What the signal ended in the middle says no more than that.
    if (signal.aborted) return false;
    throw error;
  }
}

async function printStatus({ options, config: configOf, print }: CommandContext, statusOf: typeof shippingOf): Promise<number> {
  const config = await configOf();
  const catalogue = openCatalogueAsIs(config.dataDirectory, systemClock);
  try {
    const status = statusOf(config, catalogue)?.status() ?? null;
    if (options["json"] === true) print(JSON.stringify(status));
    else if (status === null) print("nothing is shipped: the index is in the data directory");
    else {
      const { queue, budgetBytes, rate, etaSeconds, lastError, running } = status;
      print(`shipper  ${running ? "running" : "not running"}`);
      print(`queue    ${queue.rows} sessions in ${queue.segments} segments, ${printBytes(queue.bytes)} of at most ${printBytes(budgetBytes)}`);
      print(`rate     ${Math.round(rate)} sessions a second${etaSeconds === null ? "" : `, done in ${Math.ceil(etaSeconds)} s`}`);
      print(`refused  ${queue.deadRows} sessions${queue.deadRows > 0 ? "; lookback ship --retry tries them again" : ""}`);
      print(`error    ${lastError === null ? "none" : `${new Date(lastError.atMs).toISOString()} ${lastError.code}: ${lastError.message}`}`);
    }
    return EXIT.ok;
  } finally {
    catalogue.close();
  }
}
