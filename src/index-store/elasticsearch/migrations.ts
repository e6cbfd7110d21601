import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import { PACKAGE_ROOT } from "../../base/package-root.js";
import type { RequestLimits } from "./cluster.js";
import { ClusterLock, type ClusterState } from "./cluster-state.js";
import type { IndexList } from "./index-list.js";
import { at, listOf, numberOf, objectOf, textOf, type Json } from "./json.js";
import type { SessionTemplate, TemplateState } from "./schema.js";

/** Where released steps lie: beside `src` and `dist`. */
export const CLUSTER_MIGRATIONS = fileURLToPath(new URL("migrations/elasticsearch/", PACKAGE_ROOT));

/** What a step does; each may be done again without harm. */
const ACTIONS = ["template", "fields"] as const;
type Action = (typeof ACTIONS)[number];

/** One step; `number` counts from 1 without gaps. */
export interface ClusterMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly actions: readonly Action[];
}

/** A step and how far it is. */
export interface ClusterStep {
  readonly name: string;
  readonly state: "waits" | "running" | "done";
  /** When it was done; milliseconds since 1970. */
  readonly appliedMs: number | null;
  /** Whether this version knows it. */
  readonly known: boolean;
}

/** What is to be done about a cluster. */
export interface ClusterPlan {
  readonly steps: readonly ClusterStep[];
  readonly template: TemplateState;
  /** In the order in which `up` does it. */
  readonly waiting: readonly string[];
}

/** Milliseconds that a process holds the lock of migrations without word. */
const LOCK_MS = 120_000;

function broken(message: string): LookbackError {
  return new LookbackError("INTERNAL", `migrations/elasticsearch: ${message}`);
}

/** The steps that `manifest.json` lists, in order. Throws INTERNAL when a released step was edited or a number is missing. */
export function loadClusterMigrations(directory: string = CLUSTER_MIGRATIONS): readonly ClusterMigration[] {
  const manifest: Json = JSON.parse(readFileSync(`${directory}/manifest.json`, "utf8"));
  return listOf(manifest).map((entry, position) => {
    const [name, sha256] = [textOf(at(entry, "name")), textOf(at(entry, "sha256"))];
    const text = readFileSync(`${directory}/${name}`, "utf8");
    if (createHash("sha256").update(text).digest("hex") !== sha256) throw broken(`${name} differs from its checksum; a released step is never edited`);
    if (Number(name.slice(0, 4)) !== position + 1) throw broken(`${name} should have number ${position + 1}`);
    const step: Json = JSON.parse(text);
    const actions = listOf(at(step, "actions")).map((action) => {
      const known = ACTIONS.find((one) => one === action);
      if (known === undefined) throw broken(`${name} names the action ${String(action)}`);
      return known;
    });
    return { number: position + 1, name, sha256, actions };
  });
}

/** Brings the indices of a cluster to what this version needs. One process at a time does so; who dies leaves a step that is done again. */
export class ClusterMigrations {
  readonly #state: ClusterState;
  readonly #template: SessionTemplate;
  readonly #indices: IndexList;
  readonly #clock: Clock;
  readonly #migrations: readonly ClusterMigration[];
  readonly #lock: ClusterLock;
  /** Whether this process began to prepare an empty cluster, and the cluster went away before it was through. */
  #isPreparing = false;

  constructor(state: ClusterState, template: SessionTemplate, indices: IndexList, clock: Clock, migrations: readonly ClusterMigration[] = loadClusterMigrations()) {
    this.#state = state;
    this.#template = template;
    this.#indices = indices;
    this.#clock = clock;
    this.#migrations = migrations;
    this.#lock = new ClusterLock(state, "migrations", clock, LOCK_MS);
  }

