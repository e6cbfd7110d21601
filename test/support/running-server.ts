import { startServer, type Server } from "../../src/app.js";
import { silentLogger } from "../../src/base/logger.js";
import { loadConfig } from "../../src/config/config.js";
import type { ImportService } from "../../src/capture/import-service.js";
import type { SettingKey } from "../../src/config/settings.js";

/** A server on a free port of the loopback, logged in as the first administrator. */
export interface RunningServer {
  readonly server: Server;
  /** Headers of a request that is logged in. */
  readonly headers: Readonly<Record<string, string>>;
  /** Runs an operation; errors are part of the answer. */
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

export interface GraphqlAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

/** Imports `paths` into a data directory and serves it. `password` is needed when the directory was served before. */
export async function runServer(dataDirectory: string, paths: readonly string[], options: { readonly config?: string; readonly node?: string; readonly set?: Partial<Record<SettingKey, string>>; readonly password?: string } = {}): Promise<RunningServer & { readonly password: string }> {
  const config = loadConfig({
    file: options.config ?? null, node: options.node ?? "test", environment: {}, workingDirectory: dataDirectory,
    overrides: { dataDir: dataDirectory, viewPort: "0", freeSpaceG: "0", ...options.set },
  });
  const server = await startServer(config, silentLogger, async (imports: ImportService) => {
    const { jobs } = await imports.submit(paths, { copy: false, workingDirectory: dataDirectory, requestedBy: "test" });
    await imports.finished(jobs.map((job) => job.id));
  });
  const password = options.password ?? server.firstAdministrator?.password ?? "";
  const login = await fetch(`${server.url}/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: "admin", password }) });
  if (!login.ok) throw new Error(`login failed: ${await login.text()}`);
  const headers = { cookie: (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "", "content-type": "application/json" };
  return {
    server, headers, password,
    async graphql(query, variables = {}) {
      const response = await fetch(`${server.url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
      const body = (await response.json()) as Partial<GraphqlAnswer>;
      return { data: body.data ?? null, errors: body.errors ?? [] };
    },
    stop: () => server.stop(),
  };
}

/** A value inside an answer, by its path. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string | number, unknown>>)[step] : undefined), value);
}
