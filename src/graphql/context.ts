import { setMaxListeners } from "node:events";
import { LookbackError } from "../base/errors.js";
import type { Actor } from "../access/access-service.js";
import { refusal, type Permission } from "../access/rights.js";
import { seesPart, type AuditEntry, type Principal, type User } from "../access/user.js";
import type { ReadContext } from "../index-store/index-store.js";
import type { AccessScope } from "../model/access-scope.js";
import type { Field } from "../model/field.js";
import { isHiddenField } from "../model/hidden-fields.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { ParsedExpression } from "../query/ast.js";
import { check } from "../query/check.js";
import { parse } from "../query/parser.js";
import { resolveFiles, type FileLookup } from "../query/resolve-files.js";
import type { Budget } from "./cost-budget.js";
import type { Services } from "./services.js";

/** Number of no packet file; they are numbered from 1. */
const NO_FILE = 0;

/** A read that is noted until the operation ends. */
interface NotedRead {
  /** Name in the answer of the root field. */
  readonly name: string;
  readonly action: string;
  readonly details: AuditEntry["details"];
  /** Whether it is in the log before the answer is sent. */
  readonly durable: boolean;
  /** Parts of what was asked, as they are written; at most as many as an operation may have fields. */
  readonly asked: Set<string>;
  counts: AuditEntry["details"];
}

/** What a resolver gets: who asks, what they may see, and the services. One per operation; `renew` begins each event of a subscription. */
export class RequestContext {
  readonly services: Services;
  readonly principal: Principal;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  private beganMs: number;
  /** Cost of the operation, set before it runs, and what its credential may spend after it. */
  cost = 0;
  private budget: Budget | null = null;
  /** Where the request came from, or null. */
  readonly address: string | null;
  /** What the operation read, to be noted in the audit log when it ends; shared by the copies that Apollo makes. */
  private readonly reads: NotedRead[] = [];
  /** TypeScript-private: Apollo copies the context of each operation, and a copy has no `#` members. */
  private knownScope: AccessScope | null = null;
  private knownFiles: FileLookup | null = null;

  constructor(services: Services, principal: Principal, signal: AbortSignal, address: string | null = null) {
    this.address = address;
    this.services = services;
    this.principal = principal;
    this.signal = signal;
    // Every question of the operation listens; how many there may be is bounded by its cost.
    setMaxListeners(0, signal);
    this.beganMs = services.clock.nowMs();
  }

  /** When the operation began, or what a subscription tells now, in milliseconds since 1970; `asOf` of its answers. */
  get asOfMs(): number {
    return this.beganMs;
  }

  /** Begins an event of a subscription: time limits and relative times are those of this moment from here on. */
  renew(): void {
    this.beganMs = this.services.clock.nowMs();
    this.knownScope = null;
    this.knownFiles = null;
  }

  get user(): User {
    return this.principal.user;
  }

  /** Who asks, for services that write the audit log themselves. */
  get actor(): Actor {
    return { name: this.user.name, address: this.address, method: this.principal.method };
  }

  /** What the user may see; made on first use, as a broken forced expression must not hide `me`. */
  get scope(): AccessScope {
    this.knownScope ??= this.services.scopes.scopeOf(this.user);
    return this.knownScope;
  }

  /** What every store call takes. */
  get read(): ReadContext {
    return { scope: this.scope, signal: this.signal, timeoutMs: this.services.queryTimeoutMs };
  }

  /** Takes the operation's cost from what its credential may spend. Throws RATE_LIMITED. */
  spend(cost: number): void {
    this.cost = cost;
    // Commands at the data directory itself are bounded by the machine.
    if (this.principal.method !== "local") this.budget = this.services.budgets.spend(this.principal.credentialHash === "" ? `user ${this.user.name}` : this.principal.credentialHash, cost);
  }

  /** `extensions` of the answer: the cost, and the budget where there is one. */
  get spent(): { readonly cost: number; readonly budget?: Budget } {
    return this.budget === null ? { cost: this.cost } : { cost: this.cost, budget: this.budget };
  }

  /** Throws FORBIDDEN unless the user, with this credential, may. */
  require(permission: Permission): void {
    this.services.access.require(this.user, permission, this.principal.scopes);
  }

  /** Whether `require` would pass. */
  may(permission: Permission): boolean {
    return refusal({ role: this.user.role, rights: this.user.rights, scopes: this.principal.scopes }, permission) === null;
  }

