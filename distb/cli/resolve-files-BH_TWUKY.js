import { n as LookbackError } from "./errors-iXTvzgJ7.js";
import { n as isHostExpression } from "./derived-fields-Bpb1Itnt.js";
import { t as nearestNames } from "./nearest-name-E6ridMzO.js";
import { t as isHiddenField } from "./hidden-fields-1LxAzJdz.js";
import { DateTime, FixedOffsetZone } from "luxon";

// dist/query/errors.js
/** Most characters of an expression shown above the caret line. */
const EXCERPT = 76;
/** The line of `text` that `span` starts in, cut around it, and a line of carets under the span. */
function excerpt(text, span) {
	const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
	const nextLine = text.indexOf("\n", span.start);
	const lineEnd = nextLine < 0 ? text.length : nextLine;
	const from = Math.max(lineStart, Math.min(span.start - EXCERPT / 2, lineEnd - EXCERPT));
	const to = Math.min(lineEnd, from + EXCERPT);
	const line = text.slice(from, to).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·");
	const width = Math.max(1, Math.min(span.end, to) - span.start);
	return `  ${line}\n  ${" ".repeat(span.start - from)}${"^".repeat(width)}`;
}
function sentence(names) {
	return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names[names.length - 1] ?? ""}`;
}
/**
* An error about the part `span` of an expression. The message names the fault, what was expected and what may have
* been meant, and shows the part over a caret line; details hold `start`, `end` (UTF-16 offsets), `expected` and
* `suggestions`.
*/
function expressionError(code, text, span, message, explanation = {}) {
	const { expected = [], suggestions = [] } = explanation;
	const expectation = expected.length === 0 ? "" : `; expected ${sentence(expected)}`;
	const question = suggestions.length === 0 ? "" : `; did you mean ${sentence(suggestions)}?`;
	return new LookbackError(code, `${message}${expectation}${question}\n${excerpt(text, span)}`, {
		start: span.start,
		end: span.end,
		expected,
		suggestions
	});
}
/** A value as shown in a message: quoted, control characters escaped, cut at 60 characters. */
function shown(value) {
	return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

// dist/query/address-values.js
/** Addresses are numbers of 128 bits here; IPv4 is mapped (RFC 4291 section 2.5.5.2). */
const MAPPED = 65535n << 32n;
const ALL_ONES = (1n << 128n) - 1n;
const MAPPED_LAST = MAPPED | 4294967295n;
const IPV4_WORDS = [{
	low: hex(MAPPED),
	high: hex(MAPPED_LAST),
	port: null
}];
const IPV6_WORDS = [{
	low: hex(0n),
	high: hex(MAPPED - 1n),
	port: null
}, {
	low: hex(MAPPED_LAST + 1n),
	high: hex(ALL_ONES),
	port: null
}];
function hex(value) {
	return value.toString(16).padStart(32, "0");
}
/** A whole decimal number of at most `most`, or null. */
function decimal(text, most) {
	if (!/^\d{1,5}$/.test(text)) return null;
	const value = Number(text);
	return value <= most ? value : null;
}
/** One to four numbers with dots; fewer than four are a prefix of 8 bits each (`10.1` is 10.1.0.0/16). */
function ipv4(text) {
	const parts = (text.endsWith(".") ? text.slice(0, -1) : text).split(".");
	if (parts.length > 4) return null;
	let value = 0n;
	for (let at = 0; at < 4; at++) {
		const octet = at < parts.length ? decimal(parts[at] ?? "", 255) : 0;
		if (octet === null) return null;
		value = value << 8n | BigInt(octet);
	}
	return {
		value: MAPPED | value,
		bits: 96 + 8 * parts.length
	};
}
/** Groups of 16 bits, or null if one is no such group; no text is no groups. */
function groups(text) {
	if (text === "") return [];
	const parts = text.split(":");
	return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part)) ? parts.map((part) => BigInt(`0x${part}`)) : null;
}
/** A whole IPv6 address, or groups with one colon between them that are a prefix of 16 bits each (`2001:db8` is /32). */
function ipv6(text) {
	const [before = "", after, ...more] = text.split("::");
	if (more.length > 0) return null;
	const head = groups(after === void 0 && before.endsWith(":") ? before.slice(0, -1) : before);
	const tail = groups(after ?? "");
	if (head === null || tail === null) return null;
	const given = head.length + tail.length;
	if (given > 8 || after !== void 0 && given > 7 || after === void 0 && given === 0) return null;
	return {
		value: [
			...head,
			...Array(8 - given).fill(0n),
			...tail
		].reduce((sum, group) => sum << 16n | group, 0n),
		bits: after === void 0 ? 16 * given : 128
	};
}
/** `address[/bits]`; `shift` is where the family's own bits begin. */
function network(text, family, shift) {
	const slash = text.indexOf("/");
	const address = family(slash < 0 ? text : text.slice(0, slash));
	if (address === null || slash < 0) return address;
	const bits = decimal(text.slice(slash + 1), 128 - shift);
	return bits === null ? null : {
		value: address.value,
		bits: shift + bits
	};
}
function match(prefix, portText) {
	if (prefix === null) return null;
	const port = portText === void 0 || portText === "" ? null : decimal(portText, 65535);
	if (port === null && portText !== void 0 && portText !== "") return null;
	const rest = (1n << BigInt(128 - prefix.bits)) - 1n;
	const low = prefix.value & ~rest & ALL_ONES;
	return {
		low: hex(low),
		high: hex(low | rest),
		port
	};
}
/** Writes the IPv4 tail of an address such as `::ffff:192.0.2.1` as two groups. */
function withoutDottedTail(text) {
	const dotted = /^(.*:)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d])(.*)$/s.exec(text);
	if (dotted === null) return text;
	const tail = ipv4(dotted[2] ?? "");
	if (tail === null) return text;
	const low = tail.value & 4294967295n;
	return `${dotted[1] ?? ""}${(low >> 16n).toString(16)}:${(low & 65535n).toString(16)}${dotted[3] ?? ""}`;
}
/**
* What a written address matches, or null when it is none: IPv4, IPv6, their short forms and networks, each with a
* port (`192.0.2.1:80`, `2001:db8::1.80`), a port alone (`:80`, `.80`), and the words `ipv4` and `ipv6`. With two
* colons or more a text is IPv6 and its port follows a dot (Arkime's rule).
*/
function addressMatches(text) {
	const word = text.toLowerCase();
	if (word === "ipv4") return IPV4_WORDS;
	if (word === "ipv6") return IPV6_WORDS;
	const portOnly = /^[:.](\d+)$/.exec(text);
	if (portOnly !== null) {
		const port = decimal(portOnly[1] ?? "", 65535);
		return port === null ? null : [{
			low: null,
			high: null,
			port
		}];
	}
	const found = text.split(":").length > 2 ? ipv6Match(withoutDottedTail(text)) : ipv4Match(text);
	return found === null ? null : [found];
}
function ipv6Match(text) {
	const dot = text.indexOf(".");
	return match(network(dot < 0 ? text : text.slice(0, dot), ipv6, 0), dot < 0 ? void 0 : text.slice(dot + 1));
}
function ipv4Match(text) {
	const colon = text.indexOf(":");
	return match(network(colon < 0 ? text : text.slice(0, colon), ipv4, 96), colon < 0 ? void 0 : text.slice(colon + 1)) ?? (colon > 0 && !text.includes(".") ? match(network(text, ipv6, 0), void 0) : null);
}

// dist/query/number-values.js
/** IP protocol numbers by the words that Arkime takes for them (IANA Protocol Numbers). */
const PROTOCOL_NUMBERS = /* @__PURE__ */ new Map([
	["icmp", 1],
	["igmp", 2],
	["tcp", 6],
	["udp", 17],
	["gre", 47],
	["esp", 50],
	["icmp6", 58],
	["icmpv6", 58],
	["ospf", 89],
	["pim", 103],
	["sctp", 132]
]);
/** Words that stand for numbers of the field at `path`; null where there are none. */
function numberWords(path) {
	return path === "ipProtocol" ? PROTOCOL_NUMBERS : null;
}
const INTEGER = String.raw`-?\d+`;
const DECIMAL = String.raw`-?(?:\d+(?:\.\d*)?|\.\d+)`;
function toNumber(text, integer) {
	const value = Number(text);
	if (!Number.isFinite(value)) return null;
	return integer && !Number.isSafeInteger(value) ? null : value;
}
/** A number, or `a-b` with both ends included; null when the text is neither, reversed, or beyond 2^53. */
function numberRange(text, kind) {
	const integer = kind === "integer";
	const number = integer ? INTEGER : DECIMAL;
	const parts = new RegExp(`^(${number})(?:-(${number}))?$`).exec(text.trim());
	if (parts === null) return null;
	const low = toNumber(parts[1] ?? "", integer);
	const high = parts[2] === void 0 ? low : toNumber(parts[2], integer);
	return low === null || high === null || high < low ? null : {
		low,
		high
	};
}

// dist/query/pattern.js
/** The pattern that matches exactly `literal`. */
function literalPattern(literal) {
	return literal.replace(/[\\*?]/g, "\\$&");
}
/** The text that a pattern without wildcards matches, or null when it has wildcards. */
function literalOf(pattern) {
	if (!/[*?\\]/.test(pattern)) return pattern;
	let literal = "";
	for (const piece of pieces(pattern)) {
		if (piece.wildcard) return null;
		literal += piece.text;
	}
	return literal;
}
/** Whether a pattern is nothing but `*`. */
function matchesAnything(pattern) {
	return /^\*+$/.test(pattern);
}
/** The pattern as runs of literal characters and single wildcards. */
function pieces(pattern) {
	return [...pattern.matchAll(/\\([\\*?])|([*?])|([^\\*?]+|\\)/gs)].map(([, escaped, wildcard, plain]) => wildcard === void 0 ? {
		wildcard: false,
		text: escaped ?? plain ?? ""
	} : {
		wildcard: true,
		text: wildcard
	});
}
/**
* The pattern of a value as it is written, where a backslash before one of `escapable` makes that character literal:
* `*`, `?` and `\` keep their escape, others lose it. Any other backslash stands for itself.
*/
function patternOf(written, escapable) {
	if (!written.includes("\\")) return written;
	let pattern = "";
	for (let at = 0; at < written.length; at++) {
		const char = written[at] ?? "";
		if (char !== "\\") {
			pattern += char;
			continue;
		}
		const next = written[at + 1] ?? "";
		if (next !== "" && "*?\\".includes(next)) pattern += char + next;
		else if (next !== "" && escapable.includes(next)) pattern += next;
		else {
			pattern += "\\\\";
			continue;
		}
		at++;
	}
	return pattern;
}
/** Whether a pattern matches the whole of `text`. At most pattern × text steps, whatever the pattern. */
function patternMatches(pattern, text) {
	const parts = pieces(pattern).flatMap((piece) => piece.wildcard ? [piece] : [...piece.text].map((char) => ({
		wildcard: false,
		text: char
	})));
	const chars = [...text];
	let part = 0;
	let star = -1;
	let resume = 0;
	for (let at = 0; at < chars.length;) {
		const current = parts[part];
		if (current?.wildcard === true && current.text === "*") {
			star = part++;
			resume = at;
		} else if (current !== void 0 && (current.wildcard || current.text === chars[at])) {
			part++;
			at++;
		} else if (star >= 0) {
			part = star + 1;
			at = ++resume;
		} else return false;
	}
	return parts.slice(part).every((piece) => piece.wildcard && piece.text === "*");
}

// dist/model/words.js
/**
* The words of a text in sequence, lower-cased: runs of letters, digits and underscores. Fields of kind `lotextfield`
* and `tokens` views compare these; every store must split values the same way.
*/
function wordsOf(text) {
	return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

// dist/query/limits.js
/** Longest expression, in UTF-16 units. A longer one is refused before it is read. */
const MAX_EXPRESSION_LENGTH = 1e5;
/** Most items of one list. */
const MAX_LIST_ITEMS = 5e3;
/** Most comparisons of one expression, those of inlined views included. */
const MAX_COMPARISONS = 2e3;
/** Most field tests after virtual fields are expanded; bounds what a store has to translate. */
const MAX_FIELD_TESTS = 2e4;
/** Most values over all comparisons after shortcuts are expanded. */
const MAX_VALUES = 5e4;
/** Longest regular expression, in UTF-16 units. */
const MAX_REGEX_LENGTH = 1e3;
/** Largest count in `{n,m}` of a regular expression, and largest product of nested ones; both stores refuse more. */
const MAX_REGEX_REPEAT = 1e3;

// dist/query/regex.js
/** A fault in a regular expression: offset in the pattern and what is wrong there. */
var RegexFault = class extends Error {
	constructor(offset, message, tooLarge = false) {
		super(message);
		this.name = "RegexFault";
		this.offset = offset;
		this.tooLarge = tooLarge;
	}
};
/** Characters that one of the two engines (RE2, Lucene) reads as an operator where the other does not. */
const LITERAL = /* @__PURE__ */ new Set("^$~@&#<>\"]}");
/** Classes that both engines know. */
const CLASSES = /* @__PURE__ */ new Set("dDwWsS");
const CONTROL = {
	n: "\n",
	r: "\r",
	t: "	"
};
const MUST_ESCAPE = /* @__PURE__ */ new Set("\\.+*?()[]{}|^$~@&#<>\"");
/** Matches nothing but the empty text; Lucene refuses an alternative that is written as nothing. */
const EMPTY = "()";
const escape = (char) => MUST_ESCAPE.has(char) ? `\\${char}` : char;
/** Reads one pattern once, left to right; recursion is bounded by MAX_REGEX_DEPTH. */
var Reader = class {
	#pattern;
	#at = 0;
	constructor(pattern) {
		this.#pattern = pattern;
	}
	whole() {
		const { text } = this.#alternatives(0);
		if (this.#at < this.#pattern.length) throw new RegexFault(this.#at, "unbalanced \")\" in the regular expression");
		return text === "" ? EMPTY : text;
	}
	#peek() {
		return this.#pattern[this.#at] ?? "";
	}
	/** Alternatives up to `)` or the end; `repeats` is the largest product of counted repetitions inside. */
	#alternatives(depth) {
		const branches = [];
		let text = "";
		let repeats = 1;
		while (this.#at < this.#pattern.length && this.#peek() !== ")") {
			if (this.#peek() === "|") {
				branches.push(text);
				text = "";
				this.#at++;
				continue;
			}
			const start = this.#at;
			const atom = this.#atom(depth);
			const quantifier = this.#quantifier();
			const product = atom.repeats * quantifier.count;
			if (product > 1e3) throw new RegexFault(start, `a repetition of more than ${MAX_REGEX_REPEAT}`, true);
			repeats = Math.max(repeats, product);
			text += atom.text + quantifier.text;
		}
		if (branches.length === 0) return {
			text,
			repeats
		};
		return {
			text: [...branches, text].map((branch) => branch === "" ? EMPTY : branch).join("|"),
			repeats
		};
	}
	#atom(depth) {
		const start = this.#at;
		const char = this.#peek();
		this.#at++;
		if (char === "(") return this.#group(start, depth);
		if (char === "[") return {
			text: this.#class(start),
			repeats: 1
		};
		if (char === "\\") return {
			text: this.#escaped(false),
			repeats: 1
		};
		if (char === ".") return {
			text: ".",
			repeats: 1
		};
		if (char === "{" || "*+?".includes(char)) throw new RegexFault(start, `nothing before "${char}" to repeat`);
		if (LITERAL.has(char)) return {
			text: `\\${char}`,
			repeats: 1
		};
		return {
			text: this.#symbol(char),
			repeats: 1
		};
	}
	/** The whole code point that starts with `char`: a quantifier counts code points in both engines. */
	#symbol(char) {
		if (/[\uD800-\uDBFF]/.test(char) && /[\uDC00-\uDFFF]/.test(this.#peek())) return char + (this.#pattern[this.#at++] ?? "");
		return char;
	}
	#group(start, depth) {
		if (depth >= 20) throw new RegexFault(start, `groups nested more than ${20} deep`, true);
		if (this.#peek() === "?") throw new RegexFault(start, "(?…) is not supported");
		const inner = this.#alternatives(depth + 1);
		if (this.#peek() !== ")") throw new RegexFault(start, "\"(\" is not closed");
		this.#at++;
		return {
			text: `(${inner.text})`,
			repeats: inner.repeats
		};
	}
	/** A backslash was read; the escape in portable form. */
	#escaped(inClass) {
		const at = this.#at - 1;
		const char = this.#peek();
		this.#at++;
		if (char === "") throw new RegexFault(at, "a backslash at the end of the regular expression");
		if (CLASSES.has(char)) return `\\${char}`;
		const control = CONTROL[char];
		if (control !== void 0) return control;
		if (/[A-Za-z0-9]/.test(char)) throw new RegexFault(at, `"\\${char}" is not supported in regular expressions`);
		return inClass ? classLiteral(char) : escape(this.#symbol(char));
	}
	#class(start) {
		let text = "[";
		if (this.#peek() === "^") {
			text += "^";
			this.#at++;
		}
		let empty = true;
		for (;;) {
			const at = this.#at;
			const char = this.#peek();
			this.#at++;
			if (char === "") throw new RegexFault(start, "\"[\" is not closed");
			if (char === "]" && !empty) return `${text}]`;
			if (char === "[" && this.#peek() === ":") throw new RegexFault(at, "[:…:] is not supported");
			empty = false;
			const low = char === "\\" ? this.#escaped(true) : classLiteral(this.#symbol(char));
			if (this.#peek() !== "-" || "]".includes(this.#pattern[this.#at + 1] ?? "]")) {
				text += low;
				continue;
			}
			this.#at++;
			const next = this.#peek();
			this.#at++;
			const high = next === "\\" ? this.#escaped(true) : classLiteral(this.#symbol(next));
			if (isClass(low) || isClass(high) || pointOf(low) > pointOf(high)) throw new RegexFault(at, "a range of characters that is reversed or no range");
			text += `${low}-${high}`;
		}
	}
	/** Quantifier after an atom; `count` is the largest number of repetitions that is written out, 1 for none. */
	#quantifier() {
		const start = this.#at;
		const char = this.#peek();
		let text = "";
		let count = 1;
		if (char !== "" && "*+?".includes(char)) {
			text = char;
			this.#at++;
		} else if (char === "{") {
			const counted = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#pattern.slice(start, start + 24));
			if (counted === null) throw new RegexFault(start, "a repetition is {n}, {n,} or {n,m}");
			const low = Number(counted[1]);
			const high = counted[3] === void 0 || counted[3] === "" ? low : Number(counted[3]);
			if (high < low) throw new RegexFault(start, "a repetition with its bounds reversed");
			count = Math.max(1, high);
			text = counted[2] !== void 0 && (counted[3] === void 0 || counted[3] === "") ? `{${low},}` : low === high ? `{${low}}` : `{${low},${high}}`;
			this.#at += counted[0].length;
		} else return {
			text,
			count
		};
		const next = this.#peek();
		if (next !== "" && "*+?{".includes(next)) throw new RegexFault(this.#at, "one repetition directly after another");
		return {
			text,
			count
		};
	}
};
const isClass = (text) => /^\\[dDwWsS]$/.test(text);
const pointOf = (text) => (text.startsWith("\\") ? text.slice(1) : text).codePointAt(0) ?? 0;
function classLiteral(char) {
	return "\\]^-[\"&".includes(char) ? `\\${char}` : char;
}
/**
* The portable form of a regular expression: RE2 and Lucene read it alike. A match is always of the whole term, so a
* leading `^` and a trailing `$` are dropped; what only one engine gives a meaning (`~ @ & # < > "` and other anchors)
* stands for itself. Groups, classes, `\d \w \s` and their opposites, `|`, `* + ? {n,m}` mean what they always mean.
* Applying it again changes nothing. Throws RegexFault.
*/
function portableRegex(pattern) {
	if (pattern.length > 1e3) throw new RegexFault(0, `a regular expression of ${pattern.length} characters; at most ${MAX_REGEX_LENGTH} are allowed`, true);
	const anchoredEnd = /(?:^|[^\\])(?:\\\\)*\$$/.test(pattern);
	const start = pattern.startsWith("^") ? 1 : 0;
	try {
		return new Reader(pattern.slice(start, anchoredEnd ? -1 : void 0)).whole();
	} catch (error) {
		if (error instanceof RegexFault) throw new RegexFault(error.offset + start, error.message, error.tooLarge);
		throw error;
	}
}
/** The portable regular expression with its letters in one case; escapes such as `\D` keep their meaning. */
function regexInCase(pattern, change) {
	return pattern.replace(/\\.|[^\\]+/gs, (part) => part.startsWith("\\") ? part : change(part));
}

