// dist/model/derived-fields.js
/** Fields whose words can be searched under `<expression>.tokens`, beside every `host` field. */
const WORD_FIELDS = /* @__PURE__ */ new Set(["http.uri", "http.user-agent"]);
/** Whether a search expression names a host: Arkime's rule for its `host` field (viewer, field `hostall`). */
function isHostExpression(expression) {
	return (expression.startsWith("host.") || expression.endsWith(".host")) && !/\.(cnt|tokens)$/.test(expression);
}
/** Splits off the last part of a dotted name; the first part is empty when there is one part only. */
function parentOf(name) {
	const dot = name.lastIndexOf(".");
	return dot < 0 ? "" : name.slice(0, dot);
}
/**
* Name under which an object list's count is searched: what the expressions of its direct members have in common
* (`dns.answers` has `dns.answer.ip`, `dns.answer.ttl`, …: `dns.answer`), else its path.
*/
function objectExpression(list, declared) {
	const parents = /* @__PURE__ */ new Set();
	for (const member of declared) if (member.object === list.path && member.expression !== "") parents.add(parentOf(member.expression));
	const [only = ""] = parents;
	const [root = ""] = list.path.split(".");
	return parents.size === 1 && (only === root || only.startsWith(`${root}.`)) ? only : list.path;
}
/** The derived count of a field that has one: `<path>Cnt` or `<path>-cnt` in documents, `<expression>.cnt` in searches. */
function countField(field, declared) {
	if (field.count === "none") return null;
	const base = field.shape === "objects" ? objectExpression(field, declared) : field.expression;
	return {
		...field,
		expression: base === "" ? "" : `${base}.cnt`,
		aliases: field.aliases.map((alias) => `${alias}.cnt`),
		path: field.path + (field.count === "cnt" ? "Cnt" : "-cnt"),
		kind: "integer",
		shape: "one",
		count: "none",
		name: `${field.name} count`,
		help: `Number of values of ${base === "" ? field.path : base}`,
		countOf: field.path
	};
}
/** A view of `field` under another expression; it has the same path. */
function viewOf(field, view, expression, aliases) {
	return {
		...field,
		expression,
		aliases,
		kind: view === "utf8" ? "termfield" : "lotextfield",
		count: "none",
		name: `${field.name} ${view === "utf8" ? "as text" : "words"}`,
		help: view === "utf8" ? `${field.help}, read as UTF-8` : `Words of ${field.expression}, in sequence, letter case ignored`,
		view
	};
}
function viewFields(field) {
	if (/^payload8\.(src|dst)\.hex$/.test(field.expression)) return [viewOf(field, "utf8", `${parentOf(field.expression)}.utf8`, [])];
	if ((field.kind === "termfield" || field.kind === "lotermfield" || field.kind === "uptermfield") && (isHostExpression(field.expression) || WORD_FIELDS.has(field.expression))) return [viewOf(field, "tokens", `${field.expression}.tokens`, field.aliases.map((alias) => `${alias}.tokens`))];
	return [];
}
/**
* Pairs every address that has one value with the port beside it: `ip.src` with `port.src`, `ip.socks` with
* `port.socks`. A field with several addresses has no port: the two lists would not line up.
*/
function withPorts(declared) {
	const ports = new Map(declared.filter((field) => field.kind === "integer" && field.shape === "one").map((field) => [field.expression, field.path]));
	return declared.map((field) => {
		if (field.kind !== "ip" || field.shape !== "one" || !field.expression.startsWith("ip.")) return field;
		const portPath = ports.get(`port.${field.expression.slice(3)}`) ?? null;
		return {
			...field,
			portPath
		};
	});
}
/** Counts and views that follow from the declared fields, except where a field of that expression is declared itself. */
function deriveFields(declared) {
	const taken = new Set(declared.flatMap((field) => [field.expression, ...field.aliases]));
	const derived = [];
	for (const field of declared) {
		const count = countField(field, declared);
		for (const candidate of count === null ? viewFields(field) : [count, ...viewFields(field)]) {
			if (candidate.expression !== "" && taken.has(candidate.expression)) continue;
			taken.add(candidate.expression);
			derived.push(candidate);
		}
	}
	return derived;
}

export { isHostExpression as n, withPorts as r, deriveFields as t };