import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { AccessScope } from "../model/access-scope.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { User } from "./user.js";

/** Turns a search expression into a checked one; throws EXPRESSION_* errors. */
export type ExpressionCheck = (text: string) => CheckedExpression;

const HOUR_MS = 3_600_000;
/** Under this path are all fields of e-mails, which take a right of their own. */
const EMAIL = "email";
/** Most users whose forced expression is kept checked. */
const MAX_CACHED = 1_000;

/**
 * What each user may see. A forced expression that no longer checks (a field went away) closes everything to its
 * user: FORBIDDEN, never an unrestricted read.
 */
export class ScopeOfUser {
  readonly #check: ExpressionCheck;
  readonly #clock: Clock;
  readonly #checked = new Map<string, { readonly checkedAtMs: number; readonly expression: CheckedExpression }>();

  constructor(check: ExpressionCheck, clock: Clock) {
    this.#check = check;
    this.#clock = clock;
  }

  /** The user's scope at this moment. */
  scopeOf(user: User): AccessScope {
    return {
      user: user.name,
      forcedExpression: user.forcedExpression.trim() === "" ? null : this.#forced(user),
      hiddenFields: new Set(user.rights.emailSearch ? user.hiddenFields : [...user.hiddenFields, EMAIL]),
      oldestMs: user.maxAgeHours === null ? null : this.#clock.nowMs() - user.maxAgeHours * HOUR_MS,
    };
  }

  #forced(user: User): CheckedExpression {
    const now = this.#clock.nowMs();
    const known = this.#checked.get(user.forcedExpression);
    // Relative times in an expression move: a checked form is good for the second it was made in.
    if (known !== undefined && now - known.checkedAtMs < 1_000) return known.expression;
    let expression: CheckedExpression;
    try {
      expression = this.#check(user.forcedExpression);
    } catch (cause) {
      throw new LookbackError("FORBIDDEN", `the forced expression of user "${user.name}" does not check; an administrator must correct it`, {}, { cause });
    }
    if (this.#checked.size >= MAX_CACHED) this.#checked.clear();
    this.#checked.set(user.forcedExpression, { checkedAtMs: now, expression });
    return expression;
  }
}