// dist/query/text-values.js
const withoutScheme = (text) => text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
const withoutPath = (text) => text.replace(/\/.*$/s, "");
/** What people paste is more than what the field holds: a URL for a host, a MAC address with dashes. */
function transformed(text, field) {
	const base = field.view === "tokens" ? field.expression.replace(/\.tokens$/, "") : field.expression;
	if (isHostExpression(base)) return withoutPath(withoutScheme(text));
	if (base === "http.uri") return withoutScheme(text);
	if (/^(outer)?mac\./.test(base)) return text.replaceAll("-", ":");
	return text;
}
function caseOf(field) {
	switch (field.kind) {
		case "lotermfield":
		case "lotextfield": return (text) => text.toLowerCase();
		case "uptermfield": return (text) => text.toUpperCase();
		default: return (text) => text;
	}
}
function toHex(text) {
	return Buffer.from(text, "utf8").toString("hex");
}
/** A pattern over text as the pattern over the text's bytes in hex: one unknown character is two digits. */
function hexPattern(text) {
	return pieces(text).map(({ wildcard, text: piece }) => wildcard ? piece === "?" ? "??" : "*" : toHex(piece)).join("");
}
/** The match for one value of a text field, in the field's case and form. */
function textMatch(field, value) {
	const inCase = caseOf(field);
	if (field.kind === "lotextfield") {
		const literal = value.kind === "term" ? literalOf(transformed(value.text, field)) : null;
		if (literal === null) return { fault: "its words are matched whole, without wildcards or regular expressions" };
		const words = wordsOf(literal);
		return words.length === 0 ? { fault: "the value has no words" } : {
			kind: "phrase",
			words
		};
	}
	if (value.kind === "regex") return {
		kind: "regex",
		pattern: regexInCase(value.pattern, inCase)
	};
	const pattern = inCase(transformed(value.text, field));
	const literal = literalOf(pattern);
	if (field.view === "utf8") return literal === null ? {
		kind: "wildcard",
		pattern: hexPattern(pattern)
	} : {
		kind: "exact",
		value: toHex(literal)
	};
	return literal === null ? {
		kind: "wildcard",
		pattern
	} : {
		kind: "exact",
		value: literal
	};
}