  /** Whether a forced expression or a time limit narrows what the user reads. */
  get isNarrowed(): boolean {
    return seesPart(this.user);
  }

  /** Throws FORBIDDEN for a user who sees a part of the store only: `what` tells of all of it. */
  requireWholeStore(what: string): void {
    this.services.access.requireWholeStore(this.user, what);
  }

  /** Appends to the audit log in the user's name, with where from and how long since the operation began. Durable at once. */
  audit(action: string, details: AuditEntry["details"]): void {
    this.services.access.log.append({ ...this.origin, action, details });
  }

  /** Notes that the operation reads; returns what adds the counts of the answer. A `durable` one is in the log before the answer is sent. */
  noteRead(name: string, action: string, details: AuditEntry["details"], durable = false): (counts: AuditEntry["details"]) => void {
    const read: NotedRead = { name, action, details, durable, asked: new Set(), counts: {} };
    this.reads.push(read);
    return (counts) => {
      read.counts = { ...read.counts, ...counts };
    };
  }

  /** Adds a part of what was asked to the read under a root field's name. */
  noteAsked(rootName: string, part: string): void {
    this.reads.find(({ name }) => name === rootName)?.asked.add(part);
  }

  /** Adds a count of the answer to the read under a root field's name. */
  noteCount(rootName: string, counts: Readonly<Record<string, number>>): void {
    const read = this.reads.find(({ name }) => name === rootName);
    if (read !== undefined) read.counts = { ...read.counts, ...counts };
  }

  /** Notes in the audit log that a field was refused. */
  noteRefusal(field: string, code: string): void {
    this.services.access.log.note({ ...this.origin, action: "access.refused", outcome: code, details: { field } });
  }

  /** Writes what was noted of reads, once; `outcomeOf` says how the root field of an answer's name went: `ok` or a code. */
  finishReads(outcomeOf: (answerName: string) => string): void {
    const { log } = this.services.access;
    const reads = this.reads.splice(0);
    for (const { name, action, details, asked, counts } of reads) {
      log.note({ ...this.origin, action, outcome: outcomeOf(name), details: { ...details, ...(asked.size === 0 ? {} : { asked: [...asked].join(" ") }), ...counts } });
    }
    if (reads.some(({ durable }) => durable)) log.flush();
  }

  private get origin(): Pick<AuditEntry, "user" | "address" | "method" | "durationMs"> {
    return { user: this.user.name, address: this.address, method: this.principal.method, durationMs: this.services.clock.nowMs() - this.asOfMs };
  }

  /** Checks a search expression, as text or parsed, for this user. */
  compile(expression: string | ParsedExpression): CheckedExpression {
    const parsed = typeof expression === "string" ? parse(expression) : expression;
    const checked = check(parsed, this.services.fields, {
      nowMs: this.asOfMs,
      timeZone: this.services.timeZone,
      hiddenFields: this.scope.hiddenFields,
    });
    const files = (this.knownFiles ??= this.services.fileLookup());
    if (!this.isNarrowed && !this.user.rights.hideFiles) return resolveFiles(checked, files);
    // To a reader who may not list the files, one that is not there is like one without a session of theirs.
    return resolveFiles(checked, (matches) => {
      const found = files(matches);
      return found.length === 0 ? [NO_FILE] : found;
    });
  }

  /** The one field of a search name or `db:<path>`. BAD_INPUT with the nearest names, FORBIDDEN for a hidden one. */
  field(name: string): Field {
    const { fields } = this.services;
    const entry = fields.find(name);
    if (entry === null) {
      const { message, suggestions } = fields.explainUnknown(name);
      const question = suggestions.length === 0 ? "" : `; did you mean ${suggestions.join(" or ")}?`;
      throw new LookbackError("BAD_INPUT", `${message}${question}`, { field: name, suggestions });
    }
    if (entry.entry === "virtual") {
      const members = entry.virtual.members.map((member) => member.expression);
      throw new LookbackError("BAD_INPUT", `${name} stands for several fields; name one of ${members.slice(0, 10).join(", ")}`, { field: name, suggestions: members });
    }
    if (this.isHidden(entry.field)) throw new LookbackError("FORBIDDEN", `${this.user.name} may not see the field ${name}`);
    return entry.field;
  }

  /** Whether the user may not see a field: it, what it counts, or something above it is hidden. */
  isHidden(field: Field): boolean {
    return isHiddenField(field, this.scope.hiddenFields);
  }
}
