import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { a as ROLES, i as RIGHT_NAMES, s as isRole } from "./rights-Bq4x3dFS.js";
import { n as secretHash, t as newSecret } from "./secret-3cxyZnLB.js";
import { t as systemClock } from "./clock-COoNNce-.js";
import { r as printOrigin } from "./settings-E71MVzMb.js";
import { t as namedFile } from "./named-files-D7BTSTUE.js";
import { t as outgoingFetch } from "./outgoing-D_PveZHX.js";
import { X509Certificate, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { BlockList, isIP } from "node:net";
import { ClientSecretPost, allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge, customFetch, discovery, randomNonce, randomPKCECodeVerifier, randomState } from "openid-client";

// dist/access/admission.js
/** Most names whose refusal is remembered; beyond, one is noted again. */
const MAX_REFUSED = 1e3;
/** Lets in users who are not known here, when a proxy or provider that is trusted names them: each is added once, by a template. */
var UserAdmission = class {
	#template;
	#users;
	#access;
	#logger;
	/** Who was refused and why, so that each is in the log once and not with every request. */
	#refused = /* @__PURE__ */ new Map();
	constructor(parts) {
		this.#template = parts.template;
		this.#users = parts.users;
		this.#access = parts.access;
		this.#logger = parts.logger;
	}
	/**
	* Adds the user of a name that was proved and is not known; null when there is one of that name, or when the template
	* makes none of the facts: the reason is in the log and the audit log. `role` overrides the template's.
	*/
	admit(name, loginBy, fact, address, role = null) {
		if (this.#users.find(name) !== null) return null;
		try {
			const user = this.#template.userOf(name, fact);
			const made = this.#users.addFromElsewhere({
				...user,
				role: role ?? user.role,
				loginBy
			}, {
				name,
				address,
				method: loginBy === "header" ? "header" : null
			});
			this.#refused.delete(name);
			this.#logger.info({
				user: made.name,
				role: made.role,
				loginBy
			}, "a user was added by userAutoCreateTmpl");
			return made;
		} catch (error) {
			if (!(error instanceof LookbackError)) throw error;
			if (this.#refused.get(name) === error.message) return null;
			this.#refused.set(name, error.message);
			for (const oldest of this.#refused.keys()) {
				if (this.#refused.size <= MAX_REFUSED) break;
				this.#refused.delete(oldest);
			}
			this.#logger.warn({
				user: name.slice(0, 64),
				address,
				reason: error.message
			}, "userAutoCreateTmpl made no user");
			this.#access.audit(name.slice(0, 64), "login.failed", {
				by: loginBy,
				reason: error.message.slice(0, 300)
			}, {
				address,
				outcome: "LOGIN_FAILED"
			});
			return null;
		}
	}
};

