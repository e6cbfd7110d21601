/** Longest event that is put together, in characters. */
const LONGEST_EVENT = 16 * 1024 * 1024;

/** One event of a stream of server-sent events. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** The events of a body (the WHATWG's "Server-sent events"), as they come. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text = (text + value).replaceAll("\r\n", "\n");
      if (text.length > LONGEST_EVENT) throw new RangeError(`an event is longer than ${LONGEST_EVENT} characters`);
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = parse(text.slice(0, end));
        text = text.slice(end + 2);
        if (event !== null) yield event;
      }
    }
  } finally {
    // Leaving ends the connection, and with it the operation.
    await reader.cancel().catch(() => {});
  }
}

function parse(block: string): ServerEvent | null {
  let name = "message";
  const data: string[] = [];
  let said = false;
  for (const line of block.split("\n")) {
    const [field = "", ...rest] = line.split(":");
    const value = rest.join(":").replace(/^ /, "");
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
    else continue;
    said = true;
  }
  return said ? { name, data: data.join("\n") } : null;
}
