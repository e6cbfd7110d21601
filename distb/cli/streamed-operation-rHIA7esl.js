import { n as LookbackError, t as ERROR_CODES } from "./errors-iXTvzgJ7.js";
import { t as ALL_TIME } from "./time-range-D3zEJG_k.js";
import { a as RegexFault, c as MAX_LIST_ITEMS, i as isBareTerm, l as literalPattern, o as portableRegex, r as parse$1, s as MAX_COMPARISONS } from "./resolve-files-BH_TWUKY.js";
import { i as isFinished, t as RequestContext } from "./context-C2q4EyF8.js";
import { i as isCapture, n as USUAL_COLUMNS } from "./export-request-Bx6ximDr.js";
import { t as isFinished$1 } from "./import-job-nrdktVQX.js";
import { n as shownUrl } from "./webhooks-DP-0HEv3.js";
import { i as RIGHT_NAMES, l as refusal, r as PERMISSIONS } from "./rights-Bq4x3dFS.js";
import { createRequire } from "node:module";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { GraphQLError, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, GraphQLString, Kind, getOperationAST, isObjectType, parse, printSchema, specifiedRules, validate, valueFromASTUntyped } from "graphql";
import "reflect-metadata";
import { Arg, Args, ArgsType, Ctx, Extensions, Field, FieldResolver, Float, ID, Info, InputType, Int, InterfaceType, Mutation, ObjectType, Query, Resolver, Root, Subscription, buildSchemaSync, registerEnumType } from "type-graphql";

// dist/graphql/scalar/scalars.js
function invalid(message) {
	return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
function shownValue(value) {
	return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
const MIN_LONG = -(2n ** 63n);
const MAX_LONG = 2n ** 63n - 1n;
/** A 64-bit integer as JSON carries it: a number while that is exact, else decimal text. */
function printLong(value) {
	if (typeof value === "number" && Number.isSafeInteger(value)) return value;
	if (typeof value === "bigint" && value >= MIN_LONG && value <= MAX_LONG) return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
	throw new GraphQLError(`${shownValue(typeof value === "bigint" ? value.toString() : value)} is no 64-bit integer`);
}
function readLong(value) {
	const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
	if (typeof number === "number" && Number.isSafeInteger(number)) return number;
	throw invalid(`Long takes a whole number within ±(2^53-1), not ${shownValue(value)}`);
}
/** 64-bit integers. */
const LongScalar = new GraphQLScalarType({
	name: "Long",
	description: "A whole number of 64 bits. Printed as a JSON number while it is exact there (within ±(2^53-1)), else as decimal text. As an argument: a number, or decimal text, within ±(2^53-1).",
	serialize: printLong,
	parseValue: readLong,
	parseLiteral(node) {
		if (node.kind === Kind.INT || node.kind === Kind.STRING) return readLong(node.value.length > 16 ? node.value : Number(node.value));
		throw invalid("Long takes a whole number");
	}
});
/** 1970 and 2262: what 64 bits of nanoseconds reach. */
const FIRST_MS = 0;
const LAST_MS = 9223372036854;
/** ISO 8601 with a date; a time needs `Z` or an offset, so that its meaning does not depend on the server's zone. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
function readTime(value) {
	let ms = NaN;
	if (typeof value === "number") ms = value;
	else if (typeof value === "string" && /^-?\d{1,15}$/.test(value)) ms = Number(value);
	else if (typeof value === "string" && ISO.test(value)) ms = Date.parse(value.replace(",", "."));
	if (!Number.isFinite(ms)) throw invalid(`DateTime takes ISO 8601 with a zone (2026-11-24T08:00:00Z) or milliseconds since 1970, not ${shownValue(value)}`);
	if (ms < FIRST_MS || ms > LAST_MS) throw new GraphQLError(`a time is between 1970 and 2262, not ${shownValue(value)}`, { extensions: { code: "TIME_RANGE_INVALID" } });
	return Math.trunc(ms);
}
/** Points in time; milliseconds since 1970 inside. */
const DateTimeScalar = new GraphQLScalarType({
	name: "DateTime",
	description: "A point in time from 1970 to 2262. Printed as ISO 8601 in UTC with milliseconds; a time of a capture outside what ISO prints (a forged date in a certificate, say) is printed as milliseconds since 1970. As an argument: ISO 8601 with `Z` or an offset, a bare date (UTC), or milliseconds since 1970.",
	serialize(value) {
		if (typeof value !== "number" || !Number.isFinite(value)) throw new GraphQLError(`${shownValue(value)} is no time`);
		return Math.abs(value) <= 864e13 ? new Date(value).toISOString() : value;
	},
	parseValue: readTime,
	parseLiteral(node) {
		if (node.kind === Kind.INT) return readTime(Number(node.value));
		if (node.kind === Kind.STRING) return readTime(node.value);
		throw invalid("DateTime takes text or a number");
	}
});
function readAddress(value) {
	if (typeof value === "string" && isIP(value) !== 0) return value;
	throw invalid(`Address takes an IPv4 or IPv6 address, not ${shownValue(value)}`);
}
/** IPv4 and IPv6 addresses. */
const AddressScalar = new GraphQLScalarType({
	name: "Address",
	description: "An IPv4 or IPv6 address as text, IPv6 in the form of RFC 5952.",
	serialize(value) {
		if (typeof value === "string") return value;
		throw new GraphQLError(`${shownValue(value)} is no address`);
	},
	parseValue: readAddress,
	parseLiteral(node) {
		return readAddress(node.kind === Kind.STRING ? node.value : null);
	}
});
/** Values whose type depends on the field asked for. */
const JsonScalar = new GraphQLScalarType({
	name: "JSON",
	description: "A value whose type depends on what is asked for: null, text, number, boolean, a list or an object of these.",
	serialize: (value) => value,
	parseValue: (value) => value,
	parseLiteral: (node, variables) => valueFromASTUntyped(node, variables)
});
function readFilterValue(value) {
	if (typeof value === "string" || typeof value === "boolean" || typeof value === "number" && Number.isFinite(value)) return value;
	throw invalid(`a filter compares with text, a number or a boolean, not ${shownValue(value)}`);
}
/** What a field is compared with. */
const FilterValueScalar = new GraphQLScalarType({
	name: "FilterValue",
	description: "Text, a number or a boolean that a field is compared with. Addresses, times and numbers may be given as text, as in a search expression.",
	serialize: readFilterValue,
	parseValue: readFilterValue,
	parseLiteral: (node, variables) => readFilterValue(valueFromASTUntyped(node, variables))
});

// dist/graphql/answer.js
var __decorate$48 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** What every answer carries: as of when it is, and until when it is complete. */
let Answer = class Answer {};
__decorate$48([Field(() => DateTimeScalar, { description: "When the operation began; later sessions may be missing from the answer." })], Answer.prototype, "asOf", void 0);
__decorate$48([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Every packet captured or imported before this is in a session that the answer counts. While packets are captured it trails behind `asOf` by the packets of sessions that are still open; when nothing is captured or imported it is `asOf`. Null while an import waits or runs, which may bring sessions of any time."
})], Answer.prototype, "completeUntil", void 0);
__decorate$48([Field(() => Boolean, { description: "Whether packets are being captured. When it is false, only an import can change the answer." })], Answer.prototype, "capturing", void 0);
__decorate$48([Field(() => LongScalar, {
	nullable: true,
	description: "Packets that live captures are known to have lost in spans that touch the time range of the question: sessions of that time may be incomplete. Null where a question has no time range, and for users with a forced expression or a time limit."
})], Answer.prototype, "lossInRange", void 0);
Answer = __decorate$48([InterfaceType("Answer", { description: "What every answer carries: the moment it is of, and until when everything captured is in it." })], Answer);
/** What an answer to this operation carries; `range` is the time range of a question that has one. */
function answered(context, range = null) {
	const { asOfMs, services: { completeness } } = context;
	return {
		asOf: asOfMs,
		completeUntil: completeness.completeUntilMs(asOfMs),
		capturing: completeness.capturing(asOfMs),
		lossInRange: range === null || context.isNarrowed ? null : completeness.lostIn(range)
	};
}

// dist/graphql/bounded.js
/** `value` when it is a whole number within the bounds, else LIMIT_EXCEEDED naming the argument. */
function bounded(name, value, least, most) {
	if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
	throw new LookbackError("LIMIT_EXCEEDED", `${name} is ${least} to ${most}, not ${value}`, {
		argument: name,
		given: value,
		limit: most
	});
}
/** `list` when it has no more than `most` items, else LIMIT_EXCEEDED naming the argument. */
function boundedList(name, list, most) {
	if (list.length <= most) return list;
	throw new LookbackError("LIMIT_EXCEEDED", `${name} has at most ${most} items, not ${list.length}`, {
		argument: name,
		given: list.length,
		limit: most
	});
}

// dist/graphql/filter/filter.input.js
var __decorate$47 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var SessionFilterInput_1;
/** Bounds of an ordered field. */
let RangeFilter = class RangeFilter {};
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "Greater than."
})], RangeFilter.prototype, "gt", void 0);
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "Greater than or equal."
})], RangeFilter.prototype, "gte", void 0);
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "Less than."
})], RangeFilter.prototype, "lt", void 0);
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "Less than or equal."
})], RangeFilter.prototype, "lte", void 0);
RangeFilter = __decorate$47([InputType("RangeFilter", { description: "Bounds of an ordered field (number, time, address). Those left out do not bound." })], RangeFilter);
/** Tests of one field. */
let FieldFilter = class FieldFilter {};
__decorate$47([Field(() => String, { description: "Search name of the field (`ip.src`, `host.http`), an alias, a virtual field such as `ip` or `host`, or `db:` and a document path." })], FieldFilter.prototype, "name", void 0);
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "One of the field's values equals this. Addresses may be short (`10.1`) or networks, times relative (`-1d`), as in a search expression."
})], FieldFilter.prototype, "eq", void 0);
__decorate$47([Field(() => FilterValueScalar, {
	nullable: true,
	description: "None of the field's values equals this; true also of sessions without the field."
})], FieldFilter.prototype, "ne", void 0);
__decorate$47([Field(() => [FilterValueScalar], {
	nullable: true,
	description: "One of the field's values is among these."
})], FieldFilter.prototype, "in", void 0);
__decorate$47([Field(() => [FilterValueScalar], {
	nullable: true,
	description: "None of the field's values is among these."
})], FieldFilter.prototype, "notIn", void 0);
__decorate$47([Field(() => [FilterValueScalar], {
	nullable: true,
	description: "Each of these is among the field's values."
})], FieldFilter.prototype, "all", void 0);
__decorate$47([Field(() => RangeFilter, {
	nullable: true,
	description: "Bounds of an ordered field."
})], FieldFilter.prototype, "range", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "An address of this network: `192.0.2.0/24`, `2001:db8::/32`."
})], FieldFilter.prototype, "cidr", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "Text that a value starts with."
})], FieldFilter.prototype, "prefix", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "Text that a value ends with."
})], FieldFilter.prototype, "suffix", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "Text that a value contains."
})], FieldFilter.prototype, "contains", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "A pattern for the whole value: `*` any characters, `?` one, `\\` before either takes it literally."
})], FieldFilter.prototype, "wildcard", void 0);
__decorate$47([Field(() => String, {
	nullable: true,
	description: "A regular expression for the whole value."
})], FieldFilter.prototype, "regex", void 0);
__decorate$47([Field(() => Boolean, {
	nullable: true,
	description: "Whether the field has a value."
})], FieldFilter.prototype, "exists", void 0);
FieldFilter = __decorate$47([InputType("FieldFilter", { description: "Tests of one field; all that are given must hold. Text is taken literally except in `wildcard` and `regex`." })], FieldFilter);
/** A filter as an object. */
let SessionFilterInput = SessionFilterInput_1 = class SessionFilterInput {};
__decorate$47([Field(() => [SessionFilterInput_1], {
	nullable: true,
	description: "All of these."
})], SessionFilterInput.prototype, "and", void 0);
__decorate$47([Field(() => [SessionFilterInput_1], {
	nullable: true,
	description: "At least one of these."
})], SessionFilterInput.prototype, "or", void 0);
__decorate$47([Field(() => SessionFilterInput_1, {
	nullable: true,
	description: "Not this."
})], SessionFilterInput.prototype, "not", void 0);
__decorate$47([Field(() => FieldFilter, {
	nullable: true,
	description: "Tests of one field."
})], SessionFilterInput.prototype, "field", void 0);
__decorate$47([Field(() => Boolean, {
	nullable: true,
	description: "Whether every packet of the session is still stored, now."
})], SessionFilterInput.prototype, "packetsAvailable", void 0);
SessionFilterInput = SessionFilterInput_1 = __decorate$47([InputType("SessionFilter", { description: "A filter as an object; it says what a search expression says. All members that are given must hold; one without members matches everything." })], SessionFilterInput);

// dist/graphql/filter/search.args.js
var __decorate$46 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** How a session's times must fall into a range. */
var BoundingName;
(function(BoundingName) {
	BoundingName["FIRST_PACKET"] = "first";
	BoundingName["LAST_PACKET"] = "last";
	BoundingName["BOTH"] = "both";
	BoundingName["EITHER"] = "either";
})(BoundingName || (BoundingName = {}));
registerEnumType(BoundingName, {
	name: "Bounding",
	description: "How a session's times must fall into a range.",
	valuesConfig: {
		FIRST_PACKET: { description: "Its first packet is in the range." },
		LAST_PACKET: { description: "Its last packet is in the range." },
		BOTH: { description: "Its first and its last packet are in the range." },
		EITHER: { description: "It has any moment in the range: it began before the end and ended after the start." }
	}
});
/** A closed range of time. */
let TimeRangeInput = class TimeRangeInput {};
__decorate$46([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Start of the range."
})], TimeRangeInput.prototype, "start", void 0);
__decorate$46([Field(() => DateTimeScalar, {
	nullable: true,
	description: "End of the range."
})], TimeRangeInput.prototype, "end", void 0);
__decorate$46([Field(() => BoundingName, {
	defaultValue: BoundingName.LAST_PACKET,
	description: "Which times of a session must be in the range."
})], TimeRangeInput.prototype, "bounding", void 0);
TimeRangeInput = __decorate$46([InputType("TimeRange", { description: "A range of time, both ends included. An end left out is open." })], TimeRangeInput);
/** Which sessions are meant. */
let SearchArgs = class SearchArgs {};
__decorate$46([Field(() => String, {
	nullable: true,
	description: "A search expression, `host.http == *.example && port.dst == 443`. With `filter` both must hold. Nothing, or empty: every session."
})], SearchArgs.prototype, "expression", void 0);
__decorate$46([Field(() => SessionFilterInput, {
	nullable: true,
	description: "A filter as an object."
})], SearchArgs.prototype, "filter", void 0);
__decorate$46([Field(() => TimeRangeInput, {
	nullable: true,
	description: "Time range; left out: all time."
})], SearchArgs.prototype, "timeRange", void 0);
SearchArgs = __decorate$46([ArgsType()], SearchArgs);

// dist/query/print.js
const quoted = (text) => `"${text.replaceAll("\"", "\\\"")}"`;
/** A regular expression between slashes; pairs of a backslash and a character stay as they are. */
const regex$1 = (pattern) => `/${pattern.replace(/\\.|\//gs, (part) => part === "/" ? "\\/" : part)}/`;
function item(value) {
	switch (value.kind) {
		case "term": return isBareTerm(value.text) ? value.text : quoted(value.text);
		case "regex": return regex$1(value.pattern);
		case "shortcut": return `$${value.name}`;
	}
}
function valueText(value) {
	switch (value.kind) {
		case "exists": return "EXISTS!";
		case "list": {
			const items = value.items.map(item).join(", ");
			return value.mode === "any" ? `[${items}]` : `]${items}[`;
		}
		default: return item(value);
	}
}
/**
* An expression's text in one spelling: `==` for `=`, `&&` for `&`, quotes where they are needed, parentheses where
* the tree differs from the one that precedence gives. `parse(print(e))` is `e`, spans aside.
*/
function print$1(expression) {
	switch (expression.kind) {
		case "everything": return "";
		case "comparison": return `${expression.field.name} ${expression.operator} ${valueText(expression.value)}`;
		case "not": return `!${operand(expression.item, expression.item.kind === "and" || expression.item.kind === "or")}`;
		case "and": return expression.items.map((child) => operand(child, child.kind === "and" || child.kind === "or")).join(" && ");
		case "or": return expression.items.map((child) => operand(child, child.kind === "or")).join(" || ");
	}
}
function operand(expression, parentheses) {
	return parentheses ? `(${print$1(expression)})` : print$1(expression);
}

// dist/query/filter.js
const NOWHERE = {
	start: 0,
	end: 0
};
/** Characters that a name may have outside quotes; any other cannot be a field's. */
const NAME$2 = /^[-+A-Za-z0-9_.@:*?/$]{1,200}$/;
function refuse$1(path, message) {
	return new LookbackError("BAD_INPUT", `filter${path}: ${message}`, { path: `filter${path}` });
}
function term(value) {
	return {
		kind: "term",
		text: literalPattern(String(value)),
		span: NOWHERE
	};
}
function pattern(text) {
	return {
		kind: "term",
		text,
		span: NOWHERE
	};
}
function regex(source, path) {
	if (source === "") throw refuse$1(path, "an empty regular expression");
	try {
		return {
			kind: "regex",
			pattern: portableRegex(source),
			span: NOWHERE
		};
	} catch (error) {
		if (!(error instanceof RegexFault)) throw error;
		throw new LookbackError(error.tooLarge ? "EXPRESSION_TOO_LARGE" : "EXPRESSION_SYNTAX", `filter${path}: ${error.message}`, {
			path: `filter${path}`,
			offset: error.offset
		});
	}
}
function list(mode, values, path) {
	if (values.length === 0) throw refuse$1(path, "an empty list");
	if (values.length > 5e3) throw new LookbackError("EXPRESSION_TOO_LARGE", `filter${path}: a list of more than ${MAX_LIST_ITEMS} items`, {
		path: `filter${path}`,
		limit: MAX_LIST_ITEMS
	});
	return {
		kind: "list",
		mode,
		items: values.map(term),
		span: NOWHERE
	};
}
/** Turns one filter into a tree; counts what it makes. */
var Compiler = class {
	#comparisons = 0;
	filter(filter, path, depth) {
		if (depth > 200) throw new LookbackError("EXPRESSION_TOO_LARGE", `a filter nested more than ${200} deep`, { limit: 200 });
		const parts = [];
		for (const kind of ["and", "or"]) {
			const members = filter[kind];
			if (members === void 0 || members === null) continue;
			const items = members.map((member, at) => this.filter(member, `${path}.${kind}[${at}]`, depth + 1));
			if (items.length === 0) throw refuse$1(`${path}.${kind}`, "an empty list");
			const real = items.filter((item) => item !== null);
			const joined = kind === "or" && real.length < items.length ? null : join(kind, real);
			if (joined !== null) parts.push(joined);
		}
		if (filter.not !== void 0 && filter.not !== null) {
			const item = this.filter(filter.not, `${path}.not`, depth + 1);
			if (item === null) throw refuse$1(`${path}.not`, "matches nothing, as the filter in it matches everything");
			parts.push({
				kind: "not",
				item,
				span: NOWHERE
			});
		}
		if (filter.field !== void 0 && filter.field !== null) parts.push(...this.#field(filter.field, `${path}.field`));
		if (filter.packetsAvailable !== void 0 && filter.packetsAvailable !== null) parts.push(...this.#field({
			name: "packetsAvailable",
			eq: filter.packetsAvailable
		}, `${path}.packetsAvailable`));
		return join("and", parts);
	}
	#field(field, path) {
		const { name } = field;
		if (!NAME$2.test(name)) throw refuse$1(`${path}.name`, `${JSON.stringify(name.slice(0, 60))} is no field name`);
		const made = [];
		const add = (operator, value) => {
			this.#comparisons++;
			if (this.#comparisons > 2e3) throw new LookbackError("EXPRESSION_TOO_LARGE", `a filter of more than ${MAX_COMPARISONS} comparisons`, { limit: MAX_COMPARISONS });
			made.push({
				kind: "comparison",
				field: {
					name,
					span: NOWHERE
				},
				operator,
				value,
				span: NOWHERE
			});
		};
		const given = (value, use) => {
			if (value !== void 0 && value !== null) use(value);
		};
		given(field.eq, (value) => add("==", term(value)));
		given(field.ne, (value) => add("!=", term(value)));
		given(field.in, (values) => add("==", list("any", values, `${path}.in`)));
		given(field.notIn, (values) => add("!=", list("any", values, `${path}.notIn`)));
		given(field.all, (values) => add("==", list("all", values, `${path}.all`)));
		given(field.range?.gt, (value) => add(">", term(value)));
		given(field.range?.gte, (value) => add(">=", term(value)));
		given(field.range?.lt, (value) => add("<", term(value)));
		given(field.range?.lte, (value) => add("<=", term(value)));
		given(field.cidr, (value) => add("==", term(value)));
		given(field.prefix, (value) => add("==", pattern(`${literalPattern(value)}*`)));
		given(field.suffix, (value) => add("==", pattern(`*${literalPattern(value)}`)));
		given(field.contains, (value) => add("==", pattern(`*${literalPattern(value)}*`)));
		given(field.wildcard, (value) => add("==", pattern(value.replace(/\\(?![\\*?])|\\(.)/gs, (pair, escaped) => escaped === void 0 ? "\\\\" : pair))));
		given(field.regex, (value) => add("==", regex(value, `${path}.regex`)));
		given(field.exists, (value) => add(value ? "==" : "!=", {
			kind: "exists",
			span: NOWHERE
		}));
		if (made.length === 0) throw refuse$1(path, `no test of ${name} is given`);
		return made;
	}
};
function join(kind, items) {
	const [first] = items;
	if (first === void 0) return null;
	return items.length === 1 ? first : {
		kind,
		items,
		span: NOWHERE
	};
}
/**
* The tree of a typed filter: the one that its printed text has, so that both ways of asking share the checker, and an
* error shows the comparison that it is about. Throws BAD_INPUT, EXPRESSION_SYNTAX or EXPRESSION_TOO_LARGE with the
* path in the filter.
*/
function parseFilter(filter) {
	const root = new Compiler().filter(filter, "", 0);
	return parse$1(root === null ? "" : print$1(root));
}

// dist/graphql/limits.js
/** Every bound of the API, each with what it bounds. `limits` lists them. */
const LIMITS = {
	pageSize: 1e3,
	buckets: 1e4,
	histogramBuckets: 1e4,
	histogramCells: 6e4,
	links: 1e4,
	percentiles: 20,
	crossTabFields: 4,
	packets: 1e4,
	expressionLength: 1e5,
	idsPerRequest: 1e4,
	tagsPerRequest: 100,
	taggedSessions: 1e6,
	fieldNames: 200,
	sortKeys: 4,
	importPaths: 100,
	whatIfs: 10,
	depth: 15,
	variableDepth: 500,
	aliases: 50,
	tokens: 4e3,
	expandedFields: 5e3,
	cost: 2e4,
	bodyBytes: 1 << 20
};
/** Descriptions of the bounds, for clients. */
const API_LIMITS = [
	{
		name: "pageSize",
		value: LIMITS.pageSize,
		unit: "items",
		help: "Largest `first` of a list"
	},
	{
		name: "buckets",
		value: LIMITS.buckets,
		unit: "buckets",
		help: "Largest `size` of terms and crossTab"
	},
	{
		name: "histogramBuckets",
		value: LIMITS.histogramBuckets,
		unit: "buckets",
		help: "Most buckets of a histogram"
	},
	{
		name: "histogramCells",
		value: LIMITS.histogramCells,
		unit: "values",
		help: "Most buckets × metrics of a histogram"
	},
	{
		name: "links",
		value: LIMITS.links,
		unit: "links",
		help: "Largest `first` of connections"
	},
	{
		name: "percentiles",
		value: LIMITS.percentiles,
		unit: "items",
		help: "Most percentiles of one request"
	},
	{
		name: "crossTabFields",
		value: LIMITS.crossTabFields,
		unit: "fields",
		help: "Most fields of a crossTab; at least two"
	},
	{
		name: "packets",
		value: LIMITS.packets,
		unit: "packets",
		help: "Largest `first` of a session's packet list"
	},
	{
		name: "expressionLength",
		value: LIMITS.expressionLength,
		unit: "characters",
		help: "Longest search expression"
	},
	{
		name: "idsPerRequest",
		value: LIMITS.idsPerRequest,
		unit: "ids",
		help: "Most session ids of one request"
	},
	{
		name: "tagsPerRequest",
		value: LIMITS.tagsPerRequest,
		unit: "tags",
		help: "Most tags added or removed at once"
	},
	{
		name: "taggedSessions",
		value: LIMITS.taggedSessions,
		unit: "sessions",
		help: "Most sessions tagged by one expression"
	},
	{
		name: "fieldNames",
		value: LIMITS.fieldNames,
		unit: "names",
		help: "Most names of `fields(names:)`"
	},
	{
		name: "sortKeys",
		value: LIMITS.sortKeys,
		unit: "keys",
		help: "Most sort keys of sessions"
	},
	{
		name: "importPaths",
		value: LIMITS.importPaths,
		unit: "paths",
		help: "Most paths of one import request"
	},
	{
		name: "whatIfs",
		value: LIMITS.whatIfs,
		unit: "bounds",
		help: "Most bounds that one forecast is asked about"
	},
	{
		name: "depth",
		value: LIMITS.depth,
		unit: "levels",
		help: "Deepest nesting of an operation"
	},
	{
		name: "variableDepth",
		value: LIMITS.variableDepth,
		unit: "levels",
		help: "Deepest nesting of lists and objects in variables"
	},
	{
		name: "aliases",
		value: LIMITS.aliases,
		unit: "aliases",
		help: "Most aliases of an operation"
	},
	{
		name: "tokens",
		value: LIMITS.tokens,
		unit: "tokens",
		help: "Longest operation text, in tokens"
	},
	{
		name: "expandedFields",
		value: LIMITS.expandedFields,
		unit: "fields",
		help: "Most fields of an operation once fragments are expanded"
	},
	{
		name: "cost",
		value: LIMITS.cost,
		unit: "units",
		help: "Highest cost of an operation; the cost is in `extensions.cost` of each answer"
	},
	{
		name: "bodyBytes",
		value: LIMITS.bodyBytes,
		unit: "bytes",
		help: "Largest request body"
	}
];

// dist/graphql/filter/session-filter.js
/** A session's id as every answer prints it. */
const SESSION_ID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;
function conjunction(items) {
	const real = items.filter((item) => item.node !== "everything");
	const [first] = real;
	if (first === void 0) return { node: "everything" };
	return real.length === 1 ? first : {
		node: "and",
		items: real
	};
}
/** The range of an argument; left out: all time. TIME_RANGE_INVALID when it ends before it starts. */
function timeRangeOf(input) {
	if (input === null || input === void 0) return ALL_TIME;
	const startMs = input.start ?? null;
	const endMs = input.end ?? null;
	if (startMs !== null && endMs !== null && startMs > endMs) throw new LookbackError("TIME_RANGE_INVALID", `the range starts at ${new Date(startMs).toISOString()}, after its end ${new Date(endMs).toISOString()}`);
	return {
		startMs,
		endMs,
		bounding: input.bounding
	};
}
/** The sessions that search arguments mean, checked for this user. */
function sessionFilterOf(args, context) {
	const items = [];
	if (typeof args.expression === "string" && args.expression.trim() !== "") items.push(context.compile(args.expression));
	if (args.filter !== null && args.filter !== void 0) items.push(context.compile(parseFilter(args.filter)));
	return {
		expression: conjunction(items),
		range: timeRangeOf(args.timeRange)
	};
}
/** A session id in the spelling of answers, also when it is given without hyphens. NOT_FOUND for text that cannot be one. */
function sessionId(text) {
	const groups = SESSION_ID.exec(text);
	if (groups !== null) return groups.slice(1).join("-").toLowerCase();
	throw new LookbackError("NOT_FOUND", `there is no session ${JSON.stringify(text.slice(0, 60))}`);
}
/** The sessions of ids, or of search arguments; never both, never neither. */
function chosenSessions(ids, args, context) {
	const bySearch = typeof args.expression === "string" && args.expression.trim() !== "" || (args.filter ?? null) !== null || (args.timeRange ?? null) !== null;
	if (ids === null || ids === void 0) {
		if (!bySearch) throw new LookbackError("BAD_INPUT", "name the sessions: by ids, or by expression, filter or timeRange");
		return sessionFilterOf(args, context);
	}
	if (bySearch) throw new LookbackError("BAD_INPUT", "name the sessions by ids or by a search, not both");
	return {
		expression: {
			node: "ids",
			ids: boundedList("ids", ids, LIMITS.idsPerRequest).map(sessionId)
		},
		range: ALL_TIME
	};
}

// dist/graphql/selection.js
function selectedOf(set, info, into) {
	for (const node of set.selections) if (node.kind === Kind.FIELD) into.push(selectedField(node, info));
	else if (node.kind === Kind.INLINE_FRAGMENT) selectedOf(node.selectionSet, info, into);
	else {
		const fragment = info.fragments[node.name.value];
		if (fragment !== void 0) selectedOf(fragment.selectionSet, info, into);
	}
}
function selectedField(node, info) {
	const args = {};
	for (const argument of node.arguments ?? []) args[argument.name.value] = valueFromASTUntyped(argument.value, info.variableValues);
	const below = [];
	if (node.selectionSet !== void 0) selectedOf(node.selectionSet, info, below);
	return {
		name: node.name.value,
		args,
		below
	};
}
/** What the operation selects below the field being resolved. Fields under a false `@include` count as selected. */
function selectionOf(info) {
	return info.fieldNodes.flatMap((node) => selectedField(node, info).below);
}
/** What is selected below a path of names. */
function selectionAt(selection, ...names) {
	let at = selection;
	for (const name of names) at = at.filter((field) => field.name === name).flatMap((field) => field.below);
	return at;
}
/** Whether a name is selected. */
function selects(selection, name) {
	return selection.some((field) => field.name === name);
}
/** Name in the answer of the root field above a field. */
function rootNameOf({ path }) {
	let at = path;
	while (at.prev !== void 0) at = at.prev;
	return String(at.key);
}

// dist/graphql/aggregate/aggregate.type.js
var __decorate$45 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** What a bucket measures. */
var MetricName;
(function(MetricName) {
	MetricName["SESSIONS"] = "sessions";
	MetricName["PACKETS"] = "packets";
	MetricName["BYTES"] = "bytes";
	MetricName["DATABYTES"] = "databytes";
})(MetricName || (MetricName = {}));
registerEnumType(MetricName, {
	name: "Metric",
	description: "What a bucket or point measures.",
	valuesConfig: {
		SESSIONS: { description: "Number of sessions." },
		PACKETS: { description: "Packets of both directions." },
		BYTES: { description: "Bytes of both directions, headers included." },
		DATABYTES: { description: "Payload bytes of both directions." }
	}
});
/** Unit of a bucket's width. */
var IntervalUnit;
(function(IntervalUnit) {
	IntervalUnit["SECOND"] = "second";
	IntervalUnit["MINUTE"] = "minute";
	IntervalUnit["HOUR"] = "hour";
	IntervalUnit["DAY"] = "day";
	IntervalUnit["WEEK"] = "week";
	IntervalUnit["MONTH"] = "month";
})(IntervalUnit || (IntervalUnit = {}));
registerEnumType(IntervalUnit, {
	name: "IntervalUnit",
	description: "Unit of a histogram's bucket width. Days, weeks (from Monday) and months follow the time zone.",
	valuesConfig: {
		SECOND: { description: "Seconds." },
		MINUTE: { description: "Minutes." },
		HOUR: { description: "Hours." },
		DAY: { description: "Calendar days." },
		WEEK: { description: "Calendar weeks." },
		MONTH: { description: "Calendar months." }
	}
});
/** Time that a histogram counts sessions under. */
var HistogramTime;
(function(HistogramTime) {
	HistogramTime["FIRST_PACKET"] = "firstPacket";
	HistogramTime["LAST_PACKET"] = "lastPacket";
})(HistogramTime || (HistogramTime = {}));
registerEnumType(HistogramTime, {
	name: "HistogramTime",
	description: "The time of a session that decides its bucket.",
	valuesConfig: {
		FIRST_PACKET: { description: "Time of its first packet." },
		LAST_PACKET: { description: "Time of its last packet." }
	}
});
/** Width of a histogram's buckets. */
let IntervalInput = class IntervalInput {};
__decorate$45([Field(() => IntervalUnit, { description: "Unit." })], IntervalInput.prototype, "unit", void 0);
__decorate$45([Field(() => Int, {
	defaultValue: 1,
	description: "How many units, 1 to 10000."
})], IntervalInput.prototype, "count", void 0);
IntervalInput = __decorate$45([InputType("IntervalInput", { description: "Width of a histogram's buckets." })], IntervalInput);
/** Width of a histogram's buckets, as used. */
let Interval = class Interval {};
__decorate$45([Field(() => IntervalUnit, { description: "Unit." })], Interval.prototype, "unit", void 0);
__decorate$45([Field(() => Int, { description: "How many units." })], Interval.prototype, "count", void 0);
Interval = __decorate$45([ObjectType("Interval", {
	simpleResolvers: true,
	description: "Width of a histogram's buckets, as used."
})], Interval);
/** One value of a field and what it adds up to. */
let TermsBucket = class TermsBucket {};
__decorate$45([Field(() => String, { description: "The value as text: numbers in decimal, addresses as `Address`, times in milliseconds since 1970." })], TermsBucket.prototype, "key", void 0);
__decorate$45([Field(() => LongScalar, { description: "Sessions that have the value." })], TermsBucket.prototype, "sessions", void 0);
__decorate$45([Field(() => LongScalar, { description: "The metric over these sessions." })], TermsBucket.prototype, "value", void 0);
TermsBucket = __decorate$45([ObjectType("TermsBucket", {
	simpleResolvers: true,
	description: "One value of a field and what its sessions add up to."
})], TermsBucket);
/** The largest values of a field. */
let Terms = class Terms {};
__decorate$45([Field(() => [TermsBucket], { description: "Buckets, largest metric first; ties in order of key." })], Terms.prototype, "buckets", void 0);
__decorate$45([Field(() => LongScalar, { description: "The metric of everything outside these buckets." })], Terms.prototype, "otherValue", void 0);
__decorate$45([Field(() => LongScalar, { description: "Largest error of a bucket's value; 0: exact." })], Terms.prototype, "errorBound", void 0);
Terms = __decorate$45([ObjectType("Terms", {
	simpleResolvers: true,
	description: "The values of a field with the largest metric. A session with several values counts under each."
})], Terms);
/** One combination of values. */
let CrossTabBucket = class CrossTabBucket {};
__decorate$45([Field(() => [String], { description: "The values as text, in the order of the fields." })], CrossTabBucket.prototype, "keys", void 0);
__decorate$45([Field(() => LongScalar, { description: "Sessions that have the combination." })], CrossTabBucket.prototype, "sessions", void 0);
__decorate$45([Field(() => LongScalar, { description: "The metric over these sessions." })], CrossTabBucket.prototype, "value", void 0);
CrossTabBucket = __decorate$45([ObjectType("CrossTabBucket", {
	simpleResolvers: true,
	description: "One combination of values and what its sessions add up to."
})], CrossTabBucket);
/** The largest combinations of several fields. */
let CrossTab = class CrossTab {};
__decorate$45([Field(() => [String], { description: "The fields, in the order of the keys." })], CrossTab.prototype, "fields", void 0);
__decorate$45([Field(() => [CrossTabBucket], { description: "Buckets, largest metric first." })], CrossTab.prototype, "buckets", void 0);
__decorate$45([Field(() => LongScalar, { description: "The metric of everything outside these buckets." })], CrossTab.prototype, "otherValue", void 0);
__decorate$45([Field(() => LongScalar, { description: "Largest error of a bucket's value; 0: exact." })], CrossTab.prototype, "errorBound", void 0);
CrossTab = __decorate$45([ObjectType("CrossTab", {
	simpleResolvers: true,
	description: "The combinations of values of several fields with the largest metric."
})], CrossTab);
/** One metric over time. */
let HistogramSeries = class HistogramSeries {};
__decorate$45([Field(() => MetricName, { description: "What is measured." })], HistogramSeries.prototype, "metric", void 0);
__decorate$45([Field(() => [LongScalar], { description: "One value per start." })], HistogramSeries.prototype, "values", void 0);
HistogramSeries = __decorate$45([ObjectType("HistogramSeries", {
	simpleResolvers: true,
	description: "One metric over time, as a compact array."
})], HistogramSeries);
/** Metrics over time. */
let Histogram = class Histogram {};
__decorate$45([Field(() => Interval, { description: "Width of the buckets." })], Histogram.prototype, "interval", void 0);
__decorate$45([Field(() => String, { description: "Time zone that calendar units follow." })], Histogram.prototype, "timeZone", void 0);
__decorate$45([Field(() => [LongScalar], { description: "Start of each bucket, milliseconds since 1970, ascending." })], Histogram.prototype, "starts", void 0);
__decorate$45([Field(() => [HistogramSeries], { description: "One series per metric asked for." })], Histogram.prototype, "series", void 0);
Histogram = __decorate$45([ObjectType("Histogram", {
	simpleResolvers: true,
	description: "Metrics over time. Empty buckets are left out."
})], Histogram);
/** Numbers about the values of a field. */
let Stats = class Stats {};
__decorate$45([Field(() => LongScalar, { description: "How many values there are." })], Stats.prototype, "count", void 0);
__decorate$45([Field(() => Float, {
	nullable: true,
	description: "Smallest; null when there is no value."
})], Stats.prototype, "min", void 0);
__decorate$45([Field(() => Float, {
	nullable: true,
	description: "Largest; null when there is no value."
})], Stats.prototype, "max", void 0);
__decorate$45([Field(() => Float, { description: "Sum of the values." })], Stats.prototype, "sum", void 0);
__decorate$45([Field(() => Float, {
	nullable: true,
	description: "Mean; null when there is no value."
})], Stats.prototype, "average", void 0);
Stats = __decorate$45([ObjectType("Stats", {
	simpleResolvers: true,
	description: "Numbers about the values of a numeric or time field (times in milliseconds since 1970)."
})], Stats);
/** One percentile. */
let Percentile = class Percentile {};
__decorate$45([Field(() => Float, { description: "The percentage, 0 to 100." })], Percentile.prototype, "percent", void 0);
__decorate$45([Field(() => Float, {
	nullable: true,
	description: "The value that this percentage of values is not above; null when there is no value."
})], Percentile.prototype, "value", void 0);
Percentile = __decorate$45([ObjectType("Percentile", {
	simpleResolvers: true,
	description: "One percentile of the values of a field."
})], Percentile);
/** How many different values a field has. */
let Cardinality = class Cardinality {};
__decorate$45([Field(() => LongScalar, { description: "The count." })], Cardinality.prototype, "value", void 0);
__decorate$45([Field(() => Float, { description: "Relative error; 0: exact." })], Cardinality.prototype, "relativeError", void 0);
Cardinality = __decorate$45([ObjectType("Cardinality", {
	simpleResolvers: true,
	description: "How many different values a field has."
})], Cardinality);
/** Questions about all sessions that match. */
let Aggregation = class Aggregation extends Answer {};
Aggregation = __decorate$45([ObjectType("Aggregation", {
	simpleResolvers: true,
	implements: Answer,
	description: "Questions about all sessions that match, answered without listing them."
})], Aggregation);