// dist/query/time-values.js
const LAST_TIME_MS = 9223372036854;
/** Hours east of UTC of the abbreviations that are not ambiguous in practice. */
const ZONES = {
	Z: 0,
	UTC: 0,
	GMT: 0,
	WET: 0,
	WEST: 1,
	BST: 1,
	CET: 1,
	CEST: 2,
	EET: 2,
	EEST: 3,
	MSK: 3,
	EST: -5,
	EDT: -4,
	CST: -6,
	CDT: -5,
	MST: -7,
	MDT: -6,
	PST: -8,
	PDT: -7,
	AKST: -9,
	AKDT: -8,
	HST: -10,
	JST: 9,
	KST: 9,
	AEST: 10,
	AEDT: 11,
	NZST: 12,
	NZDT: 13
};
/** Words for units in relative times; months need three letters, as `m` is minutes. */
const UNITS = new Map(Object.entries({
	second: "s sec secs second seconds",
	minute: "m min mins minute minutes",
	hour: "h hr hrs hour hours",
	day: "d day days",
	week: "w week weeks",
	month: "mon month months",
	quarter: "q qtr qtrs quarter quarters",
	year: "y yr yrs year years"
}).flatMap(([unit, words]) => words.split(" ").map((word) => [word, unit])));
const RELATIVE = /^(?:now|(?:([+-])(\d{0,6})([a-z]+)))?(?:@(w[0-7]|[a-z]+))?$/i;
const ABSOLUTE = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*([+-]\d{2}:?\d{2}|[A-Za-z]{1,5})?$/;
function instant(time) {
	return {
		low: time.toMillis(),
		high: time.toMillis()
	};
}
/** `[now|±N unit][@unit]`: an offset from now, cut down to the start of a unit (Splunk's time modifiers). */
function relative(text, { nowMs, timeZone }) {
	const parts = RELATIVE.exec(text);
	if (parts === null || text === "") return null;
	const [, sign, count, unitWord, snapWord] = parts;
	let time = DateTime.fromMillis(nowMs, { zone: timeZone });
	if (unitWord !== void 0) {
		const unit = UNITS.get(unitWord.toLowerCase());
		if (unit === void 0) return null;
		const amount = count === "" || count === void 0 ? 1 : Number(count);
		const duration = { [`${unit}s`]: amount };
		time = sign === "-" ? time.minus(duration) : time.plus(duration);
	}
	if (snapWord !== void 0) {
		const snapped = snap(time, snapWord.toLowerCase());
		if (snapped === null) return null;
		time = snapped;
	}
	return time.isValid ? instant(time) : null;
}
/** Start of the unit that `time` is in; a week begins on Sunday, or on the weekday of `wN` (0 and 7 are Sunday). */
function snap(time, word) {
	const weekday = /^w([0-7])$/.exec(word);
	const unit = weekday === null ? UNITS.get(word) : "week";
	if (unit === void 0) return null;
	if (unit !== "week") return time.startOf(unit);
	const first = weekday === null ? 0 : Number(weekday[1]) % 7;
	return time.startOf("day").minus({ days: (time.weekday - first + 7) % 7 });
}
function zoneOf(word, timeZone) {
	if (word === void 0) return timeZone;
	const hours = ZONES[word.toUpperCase()];
	if (hours !== void 0) return FixedOffsetZone.instance(hours * 60);
	return /^[+-]/.test(word) ? `UTC${word.includes(":") ? word : `${word.slice(0, 3)}:${word.slice(3)}`}` : null;
}
/** `YYYY/MM/DD[ HH:mm[:ss[.fff]]][ zone]` or ISO 8601. */
function absolute(text, { timeZone }) {
	const parts = ABSOLUTE.exec(text);
	if (parts === null) return null;
	const [, year, month, day, hour, minute, second, fraction, zoneWord] = parts;
	const zone = zoneOf(zoneWord, timeZone);
	if (zone === null) return null;
	const time = DateTime.fromObject({
		year: Number(year),
		month: Number(month),
		day: Number(day),
		hour: Number(hour ?? 0),
		minute: Number(minute ?? 0),
		second: Number(second ?? 0),
		millisecond: fraction === void 0 ? 0 : Math.floor(Number(`0.${fraction}`) * 1e3)
	}, { zone });
	if (!time.isValid) return null;
	if (fraction !== void 0) return instant(time);
	const smallest = hour === void 0 ? "day" : second === void 0 ? "minute" : "second";
	return {
		low: time.toMillis(),
		high: time.endOf(smallest).toMillis()
	};
}
/** Seconds (9 or 10 digits) or milliseconds (12 or 13 digits) since 1970. */
function epoch(text) {
	if (/^\d{9,10}$/.test(text)) return {
		low: Number(text) * 1e3,
		high: Number(text) * 1e3 + 999
	};
	if (/^\d{12,13}$/.test(text)) return {
		low: Number(text),
		high: Number(text)
	};
	return null;
}
/** The time that a text names, or null when it names none. The caller checks FIRST_TIME_MS and LAST_TIME_MS. */
function timeSpan(text, context) {
	const trimmed = text.trim();
	return epoch(trimmed) ?? absolute(trimmed, context) ?? relative(trimmed, context);
}

