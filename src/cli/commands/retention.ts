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
import { RETENTION_PLAN, retentionPlanLines } from "../retention-plan.js";
import { UsageError } from "../usage-error.js";

/** Prints what retention would delete at this moment, with its reasons. Deletes nothing. */
export async function run(context: CommandContext): Promise<number> {
  const { options, connect, remote, print, note } = context;
  if (options["all"] === true) {
    if (remote !== null) throw new UsageError("--all names every file that stays, which a service does not tell; run it where the data directory is, or leave --all out");
    return everything(context);
  }
  const connection = await connect("read");
  try {
    const plan = (await connection.ask(RETENTION_PLAN)).at("retentionPlan");
    for (const one of plan.at("unmeasured").list()) note(unmeasuredLine(one.at("directory").text(), one.at("reason").text()));
    for (const warning of plan.at("warnings").list()) note(`warning: ${warning.text()}`);
    if (options["json"] === true) print(JSON.stringify(plan.value));
    else for (const line of retentionPlanLines(plan)) print(line);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

/** The plan with every file and day that stays, made here. */
async function everything({ options, config: configOf, print, note }: CommandContext): Promise<number> {
  const config = await configOf();
  const logger = openLog(config, "retention");
  const { query, stop } = await withLifecycle(logger, async (lifecycle) => ({ query: await LocalQuery.open(config, logger, lifecycle) }));
  try {
    const plan = await new RetentionService({ ...retentionParts(query.parts, new PacketReader()), events: noRetentionEvents }).plan();
    for (const { directory, reason } of plan.unmeasured) note(unmeasuredLine(directory, reason));
    for (const warning of [...plan.packets.warnings, ...plan.unknown]) note(`warning: ${warning}`);
    if (options["json"] === true) print(JSON.stringify(plan));
    else for (const line of printPlan(plan, true)) print(line);
    return EXIT.ok;
  } finally {
    await stop();
  }
}

/** Before packets are stored there is no directory of them, which is no fault. */
function unmeasuredLine(directory: string, reason: string): string {
  if (/\bENOENT\b/.test(reason)) return `note: ${directory} is not there: it is made when packets are stored, unless it is to be mounted; nothing is deleted there`;
  return `warning: ${directory} cannot be measured, so nothing is deleted there: ${reason}`;
}