// dist/graphql/aggregate/interval.js
/** Least milliseconds of a unit; months and days vary with the calendar. */
const UNIT_MS = {
	second: 1e3,
	minute: 6e4,
	hour: 36e5,
	day: 828e5,
	week: 6012e5,
	month: 24156e5
};
/** Widths to choose from, narrow to wide. */
const WIDTHS = [
	...[
		1,
		2,
		5,
		10,
		15,
		30
	].map((count) => ({
		unit: "second",
		count
	})),
	...[
		1,
		2,
		5,
		10,
		15,
		30
	].map((count) => ({
		unit: "minute",
		count
	})),
	...[
		1,
		3,
		6,
		12
	].map((count) => ({
		unit: "hour",
		count
	})),
	{
		unit: "day",
		count: 1
	},
	{
		unit: "week",
		count: 1
	},
	{
		unit: "month",
		count: 1
	},
	{
		unit: "month",
		count: 3
	},
	{
		unit: "month",
		count: 12
	}
];
/** Buckets that a chosen width aims at, at most. */
const AIM = 200;
/** Milliseconds between the ends of a range, open ends taken from what the store holds. */
function spanMs(range, extent) {
	const start = Math.max(range.startMs ?? 0, extent?.firstMs ?? 0);
	const end = Math.min(range.endMs ?? Number.MAX_SAFE_INTEGER, extent?.lastMs ?? start);
	return Math.max(0, end - start);
}
/** The narrowest width that gives no more than some 200 buckets. */
function chosenInterval(span) {
	return WIDTHS.find(({ unit, count }) => span / (UNIT_MS[unit] * count) <= AIM) ?? {
		unit: "month",
		count: 12
	};
}
/** Refuses a width that gives too many buckets or values over the span. LIMIT_EXCEEDED names one that would do. */
function checkInterval(interval, span, metrics) {
	const buckets = Math.floor(span / (UNIT_MS[interval.unit] * interval.count)) + 1;
	const limit = Math.min(LIMITS.histogramBuckets, Math.floor(LIMITS.histogramCells / Math.max(1, metrics)));
	if (buckets <= limit) return;
	const chosen = chosenInterval(span);
	throw new LookbackError("LIMIT_EXCEEDED", `this interval gives up to ${buckets} buckets, at most ${limit} are allowed; ${chosen.count} ${chosen.unit} fits`, {
		limit,
		given: buckets
	});
}

// dist/graphql/aggregate/aggregate.resolver.js
var __decorate$44 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$21 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** What a question that scans the store costs, whatever it returns. */
const QUESTION = 100;
function bucketCost({ args }) {
	return QUESTION + (typeof args["size"] === "number" ? Math.max(0, args["size"]) / 20 : 0);
}
function keyText(value) {
	return typeof value === "string" ? value : value === null || value === void 0 ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
/** A field whose values are numbers or times. BAD_INPUT otherwise. */
function numeric(name, context) {
	const field = context.field(name);
	if (field.kind === "integer" || field.kind === "float" || field.kind === "seconds") return field;
	throw new LookbackError("BAD_INPUT", `${name} is no number (${field.kind}); statistics need one`, { field: name });
}
function checkZone(timeZone) {
	try {
		new Intl.DateTimeFormat("en", { timeZone });
		return timeZone;
	} catch (cause) {
		throw new LookbackError("BAD_INPUT", `${JSON.stringify(timeZone.slice(0, 60))} is no IANA time zone; one is "Europe/Berlin"`, {}, { cause });
	}
}
/** Answers about all sessions that match. */
let AggregateResolver = class AggregateResolver {
	aggregate(args, context) {
		context.require("search");
		const filter = sessionFilterOf(args, context);
		return Object.assign(new Aggregation(), answered(context, filter.range), { filter_: filter });
	}
	async count({ filter_: filter }, context, info) {
		const count = await context.services.store.count(filter, context.read);
		context.noteCount(rootNameOf(info), { sessions: count });
		return count;
	}
	async terms({ filter_: filter }, name, metric, size, context) {
		bounded("size", size, 1, LIMITS.buckets);
		const found = await context.services.store.terms({
			...filter,
			fields: [context.field(name)],
			metric,
			size
		}, context.read);
		return {
			...found,
			buckets: found.buckets.map(({ keys, sessions, value }) => ({
				key: keyText(keys[0]),
				sessions,
				value
			}))
		};
	}
	async crossTab({ filter_: filter }, names, metric, size, context) {
		bounded("size", size, 1, LIMITS.buckets);
		bounded("the number of fields", names.length, 2, LIMITS.crossTabFields);
		const fields = names.map((name) => context.field(name));
		const found = await context.services.store.terms({
			...filter,
			fields,
			metric,
			size
		}, context.read);
		return {
			...found,
			fields: names,
			buckets: found.buckets.map(({ keys, sessions, value }) => ({
				keys: keys.map(keyText),
				sessions,
				value
			}))
		};
	}
	async histogram({ filter_: filter }, interval, timeZone, metrics, on, context) {
		const { store } = context.services;
		const wanted = [...new Set(metrics)];
		bounded("the number of metrics", wanted.length, 1, 4);
		const span = spanMs(filter.range, await store.extent());
		const width = interval === null || interval === void 0 ? chosenInterval(span) : {
			unit: interval.unit,
			count: bounded("interval.count", interval.count, 1, 1e4)
		};
		checkInterval(width, span, wanted.length);
		const zone = checkZone(timeZone);
		const found = await store.histogram({
			...filter,
			interval: width,
			timeZone: zone,
			metrics: wanted,
			on
		}, context.read);
		return {
			interval: {
				unit: width.unit,
				count: width.count
			},
			timeZone: zone,
			starts: found.startsMs,
			series: wanted.map((metric, at) => ({
				metric,
				values: found.values[at] ?? []
			}))
		};
	}
	stats({ filter_: filter }, name, context) {
		return context.services.store.stats({
			...filter,
			field: numeric(name, context),
			percentiles: []
		}, context.read);
	}
	async percentiles({ filter_: filter }, name, percents, context) {
		for (const percent of boundedList("percents", percents, LIMITS.percentiles)) if (!(percent >= 0 && percent <= 100)) throw new LookbackError("LIMIT_EXCEEDED", `a percentage is 0 to 100, not ${percent}`, { limit: 100 });
		return (await context.services.store.stats({
			...filter,
			field: numeric(name, context),
			percentiles: percents
		}, context.read)).percentiles;
	}
	cardinality({ filter_: filter }, name, context) {
		return context.services.store.cardinality({
			...filter,
			field: context.field(name)
		}, context.read);
	}
};
__decorate$44([
	Query(() => Aggregation, { description: "Answers about all sessions that match: top values, histograms, numbers. Each member is one question to the store." }),
	__param$21(0, Args(() => SearchArgs)),
	__param$21(1, Ctx())
], AggregateResolver.prototype, "aggregate", null);
__decorate$44([
	FieldResolver(() => LongScalar, {
		complexity: QUESTION,
		description: "How many sessions match."
	}),
	__param$21(0, Root()),
	__param$21(1, Ctx()),
	__param$21(2, Info())
], AggregateResolver.prototype, "count", null);
__decorate$44([
	FieldResolver(() => Terms, {
		complexity: bucketCost,
		description: "The values of a field with the largest metric."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("field", () => String, { description: "Search name of the field, or `db:` and its document path." })),
	__param$21(2, Arg("metric", () => MetricName, {
		defaultValue: MetricName.SESSIONS,
		description: "What to order by and add up."
	})),
	__param$21(3, Arg("size", () => Int, {
		defaultValue: 20,
		description: "Buckets, 1 to 10000."
	})),
	__param$21(4, Ctx())
], AggregateResolver.prototype, "terms", null);
__decorate$44([
	FieldResolver(() => CrossTab, {
		complexity: (options) => bucketCost(options) * 2,
		description: "The combinations of values of two to four fields with the largest metric."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("fields", () => [String], { description: "Two to four search names." })),
	__param$21(2, Arg("metric", () => MetricName, {
		defaultValue: MetricName.SESSIONS,
		description: "What to order by and add up."
	})),
	__param$21(3, Arg("size", () => Int, {
		defaultValue: 100,
		description: "Buckets, 1 to 10000."
	})),
	__param$21(4, Ctx())
], AggregateResolver.prototype, "crossTab", null);
__decorate$44([
	FieldResolver(() => Histogram, {
		complexity: QUESTION,
		description: "Metrics over time."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("interval", () => IntervalInput, {
		nullable: true,
		description: "Width of the buckets; left out: chosen to give up to some 200."
	})),
	__param$21(2, Arg("timeZone", () => String, {
		defaultValue: "UTC",
		description: "IANA time zone that calendar units follow."
	})),
	__param$21(3, Arg("metrics", () => [MetricName], {
		defaultValue: [MetricName.SESSIONS],
		description: "What to measure."
	})),
	__param$21(4, Arg("on", () => HistogramTime, {
		defaultValue: HistogramTime.LAST_PACKET,
		description: "The time that decides a session's bucket."
	})),
	__param$21(5, Ctx())
], AggregateResolver.prototype, "histogram", null);
__decorate$44([
	FieldResolver(() => Stats, {
		complexity: QUESTION,
		description: "Count, smallest, largest, sum and mean of a numeric or time field."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("field", () => String, { description: "Search name of a numeric or time field." })),
	__param$21(2, Ctx())
], AggregateResolver.prototype, "stats", null);
__decorate$44([
	FieldResolver(() => [Percentile], {
		complexity: 200,
		description: "Percentiles of a numeric or time field."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("field", () => String, { description: "Search name of a numeric or time field." })),
	__param$21(2, Arg("percents", () => [Float], {
		defaultValue: [
			50,
			95,
			99
		],
		description: "Percentages, 0 to 100, at most 20."
	})),
	__param$21(3, Ctx())
], AggregateResolver.prototype, "percentiles", null);
__decorate$44([
	FieldResolver(() => Cardinality, {
		complexity: 200,
		description: "How many different values a field has."
	}),
	__param$21(0, Root()),
	__param$21(1, Arg("field", () => String, { description: "Search name of the field." })),
	__param$21(2, Ctx())
], AggregateResolver.prototype, "cardinality", null);
AggregateResolver = __decorate$44([Resolver(() => Aggregation)], AggregateResolver);

// dist/graphql/audit/audit.type.js
var __decorate$43 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** One line of the audit log. */
let AuditLine = class AuditLine {};
__decorate$43([Field(() => ID, { description: "Identity of the entry; later ones are larger." })], AuditLine.prototype, "id", void 0);
__decorate$43([Field(() => DateTimeScalar, { description: "When." })], AuditLine.prototype, "at", void 0);
__decorate$43([Field(() => String, { description: "Who: a user's name, the name that a failed login gave, `(local)` for whoever owns the data directory, `service` for the service itself." })], AuditLine.prototype, "user", void 0);
__decorate$43([Field(() => String, { description: "What, the noun first: `session.search`, `packets.list`, `export.create`, `login.failed`, …" })], AuditLine.prototype, "action", void 0);
__decorate$43([Field(() => String, {
	nullable: true,
	description: "Where from; null for the command line and the service itself."
})], AuditLine.prototype, "address", void 0);
__decorate$43([Field(() => String, {
	nullable: true,
	description: "By what credential: cookie, token, header or local."
})], AuditLine.prototype, "method", void 0);
__decorate$43([Field(() => String, { description: "`ok`, or the code of the error." })], AuditLine.prototype, "outcome", void 0);
__decorate$43([Field(() => LongScalar, {
	nullable: true,
	description: "Milliseconds from the beginning of the operation to the entry."
})], AuditLine.prototype, "durationMs", void 0);
__decorate$43([Field(() => JsonScalar, { description: "What was asked for, and counts of what was answered." })], AuditLine.prototype, "details", void 0);
AuditLine = __decorate$43([ObjectType("AuditEntry", {
	simpleResolvers: true,
	description: "Something that somebody did."
})], AuditLine);
/** Part of the audit log. */
let AuditLines = class AuditLines extends Answer {};
__decorate$43([Field(() => [AuditLine], { description: "The entries, newest first." })], AuditLines.prototype, "entries", void 0);
__decorate$43([Field(() => ID, {
	nullable: true,
	description: "`before` of the next part; null when there is no more."
})], AuditLines.prototype, "next", void 0);
AuditLines = __decorate$43([ObjectType("AuditLog", {
	simpleResolvers: true,
	implements: Answer,
	description: "Part of the audit log."
})], AuditLines);

// dist/graphql/audit/audit.resolver.js
var __decorate$42 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$20 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Which entries are wanted. */
let AuditArgs = class AuditArgs {};
__decorate$42([Field(() => String, {
	nullable: true,
	description: "Only of this user."
})], AuditArgs.prototype, "user", void 0);
__decorate$42([Field(() => String, {
	nullable: true,
	description: "Only this action, or those that begin with it: `export` finds `export.create`."
})], AuditArgs.prototype, "action", void 0);
__decorate$42([Field(() => String, {
	nullable: true,
	description: "Only with this outcome: `ok`, or a code."
})], AuditArgs.prototype, "outcome", void 0);
__decorate$42([Field(() => String, {
	nullable: true,
	description: "Only from this address."
})], AuditArgs.prototype, "address", void 0);
__decorate$42([Field(() => String, {
	nullable: true,
	description: "Only with this text in the details, in any letter case."
})], AuditArgs.prototype, "contains", void 0);
__decorate$42([Field(() => TimeRangeInput, {
	nullable: true,
	description: "Only of this time; `bounding` does not matter."
})], AuditArgs.prototype, "timeRange", void 0);
__decorate$42([Field(() => Int, {
	defaultValue: 100,
	description: "Entries, 1 to 1000."
})], AuditArgs.prototype, "first", void 0);
__decorate$42([Field(() => ID, {
	nullable: true,
	description: "Only entries older than the one of this id."
})], AuditArgs.prototype, "before", void 0);
AuditArgs = __decorate$42([ArgsType()], AuditArgs);
/** The audit log. */
let AuditResolver = class AuditResolver {
	auditLog({ first, before, timeRange, ...filter }, context) {
		const limit = bounded("first", first, 1, LIMITS.pageSize);
		const older = before === null || before === void 0 ? null : Number(before);
		if (older !== null && !(Number.isSafeInteger(older) && older > 0)) throw new LookbackError("BAD_INPUT", `before: ${JSON.stringify(String(before).slice(0, 40))} is no id of an entry`);
		const { startMs, endMs } = timeRangeOf(timeRange);
		const found = context.services.access.searchAudit({
			...filter,
			fromMs: startMs,
			untilMs: endMs,
			before: older
		}, limit + 1);
		const entries = found.slice(0, limit).map(({ id, atMs, ...entry }) => ({
			...entry,
			id: String(id),
			at: atMs
		}));
		return {
			...answered(context),
			entries,
			next: found.length > limit ? entries[entries.length - 1]?.id ?? null : null
		};
	}
};
__decorate$42([
	Query(() => AuditLines, {
		complexity: ({ args, childComplexity }) => 20 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "What was done, by whom and from where, newest first; for administrators. Searches appear within a second, everything else at once."
	}),
	__param$20(0, Args(() => AuditArgs)),
	__param$20(1, Ctx())
], AuditResolver.prototype, "auditLog", null);
AuditResolver = __decorate$42([Resolver()], AuditResolver);

// dist/graphql/capture-file/capture-file.type.js
var __decorate$41 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Whose file it is. */
var CaptureFileStorage;
(function(CaptureFileStorage) {
	CaptureFileStorage["OWN"] = "own";
	CaptureFileStorage["IN_PLACE"] = "in-place";
})(CaptureFileStorage || (CaptureFileStorage = {}));
registerEnumType(CaptureFileStorage, {
	name: "CaptureFileStorage",
	description: "Whose file it is.",
	valuesConfig: {
		OWN: { description: "Written by Lookback; retention may delete it." },
		IN_PLACE: { description: "Yours, imported where it is; never deleted." }
	}
});
/** Where a file is in its life. */
var CaptureFileState;
(function(CaptureFileState) {
	CaptureFileState["WRITING"] = "writing";
	CaptureFileState["COMPLETE"] = "complete";
	CaptureFileState["GONE"] = "gone";
})(CaptureFileState || (CaptureFileState = {}));
registerEnumType(CaptureFileState, {
	name: "CaptureFileState",
	description: "Where a packet file is in its life.",
	valuesConfig: {
		WRITING: { description: "Packets are being added." },
		COMPLETE: { description: "Complete." },
		GONE: { description: "Deleted; its sessions remain without packets." }
	}
});
/** A packet file. */
let CaptureFile = class CaptureFile {};
__decorate$41([Field(() => LongScalar, { description: "Number of the file." })], CaptureFile.prototype, "id", void 0);
__decorate$41([Field(() => String, { description: "Node that captured or imported it." })], CaptureFile.prototype, "node", void 0);
__decorate$41([Field(() => String, { description: "Name that `file ==` matches." })], CaptureFile.prototype, "name", void 0);
__decorate$41([Field(() => CaptureFileStorage, { description: "Whose file it is." })], CaptureFile.prototype, "storage", void 0);
__decorate$41([Field(() => CaptureFileState, { description: "Where it is in its life." })], CaptureFile.prototype, "state", void 0);
__decorate$41([Field(() => String, { description: "`pcap` or `pcapng`." })], CaptureFile.prototype, "format", void 0);
__decorate$41([Field(() => LongScalar, { description: "Size in bytes." })], CaptureFile.prototype, "bytes", void 0);
__decorate$41([Field(() => LongScalar, { description: "Packets in it." })], CaptureFile.prototype, "packets", void 0);
__decorate$41([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Earliest packet; null when there is none."
})], CaptureFile.prototype, "firstPacket", void 0);
__decorate$41([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Latest packet; null when there is none."
})], CaptureFile.prototype, "lastPacket", void 0);
__decorate$41([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it was imported; null of live capture."
})], CaptureFile.prototype, "imported", void 0);
__decorate$41([Field(() => Boolean, { description: "Whether it is kept from retention." })], CaptureFile.prototype, "locked", void 0);
CaptureFile = __decorate$41([ObjectType("CaptureFile", {
	simpleResolvers: true,
	description: "A packet file."
})], CaptureFile);
/** Packet files. */
let CaptureFileList = class CaptureFileList extends Answer {};
__decorate$41([Field(() => [CaptureFile], { description: "The files." })], CaptureFileList.prototype, "files", void 0);
__decorate$41([Field(() => LongScalar, {
	nullable: true,
	description: "Number to give as `before` for the next page; null at the end."
})], CaptureFileList.prototype, "next", void 0);
CaptureFileList = __decorate$41([ObjectType("CaptureFileList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Packet files, highest number first."
})], CaptureFileList);

// dist/graphql/capture-file/capture-file.resolver.js
var __decorate$40 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$19 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const STATES$3 = {
	writing: CaptureFileState.WRITING,
	complete: CaptureFileState.COMPLETE,
	gone: CaptureFileState.GONE
};
function fileOf({ firstMs, lastMs, importedMs, storage, state, ...rest }) {
	return {
		...rest,
		firstPacket: firstMs,
		lastPacket: lastMs,
		imported: importedMs,
		storage: storage === "own" ? CaptureFileStorage.OWN : CaptureFileStorage.IN_PLACE,
		state: STATES$3[state]
	};
}
/** Packet files. */
let CaptureFileResolver = class CaptureFileResolver {
	captureFiles(first, before, context) {
		const limit = bounded("first", first, 1, LIMITS.pageSize);
		const found = context.services.captureFiles.list(limit + 1, before ?? null);
		const files = found.slice(0, limit).map(fileOf);
		return {
			...answered(context),
			files,
			next: found.length > limit ? files[files.length - 1]?.id ?? null : null
		};
	}
};
__decorate$40([
	Query(() => CaptureFileList, {
		complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "Packet files, highest number first. Users with a forced expression or a time limit may not list them: names tell of captures that they cannot see."
	}),
	__param$19(0, Arg("first", () => Int, {
		defaultValue: 100,
		description: "Files in the list, 1 to 1000."
	})),
	__param$19(1, Arg("before", () => LongScalar, {
		nullable: true,
		description: "Only files numbered below this."
	})),
	__param$19(2, Ctx())
], CaptureFileResolver.prototype, "captureFiles", null);
CaptureFileResolver = __decorate$40([Resolver()], CaptureFileResolver);

// dist/graphql/capture-statistics/capture-statistics.type.js
var __decorate$39 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** What one source of packets counted. */
let CaptureSource = class CaptureSource {};
__decorate$39([Field(() => String, { description: "Node that captures." })], CaptureSource.prototype, "node", void 0);
__decorate$39([Field(() => String, { description: "Interface." })], CaptureSource.prototype, "name", void 0);
__decorate$39([Field(() => DateTimeScalar, { description: "When it started." })], CaptureSource.prototype, "started", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets taken." })], CaptureSource.prototype, "packets", void 0);
__decorate$39([Field(() => LongScalar, { description: "Bytes taken." })], CaptureSource.prototype, "bytes", void 0);
__decorate$39([Field(() => LongScalar, {
	nullable: true,
	description: "Packets that the kernel dropped; null: the source does not say."
})], CaptureSource.prototype, "droppedByKernel", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets that Lookback dropped because it could not keep up, or because a disk took nothing." })], CaptureSource.prototype, "droppedByLookback", void 0);
__decorate$39([Field(() => Int, { description: "Sockets that read it." })], CaptureSource.prototype, "readers", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets that are accounted for: stored, left out by a rule, seen twice, or lost." })], CaptureSource.prototype, "received", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets in packet files." })], CaptureSource.prototype, "stored", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets indexed and not stored, because `dontSaveBPFs` or `pcapWriteMethod` says so." })], CaptureSource.prototype, "byRule", void 0);
__decorate$39([Field(() => LongScalar, { description: "Of those stored or left out by a rule, packets with a damaged header; of each as much as can be understood is in a session." })], CaptureSource.prototype, "malformed", void 0);
__decorate$39([Field(() => LongScalar, { description: "Of those stored, packets cut at the snap length." })], CaptureSource.prototype, "cut", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets seen twice on the loopback interface, kept once." })], CaptureSource.prototype, "duplicate", void 0);
__decorate$39([Field(() => LongScalar, {
	nullable: true,
	description: "Packets lost before the kernel saw them; null: the interface does not say."
})], CaptureSource.prototype, "droppedByInterface", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets lost because our queue was full." })], CaptureSource.prototype, "lostToQueue", void 0);
__decorate$39([Field(() => LongScalar, { description: "Packets lost because they could not be written." })], CaptureSource.prototype, "lostToDisk", void 0);
__decorate$39([Field(() => String, { description: "Where times come from: `kernel`, `hardware`, or `arrival` at this process." })], CaptureSource.prototype, "timestampSource", void 0);
CaptureSource = __decorate$39([ObjectType("CaptureSource", {
	simpleResolvers: true,
	description: "What one source of packets counted since it started."
})], CaptureSource);
/** A counter. */
let Counter = class Counter {};
__decorate$39([Field(() => String, { description: "Name." })], Counter.prototype, "name", void 0);
__decorate$39([Field(() => LongScalar, { description: "Value." })], Counter.prototype, "value", void 0);
Counter = __decorate$39([ObjectType("Counter", {
	simpleResolvers: true,
	description: "A counter of the dissection engine."
})], Counter);
/** What became of the sessions that closed. */
let CaptureSessions = class CaptureSessions {};
__decorate$39([Field(() => LongScalar, { description: "Sessions, or parts of long ones, that closed." })], CaptureSessions.prototype, "closed", void 0);
__decorate$39([Field(() => LongScalar, { description: "Of them, in the index." })], CaptureSessions.prototype, "indexed", void 0);
__decorate$39([Field(() => LongScalar, { description: "Of them, left out because `minPacketsSaveBPFs` says so." })], CaptureSessions.prototype, "byRule", void 0);
__decorate$39([Field(() => LongScalar, { description: "Of them, lost because the index found no room for too long; their packets are stored." })], CaptureSessions.prototype, "lost", void 0);
__decorate$39([Field(() => LongScalar, { description: "Sessions that are open." })], CaptureSessions.prototype, "open", void 0);
CaptureSessions = __decorate$39([ObjectType("CaptureSessions", {
	simpleResolvers: true,
	description: "What became of the sessions that closed since capture started: closed = indexed + byRule + lost, as of the last flush."
})], CaptureSessions);
/** Capture as a whole. */
let CaptureStatisticsAnswer = class CaptureStatisticsAnswer extends Answer {};
__decorate$39([Field(() => [CaptureSource], { description: "Sources that are capturing; empty when none is." })], CaptureStatisticsAnswer.prototype, "sources", void 0);
__decorate$39([Field(() => CaptureSessions, {
	nullable: true,
	description: "What became of the sessions that closed; null when nothing captured yet."
})], CaptureStatisticsAnswer.prototype, "closedSessions", void 0);
__decorate$39([Field(() => [Counter], { description: "Counters of the engine, in order of name." })], CaptureStatisticsAnswer.prototype, "counters", void 0);
__decorate$39([Field(() => LongScalar, { description: "Sessions in the index that you may see." })], CaptureStatisticsAnswer.prototype, "sessions", void 0);
__decorate$39([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Earliest first packet in the index; null when it is empty."
})], CaptureStatisticsAnswer.prototype, "firstPacket", void 0);
__decorate$39([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Latest last packet in the index; null when it is empty."
})], CaptureStatisticsAnswer.prototype, "lastPacket", void 0);
CaptureStatisticsAnswer = __decorate$39([ObjectType("CaptureStatistics", {
	simpleResolvers: true,
	implements: Answer,
	description: "Live capture and what it counted."
})], CaptureStatisticsAnswer);

// dist/graphql/capture-statistics/capture-statistics.resolver.js
var __decorate$38 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$18 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Capture as a whole. */
let CaptureStatisticsResolver = class CaptureStatisticsResolver {
	async captureStatistics(context) {
		const { store, captureStatistics } = context.services;
		const sessions = await store.count({
			expression: { node: "everything" },
			range: ALL_TIME
		}, context.read);
		const whole = !context.isNarrowed;
		const extent = whole ? await store.extent() : null;
		return {
			...answered(context),
			sources: (whole ? captureStatistics.sources() : []).map(({ startedMs, droppedByUs, ...source }) => ({
				...source,
				started: startedMs,
				droppedByLookback: droppedByUs
			})),
			closedSessions: whole ? captureStatistics.sessions() : null,
			counters: Object.entries(whole ? captureStatistics.counters() : {}).map(([name, value]) => ({
				name,
				value
			})).sort((a, b) => a.name < b.name ? -1 : 1),
			sessions,
			firstPacket: extent?.firstMs ?? null,
			lastPacket: extent?.lastMs ?? null
		};
	}
};
__decorate$38([Query(() => CaptureStatisticsAnswer, {
	complexity: 100,
	description: "Live capture and what it counted, and the extent of the index. Users with a forced expression or a time limit get the number of sessions that they may see, and nothing of the rest."
}), __param$18(0, Ctx())], CaptureStatisticsResolver.prototype, "captureStatistics", null);
CaptureStatisticsResolver = __decorate$38([Resolver()], CaptureStatisticsResolver);

// dist/graphql/connections/connections.type.js
var __decorate$37 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Traffic between two values. */
let ConnectionLink = class ConnectionLink {};
__decorate$37([Field(() => String, { description: "Value of the source field." })], ConnectionLink.prototype, "source", void 0);
__decorate$37([Field(() => String, { description: "Value of the destination field." })], ConnectionLink.prototype, "destination", void 0);
__decorate$37([Field(() => LongScalar, { description: "Sessions between them." })], ConnectionLink.prototype, "sessions", void 0);
__decorate$37([Field(() => LongScalar, { description: "Packets of both directions." })], ConnectionLink.prototype, "packets", void 0);
__decorate$37([Field(() => LongScalar, { description: "Bytes of both directions, headers included." })], ConnectionLink.prototype, "bytes", void 0);
__decorate$37([Field(() => LongScalar, { description: "Payload bytes of both directions." })], ConnectionLink.prototype, "databytes", void 0);
ConnectionLink = __decorate$37([ObjectType("ConnectionLink", {
	simpleResolvers: true,
	description: "Traffic between a source and a destination."
})], ConnectionLink);
/** Who talks to whom. */
let Connections = class Connections extends Answer {};
__decorate$37([Field(() => [ConnectionLink], { description: "Links, most sessions first." })], Connections.prototype, "links", void 0);
__decorate$37([Field(() => Boolean, { description: "Whether there are more links than were asked for." })], Connections.prototype, "truncated", void 0);
Connections = __decorate$37([ObjectType("Connections", {
	simpleResolvers: true,
	implements: Answer,
	description: "Who talks to whom."
})], Connections);

// dist/graphql/connections/connections.resolver.js
var __decorate$36 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$17 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Which links are wanted. */
let ConnectionsArgs = class ConnectionsArgs extends SearchArgs {};
__decorate$36([Field(() => String, {
	defaultValue: "ip.src",
	description: "Search name of the field at the start of a link."
})], ConnectionsArgs.prototype, "sourceField", void 0);
__decorate$36([Field(() => String, {
	defaultValue: "ip.dst",
	description: "Search name of the field at the end of a link."
})], ConnectionsArgs.prototype, "destinationField", void 0);
__decorate$36([Field(() => Int, {
	defaultValue: 100,
	description: "Links, 1 to 10000."
})], ConnectionsArgs.prototype, "first", void 0);
__decorate$36([Field(() => Int, {
	defaultValue: 1,
	description: "Least sessions of a link."
})], ConnectionsArgs.prototype, "minimumSessions", void 0);
ConnectionsArgs = __decorate$36([ArgsType()], ConnectionsArgs);
/** Who talks to whom. */
let ConnectionsResolver = class ConnectionsResolver {
	async connections(args, context) {
		context.require("search");
		const filter = sessionFilterOf(args, context);
		const found = await context.services.store.connections({
			...filter,
			sourceField: context.field(args.sourceField),
			destinationField: context.field(args.destinationField),
			limit: bounded("first", args.first, 1, LIMITS.links),
			minimumSessions: bounded("minimumSessions", args.minimumSessions, 1, Number.MAX_SAFE_INTEGER)
		}, context.read);
		return {
			...answered(context, filter.range),
			...found
		};
	}
};
__decorate$36([
	Query(() => Connections, {
		complexity: ({ args, childComplexity }) => 100 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "Who talks to whom: pairs of values of two fields with their traffic."
	}),
	__param$17(0, Args(() => ConnectionsArgs)),
	__param$17(1, Ctx())
], ConnectionsResolver.prototype, "connections", null);
ConnectionsResolver = __decorate$36([Resolver()], ConnectionsResolver);

// dist/graphql/export/export.args.js
var __decorate$35 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Formats of exports; the values are those of `src/export`. */
var ExportFormatName;
(function(ExportFormatName) {
	ExportFormatName["PCAP"] = "pcap";
	ExportFormatName["PCAPNG"] = "pcapng";
	ExportFormatName["CSV"] = "csv";
	ExportFormatName["NDJSON"] = "ndjson";
	ExportFormatName["PARQUET"] = "parquet";
})(ExportFormatName || (ExportFormatName = {}));
registerEnumType(ExportFormatName, {
	name: "ExportFormat",
	description: "What an export is written as.",
	valuesConfig: {
		PCAP: { description: "Classic pcap; pcapng where classic pcap cannot hold the packets: several link types, times before 1970 or after 2106." },
		PCAPNG: { description: "pcapng." },
		CSV: { description: "A line per session, RFC 4180; text that a spreadsheet would take for a formula is made harmless." },
		NDJSON: { description: "A JSON object per session and line." },
		PARQUET: { description: "Apache Parquet, a row per session." }
	}
});
/** Which packets of a session are meant. */
var ExportPackets;
(function(ExportPackets) {
	ExportPackets["MATCHING_PART"] = "matching";
	ExportPackets["WHOLE_CONNECTION"] = "whole";
})(ExportPackets || (ExportPackets = {}));
registerEnumType(ExportPackets, {
	name: "ExportPackets",
	description: "Which packets of a connection are meant. A long connection is stored as several sessions.",
	valuesConfig: {
		MATCHING_PART: { description: "Those of the sessions that match." },
		WHOLE_CONNECTION: { description: "Those of every session of the connections that a matching session is a part of, also outside of the time range." }
	}
});
/** What an export holds. */
let ExportArgs = class ExportArgs extends SearchArgs {};
__decorate$35([Field(() => [ID], {
	nullable: true,
	description: "Identities of the sessions, at most 10000; instead of a search."
})], ExportArgs.prototype, "ids", void 0);
__decorate$35([Field(() => ExportFormatName, {
	defaultValue: ExportFormatName.PCAP,
	description: "What it is written as."
})], ExportArgs.prototype, "format", void 0);
__decorate$35([Field(() => ExportPackets, {
	defaultValue: ExportPackets.MATCHING_PART,
	description: "Which packets, or rows, of long connections are meant."
})], ExportArgs.prototype, "packets", void 0);
__decorate$35([Field(() => LongScalar, {
	nullable: true,
	description: "Most bytes that the file may have; more is refused. The server's own limit holds in any case."
})], ExportArgs.prototype, "maxBytes", void 0);
__decorate$35([Field(() => [String], {
	nullable: true,
	description: "Search names of the columns of CSV, NDJSON and Parquet, at most 200, in order; left out: the usual ones."
})], ExportArgs.prototype, "fields", void 0);
ExportArgs = __decorate$35([ArgsType()], ExportArgs);

