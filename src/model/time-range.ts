/** How a session's times must fall into a range (Arkime's `bounding`). */
export type Bounding = "first" | "last" | "both" | "either";

/** A closed range of milliseconds since 1970; a null end is open. */
export interface TimeRange {
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly bounding: Bounding;
}

/** Every time there is. */
export const ALL_TIME: TimeRange = { startMs: null, endMs: null, bounding: "last" };