  /** What was done and what waits. Changes nothing. */
  async plan(limits: RequestLimits): Promise<ClusterPlan> {
    const found = new Map((await this.#state.all("migration-", limits)).map(({ id, body }) => [id.slice("migration-".length), body]));
    const steps: ClusterStep[] = this.#migrations.map(({ name, sha256 }) => {
      const body = found.get(name);
      if (body === undefined) return { name, state: "waits", appliedMs: null, known: true };
      const done = body["state"] === "done";
      if (done && body["sha256"] !== sha256) throw broken(`${name} was applied with other content than it has now`);
      return { name, state: done ? "done" : "running", appliedMs: done ? numberOf(body["atMs"]) : null, known: true };
    });
    for (const [name, body] of found) {
      if (!this.#migrations.some((one) => one.name === name)) steps.push({ name, state: "done", appliedMs: numberOf(objectOf(body)["atMs"]), known: false });
    }
    const template = await this.#template.state(limits);
    const open = steps.filter(({ state }) => state !== "done").map(({ name }) => name);
    return { steps, template, waiting: open.length > 0 || template === "current" ? open : ["the index template as this version makes it"] };
  }

  /** Does what waits. Returns what was done. Throws ROLE_HELD while another process does so, UNAVAILABLE when a newer version was here. */
  async up(limits: RequestLimits): Promise<readonly string[]> {
    const before = await this.plan(limits);
    this.#refuseNewer(before);
    if (before.waiting.length === 0) return [];
    const holder = await this.#lock.take(limits);
    if (holder !== null) throw new LookbackError("ROLE_HELD", `${holder} changes the indices of the cluster now; try again in ${LOCK_MS / 1000} s`, { holder });
    try {
      // What the one before us did meanwhile is not done again.
      const plan = await this.plan(limits);
      this.#refuseNewer(plan);
      for (const { name, sha256, actions } of this.#migrations) {
        if (plan.steps.some((step) => step.name === name && step.state === "done")) continue;
        await this.#note(name, { name, sha256, state: "running", atMs: this.#clock.nowMs() }, limits);
        for (const action of actions) {
          await this.#do(action, limits);
          await this.#lock.take(limits);
        }
        await this.#note(name, { name, sha256, state: "done", atMs: this.#clock.nowMs() }, limits);
      }
      if ((await this.#template.state(limits)) !== "current") for (const action of ACTIONS) await this.#do(action, limits);
      return plan.waiting;
    } finally {
      await this.#lock.release(limits);
    }
  }

  /**
   * At the start of a shipper: an empty cluster is prepared, another one must be as this version needs it. Called again
   * after the cluster went away, it finishes what it began. Throws INDEX_OUTDATED, also for a later step that another process began; ROLE_HELD while one does so.
   */
  async prepare(limits: RequestLimits): Promise<void> {
    const plan = await this.plan(limits);
    this.#refuseNewer(plan);
    // A first preparation that somebody was killed in is finished too: no step was ever done, so no index has rows.
    const isFirst = plan.steps.every(({ state }) => state !== "done") && (plan.template === "absent" || plan.steps.some(({ state }) => state === "running"));
    if (this.#isPreparing || isFirst) {
      this.#isPreparing = true;
      await this.up(limits);
      this.#isPreparing = false;
      return;
    }
    const half = plan.steps.find(({ state }) => state === "running");
    if (half !== undefined) throw new LookbackError("INDEX_OUTDATED", `the step ${half.name} of the cluster was begun and not finished; run lookback migrate up`, { step: half.name });
    await this.#template.require(limits);
    const [waiting] = plan.waiting;
    if (waiting !== undefined) throw new LookbackError("INDEX_OUTDATED", `the step ${waiting} of the cluster waits; run lookback migrate up`, { step: waiting });
  }

  #refuseNewer({ steps }: ClusterPlan): void {
    const newer = steps.find(({ known }) => !known);
    if (newer !== undefined) throw new LookbackError("UNAVAILABLE", `the indices of the cluster were written by a newer Lookback (step ${newer.name}); start that version`, { step: newer.name });
  }

  async #do(action: Action, limits: RequestLimits): Promise<void> {
    if (action === "template") {
      await this.#template.install(limits);
      return;
    }
    this.#indices.forget();
    await this.#template.extendIndices((await this.#indices.list()).map(({ index }) => index), limits);
  }

  async #note(name: string, body: Readonly<Record<string, string | number>>, limits: RequestLimits): Promise<void> {
    const id = `migration-${name}`;
    if (!(await this.#state.put(id, body, await this.#state.get(id, limits), limits))) {
      throw new LookbackError("ROLE_HELD", "another process changes the indices of the cluster", { step: name });
    }
  }
}