// dist/graphql/export/export-request.js
/** The export that arguments mean, checked for this user. BAD_INPUT, EXPRESSION_*, TIME_RANGE_INVALID, FORBIDDEN, LIMIT_EXCEEDED. */
function exportRequestOf(args, context) {
	const { format, maxBytes } = args;
	if (maxBytes !== null && maxBytes !== void 0 && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw new LookbackError("BAD_INPUT", `maxBytes is a whole number above 0, not ${maxBytes}`, { argument: "maxBytes" });
	return {
		...chosenSessions(args.ids, args, context),
		query: queryText(args),
		format,
		wholeConnections: args.packets === ExportPackets.WHOLE_CONNECTION,
		maxBytes: maxBytes ?? null,
		fields: isCapture(format) ? noFields(args.fields) : columnsOf(args.fields ?? null, context)
	};
}
/** What was asked for as one search expression, or in words where it was by ids. */
function queryText({ ids, expression, filter }) {
	if (ids !== null && ids !== void 0) return `${ids.length} session${ids.length === 1 ? "" : "s"} by id`;
	const texts = [expression?.trim() ?? "", filter === null || filter === void 0 ? "" : parseFilter(filter).text].filter((text) => text !== "");
	return texts.length < 2 ? texts[0] ?? "" : texts.map((text) => `(${text})`).join(" && ");
}
function noFields(names) {
	if (names === null || names === void 0 || names.length === 0) return [];
	throw new LookbackError("BAD_INPUT", "fields are the columns of CSV, NDJSON and PARQUET; a capture has none", { argument: "fields" });
}
function columnsOf(names, context) {
	if (names === null) return USUAL_COLUMNS.flatMap((name) => {
		const entry = context.services.fields.find(name);
		return entry?.entry === "field" && !context.isHidden(entry.field) ? [entry.field] : [];
	});
	if (names.length === 0) throw new LookbackError("BAD_INPUT", "fields is empty; name at least one column, or leave it out for the usual ones", { argument: "fields" });
	const fields = boundedList("fields", names, LIMITS.fieldNames).map((name) => context.field(name));
	const twice = fields.find((field, at) => fields.indexOf(field) !== at);
	if (twice !== void 0) throw new LookbackError("BAD_INPUT", `fields names ${twice.expression || twice.path} twice`, { argument: "fields" });
	return fields;
}

// dist/graphql/import-job/import-job.type.js
var __decorate$34 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Where an import is. */
var ImportStateName;
(function(ImportStateName) {
	ImportStateName["QUEUED"] = "queued";
	ImportStateName["RUNNING"] = "running";
	ImportStateName["DONE"] = "done";
	ImportStateName["FAILED"] = "failed";
	ImportStateName["ALREADY_IMPORTED"] = "already";
})(ImportStateName || (ImportStateName = {}));
registerEnumType(ImportStateName, {
	name: "ImportState",
	description: "Where an import is.",
	valuesConfig: {
		QUEUED: { description: "Waits for those before it." },
		RUNNING: { description: "Reads the capture." },
		DONE: { description: "Its sessions can be found." },
		FAILED: { description: "Nothing of it is in the index; `error` says why (QUERY_CANCELLED: a user ended it)." },
		ALREADY_IMPORTED: { description: "The same capture was imported before; nothing changed." }
	}
});
/** An error as data. */
let Failure = class Failure {};
__decorate$34([Field(() => String, { description: "Stable error code." })], Failure.prototype, "code", void 0);
__decorate$34([Field(() => String, { description: "What happened, and the way out." })], Failure.prototype, "message", void 0);
Failure = __decorate$34([ObjectType("Failure", {
	simpleResolvers: true,
	description: "Why something failed."
})], Failure);
/** A condition met while reading. */
let ImportWarningView = class ImportWarningView {};
__decorate$34([Field(() => String, { description: "Name of the condition." })], ImportWarningView.prototype, "name", void 0);
__decorate$34([Field(() => LongScalar, { description: "How often." })], ImportWarningView.prototype, "count", void 0);
__decorate$34([Field(() => LongScalar, {
	nullable: true,
	description: "Byte offset in the decompressed capture where it was met first; null when it has none."
})], ImportWarningView.prototype, "firstOffset", void 0);
ImportWarningView = __decorate$34([ObjectType("ImportWarning", {
	simpleResolvers: true,
	description: "A condition that was met while reading a capture."
})], ImportWarningView);
/** One capture being imported. */
let ImportJobView = class ImportJobView extends Answer {};
__decorate$34([Field(() => ID, { description: "Identity of the job." })], ImportJobView.prototype, "id", void 0);
__decorate$34([Field(() => String, { description: "The capture's path; `-` is standard input." })], ImportJobView.prototype, "path", void 0);
__decorate$34([Field(() => ImportStateName, { description: "Where the import is." })], ImportJobView.prototype, "state", void 0);
__decorate$34([Field(() => DateTimeScalar, { description: "When it was asked for." })], ImportJobView.prototype, "submitted", void 0);
__decorate$34([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it began; null while it waits."
})], ImportJobView.prototype, "started", void 0);
__decorate$34([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it ended; null until then."
})], ImportJobView.prototype, "finished", void 0);
__decorate$34([Field(() => LongScalar, { description: "Packets read." })], ImportJobView.prototype, "packets", void 0);
__decorate$34([Field(() => LongScalar, { description: "Bytes read of the source." })], ImportJobView.prototype, "bytes", void 0);
__decorate$34([Field(() => LongScalar, { description: "Size of the source in bytes; 0: not known." })], ImportJobView.prototype, "totalBytes", void 0);
__decorate$34([Field(() => Float, {
	nullable: true,
	description: "Part done, 0 to 1; null while the size is not known."
})], ImportJobView.prototype, "progress", void 0);
__decorate$34([Field(() => LongScalar, { description: "Sessions found." })], ImportJobView.prototype, "sessions", void 0);
__decorate$34([Field(() => Failure, {
	nullable: true,
	description: "Why it failed; null otherwise."
})], ImportJobView.prototype, "error", void 0);
__decorate$34([Field(() => [ImportWarningView], { description: "Conditions met while reading." })], ImportJobView.prototype, "warnings", void 0);
ImportJobView = __decorate$34([ObjectType("ImportJob", {
	simpleResolvers: true,
	implements: Answer,
	description: "One capture being imported."
})], ImportJobView);
/** A path that became no job. */
let RefusedPath = class RefusedPath {};
__decorate$34([Field(() => String, { description: "The path." })], RefusedPath.prototype, "path", void 0);
__decorate$34([Field(() => Failure, { description: "Why it cannot be imported." })], RefusedPath.prototype, "error", void 0);
RefusedPath = __decorate$34([ObjectType("RefusedPath", {
	simpleResolvers: true,
	description: "A path that cannot be imported."
})], RefusedPath);
/** What a request to import became. */
let ImportSubmission = class ImportSubmission extends Answer {};
__decorate$34([Field(() => [ImportJobView], { description: "A job per capture; directories stand for the captures in them." })], ImportSubmission.prototype, "jobs", void 0);
__decorate$34([Field(() => [RefusedPath], { description: "Paths that became no job." })], ImportSubmission.prototype, "refused", void 0);
ImportSubmission = __decorate$34([ObjectType("ImportSubmission", {
	simpleResolvers: true,
	implements: Answer,
	description: "What a request to import became."
})], ImportSubmission);
/** Imports. */
let ImportJobList = class ImportJobList extends Answer {};
__decorate$34([Field(() => [ImportJobView], { description: "The jobs." })], ImportJobList.prototype, "jobs", void 0);
ImportJobList = __decorate$34([ObjectType("ImportJobList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Imports, newest first."
})], ImportJobList);

// dist/graphql/export/export.type.js
var __decorate$33 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Where an export is. */
var ExportStateName;
(function(ExportStateName) {
	ExportStateName["QUEUED"] = "queued";
	ExportStateName["RUNNING"] = "running";
	ExportStateName["DONE"] = "done";
	ExportStateName["FAILED"] = "failed";
	ExportStateName["CANCELLED"] = "cancelled";
	ExportStateName["EXPIRED"] = "expired";
})(ExportStateName || (ExportStateName = {}));
registerEnumType(ExportStateName, {
	name: "ExportState",
	description: "Where an export is.",
	valuesConfig: {
		QUEUED: { description: "Waits for those before it." },
		RUNNING: { description: "Collects packets." },
		DONE: { description: "The file can be downloaded until `expires`." },
		FAILED: { description: "There is no file; `error` says why." },
		CANCELLED: { description: "Ended by its user." },
		EXPIRED: { description: "Its time is over and its file is gone." }
	}
});
/** One export. */
let ExportJobView = class ExportJobView extends Answer {};
__decorate$33([Field(() => ID, { description: "Identity of the export." })], ExportJobView.prototype, "id", void 0);
__decorate$33([Field(() => ExportStateName, { description: "Where it is." })], ExportJobView.prototype, "state", void 0);
__decorate$33([Field(() => String, { description: "What was asked for." })], ExportJobView.prototype, "query", void 0);
__decorate$33([Field(() => ExportFormatName, { description: "The format that was asked for." })], ExportJobView.prototype, "requestedFormat", void 0);
__decorate$33([Field(() => ExportPackets, { description: "Which packets of long connections were asked for." })], ExportJobView.prototype, "packetChoice", void 0);
__decorate$33([Field(() => DateTimeScalar, { description: "When it was asked for." })], ExportJobView.prototype, "created", void 0);
__decorate$33([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it began; null while it waits."
})], ExportJobView.prototype, "started", void 0);
__decorate$33([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it ended; null until then."
})], ExportJobView.prototype, "finished", void 0);
__decorate$33([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When the file is deleted; null while there is none."
})], ExportJobView.prototype, "expires", void 0);
__decorate$33([Field(() => Float, {
	nullable: true,
	description: "Part done, 0 to 1; null while it is not known."
})], ExportJobView.prototype, "progress", void 0);
__decorate$33([Field(() => LongScalar, { description: "Sessions in it." })], ExportJobView.prototype, "sessions", void 0);
__decorate$33([Field(() => LongScalar, { description: "Packets in it; 0 for tables." })], ExportJobView.prototype, "packets", void 0);
__decorate$33([Field(() => LongScalar, { description: "Size of the file in bytes." })], ExportJobView.prototype, "bytes", void 0);
__decorate$33([Field(() => LongScalar, { description: "Packets that are not stored any more and so are not in it." })], ExportJobView.prototype, "missingPackets", void 0);
__decorate$33([Field(() => String, {
	nullable: true,
	description: "The format of the file: `pcapng` where classic pcap was asked for and cannot hold the packets; null while there is none."
})], ExportJobView.prototype, "format", void 0);
__decorate$33([Field(() => String, {
	nullable: true,
	description: "SHA-256 of the file in hex; null while there is none."
})], ExportJobView.prototype, "sha256", void 0);
__decorate$33([Field(() => String, {
	nullable: true,
	description: "Signed path to download the file from this server, for you alone; null while there is none."
})], ExportJobView.prototype, "downloadUrl", void 0);
__decorate$33([Field(() => String, {
	nullable: true,
	description: "Signed path to its manifest: what is in it, what is missing, and a signature over both; null while there is none."
})], ExportJobView.prototype, "manifestUrl", void 0);
__decorate$33([Field(() => Failure, {
	nullable: true,
	description: "Why it failed; null otherwise."
})], ExportJobView.prototype, "error", void 0);
ExportJobView = __decorate$33([ObjectType("Export", {
	simpleResolvers: true,
	implements: Answer,
	description: "A file made of sessions: of their packets, or of their fields."
})], ExportJobView);
/** Exports. */
let ExportJobList = class ExportJobList extends Answer {};
__decorate$33([Field(() => [ExportJobView], { description: "The exports." })], ExportJobList.prototype, "exports", void 0);
ExportJobList = __decorate$33([ObjectType("ExportList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Your exports, newest first."
})], ExportJobList);
/** What an export would hold. */
let ExportEstimateView = class ExportEstimateView extends Answer {};
__decorate$33([Field(() => LongScalar, { description: "Sessions." })], ExportEstimateView.prototype, "sessions", void 0);
__decorate$33([Field(() => LongScalar, { description: "Packets that can be exported; 0 for tables." })], ExportEstimateView.prototype, "packets", void 0);
__decorate$33([Field(() => LongScalar, { description: "Bytes of the file, within a few percent." })], ExportEstimateView.prototype, "bytes", void 0);
__decorate$33([Field(() => LongScalar, { description: "Packets that are not stored any more." })], ExportEstimateView.prototype, "missingPackets", void 0);
__decorate$33([Field(() => LongScalar, { description: "Sessions of which packets are not stored any more, or never were." })], ExportEstimateView.prototype, "incompleteSessions", void 0);
__decorate$33([Field(() => LongScalar, { description: "Most bytes that the file may have." })], ExportEstimateView.prototype, "maxBytes", void 0);
__decorate$33([Field(() => Boolean, { description: "Whether it would be refused because of its size." })], ExportEstimateView.prototype, "tooLarge", void 0);
ExportEstimateView = __decorate$33([ObjectType("ExportEstimate", {
	simpleResolvers: true,
	implements: Answer,
	description: "What an export would hold, from the index alone."
})], ExportEstimateView);
/** What deleting did. */
let ExportDeletion = class ExportDeletion extends Answer {};
__decorate$33([Field(() => Boolean, { description: "Whether there was an export of that id." })], ExportDeletion.prototype, "deleted", void 0);
ExportDeletion = __decorate$33([ObjectType("ExportDeletion", {
	simpleResolvers: true,
	implements: Answer,
	description: "What deleting an export did."
})], ExportDeletion);

// dist/graphql/export/export.resolver.js
var __decorate$32 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$16 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const STATES$2 = {
	queued: ExportStateName.QUEUED,
	running: ExportStateName.RUNNING,
	done: ExportStateName.DONE,
	failed: ExportStateName.FAILED,
	cancelled: ExportStateName.CANCELLED,
	expired: ExportStateName.EXPIRED
};
const FORMATS = {
	pcap: ExportFormatName.PCAP,
	pcapng: ExportFormatName.PCAPNG,
	csv: ExportFormatName.CSV,
	ndjson: ExportFormatName.NDJSON,
	parquet: ExportFormatName.PARQUET
};
/** What a question that goes through the positions of all matching sessions costs. */
const SCAN_COST = 500;
/** The exports, for a user who may export. FORBIDDEN, UNAVAILABLE. */
function exportsOf(context) {
	context.require("export");
	const { exports } = context.services;
	if (exports === null) throw new LookbackError("UNAVAILABLE", "this server makes no exports");
	return exports;
}
function viewOf$5(job, exports, context) {
	const isThere = job.state === "done" && (job.expiresMs === null || job.expiresMs > context.services.clock.nowMs());
	return {
		...answered(context),
		id: job.id,
		state: STATES$2[job.state],
		query: job.query,
		requestedFormat: FORMATS[job.format],
		packetChoice: job.wholeConnections ? ExportPackets.WHOLE_CONNECTION : ExportPackets.MATCHING_PART,
		created: job.createdMs,
		started: job.startedMs,
		finished: job.finishedMs,
		expires: job.expiresMs,
		progress: job.progress,
		sessions: job.sessions,
		packets: job.packets,
		bytes: job.bytes,
		missingPackets: job.missingPackets,
		format: job.fileFormat,
		sha256: job.sha256,
		downloadUrl: isThere ? exports.link(job.id, context.user.name) : null,
		manifestUrl: isThere ? exports.manifestLink(job.id, context.user.name) : null,
		error: job.error
	};
}
/** Changes of the user's exports, or the present state of one and its changes until it is finished. NOT_FOUND at once. */
function progress$1(exportId, exports, user, signal) {
	const events = exports.events(signal);
	if (exportId === null) return changes(events, (view) => view.user === user, null);
	const job = exports.get(exportId, user);
	if (job !== null) return changes(events, (view) => view.id === job.id, job);
	events.return?.();
	throw new LookbackError("NOT_FOUND", `there is no export ${JSON.stringify(exportId.slice(0, 60))}`);
}
/** With a `first` view, it and the changes until one is finished; without, all changes. */
async function* changes(events, isMeant, first) {
	try {
		if (first !== null) {
			yield first;
			if (isFinished(first.state)) return;
		}
		for await (const view of events) {
			if (!isMeant(view)) continue;
			yield view;
			if (first !== null && isFinished(view.state)) return;
		}
	} finally {
		await events.return?.();
	}
}
/** Exports. */
let ExportResolver = class ExportResolver {
	exports(first, context) {
		const exports = exportsOf(context);
		const jobs = exports.list(context.user.name, bounded("first", first, 1, LIMITS.pageSize));
		return {
			...answered(context),
			exports: jobs.map((job) => viewOf$5(job, exports, context))
		};
	}
	export(id, context) {
		const exports = exportsOf(context);
		const job = exports.get(id, context.user.name);
		return job === null ? null : viewOf$5(job, exports, context);
	}
	async exportEstimate(args, context) {
		const exports = exportsOf(context);
		return {
			...answered(context),
			...await exports.estimate(exportRequestOf(args, context), context.read)
		};
	}
	async createExport(args, key, context) {
		const exports = exportsOf(context);
		const request = exportRequestOf(args, context);
		const job = await exports.create(request, context.scope, key ?? null);
		context.audit("export.create", {
			export: job.id,
			query: request.query.slice(0, 1e3),
			format: request.format,
			wholeConnections: request.wholeConnections
		});
		return viewOf$5(job, exports, context);
	}
	cancelExport(id, context) {
		const exports = exportsOf(context);
		const job = exports.cancel(id, context.user.name);
		if (job === null) return null;
		context.audit("export.cancel", { export: job.id });
		return viewOf$5(job, exports, context);
	}
	retryExport(id, context) {
		const exports = exportsOf(context);
		const job = exports.retry(id, context.user.name);
		if (job === null) return null;
		context.audit("export.retry", { export: job.id });
		return viewOf$5(job, exports, context);
	}
	async deleteExport(id, context) {
		const deleted = await exportsOf(context).delete(id, context.user.name);
		if (deleted) context.audit("export.delete", { export: id.slice(0, 64) });
		return {
			...answered(context),
			deleted
		};
	}
	exportProgress(job, _exportId, context) {
		return viewOf$5(job, exportsOf(context), context);
	}
};
__decorate$32([
	Query(() => ExportJobList, {
		complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "Your exports, newest first."
	}),
	__param$16(0, Arg("first", () => Int, {
		defaultValue: 50,
		description: "Exports in the list, 1 to 1000."
	})),
	__param$16(1, Ctx())
], ExportResolver.prototype, "exports", null);
__decorate$32([
	Query(() => ExportJobView, {
		nullable: true,
		description: "One of your exports; null when you have none of that id."
	}),
	__param$16(0, Arg("id", () => ID, { description: "Identity of the export." })),
	__param$16(1, Ctx())
], ExportResolver.prototype, "export", null);
__decorate$32([
	Query(() => ExportEstimateView, {
		complexity: SCAN_COST,
		description: "What an export would hold, and what is missing, before it is made. Takes the arguments of `createExport`."
	}),
	__param$16(0, Args(() => ExportArgs)),
	__param$16(1, Ctx())
], ExportResolver.prototype, "exportEstimate", null);
__decorate$32([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => ExportJobView, {
		complexity: SCAN_COST,
		description: "Makes a file of sessions, named by ids or by a search: of their packets in order of time, or of their fields. Returns at once; watch `exportProgress` or ask `export` until it is done, then download from `downloadUrl`."
	}),
	__param$16(0, Args(() => ExportArgs)),
	__param$16(1, Arg("idempotencyKey", () => String, {
		nullable: true,
		description: "As for every mutation."
	})),
	__param$16(2, Ctx())
], ExportResolver.prototype, "createExport", null);
__decorate$32([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => ExportJobView, {
		nullable: true,
		complexity: 50,
		description: "Ends an export of yours; null when you have none of that id."
	}),
	__param$16(0, Arg("id", () => ID, { description: "Identity of the export." })),
	__param$16(1, Ctx())
], ExportResolver.prototype, "cancelExport", null);
__decorate$32([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => ExportJobView, {
		nullable: true,
		complexity: 50,
		description: "Makes an export of yours again that failed, was cancelled or expired; null when you have none of that id."
	}),
	__param$16(0, Arg("id", () => ID, { description: "Identity of the export." })),
	__param$16(1, Ctx())
], ExportResolver.prototype, "retryExport", null);
__decorate$32([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => ExportDeletion, {
		complexity: 50,
		description: "Deletes an export of yours with its file; one that runs is ended."
	}),
	__param$16(0, Arg("id", () => ID, { description: "Identity of the export." })),
	__param$16(1, Ctx())
], ExportResolver.prototype, "deleteExport", null);
__decorate$32([
	Subscription(() => ExportJobView, {
		subscribe: ({ args, context }) => progress$1(args.exportId ?? null, exportsOf(context), context.user.name, context.signal),
		description: "Progress of your exports: of one its present state, then each change until it is finished; without `exportId` every change of each."
	}),
	__param$16(0, Root()),
	__param$16(1, Arg("exportId", () => ID, {
		nullable: true,
		description: "Only this export."
	})),
	__param$16(2, Ctx())
], ExportResolver.prototype, "exportProgress", null);
ExportResolver = __decorate$32([Resolver()], ExportResolver);

// dist/graphql/session/field-names.js
/**
* The rule that turns a part of a document path into a GraphQL name: each character that GraphQL does not allow becomes
* `_`, a digit in front gets `_` before it, and two leading `_` (which GraphQL keeps for itself) become one.
* `syn-ack` is `syn_ack`, `method-GET` is `method_GET`, `802_1q` is `_802_1q`.
*/
function graphqlName(part) {
	const allowed = part.replace(/[^A-Za-z0-9_]/g, "_");
	return (/^[0-9]/.test(allowed) ? `_${allowed}` : allowed).replace(/^__+/, "_");
}
/** The GraphQL path of a document path: `network.vlan.id-cnt` is `network.vlan.id_cnt`. */
function graphqlPath(path) {
	return path.split(".").map(graphqlName).join(".");
}
/** Paths that the session type names in its own words. */
const NAMED_BY_HAND = /* @__PURE__ */ new Set(["_id", "id"]);
function finish(building, path) {
	const shape = /* @__PURE__ */ new Map();
	const parts = [...building.values()].sort((a, b) => a.part < b.part ? -1 : 1);
	for (const { part, field, members } of parts) {
		const name = graphqlName(part);
		if (shape.has(name)) throw new LookbackError("INTERNAL", `two fields under ${path === "" ? "the session" : path} have the GraphQL name ${name}`, { name });
		const inner = finish(members, path === "" ? part : `${path}.${part}`);
		if (field === null) shape.set(name, {
			kind: "group",
			name,
			part,
			members: inner
		});
		else if (field.shape === "objects") shape.set(name, {
			kind: "objects",
			name,
			part,
			field,
			members: inner
		});
		else if (inner.size === 0) shape.set(name, {
			kind: "value",
			name,
			part,
			field
		});
		else throw new LookbackError("INTERNAL", `the field ${field.path} is a value and has members`, { path: field.path });
	}
	return shape;
}
/** The session type's members as the catalogue gives them: every declared field and count by its document path. */
function sessionShape(catalogue) {
	const root = /* @__PURE__ */ new Map();
	for (const field of [...catalogue.declared, ...catalogue.derived]) {
		if (field.view !== null || NAMED_BY_HAND.has(field.path)) continue;
		let level = root;
		let at = null;
		for (const part of field.path.split(".")) {
			at = level.get(part) ?? {
				part,
				field: null,
				members: /* @__PURE__ */ new Map()
			};
			level.set(part, at);
			level = at.members;
		}
		if (at !== null && at.field === null) at.field = field;
	}
	return finish(root, "");
}

// dist/graphql/field/field.type.js
var __decorate$31 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Meaning of a field's values. */
var FieldKindName;
(function(FieldKindName) {
	FieldKindName["INTEGER"] = "integer";
	FieldKindName["FLOAT"] = "float";
	FieldKindName["IP"] = "ip";
	FieldKindName["TIME"] = "seconds";
	FieldKindName["TERM"] = "termfield";
	FieldKindName["LOWER_TERM"] = "lotermfield";
	FieldKindName["UPPER_TERM"] = "uptermfield";
	FieldKindName["TEXT"] = "lotextfield";
	FieldKindName["BOOLEAN"] = "boolean";
})(FieldKindName || (FieldKindName = {}));
registerEnumType(FieldKindName, {
	name: "FieldKind",
	description: "Meaning of a field's values.",
	valuesConfig: {
		INTEGER: { description: "Whole numbers." },
		FLOAT: { description: "Numbers." },
		IP: { description: "IPv4 and IPv6 addresses." },
		TIME: { description: "Points in time." },
		TERM: { description: "Text, letter case kept and compared." },
		LOWER_TERM: { description: "Text, lower case." },
		UPPER_TERM: { description: "Text, upper case." },
		TEXT: { description: "Text searched by words." },
		BOOLEAN: { description: "True or false." }
	}
});
/** A field as a search can name it. */
let FieldInfo = class FieldInfo {};
__decorate$31([Field(() => String, { description: "Name in search expressions; empty when the field is only in documents." })], FieldInfo.prototype, "expression", void 0);
__decorate$31([Field(() => [String], { description: "Other names that mean the same." })], FieldInfo.prototype, "aliases", void 0);
__decorate$31([Field(() => String, {
	nullable: true,
	description: "Document path; null of a virtual field."
})], FieldInfo.prototype, "path", void 0);
__decorate$31([Field(() => String, {
	nullable: true,
	description: "Path of names in `Session`, where the field is a member of it."
})], FieldInfo.prototype, "graphqlPath", void 0);
__decorate$31([Field(() => FieldKindName, { description: "Meaning of its values." })], FieldInfo.prototype, "kind", void 0);
__decorate$31([Field(() => Boolean, { description: "Whether a session may have several values." })], FieldInfo.prototype, "list", void 0);
__decorate$31([Field(() => String, { description: "Protocol or theme it belongs to." })], FieldInfo.prototype, "group", void 0);
__decorate$31([Field(() => String, { description: "Name for people." })], FieldInfo.prototype, "name", void 0);
__decorate$31([Field(() => String, { description: "What it is." })], FieldInfo.prototype, "help", void 0);
__decorate$31([Field(() => [String], { description: "Of a virtual field: the fields that it stands for." })], FieldInfo.prototype, "members", void 0);
__decorate$31([Field(() => String, {
	nullable: true,
	description: "Version of Lookback that has it first; null of a virtual field."
})], FieldInfo.prototype, "since", void 0);
FieldInfo = __decorate$31([ObjectType("FieldInfo", {
	simpleResolvers: true,
	description: "A field as a search can name it."
})], FieldInfo);
/** The fields. */
let FieldList = class FieldList extends Answer {};
__decorate$31([Field(() => [FieldInfo], { description: "The fields, in order of group and name." })], FieldList.prototype, "fields", void 0);
FieldList = __decorate$31([ObjectType("FieldList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Fields that a search can name."
})], FieldList);

// dist/graphql/field/field.resolver.js
var __decorate$30 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$15 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const KINDS$1 = new Map(Object.values(FieldKindName).map((kind) => [kind, kind]));
function kindOf(kind) {
	return KINDS$1.get(kind) ?? FieldKindName.TERM;
}
function infoOf(field) {
	const { expression, aliases, path, group, name, help, since } = field;
	return {
		expression,
		aliases,
		path,
		group,
		name,
		help,
		since,
		kind: kindOf(field.kind),
		list: field.shape !== "one",
		members: [],
		graphqlPath: field.view === null && path !== "_id" ? graphqlPath(path) : null
	};
}
function virtualInfo({ expression, aliases, kind, group, name, help, members }) {
	return {
		expression,
		aliases,
		group,
		name,
		help,
		kind: kindOf(kind),
		list: true,
		path: null,
		graphqlPath: null,
		since: null,
		members: members.map((member) => member.expression)
	};
}
function order(a, b) {
	const [left, right] = [`${a.group}\0${a.expression}\0${a.path ?? ""}`, `${b.group}\0${b.expression}\0${b.path ?? ""}`];
	return left < right ? -1 : left > right ? 1 : 0;
}
/** The field catalogue. */
let FieldResolver$1 = class FieldResolver {
	fields(group, contains, context) {
		context.require("search");
		const { declared, derived, virtuals } = context.services.fields;
		const infos = [...[...declared, ...derived].filter((field) => !context.isHidden(field)).map(infoOf), ...virtuals.map(virtualInfo)];
		const text = (contains ?? "").toLowerCase();
		const fields = infos.filter((info) => {
			if (typeof group === "string" && info.group !== group) return false;
			return text === "" || [
				info.expression,
				info.path ?? "",
				info.name,
				info.help,
				...info.aliases
			].some((part) => part.toLowerCase().includes(text));
		});
		return {
			...answered(context),
			fields: fields.sort(order)
		};
	}
};
__decorate$30([
	Query(() => FieldList, { description: "Fields that searches, orders and aggregations can name." }),
	__param$15(0, Arg("group", () => String, {
		nullable: true,
		description: "Only fields of this group."
	})),
	__param$15(1, Arg("contains", () => String, {
		nullable: true,
		description: "Only fields whose name, path or description contains this text, in any letter case."
	})),
	__param$15(2, Ctx())
], FieldResolver$1.prototype, "fields", null);
FieldResolver$1 = __decorate$30([Resolver()], FieldResolver$1);

// dist/graphql/idempotent-mutations.js
/** Name of the argument that every mutation has. */
const KEY_ARGUMENT = "idempotencyKey";
const DESCRIPTION = `Your own name of this request, 1 to ${200} printable characters. Within 24 hours the same request under it is not done again but gets the same answer; another request is refused.`;
/** What `@Extensions` of a mutation say of it. */
function rulesOf(extensions) {
	const rules = extensions?.["idempotency"];
	return typeof rules === "object" && rules !== null ? rules : {};
}
/** The schema in which every mutation takes an idempotency key. A mutation needs to do nothing for it. */
function withIdempotencyKeys(schema) {
	const mutation = schema.getMutationType();
	if (mutation === null || mutation === void 0) return schema;
	const config = mutation.toConfig();
	const fields = Object.fromEntries(Object.entries(config.fields).map(([name, field]) => [name, keyed(name, field)]));
	const whole = schema.toConfig();
	return new GraphQLSchema({
		...whole,
		types: whole.types.filter((type) => type !== mutation),
		mutation: new GraphQLObjectType({
			...config,
			fields
		})
	});
}
function keyed(name, field) {
	const { resolve } = field;
	if (resolve === void 0 || resolve === null) throw new LookbackError("INTERNAL", `the mutation ${name} does nothing`);
	const rules = rulesOf(field.extensions);
	const once = async (source, args, context, info) => {
		const { [KEY_ARGUMENT]: key, ...own } = args;
		const change = async () => resolve(source, args, context, info);
		if (typeof key !== "string") return change();
		return context.services.idempotency.run({
			user: context.user.name,
			key,
			name,
			args: own,
			rules
		}, change);
	};
	return {
		...field,
		args: {
			...field.args,
			[KEY_ARGUMENT]: {
				type: GraphQLString,
				description: DESCRIPTION
			}
		},
		resolve: once
	};
}

// dist/graphql/hold/hold.type.js
var __decorate$29 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** A hold. */
let HoldView = class HoldView extends Answer {};
__decorate$29([Field(() => LongScalar, { description: "Its number." })], HoldView.prototype, "id", void 0);
__decorate$29([Field(() => String, { description: "What is held: `session` (sessions of a search), `file`, or `day`." })], HoldView.prototype, "subject", void 0);
__decorate$29([Field(() => String, { description: "The search by which sessions were chosen, the number of the file, or the day." })], HoldView.prototype, "description", void 0);
__decorate$29([Field(() => String, { description: "Why they are kept." })], HoldView.prototype, "reason", void 0);
__decorate$29([Field(() => String, { description: "Who made it." })], HoldView.prototype, "createdBy", void 0);
__decorate$29([Field(() => DateTimeScalar, { description: "When it was made." })], HoldView.prototype, "created", void 0);
__decorate$29([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it ends by itself; null: when somebody releases it."
})], HoldView.prototype, "until", void 0);
__decorate$29([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When somebody ended it; null: nobody did."
})], HoldView.prototype, "released", void 0);
__decorate$29([Field(() => LongScalar, { description: "Sessions that it keeps." })], HoldView.prototype, "sessions", void 0);
__decorate$29([Field(() => LongScalar, { description: "Stored packets of them." })], HoldView.prototype, "packets", void 0);
__decorate$29([Field(() => LongScalar, { description: "Bytes of those packets' records." })], HoldView.prototype, "bytes", void 0);
HoldView = __decorate$29([ObjectType("Hold", {
	simpleResolvers: true,
	implements: Answer,
	description: "Sessions that retention must keep, with their packets, and why."
})], HoldView);
/** Holds. */
let HoldList = class HoldList extends Answer {};
__decorate$29([Field(() => [HoldView], { description: "The holds." })], HoldList.prototype, "holds", void 0);
__decorate$29([Field(() => LongScalar, {
	nullable: true,
	description: "Number to give as `before` for the next page; null at the end."
})], HoldList.prototype, "next", void 0);
HoldList = __decorate$29([ObjectType("HoldList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Holds, newest first."
})], HoldList);

// dist/graphql/hold/hold.resolver.js
var __decorate$28 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$14 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
function holdsOf({ services: { holds } }) {
	if (holds === null) throw new LookbackError("UNAVAILABLE", "this process keeps no holds; ask the one that serves");
	return holds;
}
function viewOf$4({ subjectId, createdAtMs, untilMs, releasedAtMs, ...hold }, context) {
	return {
		...answered(context),
		...hold,
		description: subjectId,
		created: createdAtMs,
		until: untilMs,
		released: releasedAtMs
	};
}
/** Holds. */
let HoldResolver = class HoldResolver {
	holds(first, before, ended, context) {
		const limit = bounded("first", first, 1, LIMITS.pageSize);
		const found = holdsOf(context).list(limit + 1, before ?? null, ended);
		const holds = found.slice(0, limit).map((hold) => viewOf$4(hold, context));
		return {
			...answered(context),
			holds,
			next: found.length > limit ? holds.at(-1)?.id ?? null : null
		};
	}
	async holdSessions(reason, until, ids, search, context) {
		const filter = chosenSessions(ids, search, context);
		const description = ids === null || ids === void 0 ? (search.expression ?? "").slice(0, LIMITS.expressionLength) : `${ids.length} sessions by id`;
		const hold = await holdsOf(context).create({
			filter,
			description,
			reason,
			untilMs: until ?? null,
			user: context.user.name
		}, context.read);
		context.audit("hold.create", {
			hold: hold.id,
			description: description.slice(0, 1e3),
			reason: hold.reason.slice(0, 1e3),
			sessions: hold.sessions,
			until: until ?? null
		});
		return viewOf$4(hold, context);
	}
	releaseHold(id, context) {
		const hold = holdsOf(context).release(id);
		if (hold === null) throw new LookbackError("NOT_FOUND", `there is no hold ${id} that is in force`, { hold: id });
		context.audit("hold.release", {
			hold: id,
			reason: hold.reason.slice(0, 1e3)
		});
		return viewOf$4(hold, context);
	}
};
__decorate$28([
	Query(() => HoldList, {
		complexity: 200,
		description: "Holds in force, newest first; with `ended`, those that are over, too."
	}),
	__param$14(0, Arg("first", () => Int, {
		defaultValue: 100,
		description: "Holds in the list, 1 to 1000."
	})),
	__param$14(1, Arg("before", () => LongScalar, {
		nullable: true,
		description: "Only holds numbered below this."
	})),
	__param$14(2, Arg("ended", () => Boolean, {
		defaultValue: false,
		description: "Whether those that are over are listed, too."
	})),
	__param$14(3, Ctx())
], HoldResolver.prototype, "holds", null);
__decorate$28([
	Mutation(() => HoldView, {
		complexity: 500,
		description: "Keeps sessions, named by ids or by a search, with their packets, from retention. It covers the sessions that are found now, not later ones; their rows outlive their day, and their packets are copied out of files that are deleted."
	}),
	__param$14(0, Arg("reason", () => String, { description: "Why, for people who want to delete; 1 to 1000 characters." })),
	__param$14(1, Arg("until", () => DateTimeScalar, {
		nullable: true,
		description: "When it ends by itself; left out: when somebody releases it."
	})),
	__param$14(2, Arg("ids", () => [ID], {
		nullable: true,
		description: "Identities of the sessions, at most 10000; instead of a search."
	})),
	__param$14(3, Args(() => SearchArgs)),
	__param$14(4, Ctx())
], HoldResolver.prototype, "holdSessions", null);
__decorate$28([
	Mutation(() => HoldView, {
		complexity: 100,
		description: "Ends a hold. What it kept goes when its turn comes."
	}),
	__param$14(0, Arg("id", () => LongScalar, { description: "Number of the hold." })),
	__param$14(1, Ctx())
], HoldResolver.prototype, "releaseHold", null);
HoldResolver = __decorate$28([Resolver()], HoldResolver);

