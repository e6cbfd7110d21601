import { LookbackError } from "../base/errors.js";
import type { NewUser } from "./access-service.js";
import { isRole, RIGHT_NAMES, ROLES, type Rights, type Role } from "./rights.js";

/** Longest template, and longest value that is filled in, in characters. */
const MAX_TEMPLATE = 16_384;
const MAX_VALUE = 1_000;

/** What Arkime's roles are here; its others are about programs that are not part of Lookback, and give nothing. */
const ARKIME_ROLES: ReadonlyMap<string, Role> = new Map([
  ["arkimeUser", "analyst"], ["arkimeAdmin", "operator"], ["usersAdmin", "administrator"], ["superAdmin", "administrator"],
]);
/** Members of Arkime's users without a counterpart: accepted, so that an existing template works unchanged. */
const WITHOUT_EFFECT = new Set(["userName", "headerAuthEnabled", "removeEnabled", "roleAssigners", "settings", "welcomeMsgNum", "notes"]);
const MEMBERS = ["userId", "enabled", "webEnabled", "createEnabled", "roles", "expression", "timeLimit", "hiddenFields", ...RIGHT_NAMES] as const;
const KNOWN = new Set<string>(MEMBERS);
/** `${this.name}` or `${this["name"]}`, the two forms that name a header or claim. */
const PLACE = /\$\{this(?:\.([\w-]+)|\[\s*(?:"([^"]+)"|'([^']+)')\s*\])\}/g;
/** What a value may be made of that becomes a part of a search expression: nothing that could end a text in it. */
const IN_EXPRESSION = /^[\p{L}\p{N} ._:@/+-]*$/u;

/** A header or claim by its name, or null where there is none. */
export type FactOf = (name: string) => string | null;

/** What a template makes of somebody's headers or claims. */
export type TemplateUser = Omit<NewUser, "password" | "loginBy">;

type Member = string | number | boolean | null | readonly string[];

/**
 * How users who are not known are made from what a trusted proxy or an OpenID provider says of them: a JSON object with the
 * members of Arkime's users, in whose texts `${this.name}` stands for a header or claim. The text is data: it is read as
 * JSON before anything is filled in, and never run.
 */
export class UserTemplate {
  readonly #members: ReadonlyMap<string, Member>;

  /** Reads a template. Throws BAD_INPUT that names the member. */
  constructor(text: string) {
    if (text.length > MAX_TEMPLATE) throw new LookbackError("BAD_INPUT", `allowed: at most ${MAX_TEMPLATE} characters`);
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch (cause) {
      throw new LookbackError("BAD_INPUT", `is no JSON object: ${cause instanceof Error ? cause.message : String(cause)}`, {}, { cause });
    }
    if (typeof read !== "object" || read === null || Array.isArray(read)) throw new LookbackError("BAD_INPUT", "is no JSON object");
    const members = new Map<string, Member>();
    for (const [name, value] of Object.entries(read)) {
      if (WITHOUT_EFFECT.has(name)) continue;
      if (!KNOWN.has(name)) throw new LookbackError("BAD_INPUT", `${name.slice(0, 60)}: there is no such member of a user; there are ${MEMBERS.join(", ")}`);
      members.set(name, memberOf(name, value));
    }
    this.#members = members;
  }

  /** The user of a name that was proved. Throws BAD_INPUT with the reason when the template makes none of these facts. */
  userOf(name: string, fact: FactOf): TemplateUser {
    const text = (member: string): string | null => {
      const value = this.#members.get(member);
      return value === undefined || value === null ? null : filled(String(value), fact);
    };
    const flag = (member: string): boolean | null => {
      const value = text(member);
      if (value === null) return null;
      if (value === "true" || value === "false") return value === "true";
      throw new LookbackError("BAD_INPUT", `${member} is neither true nor false`);
    };
    const userId = text("userId");
    if (userId !== null && userId.toLowerCase() !== name.toLowerCase()) throw new LookbackError("BAD_INPUT", "userId of the template is another name");
    if (flag("enabled") === false || flag("webEnabled") === false) throw new LookbackError("BAD_INPUT", "the template does not enable this user");
    const rights: Partial<Record<keyof Rights, boolean>> = {};
    for (const right of RIGHT_NAMES) {
      const value = flag(right);
      if (value !== null) rights[right] = value;
    }
    return {
      name, rights, role: flag("createEnabled") === true ? "administrator" : this.#role(fact), forcedExpression: this.#expression(fact),
      hiddenFields: this.#list("hiddenFields", fact) ?? [], maxAgeHours: hoursOf(text("timeLimit")),
    };
  }

  /** The highest role that is given; without any Arkime's users have `arkimeUser`. */
  #role(fact: FactOf): Role {
    const given = this.#list("roles", fact) ?? ["arkimeUser"];
    const found = given.flatMap((role) => (isRole(role) ? role : (ARKIME_ROLES.get(role) ?? [])));
    const highest = ROLES.findLast((role) => found.includes(role));
    if (highest === undefined) throw new LookbackError("BAD_INPUT", `none of the roles is one here: ${given.join(", ").slice(0, 200)}`);
    return highest;
  }

  #expression(fact: FactOf): string {
    const given = this.#members.get("expression");
    return typeof given !== "string" ? "" : filled(given, (name) => {
      const value = fact(name);
      if (value !== null && !IN_EXPRESSION.test(value)) throw new LookbackError("BAD_INPUT", `${name} has signs that may not become a part of a search expression`);
      return value;
    });
  }

  #list(member: string, fact: FactOf): readonly string[] | null {
    const given = this.#members.get(member);
    if (given === undefined || given === null) return null;
    const texts = typeof given === "object" ? given : [String(given)];
    return texts.flatMap((one) => filled(one, fact).split(",")).map((one) => one.trim()).filter((one) => one !== "");
  }
}

/** Checks the kind of a member's value, and the places in its texts. */
function memberOf(name: string, value: unknown): Member {
  const texts = Array.isArray(value) ? value.map((one: unknown) => (typeof one === "string" ? one : null)) : [typeof value === "string" ? value : ""];
  const list: string[] = [];
  for (const one of texts) {
    if (one === null) throw new LookbackError("BAD_INPUT", `${name}: a list is of texts`);
    if (one.replaceAll(PLACE, "").includes("${")) throw new LookbackError("BAD_INPUT", `${name}: allowed in a text: \${this.NAME} and \${this["NAME"]}`);
    list.push(one);
  }
  if (Array.isArray(value)) {
    if (name !== "roles" && name !== "hiddenFields") throw new LookbackError("BAD_INPUT", `${name}: a list is no value of it`);
    return list;
  }
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new LookbackError("BAD_INPUT", `${name}: an object is no value of it`);
}

function filled(text: string, fact: FactOf): string {
  return text.replaceAll(PLACE, (_whole, plain: string | undefined, double: string | undefined, single: string | undefined) => {
    const name = plain ?? double ?? single ?? "";
    const value = fact(name);
    if (value === null) throw new LookbackError("BAD_INPUT", `there is no ${name}`);
    if (value.length > MAX_VALUE) throw new LookbackError("BAD_INPUT", `${name} is longer than ${MAX_VALUE} characters`);
    return value;
  });
}

/** Arkime's time limit in hours: none, or 0, is without bound. */
function hoursOf(text: string | null): number | null {
  if (text === null || text === "" || text === "0") return null;
  const hours = Number(text);
  if (!Number.isSafeInteger(hours)) throw new LookbackError("BAD_INPUT", "timeLimit is no whole number of hours");
  return hours;
}
