import { withLifecycle } from "../../app/lifecycle.js";
import { LocalQuery } from "../../app/local-query.js";
import { openLog } from "../../app/log.js";
import { systemClock } from "../../base/clock.js";
import { diskSpaceProbe, Tombstones } from "../../packet-store/packet-store.js";
import { gatherDevices, gatherPacketFacts, gatherSessionFacts } from "../../retention/facts.js";
import { planPackets, planSessions } from "../../retention/policy.js";
import { printPlans } from "../../retention/print-plan.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";

/** Prints what retention would delete at this moment, with its reasons. Deletes nothing. */
export async function run({ options, config: configOf, print, note }: CommandContext): Promise<number> {
  const config = await configOf();
  const logger = openLog(config, "retention");
  const { query, stop } = await withLifecycle(logger, async (lifecycle) => ({ query: await LocalQuery.open(config, logger, lifecycle) }));
  try {
    const { catalogue, store, directories } = query.parts;
    const sources = {
      catalogue, store, clock: systemClock, probe: diskSpaceProbe, packetDirectories: [directories.packets], tombstones: new Tombstones(directories.tombstones, [directories.packets]),
    };
    const { devices, unmeasured } = await gatherDevices(sources);
    for (const { directory, reason } of unmeasured) note(`warning: ${directory} cannot be measured, so nothing is deleted there: ${reason}`);
    const packets = planPackets(await gatherPacketFacts(sources, devices, new Set()), config.values.freeSpaceG);
    const sessions = planSessions(await gatherSessionFacts(sources), config.values.expireDays);
    if (options["json"] === true) print(JSON.stringify({ packets, sessions }));
    else for (const line of printPlans(packets, sessions, options["all"] === true)) print(line);
    return EXIT.ok;
  } finally {
    await stop();
  }
}
