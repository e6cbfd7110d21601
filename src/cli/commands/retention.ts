import { withLifecycle } from "../../app/lifecycle.js";
import { LocalQuery } from "../../app/local-query.js";
import { openLog } from "../../app/log.js";
import { retentionParts } from "../../app/retention.js";
import { noRetentionEvents } from "../../model/retention-event.js";
import { PacketReader } from "../../packet-store/packet-store.js";
import { printPlan } from "../../retention/print-plan.js";
import { RetentionService } from "../../retention/retention-service.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Prints what retention would delete at this moment, with its reasons. Deletes nothing. */
export async function run({ options, config: configOf, print, note }: CommandContext): Promise<number> {
  const config = await configOf();
  const logger = openLog(config, "retention");
  const { query, stop } = await withLifecycle(logger, async (lifecycle) => ({ query: await LocalQuery.open(config, logger, lifecycle) }));
  try {
    const plan = await new RetentionService({ ...retentionParts(query.parts, new PacketReader()), events: noRetentionEvents }).plan();
    for (const { directory, reason } of plan.unmeasured) note(`warning: ${directory} cannot be measured, so nothing is deleted there: ${reason}`);
    for (const warning of plan.packets.warnings) note(`warning: ${warning}`);
    if (options["json"] === true) print(JSON.stringify(plan));
    else for (const line of printPlan(plan, options["all"] === true)) print(line);
    return EXIT.ok;
  } finally {
    await stop();
  }
}
