/** What a user may do; each role includes those before it. */
export const ROLES = ["viewer", "analyst", "operator", "administrator"] as const;

/** A user's role. */
export type Role = (typeof ROLES)[number];

/** Actions that need a role. */
export const PERMISSIONS = ["search", "tag", "export", "import", "operate", "administer"] as const;

/** An action that needs a role. */
export type Permission = (typeof PERMISSIONS)[number];

/** Lowest role that may do each. */
const LOWEST_ROLE: Readonly<Record<Permission, Role>> = {
  search: "viewer",
  tag: "analyst",
  export: "analyst",
  import: "operator",
  operate: "operator",
  administer: "administrator",
};

/** Whether a role allows an action. */
export function roleAllows(role: Role, permission: Permission): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(LOWEST_ROLE[permission]);
}

/** Lowest role that allows an action, for messages. */
export function lowestRole(permission: Permission): Role {
  return LOWEST_ROLE[permission];
}

/** Whether a stored or given text is a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** A person or program that may log in. */
export interface User {
  readonly name: string;
  readonly role: Role;
  /** Password as `hashPassword` prints it. */
  readonly passwordHash: string;
  readonly enabled: boolean;
  /** Search expression ANDed to everything this user reads; empty for none. */
  readonly forcedExpression: string;
  /** Document paths that this user may not see or search. */
  readonly hiddenFields: readonly string[];
  /** How far back this user may look, in hours, or null. */
  readonly maxAgeHours: number | null;
  readonly createdMs: number;
}

/** A browser's login. The cookie's id is not stored, only its hash. */
export interface Login {
  /** SHA-256 of the id, hex. */
  readonly hash: string;
  readonly user: string;
  /** Where it was started from. */
  readonly address: string | null;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/** A bearer token. The token is shown once and not stored, only its hash. */
export interface AccessToken {
  readonly name: string;
  readonly user: string;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly createdMs: number;
  readonly expiresMs: number;
}

/** One line of the audit log. */
export interface AuditEntry {
  readonly atMs: number;
  readonly user: string;
  /** `login`, `export.download`, `tags.add`, …: the noun first. */
  readonly action: string;
  /** Facts of the action as JSON values; never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** A request's user and how it proved to be that user. */
export interface Principal {
  readonly user: User;
  /** `local`: by a file that only the owner of the data directory can read. */
  readonly method: "cookie" | "token" | "local";
  /** Hash of the login or token, to end it. */
  readonly credentialHash: string;
}
