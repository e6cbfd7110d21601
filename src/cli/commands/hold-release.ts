import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { UsageError } from "../usage-error.js";

const RELEASE = "mutation ($id: Long!) { releaseHold(id: $id) { id sessions } }";

/** Ends a hold. */
export async function run({ operands: [number], options, connect, print }: CommandContext): Promise<number> {
  if (typeof number !== "string" || !/^\d{1,15}$/.test(number)) throw new UsageError(`${String(number)} is no number of a hold; \`lookback hold list\` shows them`);
  const connection = await connect("change");
  try {
    const hold = (await connection.ask(RELEASE, { id: Number(number) })).at("releaseHold");
    if (options["json"] === true) print(JSON.stringify(hold.value));
    else print(`released hold ${hold.at("id").number()}: ${hold.at("sessions").number()} sessions go when their turn comes`);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}
