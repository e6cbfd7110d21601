import { constants } from "node:fs";
import { copyFile, link } from "node:fs/promises";
import { LOCAL_OWNER } from "../access/local-owner.js";
import { openCore, openReader } from "../app/core.js";
import { withLifecycle } from "../app/lifecycle.js";
import { openReadingService, openService, type Service } from "../app/service.js";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import { RequestContext } from "../graphql/context.js";
import type { Services } from "../graphql/services.js";
import { Answer } from "./answer.js";
import type { Access, Connection } from "./connection.js";
import { openCommandLog } from "./command-log.js";
import { failureOf } from "./http-connection.js";
import type { Imports } from "./import-run.js";

/** Opens the data directory itself: to read beside whatever runs, or, with the role `serve`, to change. */
export async function openLocal(config: LookbackConfig, access: Exclude<Access, "import">, signal: AbortSignal): Promise<Connection> {
  const logger = openCommandLog(config);
  return withLifecycle(logger, async (lifecycle) => {
    if (access === "read") {
      return { services: openReadingService(await openReader(config, logger, lifecycle), lifecycle), service: null };
    }
    const service = await openService(await openCore(config, "serve", logger, lifecycle), lifecycle);
    return { services: service.services, service };
  }).then(({ services, service, stop }) => new LocalConnection(config.dataDirectory, services, service, signal, stop));
}

/** Runs operations of the API in this process, as the owner of the directory. */
class LocalConnection implements Connection {
  readonly kind = "local";
  readonly place: string;
  readonly #services: Services;
  /** Null of a connection that only reads. */
  readonly #service: Service | null;
  readonly #signal: AbortSignal;
  readonly #stop: () => Promise<void>;

  constructor(directory: string, services: Services, service: Service | null, signal: AbortSignal, stop: () => Promise<void>) {
    this.place = directory;
    this.#services = services;
    this.#service = service;
    this.#signal = signal;
    this.#stop = stop;
  }

  async ask(operation: string, variables: Readonly<Record<string, unknown>> = {}, signal = this.#signal): Promise<Answer> {
    const { logger } = this.#services;
    // The schema takes long to load and to build, and an import asks nothing.
    const [{ execute }, { prepareOperation, shownErrors, shownResult }] = await Promise.all([import("graphql"), import("../graphql/streamed-operation.js")]);
    const context = new RequestContext(this.#services, { user: LOCAL_OWNER, method: "local", credentialHash: "", scopes: null }, signal);
    const prepared = prepareOperation({ query: operation, variables }, context);
    const result = "errors" in prepared ? { errors: shownErrors(prepared.errors, logger) } : shownResult(await execute(prepared.args), context, logger);
    // As over HTTP: what a client sees, and nothing else.
    const body: unknown = JSON.parse(JSON.stringify(result));
    const failure = failureOf(body);
    if (failure !== null) throw failure;
    return new Answer(body).at("data");
  }

  async download(url: string, target: string): Promise<void> {
    const [, id = "", what = ""] = /^\/api\/exports\/([^/?]+)\/([a-z]+)/.exec(url) ?? [];
    const file = await this.#changing().exports.open(id, LOCAL_OWNER.name);
    const source = what === "manifest" ? file.manifestPath : file.path;
    try {
      // The same bytes under a second name where the file system allows it.
      await link(source, target);
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") throw error;
      await copyFile(source, target, constants.COPYFILE_EXCL);
    }
  }

  get imports(): Imports {
    return this.#changing().imports;
  }

  #changing(): Service {
    if (this.#service === null) throw new LookbackError("INTERNAL", "a change was asked of a connection that only reads");
    return this.#service;
  }

  close(): Promise<void> {
    return this.#stop();
  }
}
