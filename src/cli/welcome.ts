import type { FirstAdministrator } from "../access/access-service.js";
import type { LookbackConfig } from "../config/config.js";

/** A started server, as far as its start is told of. */
export interface Started {
  readonly url: string;
  readonly firstAdministrator: FirstAdministrator | null;
  /** What to be told of how it can be reached, or null. */
  readonly warning: string | null;
  readonly config: Pick<LookbackConfig, "values">;
}

/** The same for programs, as one line. */
export function readyLine({ url, firstAdministrator: first }: Started): string {
  return JSON.stringify({ ready: true, url, pid: process.pid, ...(first === null ? {} : { firstAdministrator: first }) });
}

/** What a started server prints: where it is, how to log in at the very first start, and a first query to paste. */
export function printWelcome({ url, firstAdministrator: first, warning, config: { values } }: Started, print: (line: string) => void): void {
  print(`Lookback serves on ${url}  (explorer: ${url}/explorer)`);
  if (warning !== null) print(`WARNING: ${warning}`);
  const query = `-H 'Content-Type: application/json' -d '{"query":"{ sessions(first: 5) { totalCount { value } edges { node { id protocol source { ip port } destination { ip port } } } } }"}' ${url}/graphql`;
  if (values.authMode === "oidc" || values.authMode === "headerOnly") {
    const [login, place] = values.authMode === "oidc" ? ["oidc", "at the OpenID provider"] : ["header", "at the proxy in front"];
    if (first !== null) print(`First start: users log in ${place} (authMode=${values.authMode}); make yourself one: lookback user add NAME --role administrator --login ${login}`);
    print("A first query:");
    print(`  curl -s -H "Authorization: Bearer $(lookback user token NAME first)" ${query}`);
  } else {
    if (first !== null) print(`First start: log in as ${first.name} with password ${first.password}  (shown this once)`);
    print("A first query:");
    print(`  curl -s -c /tmp/lookback.cookie -H 'Content-Type: application/json' -d '{"user":"${first?.name ?? "admin"}","password":"${first?.password ?? "PASSWORD"}"}' ${url}/login`);
    print(`  curl -s -b /tmp/lookback.cookie ${query}`);
  }
  print("Ready.");
}
