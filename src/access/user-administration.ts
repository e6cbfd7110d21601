import { LookbackError } from "../base/errors.js";
import type { AccessRecords } from "./access-records.js";
import type { AccessService, Actor, NewUser } from "./access-service.js";
import { hashPassword } from "./password.js";
import { isRole, RIGHT_NAMES, ROLES, type Rights, type Role, type TokenScope } from "./rights.js";
import { newSecret } from "./secret.js";
import type { AccessToken, AuditEntry, LoginWay, User } from "./user.js";

/** Most fields hidden from one user. */
const MAX_HIDDEN_FIELDS = 1_000;
/** Longest forced expression, in characters. */
const MAX_FORCED_EXPRESSION = 10_000;
/** Longest time limit, in hours: a hundred years. */
const MAX_AGE_HOURS = 876_600;

/** What only the rest of the program can say of a user's limits. */
export interface LimitChecks {
  /** Throws EXPRESSION_* unless the text is a search expression. */
  expression(text: string): void;
  /** The document path of a field's search name, alias or path, or of a whole object; throws BAD_INPUT for an unknown one. */
  fieldPath(name: string): string;
}

/** What may be changed of a user; what is left out stays. */
export interface UserChange {
  readonly role?: Role;
  readonly rights?: Partial<Rights>;
  readonly loginBy?: LoginWay;
  readonly forcedExpression?: string;
  readonly hiddenFields?: readonly string[];
  /** Null: without bound. */
  readonly maxAgeHours?: number | null;
}

/** A user and, when none was given, the password that was made: to be shown once. */
export interface UserAndPassword {
  readonly user: User;
  readonly madePassword: string | null;
}

/** What administrators do with users; the API and the command line are two faces of it. Everything is in the audit log. */
export class UserAdministration {
  readonly #records: AccessRecords;
  readonly #access: AccessService;
  readonly #checks: LimitChecks;

  constructor(records: AccessRecords, access: AccessService, checks: LimitChecks) {
    this.#records = records;
    this.#access = access;
    this.#checks = checks;
  }

