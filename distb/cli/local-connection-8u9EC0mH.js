import { i as LOCAL_OWNER, n as openService, t as openReadingService } from "./service-DHjiMIrD.js";
import { i as openReader, r as openCore } from "./core-bffivQ3T.js";
import { r as withLifecycle } from "./log-DJrCjcfp.js";
import { i as systemErrorCode, n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as RequestContext } from "./context-C2q4EyF8.js";
import { i as Answer, r as failureOf } from "./http-connection-bWchLzGS.js";
import { t as openCommandLog } from "./command-log-NED0Osi4.js";
import path from "node:path";
import { constants } from "node:fs";
import { access, copyFile, link } from "node:fs/promises";

// dist/cli/local-connection.js
/** Opens the data directory itself: to read beside whatever runs, or, with the role `serve`, to change. */
async function openLocal(config, access, signal) {
	const logger = openCommandLog(config);
	if (access === "read") await requireData(config.dataDirectory);
	return withLifecycle(logger, async (lifecycle) => {
		if (access === "read") return {
			services: openReadingService(await openReader(config, logger, lifecycle), lifecycle),
			service: null
		};
		const service = await openService(await openCore(config, "serve", logger, lifecycle), lifecycle);
		return {
			services: service.services,
			service
		};
	}).then(({ services, service, stop }) => new LocalConnection(config.dataDirectory, services, service, signal, stop));
}
/** Opening the catalogue makes one; who only reads named the wrong directory. */
async function requireData(directory) {
	try {
		await access(path.join(directory, "catalogue.sqlite"));
	} catch (cause) {
		if (systemErrorCode(cause) !== "ENOENT") throw new LookbackError("UNAVAILABLE", `${directory}: ${cause instanceof Error ? cause.message : String(cause)}`, {}, { cause });
		throw new LookbackError("NOT_FOUND", `${directory} holds no data; name the data directory with --data, or import or capture something first`, { directory }, { cause });
	}
}
/** Runs operations of the API in this process, as the owner of the directory. */
var LocalConnection = class {
	#services;
	/** Null of a connection that only reads. */
	#service;
	#signal;
	#stop;
	constructor(directory, services, service, signal, stop) {
		this.kind = "local";
		this.place = directory;
		this.#services = services;
		this.#service = service;
		this.#signal = signal;
		this.#stop = stop;
	}
	async ask(operation, variables = {}, signal = this.#signal) {
		const { logger } = this.#services;
		const [{ execute }, { prepareOperation, shownErrors, shownResult }] = await Promise.all([import("graphql"), import("./streamed-operation-DcgBH9f5.js")]);
		const context = new RequestContext(this.#services, {
			user: LOCAL_OWNER,
			method: "local",
			credentialHash: "",
			scopes: null
		}, signal);
		const prepared = prepareOperation({
			query: operation,
			variables
		}, context);
		const result = "errors" in prepared ? { errors: shownErrors(prepared.errors, logger) } : shownResult(await execute(prepared.args), context, logger);
		const body = JSON.parse(JSON.stringify(result));
		const failure = failureOf(body);
		if (failure !== null) throw failure;
		return new Answer(body).at("data");
	}
	async download(url, target) {
		const [, id = "", what = ""] = /^\/api\/exports\/([^/?]+)\/([a-z]+)/.exec(url) ?? [];
		const file = await this.#changing().exports.open(id, LOCAL_OWNER.name);
		const source = what === "manifest" ? file.manifestPath : file.path;
		try {
			await link(source, target);
		} catch (error) {
			if (systemErrorCode(error) === "EEXIST") throw error;
			await copyFile(source, target, constants.COPYFILE_EXCL);
		}
	}
	get imports() {
		return this.#changing().imports;
	}
	#changing() {
		if (this.#service === null) throw new LookbackError("INTERNAL", "a change was asked of a connection that only reads");
		return this.#service;
	}
	close() {
		return this.#stop();
	}
};

export { openLocal as t };