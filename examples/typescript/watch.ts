/**
 * Prints the newest sessions that match an expression, then what retention and exports find out, as it happens:
 *
 *     LOOKBACK_URL=http://127.0.0.1:8005 LOOKBACK_TOKEN=lb_… node --experimental-strip-types watch.ts 'protocols == dns'
 *
 * Run it in a project that has this tree as a dependency (`npm install ../lookback`), after `npm run build` here. Node before
 * 22.6 does not read TypeScript: compile it (`npx tsc --module nodenext --target es2023 watch.ts`) and run watch.js.
 */
import { LookbackClient, LookbackClientError, RetentionEvents, Search, type SearchData } from "lookback/client";

const { LOOKBACK_URL: url, LOOKBACK_TOKEN: token } = process.env;
if (url === undefined || token === undefined) throw new Error("set LOOKBACK_URL and LOOKBACK_TOKEN");
const client = new LookbackClient({ url, token });

try {
  let after: string | null = null;
  for (let page = 0; page < 3; page++) {
    const { sessions }: SearchData = await client.ask(Search, { expression: process.argv[2] ?? "", first: 20, after });
    for (const { firstPacket, source, destination, protocol } of sessions.nodes) {
      console.log(firstPacket, `${source?.ip}:${source?.port}`, "→", `${destination?.ip}:${destination?.port}`, (protocol ?? []).join(","));
    }
    if (!sessions.pageInfo.hasNextPage) break;
    after = sessions.pageInfo.endCursor;
  }
  for await (const { retention } of client.subscribe(RetentionEvents, {})) console.log(retention.at, retention.message);
} catch (error) {
  if (!(error instanceof LookbackClientError)) throw error;
  console.error(`error ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
