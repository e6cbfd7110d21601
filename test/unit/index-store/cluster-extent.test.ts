import { createServer } from "node:http";
import { expect, test } from "vitest";
import { engineOn } from "../../support/search-node.js";

test.each(["_alias", "_search"])("the first and last session are waited for as long as is asked, where the cluster does not answer %s", async (silent) => {
  const asked: string[] = [];
  let isSilent = true;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://cluster");
    asked.push(pathname);
    if (isSilent && pathname.endsWith(silent)) return;
    response.writeHead(200, { "content-type": "application/json", "x-elastic-product": "Elasticsearch" });
    response.end(JSON.stringify(pathname.endsWith("_alias") ? { [`${pathname.slice(1, pathname.indexOf("*"))}260101`]: {} } : {}));
  });
  await new Promise<void>((listening) => { server.listen(0, "127.0.0.1", listening); });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const under = engineOn(`http://127.0.0.1:${address.port}`);
  await expect(under.engine.store.extent(100)).rejects.toMatchObject({ code: "QUERY_TIMEOUT", message: expect.stringMatching(/^the cluster did not answer within \d{1,3} ms; look at its load/) });
  expect(asked.at(-1)).toContain(silent);
  isSilent = false;
  await under.close();
  server.closeAllConnections();
  await new Promise((closed) => { server.close(closed); });
});
