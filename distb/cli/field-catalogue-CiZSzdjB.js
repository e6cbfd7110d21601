import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as isHostExpression, r as withPorts, t as deriveFields } from "./derived-fields-Bpb1Itnt.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { createRequire } from "node:module";

// dist/model/declared-fields.js
const KINDS = /* @__PURE__ */ new Set([
	"integer",
	"float",
	"ip",
	"seconds",
	"termfield",
	"lotermfield",
	"uptermfield",
	"lotextfield",
	"boolean"
]);
const SHAPES = /* @__PURE__ */ new Set([
	"one",
	"list",
	"set",
	"objects"
]);
const COUNTS = /* @__PURE__ */ new Set([
	"none",
	"cnt",
	"ecs"
]);
/** The version of `schema/fields.json` that this code reads. */
const VERSION = 1;
/** Paths whose values people may add to: they live in the catalogue's overlay beside the rows. */
const OVERLAY_PATHS = /* @__PURE__ */ new Set(["tags"]);
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function invalid(where, expected) {
	return new LookbackError("INTERNAL", `schema/fields.json: ${where} must be ${expected}`, {
		where,
		expected
	});
}
function text(record, key, where) {
	const value = record[key];
	if (typeof value !== "string") throw invalid(`${where}.${key}`, "a string");
	return value;
}
function word(record, key, where, allowed) {
	const value = text(record, key, where);
	if (!allowed.has(value)) throw invalid(`${where}.${key}`, `one of ${[...allowed].join(", ")}`);
	return value;
}
function texts(record, key, where) {
	const value = record[key];
	if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) throw invalid(`${where}.${key}`, "a list of strings");
	return value;
}
function field(value, where) {
	if (!isRecord(value)) throw invalid(where, "an object");
	const path = text(value, "path", where);
	if (path === "") throw invalid(`${where}.path`, "a document path");
	const linked = value["linked"];
	if (typeof linked !== "boolean") throw invalid(`${where}.linked`, "true or false");
	return {
		expression: text(value, "expression", where),
		aliases: texts(value, "aliases", where),
		path,
		object: text(value, "object", where),
		kind: word(value, "kind", where, KINDS),
		shape: word(value, "shape", where, SHAPES),
		count: word(value, "count", where, COUNTS),
		group: text(value, "group", where),
		name: text(value, "name", where),
		help: text(value, "help", where),
		linked,
		since: text(value, "since", where),
		countOf: null,
		view: null,
		portPath: null,
		overlay: OVERLAY_PATHS.has(path)
	};
}
/**
* Reads the declared fields out of the parsed content of `schema/fields.json`
* (`{"version":1,"fields":[…]}`). Throws INTERNAL, naming the entry, when the content is not of that shape.
*/
function readDeclaredFields(content) {
	if (!isRecord(content)) throw invalid("the file", "an object");
	if (content["version"] !== VERSION) throw invalid("version", String(VERSION));
	const list = content["fields"];
	if (!Array.isArray(list)) throw invalid("fields", "a list");
	const seen = /* @__PURE__ */ new Set();
	return list.map((value, at) => {
		const declared = field(value, `fields[${at}]`);
		if (seen.has(declared.path)) throw invalid(`fields[${at}].path`, `unique; "${declared.path}" is declared twice`);
		seen.add(declared.path);
		return declared;
	});
}
/** The fields of this build: `schema/fields.json` is a module of the package like any other. */
function packagedFields() {
	return readDeclaredFields(createRequire(import.meta.url)("../../schema/fields.json"));
}

