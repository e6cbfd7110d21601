import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";

/** What a proxy does with a request: null passes it on, else this is answered. */
export type Interception = (incoming: IncomingMessage) => { readonly status: number; readonly body: unknown } | null;

/** A proxy in front of a real node, for what a single node cannot be made to do. */
export async function clusterProxy(target: string, intercept: Interception): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const answer = intercept(incoming);
    if (answer !== null) {
      incoming.resume();
      outgoing.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
      return;
    }
    const { hostname, port } = new URL(target);
    const passed = request({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    passed.on("error", () => { outgoing.destroy(); });
    incoming.pipe(passed);
  });
  await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((closed) => {
      server.close(() => { closed(); });
      server.closeAllConnections();
    }),
  };
}
