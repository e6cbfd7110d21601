/** A segment to merge, and the ids, 16 bytes each, of its rows to leave out. */
export interface MergeInput {
  readonly path: string;
  readonly hidden: Buffer;
}

/**
 * A column with the values that all objects of a row have of one member. `list` is the column of the objects; `members` is the
 * member, or lists of objects inside and at last the member.
 */
export interface FlatColumn {
  readonly name: string;
  readonly list: string;
  readonly members: string[];
  /** What its values are: the type of the column where no row has any. */
  readonly values: "integer" | "float" | "boolean" | "text" | "address";
}

/** Segments of one day to merge. */
export interface MergeOptions {
  readonly inputs: MergeInput[];
  /** That day, `YYYY-MM-DD`. */
  readonly day: string;
  /** Ids, 16 bytes each, of the only rows to keep; null for all that are not hidden. */
  readonly keep: Buffer | null;
  readonly flat: FlatColumn[];
  readonly level: number;
  /** What tells the result from other segments of its times. */
  readonly id: string;
  /** The file to write; there must be none. */
  readonly output: string;
}