// dist/graphql/import-job/import-job.resolver.js
var __decorate$27 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$13 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const STATES$1 = {
	queued: ImportStateName.QUEUED,
	running: ImportStateName.RUNNING,
	done: ImportStateName.DONE,
	failed: ImportStateName.FAILED,
	already: ImportStateName.ALREADY_IMPORTED
};
/** As config.ini takes it. */
const NODE_NAME = /^[\w.-]{1,64}$/;
function importsOf(context) {
	context.require("import");
	const { imports } = context.services;
	if (imports === null) throw new LookbackError("UNAVAILABLE", "this server takes no imports");
	return imports;
}
function viewOf$3(job, context) {
	return {
		...answered(context),
		id: job.id,
		path: job.path,
		state: STATES$1[job.state],
		submitted: job.createdAtMs,
		started: job.startedAtMs,
		finished: job.finishedAtMs,
		packets: job.packets,
		bytes: job.bytes,
		totalBytes: job.totalBytes,
		progress: job.state === "done" || job.state === "already" ? 1 : job.totalBytes > 0 ? Math.min(1, job.bytes / job.totalBytes) : null,
		sessions: job.sessions,
		error: job.errorCode === null ? null : {
			code: job.errorCode,
			message: job.errorMessage ?? ""
		},
		warnings: job.warnings.flatMap(warningOf)
	};
}
/** A stored warning; entries of another shape (a later version's) are left out. */
function warningOf({ name, count, firstOffset }) {
	if (typeof name !== "string" || typeof count !== "number") return [];
	return [{
		name,
		count,
		firstOffset: typeof firstOffset === "number" ? firstOffset : null
	}];
}
function failureOf(error) {
	return error instanceof LookbackError ? {
		code: error.code,
		message: error.message
	} : {
		code: "INTERNAL",
		message: "the path cannot be read"
	};
}
/** Changes of all jobs, or the present state of one and its changes until it is finished. NOT_FOUND at once. */
function progress(jobId, imports, signal) {
	const events = imports.events(signal);
	if (jobId === null) return events;
	const job = imports.job(jobId);
	if (job !== null) return untilFinished(job, events);
	events.return?.();
	throw new LookbackError("NOT_FOUND", `there is no import ${JSON.stringify(jobId.slice(0, 60))}`);
}
async function* untilFinished(job, events) {
	try {
		yield job;
		if (isFinished$1(job.state)) return;
		for await (const change of events) {
			if (change.id !== job.id) continue;
			yield change;
			if (isFinished$1(change.state)) return;
		}
	} finally {
		await events.return?.();
	}
}
/** Imports. */
let ImportJobResolver = class ImportJobResolver {
	importJobs(first, context) {
		const jobs = importsOf(context).jobs(bounded("first", first, 1, LIMITS.pageSize));
		return {
			...answered(context),
			jobs: jobs.map((job) => viewOf$3(job, context))
		};
	}
	importJob(id, context) {
		const job = importsOf(context).job(id);
		return job === null ? null : viewOf$3(job, context);
	}
	async importCapture(paths, copy, node, context) {
		const imports = importsOf(context);
		for (const path of boundedList("paths", paths, LIMITS.importPaths)) if (path === "" || path === "-" || path.includes("\0")) throw new LookbackError("BAD_INPUT", `${JSON.stringify(path)} is no path of a file or directory`);
		if (typeof node === "string" && !NODE_NAME.test(node)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(node.slice(0, 80))} is no name of a sensor: 1 to 64 letters, digits, _ . -`);
		if (paths.length === 0) throw new LookbackError("BAD_INPUT", "no path is given");
		const { jobs, failed } = await imports.submit(paths, {
			copy,
			workingDirectory: context.services.workingDirectory,
			requestedBy: context.user.name,
			node: node ?? null
		});
		context.audit("capture.import", {
			paths: paths.join(" ").slice(0, 1e3),
			copy,
			jobs: jobs.length,
			refused: failed.length
		});
		return {
			...answered(context),
			jobs: jobs.map((job) => viewOf$3(job, context)),
			refused: failed.map(({ path, error }) => ({
				path,
				error: failureOf(error)
			}))
		};
	}
	importProgress(job, _jobId, context) {
		return viewOf$3(job, context);
	}
};
__decorate$27([
	Query(() => ImportJobList, {
		complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "Imports, newest first."
	}),
	__param$13(0, Arg("first", () => Int, {
		defaultValue: 50,
		description: "Jobs in the list, 1 to 1000."
	})),
	__param$13(1, Ctx())
], ImportJobResolver.prototype, "importJobs", null);
__decorate$27([
	Query(() => ImportJobView, {
		nullable: true,
		description: "One import; null when there is none of that id."
	}),
	__param$13(0, Arg("id", () => ID, { description: "Identity of the job." })),
	__param$13(1, Ctx())
], ImportJobResolver.prototype, "importJob", null);
__decorate$27([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => ImportSubmission, {
		complexity: 100,
		description: "Queues captures for import: files, or directories of them, on the server's own file system. Returns at once; see `importProgress`."
	}),
	__param$13(0, Arg("paths", () => [String], { description: "Paths of files or directories, at most 100." })),
	__param$13(1, Arg("copy", () => Boolean, {
		defaultValue: false,
		description: "Copy the packets into files of our own instead of reading the capture where it is; compressed captures are always copied."
	})),
	__param$13(2, Arg("node", () => String, {
		nullable: true,
		description: "Sensor that the packets are of; left out: this one."
	})),
	__param$13(3, Ctx())
], ImportJobResolver.prototype, "importCapture", null);
__decorate$27([
	Subscription(() => ImportJobView, {
		subscribe: ({ args, context }) => progress(args.jobId ?? null, importsOf(context), context.signal),
		description: "Progress of imports: of one job its present state, then each change until it is finished; without `jobId` every change of every job."
	}),
	__param$13(0, Root()),
	__param$13(1, Arg("jobId", () => ID, {
		nullable: true,
		description: "Only this job."
	})),
	__param$13(2, Ctx())
], ImportJobResolver.prototype, "importProgress", null);
ImportJobResolver = __decorate$27([Resolver()], ImportJobResolver);

// dist/graphql/limit/limit.type.js
var __decorate$26 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** One bound of the API. */
let Limit = class Limit {};
__decorate$26([Field(() => String, { description: "Name." })], Limit.prototype, "name", void 0);
__decorate$26([Field(() => LongScalar, { description: "The bound." })], Limit.prototype, "value", void 0);
__decorate$26([Field(() => String, { description: "What is counted." })], Limit.prototype, "unit", void 0);
__decorate$26([Field(() => String, { description: "What is bounded." })], Limit.prototype, "help", void 0);
Limit = __decorate$26([ObjectType("Limit", {
	simpleResolvers: true,
	description: "One bound of the API."
})], Limit);
/** Every bound of the API. */
let LimitList = class LimitList extends Answer {};
__decorate$26([Field(() => [Limit], { description: "The bounds." })], LimitList.prototype, "limits", void 0);
LimitList = __decorate$26([ObjectType("LimitList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Every bound of the API."
})], LimitList);

// dist/graphql/limit/limit.resolver.js
var __decorate$25 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$12 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Bounds of the API. */
let LimitResolver = class LimitResolver {
	limits(context) {
		const timeout = {
			name: "queryTimeout",
			value: context.services.queryTimeoutMs,
			unit: "milliseconds",
			help: "Longest run of a question to the store"
		};
		return {
			...answered(context),
			limits: [...API_LIMITS, timeout]
		};
	}
};
__decorate$25([Query(() => LimitList, { description: "Every bound of the API, so that a program need not meet it first." }), __param$12(0, Ctx())], LimitResolver.prototype, "limits", null);
LimitResolver = __decorate$25([Resolver()], LimitResolver);

// dist/graphql/retention-event/retention-event.type.js
var __decorate$24 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** What an event is about. */
var RetentionEventKind;
(function(RetentionEventKind) {
	RetentionEventKind["TARGET_UNREACHABLE"] = "target-unreachable";
	RetentionEventKind["FORECAST_LOW"] = "forecast-low";
	RetentionEventKind["HOLD_BLOCKS"] = "hold-blocks";
	RetentionEventKind["EXPORT_READY"] = "export-ready";
})(RetentionEventKind || (RetentionEventKind = {}));
registerEnumType(RetentionEventKind, {
	name: "RetentionEventKind",
	description: "What an event is about.",
	valuesConfig: {
		TARGET_UNREACHABLE: { description: "A device has too little free space, and nothing more may be deleted there. `subject` is a directory on it; see `targetBytes`, `freeBytes`, `shortfallBytes`." },
		FORECAST_LOW: { description: "Packets or sessions will be kept for fewer days than wanted. See `days`, `thresholdDays`." },
		HOLD_BLOCKS: { description: "A hold keeps what would be deleted now. `subject` is the hold; see `items`, `bytes`." },
		EXPORT_READY: { description: "An export can be downloaded. `subject` is its id; see `user`, `sessions`, `packets`, `bytes`." }
	}
});
/** Where in its life what an event is about is. */
var RetentionEventPhase;
(function(RetentionEventPhase) {
	RetentionEventPhase["OCCURRED"] = "occurred";
	RetentionEventPhase["BEGAN"] = "began";
	RetentionEventPhase["LASTS"] = "lasts";
	RetentionEventPhase["ENDED"] = "ended";
})(RetentionEventPhase || (RetentionEventPhase = {}));
registerEnumType(RetentionEventPhase, {
	name: "RetentionEventPhase",
	description: "Whether a condition begins, lasts or ends, or something just happened.",
	valuesConfig: {
		OCCURRED: { description: "It happened; there is nothing to end." },
		BEGAN: { description: "The condition holds from now on." },
		LASTS: { description: "The condition still holds; told once a day." },
		ENDED: { description: "The condition is over." }
	}
});
/** One event. */
let RetentionEventView = class RetentionEventView extends Answer {};
__decorate$24([Field(() => ID, {
	nullable: true,
	description: "Identity; ascends with time. Null for an event that could not be kept, because the device of the catalogue is full."
})], RetentionEventView.prototype, "id", void 0);
__decorate$24([Field(() => DateTimeScalar, { description: "When it was found out." })], RetentionEventView.prototype, "at", void 0);
__decorate$24([Field(() => RetentionEventKind, { description: "What it is about." })], RetentionEventView.prototype, "kind", void 0);
__decorate$24([Field(() => RetentionEventPhase, { description: "Whether it begins, lasts or ends." })], RetentionEventView.prototype, "phase", void 0);
__decorate$24([Field(() => String, { description: "Which one it is about; what names it depends on the kind." })], RetentionEventView.prototype, "subject", void 0);
__decorate$24([Field(() => String, { description: "The event in words." })], RetentionEventView.prototype, "message", void 0);
__decorate$24([Field(() => String, {
	nullable: true,
	description: "Whose export it is; null for other kinds."
})], RetentionEventView.prototype, "user", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Free bytes that the device should have."
})], RetentionEventView.prototype, "targetBytes", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Free bytes that the device has."
})], RetentionEventView.prototype, "freeBytes", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Bytes that are missing."
})], RetentionEventView.prototype, "shortfallBytes", void 0);
__decorate$24([Field(() => Float, {
	nullable: true,
	description: "Days that are forecast."
})], RetentionEventView.prototype, "days", void 0);
__decorate$24([Field(() => Float, {
	nullable: true,
	description: "Days that are wanted."
})], RetentionEventView.prototype, "thresholdDays", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Files or days that are kept."
})], RetentionEventView.prototype, "items", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Size of what is kept, or of the export."
})], RetentionEventView.prototype, "bytes", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Sessions in the export."
})], RetentionEventView.prototype, "sessions", void 0);
__decorate$24([Field(() => LongScalar, {
	nullable: true,
	description: "Packets in the export."
})], RetentionEventView.prototype, "packets", void 0);
RetentionEventView = __decorate$24([ObjectType("RetentionEvent", {
	simpleResolvers: true,
	implements: Answer,
	description: "Something that retention or exports found out."
})], RetentionEventView);
/** Events. */
let RetentionEventList = class RetentionEventList extends Answer {};
__decorate$24([Field(() => [RetentionEventView], { description: "The events." })], RetentionEventList.prototype, "events", void 0);
RetentionEventList = __decorate$24([ObjectType("RetentionEventList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Events, newest first. The newest 10,000 are kept."
})], RetentionEventList);
/** Where a delivery is. */
var WebhookDeliveryState;
(function(WebhookDeliveryState) {
	WebhookDeliveryState["WAITING"] = "waiting";
	WebhookDeliveryState["DELIVERED"] = "delivered";
	WebhookDeliveryState["GIVEN_UP"] = "given-up";
})(WebhookDeliveryState || (WebhookDeliveryState = {}));
registerEnumType(WebhookDeliveryState, {
	name: "WebhookDeliveryState",
	description: "Where the delivery of an event to a webhook is.",
	valuesConfig: {
		WAITING: { description: "It is to be tried, or tried again." },
		DELIVERED: { description: "The webhook answered with 2xx." },
		GIVEN_UP: { description: "It was tried nine times without success, or the URL is not configured any more." }
	}
});
/** One delivery. */
let WebhookDeliveryView = class WebhookDeliveryView {};
__decorate$24([Field(() => String, { description: "Where it goes: host and start of the path; the rest is not shown, for it often is a secret." })], WebhookDeliveryView.prototype, "url", void 0);
__decorate$24([Field(() => WebhookDeliveryState, { description: "Where it is." })], WebhookDeliveryView.prototype, "state", void 0);
__decorate$24([Field(() => Int, { description: "Attempts made." })], WebhookDeliveryView.prototype, "attempts", void 0);
__decorate$24([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it is tried next; null when it is not."
})], WebhookDeliveryView.prototype, "nextAttempt", void 0);
__decorate$24([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it was tried last; null when it was not."
})], WebhookDeliveryView.prototype, "lastAttempt", void 0);
__decorate$24([Field(() => Int, {
	nullable: true,
	description: "HTTP status of the last answer; null when there was none."
})], WebhookDeliveryView.prototype, "status", void 0);
__decorate$24([Field(() => String, {
	nullable: true,
	description: "Why the last attempt failed; null when it did not."
})], WebhookDeliveryView.prototype, "error", void 0);
WebhookDeliveryView = __decorate$24([ObjectType("WebhookDelivery", {
	simpleResolvers: true,
	description: "Whether a webhook was told an event."
})], WebhookDeliveryView);
/** Deliveries of an event. */
let WebhookDeliveryList = class WebhookDeliveryList extends Answer {};
__decorate$24([Field(() => [WebhookDeliveryView], { description: "The deliveries." })], WebhookDeliveryList.prototype, "deliveries", void 0);
WebhookDeliveryList = __decorate$24([ObjectType("WebhookDeliveryList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Deliveries of an event to the webhooks."
})], WebhookDeliveryList);

// dist/graphql/retention-event/retention-event.resolver.js
var __decorate$23 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$11 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const KINDS = {
	"target-unreachable": RetentionEventKind.TARGET_UNREACHABLE,
	"forecast-low": RetentionEventKind.FORECAST_LOW,
	"hold-blocks": RetentionEventKind.HOLD_BLOCKS,
	"export-ready": RetentionEventKind.EXPORT_READY
};
const PHASES = {
	occurred: RetentionEventPhase.OCCURRED,
	began: RetentionEventPhase.BEGAN,
	lasts: RetentionEventPhase.LASTS,
	ended: RetentionEventPhase.ENDED
};
const STATES = {
	waiting: WebhookDeliveryState.WAITING,
	delivered: WebhookDeliveryState.DELIVERED,
	"given-up": WebhookDeliveryState.GIVEN_UP
};
function sourceOf(context, permission) {
	context.require(permission);
	const { retentionEvents } = context.services;
	if (retentionEvents === null) throw new LookbackError("UNAVAILABLE", "nothing watches retention here; ask the process that serves");
	return retentionEvents;
}
function may(context, permission) {
	try {
		context.require(permission);
		return true;
	} catch (error) {
		if (error instanceof LookbackError && error.code === "FORBIDDEN") return false;
		throw error;
	}
}
/** Which events the user is told: of the service with the right to operate it, of exports their own. */
function visible(context) {
	const operates = may(context, "operate") && !context.isNarrowed;
	return ({ kind, user }) => kind === "export-ready" ? user === context.user.name : operates;
}
function viewOf$2(event, context) {
	const fact = (name) => event.facts[name] ?? null;
	return {
		...answered(context),
		id: event.id === null ? null : String(event.id),
		at: event.atMs,
		kind: KINDS[event.kind],
		phase: PHASES[event.phase],
		subject: event.subject,
		message: event.message,
		user: event.user,
		targetBytes: fact("targetBytes"),
		freeBytes: fact("freeBytes"),
		shortfallBytes: fact("shortfallBytes"),
		days: fact("days"),
		thresholdDays: fact("thresholdDays"),
		items: fact("items"),
		bytes: fact("bytes"),
		sessions: fact("sessions"),
		packets: fact("packets")
	};
}
function idOf(argument, text) {
	const id = Number(text);
	if (!Number.isSafeInteger(id) || id < 0) throw new LookbackError("BAD_INPUT", `${argument}: ${JSON.stringify(text.slice(0, 40))} is no id of an event`);
	return id;
}
/** What retention and exports found out. */
let RetentionEventResolver = class RetentionEventResolver {
	retentionEvents(first, before, context) {
		const events = sourceOf(context, "export").list(bounded("first", first, 1, LIMITS.pageSize), before === null || before === void 0 ? null : idOf("before", before), visible(context));
		return {
			...answered(context),
			events: events.map((event) => viewOf$2(event, context))
		};
	}
	webhookDeliveries(event, context) {
		const deliveries = sourceOf(context, "operate").deliveries(idOf("event", event));
		return {
			...answered(context),
			deliveries: deliveries.map(({ url, state, attempts, nextAttemptMs, lastAttemptMs, status, error }) => ({
				url: shownUrl(url),
				state: STATES[state],
				attempts,
				nextAttempt: nextAttemptMs,
				lastAttempt: lastAttemptMs,
				status,
				error
			}))
		};
	}
	retention(event, context) {
		return viewOf$2(event, context);
	}
};
__decorate$23([
	Query(() => RetentionEventList, {
		complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "What the subscription `retention` told you or would have told you, newest first."
	}),
	__param$11(0, Arg("first", () => Int, {
		defaultValue: 50,
		description: "Events in the list, 1 to 1000."
	})),
	__param$11(1, Arg("before", () => ID, {
		nullable: true,
		description: "Only events older than this one."
	})),
	__param$11(2, Ctx())
], RetentionEventResolver.prototype, "retentionEvents", null);
__decorate$23([
	Query(() => WebhookDeliveryList, {
		complexity: 20,
		description: "Whether the webhooks of the configuration were told an event."
	}),
	__param$11(0, Arg("event", () => ID, { description: "Identity of the event." })),
	__param$11(1, Ctx())
], RetentionEventResolver.prototype, "webhookDeliveries", null);
__decorate$23([
	Subscription(() => RetentionEventView, {
		subscribe: ({ context }) => sourceOf(context, "export").events(context.signal, visible(context)),
		description: "What retention and exports find out from now on: a target that cannot be reached, a forecast below its threshold, a hold that keeps what would be deleted (these for operators), an export of yours that is ready."
	}),
	__param$11(0, Root()),
	__param$11(1, Ctx())
], RetentionEventResolver.prototype, "retention", null);
RetentionEventResolver = __decorate$23([Resolver()], RetentionEventResolver);

// dist/graphql/retention/class.type.js
var __decorate$22 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** A class. */
let RetentionClassView = class RetentionClassView extends Answer {};
__decorate$22([Field(() => String, { description: "Its name." })], RetentionClassView.prototype, "name", void 0);
__decorate$22([Field(() => String, { description: "Search expression of its sessions." })], RetentionClassView.prototype, "expression", void 0);
__decorate$22([Field(() => Float, { description: "Days that its sessions and their packets are kept." })], RetentionClassView.prototype, "days", void 0);
__decorate$22([Field(() => LongScalar, {
	nullable: true,
	description: "Bytes of packets that are kept for it at most; null: as many as there are."
})], RetentionClassView.prototype, "maxBytes", void 0);
__decorate$22([Field(() => LongScalar, { description: "Number of the hold under which it keeps them." })], RetentionClassView.prototype, "hold", void 0);
__decorate$22([Field(() => String, { description: "Who made it." })], RetentionClassView.prototype, "createdBy", void 0);
__decorate$22([Field(() => DateTimeScalar, { description: "When it was made." })], RetentionClassView.prototype, "created", void 0);
__decorate$22([Field(() => LongScalar, { description: "Sessions that it keeps beyond what is kept anyway." })], RetentionClassView.prototype, "sessions", void 0);
__decorate$22([Field(() => LongScalar, { description: "Bytes of their packets." })], RetentionClassView.prototype, "bytes", void 0);
RetentionClassView = __decorate$22([ObjectType("RetentionClass", {
	simpleResolvers: true,
	implements: Answer,
	description: "Sessions of a search that are kept longer than others, with their packets."
})], RetentionClassView);
/** Classes. */
let RetentionClassList = class RetentionClassList extends Answer {};
__decorate$22([Field(() => [RetentionClassView], { description: "The classes." })], RetentionClassList.prototype, "classes", void 0);
RetentionClassList = __decorate$22([ObjectType("RetentionClassList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Classes, by name."
})], RetentionClassList);

// dist/graphql/retention/class.resolver.js
var __decorate$21 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$10 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
function classesOf({ services: { retentionClasses } }) {
	if (retentionClasses === null) throw new LookbackError("UNAVAILABLE", "this process keeps no classes; ask the one that serves");
	return retentionClasses;
}
function viewOf$1({ createdAtMs, ...one }, context) {
	return {
		...answered(context),
		...one,
		created: createdAtMs
	};
}
/** Classes of sessions. */
let RetentionClassResolver = class RetentionClassResolver {
	retentionClasses(context) {
		return {
			...answered(context),
			classes: classesOf(context).list().map((one) => viewOf$1(one, context))
		};
	}
	setRetentionClass(name, expression, days, maxBytes, context) {
		const made = classesOf(context).set({
			name,
			expression,
			days,
			maxBytes: maxBytes ?? null
		}, context.user.name);
		context.audit("retention-class.set", {
			class: name,
			expression: expression.slice(0, 1e3),
			days,
			maxBytes: maxBytes ?? null
		});
		return viewOf$1(made, context);
	}
	removeRetentionClass(name, context) {
		const removed = classesOf(context).remove(name);
		context.audit("retention-class.remove", {
			class: removed.name,
			expression: removed.expression.slice(0, 1e3)
		});
		return viewOf$1(removed, context);
	}
};
__decorate$21([Query(() => RetentionClassList, {
	complexity: 200,
	description: "Sessions that are kept longer than others."
}), __param$10(0, Ctx())], RetentionClassResolver.prototype, "retentionClasses", null);
__decorate$21([
	Mutation(() => RetentionClassView, {
		complexity: 100,
		description: "Adds a class, or changes the one of that name: sessions of a search are kept so many days with their packets, which are copied out of files that are deleted; at most so many bytes, the oldest going first."
	}),
	__param$10(0, Arg("name", () => String, { description: "Name of the class: 1 to 64 letters, digits and _ . -." })),
	__param$10(1, Arg("expression", () => String, { description: "Search expression of its sessions." })),
	__param$10(2, Arg("days", () => Float, { description: "Days that they are kept, up to 36500." })),
	__param$10(3, Arg("maxBytes", () => LongScalar, {
		nullable: true,
		description: "Bytes of packets at most; left out: as many as there are."
	})),
	__param$10(4, Ctx())
], RetentionClassResolver.prototype, "setRetentionClass", null);
__decorate$21([
	Mutation(() => RetentionClassView, {
		complexity: 100,
		description: "Removes a class. What it kept goes when its turn comes."
	}),
	__param$10(0, Arg("name", () => String, { description: "Name of the class." })),
	__param$10(1, Ctx())
], RetentionClassResolver.prototype, "removeRetentionClass", null);
RetentionClassResolver = __decorate$21([Resolver()], RetentionClassResolver);

// dist/graphql/retention/forecast.type.js
var __decorate$20 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** How far forecasts were off. */
let ForecastError = class ForecastError {};
__decorate$20([Field(() => Int, { description: "Days of the past that were forecast and compared." })], ForecastError.prototype, "samples", void 0);
__decorate$20([Field(() => Float, { description: "Average of the absolute errors, in percent of what came." })], ForecastError.prototype, "meanErrorPercent", void 0);
__decorate$20([Field(() => Float, { description: "The largest error, in percent." })], ForecastError.prototype, "worstErrorPercent", void 0);
ForecastError = __decorate$20([ObjectType("ForecastError", {
	simpleResolvers: true,
	description: "How far forecasts of the last four weeks, made from the days before, were from the days that followed."
})], ForecastError);
/** How long packets are kept. */
let PacketForecastView = class PacketForecastView {};
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days between the oldest packet that is there and now; null when there is none."
})], PacketForecastView.prototype, "daysNow", void 0);
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days that packets will be kept at the recent rate; null when nothing is written."
})], PacketForecastView.prototype, "days", void 0);
__decorate$20([Field(() => String, {
	nullable: true,
	description: "What bounds them: `room` (`freeSpaceG`), `total-size` (`pcapMaxSizeG`) or `age` (`pcapMaxAgeDays`)."
})], PacketForecastView.prototype, "boundBy", void 0);
__decorate$20([Field(() => LongScalar, { description: "Bytes written a day recently." })], PacketForecastView.prototype, "bytesPerDay", void 0);
__decorate$20([Field(() => Int, { description: "Complete days that this is the average of, at most 7; 0: of what there is of today." })], PacketForecastView.prototype, "averagedDays", void 0);
__decorate$20([Field(() => LongScalar, { description: "Bytes that packets may take." })], PacketForecastView.prototype, "capacityBytes", void 0);
__decorate$20([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When that is used up and the oldest begin to go; null: not at this rate."
})], PacketForecastView.prototype, "full", void 0);
__decorate$20([Field(() => ForecastError, {
	nullable: true,
	description: "How far off such forecasts were; null before there is a complete day to compare."
})], PacketForecastView.prototype, "error", void 0);
PacketForecastView = __decorate$20([ObjectType("PacketForecast", {
	simpleResolvers: true,
	description: "How long packets are kept."
})], PacketForecastView);
/** How long sessions are kept. */
let SessionForecastView = class SessionForecastView {};
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days of sessions that are there; null when there are none."
})], SessionForecastView.prototype, "daysNow", void 0);
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days that sessions will be kept; null: as long as there is room."
})], SessionForecastView.prototype, "days", void 0);
__decorate$20([Field(() => LongScalar, { description: "Bytes that the index grows a day." })], SessionForecastView.prototype, "bytesPerDay", void 0);
__decorate$20([Field(() => LongScalar, { description: "Sessions a day." })], SessionForecastView.prototype, "sessionsPerDay", void 0);
__decorate$20([Field(() => LongScalar, {
	nullable: true,
	description: "Bytes that the index comes to by then; null: not bounded."
})], SessionForecastView.prototype, "bytesThen", void 0);
SessionForecastView = __decorate$20([ObjectType("SessionForecast", {
	simpleResolvers: true,
	description: "How long sessions are kept."
})], SessionForecastView);
/** What a bound on packets would change. */
let WhatIfView = class WhatIfView {};
__decorate$20([Field(() => String, { description: "Which sessions; empty: all." })], WhatIfView.prototype, "expression", void 0);
__decorate$20([Field(() => Int, { description: "Packets that each of them would keep." })], WhatIfView.prototype, "firstPackets", void 0);
__decorate$20([Field(() => Float, { description: "Share of the bytes that would not be written, in percent." })], WhatIfView.prototype, "savedPercent", void 0);
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days that packets would be kept."
})], WhatIfView.prototype, "days", void 0);
__decorate$20([Field(() => Float, {
	nullable: true,
	description: "Days more than without."
})], WhatIfView.prototype, "gainedDays", void 0);
WhatIfView = __decorate$20([ObjectType("WhatIf", {
	simpleResolvers: true,
	description: "What keeping only the first packets of some sessions would change."
})], WhatIfView);
/** A forecast. */
let RetentionForecastAnswer = class RetentionForecastAnswer extends Answer {};
__decorate$20([Field(() => PacketForecastView, { description: "Packets." })], RetentionForecastAnswer.prototype, "packets", void 0);
__decorate$20([Field(() => SessionForecastView, { description: "Sessions." })], RetentionForecastAnswer.prototype, "sessions", void 0);
__decorate$20([Field(() => [WhatIfView], { description: "What was asked about, in its order." })], RetentionForecastAnswer.prototype, "whatIf", void 0);
RetentionForecastAnswer = __decorate$20([ObjectType("RetentionForecast", {
	simpleResolvers: true,
	implements: Answer,
	description: "How long packets and sessions will be kept, if the days to come are like the last ones."
})], RetentionForecastAnswer);
/** A bound on packets to ask about. */
let WhatIfInput = class WhatIfInput {};
__decorate$20([Field(() => String, {
	defaultValue: "",
	description: "Search expression of the sessions; empty: all."
})], WhatIfInput.prototype, "expression", void 0);
__decorate$20([Field(() => Int, { description: "Packets that each would keep, 1 to 1000000." })], WhatIfInput.prototype, "firstPackets", void 0);
WhatIfInput = __decorate$20([InputType("WhatIfInput", { description: "A bound on the packets of some sessions." })], WhatIfInput);

// dist/graphql/retention/forecast.resolver.js
var __decorate$19 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$9 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Most packets that a bound can keep of a session: no session has more. */
const MOST_PACKETS = 1e6;
/** Forecasts. */
let ForecastResolver = class ForecastResolver {
	async retentionForecast(asked, context) {
		const { forecasts } = context.services;
		if (forecasts === null) throw new LookbackError("UNAVAILABLE", "this process makes no forecasts; ask the one that serves");
		const requests = boundedList("whatIf", asked, LIMITS.whatIfs).map(({ expression, firstPackets }) => ({
			text: expression,
			firstPackets: bounded("firstPackets", firstPackets, 1, MOST_PACKETS),
			expression: expression.trim() === "" ? { node: "everything" } : context.compile(expression)
		}));
		const made = await forecasts.forecast();
		const whatIf = [];
		for (const { text, ...request } of requests) {
			const { savedPercent, days, gainedDays } = await forecasts.whatIf(made, request, context.read);
			whatIf.push({
				expression: text,
				firstPackets: request.firstPackets,
				savedPercent,
				days,
				gainedDays
			});
		}
		const { bytesPerDay, capacityBytes, fullMs, backtest, ...packets } = made.packets;
		const { rowsPerDay, bytesPerDay: indexBytes, bytesThen, daysNow, days } = made.sessions;
		return {
			...answered(context),
			packets: {
				...packets,
				bytesPerDay: Math.round(bytesPerDay),
				capacityBytes: Math.round(capacityBytes),
				full: fullMs,
				error: backtest
			},
			sessions: {
				daysNow,
				days,
				bytesPerDay: Math.round(indexBytes),
				sessionsPerDay: Math.round(rowsPerDay),
				bytesThen: bytesThen === null ? null : Math.round(bytesThen)
			},
			whatIf
		};
	}
};
__decorate$19([
	Query(() => RetentionForecastAnswer, {
		complexity: ({ args }) => 200 + (Array.isArray(args["whatIf"]) ? args["whatIf"].length * 400 : 0),
		description: "How many days of packets and sessions there are and will be, when the disk is full, and what keeping fewer packets would gain."
	}),
	__param$9(0, Arg("whatIf", () => [WhatIfInput], {
		defaultValue: [],
		description: "Bounds to ask about, at most 10."
	})),
	__param$9(1, Ctx())
], ForecastResolver.prototype, "retentionForecast", null);
ForecastResolver = __decorate$19([Resolver()], ForecastResolver);

// dist/graphql/retention/plan.type.js
var __decorate$18 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** A packet file that would go. */
let PlannedFile = class PlannedFile {};
__decorate$18([Field(() => LongScalar, { description: "Number of the file." })], PlannedFile.prototype, "fileId", void 0);
__decorate$18([Field(() => String, { description: "Where it is." })], PlannedFile.prototype, "path", void 0);
__decorate$18([Field(() => LongScalar, { description: "Its size in bytes." })], PlannedFile.prototype, "bytes", void 0);
__decorate$18([Field(() => String, { description: "Why: `oldest` (for room), `writes-fail`, `older-than-max-age`, `over-total-size`, `replay-given-up` (for room, although sessions that are still open would be replayed from it after a crash), `missing` (not there any more: struck off)." })], PlannedFile.prototype, "reason", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes of held packets that are copied out of it first." })], PlannedFile.prototype, "heldBytes", void 0);
__decorate$18([Field(() => String, {
	nullable: true,
	description: "Reason of the hold on packets in it."
})], PlannedFile.prototype, "note", void 0);
PlannedFile = __decorate$18([ObjectType("PlannedFile", {
	simpleResolvers: true,
	description: "A packet file that would be deleted."
})], PlannedFile);
/** Files that stay for one reason. */
let KeptFiles = class KeptFiles {};
__decorate$18([Field(() => String, { description: "Why: `enough-space`, `in-place`, `writing`, `newest`, `locked`, `held`, `undecided` (held sessions cannot be looked up now), `needed-for-replay`, `outside`, `symlink`, …" })], KeptFiles.prototype, "reason", void 0);
__decorate$18([Field(() => Int, { description: "Number of files." })], KeptFiles.prototype, "files", void 0);
__decorate$18([Field(() => LongScalar, { description: "Their size in bytes." })], KeptFiles.prototype, "bytes", void 0);
KeptFiles = __decorate$18([ObjectType("KeptFiles", {
	simpleResolvers: true,
	description: "Packet files that stay for one reason."
})], KeptFiles);
/** Files that a hold keeps although they would go. */
let BlockedFiles = class BlockedFiles {};
__decorate$18([Field(() => LongScalar, { description: "Number of the hold." })], BlockedFiles.prototype, "hold", void 0);
__decorate$18([Field(() => Int, { description: "Number of files." })], BlockedFiles.prototype, "items", void 0);
__decorate$18([Field(() => LongScalar, { description: "Their size in bytes." })], BlockedFiles.prototype, "bytes", void 0);
BlockedFiles = __decorate$18([ObjectType("BlockedFiles", {
	simpleResolvers: true,
	description: "Packet files that would be deleted, but for a hold."
})], BlockedFiles);
/** What would be done on one device. */
let PlannedDevice = class PlannedDevice {};
__decorate$18([Field(() => [String], { description: "Packet directories on it." })], PlannedDevice.prototype, "directories", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes free now." })], PlannedDevice.prototype, "freeBytes", void 0);
__decorate$18([Field(() => LongScalar, { description: "Its size in bytes." })], PlannedDevice.prototype, "totalBytes", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes that should be free (`freeSpaceG`)." })], PlannedDevice.prototype, "targetBytes", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes of deleted files that are not unlinked yet." })], PlannedDevice.prototype, "pendingBytes", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes that the deletions would free." })], PlannedDevice.prototype, "deleteBytes", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes that would stay short of the target, because nothing more may go." })], PlannedDevice.prototype, "shortfallBytes", void 0);
__decorate$18([Field(() => Int, { description: "Number of files that would be deleted." })], PlannedDevice.prototype, "deletionCount", void 0);
__decorate$18([Field(() => [PlannedFile], { description: "They, in the order of deletion; the first of them when there are many." })], PlannedDevice.prototype, "deletions", void 0);
__decorate$18([Field(() => [KeptFiles], { description: "The files that stay." })], PlannedDevice.prototype, "kept", void 0);
__decorate$18([Field(() => [BlockedFiles], { description: "Holds that keep files from being deleted." })], PlannedDevice.prototype, "blocked", void 0);
PlannedDevice = __decorate$18([ObjectType("PlannedDevice", {
	simpleResolvers: true,
	description: "What would be done on one device with packet files."
})], PlannedDevice);
/** What would be done about one day of sessions. */
let PlannedDay = class PlannedDay {};
__decorate$18([Field(() => String, { description: "The day, `YYYY-MM-DD`." })], PlannedDay.prototype, "day", void 0);
__decorate$18([Field(() => LongScalar, { description: "Sessions of it." })], PlannedDay.prototype, "sessions", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes of its index." })], PlannedDay.prototype, "bytes", void 0);
__decorate$18([Field(() => Boolean, { description: "Whether it would be removed." })], PlannedDay.prototype, "expires", void 0);
__decorate$18([Field(() => String, { description: "Why: `older-than-expire-days`, `over-index-size`, `nodes-full`, or why it stays." })], PlannedDay.prototype, "reason", void 0);
__decorate$18([Field(() => LongScalar, { description: "Held sessions that would stay of a removed day." })], PlannedDay.prototype, "heldSessions", void 0);
__decorate$18([Field(() => [LongScalar], { description: "Numbers of the holds that keep the day, or sessions of it." })], PlannedDay.prototype, "holds", void 0);
__decorate$18([Field(() => String, {
	nullable: true,
	description: "Reason of the hold that keeps the whole day."
})], PlannedDay.prototype, "note", void 0);
PlannedDay = __decorate$18([ObjectType("PlannedDay", {
	simpleResolvers: true,
	description: "One UTC day of sessions, and what would be done about it."
})], PlannedDay);
/** Segments that would be merged. */
let PlannedMergeView = class PlannedMergeView {};
__decorate$18([Field(() => String, { description: "Their UTC day, `YYYY-MM-DD`." })], PlannedMergeView.prototype, "day", void 0);
__decorate$18([Field(() => Int, { description: "Number of segments that are replaced." })], PlannedMergeView.prototype, "segments", void 0);
__decorate$18([Field(() => LongScalar, { description: "Sessions in them." })], PlannedMergeView.prototype, "sessions", void 0);
__decorate$18([Field(() => LongScalar, { description: "Their size in bytes." })], PlannedMergeView.prototype, "bytes", void 0);
__decorate$18([Field(() => String, { description: "Why: `small` (they become one), `superseded` (many of its rows were replaced by newer ones), `unmerged` (an index of the cluster that takes no more rows)." })], PlannedMergeView.prototype, "reason", void 0);
PlannedMergeView = __decorate$18([ObjectType("PlannedMerge", {
	simpleResolvers: true,
	description: "Segments of the index that would be merged: compaction."
})], PlannedMergeView);
/** A setting of an index. */
let IndexSettingView = class IndexSettingView {};
__decorate$18([Field(() => String, { description: "Its name in the cluster." })], IndexSettingView.prototype, "name", void 0);
__decorate$18([Field(() => String, { description: "Its value." })], IndexSettingView.prototype, "value", void 0);
IndexSettingView = __decorate$18([ObjectType("IndexSetting", {
	simpleResolvers: true,
	description: "A setting of an index in the search cluster."
})], IndexSettingView);
/** An index that would be placed anew. */
let PlannedPlacementView = class PlannedPlacementView {};
__decorate$18([Field(() => String, { description: "Its name." })], PlannedPlacementView.prototype, "index", void 0);
__decorate$18([Field(() => String, { description: "UTC day of its last moment, `YYYY-MM-DD`." })], PlannedPlacementView.prototype, "day", void 0);
__decorate$18([Field(() => LongScalar, { description: "Its size in bytes, copies included." })], PlannedPlacementView.prototype, "bytes", void 0);
__decorate$18([Field(() => String, { description: "Why: `warm` (old enough for other nodes), `replicas` (more or fewer copies than are wanted)." })], PlannedPlacementView.prototype, "reason", void 0);
__decorate$18([Field(() => [IndexSettingView], { description: "What would be set." })], PlannedPlacementView.prototype, "settings", void 0);
PlannedPlacementView = __decorate$18([ObjectType("PlannedPlacement", {
	simpleResolvers: true,
	description: "An index of the search cluster that would get other nodes or another number of copies."
})], PlannedPlacementView);
/** An export that would be removed. */
let PlannedExport = class PlannedExport {};
__decorate$18([Field(() => ID, { description: "Identity of the export." })], PlannedExport.prototype, "id", void 0);
__decorate$18([Field(() => String, { description: "Whose it is." })], PlannedExport.prototype, "owner", void 0);
__decorate$18([Field(() => LongScalar, { description: "Size of its file in bytes." })], PlannedExport.prototype, "bytes", void 0);
PlannedExport = __decorate$18([ObjectType("PlannedExport", {
	simpleResolvers: true,
	description: "An export whose time is over."
})], PlannedExport);
/** A directory that cannot be measured. */
let UnmeasuredDirectory = class UnmeasuredDirectory {};
__decorate$18([Field(() => String, { description: "The directory." })], UnmeasuredDirectory.prototype, "directory", void 0);
__decorate$18([Field(() => String, { description: "Why it cannot." })], UnmeasuredDirectory.prototype, "reason", void 0);
UnmeasuredDirectory = __decorate$18([ObjectType("UnmeasuredDirectory", {
	simpleResolvers: true,
	description: "A packet directory whose device cannot be measured: nothing is deleted there."
})], UnmeasuredDirectory);
/** Everything that retention would do. */
let RetentionPlanAnswer = class RetentionPlanAnswer extends Answer {};
__decorate$18([Field(() => [PlannedDevice], { description: "Packet files by device." })], RetentionPlanAnswer.prototype, "devices", void 0);
__decorate$18([Field(() => [PlannedFile], { description: "Files that are not there any more and would be struck off." })], RetentionPlanAnswer.prototype, "missing", void 0);
__decorate$18([Field(() => [KeptFiles], { description: "Files on no measured device of ours; they stay." })], RetentionPlanAnswer.prototype, "elsewhere", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes of packet files beyond `pcapMaxSizeG` that may not go." })], RetentionPlanAnswer.prototype, "excessBytes", void 0);
__decorate$18([Field(() => [PlannedDay], { description: "Days of sessions in order." })], RetentionPlanAnswer.prototype, "days", void 0);
__decorate$18([Field(() => [PlannedMergeView], { description: "Merges of the index in order of day; the first of them when there are many." })], RetentionPlanAnswer.prototype, "compaction", void 0);
__decorate$18([Field(() => Int, { description: "Number of merges." })], RetentionPlanAnswer.prototype, "mergeCount", void 0);
__decorate$18([Field(() => [PlannedPlacementView], { description: "Indices of the search cluster that would be placed anew, in order of day; the first of them when there are many." })], RetentionPlanAnswer.prototype, "placement", void 0);
__decorate$18([Field(() => LongScalar, { description: "Bytes that the data nodes of the search cluster would stay short of `sessionFreeSpaceG`, because no more days may go." })], RetentionPlanAnswer.prototype, "nodesShortBytes", void 0);
__decorate$18([Field(() => [PlannedExport], { description: "Exports whose time is over." })], RetentionPlanAnswer.prototype, "exports", void 0);
__decorate$18([Field(() => Int, { description: "Entries of the audit log that are older than `auditDays`." })], RetentionPlanAnswer.prototype, "auditEntries", void 0);
__decorate$18([Field(() => [UnmeasuredDirectory], { description: "Directories that cannot be measured." })], RetentionPlanAnswer.prototype, "unmeasured", void 0);
__decorate$18([Field(() => [String], { description: "What is odd about the rules (`FREE_SPACE_CONFLICT`), and what could not be found out, each with its code." })], RetentionPlanAnswer.prototype, "warnings", void 0);
__decorate$18([Field(() => DateTimeScalar, { description: "When it was made." })], RetentionPlanAnswer.prototype, "made", void 0);
RetentionPlanAnswer = __decorate$18([ObjectType("RetentionPlan", {
	simpleResolvers: true,
	implements: Answer,
	description: "Everything that retention would do at this moment, and why. Asking deletes nothing."
})], RetentionPlanAnswer);

// dist/graphql/retention/retention.resolver.js
var __decorate$17 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$8 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Retention, where this process runs it. */
function retentionOf(context) {
	const { retention } = context.services;
	if (retention === null) throw new LookbackError("UNAVAILABLE", "this process does not run retention; ask the one that serves");
	return retention;
}
function keptFiles(items) {
	const kept = /* @__PURE__ */ new Map();
	for (const { action, reason, bytes } of items) {
		if (action === "delete") continue;
		const entry = kept.get(reason) ?? {
			reason,
			files: 0,
			bytes: 0
		};
		entry.files += 1;
		entry.bytes += bytes;
		kept.set(reason, entry);
	}
	return [...kept.values()];
}
/** Plans of retention. */
let RetentionResolver = class RetentionResolver {
	async retentionPlan(first, context) {
		const limit = bounded("first", first, 1, LIMITS.pageSize);
		const { madeMs, packets, sessions, compaction, placement, exports, audit, unmeasured, unknown } = await retentionOf(context).plan();
		return {
			...answered(context),
			devices: packets.devices.map(({ items, ...device }) => {
				const going = items.filter(({ action }) => action === "delete");
				return {
					...device,
					deletionCount: going.length,
					deletions: going.slice(0, limit),
					kept: keptFiles(items)
				};
			}),
			missing: packets.elsewhere.filter(({ action }) => action === "delete").slice(0, limit),
			elsewhere: keptFiles(packets.elsewhere),
			excessBytes: packets.excessBytes,
			days: sessions.items.map(({ day, rows, bytes, action, reason, heldRows, holds, note }) => ({
				day,
				sessions: rows,
				bytes,
				expires: action === "expire",
				reason,
				heldSessions: heldRows,
				holds,
				note
			})),
			compaction: compaction.slice(0, limit).map(({ rows, ...merge }) => ({
				...merge,
				sessions: rows
			})),
			mergeCount: compaction.length,
			placement: placement.slice(0, limit).map(({ settings, ...item }) => ({
				...item,
				settings: Object.entries(settings).map(([name, value]) => ({
					name,
					value
				}))
			})),
			nodesShortBytes: sessions.shortfallBytes,
			exports: exports.slice(0, limit),
			auditEntries: audit.entries,
			unmeasured,
			warnings: [...packets.warnings, ...unknown],
			made: madeMs
		};
	}
};
__decorate$17([
	Query(() => RetentionPlanAnswer, {
		complexity: 500,
		description: "What retention would delete at this moment, with a reason for every item. It is what the next run does, unless something changes until then."
	}),
	__param$8(0, Arg("first", () => Int, {
		defaultValue: 1e3,
		description: "Deletions listed of each device, 1 to 1000."
	})),
	__param$8(1, Ctx())
], RetentionResolver.prototype, "retentionPlan", null);
RetentionResolver = __decorate$17([Resolver()], RetentionResolver);

// dist/graphql/session/project.js
const shapes = /* @__PURE__ */ new WeakMap();
/** The shape of a catalogue, made once. */
function shapeOf(catalogue) {
	let shape = shapes.get(catalogue);
	if (shape === void 0) {
		shape = sessionShape(catalogue);
		shapes.set(catalogue, shape);
	}
	return shape;
}
/** The shape without what `hidden` says, inside object lists too; all of a hidden member reads as null. */
function visibleShape(shape, hidden) {
	const visible = /* @__PURE__ */ new Map();
	for (const [name, node] of shape) {
		if (node.kind !== "group" && hidden(node.field)) continue;
		visible.set(name, node.kind === "value" ? node : {
			...node,
			members: visibleShape(node.members, hidden)
		});
	}
	return visible;
}
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
/** Members of an object of an object list, from a document or a row; counts that a row leaves out are list lengths. */
function object(value, members) {
	const made = {};
	for (const member of members.values()) made[member.name] = inObject(value, member, members);
	return made;
}
function inObject(value, member, siblings) {
	const given = value[member.part] ?? null;
	if (member.kind === "objects") return objects(given, member.members);
	if (member.kind === "group") return isRecord(given) ? object(given, member.members) : null;
	if (given !== null || member.field.countOf === null) return asDeclared(given, member.field);
	const counted = [...siblings.values()].find((sibling) => sibling.kind !== "group" && sibling.field.path === member.field.countOf);
	const list = counted === void 0 ? null : value[counted.part];
	return Array.isArray(list) ? list.length : null;
}
function objects(value, members) {
	return Array.isArray(value) ? value.filter(isRecord).map((item) => object(item, members)) : null;
}
/** A single value where the catalogue says list, and the other way round, as the schema promises the declared shape. */
function asDeclared(value, field) {
	if (value === null || value === void 0) return null;
	if (field.shape === "one") return Array.isArray(value) ? value[0] ?? null : value;
	return Array.isArray(value) ? value : [value];
}
/** What a selection needs of the store, and how a row becomes what was selected. */
var Projection = class {
	#steps;
	/** Selected members that the shape lacks are read as null; `extra` columns are for accessors by name. */
	constructor(shape, selection, extra) {
		const steps = [];
		const seen = /* @__PURE__ */ new Set();
		const walk = (level, selected, names) => {
			for (const { name, below } of selected) {
				const node = level.get(name);
				if (node === void 0) continue;
				const path = [...names, name];
				if (node.kind === "group") walk(node.members, below, path);
				else if (!seen.has(node.field.path)) {
					seen.add(node.field.path);
					steps.push({
						node,
						field: node.field,
						names: path
					});
				}
			}
		};
		walk(shape, selection, []);
		this.#steps = steps;
		const columns = new Map(steps.map((step) => [step.field.path, step.field]));
		for (const field of extra) columns.set(field.path, field);
		this.fields = [...columns.values()];
	}
	/** The selected part of a row. */
	row(values) {
		const made = {};
		for (const { node, field, names } of this.#steps) {
			const value = values.get(field.path) ?? null;
			if (value === null) continue;
			let at = made;
			for (let depth = 0; depth < names.length - 1; depth++) {
				const name = names[depth] ?? "";
				const inner = at[name];
				if (isRecord(inner)) at = inner;
				else at = at[name] = {};
			}
			at[node.name] = node.kind === "objects" ? objects(value, node.members) : asDeclared(value, field);
		}
		return made;
	}
};
/** A whole document under GraphQL names. */
function projectDocument(document, shape) {
	return object(document, shape);
}
/** The value at a field's path in a document: through lists of objects, values of all of them. */
function valueInDocument(document, path) {
	const parts = path.split(".");
	const step = (value, depth) => {
		const part = parts[depth];
		if (part === void 0 || value === null || value === void 0) return value ?? null;
		if (Array.isArray(value)) {
			const found = value.flatMap((item) => step(item, depth) ?? []);
			return found.length === 0 ? null : found;
		}
		return isRecord(value) ? step(value[part], depth + 1) : null;
	};
	return step(document, 0);
}

// dist/model/packet-files-field.js
/** The column of every row that lists the numbers of the packet files its packets are in. People do not search it by name. */
const PACKET_FILES_FIELD = {
	expression: "",
	aliases: [],
	path: "fileId",
	object: "",
	kind: "integer",
	shape: "list",
	count: "none",
	group: "general",
	name: "Packet files",
	help: "Numbers of the packet files that hold the session's packets",
	linked: false,
	since: "",
	countOf: null,
	view: null,
	portPath: null,
	overlay: false
};

// dist/graphql/session/session-fields.generated.js
var __decorate$16 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
let SessionCert = class SessionCert {};
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "DNS names that the certificate is valid for. Searched as `cert.alt`."
})], SessionCert.prototype, "alt", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of cert.alt. Searched as `cert.alt.cnt`."
})], SessionCert.prototype, "altCnt", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Named curve of an elliptic-curve key. Searched as `cert.curve`."
})], SessionCert.prototype, "curve", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "SHA-1 of the certificate, hex pairs with colons. Searched as `cert.hash`."
})], SessionCert.prototype, "hash", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Common name of the issuer, in lower case. Searched as `cert.issuer.cn`."
})], SessionCert.prototype, "issuerCN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Organisation of the issuer. Searched as `cert.issuer.on`."
})], SessionCert.prototype, "issuerON", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Organisational unit of the issuer. Searched as `cert.issuer.ou`."
})], SessionCert.prototype, "issuerOU", void 0);
__decorate$16([Field(() => DateTimeScalar, {
	nullable: true,
	description: "End of validity. Searched as `cert.notafter`."
})], SessionCert.prototype, "notAfter", void 0);
__decorate$16([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Start of validity. Searched as `cert.notbefore`."
})], SessionCert.prototype, "notBefore", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Algorithm of the public key. Searched as `cert.publicAlgorithm`."
})], SessionCert.prototype, "publicAlgorithm", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Whole days from the session's first packet to the end of validity. Searched as `cert.remainingDays`."
})], SessionCert.prototype, "remainingDays", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Seconds from the session's first packet to the end of validity. Searched as `cert.remainingSeconds`."
})], SessionCert.prototype, "remainingSeconds", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Serial number in hex, as encoded. Searched as `cert.serial`."
})], SessionCert.prototype, "serial", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Common name of the subject, in lower case. Searched as `cert.subject.cn`."
})], SessionCert.prototype, "subjectCN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Organisation of the subject. Searched as `cert.subject.on`."
})], SessionCert.prototype, "subjectON", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Organisational unit of the subject. Searched as `cert.subject.ou`."
})], SessionCert.prototype, "subjectOU", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Whole days from start to end of validity. Searched as `cert.validfor`."
})], SessionCert.prototype, "validDays", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Seconds from start to end of validity. Searched as `cert.validforSeconds`."
})], SessionCert.prototype, "validSeconds", void 0);
SessionCert = __decorate$16([ObjectType("SessionCert", {
	simpleResolvers: true,
	description: "One of the objects of `cert`."
})], SessionCert);
let SessionClient = class SessionClient {};
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Payload bytes sent by the source. Searched as `databytes.src`."
})], SessionClient.prototype, "bytes", void 0);
SessionClient = __decorate$16([ObjectType("SessionClient", {
	simpleResolvers: true,
	description: "Fields of a session under `client`."
})], SessionClient);
let SessionDestinationAsOrganization = class SessionDestinationAsOrganization {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name of the autonomous system of the destination's address (needs geoLite2ASN). Searched as `destination.as.organization.name`."
})], SessionDestinationAsOrganization.prototype, "name", void 0);
SessionDestinationAsOrganization = __decorate$16([ObjectType("SessionDestinationAsOrganization", {
	simpleResolvers: true,
	description: "Fields of a session under `organization`."
})], SessionDestinationAsOrganization);
let SessionDestinationAs = class SessionDestinationAs {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Autonomous system of the destination's address: AS, number and name (needs geoLite2ASN). Searched as `asn.dst`."
})], SessionDestinationAs.prototype, "full", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of the autonomous system of the destination's address (needs geoLite2ASN). Searched as `destination.as.number`."
})], SessionDestinationAs.prototype, "number", void 0);
__decorate$16([Field(() => SessionDestinationAsOrganization, {
	nullable: true,
	description: "Fields under `organization`; null when the session has none of those asked for."
})], SessionDestinationAs.prototype, "organization", void 0);
SessionDestinationAs = __decorate$16([ObjectType("SessionDestinationAs", {
	simpleResolvers: true,
	description: "Fields of a session under `as`."
})], SessionDestinationAs);
let SessionDestinationGeo = class SessionDestinationGeo {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Country of the destination's address, ISO 3166-1 alpha-2 (needs geoLite2Country). Searched as `country.dst`."
})], SessionDestinationGeo.prototype, "country_iso_code", void 0);
SessionDestinationGeo = __decorate$16([ObjectType("SessionDestinationGeo", {
	simpleResolvers: true,
	description: "Fields of a session under `geo`."
})], SessionDestinationGeo);
let SessionDestination = class SessionDestination {};
__decorate$16([Field(() => SessionDestinationAs, {
	nullable: true,
	description: "Fields under `as`; null when the session has none of those asked for."
})], SessionDestination.prototype, "as", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Captured bytes sent by the destination. Searched as `bytes.dst`."
})], SessionDestination.prototype, "bytes", void 0);
__decorate$16([Field(() => SessionDestinationGeo, {
	nullable: true,
	description: "Fields under `geo`; null when the session has none of those asked for."
})], SessionDestination.prototype, "geo", void 0);
__decorate$16([Field(() => AddressScalar, {
	nullable: true,
	description: "Address of the receiver of the first packet. Searched as `ip.dst`."
})], SessionDestination.prototype, "ip", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Ethernet addresses of the destination. Searched as `mac.dst`."
})], SessionDestination.prototype, "mac", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of mac.dst. Searched as `mac.dst.cnt`."
})], SessionDestination.prototype, "mac_cnt", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets sent by the destination. Searched as `packets.dst`."
})], SessionDestination.prototype, "packets", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Port of the destination. Searched as `port.dst`."
})], SessionDestination.prototype, "port", void 0);
SessionDestination = __decorate$16([ObjectType("SessionDestination", {
	simpleResolvers: true,
	description: "Fields of a session under `destination`."
})], SessionDestination);
let SessionDnsAnswers = class SessionDnsAnswers {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "CAA record in presentation form. Searched as `dns.answer.caa`."
})], SessionDnsAnswers.prototype, "caa", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Class of the record. Searched as `dns.answer.class`."
})], SessionDnsAnswers.prototype, "class", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name that a CNAME record points to. Searched as `dns.answer.cname`."
})], SessionDnsAnswers.prototype, "cname", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "DS record in presentation form. Searched as `dns.answer.ds`."
})], SessionDnsAnswers.prototype, "ds", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "HTTPS record in presentation form. Searched as `dns.answer.https`."
})], SessionDnsAnswers.prototype, "https", void 0);
__decorate$16([Field(() => AddressScalar, {
	nullable: true,
	description: "Address of an A or AAAA record. Searched as `dns.answer.ip`."
})], SessionDnsAnswers.prototype, "ip", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Mail exchange of an MX record. Searched as `dns.answer.mx`."
})], SessionDnsAnswers.prototype, "mx", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name that the record belongs to. Searched as `dns.answer.name`."
})], SessionDnsAnswers.prototype, "name", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name server of an NS record. Searched as `dns.answer.ns`."
})], SessionDnsAnswers.prototype, "nameserver", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "NSEC record in presentation form. Searched as `dns.answer.nsec`."
})], SessionDnsAnswers.prototype, "nsec", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Preference of an MX record. Searched as `dns.answer.priority`."
})], SessionDnsAnswers.prototype, "priority", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "RRSIG record in presentation form, without the signature. Searched as `dns.answer.rrsig`."
})], SessionDnsAnswers.prototype, "rrsig", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Seconds that the record may be cached. Searched as `dns.answer.ttl`."
})], SessionDnsAnswers.prototype, "ttl", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Text of a TXT record. Searched as `dns.answer.txt`."
})], SessionDnsAnswers.prototype, "txt", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Type of the record. Searched as `dns.answer.type`."
})], SessionDnsAnswers.prototype, "type", void 0);
SessionDnsAnswers = __decorate$16([ObjectType("SessionDnsAnswers", {
	simpleResolvers: true,
	description: "One of the objects of `dns.answers`."
})], SessionDnsAnswers);
let SessionDns = class SessionDns {};
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: DNS IP (needs geoLite2ASN). Searched as `asn.dns`."
})], SessionDns.prototype, "ASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS IP (needs geoLite2Country). Searched as `country.dns`."
})], SessionDns.prototype, "GEO", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: DNS IP (needs rirFile). Searched as `rir.dns`."
})], SessionDns.prototype, "RIR", void 0);
__decorate$16([Field(() => [SessionDnsAnswers], {
	nullable: true,
	description: "Records of the responses, all sections."
})], SessionDns.prototype, "answers", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of records in the responses. Searched as `dns.answer.cnt`."
})], SessionDns.prototype, "answersCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Flags set in the responses: AA, TC, RD, RA, AD, CD. Searched as `dns.header_flags`."
})], SessionDns.prototype, "headerFlags", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Name asked for and the names that it is an alias of. Searched as `host.dns`."
})], SessionDns.prototype, "host", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of host.dns. Searched as `host.dns.cnt`."
})], SessionDns.prototype, "hostCnt", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses of the name asked for. Searched as `ip.dns`."
})], SessionDns.prototype, "ip", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ip.dns. Searched as `ip.dns.cnt`."
})], SessionDns.prototype, "ipCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: DNS mailserver IP (needs geoLite2ASN). Searched as `asn.dns.mailserver`."
})], SessionDns.prototype, "mailserverASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS mailserver IP (needs geoLite2Country). Searched as `country.dns.mailserver`."
})], SessionDns.prototype, "mailserverGEO", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names of mail exchanges in the response. Searched as `host.dns.mailserver`."
})], SessionDns.prototype, "mailserverHost", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of host.dns.mailserver. Searched as `host.dns.mailserver.cnt`."
})], SessionDns.prototype, "mailserverHostCnt", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses of mail exchanges in the response. Searched as `ip.dns.mailserver`."
})], SessionDns.prototype, "mailserverIp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ip.dns.mailserver. Searched as `ip.dns.mailserver.cnt`."
})], SessionDns.prototype, "mailserverIpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: DNS mailserver IP (needs rirFile). Searched as `rir.dns.mailserver`."
})], SessionDns.prototype, "mailserverRIR", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: DNS nameserver IP (needs geoLite2ASN). Searched as `asn.dns.nameserver`."
})], SessionDns.prototype, "nameserverASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: DNS nameserver IP (needs geoLite2Country). Searched as `country.dns.nameserver`."
})], SessionDns.prototype, "nameserverGEO", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names of name servers in the response. Searched as `host.dns.nameserver`."
})], SessionDns.prototype, "nameserverHost", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of host.dns.nameserver. Searched as `host.dns.nameserver.cnt`."
})], SessionDns.prototype, "nameserverHostCnt", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses of name servers in the response. Searched as `ip.dns.nameserver`."
})], SessionDns.prototype, "nameserverIp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ip.dns.nameserver. Searched as `ip.dns.nameserver.cnt`."
})], SessionDns.prototype, "nameserverIpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: DNS nameserver IP (needs rirFile). Searched as `rir.dns.nameserver`."
})], SessionDns.prototype, "nameserverRIR", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Kind of operation: QUERY, NOTIFY, UPDATE, ... Searched as `dns.opcode`."
})], SessionDns.prototype, "opcode", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Internationalised names in the ASCII form of the wire. Searched as `dns.puny`."
})], SessionDns.prototype, "puny", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of dns.puny. Searched as `dns.puny.cnt`."
})], SessionDns.prototype, "punyCnt", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Class in the question. Searched as `dns.query.class`."
})], SessionDns.prototype, "qc", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Record type in the question. Searched as `dns.query.type`."
})], SessionDns.prototype, "qt", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name in the question. Searched as `dns.query.host`."
})], SessionDns.prototype, "queryHost", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Response code: NOERROR, NXDOMAIN, ... Searched as `dns.status`."
})], SessionDns.prototype, "status", void 0);
SessionDns = __decorate$16([ObjectType("SessionDns", {
	simpleResolvers: true,
	description: "One of the objects of `dns`."
})], SessionDns);
let SessionDot1ad = class SessionDot1ad {};
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "VLAN ids of 802.1ad tags. Searched as `vlan.dot1ad`."
})], SessionDot1ad.prototype, "id", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of vlan.dot1ad. Searched as `vlan.dot1ad.cnt`."
})], SessionDot1ad.prototype, "idCnt", void 0);
SessionDot1ad = __decorate$16([ObjectType("SessionDot1ad", {
	simpleResolvers: true,
	description: "Fields of a session under `dot1ad`."
})], SessionDot1ad);
let SessionDot1q = class SessionDot1q {};
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "VLAN ids of 802.1Q tags. Searched as `vlan.dot1q`."
})], SessionDot1q.prototype, "id", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of vlan.dot1q. Searched as `vlan.dot1q.cnt`."
})], SessionDot1q.prototype, "idCnt", void 0);
SessionDot1q = __decorate$16([ObjectType("SessionDot1q", {
	simpleResolvers: true,
	description: "Fields of a session under `dot1q`."
})], SessionDot1q);
let SessionHttp = class SessionHttp {};
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Scheme of an Authorization header. Searched as `http.authtype`."
})], SessionHttp.prototype, "authType", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.authtype. Searched as `http.authtype.cnt`."
})], SessionHttp.prototype, "authTypeCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Type of a body as its first bytes tell it. Searched as `http.bodymagic`."
})], SessionHttp.prototype, "bodyMagic", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.bodymagic. Searched as `http.bodymagic.cnt`."
})], SessionHttp.prototype, "bodyMagicCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Protocol version of the requests. Searched as `http.version.src`."
})], SessionHttp.prototype, "clientVersion", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.version.src. Searched as `http.version.src.cnt`."
})], SessionHttp.prototype, "clientVersionCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names of the cookies that clients sent. Searched as `http.cookie.key`."
})], SessionHttp.prototype, "cookieKey", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.cookie.key. Searched as `http.cookie.key.cnt`."
})], SessionHttp.prototype, "cookieKeyCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Values of the cookies that clients sent; kept when parseCookieValue is on. Searched as `http.cookie.value`."
})], SessionHttp.prototype, "cookieValue", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.cookie.value. Searched as `http.cookie.value.cnt`."
})], SessionHttp.prototype, "cookieValueCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Host header of a request, with its port and without, and the server name of a TLS client. Searched as `host.http`."
})], SessionHttp.prototype, "host", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of host.http. Searched as `host.http.cnt`."
})], SessionHttp.prototype, "hostCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names in the query string, decoded. Searched as `http.uri.key`."
})], SessionHttp.prototype, "key", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.uri.key. Searched as `http.uri.key.cnt`."
})], SessionHttp.prototype, "keyCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "MD5 of a whole body as transferred, content encoding kept. Searched as `http.md5`."
})], SessionHttp.prototype, "md5", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.md5. Searched as `http.md5.cnt`."
})], SessionHttp.prototype, "md5Cnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Methods of the requests. Searched as `http.method`."
})], SessionHttp.prototype, "method", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of CONNECT requests. Searched as `http.method.CONNECT`."
})], SessionHttp.prototype, "method_CONNECT", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of DELETE requests. Searched as `http.method.DELETE`."
})], SessionHttp.prototype, "method_DELETE", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of GET requests. Searched as `http.method.GET`."
})], SessionHttp.prototype, "method_GET", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of HEAD requests. Searched as `http.method.HEAD`."
})], SessionHttp.prototype, "method_HEAD", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of OPTIONS requests. Searched as `http.method.OPTIONS`."
})], SessionHttp.prototype, "method_OPTIONS", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of POST requests. Searched as `http.method.POST`."
})], SessionHttp.prototype, "method_POST", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of PUT requests. Searched as `http.method.PUT`."
})], SessionHttp.prototype, "method_PUT", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.method. Searched as `http.method.cnt`."
})], SessionHttp.prototype, "methodCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Request target up to the question mark. Searched as `http.uri.path`."
})], SessionHttp.prototype, "path", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.uri.path. Searched as `http.uri.path.cnt`."
})], SessionHttp.prototype, "pathCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Beginning of a request body, up to maxReqBody bytes. Searched as `http.reqbody`."
})], SessionHttp.prototype, "requestBody", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names of the headers that the client sent. Searched as `http.hasheader.src`."
})], SessionHttp.prototype, "requestHeader", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.hasheader.src. Searched as `http.hasheader.src.cnt`."
})], SessionHttp.prototype, "requestHeaderCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Name of each kept request header value, in the order of the values."
})], SessionHttp.prototype, "requestHeaderField", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Request header values in lower case; with parseHTTPHeaderRequestAll. Searched as `http.hasheader.src.value`."
})], SessionHttp.prototype, "requestHeaderValue", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.hasheader.src.value. Searched as `http.hasheader.src.value.cnt`."
})], SessionHttp.prototype, "requestHeaderValueCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Names of the headers that the server sent. Searched as `http.hasheader.dst`."
})], SessionHttp.prototype, "responseHeader", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.hasheader.dst. Searched as `http.hasheader.dst.cnt`."
})], SessionHttp.prototype, "responseHeaderCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Name of each kept response header value, in the order of the values."
})], SessionHttp.prototype, "responseHeaderField", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Response header values in lower case; with parseHTTPHeaderResponseAll. Searched as `http.hasheader.dst.value`."
})], SessionHttp.prototype, "responseHeaderValue", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.hasheader.dst.value. Searched as `http.hasheader.dst.value.cnt`."
})], SessionHttp.prototype, "responseHeaderValueCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Protocol version of the responses. Searched as `http.version.dst`."
})], SessionHttp.prototype, "serverVersion", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.version.dst. Searched as `http.version.dst.cnt`."
})], SessionHttp.prototype, "serverVersionCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "SHA-256 of a whole body as transferred; kept when supportSha256 is on. Searched as `http.sha256`."
})], SessionHttp.prototype, "sha256", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.sha256. Searched as `http.sha256.cnt`."
})], SessionHttp.prototype, "sha256Cnt", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "Status codes of the responses. Searched as `http.statuscode`."
})], SessionHttp.prototype, "statuscode", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.statuscode. Searched as `http.statuscode.cnt`."
})], SessionHttp.prototype, "statuscodeCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Host and request target, without the scheme. Searched as `http.uri`."
})], SessionHttp.prototype, "uri", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.uri. Searched as `http.uri.cnt`."
})], SessionHttp.prototype, "uriCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "User name in an Authorization header. Searched as `http.user`."
})], SessionHttp.prototype, "user", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.user. Searched as `http.user.cnt`."
})], SessionHttp.prototype, "userCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "User-Agent header of a request. Searched as `http.user-agent`."
})], SessionHttp.prototype, "useragent", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.user-agent. Searched as `http.user-agent.cnt`."
})], SessionHttp.prototype, "useragentCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Values in the query string, decoded; kept when parseQSValue is on. Searched as `http.uri.value`."
})], SessionHttp.prototype, "value", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of http.uri.value. Searched as `http.uri.value.cnt`."
})], SessionHttp.prototype, "valueCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: HTTP XFF IP (needs geoLite2ASN). Searched as `asn.xff`."
})], SessionHttp.prototype, "xffASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: HTTP XFF IP (needs geoLite2Country). Searched as `country.xff`."
})], SessionHttp.prototype, "xffGEO", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses in X-Forwarded-For headers. Searched as `ip.xff`."
})], SessionHttp.prototype, "xffIp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ip.xff. Searched as `ip.xff.cnt`."
})], SessionHttp.prototype, "xffIpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: HTTP XFF IP (needs rirFile). Searched as `rir.xff`."
})], SessionHttp.prototype, "xffRIR", void 0);
SessionHttp = __decorate$16([ObjectType("SessionHttp", {
	simpleResolvers: true,
	description: "Fields of a session under `http`."
})], SessionHttp);
let SessionIcmp = class SessionIcmp {};
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "ICMP message codes. Searched as `icmp.code`."
})], SessionIcmp.prototype, "code", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "ICMP message types. Searched as `icmp.type`."
})], SessionIcmp.prototype, "type", void 0);
SessionIcmp = __decorate$16([ObjectType("SessionIcmp", {
	simpleResolvers: true,
	description: "Fields of a session under `icmp`."
})], SessionIcmp);
let SessionNetworkVlan = class SessionNetworkVlan {};
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "VLAN ids. Searched as `vlan`."
})], SessionNetworkVlan.prototype, "id", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of vlan. Searched as `vlan.cnt`."
})], SessionNetworkVlan.prototype, "id_cnt", void 0);
SessionNetworkVlan = __decorate$16([ObjectType("SessionNetworkVlan", {
	simpleResolvers: true,
	description: "Fields of a session under `vlan`."
})], SessionNetworkVlan);
let SessionNetwork = class SessionNetwork {};
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Captured bytes of both directions with link headers. Searched as `bytes`."
})], SessionNetwork.prototype, "bytes", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Community ID v1, seed 0. Searched as `communityId`."
})], SessionNetwork.prototype, "community_id", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets of both directions. Searched as `packets`."
})], SessionNetwork.prototype, "packets", void 0);
__decorate$16([Field(() => SessionNetworkVlan, {
	nullable: true,
	description: "Fields under `vlan`; null when the session has none of those asked for."
})], SessionNetwork.prototype, "vlan", void 0);
SessionNetwork = __decorate$16([ObjectType("SessionNetwork", {
	simpleResolvers: true,
	description: "Fields of a session under `network`."
})], SessionNetwork);
let SessionSctp = class SessionSctp {};
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "Payload protocol identifiers of the user data. Searched as `sctp.protoId`."
})], SessionSctp.prototype, "protoId", void 0);
SessionSctp = __decorate$16([ObjectType("SessionSctp", {
	simpleResolvers: true,
	description: "Fields of a session under `sctp`."
})], SessionSctp);
let SessionServer = class SessionServer {};
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Payload bytes sent by the destination. Searched as `databytes.dst`."
})], SessionServer.prototype, "bytes", void 0);
SessionServer = __decorate$16([ObjectType("SessionServer", {
	simpleResolvers: true,
	description: "Fields of a session under `server`."
})], SessionServer);
let SessionSocks = class SessionSocks {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Autonomous systems of the addresses: SOCKS IP (needs geoLite2ASN). Searched as `asn.socks`."
})], SessionSocks.prototype, "ASN", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: SOCKS IP (needs geoLite2Country). Searched as `country.socks`."
})], SessionSocks.prototype, "GEO", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: SOCKS IP (needs rirFile). Searched as `rir.socks`."
})], SessionSocks.prototype, "RIR", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name that the client asked the proxy to connect to. Searched as `host.socks`."
})], SessionSocks.prototype, "host", void 0);
__decorate$16([Field(() => AddressScalar, {
	nullable: true,
	description: "Address that the client asked the proxy to connect to. Searched as `ip.socks`."
})], SessionSocks.prototype, "ip", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Port that the client asked the proxy to connect to. Searched as `port.socks`."
})], SessionSocks.prototype, "port", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "User name given to the proxy. Searched as `socks.user`."
})], SessionSocks.prototype, "user", void 0);
SessionSocks = __decorate$16([ObjectType("SessionSocks", {
	simpleResolvers: true,
	description: "Fields of a session under `socks`."
})], SessionSocks);
let SessionSourceAsOrganization = class SessionSourceAsOrganization {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name of the autonomous system of the source's address (needs geoLite2ASN). Searched as `source.as.organization.name`."
})], SessionSourceAsOrganization.prototype, "name", void 0);
SessionSourceAsOrganization = __decorate$16([ObjectType("SessionSourceAsOrganization", {
	simpleResolvers: true,
	description: "Fields of a session under `organization`."
})], SessionSourceAsOrganization);
let SessionSourceAs = class SessionSourceAs {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Autonomous system of the source's address: AS, number and name (needs geoLite2ASN). Searched as `asn.src`."
})], SessionSourceAs.prototype, "full", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of the autonomous system of the source's address (needs geoLite2ASN). Searched as `source.as.number`."
})], SessionSourceAs.prototype, "number", void 0);
__decorate$16([Field(() => SessionSourceAsOrganization, {
	nullable: true,
	description: "Fields under `organization`; null when the session has none of those asked for."
})], SessionSourceAs.prototype, "organization", void 0);
SessionSourceAs = __decorate$16([ObjectType("SessionSourceAs", {
	simpleResolvers: true,
	description: "Fields of a session under `as`."
})], SessionSourceAs);
let SessionSourceGeo = class SessionSourceGeo {};
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Country of the source's address, ISO 3166-1 alpha-2 (needs geoLite2Country). Searched as `country.src`."
})], SessionSourceGeo.prototype, "country_iso_code", void 0);
SessionSourceGeo = __decorate$16([ObjectType("SessionSourceGeo", {
	simpleResolvers: true,
	description: "Fields of a session under `geo`."
})], SessionSourceGeo);
let SessionSource = class SessionSource {};
__decorate$16([Field(() => SessionSourceAs, {
	nullable: true,
	description: "Fields under `as`; null when the session has none of those asked for."
})], SessionSource.prototype, "as", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Captured bytes sent by the source. Searched as `bytes.src`."
})], SessionSource.prototype, "bytes", void 0);
__decorate$16([Field(() => SessionSourceGeo, {
	nullable: true,
	description: "Fields under `geo`; null when the session has none of those asked for."
})], SessionSource.prototype, "geo", void 0);
__decorate$16([Field(() => AddressScalar, {
	nullable: true,
	description: "Address of the sender of the first packet. Searched as `ip.src`."
})], SessionSource.prototype, "ip", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Ethernet addresses of the source. Searched as `mac.src`."
})], SessionSource.prototype, "mac", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of mac.src. Searched as `mac.src.cnt`."
})], SessionSource.prototype, "mac_cnt", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets sent by the source. Searched as `packets.src`."
})], SessionSource.prototype, "packets", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Port of the source. Searched as `port.src`."
})], SessionSource.prototype, "port", void 0);
SessionSource = __decorate$16([ObjectType("SessionSource", {
	simpleResolvers: true,
	description: "Fields of a session under `source`."
})], SessionSource);
let SessionTcpflags = class SessionTcpflags {};
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with ACK and no PSH, SYN, FIN or RST. Searched as `tcpflags.ack`."
})], SessionTcpflags.prototype, "ack", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with AE (accurate ECN). Searched as `tcpflags.ae`."
})], SessionTcpflags.prototype, "ae", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with CWR. Searched as `tcpflags.cwr`."
})], SessionTcpflags.prototype, "cwr", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets of the destination that announce a zero window. Searched as `tcpflags.dstZero`."
})], SessionTcpflags.prototype, "dstZero", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with ECE. Searched as `tcpflags.ece`."
})], SessionTcpflags.prototype, "ece", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with FIN. Searched as `tcpflags.fin`."
})], SessionTcpflags.prototype, "fin", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with PSH. Searched as `tcpflags.psh`."
})], SessionTcpflags.prototype, "psh", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with RST. Searched as `tcpflags.rst`."
})], SessionTcpflags.prototype, "rst", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets of the source that announce a zero window. Searched as `tcpflags.srcZero`."
})], SessionTcpflags.prototype, "srcZero", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with SYN and no ACK. Searched as `tcpflags.syn`."
})], SessionTcpflags.prototype, "syn", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with SYN and ACK. Searched as `tcpflags.syn-ack`."
})], SessionTcpflags.prototype, "syn_ack", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Packets with URG. Searched as `tcpflags.urg`."
})], SessionTcpflags.prototype, "urg", void 0);
SessionTcpflags = __decorate$16([ObjectType("SessionTcpflags", {
	simpleResolvers: true,
	description: "Fields of a session under `tcpflags`."
})], SessionTcpflags);
let SessionTcpseq = class SessionTcpseq {};
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Initial sequence number of the destination. Searched as `tcpseq.dst`."
})], SessionTcpseq.prototype, "dst", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Initial sequence number of the source. Searched as `tcpseq.src`."
})], SessionTcpseq.prototype, "src", void 0);
SessionTcpseq = __decorate$16([ObjectType("SessionTcpseq", {
	simpleResolvers: true,
	description: "Fields of a session under `tcpseq`."
})], SessionTcpseq);
let SessionTls = class SessionTls {};
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Cipher suite that the server chose. Searched as `tls.cipher`."
})], SessionTls.prototype, "cipher", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.cipher. Searched as `tls.cipher.cnt`."
})], SessionTls.prototype, "cipherCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Session id in a server hello, in hex. Searched as `tls.sessionid.dst`."
})], SessionTls.prototype, "dstSessionId", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "MD5 of version, ciphers, extensions, groups and point formats of a client hello. Searched as `tls.ja3`."
})], SessionTls.prototype, "ja3", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja3. Searched as `tls.ja3.cnt`."
})], SessionTls.prototype, "ja3Cnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "MD5 of version, cipher and extensions of a server hello. Searched as `tls.ja3s`."
})], SessionTls.prototype, "ja3s", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja3s. Searched as `tls.ja3s.cnt`."
})], SessionTls.prototype, "ja3sCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Text that JA3S hashes; with ja3Strings. Searched as `tls.ja3sstring`."
})], SessionTls.prototype, "ja3sstring", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja3sstring. Searched as `tls.ja3sstring.cnt`."
})], SessionTls.prototype, "ja3sstringCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Text that JA3 hashes; with ja3Strings. Searched as `tls.ja3string`."
})], SessionTls.prototype, "ja3string", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja3string. Searched as `tls.ja3string.cnt`."
})], SessionTls.prototype, "ja3stringCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "JA4 fingerprint of a client hello. Searched as `tls.ja4`."
})], SessionTls.prototype, "ja4", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja4. Searched as `tls.ja4.cnt`."
})], SessionTls.prototype, "ja4Cnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "JA4 with its lists instead of their hashes; with ja4Raw. Searched as `tls.ja4_r`."
})], SessionTls.prototype, "ja4_r", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.ja4_r. Searched as `tls.ja4_r.cnt`."
})], SessionTls.prototype, "ja4_rCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Session id in a client hello, in hex. Searched as `tls.sessionid.src`."
})], SessionTls.prototype, "srcSessionId", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Version that the server chose. Searched as `tls.version`."
})], SessionTls.prototype, "version", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tls.version. Searched as `tls.version.cnt`."
})], SessionTls.prototype, "versionCnt", void 0);
SessionTls = __decorate$16([ObjectType("SessionTls", {
	simpleResolvers: true,
	description: "Fields of a session under `tls`."
})], SessionTls);
/** Members of a session that come from the field catalogue. */
let SessionFields = class SessionFields {};
__decorate$16([Field(() => [SessionCert], {
	nullable: true,
	description: "Certificates that either side presented."
})], SessionFields.prototype, "cert", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of cert. Searched as `cert.cnt`."
})], SessionFields.prototype, "certCnt", void 0);
__decorate$16([Field(() => SessionClient, {
	nullable: true,
	description: "Fields under `client`; null when the session has none of those asked for."
})], SessionFields.prototype, "client", void 0);
__decorate$16([Field(() => SessionDestination, {
	nullable: true,
	description: "Fields under `destination`; null when the session has none of those asked for."
})], SessionFields.prototype, "destination", void 0);
__decorate$16([Field(() => [SessionDns], {
	nullable: true,
	description: "Questions that the session asked, each with its answers."
})], SessionFields.prototype, "dns", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of dns. Searched as `dns.cnt`."
})], SessionFields.prototype, "dnsCnt", void 0);
__decorate$16([Field(() => SessionDot1ad, {
	nullable: true,
	description: "Fields under `dot1ad`; null when the session has none of those asked for."
})], SessionFields.prototype, "dot1ad", void 0);
__decorate$16([Field(() => SessionDot1q, {
	nullable: true,
	description: "Fields under `dot1q`; null when the session has none of those asked for."
})], SessionFields.prototype, "dot1q", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "Non-zero DSCP values of the destination's first packets. Searched as `dscp.dst`."
})], SessionFields.prototype, "dstDscp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of dscp.dst. Searched as `dscp.dst.cnt`."
})], SessionFields.prototype, "dstDscpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Makers of the destination's Ethernet addresses (needs ouiFile). Searched as `oui.dst`."
})], SessionFields.prototype, "dstOui", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of oui.dst. Searched as `oui.dst.cnt`."
})], SessionFields.prototype, "dstOuiCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: Dst outer IP (needs geoLite2ASN). Searched as `outerip.dst.asn`."
})], SessionFields.prototype, "dstOuterASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: Dst outer IP (needs geoLite2Country). Searched as `outerip.dst.country`."
})], SessionFields.prototype, "dstOuterGEO", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses around a tunnel, of the destination. Searched as `outerip.dst`."
})], SessionFields.prototype, "dstOuterIp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outerip.dst. Searched as `outerip.dst.cnt`."
})], SessionFields.prototype, "dstOuterIpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Ethernet addresses around a tunnel, of the destination. Searched as `outermac.dst`."
})], SessionFields.prototype, "dstOuterMac", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outermac.dst. Searched as `outermac.dst.cnt`."
})], SessionFields.prototype, "dstOuterMac_cnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Makers of the Ethernet addresses around a tunnel, of the destination (needs ouiFile). Searched as `outeroui.dst`."
})], SessionFields.prototype, "dstOuterOui", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outeroui.dst. Searched as `outeroui.dst.cnt`."
})], SessionFields.prototype, "dstOuterOuiCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: Dst outer IP (needs rirFile). Searched as `outerip.dst.rir`."
})], SessionFields.prototype, "dstOuterRIR", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "First 8 payload bytes of the destination, in hex. Searched as `payload8.dst.hex`."
})], SessionFields.prototype, "dstPayload8", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Regional internet registry of the destination's IPv4 address (needs rirFile). Searched as `rir.dst`."
})], SessionFields.prototype, "dstRIR", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "IP time to live or hop limit of the destination's first packets. Searched as `ttl.dst`."
})], SessionFields.prototype, "dstTTL", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ttl.dst. Searched as `ttl.dst.cnt`."
})], SessionFields.prototype, "dstTTLCnt", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Ethertype of the innermost frame. Searched as `ethertype`."
})], SessionFields.prototype, "ethertype", void 0);
__decorate$16([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Time of the first packet of the flow. Searched as `starttime`."
})], SessionFields.prototype, "firstPacket", void 0);
__decorate$16([Field(() => SessionHttp, {
	nullable: true,
	description: "Fields under `http`; null when the session has none of those asked for."
})], SessionFields.prototype, "http", void 0);
__decorate$16([Field(() => SessionIcmp, {
	nullable: true,
	description: "Fields under `icmp`; null when the session has none of those asked for."
})], SessionFields.prototype, "icmp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Milliseconds from SYN to the first pure ACK, halved. Searched as `initRTT`."
})], SessionFields.prototype, "initRTT", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "IP protocol number or name (IANA). Searched as `ip.protocol`."
})], SessionFields.prototype, "ipProtocol", void 0);
__decorate$16([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Time of the last packet of the segment. Searched as `stoptime`."
})], SessionFields.prototype, "lastPacket", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Milliseconds from first to last packet. Searched as `session.length`."
})], SessionFields.prototype, "length", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Bytes of the TCP streams that no captured packet holds although later ones or the receiver's acknowledgements show that they were sent; only where the handshake was captured. Searched as `bytes.missed`."
})], SessionFields.prototype, "missedBytes", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Of the missed bytes, those of a session during which this capture lost packets by its own account; the others never came to its interface. Searched as `bytes.missed.lost`."
})], SessionFields.prototype, "missedBytesLost", void 0);
__decorate$16([Field(() => SessionNetwork, {
	nullable: true,
	description: "Fields under `network`; null when the session has none of those asked for."
})], SessionFields.prototype, "network", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Name of the node that captured or imported the session. Searched as `node`."
})], SessionFields.prototype, "node", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Protocols recognised in the session. Searched as `protocols`."
})], SessionFields.prototype, "protocol", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of protocols. Searched as `protocols.cnt`."
})], SessionFields.prototype, "protocolCnt", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Id of the first segment of the same flow. Searched as `rootId`."
})], SessionFields.prototype, "rootId", void 0);
__decorate$16([Field(() => SessionSctp, {
	nullable: true,
	description: "Fields under `sctp`; null when the session has none of those asked for."
})], SessionFields.prototype, "sctp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of this segment in its flow, from 1. Searched as `session.segments`."
})], SessionFields.prototype, "segmentCnt", void 0);
__decorate$16([Field(() => SessionServer, {
	nullable: true,
	description: "Fields under `server`; null when the session has none of those asked for."
})], SessionFields.prototype, "server", void 0);
__decorate$16([Field(() => SessionSocks, {
	nullable: true,
	description: "Fields under `socks`; null when the session has none of those asked for."
})], SessionFields.prototype, "socks", void 0);
__decorate$16([Field(() => SessionSource, {
	nullable: true,
	description: "Fields under `source`; null when the session has none of those asked for."
})], SessionFields.prototype, "source", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "Non-zero DSCP values of the source's first packets. Searched as `dscp.src`."
})], SessionFields.prototype, "srcDscp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of dscp.src. Searched as `dscp.src.cnt`."
})], SessionFields.prototype, "srcDscpCnt", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Different initial sequence numbers that the source used. Searched as `tcp.srcISNCnt`."
})], SessionFields.prototype, "srcISNCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Makers of the source's Ethernet addresses (needs ouiFile). Searched as `oui.src`."
})], SessionFields.prototype, "srcOui", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of oui.src. Searched as `oui.src.cnt`."
})], SessionFields.prototype, "srcOuiCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Autonomous systems of the addresses: Src outer IP (needs geoLite2ASN). Searched as `outerip.src.asn`."
})], SessionFields.prototype, "srcOuterASN", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Countries of the addresses, ISO 3166-1 alpha-2: Src outer IP (needs geoLite2Country). Searched as `outerip.src.country`."
})], SessionFields.prototype, "srcOuterGEO", void 0);
__decorate$16([Field(() => [AddressScalar], {
	nullable: true,
	description: "Addresses around a tunnel, of the source. Searched as `outerip.src`."
})], SessionFields.prototype, "srcOuterIp", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outerip.src. Searched as `outerip.src.cnt`."
})], SessionFields.prototype, "srcOuterIpCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Ethernet addresses around a tunnel, of the source. Searched as `outermac.src`."
})], SessionFields.prototype, "srcOuterMac", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outermac.src. Searched as `outermac.src.cnt`."
})], SessionFields.prototype, "srcOuterMac_cnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Makers of the Ethernet addresses around a tunnel, of the source (needs ouiFile). Searched as `outeroui.src`."
})], SessionFields.prototype, "srcOuterOui", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of outeroui.src. Searched as `outeroui.src.cnt`."
})], SessionFields.prototype, "srcOuterOuiCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Regional internet registries of the IPv4 addresses: Src outer IP (needs rirFile). Searched as `outerip.src.rir`."
})], SessionFields.prototype, "srcOuterRIR", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "First 8 payload bytes of the source, in hex. Searched as `payload8.src.hex`."
})], SessionFields.prototype, "srcPayload8", void 0);
__decorate$16([Field(() => String, {
	nullable: true,
	description: "Regional internet registry of the source's IPv4 address (needs rirFile). Searched as `rir.src`."
})], SessionFields.prototype, "srcRIR", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "IP time to live or hop limit of the source's first packets. Searched as `ttl.src`."
})], SessionFields.prototype, "srcTTL", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of ttl.src. Searched as `ttl.src.cnt`."
})], SessionFields.prototype, "srcTTLCnt", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "Tags set by dissectors, rules and people. Searched as `tags`."
})], SessionFields.prototype, "tags", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of tags. Searched as `tags.cnt`."
})], SessionFields.prototype, "tagsCnt", void 0);
__decorate$16([Field(() => Boolean, {
	nullable: true,
	description: "The SYN-ACK was acknowledged. Searched as `tcp.synAckValidated`."
})], SessionFields.prototype, "tcpSynAckValidated", void 0);
__decorate$16([Field(() => Boolean, {
	nullable: true,
	description: "The SYN was acknowledged by a SYN-ACK. Searched as `tcp.synValidated`."
})], SessionFields.prototype, "tcpSynValidated", void 0);
__decorate$16([Field(() => SessionTcpflags, {
	nullable: true,
	description: "Fields under `tcpflags`; null when the session has none of those asked for."
})], SessionFields.prototype, "tcpflags", void 0);
__decorate$16([Field(() => SessionTcpseq, {
	nullable: true,
	description: "Fields under `tcpseq`; null when the session has none of those asked for."
})], SessionFields.prototype, "tcpseq", void 0);
__decorate$16([Field(() => SessionTls, {
	nullable: true,
	description: "Fields under `tls`; null when the session has none of those asked for."
})], SessionFields.prototype, "tls", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Payload bytes of both directions. Searched as `databytes`."
})], SessionFields.prototype, "totDataBytes", void 0);
__decorate$16([Field(() => [String], {
	nullable: true,
	description: "User names seen in the session. Searched as `user`."
})], SessionFields.prototype, "user", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of user. Searched as `user.cnt`."
})], SessionFields.prototype, "userCnt", void 0);
__decorate$16([Field(() => [LongScalar], {
	nullable: true,
	description: "Virtual network ids of VXLAN and Geneve. Searched as `vni`."
})], SessionFields.prototype, "vni", void 0);
__decorate$16([Field(() => LongScalar, {
	nullable: true,
	description: "Number of values of vni. Searched as `vni.cnt`."
})], SessionFields.prototype, "vniCnt", void 0);
SessionFields = __decorate$16([ObjectType("SessionFields", { simpleResolvers: true })], SessionFields);

// dist/graphql/session/session.type.js
var __decorate$15 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** One session, or one segment of a long one. */
let Session = class Session extends SessionFields {};
__decorate$15([Field(() => ID, { description: "Identity of the session: the same whenever and wherever the same packets are imported." })], Session.prototype, "id", void 0);
Session = __decorate$15([ObjectType("Session", {
	simpleResolvers: true,
	description: "One session (a segment of it when it was long), with the fields that dissectors found."
})], Session);
/** A value by field name. */
let NamedValue = class NamedValue {};
__decorate$15([Field(() => String, { description: "The name as asked for." })], NamedValue.prototype, "name", void 0);
__decorate$15([Field(() => String, { description: "Document path of the field." })], NamedValue.prototype, "path", void 0);
__decorate$15([Field(() => JsonScalar, {
	nullable: true,
	description: "Its value; null when the session has none, or you may not see it."
})], NamedValue.prototype, "value", void 0);
NamedValue = __decorate$15([ObjectType("NamedValue", {
	simpleResolvers: true,
	description: "The value of a field that was asked for by name."
})], NamedValue);
/** A session and its cursor. */
let SessionEdge = class SessionEdge {
	#cursor;
	constructor(node, cursor) {
		this.node = node;
		this.#cursor = cursor;
	}
	/** Sealed when it is asked for. */
	get cursor() {
		return this.#cursor();
	}
};
__decorate$15([Field(() => Session, { description: "The session." })], SessionEdge.prototype, "node", void 0);
__decorate$15([Field(() => String, { description: "Opaque position for `after`; valid for the same expression, filter, time range and order." })], SessionEdge.prototype, "cursor", null);
SessionEdge = __decorate$15([ObjectType("SessionEdge", {
	simpleResolvers: true,
	description: "A session in a list."
})], SessionEdge);
/** Where a page is in its list. */
let PageInfo = class PageInfo {};
__decorate$15([Field(() => Boolean, { description: "Whether there are items after this page." })], PageInfo.prototype, "hasNextPage", void 0);
__decorate$15([Field(() => Boolean, { description: "Whether this page began after a cursor." })], PageInfo.prototype, "hasPreviousPage", void 0);
__decorate$15([Field(() => String, {
	nullable: true,
	description: "Cursor of the first item; null on an empty page."
})], PageInfo.prototype, "startCursor", void 0);
__decorate$15([Field(() => String, {
	nullable: true,
	description: "Cursor of the last item; null on an empty page."
})], PageInfo.prototype, "endCursor", void 0);
PageInfo = __decorate$15([ObjectType("PageInfo", {
	simpleResolvers: true,
	description: "Where a page is in its list (Relay)."
})], PageInfo);
/** Whether a count is exact. */
var CountRelation;
(function(CountRelation) {
	CountRelation["EQ"] = "EQ";
	CountRelation["GTE"] = "GTE";
})(CountRelation || (CountRelation = {}));
registerEnumType(CountRelation, {
	name: "CountRelation",
	description: "Whether a count is exact.",
	valuesConfig: {
		EQ: { description: "Exactly this many." },
		GTE: { description: "At least this many." }
	}
});
/** How many sessions match. */
let TotalCount = class TotalCount {};
__decorate$15([Field(() => LongScalar, { description: "The count." })], TotalCount.prototype, "value", void 0);
__decorate$15([Field(() => CountRelation, { description: "Whether it is exact." })], TotalCount.prototype, "relation", void 0);
TotalCount = __decorate$15([ObjectType("TotalCount", {
	simpleResolvers: true,
	description: "How many sessions match."
})], TotalCount);
/** A page of sessions. */
let SessionConnection = class SessionConnection extends Answer {};
__decorate$15([Field(() => [SessionEdge], { description: "The sessions with their cursors, in order." })], SessionConnection.prototype, "edges", void 0);
__decorate$15([Field(() => [Session], { description: "The sessions without cursors, in order." })], SessionConnection.prototype, "nodes", void 0);
__decorate$15([Field(() => PageInfo, { description: "Where the page is in the list." })], SessionConnection.prototype, "pageInfo", void 0);
__decorate$15([Field(() => TotalCount, {
	nullable: true,
	description: "How many sessions match in all; counting them costs a scan, so ask for it only on the first page."
})], SessionConnection.prototype, "totalCount", void 0);
SessionConnection = __decorate$15([ObjectType("SessionConnection", {
	simpleResolvers: true,
	implements: Answer,
	description: "A page of sessions (Relay)."
})], SessionConnection);
/** One session as an answer. */
let SessionAnswer = class SessionAnswer extends Answer {};
__decorate$15([Field(() => Session, {
	nullable: true,
	description: "The session; null when there is none of this id that you may see."
})], SessionAnswer.prototype, "session", void 0);
SessionAnswer = __decorate$15([ObjectType("SessionAnswer", {
	simpleResolvers: true,
	implements: Answer,
	description: "One session."
})], SessionAnswer);
/** How much of a session's packets is still stored. */
var PacketAvailability;
(function(PacketAvailability) {
	PacketAvailability["ALL"] = "ALL";
	PacketAvailability["SOME"] = "SOME";
	PacketAvailability["NONE"] = "NONE";
})(PacketAvailability || (PacketAvailability = {}));
registerEnumType(PacketAvailability, {
	name: "PacketAvailability",
	description: "How much of a session's packets is still stored.",
	valuesConfig: {
		ALL: { description: "Every packet file that holds packets of it is there." },
		SOME: { description: "Some of its packet files are gone: deleted by retention, or not on the disk." },
		NONE: { description: "No packet of it is left, or none was ever kept." }
	}
});
/** Which side sent a packet. */
var PacketDirection;
(function(PacketDirection) {
	PacketDirection["SOURCE"] = "SOURCE";
	PacketDirection["DESTINATION"] = "DESTINATION";
})(PacketDirection || (PacketDirection = {}));
registerEnumType(PacketDirection, {
	name: "PacketDirection",
	description: "Which side of the session sent a packet.",
	valuesConfig: {
		SOURCE: { description: "The side that the session counts as source." },
		DESTINATION: { description: "The other side." }
	}
});
/** Where a packet is stored. */
let Packet = class Packet {};
__decorate$15([Field(() => Int, { description: "Position in the session, from 0." })], Packet.prototype, "index", void 0);
__decorate$15([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Time of the packet, to the millisecond; null when its record cannot be read any more."
})], Packet.prototype, "time", void 0);
__decorate$15([Field(() => Int, {
	nullable: true,
	description: "Nanoseconds to add to `time`."
})], Packet.prototype, "nanoseconds", void 0);
__decorate$15([Field(() => LongScalar, {
	nullable: true,
	description: "Length on the wire in bytes; null when the record cannot be read."
})], Packet.prototype, "length", void 0);
__decorate$15([Field(() => LongScalar, {
	nullable: true,
	description: "Bytes stored; less than `length` when the capture was cut."
})], Packet.prototype, "capturedLength", void 0);
__decorate$15([Field(() => PacketDirection, {
	nullable: true,
	description: "Which side sent it, as the packet itself says (tunnels are looked into, fragments joined); null when the packet cannot be read any more, when it is of neither side, and in sessions without addresses. Finding it reads the packets whole."
})], Packet.prototype, "direction", void 0);
__decorate$15([Field(() => LongScalar, { description: "Number of the packet file in `captureFiles`." })], Packet.prototype, "fileId", void 0);
__decorate$15([Field(() => String, {
	nullable: true,
	description: "Name of the packet file, as `file ==` matches it; null when the catalogue has no such file."
})], Packet.prototype, "file", void 0);
__decorate$15([Field(() => LongScalar, { description: "Offset in the file of the packet's record (pcap) or block (pcapng), in bytes." })], Packet.prototype, "offset", void 0);
__decorate$15([Field(() => String, {
	nullable: true,
	description: "Why the record cannot be read; null when it can."
})], Packet.prototype, "missing", void 0);
Packet = __decorate$15([ObjectType("Packet", {
	simpleResolvers: true,
	description: "One packet of a session and where it is stored."
})], Packet);
/** The packets of a session. */
let PacketList = class PacketList extends Answer {};
__decorate$15([Field(() => [Packet], { description: "The packets." })], PacketList.prototype, "packets", void 0);
__decorate$15([Field(() => LongScalar, { description: "How many packets of the session are stored in all." })], PacketList.prototype, "total", void 0);
PacketList = __decorate$15([ObjectType("PacketList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Packets of a session in order of capture."
})], PacketList);
/** Direction of an order. */
var SortDirection;
(function(SortDirection) {
	SortDirection["ASC"] = "asc";
	SortDirection["DESC"] = "desc";
})(SortDirection || (SortDirection = {}));
registerEnumType(SortDirection, {
	name: "SortDirection",
	description: "Direction of an order. Sessions without a value come last either way.",
	valuesConfig: {
		ASC: { description: "Smallest first." },
		DESC: { description: "Largest first." }
	}
});
/** One sort key. */
let SessionOrderInput = class SessionOrderInput {};
__decorate$15([Field(() => String, { description: "Search name of a field with one value per session, `starttime`, `bytes`." })], SessionOrderInput.prototype, "field", void 0);
__decorate$15([Field(() => SortDirection, {
	defaultValue: SortDirection.DESC,
	description: "Direction."
})], SessionOrderInput.prototype, "direction", void 0);
SessionOrderInput = __decorate$15([InputType("SessionOrder", { description: "One key of an order." })], SessionOrderInput);

// dist/graphql/session/session-rows.js
/** The members of a session that this user may see. */
function shapeFor(context) {
	const shape = shapeOf(context.services.fields);
	return context.scope.hiddenFields.size === 0 ? shape : visibleShape(shape, (field) => context.isHidden(field));
}
/** Fields that `field(name:)` and `fields(names:)` in a selection read; names that do not resolve fail in the resolver. */
function fieldsByName(selection, context) {
	const names = /* @__PURE__ */ new Set();
	for (const { name, args } of selection) {
		const given = name === "field" ? [args["name"]] : name === "fields" ? args["names"] : [];
		if (!Array.isArray(given)) continue;
		for (const item of boundedList("names", given, LIMITS.fieldNames)) if (typeof item === "string") names.add(item);
	}
	return [...names].map((name) => context.field(name));
}
/** Members of a session that are worked out from the packet files it is in. */
const FROM_PACKET_FILES = ["packetsAvailable", "packetAvailability"];
/** The column that members of the selection are worked out from, where one of them is. */
function needsPacketFiles(selection) {
	return selection.some(({ name }) => FROM_PACKET_FILES.includes(name)) ? [PACKET_FILES_FIELD] : [];
}
/** A session of an answer. */
function sessionOf(id, members, source) {
	return Object.assign(new Session(), members, {
		id,
		source_: source
	});
}

// dist/graphql/session/arriving.resolver.js
var __decorate$14 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$7 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Sessions told at once, at most; there is one answer a second. */
const MOST_TOLD = 100;
/** A search of a handful of segments, a second, for as long as it goes on. */
const WATCH_COST = 1e3;
/** Which sessions to tell of. */
let SessionsArrivingArgs = class SessionsArrivingArgs {};
__decorate$14([Field(() => String, {
	nullable: true,
	description: "A search expression; with `filter` both must hold. Nothing, or empty: every session."
})], SessionsArrivingArgs.prototype, "expression", void 0);
__decorate$14([Field(() => SessionFilterInput, {
	nullable: true,
	description: "A filter as an object."
})], SessionsArrivingArgs.prototype, "filter", void 0);
SessionsArrivingArgs = __decorate$14([ArgsType()], SessionsArrivingArgs);
/** Sessions of one second. */
let SessionsArriving = class SessionsArriving extends Answer {};
__decorate$14([Field(() => [Session], { description: "At most 100 of them, newest last packet first." })], SessionsArriving.prototype, "sessions", void 0);
__decorate$14([Field(() => LongScalar, { description: "Matching sessions that arrived and are not in the list: more than 100 in a second, or more than a slow reader is told. Ask `sessions` for them." })], SessionsArriving.prototype, "more", void 0);
SessionsArriving = __decorate$14([ObjectType("SessionsArriving", {
	simpleResolvers: true,
	implements: Answer,
	description: "Sessions that arrived within about a second. A session that goes on is told again with its next row, under the same id."
})], SessionsArriving);
/** What arrives and matches. What is wrong with the request is thrown at once, before anything is streamed. */
function matches(args, context) {
	return matching(sessionFilterOf(args, context), context.services.arrivals.subscribe(context.user.name, context.signal), context);
}
/** Nothing is told of a second without a match. A search that fails is told as the error of one answer; the next may not. */
async function* matching(filter, arrivals, context) {
	for await (const { segments, leftOut } of arrivals) try {
		const { total } = await context.services.store.search({
			...filter,
			segments,
			fields: [],
			order: [],
			limit: 1,
			after: null,
			countTotal: true
		}, context.read);
		if ((total?.value ?? 0) > 0 || leftOut) yield {
			kind: "found",
			segments,
			total: total?.value ?? 0,
			leftOut
		};
	} catch (error) {
		if (context.signal.aborted) return;
		yield {
			kind: "failed",
			error
		};
	}
}
/** Sessions as they arrive. */
let SessionsArrivingResolver = class SessionsArrivingResolver {
	async sessionsArriving(found, args, context, info) {
		if (found.kind === "failed") throw found.error;
		const selected = selectionAt(selectionOf(info), "sessions");
		const projection = new Projection(shapeFor(context), selected, [...fieldsByName(selected, context), ...needsPacketFiles(selected)]);
		const { rows } = await context.services.store.search({
			...sessionFilterOf(args, context),
			segments: found.segments,
			fields: projection.fields,
			order: [{
				field: context.field("stoptime"),
				direction: "desc"
			}],
			limit: MOST_TOLD,
			after: null,
			countTotal: false
		}, context.read);
		return {
			...answered(context),
			sessions: rows.map((row) => sessionOf(row.id, projection.row(row.values), {
				kind: "row",
				values: row.values
			})),
			more: Math.max(0, found.total - rows.length) + (found.leftOut ? 1 : 0)
		};
	}
};
__decorate$14([
	Subscription(() => SessionsArriving, {
		complexity: ({ childComplexity }) => WATCH_COST + childComplexity,
		subscribe: ({ args, context }) => matches(args, context),
		description: "Sessions that match, as they arrive: captured live, with those that are open after `openSessionFlush`, or imported. At most 10 of a user at a time."
	}),
	__param$7(0, Root()),
	__param$7(1, Args(() => SessionsArrivingArgs)),
	__param$7(2, Ctx()),
	__param$7(3, Info())
], SessionsArrivingResolver.prototype, "sessionsArriving", null);
SessionsArrivingResolver = __decorate$14([Resolver()], SessionsArrivingResolver);

// dist/graphql/cursor.js
const MAC_BYTES = 16;
/** Longest cursor that is looked at. Sort values are bounded by the store's column values in practice. */
const MAX_CURSOR = 16384;
/** Hash of what a cursor belongs to: the query's arguments, in any JSON form that is the same for the same query. */
function queryHash(parts) {
	return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}
/**
* Makes and reads page cursors. A cursor is `payload.mac`: base64url of the JSON `[queryHash, id, …sort values]`, and
* the first 16 bytes of its HMAC-SHA-256, so that a client can neither read a meaning into it nor change it unnoticed.
*/
var CursorSeal = class {
	#key;
	constructor(key) {
		this.#key = key;
	}
	#mac(payload) {
		return createHmac("sha256", this.#key).update("cursor\0").update(payload).digest().subarray(0, MAC_BYTES);
	}
	/** The cursor of a position in the query of `hash`. */
	seal(hash, at) {
		const payload = Buffer.from(JSON.stringify([
			hash,
			at.id,
			...at.values
		])).toString("base64url");
		return `${payload}.${this.#mac(payload).toString("base64url")}`;
	}
	/** The position of a cursor. CURSOR_INVALID when it was altered or belongs to another query. */
	open(hash, cursor, sortKeys) {
		const dot = cursor.indexOf(".");
		if (cursor.length > MAX_CURSOR || dot < 0) throw altered();
		const payload = cursor.slice(0, dot);
		const mac = Buffer.from(cursor.slice(dot + 1), "base64url");
		if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.#mac(payload))) throw altered();
		const parts = JSON.parse(Buffer.from(payload, "base64url").toString());
		if (!Array.isArray(parts)) throw altered();
		const [made, id, ...values] = parts;
		if (made !== hash) throw new LookbackError("CURSOR_INVALID", "this cursor belongs to another query: expression, filter, time range and order must stay the same from page to page");
		if (typeof id !== "string" || values.length !== sortKeys || !values.every(isSortValue)) throw altered();
		return {
			id,
			values
		};
	}
};
function isSortValue(value) {
	return value === null || typeof value === "number" || typeof value === "string";
}
function altered() {
	return new LookbackError("CURSOR_INVALID", "this is no cursor of this server, or it was altered");
}

// dist/graphql/session/packet-list.js
/** The ends of the one session that a filter names; null when it has none, or this user may not see them. */
async function endsOf(filter, context) {
	const fields = [
		"source.ip",
		"source.port",
		"destination.ip",
		"destination.port"
	].map((path) => context.services.fields.byPath(path)).filter((field) => field !== null);
	const { rows } = await context.services.store.search({
		...filter,
		fields,
		order: [],
		limit: 1,
		after: null,
		countTotal: false
	}, context.read);
	const [source, sourcePort, destination, destinationPort] = fields.map(({ path }) => rows[0]?.values.get(path) ?? null);
	if (typeof source !== "string" || typeof destination !== "string" || fields.some((field) => context.isHidden(field))) return null;
	return {
		source,
		sourcePort: Number(sourcePort ?? 0),
		destination,
		destinationPort: Number(destinationPort ?? 0)
	};
}
/**
* Part of the packets of the one session that a filter names, and how many there are. `withDirections`: whether to read
* them whole to find who sent each.
*/
async function packetsOf(filter, first, offset, withDirections, context) {
	const { store, packetHeads, captureFiles } = context.services;
	let refs = [];
	for await (const batch of store.streamPackets(filter, context.read)) refs = [...refs, ...batch.flatMap((session) => session.packets)];
	const part = refs.slice(offset, offset + first);
	const heads = packetHeads === null ? null : await packetHeads.describe(part, withDirections ? await endsOf(filter, context) : null, context.signal);
	const names = /* @__PURE__ */ new Map();
	const nameOf = (fileId) => {
		if (context.user.rights.hideFiles) return null;
		let name = names.get(fileId);
		if (name === void 0) {
			name = captureFiles.find(fileId)?.name ?? null;
			names.set(fileId, name);
		}
		return name;
	};
	return {
		packets: part.map((ref, at) => {
			const head = heads?.[at] ?? null;
			return {
				index: offset + at,
				time: head?.timeMs ?? null,
				nanoseconds: head === null || head.timeMs === null ? null : head.nanos,
				length: head?.originalLength ?? null,
				capturedLength: head?.capturedLength ?? null,
				direction: head === null || head.fromSource === null ? null : head.fromSource ? PacketDirection.SOURCE : PacketDirection.DESTINATION,
				fileId: ref.fileId,
				file: nameOf(ref.fileId),
				offset: ref.offset,
				missing: head === null ? "packet headers cannot be read here" : head.missing
			};
		}),
		total: refs.length
	};
}

// dist/graphql/session/session.args.js
var __decorate$13 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Sessions in a page when none is named. */
const DEFAULT_PAGE = 50;
/** A page of sessions. */
let SessionsArgs = class SessionsArgs extends SearchArgs {};
__decorate$13([Field(() => [SessionOrderInput], {
	nullable: true,
	description: "Order, at most 4 keys; left out: newest last packet first. Ties are in order of id."
})], SessionsArgs.prototype, "order", void 0);
__decorate$13([Field(() => Int, {
	defaultValue: 50,
	description: "Sessions in the page, 1 to 1000."
})], SessionsArgs.prototype, "first", void 0);
__decorate$13([Field(() => String, {
	nullable: true,
	description: "Cursor of the session after which the page begins."
})], SessionsArgs.prototype, "after", void 0);
SessionsArgs = __decorate$13([ArgsType()], SessionsArgs);

// dist/graphql/session/session.resolver.js
var __decorate$12 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$6 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Values of a page are counted as a twentieth of a unit each: a page of 100 with 20 fields costs about 110. */
const VALUES_PER_UNIT = 20;
function pageCost({ args, childComplexity }) {
	const first = typeof args["first"] === "number" ? args["first"] : 50;
	return 10 + Math.max(0, first) * childComplexity / VALUES_PER_UNIT;
}
/** The keys of an order. BAD_INPUT for a field with several values. */
function sortKeysOf(order, context) {
	const keys = order ?? [];
	if (keys.length === 0) return [{
		field: context.field("stoptime"),
		direction: "desc"
	}];
	return boundedList("order", keys, LIMITS.sortKeys).map(({ field: name, direction }) => {
		const field = context.field(name);
		if (field.shape !== "one" || field.object !== "" || field.view !== null) throw new LookbackError("BAD_INPUT", `${name} has several values per session; an order needs a field with one`, { field: name });
		return {
			field,
			direction
		};
	});
}
/** Packet files already asked for in an operation, as many as the limits of a page let there be. */
const askedFiles = /* @__PURE__ */ new WeakMap();
function availabilityOf({ source_: source }, context) {
	const { path } = PACKET_FILES_FIELD;
	const value = source.kind === "row" ? source.values.get(path) : source.document[path];
	const ids = Array.isArray(value) ? value.filter((id) => typeof id === "number") : [];
	const asked = askedFiles.get(context) ?? /* @__PURE__ */ new Map();
	askedFiles.set(context, asked);
	let there = 0;
	for (const id of ids) {
		const known = asked.get(id) ?? context.services.hasPackets(id);
		asked.set(id, known);
		if (known) there += 1;
	}
	if (there === 0) return PacketAvailability.NONE;
	return there === ids.length ? PacketAvailability.ALL : PacketAvailability.SOME;
}
function namedValue(session, name, context) {
	const { path } = context.field(name);
	const { source_: source } = session;
	return {
		name,
		path,
		value: source.kind === "row" ? source.values.get(path) ?? null : valueInDocument(source.document, path)
	};
}
/** Sessions: lists and single ones. */
let SessionResolver = class SessionResolver {
	async sessions(args, context, info) {
		context.require("search");
		const limit = bounded("first", args.first, 1, LIMITS.pageSize);
		const order = sortKeysOf(args.order, context);
		const filter = sessionFilterOf(args, context);
		const seal = new CursorSeal(context.services.signingKey);
		const hash = queryHash([
			"sessions",
			args.expression?.trim() ?? "",
			args.filter ?? null,
			filter.range,
			order.map((key) => [key.field.path, key.direction])
		]);
		const after = typeof args.after === "string" ? seal.open(hash, args.after, order.length) : null;
		const selection = selectionOf(info);
		const selected = [...selectionAt(selection, "edges", "node"), ...selectionAt(selection, "nodes")];
		const projection = new Projection(shapeFor(context), selected, [...fieldsByName(selected, context), ...needsPacketFiles(selected)]);
		const countTotal = selects(selection, "totalCount");
		const found = await context.services.store.search({
			...filter,
			fields: projection.fields,
			order,
			limit,
			after,
			countTotal
		}, context.read);
		const edges = found.rows.map((row, at) => {
			const session = sessionOf(row.id, projection.row(row.values), {
				kind: "row",
				values: row.values
			});
			return new SessionEdge(session, () => seal.seal(hash, {
				id: row.id,
				values: found.sortValues[at] ?? []
			}));
		});
		const { total } = found;
		return {
			...answered(context, filter.range),
			edges,
			nodes: edges.map((edge) => edge.node),
			pageInfo: {
				hasNextPage: found.hasMore,
				hasPreviousPage: after !== null,
				startCursor: edges[0]?.cursor ?? null,
				endCursor: edges[edges.length - 1]?.cursor ?? null
			},
			totalCount: total === null ? null : {
				value: total.value,
				relation: total.relation === "EQ" ? CountRelation.EQ : CountRelation.GTE
			}
		};
	}
	async session(id, context) {
		context.require("search");
		const document = await context.services.store.get(sessionId(id), context.read);
		if (document === null) return {
			...answered(context),
			session: null
		};
		return {
			...answered(context),
			session: sessionOf(sessionId(id), projectDocument(document, shapeFor(context)), {
				kind: "document",
				document
			})
		};
	}
	field(session, name, context) {
		return namedValue(session, name, context).value;
	}
	fields(session, names, context) {
		return boundedList("names", names, LIMITS.fieldNames).map((name) => namedValue(session, name, context));
	}
	packetsAvailable(session, context) {
		return availabilityOf(session, context) === PacketAvailability.ALL;
	}
	packetAvailability(session, context) {
		return availabilityOf(session, context);
	}
	async packets(session, first, offset, context, info) {
		bounded("first", first, 1, LIMITS.packets);
		bounded("offset", offset, 0, Number.MAX_SAFE_INTEGER);
		const count = context.noteRead(rootNameOf(info), "packets.list", { session: session.id }, true);
		const filter = {
			expression: {
				node: "ids",
				ids: [session.id]
			},
			range: ALL_TIME
		};
		const found = await packetsOf(filter, first, offset, selects(selectionAt(selectionOf(info), "packets"), "direction"), context);
		count({
			items: found.packets.length,
			total: found.total
		});
		return {
			...answered(context),
			...found
		};
	}
};
__decorate$12([
	Query(() => SessionConnection, {
		complexity: pageCost,
		description: "Sessions that match, a page at a time. Only the fields selected are read."
	}),
	__param$6(0, Args(() => SessionsArgs)),
	__param$6(1, Ctx()),
	__param$6(2, Info())
], SessionResolver.prototype, "sessions", null);
__decorate$12([
	Query(() => SessionAnswer, {
		complexity: ({ childComplexity }) => 20 + childComplexity,
		description: "One session with all its fields."
	}),
	__param$6(0, Arg("id", () => ID, { description: "Identity of the session." })),
	__param$6(1, Ctx())
], SessionResolver.prototype, "session", null);
__decorate$12([
	FieldResolver(() => JsonScalar, {
		nullable: true,
		description: "The value of one field by its search name or `db:` and its path; for fields that configuration defines, and for programs that learn names from `fields`."
	}),
	__param$6(0, Root()),
	__param$6(1, Arg("name", () => String, { description: "Search name, or `db:` and a document path." })),
	__param$6(2, Ctx())
], SessionResolver.prototype, "field", null);
__decorate$12([
	FieldResolver(() => [NamedValue], { description: "Values of several fields by name." }),
	__param$6(0, Root()),
	__param$6(1, Arg("names", () => [String], { description: "Search names, or `db:` and document paths; at most 200." })),
	__param$6(2, Ctx())
], SessionResolver.prototype, "fields", null);
__decorate$12([
	FieldResolver(() => Boolean, { description: "Whether every packet of the session is still stored, now. Searched as `packetsAvailable`." }),
	__param$6(0, Root()),
	__param$6(1, Ctx())
], SessionResolver.prototype, "packetsAvailable", null);
__decorate$12([
	FieldResolver(() => PacketAvailability, { description: "How much of the session's packets is still stored, now." }),
	__param$6(0, Root()),
	__param$6(1, Ctx())
], SessionResolver.prototype, "packetAvailability", null);
__decorate$12([
	FieldResolver(() => PacketList, {
		complexity: ({ args }) => 200 + (typeof args["first"] === "number" ? args["first"] / VALUES_PER_UNIT : 0),
		description: "The session's packets: when, how long, and where they are stored. The bytes are got by `createExport`."
	}),
	__param$6(0, Root()),
	__param$6(1, Arg("first", () => Int, {
		defaultValue: 100,
		description: "Packets in the list, 1 to 10000."
	})),
	__param$6(2, Arg("offset", () => Int, {
		defaultValue: 0,
		description: "Packets to skip."
	})),
	__param$6(3, Ctx()),
	__param$6(4, Info())
], SessionResolver.prototype, "packets", null);
SessionResolver = __decorate$12([Resolver(() => Session)], SessionResolver);

// dist/graphql/shipping/shipping.type.js
var __decorate$11 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Why sessions wait. */
let ShippingErrorInfo = class ShippingErrorInfo {};
__decorate$11([Field(() => String, { description: "Stable code; docs/errors.md says what to do." })], ShippingErrorInfo.prototype, "code", void 0);
__decorate$11([Field(() => String, { description: "What happened." })], ShippingErrorInfo.prototype, "message", void 0);
__decorate$11([Field(() => DateTimeScalar, { description: "When." })], ShippingErrorInfo.prototype, "at", void 0);
ShippingErrorInfo = __decorate$11([ObjectType("ShippingError", {
	simpleResolvers: true,
	description: "Why sessions wait for the search cluster."
})], ShippingErrorInfo);
/** The way of sessions to a search cluster. */
let ShippingInfo = class ShippingInfo extends Answer {};
__decorate$11([Field(() => Boolean, { description: "Whether a shipper runs." })], ShippingInfo.prototype, "running", void 0);
__decorate$11([Field(() => LongScalar, { description: "Sessions that wait." })], ShippingInfo.prototype, "waitingSessions", void 0);
__decorate$11([Field(() => LongScalar, { description: "Segments that wait." })], ShippingInfo.prototype, "waitingSegments", void 0);
__decorate$11([Field(() => LongScalar, { description: "Bytes of segments that wait." })], ShippingInfo.prototype, "waitingBytes", void 0);
__decorate$11([Field(() => LongScalar, { description: "Bytes that may wait; health warns at half of it." })], ShippingInfo.prototype, "budgetBytes", void 0);
__decorate$11([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Since when the one waits that waits longest; null when none does."
})], ShippingInfo.prototype, "waitingSince", void 0);
__decorate$11([Field(() => LongScalar, { description: "Sessions that the cluster refused for good; `lookback ship --retry` tries them again." })], ShippingInfo.prototype, "refusedSessions", void 0);
__decorate$11([Field(() => LongScalar, { description: "Sessions shipped since the shipper started." })], ShippingInfo.prototype, "shippedSessions", void 0);
__decorate$11([Field(() => Float, { description: "Sessions shipped a second, lately." })], ShippingInfo.prototype, "rate", void 0);
__decorate$11([Field(() => Float, {
	nullable: true,
	description: "Seconds until nothing waits; null when that cannot be told."
})], ShippingInfo.prototype, "etaSeconds", void 0);
__decorate$11([Field(() => ShippingErrorInfo, {
	nullable: true,
	description: "The last error; null once nothing waits."
})], ShippingInfo.prototype, "lastError", void 0);
ShippingInfo = __decorate$11([ObjectType("Shipping", {
	simpleResolvers: true,
	implements: Answer,
	description: "Sessions on their way to the search cluster."
})], ShippingInfo);

