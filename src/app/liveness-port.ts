import { createServer } from "node:net";
import { LookbackError, systemErrorCode } from "../base/errors.js";

/**
 * Takes TCP connections on every address and ends them at once, so that a load balancer sees that the process lives. Nothing
 * is read and nothing is sent. Throws UNAVAILABLE when the port cannot be had.
 */
export function openLivenessPort(port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on("error", () => { socket.destroy(); });
      // Not only ended: a client that keeps its half open would hold a descriptor.
      socket.resume().end(() => { socket.destroy(); });
    });
    server.once("error", (cause) => {
      reject(new LookbackError("UNAVAILABLE", `tcpHealthCheckPort=${port} cannot be listened on: ${systemErrorCode(cause) ?? cause.message}`, { port }, { cause }));
    });
    server.listen(port, () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : port,
        close: () => new Promise((closed) => { server.close(() => { closed(); }); }),
      });
    });
  });
}
