import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RequestHandler } from "express";
import { EXPLORER_CSS, EXPLORER_PAGE, EXPLORER_START } from "./pages.js";
import type { Route } from "./routes.js";
import { EXPLORER_POLICY, cacheable } from "./security-headers.js";

/** Files of packages that the explorer's page loads: path on the server, package, file in it. */
const PACKAGE_FILES = [
  ["/explorer/react.js", "react", "umd/react.production.min.js", "text/javascript"],
  ["/explorer/react-dom.js", "react-dom", "umd/react-dom.production.min.js", "text/javascript"],
  ["/explorer/graphiql.js", "graphiql", "graphiql.min.js", "text/javascript"],
  ["/explorer/graphiql.css", "graphiql", "graphiql.min.css", "text/css"],
] as const;

function text(type: string, body: string): RequestHandler {
  return (_request, response) => {
    cacheable(response);
    response.type(type).send(body);
  };
}

/** Routes of the API explorer: GraphiQL out of our own packages, nothing from elsewhere. */
export function explorerRoutes(): readonly Route[] {
  const require = createRequire(import.meta.url);
  const files = PACKAGE_FILES.map(([path, name, file, type]): Route => {
    const location = join(dirname(require.resolve(`${name}/package.json`)), file);
    return {
      method: "get", path, access: "login",
      handlers: [(_request, response, next) => {
        cacheable(response);
        response.type(type).sendFile(location, { cacheControl: false, dotfiles: "allow" }, (error) => {
          if (error !== undefined && error !== null) next(error);
        });
      }],
    };
  });
  return [
    {
      method: "get", path: "/explorer", access: "login",
      handlers: [(_request, response) => {
        response.setHeader("Content-Security-Policy", EXPLORER_POLICY);
        response.type("text/html").send(EXPLORER_PAGE);
      }],
    },
    { method: "get", path: "/explorer/start.js", access: "login", handlers: [text("text/javascript", EXPLORER_START)] },
    { method: "get", path: "/explorer/page.css", access: "login", handlers: [text("text/css", EXPLORER_CSS)] },
    ...files,
  ];
}
