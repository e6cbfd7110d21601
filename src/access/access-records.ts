import type { AuditFilter } from "../catalogue/audit.js";
import type { AccessToken, AuditEntry, Login, User } from "./user.js";

/**
 * Where users, logins, tokens and the audit log are kept. Every call is durable when it returns. Users' names differ by
 * more than letter case: one is found under any spelling.
 */
export interface AccessRecords {
  countUsers(): number;
  findUser(name: string): User | null;
  /** Adds or replaces the user of that name. */
  putUser(user: User): void;
  listUsers(): readonly User[];
  putLogin(login: Login): void;
  findLogin(hash: string): Login | null;
  removeLogin(hash: string): void;
  /** Ends every login and token of a user. */
  removeCredentials(user: string): void;
  /** Removes logins and tokens that expired before `nowMs`. */
  removeExpired(nowMs: number): void;
  putToken(token: AccessToken): void;
  findToken(hash: string): AccessToken | null;
  listTokens(user: string): readonly AccessToken[];
  /** Whether a token of that user and name was there. */
  removeToken(user: string, name: string): boolean;
  appendAudit(entries: readonly Omit<AuditEntry, "id">[]): void;
  /** Newest entries first. */
  listAudit(limit: number): readonly AuditEntry[];
  /** Entries that match, newest first. */
  searchAudit(filter: AuditFilter, limit: number): readonly AuditEntry[];
}