// dist/query/field-test.js
const KIND_VALUES = {
	integer: ["a whole number", "a range a-b"],
	float: ["a number", "a range a-b"],
	ip: [
		"an address (192.0.2.1, 192.0.2/24, 2001:db8::1)",
		"an address with a port",
		"a port (:80)"
	],
	seconds: ["a time (\"2026/01/31 12:00:00\", ISO 8601, -1h, -1d@d)"],
	boolean: ["true", "false"]
};
function wrongValue(context, field, item) {
	const written = item.kind === "term" ? shown(item.text) : "a regular expression";
	const words = numberWords(field.path);
	const expected = [...KIND_VALUES[field.kind] ?? [], ...words === null ? [] : [[...words.keys()].join(", ")]];
	return context.fault("EXPRESSION_TYPE", item.span, `${written} is no value of ${field.expression || field.path} (${field.kind})`, { expected });
}
/** The text of a value that can be neither a pattern nor a regular expression. */
function plainText(context, field, item) {
	const literal = item.kind === "term" ? literalOf(item.text) : null;
	if (literal === null) throw wrongValue(context, field, item);
	return literal;
}
function time(context, field, item) {
	const span = timeSpan(plainText(context, field, item), context);
	if (span === null) throw wrongValue(context, field, item);
	if (span.low < 0 || span.high > 9223372036854) throw context.fault("TIME_RANGE_INVALID", item.span, "a time outside 1970 to 2262");
	return span;
}
function number(context, field, item) {
	if (field.kind === "seconds") return time(context, field, item);
	const text = plainText(context, field, item);
	const word = numberWords(field.path)?.get(text.toLowerCase());
	if (word !== void 0) return {
		low: word,
		high: word
	};
	const range = numberRange(text, field.kind === "float" ? "float" : "integer");
	if (range === null) throw wrongValue(context, field, item);
	return range;
}
function addressesOf(context, field, item) {
	const known = context.addresses.get(item);
	if (known !== void 0) return known;
	const matches = addressMatches(plainText(context, field, item));
	if (matches === null) throw wrongValue(context, field, item);
	context.addresses.set(item, matches);
	return matches;
}
function text(context, field, item) {
	if (item.kind === "term" && matchesAnything(item.text)) throw context.fault("EXPRESSION_TYPE", item.span, "a bare * matches anything", { expected: ["EXISTS!"] });
	const match = textMatch(field, item);
	if ("fault" in match) {
		const base = field.expression.replace(/\.tokens$/, "");
		throw context.fault("EXPRESSION_TYPE", item.span, `${field.expression}: ${match.fault}`, base === field.expression ? {} : { suggestions: [base] });
	}
	return match;
}
function boolean(context, field, item) {
	const value = plainText(context, field, item).toLowerCase();
	if (value === "true" || value === "1") return true;
	if (value === "false" || value === "0") return false;
	throw wrongValue(context, field, item);
}
const leaf = (field, test) => ({
	node: "field",
	field,
	test
});
/** `or` or `and` of several, or the only one. */
function joined(node, items) {
	const [only] = items;
	return items.length === 1 && only !== void 0 ? only : {
		node,
		items
	};
}
/**
* The test that one of (`any`) or each of (`all`) the values is among the field's. Returns null when no value can be
* tested on this field: a port on an address that has none. Throws EXPRESSION_TYPE about a value that does not fit.
*/
function fieldTest(context, field, { mode, items }) {
	switch (field.kind) {
		case "ip": return addressTest(field, mode, items.map((item) => addressesOf(context, field, item)));
		case "integer":
		case "float":
		case "seconds": return leaf(field, {
			test: "number",
			mode,
			ranges: items.map((item) => number(context, field, item))
		});
		case "boolean": {
			const tests = items.map((item) => leaf(field, {
				test: "boolean",
				value: boolean(context, field, item)
			}));
			return joined(mode === "any" ? "or" : "and", tests);
		}
		default: return textTest(context, field, mode, items);
	}
}
function addressTest(field, mode, items) {
	const fitting = field.portPath === null ? items.map((matches) => matches.filter((match) => match.port === null)) : items;
	if (mode === "any") {
		const matches = fitting.flat();
		return matches.length === 0 ? null : leaf(field, {
			test: "address",
			mode,
			matches
		});
	}
	if (fitting.some((matches) => matches.length === 0)) return null;
	if (fitting.every((matches) => matches.length === 1)) return leaf(field, {
		test: "address",
		mode,
		matches: fitting.flat()
	});
	return joined("and", fitting.map((matches) => leaf(field, {
		test: "address",
		mode: "any",
		matches
	})));
}
function textTest(context, field, mode, items) {
	const matches = items.map((item) => text(context, field, item));
	const bytes = field.view === "utf8" ? context.catalogue.byPath(field.path) : null;
	if (bytes === null) return leaf(field, {
		test: "text",
		mode,
		matches
	});
	const parts = [{
		field: bytes,
		matches: matches.filter((match) => match.kind !== "regex")
	}, {
		field,
		matches: matches.filter((match) => match.kind === "regex")
	}].filter((part) => part.matches.length > 0);
	return joined(mode === "any" ? "or" : "and", parts.map((part) => leaf(part.field, {
		test: "text",
		mode,
		matches: part.matches
	})));
}
/** The test of a field's order against one value. Throws EXPRESSION_TYPE when the field has none or the value is a range. */
function orderTest(context, field, operator, item, operatorSpan) {
	if (item.kind === "shortcut") throw context.fault("EXPRESSION_TYPE", item.span, `a stored list cannot be compared with ${operator}`, { expected: ["== or !="] });
	switch (field.kind) {
		case "ip": {
			const [match, more] = addressesOf(context, field, item);
			if (match === void 0 || more !== void 0 || match.low === null || match.low !== match.high || match.port !== null) throw context.fault("EXPRESSION_TYPE", item.span, `${operator} needs one address`, { expected: ["an address"] });
			return leaf(field, {
				test: "addressOrder",
				op: operator,
				value: match.low
			});
		}
		case "seconds": return leaf(field, {
			test: "order",
			op: operator,
			value: time(context, field, item).low
		});
		case "integer":
		case "float": {
			const { low, high } = number(context, field, item);
			if (low !== high) throw context.fault("EXPRESSION_TYPE", item.span, `${operator} needs one number`, { expected: ["a number"] });
			return leaf(field, {
				test: "order",
				op: operator,
				value: low
			});
		}
		default: throw context.fault("EXPRESSION_TYPE", operatorSpan, `${field.expression || field.path} (${field.kind}) has no order`, { expected: ["== or !="] });
	}
}

