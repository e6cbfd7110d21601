/** A node that runs. */
export interface SearchNode {
  readonly product: string;
  readonly pid: number;
  readonly directory: string;
  readonly url: string;
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
  /** kill -9; the directory stays. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Why no node can be started on this host. */
export class NodeUnavailable extends Error {}

/** See node.mjs. */
export function startNode(options?: {
  readonly product?: string;
  readonly directory?: string | null;
  readonly port?: number;
  readonly settings?: readonly string[];
}): Promise<SearchNode>;
