import type { FirstAdministrator } from "../access/access-service.js";

/** The same for programs, as one line. */
export function readyLine(server: { readonly url: string; readonly firstAdministrator: FirstAdministrator | null }): string {
  const { url, firstAdministrator: first } = server;
  return JSON.stringify({ ready: true, url, pid: process.pid, ...(first === null ? {} : { firstAdministrator: first }) });
}

/** What a started server prints: where it is, the password at the very first start, and a first query to paste. */
export function printWelcome(server: { readonly url: string; readonly firstAdministrator: FirstAdministrator | null; readonly warning: string | null }, print: (line: string) => void): void {
  const { url, firstAdministrator: first } = server;
  print(`Lookback serves on ${url}  (explorer: ${url}/explorer)`);
  if (first !== null) print(`First start: log in as ${first.name} with password ${first.password}  (shown this once)`);
  if (server.warning !== null) print(`WARNING: ${server.warning}`);
  print("A first query:");
  print(`  curl -s -c /tmp/lookback.cookie -H 'Content-Type: application/json' -d '{"user":"${first?.name ?? "admin"}","password":"${first?.password ?? "PASSWORD"}"}' ${url}/login`);
  print(`  curl -s -b /tmp/lookback.cookie -H 'Content-Type: application/json' -d '{"query":"{ sessions(first: 5) { totalCount { value } edges { node { id protocol source { ip port } destination { ip port } } } } }"}' ${url}/graphql`);
  print("Ready.");
}
