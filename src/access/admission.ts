import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { AccessService } from "./access-service.js";
import type { Role } from "./rights.js";
import type { UserAdministration } from "./user-administration.js";
import type { LoginWay, User } from "./user.js";
import type { FactOf, UserTemplate } from "./user-template.js";

/** Most names whose refusal is remembered; beyond, one is noted again. */
const MAX_REFUSED = 1_000;

/** Lets in users who are not known here, when a proxy or provider that is trusted names them: each is added once, by a template. */
export class UserAdmission {
  readonly #template: UserTemplate;
  readonly #users: UserAdministration;
  readonly #access: AccessService;
  readonly #logger: Logger;
  /** Who was refused and why, so that each is in the log once and not with every request. */
  readonly #refused = new Map<string, string>();

  constructor(parts: { readonly template: UserTemplate; readonly users: UserAdministration; readonly access: AccessService; readonly logger: Logger }) {
    this.#template = parts.template;
    this.#users = parts.users;
    this.#access = parts.access;
    this.#logger = parts.logger;
  }

  /**
   * Adds the user of a name that was proved and is not known; null when there is one of that name, or when the template
   * makes none of the facts: the reason is in the log and the audit log. `role` overrides the template's.
   */
  admit(name: string, loginBy: Exclude<LoginWay, "password">, fact: FactOf, address: string, role: Role | null = null): User | null {
    if (this.#users.find(name) !== null) return null;
    try {
      const user = this.#template.userOf(name, fact);
      const made = this.#users.addFromElsewhere({ ...user, role: role ?? user.role, loginBy }, { name, address, method: loginBy === "header" ? "header" : null });
      this.#refused.delete(name);
      this.#logger.info({ user: made.name, role: made.role, loginBy }, "a user was added by userAutoCreateTmpl");
      return made;
    } catch (error) {
      if (!(error instanceof LookbackError)) throw error;
      if (this.#refused.get(name) === error.message) return null;
      this.#refused.set(name, error.message);
      for (const oldest of this.#refused.keys()) {
        if (this.#refused.size <= MAX_REFUSED) break;
        this.#refused.delete(oldest);
      }
      this.#logger.warn({ user: name.slice(0, 64), address, reason: error.message }, "userAutoCreateTmpl made no user");
      this.#access.audit(name.slice(0, 64), "login.failed", { by: loginBy, reason: error.message.slice(0, 300) }, { address, outcome: "LOGIN_FAILED" });
      return null;
    }
  }
}