// dist/access/oidc-login.js
/** How long a user may take at the provider. */
const LOGIN_AT_PROVIDER_MS = 6e5;
/** Most users at the provider at a time; beyond, who went first is forgotten. */
const MAX_PENDING = 1e4;
/** After this long the provider's document is read again. */
const DISCOVERY_MS = 36e5;
/** Longest wait for the provider, in seconds. */
const TIMEOUT_S = 10;
/**
* Login at an OpenID provider: the authorization code flow with PKCE, state and nonce. A login belongs to the browser that
* began it. Users of the provider are users here, by a claim: what they may do is decided here.
*/
var OidcLogin = class {
	#settings;
	#records;
	#access;
	#clock;
	#logger;
	#pending = /* @__PURE__ */ new Map();
	#provider = null;
	constructor(parts) {
		this.#settings = parts.settings;
		this.#records = parts.records;
		this.#access = parts.access;
		this.#clock = parts.clock;
		this.#logger = parts.logger;
	}
	/** Begins a login: where to send the browser, and the secret that it must bring back. UNAVAILABLE when the provider does not answer. */
	async begin(host, next) {
		const configuration = await this.#configuration();
		const now = this.#clock.nowMs();
		for (const [state, { expiresMs }] of this.#pending) {
			if (this.#pending.size < MAX_PENDING && expiresMs > now) break;
			this.#pending.delete(state);
		}
		const redirectUri = this.#redirectUri(host);
		const [verifier, nonce, state, browser] = [
			randomPKCECodeVerifier(),
			randomNonce(),
			randomState(),
			newSecret()
		];
		this.#pending.set(state, {
			verifier,
			nonce,
			next,
			redirectUri,
			browser: secretHash(browser),
			expiresMs: now + LOGIN_AT_PROVIDER_MS
		});
		const scope = [.../* @__PURE__ */ new Set(["openid", ...this.#settings.scope.split(/\s+/)])].filter((word) => word !== "").join(" ");
		return {
			url: buildAuthorizationUrl(configuration, {
				redirect_uri: redirectUri,
				scope,
				state,
				nonce,
				code_challenge: await calculatePKCECodeChallenge(verifier),
				code_challenge_method: "S256"
			}),
			browser
		};
	}
	/** Ends a login with the query that the provider sent the browser back with. LOGIN_FAILED, with the reason in the log. */
	async finish(query, browser, address) {
		const state = query.get("state") ?? "";
		const pending = this.#pending.get(state);
		if (pending === void 0 || pending.expiresMs <= this.#clock.nowMs() || browser === null || !sameText(secretHash(browser), pending.browser)) throw new LookbackError("LOGIN_FAILED", "this login was not begun in this browser, or took too long; begin again");
		this.#pending.delete(state);
		const url = new URL(pending.redirectUri);
		url.search = query.toString();
		let claims;
		try {
			claims = (await authorizationCodeGrant(await this.#configuration(), url, {
				pkceCodeVerifier: pending.verifier,
				expectedNonce: pending.nonce,
				expectedState: state,
				idTokenExpected: true
			})).claims();
		} catch (error) {
			if (error instanceof LookbackError) throw error;
			this.#logger.warn({
				address,
				error: error instanceof Error ? error.message : String(error)
			}, "a login at the OpenID provider failed");
			this.#access.audit("", "login.failed", { by: "oidc" }, {
				address,
				outcome: "LOGIN_FAILED"
			});
			throw new LookbackError("LOGIN_FAILED", "the OpenID provider did not confirm this login; begin again", {}, { cause: error });
		}
		return {
			user: await this.#userOf(claims ?? {}, address),
			next: pending.next
		};
	}
	async #userOf(claims, address) {
		const { userField, roleField, createUsers, admission } = this.#settings;
		const name = claims[userField];
		const refuse = (shownName, reason) => {
			this.#logger.warn({
				address,
				user: shownName,
				reason
			}, "a login at the OpenID provider was refused");
			this.#access.audit(shownName.slice(0, 64), "login.failed", {
				by: "oidc",
				reason
			}, {
				address,
				outcome: "LOGIN_FAILED"
			});
			return new LookbackError("LOGIN_FAILED", "the provider knows you, but you may not log in here; ask an administrator");
		};
		if (typeof name !== "string" || name === "") throw refuse("", `no claim ${userField}`);
		const known = this.#records.findUser(name);
		if (known !== null && known.loginBy !== "oidc") throw refuse(name, `the user logs in by ${known.loginBy}`);
		if (known !== null && !known.enabled) throw refuse(name, "the user is disabled");
		const role = roleField === null ? null : this.#roleOf(claims[roleField]);
		if (roleField !== null && role === null) throw refuse(name, `no value of the claim ${roleField} has a role`);
		if (known !== null) return role === null || role === known.role ? known : this.#access.replaceUser({
			...known,
			role
		});
		if (admission !== null) {
			const admitted = admission.admit(name, "oidc", (claim) => textOf(claims[claim]), address, role);
			if (admitted !== null) return admitted;
			throw new LookbackError("LOGIN_FAILED", "the provider knows you, but you may not log in here; ask an administrator");
		}
		if (!createUsers) throw refuse(name, "there is no such user");
		try {
			return await this.#access.putUser({
				name,
				password: null,
				role: role ?? "viewer",
				loginBy: "oidc"
			});
		} catch (error) {
			if (error instanceof LookbackError && error.code === "BAD_INPUT") throw refuse(name, "the name cannot be a user's");
			throw error;
		}
	}
	/** The highest role of the groups of a claim, or null. */
	#roleOf(claim) {
		const found = (Array.isArray(claim) ? claim : [claim]).flatMap((group) => typeof group === "string" ? this.#settings.roles.get(group) ?? [] : []);
		return ROLES.findLast((role) => found.includes(role)) ?? null;
	}
	/** The address of ours that the provider knows and the browser came to; the first one when none fits. */
	#redirectUri(host) {
		const { redirectUris } = this.#settings;
		return redirectUris.find((uri) => new URL(uri).host === host) ?? redirectUris[0] ?? "";
	}
	async #configuration() {
		const now = this.#clock.nowMs();
		if (this.#provider === null || now - this.#provider.readMs > DISCOVERY_MS) {
			const { discoverUrl, clientId, clientSecret, signature, fetch } = this.#settings;
			const url = new URL(discoverUrl);
			const insecure = url.protocol === "http:" && [
				"127.0.0.1",
				"localhost",
				"[::1]"
			].includes(url.hostname);
			this.#provider = {
				configuration: discovery(url, clientId, {
					client_secret: clientSecret,
					...signature === null ? {} : { id_token_signed_response_alg: signature }
				}, ClientSecretPost(clientSecret), {
					timeout: TIMEOUT_S,
					...insecure ? { execute: [allowInsecureRequests] } : {},
					...fetch === null ? {} : { [customFetch]: fetch }
				}),
				readMs: now
			};
		}
		const { configuration } = this.#provider;
		try {
			return await configuration;
		} catch (error) {
			this.#provider = null;
			this.#logger.error({
				provider: this.#settings.discoverUrl,
				error: error instanceof Error ? error.message : String(error)
			}, "the OpenID provider does not answer");
			throw new LookbackError("UNAVAILABLE", "the OpenID provider does not answer; try again later", {}, { cause: error });
		}
	}
};
/** A claim as text: lists separated by commas; null for objects and what is not there. */
function textOf(claim) {
	if (Array.isArray(claim)) return claim.filter((one) => typeof one === "string").join(",");
	return typeof claim === "string" || typeof claim === "number" || typeof claim === "boolean" ? String(claim) : null;
}
function sameText(a, b) {
	return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

// dist/access/user-template.js
/** Longest template, and longest value that is filled in, in characters. */
const MAX_TEMPLATE = 16384;
const MAX_VALUE = 1e3;
/** What Arkime's roles are here; its others are about programs that are not part of Lookback, and give nothing. */
const ARKIME_ROLES = /* @__PURE__ */ new Map([
	["arkimeUser", "analyst"],
	["arkimeAdmin", "operator"],
	["usersAdmin", "administrator"],
	["superAdmin", "administrator"]
]);
/** Members of Arkime's users without a counterpart: accepted, so that an existing template works unchanged. */
const WITHOUT_EFFECT = /* @__PURE__ */ new Set([
	"userName",
	"headerAuthEnabled",
	"removeEnabled",
	"roleAssigners",
	"settings",
	"welcomeMsgNum",
	"notes"
]);
const MEMBERS = [
	"userId",
	"enabled",
	"webEnabled",
	"createEnabled",
	"roles",
	"expression",
	"timeLimit",
	"hiddenFields",
	...RIGHT_NAMES
];
const KNOWN = new Set(MEMBERS);
/** `${this.name}` or `${this["name"]}`, the two forms that name a header or claim. */
const PLACE = /\$\{this(?:\.([\w-]+)|\[\s*(?:"([^"]+)"|'([^']+)')\s*\])\}/g;
/** What a value may be made of that becomes a part of a search expression: nothing that could end a text in it. */
const IN_EXPRESSION = /^[\p{L}\p{N} ._:@/+-]*$/u;
/**
* How users who are not known are made from what a trusted proxy or an OpenID provider says of them: a JSON object with the
* members of Arkime's users, in whose texts `${this.name}` stands for a header or claim. The text is data: it is read as
* JSON before anything is filled in, and never run.
*/
var UserTemplate = class {
	#members;
	/** Reads a template. Throws BAD_INPUT that names the member. */
	constructor(text) {
		if (text.length > MAX_TEMPLATE) throw new LookbackError("BAD_INPUT", `allowed: at most ${MAX_TEMPLATE} characters`);
		let read;
		try {
			read = JSON.parse(text);
		} catch (cause) {
			throw new LookbackError("BAD_INPUT", `is no JSON object: ${cause instanceof Error ? cause.message : String(cause)}`, {}, { cause });
		}
		if (typeof read !== "object" || read === null || Array.isArray(read)) throw new LookbackError("BAD_INPUT", "is no JSON object");
		const members = /* @__PURE__ */ new Map();
		for (const [name, value] of Object.entries(read)) {
			if (WITHOUT_EFFECT.has(name)) continue;
			if (!KNOWN.has(name)) throw new LookbackError("BAD_INPUT", `${name.slice(0, 60)}: there is no such member of a user; there are ${MEMBERS.join(", ")}`);
			members.set(name, memberOf(name, value));
		}
		this.#members = members;
	}
	/** The user of a name that was proved. Throws BAD_INPUT with the reason when the template makes none of these facts. */
	userOf(name, fact) {
		const text = (member) => {
			const value = this.#members.get(member);
			return value === void 0 || value === null ? null : filled(String(value), fact);
		};
		const flag = (member) => {
			const value = text(member);
			if (value === null) return null;
			if (value === "true" || value === "false") return value === "true";
			throw new LookbackError("BAD_INPUT", `${member} is neither true nor false`);
		};
		const userId = text("userId");
		if (userId !== null && userId.toLowerCase() !== name.toLowerCase()) throw new LookbackError("BAD_INPUT", "userId of the template is another name");
		if (flag("enabled") === false || flag("webEnabled") === false) throw new LookbackError("BAD_INPUT", "the template does not enable this user");
		const rights = {};
		for (const right of RIGHT_NAMES) {
			const value = flag(right);
			if (value !== null) rights[right] = value;
		}
		return {
			name,
			rights,
			role: flag("createEnabled") === true ? "administrator" : this.#role(fact),
			forcedExpression: this.#expression(fact),
			hiddenFields: this.#list("hiddenFields", fact) ?? [],
			maxAgeHours: hoursOf(text("timeLimit"))
		};
	}
	/** The highest role that is given; without any Arkime's users have `arkimeUser`. */
	#role(fact) {
		const given = this.#list("roles", fact) ?? ["arkimeUser"];
		const found = given.flatMap((role) => isRole(role) ? role : ARKIME_ROLES.get(role) ?? []);
		const highest = ROLES.findLast((role) => found.includes(role));
		if (highest === void 0) throw new LookbackError("BAD_INPUT", `none of the roles is one here: ${given.join(", ").slice(0, 200)}`);
		return highest;
	}
	#expression(fact) {
		const given = this.#members.get("expression");
		return typeof given !== "string" ? "" : filled(given, (name) => {
			const value = fact(name);
			if (value !== null && !IN_EXPRESSION.test(value)) throw new LookbackError("BAD_INPUT", `${name} has signs that may not become a part of a search expression`);
			return value;
		});
	}
	#list(member, fact) {
		const given = this.#members.get(member);
		if (given === void 0 || given === null) return null;
		return (typeof given === "object" ? given : [String(given)]).flatMap((one) => filled(one, fact).split(",")).map((one) => one.trim()).filter((one) => one !== "");
	}
};
/** Checks the kind of a member's value, and the places in its texts. */
function memberOf(name, value) {
	const texts = Array.isArray(value) ? value.map((one) => typeof one === "string" ? one : null) : [typeof value === "string" ? value : ""];
	const list = [];
	for (const one of texts) {
		if (one === null) throw new LookbackError("BAD_INPUT", `${name}: a list is of texts`);
		if (one.replaceAll(PLACE, "").includes("${")) throw new LookbackError("BAD_INPUT", `${name}: allowed in a text: \${this.NAME} and \${this["NAME"]}`);
		list.push(one);
	}
	if (Array.isArray(value)) {
		if (name !== "roles" && name !== "hiddenFields") throw new LookbackError("BAD_INPUT", `${name}: a list is no value of it`);
		return list;
	}
	if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
	throw new LookbackError("BAD_INPUT", `${name}: an object is no value of it`);
}
function filled(text, fact) {
	return text.replaceAll(PLACE, (_whole, plain, double, single) => {
		const name = plain ?? double ?? single ?? "";
		const value = fact(name);
		if (value === null) throw new LookbackError("BAD_INPUT", `there is no ${name}`);
		if (value.length > MAX_VALUE) throw new LookbackError("BAD_INPUT", `${name} is longer than ${MAX_VALUE} characters`);
		return value;
	});
}
/** Arkime's time limit in hours: none, or 0, is without bound. */
function hoursOf(text) {
	if (text === null || text === "" || text === "0") return null;
	const hours = Number(text);
	if (!Number.isSafeInteger(hours)) throw new LookbackError("BAD_INPUT", "timeLimit is no whole number of hours");
	return hours;
}

