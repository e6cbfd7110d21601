#!/usr/bin/env node
// Clients in a process of their own: `client-load.mjs URL CLIENTS SECONDS`, tokens as a JSON list on standard input. Prints what they met.
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

const [url = "", clients = "1", seconds = "10"] = process.argv.slice(2);
const tokens = JSON.parse(await text(process.stdin));
const agent = new Agent({ keepAlive: true, maxSockets: Number(clients) });

const PAGE = `id firstPacket lastPacket ipProtocol protocol node source { ip port packets bytes } destination { ip port packets bytes } network { packets bytes }`;
const page = (expression, first, after = null) => ({
  query: `query ($expression: String, $first: Int!, $after: String) { sessions(expression: $expression, first: $first, after: $after, order: [{ field: "stoptime" }]) { nodes { ${PAGE} } pageInfo { endCursor hasNextPage } } }`,
  variables: { expression, first, after },
});
/** What is asked, and how often among a hundred questions. */
const KINDS = [
  { name: "newest page", often: 25, ask: () => page("", 50) },
  { name: "page of an address", often: 15, ask: (random) => page(`ip == 10.20.${random(4)}.${random(250)}`, 50) },
  { name: "page of a host", often: 5, ask: (random) => page(`host.http == shop${random(9)}*`, 25) },
  { name: "next page", often: 10, ask: (_random, seen) => page("", 50, seen.cursor) },
  { name: "session by id", often: 20, ask: (_random, seen) => (seen.id === null ? page("", 1) : { query: `query ($id: ID!) { session(id: $id) { session { ${PAGE} } } }`, variables: { id: seen.id } }) },
  { name: "count", often: 5, ask: (random) => ({ query: "query ($e: String) { aggregate(expression: $e) { count } }", variables: { e: `port.dst == ${[80, 443, 53][random(3)]}` } }) },
  { name: "top 20 and histogram", often: 15, ask: () => ({ query: '{ aggregate { count terms(field: "ip.dst", size: 20) { buckets { key sessions } otherValue } histogram(metrics: [SESSIONS, BYTES]) { starts series { metric values } } } }' }) },
  { name: "fields", often: 5, ask: () => ({ query: '{ fields(group: "dns") { fields { expression path } } }' }) },
];

/** Whole numbers below a bound, the same in every run. */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function post(token, body) {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: "POST", agent, headers: { "content-type": "application/json", authorization: `Bearer ${token}` } }, (response) => {
      text(response).then((body) => { resolve({ status: response.statusCode, body }); }, reject);
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

const times = Object.fromEntries(KINDS.map(({ name }) => [name, []]));
const errors = {};
const end = Date.now() + Number(seconds) * 1000;

async function client(number) {
  const random = numbers(number + 1);
  const seen = { id: null, cursor: null };
  while (Date.now() < end) {
    let at = random(100);
    const kind = KINDS.find(({ often }) => (at -= often) < 0) ?? KINDS[0];
    const start = performance.now();
    try {
      const { status, body } = await post(tokens[number % tokens.length], kind.ask(random, seen));
      const answer = JSON.parse(body);
      if (status !== 200 || answer.errors !== undefined) throw new Error(`${status} ${answer.errors?.[0]?.extensions?.code ?? ""} ${answer.errors?.[0]?.message ?? body}`);
      times[kind.name].push(performance.now() - start);
      const { nodes = [], pageInfo } = answer.data.sessions ?? {};
      seen.id = nodes[random(Math.max(1, nodes.length))]?.id ?? seen.id;
      // A cursor goes on with the question that it is of.
      if (pageInfo !== undefined && (kind.name === "newest page" || kind.name === "next page")) seen.cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } catch (error) {
      const message = `${kind.name}: ${error.message}`.slice(0, 300);
      errors[message] = (errors[message] ?? 0) + 1;
    }
  }
}

await Promise.all(Array.from({ length: Number(clients) }, (_, number) => client(number)));
agent.destroy();
process.stdout.write(`${JSON.stringify({ times, errors })}\n`);
