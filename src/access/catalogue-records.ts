import type { AuditFilter } from "../catalogue/audit.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { TokenRecord } from "../catalogue/credentials.js";
import type { UserRecord } from "../catalogue/users.js";
import type { AccessRecords } from "./access-records.js";
import { ALL_RIGHTS, isRole, isTokenScope, NO_RIGHTS, RIGHT_NAMES, type Rights } from "./rights.js";
import type { AccessToken, AuditEntry, Login, Principal, User } from "./user.js";

/** Longest life of a token whose record names none: it has ended. */
const ENDED_MS = 0;

const METHODS: readonly Principal["method"][] = ["cookie", "token", "header", "local"];

function bytes(hash: string): Buffer {
  return Buffer.from(hash, "hex");
}

function rightsOf(stored: UserRecord["rights"]): Rights {
  if (stored === null) return NO_RIGHTS;
  const named = (name: keyof Rights): boolean => stored[name] ?? ALL_RIGHTS[name];
  return {
    packetSearch: named("packetSearch"), emailSearch: named("emailSearch"), disablePcapDownload: named("disablePcapDownload"),
    hideStats: named("hideStats"), hideFiles: named("hideFiles"), hidePcap: named("hidePcap"),
  };
}

/** A stored user. One of a role that this version does not know, or whose limits do not read back, may not log in. */
function userOf(record: UserRecord): User {
  const reads = isRole(record.role) && record.rights !== null && record.hiddenFields !== null;
  return {
    name: record.name,
    role: isRole(record.role) ? record.role : "viewer",
    rights: rightsOf(record.rights),
    loginBy: record.loginBy,
    passwordHash: record.passwordHash,
    enabled: record.enabled && reads,
    forcedExpression: record.forcedExpression ?? "",
    hiddenFields: record.hiddenFields ?? [],
    maxAgeHours: record.timeLimitHours,
    createdMs: record.createdAtMs,
    rightsChangedMs: record.rightsChangedAtMs,
    lastLoginMs: record.lastLoginAtMs,
  };
}

/** The rights that differ from what everybody has: those that a later version adds are then as that version has them. */
function storedRights(rights: Rights): Readonly<Record<string, boolean>> {
  return Object.fromEntries(RIGHT_NAMES.filter((name) => rights[name] !== ALL_RIGHTS[name]).map((name) => [name, rights[name]]));
}

function tokenOf(token: TokenRecord): AccessToken {
  return {
    name: token.name, user: token.user, hash: Buffer.from(token.hash).toString("hex"), scopes: token.scopes.filter(isTokenScope),
    createdMs: token.createdAtMs, expiresMs: token.expiresAtMs ?? ENDED_MS,
  };
}

/** A detail of an audit entry as written by `appendAudit`; other shapes as JSON text. */
function detailOf(value: unknown): string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value);
}

/** Users, logins, tokens and audit in the catalogue. */
export class CatalogueAccessRecords implements AccessRecords {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  countUsers(): number {
    return this.#catalogue.users.list().length;
  }

  findUser(name: string): User | null {
    const record = this.#catalogue.users.get(name);
    return record === null ? null : userOf(record);
  }

  putUser(user: User): void {
    const { users } = this.#catalogue;
    const fields = {
      passwordHash: user.passwordHash,
      role: user.role,
      rights: storedRights(user.rights),
      loginBy: user.loginBy,
      rightsChangedAtMs: user.rightsChangedMs,
      forcedExpression: user.forcedExpression.trim() === "" ? null : user.forcedExpression,
      hiddenFields: user.hiddenFields,
      timeLimitHours: user.maxAgeHours,
      enabled: user.enabled,
    };
    this.#catalogue.transaction(() => {
      if (!users.add({ name: user.name, ...fields })) users.update(user.name, fields);
    });
  }

  listUsers(): readonly User[] {
    return this.#catalogue.users.list().map(userOf);
  }

  putLogin(login: Login): void {
    this.#catalogue.logins.add({ hash: bytes(login.hash), user: login.user, address: login.address, expiresAtMs: login.expiresMs });
    this.#catalogue.users.update(login.user, { lastLoginAtMs: login.createdMs });
  }

  findLogin(hash: string): Login | null {
    const found = this.#catalogue.logins.find(bytes(hash));
    return found === null ? null : { hash, user: found.user, address: found.address, createdMs: found.createdAtMs, expiresMs: found.expiresAtMs };
  }

  removeLogin(hash: string): void {
    this.#catalogue.logins.remove(bytes(hash));
  }

  removeCredentials(user: string): void {
    this.#catalogue.transaction(() => {
      this.#catalogue.logins.removeOfUser(user);
      for (const token of this.#catalogue.tokens.ofUser(user)) this.#catalogue.tokens.remove(token.id);
    });
  }

  removeExpired(): void {
    this.#catalogue.logins.removeExpired();
  }

  putToken(token: AccessToken): void {
    this.#catalogue.tokens.add({ id: token.hash.slice(0, 16), user: token.user, name: token.name, hash: bytes(token.hash), scopes: token.scopes, expiresAtMs: token.expiresMs });
  }

  findToken(hash: string): AccessToken | null {
    const found = this.#catalogue.tokens.find(bytes(hash));
    return found === null ? null : tokenOf(found);
  }

  listTokens(user: string): readonly AccessToken[] {
    return this.#catalogue.tokens.ofUser(user).map(tokenOf);
  }

  removeToken(user: string, name: string): boolean {
    const found = this.#catalogue.tokens.ofUser(user).find((token) => token.name === name);
    return found !== undefined && this.#catalogue.tokens.remove(found.id);
  }

  appendAudit(entries: readonly Omit<AuditEntry, "id">[]): void {
    this.#catalogue.audit.append(entries);
  }

  listAudit(limit: number): readonly AuditEntry[] {
    return this.searchAudit({}, limit);
  }

  searchAudit(filter: AuditFilter, limit: number): readonly AuditEntry[] {
    return this.#catalogue.audit.search(filter, limit).map(({ details, method, ...entry }) => ({
      ...entry,
      method: METHODS.find((known) => known === method) ?? null,
      details: Object.fromEntries(Object.entries(details).map(([key, value]) => [key, detailOf(value)])),
    }));
  }
}
