import { createServer } from "node:http";
import { Cluster } from "../../src/index-store/elasticsearch/cluster.js";

/** One request as it came; `lines` are those of its body. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly lines: readonly string[];
}

/** A cluster over HTTP that answers what a test says, with status 200 unless `status` is in the answer beside `error`. */
export async function answeringCluster(answer: (request: ReceivedRequest) => object): Promise<{ readonly cluster: Cluster; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
      const [path = ""] = (incoming.url ?? "").split("?");
      const body = answer({ method: incoming.method ?? "", path, lines: Buffer.concat(parts).toString("utf8").split("\n").filter((line) => line !== "") });
      const status = "error" in body && "status" in body ? Number(body.status) : 200;
      outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const cluster = new Cluster({ urls: [`http://127.0.0.1:${address.port}`], auth: null, authority: null, clientCertificate: null, compress: false });
  return {
    cluster,
    async close() {
      await cluster.close();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}
