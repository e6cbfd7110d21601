import express, { type Request, type RequestHandler, type Response } from "express";
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
import { LIMITS } from "../graphql/limits.js";
import type { Services } from "../graphql/services.js";
import { addressOf } from "./client.js";
import type { LiveOperations } from "./live-operations.js";
import { requirePrincipal } from "./principal.js";
import type { Route } from "./routes.js";

/** What a stream is asked for by, in the address or the body; anything else is a mistake that would export too much. */
const PARAMETERS = ["expression", "ids", "start", "end", "bounding", "packets", "fields", "maxBytes"] as const;

type Parameter = (typeof PARAMETERS)[number];

/** Parameters that are several texts: in an address separated by commas, in a body a list as well. */
const LISTS: ReadonlySet<Parameter> = new Set(["ids", "fields"]);
/** Parameters that a body may have as numbers. */
const NUMBERS: ReadonlySet<Parameter> = new Set(["start", "end", "maxBytes"]);

const FORMATS: Readonly<Record<ExportFormat, ExportFormatName>> = {
  pcap: ExportFormatName.PCAP, pcapng: ExportFormatName.PCAPNG, csv: ExportFormatName.CSV, ndjson: ExportFormatName.NDJSON, parquet: ExportFormatName.PARQUET,
};
const BOUNDINGS: Readonly<Record<string, BoundingName>> = { first: BoundingName.FIRST_PACKET, last: BoundingName.LAST_PACKET, both: BoundingName.BOTH, either: BoundingName.EITHER };

/** Packets that a capture is known to lack before its first byte, and a trailer with those that it lacks in all. */
const MISSING_HEADER = "X-Lookback-Missing-Packets";
const MISSING_TRAILER = "X-Lookback-Missing-Packets-Total";

/**
 * Exports as they are made, for scripts that only want bytes: `/api/sessions.pcap?expression=…` and the other formats, or the
 * same parameters as a JSON object by POST, for what an address has no room for. The rights and limits are those of `createExport`; there is no job and no manifest. A client that leaves ends it; a slow one
 * slows it down; one that fails in the middle is cut off, so that half a file does not look like a whole one. Packets that
 * cannot be read any more are counted in a header and a trailer. It ends with the login or token that began it.
 */
export function sessionStreamRoutes(services: Services, live: LiveOperations, stopping: AbortSignal): readonly Route[] {
  const json = express.json({ limit: LIMITS.bodyBytes });
  return EXPORT_FORMATS.flatMap((format): Route[] => {
    const [path, stream] = [`/api/sessions.${format}`, streamOf(format, services, live, stopping)];
    return [{ method: "get", path, access: "export", handlers: [stream] }, { method: "post", path, access: "export", handlers: [json, stream] }];
  });
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
    const args = argsOf(request.method === "POST" ? inBody(request) : inAddress(request), format);
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

/** What was given for each parameter; a list's items are one each. */
type Given = ReadonlyMap<Parameter, string | readonly string[]>;

function parameterOf(name: string): Parameter {
  const parameter = PARAMETERS.find((one) => one === name);
  if (parameter === undefined) throw new LookbackError("BAD_INPUT", `there is no parameter ${JSON.stringify(name.slice(0, 60))}; there are ${PARAMETERS.join(", ")}`);
  return parameter;
}

function inAddress(request: Request): Given {
  return new Map(Object.entries(request.query).map(([name, value]) => {
    const parameter = parameterOf(name);
    if (typeof value !== "string") throw new LookbackError("BAD_INPUT", `${name} is given more than once`);
    return [parameter, value];
  }));
}

function inBody(request: Request): Given {
  const body: unknown = request.body;
  if (Object.keys(request.query).length > 0) throw new LookbackError("BAD_INPUT", "by POST all parameters are in the body, none in the address");
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new LookbackError("BAD_INPUT", "by POST the parameters are a JSON object, with the type application/json");
  const given = new Map<Parameter, string | readonly string[]>();
  for (const [name, value] of Object.entries<unknown>({ ...body })) {
    const parameter = parameterOf(name);
    if (value === null) continue;
    if (typeof value === "string") given.set(parameter, value);
    else if (typeof value === "number" && NUMBERS.has(parameter)) given.set(parameter, String(value));
    else if (Array.isArray(value) && LISTS.has(parameter) && value.every((item) => typeof item === "string")) given.set(parameter, value);
    else throw new LookbackError("BAD_INPUT", `${name} is ${LISTS.has(parameter) ? "a list of texts" : NUMBERS.has(parameter) ? "a text or a number" : "a text"}`, { argument: name });
  }
  return given;
}

function argsOf(parameters: Given, format: ExportFormat): ExportArgs {
  const listed = (name: Parameter): string[] | null => {
    const value = parameters.get(name);
    if (value === undefined) return null;
    return (typeof value === "string" ? value.split(",") : value).map((item) => item.trim()).filter((item) => item !== "");
  };
  const text = (name: Parameter): string | undefined => {
    const value = parameters.get(name);
    return typeof value === "string" ? value : undefined;
  };
  const start = timeOf("start", text("start"));
  const end = timeOf("end", text("end"));
  const maxBytes = text("maxBytes");
  if (!(["ids", "start", "end"] as const).some((name) => parameters.has(name)) && (text("expression") ?? "").trim() === "") {
    throw new LookbackError("BAD_INPUT", "name the sessions: by expression, ids, start or end; start=0 stands for all of them");
  }
  return {
    expression: text("expression") ?? null, filter: null, ids: listed("ids"), fields: listed("fields"), format: FORMATS[format],
    timeRange: start === null && end === null && !parameters.has("bounding") ? null : { start, end, bounding: choice("bounding", text("bounding") ?? "last", BOUNDINGS) },
    packets: choice("packets", text("packets") ?? "matching", { matching: ExportPackets.MATCHING_PART, whole: ExportPackets.WHOLE_CONNECTION }),
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