// dist/query/lexer.js
/** Characters of a value or name without quotes (Arkime's grammar, token STR). */
const BARE = /[-+A-Za-z0-9_.@:*?/$]+/y;
const SPACE = /\s*/y;
const OPERATOR = /==?|!=|<=?|>=?/y;
/** A quoted string: any characters, a backslash takes the next one with it. */
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
/**
* A regular expression up to its first slash without a backslash. The look-ahead is bounded, or a text of many slashes
* would be read over and over; it reaches further than MAX_REGEX_LENGTH, so that a long one is named as such.
*/
const REGEX = /\/((?:[^/\\]|\\.){1,4000})\//sy;
/** `$` and the name of a stored list. */
const SHORTCUT = /^\$[-+A-Za-z0-9_.@:*?/$]+$/;
/** An item of a list without quotes: up to a comma or a bracket. */
const ITEM = {
	any: /(?:[^,\]\\]|\\.)*/sy,
	all: /(?:[^,[\\]|\\.)*/sy
};
/** What may follow the regular expression of a list item; anything else makes it a path such as `/a/b`. */
const ITEM_END = {
	any: /\s*(?=[,\]])/y,
	all: /\s*(?=[,[])/y
};
function matchAt(pattern, text, at) {
	pattern.lastIndex = at;
	return pattern.exec(text);
}
var Lexer = class {
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	*tokens() {
		let afterOperator = false;
		for (;;) {
			this.#skipSpace();
			const token = afterOperator ? this.#value() : this.#structure();
			yield token;
			if (token.kind === "end") return;
			afterOperator = token.kind === "operator";
		}
	}
	#skipSpace() {
		this.#at += matchAt(SPACE, this.#text, this.#at)?.[0].length ?? 0;
	}
	#fail(span, message, explanation = {}) {
		return expressionError("EXPRESSION_SYNTAX", this.#text, span, message, explanation);
	}
	#take(length) {
		const start = this.#at;
		this.#at += length;
		return {
			start,
			end: this.#at
		};
	}
	/** Fields, operators and what joins comparisons. */
	#structure() {
		const char = this.#text[this.#at];
		if (char === void 0) return {
			kind: "end",
			...this.#take(0)
		};
		const operator = matchAt(OPERATOR, this.#text, this.#at)?.[0];
		if (operator !== void 0) return {
			kind: "operator",
			operator: operator === "=" ? "==" : operator,
			...this.#take(operator.length)
		};
		if (char === "&" || char === "|") return {
			kind: char === "&" ? "and" : "or",
			...this.#take(this.#text[this.#at + 1] === char ? 2 : 1)
		};
		if (char === "!") return {
			kind: "not",
			...this.#take(1)
		};
		if (char === "(") return {
			kind: "open",
			...this.#take(1)
		};
		if (char === ")") return {
			kind: "close",
			...this.#take(1)
		};
		const name = matchAt(BARE, this.#text, this.#at)?.[0];
		if (name !== void 0) return {
			kind: "name",
			text: name,
			...this.#take(name.length)
		};
		throw this.#strange();
	}
	/** A character that has no place outside quotes. */
	#strange() {
		const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
		const span = {
			start: this.#at,
			end: this.#at + char.length
		};
		if (char === "\"") return this.#fail(span, "a quoted value where a field name belongs", { expected: ["a field name"] });
		return this.#fail(span, `${shown(char)} has no meaning here; a value that holds it is written in quotes`);
	}
	/** What may follow a comparison operator. */
	#value() {
		const char = this.#text[this.#at];
		const expected = [
			"a value",
			"a list",
			"a regular expression",
			"EXISTS!"
		];
		if (char === void 0) throw this.#fail({
			start: this.#at,
			end: this.#at
		}, "the expression ends where a value belongs", { expected });
		if (char === "\"") return this.#quoted();
		if (char === "[") return this.#list("any");
		if (char === "]") return this.#list("all");
		if (char === "/") {
			const regex = this.#regex((after) => matchAt(BARE, this.#text, after) === null);
			if (regex !== null) return regex;
		}
		const word = matchAt(BARE, this.#text, this.#at)?.[0];
		if (word === void 0) {
			if (/[&|!()<>=]/.test(char)) throw this.#fail({
				start: this.#at,
				end: this.#at + 1
			}, `${shown(char)} where a value belongs`, { expected });
			throw this.#strange();
		}
		if (word === "EXISTS" && this.#text[this.#at + word.length] === "!") return {
			kind: "exists",
			...this.#take(word.length + 1)
		};
		return this.#plain(word, this.#take(word.length));
	}
	/** A value without quotes. */
	#plain(written, span) {
		if (SHORTCUT.test(written)) return {
			kind: "shortcut",
			name: written.slice(1),
			...span
		};
		return {
			kind: "term",
			text: written,
			...span
		};
	}
	#quoted() {
		const quoted = matchAt(QUOTED, this.#text, this.#at)?.[0];
		if (quoted === void 0) throw this.#fail({
			start: this.#at,
			end: this.#at + 1
		}, "a quote that is not closed", { expected: ["\""] });
		return {
			kind: "term",
			text: patternOf(quoted.slice(1, -1), "\""),
			...this.#take(quoted.length)
		};
	}
	/** A regular expression at the current slash, or null when what follows its end shows that it is none. */
	#regex(endsAt) {
		const found = matchAt(REGEX, this.#text, this.#at);
		if (found === null || !endsAt(this.#at + found[0].length)) return null;
		const span = this.#take(found[0].length);
		const written = (found[1] ?? "").replace(/\\(.)/gs, (pair, char) => char === "/" ? "/" : pair);
		try {
			return {
				kind: "regex",
				pattern: portableRegex(written),
				...span
			};
		} catch (error) {
			if (!(error instanceof RegexFault)) throw error;
			if (error.tooLarge) throw expressionError("EXPRESSION_TOO_LARGE", this.#text, span, error.message);
			const start = Math.min(span.start + 1 + error.offset, span.end - 1);
			throw this.#fail({
				start,
				end: start + 1
			}, error.message);
		}
	}
	#list(mode) {
		const [closing, name] = mode === "any" ? ["]", "[a,b]"] : ["[", "]a,b["];
		const start = this.#at;
		this.#at++;
		const items = [];
		for (;;) {
			if (items.length >= 5e3) throw expressionError("EXPRESSION_TOO_LARGE", this.#text, {
				start,
				end: start + 1
			}, `a list of more than ${MAX_LIST_ITEMS} items`);
			this.#skipSpace();
			items.push(this.#item(mode));
			this.#skipSpace();
			const char = this.#text[this.#at];
			if (char === closing) break;
			if (char === void 0) throw this.#fail({
				start,
				end: start + 1
			}, "a list that is not closed", { expected: [shown(closing)] });
			if (char !== ",") throw this.#fail({
				start: this.#at,
				end: this.#at + 1
			}, `a list is written ${name}`, { expected: ["\",\"", shown(closing)] });
			this.#at++;
		}
		this.#at++;
		return {
			kind: "list",
			mode,
			items,
			start,
			end: this.#at
		};
	}
	#item(mode) {
		if (this.#text[this.#at] === "\"") return this.#quoted();
		if (this.#text[this.#at] === "/") {
			const regex = this.#regex((after) => matchAt(ITEM_END[mode], this.#text, after) !== null);
			if (regex !== null) return regex;
		}
		const written = (matchAt(ITEM[mode], this.#text, this.#at)?.[0] ?? "").trimEnd();
		if (written === "") throw this.#fail({
			start: this.#at,
			end: this.#at + 1
		}, "a list item is missing", { expected: ["a value"] });
		const span = this.#take(written.length);
		return this.#plain(patternOf(written, ",[]\""), span);
	}
};
/**
* The tokens of an expression, the last one `end`. Throws EXPRESSION_TOO_LARGE for a text over
* MAX_EXPRESSION_LENGTH before it reads any of it, and EXPRESSION_SYNTAX for what no token begins with.
*/
function tokenize(text) {
	if (text.length > 1e5) {
		const span = {
			start: MAX_EXPRESSION_LENGTH,
			end: text.length
		};
		throw expressionError("EXPRESSION_TOO_LARGE", text, span, `an expression of ${text.length} characters; at most ${MAX_EXPRESSION_LENGTH} are allowed`);
	}
	return new Lexer(text).tokens();
}
/** Whether a value can be written without quotes outside a list and read back as a plain term. */
function isBareTerm(text) {
	return /^[-+A-Za-z0-9_.@:*?][-+A-Za-z0-9_.@:*?/$]*$/.test(text);
}

