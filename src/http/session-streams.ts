import type { Request, RequestHandler, Response } from "express";
import { LookbackError } from "../base/errors.js";
import { bareSeconds, isoTimeMs } from "../base/iso-time.js";
import { EXPORT_FORMATS, type ExportFormat } from "../export/export-request.js";
import type { StreamResult } from "../export/stream-export.js";
import { RequestContext } from "../graphql/context.js";
import { ExportFormatName, ExportPackets, type ExportArgs } from "../graphql/export/export.args.js";
import { exportRequestOf } from "../graphql/export/export-request.js";
import { exportsOf } from "../graphql/export/export.resolver.js";
import { askedSessions } from "../graphql/filter/asked-sessions.js";
import { BoundingName } from "../graphql/filter/search.args.js";
import type { Services } from "../graphql/services.js";
import { addressOf } from "./client.js";
import type { LiveOperations } from "./live-operations.js";
import { requirePrincipal } from "./principal.js";
import type { Route } from "./routes.js";

/** What the query of a stream may have; anything else is a mistake that would export too much. */
const PARAMETERS = ["expression", "ids", "start", "end", "bounding", "packets", "fields", "maxBytes"] as const;

type Parameter = (typeof PARAMETERS)[number];

const FORMATS: Readonly<Record<ExportFormat, ExportFormatName>> = {
  pcap: ExportFormatName.PCAP, pcapng: ExportFormatName.PCAPNG, csv: ExportFormatName.CSV, ndjson: ExportFormatName.NDJSON, parquet: ExportFormatName.PARQUET,
};
const BOUNDINGS: Readonly<Record<string, BoundingName>> = { first: BoundingName.FIRST_PACKET, last: BoundingName.LAST_PACKET, both: BoundingName.BOTH, either: BoundingName.EITHER };

/** Packets that a capture is known to lack before its first byte, and a trailer with those that it lacks in all. */
const MISSING_HEADER = "X-Lookback-Missing-Packets";
const MISSING_TRAILER = "X-Lookback-Missing-Packets-Total";

/**
 * Exports as they are made, for scripts that only want bytes: `/api/sessions.pcap?expression=…` and the other formats. The
 * rights and limits are those of `createExport`; there is no job and no manifest. A client that leaves ends it; a slow one
 * slows it down; one that fails in the middle is cut off, so that half a file does not look like a whole one. Packets that
 * cannot be read any more are counted in a header and a trailer. It ends with the login or token that began it.
 */
export function sessionStreamRoutes(services: Services, live: LiveOperations, stopping: AbortSignal): readonly Route[] {
  return EXPORT_FORMATS.map((format) => ({ method: "get", path: `/api/sessions.${format}`, access: "export", handlers: [streamOf(format, services, live, stopping)] }));
}

function streamOf(format: ExportFormat, services: Services, operations: LiveOperations, stopping: AbortSignal): RequestHandler {
  return async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => { if (!response.writableFinished) gone.abort(); });
    const principal = requirePrincipal(request);
    const live = operations.begin(principal);
    response.once("close", () => live.end());
    const signal = AbortSignal.any([gone.signal, stopping, live.signal]);
    const context = new RequestContext(services, principal, signal, addressOf(request));
    const exports = exportsOf(context);
    const args = argsOf(request, format);
    const asked = exportRequestOf(args, context);
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    let sent = 0;
    let complete = false;
    let made: StreamResult | null = null;
    try {
      made = await exports.send(asked, { ...context.read, signal }, {
        begin: (what) => {
          response.setHeader("Content-Disposition", `attachment; filename="sessions.${what.format}"`);
          response.type(what.contentType);
          if (what.missingPackets !== null) {
            response.setHeader(MISSING_HEADER, what.missingPackets);
            // HTTP/1.0 has no trailers.
            if (request.httpVersionMinor > 0) response.setHeader("Trailer", MISSING_TRAILER);
          }
          response.flushHeaders();
        },
        write: async (bytes) => {
          await write(response, bytes, signal);
          sent += bytes.length;
        },
      });
      complete = true;
      if (response.hasHeader("Trailer")) response.addTrailers({ [MISSING_TRAILER]: String(made.missingPackets) });
      response.end();
    } catch (error) {
      // Nobody is there to be told.
      if (!gone.signal.aborted) throw error;
    } finally {
      // Also of one that was cut off: what was sent was seen.
      context.audit("export.stream", { ...askedSessions(args.ids, args), format, wholeConnections: asked.wholeConnections, sessions: made?.sessions ?? null, packets: made?.packets ?? null, missingPackets: made?.missingPackets ?? null, bytes: sent, complete });
    }
  };
}

