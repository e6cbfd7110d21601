import { Client, Transport, type ClientOptions } from "@elastic/elasticsearch";
import { LookbackError } from "../../base/errors.js";
import { clusterError } from "./cluster-errors.js";
import { at, textOf, type Json, type JsonObject } from "./json.js";

/** How a cluster is reached. */
export interface ClusterOptions {
  /** `http://host:9200`, one for each node that may be asked; credentials in them are taken as basic authentication. */
  readonly urls: readonly string[];
  readonly auth: { readonly username: string; readonly password: string } | { readonly apiKey: string } | null;
  /** Certificates of authorities that are trusted, PEM, or null for the system's. */
  readonly authority: string | null;
  readonly clientCertificate: { readonly certificate: string; readonly key: string; readonly passphrase: string | null } | null;
  /** Whether bodies are compressed. */
  readonly compress: boolean;
}

/** What answers: its kind and version decide the dialect. */
export interface ClusterProduct {
  readonly name: "elasticsearch" | "opensearch";
  readonly version: string;
  readonly clusterName: string;
}

/** Limits of one request. */
export interface RequestLimits {
  readonly signal: AbortSignal | null;
  readonly timeoutMs: number;
}

/** One request; `lines` is a body of newline-delimited JSON. */
export interface ClusterRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: JsonObject;
  readonly lines?: Buffer;
  /** Statuses that are an answer and no error; the answer is then null. */
  readonly ignore?: readonly number[];
}

/** Oldest versions that are taken. */
const OLDEST = { elasticsearch: [7, 17], opensearch: [2, 11] } as const;
/** Milliseconds for requests that answer at once. */
export const SHORT: RequestLimits = { signal: null, timeoutMs: 30_000 };

/** Parameters by which a closed index is an error and not left out. */
export const EVERY_INDEX: Readonly<Record<string, string | boolean>> = { ignore_unavailable: false, allow_no_indices: true, expand_wildcards: "open,closed" };

/**
 * Parameters of a search that answers for every index it names or fails: a missing shard and a closed index are errors, and only
 * a pattern without any index is an empty answer.
 */
export const WHOLE: Readonly<Record<string, string | boolean>> = { allow_partial_search_results: false, ...EVERY_INDEX };

/** Plain JSON both ways, and no check of the product by the client: Lookback looks itself, and takes OpenSearch too. */
class PlainTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    const { productCheck: _unused, ...rest } = options;
    super({ ...rest, vendoredHeaders: { jsonContentType: "application/json", ndjsonContentType: "application/x-ndjson", accept: "application/json" } });
  }
}

/** A user name or password of a URL. Throws CONFIG_INVALID; the message does not repeat it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new LookbackError("CONFIG_INVALID", "elasticsearch: the user name or password of the URL has a % that begins no code such as %40; a % is written %25", { key: "elasticsearch" }, { cause: error });
  }
}

/** A cluster over HTTP: every request has a timeout, can be cancelled, and fails with a coded error. */
export class Cluster {
  /** URLs without credentials, for messages. */
  readonly shown: string;
  readonly #client: Client;
  #product: ClusterProduct | null = null;

  constructor(options: ClusterOptions) {
    const urls = options.urls.map((text, at) => {
      if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
      // One with a password may have been taken apart at a sign of it: then none of them is repeated.
      const shown = options.urls.some((url) => url.includes("@")) ? `: URL ${at + 1} of ${options.urls.length}` : `=${text.slice(0, 200)}`;
      throw new LookbackError("CONFIG_INVALID", `elasticsearch${shown}: allowed: http:// or https:// and a host, several separated by ; or ,; in a password ; , / @ % are written %3B %2C %2F %40 %25`, { key: "elasticsearch" });
    });
    const [first] = urls;
    if (first === undefined) throw new LookbackError("CONFIG_INVALID", "elasticsearch= names no cluster", { key: "elasticsearch", value: "" });
    const written = first.username === "" ? null : { username: decoded(first.username), password: decoded(first.password) };
    for (const url of urls) url.username = url.password = "";
    this.shown = urls.map((url) => url.origin).join(" ");
    const auth = options.auth ?? written;
    const { authority, clientCertificate } = options;
    const tls = {
      ...(authority === null ? {} : { ca: authority }),
      ...(clientCertificate === null ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key, ...(clientCertificate.passphrase === null ? {} : { passphrase: clientCertificate.passphrase }) }),
    };
    const settings: ClientOptions = {
      nodes: urls.map((url) => url.href), Transport: PlainTransport, compression: options.compress, maxRetries: 0,
      // To redact, the client copies the whole request byte by byte into an object: a refused one of some megabytes took a second
      // and a gigabyte. Its errors never leave this class, and of them only what the cluster said is kept.
      redaction: { type: "off" },
      ...(auth === null ? {} : { auth }), ...(Object.keys(tls).length === 0 ? {} : { tls }),
    };
    this.#client = new Client(settings);
  }

  /** What answers, asked once. Throws CLUSTER_UNREACHABLE, CLUSTER_TLS, CLUSTER_REFUSED, CLUSTER_UNSUPPORTED. */
  async product(): Promise<ClusterProduct> {
    if (this.#product !== null) return this.#product;
    const answer = await this.request({ method: "GET", path: "/" }, SHORT);
    const version = textOf(at(answer, "version", "number"));
    const name = at(answer, "version", "distribution") === "opensearch" ? "opensearch" : "elasticsearch";
    const known = name === "opensearch" || textOf(at(answer, "tagline")) === "You Know, for Search";
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [leastMajor, leastMinor] = OLDEST[name];
    if (!known || major < leastMajor || (major === leastMajor && minor < leastMinor)) {
      const what = known ? `${name} ${version}` : "something else";
      throw new LookbackError("CLUSTER_UNSUPPORTED", `at ${this.shown} answers ${what}; supported are Elasticsearch ${OLDEST.elasticsearch.join(".")} and OpenSearch ${OLDEST.opensearch.join(".")} or later`, {
        cluster: this.shown, found: what,
      });
    }
    this.#product = { name, version, clusterName: textOf(at(answer, "cluster_name")) };
    return this.#product;
  }

  /** Sends a request and returns the answer. Throws what `clusterError` makes of failures. */
  async request(request: ClusterRequest, { signal, timeoutMs }: RequestLimits): Promise<Json> {
    const { method, path, query = {}, body, lines, ignore = [] } = request;
    if (signal?.aborted === true) throw new LookbackError("QUERY_CANCELLED", "the query was cancelled");
    try {
      const answer = await this.#client.transport.request<Json>(
        { method, path, querystring: { ...query }, ...(body === undefined ? {} : { body }), ...(lines === undefined ? {} : { bulkBody: lines }) },
        { meta: true, requestTimeout: timeoutMs, ignore: [...ignore], ...(signal === null ? {} : { signal }) },
      );
      return answer.statusCode !== undefined && ignore.includes(answer.statusCode) ? null : answer.body;
    } catch (error) {
      throw clusterError(error, { cluster: this.shown, request: `${method} ${path}`, timeoutMs });
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
