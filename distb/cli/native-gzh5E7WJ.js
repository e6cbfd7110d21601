import { n as LookbackError, t as ERROR_CODES } from "./errors-iXTvzgJ7.js";
import { createRequire } from "node:module";

// dist/native/native.js
const LIBRARY = "../../native/binding/lookback.node";
function load() {
	try {
		return createRequire(import.meta.url)(LIBRARY);
	} catch (cause) {
		throw new LookbackError("UNAVAILABLE", `the capture core cannot be loaded from ${LIBRARY}; build it with "npm run build"`, {}, { cause });
	}
}
function isErrorCode(code) {
	return typeof code === "string" && Object.hasOwn(ERROR_CODES, code);
}
function isDetails(value) {
	return typeof value === "object" && value !== null && Object.values(value).every((part) => part === null || [
		"string",
		"number",
		"boolean"
	].includes(typeof part));
}
/** A `LookbackError` from the JSON message of an error of the core. */
function fromNative(error) {
	const message = error instanceof Error ? error.message : String(error);
	try {
		const parsed = JSON.parse(message);
		if (typeof parsed === "object" && parsed !== null && "code" in parsed && "message" in parsed && isErrorCode(parsed.code)) {
			const details = "details" in parsed && isDetails(parsed.details) ? parsed.details : {};
			return new LookbackError(parsed.code, String(parsed.message), details, { cause: error });
		}
	} catch {}
	return new LookbackError("INTERNAL", message, {}, { cause: error });
}
async function translated(work) {
	try {
		return await work;
	} catch (error) {
		throw fromNative(error);
	}
}
function translatedNow(work) {
	try {
		return work();
	} catch (error) {
		throw fromNative(error);
	}
}
/** Loads the native core. Throws UNAVAILABLE when it was not built. */
function loadNativeCore() {
	const binding = load();
	/** A flag that follows `signal`, and a function that stops following. */
	function cancelOn(signal) {
		const flag = new binding.CancelFlag();
		const onAbort = () => flag.cancel();
		if (signal?.aborted) flag.cancel();
		signal?.addEventListener("abort", onAbort, { once: true });
		return {
			flag,
			release: () => signal?.removeEventListener("abort", onAbort)
		};
	}
	return {
		fieldCatalogue: () => binding.fieldCatalogue(),
		checkPlaceFiles: (settings) => binding.checkPlaceFiles(settings).map(({ setting, file, error }) => ({
			setting,
			file: file ?? null,
			error: error ?? null
		})),
		identify: (path) => translated(binding.identifyCapture(path)),
		dissect: (path, settings) => translated(binding.dissectCapture(path, settings)),
		async copyCapture(source, destination, signal, onProgress) {
			const { flag, release } = cancelOn(signal);
			try {
				return await translated(binding.copyCapture(source, destination, flag, onProgress));
			} finally {
				release();
			}
		},
		async importStream(options, signal, onProgress) {
			const { flag, release } = cancelOn(signal);
			try {
				return await translated(binding.importStream(options, flag, onProgress));
			} finally {
				release();
			}
		},
		readSegment(path, periods, segment) {
			const reader = translatedNow(() => new binding.SegmentReader(path, periods, segment));
			return {
				next: (maxBytes) => translated(reader.next(maxBytes)),
				close: () => {
					reader.close();
				}
			};
		},
		useSmallPages: () => binding.useSmallPages(),
		keepRightsOverChangeOfUser: () => {
			translatedNow(() => {
				binding.keepRightsOverChangeOfUser();
			});
		},
		keepRightsToCapture: () => {
			translatedNow(() => {
				binding.keepRightsToCapture();
			});
		},
		openLive(options) {
			const live = translatedNow(() => new binding.LiveCapture(options));
			let flusher = translatedNow(() => live.flusher());
			return {
				linkType: live.linkType,
				push: (batch) => translatedNow(() => live.push(batch)),
				flush: (nowMs, mark, open) => flusher === null ? Promise.reject(new LookbackError("SHUTTING_DOWN", "this live capture is closed")) : translated(flusher.flush(nowMs, mark, open)),
				ledgers: () => translatedNow(() => live.ledgers()),
				stopSources: () => translatedNow(() => live.stopSources()),
				close: (nowMs) => {
					flusher = null;
					return translated(live.close(nowMs));
				}
			};
		},
		directionFinder(ends) {
			const finder = translatedNow(() => new binding.DirectionFinder(ends));
			return {
				push: (batch) => {
					translatedNow(() => {
						finder.push(batch);
					});
				},
				senders: () => translatedNow(() => finder.senders())
			};
		}
	};
}

export { loadNativeCore as t };