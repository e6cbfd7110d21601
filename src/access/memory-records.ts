import type { AuditFilter } from "../catalogue/audit.js";
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
  #lastEntry = 0;

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

  appendAudit(entries: readonly Omit<AuditEntry, "id">[]): void {
    for (const entry of entries) this.#audit.push({ id: (this.#lastEntry += 1), ...entry });
    this.#audit.splice(0, Math.max(0, this.#audit.length - MAX_AUDIT));
  }

  listAudit(limit: number): readonly AuditEntry[] {
    return this.searchAudit({}, limit);
  }

  searchAudit({ user, action, outcome, address, contains, fromMs, untilMs, before }: AuditFilter, limit: number): readonly AuditEntry[] {
    const given = (value: string | number | null | undefined): value is string | number => value !== null && value !== undefined;
    return this.#audit.toReversed().filter((entry) =>
      (!given(user) || entry.user.toLowerCase() === user.toLowerCase()) && (!given(action) || entry.action === action || entry.action.startsWith(`${action}.`)) &&
      (!given(outcome) || entry.outcome === outcome) && (!given(address) || entry.address === address) &&
      (!given(contains) || JSON.stringify(entry.details).toLowerCase().includes(contains.toLowerCase())) &&
      (!given(fromMs) || entry.atMs >= fromMs) && (!given(untilMs) || entry.atMs < untilMs) && (!given(before) || entry.id < before)).slice(0, limit);
  }
}