// dist/graphql/shipping/shipping.resolver.js
var __decorate$10 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$5 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** The way of sessions to a search cluster. */
let ShippingResolver = class ShippingResolver {
	shipping(context) {
		const status = context.services.shipping?.status();
		if (status === void 0) return null;
		const { queue, lastError } = status;
		return {
			...answered(context),
			running: status.running,
			waitingSessions: queue.rows,
			waitingSegments: queue.segments,
			waitingBytes: queue.bytes,
			budgetBytes: status.budgetBytes,
			waitingSince: queue.oldestMs,
			refusedSessions: queue.deadRows,
			shippedSessions: status.shippedRows,
			rate: status.rate,
			etaSeconds: status.etaSeconds,
			lastError: lastError === null ? null : {
				code: lastError.code,
				message: lastError.message,
				at: lastError.atMs
			}
		};
	}
};
__decorate$10([Query(() => ShippingInfo, {
	nullable: true,
	complexity: 20,
	description: "Sessions on their way to the search cluster; null where the index is in the data directory."
}), __param$5(0, Ctx())], ShippingResolver.prototype, "shipping", null);
ShippingResolver = __decorate$10([Resolver()], ShippingResolver);

// dist/graphql/statistics/statistics.type.js
var __decorate$9 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** One measure of one subject over hours. */
let StatisticsSeries = class StatisticsSeries {};
__decorate$9([Field(() => String, { description: "`interface:<node>/<name>`, `device:<directory>`, `packets:<storage>`, `task:<name>` or `index`." })], StatisticsSeries.prototype, "subject", void 0);
__decorate$9([Field(() => String, { description: "Of interfaces `packets`, `bytes`, `droppedByUs`, `droppedByKernel`; of devices `freeBytes`, `leastFreeBytes`, `totalBytes`; of packets `files`, `bytes`; of tasks `runs`, `failed`, `seconds`; of the index `rows`, `bytes`." })], StatisticsSeries.prototype, "measure", void 0);
__decorate$9([Field(() => [DateTimeScalar], { description: "Starts of the hours that have a value, in order." })], StatisticsSeries.prototype, "starts", void 0);
__decorate$9([Field(() => [Float], { description: "The value of each hour: what was counted in it, or what was measured in it last." })], StatisticsSeries.prototype, "values", void 0);
StatisticsSeries = __decorate$9([ObjectType("StatisticsSeries", {
	simpleResolvers: true,
	description: "One measure of one subject over hours."
})], StatisticsSeries);
/** Statistics of hours. */
let StatisticsHistoryAnswer = class StatisticsHistoryAnswer extends Answer {};
__decorate$9([Field(() => [StatisticsSeries], { description: "The series, by subject and measure." })], StatisticsHistoryAnswer.prototype, "series", void 0);
StatisticsHistoryAnswer = __decorate$9([ObjectType("StatisticsHistory", {
	simpleResolvers: true,
	implements: Answer,
	description: "What was counted and measured in each hour. Hours are kept for 400 days."
})], StatisticsHistoryAnswer);