// dist/base/logger.js
/** Logs nothing; for tests and tools. */
const silentLogger = {
	debug() {},
	info() {},
	warn() {},
	error() {},
	child: () => silentLogger
};

// dist/http/address-list.js
/** Addresses and networks (CIDR), IPv4 and IPv6; an IPv4 address mapped into IPv6 is the IPv4 address. */
var AddressList = class {
	#list = new BlockList();
	/** CONFIG_INVALID for text that is neither an address nor a network. */
	constructor(texts) {
		for (const text of texts) {
			const [address = "", prefix, ...rest] = text.split("/");
			const family = isIP(address) === 4 ? "ipv4" : "ipv6";
			const bits = prefix === void 0 ? null : Number(prefix);
			const most = family === "ipv4" ? 32 : 128;
			if (isIP(address) === 0 || rest.length > 0 || prefix !== void 0 && !/^\d{1,3}$/.test(prefix) || bits !== null && bits > most) throw new LookbackError("CONFIG_INVALID", `${JSON.stringify(text.slice(0, 60))} is no address or network, such as 192.0.2.7 or 10.0.0.0/8`, { value: text.slice(0, 60) });
			if (bits === null) this.#list.addAddress(address, family);
			else this.#list.addSubnet(address, bits, family);
		}
	}
	/** Whether an address is one of them; false for what is no address. */
	has(address) {
		const plain = unmapped(address);
		const kind = isIP(plain);
		return kind !== 0 && this.#list.check(plain, kind === 4 ? "ipv4" : "ipv6");
	}
};
/** `::ffff:192.0.2.1` as `192.0.2.1`; others as they are. */
function unmapped(address) {
	return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}

