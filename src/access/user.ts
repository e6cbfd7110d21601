import type { Rights, Role, TokenScope } from "./rights.js";

/** How a user proves to be that user: by a password kept here, by an OpenID provider, or by a trusted proxy's header. */
export const LOGIN_WAYS = ["password", "oidc", "header"] as const;

/** How a user logs in. */
export type LoginWay = (typeof LOGIN_WAYS)[number];

/** A person or program that may log in. */
export interface User {
  readonly name: string;
  readonly role: Role;
  readonly rights: Rights;
  readonly loginBy: LoginWay;
  /** Password as `hashPassword` prints it; empty for users without one. */
  readonly passwordHash: string;
  readonly enabled: boolean;
  /** Search expression ANDed to everything this user reads; empty for none. */
  readonly forcedExpression: string;
  /** Document paths that this user may not see or search. */
  readonly hiddenFields: readonly string[];
  /** How far back this user may look, in hours, or null. */
  readonly maxAgeHours: number | null;
  readonly createdMs: number;
  /** When what this user may see or do was last changed; what was made for the user before is not given out after. */
  readonly rightsChangedMs: number;
  readonly lastLoginMs: number | null;
}

/** Whether a user sees a part of the sessions only: what tells of the store as a whole is then refused. */
export function seesPart({ forcedExpression, maxAgeHours }: Pick<User, "forcedExpression" | "maxAgeHours">): boolean {
  return forcedExpression.trim() !== "" || maxAgeHours !== null;
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
  readonly scopes: readonly TokenScope[];
  readonly createdMs: number;
  readonly expiresMs: number;
}

/** One line of the audit log. */
export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly user: string;
  /** `login.start`, `export.download`, `tags.add`, …: the noun first. */
  readonly action: string;
  /** Where from, or null. */
  readonly address: string | null;
  /** By what credential, or null. */
  readonly method: Principal["method"] | null;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  readonly durationMs: number | null;
  /** Facts of the action as JSON values; never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

/** A request's user and how it proved to be that user. */
export interface Principal {
  readonly user: User;
  /** `header`: by a trusted proxy; `local`: by a file that only the owner of the data directory can read. */
  readonly method: "cookie" | "token" | "header" | "local";
  /** Hash of the login or token, to end it; empty for a header. */
  readonly credentialHash: string;
  /** What the token may be used for; null when the credential is no token. */
  readonly scopes: ReadonlySet<TokenScope> | null;
}