// dist/graphql/statistics/statistics.resolver.js
var __decorate$8 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$4 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** How the service was. */
let StatisticsResolver = class StatisticsResolver {
	statisticsHistory(start, end, subjects, context) {
		context.require("statistics");
		const until = end ?? context.asOfMs;
		if (start > until) throw new LookbackError("TIME_RANGE_INVALID", "the range ends before it starts");
		const wanted = subjects === null || subjects === void 0 ? null : boundedList("subjects", subjects, LIMITS.fieldNames);
		const found = context.services.statisticsHistory.list(wanted, start, until, LIMITS.histogramCells + 1);
		if (found.length > LIMITS.histogramCells) throw new LookbackError("LIMIT_EXCEEDED", `there are more than ${LIMITS.histogramCells} values in this range; name subjects, or ask for fewer hours`, { limit: LIMITS.histogramCells });
		const series = [];
		for (const { hourMs, subject, measure, value } of found) {
			let last = series.at(-1);
			if (last?.subject !== subject || last.measure !== measure) series.push(last = {
				subject,
				measure,
				starts: [],
				values: []
			});
			last.starts.push(hourMs);
			last.values.push(value);
		}
		return {
			...answered(context),
			series
		};
	}
};
__decorate$8([
	Query(() => StatisticsHistoryAnswer, {
		complexity: 200,
		description: "What was counted and measured in each hour: captured packets and drops of interfaces, free space, sizes, runs of tasks."
	}),
	__param$4(0, Arg("start", () => DateTimeScalar, { description: "Hours that begin at this time or later." })),
	__param$4(1, Arg("end", () => DateTimeScalar, {
		nullable: true,
		description: "Hours that begin before this time; left out: until now."
	})),
	__param$4(2, Arg("subjects", () => [String], {
		nullable: true,
		description: "Only these subjects; left out: all."
	})),
	__param$4(3, Ctx())
], StatisticsResolver.prototype, "statisticsHistory", null);
StatisticsResolver = __decorate$8([Resolver()], StatisticsResolver);

