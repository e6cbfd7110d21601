import type { Request } from "express";
import { LookbackError } from "../base/errors.js";

/** Whether a client takes server-sent events. */
const TAKES_EVENTS = /text\/event-stream|text\/\*|\*\/\*/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(what: string): LookbackError {
  return new LookbackError("BAD_INPUT", `an operation that is streamed ${what}`);
}

/**
 * Checks the form of a request for a stream of events, so that each mistake has its answer in our form, and says what the
 * library goes by: that events are wanted. Throws BAD_INPUT.
 */
export function checkStreamRequest(request: Request): void {
  if (!TAKES_EVENTS.test(request.headers.accept ?? "*/*")) throw wrong("is answered as text/event-stream: ask for that in `Accept`, or send it to /graphql");
  request.headers.accept = "text/event-stream";
  if (request.method === "GET") {
    for (const name of ["variables", "extensions"]) {
      const text = request.query[name];
      if (text === undefined || text === "") continue;
      if (typeof text !== "string" || !isObject(parsed(text))) throw wrong(`has "${name}" as the JSON of an object`);
    }
    checkQuery(request.query["query"]);
    return;
  }
  const body: unknown = request.body;
  if (!isObject(body)) throw wrong("comes as a JSON object, with the type application/json");
  checkQuery(body["query"]);
  for (const name of ["variables", "extensions"]) if (body[name] !== undefined && body[name] !== null && !isObject(body[name])) throw wrong(`has "${name}" as an object`);
  const { operationName } = body;
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") throw wrong('has "operationName" as text');
}

function checkQuery(query: unknown): void {
  if (typeof query !== "string") throw wrong('has "query" as text');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