// dist/query/parser.js
/** Words of other query languages, and how this one writes them. */
const FOREIGN_WORDS = /* @__PURE__ */ new Map([
	["and", "&&"],
	["or", "||"],
	["not", "!"],
	["contains", "== *…*"],
	["in", "== […]"],
	["like", "=="],
	["is", "=="]
]);
/**
* Reads one expression by recursive descent. Grammar, loosest first:
*
*     expression = [ or ]
*     or         = and { ( "||" | "|" ) and }
*     and        = unary { ( "&&" | "&" ) unary }
*     unary      = "!" unary | "(" or ")" | comparison
*     comparison = name operator value
*/
var Parser = class {
	#text;
	#tokens;
	#token;
	#depth = 0;
	#comparisons = 0;
	constructor(text) {
		this.#text = text;
		this.#tokens = tokenize(text);
		this.#token = this.#next();
	}
	expression() {
		if (this.#token.kind === "end") return {
			kind: "everything",
			span: {
				start: 0,
				end: this.#text.length
			}
		};
		const root = this.#or();
		if (!this.#at("end")) throw this.#unexpected([
			"&&",
			"||",
			"the end of the expression"
		]);
		return root;
	}
	/** Whether the current token is of a kind; a call, as reading on changes the token behind TypeScript's back. */
	#at(kind) {
		return this.#token.kind === kind;
	}
	#next() {
		const { value } = this.#tokens.next();
		return value ?? {
			kind: "end",
			start: this.#text.length,
			end: this.#text.length
		};
	}
	#advance() {
		const token = this.#token;
		this.#token = this.#next();
		return token;
	}
	#or() {
		return this.#joined("or", () => this.#joined("and", () => this.#unary()));
	}
	#joined(kind, operand) {
		const first = operand();
		if (!this.#at(kind)) return first;
		const items = [first];
		let last = first;
		while (this.#at(kind)) {
			this.#advance();
			last = operand();
			items.push(last);
		}
		return {
			kind,
			items,
			span: {
				start: first.span.start,
				end: last.span.end
			}
		};
	}
	#unary() {
		const token = this.#token;
		if (token.kind === "name") return this.#comparison();
		if (token.kind !== "not" && token.kind !== "open") throw this.#unexpected([
			"a field name",
			"(",
			"!"
		]);
		this.#depth++;
		if (this.#depth > 200) throw this.#tooLarge(token, `an expression nested more than ${200} deep`);
		this.#advance();
		let expression;
		if (token.kind === "not") {
			const item = this.#unary();
			expression = {
				kind: "not",
				item,
				span: {
					start: token.start,
					end: item.span.end
				}
			};
		} else {
			expression = this.#or();
			if (!this.#at("close")) throw this.#unclosed(token);
			this.#advance();
		}
		this.#depth--;
		return expression;
	}
	#comparison() {
		const name = this.#advance();
		if (name.kind !== "name") throw this.#unexpected(["a field name"]);
		const operator = this.#token;
		if (operator.kind !== "operator") throw this.#unexpected([
			"==",
			"!=",
			"<",
			"<=",
			">",
			">="
		], name);
		this.#comparisons++;
		if (this.#comparisons > 2e3) throw this.#tooLarge(name, `an expression of more than ${MAX_COMPARISONS} comparisons`);
		this.#advance();
		const value = this.#value();
		return {
			kind: "comparison",
			field: {
				name: name.text,
				span: spanOf(name)
			},
			operator: operator.operator,
			value,
			span: {
				start: name.start,
				end: value.span.end
			}
		};
	}
	#value() {
		const token = this.#advance();
		switch (token.kind) {
			case "term":
			case "regex":
			case "shortcut": return item(token);
			case "list": return {
				kind: "list",
				mode: token.mode,
				items: token.items.map(item),
				span: spanOf(token)
			};
			case "exists": return {
				kind: "exists",
				span: spanOf(token)
			};
			default: throw this.#fail(token, "a comparison without a value", { expected: ["a value"] });
		}
	}
	#fail(span, message, explanation = {}) {
		return expressionError("EXPRESSION_SYNTAX", this.#text, spanOf(span), message, explanation);
	}
	#tooLarge(span, message) {
		return expressionError("EXPRESSION_TOO_LARGE", this.#text, spanOf(span), message);
	}
	#unclosed(open) {
		if (this.#at("end")) return this.#fail(open, "\"(\" is not closed", { expected: [")"] });
		return this.#unexpected([
			"&&",
			"||",
			")"
		]);
	}
	/** The current token has no place here; `before` is the name that an operator should have followed. */
	#unexpected(expected, before = null) {
		const token = this.#token;
		for (const word of [before, token]) {
			const meant = word?.kind === "name" ? FOREIGN_WORDS.get(word.text.toLowerCase()) : void 0;
			if (word?.kind === "name" && meant !== void 0) return this.#fail(word, `${shown(word.text)} is no operator of this language`, {
				expected,
				suggestions: [meant]
			});
		}
		if (token.kind === "end") return this.#fail(before ?? token, "the expression ends too early", { expected });
		const written = this.#text.slice(token.start, token.end);
		const hint = token.kind === "operator" || token.kind === "name" ? " (a value with such characters is written in quotes)" : "";
		return this.#fail(token, `${shown(written)} is not expected here${hint}`, { expected });
	}
};
function spanOf({ start, end }) {
	return {
		start,
		end
	};
}
function item(token) {
	const span = spanOf(token);
	switch (token.kind) {
		case "term": return {
			kind: "term",
			text: token.text,
			span
		};
		case "regex": return {
			kind: "regex",
			pattern: token.pattern,
			span
		};
		case "shortcut": return {
			kind: "shortcut",
			name: token.name,
			span
		};
	}
}
/**
* The tree of a search expression. Blank text is `everything`. Throws EXPRESSION_SYNTAX with the place, and
* EXPRESSION_TOO_LARGE over a bound of `limits.ts`. Linear in the text's length.
*/
function parse(text) {
	return {
		text,
		root: new Parser(text).expression()
	};
}

