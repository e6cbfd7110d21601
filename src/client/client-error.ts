/** An error that the service answered. Codes and what to do about them: docs/errors.md. */
export class LookbackClientError extends Error {
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** The bound that was met, where there is one. */
  readonly limit: number | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, more: { readonly retryable?: boolean; readonly limit?: number | null; readonly details?: Readonly<Record<string, unknown>> } = {}) {
    super(message);
    this.name = "LookbackClientError";
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.limit = more.limit ?? null;
    this.details = more.details ?? {};
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The first error of an answer, GraphQL's or that of another route, or null. */
export function errorIn(body: unknown): LookbackClientError | null {
  const { errors, error } = record(body);
  const first = Array.isArray(errors) ? record(errors[0]) : record(error);
  if (typeof first["message"] !== "string") return null;
  const { code, retryable, limit, details } = { ...first, ...record(first["extensions"]) } as Readonly<Record<string, unknown>>;
  return new LookbackClientError(typeof code === "string" ? code : "INTERNAL", first["message"], {
    retryable: retryable === true, limit: typeof limit === "number" ? limit : null, details: record(details),
  });
}