// dist/graphql/tag/tag.type.js
var __decorate$7 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** What a change of tags did. */
let TagChange = class TagChange extends Answer {};
__decorate$7([Field(() => LongScalar, { description: "Sessions that were meant and that you may see." })], TagChange.prototype, "matched", void 0);
__decorate$7([Field(() => LongScalar, { description: "Sessions whose tags changed." })], TagChange.prototype, "changed", void 0);
TagChange = __decorate$7([ObjectType("TagChange", {
	simpleResolvers: true,
	implements: Answer,
	description: "What a change of tags did."
})], TagChange);

// dist/graphql/tag/tag.resolver.js
var __decorate$6 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$3 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** A tag: no spaces, commas or quotes, so that it can be written in an expression as it is. */
const TAG = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/@-]{0,127}$/u;
const IDS = "Identities of the sessions, at most 10000; instead of a search.";
const COST = 200;
async function changeTags(action, tags, ids, search, context) {
	context.require("tag");
	const distinct = [...new Set(boundedList("tags", tags, LIMITS.tagsPerRequest))];
	if (distinct.length === 0) throw new LookbackError("BAD_INPUT", "no tag is given");
	for (const tag of distinct) if (!TAG.test(tag)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(tag.slice(0, 60))} is no tag: 1 to 128 letters, digits and _ . : / @ -, a letter, digit or _ first`);
	const filter = chosenSessions(ids, search, context);
	const { store } = context.services;
	const matched = [];
	for await (const batch of store.streamIds(filter, context.read)) {
		for (const id of batch) matched.push(id);
		if (matched.length > LIMITS.taggedSessions) throw new LookbackError("LIMIT_EXCEEDED", `more than ${LIMITS.taggedSessions} sessions match; narrow the search`, { limit: LIMITS.taggedSessions });
	}
	let changed = 0;
	for (let at = 0; at < matched.length; at += LIMITS.idsPerRequest) {
		const part = matched.slice(at, at + LIMITS.idsPerRequest);
		changed += await store.changeTags(part, action === "add" ? distinct : [], action === "add" ? [] : distinct);
	}
	context.audit(`tags.${action}`, {
		tags: distinct.join(","),
		matched: matched.length,
		changed,
		expression: search.expression ?? null
	});
	return {
		...answered(context),
		matched: matched.length,
		changed
	};
}
/** Tags of sessions. */
let TagResolver = class TagResolver {
	addTags(tags, ids, search, context) {
		return changeTags("add", tags, ids, search, context);
	}
	removeTags(tags, ids, search, context) {
		return changeTags("remove", tags, ids, search, context);
	}
};
__decorate$6([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => TagChange, {
		complexity: COST,
		description: "Adds tags to sessions, named by ids or by a search. Tags outlive re-indexing. Adding one that is there changes nothing."
	}),
	__param$3(0, Arg("tags", () => [String], { description: "Tags, at most 100." })),
	__param$3(1, Arg("ids", () => [ID], {
		nullable: true,
		description: IDS
	})),
	__param$3(2, Args(() => SearchArgs)),
	__param$3(3, Ctx())
], TagResolver.prototype, "addTags", null);
__decorate$6([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => TagChange, {
		complexity: COST,
		description: "Removes tags from sessions, named by ids or by a search; those that dissectors set too."
	}),
	__param$3(0, Arg("tags", () => [String], { description: "Tags, at most 100." })),
	__param$3(1, Arg("ids", () => [ID], {
		nullable: true,
		description: IDS
	})),
	__param$3(2, Args(() => SearchArgs)),
	__param$3(3, Ctx())
], TagResolver.prototype, "removeTags", null);
TagResolver = __decorate$6([Resolver()], TagResolver);

// dist/graphql/task/task.type.js
var __decorate$5 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** How a run of a task ended. */
var TaskOutcomeName;
(function(TaskOutcomeName) {
	TaskOutcomeName["RUNNING"] = "running";
	TaskOutcomeName["OK"] = "ok";
	TaskOutcomeName["FAILED"] = "failed";
	TaskOutcomeName["INTERRUPTED"] = "interrupted";
})(TaskOutcomeName || (TaskOutcomeName = {}));
registerEnumType(TaskOutcomeName, {
	name: "TaskOutcome",
	description: "How a run of a task ended.",
	valuesConfig: {
		RUNNING: { description: "It has not ended." },
		OK: { description: "It did what it is for." },
		FAILED: { description: "It failed; `error` says why." },
		INTERRUPTED: { description: "The service ended while it ran; it runs again at the next start." }
	}
});
/** Why a run of a task began. */
var TaskCauseName;
(function(TaskCauseName) {
	TaskCauseName["SCHEDULE"] = "schedule";
	TaskCauseName["MISSED"] = "missed";
	TaskCauseName["RETRY"] = "retry";
	TaskCauseName["MANUAL"] = "manual";
})(TaskCauseName || (TaskCauseName = {}));
registerEnumType(TaskCauseName, {
	name: "TaskCause",
	description: "Why a run of a task began.",
	valuesConfig: {
		SCHEDULE: { description: "Its time came." },
		MISSED: { description: "Its time came while the service was down." },
		RETRY: { description: "The run before failed." },
		MANUAL: { description: "Somebody asked for it." }
	}
});
/** One run of a task. */
let TaskRunView = class TaskRunView {};
__decorate$5([Field(() => ID, { description: "Identity of the run." })], TaskRunView.prototype, "id", void 0);
__decorate$5([Field(() => DateTimeScalar, { description: "The scheduled time that it answers; of a manual run, when it began." })], TaskRunView.prototype, "due", void 0);
__decorate$5([Field(() => DateTimeScalar, { description: "When it began." })], TaskRunView.prototype, "started", void 0);
__decorate$5([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it ended; null while it runs."
})], TaskRunView.prototype, "finished", void 0);
__decorate$5([Field(() => Float, {
	nullable: true,
	description: "How long it took, in seconds; null while it runs."
})], TaskRunView.prototype, "seconds", void 0);
__decorate$5([Field(() => TaskOutcomeName, { description: "How it ended." })], TaskRunView.prototype, "outcome", void 0);
__decorate$5([Field(() => TaskCauseName, { description: "Why it began." })], TaskRunView.prototype, "cause", void 0);
__decorate$5([Field(() => String, {
	nullable: true,
	description: "Who asked for it; null when nobody did."
})], TaskRunView.prototype, "requestedBy", void 0);
__decorate$5([Field(() => Failure, {
	nullable: true,
	description: "Why it failed; null otherwise."
})], TaskRunView.prototype, "error", void 0);
__decorate$5([Field(() => JsonScalar, { description: "What it did, by name; which names there are depends on the task." })], TaskRunView.prototype, "details", void 0);
TaskRunView = __decorate$5([ObjectType("TaskRun", {
	simpleResolvers: true,
	description: "One run of a task."
})], TaskRunView);
/** A task. */
let TaskView = class TaskView extends Answer {};
__decorate$5([Field(() => ID, { description: "Name of the task." })], TaskView.prototype, "name", void 0);
__decorate$5([Field(() => String, { description: "What it does." })], TaskView.prototype, "description", void 0);
__decorate$5([Field(() => String, { description: "When it runs: minute, hour, day of month, month and day of week, as in cron." })], TaskView.prototype, "schedule", void 0);
__decorate$5([Field(() => String, { description: "IANA zone of the schedule." })], TaskView.prototype, "timeZone", void 0);
__decorate$5([Field(() => Boolean, { description: "Whether it runs now." })], TaskView.prototype, "running", void 0);
__decorate$5([Field(() => Boolean, { description: "Whether somebody stopped it from running by the clock." })], TaskView.prototype, "paused", void 0);
__decorate$5([Field(() => String, {
	nullable: true,
	description: "Who paused it; null when nobody did."
})], TaskView.prototype, "pausedBy", void 0);
__decorate$5([Field(() => DateTimeScalar, {
	nullable: true,
	description: "Since when it is paused; null when it is not."
})], TaskView.prototype, "pausedSince", void 0);
__decorate$5([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When it runs next; null while it is paused."
})], TaskView.prototype, "nextRun", void 0);
__decorate$5([Field(() => Boolean, { description: "Whether the next run is a retry: a task that failed is tried again after 1, 2, 4, … minutes, at most an hour." })], TaskView.prototype, "nextIsRetry", void 0);
__decorate$5([Field(() => Int, { description: "Runs that failed since the last one that succeeded." })], TaskView.prototype, "failures", void 0);
__decorate$5([Field(() => Boolean, { description: "Whether `taskDryRun` can say what it would do." })], TaskView.prototype, "canDryRun", void 0);
__decorate$5([Field(() => TaskRunView, {
	nullable: true,
	description: "The newest run; null when it never ran."
})], TaskView.prototype, "lastRun", void 0);
__decorate$5([Field(() => TaskRunView, {
	nullable: true,
	description: "The newest run that succeeded; null when the history holds none."
})], TaskView.prototype, "lastSuccess", void 0);
TaskView = __decorate$5([ObjectType("Task", {
	simpleResolvers: true,
	implements: Answer,
	description: "Something that the service does by the clock."
})], TaskView);
/** Every task. */
let TaskList = class TaskList extends Answer {};
__decorate$5([Field(() => [TaskView], { description: "The tasks." })], TaskList.prototype, "tasks", void 0);
TaskList = __decorate$5([ObjectType("TaskList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Everything that the service does by the clock."
})], TaskList);
/** Runs of a task. */
let TaskRunList = class TaskRunList extends Answer {};
__decorate$5([Field(() => [TaskRunView], { description: "The runs." })], TaskRunList.prototype, "runs", void 0);
TaskRunList = __decorate$5([ObjectType("TaskRunList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Runs of a task, newest first. The newest 1,000 of each task are kept."
})], TaskRunList);
/** A run that was asked for. */
let TaskRunAnswer = class TaskRunAnswer extends Answer {};
__decorate$5([Field(() => TaskRunView, { description: "The run." })], TaskRunAnswer.prototype, "run", void 0);
TaskRunAnswer = __decorate$5([ObjectType("TaskRunAnswer", {
	simpleResolvers: true,
	implements: Answer,
	description: "A run that was asked for."
})], TaskRunAnswer);
/** What a run would do. */
let TaskDryRunView = class TaskDryRunView extends Answer {};
__decorate$5([Field(() => ID, { description: "Name of the task." })], TaskDryRunView.prototype, "name", void 0);
__decorate$5([Field(() => JsonScalar, { description: "What it would do, by name; `would` lists the first hundred things." })], TaskDryRunView.prototype, "details", void 0);
TaskDryRunView = __decorate$5([ObjectType("TaskDryRun", {
	simpleResolvers: true,
	implements: Answer,
	description: "What a run of a task would do now. Nothing was done."
})], TaskDryRunView);

// dist/graphql/task/task.resolver.js
var __decorate$4 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$2 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const OUTCOMES = {
	running: TaskOutcomeName.RUNNING,
	ok: TaskOutcomeName.OK,
	failed: TaskOutcomeName.FAILED,
	interrupted: TaskOutcomeName.INTERRUPTED
};
const CAUSES = {
	schedule: TaskCauseName.SCHEDULE,
	missed: TaskCauseName.MISSED,
	retry: TaskCauseName.RETRY,
	manual: TaskCauseName.MANUAL
};
function tasksOf(context) {
	context.require("operate");
	const { tasks } = context.services;
	if (tasks === null) throw new LookbackError("UNAVAILABLE", "nothing runs tasks here; ask the process that serves");
	return tasks;
}
function runOf(run) {
	const { code, reason, ...details } = run.details;
	const failed = run.outcome === "failed";
	return {
		id: String(run.id),
		due: run.dueAtMs,
		started: run.startedAtMs,
		finished: run.finishedAtMs,
		seconds: run.finishedAtMs === null ? null : Math.max(0, run.finishedAtMs - run.startedAtMs) / 1e3,
		outcome: OUTCOMES[run.outcome],
		cause: CAUSES[run.cause],
		requestedBy: run.requestedBy,
		error: failed ? {
			code: typeof code === "string" ? code : "INTERNAL",
			message: typeof reason === "string" ? reason : ""
		} : null,
		details: failed ? details : run.details
	};
}
function viewOf(task, context) {
	return {
		...answered(context),
		name: task.name,
		description: task.description,
		schedule: task.cron,
		timeZone: task.timeZone,
		running: task.running,
		paused: task.paused !== null,
		pausedBy: task.paused?.by ?? null,
		pausedSince: task.paused?.sinceMs ?? null,
		nextRun: task.nextMs,
		nextIsRetry: task.nextIsRetry,
		failures: task.failures,
		canDryRun: task.canDryRun,
		lastRun: task.last === null ? null : runOf(task.last),
		lastSuccess: task.lastOk === null ? null : runOf(task.lastOk)
	};
}
const NAME$1 = { description: "Name of the task." };
/** What the service does by the clock. */
let TaskResolver = class TaskResolver {
	tasks(context) {
		const tasks = tasksOf(context);
		return {
			...answered(context),
			tasks: tasks.status().map((task) => viewOf(task, context))
		};
	}
	task(name, context) {
		const task = tasksOf(context).task(name);
		return task === null ? null : viewOf(task, context);
	}
	taskRuns(name, first, before, context) {
		const tasks = tasksOf(context);
		if (tasks.task(name) === null) throw new LookbackError("NOT_FOUND", `no task ${JSON.stringify(name.slice(0, 64))}`);
		const than = before === null || before === void 0 ? null : Number(before);
		if (than !== null && !Number.isSafeInteger(than)) throw new LookbackError("BAD_INPUT", `before: ${JSON.stringify(String(before).slice(0, 40))} is no id of a run`);
		return {
			...answered(context),
			runs: tasks.history(name, bounded("first", first, 1, LIMITS.pageSize), than).map(runOf)
		};
	}
	async taskDryRun(name, context) {
		const details = await tasksOf(context).dryRun(name, context.signal);
		return {
			...answered(context),
			name,
			details
		};
	}
	async runTask(name, wait, context) {
		const tasks = tasksOf(context);
		const { run, ended } = tasks.runNow(name, context.user.name);
		context.audit("task.run", {
			task: name,
			run: run.id
		});
		if (wait) await ended;
		const [latest = run] = wait ? tasks.history(name, 1, run.id + 1) : [];
		return {
			...answered(context),
			run: runOf(latest)
		};
	}
	pauseTask(name, context) {
		const paused = tasksOf(context).pause(name, context.user.name);
		context.audit("task.pause", { task: name });
		return viewOf(paused, context);
	}
	resumeTask(name, context) {
		const resumed = tasksOf(context).resume(name, context.user.name);
		context.audit("task.resume", { task: name });
		return viewOf(resumed, context);
	}
};
__decorate$4([Query(() => TaskList, {
	complexity: 50,
	description: "Everything that the service does by the clock, with its newest run and its next."
}), __param$2(0, Ctx())], TaskResolver.prototype, "tasks", null);
__decorate$4([
	Query(() => TaskView, {
		nullable: true,
		complexity: 10,
		description: "One task; null when there is none of that name."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Ctx())
], TaskResolver.prototype, "task", null);
__decorate$4([
	Query(() => TaskRunList, {
		complexity: ({ args, childComplexity }) => 10 + (typeof args["first"] === "number" ? Math.max(0, args["first"]) * childComplexity / 20 : 0),
		description: "Runs of a task, newest first. NOT_FOUND when there is no such task."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Arg("first", () => Int, {
		defaultValue: 50,
		description: "Runs in the list, 1 to 1000."
	})),
	__param$2(2, Arg("before", () => ID, {
		nullable: true,
		description: "Only runs older than this one."
	})),
	__param$2(3, Ctx())
], TaskResolver.prototype, "taskRuns", null);
__decorate$4([
	Query(() => TaskDryRunView, {
		complexity: 500,
		description: "What a run of a task would do now, without doing it."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Ctx())
], TaskResolver.prototype, "taskDryRun", null);
__decorate$4([
	Mutation(() => TaskRunAnswer, {
		complexity: 500,
		description: "Runs a task now, paused or not. Returns at once unless told to wait; a task never runs beside itself (LIMIT_EXCEEDED)."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Arg("wait", () => Boolean, {
		defaultValue: false,
		description: "Answer when the run has ended."
	})),
	__param$2(2, Ctx())
], TaskResolver.prototype, "runTask", null);
__decorate$4([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => TaskView, {
		complexity: 20,
		description: "Stops a task from running by the clock, until it is resumed; a restart does not resume it."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Ctx())
], TaskResolver.prototype, "pauseTask", null);
__decorate$4([
	Extensions({ idempotency: { repeatable: true } }),
	Mutation(() => TaskView, {
		complexity: 20,
		description: "Lets a task run by the clock again; what it missed is made up for once."
	}),
	__param$2(0, Arg("name", () => ID, NAME$1)),
	__param$2(1, Ctx())
], TaskResolver.prototype, "resumeTask", null);
TaskResolver = __decorate$4([Resolver()], TaskResolver);

// dist/graphql/user/user.type.js
var __decorate$3 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** Role of a user. */
var RoleName;
(function(RoleName) {
	RoleName["VIEWER"] = "viewer";
	RoleName["ANALYST"] = "analyst";
	RoleName["OPERATOR"] = "operator";
	RoleName["ADMINISTRATOR"] = "administrator";
})(RoleName || (RoleName = {}));
registerEnumType(RoleName, {
	name: "Role",
	description: "Role of a user; each includes those before it.",
	valuesConfig: {
		VIEWER: { description: "Searches." },
		ANALYST: { description: "Tags and exports packets." },
		OPERATOR: { description: "Imports, and looks after capture and retention." },
		ADMINISTRATOR: { description: "Looks after users." }
	}
});
/** Use of a token. */
var TokenScopeName;
(function(TokenScopeName) {
	TokenScopeName["READ"] = "read";
	TokenScopeName["TAG"] = "tag";
	TokenScopeName["EXPORT"] = "export";
	TokenScopeName["OPERATE"] = "operate";
	TokenScopeName["ADMIN"] = "admin";
})(TokenScopeName || (TokenScopeName = {}));
registerEnumType(TokenScopeName, {
	name: "TokenScope",
	description: "What a bearer token may be used for, within what its user may do.",
	valuesConfig: {
		READ: { description: "Search, and read statistics, files and packet lists." },
		TAG: { description: "Change tags." },
		EXPORT: { description: "Make and download exports." },
		OPERATE: { description: "Import, and look after capture, retention and tasks." },
		ADMIN: { description: "Look after users, and read the audit log." }
	}
});
/** How a user logs in. */
var LoginWayName;
(function(LoginWayName) {
	LoginWayName["PASSWORD"] = "password";
	LoginWayName["OIDC"] = "oidc";
	LoginWayName["HEADER"] = "header";
})(LoginWayName || (LoginWayName = {}));
registerEnumType(LoginWayName, {
	name: "LoginWay",
	description: "How a user logs in.",
	valuesConfig: {
		PASSWORD: { description: "By a password that is kept here." },
		OIDC: { description: "At the OpenID provider of the configuration." },
		HEADER: { description: "At a trusted proxy, which says who it is in a header." }
	}
});
/** Rights within the role. */
let UserRights = class UserRights {};
__decorate$3([Field(() => Boolean, { description: "May look inside packets." })], UserRights.prototype, "packetSearch", void 0);
__decorate$3([Field(() => Boolean, { description: "May see and search the fields of e-mails." })], UserRights.prototype, "emailSearch", void 0);
__decorate$3([Field(() => Boolean, { description: "May make and download no exports, in any format." })], UserRights.prototype, "disablePcapDownload", void 0);
__decorate$3([Field(() => Boolean, { description: "Sees nothing about capture and the index as a whole." })], UserRights.prototype, "hideStats", void 0);
__decorate$3([Field(() => Boolean, { description: "Sees no list of packet files and no file's name." })], UserRights.prototype, "hideFiles", void 0);
__decorate$3([Field(() => Boolean, { description: "Sees no list of a session's packets." })], UserRights.prototype, "hidePcap", void 0);
UserRights = __decorate$3([ObjectType("UserRights", {
	simpleResolvers: true,
	description: "Rights of one user within the role, under Arkime's names."
})], UserRights);
/** Who is asking. */
let Me = class Me extends Answer {};
__decorate$3([Field(() => String, { description: "User name." })], Me.prototype, "name", void 0);
__decorate$3([Field(() => RoleName, { description: "Role." })], Me.prototype, "role", void 0);
__decorate$3([Field(() => UserRights, { description: "Rights within the role." })], Me.prototype, "rights", void 0);
__decorate$3([Field(() => [String], { description: "What role, rights and the token that is used allow: search, packets, packetSearch, statistics, files, tag, export, import, operate, administer." })], Me.prototype, "permissions", void 0);
__decorate$3([Field(() => Boolean, { description: "Whether a forced expression narrows everything this user reads." })], Me.prototype, "narrowed", void 0);
__decorate$3([Field(() => LongScalar, {
	nullable: true,
	description: "How many hours back this user may look; null: without bound."
})], Me.prototype, "maxAgeHours", void 0);
Me = __decorate$3([ObjectType("Me", {
	simpleResolvers: true,
	implements: Answer,
	description: "Who is asking, and what they may do."
})], Me);
/** A bearer token without its secret. */
let Token = class Token {};
__decorate$3([Field(() => String, { description: "Its name." })], Token.prototype, "name", void 0);
__decorate$3([Field(() => [TokenScopeName], { description: "What it may be used for." })], Token.prototype, "scopes", void 0);
__decorate$3([Field(() => DateTimeScalar, { description: "When it was made." })], Token.prototype, "created", void 0);
__decorate$3([Field(() => DateTimeScalar, { description: "When it ends." })], Token.prototype, "expires", void 0);
Token = __decorate$3([ObjectType("Token", {
	simpleResolvers: true,
	description: "A bearer token, without its secret."
})], Token);
/** Tokens of the user. */
let TokenList = class TokenList extends Answer {};
__decorate$3([Field(() => [Token], { description: "The tokens." })], TokenList.prototype, "tokens", void 0);
TokenList = __decorate$3([ObjectType("TokenList", {
	simpleResolvers: true,
	implements: Answer,
	description: "Bearer tokens."
})], TokenList);
/** A token that was just made. */
let NewToken = class NewToken extends Answer {};
__decorate$3([Field(() => String, { description: "The secret, for `Authorization: Bearer …`. It is shown this once and not kept." })], NewToken.prototype, "secret", void 0);
__decorate$3([Field(() => Token, { description: "The token." })], NewToken.prototype, "token", void 0);
NewToken = __decorate$3([ObjectType("NewToken", {
	simpleResolvers: true,
	implements: Answer,
	description: "A bearer token that was just made."
})], NewToken);

// dist/graphql/user/account.type.js
var __decorate$2 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** A user as administrators see it. */
let Account = class Account {};
__decorate$2([Field(() => String, { description: "User name." })], Account.prototype, "name", void 0);
__decorate$2([Field(() => RoleName, { description: "Role." })], Account.prototype, "role", void 0);
__decorate$2([Field(() => UserRights, { description: "Rights within the role." })], Account.prototype, "rights", void 0);
__decorate$2([Field(() => LoginWayName, { description: "How the user logs in." })], Account.prototype, "loginBy", void 0);
__decorate$2([Field(() => Boolean, { description: "Whether the user may log in." })], Account.prototype, "enabled", void 0);
__decorate$2([Field(() => String, { description: "Search expression that everything the user reads must match; empty for none." })], Account.prototype, "forcedExpression", void 0);
__decorate$2([Field(() => [String], { description: "Document paths that the user may not see or search, with all below them." })], Account.prototype, "hiddenFields", void 0);
__decorate$2([Field(() => LongScalar, {
	nullable: true,
	description: "How many hours back the user may look; null: without bound."
})], Account.prototype, "maxAgeHours", void 0);
__decorate$2([Field(() => DateTimeScalar, { description: "When the user was made." })], Account.prototype, "created", void 0);
__decorate$2([Field(() => DateTimeScalar, {
	nullable: true,
	description: "When the user last logged in."
})], Account.prototype, "lastLogin", void 0);
__decorate$2([Field(() => [Token], { description: "The user's bearer tokens." })], Account.prototype, "tokens", void 0);
Account = __decorate$2([ObjectType("User", {
	simpleResolvers: true,
	description: "A user as administrators see it."
})], Account);
/** One user. */
let AccountAnswer = class AccountAnswer extends Answer {};
__decorate$2([Field(() => Account, {
	nullable: true,
	description: "The user, or null when there is none of that name."
})], AccountAnswer.prototype, "user", void 0);
AccountAnswer = __decorate$2([ObjectType("UserAnswer", {
	simpleResolvers: true,
	implements: Answer,
	description: "One user."
})], AccountAnswer);
/** A user who was made or got a password. */
let AccountSecret = class AccountSecret extends Answer {};
__decorate$2([Field(() => Account, { description: "The user." })], AccountSecret.prototype, "user", void 0);
__decorate$2([Field(() => String, {
	nullable: true,
	description: "The password that was made because none was given. It is shown this once and not kept."
})], AccountSecret.prototype, "madePassword", void 0);
AccountSecret = __decorate$2([ObjectType("UserSecret", {
	simpleResolvers: true,
	implements: Answer,
	description: "A user who was made or got a password."
})], AccountSecret);
/** All users. */
let AccountList = class AccountList extends Answer {};
__decorate$2([Field(() => [Account], { description: "The users, in order of name." })], AccountList.prototype, "users", void 0);
AccountList = __decorate$2([ObjectType("UserList", {
	simpleResolvers: true,
	implements: Answer,
	description: "All users."
})], AccountList);
/** Rights to change. */
let UserRightsInput = class UserRightsInput {};
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "May look inside packets."
})], UserRightsInput.prototype, "packetSearch", void 0);
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "May see and search the fields of e-mails."
})], UserRightsInput.prototype, "emailSearch", void 0);
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "May make and download no exports, in any format."
})], UserRightsInput.prototype, "disablePcapDownload", void 0);
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "Sees nothing about capture and the index as a whole."
})], UserRightsInput.prototype, "hideStats", void 0);
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "Sees no list of packet files and no file's name."
})], UserRightsInput.prototype, "hideFiles", void 0);
__decorate$2([Field(() => Boolean, {
	nullable: true,
	description: "Sees no list of a session's packets."
})], UserRightsInput.prototype, "hidePcap", void 0);
UserRightsInput = __decorate$2([InputType("UserRightsInput", { description: "Rights of a user; what is left out stays as it is." })], UserRightsInput);
/** Limits of a user. */
let AccountInput = class AccountInput {};
__decorate$2([Field(() => RoleName, {
	nullable: true,
	description: "Role; a new user without one is a VIEWER."
})], AccountInput.prototype, "role", void 0);
__decorate$2([Field(() => UserRightsInput, {
	nullable: true,
	description: "Rights within the role."
})], AccountInput.prototype, "rights", void 0);
__decorate$2([Field(() => LoginWayName, {
	nullable: true,
	description: "How the user logs in; a new user by PASSWORD."
})], AccountInput.prototype, "loginBy", void 0);
__decorate$2([Field(() => String, {
	nullable: true,
	description: "Search expression that everything the user reads must match; empty for none."
})], AccountInput.prototype, "forcedExpression", void 0);
__decorate$2([Field(() => [String], {
	nullable: true,
	description: "Search names or document paths that the user may not see or search."
})], AccountInput.prototype, "hiddenFields", void 0);
__decorate$2([Field(() => LongScalar, {
	nullable: true,
	description: "How many hours back the user may look; 0: without bound."
})], AccountInput.prototype, "maxAgeHours", void 0);
AccountInput = __decorate$2([InputType("UserInput", { description: "Role, rights and limits of a user; what is left out stays as it is, or as the role has it." })], AccountInput);

// dist/graphql/user/user.resolver.js
var __decorate$1 = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param$1 = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
/** Roles under their names in the API. */
const ROLE_NAMES = {
	viewer: RoleName.VIEWER,
	analyst: RoleName.ANALYST,
	operator: RoleName.OPERATOR,
	administrator: RoleName.ADMINISTRATOR
};
const SCOPE_NAMES = {
	read: TokenScopeName.READ,
	tag: TokenScopeName.TAG,
	export: TokenScopeName.EXPORT,
	operate: TokenScopeName.OPERATE,
	admin: TokenScopeName.ADMIN
};
/** Milliseconds of a day of a token's life. */
const DAY_MS = 864e5;
/** What a mutation that hashes a password costs: some 80 ms of a processor. */
const HASH_COST = 200;
/** A token as the API shows it. */
function tokenOf({ name, scopes, createdMs, expiresMs }) {
	return {
		name,
		scopes: scopes.map((scope) => SCOPE_NAMES[scope]),
		created: createdMs,
		expires: expiresMs
	};
}
/** The answer to a token that was just made. */
function newToken(secret, name, tokens, context) {
	const made = tokens.find((token) => token.name === name);
	if (made === void 0) throw new LookbackError("INTERNAL", "a token that was made is not there");
	return {
		...answered(context),
		secret,
		token: tokenOf(made)
	};
}
/** The user of the request. */
let UserResolver = class UserResolver {
	me(context) {
		const { name, role, rights, forcedExpression, maxAgeHours } = context.user;
		const { scopes } = context.principal;
		return {
			...answered(context),
			name,
			role: ROLE_NAMES[role],
			rights,
			permissions: PERMISSIONS.filter((permission) => refusal({
				role,
				rights,
				scopes
			}, permission) === null),
			narrowed: forcedExpression.trim() !== "",
			maxAgeHours
		};
	}
	tokens(context) {
		return {
			...answered(context),
			tokens: context.services.access.tokens(context.user.name).map(tokenOf)
		};
	}
	createToken(name, days, scopes, context) {
		const { access } = context.services;
		return newToken(access.createToken(context.user.name, name, bounded("days", days, 1, 366) * DAY_MS, scopes, context.actor), name, access.tokens(context.user.name), context);
	}
	revokeToken(name, context) {
		context.services.access.revokeToken(context.user.name, name, context.actor);
		return this.tokens(context);
	}
	async changePassword(present, next, context) {
		await context.services.access.changePassword(context.user.name, present, next, context.actor);
		return this.me(context);
	}
};
__decorate$1([Query(() => Me, { description: "Who is asking, and what they may do." }), __param$1(0, Ctx())], UserResolver.prototype, "me", null);
__decorate$1([Query(() => TokenList, { description: "Your bearer tokens." }), __param$1(0, Ctx())], UserResolver.prototype, "tokens", null);
__decorate$1([
	Extensions({ idempotency: { confidential: true } }),
	Mutation(() => NewToken, { description: "Makes a bearer token for programs in your name; needs a login, a token may not. Its secret is shown once." }),
	__param$1(0, Arg("name", () => String, { description: "Name, to end it by." })),
	__param$1(1, Arg("days", () => Int, {
		defaultValue: 90,
		description: "Days until it ends, 1 to 366."
	})),
	__param$1(2, Arg("scopes", () => [TokenScopeName], {
		defaultValue: [TokenScopeName.READ],
		description: "What it may be used for, within what you may do."
	})),
	__param$1(3, Ctx())
], UserResolver.prototype, "createToken", null);
__decorate$1([
	Mutation(() => TokenList, { description: "Ends a bearer token of yours; needs a login, a token may not." }),
	__param$1(0, Arg("name", () => String, { description: "Name of the token." })),
	__param$1(1, Ctx())
], UserResolver.prototype, "revokeToken", null);
__decorate$1([
	Extensions({ idempotency: { confidential: true } }),
	Mutation(() => Me, {
		complexity: 200,
		description: "Changes your password, and ends all your logins and tokens, this one included."
	}),
	__param$1(0, Arg("present", () => String, { description: "The present password." })),
	__param$1(1, Arg("next", () => String, { description: "The new password, 8 to 256 characters." })),
	__param$1(2, Ctx())
], UserResolver.prototype, "changePassword", null);
UserResolver = __decorate$1([Resolver()], UserResolver);

// dist/graphql/user/account.resolver.js
var __decorate = void 0 && (void 0).__decorate || function(decorators, target, key, desc) {
	var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
	if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
	else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
	return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __param = void 0 && (void 0).__param || function(paramIndex, decorator) {
	return function(target, key) {
		decorator(target, key, paramIndex);
	};
};
const LOGIN_WAY_NAMES = {
	password: LoginWayName.PASSWORD,
	oidc: LoginWayName.OIDC,
	header: LoginWayName.HEADER
};
const NAME = "User name.";
function accountOf(user, users) {
	const { name, role, rights, loginBy, enabled, forcedExpression, hiddenFields, maxAgeHours, createdMs, lastLoginMs } = user;
	return {
		name,
		role: ROLE_NAMES[role],
		rights,
		loginBy: LOGIN_WAY_NAMES[loginBy],
		enabled,
		forcedExpression,
		hiddenFields,
		maxAgeHours,
		created: createdMs,
		lastLogin: lastLoginMs,
		tokens: users.tokens(name).map(tokenOf)
	};
}
/** What an input changes; null and left out are the same, and 0 hours mean no time limit. */
function changeOf(input) {
	const rights = {};
	for (const name of RIGHT_NAMES) {
		const given = input.rights?.[name] ?? null;
		if (given !== null) rights[name] = given;
	}
	const { role, loginBy, forcedExpression, hiddenFields, maxAgeHours } = input;
	return {
		rights,
		...role === null || role === void 0 ? {} : { role },
		...loginBy === null || loginBy === void 0 ? {} : { loginBy },
		...forcedExpression === null || forcedExpression === void 0 ? {} : { forcedExpression },
		...hiddenFields === null || hiddenFields === void 0 ? {} : { hiddenFields },
		...maxAgeHours === null || maxAgeHours === void 0 ? {} : { maxAgeHours: maxAgeHours === 0 ? null : maxAgeHours }
	};
}
/** Users, for administrators. */
let AccountResolver = class AccountResolver {
	users(context) {
		const { users } = context.services;
		return {
			...answered(context),
			users: users.list().map((user) => accountOf(user, users))
		};
	}
	user(name, context) {
		const { users } = context.services;
		const found = users.find(name);
		return {
			...answered(context),
			user: found === null ? null : accountOf(found, users)
		};
	}
	async createUser(name, password, input, context) {
		const { users } = context.services;
		const { maxAgeHours = null, ...change } = changeOf(input ?? {});
		const { user, madePassword } = await users.add({
			role: "viewer",
			...change,
			maxAgeHours,
			name,
			password: password ?? null
		}, context.actor);
		return {
			...answered(context),
			user: accountOf(user, users),
			madePassword
		};
	}
	updateUser(name, input, enabled, context) {
		const { users } = context.services;
		if ((input ?? null) === null && (enabled ?? null) === null) throw new LookbackError("BAD_INPUT", "nothing is given to change");
		if (input !== null && input !== void 0) users.set(name, changeOf(input), context.actor);
		if (enabled !== null && enabled !== void 0) users.setEnabled(name, enabled, context.actor);
		return {
			...answered(context),
			user: accountOf(users.get(name), users),
			madePassword: null
		};
	}
	async setUserPassword(name, password, context) {
		const { users } = context.services;
		const { user, madePassword } = await users.setPassword(name, password ?? null, context.actor);
		return {
			...answered(context),
			user: accountOf(user, users),
			madePassword
		};
	}
	createUserToken(userName, name, days, scopes, context) {
		const { users } = context.services;
		const secret = users.createToken(userName, name, bounded("days", days, 1, 366) * DAY_MS, scopes, context.actor);
		return newToken(secret, name, users.tokens(userName), context);
	}
	revokeUserToken(userName, name, context) {
		const { users } = context.services;
		users.revokeToken(userName, name, context.actor);
		return {
			...answered(context),
			tokens: users.tokens(userName).map(tokenOf)
		};
	}
};
__decorate([Query(() => AccountList, {
	complexity: 20,
	description: "All users; for administrators."
}), __param(0, Ctx())], AccountResolver.prototype, "users", null);
__decorate([
	Query(() => AccountAnswer, { description: "One user; for administrators." }),
	__param(0, Arg("name", () => String, { description: NAME })),
	__param(1, Ctx())
], AccountResolver.prototype, "user", null);
__decorate([
	Extensions({ idempotency: { confidential: true } }),
	Mutation(() => AccountSecret, {
		complexity: 200,
		description: "Adds a user; for administrators."
	}),
	__param(0, Arg("name", () => String, { description: "User name: 1 to 64 letters, digits and . _ @ -, a letter or digit first." })),
	__param(1, Arg("password", () => String, {
		nullable: true,
		description: "Password, 8 to 256 characters; one is made when it is left out and the user logs in by password."
	})),
	__param(2, Arg("user", () => AccountInput, {
		nullable: true,
		description: "Role, rights and limits; a viewer without limits when left out."
	})),
	__param(3, Ctx())
], AccountResolver.prototype, "createUser", null);
__decorate([
	Extensions({ idempotency: {
		repeatable: true,
		confidential: true
	} }),
	Mutation(() => AccountSecret, { description: "Changes role, rights or limits of a user, or whether the user may log in; for administrators. Subscriptions of the user end." }),
	__param(0, Arg("name", () => String, { description: NAME })),
	__param(1, Arg("user", () => AccountInput, {
		nullable: true,
		description: "What changes."
	})),
	__param(2, Arg("enabled", () => Boolean, {
		nullable: true,
		description: "Whether the user may log in; false ends all logins and tokens."
	})),
	__param(3, Ctx())
], AccountResolver.prototype, "updateUser", null);
__decorate([
	Extensions({ idempotency: { confidential: true } }),
	Mutation(() => AccountSecret, {
		complexity: 200,
		description: "Gives a user a new password and ends all logins and tokens; for administrators."
	}),
	__param(0, Arg("name", () => String, { description: NAME })),
	__param(1, Arg("password", () => String, {
		nullable: true,
		description: "The new password, 8 to 256 characters; one is made when it is left out."
	})),
	__param(2, Ctx())
], AccountResolver.prototype, "setUserPassword", null);
__decorate([
	Extensions({ idempotency: { confidential: true } }),
	Mutation(() => NewToken, { description: "Makes a bearer token in a user's name; for administrators, by a login. Its secret is shown once." }),
	__param(0, Arg("user", () => String, { description: NAME })),
	__param(1, Arg("name", () => String, { description: "Name of the token, to end it by." })),
	__param(2, Arg("days", () => Int, {
		defaultValue: 90,
		description: "Days until it ends, 1 to 366."
	})),
	__param(3, Arg("scopes", () => [TokenScopeName], {
		defaultValue: [TokenScopeName.READ],
		description: "What it may be used for, within what the user may do."
	})),
	__param(4, Ctx())
], AccountResolver.prototype, "createUserToken", null);
__decorate([
	Mutation(() => TokenList, { description: "Ends a bearer token of a user; for administrators." }),
	__param(0, Arg("user", () => String, { description: NAME })),
	__param(1, Arg("name", () => String, { description: "Name of the token." })),
	__param(2, Ctx())
], AccountResolver.prototype, "revokeUserToken", null);
AccountResolver = __decorate([Resolver()], AccountResolver);

// dist/graphql/access-decisions.js
/**
* The decision for every field of Query, Mutation and Subscription, and for every field below them that takes arguments.
* The guard checks it before the resolver runs; a field that is not here is refused to all but administrators, and
* `test/unit/graphql/access-decisions.test.ts` fails until it is.
*
* To add a field: say what it needs and why its answer cannot tell a narrowed user too much. Fields below a root field
* need what the root field needs, and more only when they say so.
*/
const ACCESS_DECISIONS = {
	"Query.sessions": {
		needs: "search",
		narrowed: "scoped",
		audit: "session.search"
	},
	"Query.session": {
		needs: "search",
		narrowed: "scoped",
		audit: "session.read"
	},
	"Subscription.sessionsArriving": {
		needs: "search",
		narrowed: "scoped",
		audit: "session.watch"
	},
	"Session.field": {
		needs: "search",
		narrowed: "scoped"
	},
	"Session.fields": {
		needs: "search",
		narrowed: "scoped"
	},
	"Session.packets": {
		needs: "packets",
		narrowed: "scoped"
	},
	"Query.aggregate": {
		needs: "search",
		narrowed: "scoped",
		audit: "session.aggregate"
	},
	"Aggregation.terms": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Aggregation.crossTab": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Aggregation.histogram": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Aggregation.stats": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Aggregation.percentiles": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Aggregation.cardinality": {
		needs: "search",
		narrowed: "scoped",
		asked: true
	},
	"Query.connections": {
		needs: "search",
		narrowed: "scoped",
		audit: "session.connections"
	},
	"Mutation.addTags": {
		needs: "tag",
		narrowed: "scoped"
	},
	"Mutation.removeTags": {
		needs: "tag",
		narrowed: "scoped"
	},
	"Query.exports": {
		needs: "export",
		narrowed: "own"
	},
	"Query.export": {
		needs: "export",
		narrowed: "own"
	},
	"Query.exportEstimate": {
		needs: "export",
		narrowed: "scoped"
	},
	"Subscription.exportProgress": {
		needs: "export",
		narrowed: "own"
	},
	"Mutation.createExport": {
		needs: "export",
		narrowed: "scoped"
	},
	"Mutation.cancelExport": {
		needs: "export",
		narrowed: "own"
	},
	"Mutation.retryExport": {
		needs: "export",
		narrowed: "scoped"
	},
	"Mutation.deleteExport": {
		needs: "export",
		narrowed: "own"
	},
	"Query.fields": {
		needs: "search",
		narrowed: "neutral"
	},
	"Query.limits": {
		needs: null,
		narrowed: "neutral"
	},
	"Query.captureStatistics": {
		needs: "statistics",
		narrowed: "scoped"
	},
	"Query.statisticsHistory": {
		needs: "statistics",
		narrowed: "refused"
	},
	"Query.shipping": {
		needs: "statistics",
		narrowed: "refused"
	},
	"Query.captureFiles": {
		needs: "files",
		narrowed: "refused",
		audit: "file.list"
	},
	"Query.importJobs": {
		needs: "import",
		narrowed: "refused"
	},
	"Query.importJob": {
		needs: "import",
		narrowed: "refused"
	},
	"Mutation.importCapture": {
		needs: "import",
		narrowed: "refused"
	},
	"Subscription.importProgress": {
		needs: "import",
		narrowed: "refused"
	},
	"Mutation.holdSessions": {
		needs: "operate",
		narrowed: "scoped"
	},
	"Mutation.releaseHold": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.holds": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.retentionForecast": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.retentionClasses": {
		needs: "operate",
		narrowed: "refused"
	},
	"Mutation.setRetentionClass": {
		needs: "operate",
		narrowed: "refused"
	},
	"Mutation.removeRetentionClass": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.retentionPlan": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.tasks": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.task": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.taskRuns": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.taskDryRun": {
		needs: "operate",
		narrowed: "refused"
	},
	"Mutation.runTask": {
		needs: "operate",
		narrowed: "refused"
	},
	"Mutation.pauseTask": {
		needs: "operate",
		narrowed: "refused"
	},
	"Mutation.resumeTask": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.retentionEvents": {
		needs: "export",
		narrowed: "own"
	},
	"Subscription.retention": {
		needs: "export",
		narrowed: "own"
	},
	"Query.webhookDeliveries": {
		needs: "operate",
		narrowed: "refused"
	},
	"Query.me": {
		needs: null,
		narrowed: "own"
	},
	"Query.tokens": {
		needs: null,
		narrowed: "own"
	},
	"Mutation.createToken": {
		needs: null,
		narrowed: "own",
		notByToken: true
	},
	"Mutation.revokeToken": {
		needs: null,
		narrowed: "own",
		notByToken: true
	},
	"Mutation.changePassword": {
		needs: null,
		narrowed: "own",
		notByToken: true
	},
	"Query.users": {
		needs: "administer",
		narrowed: "neutral",
		audit: "user.list"
	},
	"Query.user": {
		needs: "administer",
		narrowed: "neutral",
		audit: "user.read"
	},
	"Query.auditLog": {
		needs: "administer",
		narrowed: "neutral",
		audit: "audit.read"
	},
	"Mutation.createUser": {
		needs: "administer",
		narrowed: "neutral"
	},
	"Mutation.updateUser": {
		needs: "administer",
		narrowed: "neutral"
	},
	"Mutation.setUserPassword": {
		needs: "administer",
		narrowed: "neutral"
	},
	"Mutation.createUserToken": {
		needs: "administer",
		narrowed: "neutral"
	},
	"Mutation.revokeUserToken": {
		needs: "administer",
		narrowed: "neutral"
	}
};

// dist/graphql/guard.js
const ROOTS = /* @__PURE__ */ new Set([
	"Query",
	"Mutation",
	"Subscription"
]);
/** What nobody decided about is for administrators, so that forgetting a decision opens nothing. */
const UNDECIDED = {
	needs: "administer",
	narrowed: "refused"
};
/** Longest JSON of an argument that goes into the audit log. */
const MAX_ARGUMENT = 1e3;
function decidable(schema) {
	return Object.values(schema.getTypeMap()).flatMap((type) => {
		if (!isObjectType(type) || type.name.startsWith("__")) return [];
		return Object.values(type.getFields()).flatMap((field) => ROOTS.has(type.name) || field.args.length > 0 ? [{
			name: `${type.name}.${field.name}`,
			field
		}] : []);
	});
}
/** Throws FORBIDDEN unless the decision lets the request through. */
function enforce(name, { needs, narrowed, notByToken }, context) {
	try {
		if (needs !== null) context.require(needs);
		if (notByToken === true && context.principal.method === "token") throw new LookbackError("FORBIDDEN", "a token may not do this; log in yourself");
		if (narrowed === "refused") context.requireWholeStore(`"${name.slice(name.indexOf(".") + 1)}"`);
	} catch (error) {
		if (error instanceof LookbackError) context.noteRefusal(name, error.code);
		throw error;
	}
}
/** Arguments as the audit log has them: texts and numbers as they are, the rest as JSON. */
function written(args) {
	return Object.fromEntries(Object.entries(args).flatMap(([name, value]) => {
		if (value === null || value === void 0) return [];
		return [[name, typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value).slice(0, MAX_ARGUMENT)]];
	}));
}
/** How much an answer holds: items of its list, and the total where it says one. */
function countsOf(answer) {
	if (typeof answer !== "object" || answer === null) return {};
	const counts = {};
	const list = Object.values(answer).find((value) => Array.isArray(value));
	if (Array.isArray(list)) counts["items"] = list.length;
	if ("totalCount" in answer && typeof answer.totalCount === "object" && answer.totalCount !== null && "value" in answer.totalCount && typeof answer.totalCount.value === "number") counts["total"] = answer.totalCount.value;
	return counts;
}
/** Runs a read and notes it with its arguments, and its counts once it is answered. */
function audited(action, args, context, info, run) {
	const count = context.noteRead(String(info.path.key), action, written(args));
	const answer = run();
	if (!(answer instanceof Promise)) {
		count(countsOf(answer));
		return answer;
	}
	return answer.then((given) => {
		count(countsOf(given));
		return given;
	});
}
/** Puts the decision of every field that needs one before its resolver, in place, and its reads into the audit log. */
function guardSchema(schema) {
	for (const { name, field } of decidable(schema)) {
		const decision = ACCESS_DECISIONS[name] ?? UNDECIDED;
		const { resolve, subscribe } = field;
		const guard = (context) => {
			if (!(context instanceof RequestContext)) throw new LookbackError("INTERNAL", `${name} without a request context`);
			enforce(name, decision, context);
			return context;
		};
		if (resolve !== void 0) {
			const { audit, asked } = decision;
			field.resolve = (source, args, context, info) => {
				const known = guard(context);
				const run = () => resolve(source, args, context, info);
				if (asked === true) known.noteAsked(rootNameOf(info), `${field.name}(${Object.entries(written(args)).map(([argument, value]) => `${argument}=${String(value)}`).join(", ")})`);
				return audit === void 0 ? run() : audited(audit, args, known, info, run);
			};
		}
		if (subscribe !== void 0) field.subscribe = (source, args, context, info) => {
			guard(context);
			return subscribe(source, args, context, info);
		};
	}
	return schema;
}

// dist/graphql/schema.js
let built = null;
/** The schema; made on first use, the same one ever after. */
function graphqlSchema() {
	built ??= guardSchema(withIdempotencyKeys(buildSchemaSync({
		resolvers: [
			SessionResolver,
			SessionsArrivingResolver,
			AggregateResolver,
			ConnectionsResolver,
			FieldResolver$1,
			CaptureFileResolver,
			CaptureStatisticsResolver,
			LimitResolver,
			ImportJobResolver,
			ExportResolver,
			TagResolver,
			UserResolver,
			AccountResolver,
			AuditResolver,
			TaskResolver,
			RetentionResolver,
			ForecastResolver,
			RetentionClassResolver,
			HoldResolver,
			RetentionEventResolver,
			StatisticsResolver,
			ShippingResolver
		],
		orphanedTypes: [],
		validate: false,
		pubSub: {
			publish() {},
			subscribe() {
				throw new LookbackError("INTERNAL", "a subscription without an iterator of its own");
			}
		}
	})));
	return built;
}
/** The text of `schema/schema.graphql`. */
function schemaText() {
	return `# Made by \`npm run generate\`; do not edit.\n\n${printSchema(graphqlSchema())}\n`;
}

