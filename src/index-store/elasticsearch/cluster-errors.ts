import { errors } from "@elastic/elasticsearch";
import { LookbackError, type ErrorCode, type ErrorDetails } from "../../base/errors.js";
import { at, listOf, objectOf, textOf, type Json } from "./json.js";

/** What a request was about, for messages. */
export interface RequestFacts {
  /** URLs of the cluster, without credentials. */
  readonly cluster: string;
  /** `GET /path`. */
  readonly request: string;
  readonly timeoutMs: number;
}

/** Types of errors by which a cluster says that an index takes no writes. */
const BLOCKED = "cluster_block_exception";
const TLS_CODES = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_)/;

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Codes of an error and of what caused it. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  let here: unknown = error;
  for (let depth = 0; depth < 5 && here instanceof Error; depth++) {
    codes.push(codeOf(here));
    if (here instanceof AggregateError) codes.push(...here.errors.map(codeOf));
    const next: unknown = "cause" in here ? here.cause : undefined;
    const meta: unknown = "meta" in here ? at(here.meta, "meta", "connection") : undefined;
    here = next ?? meta;
  }
  return codes.filter((code) => code !== "");
}

/** The innermost reason that an answer gives. */
export function reasonOf(body: Json): { readonly type: string; readonly reason: string } {
  const error = at(body, "error");
  if (typeof error === "string") return { type: "", reason: error };
  const [root] = listOf(at(error, "root_cause"));
  const [shard] = listOf(at(error, "failed_shards"));
  const inner = [at(error, "caused_by"), at(shard, "reason", "caused_by"), at(shard, "reason"), root, error].find((one) => textOf(at(one, "reason")) !== "");
  return { type: textOf(at(root, "type")) || textOf(at(error, "type")), reason: textOf(at(inner, "reason")) || textOf(at(error, "reason")) };
}

/**
 * An error of the client as ours: what went wrong, with which cluster, and the way out. Of the client's own error only the
 * message is kept: it holds the whole request.
 */
export function clusterError(error: unknown, facts: RequestFacts): LookbackError {
  if (error instanceof LookbackError) return error;
  const made = (code: ErrorCode, message: string, details: ErrorDetails = {}): LookbackError =>
    new LookbackError(code, message, { cluster: facts.cluster, request: facts.request, ...details }, { cause: error instanceof Error ? error.message : error });
  if (error instanceof errors.RequestAbortedError) return made("QUERY_CANCELLED", "the query was cancelled");
  if (error instanceof errors.TimeoutError) {
    return made("QUERY_TIMEOUT", `the cluster did not answer within ${facts.timeoutMs} ms; look at its load, or narrow the time range`, { limit: facts.timeoutMs });
  }
  if (error instanceof errors.ResponseError) return answerError(error.statusCode ?? 0, error.body, made);
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    const codes = codesOf(error);
    const tls = codes.find((code) => TLS_CODES.test(code));
    if (tls !== undefined || /certificate|SSL|TLS/i.test(error.message)) {
      return made("CLUSTER_TLS", `${facts.cluster} is not trusted (${tls ?? error.message}); name its authority in caTrustFile`, { reason: tls ?? error.message });
    }
    const why = codes.at(-1) ?? error.message;
    return made("CLUSTER_UNREACHABLE", `${facts.cluster} does not answer (${why}); check the setting elasticsearch and that the cluster runs`, { reason: why });
  }
  return made("INTERNAL", error instanceof Error ? error.message : String(error));
}

function answerError(status: number, body: Json, made: (code: ErrorCode, message: string, details?: ErrorDetails) => LookbackError): LookbackError {
  const { type, reason } = reasonOf(body);
  const details = { status, type, reason };
  switch (status) {
    case 401:
      return made("CLUSTER_REFUSED", "the cluster knows no such user or key; check elasticsearchBasicAuth or elasticsearchAPIKey", details);
    case 403:
      if (type === BLOCKED) return readOnly(reason, made, details);
      return made("CLUSTER_REFUSED", `the cluster does not allow this: ${reason}; ${GIVE_RIGHTS}`, details);
    case 413:
      return made("LIMIT_EXCEEDED", "the request is larger than the cluster takes; lower dbBulkSize", details);
    case 429:
      if (type === BLOCKED) return readOnly(reason, made, details);
      if (type === "circuit_breaking_exception") return made("QUERY_MEMORY", `the query needs more memory than the cluster gives it: ${reason}; narrow the time range`, details);
      return made("CLUSTER_BUSY", `the cluster has too much to do: ${reason}; try again`, details);
    case 502:
    case 503:
    case 504:
      return made("CLUSTER_BUSY", `the cluster cannot answer now: ${reason || `status ${status}`}; see its health`, details);
    default:
      break;
  }
  if (type === "index_closed_exception") {
    const index = textOf(at(body, "error", "index"));
    return made("CLUSTER_BUSY", isClosed(index || reason, index || "INDEX"), { ...details, index });
  }
  if (/too_many_buckets/.test(type)) return made("LIMIT_EXCEEDED", "the answer has more buckets than the cluster allows; use a wider interval or fewer buckets", details);
  if (/too_complex_to_determinize|TooComplexToDeterminize|Determinizing/.test(`${type} ${reason}`)) {
    return made("EXPRESSION_TOO_LARGE", "the regular expression is too complex for the cluster; simplify it", details);
  }
  if (/too_many_(nested_)?clauses/.test(type)) {
    const most = /set to (\d+)/.exec(reason)?.[1];
    return made("EXPRESSION_TOO_LARGE", `the expression, with the one that is forced on the user if there is one, has more tests than the cluster takes in one query (${most === undefined ? reason : `at most ${most}`}); use fewer networks, ranges and wildcards, each of which counts for every field that it is compared with, name the fields that are meant instead of ip, host and the like, or raise indices.query.bool.max_clause_count of the cluster`, most === undefined ? details : { ...details, limit: Number(most) });
  }
  if (/mapper_parsing|strict_dynamic_mapping|document_parsing|illegal_argument/.test(type) && /mapp(er|ing)|field/.test(reason)) {
    return made("INDEX_MAPPING", `the index does not take a value: ${reason}`, details);
  }
  if (status === 404) return made("NOT_FOUND", `the cluster has no such thing: ${reason}`, details);
  return made("INTERNAL", `the cluster answered ${status}: ${reason || type}`, details);
}

