/** One bound of the API. */
export interface ApiLimit {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly help: string;
}

/** Every bound of the API, each with what it bounds. `limits` lists them. */
export const LIMITS = {
  pageSize: 1_000,
  buckets: 10_000,
  histogramBuckets: 10_000,
  histogramCells: 60_000,
  links: 10_000,
  percentiles: 20,
  crossTabFields: 4,
  packets: 10_000,
  expressionLength: 100_000,
  idsPerRequest: 10_000,
  tagsPerRequest: 100,
  taggedSessions: 1_000_000,
  tagChanges: 1_000_000,
  fieldNames: 200,
  sortKeys: 4,
  importPaths: 100,
  whatIfs: 10,
  depth: 15,
  variableDepth: 500,
  aliases: 50,
  tokens: 4_000,
  expandedFields: 5_000,
  cost: 20_000,
  bodyBytes: 1 << 20,
} as const;

/** Descriptions of the bounds, for clients. */
export const API_LIMITS: readonly ApiLimit[] = [
  { name: "pageSize", value: LIMITS.pageSize, unit: "items", help: "Largest `first` of a list" },
  { name: "buckets", value: LIMITS.buckets, unit: "buckets", help: "Largest `size` of terms and crossTab" },
  { name: "histogramBuckets", value: LIMITS.histogramBuckets, unit: "buckets", help: "Most buckets of a histogram" },
  { name: "histogramCells", value: LIMITS.histogramCells, unit: "values", help: "Most buckets × metrics of a histogram" },
  { name: "links", value: LIMITS.links, unit: "links", help: "Largest `first` of connections" },
  { name: "percentiles", value: LIMITS.percentiles, unit: "items", help: "Most percentiles of one request" },
  { name: "crossTabFields", value: LIMITS.crossTabFields, unit: "fields", help: "Most fields of a crossTab; at least two" },
  { name: "packets", value: LIMITS.packets, unit: "packets", help: "Largest `first` of a session's packet list" },
  { name: "expressionLength", value: LIMITS.expressionLength, unit: "characters", help: "Longest search expression" },
  { name: "idsPerRequest", value: LIMITS.idsPerRequest, unit: "ids", help: "Most session ids of one request" },
  { name: "tagsPerRequest", value: LIMITS.tagsPerRequest, unit: "tags", help: "Most tags added or removed at once" },
  { name: "taggedSessions", value: LIMITS.taggedSessions, unit: "sessions", help: "Most sessions tagged by one expression" },
  { name: "tagChanges", value: LIMITS.tagChanges, unit: "tags", help: "Most sessions × tags of one request" },
  { name: "fieldNames", value: LIMITS.fieldNames, unit: "names", help: "Most names of `fields(names:)`" },
  { name: "sortKeys", value: LIMITS.sortKeys, unit: "keys", help: "Most sort keys of sessions" },
  { name: "importPaths", value: LIMITS.importPaths, unit: "paths", help: "Most paths of one import request" },
  { name: "whatIfs", value: LIMITS.whatIfs, unit: "bounds", help: "Most bounds that one forecast is asked about" },
  { name: "depth", value: LIMITS.depth, unit: "levels", help: "Deepest nesting of an operation" },
  { name: "variableDepth", value: LIMITS.variableDepth, unit: "levels", help: "Deepest nesting of lists and objects in variables" },
  { name: "aliases", value: LIMITS.aliases, unit: "aliases", help: "Most aliases of an operation" },
  { name: "tokens", value: LIMITS.tokens, unit: "tokens", help: "Longest operation text, in tokens" },
  { name: "expandedFields", value: LIMITS.expandedFields, unit: "fields", help: "Most fields of an operation once fragments are expanded" },
  { name: "cost", value: LIMITS.cost, unit: "units", help: "Highest cost of an operation; the cost is in `extensions.cost` of each answer" },
  { name: "bodyBytes", value: LIMITS.bodyBytes, unit: "bytes", help: "Largest request body" },
];
