import { n as LookbackError } from "./errors-iXTvzgJ7.js";

// dist/index-store/row-id.js
const UUID_TEXT = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
/** Whether a text can be the id of a row. */
function isRowId(text) {
	return UUID_TEXT.test(text);
}
/** An id as stores print it: lower case, with dashes. The text must be one. */
function rowIdText(text) {
	const hex = text.replaceAll("-", "").toLowerCase();
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
/** The time in an id: its first 48 bits, when the row's own first packet came, in milliseconds since 1970. It lies between the row's two times. */
function idTimeMs(id) {
	return Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
}

// dist/index-store/request-checks.js
/** Largest page. */
const MAX_PAGE = 2e3;
/** Largest number of buckets or links. */
const MAX_BUCKETS = 1e4;
/** Most buckets of one histogram. */
const MAX_HISTOGRAM_BUCKETS = 1e5;
/** Most units of one interval. */
const MAX_INTERVAL = 1e4;
const MAX_PERCENTILES = 20;
/** Tags of one change. */
const MAX_TAGS = 100;
/** Fields of one cross-tab. */
const MAX_DIMENSIONS = 4;
function requireSize(name, given, least, most) {
	if (Number.isInteger(given) && given >= least && given <= most) return;
	throw new LookbackError("LIMIT_EXCEEDED", `${name} must be ${least} to ${most}, not ${given}`, {
		limit: most,
		given
	});
}
/** Throws LIMIT_EXCEEDED for a page that is none or too large. */
function requirePage({ limit }) {
	if (Number.isInteger(limit) && limit >= 1 && limit <= 2e3) return;
	throw new LookbackError("LIMIT_EXCEEDED", `a page has 1 to ${MAX_PAGE} sessions, not ${limit}`, {
		limit: MAX_PAGE,
		given: limit
	});
}
/** Throws LIMIT_EXCEEDED for too many buckets or fields, or none. */
function requireTerms({ size, fields }) {
	requireSize("size", size, 1, MAX_BUCKETS);
	requireSize("the number of fields", fields.length, 1, MAX_DIMENSIONS);
}
/** Throws LIMIT_EXCEEDED for too many links, or none. */
function requireLinks({ limit }) {
	requireSize("limit", limit, 1, MAX_BUCKETS);
}
/** Throws LIMIT_EXCEEDED for an interval that is none, BAD_INPUT for a zone that is none. */
function requireInterval({ interval, timeZone }) {
	requireSize("the interval", interval.count, 1, MAX_INTERVAL);
	if (!isTimeZone(timeZone)) throw new LookbackError("BAD_INPUT", `"${timeZone}" is no IANA time zone`, { given: timeZone });
}
function isTimeZone(name) {
	try {
		return name !== "" && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}
/** Throws LIMIT_EXCEEDED for too many percentiles, BAD_INPUT for one that is none. */
function requirePercentiles({ percentiles }) {
	requireSize("the number of percentiles", percentiles.length, 0, MAX_PERCENTILES);
	for (const percent of percentiles) if (!(percent >= 0 && percent <= 100)) throw new LookbackError("BAD_INPUT", `a percentile is 0 to 100, not ${percent}`, { given: percent });
}
/** Throws BAD_INPUT for a field that holds no numbers. */
function requireNumbers(field) {
	if (field.kind === "integer" || field.kind === "float" || field.kind === "seconds") return;
	throw new LookbackError("BAD_INPUT", `${field.expression || field.path} holds no numbers`, {
		field: field.path,
		kind: field.kind
	});
}
/** The error about a histogram whose interval is too narrow for its range. */
function tooManyBuckets() {
	return new LookbackError("LIMIT_EXCEEDED", `more than ${MAX_HISTOGRAM_BUCKETS} buckets; use a wider interval`, { limit: MAX_HISTOGRAM_BUCKETS });
}
/** Throws LIMIT_EXCEEDED for too many tags at once, BAD_INPUT for what is no id. */
function requireTags(ids, add, remove) {
	const given = add.length + remove.length;
	if (given > MAX_TAGS) throw new LookbackError("LIMIT_EXCEEDED", `at most ${MAX_TAGS} tags change at once`, {
		limit: MAX_TAGS,
		given
	});
	const unknown = ids.find((id) => !isRowId(id));
	if (unknown !== void 0) throw new LookbackError("BAD_INPUT", `"${unknown}" is no session id`, { given: unknown });
}

// dist/index-store/stored-row.js
/** 16 bytes of a printed address, IPv4 mapped. */
function addressBytes(text) {
	const bytes = Buffer.alloc(16);
	const dotted = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
	if (dotted !== null && (dotted[1] === void 0 || dotted[1] === "::ffff:")) {
		bytes.set([
			255,
			255,
			...dotted.slice(2).map(Number)
		], 10);
		return bytes;
	}
	const [head = "", tail = ""] = text.split("::");
	const groups = (part) => part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
	groups(head).forEach((group, position) => {
		bytes.writeUInt16BE(group & 65535, 2 * position);
	});
	const last = groups(tail);
	last.forEach((group, position) => {
		bytes.writeUInt16BE(group & 65535, 16 - 2 * (last.length - position));
	});
	return bytes;
}

// dist/index-store/visibility.js
/** Whether `field` is, counts, or lies below a hidden path. */
function isHidden(field, hidden) {
	if (hidden.size === 0) return false;
	for (const path of [field.path, field.countOf ?? ""]) for (let part = path; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf(".")))) if (hidden.has(part)) return true;
	return false;
}
/** The error about a field that the reader may not see. */
function hiddenField(field) {
	return new LookbackError("FORBIDDEN", `the field ${field.expression || field.path} is not available to you`, { field: field.path });
}

export { requireInterval as a, requirePage as c, requireTerms as d, tooManyBuckets as f, rowIdText as h, MAX_HISTOGRAM_BUCKETS as i, requirePercentiles as l, isRowId as m, isHidden as n, requireLinks as o, idTimeMs as p, addressBytes as r, requireNumbers as s, hiddenField as t, requireTags as u };