function readOnly(reason: string, made: (code: ErrorCode, message: string, details?: ErrorDetails) => LookbackError, details: ErrorDetails): LookbackError {
  return made("CLUSTER_READ_ONLY", takesNoWrites(reason), details);
}

const GIVE_RIGHTS = "give the user or key the rights that docs/elasticsearch.md lists";

function takesNoWrites(reason: string): string {
  return `an index takes no writes: ${reason}; make room on the data nodes and take the block away (index.blocks.read_only_allow_delete: null)`;
}

function isClosed(index: string, toOpen = index): string {
  return `the index ${index} is closed; open it (POST /${toOpen}/_open)`;
}

/** Whether a try later may succeed: the cluster is away, busy, full, or its credentials are being changed. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof LookbackError)) return false;
  return ["CLUSTER_UNREACHABLE", "CLUSTER_BUSY", "CLUSTER_READ_ONLY", "CLUSTER_REFUSED", "CLUSTER_TLS", "CLUSTER_UNSUPPORTED", "QUERY_TIMEOUT", "QUERY_MEMORY"].includes(error.code);
}

/** The index that an error is for, or null where it is for no single one. */
export function indexNamed(error: unknown): string | null {
  const index = error instanceof LookbackError ? error.details["index"] : undefined;
  return typeof index === "string" && index !== "" ? index : null;
}

/**
 * Whether an error that may pass is of indices that were asked, of which one takes no writes, is closed or lacks a shard: then others may
 * be written. Too much to do (429) is the whole cluster's.
 */
export function isOfIndices(error: unknown): error is LookbackError {
  if (!(error instanceof LookbackError) || !mayPass(error)) return false;
  return indexNamed(error) !== null || error.code === "CLUSTER_READ_ONLY" || (error.code === "CLUSTER_BUSY" && error.details["status"] !== 429);
}

/** Why one item of a bulk request failed. */
export interface ItemFailure {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

/** Reads the failure of one item of a bulk answer; null when it went well. */
export function itemFailure(item: Json): ItemFailure | null {
  const error = at(item, "error");
  if (error === undefined) return null;
  const { type, reason } = reasonOf({ error: objectOf(error) });
  const cause = textOf(at(error, "caused_by", "reason"));
  return { status: Number(at(item, "status") ?? 0), type, reason: cause === "" || cause === reason ? textOf(at(error, "reason")) || reason : `${textOf(at(error, "reason"))}: ${cause}` };
}

/** Why an item of a bulk request is to be sent again; `details.index` where it is for its index and not for the whole cluster. */
export function itemError({ status, type, reason }: ItemFailure, index: string, cluster: string): LookbackError {
  const of = { cluster, status, reason, index };
  switch (type) {
    case "cluster_block_exception":
      return new LookbackError("CLUSTER_READ_ONLY", takesNoWrites(reason), of);
    case "index_closed_exception":
      return new LookbackError("CLUSTER_BUSY", isClosed(index), of);
    case "index_not_found_exception":
      return new LookbackError("CLUSTER_BUSY", `the index ${index} is not there and the cluster does not make it: ${reason}; make it (PUT /${index}) or allow it in action.auto_create_index`, of);
    case "validation_exception":
      return new LookbackError("CLUSTER_BUSY", `the cluster does not make the index ${index}: ${reason}; raise cluster.max_shards_per_node, or let days expire sooner`, of);
    case "security_exception":
      return new LookbackError("CLUSTER_REFUSED", `the cluster does not allow to write to the index ${index}: ${reason}; ${GIVE_RIGHTS}`, of);
    default:
      // Too much to do is the whole node's; a missing shard is one index's.
      if (status === 429) return new LookbackError("CLUSTER_BUSY", `the cluster has too much to do: ${reason}; it is tried again`, { cluster, status, reason });
      return new LookbackError("CLUSTER_BUSY", `the index ${index} cannot be written: ${reason}; it is tried again`, of);
  }
}
