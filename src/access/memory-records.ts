import type { AccessRecords } from "./access-records.js";
import type { AccessToken, AuditEntry, Login, User } from "./user.js";

/** Most audit entries kept in memory. */
const MAX_AUDIT = 10_000;

/** Records that end with the process; for a service without a catalogue and for tests. */
export class MemoryAccessRecords implements AccessRecords {
  readonly #users = new Map<string, User>();
  readonly #logins = new Map<string, Login>();
  readonly #tokens = new Map<string, AccessToken>();
  readonly #audit: AuditEntry[] = [];

  countUsers(): number {
    return this.#users.size;
  }

  findUser(name: string): User | null {
    return this.#users.get(name.toLowerCase()) ?? null;
  }

  putUser(user: User): void {
    this.#users.set(user.name.toLowerCase(), user);
  }

  listUsers(): readonly User[] {
    return [...this.#users.values()];
  }

  putLogin(login: Login): void {
    this.#logins.set(login.hash, login);
  }

  findLogin(hash: string): Login | null {
    return this.#logins.get(hash) ?? null;
  }

  removeLogin(hash: string): void {
    this.#logins.delete(hash);
  }

  removeCredentials(user: string): void {
    for (const login of this.#logins.values()) if (login.user === user) this.#logins.delete(login.hash);
    for (const token of this.#tokens.values()) if (token.user === user) this.#tokens.delete(token.hash);
  }

  removeExpired(nowMs: number): void {
    for (const login of this.#logins.values()) if (login.expiresMs <= nowMs) this.#logins.delete(login.hash);
    for (const token of this.#tokens.values()) if (token.expiresMs <= nowMs) this.#tokens.delete(token.hash);
  }

  putToken(token: AccessToken): void {
    this.#tokens.set(token.hash, token);
  }

  findToken(hash: string): AccessToken | null {
    return this.#tokens.get(hash) ?? null;
  }

  listTokens(user: string): readonly AccessToken[] {
    return [...this.#tokens.values()].filter((token) => token.user === user);
  }

  removeToken(user: string, name: string): boolean {
    const found = this.listTokens(user).find((token) => token.name === name);
    return found === undefined ? false : this.#tokens.delete(found.hash);
  }

  appendAudit(entry: AuditEntry): void {
    this.#audit.push(entry);
    if (this.#audit.length > MAX_AUDIT) this.#audit.shift();
  }

  listAudit(limit: number): readonly AuditEntry[] {
    return this.#audit.slice(-limit).reverse();
  }
}
