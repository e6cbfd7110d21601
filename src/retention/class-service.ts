import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { RetentionClass } from "../catalogue/retention-classes.js";
import type { IndexStore, Partition } from "../index-store/index-store.js";
import { SERVICE_SCOPE } from "../model/access-scope.js";
import type { CheckedExpression } from "../model/checked-expression.js";
import type { TimeRange } from "../model/time-range.js";
import { heldSession } from "./keep-packets.js";
import { DAY_MS } from "../base/utc-day.js";

/** Classes at most: each is asked about every file and day that is due. */
const MOST_CLASSES = 32;
/** Sessions that one class keeps at most; the newest stay. */
const MOST_SESSIONS = 1_000_000;
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u;
/** Longest look-up of the sessions of a class in one file or day, in milliseconds. */
const TIMEOUT_MS = 120_000;

export interface ClassParts {
  readonly catalogue: Pick<Catalogue, "retentionClasses" | "holds" | "transaction">;
  readonly store: Pick<IndexStore, "streamPackets">;
  /** Checks a search expression: one that is given now, or one that was accepted (`isStored`). Throws EXPRESSION_*. */
  readonly compile: (expression: string, isStored: boolean) => CheckedExpression;
  readonly clock: Clock;
}

/** A class with what it keeps at this moment beyond what is kept anyway. */
export interface ClassView extends RetentionClass {
  readonly sessions: number;
  readonly bytes: number;
}

/** What is due and may hold sessions of a class. Times are milliseconds since 1970. */
export interface DueFile {
  readonly fileId: number;
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

/**
 * Classes: sessions that a search finds are kept longer than others, so many days and so many bytes of packets. Nothing happens to
 * them while their file and their day are there; when one is due, its sessions of a class are put under the hold of the class, and
 * holds do the rest. They leave the hold when they are too old, or the oldest of them when they are too many.
 */
export class ClassService {
  readonly #parts: ClassParts;

  constructor(parts: ClassParts) {
    this.#parts = parts;
  }

  /** The same classes, which put sessions under other holds: those of a copy, to plan on. */
  on(held: Pick<Catalogue, "retentionClasses" | "holds">): Pick<ClassService, "claimFile" | "claimDays" | "prune"> {
    const { retentionClasses, holds } = held;
    return new ClassService({ ...this.#parts, catalogue: { retentionClasses, holds, transaction: (body) => body() } });
  }

  /**
   * Adds or changes a class. What an earlier expression found stays until its time is over: its files and days may be gone, so that
   * nothing could find it again. Throws EXPRESSION_*, BAD_INPUT, LIMIT_EXCEEDED.
   */
  set(one: Pick<RetentionClass, "name" | "expression" | "days" | "maxBytes">, user: string): ClassView {
    const { catalogue, compile } = this.#parts;
    const { retentionClasses, holds } = catalogue;
    const { name, expression, days, maxBytes } = one;
    if (!NAME.test(name)) throw new LookbackError("BAD_INPUT", `${JSON.stringify(name.slice(0, 60))} is no name of a class: 1 to 64 letters, digits and _ . -, a letter, digit or _ first`);
    if (!Number.isFinite(days) || days <= 0 || days > 36_500) throw new LookbackError("BAD_INPUT", `days ${days}: expected more than 0 and at most 36500`);
    if (maxBytes !== null && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw new LookbackError("BAD_INPUT", `maxBytes ${maxBytes}: expected a whole number above 0`);
    if (expression.trim() === "") throw new LookbackError("BAD_INPUT", "a class needs an expression; for every session, keep more with freeSpaceG and expireDays");
    compile(expression, false);
    catalogue.transaction(() => {
      const before = retentionClasses.get(name);
      if (before === null && retentionClasses.list().length >= MOST_CLASSES) throw new LookbackError("LIMIT_EXCEEDED", `there are ${MOST_CLASSES} classes already; remove one`, { limit: MOST_CLASSES });
      const hold = before?.hold ?? holds.add({ subject: "session", subjectId: `class ${name}`, reason: `class ${name}`, createdBy: user });
      retentionClasses.put({ name, expression, days, maxBytes, hold, createdBy: user });
    });
    this.prune();
    return this.#view(name);
  }

  /** Removes a class; what it kept goes when its turn comes. Throws NOT_FOUND. */
  remove(name: string): ClassView {
    const { catalogue } = this.#parts;
    const view = this.#view(name);
    catalogue.transaction(() => {
      catalogue.retentionClasses.remove(name);
      catalogue.holds.release(view.hold);
    });
    return view;
  }

  list(): readonly ClassView[] {
    return this.#parts.catalogue.retentionClasses.list().map(({ name }) => this.#view(name));
  }

  #view(name: string): ClassView {
    const { retentionClasses, holds } = this.#parts.catalogue;
    const found = retentionClasses.get(name);
    if (found === null) throw new LookbackError("NOT_FOUND", `there is no class ${JSON.stringify(name.slice(0, 64))}`, { known: retentionClasses.list().map((one) => one.name) });
    const hold = holds.get(found.hold);
    return { ...found, sessions: hold?.sessions ?? 0, bytes: hold?.bytes ?? 0 };
  }

  /** Lets go of sessions that are too old for their class, or beyond its bytes. */
  prune(): void {
    const { retentionClasses, holds } = this.#parts.catalogue;
    const nowMs = this.#parts.clock.nowMs();
    for (const { hold, days, maxBytes } of retentionClasses.list()) holds.prune(hold, nowMs - days * DAY_MS, MOST_SESSIONS, maxBytes);
  }

  /** Puts the sessions of classes that have packets in a file which is due under their holds. Returns whether there is a class at all. */
  async claimFile({ fileId, firstMs, lastMs }: DueFile, signal: AbortSignal | null): Promise<boolean> {
    return this.#claim({ node: "file", matches: [], fileIds: [fileId] }, { startMs: firstMs, endMs: lastMs, bounding: "either" }, signal);
  }

  /** Puts the sessions of classes on days that are due under their holds: last packets from `startMs` to before `endMs`. */
  async claimDays({ startMs, endMs }: Pick<Partition, "startMs" | "endMs">, signal: AbortSignal | null): Promise<boolean> {
    return this.#claim({ node: "everything" }, { startMs, endMs: endMs - 1, bounding: "last" }, signal);
  }

  async #claim(where: CheckedExpression, range: TimeRange, signal: AbortSignal | null): Promise<boolean> {
    const { catalogue: { retentionClasses, holds }, store, compile, clock } = this.#parts;
    const classes = retentionClasses.list();
    for (const { hold, expression, days } of classes) {
      const youngestMs = clock.nowMs() - days * DAY_MS;
      if (range.endMs !== null && range.endMs < youngestMs) continue;
      let claimed = 0;
      const filter = { expression: { node: "and", items: [compile(expression, true), where] } as const, range };
      for await (const batch of store.streamPackets(filter, { scope: SERVICE_SCOPE, signal, timeoutMs: TIMEOUT_MS })) {
        const young = batch.filter(({ lastPacketMs }) => lastPacketMs >= youngestMs);
        holds.addSessions(hold, young.map(heldSession));
        claimed += young.length;
        if (claimed >= MOST_SESSIONS) break;
      }
    }
    if (classes.length > 0) this.prune();
    return classes.length > 0;
  }
}
