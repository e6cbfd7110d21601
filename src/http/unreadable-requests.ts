import { maxHeaderSize, STATUS_CODES, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { LookbackError, systemErrorCode } from "../base/errors.js";
import { errorBody } from "./error-response.js";

/** Milliseconds in which what a client still sends is taken and dropped: a connection that is cut at once loses the answer. */
const LINGER_MS = 1_000;

/** What a client is told of a request that no route sees, with its HTTP status; null where nobody would understand an answer. */
export function unreadableRequest(code: string | null): { readonly status: number; readonly error: LookbackError } | null {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, error: new LookbackError("LIMIT_EXCEEDED", `the request's address and headers have more than ${maxHeaderSize} bytes; send long expressions and lists by POST, as JSON`, { limit: maxHeaderSize }) };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, error: new LookbackError("LIMIT_EXCEEDED", "the chunks of the request's body have too long extensions") };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, error: new LookbackError("BAD_INPUT", "the request did not come whole in time") };
    case null:
      return null;
    default:
      return code.startsWith("HPE_") ? { status: 400, error: new LookbackError("BAD_INPUT", "the request is not HTTP/1.1 as it should be") } : null;
  }
}

/** Has a server answer requests that it cannot read in the form of all other errors, where Node sends a status alone. */
export function answerUnreadable(server: Server): void {
  const begun = new WeakMap<Duplex, Set<ServerResponse>>();
  const answered = new WeakSet<Duplex>();
  server.on("request", (request, response) => {
    const responses = begun.get(request.socket) ?? new Set<ServerResponse>();
    begun.set(request.socket, responses.add(response));
    response.once("close", () => { responses.delete(response); });
  });
  server.on("clientError", (failure, socket) => {
    if (answered.has(socket)) return;
    const answer = unreadableRequest(systemErrorCode(failure));
    const inTheMiddle = [...(begun.get(socket) ?? [])].some(({ headersSent }) => headersSent);
    if (answer === null || inTheMiddle || !socket.writable) {
      socket.destroy();
      return;
    }
    answered.add(socket);
    const body = JSON.stringify(errorBody(answer.error));
    const head = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`, "Content-Type: application/json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Connection: close"];
    socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
    socket.resume();
    const cut = setTimeout(() => { socket.destroy(); }, LINGER_MS);
    socket.once("close", () => { clearTimeout(cut); });
    socket.once("end", () => { socket.destroy(); });
  });
}
