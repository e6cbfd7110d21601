import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock } from "../../base/clock.js";
import { LookbackError } from "../../base/errors.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { ClusterState } from "./cluster-state.js";
import type { RequestLimits } from "./cluster.js";
import { listOf, numberOf, at, textOf, type Json } from "./json.js";

/** The document that says which installation a node is of. */
const NODES = "nodes";
/** Where the catalogue keeps its identity. */
const INSTALLATION = "installation";
/** Nodes on one cluster and prefix at most; they are read as one document. */
const MOST_NODES = 10_000;

/** Whose a node is. */
interface Owner {
  readonly node: string;
  readonly installation: string;
  /** Host name of the first process that said so. */
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The identity of a data directory, made at the first use and kept in its catalogue. */
export function installationOf({ settings }: Pick<Catalogue, "settings">): string {
  return settings.getOrMake(INSTALLATION, randomUUID);
}

function ownersIn(body: Json): readonly Owner[] {
  return listOf(at(body, "nodes")).map((one) => ({
    node: textOf(at(one, "node")), installation: textOf(at(one, "installation")), host: textOf(at(one, "host")), sinceMs: numberOf(at(one, "sinceMs")),
  }));
}

export interface NodeOwnersParts {
  readonly state: ClusterState;
  readonly catalogue: { readonly files: Pick<Catalogue["files"], "nodes">; readonly settings: Catalogue["settings"] };
  /** Node of the configuration. */
  readonly node: string;
  readonly clock: Clock;
}

/**
 * Which nodes are of this data directory. Its catalogue numbers packet files, and documents in the cluster name them by
 * number: of rows of other nodes nothing here knows where the packets are. So each node of a cluster is of one installation, that
 * which said so first, and stays so: rows with its numbers may be there as long as the cluster.
 */
export class NodeOwners {
  readonly #parts: NodeOwnersParts;
  /** Nodes that are ours for good. */
  readonly #claimed = new Set<string>();
  /** Other nodes that were met, by the number below 0 that stands for their packet files in this process. */
  readonly #elsewhere = new Map<string, number>();
  readonly #byNumber = new Map<number, string>();

  constructor(parts: NodeOwnersParts) {
    this.#parts = parts;
  }

  /** The identity of this data directory. */
  get installation(): string {
    return installationOf(this.#parts.catalogue);
  }

  /** The node of the configuration, and those of which there are packet files here. */
  #named(): readonly string[] {
    return [...new Set([this.#parts.node, ...this.#parts.catalogue.files.nodes()])];
  }

  /** Nodes whose packet files are those of this data directory. Asks the cluster while it may be said to be another's. */
  async own(limits: RequestLimits): Promise<ReadonlySet<string>> {
    const named = this.#named();
    if (named.every((node) => this.#claimed.has(node))) return new Set(named);
    const found = await this.#parts.state.get(NODES, limits);
    const owners = new Map(ownersIn(found?.body).map((owner) => [owner.node, owner.installation]));
    const { installation } = this;
    for (const node of named) if (owners.get(node) === installation) this.#claimed.add(node);
    return new Set(named.filter((node) => (owners.get(node) ?? installation) === installation));
  }

  /**
   * Says to the cluster that the nodes of this data directory are its own. Cheap when that is said already.
   *
   * @throws LookbackError NODE_TAKEN when one is another installation's, LIMIT_EXCEEDED; what the cluster throws.
   */
  async claim(limits: RequestLimits): Promise<void> {
    const named = this.#named().filter((node) => !this.#claimed.has(node));
    if (named.length === 0) return;
    const { state, clock } = this.#parts;
    const { installation } = this;
    const isClaimed = await state.change(NODES, (body) => {
      const owners = ownersIn(body);
      const known = new Map(owners.map((owner) => [owner.node, owner]));
      for (const node of named) this.#refuseTaken(node, known.get(node));
      const fresh = named.filter((node) => !known.has(node)).map((node): Owner => ({ node, installation, host: hostname(), sinceMs: clock.nowMs() }));
      if (owners.length + fresh.length > MOST_NODES) throw new LookbackError("LIMIT_EXCEEDED", `the cluster has ${MOST_NODES} nodes already; set another prefix`, { limit: MOST_NODES });
      return fresh.length === 0 ? null : { nodes: [...owners, ...fresh] };
    }, limits);
    if (!isClaimed) throw new LookbackError("CLUSTER_BUSY", `other installations say at this moment which nodes are theirs; node ${named.join(", ")} has to wait`, { node: named[0] ?? "" });
    for (const node of named) this.#claimed.add(node);
  }

  #refuseTaken(node: string, owner: Owner | undefined): void {
    if (owner === undefined || owner.installation === this.installation) return;
    const since = new Date(owner.sinceMs).toISOString();
    const wayOut = node === this.#parts.node
      ? "start this one with another --node, or set another prefix"
      : "packet files were imported here under its name; set another prefix, or use a data directory without them";
    throw new LookbackError(
      "NODE_TAKEN", `the node ${node} is that of another installation on this cluster (${owner.installation}, on ${owner.host} since ${since}), and sessions of both could not be told apart; ${wayOut}`,
      { node, installation: owner.installation, host: owner.host, since },
    );
  }

  /** The number below 0 that stands for all packet files of a node which is not of this data directory, in this process. */
  numberOf(node: string): number {
    const known = this.#elsewhere.get(node);
    if (known !== undefined) return known;
    const number = -1 - this.#elsewhere.size;
    this.#elsewhere.set(node, number);
    this.#byNumber.set(number, node);
    return number;
  }

  /** The node that such a number stands for, or null when it is a packet file's. */
  nodeOf(fileId: number): string | null {
    return this.#byNumber.get(fileId) ?? null;
  }
}
