import { createHash } from "node:crypto";
import { LookbackError } from "../../base/errors.js";
import type { FieldCatalogue } from "../../model/field-catalogue.js";
import type { Cluster, RequestLimits } from "./cluster.js";
import type { IndexNames } from "./index-names.js";
import { at, isObject, listOf, numberOf, textOf, type Json, type JsonObject } from "./json.js";
import { indexTemplate, mappings, TEMPLATE_VERSION, type IndexSettings } from "./mapping.js";

/** JSON with the names of objects in order, so that equal content is equal text. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${listOf(value).map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** What the template in the cluster is, beside the one that this version makes. */
export type TemplateState = "absent" | "current" | "older" | "newer" | "changed";

/** The index template of sessions in the cluster. */
export class SessionTemplate {
  readonly name: string;
  readonly #cluster: Cluster;
  readonly #fields: FieldCatalogue;
  readonly #names: IndexNames;
  readonly #body: JsonObject;

  constructor(cluster: Cluster, prefix: string, names: IndexNames, fields: FieldCatalogue, settings: IndexSettings) {
    this.name = `${prefix}lookback-sessions3`;
    this.#cluster = cluster;
    this.#fields = fields;
    this.#names = names;
    const body = indexTemplate(names.pattern, fields, settings);
    const sha256 = createHash("sha256").update(canonical(at(body, "template"))).digest("hex");
    this.#body = { ...body, _meta: { ...(isObject(body["_meta"]) ? body["_meta"] : {}), sha256 } };
  }

  /** How the template in the cluster stands to ours. `changed`: somebody edited it by hand. */
  async state(limits: RequestLimits): Promise<TemplateState> {
    const answer = await this.#cluster.request({ method: "GET", path: `/_index_template/${this.name}`, ignore: [404] }, limits);
    const [found] = listOf(at(answer, "index_templates")).map((one) => at(one, "index_template"));
    if (found === undefined) return "absent";
    const version = numberOf(at(found, "version"));
    const [ours, theirs] = [textOf(at(this.#body, "_meta", "sha256")), textOf(at(found, "_meta", "sha256"))];
    if (createHash("sha256").update(canonical(at(found, "template"))).digest("hex") !== theirs) return "changed";
    if (version !== TEMPLATE_VERSION) return version > TEMPLATE_VERSION ? "newer" : "older";
    // The same version with other content: fields were added, or the settings of the installation changed.
    return ours === theirs ? "current" : "older";
  }

  /** Puts our template, whatever is there. */
  async install(limits: RequestLimits): Promise<void> {
    await this.#cluster.request({ method: "PUT", path: `/_index_template/${this.name}`, body: this.#body }, limits);
  }

  /** Adds fields that existing indices lack. Throws INDEX_MAPPING when one has a field of another type. */
  async extendIndices(indices: readonly string[], limits: RequestLimits): Promise<void> {
    const body = mappings(this.#fields);
    for (const index of indices) await this.#cluster.request({ method: "PUT", path: `/${index}/_mapping`, body, ignore: [404] }, limits);
  }

  /** Throws INDEX_OUTDATED unless the template is ours. */
  async require(limits: RequestLimits): Promise<void> {
    const state = await this.state(limits);
    if (state === "current") return;
    const what = {
      absent: "is not there", older: "was made by an earlier version or with other settings", newer: "was made by a later version", changed: "was changed by hand",
    }[state];
    const way = state === "newer" ? "start that version" : "see lookback migrate plan, then run lookback migrate up";
    throw new LookbackError("INDEX_OUTDATED", `the index template ${this.name} of ${this.#names.pattern} ${what}; ${way}`, { template: this.name, state });
  }
}