// dist/model/virtual-fields.js
const under = (prefix) => (field) => field.expression.startsWith(`${prefix}.`);
const named = (...names) => (field) => names.includes(field.expression);
const geo = (part) => (field) => field.expression.startsWith(`${part}.`) || field.expression.endsWith(`.${part}`);
/** Who belongs to each virtual field, as Arkime's field definitions have it (attribute `regex`, and kind `ip` for `ip`). */
const RULES = [
	{
		expression: "ip",
		kind: "ip",
		group: "general",
		name: "All IP fields",
		has: (field) => field.kind === "ip"
	},
	{
		expression: "port",
		kind: "integer",
		group: "general",
		name: "All port fields",
		has: (field) => field.kind === "integer" && /^port\.|\.port$|Port$/.test(field.expression)
	},
	{
		expression: "host",
		kind: "lotermfield",
		group: "general",
		name: "All host fields",
		has: (field) => isHostExpression(field.expression)
	},
	{
		expression: "mac",
		kind: "lotermfield",
		group: "general",
		name: "All MAC fields",
		has: under("mac")
	},
	{
		expression: "outermac",
		kind: "lotermfield",
		group: "general",
		name: "All outer MAC fields",
		has: under("outermac")
	},
	{
		expression: "outerip",
		kind: "ip",
		group: "general",
		name: "All outer IP fields",
		has: (field) => field.kind === "ip" && field.expression.startsWith("outerip.")
	},
	{
		expression: "country",
		kind: "uptermfield",
		group: "general",
		name: "All country fields",
		has: geo("country")
	},
	{
		expression: "asn",
		kind: "termfield",
		group: "general",
		name: "All ASN fields",
		has: geo("asn")
	},
	{
		expression: "rir",
		kind: "uptermfield",
		group: "general",
		name: "All RIR fields",
		has: geo("rir")
	},
	{
		expression: "payload8.hex",
		kind: "lotermfield",
		group: "general",
		name: "Payload hex of both directions",
		has: named("payload8.src.hex", "payload8.dst.hex")
	},
	{
		expression: "payload8.utf8",
		kind: "termfield",
		group: "general",
		name: "Payload text of both directions",
		has: named("payload8.src.utf8", "payload8.dst.utf8")
	},
	{
		expression: "tls.sessionid",
		kind: "lotermfield",
		group: "tls",
		name: "TLS session ids of both directions",
		has: under("tls.sessionid")
	},
	{
		expression: "host.dns.all",
		aliases: ["dns.host.all"],
		kind: "lotermfield",
		group: "dns",
		name: "All DNS host fields",
		has: (field) => /^host\.dns(\.|$)/.test(field.expression)
	},
	{
		expression: "ip.dns.all",
		aliases: ["dns.ip.all"],
		kind: "ip",
		group: "dns",
		name: "All DNS IP fields",
		has: (field) => field.kind === "ip" && /^ip\.dns(\.|$)/.test(field.expression)
	},
	{
		expression: "http.hasheader",
		kind: "lotermfield",
		group: "http",
		name: "HTTP headers of both directions",
		has: named("http.hasheader.src", "http.hasheader.dst")
	},
	{
		expression: "http.hasheader.value",
		kind: "lotermfield",
		group: "http",
		name: "HTTP header values of both directions",
		has: named("http.hasheader.src.value", "http.hasheader.dst.value")
	},
	{
		expression: "http.version",
		kind: "termfield",
		group: "http",
		name: "HTTP versions of both directions",
		has: named("http.version.src", "http.version.dst")
	}
];
/** The virtual fields of a catalogue: those that have members and whose name no field of its own has. */
function virtualFields(fields, taken) {
	const virtuals = [];
	const candidates = fields.filter((field) => field.expression !== "" && field.countOf === null && field.view !== "tokens" && field.shape !== "objects");
	for (const { has, aliases = [], ...rule } of RULES) {
		const members = candidates.filter(has);
		if (members.length === 0 || taken.has(rule.expression)) continue;
		virtuals.push({
			...rule,
			aliases,
			help: `Any of ${members.map((member) => member.expression).join(", ")}`,
			members
		});
	}
	return virtuals;
}

// dist/model/field-catalogue.js
/** Prefix of a search name that is a document path (`db:source.ip`). */
const PATH_PREFIX = "db:";
/**
* Every field there is: the declared ones, and what follows from them (counts, views, ports, virtual fields).
* Immutable; one per process, shared by the checker, the stores and the API.
*/
var FieldCatalogue = class {
	#entries = /* @__PURE__ */ new Map();
	#paths = /* @__PURE__ */ new Map();
	/** A catalogue of `declared`; the first field of a name keeps it. */
	constructor(declared) {
		this.declared = withPorts(declared);
		this.derived = deriveFields(this.declared);
		const fields = [...this.declared, ...this.derived];
		for (const field of fields) {
			if (field.view === null && !this.#paths.has(field.path)) this.#paths.set(field.path, field);
			if (field.expression !== "") this.#name(field.expression, {
				entry: "field",
				field
			});
		}
		this.virtuals = virtualFields(fields, new Set(this.#entries.keys()));
		for (const virtual of this.virtuals) this.#name(virtual.expression, {
			entry: "virtual",
			virtual
		});
		for (const field of fields) for (const alias of field.aliases) this.#name(alias, {
			entry: "field",
			field
		});
		for (const virtual of this.virtuals) for (const alias of virtual.aliases) this.#name(alias, {
			entry: "virtual",
			virtual
		});
	}
	#name(name, entry) {
		if (!this.#entries.has(name)) this.#entries.set(name, entry);
	}
	/** What `name` (an expression, an alias or `db:<path>`) stands for, or null. */
	find(name) {
		if (name.startsWith(PATH_PREFIX)) {
			const field = this.byPath(name.slice(3));
			return field === null || field.shape === "objects" ? null : {
				entry: "field",
				field
			};
		}
		return this.#entries.get(name) ?? null;
	}
	/** The declared or count field at a document path, or null. */
	byPath(path) {
		return this.#paths.get(path) ?? null;
	}
	/** Every name that a search may use, aliases included, without the `db:` forms. */
	names() {
		return [...this.#entries.keys()];
	}
	/** At most `most` names that `name` may have been meant for, nearest first. */
	nearest(name, most = 3) {
		if (name.startsWith(PATH_PREFIX)) {
			const paths = [...this.#paths.values()].filter((field) => field.shape !== "objects").map((field) => field.path);
			return nearestNames(name.slice(3), paths, most).map((path) => PATH_PREFIX + path);
		}
		return nearestNames(name, this.names(), most);
	}
};
let packaged = null;
/** The catalogue of this build, made on first use. */
function packagedCatalogue() {
	packaged ??= new FieldCatalogue(packagedFields());
	return packaged;
}

export { packagedCatalogue as t };