  /** Every user, in order of name. */
  list(): readonly User[] {
    return this.#records.listUsers().toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  }

  /** The user of a name, enabled or not, or null. */
  find(name: string): User | null {
    return this.#records.findUser(name);
  }

  /** The user of a name, enabled or not. NOT_FOUND. */
  get(name: string): User {
    const user = this.find(name);
    if (user === null) throw new LookbackError("NOT_FOUND", `there is no user ${JSON.stringify(name.slice(0, 64))}`);
    return user;
  }

  /** Adds a user. Without a password one is made, unless the user logs in elsewhere. BAD_INPUT when the name is taken or a limit is wrong. */
  async add(user: Omit<NewUser, "password"> & { readonly password: string | null }, by: Actor): Promise<UserAndPassword> {
    if (this.#records.findUser(user.name) !== null) throw new LookbackError("BAD_INPUT", `there is a user "${user.name}" already; use set, password or enable`);
    const { loginBy = "password" } = user;
    if (loginBy !== "password" && user.password !== null) throw new LookbackError("BAD_INPUT", `"${user.name}" logs in by ${loginBy} and has no password here`);
    const madePassword = loginBy === "password" && user.password === null ? newSecret().slice(0, 24) : null;
    const made = await this.#access.putUser({ ...user, ...this.#checked(user), password: madePassword ?? user.password });
    this.#audit(by, "user.add", { of: made.name, ...facts(made) });
    return { user: made, madePassword };
  }

  /** Adds a user whom a trusted proxy or provider named. BAD_INPUT when the name is taken or cannot be a user's, or a limit is wrong. */
  addFromElsewhere(user: Omit<NewUser, "password">, by: Actor): User {
    if (this.#records.findUser(user.name) !== null) throw new LookbackError("BAD_INPUT", `there is a user "${user.name}" already`);
    const made = this.#access.putUserWithoutPassword({ ...user, ...this.#checked(user) });
    this.#audit(by, "user.add", { of: made.name, ...facts(made) });
    return made;
  }

  /** Changes role, rights or limits; logins and tokens stay and have the new ones at once. BAD_INPUT, NOT_FOUND. */
  set(name: string, change: UserChange, by: Actor): User {
    const user = this.get(name);
    const { rights, ...rest } = this.#checked(change);
    const next: User = { ...user, ...rest, rights: { ...user.rights, ...rights } };
    this.#keepAnAdministrator(user, next);
    const changed = this.#access.replaceUser(next);
    this.#audit(by, "user.change", { of: changed.name, ...facts(changed) });
    return changed;
  }

  /** Lets a user log in again, or ends all logins and tokens and lets the user log in no more. */
  setEnabled(name: string, enabled: boolean, by: Actor): User {
    const user = this.get(name);
    const next = { ...user, enabled };
    this.#keepAnAdministrator(user, next);
    const changed = this.#access.replaceUser(next);
    if (!enabled) this.#access.endCredentials(user.name);
    this.#audit(by, enabled ? "user.enable" : "user.disable", { of: user.name });
    return changed;
  }

  /** Gives a user a password, a made one when it is null, and ends all logins and tokens. */
  async setPassword(name: string, password: string | null, by: Actor): Promise<UserAndPassword> {
    this.#withPassword(name);
    const madePassword = password === null ? newSecret().slice(0, 24) : null;
    const passwordHash = await hashPassword(madePassword ?? password ?? "");
    // Hashing takes long enough for another change, which must not be undone.
    const user = this.#withPassword(name);
    const changed = this.#access.replaceUser({ ...user, passwordHash });
    this.#access.endCredentials(user.name);
    this.#audit(by, "user.password", { of: user.name });
    return { user: changed, madePassword };
  }

  /** The user of a name who logs in by password, enabled or not. NOT_FOUND, BAD_INPUT. */
  #withPassword(name: string): User {
    const user = this.get(name);
    if (user.loginBy !== "password") throw new LookbackError("BAD_INPUT", `"${user.name}" logs in by ${user.loginBy} and has no password here`);
    return user;
  }

  /** Tokens of a user that have not ended. */
  tokens(name: string): readonly AccessToken[] {
    return this.#access.tokens(this.get(name).name);
  }

  /** Makes a token in a user's name; its secret is returned this once. */
  createToken(name: string, tokenName: string, lifeMs: number, scopes: readonly TokenScope[], by: Actor): string {
    const user = this.get(name);
    return this.#access.createToken(user.name, tokenName, lifeMs, scopes, by);
  }

  /** Ends a token of a user. NOT_FOUND. */
  revokeToken(name: string, tokenName: string, by: Actor): void {
    const user = this.get(name);
    this.#access.revokeToken(user.name, tokenName, by);
  }

  #audit({ name, address, method }: Actor, action: string, details: AuditEntry["details"]): void {
    this.#access.audit(name, action, details, { address, method });
  }

  #checked(change: UserChange): UserChange {
    const { role, forcedExpression, hiddenFields, maxAgeHours } = change;
    if (role !== undefined && !isRole(role)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(role)} is no role: ${ROLES.join(", ")}`);
    if (forcedExpression !== undefined && forcedExpression.trim() !== "") {
      if (forcedExpression.length > MAX_FORCED_EXPRESSION) {
        throw new LookbackError("LIMIT_EXCEEDED", `a forced expression has at most ${MAX_FORCED_EXPRESSION} characters`, { limit: MAX_FORCED_EXPRESSION });
      }
      this.#checks.expression(forcedExpression);
    }
    if (hiddenFields !== undefined && hiddenFields.length > MAX_HIDDEN_FIELDS) {
      throw new LookbackError("LIMIT_EXCEEDED", `at most ${MAX_HIDDEN_FIELDS} fields can be hidden`, { limit: MAX_HIDDEN_FIELDS });
    }
    if (maxAgeHours !== undefined && maxAgeHours !== null && !(Number.isSafeInteger(maxAgeHours) && maxAgeHours >= 1 && maxAgeHours <= MAX_AGE_HOURS)) {
      throw new LookbackError("BAD_INPUT", `a time limit is a whole number of hours, 1 to ${MAX_AGE_HOURS}, not ${maxAgeHours}`);
    }
    return hiddenFields === undefined ? change : { ...change, hiddenFields: [...new Set(hiddenFields.map((name) => this.#checks.fieldPath(name)))] };
  }

  /** Somebody must stay who can look after users. */
  #keepAnAdministrator(before: User, after: User): void {
    const may = (user: User): boolean => user.enabled && user.role === "administrator";
    if (!may(before) || may(after)) return;
    if (this.#records.listUsers().some((user) => user.name !== before.name && may(user))) return;
    throw new LookbackError("BAD_INPUT", `"${before.name}" is the last administrator who may log in; make another one first`);
  }
}

/** A user's limits as an audit entry has them. */
function facts(user: User): Readonly<Record<string, string | number | boolean | null>> {
  return {
    role: user.role, loginBy: user.loginBy, forcedExpression: user.forcedExpression.slice(0, 1_000), hiddenFields: user.hiddenFields.join(" ").slice(0, 1_000),
    maxAgeHours: user.maxAgeHours, rights: RIGHT_NAMES.map((name) => `${name}=${String(user.rights[name])}`).join(" "),
  };
}