/** Writes a piece; resolves when the connection has taken it, and the bytes may change. */
function write(response: Response, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const left = (): void => { reject(new LookbackError("QUERY_CANCELLED", "the client left")); };
    if (signal.aborted) {
      left();
      return;
    }
    signal.addEventListener("abort", left, { once: true });
    response.write(bytes, (error) => {
      signal.removeEventListener("abort", left);
      if (error === null || error === undefined) resolve();
      else left();
    });
  });
}

function argsOf(request: Request, format: ExportFormat): ExportArgs {
  const given = new Map<Parameter, string>();
  for (const [name, value] of Object.entries(request.query)) {
    const parameter = PARAMETERS.find((one) => one === name);
    if (parameter === undefined) throw new LookbackError("BAD_INPUT", `there is no parameter ${JSON.stringify(name.slice(0, 60))}; there are ${PARAMETERS.join(", ")}`);
    if (typeof value !== "string") throw new LookbackError("BAD_INPUT", `${name} is given more than once`);
    given.set(parameter, value);
  }
  const listed = (name: Parameter): string[] | null => given.get(name)?.split(",").map((item) => item.trim()).filter((item) => item !== "") ?? null;
  const start = timeOf("start", given.get("start"));
  const end = timeOf("end", given.get("end"));
  const maxBytes = given.get("maxBytes");
  if (!["ids", "start", "end"].some((name) => request.query[name] !== undefined) && (given.get("expression") ?? "").trim() === "") {
    throw new LookbackError("BAD_INPUT", "name the sessions: by expression, ids, start or end; start=0 stands for all of them");
  }
  return {
    expression: given.get("expression") ?? null, filter: null, ids: listed("ids"), fields: listed("fields"), format: FORMATS[format],
    timeRange: start === null && end === null && !given.has("bounding") ? null : { start, end, bounding: choice("bounding", given.get("bounding") ?? "last", BOUNDINGS) },
    packets: choice("packets", given.get("packets") ?? "matching", { matching: ExportPackets.MATCHING_PART, whole: ExportPackets.WHOLE_CONNECTION }),
    maxBytes: maxBytes === undefined ? null : Number(maxBytes),
  };
}

/** Milliseconds since 1970 of ISO 8601 with a zone, or of seconds since 1970. */
function timeOf(name: Parameter, text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = bareSeconds(text);
  if (seconds !== null && seconds.doubt !== null) throw new LookbackError("BAD_INPUT", `${name}=${text.slice(0, 60)}: ${seconds.doubt}`, { argument: name });
  if (seconds !== null) return seconds.ms;
  const time = /^\d{4}-\d\d-\d\d(T[\d:.,]+(Z|[+-]\d\d:?\d\d))?$/i.test(text) ? isoTimeMs(text) : null;
  if (time === null) throw new LookbackError("BAD_INPUT", `${name} is a time: ISO 8601 with a zone, of a day that there is, or seconds since 1970; not ${JSON.stringify(text.slice(0, 60))}`, { argument: name });
  return time;
}

function choice<T>(name: Parameter, given: string, choices: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(choices, given) ? choices[given] : undefined;
  if (found === undefined) throw new LookbackError("BAD_INPUT", `${name} is one of ${Object.keys(choices).join(", ")}; not ${JSON.stringify(given.slice(0, 60))}`, { argument: name });
  return found;
}
