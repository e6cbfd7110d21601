import { systemClock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Logger } from "../base/logger.js";
import type { LookbackConfig } from "../config/config.js";
import type { ReadContext, SessionFilter } from "../index-store/index-store.js";
import { SERVICE_SCOPE } from "../model/access-scope.js";
import type { Field } from "../model/field.js";
import { check } from "../query/check.js";
import { parse } from "../query/parser.js";
import { resolveFiles } from "../query/resolve-files.js";
import { openReader, type Core } from "./core.js";
import { fileLookup } from "./file-lookup.js";
import type { Lifecycle } from "./lifecycle.js";

/** Reads of whoever may read the data directory itself: no login, every session. */
export class LocalQuery {
  readonly parts: Omit<Core, "native">;
  readonly timeZone: string;

  constructor(parts: Omit<Core, "native">) {
    this.parts = parts;
    const { timeZone } = parts.config.values;
    this.timeZone = timeZone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone;
  }

  static async open(config: LookbackConfig, logger: Logger, lifecycle: Lifecycle): Promise<LocalQuery> {
    return new LocalQuery(await openReader(config, logger, lifecycle));
  }

  /** The sessions of an expression (empty: all) whose last packet is in a range. Throws EXPRESSION_*, TIME_RANGE_INVALID. */
  filter(expression: string, startMs: number | null, endMs: number | null): SessionFilter {
    const { fields, catalogue } = this.parts;
    if (startMs !== null && endMs !== null && startMs > endMs) throw new LookbackError("TIME_RANGE_INVALID", "the range ends before it starts");
    const range = { startMs, endMs, bounding: "last" } as const;
    if (expression.trim() === "") return { expression: { node: "everything" }, range };
    const checked = check(parse(expression), fields, { nowMs: systemClock.nowMs(), timeZone: this.timeZone });
    return { expression: resolveFiles(checked, fileLookup(catalogue.files)), range };
  }

  context(signal: AbortSignal): ReadContext & { readonly signal: AbortSignal } {
    return { scope: SERVICE_SCOPE, signal, timeoutMs: this.parts.config.values.queryTimeoutSeconds * 1000 };
  }

  /** The one field of a search name. Throws BAD_INPUT with the nearest names. */
  field(name: string): Field {
    const entry = this.parts.fields.find(name);
    if (entry?.entry === "field") return entry.field;
    const near = this.parts.fields.nearest(name);
    throw new LookbackError("BAD_INPUT", `no field ${name.slice(0, 64)}${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`);
  }
}