// dist/graphql/errors.js
/** HTTP status of each code; those not named are 500 (ours) or 400 (the client's). */
const HTTP_STATUS = {
	UNAUTHENTICATED: 401,
	LOGIN_FAILED: 401,
	FORBIDDEN: 403,
	LINK_INVALID: 403,
	NOT_FOUND: 404,
	IDEMPOTENCY_CONFLICT: 409,
	OUTCOME_UNKNOWN: 409,
	ALREADY_DONE: 409,
	RATE_LIMITED: 429,
	QUERY_CANCELLED: 499,
	INTERNAL: 500,
	STORE_DAMAGED: 500,
	UNAVAILABLE: 501,
	DISK_FULL: 507,
	SHUTTING_DOWN: 503,
	QUERY_MEMORY: 503,
	QUERY_TIMEOUT: 504
};
/** The HTTP status that goes with an error. */
function httpStatusOf(error) {
	return HTTP_STATUS[error.code] ?? 400;
}
/** Apollo's and graphql-js's codes in ours. */
const FOREIGN_CODES = {
	GRAPHQL_PARSE_FAILED: "BAD_INPUT",
	GRAPHQL_VALIDATION_FAILED: "BAD_INPUT",
	BAD_USER_INPUT: "BAD_INPUT",
	BAD_REQUEST: "BAD_INPUT",
	OPERATION_RESOLUTION_FAILURE: "BAD_INPUT",
	PERSISTED_QUERY_NOT_SUPPORTED: "BAD_INPUT",
	PERSISTED_QUERY_NOT_FOUND: "PERSISTED_QUERY_NOT_FOUND"
};
/** What Apollo says of a persisted query whose text has another hash. */
const FORGED_HASH = "provided sha does not match query";
function isCode(code) {
	return Object.hasOwn(ERROR_CODES, code);
}
/** The LookbackError inside an error, whatever wrapped it, or null. */
function ours(error) {
	for (let at = error, depth = 0; at instanceof Error && depth < 8; depth++) {
		if (at instanceof LookbackError) return at;
		at = at instanceof GraphQLError && at.originalError !== void 0 ? at.originalError : at.cause;
	}
	return null;
}
/** A code of ours that a wrapped GraphQL error carries (a scalar's), or null. */
function carriedCode(error) {
	for (let at = error, depth = 0; at instanceof GraphQLError && depth < 8; depth++) {
		const code = at.extensions["code"];
		if (typeof code === "string" && isCode(code) && code !== "INTERNAL") return code;
		at = at.originalError;
	}
	return null;
}
/** `extensions` of an error: `code`, `retryable`, `limit` where there is one, and the details. */
function extensionsOf(error) {
	const { limit, ...details } = error.details;
	return {
		code: error.code,
		retryable: error.retryable,
		...limit === void 0 ? {} : { limit },
		...Object.keys(details).length === 0 ? {} : { details }
	};
}
/** A LookbackError as GraphQL carries it. */
function toGraphQLError(error) {
	return new GraphQLError(error.message, {
		originalError: error,
		extensions: extensionsOf(error)
	});
}
/**
* What a client sees of an error: our message and code; for a fault of ours a reference number, while the cause goes to
* the log. Errors of graphql-js itself (syntax, validation, variables) are BAD_INPUT.
*/
function formatError(formatted, error, logger) {
	const { message, locations, path } = formatted;
	const place = {
		...locations === void 0 ? {} : { locations },
		...path === void 0 ? {} : { path }
	};
	const known = ours(error);
	if (known !== null) return {
		message: known.message,
		...place,
		extensions: extensionsOf(known)
	};
	if (message === FORGED_HASH) return {
		message: "persistedQuery: the hash is not the SHA-256 of the query",
		...place,
		extensions: {
			code: "BAD_INPUT",
			retryable: false
		}
	};
	const code = formatted.extensions?.["code"];
	const carried = carriedCode(error);
	if (carried !== null || typeof code === "string") {
		const own = carried ?? FOREIGN_CODES[String(code)] ?? null;
		if (own !== null) return {
			message,
			...place,
			extensions: {
				code: own,
				retryable: ERROR_CODES[own].retryable
			}
		};
	} else if (error instanceof GraphQLError && error.originalError === void 0) return {
		message,
		...place,
		extensions: {
			code: "BAD_INPUT",
			retryable: false
		}
	};
	const reference = Math.random().toString(36).slice(2, 10);
	logger.error({
		reference,
		path,
		error: error instanceof GraphQLError && error.originalError !== void 0 ? error.originalError : error
	}, "an operation failed");
	return {
		message: `an internal fault; the log has it under ${reference}`,
		...place,
		extensions: {
			code: "INTERNAL",
			retryable: false,
			details: { reference }
		}
	};
}
/** How each root field of an answer went, by its name in the answer: `ok`, or the code of the first error at or below it. */
function outcomesOf(errors) {
	return (answerName) => {
		const code = errors?.find((error) => error.path?.[0] === answerName)?.extensions?.["code"];
		return typeof code === "string" ? code : "ok";
	};
}

// dist/graphql/operation-check.js
const { fieldExtensionsEstimator, getComplexity, simpleEstimator } = createRequire(import.meta.url)("graphql-query-complexity");
const CYCLE = {
	depth: Number.POSITIVE_INFINITY,
	fields: Number.POSITIVE_INFINITY,
	aliases: 0
};
/** Measures selections; each fragment once, so that fragments which double each other cost nothing to refuse. */
var Measure = class {
	#fragments;
	#known = /* @__PURE__ */ new Map();
	constructor(document) {
		this.#fragments = new Map(document.definitions.flatMap((definition) => definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []));
	}
	of(selection) {
		let depth = 0;
		let fields = 0;
		let aliases = 0;
		for (const node of selection.selections) {
			let extent;
			if (node.kind === Kind.FIELD) {
				const inner = node.selectionSet === void 0 ? {
					depth: 0,
					fields: 0,
					aliases: 0
				} : this.of(node.selectionSet);
				extent = {
					depth: inner.depth + 1,
					fields: inner.fields + 1,
					aliases: inner.aliases + (node.alias === void 0 ? 0 : 1)
				};
			} else extent = node.kind === Kind.INLINE_FRAGMENT ? this.of(node.selectionSet) : this.#fragment(node.name.value);
			depth = Math.max(depth, extent.depth);
			fields += extent.fields;
			aliases += extent.aliases;
		}
		return {
			depth,
			fields,
			aliases
		};
	}
	#fragment(name) {
		const known = this.#known.get(name);
		if (known !== void 0) return known ?? CYCLE;
		const fragment = this.#fragments.get(name);
		if (fragment === void 0) return {
			depth: 0,
			fields: 0,
			aliases: 0
		};
		this.#known.set(name, null);
		const extent = this.of(fragment.selectionSet);
		this.#known.set(name, extent);
		return extent;
	}
};
function refuse(what, given, limit) {
	const shown = Number.isFinite(given) ? String(given) : "without end";
	return new LookbackError("LIMIT_EXCEEDED", `${what} of the operation is ${shown}; at most ${limit} is allowed`, {
		limit,
		given: shown
	});
}
/** Checks size before validation, whose rules take time that grows faster than the text. LIMIT_EXCEEDED. */
function checkShape(document) {
	const measure = new Measure(document);
	for (const definition of document.definitions) {
		if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
		const extent = measure.of(definition.selectionSet);
		if (extent.depth > LIMITS.depth) throw refuse("the depth", extent.depth, LIMITS.depth);
		if (extent.fields > LIMITS.expandedFields) throw refuse("the number of fields", extent.fields, LIMITS.expandedFields);
		if (extent.aliases > LIMITS.aliases) throw refuse("the number of aliases", extent.aliases, LIMITS.aliases);
	}
}
/** Refuses variables nested deeper than any argument can be: what reads them calls itself once per level. */
function checkVariables(variables) {
	let level = [variables];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > LIMITS.variableDepth) throw refuse("the depth of the variables", depth, LIMITS.variableDepth);
		level = level.flatMap((value) => typeof value === "object" && value !== null ? Object.values(value).filter((inner) => typeof inner === "object" && inner !== null) : []);
	}
}
/**
* Cost of a valid operation: one unit per field selected, a page's fields times its size over a divisor, and a fixed
* price per question to the store (see `complexity` in the resolvers). LIMIT_EXCEEDED above the limit; a GraphQLError when
* the variables do not fit.
*/
function costOf(schema, document, variables, operationName) {
	const operation = getOperationAST(document, operationName);
	if (operation === null || operation === void 0) return 0;
	checkVariables(variables);
	let cost;
	try {
		cost = getComplexity({
			schema,
			query: document,
			variables,
			...operationName === null ? {} : { operationName },
			estimators: [fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: 1 })],
			maxQueryNodes: LIMITS.expandedFields * 2
		});
	} catch (error) {
		if (!(error instanceof GraphQLError)) throw error;
		throw new GraphQLError(error.message, {
			originalError: error,
			extensions: {
				code: "BAD_USER_INPUT",
				...error.extensions
			}
		});
	}
	const rounded = Math.ceil(cost);
	if (!(rounded <= LIMITS.cost)) throw refuse("the cost", rounded, LIMITS.cost);
	return rounded;
}

// dist/graphql/streamed-operation.js
function document(query) {
	try {
		return parse(query, { maxTokens: LIMITS.tokens });
	} catch (error) {
		if (error instanceof GraphQLError) return error;
		throw error;
	}
}
/** Parses, bounds, validates and prices an operation of a streaming transport, as the HTTP endpoint does its own. */
function prepareOperation({ query, variables, operationName }, context) {
	const schema = graphqlSchema();
	const parsed = document(query);
	if (parsed instanceof GraphQLError) return { errors: [parsed] };
	try {
		checkShape(parsed);
		const invalid = validate(schema, parsed, specifiedRules);
		if (invalid.length > 0) return { errors: invalid };
		if ((getOperationAST(parsed, operationName) ?? null) === null) throw new LookbackError("BAD_INPUT", "the document has no such operation, or several: name one with operationName");
		context.spend(costOf(schema, parsed, { ...variables }, operationName ?? null));
	} catch (error) {
		if (error instanceof LookbackError) return { errors: [toGraphQLError(error)] };
		if (error instanceof GraphQLError) return { errors: [error] };
		throw error;
	}
	return { args: {
		schema,
		document: parsed,
		contextValue: context,
		variableValues: variables ?? null,
		operationName: operationName ?? null
	} };
}
/** Errors of a streaming transport as clients see them. */
function shownErrors(errors, logger) {
	return errors.map((error) => {
		const shown = formatError(error.toJSON(), error, logger);
		return new GraphQLError(shown.message, {
			...error.path === void 0 ? {} : { path: error.path },
			extensions: { ...shown.extensions }
		});
	});
}
/** A result with its errors as clients see them and the cost beside it; what was read goes into the audit log. */
function shownResult(result, context, logger) {
	const extensions = {
		...result.extensions,
		...context.spent
	};
	const errors = result.errors === void 0 ? void 0 : shownErrors(result.errors, logger);
	context.finishReads(outcomesOf(errors));
	return errors === void 0 ? {
		...result,
		extensions
	} : {
		...result,
		errors,
		extensions
	};
}

export { BoundingName as _, costOf as a, outcomesOf as c, schemaText as d, exportsOf as f, LIMITS as g, ExportPackets as h, checkShape as i, toGraphQLError as l, ExportFormatName as m, shownErrors as n, formatError as o, exportRequestOf as p, shownResult as r, httpStatusOf as s, prepareOperation as t, graphqlSchema as u };