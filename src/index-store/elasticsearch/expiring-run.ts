import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { ExpirySpan } from "../shared-expiry.js";
import type { ClusterState } from "./cluster-state.js";
import type { RequestLimits } from "./cluster.js";
import { at, listOf, numberOf, textOf, type JsonObject } from "./json.js";

/** The document that says what is being expired. */
const EXPIRING = "expiring";
/** Milliseconds for which a run is believed to go on after its last word. */
export const RUN_MS = 120_000;

/**
 * Milliseconds for which no sessions of a run are held that gave no word any more: clocks of servers differ, and what its server asked
 * of the cluster may go on there when it is killed.
 */
const UNKNOWN_MS = 600_000;

/** `asking`: others are asked what they hold. `expiring`: rows go. `done`: nothing more goes. */
type Phase = "asking" | "expiring" | "done";

/** A run that expires rows of all servers, as the cluster has it. */
export interface ExpiringDocument {
  /** Number of the run. */
  readonly generation: number;
  readonly phase: Phase;
  readonly spans: readonly ExpirySpan[];
  /** Who expires, for people, and its installation. */
  readonly owner: string;
  readonly installation: string;
  /** Until when it goes on without another word, milliseconds since 1970. */
  readonly untilMs: number;
}

function expiringIn(body: JsonObject): ExpiringDocument {
  const phase = textOf(body["phase"]);
  return {
    generation: numberOf(body["generation"]), phase: phase === "asking" || phase === "expiring" ? phase : "done",
    spans: listOf(body["spans"]).map((span) => ({ startMs: numberOf(at(span, "startMs")), endMs: numberOf(at(span, "endMs")) })),
    owner: textOf(body["owner"]), installation: textOf(body["installation"]), untilMs: numberOf(body["untilMs"]),
  };
}

/** Reads what is being expired; null when nothing ever was. */
export async function readExpiring(state: ClusterState, limits: RequestLimits): Promise<ExpiringDocument | null> {
  const found = await state.get(EXPIRING, limits);
  return found === null ? null : expiringIn(found.body);
}

/** Whether a run goes on. */
export function isRunning(run: ExpiringDocument, nowMs: number): boolean {
  return run.phase !== "done" && run.untilMs > nowMs;
}

/** Whether rows of a run may still go. */
export function mayGoOn(run: ExpiringDocument, nowMs: number): boolean {
  return isRunning(run, nowMs - UNKNOWN_MS);
}

/** The run of this process: its writes come one after the other, each only over its own last one. */
export class ExpiringRun {
  readonly generation: number;
  readonly #state: ClusterState;
  readonly #clock: Clock;
  #document: ExpiringDocument;
  #isLost = false;
  #last: Promise<void> = Promise.resolve();

  private constructor(state: ClusterState, clock: Clock, document: ExpiringDocument) {
    this.#state = state;
    this.#clock = clock;
    this.#document = document;
    this.generation = document.generation;
  }

  /** Begins a run by asking. Throws CLUSTER_BUSY when another one goes on. */
  static async begin(state: ClusterState, clock: Clock, owner: Pick<ExpiringDocument, "owner" | "installation">, spans: readonly ExpirySpan[], limits: RequestLimits): Promise<ExpiringRun> {
    const nowMs = clock.nowMs();
    const before = await state.get(EXPIRING, limits);
    const running = before === null ? null : expiringIn(before.body);
    const busy = (who: string): LookbackError => new LookbackError("CLUSTER_BUSY", `${who} expires sessions of this cluster at this moment; it is tried again`, { owner: who });
    if (running !== null && isRunning(running, nowMs)) throw busy(running.owner);
    const document: ExpiringDocument = { ...owner, generation: (running?.generation ?? 0) + 1, phase: "asking", spans, untilMs: nowMs + RUN_MS };
    if (!(await state.put(EXPIRING, { ...document }, before, limits))) throw busy("another server");
    return new ExpiringRun(state, clock, document);
  }

  /** Whether others still believe that it goes on. */
  get isOurs(): boolean {
    return !this.#isLost && this.#document.untilMs > this.#clock.nowMs();
  }

  /** Says that it goes on, in another phase where one is given. Throws CLUSTER_BUSY when another run took its place, and what the cluster throws. */
  word(phase: Phase | null, limits: RequestLimits): Promise<void> {
    const next = this.#last.then(() => this.#write(phase, limits));
    this.#last = next.catch(() => {});
    return next;
  }

  async #write(phase: Phase | null, limits: RequestLimits): Promise<void> {
    const document: ExpiringDocument = { ...this.#document, phase: phase ?? this.#document.phase, untilMs: this.#clock.nowMs() + RUN_MS };
    const found = await this.#state.get(EXPIRING, limits);
    const isOwn = found !== null && found.body["generation"] === document.generation && found.body["owner"] === document.owner;
    if (!isOwn || !(await this.#state.put(EXPIRING, { ...document }, found, limits))) {
      this.#isLost = true;
      throw new LookbackError("CLUSTER_BUSY", "another server took over the expiry of this cluster's sessions; this run ends", { generation: document.generation });
    }
    this.#document = document;
  }
}
