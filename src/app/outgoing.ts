import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { LookbackError } from "../base/errors.js";
import type { LookbackConfig } from "../config/config.js";
import { readNamedFile } from "./named-files.js";

/** A request to another server, as `fetch` makes it. */
export interface OutgoingRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly redirect?: "manual" | "follow" | "error";
  readonly signal?: AbortSignal;
}

/** Makes requests to other servers. */
export type OutgoingFetch = (url: string, request: OutgoingRequest) => Promise<Response>;

/** Certificates of a PEM file, one by one. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * How the service asks other servers than its cluster: with the authorities of `caTrustFile` beside those that Node knows.
 * Null where the setting is unset: Node's own fetch does. CONFIG_INVALID when the file cannot be read or has no certificate.
 */
export function outgoingFetch(config: LookbackConfig): OutgoingFetch | null {
  const text = readNamedFile(config, "caTrustFile");
  if (text === null) return null;
  const given = text.match(CERTIFICATE) ?? [];
  const invalid = (what: string, cause?: unknown): LookbackError =>
    new LookbackError("CONFIG_INVALID", `caTrustFile=${config.values.caTrustFile ?? ""}: ${what}`, { key: "caTrustFile", value: config.values.caTrustFile }, { cause });
  if (given.length === 0) throw invalid("has no certificate in PEM form");
  try {
    for (const one of given) void new X509Certificate(one);
  } catch (error) {
    throw invalid(`a certificate cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const ca = [...rootCertificates, ...given];
  // Loaded when it is first used: most installations never do.
  const client = async (): Promise<(url: string, request: OutgoingRequest) => Promise<Response>> => {
    const { Agent, fetch } = await import("undici");
    const dispatcher = new Agent({ connect: { ca } });
    return async (url, { headers, ...request }) => {
      const { status, statusText, headers: answered, body } = await fetch(url, { ...request, ...(headers === undefined ? {} : { headers: { ...headers } }), dispatcher });
      return new Response(body, { status, statusText, headers: [...answered] });
    };
  };
  let made: ReturnType<typeof client> | null = null;
  return async (url, request) => (await (made ??= client()))(url, request);
}
