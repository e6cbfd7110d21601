import { announced } from "../app/local-endpoint.js";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import type { Access, Connection, RemoteService } from "./connection.js";
import type { HttpConnection } from "./http-connection.js";

/** What a connection is chosen by. */
export interface ConnectionSource {
  /** Set by `--url`: nothing of this machine is looked at. */
  readonly remote: RemoteService | null;
  /** Reads the configuration; not called for a remote service. */
  config(): Promise<LookbackConfig>;
  /** Ends operations that run. */
  readonly signal: AbortSignal;
}

/** Longest wait for a process that holds the role and does not serve: another command, or a service that starts, in milliseconds. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_MS = 250;

/**
 * Connects: to the remote service that is named; else to the service that runs on the data directory; else to the
 * directory itself, for changes with the role `serve`. Another command that holds the role is waited for, for at most
 * `waitMs`. The caller closes the connection.
 *
 * @throws LookbackError ROLE_HELD when a process keeps the role and does not answer; NOT_FOUND to read where nothing is.
 */
export async function connect(source: ConnectionSource, access: Access, waitMs: number = LONGEST_WAIT_MS): Promise<Connection> {
  if (source.remote !== null) return (await loadHttp()).remote(source.remote, source.signal);
  const config = await source.config();
  const openDirectory = access === "import" ? (await import("./local-imports.js")).openLocalImports : await opener(access, source.signal);
  for (let waited = 0; ; waited += LOOK_MS) {
    const served = await connectServed(config.dataDirectory, source.signal);
    if (served !== null) return served;
    try {
      return await openDirectory(config);
    } catch (error) {
      if (!(error instanceof LookbackError) || error.code !== "ROLE_HELD" || source.signal.aborted) throw error;
      if (waited >= waitMs) throw new LookbackError("ROLE_HELD", `${error.message}. It does not answer: it starts, still imports what it was started with, or is another command; try again`, error.details, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Connects to the service that runs on a data directory; null when none answers. */
export async function connectServed(dataDirectory: string, signal: AbortSignal): Promise<Connection | null> {
  const endpoint = announced(dataDirectory);
  return endpoint === null ? null : (await loadHttp()).served(endpoint, dataDirectory, signal);
}

/** HTTP and TLS take longer to load than all that a command needs where no service runs. */
async function loadHttp(): Promise<typeof HttpConnection> {
  return (await import("./http-connection.js")).HttpConnection;
}

async function opener(access: Exclude<Access, "import">, signal: AbortSignal): Promise<(config: LookbackConfig) => Promise<Connection>> {
  const { openLocal } = await import("./local-connection.js");
  return (config) => openLocal(config, access, signal);
}
