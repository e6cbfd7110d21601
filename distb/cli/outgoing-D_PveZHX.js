import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as readNamedFile } from "./named-files-D7BTSTUE.js";
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

// dist/app/outgoing.js
/** Certificates of a PEM file, one by one. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/**
* How the service asks other servers than its cluster: with the authorities of `caTrustFile` beside those that Node knows.
* Null where the setting is unset: Node's own fetch does. CONFIG_INVALID when the file cannot be read or has no certificate.
*/
function outgoingFetch(config) {
	const text = readNamedFile(config, "caTrustFile");
	if (text === null) return null;
	const given = text.match(CERTIFICATE) ?? [];
	const invalid = (what, cause) => new LookbackError("CONFIG_INVALID", `caTrustFile=${config.values.caTrustFile ?? ""}: ${what}`, {
		key: "caTrustFile",
		value: config.values.caTrustFile
	}, { cause });
	if (given.length === 0) throw invalid("has no certificate in PEM form");
	try {
		for (const one of given) new X509Certificate(one);
	} catch (error) {
		throw invalid(`a certificate cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
	}
	const ca = [...rootCertificates, ...given];
	const client = async () => {
		const { Agent, fetch } = await import("undici");
		const dispatcher = new Agent({ connect: { ca } });
		return async (url, { headers, ...request }) => {
			const { status, statusText, headers: answered, body } = await fetch(url, {
				...request,
				...headers === void 0 ? {} : { headers: { ...headers } },
				dispatcher
			});
			return new Response(body, {
				status,
				statusText,
				headers: [...answered]
			});
		};
	};
	let made = null;
	return async (url, request) => (await (made ??= client()))(url, request);
}

export { outgoingFetch as t };