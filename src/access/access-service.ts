import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { AuditFilter } from "../catalogue/audit.js";
import { AttemptLimit } from "./attempt-limit.js";
import type { AccessRecords } from "./access-records.js";
import { AuditLog } from "./audit-log.js";
import { LOCAL_OWNER } from "./local-owner.js";
import { hashPassword, passwordMatches } from "./password.js";
import { newSecret, secretHash } from "./secret.js";
import { ALL_RIGHTS, refusal, TOKEN_SCOPES, type Permission, type Rights, type Role, type TokenScope } from "./rights.js";
import { seesPart, type AccessToken, type AuditEntry, type LoginWay, type Principal, type User } from "./user.js";

/** How long a browser's login lasts. */
export const LOGIN_MS = 12 * 60 * 60_000;
/** Longest life of a token. */
export const MAX_TOKEN_MS = 366 * 24 * 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Most logins by a proxy's header that are remembered; beyond, one is noted again. */
const MAX_HEADER_LOGINS = 10_000;
/** Most tokens of one user. */
const MAX_TOKENS = 50;
/** Start of every token, so that a leaked one is recognised in a text. */
const TOKEN_PREFIX = "lb_";
const LOCAL_TOKEN_PREFIX = "lbl_";

const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** The first administrator and the password to show once. */
export interface FirstAdministrator {
  readonly name: string;
  readonly password: string;
}

/** Who does something, from where and by what credential, for the audit log. */
export interface Actor {
  readonly name: string;
  readonly address: string | null;
  readonly method: Principal["method"] | null;
}

/** What a user is made of; what is left out is as the role has it. */
export interface NewUser {
  readonly name: string;
  /** Null for a user who does not log in by a password. */
  readonly password: string | null;
  readonly role: Role;
  readonly rights?: Partial<Rights>;
  readonly loginBy?: LoginWay;
  readonly forcedExpression?: string;
  readonly hiddenFields?: readonly string[];
  readonly maxAgeHours?: number | null;
}

/** Who may come in, and what was done: users, logins, tokens, audit. Secrets are stored as hashes only. */
export class AccessService {
  readonly #records: AccessRecords;
  readonly #clock: Clock;
  readonly #attempts: AttemptLimit;
  /** The audit log; `log.note` is for what is written often. */
  readonly log: AuditLog;
  /** Hash of the local owner's token, or null while none was made. */
  #localOwner: string | null = null;
  readonly #listeners = new Set<() => void>();
  /** When a user of a trusted proxy was last noted as logged in from an address. */
  readonly #headerLogins = new Map<string, number>();

  /** `onAuditFault` hears of entries of the audit log that could not be written and wait. */
  constructor(records: AccessRecords, clock: Clock, onAuditFault: (error: unknown) => void = () => {}) {
    this.#records = records;
    this.#clock = clock;
    this.#attempts = new AttemptLimit(clock);
    this.log = new AuditLog(records, clock, onAuditFault);
  }

  /** Makes the administrator `admin` with a random password when there is no administrator yet, else null. */
  async firstStart(): Promise<FirstAdministrator | null> {
    if (this.#records.findUser("admin") !== null || this.#records.listUsers().some((user) => user.role === "administrator")) return null;
    const password = newSecret().slice(0, 24);
    await this.putUser({ name: "admin", password, role: "administrator" });
    return { name: "admin", password };
  }

  /** Adds a user, or changes one and ends its logins and tokens. */
  async putUser(user: NewUser): Promise<User> {
    return this.#put(user, user.password === null ? "" : await hashPassword(user.password));
  }

  /** The same for a user who logs in elsewhere. */
  putUserWithoutPassword(user: Omit<NewUser, "password">): User {
    return this.#put(user, "");
  }

  #put(user: Omit<NewUser, "password">, passwordHash: string): User {
    if (!USER_NAME.test(user.name)) {
      throw new LookbackError("BAD_INPUT", `"${user.name.slice(0, 64)}" is no user name: 1 to 64 of letters, digits and . _ @ -, a letter or digit first`);
    }
    const now = this.#clock.nowMs();
    const made: User = {
      // The spelling that logins and tokens are kept under.
      name: this.#records.findUser(user.name)?.name ?? user.name,
      role: user.role,
      rights: { ...ALL_RIGHTS, ...user.rights },
      loginBy: user.loginBy ?? "password",
      passwordHash,
      enabled: true,
      forcedExpression: user.forcedExpression ?? "",
      hiddenFields: user.hiddenFields ?? [],
      maxAgeHours: user.maxAgeHours ?? null,
      createdMs: now,
      rightsChangedMs: now,
      lastLoginMs: null,
    };
    this.#records.putUser(made);
    this.endCredentials(made.name);
    return made;
  }