// dist/query/shortcuts.js
/** The type of list that a field takes. */
function listType(field) {
	switch (field.kind) {
		case "ip": return "ip";
		case "integer":
		case "float":
		case "seconds": return "number";
		default: return "string";
	}
}
/**
* The values of the stored lists that `$name` names, as if written in its place. Throws UNAVAILABLE without a store of
* lists, EXPRESSION_UNKNOWN_NAME when none has that name, EXPRESSION_TYPE when one holds values of another type.
*/
function shortcutItems({ name, span }, fields, shortcuts, context) {
	if (shortcuts === void 0) throw context.fault("UNAVAILABLE", span, "stored lists are not available here");
	const found = [...shortcuts].filter(([candidate]) => patternMatches(name, candidate));
	if (found.length === 0) {
		const suggestions = nearestNames(name, [...shortcuts.keys()], 3).map((candidate) => `$${candidate}`);
		throw context.fault("EXPRESSION_UNKNOWN_NAME", span, `there is no stored list ${shown(`$${name}`)}`, { suggestions });
	}
	const wanted = new Set(fields.map(listType));
	for (const [candidate, { type }] of found) if (!wanted.has(type)) throw context.fault("EXPRESSION_TYPE", span, `the stored list ${shown(`$${candidate}`)} holds values of type ${type}`, { expected: [...wanted] });
	return found.flatMap(([, { values }]) => values.map((value) => ({
		kind: "term",
		text: literalPattern(value),
		span
	})));
}

// dist/query/special-fields.js
/** Names with a meaning of their own instead of a column. */
const SPECIAL_NAMES = [
	"file",
	"view",
	"packetsAvailable",
	"id"
];
/** The checked form of a comparison of `file`, `packetsAvailable` or `id`; null for every other name. */
function specialComparison(comparison, context) {
	switch (comparison.field.name) {
		case "file": return fileTest(comparison, context);
		case "packetsAvailable": return packetsTest(comparison, context);
		case "id": return idTest(comparison, context);
		default: return null;
	}
}
function requireEquality({ operator, field, value }, context) {
	if (operator === "==" || operator === "!=") return;
	throw context.fault("EXPRESSION_TYPE", {
		start: field.span.end,
		end: value.span.start
	}, `${field.name} has no order`, { expected: ["== or !="] });
}
/** `file == name | *wild* | /regex/`: which files match is for the catalogue to say (`resolveFiles`). */
function fileTest(comparison, context) {
	requireEquality(comparison, context);
	const match = fileMatch(comparison.value);
	if (match === null) throw context.fault("EXPRESSION_TYPE", comparison.value.span, "file is compared with one name", { expected: [
		"a file name",
		"*part*",
		"/regular expression/"
	] });
	if (match.kind === "wildcard" && matchesAnything(match.pattern)) throw context.fault("EXPRESSION_TYPE", comparison.value.span, "a bare * matches any file", { expected: ["a file name", "*part*"] });
	return {
		node: "file",
		matches: [match],
		fileIds: null
	};
}
function fileMatch(value) {
	if (value.kind === "regex") return {
		kind: "regex",
		pattern: value.pattern
	};
	if (value.kind !== "term") return null;
	const literal = literalOf(value.text);
	return literal === null ? {
		kind: "wildcard",
		pattern: value.text
	} : {
		kind: "exact",
		value: literal
	};
}
/** `packetsAvailable == true`: whether the packets are still stored. */
function packetsTest(comparison, context) {
	requireEquality(comparison, context);
	const { value } = comparison;
	const word = value.kind === "term" ? value.text.toLowerCase() : "";
	if (word !== "true" && word !== "false") throw context.fault("EXPRESSION_TYPE", value.span, "packetsAvailable is true or false", { expected: ["true", "false"] });
	return {
		node: "packetsAvailable",
		value: word === "true"
	};
}
/** `id == x`, `id == [x,y]`: rows by identity, which a store finds without a scan. */
function idTest(comparison, context) {
	requireEquality(comparison, context);
	const { value } = comparison;
	if (value.kind === "exists") return { node: "everything" };
	if (value.kind !== "list") return {
		node: "ids",
		ids: [idOf(value, context)]
	};
	const ids = value.items.map((item) => idOf(item, context));
	return value.mode === "any" ? {
		node: "ids",
		ids
	} : {
		node: "and",
		items: ids.map((id) => ({
			node: "ids",
			ids: [id]
		}))
	};
}
function idOf(item, context) {
	const id = item.kind === "term" ? literalOf(item.text) : null;
	if (id === null) throw context.fault("EXPRESSION_TYPE", item.span, "id is compared with whole ids", { expected: ["a session id"] });
	return id;
}

