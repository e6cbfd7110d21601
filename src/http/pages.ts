/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

function page(title: string, body: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/login/page.css">
${head}
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Style of the pages. */
export const PAGE_CSS = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem; }
label { display: block; margin: 1rem 0 .25rem; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button { font: inherit; margin-top: 1.25rem; padding: .5rem 1.25rem; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid #8886; border-radius: .25rem; }
.error { color: #c22; }
`;

/** The login form; `next` is where a login leads, `message` what an administrator has to say, `atProvider` whether there is an OpenID provider as well. */
export function loginPage(next: string, error: string | null, { message, atProvider }: { readonly message: string; readonly atProvider: boolean }): string {
  return page("Lookback: log in", `<h1>Lookback</h1>
${message === "" ? "" : `<p>${escapeHtml(message)}</p>`}
${atProvider ? `<p><a href="/auth/login?next=${escapeHtml(encodeURIComponent(next))}">Log in at your organisation</a>, or here:</p>` : ""}
${error === null ? "" : `<p class="error" role="alert">${escapeHtml(error)}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Log in</button>
</form>`);
}

/** What is shown when no login came of a visit to the OpenID provider. */
export function failedLoginPage(error: string): string {
  return page("Lookback: log in", `<h1>Lookback</h1>
<p class="error" role="alert">${escapeHtml(error)}</p>
<p><a href="/auth/login">Try again</a></p>`);
}

/** Leads on to a path of ours. */
export function continuePage(next: string): string {
  return page("Lookback", `<h1>Lookback</h1>
<p>You are logged in. <a href="${escapeHtml(next)}">Go on</a></p>`, `<meta http-equiv="refresh" content="0; url=${escapeHtml(next)}">`);
}

/** The first page after a login. */
export function rootPage(user: string): string {
  return page("Lookback", `<h1>Lookback</h1>
<p>Logged in as <strong>${escapeHtml(user)}</strong>.</p>
<ul>
<li><a href="/explorer">API explorer</a>: ask in GraphQL, with the schema's documentation beside it</li>
<li><a href="/metrics">Metrics</a> and <a href="/healthz">health</a></li>
</ul>
<p>A first question:</p>
<pre>{ sessions(first: 10) { nodes { id firstPacket source { ip port } destination { ip port } protocol } } }</pre>
<form method="post" action="/logout"><button type="submit">Log out</button></form>`);
}

/** The page that holds the explorer. */
export const EXPLORER_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lookback: API explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/explorer/graphiql.css">
<link rel="stylesheet" href="/explorer/page.css">
</head>
<body>
<div id="explorer">Loading the explorer…</div>
<script src="/explorer/react.js"></script>
<script src="/explorer/react-dom.js"></script>
<script src="/explorer/graphiql.js"></script>
<script src="/explorer/start.js"></script>
</body>
</html>
`;

/** Style of the explorer's page. */
export const EXPLORER_CSS = "html, body, #explorer { height: 100%; margin: 0; }\n";

/** Starts GraphiQL: queries and mutations by POST, subscriptions as server-sent events (distinct connections mode). */
export const EXPLORER_START = `"use strict";
(() => {
  const headers = { "content-type": "application/json", "x-lookback-csrf": "1" };

  const isSubscription = (request, options) => {
    const definitions = options && options.documentAST ? options.documentAST.definitions : [];
    const operations = definitions.filter((definition) => definition.kind === "OperationDefinition");
    const chosen = operations.find((operation) => !request.operationName || (operation.name && operation.name.value === request.operationName));
    return chosen !== undefined && chosen.operation === "subscription";
  };

  async function* events(request) {
    const abort = new AbortController();
    try {
      const response = await fetch("/graphql/stream", {
        method: "POST", signal: abort.signal, headers: { ...headers, accept: "text/event-stream" }, body: JSON.stringify(request),
      });
      if (!response.ok || response.body === null) throw new Error("the stream answered " + response.status);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += value;
        for (let end = text.indexOf("\\n\\n"); end >= 0; end = text.indexOf("\\n\\n")) {
          const lines = text.slice(0, end).split("\\n");
          text = text.slice(end + 2);
          if (lines.some((line) => line === "event: complete")) return;
          const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\\n").trim();
          if (data !== "") yield JSON.parse(data);
        }
      }
    } finally {
      abort.abort();
    }
  }

  const fetcher = async (request, options) => {
    if (isSubscription(request, options)) return events(request);
    const response = await fetch("/graphql", { method: "POST", headers: { ...headers, accept: "application/json" }, body: JSON.stringify(request) });
    if (response.status === 401) location.assign("/login?next=/explorer");
    return response.json();
  };

  const first = [
    "# Sessions that match an expression, newest first. Documentation is in the panel on the left.",
    "{",
    "  sessions(expression: \\"protocols == dns\\", first: 10) {",
    "    asOf",
    "    completeUntil",
    "    totalCount { value relation }",
    "    nodes { id firstPacket source { ip port } destination { ip port } dns { host } }",
    "  }",
    "}",
    "",
  ].join("\\n");

  const root = ReactDOM.createRoot(document.getElementById("explorer"));
  root.render(React.createElement(GraphiQL, { fetcher, defaultQuery: first, defaultEditorToolsVisibility: true }));
})();
`;
