import { LookbackError } from "../base/errors.js";
import type { GlobalOptions } from "./command.js";
import type { RemoteService } from "./connection.js";

/** URL of the remote service that a command line or `LOOKBACK_URL` names, or null. */
export function remoteUrl(options: GlobalOptions, environment: Readonly<Record<string, string | undefined>>): string | null {
  // `--data` names a directory of this machine: who writes it does not mean the URL of the environment.
  const url = options.url ?? (options.data === undefined ? environment["LOOKBACK_URL"] : undefined) ?? "";
  return url === "" ? null : url;
}

/** The remote service that is named, or null. UNAUTHENTICATED without a token. */
export function remoteService(options: GlobalOptions, environment: Readonly<Record<string, string | undefined>>, note: (line: string) => void): RemoteService | null {
  const url = remoteUrl(options, environment);
  if (url === null) return null;
  const token = (options.token ?? environment["LOOKBACK_TOKEN"] ?? "").trim();
  if (token === "") {
    throw new LookbackError("UNAUTHENTICATED", `${url} needs a bearer token: set LOOKBACK_TOKEN or give --token; the explorer's mutation createToken makes one`);
  }
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) throw new LookbackError("BAD_INPUT", "the bearer token is none: a token is one word of letters, digits, _ and -");
  if (/^http:/i.test(url) && !isLoopback(url)) note(`warning: ${url} is not encrypted: the token and all answers can be read on the way`);
  return { url, token, caFile: options.ca ?? null };
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