// dist/query/check.js
var _a;
var Checker = class {
	#catalogue;
	#options;
	#totals;
	/** Names of the views being inlined, outermost first. */
	#inside;
	#context;
	constructor(text, catalogue, options, totals, inside) {
		this.#catalogue = catalogue;
		this.#options = options;
		this.#totals = totals;
		this.#inside = inside;
		this.#context = {
			catalogue,
			addresses: /* @__PURE__ */ new WeakMap(),
			nowMs: options.nowMs,
			timeZone: options.timeZone,
			fault: (code, span, message, explanation) => expressionError(code, text, span, message, explanation)
		};
	}
	expression(expression) {
		switch (expression.kind) {
			case "everything": return { node: "everything" };
			case "and":
			case "or": return {
				node: expression.kind,
				items: expression.items.map((item) => this.expression(item))
			};
			case "not": return {
				node: "not",
				item: this.expression(expression.item)
			};
			case "comparison": {
				const checked = this.#comparison(expression);
				return expression.operator === "!=" ? {
					node: "not",
					item: checked
				} : checked;
			}
		}
	}
	/** The test of a comparison as if its operator were `==` where it is `!=`. */
	#comparison(comparison) {
		this.#count("comparisons", 1, MAX_COMPARISONS, comparison);
		const { name } = comparison.field;
		if (name === "view") return this.#view(comparison);
		const special = specialComparison(comparison, this.#context);
		if (special !== null) return special;
		const entry = this.#catalogue.find(name);
		if (entry === null) throw this.#unknownField(comparison);
		const allowed = (entry.entry === "field" ? [entry.field] : entry.virtual.members).filter((field) => !this.#isHidden(field));
		if (allowed.length === 0) throw this.#context.fault("FORBIDDEN", comparison.field.span, `you may not search ${shown(name)}`);
		this.#count("tests", allowed.length, MAX_FIELD_TESTS, comparison);
		return joined("or", this.#tests(comparison, allowed));
	}
	#tests(comparison, fields) {
		const { operator, value } = comparison;
		if (operator !== "==" && operator !== "!=") {
			if (value.kind === "list" || value.kind === "exists") {
				const what = value.kind === "list" ? "a list" : "EXISTS!";
				throw this.#context.fault("EXPRESSION_TYPE", value.span, `${what} cannot be compared with ${operator}`, { expected: ["== or !="] });
			}
			const operatorSpan = {
				start: comparison.field.span.end,
				end: value.span.start
			};
			return fields.map((field) => orderTest(this.#context, field, operator, value, operatorSpan));
		}
		if (value.kind === "exists") return fields.map((field) => ({
			node: "field",
			field,
			test: { test: "exists" }
		}));
		const values = this.#values(comparison, value.kind === "list" ? value.items : [value], value.kind === "list" ? value.mode : "any", fields);
		const tests = fields.map((field) => fieldTest(this.#context, field, values)).filter((test) => test !== null);
		if (tests.length === 0) throw this.#context.fault("EXPRESSION_TYPE", value.span, `${comparison.field.name} has no port beside it`, { expected: ["an address without a port"] });
		return tests;
	}
	/** The values of a comparison, stored lists replaced by what they hold. */
	#values(comparison, items, mode, fields) {
		const plain = [];
		for (const item of items) if (item.kind !== "shortcut") plain.push(item);
		else if (mode === "all") throw this.#context.fault("EXPRESSION_TYPE", item.span, "a stored list cannot stand in ]…[", { expected: ["[…]"] });
		else plain.push(...shortcutItems(item, fields, this.#options.shortcuts, this.#context));
		this.#count("values", plain.length, MAX_VALUES, comparison);
		return {
			mode,
			items: plain
		};
	}
	#isHidden(field) {
		const hidden = this.#options.hiddenFields;
		return hidden !== void 0 && isHiddenField(field, hidden);
	}
	#count(what, by, most, { span }) {
		this.#totals[what] += by;
		if (this.#totals[what] <= most) return;
		const name = what === "tests" ? "field tests" : what;
		throw this.#context.fault("EXPRESSION_TOO_LARGE", span, `an expression of more than ${most} ${name}, views and stored lists included`);
	}
	#unknownField({ field }) {
		const suggestions = [...nearestNames(field.name, SPECIAL_NAMES, 1), ...this.#catalogue.nearest(field.name)].slice(0, 3);
		return this.#context.fault("EXPRESSION_UNKNOWN_FIELD", field.span, `there is no field ${shown(field.name)}`, { suggestions });
	}
	/** `view == name`: the saved expression in its place. */
	#view({ operator, value }) {
		if (value.kind !== "term" || operator !== "==" && operator !== "!=") throw this.#context.fault("EXPRESSION_TYPE", value.span, "view is compared with == or != and one name", { expected: ["a view's name"] });
		const { views } = this.#options;
		if (views === void 0) throw this.#context.fault("UNAVAILABLE", value.span, "saved views are not available here");
		const saved = views.get(value.text);
		if (saved === void 0) {
			const suggestions = nearestNames(value.text, [...views.keys()], 3);
			throw this.#context.fault("EXPRESSION_UNKNOWN_NAME", value.span, `there is no view ${shown(value.text)}`, { suggestions });
		}
		if (this.#inside.includes(value.text)) throw this.#context.fault("EXPRESSION_TYPE", value.span, `the view ${shown(value.text)} contains itself`);
		if (this.#inside.length >= 10) throw this.#context.fault("EXPRESSION_TOO_LARGE", value.span, `views inside views more than ${10} deep`);
		try {
			const { root } = parse(saved);
			return new _a(saved, this.#catalogue, this.#options, this.#totals, [...this.#inside, value.text]).expression(root);
		} catch (error) {
			if (!(error instanceof LookbackError)) throw error;
			const [summary = ""] = error.message.split("\n");
			throw this.#context.fault(error.code, value.span, `in the view ${shown(value.text)}: ${summary}`);
		}
	}
};
_a = Checker;
/**
* Checks a parsed expression against the catalogue: fields exist, values fit, aliases and virtual fields are resolved,
* values are in the form the fields store. `file` nodes keep `fileIds: null` until `resolveFiles`. Throws
* EXPRESSION_UNKNOWN_FIELD, EXPRESSION_TYPE, EXPRESSION_UNKNOWN_NAME, EXPRESSION_TOO_LARGE, TIME_RANGE_INVALID,
* FORBIDDEN or UNAVAILABLE, each with the place.
*/
function check(parsed, catalogue, options) {
	return new Checker(parsed.text, catalogue, options, {
		comparisons: 0,
		tests: 0,
		values: 0
	}, []).expression(parsed.root);
}

// dist/query/visit.js
/** A checked tree with its leaves replaced; parents are copied only where a leaf changed. */
function mapLeaves(expression, change) {
	if (expression.node === "not") {
		const item = mapLeaves(expression.item, change);
		return item === expression.item ? expression : {
			node: "not",
			item
		};
	}
	if (expression.node === "and" || expression.node === "or") {
		const items = expression.items.map((item) => mapLeaves(item, change));
		return items.every((item, at) => item === expression.items[at]) ? expression : {
			node: expression.node,
			items
		};
	}
	return change(expression);
}

// dist/query/resolve-files.js
function written(match) {
	switch (match.kind) {
		case "exact": return match.value;
		case "wildcard": return match.pattern;
		case "regex": return `/${match.pattern}/`;
		case "phrase": return match.words.join(" ");
	}
}
/** Fills in the file ids of every `file` node. Throws EXPRESSION_NO_SUCH_FILE when one matches no file. */
function resolveFiles(expression, lookup) {
	return mapLeaves(expression, (leaf) => {
		if (leaf.node !== "file" || leaf.fileIds !== null) return leaf;
		const fileIds = lookup(leaf.matches);
		if (fileIds.length === 0) {
			const names = leaf.matches.map(written);
			throw new LookbackError("EXPRESSION_NO_SUCH_FILE", `no packet file is named ${names.join(" or ")}`, { files: names });
		}
		return {
			...leaf,
			fileIds
		};
	});
}

export { RegexFault as a, MAX_LIST_ITEMS as c, isBareTerm as i, literalPattern as l, check as n, portableRegex as o, parse as r, MAX_COMPARISONS as s, resolveFiles as t, pieces as u };