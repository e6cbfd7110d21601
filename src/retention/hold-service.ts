import type { Clock } from "../base/clock.js";
import { LookbackError } from "../base/errors.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import type { HoldSummary } from "../catalogue/holds.js";
import type { IndexStore, ReadContext, SessionFilter } from "../index-store/index-store.js";
import type { ExpirySpan, SharedExpiry, SharedRuns } from "../index-store/shared-expiry.js";
import { ALL_TIME } from "../model/time-range.js";
import { Expirations } from "./expirations.js";
import { heldSession, LOOK_UP } from "./keep-packets.js";
import { rowIdOf } from "../index-store/row-id.js";

/** Sessions of one hold at most: that many lines of the catalogue, and that many rows that outlive their days. */
export const MOST_HELD = 1_000_000;
/** Longest reason, in characters. */
export const LONGEST_REASON = 1_000;

/** What is to be held. */
export interface HoldRequest {
  readonly filter: SessionFilter;
  /** What was asked for, for people who read the list. */
  readonly description: string;
  readonly reason: string;
  /** When it ends by itself, milliseconds since 1970, or null. */
  readonly untilMs: number | null;
  readonly user: string;
}

export interface HoldParts {
  readonly catalogue: Pick<Catalogue, "holds" | "retentionClasses" | "settings" | "transaction">;
  readonly store: Pick<IndexStore, "streamPackets" | "streamIds">;
  readonly clock: Clock;
  /** What the servers tell each other that share the index; left out where it is in the data directory. */
  readonly shared?: Pick<SharedExpiry, "look"> | null;
}

/**
 * Holds on sessions. A hold covers the sessions that its search finds when it is made, as whoever makes it sees them: their
 * rows outlive their day, and their packets the files that they are in. Sessions that come later are not held.
 */
export class HoldService {
  readonly #parts: HoldParts;
  readonly #expirations: Expirations;

  constructor(parts: HoldParts) {
    this.#parts = parts;
    this.#expirations = new Expirations(parts.catalogue.settings);
  }

  /**
   * Holds the sessions that match. In force once all of them are noted: what fails or is killed before holds nothing.
   *
   * @throws LookbackError BAD_INPUT for no reason or a time that is past, NOT_FOUND when nothing matches, LIMIT_EXCEEDED; ROLE_HELD
   * when some of them are being expired at this moment, on a search cluster CLUSTER_BUSY.
   */
  async create(request: HoldRequest, context: ReadContext): Promise<HoldSummary> {
    const { catalogue: { holds }, store, clock } = this.#parts;
    const { filter, description, untilMs, user } = request;
    const reason = request.reason.trim();
    if (reason === "" || reason.length > LONGEST_REASON) throw new LookbackError("BAD_INPUT", `a hold needs a reason of 1 to ${LONGEST_REASON} characters: it is what people read who want to delete`);
    if (untilMs !== null && untilMs <= clock.nowMs()) throw new LookbackError("BAD_INPUT", `until ${new Date(untilMs).toISOString()} is past; name a later time, or none to hold until somebody releases it`);
    const before = await this.#runs(context.signal);
    // It ends at once until it is whole.
    const id = holds.add({ subject: "session", subjectId: description, reason, createdBy: user, untilMs: 0 });
    let sessions = 0;
    try {
      for await (const batch of store.streamPackets(filter, context)) {
        sessions += batch.length;
        if (sessions > MOST_HELD) throw new LookbackError("LIMIT_EXCEEDED", `more than ${MOST_HELD} sessions match; hold fewer, or keep whole days longer (expireDays, freeSpaceG)`, { limit: MOST_HELD });
        holds.addSessions(id, batch.map(heldSession));
      }
      if (sessions === 0) throw new LookbackError("NOT_FOUND", "no session matches, so there is nothing to hold");
      const after = await this.#enforce(id, untilMs, context.signal);
      if (before.token === null || after.token !== before.token) await this.#leaveGone(id, context);
    } catch (error) {
      holds.remove(id);
      throw error;
    }
    const made = holds.get(id);
    if (made === null) throw new LookbackError("INTERNAL", `hold ${id} vanished`);
    return made;
  }

  /** What expires at this moment: in the data directory, or among the servers of a cluster. */
  async #runs(signal: AbortSignal | null): Promise<SharedRuns> {
    const { shared } = this.#parts;
    if (shared !== undefined && shared !== null) return shared.look(signal);
    const span = this.#expirations.running();
    return { token: String(this.#expirations.count()), spans: span === null ? [] : [span] };
  }

  /**
   * Puts a hold in force. Rows that go from now on are asked for; those that were asked for already are not. So on a cluster it is in
   * force first, and then it is looked who asked: a question that is not there yet finds it.
   */
  async #enforce(id: number, untilMs: number | null, signal: AbortSignal | null): Promise<SharedRuns> {
    const { shared, catalogue: { holds } } = this.#parts;
    if (shared === undefined || shared === null) {
      return this.#parts.catalogue.transaction(() => {
        const span = this.#expirations.running();
        if (span !== null) this.#refuseExpiring(id, span, "ROLE_HELD");
        holds.enforce(id, untilMs);
        return { token: String(this.#expirations.count()), spans: [] };
      });
    }
    holds.enforce(id, untilMs);
    const runs = await shared.look(signal);
    for (const span of runs.spans) this.#refuseExpiring(id, span, "CLUSTER_BUSY");
    return runs;
  }

  #refuseExpiring(id: number, span: ExpirySpan, code: "ROLE_HELD" | "CLUSTER_BUSY"): void {
    if (this.#parts.catalogue.holds.sessionsOf(id, null, 1, span).length === 0) return;
    throw new LookbackError(code, `sessions until ${new Date(span.endMs).toISOString()} are being expired at this moment, and some of these are among them; hold them again when that is done`);
  }

  /** Takes sessions out of a hold that were expired while it was made: it says what there is. Throws NOT_FOUND when none are left. */
  async #leaveGone(id: number, context: ReadContext): Promise<void> {
    const { catalogue: { holds }, store } = this.#parts;
    let left = 0;
    for (let after: Uint8Array | null = null; ; ) {
      const ids: readonly Uint8Array[] = holds.sessionsOf(id, after, LOOK_UP);
      const found = new Set<string>();
      for await (const batch of store.streamIds({ expression: { node: "ids", ids: ids.map(rowIdOf) }, range: ALL_TIME }, context)) for (const one of batch) found.add(one);
      holds.leave(id, ids.filter((one) => !found.has(rowIdOf(one))));
      left += found.size;
      after = ids.at(-1) ?? null;
      if (after === null || ids.length < LOOK_UP) break;
    }
    if (left === 0) throw new LookbackError("NOT_FOUND", "the sessions were expired at this moment, so there is nothing to hold");
  }

  /** Ends a hold. Returns it, or null when there is none that is in force. Throws BAD_INPUT for the hold of a class. */
  release(id: number): HoldSummary | null {
    const { holds, retentionClasses } = this.#parts.catalogue;
    const owner = retentionClasses.ofHold(id);
    if (owner !== null) throw new LookbackError("BAD_INPUT", `hold ${id} is that of class ${owner.name}; remove the class, or change its days and bytes`, { class: owner.name });
    const before = holds.get(id);
    return holds.release(id) && before !== null ? { ...before, releasedAtMs: this.#parts.clock.nowMs() } : null;
  }

  /** Holds, newest first: those in force, or all. */
  list(limit: number, before: number | null, withEnded: boolean): readonly HoldSummary[] {
    return this.#parts.catalogue.holds.list(limit, before, withEnded);
  }
}
