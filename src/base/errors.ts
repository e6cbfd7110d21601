/** The registry of error codes: one entry per code, with what a client may do about it. `docs/errors.md` lists the same. */
export const ERROR_CODES = {
  /** A file is no capture that can be read. */
  CAPTURE_UNREADABLE: { retryable: false },
  /** The same capture was imported before. */
  CAPTURE_ALREADY_IMPORTED: { retryable: false },
  /** A device has no room left. */
  DISK_FULL: { retryable: true },
  /** A segment or the catalogue does not read back. */
  STORE_DAMAGED: { retryable: false },
  /** What was to be changed in the index changed each time meanwhile. */
  STORE_BUSY: { retryable: true },
  /** Another process holds the role on this data directory. */
  ROLE_HELD: { retryable: true },
  /** The search cluster does not answer. */
  CLUSTER_UNREACHABLE: { retryable: true },
  /** The certificate of the search cluster is not trusted. */
  CLUSTER_TLS: { retryable: false },
  /** The search cluster refuses the user, the key or what they ask for. */
  CLUSTER_REFUSED: { retryable: false },
  /** What answers is no search cluster of a supported product and version. */
  CLUSTER_UNSUPPORTED: { retryable: false },
  /** The search cluster takes no more requests for the moment. */
  CLUSTER_BUSY: { retryable: true },
  /** A server that shares the search cluster does not say what it holds. */
  SERVER_SILENT: { retryable: true },
  /** An index of the search cluster takes no writes. */
  CLUSTER_READ_ONLY: { retryable: true },
  /** A node of this data directory is another installation's on the search cluster. */
  NODE_TAKEN: { retryable: false },
  /** The mapping of an index does not take a value. */
  INDEX_MAPPING: { retryable: false },
  /** The index template or a migration of the search cluster is not as this version needs it. */
  INDEX_OUTDATED: { retryable: false },
  /** A search expression does not parse. */
  EXPRESSION_SYNTAX: { retryable: false },
  /** A search expression names a field that does not exist. */
  EXPRESSION_UNKNOWN_FIELD: { retryable: false },
  /** A search expression compares a field with a value it cannot have. */
  EXPRESSION_TYPE: { retryable: false },
  /** A search expression exceeds a bound. */
  EXPRESSION_TOO_LARGE: { retryable: false },
  /** `file ==` names no known file. */
  EXPRESSION_NO_SUCH_FILE: { retryable: false },
  /** A search expression names a view or a stored list that does not exist. */
  EXPRESSION_UNKNOWN_NAME: { retryable: false },
  /** A time range is reversed or outside 1970 to 2262. */
  TIME_RANGE_INVALID: { retryable: false },
  /** A page, bucket or list size exceeds its limit. */
  LIMIT_EXCEEDED: { retryable: false },
  /** A cursor was altered or belongs to another query. */
  CURSOR_INVALID: { retryable: false },
  /** A query ran longer than it may. */
  QUERY_TIMEOUT: { retryable: true },
  /** A query was cancelled because its client left. */
  QUERY_CANCELLED: { retryable: true },
  /** A query needed more memory than it may use. */
  QUERY_MEMORY: { retryable: true },
  /** No session, file, export or job of that name. */
  NOT_FOUND: { retryable: false },
  /** No login, or one that expired. */
  UNAUTHENTICATED: { retryable: false },
  /** The login does not allow this. */
  FORBIDDEN: { retryable: false },
  /** User name or password is wrong. */
  LOGIN_FAILED: { retryable: false },
  /** Too many attempts, or more asked than a minute allows; wait. */
  RATE_LIMITED: { retryable: true },
  /** A persisted query is not known by its hash. */
  PERSISTED_QUERY_NOT_FOUND: { retryable: true },
  /** A signed link is altered, expired or somebody else's. */
  LINK_INVALID: { retryable: false },
  /** An argument is not what it may be. */
  BAD_INPUT: { retryable: false },
  /** An idempotency key was used before for another request. */
  IDEMPOTENCY_CONFLICT: { retryable: false },
  /** A change under an idempotency key was cut off, and whether it was made is not known. */
  OUTCOME_UNKNOWN: { retryable: false },
  /** A change under an idempotency key was made, and its answer was not kept. */
  ALREADY_DONE: { retryable: false },
  /** A setting has a value it cannot have. */
  CONFIG_INVALID: { retryable: false },
  /** Packet directories of one device want different free space: a warning, the larger is kept. */
  FREE_SPACE_CONFLICT: { retryable: false },
  /** A feature is not available on this host or in this build. */
  UNAVAILABLE: { retryable: false },
  /** A service cannot be reached over the network. */
  UNREACHABLE: { retryable: true },
  /** The service is stopping. */
  SHUTTING_DOWN: { retryable: true },
  /** A fault of ours. */
  INTERNAL: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

/** A stable code; clients may branch on it. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Facts of an error beside its message: what was given, the limit, the span in an expression. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** An error that a user can meet: a stable code, and a message that names the thing, the value and the way out. */
export class LookbackError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "LookbackError";
    this.code = code;
    this.details = details;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** The code of an operating-system error (`ENOSPC`), or null. */
export function systemErrorCode(error: unknown): string | null {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return null;
}

/** What the system, SQLite and this program call a device, or a quota, that has no room left. */
const FULL: ReadonlySet<string> = new Set(["DISK_FULL", "ENOSPC", "EDQUOT", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"]);

/** Whether an error, or one that caused it, says that there is no room left. */
export function isDiskFull(error: unknown): boolean {
  return FULL.has(systemErrorCode(error) ?? "") || (error instanceof Error && error.cause !== undefined && isDiskFull(error.cause));
}
