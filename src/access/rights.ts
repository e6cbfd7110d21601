/** What a user may do; each role includes those before it. */
export const ROLES = ["viewer", "analyst", "operator", "administrator"] as const;

/** A user's role. */
export type Role = (typeof ROLES)[number];

/**
 * What an operation can ask for: `search` reads sessions, `packets` lists a session's packets, `packetSearch` looks inside
 * packets, `statistics` and `files` read about capture and its files, `tag` and `export` are analysts' work, `import` and
 * `operate` (retention, capture, tasks) operators', `administer` (users, audit) administrators'.
 */
export const PERMISSIONS = ["search", "packets", "packetSearch", "statistics", "files", "tag", "export", "import", "operate", "administer"] as const;

/** What an operation can ask for. */
export type Permission = (typeof PERMISSIONS)[number];

/** What a bearer token may be used for: never more than its user may do, often less. */
export const TOKEN_SCOPES = ["read", "tag", "export", "operate", "admin"] as const;

/** One use of a token. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** Rights of one user within the role, under Arkime's names; a user who was given none in particular has `ALL_RIGHTS`. */
export interface Rights {
  /** Look inside packets. */
  readonly packetSearch: boolean;
  /** See and search the fields of e-mails. */
  readonly emailSearch: boolean;
  /** Make and download no exports, in any format. */
  readonly disablePcapDownload: boolean;
  /** See nothing about capture and the index as a whole. */
  readonly hideStats: boolean;
  /** See no list of packet files and no file's name. */
  readonly hideFiles: boolean;
  /** See no list of a session's packets. */
  readonly hidePcap: boolean;
}

/** Everything that the role allows. */
export const ALL_RIGHTS: Rights = { packetSearch: true, emailSearch: true, disablePcapDownload: false, hideStats: false, hideFiles: false, hidePcap: false };

/** As little as there is: what a record that does not read back comes to. */
export const NO_RIGHTS: Rights = { packetSearch: false, emailSearch: false, disablePcapDownload: true, hideStats: true, hideFiles: true, hidePcap: true };

/** Names of the rights, in the order of print. */
export const RIGHT_NAMES: readonly (keyof Rights)[] = ["packetSearch", "emailSearch", "disablePcapDownload", "hideStats", "hideFiles", "hidePcap"];

interface Rule {
  readonly role: Role;
  readonly scope: TokenScope;
  /** The right that takes the permission away, and what its value is then. */
  readonly unless?: readonly [right: keyof Rights, value: boolean];
}

const RULES: Readonly<Record<Permission, Rule>> = {
  search: { role: "viewer", scope: "read" },
  packets: { role: "viewer", scope: "read", unless: ["hidePcap", true] },
  packetSearch: { role: "viewer", scope: "read", unless: ["packetSearch", false] },
  statistics: { role: "viewer", scope: "read", unless: ["hideStats", true] },
  files: { role: "viewer", scope: "read", unless: ["hideFiles", true] },
  tag: { role: "analyst", scope: "tag" },
  export: { role: "analyst", scope: "export", unless: ["disablePcapDownload", true] },
  import: { role: "operator", scope: "operate" },
  operate: { role: "operator", scope: "operate" },
  administer: { role: "administrator", scope: "admin" },
};

/** Whether a role allows an action. */
export function roleAllows(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(RULES[permission].role);
}

/** Whether a stored or given text is a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** Whether a stored or given text is a scope of tokens. */
export function isTokenScope(text: string): text is TokenScope {
  return (TOKEN_SCOPES as readonly string[]).includes(text);
}

/** Who wants something: role, rights, and the scopes of the token that is used, or null. */
export interface Claim {
  readonly role: Role;
  readonly rights: Rights;
  readonly scopes: ReadonlySet<TokenScope> | null;
}

/** Why a claim does not have a permission, for people; null when it has it. */
export function refusal({ role, rights, scopes }: Claim, permission: Permission): string | null {
  const { role: needed, scope, unless } = RULES[permission];
  if (!roleAllows(role, permission)) return `"${permission}" needs the role ${needed}; yours is ${role}`;
  if (unless !== undefined && rights[unless[0]] === unless[1]) return `"${permission}" is closed to you (${unless[0]}=${String(unless[1])})`;
  if (scopes !== null && !scopes.has(scope)) return `"${permission}" needs a token of the scope ${scope}; this one has ${[...scopes].join(", ") || "none"}`;
  return null;
}
