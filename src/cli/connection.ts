import type { Answer } from "./answer.js";
import type { Imports } from "./import-run.js";

/**
 * How a command reaches the data. Commands are written once over it, as operations of the API: a remote service, the
 * service that runs on this data directory, and the data directory itself answer them alike.
 */
export interface Connection {
  /** `remote`: another's service by `--url`. `served`: the service on this data directory. `local`: the directory itself. */
  readonly kind: "remote" | "served" | "local";
  /** Where answers come from, for messages. */
  readonly place: string;
  /**
   * Runs an operation; throws the first error of its answer as a LookbackError with its code. `signal` takes the place of
   * the connection's own, for what must be done after an interrupt.
   */
  ask(operation: string, variables?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Answer>;
  /** Writes what a `downloadUrl` or `manifestUrl` leads to to a file that is not there yet. */
  download(url: string, target: string): Promise<void>;
  /** How captures are imported. */
  readonly imports: Imports;
  close(): Promise<void>;
}

/** What a command is about to do: read what is there, or change something, which needs the role where nothing serves; `import` changes by `imports` alone. */
export type Access = "read" | "change" | "import";

/** Where a remote service is, and how to come in. */
export interface RemoteService {
  readonly url: string;
  readonly token: string;
  /** PEM file of the authority that signed the service's certificate, or null. */
  readonly caFile: string | null;
}
