import type { Field, FieldKind } from "../../model/field.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { JsonObject } from "./json.js";

/** Version of the template; a change of it is a migration. */
export const TEMPLATE_VERSION = 1;
/** Longest text that can be searched, in UTF-16 units: four bytes each stay below Lucene's 32,766 bytes of a term. */
export const LONGEST_TERM = 8_191;
/** Under which name the row's id stands as a value to sort by. */
export const ID_PATH = "lookback.id";

/** What an installation decides about its indices. */
export interface IndexSettings {
  readonly shards: number;
  readonly replicas: number;
  readonly refreshSeconds: number;
}

const TYPES: Readonly<Record<FieldKind, JsonObject>> = {
  integer: { type: "long" },
  float: { type: "double" },
  ip: { type: "ip" },
  seconds: { type: "date", format: "epoch_millis" },
  boolean: { type: "boolean" },
  termfield: { type: "keyword", ignore_above: LONGEST_TERM },
  lotermfield: { type: "keyword", ignore_above: LONGEST_TERM },
  uptermfield: { type: "keyword", ignore_above: LONGEST_TERM },
  lotextfield: { type: "keyword", ignore_above: LONGEST_TERM },
};

/** Kept in documents, neither searched nor aggregated. */
const STORED_LONG = { type: "long", index: false, doc_values: false };

/** Path under which the words of a field are searched (Arkime's names: `http.hostTokens`). */
export function wordsPath(path: string): string {
  return `${path}Tokens`;
}

/** Path of the bytes that a session had after 2^step packets. */
export function bytesAfterPath(step: number): string {
  return `lookback.bytesAfter.p${step}`;
}

/** Path of the text that the bytes of a field decode to. */
export function decodedPath(path: string): string {
  return `lookback.${path}`;
}

interface Properties {
  [name: string]: { properties?: Properties } & Record<string, unknown>;
}

function put(properties: Properties, path: string, mapping: JsonObject): void {
  const dot = path.indexOf(".");
  if (dot < 0) {
    properties[path] = { ...properties[path], ...mapping };
    return;
  }
  const parent = (properties[path.slice(0, dot)] ??= {});
  put((parent.properties ??= {}), path.slice(dot + 1), mapping);
}

function sorted(properties: Properties): Properties {
  const entries = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, { properties: inner, ...rest }]) => [name, inner === undefined ? rest : { ...rest, properties: sorted(inner) }]));
}

/** The mapping of every declared field, its count and its views, beside what is ours. */
function properties(fields: FieldCatalogue): Properties {
  const found: Properties = {};
  const words = new Set(fields.derived.filter(({ view }) => view === "tokens").map(({ path }) => path));
  const decoded = fields.derived.filter(({ view }) => view === "utf8").map(({ path }) => path);
  for (const field of fields.declared) {
    if (field.path === "_id") continue;
    if (field.shape === "objects") put(found, field.path, { properties: {} });
    else put(found, field.path, { ...TYPES[field.kind], ...(words.has(field.path) ? { copy_to: wordsPath(field.path) } : {}) });
    if (words.has(field.path)) put(found, wordsPath(field.path), { type: "text", analyzer: "lookback_words", norms: false });
  }
  for (const field of fields.derived) if (field.countOf !== null) put(found, field.path, { type: "long" });
  put(found, "rootId", { type: "keyword" });
  put(found, "fileId", { type: "long" });
  put(found, "packetPos", STORED_LONG);
  put(found, "packetLen", STORED_LONG);
  put(found, "packetRange", { type: "date_range", format: "epoch_millis", doc_values: false });
  put(found, ID_PATH, { type: "keyword", index: false });
  put(found, "lookback.rowVersion", { type: "long", index: false });
  put(found, "lookback.final", { type: "boolean", doc_values: false });
  put(found, "lookback.bytesAfter", { type: "object" });
  put(found, "lookback.stream", { type: "keyword", doc_values: false });
  put(found, "lookback.segment", { type: "keyword", doc_values: false });
  for (const path of decoded) put(found, decodedPath(path), { type: "keyword", doc_values: false });
  return sorted(found);
}

/** Mappings of a session index, generated from the field catalogue. */
export function mappings(fields: FieldCatalogue): JsonObject {
  return {
    _meta: { product: "lookback", template: TEMPLATE_VERSION },
    date_detection: false,
    numeric_detection: false,
    // What configuration makes of headers and the like is not declared: texts are terms, and what is counted is a number.
    dynamic_templates: [{ bytes: { path_match: "lookback.bytesAfter.*", mapping: { type: "long", index: false } } }, { texts: { match_mapping_type: "string", mapping: TYPES.termfield } }],
    properties: properties(fields),
  };
}

/** The composable index template: settings, analysis and mappings of every index that matches the pattern. */
export function indexTemplate(pattern: string, fields: FieldCatalogue, settings: IndexSettings): JsonObject {
  return {
    index_patterns: [pattern],
    priority: 200,
    version: TEMPLATE_VERSION,
    _meta: { product: "lookback", description: "Sessions of Lookback; generated, see schema/elasticsearch" },
    template: {
      settings: {
        index: {
          number_of_shards: String(settings.shards),
          number_of_replicas: String(settings.replicas),
          refresh_interval: `${settings.refreshSeconds}s`,
          codec: "best_compression",
          mapping: { total_fields: { limit: "3000" } },
          // A deleted version is forgotten at once: the shipper alone writes, in order.
          gc_deletes: "0s",
          analysis: {
            analyzer: { lookback_words: { type: "custom", tokenizer: "lookback_words", filter: ["lowercase"] } },
            tokenizer: { lookback_words: { type: "pattern", pattern: "[^\\p{L}\\p{N}_]+" } },
          },
        },
      },
      mappings: mappings(fields),
    },
  };
}

/** The path by which a field is searched, sorted and aggregated. */
export function indexedPath(field: Field): string {
  return field.path === "_id" ? ID_PATH : field.path;
}
