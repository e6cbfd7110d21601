import { withServers } from "../../app/cluster.js";
import type { CommandContext } from "../command.js";
import { EXIT } from "../exit-code.js";
import { TimePrinter } from "../print-time.js";
import { table, tabSeparated, type Column } from "../table.js";

const COLUMNS: readonly Column[] = [{ title: "node" }, { title: "host", least: 12 }, { title: "last word" }, { title: "installation" }];
const LIMITS = { signal: null, timeoutMs: 60_000 };

/** Lists the servers that share the search cluster, in order of node. */
export async function list({ options, config, print, note, terminal }: CommandContext): Promise<number> {
  const servers = await withServers(await config(), (found) => found.list(LIMITS));
  if (options["json"] === true) {
    for (const { wordMs, ...server } of servers) print(JSON.stringify({ ...server, lastWord: wordMs === 0 ? null : new Date(wordMs).toISOString() }));
    return EXIT.ok;
  }
  const times = new TimePrinter(options["utc"] === true);
  const rows = servers.map(({ node, host, wordMs, installation }) => [node, host, wordMs === 0 ? "never" : times.print(wordMs), installation]);
  for (const line of terminal.forPeople ? table(COLUMNS, rows, terminal) : tabSeparated(rows)) print(line);
  if (terminal.forPeople) note(`times are ${times.zone}`);
  return EXIT.ok;
}

/** Forgets a server that is gone for good. */
export async function forget({ operands, options, config, print }: CommandContext): Promise<number> {
  const { node, installation, host } = await withServers(await config(), (found) => found.forget(String(operands[0] ?? ""), LIMITS));
  if (options["json"] === true) print(JSON.stringify({ forgotten: { node, installation, host } }));
  else print(`the server of node ${node} on ${host} is forgotten: nobody asks it any more before sessions expire`);
  return EXIT.ok;
}