// dist/http/certificate-files.js
/** Milliseconds between two looks whether the files changed. */
const LOOK_MS = 1e4;
/** Largest file, in bytes. */
const LARGEST = 1048576;
/** A certificate with its key in two PEM files, read again when they change. */
var CertificateFiles = class {
	#certFile;
	#keyFile;
	#clock;
	#logger;
	#seen = "";
	#timer = null;
	constructor(certFile, keyFile, clock, logger) {
		this.#clock = clock;
		this.#certFile = certFile;
		this.#keyFile = keyFile;
		this.#logger = logger;
	}
	/** Reads both. CONFIG_INVALID naming the file when one cannot be read, is no certificate or key, or they do not belong together. */
	read() {
		this.#seen = this.#state();
		const cert = readPem("certFile", this.#certFile);
		const key = readPem("keyFile", this.#keyFile);
		let certificate;
		try {
			certificate = new X509Certificate(cert);
		} catch (cause) {
			throw new LookbackError("CONFIG_INVALID", `certFile=${this.#certFile}: is no certificate in PEM form`, { file: this.#certFile }, { cause });
		}
		try {
			createSecureContext({
				cert,
				key
			});
		} catch (cause) {
			throw new LookbackError("CONFIG_INVALID", `keyFile=${this.#keyFile}: is no unencrypted private key in PEM form, or not that of ${this.#certFile}`, { file: this.#keyFile }, { cause });
		}
		if (Date.parse(certificate.validTo) <= this.#clock.nowMs()) this.#logger.warn({
			file: this.#certFile,
			validTo: certificate.validTo
		}, "the certificate has expired; clients will refuse it");
		return {
			cert,
			key
		};
	}
	/** Calls `use` with the new ones whenever the files changed and fit together; until they do, the old ones stay in use. */
	watch(use) {
		this.#timer = setInterval(() => {
			this.look(use);
		}, LOOK_MS).unref();
	}
	/** Looks once. */
	look(use) {
		if (this.#state() === this.#seen) return;
		try {
			use(this.read());
			this.#logger.info({ file: this.#certFile }, "took up the changed certificate");
		} catch (error) {
			this.#logger.error({ error: error instanceof Error ? error.message : String(error) }, "the changed certificate cannot be used; the one before stays in use");
		}
	}
	/** Looks no more. */
	stop() {
		if (this.#timer !== null) clearInterval(this.#timer);
	}
	#state() {
		return [this.#certFile, this.#keyFile].map((file) => {
			const found = statSync(file, { throwIfNoEntry: false });
			return found === void 0 ? "none" : `${found.ino}.${found.size}.${found.mtimeMs}`;
		}).join("/");
	}
};
function readPem(key, file) {
	try {
		if (statSync(file).size > LARGEST) throw new Error(`it has more than ${LARGEST} bytes`);
		return readFileSync(file, "utf8");
	} catch (cause) {
		throw new LookbackError("CONFIG_INVALID", `${key}=${file}: cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { file }, { cause });
	}
}

// dist/app/logins.js
/** Path of the route to which the OpenID provider sends users back. */
const CALLBACK = "/auth/login/callback";
/** What the configuration says of logging in, for the HTTP server. CONFIG_INVALID naming the key where parts of it do not fit together. */
function loginParts(config, parts) {
	const { values } = config;
	const mode = values.authMode;
	const byOidc = mode === "oidc" || mode === "form+oidc";
	const byHeader = mode.startsWith("header");
	const template = userTemplate(config);
	const admission = template === null ? null : new UserAdmission({
		...parts,
		template
	});
	return {
		logins: {
			passwords: mode !== "oidc" && mode !== "headerOnly",
			oidc: byOidc ? new OidcLogin({
				...parts,
				settings: oidcSettings(config, admission)
			}) : null,
			secureCookies: values.authCookieSecure === "auto" ? "auto" : values.authCookieSecure === "true",
			message: values.loginMessage,
			afterLogout: afterLogout(config)
		},
		trusted: {
			proxies: addresses(config, "authTrustProxy", values.authTrustProxy),
			header: byHeader ? headerSettings(config) : null,
			admission: byHeader ? admission : null
		},
		certificate: certificateFiles(config, parts.clock, parts.logger),
		strictTransport: values.hstsHeader
	};
}
/** Checks what the configuration says of logging in and of asking other servers, without doing either. CONFIG_INVALID naming the key. */
function checkLogins(config) {
	const { authMode: mode } = config.values;
	userTemplate(config);
	afterLogout(config);
	if (mode === "oidc" || mode === "form+oidc") oidcSettings(config, null);
	if (mode.startsWith("header")) headerSettings(config);
	addresses(config, "authTrustProxy", config.values.authTrustProxy);
	certificateFiles(config, systemClock, silentLogger)?.read();
	outgoingFetch(config);
}
/** What to say of a server that others can reach and read along, or null. */
function exposureWarning({ values }) {
	if (values.viewHost === "localhost" || values.viewHost === "::1" || isIP(values.viewHost) === 4 && values.viewHost.startsWith("127.") || values.certFile !== null) return null;
	return `the service listens on ${values.viewHost} without TLS: passwords, tokens and packets cross the network readable for everybody on the way. Set certFile and keyFile, or viewHost=127.0.0.1 behind a proxy that speaks TLS`;
}
function invalid(config, key, what) {
	const origin = config.origins.get(key);
	return new LookbackError("CONFIG_INVALID", `${origin === void 0 ? "configuration" : printOrigin(origin)}: ${key}: ${what}`, { key });
}
function addresses(config, key, texts) {
	try {
		return new AddressList(texts);
	} catch (error) {
		if (error instanceof LookbackError) throw invalid(config, key, error.message);
		throw error;
	}
}
/** How the provider is asked, or null: by Node's own fetch. */
function providerFetch(config) {
	const outgoing = outgoingFetch(config);
	if (outgoing === null) return null;
	return (url, { method, headers, body, redirect, signal }) => outgoing(url, {
		method,
		headers,
		redirect,
		body: body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : null,
		...signal === void 0 ? {} : { signal }
	});
}
/** The template of users who are not known, or null. */
function userTemplate(config) {
	const { userAutoCreateTmpl: text } = config.values;
	if (text === null) return null;
	try {
		return new UserTemplate(text);
	} catch (error) {
		if (error instanceof LookbackError) throw invalid(config, "userAutoCreateTmpl", error.message);
		throw error;
	}
}
function afterLogout(config) {
	const { logoutUrl: text, logoutUrlMethod: method } = config.values;
	if (text === null) return null;
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null || url.protocol !== "https:" && url.protocol !== "http:") throw invalid(config, "logoutUrl", `${text.slice(0, 200)}: allowed: an http or https URL`);
	return {
		url,
		method
	};
}
function oidcSettings(config, admission) {
	const { values } = config;
	const needed = (key) => {
		const value = values[key];
		if (value === null) throw invalid(config, key, `is needed for authMode=${values.authMode}`);
		return value;
	};
	const discoverUrl = needed("authDiscoverURL");
	const url = URL.canParse(discoverUrl) ? new URL(discoverUrl) : null;
	const local = url !== null && [
		"127.0.0.1",
		"localhost",
		"[::1]"
	].includes(url.hostname);
	if (url === null || !(url.protocol === "https:" || url.protocol === "http:" && local)) throw invalid(config, "authDiscoverURL", "allowed: an https URL, or http on this machine");
	if (values.authRedirectURIs.length === 0) throw invalid(config, "authRedirectURIs", `is needed for authMode=${values.authMode}: https://HOST${CALLBACK}`);
	for (const uri of values.authRedirectURIs) if (new URL(uri).pathname !== CALLBACK) throw invalid(config, "authRedirectURIs", `${uri}: allowed: URLs of the path ${CALLBACK}`);
	const roles = /* @__PURE__ */ new Map();
	for (const given of values.authRoles) {
		const equals = given.lastIndexOf("=");
		const role = given.slice(equals + 1).trim();
		if (equals < 1 || !isRole(role)) throw invalid(config, "authRoles", `${given.slice(0, 100)}: allowed: GROUP=ROLE separated by ;, with the roles ${ROLES.join(", ")}`);
		roles.set(given.slice(0, equals).trim(), role);
	}
	if (values.authRoleField !== null && roles.size === 0) throw invalid(config, "authRoles", "is needed with authRoleField: nobody could log in");
	return {
		discoverUrl,
		clientId: needed("authClientId"),
		clientSecret: needed("authClientSecret"),
		redirectUris: values.authRedirectURIs,
		scope: values.authOIDCScope,
		userField: values.authUserIdField,
		roleField: values.authRoleField,
		roles,
		createUsers: values.authCreateUsers,
		admission,
		signature: values.authJwsAlgorithm,
		fetch: providerFetch(config)
	};
}
function headerSettings(config) {
	const { values } = config;
	if (values.userNameHeader === null) throw invalid(config, "userNameHeader", `is needed for authMode=${values.authMode}`);
	if (values.requiredAuthHeader !== null && values.requiredAuthHeaderVal.length === 0) throw invalid(config, "requiredAuthHeaderVal", "is needed with requiredAuthHeader: nobody could log in");
	return {
		userNameHeader: values.userNameHeader,
		proxies: addresses(config, "userAuthIps", values.userAuthIps),
		required: values.requiredAuthHeader === null ? null : {
			header: values.requiredAuthHeader,
			values: values.requiredAuthHeaderVal
		}
	};
}
function certificateFiles(config, clock, logger) {
	const { certFile, keyFile } = config.values;
	if (certFile === null && keyFile === null) return null;
	if (certFile === null || keyFile === null) throw invalid(config, certFile === null ? "certFile" : "keyFile", "is needed as well: certFile and keyFile go together");
	return new CertificateFiles(namedFile(config, certFile), namedFile(config, keyFile), clock, logger);
}

export { unmapped as a, AddressList as i, exposureWarning as n, loginParts as r, checkLogins as t };