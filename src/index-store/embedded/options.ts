import type { Clock } from "../../base/clock.js";
import type { Logger } from "../../base/logger.js";
import type { Catalogue } from "../../catalogue/catalogue.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";

/** What the embedded store can be told; the rest has defaults. */
export interface EmbeddedStoreOptions {
  readonly catalogue: Catalogue;
  readonly fields: FieldCatalogue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Directory of segments; by default `sessions/` of the data directory. */
  readonly segmentDirectory?: string;
  /** Where queries spill; by default `spill/` of the data directory. */
  readonly temporaryDirectory?: string;
  /** Bytes that all queries together may hold; by default a quarter of the host's memory, between 256 MiB and 4 GiB. */
  readonly memoryBytes?: number;
  /** Bytes that queries may spill; by default 16 GiB. */
  readonly temporaryBytes?: number;
  /** By default, and when 0, the host's processors. */
  readonly threads?: number;
  /** Queries that run at once; by default 4. */
  readonly concurrency?: number;
  /** Whether what was read of segments is kept for further queries, by default it is; whoever reads each about once, for months, gains nothing. */
  readonly caches?: boolean;
  /**
   * Whether this process deletes files of retired segments, which by default it does. At most one process on a data
   * directory may, the one that serves queries: it alone knows which files a query still reads.
   */
  readonly maintains?: boolean;
  /** Ids of the packet files whose packets are gone; by default those that the catalogue says are deleted. */
  readonly goneFiles?: () => readonly number[];
  /** Which leftovers of killed processes to remove at open, see `removeOrphans`; by default none. */
  readonly removeOrphans?: "none" | "compacted" | "all";
}
