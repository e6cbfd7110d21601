import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { t as isFinished } from "./import-job-nrdktVQX.js";
import { t as ImportQueue } from "./import-queue-B6S-Un5-.js";
import { t as findSources } from "./sources-Cfqcg6ma.js";

// dist/cli/queued-imports.js
/** Milliseconds between two looks at jobs that another process runs. */
const LOOK_MS = 250;
/** Looks at jobs between two attempts to take over. */
const LOOKS_PER_ATTEMPT = 8;
/**
* Imports through the queue of the process that holds the role and does not serve: one that starts, which looks for jobs of
* others once it does, or another import, which may end before it sees them. Whoever waits takes over then.
*/
var QueuedImports = class {
	#queue;
	#names;
	#takeOver;
	#lookMs;
	/** `takeOver` connects to what took the role's place, or resolves to null while its holder goes on. */
	constructor(catalogue, node, names, takeOver, lookMs = LOOK_MS) {
		this.#queue = new ImportQueue(catalogue, node);
		this.#names = names;
		this.#takeOver = takeOver;
		this.#lookMs = lookMs;
	}
	async submit(paths, options) {
		if (paths.includes("-")) throw new LookbackError("ROLE_HELD", "a running service imports for this data directory and cannot read this standard input: save it to a file and import that");
		const { files, failed } = await findSources(paths, this.#names, options.workingDirectory);
		return {
			jobs: this.#queue.add(files, {
				copy: options.copy,
				requestedBy: options.requestedBy ?? "command line",
				node: options.node ?? null
			}),
			failed
		};
	}
	async finished(ids, onChange = () => {}) {
		const seen = /* @__PURE__ */ new Map();
		const tell = (job) => {
			const before = seen.get(job.id);
			seen.set(job.id, job);
			if ((before === void 0 || !isFinished(before.state)) && (before?.state !== job.state || before.bytes !== job.bytes)) onChange(job);
		};
		const open = () => ids.filter((id) => !isFinished(seen.get(id)?.state ?? "queued"));
		for (let looks = 1;; looks++) {
			for (const id of open()) {
				const job = this.#queue.get(id);
				if (job !== null) tell(job);
			}
			if (ids.every((id) => isFinished(seen.get(id)?.state ?? "failed"))) return ids.flatMap((id) => seen.get(id) ?? []);
			await new Promise((resolve) => setTimeout(resolve, this.#lookMs));
			const connection = looks % LOOKS_PER_ATTEMPT === 0 ? await this.#takeOver() : null;
			if (connection === null) continue;
			try {
				for (const job of await connection.imports.finished(open(), tell)) tell(job);
			} finally {
				await connection.close();
			}
		}
	}
};

export { QueuedImports };