  /**
   * Checks a password and starts a login. Returns the secret id for the cookie. LOGIN_FAILED does not say whether
   * the user exists; RATE_LIMITED after repeated failures of that name or address.
   */
  async login(name: string, password: string, address: string): Promise<{ readonly id: string; readonly user: User; readonly expiresMs: number }> {
    // Lower case: spellings of one name must not each have guesses of their own.
    const keys = [`user:${name.slice(0, 64).toLowerCase()}`, `address:${address}`];
    this.#attempts.check(keys);
    // Counted before the hash is computed, so that guesses sent all at once are slowed down as well.
    this.#attempts.failed(keys);
    const user = await this.#userOfPassword(name, password);
    if (user === null) {
      this.audit(name.slice(0, 64), "login.failed", {}, { address, outcome: "LOGIN_FAILED" });
      throw new LookbackError("LOGIN_FAILED", "user name or password is wrong");
    }
    this.#attempts.succeeded(keys);
    return this.startLogin(user, address);
  }

  /** The user whose password it is, as the user is once that is known; null where it is wrong or the user may not log in (any more). */
  async #userOfPassword(name: string, password: string): Promise<User | null> {
    const user = this.#records.findUser(name);
    const matches = await passwordMatches(password, user?.loginBy === "password" ? user.passwordHash : null);
    return user === null || !matches ? null : this.#stillWithPassword(user);
  }

  /** The user as it is now; null where it is gone, disabled or has another password: hashing one takes long enough for that. */
  #stillWithPassword({ name, passwordHash }: User): User | null {
    const present = this.#records.findUser(name);
    return present !== null && present.enabled && present.loginBy === "password" && present.passwordHash === passwordHash ? present : null;
  }

  /** Starts the login of a user who has proved to be that user; returns the secret id for the cookie. */
  startLogin(user: User, address: string): { readonly id: string; readonly user: User; readonly expiresMs: number } {
    const now = this.#clock.nowMs();
    this.#records.removeExpired(now);
    const id = newSecret();
    const expiresMs = now + LOGIN_MS;
    this.#records.putLogin({ hash: secretHash(id), user: user.name, address, createdMs: now, expiresMs });
    this.audit(user.name, "login.start", { by: user.loginBy }, { address, method: "cookie" });
    return { id, user, expiresMs };
  }

  /**
   * Gives a user a new password and ends every login and token. LOGIN_FAILED when the present password is wrong, with the
   * same waits as a login, or when the user was disabled or given another one meanwhile; BAD_INPUT when the new one is too short or too long.
   */
  async changePassword(name: string, present: string, next: string, by: Actor | null = null): Promise<void> {
    const keys = [`user:${name.toLowerCase()}`];
    this.#attempts.check(keys);
    this.#attempts.failed(keys);
    const proved = await this.#userOfPassword(name, present);
    if (proved === null) throw new LookbackError("LOGIN_FAILED", "the present password is wrong");
    this.#attempts.succeeded(keys);
    const passwordHash = await hashPassword(next);
    const user = this.#stillWithPassword(proved);
    if (user === null) throw new LookbackError("LOGIN_FAILED", `user "${proved.name}" was disabled or given another password meanwhile; log in again`);
    this.#records.putUser({ ...user, passwordHash });
    this.endCredentials(user.name);
    this.audit(user.name, "password.change", {}, by ?? {});
  }

  /** Ends the login of a cookie; unknown ids are fine. */
  logout(id: string, address: string | null = null): void {
    const hash = secretHash(id);
    const login = this.#records.findLogin(hash);
    if (login === null) return;
    this.#records.removeLogin(hash);
    this.#changed();
    this.audit(login.user, "login.end", {}, { address, method: "cookie" });
  }

  /** The user of a login cookie, or null. */
  principalOfCookie(id: string): Principal | null {
    const hash = secretHash(id);
    const login = this.#records.findLogin(hash);
    if (login === null || login.expiresMs <= this.#clock.nowMs()) return null;
    return this.#principal(login.user, "cookie", hash, null);
  }

  /** Makes the token by which the local owner comes in until this process ends. It is kept nowhere; an earlier one ends. */
  admitLocalOwner(): string {
    const token = LOCAL_TOKEN_PREFIX + newSecret();
    this.#localOwner = secretHash(token);
    return token;
  }

  /** The user of a bearer token, or null. */
  principalOfToken(token: string): Principal | null {
    const hash = secretHash(token);
    if (hash === this.#localOwner) return { user: LOCAL_OWNER, method: "local", credentialHash: hash, scopes: null };
    const found = this.#records.findToken(hash);
    if (found === null || found.expiresMs <= this.#clock.nowMs()) return null;
    return this.#principal(found.user, "token", hash, new Set(found.scopes));
  }

  /** The user whom a trusted proxy names, or null; only for users who log in that way. */
  principalOfHeader(name: string, address: string): Principal | null {
    const user = USER_NAME.test(name) ? this.#records.findUser(name) : null;
    if (user === null || !user.enabled || user.loginBy !== "header") return null;
    const now = this.#clock.nowMs();
    const place = `${user.name} ${address}`;
    if (now - (this.#headerLogins.get(place) ?? 0) >= LOGIN_MS) {
      this.#headerLogins.set(place, now);
      for (const oldest of this.#headerLogins.keys()) {
        if (this.#headerLogins.size <= MAX_HEADER_LOGINS) break;
        this.#headerLogins.delete(oldest);
      }
      this.audit(user.name, "login.start", { by: "header" }, { address, method: "header" });
    }
    return { user, method: "header", credentialHash: "", scopes: null };
  }

  #principal(name: string, method: Principal["method"], credentialHash: string, scopes: Principal["scopes"]): Principal | null {
    const user = this.#records.findUser(name);
    return user === null || !user.enabled ? null : { user, method, credentialHash, scopes };
  }

  /**
   * Whether a principal still is what it was when it was looked up: its credential has neither ended nor been revoked, and
   * nothing of the user's rights has changed. For what goes on after its request began.
   */
  stillHolds(principal: Principal): boolean {
    const { user, method, credentialHash } = principal;
    if (method === "local") return credentialHash === this.#localOwner;
    if (method === "cookie" && !this.#alive(this.#records.findLogin(credentialHash))) return false;
    if (method === "token" && !this.#alive(this.#records.findToken(credentialHash))) return false;
    const present = this.#records.findUser(user.name);
    return present !== null && present.enabled && present.rightsChangedMs === user.rightsChangedMs && present.createdMs === user.createdMs;
  }

  #alive(credential: { readonly expiresMs: number } | null): boolean {
    return credential !== null && credential.expiresMs > this.#clock.nowMs();
  }

  /** Calls `listener` after logins, tokens or rights of anybody ended or changed in this process; returns what stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Ends every login and token of a user. */
  endCredentials(name: string): void {
    this.#records.removeCredentials(name);
    this.#changed();
  }

  /** Stores a user whose rights changed; what goes on under the old ones ends. */
  replaceUser(user: User): User {
    // Never the same moment twice: equal moments say that nothing changed.
    const before = this.#records.findUser(user.name)?.rightsChangedMs ?? 0;
    const changed = { ...user, rightsChangedMs: Math.max(this.#clock.nowMs(), before + 1) };
    this.#records.putUser(changed);
    this.#changed();
    return changed;
  }

  /** Makes a named token for a user and returns it; it is not shown again. It may do what its user may within `scopes`. */
  createToken(userName: string, name: string, lifeMs: number, scopes: readonly TokenScope[] = TOKEN_SCOPES, by: Actor | null = null): string {
    const user = this.#records.findUser(userName)?.name;
    if (user === undefined) throw new LookbackError("NOT_FOUND", `there is no user "${userName}"`);
    if (!/^[\w .:@-]{1,64}$/.test(name)) throw new LookbackError("BAD_INPUT", "a token's name has 1 to 64 letters, digits, spaces and . : @ _ -");
    if (!(lifeMs > 0 && lifeMs <= MAX_TOKEN_MS)) throw new LookbackError("LIMIT_EXCEEDED", "a token lives up to 366 days", { limit: MAX_TOKEN_MS });
    const now = this.#clock.nowMs();
    for (const ended of this.#records.listTokens(user)) if (ended.expiresMs <= now) this.#records.removeToken(user, ended.name);
    const existing = this.#records.listTokens(user);
    if (existing.length >= MAX_TOKENS) throw new LookbackError("LIMIT_EXCEEDED", `a user has at most ${MAX_TOKENS} tokens; remove one`, { limit: MAX_TOKENS });
    if (existing.some((token) => token.name === name)) throw new LookbackError("BAD_INPUT", `user "${user}" has a token "${name}" already`);
    const granted = TOKEN_SCOPES.filter((scope) => scopes.includes(scope));
    if (granted.length === 0) throw new LookbackError("BAD_INPUT", `a token needs a scope: ${TOKEN_SCOPES.join(", ")}`);
    const token = TOKEN_PREFIX + newSecret();
    this.#records.putToken({ name, user, hash: secretHash(token), scopes: granted, createdMs: now, expiresMs: now + lifeMs });
    this.audit(by?.name ?? user, "token.create", { of: user, name, scopes: granted.join(" "), days: Math.round(lifeMs / DAY_MS) }, by ?? {});
    return token;
  }

  /** Tokens of a user that have not ended; their secrets are not kept. */
  tokens(user: string): readonly AccessToken[] {
    const now = this.#clock.nowMs();
    return this.#records.listTokens(user).filter((token) => token.expiresMs > now);
  }

  /** Ends a token; NOT_FOUND when there is none of that name. */
  revokeToken(user: string, name: string, by: Actor | null = null): void {
    if (!this.#records.removeToken(user, name)) throw new LookbackError("NOT_FOUND", `user "${user}" has no token "${name}"`);
    this.#changed();
    this.audit(by?.name ?? user, "token.revoke", { of: user, name }, by ?? {});
  }

  /** The enabled user of a name. Throws NOT_FOUND. */
  user(name: string): User {
    const user = name === LOCAL_OWNER.name ? LOCAL_OWNER : this.#records.findUser(name);
    if (user === null || !user.enabled) throw new LookbackError("NOT_FOUND", `there is no user ${name.slice(0, 64)}, or the user may not log in`);
    return user;
  }

  /** Throws FORBIDDEN unless the user's role and rights, and the scopes of the token if one is used, allow the action. */
  require(user: User, permission: Permission, scopes: ReadonlySet<TokenScope> | null = null): void {
    const reason = refusal({ role: user.role, rights: user.rights, scopes }, permission);
    if (reason !== null) throw new LookbackError("FORBIDDEN", reason, { permission, role: user.role });
  }

  /** Throws FORBIDDEN for a user who sees a part of the store only: `what` tells of all of it. */
  requireWholeStore(user: User, what: string): void {
    if (seesPart(user)) throw new LookbackError("FORBIDDEN", `${what} cannot be read under a forced expression or a time limit: they tell of sessions that you may not see`);
  }

  /** Appends to the audit log, durable when this returns; `origin` says where from and how it went. */
  audit(user: string, action: string, details: AuditEntry["details"], origin: Partial<Pick<AuditEntry, "address" | "method" | "outcome" | "durationMs">> = {}): void {
    const { address = null, method = null, outcome = "ok", durationMs = null } = origin;
    this.log.append({ user, action, details, address, method, outcome, durationMs });
  }

  /** Entries of the audit log that match, newest first. */
  searchAudit(filter: AuditFilter, limit: number): readonly AuditEntry[] {
    this.log.flush();
    return this.#records.searchAudit(filter, limit);
  }
}
