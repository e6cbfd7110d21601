// dist/access/rights.js
/** What a user may do; each role includes those before it. */
const ROLES = [
	"viewer",
	"analyst",
	"operator",
	"administrator"
];
/**
* What an operation can ask for: `search` reads sessions, `packets` lists a session's packets, `packetSearch` looks inside
* packets, `statistics` and `files` read about capture and its files, `tag` and `export` are analysts' work, `import` and
* `operate` (retention, capture, tasks) operators', `administer` (users, audit) administrators'.
*/
const PERMISSIONS = [
	"search",
	"packets",
	"packetSearch",
	"statistics",
	"files",
	"tag",
	"export",
	"import",
	"operate",
	"administer"
];
/** What a bearer token may be used for: never more than its user may do, often less. */
const TOKEN_SCOPES = [
	"read",
	"tag",
	"export",
	"operate",
	"admin"
];
/** Everything that the role allows. */
const ALL_RIGHTS = {
	packetSearch: true,
	emailSearch: true,
	disablePcapDownload: false,
	hideStats: false,
	hideFiles: false,
	hidePcap: false
};
/** As little as there is: what a record that does not read back comes to. */
const NO_RIGHTS = {
	packetSearch: false,
	emailSearch: false,
	disablePcapDownload: true,
	hideStats: true,
	hideFiles: true,
	hidePcap: true
};
/** Names of the rights, in the order of print. */
const RIGHT_NAMES = [
	"packetSearch",
	"emailSearch",
	"disablePcapDownload",
	"hideStats",
	"hideFiles",
	"hidePcap"
];
const RULES = {
	search: {
		role: "viewer",
		scope: "read"
	},
	packets: {
		role: "viewer",
		scope: "read",
		unless: ["hidePcap", true]
	},
	packetSearch: {
		role: "viewer",
		scope: "read",
		unless: ["packetSearch", false]
	},
	statistics: {
		role: "viewer",
		scope: "read",
		unless: ["hideStats", true]
	},
	files: {
		role: "viewer",
		scope: "read",
		unless: ["hideFiles", true]
	},
	tag: {
		role: "analyst",
		scope: "tag"
	},
	export: {
		role: "analyst",
		scope: "export",
		unless: ["disablePcapDownload", true]
	},
	import: {
		role: "operator",
		scope: "operate"
	},
	operate: {
		role: "operator",
		scope: "operate"
	},
	administer: {
		role: "administrator",
		scope: "admin"
	}
};
/** Whether a role allows an action. */
function roleAllows(role, permission) {
	return ROLES.indexOf(role) >= ROLES.indexOf(RULES[permission].role);
}
/** Whether a stored or given text is a role. */
function isRole(text) {
	return ROLES.includes(text);
}
/** Whether a stored or given text is a scope of tokens. */
function isTokenScope(text) {
	return TOKEN_SCOPES.includes(text);
}
/** Why a claim does not have a permission, for people; null when it has it. */
function refusal({ role, rights, scopes }, permission) {
	const { role: needed, scope, unless } = RULES[permission];
	if (!roleAllows(role, permission)) return `"${permission}" needs the role ${needed}; yours is ${role}`;
	if (unless !== void 0 && rights[unless[0]] === unless[1]) return `"${permission}" is closed to you (${unless[0]}=${String(unless[1])})`;
	if (scopes !== null && !scopes.has(scope)) return `"${permission}" needs a token of the scope ${scope}; this one has ${[...scopes].join(", ") || "none"}`;
	return null;
}

export { ROLES as a, isTokenScope as c, RIGHT_NAMES as i, refusal as l, NO_RIGHTS as n, TOKEN_SCOPES as o, PERMISSIONS as r, isRole as s, ALL_RIGHTS as t };